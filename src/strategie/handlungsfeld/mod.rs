//! Handlungsfelder with their goals, and the Strategie they belong to: Fassung, Leitlinien.

pub mod routes;
pub mod store;

use chrono::NaiveDate;
use serde::Serialize;

use super::massnahme::{Benannt, Code};
use super::ziel::{ZielKurz, ZielStand};

/// How many goals or measures show one traffic light.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Ampelzahl {
    /// The traffic light.
    pub ampel: Code,
    /// How many.
    pub zahl: i64,
}

/// A field of action.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HandlungsfeldKurz {
    /// Kennung.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// One sentence.
    pub kurztext: Option<String>,
    /// `#RRGGBB`.
    pub farbe: String,
    /// One character.
    pub symbol: Option<String>,
    /// Who stands for it.
    pub patenschaft: Option<Benannt>,
    /// Goals.
    pub ziele: i64,
    /// Measures that further one of its goals.
    pub massnahmen: i64,
    /// Traffic lights of these measures; each measure once.
    pub ampeln: Vec<Ampelzahl>,
}

/// A guideline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leitlinie {
    /// Kennung.
    pub kennung: String,
    /// Title.
    pub titel: String,
    /// Wording.
    pub text: Option<String>,
}

/// A version of a strategy with its guidelines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fassung {
    /// Kennung of the version.
    pub kennung: String,
    /// Title of the strategy.
    pub strategie: String,
    /// Title of the version.
    pub titel: String,
    /// Its state.
    pub zustand: Code,
    /// Year it looks ahead to.
    pub zeithorizont: Option<i32>,
    /// In force from.
    pub gueltig_von: Option<NaiveDate>,
    /// In force until, exclusive.
    pub gueltig_bis: Option<NaiveDate>,
    /// Guidelines by rank.
    pub leitlinien: Vec<Leitlinie>,
}

/// A goal of the tree with where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Baumziel {
    /// The goal.
    #[serde(flatten)]
    pub ziel: ZielKurz,
    /// Where it stands.
    pub stand: ZielStand,
}
