//! What an export could not write as it stands in the database, counted: it goes into the
//! file itself, so that whoever receives it knows, and to the person who asked for it.
//!
//! What the database does not hold of an original in the first place stands in
//! `docs/xplangml-export.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

/// Kinds of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Art {
    /// The class has another name in this version, or none.
    Klasse,
    /// A code has another number in this version.
    Code,
    /// The class has no such attribute in this version.
    Merkmal,
    /// The version allows one value where there are several.
    Mehrfach,
    /// Which detail belongs to which of several codes is not known.
    Zuordnung,
    /// The schema demands a value nobody has given.
    Pflicht,
    /// No gml:id of its own, or not the only one.
    Kennung,
}

impl Art {
    fn titel(self) -> &'static str {
        match self {
            Self::Klasse => "Objektart ersetzt",
            Self::Code => "Code ersetzt",
            Self::Merkmal => "In dieser Version nicht darstellbar und weggelassen",
            Self::Mehrfach => "Nur der erste Wert geschrieben",
            Self::Zuordnung => "Zuordnung zum Code nicht bekannt, beim ersten eingetragen",
            Self::Pflicht => "Pflichtangabe ergänzt",
            Self::Kennung => "gml:id neu vergeben",
        }
    }
    /// Something of the plan is missing from the file, or may stand in the wrong place.
    #[must_use]
    pub fn ist_verlust(self) -> bool {
        matches!(self, Self::Merkmal | Self::Mehrfach | Self::Zuordnung)
    }
}

/// Different notes kept; more are counted together.
const HOECHSTENS: usize = 500;

/// What was written, and what was noted.
#[derive(Debug, Default, Serialize)]
pub struct Bericht {
    /// Objects by class.
    pub klassen: BTreeMap<String, u64>,
    /// Notes and how often.
    hinweise: BTreeMap<Art, BTreeMap<String, u64>>,
    weitere: u64,
}

impl Bericht {
    /// Counts an object.
    pub(in crate::export) fn zaehle(&mut self, klasse: &str) {
        match self.klassen.get_mut(klasse) {
            Some(zahl) => *zahl += 1,
            None => {
                self.klassen.insert(klasse.to_owned(), 1);
            }
        }
    }

    /// Notes something.
    pub(in crate::export) fn melde(&mut self, art: Art, was: String) {
        let liste = self.hinweise.entry(art).or_default();
        if liste.len() < HOECHSTENS || liste.contains_key(&was) {
            *liste.entry(was).or_default() += 1;
        } else {
            self.weitere += 1;
        }
    }

    /// Objects written.
    #[must_use]
    pub fn objekte(&self) -> u64 {
        self.klassen.values().sum()
    }

    /// Nothing was noted.
    #[must_use]
    pub fn ist_leer(&self) -> bool {
        self.hinweise.is_empty()
    }

    /// How often something of the plan is missing from the file, or may stand in the wrong place.
    #[must_use]
    pub fn verluste(&self) -> u64 {
        self.hinweise
            .iter()
            .filter(|(art, _)| art.ist_verlust())
            .flat_map(|(_, liste)| liste.values())
            .sum::<u64>()
            + self.weitere
    }

    /// German text, a line for each note.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "{} Objekte geschrieben.", self.objekte());
        for (art, liste) in &self.hinweise {
            let _ = writeln!(text, "{}:", art.titel());
            for (was, zahl) in liste {
                let _ = writeln!(text, "  {zahl}× {was}");
            }
        }
        if self.weitere > 0 {
            let _ = writeln!(text, "{} weitere Hinweise.", self.weitere);
        }
        text
    }
}
