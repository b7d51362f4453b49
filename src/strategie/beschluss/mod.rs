//! Decisions with the fields of `OParl`; those taken in private are never published.

pub mod blatt;
pub mod store;

use chrono::NaiveDate;
use serde::Serialize;

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Beschluss {
    /// Kennung, part of its address.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// Body that decided.
    pub gremium: String,
    /// Day.
    pub datum: NaiveDate,
    /// Number of the paper.
    pub drucksache: Option<String>,
    /// Item of the agenda.
    pub top: Option<String>,
    /// angenommen, `geaendert_angenommen`, abgelehnt, vertagt, `zur_kenntnis`.
    pub ergebnis: String,
    /// Where to read it.
    pub url: Option<String>,
    /// What it is about.
    pub gegenstaende: i64,
}

/// Result in words, with a sign.
#[must_use]
pub fn ergebnis(schluessel: &str) -> &str {
    match schluessel {
        "angenommen" => "✔ angenommen",
        "geaendert_angenommen" => "✔ geändert angenommen",
        "abgelehnt" => "✖ abgelehnt",
        "vertagt" => "⏸ vertagt",
        "zur_kenntnis" => "○ zur Kenntnis genommen",
        anderes => anderes,
    }
}
