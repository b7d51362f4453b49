//! Onto the grid of a zoom: snap rounding (Hobby). Each vertex goes to the middle of its cell,
//! and an edge that passes the cell of another vertex bends to it: afterwards borders meet in
//! vertices only, and what is narrower than a cell lies on itself, for both neighbours alike.
//!
//! Before, edges get a vertex where they cross a side of a (buffered) tile, so that cutting
//! tiles rounds nothing.

use super::bogen::Boegen;
use super::feld::Feld;
use super::ringe::Gitter;
use super::{Punkt, id};

/// The grid of a zoom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raster {
    /// A cell is 2^shift world units wide.
    pub(super) shift: u32,
    /// Cells across a tile.
    pub(super) kachel: i64,
    /// Cells of its buffer.
    pub(super) rand: i64,
}

impl Raster {
    fn runde(self, p: Punkt) -> Punkt {
        let halb = 1_i64 << (self.shift - 1);
        Punkt {
            x: (p.x + halb) >> self.shift,
            y: (p.y + halb) >> self.shift,
        }
    }

    /// Sides of tiles strictly between two world coordinates.
    fn linien(self, a: i64, b: i64, mut f: impl FnMut(i64)) {
        let (u, o) = (a.min(b), a.max(b));
        let breite = self.kachel << self.shift;
        for versatz in [-self.rand << self.shift, self.rand << self.shift] {
            let mut k = (u - versatz).div_euclid(breite) * breite + versatz;
            while k < o {
                if k > u {
                    f(k);
                }
                k += breite;
            }
        }
    }
}

/// Arcs on the grid: points of all, end of each. One that shrank to a point has one.
#[derive(Debug)]
pub(super) struct Gerastet {
    pub(super) punkte: Vec<Gitter>,
    enden: Vec<u32>,
}

impl Gerastet {
    pub(super) fn folge(&self, bogen: usize) -> &[Gitter] {
        let ab = bogen
            .checked_sub(1)
            .map_or(0, |davor| self.enden[davor] as usize);
        &self.punkte[ab..self.enden[bogen] as usize]
    }
}

pub(super) fn raste(boegen: &Boegen, punkte: &[Punkt], raster: Raster) -> Gerastet {
    // Points of all arcs with the cuts, and the cells they are in.
    let mut orte: Vec<Punkt> = Vec::with_capacity(boegen.punkte.len());
    let mut enden = Vec::with_capacity(boegen.len());
    for bogen in 0..boegen.len() {
        let folge = boegen.folge(bogen);
        orte.extend(folge.first().map(|i| punkte[*i as usize]));
        for paar in folge.windows(2) {
            let (a, b) = (punkte[paar[0] as usize], punkte[paar[1] as usize]);
            an_den_linien(a, b, raster, &mut orte);
            orte.push(b);
        }
        enden.push(orte.len());
    }
    let mut zellen: Vec<Punkt> = orte.iter().map(|p| raster.runde(*p)).collect();
    zellen.sort_unstable();
    zellen.dedup();
    let mitten: Vec<Punkt> = zellen
        .iter()
        .map(|z| Punkt {
            x: z.x << raster.shift,
            y: z.y << raster.shift,
        })
        .collect();
    drop(zellen);
    let alle: Vec<u32> = (0..id(mitten.len())).collect();
    let feld = Feld::der_punkte(&mitten, &alle);
    drop(alle);

    let halb = 1_i64 << (raster.shift - 1);
    let mut gerastet = Gerastet {
        punkte: Vec::with_capacity(orte.len()),
        enden: Vec::with_capacity(enden.len()),
    };
    let mut getroffen: Vec<(i128, Punkt)> = Vec::new();
    let mut ab = 0;
    for ende in enden {
        let anfang = gerastet.punkte.len();
        let mut nimm = |p: Punkt| {
            let p = gitter(raster.runde(p));
            if gerastet.punkte.len() == anfang || gerastet.punkte.last() != Some(&p) {
                gerastet.punkte.push(p);
            }
        };
        let folge = &orte[ab..ende];
        ab = ende;
        if let Some(erster) = folge.first() {
            nimm(*erster);
        }
        for paar in folge.windows(2) {
            let (a, b) = (paar[0], paar[1]);
            if raster.runde(a) != raster.runde(b) {
                getroffen.clear();
                feld.besuche(&[a, b], halb, |i| {
                    let mitte = mitten[i as usize];
                    if streift(a, b, mitte, halb) {
                        getroffen.push((stelle(a, b, mitte), mitte));
                    }
                    true
                });
                getroffen.sort_unstable();
                for (_, mitte) in &getroffen {
                    nimm(*mitte);
                }
            }
            nimm(b);
        }
        gerastet.enden.push(id(gerastet.punkte.len()));
    }
    gerastet
}

fn gitter(p: Punkt) -> Gitter {
    [
        i32::try_from(p.x).unwrap_or(i32::MAX),
        i32::try_from(p.y).unwrap_or(i32::MAX),
    ]
}

/// Where along the edge; exact, so that both directions see one order.
fn stelle(a: Punkt, b: Punkt, p: Punkt) -> i128 {
    i128::from(b.x - a.x) * i128::from(p.x - a.x) + i128::from(b.y - a.y) * i128::from(p.y - a.y)
}

/// The edge meets the cell around `mitte`: from half a cell before it to one unit less than half
/// a cell behind. In doubled units its sides are odd, so no vertex lies on one.
fn streift(a: Punkt, b: Punkt, mitte: Punkt, halb: i64) -> bool {
    let kasten = a.x.min(b.x) < mitte.x + halb
        && a.x.max(b.x) >= mitte.x - halb
        && a.y.min(b.y) < mitte.y + halb
        && a.y.max(b.y) >= mitte.y - halb;
    kasten && {
        let doppelt = |p: Punkt| Punkt {
            x: 2 * p.x,
            y: 2 * p.y,
        };
        let mitte = Punkt {
            x: 2 * mitte.x - 1,
            y: 2 * mitte.y - 1,
        };
        let spanne =
            4 * i128::from(halb) * (i128::from((b.x - a.x).abs()) + i128::from((b.y - a.y).abs()));
        doppelt(a).kreuz(doppelt(b), mitte).abs() <= spanne
    }
}

/// Vertices where the edge crosses sides of tiles, reckoned from its smaller end.
fn an_den_linien(a: Punkt, b: Punkt, raster: Raster, orte: &mut Vec<Punkt>) {
    let mut neue: Vec<(i128, Punkt)> = Vec::new();
    let (k, g) = (a.min(b), a.max(b));
    let teile = |zaehler: i128, nenner: i128| -> i64 {
        let (z, n) = (2 * zaehler + nenner, 2 * nenner);
        let (z, n) = if n < 0 { (-z, -n) } else { (z, n) };
        i64::try_from(z.div_euclid(n)).unwrap_or_default()
    };
    let (dx, dy) = (i128::from(g.x - k.x), i128::from(g.y - k.y));
    raster.linien(a.x, b.x, |x| {
        let p = Punkt {
            x,
            y: k.y + teile(dy * i128::from(x - k.x), dx),
        };
        neue.push((stelle(a, b, p), p));
    });
    raster.linien(a.y, b.y, |y| {
        let p = Punkt {
            x: k.x + teile(dx * i128::from(y - k.y), dy),
            y,
        };
        neue.push((stelle(a, b, p), p));
    });
    neue.sort_unstable();
    neue.dedup();
    orte.extend(neue.into_iter().map(|(_, p)| p));
}
