//! The parameter `bbox`: boxes in CRS84 or another offered system, as densified
//! polygons in the storage system. Corners alone would lose features along the
//! edges: a parallel is a curve in UTM.

use super::crs::{Lage, Ziel};
use super::rahmen::Rahmen;
use crate::error::{Error, Result};

/// Longest piece of an edge, in degrees: the chord of a parallel stays within 3 mm of it.
const SCHRITT_GRAD: f64 = 0.005;
/// At most so many pieces an edge; only boxes wider than 2° get longer ones.
const STUECKE_MAX: f64 = 400.0;
/// A box that fills a screen at 1:10,000, metres.
const KLEIN_M: f64 = 3_000.0;

/// One or (across the antimeridian) two boxes in longitude and latitude, or one in metres.
#[derive(Debug, Clone, PartialEq)]
pub struct Bbox {
    system: Lage,
    /// min x, min y, max x, max y.
    kaesten: Vec<[f64; 4]>,
}

impl Bbox {
    /// Reads 4 or 6 numbers in the axis order of `system`; heights are ignored, our data have none.
    pub fn lies(text: &str, system: Ziel) -> Result<Self> {
        let falsch = |grund: &str| {
            Error::parameter(
                "bbox",
                format!(
                    "„{text}“ ist kein Ausschnitt: {grund} Erwartet werden 4 oder 6 Zahlen, zum Beispiel bbox=10.8,48.0,10.9,48.1."
                ),
            )
        };
        let zahlen: Vec<f64> = text
            .split(',')
            .map(|zahl| zahl.trim().parse::<f64>().ok().filter(|z| z.is_finite()))
            .collect::<Option<_>>()
            .ok_or_else(|| falsch("nicht jeder Wert ist eine endliche Zahl."))?;
        Self::aus_zahlen(&zahlen, system).map_err(falsch)
    }

    /// The same from numbers, finite; the error says why not.
    pub fn aus_zahlen(zahlen: &[f64], system: Ziel) -> Result<Self, &'static str> {
        let ([a, b, c, d] | [a, b, _, c, d, _]) = *zahlen else {
            return Err("die Anzahl stimmt nicht.");
        };
        let [west, sued, ost, nord] = if system.norden_zuerst() {
            [b, a, d, c]
        } else {
            [a, b, c, d]
        };
        if sued > nord {
            return Err("der untere Rand liegt über dem oberen.");
        }
        let lage = system.lage();
        let grad = lage == Lage::Geografisch;
        if west > ost && !grad {
            return Err("der linke Rand liegt rechts vom rechten.");
        }
        let kaesten = if west > ost {
            vec![[west, sued, 180.0, nord], [-180.0, sued, ost, nord]]
        } else {
            vec![[west, sued, ost, nord]]
        };
        Ok(Self {
            system: lage,
            kaesten,
        })
    }

    /// The boxes as one EWKB geometry in the given system, or None when nothing of
    /// them lies where that system is usable.
    #[must_use]
    pub fn ewkb(&self, nach: Lage, srid: i32) -> Option<Vec<u8>> {
        let ringe = self.ringe(nach);
        (!ringe.is_empty()).then(|| schreibe(&ringe, srid))
    }

    /// The boxes as rings (paths where a box is flat) in the given system, those of them that lie
    /// where it is usable.
    #[must_use]
    pub fn ringe(&self, nach: Lage) -> Vec<Vec<(f64, f64)>> {
        let ringe = self.kaesten.iter();
        ringe
            .filter_map(|kasten| self.ring(*kasten, nach))
            .collect()
    }

    /// A rectangle, EWKB in the given system, that lies in the box by more than the envelopes of
    /// PostGIS' index are rounded (to 24 bits). None for several boxes, and for too small a one.
    #[must_use]
    pub fn innen(&self, nach: Lage, srid: i32) -> Option<Vec<u8>> {
        let [kasten] = self.kaesten[..] else {
            return None;
        };
        let ring = self.ring(kasten, nach)?;
        if ist_flach(&ring) {
            return None;
        }
        let ring: Vec<[f64; 2]> = ring.into_iter().map(|(x, y)| [x, y]).collect();
        let k = Rahmen::neu(ring).innen()?;
        let groesste = k.iter().fold(1.0, |g: f64, wert| g.max(wert.abs()));
        let rand = groesste / f64::from(1 << 21);
        let [west, sued, ost, nord] = [k[0] + rand, k[1] + rand, k[2] - rand, k[3] - rand];
        if west >= ost || sued >= nord {
            return None;
        }
        Some(schreibe(
            &[self::rand([west, sued, ost, nord], f64::INFINITY)],
            srid,
        ))
    }

    /// At most [`KLEIN_M`] wide and high.
    #[must_use]
    pub fn ist_klein(&self) -> bool {
        self.kaesten.iter().all(|k| {
            let (breite, hoehe) = (k[2] - k[0], k[3] - k[1]);
            let (breite, hoehe) = if self.system == Lage::Geografisch {
                let je_grad = 111_000.0;
                (breite * je_grad * k[1].to_radians().cos(), hoehe * je_grad)
            } else {
                (breite, hoehe)
            };
            breite <= KLEIN_M && hoehe <= KLEIN_M
        })
    }

    fn ring(&self, kasten: [f64; 4], nach: Lage) -> Option<Vec<(f64, f64)>> {
        if self.system == nach {
            return Some(rand(kasten, f64::INFINITY));
        }
        if self.system == Lage::Geografisch {
            let kasten = schneide(kasten, nach.fenster())?;
            let rand = rand(kasten, SCHRITT_GRAD).into_iter();
            return Some(rand.map(|(x, y)| nach.von_grad(x, y)).collect());
        }
        // Metres: keep the box where its own system is usable, then go through degrees.
        let kasten = schneide(kasten, self.system.kasten())?;
        let rand = rand(kasten, SCHRITT_GRAD * 100_000.0).into_iter();
        Some(
            rand.map(|(x, y)| {
                let (lon, lat) = self.system.zu_grad(x, y);
                nach.von_grad(lon, lat)
            })
            .collect(),
        )
    }
}

fn schneide(a: [f64; 4], b: [f64; 4]) -> Option<[f64; 4]> {
    let kasten = [
        a[0].max(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].min(b[3]),
    ];
    (kasten[0] <= kasten[2] && kasten[1] <= kasten[3]).then_some(kasten)
}

/// Closed ring around a box with extra vertices, counter-clockwise; a box without width or
/// height as the path along it, because there and back encloses nothing in any system.
fn rand([west, sued, ost, nord]: [f64; 4], schritt: f64) -> Vec<(f64, f64)> {
    let ecken = [
        (west, sued),
        (ost, sued),
        (ost, nord),
        (west, nord),
        (west, sued),
    ];
    let flach = west.total_cmp(&ost).is_eq() || sued.total_cmp(&nord).is_eq();
    let ecken = if flach { &ecken[..3] } else { &ecken[..] };
    let mut ring = vec![ecken[0]];
    for paar in ecken.windows(2) {
        let ((xa, ya), (xb, yb)) = (paar[0], paar[1]);
        let laenge = (xb - xa).abs().max((yb - ya).abs());
        if laenge == 0.0 {
            continue;
        }
        let stuecke = (laenge / schritt).ceil().clamp(1.0, STUECKE_MAX);
        let mut i = 1.0;
        while i < stuecke {
            ring.push((xa + (xb - xa) * i / stuecke, ya + (yb - ya) * i / stuecke));
            i += 1.0;
        }
        ring.push((xb, yb));
    }
    ring
}

/// Rings as polygons, paths as line or point; also a ring that became flat in the other
/// system, because a polygon without area meets nothing in PostGIS.
fn schreibe(ringe: &[Vec<(f64, f64)>], srid: i32) -> Vec<u8> {
    let mut ewkb = Vec::new();
    // One box stands alone: for a collection PostGIS prepares nothing and takes twice as long.
    let einer = (ringe.len() == 1).then_some(srid);
    if einer.is_none() {
        kopf(&mut ewkb, 7, Some(srid));
        anzahl(&mut ewkb, ringe.len());
    }
    for ring in ringe {
        match (ring.len(), ist_flach(ring)) {
            (1, _) => kopf(&mut ewkb, 1, einer),
            (n, true) => {
                kopf(&mut ewkb, 2, einer);
                anzahl(&mut ewkb, n);
            }
            (n, false) => {
                kopf(&mut ewkb, 3, einer);
                anzahl(&mut ewkb, 1);
                anzahl(&mut ewkb, n);
            }
        }
        for (x, y) in ring {
            ewkb.extend_from_slice(&x.to_le_bytes());
            ewkb.extend_from_slice(&y.to_le_bytes());
        }
    }
    ewkb
}

/// A path that encloses nothing.
#[must_use]
pub fn ist_flach(ring: &[(f64, f64)]) -> bool {
    let gerade = ring.iter().all(|p| p.0.total_cmp(&ring[0].0).is_eq())
        || ring.iter().all(|p| p.1.total_cmp(&ring[0].1).is_eq());
    gerade || ring.len() < 4 || ring.first() != ring.last()
}

fn kopf(ewkb: &mut Vec<u8>, typ: u32, srid: Option<i32>) {
    ewkb.push(1);
    let flagge = if srid.is_some() { 0x2000_0000 } else { 0 };
    ewkb.extend_from_slice(&(typ | flagge).to_le_bytes());
    if let Some(srid) = srid {
        ewkb.extend_from_slice(&srid.to_le_bytes());
    }
}

fn anzahl(ewkb: &mut Vec<u8>, anzahl: usize) {
    ewkb.extend_from_slice(&u32::try_from(anzahl).unwrap_or(u32::MAX).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kaesten(text: &str) -> Option<Vec<[f64; 4]>> {
        Bbox::lies(text, Ziel::Crs84).ok().map(|b| b.kaesten)
    }

    #[test]
    fn four_or_six_numbers() {
        assert_eq!(kaesten("1,2,3,4"), Some(vec![[1.0, 2.0, 3.0, 4.0]]));
        assert_eq!(kaesten("1,2,-9,3,4,9"), Some(vec![[1.0, 2.0, 3.0, 4.0]]));
        assert_eq!(
            kaesten("170,-1,-170,1"),
            Some(vec![[170.0, -1.0, 180.0, 1.0], [-180.0, -1.0, -170.0, 1.0]])
        );
        for falsch in [
            "",
            "1,2,3",
            "1,2,3,4,5",
            "1,4,3,2",
            "a,2,3,4",
            "NaN,2,3,4",
            "1,2,inf,4",
            "1,,3,4",
        ] {
            assert_eq!(kaesten(falsch), None, "{falsch}");
        }
    }

    #[test]
    fn axis_order_of_the_system() {
        let latlon = Bbox::lies("48,10,49,11", Ziel::Epsg4326).unwrap();
        assert_eq!(latlon.kaesten, [[10.0, 48.0, 11.0, 49.0]]);
        assert!(Bbox::lies("9,48,8,49", Ziel::Epsg3857).is_err());
    }

    #[test]
    fn a_box_without_width_is_a_line_and_without_both_a_point_in_every_system() {
        for (text, typ) in [("11,48,11,48", 1), ("11,48,11,49", 2), ("11,48,12,48", 2)] {
            let kasten = Bbox::lies(text, Ziel::Crs84).unwrap();
            for lage in [Lage::Utm(32), Lage::Mercator, Lage::Geografisch] {
                let ewkb = kasten.ewkb(lage, 25832).unwrap();
                assert_eq!(ewkb[1], typ, "{text} {lage:?}");
            }
        }
    }

    #[test]
    fn the_world_fits_every_system_and_the_antipodes_are_nothing() {
        let welt = Bbox::lies("-180,-90,180,90", Ziel::Crs84).unwrap();
        for lage in [Lage::Utm(32), Lage::Mercator, Lage::Geografisch] {
            assert!(welt.ewkb(lage, 25832).is_some());
        }
        let fern = Bbox::lies("-170,-10,-160,10", Ziel::Crs84).unwrap();
        assert!(fern.ewkb(Lage::Utm(32), 25832).is_none());
    }
}
