//! The tile matrix set `WebMercatorQuad`: addresses of tiles, and its document.

use serde_json::{Value, json};

/// The only set.
pub const NAME: &str = "WebMercatorQuad";
/// Its definition.
pub const URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
/// Its coordinate system.
pub const CRS: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";
/// Zooms that are served: 0 to this.
pub const ZOOM_MAX: u8 = 22;
/// Clients enlarge the tiles of this zoom for closer ones: it has the finest shapes.
pub const ZOOM_FEIN: u8 = 16;

const HALB: f64 = 20_037_508.342_789_244;

/// Address of a tile: zoom, column from the west, row from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Adresse {
    /// 0 to [`ZOOM_MAX`].
    pub zoom: u8,
    /// 0 to 2^zoom − 1.
    pub spalte: u32,
    /// 0 to 2^zoom − 1.
    pub zeile: u32,
}

impl Adresse {
    /// None outside the set, and for anything but plain numbers.
    #[must_use]
    pub fn lies(zoom: &str, spalte: &str, zeile: &str) -> Option<Self> {
        let zahl = |text: &str| {
            text.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| text.parse::<u32>().ok())?
        };
        let (zoom, spalte, zeile) = (zahl(zoom)?, zahl(spalte)?, zahl(zeile)?);
        let zoom = u8::try_from(zoom).ok().filter(|z| *z <= ZOOM_MAX)?;
        let breite = 1_u32 << zoom;
        (spalte < breite && zeile < breite).then_some(Self {
            zoom,
            spalte,
            zeile,
        })
    }
}

/// Part of the world, west to east and north to south, of longitude and latitude in degrees.
#[must_use]
pub fn welt(lon: f64, lat: f64) -> (f64, f64) {
    let y = lat.to_radians().tan().asinh() / std::f64::consts::TAU;
    (lon / 360.0 + 0.5, 0.5 - y)
}

/// First and last column and row that meet a box in degrees (west, south, east, north).
#[must_use]
pub fn grenzen(zoom: u8, [w, s, o, n]: [f64; 4]) -> [u32; 4] {
    let breite = 1_u32 << zoom;
    let feld = |anteil: f64| {
        let stelle = (anteil * f64::from(breite))
            .floor()
            .clamp(0.0, f64::from(breite - 1));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped"
        )]
        let stelle = stelle as u32;
        stelle
    };
    let ((x0, y0), (x1, y1)) = (welt(w, n.min(85.06)), welt(o, s.max(-85.06)));
    [feld(x0), feld(x1), feld(y0), feld(y1)]
}

/// The document of the set (OGC Two Dimensional Tile Matrix Set 2.0).
#[must_use]
pub fn dokument() -> Value {
    let matrizen: Vec<Value> = (0..=ZOOM_MAX)
        .map(|zoom| {
            let breite = 1_u32 << zoom;
            let zelle = 2.0 * HALB / 256.0 / f64::from(breite);
            json!({
                "id": zoom.to_string(),
                "scaleDenominator": zelle / 0.00028,
                "cellSize": zelle,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-HALB, HALB],
                "matrixWidth": breite,
                "matrixHeight": breite,
                "tileWidth": 256,
                "tileHeight": 256,
            })
        })
        .collect();
    json!({
        "id": NAME,
        "title": "Google-Maps-Kachelung in Web-Mercator",
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrizen,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_the_set() {
        assert!(Adresse::lies("0", "0", "0").is_some());
        assert_eq!(
            Adresse::lies("22", "4194303", "4194303").map(|a| a.spalte),
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
            assert_eq!(Adresse::lies(z, x, y), None, "{z}/{x}/{y}");
        }
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
    }

    #[test]
    fn the_first_matrix_is_the_standards() {
        let doc = dokument();
        let skala = doc["tileMatrices"][0]["scaleDenominator"].as_f64().unwrap();
        assert!((skala - 559_082_264.028_717_9).abs() < 1e-3, "{skala}");
        assert_eq!(doc["tileMatrices"].as_array().unwrap().len(), 23);
    }
}
