//! Dates and moments as filters write them.

use chrono::{DateTime, NaiveDate, Utc};

use super::Fehler;
use super::baum::{Art, Ausdruck, Stelle};
use crate::layers::datetime;

/// `2025-01-31`
pub(super) fn datum(text: &str, stelle: &Stelle) -> Result<NaiveDate, Fehler> {
    lies_datum(text).ok_or_else(|| {
        Fehler::neu(
            stelle,
            format!("„{text}“ ist kein Datum. Erwartet wird ein Tag wie 2025-01-31."),
        )
    })
}

/// `2025-01-31T12:00:00Z`
pub(super) fn zeitpunkt(text: &str, stelle: &Stelle) -> Result<DateTime<Utc>, Fehler> {
    datetime::zeitpunkt(text).ok_or_else(|| {
        Fehler::neu(
            stelle,
            format!(
                "„{text}“ ist kein Zeitpunkt. Erwartet wird ein Wert wie 2025-01-31T12:00:00Z."
            ),
        )
    })
}

pub(super) fn lies_datum(text: &str) -> Option<NaiveDate> {
    // chrono takes 2025-1-1 and +12025-01-01 too.
    let form = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    form.then(|| text.parse().ok()).flatten()
}

/// An end of an interval written as text: a day, a moment, or open.
pub(super) fn ende(text: &str, stelle: &Stelle) -> Result<Ausdruck, Fehler> {
    let art = if matches!(text, ".." | "") {
        Art::Offen
    } else if let Some(tag) = lies_datum(text) {
        Art::Datum(tag)
    } else if let Some(moment) = datetime::zeitpunkt(text) {
        Art::Zeitpunkt(moment)
    } else {
        return Err(Fehler::neu(
            stelle,
            format!(
                "„{text}“ ist kein Ende eines Zeitraums. Möglich sind ein Tag (2025-01-31), ein Zeitpunkt (2025-01-31T12:00:00Z) und „..“ für ein offenes Ende."
            ),
        ));
    };
    Ok(Ausdruck {
        art,
        stelle: stelle.clone(),
    })
}
