//! The regions cut into cells of a few edges each, under an R-tree. A cell tells
//! in constant time which regions a point lies in, whatever their size, and hands
//! the overlay only the edges near an area.

use geo_types::Coord;
use rstar::{AABB, RTree, RTreeObject};

use super::ring::{self, Kasten, Ring};

/// A cell is divided until it holds no more edges than this …
const KANTEN_JE_ZELLE: usize = 24;
/// … or is this small: many borders may meet in one point, or run side by side. Metres.
const KLEINSTE_ZELLE: f64 = 5.0;

/// Position of a region in the order of assignment.
pub(super) type Region = u32;

/// One border edge of a region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kante {
    pub region: Region,
    pub a: Coord<f64>,
    pub b: Coord<f64>,
}

/// The regions inside one box.
#[derive(Debug)]
pub(super) struct Zelle {
    pub kasten: Kasten,
    /// Sorted by region; the rings are cut to the box.
    pub inhalt: Vec<(Region, Vec<Ring>)>,
    /// Border edges that meet the box, uncut.
    pub kanten: Vec<Kante>,
}

impl RTreeObject for Zelle {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.kasten.min, self.kasten.max)
    }
}

/// Builds the cells of all regions.
pub(super) fn baue(regionen: Vec<(Region, Vec<Ring>)>) -> RTree<Zelle> {
    let kasten = Kasten::um(regionen.iter().flat_map(|(_, r)| r.iter().flatten()));
    let mut zellen = Vec::new();
    if !kasten.ist_leer() {
        let alle_kanten = regionen
            .iter()
            .flat_map(|(region, ringe)| {
                ringe.iter().flat_map(|r| {
                    r.iter()
                        .zip(r.iter().cycle().skip(1))
                        .map(|(&a, &b)| Kante {
                            region: *region,
                            a,
                            b,
                        })
                })
            })
            .collect();
        teile(
            Zelle {
                kasten,
                inhalt: regionen,
                kanten: alle_kanten,
            },
            &mut zellen,
        );
    }
    RTree::bulk_load(zellen)
}

fn teile(zelle: Zelle, fertig: &mut Vec<Zelle>) {
    if zelle.inhalt.is_empty() {
        return;
    }
    if zelle.kanten.len() <= KANTEN_JE_ZELLE || zelle.kasten.laengste_seite() < KLEINSTE_ZELLE {
        fertig.push(zelle);
        return;
    }
    let (achse, grenze, unten, oben) = zelle.kasten.haelften();
    for (kasten, ist_unten) in [(unten, true), (oben, false)] {
        let inhalt = zelle
            .inhalt
            .iter()
            .map(|(region, ringe)| {
                (
                    *region,
                    ring::schneide_alle(ringe, achse, grenze, ist_unten),
                )
            })
            .filter(|(_, ringe)| !ringe.is_empty())
            .collect();
        let kanten = zelle
            .kanten
            .iter()
            .filter(|k| kasten.trifft(k.a, k.b))
            .copied()
            .collect();
        teile(
            Zelle {
                kasten,
                inhalt,
                kanten,
            },
            fertig,
        );
    }
}
