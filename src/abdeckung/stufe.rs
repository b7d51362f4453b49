//! One zoom of a layer: its shapes on the grid of that zoom, ready to be cut into tiles.

use super::bogen::Boegen;
use super::eingang::Art;
use super::id;
use super::rasten::Gerastet;
use super::ringe::{self, Gitter, aus_kanten, doppelte_flaeche};

/// What a run of positions is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zugart {
    /// Shell of an area; does not repeat its first position.
    Aussen,
    /// Hole of the shell before it.
    Innen,
    /// A line.
    Linie,
}

/// A layer on the grid of a zoom.
#[derive(Debug, Default)]
pub struct Stufe {
    bits: u32,
    punkte: Vec<Gitter>,
    zuege: Vec<(Zugart, u32)>,
    /// By object: end in `zuege`.
    objekte: Vec<u32>,
    kaesten: Vec<[i32; 4]>,
}

impl Stufe {
    /// The world is 2^bits cells wide.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Objects, those that went into others counted in.
    #[must_use]
    pub fn len(&self) -> usize {
        self.objekte.len()
    }

    /// No objects at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objekte.is_empty()
    }

    /// Positions kept.
    #[must_use]
    pub fn positionen(&self) -> usize {
        self.punkte.len()
    }

    /// Bytes held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.punkte.capacity() * size_of::<Gitter>()
            + self.zuege.capacity() * size_of::<(Zugart, u32)>()
            + self.objekte.capacity() * 4
            + self.kaesten.capacity() * size_of::<[i32; 4]>()
    }

    /// Envelope of an object: min x, min y, max x, max y; None when nothing of it is left.
    #[must_use]
    pub fn kasten(&self, objekt: u32) -> Option<[i32; 4]> {
        self.kaesten
            .get(objekt as usize)
            .copied()
            .filter(|k| k[0] <= k[2])
    }

    /// Shells, holes and lines of an object, in the order tiles want them.
    pub fn zuege(&self, objekt: u32) -> impl Iterator<Item = (Zugart, &[Gitter])> {
        let i = objekt as usize;
        let bis = self.objekte.get(i).map_or(0, |n| *n as usize);
        let ab = i
            .checked_sub(1)
            .and_then(|d| self.objekte.get(d))
            .map_or(0, |n| *n as usize)
            .min(bis);
        (ab..bis).map(|z| {
            let (art, ende) = self.zuege[z];
            let anfang = z.checked_sub(1).map_or(0, |d| self.zuege[d].1 as usize);
            (art, &self.punkte[anfang..ende as usize])
        })
    }

    fn zug(&mut self, art: Zugart, punkte: &[Gitter], kasten: &mut [i32; 4]) {
        let k = ringe::kasten(punkte);
        *kasten = [
            kasten[0].min(k[0]),
            kasten[1].min(k[1]),
            kasten[2].max(k[2]),
            kasten[3].max(k[3]),
        ];
        self.punkte.extend_from_slice(punkte);
        self.zuege.push((art, id(self.punkte.len())));
    }

    /// Puts the objects together again from the arcs they use.
    pub(super) fn aus_boegen(
        boegen: &Boegen,
        gerastet: &Gerastet,
        objekte: usize,
        bits: u32,
    ) -> Self {
        let mut benutzt: Vec<(u32, Art, bool, u32)> = Vec::new();
        for bogen in 0..boegen.len() {
            for n in boegen.nutzungen(bogen) {
                benutzt.push((n.objekt(), n.art(), n.rueckwaerts(), id(bogen)));
            }
        }
        benutzt
            .sort_unstable_by_key(|(objekt, art, _, bogen)| (*objekt, *art == Art::Linie, *bogen));
        let mut stufe = Self {
            bits,
            ..Self::default()
        };
        let mut rest = benutzt.as_slice();
        for objekt in 0..id(objekte) {
            let (eigene, danach) = rest.split_at(rest.partition_point(|b| b.0 <= objekt));
            rest = danach;
            let mut kasten = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
            let (flaechen, linien) =
                eigene.split_at(eigene.partition_point(|b| b.1 == Art::Flaeche));
            for (aussen, ring) in ringe::ordne(ringe_von(flaechen, gerastet)) {
                let art = if aussen {
                    Zugart::Aussen
                } else {
                    Zugart::Innen
                };
                stufe.zug(art, &ring, &mut kasten);
            }
            let stuecke: Vec<&[Gitter]> = linien
                .iter()
                .map(|(.., bogen)| gerastet.folge(*bogen as usize))
                .collect();
            for linie in haenge_zusammen(stuecke) {
                stufe.zug(Zugart::Linie, &linie, &mut kasten);
            }
            stufe.objekte.push(id(stufe.zuege.len()));
            stufe.kaesten.push(kasten);
        }
        stufe.punkte.shrink_to_fit();
        stufe
    }
}

/// Rings of the arcs of one area. Nearly always each position is there once, and the arcs only
/// have to be put behind each other.
fn ringe_von(benutzt: &[(u32, Art, bool, u32)], gerastet: &Gerastet) -> Vec<Vec<Gitter>> {
    let mut ketten: Vec<(Gitter, Gitter, bool, u32)> = Vec::with_capacity(benutzt.len());
    let mut alle: Vec<Gitter> = Vec::new();
    for (_, _, rueckwaerts, bogen) in benutzt {
        let folge = gerastet.folge(*bogen as usize);
        let (Some(erster), Some(letzter)) = (folge.first(), folge.last()) else {
            continue;
        };
        if folge.len() < 2 {
            continue;
        }
        let (von, nach) = if *rueckwaerts {
            (*letzter, *erster)
        } else {
            (*erster, *letzter)
        };
        ketten.push((von, nach, *rueckwaerts, *bogen));
        // Each position once: without the end of the chain.
        let ohne_ende = if *rueckwaerts {
            &folge[1..]
        } else {
            &folge[..folge.len() - 1]
        };
        alle.extend_from_slice(ohne_ende);
    }
    alle.sort_unstable();
    if alle.windows(2).any(|paar| paar[0] == paar[1]) {
        let mut kanten = Vec::with_capacity(alle.len());
        for (_, _, rueckwaerts, bogen) in &ketten {
            for paar in gerastet.folge(*bogen as usize).windows(2) {
                kanten.push(if *rueckwaerts {
                    (paar[1], paar[0])
                } else {
                    (paar[0], paar[1])
                });
            }
        }
        return aus_kanten(kanten);
    }
    ketten.sort_unstable();
    let mut fertig = vec![false; ketten.len()];
    let mut ringe = Vec::new();
    for start in 0..ketten.len() {
        if fertig[start] {
            continue;
        }
        let mut ring: Vec<Gitter> = Vec::new();
        let mut i = start;
        while !fertig[i] {
            fertig[i] = true;
            let (_, nach, rueckwaerts, bogen) = ketten[i];
            let folge = gerastet.folge(bogen as usize);
            if rueckwaerts {
                ring.extend(folge[1..].iter().rev());
            } else {
                ring.extend_from_slice(&folge[..folge.len() - 1]);
            }
            match ketten.binary_search_by_key(&nach, |k| k.0) {
                Ok(naechste) => i = naechste,
                Err(_) => break,
            }
        }
        if ring.len() > 2 && doppelte_flaeche(&ring) != 0 {
            ringe.push(ring);
        }
    }
    ringe
}

/// Arcs of a line, joined where exactly two ends meet.
fn haenge_zusammen(stuecke: Vec<&[Gitter]>) -> Vec<Vec<Gitter>> {
    let stuecke: Vec<&[Gitter]> = stuecke.into_iter().filter(|s| s.len() > 1).collect();
    let mut enden: Vec<(Gitter, usize)> = Vec::with_capacity(stuecke.len() * 2);
    for (i, s) in stuecke.iter().enumerate() {
        enden.extend([(s[0], i * 2), (s[s.len() - 1], i * 2 + 1)]);
    }
    enden.sort_unstable();
    let partner = |ort: Gitter, ende: usize| -> Option<usize> {
        let ab = enden.partition_point(|(o, _)| *o < ort);
        let bis = enden.partition_point(|(o, _)| *o <= ort);
        match &enden[ab..bis] {
            [a, b] if a.1 == ende => Some(b.1),
            [a, b] if b.1 == ende => Some(a.1),
            _ => None,
        }
    };
    let mut fertig = vec![false; stuecke.len()];
    let mut linien = Vec::new();
    for nur_enden in [true, false] {
        for start in 0..stuecke.len() * 2 {
            let ort = |ende: usize| {
                let s = stuecke[ende / 2];
                if ende.is_multiple_of(2) {
                    s[0]
                } else {
                    s[s.len() - 1]
                }
            };
            if fertig[start / 2] || (nur_enden && partner(ort(start), start).is_some()) {
                continue;
            }
            let mut linie: Vec<Gitter> = Vec::new();
            let mut ende = start;
            loop {
                fertig[ende / 2] = true;
                let schon = usize::from(!linie.is_empty());
                if ende.is_multiple_of(2) {
                    linie.extend(stuecke[ende / 2].iter().skip(schon));
                } else {
                    linie.extend(stuecke[ende / 2].iter().rev().skip(schon));
                }
                match partner(ort(ende ^ 1), ende ^ 1) {
                    Some(weiter) if !fertig[weiter / 2] => ende = weiter,
                    _ => break,
                }
            }
            linien.push(linie);
        }
    }
    linien
}
