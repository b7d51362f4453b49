//! Flächenschluss: does a plan cover its Geltungsbereich exactly once?
//!
//! With W(p) = number of areas over p and G(p) = 1 inside the Geltungsbereich, the
//! field V = G − W is 1 in a gap, below 0 in an overlap or outside, and 0 where all
//! is well. V is built from edges, most of which cancel (see `kontur`), so a clean
//! plan costs one pass over its edges and its gaps are exactly 0. Gaps and overlaps
//! are then given to the Ortsteile by the same [`Netz::teile`] as the areas; so in
//! every region summe = gebiet + ueberlappung − luecke.
//!
//! A plan without Geltungsbereich is measured against what its areas cover: it has
//! overlaps, but no gap and no outside.

use std::collections::BTreeMap;
use std::convert::Infallible;

use geo::{Area as _, BooleanOps};
use geo_types::{MultiPolygon, Polygon};

use super::anteil::{Netz, Teile};
use super::innenpunkt;
use super::kontur;
use super::ring::{self, Kasten, Ring};
use super::schere::Schere;

pub use super::rechnung::Rechnung;

/// Places smaller than this are counted but not listed.
pub const KLEINSTE_STELLE_M2: f64 = 1.0;
/// So many places of each kind are listed.
pub const HOECHSTENS_STELLEN: usize = 20;
/// Id of the whole plan.
pub const GANZER_PLAN: i32 = -1;

/// A group of contours with more points is halved: a plan whose neighbours share no
/// points leaves all its edges, and a finer grid serves it better.
const HOECHSTENS_PUNKTE: usize = 20_000;

/// The check of one region, m².
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Gebietsschluss {
    /// Ortsteil, 0 = ohne Ortsteil, [`GANZER_PLAN`].
    pub id: i32,
    /// The region inside the Geltungsbereich.
    pub gebiet_m2: f64,
    /// Sum of the areas' parts in it.
    pub summe_m2: f64,
    /// What is covered more than once, each further time counted.
    pub ueberlappung_m2: f64,
    /// What no area covers.
    pub luecke_m2: f64,
}

/// A gap or an overlap.
#[derive(Debug, Clone, PartialEq)]
pub struct Stelle {
    /// A point inside (easting, northing in EPSG:25832).
    pub ort: [f64; 2],
    /// Its size on the ground.
    pub m2: f64,
    /// Positions of the areas that lie over the point (an overlap: two or more).
    pub flaechen: Vec<usize>,
}

/// The Flächenschluss of a plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schluss {
    /// The whole plan first, then the Ortsteile ascending, then 0.
    pub gebiete: Vec<Gebietsschluss>,
    /// m² of areas outside the Geltungsbereich.
    pub ausserhalb_m2: f64,
    /// The largest gaps, descending.
    pub luecken: Vec<Stelle>,
    /// The largest overlaps inside the Geltungsbereich, descending.
    pub ueberlappungen: Vec<Stelle>,
}

impl Schluss {
    /// The row of one region.
    #[must_use]
    pub fn gebiet(&self, id: i32) -> Option<&Gebietsschluss> {
        self.gebiete.iter().find(|g| g.id == id)
    }
}

/// Checks a plan. `flaechen` are its valid areas in EPSG:25832, `teile` their parts
/// by `netz` in the same order. Invalid areas are left out by the caller and count
/// as gap.
#[must_use]
pub fn schluss(netz: &Netz, flaechen: &[&MultiPolygon<f64>], teile: &[Teile]) -> Schluss {
    debug_assert_eq!(flaechen.len(), teile.len(), "one Teile per area");
    let mut rechnung = Rechnung::neu(netz);
    for (flaeche, teile) in flaechen.iter().zip(teile) {
        rechnung.nimm(flaeche, teile);
    }
    let nochmal = |_: &[f64; 4], an: &mut dyn FnMut(&MultiPolygon<f64>) -> bool| {
        let _ = flaechen.iter().all(|flaeche| an(flaeche));
        Ok::<(), Infallible>(())
    };
    let mut schluss = match rechnung.schliesse(netz, nochmal) {
        Ok(schluss) => schluss,
        Err(nie) => match nie {},
    };
    for stelle in &mut schluss.ueberlappungen {
        stelle.flaechen = (0..flaechen.len())
            .filter(|i| deckt(flaechen[*i], stelle.ort))
            .collect();
    }
    schluss
}

/// True when the place (easting, northing) lies in the area.
#[must_use]
pub fn deckt(flaeche: &MultiPolygon<f64>, ort: [f64; 2]) -> bool {
    let kasten = Kasten::um(flaeche.iter().flat_map(|p| &p.exterior().0));
    let punkt = Kasten { min: ort, max: ort };
    kasten.enthaelt(&punkt) && ring::windung(&ring::ringe(flaeche), ort.into()) != 0
}

/// m² by region.
pub(super) type Summen = BTreeMap<i32, f64>;

pub(super) fn sammle(summen: &mut Summen, teile: &Teile) {
    for (id, m2) in &teile.anteile {
        *summen.entry(*id).or_insert(0.0) += m2;
    }
}

/// Measures contours and gives what they enclose to the regions.
pub(super) struct Messung<'a> {
    netz: &'a Netz,
    schere: Schere,
    teiler: Option<Schere>,
    luecke: Summen,
    ueberlappung: Summen,
    luecken: Vec<(f64, Polygon<f64>)>,
    ueberlappungen: Vec<(f64, Polygon<f64>)>,
}

impl<'a> Messung<'a> {
    pub(super) fn neu(netz: &'a Netz) -> Self {
        Self {
            netz,
            schere: Schere::neu(),
            teiler: None,
            luecke: Summen::new(),
            ueberlappung: Summen::new(),
            luecken: Vec::new(),
            ueberlappungen: Vec::new(),
        }
    }

    /// Measures what a set of closed contours encloses.
    pub(super) fn miss_alle(&mut self, konturen: Vec<Ring>) {
        for gruppe in kontur::gruppen(konturen) {
            self.miss(&gruppe);
        }
    }

    fn miss(&mut self, konturen: &[Ring]) {
        let kasten = Kasten::um(konturen.iter().flatten());
        if kasten.ist_leer() {
            return;
        }
        let punkte: usize = konturen.iter().map(Vec::len).sum();
        if punkte > HOECHSTENS_PUNKTE && kasten.laengste_seite() > 1.0 {
            let (achse, grenze, ..) = kasten.haelften();
            for unten in [true, false] {
                self.miss(&ring::schneide_alle(konturen, achse, grenze, unten));
            }
            return;
        }
        if self.netz.geltungsbereich().is_some() {
            for polygon in self.schere.stufe(konturen, &kasten, 1) {
                self.nimm_luecke(polygon);
            }
        }
        // Without Geltungsbereich the first level is the plan itself.
        let erste = if self.netz.geltungsbereich().is_some() {
            -1
        } else {
            -2
        };
        for stufe in (i32::MIN..=erste).rev() {
            let polygone = self.schere.stufe(konturen, &kasten, stufe);
            if polygone.is_empty() {
                return;
            }
            for polygon in polygone {
                self.nimm_ueberlappung(polygon, stufe == erste);
            }
        }
    }

    fn nimm_luecke(&mut self, polygon: Polygon<f64>) {
        let flaeche = MultiPolygon(vec![polygon]);
        let teile = self.netz.teile_mit(&flaeche, &mut self.teiler);
        sammle(&mut self.luecke, &teile);
        let m2 = teile.innerhalb_m2();
        if m2 > KLEINSTE_STELLE_M2 {
            for polygon in flaeche {
                merke(&mut self.luecken, m2, polygon);
            }
        }
    }

    /// Below zero lies what is covered too often inside, and what lies outside.
    fn nimm_ueberlappung(&mut self, polygon: Polygon<f64>, erste_stufe: bool) {
        let flaeche = MultiPolygon(vec![polygon]);
        let teile = self.netz.teile_mit(&flaeche, &mut self.teiler);
        sammle(&mut self.ueberlappung, &teile);
        if !erste_stufe || teile.innerhalb_m2() <= KLEINSTE_STELLE_M2 {
            return;
        }
        let innen = match self.netz.geltungsbereich() {
            Some(g) if teile.ausserhalb_m2 > 0.0 => flaeche.intersection(g),
            _ => flaeche,
        };
        for polygon in innen {
            let m2 = polygon.unsigned_area();
            merke(&mut self.ueberlappungen, m2, polygon);
        }
    }

    pub(super) fn abschluss(self, summe: &Summen, ausserhalb_m2: f64) -> Schluss {
        let mut gebiet = Summen::new();
        sammle(&mut gebiet, &self.netz.geltungsbereich_teile());
        let wert = |summen: &Summen, id| summen.get(&id).copied().unwrap_or(0.0);
        let mut plan = Gebietsschluss {
            id: GANZER_PLAN,
            ..Gebietsschluss::default()
        };
        let mut gebiete = Vec::with_capacity(self.netz.ortsteile().len() + 2);
        let mut ids = self.netz.ortsteile().to_vec();
        ids.dedup();
        ids.push(0);
        for id in ids {
            let (summe_m2, ueberlappung_m2) = (wert(summe, id), wert(&self.ueberlappung, id));
            let gebiet_m2 = if self.netz.geltungsbereich().is_some() {
                wert(&gebiet, id)
            } else {
                summe_m2 - ueberlappung_m2
            };
            let zeile = Gebietsschluss {
                id,
                gebiet_m2,
                summe_m2,
                ueberlappung_m2,
                luecke_m2: wert(&self.luecke, id),
            };
            plan.gebiet_m2 += zeile.gebiet_m2;
            plan.summe_m2 += zeile.summe_m2;
            plan.ueberlappung_m2 += zeile.ueberlappung_m2;
            plan.luecke_m2 += zeile.luecke_m2;
            gebiete.push(zeile);
        }
        gebiete.insert(0, plan);
        Schluss {
            gebiete,
            ausserhalb_m2,
            luecken: groesste(self.luecken),
            ueberlappungen: groesste(self.ueberlappungen),
        }
    }
}

/// Keeps a place as long as it may be one of the largest: a plan full of gaps must not
/// fill the memory with them.
fn merke(gefunden: &mut Vec<(f64, Polygon<f64>)>, m2: f64, polygon: Polygon<f64>) {
    gefunden.push((m2, polygon));
    if gefunden.len() > 8 * HOECHSTENS_STELLEN {
        gefunden.sort_by(|a, b| b.0.total_cmp(&a.0));
        gefunden.truncate(HOECHSTENS_STELLEN);
    }
}

fn groesste(mut gefunden: Vec<(f64, Polygon<f64>)>) -> Vec<Stelle> {
    gefunden.retain(|(m2, _)| *m2 > KLEINSTE_STELLE_M2);
    gefunden.sort_by(|a, b| b.0.total_cmp(&a.0));
    gefunden.truncate(HOECHSTENS_STELLEN);
    gefunden
        .into_iter()
        .filter_map(|(m2, polygon)| {
            let ort = innenpunkt::innenpunkt(&polygon)?;
            Some(Stelle {
                ort: [ort.x, ort.y],
                m2,
                flaechen: Vec::new(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use geo::wkt;

    use super::super::anteil::Gebiet;
    use super::*;

    fn rechne(netz: &Netz, flaechen: &[MultiPolygon<f64>]) -> Schluss {
        let alle: Vec<&MultiPolygon<f64>> = flaechen.iter().collect();
        schluss(netz, &alle, &netz.teile_alle(&alle, 1))
    }

    fn pruefe(s: &Schluss, id: i32, soll: [f64; 4]) {
        let g = s.gebiet(id).copied().unwrap_or_default();
        let ist = [g.gebiet_m2, g.summe_m2, g.ueberlappung_m2, g.luecke_m2];
        for (i, s) in ist.iter().zip(soll) {
            assert!((i - s).abs() < 1e-5, "{id}: {g:?}");
        }
    }

    fn halb_halb() -> Vec<Gebiet> {
        vec![
            Gebiet {
                id: 3,
                geom: wkt!(MULTIPOLYGON(((0. 0.,5. 0.,5. 9.,0. 9.,0. 0.)))),
            },
            Gebiet {
                id: 7,
                geom: wkt!(MULTIPOLYGON(((5. 0.,12. 0.,12. 9.,5. 9.,5. 0.)))),
            },
        ]
    }

    #[test]
    fn gaps_and_overlaps_are_found_per_region() {
        let plan = wkt!(MULTIPOLYGON(((0. 0.,10. 0.,10. 10.,0. 10.,0. 0.))));
        let netz = Netz::neu(halb_halb(), Some(plan));
        let s = rechne(
            &netz,
            &[
                wkt!(MULTIPOLYGON(((0. 0.,6. 0.,6. 10.,0. 10.,0. 0.)))),
                // overlaps the first by 2 x 10, sticks out by 1 x 10
                wkt!(MULTIPOLYGON(((4. 0.,8. 0.,8. 10.,4. 10.,4. 0.)))),
                wkt!(MULTIPOLYGON(((8. 0.,11. 0.,11. 6.,8. 6.,8. 0.)))),
                // a third time over a part of the overlap, and a twin of itself
                wkt!(MULTIPOLYGON(((4. 0.,6. 0.,6. 2.,4. 2.,4. 0.)))),
                wkt!(MULTIPOLYGON(((4. 0.,6. 0.,6. 2.,4. 2.,4. 0.)))),
            ],
        );
        pruefe(&s, GANZER_PLAN, [100.0, 120.0, 28.0, 8.0]);
        pruefe(&s, 3, [45.0, 58.0, 13.0, 0.0]);
        pruefe(&s, 7, [45.0, 52.0, 13.0, 6.0]);
        pruefe(&s, 0, [10.0, 10.0, 2.0, 2.0]);
        assert!((s.ausserhalb_m2 - 6.0).abs() < 1e-5);
        assert_eq!(s.gebiete.len(), 4);
        assert_eq!(s.luecken.len(), 1);
        assert!((s.luecken[0].m2 - 8.0).abs() < 1e-5);
        assert!(s.luecken[0].ort[0] > 8.0 && s.luecken[0].ort[1] > 6.0);
        assert_eq!(s.ueberlappungen.len(), 1);
        assert!((s.ueberlappungen[0].m2 - 20.0).abs() < 1e-5);
        assert!(s.ueberlappungen[0].flaechen.starts_with(&[0, 1]));
    }

    #[test]
    fn a_clean_plan_is_exactly_closed() {
        let plan = wkt!(MULTIPOLYGON(((0. 0.,10. 0.,10. 10.,0. 10.,0. 0.),(2. 2.,3. 2.,3. 3.,2. 3.,2. 2.))));
        let netz = Netz::neu(halb_halb(), Some(plan));
        let s = rechne(
            &netz,
            &[
                // clockwise, with the plan's hole; the neighbour has a point more on the border
                wkt!(MULTIPOLYGON(((0. 0.,0. 10.,6. 10.,6. 0.,0. 0.),(2. 2.,3. 2.,3. 3.,2. 3.,2. 2.)))),
                wkt!(MULTIPOLYGON(((6. 0.,10. 0.,10. 10.,6. 10.,6. 4.,6. 0.)))),
            ],
        );
        pruefe(&s, GANZER_PLAN, [99.0, 99.0, 0.0, 0.0]);
        let ganz = s.gebiete[0];
        assert!(
            ganz.luecke_m2 == 0.0 && ganz.ueberlappung_m2 == 0.0,
            "{ganz:?}"
        );
        assert!(s.luecken.is_empty() && s.ueberlappungen.is_empty());
    }

    #[test]
    fn without_geltungsbereich_the_areas_are_the_plan() {
        let netz = Netz::neu(halb_halb(), None);
        let s = rechne(
            &netz,
            &[
                wkt!(MULTIPOLYGON(((0. 0.,6. 0.,6. 10.,0. 10.,0. 0.)))),
                wkt!(MULTIPOLYGON(((4. 0.,8. 0.,8. 10.,4. 10.,4. 0.)))),
            ],
        );
        pruefe(&s, GANZER_PLAN, [80.0, 100.0, 20.0, 0.0]);
        pruefe(&s, 3, [45.0, 54.0, 9.0, 0.0]);
        assert_eq!(s.ueberlappungen[0].flaechen, [0, 1]);
        let leer = rechne(&Netz::neu(Vec::new(), None), &[]);
        pruefe(&leer, GANZER_PLAN, [0.0; 4]);
    }
}
