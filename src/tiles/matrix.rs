//! The tile matrix sets: addresses of tiles, where they lie, and the documents of the sets.
//!
//! Both are a square, quartered again and again. So the coverage of a layer is generalised on
//! either of them by the same rules: what is a zoom there is one here.

use serde_json::{Value, json};

use crate::abdeckung::netz::{AUFGEHEN_VOR, FEIN_AB};
use crate::layers::crs::Lage;

/// Clients enlarge the tiles of this zoom for closer ones: it has the finest shapes.
pub const ZOOM_FEIN: u8 = FEIN_AB;

/// Half a side of Web Mercator, metres.
const HALB: f64 = 20_037_508.342_789_244;
/// Upper left corner of the grid of the German surveying authorities in EPSG:25832, metres.
const ADV_ECKE: [f64; 2] = [-46_133.17, 6_301_219.54];
/// Zoom 0 there has the scale that zoom 5 of Web Mercator has at the equator.
const ADV_TIEFE: u8 = 5;

/// A tile matrix set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Satz {
    /// `WebMercatorQuad`, the earth.
    WebMercator,
    /// The grid of the German surveying authorities in EPSG:25832, Germany and around.
    Utm32,
}

impl Satz {
    /// All sets.
    pub const ALLE: [Self; 2] = [Self::WebMercator, Self::Utm32];

    /// The set of this name.
    #[must_use]
    pub fn lies(name: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|satz| satz.name() == name)
    }

    /// Its id.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WebMercator => "WebMercatorQuad",
            Self::Utm32 => "AdV_25832",
        }
    }

    /// German title.
    #[must_use]
    pub fn titel(self) -> &'static str {
        match self {
            Self::WebMercator => "Google-Maps-Kachelung in Web-Mercator",
            Self::Utm32 => "Kachelung der AdV in ETRS89/UTM32 (bei basemap.de: DE_EPSG_25832_ADV)",
        }
    }

    /// Its definition, where it is registered.
    #[must_use]
    pub fn uri(self) -> Option<&'static str> {
        match self {
            Self::WebMercator => {
                Some("http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad")
            }
            Self::Utm32 => None,
        }
    }

    /// Its coordinate system.
    #[must_use]
    pub fn crs(self) -> &'static str {
        match self {
            Self::WebMercator => "http://www.opengis.net/def/crs/EPSG/0/3857",
            Self::Utm32 => "http://www.opengis.net/def/crs/EPSG/0/25832",
        }
    }

    fn lage(self) -> Lage {
        match self {
            Self::WebMercator => Lage::Mercator,
            Self::Utm32 => Lage::Utm(32),
        }
    }

    /// Zooms it lies below [`Satz::WebMercator`].
    fn tiefe(self) -> u8 {
        match self {
            Self::WebMercator => 0,
            Self::Utm32 => ADV_TIEFE,
        }
    }

    /// Zooms that are served: 0 to this.
    #[must_use]
    pub fn zoom_max(self) -> u8 {
        22 - self.tiefe()
    }

    /// From this zoom on all have the finest shapes.
    #[must_use]
    pub fn fein_ab(self) -> u8 {
        FEIN_AB - self.tiefe()
    }

    /// From this zoom on nothing is too small to be shown: what lies in a tile depends on
    /// nothing beyond it.
    #[must_use]
    pub fn nah_ab(self) -> u8 {
        self.fein_ab() - AUFGEHEN_VOR
    }

    /// Upper left corner, and the length of a side, in metres of its system.
    fn quadrat(self) -> ([f64; 2], f64) {
        match self {
            Self::WebMercator => ([-HALB, HALB], 2.0 * HALB),
            Self::Utm32 => (ADV_ECKE, 2.0 * HALB / f64::from(1_u32 << ADV_TIEFE)),
        }
    }

    /// Part of the square, west to east and north to south, of a position; outside of 0 to 1
    /// where it lies beyond.
    #[must_use]
    pub fn teil(self, lage: Lage, x: f64, y: f64) -> (f64, f64) {
        let (lon, lat) = match (self, lage) {
            (Self::Utm32, Lage::Utm(32)) => return self.teil_von(x, y),
            _ => lage.zu_grad(x, y),
        };
        match self {
            Self::WebMercator => welt(lon, lat.clamp(-86.0, 86.0)),
            Self::Utm32 => {
                let (x, y) = self.lage().von_grad(lon, lat);
                self.teil_von(x, y)
            }
        }
    }

    fn teil_von(self, x: f64, y: f64) -> (f64, f64) {
        let ([links, oben], seite) = self.quadrat();
        ((x - links) / seite, (oben - y) / seite)
    }

    /// First and last column and row that meet a box in degrees (west, south, east, north).
    #[must_use]
    pub fn grenzen(self, zoom: u8, raum: [f64; 4]) -> [u32; 4] {
        if self == Self::WebMercator {
            return grenzen(zoom, raum);
        }
        // The image of a parallel is a bow: what lies between the corners counts too.
        let [w, s, o, n] = raum;
        let kante = (0..=16).map(|i| f64::from(i) / 16.0);
        let orte = kante.flat_map(|t| {
            let (lon, lat) = (w + t * (o - w), s + t * (n - s));
            [(lon, s), (lon, n), (w, lat), (o, lat)]
        });
        let huelle = orte.fold([1.0_f64, 0.0_f64, 1.0_f64, 0.0_f64], |k, (lon, lat)| {
            let (x, y) = self.teil(Lage::Geografisch, lon, lat);
            [k[0].min(x), k[1].max(x), k[2].min(y), k[3].max(y)]
        });
        huelle.map(|teil| feld(zoom, teil))
    }

    /// The document of the set (OGC Two Dimensional Tile Matrix Set 2.0).
    #[must_use]
    pub fn dokument(self) -> Value {
        let (ecke, seite) = self.quadrat();
        let matrizen: Vec<Value> = (0..=self.zoom_max())
            .map(|zoom| {
                let breite = 1_u32 << zoom;
                let zelle = seite / 256.0 / f64::from(breite);
                json!({
                    "id": zoom.to_string(),
                    "scaleDenominator": zelle / 0.00028,
                    "cellSize": zelle,
                    "cornerOfOrigin": "topLeft",
                    "pointOfOrigin": ecke,
                    "matrixWidth": breite,
                    "matrixHeight": breite,
                    "tileWidth": 256,
                    "tileHeight": 256,
                })
            })
            .collect();
        let mut doc = json!({
            "id": self.name(),
            "title": self.titel(),
            "crs": self.crs(),
            "orderedAxes": ["X", "Y"],
            "tileMatrices": matrizen,
        });
        match self {
            Self::WebMercator => {
                let skalen = "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible";
                doc["wellKnownScaleSet"] = json!(skalen);
            }
            Self::Utm32 => doc["orderedAxes"] = json!(["E", "N"]),
        }
        if let Some(uri) = self.uri() {
            doc["uri"] = json!(uri);
        }
        doc
    }
}

/// Address of a tile: zoom, column from the west, row from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Adresse {
    /// Its set.
    pub satz: Satz,
    /// 0 to [`Satz::zoom_max`].
    pub zoom: u8,
    /// 0 to 2^zoom − 1.
    pub spalte: u32,
    /// 0 to 2^zoom − 1.
    pub zeile: u32,
}

impl Adresse {
    /// None outside the set, and for anything but plain numbers.
    #[must_use]
    pub fn lies(satz: Satz, zoom: &str, spalte: &str, zeile: &str) -> Option<Self> {
        let zahl = |text: &str| {
            text.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| text.parse::<u32>().ok())?
        };
        let (zoom, spalte, zeile) = (zahl(zoom)?, zahl(spalte)?, zahl(zeile)?);
        let zoom = u8::try_from(zoom).ok().filter(|z| *z <= satz.zoom_max())?;
        let breite = 1_u32 << zoom;
        (spalte < breite && zeile < breite).then_some(Self {
            satz,
            zoom,
            spalte,
            zeile,
        })
    }

    /// Where it lies with a rim of so many of its sides around: min x, min y, max x, max y in
    /// the metres of the set's system.
    #[must_use]
    pub fn kasten(self, rand: f64) -> [f64; 4] {
        let ([links, oben], seite) = self.satz.quadrat();
        let breite = seite / f64::from(1_u32 << self.zoom);
        let (x, y) = (f64::from(self.spalte), f64::from(self.zeile));
        [
            links + (x - rand) * breite,
            oben - (y + 1.0 + rand) * breite,
            links + (x + 1.0 + rand) * breite,
            oben - (y - rand) * breite,
        ]
    }

    /// The same as a box in EPSG:25832 that holds it.
    #[must_use]
    pub fn kasten_utm32(self, rand: f64) -> [f64; 4] {
        let k = self.kasten(rand);
        if self.satz == Satz::Utm32 {
            return k;
        }
        let lage = self.satz.lage();
        let kante = (0..=16).map(|i| f64::from(i) / 16.0);
        let orte = kante.flat_map(|t| {
            let (x, y) = (k[0] + t * (k[2] - k[0]), k[1] + t * (k[3] - k[1]));
            [(x, k[1]), (x, k[3]), (k[0], y), (k[2], y)]
        });
        let leer = [
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ];
        orte.fold(leer, |k, (x, y)| {
            let (lon, lat) = lage.zu_grad(x, y);
            let (x, y) = Lage::Utm(32).von_grad(lon, lat);
            [k[0].min(x), k[1].min(y), k[2].max(x), k[3].max(y)]
        })
    }
}

/// Part of the earth in Web Mercator, west to east and north to south, of longitude and latitude
/// in degrees.
#[must_use]
pub fn welt(lon: f64, lat: f64) -> (f64, f64) {
    let y = lat.to_radians().tan().asinh() / std::f64::consts::TAU;
    (lon / 360.0 + 0.5, 0.5 - y)
}

/// Column or row that holds a part of the square; the nearest, where it lies beyond.
fn feld(zoom: u8, teil: f64) -> u32 {
    let breite = f64::from(1_u32 << zoom);
    let stelle = (teil * breite).floor().clamp(0.0, breite - 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    let stelle = stelle as u32;
    stelle
}

/// First and last column and row of `WebMercatorQuad` that meet a box in degrees (west, south,
/// east, north).
#[must_use]
pub fn grenzen(zoom: u8, [w, s, o, n]: [f64; 4]) -> [u32; 4] {
    let ((x0, y0), (x1, y1)) = (welt(w, n.min(85.06)), welt(o, s.max(-85.06)));
    [x0, x1, y0, y1].map(|teil| feld(zoom, teil))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_the_set() {
        let web = Satz::WebMercator;
        assert!(Adresse::lies(web, "0", "0", "0").is_some());
        assert_eq!(
            Adresse::lies(web, "22", "4194303", "4194303").map(|a| a.spalte),
            Some(4_194_303)
        );
        for (z, x, y) in [
            ("23", "0", "0"),
            ("1", "2", "0"),
            ("1", "0", "2"),
            ("-1", "0", "0"),
            ("1", "+1", "0"),
            ("1", "", "0"),
            ("256", "0", "0"),
            ("1", "4294967296", "0"),
        ] {
            assert_eq!(Adresse::lies(web, z, x, y), None, "{z}/{x}/{y}");
        }
        assert!(Adresse::lies(Satz::Utm32, "17", "131071", "0").is_some());
        assert!(Adresse::lies(Satz::Utm32, "18", "0", "0").is_none());
    }

    #[test]
    fn a_place_is_in_its_tile() {
        // Augsburg, as any slippy map numbers it.
        assert_eq!(
            grenzen(12, [10.9, 48.37, 10.9, 48.37]),
            [2172, 2172, 1417, 1417]
        );
        assert_eq!(grenzen(0, [-180.0, -90.0, 180.0, 90.0]), [0, 0, 0, 0]);
        assert_eq!(grenzen(1, [-180.0, -90.0, 180.0, 90.0]), [0, 1, 0, 1]);
        for satz in Satz::ALLE {
            let zoom = satz.zoom_max() - 4;
            let [spalte, _, zeile, _] = satz.grenzen(zoom, [10.9, 48.37, 10.9, 48.37]);
            let adresse = Adresse {
                satz,
                zoom,
                spalte,
                zeile,
            };
            let (x, y) = Lage::Utm(32).von_grad(10.9, 48.37);
            let k = adresse.kasten_utm32(0.0);
            assert!(
                k[0] <= x && x <= k[2] && k[1] <= y && y <= k[3],
                "{satz:?} {k:?}"
            );
            // Some 150 m at this zoom.
            assert!(k[2] - k[0] < 250.0, "{satz:?} {k:?}");
        }
    }

    #[test]
    fn the_first_matrix_is_the_standards() {
        let doc = Satz::WebMercator.dokument();
        let skala = doc["tileMatrices"][0]["scaleDenominator"].as_f64().unwrap();
        assert!((skala - 559_082_264.028_717_9).abs() < 1e-3, "{skala}");
        assert_eq!(doc["tileMatrices"].as_array().unwrap().len(), 23);
    }

    #[test]
    fn the_grid_of_the_authorities() {
        // As the authorities print it: level 0 is 1 : 17 471 320.7508974, 1252344.271424327 m wide.
        let doc = Satz::Utm32.dokument();
        let skala = doc["tileMatrices"][0]["scaleDenominator"].as_f64().unwrap();
        assert!((skala - 17_471_320.750_897_4).abs() < 1e-3, "{skala}");
        let wurzel = Adresse {
            satz: Satz::Utm32,
            zoom: 0,
            spalte: 0,
            zeile: 0,
        };
        let soll = [
            -46_133.17,
            5_048_875.268_575_67,
            1_206_211.101_424_33,
            6_301_219.54,
        ];
        for (ist, soll) in wurzel.kasten(0.0).into_iter().zip(soll) {
            assert!((ist - soll).abs() < 1e-6, "{ist} {soll}");
        }
    }
}
