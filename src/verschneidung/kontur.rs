//! The coverage of a plan as a sum of directed edges. Neighbours run their common
//! border in opposite directions, so bit-identical borders cancel and only what
//! does not fit stays: slivers, gaps, overlaps. The field the edges describe
//! (how often a point is covered) is unchanged by that.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use geo_types::Coord;
use rstar::{AABB, RTree, RTreeObject};

use super::ring::{Kasten, Ring};

/// Multiply and rotate: the keys are coordinates of our own making sense, not of an
/// attacker's choosing order, and there are millions of them.
#[derive(Default)]
pub(super) struct Mischer(u64);

impl Hasher for Mischer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(u64::from(*b));
        }
    }
    fn write_u64(&mut self, wert: u64) {
        self.0 = (self.0.rotate_left(23) ^ wert).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

type Mischung = BuildHasherDefault<Mischer>;

/// Bits of a point; 0.0 and −0.0 are the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bits(u64, u64);

impl std::hash::Hash for Bits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
        state.write_u64(self.1);
    }
}

impl From<Coord<f64>> for Bits {
    fn from(p: Coord<f64>) -> Self {
        Self((p.x + 0.0).to_bits(), (p.y + 0.0).to_bits())
    }
}

impl From<Bits> for Coord<f64> {
    fn from(b: Bits) -> Self {
        Self {
            x: f64::from_bits(b.0),
            y: f64::from_bits(b.1),
        }
    }
}

/// Directed edges with their net count.
#[derive(Default)]
pub(super) struct Kanten(HashMap<(Bits, Bits), i32, Mischung>);

impl Kanten {
    /// Adds the field of a ring, `anzahl` times (negative: subtracts it).
    pub(super) fn plus(&mut self, ring: &[Coord<f64>], anzahl: i32) {
        let Some(&letzter) = ring.last() else { return };
        let mut a = Bits::from(letzter);
        for &p in ring {
            let b = Bits::from(p);
            if a != b {
                let (kante, vorzeichen) = if a < b {
                    ((a, b), anzahl)
                } else {
                    ((b, a), -anzahl)
                };
                let netto = self.0.entry(kante).or_insert(0);
                *netto += vorzeichen;
                if *netto == 0 {
                    self.0.remove(&kante);
                }
            }
            a = b;
        }
    }

    /// Edges that have not met their twin.
    pub(super) fn anzahl(&self) -> usize {
        self.0.len()
    }

    /// What is left, as closed contours (as many edges enter a point as leave it).
    pub(super) fn konturen(self) -> Vec<Ring> {
        let mut kanten: Vec<(Bits, Bits)> = Vec::with_capacity(self.0.len());
        for ((a, b), netto) in self.0 {
            let kante = if netto > 0 { (a, b) } else { (b, a) };
            kanten.extend(std::iter::repeat_n(kante, netto.unsigned_abs() as usize));
        }
        // The map's order depends on its growth; ours does not.
        kanten.sort_unstable();
        let mut ab: HashMap<Bits, Vec<Bits>, Mischung> = HashMap::default();
        for (a, b) in &kanten {
            ab.entry(*a).or_default().push(*b);
        }
        let mut konturen = Vec::new();
        for (start, _) in kanten {
            let mut ring = Ring::new();
            let mut hier = start;
            while let Some(weiter) = ab.get_mut(&hier).and_then(Vec::pop) {
                ring.push(hier.into());
                hier = weiter;
            }
            if !ring.is_empty() {
                konturen.push(ring);
            }
        }
        konturen
    }
}

struct Nummeriert(Kasten, usize);

impl RTreeObject for Nummeriert {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.0.min, self.0.max)
    }
}

/// Groups contours whose boxes touch. Groups do not influence each other, so each
/// gets a local grid of its own.
pub(super) fn gruppen(konturen: Vec<Ring>) -> Vec<Vec<Ring>> {
    let kaesten: Vec<Kasten> = konturen.iter().map(Kasten::um).collect();
    let baum = RTree::bulk_load(
        kaesten
            .iter()
            .enumerate()
            .map(|(i, k)| Nummeriert(*k, i))
            .collect(),
    );
    let mut gruppe = vec![usize::MAX; konturen.len()];
    let mut anzahl = 0;
    for start in 0..konturen.len() {
        if gruppe[start] != usize::MAX {
            continue;
        }
        gruppe[start] = anzahl;
        let mut offen = vec![start];
        while let Some(i) = offen.pop() {
            let huelle = AABB::from_corners(kaesten[i].min, kaesten[i].max);
            for n in baum.locate_in_envelope_intersecting(&huelle) {
                if gruppe[n.1] == usize::MAX {
                    gruppe[n.1] = anzahl;
                    offen.push(n.1);
                }
            }
        }
        anzahl += 1;
    }
    let mut ergebnis = vec![Vec::new(); anzahl];
    for (ring, g) in konturen.into_iter().zip(gruppe) {
        ergebnis[g].push(ring);
    }
    ergebnis
}
