//! The SDG view: goals, measures, indicators and money per sustainable development goal.

pub mod blatt;
pub mod store;

use serde::Serialize;

use super::geld::Summe;

/// One sustainable development goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sdg {
    /// 1 to 17.
    pub nummer: i32,
    /// Title.
    pub titel: String,
    /// `#RRGGBB`.
    pub farbe: String,
    /// Goals.
    pub ziele: i64,
    /// Measures: linked themselves, or furthering a linked goal; each once.
    pub massnahmen: i64,
    /// Indicators.
    pub kennzahlen: i64,
    /// Money of these measures. A measure can serve several SDG: the sums do not add up to that of the town.
    pub geld: Summe,
}
