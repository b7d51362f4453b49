//! GeoJSON geometries written straight from EWKB rows (3 to 4 times less work
//! than `ST_AsGeoJSON`). Always Multi* of one type, two dimensions, exterior rings
//! counter-clockwise (RFC 7946, 3.1.6), fixed decimals without trailing zeros;
//! an empty geometry is `null`.

use super::crs::Wandler;
use super::ziffern::Zeichen;

/// Deepest nesting of collections we follow.
const TIEFE_MAX: u8 = 8;

/// Writes one geometry, or `null` when it is empty, broken or not finite.
pub fn schreibe(out: &mut Vec<u8>, ewkb: &[u8], wandler: Wandler) {
    let anfang = out.len();
    let mut schreiber = Schreiber {
        out,
        wandler,
        stellen: wandler.stellen(),
        faktor: 10f64.powi(wandler.stellen().cast_signed()),
    };
    let mut leser = Leser::neu(ewkb);
    if !matches!(schreiber.geometrie(&mut leser, 0), Some(true)) {
        out.truncate(anfang);
        out.extend_from_slice(b"null");
    }
}

/// Reads EWKB; every read is checked, so broken bytes end in `None`.
pub(super) struct Leser<'a> {
    bytes: &'a [u8],
    little: bool,
}

/// Head of one geometry: type without flags, number of dimensions.
pub(super) struct Kopf {
    pub(super) typ: u32,
    pub(super) dimensionen: usize,
}

impl<'a> Leser<'a> {
    pub(super) fn neu(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            little: true,
        }
    }

    fn nimm(&mut self, anzahl: usize) -> Option<&'a [u8]> {
        let (vorn, rest) = self.bytes.split_at_checked(anzahl)?;
        self.bytes = rest;
        Some(vorn)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let bytes: [u8; 4] = self.nimm(4)?.try_into().ok()?;
        Some(if self.little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    pub(super) fn kopf(&mut self) -> Option<Kopf> {
        self.little = self.nimm(1)?.first()? == &1;
        let roh = self.u32()?;
        if roh & 0x2000_0000 != 0 {
            self.u32()?; // SRID: the column's, known already
        }
        let dimensionen =
            2 + usize::from(roh & 0x8000_0000 != 0) + usize::from(roh & 0x4000_0000 != 0);
        Some(Kopf {
            typ: roh & 0xff,
            dimensionen,
        })
    }

    /// The raw bytes of a run of positions with a leading count.
    pub(super) fn folge(&mut self, dimensionen: usize) -> Option<Folge<'a>> {
        let anzahl = self.u32()? as usize;
        self.positionen(anzahl, dimensionen)
    }

    pub(super) fn positionen(&mut self, anzahl: usize, dimensionen: usize) -> Option<Folge<'a>> {
        let schritt = dimensionen * 8;
        let bytes = self.nimm(anzahl.checked_mul(schritt)?)?;
        Some(Folge {
            bytes,
            schritt,
            little: self.little,
        })
    }
}

/// A run of positions.
#[derive(Clone, Copy)]
pub(super) struct Folge<'a> {
    bytes: &'a [u8],
    schritt: usize,
    little: bool,
}

impl Folge<'_> {
    pub(super) fn len(&self) -> usize {
        self.bytes.len() / self.schritt
    }

    pub(super) fn xy(&self, i: usize) -> (f64, f64) {
        let lies = |ab: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&self.bytes[ab..ab + 8]);
            if self.little {
                f64::from_le_bytes(bytes)
            } else {
                f64::from_be_bytes(bytes)
            }
        };
        let ab = i * self.schritt;
        (lies(ab), lies(ab + 8))
    }

    /// Twice the signed area; positive is counter-clockwise.
    fn doppelte_flaeche(&self) -> f64 {
        let (x0, y0) = self.xy(0); // relative to the first vertex, or the products lose the digits
        (1..self.len())
            .map(|i| {
                let ((xa, ya), (xb, yb)) = (self.xy(i - 1), self.xy(i));
                (xa - x0) * (yb - y0) - (xb - x0) * (ya - y0)
            })
            .sum()
    }
}

struct Schreiber<'a> {
    out: &'a mut Vec<u8>,
    wandler: Wandler,
    stellen: u32,
    faktor: f64,
}

impl Schreiber<'_> {
    /// `Some(false)`: empty. `None`: broken.
    fn geometrie(&mut self, leser: &mut Leser<'_>, tiefe: u8) -> Option<bool> {
        let kopf = leser.kopf()?;
        let multi = match kopf.typ {
            1 | 4 => "MultiPoint",
            2 | 5 => "MultiLineString",
            3 | 6 | 15 | 16 | 17 => "MultiPolygon", // 15 polyhedral surface, 16 TIN, 17 triangle
            7 => return self.sammlung(leser, tiefe),
            _ => return None, // curves were drawn as lines by PostGIS
        };
        self.text(r#"{"type":""#);
        self.text(multi);
        self.text(r#"","coordinates":["#);
        let teile = if matches!(kopf.typ, 1 | 2 | 3 | 17) {
            self.teil(leser, &kopf, false)?
        } else {
            let mut geschrieben = false;
            for _ in 0..leser.u32()? {
                let kopf = leser.kopf()?;
                geschrieben |= self.teil(leser, &kopf, geschrieben)?;
            }
            geschrieben
        };
        self.text("]}");
        Some(teile)
    }

    fn sammlung(&mut self, leser: &mut Leser<'_>, tiefe: u8) -> Option<bool> {
        if tiefe >= TIEFE_MAX {
            return None;
        }
        self.text(r#"{"type":"GeometryCollection","geometries":["#);
        let mut geschrieben = false;
        for _ in 0..leser.u32()? {
            let vorher = self.out.len();
            if geschrieben {
                self.out.push(b',');
            }
            if self.geometrie(leser, tiefe + 1)? {
                geschrieben = true;
            } else {
                self.out.truncate(vorher);
            }
        }
        self.text("]}");
        Some(geschrieben)
    }

    /// One point, line or polygon inside its Multi*; an empty one is left out.
    fn teil(&mut self, leser: &mut Leser<'_>, kopf: &Kopf, komma: bool) -> Option<bool> {
        let vorher = self.out.len();
        if komma {
            self.out.push(b',');
        }
        let geschrieben = match kopf.typ {
            1 => {
                let punkt = leser.positionen(1, kopf.dimensionen)?;
                let (x, y) = punkt.xy(0);
                if x.is_nan() || y.is_nan() {
                    false // how EWKB writes POINT EMPTY
                } else {
                    self.position(x, y)?;
                    true
                }
            }
            2 => {
                let folge = leser.folge(kopf.dimensionen)?;
                if folge.len() == 0 {
                    false
                } else {
                    self.folge(&folge, false)?;
                    true
                }
            }
            3 | 17 => self.polygon(leser, kopf.dimensionen)?,
            _ => return None,
        };
        if !geschrieben {
            self.out.truncate(vorher);
        }
        Some(geschrieben)
    }

    fn polygon(&mut self, leser: &mut Leser<'_>, dimensionen: usize) -> Option<bool> {
        self.out.push(b'[');
        let mut ringe = 0;
        for _ in 0..leser.u32()? {
            let ring = leser.folge(dimensionen)?;
            if ring.len() == 0 {
                continue;
            }
            if ringe > 0 {
                self.out.push(b',');
            }
            let aussen = ringe == 0;
            let umkehren = (ring.doppelte_flaeche() > 0.0) != aussen;
            self.folge(&ring, umkehren)?;
            ringe += 1;
        }
        self.out.push(b']');
        Some(ringe > 0)
    }

    fn folge(&mut self, folge: &Folge<'_>, umkehren: bool) -> Option<()> {
        self.out.push(b'[');
        let anzahl = folge.len();
        for i in 0..anzahl {
            if i > 0 {
                self.out.push(b',');
            }
            let (x, y) = folge.xy(if umkehren { anzahl - 1 - i } else { i });
            self.position(x, y)?;
        }
        self.out.push(b']');
        Some(())
    }

    fn position(&mut self, x: f64, y: f64) -> Option<()> {
        let (x, y) = self.wandler.wandle(x, y);
        let mut zeichen = Zeichen::default();
        zeichen.eines(b'[');
        zeichen.zahl(x * self.faktor, self.stellen)?;
        zeichen.eines(b',');
        zeichen.zahl(y * self.faktor, self.stellen)?;
        zeichen.eines(b']');
        self.out.extend_from_slice(zeichen.text());
        Some(())
    }

    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use geo_types::{Geometry, LineString, MultiPolygon, Point, Polygon, polygon};
    use geozero::{CoordDimensions, ToWkb};

    use super::*;
    use crate::layers::crs::{Lage, Ziel};

    fn als_text(geometrie: &Geometry<f64>, nach: Ziel) -> String {
        let ewkb = geometrie
            .to_ewkb(CoordDimensions::xy(), Some(4326))
            .unwrap();
        let mut out = Vec::new();
        schreibe(&mut out, &ewkb, Wandler::new(Lage::Geografisch, nach));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_short_and_exact() {
        let punkt = |x, y| als_text(&Point::new(x, y).into(), Ziel::Crs84);
        let mit = |xy: &str| format!(r#"{{"type":"MultiPoint","coordinates":[{xy}]}}"#);
        assert_eq!(punkt(10.5, -48.000_000_04), mit("[10.5,-48]"));
        assert_eq!(
            punkt(0.000_000_1, -0.012_345_678),
            mit("[0.0000001,-0.0123457]")
        );
        assert_eq!(punkt(100.0, 0.0), mit("[100,0]"));
        assert_eq!(punkt(f64::NAN, f64::NAN), "null");
        assert_eq!(punkt(f64::INFINITY, 1.0), "null");
    }

    #[test]
    fn rings_turn_the_right_way_and_empty_parts_vanish() {
        let im_uhrzeigersinn = polygon![
            exterior: [(x: 0., y: 0.), (x: 0., y: 9.), (x: 9., y: 9.), (x: 9., y: 0.), (x: 0., y: 0.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 1.)]]
        ];
        let leer = Polygon::new(LineString::new(vec![]), vec![]);
        let multi = MultiPolygon::new(vec![leer.clone(), im_uhrzeigersinn, leer.clone()]);
        assert_eq!(
            als_text(&multi.into(), Ziel::Crs84),
            r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[1,1],[2,2],[2,1],[1,1]]]]}"#
        );
        assert_eq!(
            als_text(&MultiPolygon::new(vec![leer]).into(), Ziel::Crs84),
            "null"
        );
    }

    #[test]
    fn broken_bytes_are_null_and_never_a_panic() {
        let linie: Geometry = LineString::from(vec![(1.0, 2.0), (3.0, 4.0)]).into();
        let ewkb = linie.to_ewkb(CoordDimensions::xy(), Some(4326)).unwrap();
        let wandler = Wandler::new(Lage::Geografisch, Ziel::Crs84);
        for ende in 0..ewkb.len() {
            let mut out = Vec::new();
            schreibe(&mut out, &ewkb[..ende], wandler);
            assert_eq!(out, b"null");
        }
        let mut riesig = ewkb.clone();
        riesig[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut out = Vec::new();
        schreibe(&mut out, &riesig, wandler);
        assert_eq!(out, b"null");
    }
}
