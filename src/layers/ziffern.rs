//! Coordinates as text, without a call per digit: a page of 1,000 areas has 46,000 numbers.

/// The digits of a position, on the stack: 18 of each number at most, and five signs.
pub(super) struct Zeichen {
    puffer: [u8; 64],
    ende: usize,
}

impl Default for Zeichen {
    fn default() -> Self {
        Self {
            puffer: [0; 64],
            ende: 0,
        }
    }
}

/// 00 to 99.
const PAARE: [[u8; 2]; 100] = {
    let mut paare = [[b'0'; 2]; 100];
    let mut n = 0;
    let (mut zehner, mut einer) = (b'0', b'0');
    while n < 100 {
        paare[n] = [zehner, einer];
        if einer == b'9' {
            einer = b'0';
            zehner += 1;
        } else {
            einer += 1;
        }
        n += 1;
    }
    paare
};

impl Zeichen {
    pub(super) fn text(&self) -> &[u8] {
        &self.puffer[..self.ende]
    }

    pub(super) fn eines(&mut self, b: u8) {
        self.puffer[self.ende] = b;
        self.ende += 1;
    }

    /// Fixed decimals through one integer, trailing zeros trimmed; `skaliert` is the number times
    /// ten to the power of `stellen`.
    pub(super) fn zahl(&mut self, skaliert: f64, stellen: u32) -> Option<()> {
        if skaliert.is_nan() || skaliert.abs() > 9e17 {
            return None;
        }
        let ganz = gerundet(skaliert);
        if ganz < 0 {
            self.eines(b'-');
        }
        let ganz = ganz.unsigned_abs();
        // Divisors the compiler knows are multiplications.
        let (vorn, rest) = match stellen {
            7 => (ganz / 10_000_000, ganz % 10_000_000),
            3 => (ganz / 1000, ganz % 1000),
            n => (ganz / 10u64.pow(n), ganz % 10u64.pow(n)),
        };
        self.ziffern(vorn, laenge(vorn));
        if rest > 0 {
            self.eines(b'.');
            self.ziffern(rest, stellen as usize);
            while self.puffer[self.ende - 1] == b'0' {
                self.ende -= 1;
            }
        }
        Some(())
    }

    /// So many digits, from the last to the first.
    fn ziffern(&mut self, mut zahl: u64, laenge: usize) {
        let mut ende = self.ende + laenge;
        let ziel = &mut self.puffer[self.ende..ende];
        self.ende = ende;
        ende = laenge;
        while ende >= 2 {
            let paar = PAARE[usize::try_from(zahl % 100).unwrap_or_default()];
            zahl /= 100;
            ziel[ende - 2..ende].copy_from_slice(&paar);
            ende -= 2;
        }
        if ende == 1 {
            ziel[0] = b'0' + u8::try_from(zahl % 10).unwrap_or_default();
        }
    }
}

/// Digits of a number, one of 0.
fn laenge(zahl: u64) -> usize {
    match zahl {
        0..10 => 1,
        10..100 => 2,
        100..1_000 => 3,
        100_000..1_000_000 => 6,
        1_000_000..10_000_000 => 7,
        _ => zahl.ilog10() as usize + 1,
    }
}

/// Half away from zero, as [`f64::round`], which is a call on processors of 2003.
fn gerundet(wert: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the caller checked that it is below 9e17"
    )]
    let ganz = wert as i64;
    let rest = wert - ganz as f64;
    if rest >= 0.5 {
        ganz + 1
    } else if rest <= -0.5 {
        ganz - 1
    } else {
        ganz
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As numbers were written before: by [`f64::round`] and digit by digit.
    fn stur(wert: f64, stellen: u32) -> Option<String> {
        let skaliert = (wert * 10f64.powi(stellen.cast_signed())).round();
        if !skaliert.is_finite() || skaliert.abs() > 9e17 {
            return None;
        }
        let text = format!(
            "{:0breite$.0}",
            skaliert.abs(),
            breite = stellen as usize + 1
        );
        let (ganz, rest) = text.split_at(text.len() - stellen as usize);
        let vorzeichen = if skaliert < 0.0 { "-" } else { "" };
        let rest = rest.trim_end_matches('0');
        let punkt = if rest.is_empty() { "" } else { "." };
        Some(format!("{vorzeichen}{ganz}{punkt}{rest}"))
    }

    fn geschrieben(wert: f64, stellen: u32) -> Option<String> {
        let mut zeichen = Zeichen::default();
        zeichen.zahl(wert * 10f64.powi(stellen.cast_signed()), stellen)?;
        Some(String::from_utf8(zeichen.text().to_vec()).unwrap())
    }

    #[test]
    fn digits_at_the_edges() {
        for stellen in [3, 7] {
            for wert in [
                0.0,
                -0.0,
                0.0005,
                -0.0005,
                0.000_499_999,
                0.1,
                9.9999,
                10.0,
                99.9999,
                100.0,
                1e9,
                0.000_000_05,
                -0.000_000_049_999,
                8.999_999e10,
                -1e300,
                f64::NAN,
                f64::INFINITY,
                5_600_123.456_5,
                0.499_999_999_999_999_94,
                20.02,
                7.707_070_7,
                120.030_405_6,
            ] {
                assert_eq!(geschrieben(wert, stellen), stur(wert, stellen), "{wert}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn digits_are_those_of_the_plain_way(
            wert in proptest::prelude::any::<f64>(), grad in -180.0..180.0f64, meter in -1e7..1e7f64,
        ) {
            for (wert, stellen) in [(wert, 7), (wert, 3), (grad, 7), (meter, 3)] {
                proptest::prop_assert_eq!(geschrieben(wert, stellen), stur(wert, stellen));
            }
        }
    }
}
