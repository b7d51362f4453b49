//! What is generalised: rings and lines of numbered objects, in the coordinates they are stored in.

use super::knoten::verknote;
use super::{Punkt, id};

/// What a run of positions is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Art {
    /// A ring of an area, shell or hole; closed or not.
    Flaeche,
    /// A line.
    Linie,
}

/// One run after noding: numbers of points.
#[derive(Debug)]
pub(super) struct Zug {
    pub(super) objekt: u32,
    pub(super) art: Art,
    /// An area's run is closed and does not repeat its first point.
    pub(super) punkte: Vec<u32>,
}

/// Shapes, taken one after the other.
#[derive(Debug)]
pub struct Eingang {
    raster: f64,
    orte: Vec<Punkt>,
    /// Object, kind, end in `orte`.
    zuege: Vec<(u32, Art, usize)>,
}

/// Points and runs, noded.
#[derive(Debug)]
pub(super) struct Verknotet {
    pub(super) raster: f64,
    pub(super) punkte: Vec<Punkt>,
    pub(super) zuege: Vec<Zug>,
}

/// More positions are not taken: numbers of points must fit 32 bits with room for noding.
const HOECHSTENS: usize = 1 << 30;

impl Eingang {
    /// `raster`: the unit of the coordinates that counts, 0.001 for metres, 1e-8 for degrees.
    /// Positions at most one unit apart are meant equal.
    #[must_use]
    pub fn new(raster: f64) -> Self {
        Self {
            raster,
            orte: Vec::new(),
            zuege: Vec::new(),
        }
    }

    /// One ring or line. Positions that are no numbers are left out.
    pub fn zug(&mut self, objekt: u32, art: Art, positionen: impl Iterator<Item = (f64, f64)>) {
        let anfang = self.orte.len();
        for (x, y) in positionen {
            let (x, y) = ((x / self.raster).round(), (y / self.raster).round());
            // 2^40 mm is 27 times around the world.
            if self.orte.len() < HOECHSTENS && x.abs() < 1.1e12 && y.abs() < 1.1e12 {
                #[expect(clippy::cast_possible_truncation, reason = "just checked")]
                self.orte.push(Punkt {
                    x: x as i64,
                    y: y as i64,
                });
            }
        }
        if self.orte.len() > anfang {
            self.zuege.push((objekt, art, self.orte.len()));
        }
    }

    /// Positions taken so far.
    #[must_use]
    pub fn umfang(&self) -> usize {
        self.orte.len()
    }

    /// Numbers the points and nodes the runs.
    pub(super) fn verknote(self) -> Verknotet {
        let (punkte, nummern) = nummeriere(&self.orte);
        let mut zuege = Vec::with_capacity(self.zuege.len());
        let mut ab = 0;
        for (objekt, art, ende) in self.zuege {
            let mut folge = nummern[ab..ende].to_vec();
            ab = ende;
            folge.dedup();
            if art == Art::Flaeche {
                while folge.len() > 1 && folge.first() == folge.last() {
                    folge.pop();
                }
            }
            let mindestens = if art == Art::Flaeche { 3 } else { 2 };
            if folge.len() >= mindestens {
                zuege.push(Zug {
                    objekt,
                    art,
                    punkte: folge,
                });
            }
        }
        drop(nummern);
        let mut verknotet = Verknotet {
            raster: self.raster,
            punkte,
            zuege,
        };
        verknote(&mut verknotet);
        verknotet
    }
}

/// Distinct positions, and the number of each position given. What lies at most one unit
/// from an earlier position (by x, then y) that stands for itself is taken for it.
fn nummeriere(orte: &[Punkt]) -> (Vec<Punkt>, Vec<u32>) {
    let mut folge: Vec<(Punkt, u32)> = orte.iter().enumerate().map(|(i, p)| (*p, id(i))).collect();
    folge.sort_unstable();
    let mut punkte: Vec<Punkt> = Vec::new();
    let mut eigene = vec![0_u32; orte.len()];
    for (p, i) in &folge {
        if punkte.last() != Some(p) {
            punkte.push(*p);
        }
        eigene[*i as usize] = id(punkte.len() - 1);
    }
    drop(folge);
    // In sorted order the neighbours one column on are found by a second pointer.
    let mut steht_fuer: Vec<u32> = (0..id(punkte.len())).collect();
    let mut rechts = 0;
    for i in 0..punkte.len() {
        let p = punkte[i];
        if let Some(q) = punkte.get(i + 1)
            && steht_fuer[i] == id(i)
            && q.x == p.x
            && q.y == p.y + 1
        {
            steht_fuer[i + 1] = id(i);
        }
        while rechts < punkte.len() && (punkte[rechts].x, punkte[rechts].y) < (p.x + 1, p.y) {
            rechts += 1;
        }
        if steht_fuer[i] == id(i)
            && punkte.get(rechts) == Some(&Punkt { x: p.x + 1, y: p.y })
            && steht_fuer[rechts] == id(rechts)
        {
            steht_fuer[rechts] = id(i);
        }
    }
    for nummer in &mut eigene {
        *nummer = steht_fuer[*nummer as usize];
    }
    (punkte, eigene)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_within_the_raster_are_one() {
        let mut eingang = Eingang::new(0.001);
        let orte = [
            (1.0, 1.0),
            (1.001, 1.0),
            (1.002, 1.0),
            (1.0, 1.0004),
            (1.0, 1.0006),
            (2.0, 2.0),
            (f64::NAN, 1.0),
        ];
        eingang.zug(0, Art::Linie, orte.into_iter());
        assert_eq!(eingang.umfang(), 6);
        let (punkte, nummern) = nummeriere(&eingang.orte);
        let stelle = |i: usize| punkte[nummern[i] as usize];
        assert_eq!(stelle(0), stelle(1));
        assert_ne!(stelle(0), stelle(2), "no chain");
        assert_eq!(stelle(0), stelle(3));
        assert_eq!(stelle(0), stelle(4));
        assert_eq!(stelle(5), Punkt { x: 2000, y: 2000 });
    }
}
