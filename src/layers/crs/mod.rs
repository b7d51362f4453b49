//! Coordinate systems: UTM on GRS80 and Gauß-Krüger on Bessel (Krüger's series), Web Mercator,
//! and the axis orders of OGC API – Features Part 2.
//!
//! Inside, geographic coordinates are longitude, latitude in degrees (CRS84); EPSG:4326 and
//! EPSG:4258 are written latitude first and EPSG:31466 to 31469 northing first, as their
//! definitions say. ETRS89 and WGS 84 are taken as equal, as PostGIS does for these systems.
//!
//! How exact: UTM and Mercator below 0.1 mm of PROJ; Gauß-Krüger below 1 mm where the grid
//! BETA2007 is installed, else up to 3 m ([`dhdn`]).

pub mod dhdn;
mod krueger;
mod netz;

use std::f64::consts::PI;

use krueger::{BESSEL, UTM};
use netz::Netz;

/// Conformance classes of this module.
pub const KONFORMITAET: &[&str] = &["http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"];

/// Degrees: 7 decimals are about 1 cm.
pub const STELLEN_GRAD: u32 = 7;
/// Metres: millimetres.
pub const STELLEN_METER: u32 = 3;

/// How the coordinates of a stored column are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lage {
    /// Longitude, latitude in degrees (PostGIS order for 4326 and 4258).
    Geografisch,
    /// Easting, northing in metres, ETRS89 / UTM of this zone, north.
    Utm(u8),
    /// Easting with the zone in front, northing in metres, DHDN / Gauß-Krüger of this zone.
    GaussKrueger(u8),
    /// EPSG:3857 in metres.
    Mercator,
}

impl Lage {
    /// The systems computed here; any other SRID is transformed by PostGIS.
    #[must_use]
    pub fn zu_srid(srid: i32) -> Option<Self> {
        match srid {
            4326 | 4258 => Some(Self::Geografisch),
            25831 => Some(Self::Utm(31)),
            25832 => Some(Self::Utm(32)),
            25833 => Some(Self::Utm(33)),
            31466 => Some(Self::GaussKrueger(2)),
            31467 => Some(Self::GaussKrueger(3)),
            31468 => Some(Self::GaussKrueger(4)),
            31469 => Some(Self::GaussKrueger(5)),
            3857 => Some(Self::Mercator),
            _ => None,
        }
    }

    /// To longitude, latitude.
    #[must_use]
    pub fn zu_grad(self, x: f64, y: f64) -> (f64, f64) {
        match self {
            Self::Geografisch => (x, y),
            Self::Utm(zone) => match UTM_NETZE.get(usize::from(zone).wrapping_sub(31)) {
                Some(netz) => netz.zu_grad(x - FALSCHER_OSTWERT, y),
                None => UTM.zu_grad(mittelmeridian(zone), x - FALSCHER_OSTWERT, y),
            },
            Self::GaussKrueger(zone) => {
                let x = x - gk_ostwert(zone);
                let (lon, lat) = match GK_NETZE.get(usize::from(zone).wrapping_sub(2)) {
                    Some(netz) => netz.zu_grad(x, y),
                    None => BESSEL.zu_grad(f64::from(zone) * 3.0, x, y),
                };
                dhdn::nach_etrs89(lon, lat)
            }
            Self::Mercator => (
                x / MERCATOR_RADIUS * 180.0 / PI,
                (y / MERCATOR_RADIUS).sinh().atan().to_degrees(),
            ),
        }
    }

    /// From longitude, latitude.
    #[must_use]
    pub fn von_grad(self, lon: f64, lat: f64) -> (f64, f64) {
        match self {
            Self::Geografisch => (lon, lat),
            Self::Utm(zone) => {
                let (x, y) = UTM.von_grad(mittelmeridian(zone), lon, lat);
                (x + FALSCHER_OSTWERT, y)
            }
            Self::GaussKrueger(zone) => {
                let (lon, lat) = dhdn::von_etrs89(lon, lat);
                let (x, y) = BESSEL.von_grad(f64::from(zone) * 3.0, lon, lat);
                (x + gk_ostwert(zone), y)
            }
            Self::Mercator => (
                lon.to_radians() * MERCATOR_RADIUS,
                lat.to_radians().tan().asinh() * MERCATOR_RADIUS,
            ),
        }
    }

    /// Where the projection is usable: west, south, east, north in degrees.
    #[must_use]
    pub fn fenster(self) -> [f64; 4] {
        match self {
            Self::Geografisch => [-180.0, -90.0, 180.0, 90.0],
            Self::GaussKrueger(zone) => {
                let mitte = f64::from(zone) * 3.0;
                [mitte - 15.0, 30.0, mitte + 15.0, 70.0]
            }
            Self::Utm(zone) => {
                let mitte = mittelmeridian(zone);
                [mitte - 30.0, -84.0, mitte + 30.0, 84.0]
            }
            Self::Mercator => [-180.0, -85.05, 180.0, 85.05],
        }
    }
}

impl Lage {
    /// [`Self::fenster`] in its own coordinates: left, lower, right, upper.
    #[must_use]
    pub fn kasten(self) -> [f64; 4] {
        let [w, s, o, n] = self.fenster();
        let (links, unten) = self.von_grad(w, s.max(-80.0));
        let (rechts, oben) = self.von_grad(o, n.min(80.0));
        [links, unten, rechts, oben]
    }
}

/// A system an answer can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ziel {
    /// OGC CRS84: longitude, latitude. The default of every answer.
    Crs84,
    /// EPSG:4326: latitude, longitude.
    Epsg4326,
    /// EPSG:4258: latitude, longitude.
    Epsg4258,
    /// EPSG:25832: easting, northing.
    Epsg25832,
    /// EPSG:25833: easting, northing.
    Epsg25833,
    /// EPSG:3857.
    Epsg3857,
    /// EPSG:31468, Gauß-Krüger zone 4: northing, easting.
    Epsg31468,
}

impl Ziel {
    /// All, CRS84 first.
    pub const ALLE: [Self; 7] = [
        Self::Crs84,
        Self::Epsg25832,
        Self::Epsg25833,
        Self::Epsg3857,
        Self::Epsg4326,
        Self::Epsg4258,
        Self::Epsg31468,
    ];

    /// The identifier used in `crs`, `bbox-crs` and Content-Crs.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::Crs84 => "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            Self::Epsg4326 => "http://www.opengis.net/def/crs/EPSG/0/4326",
            Self::Epsg4258 => "http://www.opengis.net/def/crs/EPSG/0/4258",
            Self::Epsg25832 => "http://www.opengis.net/def/crs/EPSG/0/25832",
            Self::Epsg25833 => "http://www.opengis.net/def/crs/EPSG/0/25833",
            Self::Epsg3857 => "http://www.opengis.net/def/crs/EPSG/0/3857",
            Self::Epsg31468 => "http://www.opengis.net/def/crs/EPSG/0/31468",
        }
    }

    /// Reads an identifier.
    #[must_use]
    pub fn zu_uri(uri: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|ziel| ziel.uri() == uri)
    }

    /// The one that equals a stored SRID.
    #[must_use]
    pub fn zu_srid(srid: i32) -> Option<Self> {
        match srid {
            4326 => Some(Self::Epsg4326),
            4258 => Some(Self::Epsg4258),
            25832 => Some(Self::Epsg25832),
            25833 => Some(Self::Epsg25833),
            3857 => Some(Self::Epsg3857),
            31468 => Some(Self::Epsg31468),
            _ => None,
        }
    }

    /// Its coordinates without the axis order.
    #[must_use]
    pub fn lage(self) -> Lage {
        match self {
            Self::Crs84 | Self::Epsg4326 | Self::Epsg4258 => Lage::Geografisch,
            Self::Epsg25832 => Lage::Utm(32),
            Self::Epsg25833 => Lage::Utm(33),
            Self::Epsg3857 => Lage::Mercator,
            Self::Epsg31468 => Lage::GaussKrueger(4),
        }
    }

    /// Latitude before longitude, northing before easting.
    #[must_use]
    pub fn norden_zuerst(self) -> bool {
        matches!(self, Self::Epsg4326 | Self::Epsg4258 | Self::Epsg31468)
    }
}

/// Turns stored coordinates into those of the answer.
#[derive(Debug, Clone, Copy)]
pub struct Wandler {
    von: Lage,
    nach: Ziel,
    norden_zuerst: bool,
}

impl Wandler {
    /// From a stored column into the system of the answer.
    #[must_use]
    pub fn new(von: Lage, nach: Ziel) -> Self {
        Self {
            von,
            nach,
            norden_zuerst: nach.norden_zuerst(),
        }
    }

    /// Longitude or easting first, as files have it, whatever the definition says.
    #[must_use]
    pub fn x_zuerst(self) -> Self {
        Self {
            norden_zuerst: false,
            ..self
        }
    }

    /// The same answer from longitude and latitude.
    #[must_use]
    pub fn aus_grad(self) -> Self {
        Self {
            von: Lage::Geografisch,
            ..self
        }
    }

    /// How the stored coordinates are to be read.
    #[must_use]
    pub fn quelle(self) -> Lage {
        self.von
    }

    /// One position in the axis order of the answer.
    #[must_use]
    pub fn wandle(self, x: f64, y: f64) -> (f64, f64) {
        let nach = self.nach.lage();
        let (x, y) = if self.von == nach {
            (x, y)
        } else {
            let (lon, lat) = self.von.zu_grad(x, y);
            nach.von_grad(lon, lat)
        };
        if self.norden_zuerst { (y, x) } else { (x, y) }
    }

    /// Decimals to write.
    #[must_use]
    pub fn stellen(self) -> u32 {
        match self.nach.lage() {
            Lage::Geografisch => STELLEN_GRAD,
            Lage::Utm(_) | Lage::GaussKrueger(_) | Lage::Mercator => STELLEN_METER,
        }
    }
}

/// UTM zones 31 to 33.
static UTM_NETZE: [Netz; 3] = [
    Netz::neu(&UTM, 3.0),
    Netz::neu(&UTM, 9.0),
    Netz::neu(&UTM, 15.0),
];
/// Gauß-Krüger zones 2 to 5.
static GK_NETZE: [Netz; 4] = [
    Netz::neu(&BESSEL, 6.0),
    Netz::neu(&BESSEL, 9.0),
    Netz::neu(&BESSEL, 12.0),
    Netz::neu(&BESSEL, 15.0),
];

const MERCATOR_RADIUS: f64 = 6_378_137.0;
const FALSCHER_OSTWERT: f64 = 500_000.0;

fn mittelmeridian(zone: u8) -> f64 {
    f64::from(zone) * 6.0 - 183.0
}

fn gk_ostwert(zone: u8) -> f64 {
    f64::from(zone) * 1_000_000.0 + FALSCHER_OSTWERT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for lage in [
            Lage::Utm(31),
            Lage::Utm(32),
            Lage::Utm(33),
            Lage::GaussKrueger(4),
            Lage::Mercator,
        ] {
            for (lon, lat) in [(5.9, 47.3), (10.87, 48.05), (15.0, 55.0), (9.0, 50.0)] {
                let (x, y) = lage.von_grad(lon, lat);
                let (lon2, lat2) = lage.zu_grad(x, y);
                assert!(
                    (lon - lon2).abs() < 1e-9 && (lat - lat2).abs() < 1e-9,
                    "{lage:?}"
                );
            }
        }
    }

    #[test]
    fn axis_order_follows_the_definition() {
        let latlon = Wandler::new(Lage::Geografisch, Ziel::Epsg4326);
        assert_eq!(latlon.wandle(10.0, 48.0), (48.0, 10.0));
        let crs84 = Wandler::new(Lage::Geografisch, Ziel::Crs84);
        assert_eq!(crs84.wandle(10.0, 48.0), (10.0, 48.0));
    }
}
