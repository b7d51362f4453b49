//! The protocol of an import: as JSON (a contract others script against), in German on the
//! terminal ([`text`]), in the database ([`ablage`]), and its proof ([`summen`]).

pub mod ablage;
pub mod summen;
pub mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use super::fnp::abgleich::vergleich::Vergleich;
use super::xplangml::Klassenzaehlung;
use crate::fnp::bilanz::Pruefung;
use crate::fnp::objekt::Befund;
use summen::Summen;

/// Version of the JSON: 2 added `arten`, `summen` and `vergleich`; fields are only ever added.
pub const VERSION: u8 = 2;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ergebnis {
    /// Stored.
    Uebernommen,
    /// Read and checked only (`--probe`).
    Geprueft,
    /// Refused; nothing was stored.
    Abgelehnt,
}

/// Protocol of one file.
#[derive(Debug, Clone, Serialize)]
pub struct Protokoll {
    /// [`VERSION`].
    pub protokoll: u8,
    /// File name.
    pub datei: String,
    /// `XPlanGML`.
    pub format: String,
    /// `5.1` …
    pub version: Option<String>,
    /// Kennung of the plan.
    pub plan: Option<String>,
    /// State of the version (`wirksam`, `entwurf`, `frueher`); None where it was refused before that was known.
    pub stand: Option<&'static str>,
    /// Whether the public sees the version after the import.
    pub oeffentlich: Option<bool>,
    /// Outcome.
    pub ergebnis: Ergebnis,
    /// What was read per class.
    pub klassen: Vec<Klassenzaehlung>,
    /// Findings.
    pub befunde: Vec<Befund>,
    /// German title and advice of every code among the findings.
    pub arten: BTreeMap<String, Befundart>,
    /// Check rows of the balance.
    pub bilanz: Option<Pruefung>,
    /// Sums in = sums out; None where nothing was loaded.
    pub summen: Option<Summen>,
    /// Beside the delivery before; None for the first of a plan.
    pub vergleich: Option<Vergleich>,
}

/// What a code means; a row of `fnp.befund_art`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Befundart {
    /// Title.
    pub titel: String,
    /// What to do.
    pub rat: String,
}

impl Protokoll {
    /// Of a file about to be read: refused until something better is known.
    #[must_use]
    pub fn neu(datei: String, plan: Option<String>) -> Self {
        Self {
            protokoll: VERSION,
            datei,
            format: "unbekannt".into(),
            version: None,
            plan,
            stand: None,
            oeffentlich: None,
            ergebnis: Ergebnis::Abgelehnt,
            klassen: Vec::new(),
            befunde: Vec::new(),
            arten: BTreeMap::new(),
            bilanz: None,
            summen: None,
            vergleich: None,
        }
    }
}
