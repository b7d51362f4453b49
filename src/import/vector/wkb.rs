//! WKB (ISO and EWKB, any byte order, Z and M, curves) → areas, lines or points.
//!
//! Control points are transformed before arcs are drawn, so that the chords have 1 mm of
//! sagitta in EPSG:25832. Heights and measures are dropped.

use geo_types::{Coord, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use crate::error::Result;
use crate::fnp::objekt::Geometrie;
use crate::import::xplangml::bogen;

/// Nesting of collections.
const TIEFE: u8 = 8;

/// Why a geometry is not taken.
#[derive(Debug)]
pub(super) enum Grund {
    /// Nothing in it.
    Leer,
    /// German reason.
    Unlesbar(String),
    /// Of the transformation.
    Fehler(crate::error::Error),
}

fn unlesbar<T>(text: impl Into<String>) -> Result<T, Grund> {
    Err(Grund::Unlesbar(text.into()))
}

/// Turns one sequence of control points into EPSG:25832, in place.
pub(super) type Umrechnung<'a> = dyn FnMut(&mut [Coord<f64>]) -> Result<()> + 'a;

/// What was found on the way.
#[derive(Debug)]
pub(super) struct Gelesen {
    pub geometrie: Geometrie,
    /// Had heights or measures.
    pub hoehe: bool,
}

/// Reads one geometry of at most `ecken` vertices.
pub(super) fn lies(
    wkb: &[u8],
    ecken: usize,
    umrechnung: &mut Umrechnung<'_>,
) -> Result<Gelesen, Grund> {
    let mut leser = Leser {
        rest: wkb,
        klein: true,
        hoehe: false,
        ecken,
        umrechnung,
        flaechen: Vec::new(),
        linien: Vec::new(),
        punkte: Vec::new(),
    };
    leser.geometrie(TIEFE)?;
    let arten = usize::from(!leser.flaechen.is_empty())
        + usize::from(!leser.linien.is_empty())
        + usize::from(!leser.punkte.is_empty());
    if arten > 1 {
        return unlesbar("mischt Flächen, Linien und Punkte in einem Objekt");
    }
    let geometrie = if !leser.flaechen.is_empty() {
        Geometrie::Flaeche(MultiPolygon(leser.flaechen))
    } else if !leser.linien.is_empty() {
        Geometrie::Linie(MultiLineString(leser.linien))
    } else if !leser.punkte.is_empty() {
        Geometrie::Punkt(MultiPoint(leser.punkte))
    } else {
        return Err(Grund::Leer);
    };
    Ok(Gelesen {
        geometrie,
        hoehe: leser.hoehe,
    })
}

struct Leser<'a, 'u> {
    rest: &'a [u8],
    klein: bool,
    hoehe: bool,
    ecken: usize,
    umrechnung: &'a mut Umrechnung<'u>,
    flaechen: Vec<Polygon<f64>>,
    linien: Vec<LineString<f64>>,
    punkte: Vec<Point<f64>>,
}

/// A type code and its ordinates.
#[derive(Clone, Copy)]
struct Kopf {
    art: u32,
    zahlen: usize,
}

impl Leser<'_, '_> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Grund> {
        let Some((vorn, rest)) = self.rest.split_first_chunk::<N>() else {
            return unlesbar("die Geometrie ist abgeschnitten");
        };
        self.rest = rest;
        Ok(*vorn)
    }

    fn u32(&mut self) -> Result<u32, Grund> {
        let bytes = self.bytes()?;
        Ok(if self.klein {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn f64(&mut self) -> Result<f64, Grund> {
        let bytes = self.bytes()?;
        Ok(if self.klein {
            f64::from_le_bytes(bytes)
        } else {
            f64::from_be_bytes(bytes)
        })
    }

    fn kopf(&mut self) -> Result<Kopf, Grund> {
        let [ordnung] = self.bytes()?;
        self.klein = ordnung == 1;
        let code = self.u32()?;
        // EWKB marks by high bits, ISO by thousands.
        let (mut z, mut m) = (code & 0x8000_0000 != 0, code & 0x4000_0000 != 0);
        if code & 0x2000_0000 != 0 {
            self.u32()?; // SRID
        }
        let iso = code & 0x0FFF_FFFF;
        match iso / 1000 {
            1 => z = true,
            2 => m = true,
            3 => (z, m) = (true, true),
            _ => {}
        }
        self.hoehe |= z || m;
        Ok(Kopf {
            art: iso % 1000,
            zahlen: 2 + usize::from(z) + usize::from(m),
        })
    }

    /// A count, checked against what the rest can hold.
    fn anzahl(&mut self, je: usize) -> Result<usize, Grund> {
        let anzahl = self.u32()? as usize;
        if anzahl.saturating_mul(je) > self.rest.len() {
            return unlesbar("die Geometrie ist abgeschnitten");
        }
        Ok(anzahl)
    }

    fn folge(&mut self, zahlen: usize) -> Result<Vec<Coord<f64>>, Grund> {
        let anzahl = self.anzahl(zahlen * 8)?;
        if anzahl > self.ecken {
            return unlesbar("hat mehr Ecken, als gelesen werden");
        }
        self.ecken -= anzahl;
        let mut folge = Vec::with_capacity(anzahl);
        for _ in 0..anzahl {
            folge.push(self.stelle(zahlen)?);
        }
        if folge.iter().any(|p| !p.x.is_finite() || !p.y.is_finite()) {
            return unlesbar("hat eine Koordinate, die keine Zahl ist");
        }
        if !folge.is_empty() {
            (self.umrechnung)(&mut folge).map_err(Grund::Fehler)?;
        }
        Ok(folge)
    }

    fn stelle(&mut self, zahlen: usize) -> Result<Coord<f64>, Grund> {
        let (x, y) = (self.f64()?, self.f64()?);
        for _ in 2..zahlen {
            self.f64()?;
        }
        Ok(Coord { x, y })
    }

    fn geometrie(&mut self, tiefe: u8) -> Result<(), Grund> {
        let Some(tiefe) = tiefe.checked_sub(1) else {
            return unlesbar("ist zu tief geschachtelt");
        };
        let kopf = self.kopf()?;
        match kopf.art {
            1 => {
                let stelle = self.stelle(kopf.zahlen)?;
                // An empty point is written as NaN NaN.
                if stelle.x.is_nan() && stelle.y.is_nan() {
                    return Ok(());
                }
                if !stelle.x.is_finite() || !stelle.y.is_finite() {
                    return unlesbar("hat eine Koordinate, die keine Zahl ist");
                }
                let mut folge = [stelle];
                (self.umrechnung)(&mut folge).map_err(Grund::Fehler)?;
                self.punkte.push(Point(folge[0]));
            }
            2 | 8 | 9 | 13 => {
                let linie = self.kurve(kopf, tiefe)?;
                if linie.len() == 1 {
                    return unlesbar("hat eine Linie aus einem einzigen Punkt");
                }
                if !linie.is_empty() {
                    self.linien.push(LineString(linie));
                }
            }
            3 | 10 | 14 | 17 => {
                let mut ringe = Vec::new();
                for _ in 0..self.anzahl(4)? {
                    let ring = if kopf.art == 10 {
                        let innen = self.kopf()?;
                        self.kurve(innen, tiefe)?
                    } else {
                        self.folge(kopf.zahlen)?
                    };
                    ringe.push(self::ring(ring)?);
                }
                let mut ringe = ringe.into_iter().filter(|ring| !ring.0.is_empty());
                if let Some(aussen) = ringe.next() {
                    self.flaechen.push(Polygon::new(aussen, ringe.collect()));
                }
            }
            4..=7 | 11 | 12 | 15 | 16 => {
                for _ in 0..self.anzahl(5)? {
                    self.geometrie(tiefe)?;
                }
            }
            andere => return unlesbar(format!("ist von der unbekannten Art {andere}")),
        }
        Ok(())
    }

    /// Vertices of a line, an arc string or a compound of both.
    fn kurve(&mut self, kopf: Kopf, tiefe: u8) -> Result<Vec<Coord<f64>>, Grund> {
        let Some(tiefe) = tiefe.checked_sub(1) else {
            return unlesbar("ist zu tief geschachtelt");
        };
        match kopf.art {
            2 => self.folge(kopf.zahlen),
            8 => {
                let v = self.folge(kopf.zahlen)?;
                if v.is_empty() {
                    return Ok(v);
                }
                if v.len() < 3 || v.len().is_multiple_of(2) {
                    return unlesbar(format!("hat einen Kreisbogen aus {} Punkten", v.len()));
                }
                let mut ganz = vec![v[0]];
                for i in (0..v.len() - 2).step_by(2) {
                    let Some(teil) = bogen::bogen(v[i], v[i + 1], v[i + 2], self.ecken) else {
                        return unlesbar("hat einen zu großen Kreisbogen");
                    };
                    self.ecken = self.ecken.saturating_sub(teil.len());
                    ganz.extend_from_slice(&teil[1..]);
                }
                Ok(ganz)
            }
            9 => {
                let mut ganz: Vec<Coord<f64>> = Vec::new();
                for _ in 0..self.anzahl(5)? {
                    let innen = self.kopf()?;
                    let teil = self.kurve(innen, tiefe)?;
                    let doppelt = usize::from(ganz.last() == teil.first() && !ganz.is_empty());
                    ganz.extend(teil.into_iter().skip(doppelt));
                }
                Ok(ganz)
            }
            andere => unlesbar(format!("hat eine Kurve der unbekannten Art {andere}")),
        }
    }
}

/// A ring is closed and has an inside; what is not said is not repaired.
fn ring(ring: Vec<Coord<f64>>) -> Result<LineString<f64>, Grund> {
    if ring.is_empty() {
        return Ok(LineString(ring));
    }
    if ring.len() < 4 {
        return unlesbar(format!(
            "hat einen Ring aus {} Punkten (nötig sind 4, der letzte gleich dem ersten)",
            ring.len()
        ));
    }
    if ring.first() != ring.last() {
        return unlesbar(format!(
            "hat einen offenen Ring: er beginnt bei {:.2} {:.2} und endet anderswo",
            ring[0].x, ring[0].y
        ));
    }
    Ok(LineString(ring))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wkb(text: &[&[u8]]) -> Vec<u8> {
        text.concat()
    }
    fn art(code: u32, anzahl: u32) -> Vec<u8> {
        let mut v = vec![1];
        v.extend(code.to_le_bytes());
        v.extend(anzahl.to_le_bytes());
        v
    }
    fn zahlen(zahlen: &[f64]) -> Vec<u8> {
        zahlen.iter().flat_map(|z| z.to_le_bytes()).collect()
    }
    fn gelesen(bytes: &[u8]) -> Result<Gelesen, Grund> {
        lies(bytes, 10_000, &mut |_| Ok(()))
    }
    fn grund(bytes: &[u8]) -> String {
        match gelesen(bytes) {
            Err(Grund::Unlesbar(text)) => text,
            anderes => format!("{anderes:?}"),
        }
    }

    #[test]
    fn a_circle_of_a_curve_polygon_has_its_area() {
        // CurvePolygon of one CircularString: centre 600000 5300000, radius 100.
        let bytes = wkb(&[
            &art(10, 1),
            &art(8, 5),
            &zahlen(&[
                600_100.0,
                5_300_000.0,
                600_000.0,
                5_300_100.0,
                599_900.0,
                5_300_000.0,
                600_000.0,
                5_299_900.0,
                600_100.0,
                5_300_000.0,
            ]),
        ]);
        let Geometrie::Flaeche(flaeche) = gelesen(&bytes).expect("reads").geometrie else {
            unreachable!("an area");
        };
        let m2 = geo::Area::unsigned_area(&flaeche);
        assert!((m2 - std::f64::consts::PI * 10_000.0).abs() < 0.7, "{m2}");
    }

    #[test]
    fn heights_are_dropped_and_told() {
        for code in [1003, 0x8000_0003] {
            let bytes = wkb(&[
                &art(code, 1),
                &4_u32.to_le_bytes(),
                &zahlen(&[0.0, 0.0, 9.0, 2.0, 0.0, 9.0, 2.0, 2.0, 9.0, 0.0, 0.0, 9.0]),
            ]);
            let g = gelesen(&bytes).expect("reads");
            assert!(g.hoehe);
            assert!(
                matches!(g.geometrie, Geometrie::Flaeche(f) if (geo::Area::unsigned_area(&f) - 2.0).abs() < 1e-12)
            );
        }
    }

    #[test]
    fn what_is_no_geometry_has_a_reason() {
        let ring = |punkte: &[f64]| {
            let anzahl = u32::try_from(punkte.len() / 2).expect("small");
            wkb(&[&art(3, 1), &anzahl.to_le_bytes(), &zahlen(punkte)])
        };
        assert!(grund(&ring(&[0., 0., 1., 0., 0., 0.])).contains("Ring aus 3"));
        assert!(grund(&ring(&[0., 0., 1., 0., 1., 1., 0., 1.])).contains("offenen Ring"));
        assert!(grund(&ring(&[0., 0., f64::NAN, 0., 1., 1., 0., 0.])).contains("keine Zahl"));
        assert!(grund(&art(3, 4_000_000_000)).contains("abgeschnitten"));
        assert!(grund(b"").contains("abgeschnitten"));
        assert!(grund(&art(99, 0)).contains("Art 99"));
        // Collections in collections: no recursion without end.
        let tief: Vec<u8> = std::iter::repeat_n(art(7, 1), 5000).flatten().collect();
        assert!(grund(&tief).contains("tief"));
        assert!(matches!(gelesen(&art(6, 0)), Err(Grund::Leer)));
    }
}
