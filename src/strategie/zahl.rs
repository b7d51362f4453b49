//! Figures of the strategy as people read them.

use chrono::NaiveDate;

pub use crate::fnp::zahl::{dezimal, hektar, prozent};

/// What stands where there is no value.
pub const LEER: &str = "–";

/// `1.500.000 €`; cents only where there are some.
#[must_use]
pub fn euro(ct: i64) -> String {
    let stellen = if ct % 100 == 0 { 0 } else { 2 };
    format!("{} €", dezimal(ct as f64 / 100.0, stellen))
}

/// An amount, or a dash.
#[must_use]
pub fn euro_oder(ct: Option<i64>) -> String {
    ct.map_or_else(|| LEER.to_owned(), euro)
}

/// `31.12.2024`.
#[must_use]
pub fn tag(tag: NaiveDate) -> String {
    tag.format("%d.%m.%Y").to_string()
}

/// A day, or a dash.
#[must_use]
pub fn tag_oder(wert: Option<NaiveDate>) -> String {
    wert.map_or_else(|| LEER.to_owned(), tag)
}

/// A value with its decimals, or a dash.
#[must_use]
pub fn wert_oder(wert: Option<f64>, stellen: i16) -> String {
    wert.map_or_else(
        || LEER.to_owned(),
        |wert| dezimal(wert, usize::try_from(stellen).unwrap_or(0)),
    )
}

/// Percent of a share, or a dash.
#[must_use]
pub fn prozent_oder(anteil: Option<f64>) -> String {
    anteil.map_or_else(|| LEER.to_owned(), |a| format!("{} %", prozent(a)))
}

/// A deviation with its sign: `−12,0 %`, `+3,5 %`.
#[must_use]
pub fn abweichung(anteil: Option<f64>) -> String {
    match anteil {
        Some(a) if a > 0.0 => format!("+{} %", prozent(a)),
        andere => prozent_oder(andere),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_form() {
        assert_eq!(euro(150_000_000), "1.500.000 €");
        assert_eq!(euro(-1_050), "−10,50 €");
        assert_eq!(abweichung(Some(0.034)), "+3,4 %");
        assert_eq!(abweichung(Some(-0.125)), "−12,5 %");
        assert_eq!(abweichung(None), "–");
        assert_eq!(
            tag(NaiveDate::from_ymd_opt(2024, 1, 2).unwrap()),
            "02.01.2024"
        );
    }
}
