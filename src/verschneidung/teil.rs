//! The parts of one area, collected and freed of noise.

use std::collections::BTreeMap;

/// Parts smaller than this (1 cm²) are numerical noise …
pub const KLEINSTER_TEIL_M2: f64 = 1e-4;
/// … which grows with the area: a border of some km is rounded at many points.
const RAUSCHEN_JE_M2: f64 = 1e-10;

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
}

/// What one place belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ort {
    Ausserhalb,
    Ortsteil(i32),
}

#[derive(Default)]
pub(super) struct Summe(BTreeMap<Ort, f64>);

impl Summe {
    pub(super) fn plus(&mut self, ort: Ort, m2: f64) {
        if m2 > 0.0 {
            *self.0.entry(ort).or_insert(0.0) += m2;
        }
    }

    /// Noise goes to the largest part.
    pub(super) fn teile(mut self) -> Teile {
        let groesster = self
            .0
            .iter()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map(|(ort, _)| *ort);
        let Some(groesster) = groesster else {
            return Teile::default();
        };
        let kleinster = KLEINSTER_TEIL_M2.max(RAUSCHEN_JE_M2 * self.0.values().sum::<f64>());
        let mut rauschen = 0.0;
        self.0.retain(|ort, m2| {
            let bleibt = *ort == groesster || *m2 >= kleinster;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn aus(teile: &[(Ort, f64)]) -> Teile {
        let mut summe = Summe::default();
        for (ort, m2) in teile {
            summe.plus(*ort, *m2);
        }
        summe.teile()
    }

    #[test]
    fn noise_is_added_to_the_largest_part() {
        let (klein, gross) = (KLEINSTER_TEIL_M2 / 2.0, 100.0);
        let teile = aus(&[
            (Ort::Ortsteil(1), klein),
            (Ort::Ortsteil(2), gross),
            (Ort::Ausserhalb, klein),
            (Ort::Ortsteil(3), 1.0),
        ]);
        let ids: Vec<i32> = teile.anteile.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, [2, 3]);
        assert!((teile.anteile[0].1 - gross - 2.0 * klein).abs() < 1e-12);
        assert!(teile.ausserhalb_m2 <= 0.0);
    }

    #[test]
    fn an_area_smaller_than_noise_keeps_its_place() {
        let teile = aus(&[(Ort::Ortsteil(4), KLEINSTER_TEIL_M2 / 2.0)]);
        assert_eq!(teile.anteile, [(4, KLEINSTER_TEIL_M2 / 2.0)]);
    }
}
