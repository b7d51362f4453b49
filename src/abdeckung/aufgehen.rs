//! Areas too small for a zoom go to the neighbour with the longest common border; one that
//! borders on nothing goes for good.

use std::collections::HashMap;

use super::Punkt;
use super::bogen::{Boegen, Nutzung};
use super::eingang::Art;

/// What became of the objects.
#[derive(Debug)]
pub(super) struct Verbleib {
    /// The object it went to; itself while it stands.
    in_: Vec<u32>,
    /// Gone without a neighbour.
    fort: Vec<bool>,
    /// Area in square units of the world grid, of its own and what it took over.
    pub(super) flaeche: Vec<f64>,
    /// Drawn as lines too: such an object stays.
    linie: Vec<bool>,
}

impl Verbleib {
    pub(super) fn neu(objekte: usize, boegen: &Boegen, punkte: &[Punkt]) -> Self {
        let mut flaeche = vec![0.0; objekte];
        let mut linie = vec![false; objekte];
        for bogen in 0..boegen.len() {
            let folge = boegen.folge(bogen);
            // Relative to one point of the layer, or the products lose the digits.
            let mitte = punkte[boegen.punkte[0] as usize];
            let beitrag: f64 = folge
                .windows(2)
                .map(|paar| {
                    mitte.kreuz(punkte[paar[0] as usize], punkte[paar[1] as usize]) as f64 / 2.0
                })
                .sum();
            for nutzung in boegen.nutzungen(bogen) {
                let objekt = nutzung.objekt() as usize;
                match nutzung.art() {
                    Art::Linie => linie[objekt] = true,
                    Art::Flaeche if nutzung.rueckwaerts() => flaeche[objekt] -= beitrag,
                    Art::Flaeche => flaeche[objekt] += beitrag,
                }
            }
        }
        Self {
            in_: (0..super::id(objekte)).collect(),
            fort: vec![false; objekte],
            flaeche,
            linie,
        }
    }

    /// Where the object is now.
    pub(super) fn wirt(&mut self, objekt: u32) -> u32 {
        let mut i = objekt;
        while self.in_[i as usize] != i {
            let grossvater = self.in_[self.in_[i as usize] as usize];
            self.in_[i as usize] = grossvater;
            i = grossvater;
        }
        i
    }

    /// Merges what is smaller than `mindestens`; None when there is nothing to do.
    pub(super) fn raeume_auf(
        &mut self,
        boegen: &Boegen,
        punkte: &[Punkt],
        mindestens: f64,
    ) -> Option<Boegen> {
        let mut von: HashMap<u32, Vec<u32>> = HashMap::new();
        for bogen in 0..boegen.len() {
            for nutzung in boegen
                .nutzungen(bogen)
                .iter()
                .filter(|n| n.art() == Art::Flaeche)
            {
                von.entry(nutzung.objekt())
                    .or_default()
                    .push(super::id(bogen));
            }
        }
        let mut kleine: Vec<u32> = von
            .keys()
            .copied()
            .filter(|o| self.flaeche[*o as usize] < mindestens && !self.linie[*o as usize])
            .collect();
        if kleine.is_empty() {
            return None;
        }
        kleine.sort_unstable_by(|a, b| {
            self.flaeche[*a as usize]
                .total_cmp(&self.flaeche[*b as usize])
                .then(a.cmp(b))
        });
        let laengen: Vec<f64> = (0..boegen.len())
            .map(|bogen| {
                let paare = boegen.folge(bogen).windows(2);
                paare
                    .map(|p| {
                        let (a, b) = (punkte[p[0] as usize], punkte[p[1] as usize]);
                        ((b.x - a.x) as f64).hypot((b.y - a.y) as f64)
                    })
                    .sum()
            })
            .collect();
        for klein in kleine {
            if self.wirt(klein) != klein || self.flaeche[klein as usize] >= mindestens {
                continue; // gone already, or grown by what it took over
            }
            let eigene = von.remove(&klein).unwrap_or_default();
            let mut grenzen: HashMap<u32, f64> = HashMap::new();
            for bogen in &eigene {
                let nutzungen = boegen.nutzungen(*bogen as usize);
                let mein = nutzungen
                    .iter()
                    .filter(|n| n.art() == Art::Flaeche)
                    .find(|n| self.wirt(n.objekt()) == klein)
                    .map(|n| n.rueckwaerts());
                for n in nutzungen
                    .iter()
                    .filter(|n| n.art() == Art::Flaeche && Some(n.rueckwaerts()) != mein)
                {
                    let nachbar = self.wirt(n.objekt());
                    if nachbar != klein && !self.fort[nachbar as usize] {
                        *grenzen.entry(nachbar).or_default() += laengen[*bogen as usize];
                    }
                }
            }
            let wirt = grenzen
                .into_iter()
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            let Some((wirt, _)) = wirt else {
                self.fort[klein as usize] = true;
                continue;
            };
            self.in_[klein as usize] = wirt;
            self.flaeche[wirt as usize] += self.flaeche[klein as usize];
            von.entry(wirt).or_default().extend(eigene);
        }
        Some(self.schreibe_um(boegen))
    }

    fn schreibe_um(&mut self, boegen: &Boegen) -> Boegen {
        let mut neu = Boegen::default();
        let mut nutzungen: Vec<Nutzung> = Vec::new();
        for bogen in 0..boegen.len() {
            nutzungen.clear();
            for n in boegen.nutzungen(bogen) {
                let wirt = self.wirt(n.objekt());
                if self.fort[wirt as usize] {
                    continue;
                }
                let n = Nutzung::neu(wirt, n.art(), n.rueckwaerts());
                // The border between the two is inside now.
                match nutzungen
                    .iter()
                    .position(|m| *m == n.gewendet() && n.art() == Art::Flaeche)
                {
                    Some(stelle) => drop(nutzungen.remove(stelle)),
                    None => nutzungen.push(n),
                }
            }
            if !nutzungen.is_empty() {
                nutzungen.sort_unstable();
                neu.nimm(
                    boegen.folge(bogen).iter().copied(),
                    nutzungen.iter().copied(),
                );
            }
        }
        neu
    }
}
