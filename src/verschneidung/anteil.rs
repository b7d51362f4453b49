//! Area × Ortsteil in m². An area whose box meets no border takes one look-up and
//! its own area; only border areas are overlaid, with the borders near them.
//!
//! Decisions:
//! * Ortsteile may overlap by a sliver: the smaller id takes it, so the parts of an
//!   area always add up to the area.
//! * A part below [`KLEINSTER_TEIL_M2`] is the noise of neighbours that share a line
//!   with different points; it gets no row of its own and goes to the area's
//!   largest part.
//! * Regions that are invalid polygons are repaired first (as `ST_MakeValid`).

use geo_types::MultiPolygon;

use super::reparatur;
use super::ring::{self, Ring};
use super::schere::Schere;
use super::verteilung::{Regionen, Verteilung};
use super::zelle::{self, Region};

pub use super::teil::{KLEINSTER_TEIL_M2, Teile};

/// An Ortsteil: id greater than 0, geometry in EPSG:25832 (easting, northing; metres).
#[derive(Debug, Clone)]
pub struct Gebiet {
    /// `gemeinde.ortsteil.id`.
    pub id: i32,
    /// Its area.
    pub geom: MultiPolygon<f64>,
}

/// Working space of one thread that cuts many areas.
#[derive(Default)]
pub struct Zuschnitt(Option<Schere>);

/// The Ortsteile and the Geltungsbereich, prepared for looking up areas.
pub struct Netz {
    regionen: Regionen,
    geltungsbereich: Option<MultiPolygon<f64>>,
}

impl Netz {
    /// Prepares the regions. All geometry in EPSG:25832; an empty Geltungsbereich is none.
    #[must_use]
    pub fn neu(mut ortsteile: Vec<Gebiet>, geltungsbereich: Option<MultiPolygon<f64>>) -> Self {
        ortsteile.sort_by_key(|o| o.id);
        let ids: Vec<i32> = ortsteile.iter().map(|o| o.id).collect();
        let geltungsbereich = geltungsbereich
            .map(reparatur::gueltig)
            .filter(|g| ring::plan_m2(g) > 0.0);
        let mut regionen: Vec<(Region, Vec<Ring>)> = (0..)
            .zip(ortsteile)
            .map(|(region, o)| (region, ring::ringe(&reparatur::gueltig(o.geom))))
            .collect();
        let mut grenze = None;
        if let Some(g) = &geltungsbereich {
            let region = regionen.last().map_or(0, |(letzte, _)| letzte + 1);
            regionen.push((region, ring::ringe(g)));
            grenze = Some(region);
        }
        Self {
            regionen: Regionen {
                ids,
                grenze,
                zellen: zelle::baue(regionen),
            },
            geltungsbereich,
        }
    }

    /// Ids of the Ortsteile, ascending.
    #[must_use]
    pub fn ortsteile(&self) -> &[i32] {
        &self.regionen.ids
    }

    /// The Geltungsbereich the parts are cut to (repaired when it was invalid).
    #[must_use]
    pub fn geltungsbereich(&self) -> Option<&MultiPolygon<f64>> {
        self.geltungsbereich.as_ref()
    }

    /// The parts of a valid area (EPSG:25832); they add up to its plane area.
    #[must_use]
    pub fn teile(&self, flaeche: &MultiPolygon<f64>) -> Teile {
        self.teile_mit(flaeche, &mut None)
    }

    /// [`Netz::teile`] for areas that come one by one.
    #[must_use]
    pub fn teile_je(&self, flaeche: &MultiPolygon<f64>, zuschnitt: &mut Zuschnitt) -> Teile {
        self.teile_mit(flaeche, &mut zuschnitt.0)
    }

    /// [`Netz::teile`] of many areas, in their order, on up to `faeden` threads.
    #[must_use]
    pub fn teile_alle(&self, flaechen: &[&MultiPolygon<f64>], faeden: usize) -> Vec<Teile> {
        let je_faden = flaechen.len().div_ceil(faeden.max(1)).max(1);
        let mut ergebnis = vec![Teile::default(); flaechen.len()];
        std::thread::scope(|s| {
            for (ein, aus) in flaechen.chunks(je_faden).zip(ergebnis.chunks_mut(je_faden)) {
                let arbeit = move || {
                    let mut schere = None;
                    for (f, t) in ein.iter().zip(aus) {
                        *t = self.teile_mit(f, &mut schere);
                    }
                };
                if faeden > 1 {
                    s.spawn(arbeit);
                } else {
                    arbeit();
                }
            }
        });
        ergebnis
    }

    pub(super) fn teile_mit(
        &self,
        flaeche: &MultiPolygon<f64>,
        schere: &mut Option<Schere>,
    ) -> Teile {
        Verteilung::teile(&self.regionen, flaeche, false, schere)
    }

    /// The Geltungsbereich by Ortsteil.
    pub(super) fn geltungsbereich_teile(&self) -> Teile {
        self.geltungsbereich
            .as_ref()
            .map_or_else(Teile::default, |g| {
                Verteilung::teile(&self.regionen, g, true, &mut None)
            })
    }
}

#[cfg(test)]
mod tests {
    use geo::{Translate, wkt};

    use super::*;

    /// Near Landsberg, where coordinates have seven digits.
    fn dort(f: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        f.translate(641_234.0, 5_323_456.0)
    }

    fn netz(ortsteile: Vec<MultiPolygon<f64>>, grenze: Option<&MultiPolygon<f64>>) -> Netz {
        let gebiete = (1..)
            .zip(ortsteile)
            .map(|(id, g)| Gebiet { id, geom: dort(&g) })
            .collect();
        Netz::neu(gebiete, grenze.map(dort))
    }

    fn pruefe(netz: &Netz, f: &MultiPolygon<f64>, soll: &[(i32, f64)], ausserhalb: f64) {
        let teile = netz.teile(&dort(f));
        assert_eq!(teile.anteile.len(), soll.len(), "{teile:?}");
        for ((id, m2), (id_soll, m2_soll)) in teile.anteile.iter().zip(soll) {
            assert_eq!(id, id_soll, "{teile:?}");
            assert!((m2 - m2_soll).abs() < 1e-5, "{teile:?}");
        }
        assert!((teile.ausserhalb_m2 - ausserhalb).abs() < 1e-5, "{teile:?}");
    }

    #[test]
    fn an_area_is_cut_by_ortsteil_and_geltungsbereich() {
        let links = wkt!(MULTIPOLYGON(((0. 0.,50. 0.,50. 80.,0. 80.,0. 0.))));
        // with an enclave that belongs to no Ortsteil
        let rechts = wkt!(MULTIPOLYGON(((50. 0.,100. 0.,100. 80.,50. 80.,50. 0.),(60. 10.,70. 10.,70. 20.,60. 20.,60. 10.))));
        let grenze = wkt!(MULTIPOLYGON(((0. 0.,100. 0.,100. 100.,0. 100.,0. 0.))));
        let n = netz(vec![links.clone(), rechts], Some(&grenze));
        pruefe(&n, &links, &[(1, 4000.0)], 0.0);
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((10. 10.,20. 10.,20. 20.,10. 20.,10. 10.)))),
            &[(1, 100.0)],
            0.0,
        );
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((40. 10.,60. 10.,60. 20.,40. 20.,40. 10.)))),
            &[(1, 100.0), (2, 100.0)],
            0.0,
        );
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((55. 5.,75. 5.,75. 25.,55. 25.,55. 5.)))),
            &[(0, 100.0), (2, 300.0)],
            0.0,
        );
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((62. 12.,68. 12.,68. 18.,62. 18.,62. 12.)))),
            &[(0, 36.0)],
            0.0,
        );
        // both Ortsteile, the rest without, and beyond the plan on all sides
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((-10. -10.,110. -10.,110. 110.,-10. 110.,-10. -10.)))),
            &[(0, 2100.0), (1, 4000.0), (2, 3900.0)],
            4400.0,
        );
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((100. 0.,120. 0.,120. 10.,100. 10.,100. 0.)))),
            &[],
            200.0,
        );
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((300. 0.,320. 0.,320. 10.,300. 10.,300. 0.)))),
            &[],
            200.0,
        );
        // several parts and a hole over the border
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((40. 30.,60. 30.,60. 50.,40. 50.,40. 30.),(45. 35.,55. 35.,55. 45.,45. 45.,45. 35.)),((0. 90.,10. 90.,10. 95.,0. 95.,0. 90.)))),
            &[(0, 50.0), (1, 150.0), (2, 150.0)],
            0.0,
        );
    }

    #[test]
    fn without_regions_all_is_ohne_ortsteil() {
        let f = wkt!(MULTIPOLYGON(((0. 0.,10. 0.,10. 10.,0. 10.,0. 0.))));
        pruefe(&netz(Vec::new(), None), &f, &[(0, 100.0)], 0.0);
        pruefe(&netz(Vec::new(), Some(&f)), &f, &[(0, 100.0)], 0.0);
        pruefe(&netz(vec![f.clone()], None), &f, &[(1, 100.0)], 0.0);
        pruefe(&netz(Vec::new(), None), &wkt!(MULTIPOLYGON EMPTY), &[], 0.0);
    }

    #[test]
    fn the_smaller_id_takes_an_overlap_of_ortsteile() {
        let n = netz(
            vec![
                wkt!(MULTIPOLYGON(((0. 0.,51. 0.,51. 80.,0. 80.,0. 0.)))),
                wkt!(MULTIPOLYGON(((49. 0.,100. 0.,100. 80.,49. 80.,49. 0.)))),
            ],
            None,
        );
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((40. 0.,60. 0.,60. 10.,40. 10.,40. 0.)))),
            &[(1, 110.0), (2, 90.0)],
            0.0,
        );
        pruefe(
            &n,
            &wkt!(MULTIPOLYGON(((49.5 1.,50.5 1.,50.5 2.,49.5 2.,49.5 1.)))),
            &[(1, 1.0)],
            0.0,
        );
    }

    #[test]
    fn touching_gives_no_row_and_noise_goes_to_the_largest_part() {
        let n = netz(
            vec![
                wkt!(MULTIPOLYGON(((0. 0.,50. 0.,53. 71.,0. 80.,0. 0.)))),
                wkt!(MULTIPOLYGON(((50. 0.,100. 0.,100. 80.,53. 71.,50. 0.)))),
            ],
            None,
        );
        // a point of the area on the Ortsteil border that the border does not have
        let x = 50.0 + 3.0 * 30.0 / 71.0;
        let f = MultiPolygon(vec![geo_types::Polygon::new(
            vec![(50.0, 0.0), (x, 30.0), (53.0, 71.0), (10.0, 40.0)].into(),
            Vec::new(),
        )]);
        let m2 = ring::plan_m2(&f);
        pruefe(&n, &f, &[(1, m2)], 0.0);
    }
}
