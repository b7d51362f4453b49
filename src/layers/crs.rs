//! Coordinate systems: UTM on GRS80 (Krüger's series), Web Mercator, and the
//! axis orders of OGC API – Features Part 2.
//!
//! Inside, geographic coordinates are longitude, latitude in degrees (CRS84);
//! EPSG:4326 and EPSG:4258 are written latitude first, as their definitions say.
//! ETRS89 and WGS 84 are taken as equal, as PostGIS does for these systems.

use std::f64::consts::PI;

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
            3857 => Some(Self::Mercator),
            _ => None,
        }
    }

    /// To longitude, latitude.
    #[must_use]
    pub fn zu_grad(self, x: f64, y: f64) -> (f64, f64) {
        match self {
            Self::Geografisch => (x, y),
            Self::Utm(zone) => UTM.zu_grad(zone, x, y),
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
            Self::Utm(zone) => UTM.von_grad(zone, lon, lat),
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
            Self::Utm(zone) => {
                let mitte = mittelmeridian(zone);
                [mitte - 30.0, -84.0, mitte + 30.0, 84.0]
            }
            Self::Mercator => [-180.0, -85.05, 180.0, 85.05],
        }
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
}

impl Ziel {
    /// All, CRS84 first.
    pub const ALLE: [Self; 6] = [
        Self::Crs84,
        Self::Epsg25832,
        Self::Epsg25833,
        Self::Epsg3857,
        Self::Epsg4326,
        Self::Epsg4258,
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
        }
    }

    /// Latitude before longitude.
    #[must_use]
    pub fn breite_zuerst(self) -> bool {
        matches!(self, Self::Epsg4326 | Self::Epsg4258)
    }
}

/// Turns stored coordinates into those of the answer.
#[derive(Debug, Clone, Copy)]
pub struct Wandler {
    von: Lage,
    nach: Ziel,
}

impl Wandler {
    /// From a stored column into the system of the answer.
    #[must_use]
    pub fn new(von: Lage, nach: Ziel) -> Self {
        Self { von, nach }
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
        if self.nach.breite_zuerst() {
            (y, x)
        } else {
            (x, y)
        }
    }

    /// Decimals to write.
    #[must_use]
    pub fn stellen(self) -> u32 {
        match self.nach.lage() {
            Lage::Geografisch => STELLEN_GRAD,
            Lage::Utm(_) | Lage::Mercator => STELLEN_METER,
        }
    }
}

const MERCATOR_RADIUS: f64 = 6_378_137.0;

fn mittelmeridian(zone: u8) -> f64 {
    f64::from(zone) * 6.0 - 183.0
}

/// Krüger's series in n to the fourth order: below 1e-9 degrees within 10° of the central meridian.
struct Krueger {
    /// Scale times rectifying radius, metres.
    radius: f64,
    /// First eccentricity.
    e: f64,
    alpha: [f64; 4],
    beta: [f64; 4],
    delta: [f64; 4],
}

static UTM: Krueger = Krueger::grs80();

impl Krueger {
    const fn grs80() -> Self {
        let a = 6_378_137.0;
        let f = 1.0 / 298.257_222_101;
        let n = f / (2.0 - f);
        let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n);
        Self {
            radius: 0.9996 * a / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0),
            // sqrt(f(2-f)); sqrt is not const, the test compares.
            e: 0.081_819_191_042_815_79,
            alpha: [
                n / 2.0 - 2.0 / 3.0 * n2 + 5.0 / 16.0 * n3 + 41.0 / 180.0 * n4,
                13.0 / 48.0 * n2 - 3.0 / 5.0 * n3 + 557.0 / 1440.0 * n4,
                61.0 / 240.0 * n3 - 103.0 / 140.0 * n4,
                49561.0 / 161_280.0 * n4,
            ],
            beta: [
                n / 2.0 - 2.0 / 3.0 * n2 + 37.0 / 96.0 * n3 - 1.0 / 360.0 * n4,
                1.0 / 48.0 * n2 + 1.0 / 15.0 * n3 - 437.0 / 1440.0 * n4,
                17.0 / 480.0 * n3 - 37.0 / 840.0 * n4,
                4397.0 / 161_280.0 * n4,
            ],
            delta: [
                2.0 * n - 2.0 / 3.0 * n2 - 2.0 * n3 + 116.0 / 45.0 * n4,
                7.0 / 3.0 * n2 - 8.0 / 5.0 * n3 - 227.0 / 45.0 * n4,
                56.0 / 15.0 * n3 - 136.0 / 35.0 * n4,
                4279.0 / 630.0 * n4,
            ],
        }
    }

    fn zu_grad(&self, zone: u8, east: f64, north: f64) -> (f64, f64) {
        let (xi, eta) = (north / self.radius, (east - 500_000.0) / self.radius);
        let (mut x, mut y) = (xi, eta);
        for (j, beta) in (1..).zip(self.beta) {
            let k = 2.0 * f64::from(j);
            x -= beta * (k * xi).sin() * (k * eta).cosh();
            y -= beta * (k * xi).cos() * (k * eta).sinh();
        }
        let chi = (x.sin() / y.cosh()).asin();
        let mut lat = chi;
        for (j, delta) in (1..).zip(self.delta) {
            lat += delta * (2.0 * f64::from(j) * chi).sin();
        }
        let lon = y.sinh().atan2(x.cos());
        (mittelmeridian(zone) + lon.to_degrees(), lat.to_degrees())
    }

    fn von_grad(&self, zone: u8, lon: f64, lat: f64) -> (f64, f64) {
        let (sin_lon, cos_lon) = (lon - mittelmeridian(zone)).to_radians().sin_cos();
        let sin_lat = lat.to_radians().sin();
        let t = (sin_lat.atanh() - self.e * (self.e * sin_lat).atanh()).sinh();
        let xi = t.atan2(cos_lon);
        let eta = (sin_lon / t.hypot(cos_lon)).asinh();
        let (mut x, mut y) = (xi, eta);
        for (j, alpha) in (1..).zip(self.alpha) {
            let k = 2.0 * f64::from(j);
            x += alpha * (k * xi).sin() * (k * eta).cosh();
            y += alpha * (k * xi).cos() * (k * eta).sinh();
        }
        (500_000.0 + self.radius * y, self.radius * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eccentricity_fits_the_flattening() {
        let f: f64 = 1.0 / 298.257_222_101;
        assert!((UTM.e - (f * (2.0 - f)).sqrt()).abs() < 1e-16);
    }

    #[test]
    fn there_and_back() {
        for lage in [Lage::Utm(31), Lage::Utm(32), Lage::Utm(33), Lage::Mercator] {
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
