//! The Flächenschluss of areas that come one by one and are not kept.
//!
//! Memory holds the edges that have not met their twin yet; along the Hilbert curve
//! that is the rim of what was seen so far. A plan whose neighbours share no points
//! keeps all its edges: beyond a limit it is measured tile by tile instead, and its
//! areas are asked for again. Tiles are cut as contours are, so the figures are the
//! same; a place across a cut counts as two.

use geo_types::MultiPolygon;

use super::anteil::{Netz, Teile};
use super::kontur::Kanten;
use super::ring::{self, Kasten, Ring};
use super::schluss::{Messung, Schluss, Summen, sammle};

/// Edges kept at most, about 100 bytes each while they are made contours.
const HOECHSTENS_KANTEN: usize = 1_000_000;
/// Tiles are not halved further, metres.
const KLEINSTE_KACHEL: f64 = 1.0;

/// The check at work.
pub struct Rechnung {
    /// None beyond the limit.
    kanten: Option<Kanten>,
    hoechstens: usize,
    kasten: Kasten,
    summe: Summen,
    ausserhalb_m2: f64,
}

impl Rechnung {
    /// Begins with the Geltungsbereich of `netz`.
    #[must_use]
    pub fn neu(netz: &Netz) -> Self {
        Self::begrenzt(netz, HOECHSTENS_KANTEN)
    }

    fn begrenzt(netz: &Netz, hoechstens: usize) -> Self {
        let mut rechnung = Self {
            kanten: Some(Kanten::default()),
            hoechstens,
            kasten: Kasten::LEER,
            summe: Summen::new(),
            ausserhalb_m2: 0.0,
        };
        if let Some(g) = netz.geltungsbereich() {
            rechnung.plus(&ring::ringe(g), 1);
        }
        rechnung
    }

    fn plus(&mut self, ringe: &[Ring], anzahl: i32) {
        for ring in ringe {
            for punkt in ring {
                self.kasten.nimm(*punkt);
            }
            if let Some(kanten) = &mut self.kanten {
                kanten.plus(ring, anzahl);
            }
        }
        if self
            .kanten
            .as_ref()
            .is_some_and(|kanten| kanten.anzahl() > self.hoechstens)
        {
            self.kanten = None;
        }
    }

    /// Adds a valid area (EPSG:25832) with its parts by the same `netz`.
    pub fn nimm(&mut self, flaeche: &MultiPolygon<f64>, teile: &Teile) {
        self.plus(&ring::ringe(flaeche), -1);
        sammle(&mut self.summe, teile);
        self.ausserhalb_m2 += teile.ausserhalb_m2;
    }

    /// Measures what is left. `nochmal` hands the same areas over again, at least those
    /// whose box meets the given one (least x, least y, greatest x, greatest y), until it
    /// is answered false; only a plan beyond the limit needs it. The areas of the
    /// overlaps are not known here: whoever has them asks [`super::schluss::deckt`].
    ///
    /// # Errors
    /// Those of `nochmal`.
    pub fn schliesse<E>(
        self,
        netz: &Netz,
        mut nochmal: impl FnMut(&[f64; 4], &mut dyn FnMut(&MultiPolygon<f64>) -> bool) -> Result<(), E>,
    ) -> Result<Schluss, E> {
        let mut messung = Messung::neu(netz);
        match self.kanten {
            Some(kanten) => messung.miss_alle(kanten.konturen()),
            None => {
                let (_, _, unten, oben) = self.kasten.haelften();
                for kachel in [unten, oben] {
                    miss_kachel(&mut messung, netz, kachel, self.hoechstens, &mut nochmal)?;
                }
            }
        }
        Ok(messung.abschluss(&self.summe, self.ausserhalb_m2))
    }
}

fn miss_kachel<E>(
    messung: &mut Messung<'_>,
    netz: &Netz,
    kachel: Kasten,
    hoechstens: usize,
    nochmal: &mut impl FnMut(&[f64; 4], &mut dyn FnMut(&MultiPolygon<f64>) -> bool) -> Result<(), E>,
) -> Result<(), E> {
    let teilbar = kachel.laengste_seite() > KLEINSTE_KACHEL;
    let mut kanten = Kanten::default();
    let mut plus = |flaeche: &MultiPolygon<f64>, anzahl| {
        for ring in ring::ringe(flaeche) {
            if let Some(ring) = ring::in_kasten(&ring, &kachel) {
                kanten.plus(&ring, anzahl);
            }
        }
        !(teilbar && kanten.anzahl() > hoechstens)
    };
    let mut passt = netz.geltungsbereich().is_none_or(|g| plus(g, 1));
    if passt {
        let ([x0, y0], [x1, y1]) = (kachel.min, kachel.max);
        nochmal(&[x0, y0, x1, y1], &mut |flaeche| {
            passt = plus(flaeche, -1);
            passt
        })?;
    }
    if passt {
        messung.miss_alle(kanten.konturen());
        return Ok(());
    }
    drop(kanten);
    let (_, _, unten, oben) = kachel.haelften();
    for haelfte in [unten, oben] {
        miss_kachel(messung, netz, haelfte, hoechstens, nochmal)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use geo::{Translate, polygon, wkt};

    use super::super::anteil::Gebiet;
    use super::*;

    /// A grid of areas of 10 m that share no points with their neighbours, some of them
    /// too large by 1 m, one missing.
    fn plan() -> Vec<MultiPolygon<f64>> {
        let feld = |i: i32, j: i32| {
            let (x, y) = (f64::from(i) * 10.0, f64::from(j) * 10.0);
            let breit = if (i + j) % 3 == 0 { 11.0 } else { 10.0 };
            let mitte = y + 1.0 + f64::from((i * 7 + j) % 5);
            let f: geo_types::Polygon<f64> = polygon![
                (x: x, y: y), (x: x + breit, y: y), (x: x + breit, y: y + 10.0),
                (x: x, y: y + 10.0), (x: x, y: mitte),
            ];
            MultiPolygon(vec![f]).translate(638_000.0, 5_321_000.0)
        };
        (0..8)
            .flat_map(|i| (0..8).map(move |j| (i, j)))
            .filter(|f| *f != (5, 2))
            .map(|(i, j)| feld(i, j))
            .collect()
    }

    #[test]
    fn tiles_give_the_same_figures() {
        let rand = wkt!(MULTIPOLYGON(((0. 0.,80. 0.,80. 80.,0. 80.,0. 0.))));
        let links = wkt!(MULTIPOLYGON(((0. 0.,33. 0.,44. 80.,0. 80.,0. 0.))));
        let dort = |g: MultiPolygon<f64>| g.translate(638_000.0, 5_321_000.0);
        for rand in [Some(dort(rand)), None] {
            let gebiet = Gebiet {
                id: 4,
                geom: dort(links.clone()),
            };
            let netz = Netz::neu(vec![gebiet], rand);
            let flaechen = plan();
            let rechne = |hoechstens| {
                let mut gefragt = 0;
                let mut r = Rechnung::begrenzt(&netz, hoechstens);
                for f in &flaechen {
                    r.nimm(f, &netz.teile(f));
                }
                let nochmal = |_: &[f64; 4], an: &mut dyn FnMut(&MultiPolygon<f64>) -> bool| {
                    gefragt += 1;
                    let _ = flaechen.iter().all(an);
                    Ok::<(), Infallible>(())
                };
                let schluss = r.schliesse(&netz, nochmal).unwrap();
                (schluss, gefragt)
            };
            let (ganz, nie) = rechne(usize::MAX);
            let (kacheln, oft) = rechne(40);
            assert_eq!(nie, 0);
            assert!(oft > 8, "asked {oft} times");
            assert!(ganz.gebiete[0].ueberlappung_m2 > 100.0, "{ganz:?}");
            assert_eq!(ganz.gebiete.len(), kacheln.gebiete.len());
            for (a, b) in ganz.gebiete.iter().zip(&kacheln.gebiete) {
                let werte = |g: &super::super::schluss::Gebietsschluss| {
                    [g.gebiet_m2, g.summe_m2, g.ueberlappung_m2, g.luecke_m2]
                };
                for (a, b) in werte(a).iter().zip(werte(b)) {
                    assert!((a - b).abs() < 1e-3, "{ganz:?} {kacheln:?}");
                }
            }
            assert!((ganz.ausserhalb_m2 - kacheln.ausserhalb_m2).abs() < 1e-3);
        }
    }
}
