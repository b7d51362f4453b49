//! A packed R-tree over the envelopes of a snapshot: sixteen entries a node, no pointers, about
//! five bytes a feature. The envelopes themselves stay in the blocks.

use super::formen::{self, OHNE, UNBEKANNT, beruehrt, vereint};

/// Entries a node.
const BREITE: usize = 16;

/// The tree; entries are numbers whose envelope the caller looks up.
#[derive(Debug, Default)]
pub(super) struct Baum {
    /// In the order of a space-filling curve.
    blaetter: Vec<u32>,
    /// Envelopes of the nodes, from those over the leaves to the root.
    ebenen: Vec<Vec<[i32; 4]>>,
    /// What every box may meet.
    immer: Vec<u32>,
}

impl Baum {
    /// Built over (entry, envelope); entries without a geometry are left out.
    pub(super) fn neu(eintraege: impl Iterator<Item = (u32, [i32; 4])>) -> Self {
        let mut immer = Vec::new();
        let mut liste: Vec<(u64, u32, [i32; 4])> = Vec::new();
        for (nummer, kasten) in eintraege {
            match kasten {
                OHNE => {}
                UNBEKANNT => immer.push(nummer),
                _ => liste.push((kurve(kasten), nummer, kasten)),
            }
        }
        liste.sort_unstable_by_key(|(kurve, nummer, _)| (*kurve, *nummer));
        let mut unten: Vec<[i32; 4]> = liste.iter().map(|(_, _, kasten)| *kasten).collect();
        let mut ebenen = Vec::new();
        while unten.len() > 1 || ebenen.is_empty() && !unten.is_empty() {
            let oben: Vec<[i32; 4]> = unten
                .chunks(BREITE)
                .map(|gruppe| gruppe.iter().fold(OHNE, |a, b| vereint(a, *b)))
                .collect();
            ebenen.push(oben.clone());
            unten = oben;
        }
        Self {
            blaetter: liste.into_iter().map(|(_, nummer, _)| nummer).collect(),
            ebenen,
            immer,
        }
    }

    /// Entries whose envelope meets the box, in no order.
    pub(super) fn suche(&self, kasten: [i32; 4], huelle: impl Fn(u32) -> [i32; 4]) -> Vec<u32> {
        let mut gefunden = self.immer.clone();
        if let Some(wurzel) = self.ebenen.last() {
            for n in 0..wurzel.len() {
                self.steige(self.ebenen.len() - 1, n, kasten, &huelle, &mut gefunden);
            }
        }
        gefunden
    }

    fn steige(
        &self,
        ebene: usize,
        knoten: usize,
        kasten: [i32; 4],
        huelle: &impl Fn(u32) -> [i32; 4],
        gefunden: &mut Vec<u32>,
    ) {
        if !beruehrt(self.ebenen[ebene][knoten], kasten) {
            return;
        }
        let von = knoten * BREITE;
        if ebene == 0 {
            let bis = (von + BREITE).min(self.blaetter.len());
            let treffer = self.blaetter[von..bis].iter();
            gefunden.extend(treffer.filter(|n| beruehrt(huelle(**n), kasten)));
            return;
        }
        let bis = (von + BREITE).min(self.ebenen[ebene - 1].len());
        for kind in von..bis {
            self.steige(ebene - 1, kind, kasten, huelle, gefunden);
        }
    }

    /// Envelope of everything.
    pub(super) fn huelle(&self) -> Option<[f64; 4]> {
        let wurzel = self.ebenen.last()?;
        formen::kasten_meter(wurzel.iter().fold(OHNE, |a, b| vereint(a, *b)))
    }

    pub(super) fn bytes(&self) -> usize {
        let knoten: usize = self.ebenen.iter().map(|e| e.capacity() * 16).sum();
        (self.blaetter.capacity() + self.immer.capacity()) * 4 + knoten
    }
}

/// Place of the middle on a Z-order curve.
fn kurve(k: [i32; 4]) -> u64 {
    let mitte = |a: i32, b: i32| {
        let summe = i64::from(a) + i64::from(b) + (1_i64 << 32);
        u64::try_from(summe >> 1).unwrap_or_default()
    };
    streue(mitte(k[0], k[2])) | streue(mitte(k[1], k[3])) << 1
}

/// A zero between each two of the lower 32 bits.
fn streue(wert: u64) -> u64 {
    let mut x = wert & 0xffff_ffff;
    x = (x | x << 16) & 0x0000_ffff_0000_ffff;
    x = (x | x << 8) & 0x00ff_00ff_00ff_00ff;
    x = (x | x << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    x = (x | x << 2) & 0x3333_3333_3333_3333;
    (x | x << 1) & 0x5555_5555_5555_5555
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_a_scan_finds(
            ecken in prop::collection::vec((-1000i32..1000, -1000i32..1000, 0i32..60, 0i32..60), 0..700),
            (x, y, b, h) in (-1100i32..1100, -1100i32..1100, 0i32..500, 0i32..500),
        ) {
            let kaesten: Vec<[i32; 4]> = ecken.iter().enumerate().map(|(i, (x, y, b, h))| match i % 50 {
                7 => OHNE,
                9 => UNBEKANNT,
                _ => [*x, *y, x + b, y + h],
            }).collect();
            let baum = Baum::neu((0..).zip(kaesten.iter().copied()));
            let frage = [x, y, x + b, y + h];
            let mut gefunden = baum.suche(frage, |n| kaesten[n as usize]);
            gefunden.sort_unstable();
            let erwartet: Vec<u32> = (0..).zip(&kaesten).filter(|(_, k)| **k != OHNE && beruehrt(**k, frage)).map(|(n, _)| n).collect();
            prop_assert_eq!(gefunden, erwartet);
        }
    }
}
