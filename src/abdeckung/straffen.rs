//! Fewer vertices: Visvalingam and Whyatt's effective area on all arcs at once, never across
//! another vertex. Where no vertex lies in the triangle that goes, no edge can cross it, so
//! nothing overlaps afterwards that did not before.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use super::bogen::Boegen;
use super::feld::Feld;
use super::{Punkt, id};

const KEINER: u32 = u32::MAX;

/// Neighbours of the points inside arcs, while they go.
struct Kette {
    vor: Vec<u32>,
    nach: Vec<u32>,
    bogen: Vec<u32>,
    weg: Vec<bool>,
    /// By arc: points left between its ends.
    innen: Vec<u32>,
}

/// Drops the vertices whose triangle with their neighbours is at most `schwelle` (twice the
/// area, square units).
pub(super) fn straffe(boegen: &Boegen, punkte: &[Punkt], schwelle: u64) -> Boegen {
    let mut kette = Kette {
        vor: vec![KEINER; punkte.len()],
        nach: vec![KEINER; punkte.len()],
        bogen: vec![KEINER; punkte.len()],
        weg: vec![false; punkte.len()],
        innen: Vec::with_capacity(boegen.len()),
    };
    let mut gerade: HashSet<(u32, u32)> = HashSet::new();
    let mut lebend: Vec<u32> = boegen.punkte.clone();
    lebend.sort_unstable();
    lebend.dedup();
    let feld = Feld::der_punkte(punkte, &lebend);
    drop(lebend);
    let mut schlange = BinaryHeap::new();
    for bogen in 0..boegen.len() {
        let folge = boegen.folge(bogen);
        kette.innen.push(id(folge.len().saturating_sub(2)));
        if let [a, b] = folge {
            gerade.insert((*a.min(b), *a.max(b)));
        }
        let fest = entferntester(folge, punkte);
        for drei in folge.windows(3) {
            let i = drei[1] as usize;
            (kette.vor[i], kette.nach[i]) = (drei[0], drei[2]);
            if Some(drei[1]) != fest {
                kette.bogen[i] = id(bogen);
                reihe_ein(&mut schlange, &kette, punkte, drei[1], schwelle);
            }
        }
    }
    while let Some(Reverse((flaeche, _, i))) = schlange.pop() {
        let p = i as usize;
        // An entry from before a neighbour went is not what the triangle is now.
        if kette.weg[p] || dreieck(&kette, punkte, i) != flaeche {
            continue;
        }
        let (vor, nach, bogen) = (kette.vor[p], kette.nach[p], kette.bogen[p] as usize);
        let (erster, letzter) = enden(boegen, bogen);
        let uebrig = kette.innen[bogen];
        let strecke = (vor.min(nach), vor.max(nach));
        let bliebe_leer = if erster == letzter {
            uebrig <= 2
        } else {
            uebrig == 1 && gerade.contains(&strecke)
        };
        if bliebe_leer || im_weg(&feld, &kette, punkte, [vor, i, nach]) {
            continue;
        }
        kette.weg[p] = true;
        kette.innen[bogen] -= 1;
        if uebrig == 1 {
            gerade.insert(strecke);
        }
        for (nachbar, links) in [(vor, true), (nach, false)] {
            let n = nachbar as usize;
            // The ends of an arc are nodes, or the fixed point of a ring.
            if nachbar == erster || nachbar == letzter {
                continue;
            }
            if links {
                kette.nach[n] = nach;
            } else {
                kette.vor[n] = vor;
            }
            if kette.bogen[n] != KEINER {
                reihe_ein(&mut schlange, &kette, punkte, nachbar, schwelle);
            }
        }
    }
    let mut neu = Boegen::default();
    for bogen in 0..boegen.len() {
        let folge = boegen.folge(bogen);
        let (erster, letzter) = enden(boegen, bogen);
        let bleibt = |i: &u32| *i == erster || *i == letzter || !kette.weg[*i as usize];
        neu.nimm(
            folge.iter().copied().filter(bleibt),
            boegen.nutzungen(bogen).iter().copied(),
        );
    }
    neu
}

fn enden(boegen: &Boegen, bogen: usize) -> (u32, u32) {
    let bereich = boegen.bereich(bogen);
    (boegen.punkte[bereich.start], boegen.punkte[bereich.end - 1])
}

/// A ring's second fixed point, the one farthest from its first: a ring is never less than
/// it and one more.
fn entferntester(folge: &[u32], punkte: &[Punkt]) -> Option<u32> {
    let (erster, letzter) = (folge.first()?, folge.last()?);
    if erster != letzter {
        return None;
    }
    let a = punkte[*erster as usize];
    folge.iter().copied().max_by_key(|i| {
        let b = punkte[*i as usize];
        let (dx, dy) = (i128::from(b.x - a.x), i128::from(b.y - a.y));
        (dx * dx + dy * dy, b)
    })
}

/// Smallest first; of equals the one further west, then north.
type Schlange = BinaryHeap<Reverse<(u64, Punkt, u32)>>;

fn reihe_ein(schlange: &mut Schlange, kette: &Kette, punkte: &[Punkt], i: u32, schwelle: u64) {
    let flaeche = dreieck(kette, punkte, i);
    if flaeche <= schwelle {
        schlange.push(Reverse((flaeche, punkte[i as usize], i)));
    }
}

fn dreieck(kette: &Kette, punkte: &[Punkt], i: u32) -> u64 {
    let p = i as usize;
    let (a, b) = (
        punkte[kette.vor[p] as usize],
        punkte[kette.nach[p] as usize],
    );
    u64::try_from(a.kreuz(punkte[p], b).unsigned_abs()).unwrap_or(u64::MAX)
}

/// Another vertex lies in the triangle or on its new side.
fn im_weg(feld: &Feld, kette: &Kette, punkte: &[Punkt], drei: [u32; 3]) -> bool {
    let [a, b, c] = drei.map(|i| punkte[i as usize]);
    let (links, rechts) = (a.x.min(b.x).min(c.x), a.x.max(b.x).max(c.x));
    let (oben, unten) = (a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y));
    let mut frei = true;
    feld.besuche(&[a, b, c], 0, |i| {
        let p = punkte[i as usize];
        if p.x < links
            || p.x > rechts
            || p.y < oben
            || p.y > unten
            || kette.weg[i as usize]
            || drei.contains(&i)
        {
            return true;
        }
        let (u, v, w) = (
            a.kreuz(b, p).signum(),
            b.kreuz(c, p).signum(),
            c.kreuz(a, p).signum(),
        );
        let darin = (u >= 0 && v >= 0 && w >= 0) || (u <= 0 && v <= 0 && w <= 0);
        frei = !darin;
        frei
    });
    !frei
}
