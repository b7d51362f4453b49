//! Arcs: runs of edges between nodes, each held once with the objects that use it.

use super::eingang::Art;
use super::seiten::Seite;
use super::{Punkt, id};

/// Use of an arc by an object: number, kind, direction in one word. An area lies left of the
/// arc, or with the direction bit set right of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Nutzung(u32);

/// Objects a layer may have.
pub(super) const OBJEKTE_HOECHSTENS: u32 = 1 << 30;

impl Nutzung {
    pub(super) fn neu(objekt: u32, art: Art, rueckwaerts: bool) -> Self {
        match art {
            Art::Flaeche => Self(objekt << 2 | u32::from(rueckwaerts)),
            Art::Linie => Self(objekt << 2 | 2),
        }
    }

    pub(super) fn objekt(self) -> u32 {
        self.0 >> 2
    }

    pub(super) fn art(self) -> Art {
        if self.0 & 2 == 0 {
            Art::Flaeche
        } else {
            Art::Linie
        }
    }

    pub(super) fn rueckwaerts(self) -> bool {
        self.0 & 1 == 1
    }

    /// As seen from the other end of the arc.
    pub(super) fn gewendet(self) -> Self {
        Self(if self.art() == Art::Flaeche {
            self.0 ^ 1
        } else {
            self.0
        })
    }
}

/// All arcs, one after the other.
#[derive(Debug, Default)]
pub(super) struct Boegen {
    pub(super) punkte: Vec<u32>,
    nutzungen: Vec<Nutzung>,
    /// End of each arc in `punkte` and `nutzungen`.
    enden: Vec<(u32, u32)>,
}

impl Boegen {
    pub(super) fn len(&self) -> usize {
        self.enden.len()
    }

    fn anfang(&self, bogen: usize) -> (usize, usize) {
        bogen.checked_sub(1).map_or((0, 0), |davor| {
            let (p, n) = self.enden[davor];
            (p as usize, n as usize)
        })
    }

    /// Place of the arc's points.
    pub(super) fn bereich(&self, bogen: usize) -> std::ops::Range<usize> {
        self.anfang(bogen).0..self.enden[bogen].0 as usize
    }

    /// Numbers of its points; a closed one repeats its first.
    pub(super) fn folge(&self, bogen: usize) -> &[u32] {
        &self.punkte[self.bereich(bogen)]
    }

    pub(super) fn nutzungen(&self, bogen: usize) -> &[Nutzung] {
        &self.nutzungen[self.anfang(bogen).1..self.enden[bogen].1 as usize]
    }

    pub(super) fn nimm(
        &mut self,
        punkte: impl Iterator<Item = u32>,
        nutzungen: impl Iterator<Item = Nutzung>,
    ) {
        self.punkte.extend(punkte);
        self.nutzungen.extend(nutzungen);
        self.enden
            .push((id(self.punkte.len()), id(self.nutzungen.len())));
    }

    /// Every edge an arc of its own.
    pub(super) fn aus_seiten(seiten: &[Seite]) -> Self {
        let mut alle: Vec<(u32, u32, Nutzung)> = seiten
            .iter()
            .map(|s| {
                (
                    s.von.min(s.nach),
                    s.von.max(s.nach),
                    Nutzung::neu(s.objekt, s.art, s.von > s.nach),
                )
            })
            .collect();
        alle.sort_unstable();
        let mut boegen = Self::default();
        for kante in alle.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            boegen.nimm(
                [kante[0].0, kante[0].1].into_iter(),
                kante.iter().map(|k| k.2),
            );
        }
        boegen
    }

    /// Joins arcs at points where exactly two meet that the same objects use.
    pub(super) fn verbinde(&self, punkte: &[Punkt]) -> Self {
        let partner = self.partner(punkte.len());
        let mut neu = Self::default();
        let mut fertig = vec![false; self.len()];
        // First from the ends that stay nodes, then the rings that have none.
        for nur_knoten in [true, false] {
            for bogen in 0..self.len() {
                for seite in [0, 1] {
                    let start = bogen * 2 + seite;
                    if fertig[bogen] || (nur_knoten && partner[start] != KEINER) {
                        continue;
                    }
                    let (folge, nutzungen) = self.laufe(start, &partner, &mut fertig);
                    neu.nimm_geordnet(folge, nutzungen, !nur_knoten, punkte);
                }
            }
        }
        neu
    }

    /// The end that each end (arc × 2 + side) is joined with.
    fn partner(&self, punkte: usize) -> Vec<u32> {
        let mut zahl = vec![0_u32; punkte + 1];
        let ende = |e: usize| {
            let bereich = self.bereich(e / 2);
            self.punkte[if e.is_multiple_of(2) {
                bereich.start
            } else {
                bereich.end - 1
            }] as usize
        };
        for e in 0..self.len() * 2 {
            zahl[ende(e) + 1] += 1;
        }
        for i in 1..zahl.len() {
            zahl[i] += zahl[i - 1];
        }
        let mut enden = vec![0_u32; self.len() * 2];
        let mut naechste = zahl.clone();
        for e in 0..self.len() * 2 {
            let platz = &mut naechste[ende(e)];
            enden[*platz as usize] = id(e);
            *platz += 1;
        }
        let mut partner = vec![KEINER; self.len() * 2];
        for paar in zahl.windows(2) {
            if let [e, f] = enden[paar[0] as usize..paar[1] as usize]
                && self.passt(e as usize, f as usize)
            {
                partner[e as usize] = f;
                partner[f as usize] = e;
            }
        }
        partner
    }

    /// In through one end, out through the other: the objects and their sides are the same.
    fn passt(&self, e: usize, f: usize) -> bool {
        let (a, b) = (self.nutzungen(e / 2), self.nutzungen(f / 2));
        // Inward through the end of an arc is along it; outward through its beginning too.
        let gleich = e.is_multiple_of(2) != f.is_multiple_of(2);
        a.len() == b.len()
            && a.iter()
                .zip(b)
                .all(|(x, y)| if gleich { x == y } else { *x == y.gewendet() })
    }

    fn laufe(
        &self,
        start: usize,
        partner: &[u32],
        fertig: &mut [bool],
    ) -> (Vec<u32>, Vec<Nutzung>) {
        let erster = start / 2;
        let gewendet = |n: &Nutzung| n.gewendet();
        let nutzungen = if start.is_multiple_of(2) {
            self.nutzungen(erster).to_vec()
        } else {
            self.nutzungen(erster).iter().map(gewendet).collect()
        };
        let mut folge = Vec::new();
        let mut ende = start;
        loop {
            let bogen = ende / 2;
            fertig[bogen] = true;
            let punkte = self.folge(bogen);
            let schon = usize::from(!folge.is_empty());
            if ende.is_multiple_of(2) {
                folge.extend(punkte.iter().skip(schon));
            } else {
                folge.extend(punkte.iter().rev().skip(schon));
            }
            let weiter = partner[ende ^ 1];
            if weiter == KEINER || fertig[weiter as usize / 2] {
                return (folge, nutzungen);
            }
            ende = weiter as usize;
        }
    }

    /// From the smaller end; a ring without nodes from its smallest point: what comes first in
    /// the data decides nothing.
    fn nimm_geordnet(
        &mut self,
        mut folge: Vec<u32>,
        nutzungen: Vec<Nutzung>,
        ring: bool,
        punkte: &[Punkt],
    ) {
        let ort = |i: &u32| punkte[*i as usize];
        if ring && folge.first() == folge.last() {
            folge.pop();
            let kleinster = (0..folge.len())
                .min_by_key(|i| ort(&folge[*i]))
                .unwrap_or_default();
            folge.rotate_left(kleinster);
            folge.push(folge[0]);
        }
        let (Some(erster), Some(letzter)) = (folge.first(), folge.last()) else {
            return;
        };
        let zweiter = folge.get(1).unwrap_or(erster);
        let vorletzter = folge.get(folge.len().saturating_sub(2)).unwrap_or(letzter);
        if (ort(erster), ort(zweiter)) > (ort(letzter), ort(vorletzter)) {
            folge.reverse();
            self.nimm(
                folge.into_iter(),
                nutzungen.into_iter().map(Nutzung::gewendet),
            );
        } else {
            self.nimm(folge.into_iter(), nutzungen.into_iter());
        }
    }
}

const KEINER: u32 = u32::MAX;
