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

use std::collections::BTreeMap;

use geo_types::MultiPolygon;
use i_overlay::i_shape::flat::buffer::FlatContoursBuffer;
use rstar::{AABB, RTree};

use super::gueltigkeit;
use super::ring::{self, Kasten, Ring};
use super::schere::{Raster, Schere};
use super::zelle::{self, Region, Zelle};

/// Parts smaller than this (1 cm²) are numerical noise.
pub const KLEINSTER_TEIL_M2: f64 = 1e-4;

/// An area with more borders and points than this is halved first: keeps the local
/// grid fine and the overlay linear, even for the whole plan.
const HOECHSTENS_PUNKTE: usize = 400;
/// Halving stops here, metres.
const KLEINSTE_HAELFTE: f64 = 2.0;

/// An Ortsteil: id greater than 0, geometry in EPSG:25832 (easting, northing; metres).
#[derive(Debug, Clone)]
pub struct Gebiet {
    /// `gemeinde.ortsteil.id`.
    pub id: i32,
    /// Its area.
    pub geom: MultiPolygon<f64>,
}

/// Where one area lies.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Teile {
    /// Ortsteil id (0 = ohne Ortsteil) and m² of the part inside the Geltungsbereich,
    /// ascending by id, every part greater than 0.
    pub anteile: Vec<(i32, f64)>,
    /// m² outside the Geltungsbereich.
    pub ausserhalb_m2: f64,
}

impl Teile {
    /// m² inside the Geltungsbereich, all Ortsteile together.
    #[must_use]
    pub fn innerhalb_m2(&self) -> f64 {
        self.anteile.iter().map(|(_, m2)| m2).sum()
    }

    fn einer(ort: Ort, m2: f64) -> Self {
        let mut summe = Summe::default();
        summe.plus(ort, m2);
        summe.teile()
    }
}

/// What one place belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ort {
    Ausserhalb,
    Ortsteil(i32),
}

#[derive(Default)]
struct Summe(BTreeMap<Ort, f64>);

impl Summe {
    fn plus(&mut self, ort: Ort, m2: f64) {
        if m2 > 0.0 {
            *self.0.entry(ort).or_insert(0.0) += m2;
        }
    }

    /// Noise goes to the largest part.
    fn teile(mut self) -> Teile {
        let groesster = self
            .0
            .iter()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map(|(ort, _)| *ort);
        let Some(groesster) = groesster else {
            return Teile::default();
        };
        let mut rauschen = 0.0;
        self.0.retain(|ort, m2| {
            let bleibt = *ort == groesster || *m2 >= KLEINSTER_TEIL_M2;
            if !bleibt {
                rauschen += *m2;
            }
            bleibt
        });
        self.plus(groesster, rauschen);
        let mut teile = Teile::default();
        for (ort, m2) in self.0 {
            match ort {
                Ort::Ausserhalb => teile.ausserhalb_m2 = m2,
                Ort::Ortsteil(id) => teile.anteile.push((id, m2)),
            }
        }
        teile
    }
}

/// The Ortsteile and the Geltungsbereich, prepared for looking up areas.
pub struct Netz {
    /// Ascending by id; the position is the region.
    ids: Vec<i32>,
    /// Region of the Geltungsbereich, which comes after the Ortsteile.
    grenze: Option<Region>,
    geltungsbereich: Option<MultiPolygon<f64>>,
    zellen: RTree<Zelle>,
}

impl Netz {
    /// Prepares the regions. All geometry in EPSG:25832; an empty Geltungsbereich is none.
    #[must_use]
    pub fn neu(mut ortsteile: Vec<Gebiet>, geltungsbereich: Option<MultiPolygon<f64>>) -> Self {
        ortsteile.sort_by_key(|o| o.id);
        let ids: Vec<i32> = ortsteile.iter().map(|o| o.id).collect();
        let geltungsbereich = geltungsbereich
            .map(gueltigkeit::gueltig)
            .filter(|g| ring::plan_m2(g) > 0.0);
        let mut regionen: Vec<(Region, Vec<Ring>)> = (0..)
            .zip(ortsteile)
            .map(|(region, o)| (region, ring::ringe(&gueltigkeit::gueltig(o.geom))))
            .collect();
        let mut grenze = None;
        if let Some(g) = &geltungsbereich {
            let region = regionen.last().map_or(0, |(letzte, _)| letzte + 1);
            regionen.push((region, ring::ringe(g)));
            grenze = Some(region);
        }
        Self {
            ids,
            grenze,
            geltungsbereich,
            zellen: zelle::baue(regionen),
        }
    }

    /// Ids of the Ortsteile, ascending.
    #[must_use]
    pub fn ortsteile(&self) -> &[i32] {
        &self.ids
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
        let kasten = Kasten::um(flaeche.iter().flat_map(|p| p.exterior().0.iter()));
        let m2 = ring::plan_m2(flaeche);
        if kasten.ist_leer() || m2 <= 0.0 {
            return Teile::default();
        }
        let zellen = self.zellen(&kasten);
        if !zellen.iter().any(|z| meldet(z, &kasten)) {
            return Teile::einer(self.ort(&zellen, &kasten), m2);
        }
        let mut summe = Summe::default();
        let schere = schere.get_or_insert_with(Schere::neu);
        self.verteile(&ring::ringe(flaeche), &mut summe, schere);
        summe.teile()
    }

    fn zellen(&self, kasten: &Kasten) -> Vec<&Zelle> {
        let huelle = AABB::from_corners(kasten.min, kasten.max);
        self.zellen
            .locate_in_envelope_intersecting(&huelle)
            .collect()
    }

    /// What a box that meets no border belongs to.
    fn ort(&self, zellen: &[&Zelle], kasten: &Kasten) -> Ort {
        let drin = |region| enthaelt(zellen, kasten, region);
        if self.grenze.is_some_and(|g| !drin(g)) {
            return Ort::Ausserhalb;
        }
        let id = (0..).zip(&self.ids).find(|(region, _)| drin(*region));
        Ort::Ortsteil(id.map_or(0, |(_, id)| *id))
    }

    fn verteile(&self, ringe: &[Ring], summe: &mut Summe, schere: &mut Schere) {
        let kasten = Kasten::um(ringe.iter().flatten());
        if kasten.ist_leer() {
            return;
        }
        let zellen = self.zellen(&kasten);
        let grenzkanten: usize = zellen
            .iter()
            .map(|z| z.kanten.iter().filter(|k| kasten.trifft(k.a, k.b)).count())
            .sum();
        if grenzkanten == 0 {
            summe.plus(self.ort(&zellen, &kasten), ring::flaeche(ringe));
            return;
        }
        let punkte: usize = ringe.iter().map(Vec::len).sum();
        if grenzkanten + punkte > HOECHSTENS_PUNKTE && kasten.laengste_seite() > KLEINSTE_HAELFTE {
            let (achse, grenze, ..) = kasten.haelften();
            for unten in [true, false] {
                let haelfte = ring::schneide_alle(ringe, achse, grenze, unten);
                self.verteile(&haelfte, summe, schere);
            }
            return;
        }
        self.ueberlagere(ringe, &kasten, &zellen, summe, schere);
    }

    /// Cuts off the outside, then Ortsteil by Ortsteil; what is left belongs to none.
    fn ueberlagere(
        &self,
        ringe: &[Ring],
        kasten: &Kasten,
        zellen: &[&Zelle],
        summe: &mut Summe,
        schere: &mut Schere,
    ) {
        // The frame of the cut regions must not coincide with the area's own edges.
        let rahmen = kasten.erweitert(kasten.laengste_seite() * 0.05 + 0.01);
        let raster = Raster::fuer(&rahmen);
        let mut rest = raster.konturen(ringe);
        if let Some(grenze) = self.grenze {
            let (innen, aussen) = trenne(rest, grenze, kasten, &rahmen, zellen, &raster, schere);
            summe.plus(Ort::Ausserhalb, raster.m2(&aussen));
            rest = innen;
        }
        let mut regionen: Vec<Region> = zellen
            .iter()
            .flat_map(|z| z.inhalt.iter().map(|(r, _)| *r))
            .filter(|r| self.grenze != Some(*r))
            .collect();
        regionen.sort_unstable();
        regionen.dedup();
        for region in regionen {
            if rest.is_empty() {
                return;
            }
            let (innen, aussen) = trenne(rest, region, kasten, &rahmen, zellen, &raster, schere);
            summe.plus(Ort::Ortsteil(self.ids[region as usize]), raster.m2(&innen));
            rest = aussen;
        }
        summe.plus(Ort::Ortsteil(0), raster.m2(&rest));
    }
}

/// A border runs through the box.
fn meldet(zelle: &Zelle, kasten: &Kasten) -> bool {
    zelle.kanten.iter().any(|k| kasten.trifft(k.a, k.b))
}

/// Does the region contain the box, none of whose borders meets it?
fn enthaelt(zellen: &[&Zelle], kasten: &Kasten, region: Region) -> bool {
    // The largest share, so that the point asked for is inside its cell.
    let gemeinsam = |z: &Zelle| z.kasten.schnitt(kasten);
    let groesse = |z: &Zelle| {
        let k = gemeinsam(z);
        k.breite(0).min(k.breite(1))
    };
    zellen
        .iter()
        .max_by(|a, b| groesse(a).total_cmp(&groesse(b)))
        .is_some_and(|z| groesse(z) > 0.0 && z.enthaelt(region, gemeinsam(z).mitte()))
}

/// Splits what is left of an area into inside and outside of one region.
fn trenne(
    was: FlatContoursBuffer,
    region: Region,
    kasten: &Kasten,
    rahmen: &Kasten,
    zellen: &[&Zelle],
    raster: &Raster,
    schere: &mut Schere,
) -> (FlatContoursBuffer, FlatContoursBuffer) {
    let beruehrt = zellen.iter().any(|z| {
        z.kanten
            .iter()
            .any(|k| k.region == region && kasten.trifft(k.a, k.b))
    });
    if !beruehrt {
        return if enthaelt(zellen, kasten, region) {
            (was, FlatContoursBuffer::default())
        } else {
            (FlatContoursBuffer::default(), was)
        };
    }
    let ringe: Vec<Ring> = zellen
        .iter()
        .flat_map(|z| z.inhalt.iter())
        .filter(|(r, _)| *r == region)
        .flat_map(|(_, ringe)| ringe.iter())
        .filter_map(|r| ring::in_kasten(r, rahmen))
        .collect();
    schere.teile(&was, &raster.konturen(&ringe))
}

#[cfg(test)]
mod tests {
    use geo::{Translate, wkt};

    use super::*;

    /// Near Landsberg, where coordinates have seven digits.
    fn dort(f: MultiPolygon<f64>) -> MultiPolygon<f64> {
        f.translate(641_234.0, 5_323_456.0)
    }

    fn netz(ortsteile: Vec<MultiPolygon<f64>>, grenze: Option<MultiPolygon<f64>>) -> Netz {
        let gebiete = (1..)
            .zip(ortsteile)
            .map(|(id, g)| Gebiet { id, geom: dort(g) })
            .collect();
        Netz::neu(gebiete, grenze.map(dort))
    }

    fn pruefe(netz: &Netz, f: MultiPolygon<f64>, soll: &[(i32, f64)], ausserhalb: f64) {
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
        let n = netz(vec![links.clone(), rechts], Some(grenze));
        pruefe(&n, links, &[(1, 4000.0)], 0.0);
        pruefe(
            &n,
            wkt!(MULTIPOLYGON(((10. 10.,20. 10.,20. 20.,10. 20.,10. 10.)))),
            &[(1, 100.0)],
            0.0,
        );
        pruefe(
            &n,
            wkt!(MULTIPOLYGON(((40. 10.,60. 10.,60. 20.,40. 20.,40. 10.)))),
            &[(1, 100.0), (2, 100.0)],
            0.0,
        );
        pruefe(
            &n,
            wkt!(MULTIPOLYGON(((55. 5.,75. 5.,75. 25.,55. 25.,55. 5.)))),
            &[(0, 100.0), (2, 300.0)],
            0.0,
        );
        pruefe(
            &n,
            wkt!(MULTIPOLYGON(((62. 12.,68. 12.,68. 18.,62. 18.,62. 12.)))),
            &[(0, 36.0)],
            0.0,
        );
        // both Ortsteile, the rest without, and beyond the plan on all sides
        pruefe(
            &n,
            wkt!(MULTIPOLYGON(((-10. -10.,110. -10.,110. 110.,-10. 110.,-10. -10.)))),
            &[(0, 2100.0), (1, 4000.0), (2, 3900.0)],
            4400.0,
        );
        pruefe(
            &n,
            wkt!(MULTIPOLYGON(((100. 0.,120. 0.,120. 10.,100. 10.,100. 0.)))),
            &[],
            200.0,
        );
        pruefe(
            &n,
            wkt!(MULTIPOLYGON(((300. 0.,320. 0.,320. 10.,300. 10.,300. 0.)))),
            &[],
            200.0,
        );
        // several parts and a hole over the border
        pruefe(
            &n,
            wkt!(MULTIPOLYGON(((40. 30.,60. 30.,60. 50.,40. 50.,40. 30.),(45. 35.,55. 35.,55. 45.,45. 45.,45. 35.)),((0. 90.,10. 90.,10. 95.,0. 95.,0. 90.)))),
            &[(0, 50.0), (1, 150.0), (2, 150.0)],
            0.0,
        );
    }

    #[test]
    fn without_regions_all_is_ohne_ortsteil() {
        let f = wkt!(MULTIPOLYGON(((0. 0.,10. 0.,10. 10.,0. 10.,0. 0.))));
        pruefe(&netz(Vec::new(), None), f.clone(), &[(0, 100.0)], 0.0);
        pruefe(
            &netz(Vec::new(), Some(f.clone())),
            f.clone(),
            &[(0, 100.0)],
            0.0,
        );
        pruefe(&netz(vec![f.clone()], None), f, &[(1, 100.0)], 0.0);
        pruefe(&netz(Vec::new(), None), wkt!(MULTIPOLYGON EMPTY), &[], 0.0);
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
            wkt!(MULTIPOLYGON(((40. 0.,60. 0.,60. 10.,40. 10.,40. 0.)))),
            &[(1, 110.0), (2, 90.0)],
            0.0,
        );
        pruefe(
            &n,
            wkt!(MULTIPOLYGON(((49.5 1.,50.5 1.,50.5 2.,49.5 2.,49.5 1.)))),
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
        pruefe(&n, f, &[(1, m2)], 0.0);
    }
}
