//! Trends that strengthen or hamper goals and measures, with the figures behind them.

pub mod blatt;
pub mod store;

use serde::Serialize;

/// A trend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trend {
    /// Kennung, part of its address.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// What the town makes of it.
    pub einschaetzung: Option<String>,
    /// Source.
    pub quelle: Option<String>,
    /// Figures behind it: keine, einwohner, altersgruppen, kennzahl.
    pub zahlen: String,
    /// Kennung of the indicator behind it.
    pub kennzahl: Option<String>,
    /// Goals and measures it strengthens.
    pub verstaerkt: i64,
    /// Goals and measures it hampers.
    pub erschwert: i64,
}
