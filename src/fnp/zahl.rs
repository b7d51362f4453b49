//! German numbers: computed unrounded, rounded last.

/// `1.234,5678` with the given decimals.
#[must_use]
pub fn dezimal(wert: f64, stellen: usize) -> String {
    let text = format!("{:.stellen$}", wert.abs());
    let (ganz, bruch) = text.split_once('.').unwrap_or((&text, ""));
    let mut gruppiert = String::new();
    for (i, ziffer) in ganz.chars().enumerate() {
        if i > 0 && (ganz.len() - i).is_multiple_of(3) {
            gruppiert.push('.');
        }
        gruppiert.push(ziffer);
    }
    // "-0,00" would be a rounding artefact shown to a reader.
    let null = text.chars().all(|c| matches!(c, '0' | '.'));
    let vorzeichen = if wert < 0.0 && !null { "−" } else { "" };
    if bruch.is_empty() {
        format!("{vorzeichen}{gruppiert}")
    } else {
        format!("{vorzeichen}{gruppiert},{bruch}")
    }
}

/// Hectares of an area in m².
#[must_use]
pub fn hektar(m2: f64, stellen: usize) -> String {
    dezimal(m2 / 10_000.0, stellen)
}

/// Percent of a share 0..1, one decimal.
#[must_use]
pub fn prozent(anteil: f64) -> String {
    dezimal(anteil * 100.0, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_form() {
        assert_eq!(dezimal(1_234_567.891, 2), "1.234.567,89");
        assert_eq!(dezimal(-0.001, 2), "0,00");
        assert_eq!(dezimal(-12.5, 1), "−12,5");
        assert_eq!(hektar(45_347_719.0, 4), "4.534,7719");
        assert_eq!(prozent(0.1234), "12,3");
    }
}
