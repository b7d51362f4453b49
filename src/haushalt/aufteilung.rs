//! Splits an amount by shares so that the parts add up to it, to the cent.

/// Shares are read with this fineness: noise of lengths and areas is far below it.
const FEINHEIT: f64 = 1e9;

/// The parts of `betrag_ct` by `anteile` (each 0..1) and, last, the rest that no share names.
///
/// Largest remainder: every part is rounded down, then the cents left over go to the parts that
/// lost most, earlier ones first. Shares that add up to more than 1 (areas named twice) are scaled down.
#[must_use]
pub fn teile(betrag_ct: i64, anteile: &[f64]) -> Vec<i64> {
    let mut gewichte: Vec<i128> = anteile.iter().map(|anteil| gewicht(*anteil)).collect();
    let ganz = gewicht(1.0);
    let rest = ganz - gewichte.iter().sum::<i128>();
    // What is less than a millionth is no place outside, only rounding.
    gewichte.push(if rest * 1_000_000 > ganz { rest } else { 0 });
    let summe: i128 = gewichte.iter().sum();
    if summe == 0 {
        return vec![0; gewichte.len()];
    }
    let betrag = i128::from(betrag_ct);
    let mut teile: Vec<i128> = gewichte
        .iter()
        .map(|g| (betrag * g).div_euclid(summe))
        .collect();
    let mut reihenfolge: Vec<usize> = (0..gewichte.len()).collect();
    reihenfolge.sort_by_key(|&n| std::cmp::Reverse((betrag * gewichte[n]).rem_euclid(summe)));
    let uebrig = betrag - teile.iter().sum::<i128>();
    for &n in reihenfolge
        .iter()
        .take(usize::try_from(uebrig).unwrap_or(0))
    {
        teile[n] += 1;
    }
    // Each part lies between 0 and the amount, so it fits.
    teile
        .into_iter()
        .map(|teil| i64::try_from(teil).unwrap_or(betrag_ct))
        .collect()
}

fn gewicht(anteil: f64) -> i128 {
    if anteil.is_finite() && anteil > 0.0 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a share times 1e9; larger ones saturate"
        )]
        let ganz = (anteil.min(1e6) * FEINHEIT).round() as i128;
        ganz
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cents_go_to_the_largest_remainder() {
        assert_eq!(teile(100, &[1.0 / 3.0; 3]), [34, 33, 33, 0]);
        assert_eq!(teile(101, &[0.5, 0.25]), [51, 25, 25]);
        assert_eq!(teile(1000, &[0.25]), [250, 750]);
        assert_eq!(teile(1000, &[]), [1000]);
        assert_eq!(teile(0, &[0.5, 0.5]), [0, 0, 0]);
        // named twice: scaled down, nothing outside
        assert_eq!(teile(900, &[1.0, 0.5]), [600, 300, 0]);
        // float noise is no place outside
        assert_eq!(teile(100, &[0.999_999_999]), [100, 0]);
        // a difference can be negative
        assert_eq!(teile(-100, &[0.5, 0.5]), [-50, -50, 0]);
        assert_eq!(teile(7, &[f64::NAN, -1.0]), [0, 0, 7]);
    }

    proptest! {
        #[test]
        fn parts_add_up(betrag in -1_000_000_000_000_000_i64..1_000_000_000_000_000, anteile in prop::collection::vec(0.0..1.0_f64, 0..12)) {
            let parts = teile(betrag, &anteile);
            prop_assert_eq!(parts.len(), anteile.len() + 1);
            prop_assert_eq!(parts.iter().sum::<i64>(), betrag);
            for teil in parts {
                prop_assert!(teil.signum() * betrag.signum() >= 0 && teil.abs() <= betrag.abs());
            }
        }
    }
}
