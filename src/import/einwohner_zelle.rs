//! Cells of a table of inhabitants: from the text an office wrote to the value.

use chrono::{Datelike, NaiveDate};

/// A day; a year alone is its last.
pub(super) fn tag(text: &str) -> Result<NaiveDate, String> {
    let nur_jahr = text
        .parse::<i32>()
        .ok()
        .filter(|_| text.len() == 4)
        .and_then(|jahr| NaiveDate::from_ymd_opt(jahr, 12, 31));
    nur_jahr
        .or_else(|| NaiveDate::parse_from_str(text, "%d.%m.%Y").ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .filter(|tag| (1800..=2200).contains(&tag.year()))
        .ok_or_else(|| {
            "Das ist kein Datum. Gebraucht wird 31.12.2025, 2025-12-31 oder das Jahr 2025 (gilt als 31.12.).".to_owned()
        })
}

/// `1310`, `1.310`, `1 310`, `1310,5`.
pub(super) fn zahl(text: &str) -> Result<f64, String> {
    let falsch = || {
        "Das ist keine Anzahl. Gebraucht wird eine Zahl ab 0, etwa 1310, 1.310 oder 1310,5."
            .to_owned()
    };
    let glatt: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (ganz, bruch) = glatt.split_once(',').unwrap_or((&glatt, ""));
    let gruppen: Vec<&str> = ganz.split('.').collect();
    let tausender = gruppen.len() > 1
        && (1..=3).contains(&gruppen[0].len())
        && gruppen[1..].iter().all(|gruppe| gruppe.len() == 3);
    // A point before one or two places is the decimal point of a program.
    let zahl = if gruppen.len() == 1 || tausender {
        format!("{}.{bruch}", ganz.replace('.', ""))
    } else if bruch.is_empty() && gruppen.len() == 2 {
        glatt.clone()
    } else {
        return Err(falsch());
    };
    let nur_ziffern = zahl.chars().all(|c| c.is_ascii_digit() || c == '.');
    zahl.parse::<f64>()
        .ok()
        .filter(|z| nur_ziffern && (0.0..1e8).contains(z))
        .ok_or_else(falsch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, soll) in [
            ("1310", 1310.0),
            ("1.310", 1310.0),
            ("1 310", 1310.0),
            ("12.345.678", 12_345_678.0),
            ("1310,5", 1310.5),
            ("1310.5", 1310.5),
            ("0", 0.0),
        ] {
            assert_eq!(zahl(text), Ok(soll), "{text}");
        }
        for falsch in ["", "-1", "1,2,3", "1.31.0", "1e3", "NaN", "999999999"] {
            assert!(zahl(falsch).is_err(), "{falsch}");
        }
    }
}
