//! The filter after its check: every name is a column, every operand has a type.

use chrono::{DateTime, NaiveDate, Utc};

use super::baum::{Feld, Logik, Raum, Rechnung, Zeit};
pub use super::raum::Literal;
use crate::layers::wert::Klasse;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typ {
    /// Text, codes, UUIDs.
    Text,
    /// Any number.
    Zahl,
    /// True or false.
    Wahrheit,
    /// A day.
    Datum,
    /// A moment.
    Zeitpunkt,
    /// A moment without time zone, taken as UTC.
    Ortszeit,
}

impl Typ {
    /// German, with its article.
    #[must_use]
    pub fn wort(self) -> &'static str {
        match self {
            Self::Text => "ein Text",
            Self::Zahl => "eine Zahl",
            Self::Wahrheit => "ein Wahrheitswert",
            Self::Datum => "ein Datum",
            Self::Zeitpunkt | Self::Ortszeit => "ein Zeitpunkt",
        }
    }

    /// A day or a moment.
    #[must_use]
    pub fn ist_zeit(self) -> bool {
        matches!(self, Self::Datum | Self::Zeitpunkt | Self::Ortszeit)
    }

    /// Both can be compared.
    #[must_use]
    pub fn passt(self, anderer: Self) -> bool {
        self == anderer || self.ist_zeit() && anderer.ist_zeit()
    }

    /// Of a column; None: it has no single value.
    #[must_use]
    pub fn zu_klasse(klasse: Klasse) -> Option<Self> {
        Some(match klasse {
            Klasse::Ganzzahl | Klasse::Gleitkomma | Klasse::Dezimal | Klasse::Geld => Self::Zahl,
            Klasse::Wahrheit => Self::Wahrheit,
            Klasse::Datum => Self::Datum,
            Klasse::Zeitpunkt => Self::Zeitpunkt,
            Klasse::Ortszeit => Self::Ortszeit,
            Klasse::Uuid | Klasse::Text | Klasse::Anderes => Self::Text,
            Klasse::Json | Klasse::Feld | Klasse::Objekt => return None,
        })
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spalte {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub klasse: Klasse,
}

/// Text to text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faltung {
    /// Upper and lower case are the same.
    Gross,
    /// Accents do not count.
    Akzent,
    /// Lower case.
    Klein,
    /// Upper case.
    Versal,
}

/// Number to number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rundung {
    /// Without sign.
    Betrag,
    /// Next whole number below.
    Ab,
    /// Next whole number above.
    Auf,
    /// Nearest whole number, halves away from zero.
    Naechste,
}

/// Part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kalender {
    /// Year.
    Jahr,
    /// Month, 1 to 12.
    Monat,
    /// Day of the month.
    Tag,
}

/// Measure of the feature's geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mass {
    /// m²
    Flaeche,
    /// m
    Laenge,
}

/// A value with a type.
#[derive(Debug, Clone, PartialEq)]
pub enum Wert {
    /// Of a column.
    Spalte(Spalte),
    /// Character literal.
    Text(String),
    /// Whole number.
    Ganz(i64),
    /// Any other number.
    Zahl(f64),
    /// Day.
    Datum(NaiveDate),
    /// Moment.
    Zeitpunkt(DateTime<Utc>),
    /// Folded text.
    Falte(Faltung, Box<Wert>),
    /// Number of characters.
    Zeichenzahl(Box<Wert>),
    /// Rounded number.
    Rundung(Rundung, Box<Wert>),
    /// Part of a date.
    Kalender(Kalender, Box<Wert>),
    /// Measure of the geometry.
    Mass(Mass),
    /// Arithmetic.
    Rechnung(Rechnung, Box<Wert>, Box<Wert>),
    /// A condition as a value.
    Bedingung(Box<Bedingung>),
}

impl Wert {
    /// Its type.
    #[must_use]
    pub fn typ(&self) -> Typ {
        match self {
            Self::Spalte(s) => Typ::zu_klasse(s.klasse).unwrap_or(Typ::Text),
            Self::Text(_) | Self::Falte(..) => Typ::Text,
            Self::Datum(_) => Typ::Datum,
            Self::Zeitpunkt(_) => Typ::Zeitpunkt,
            Self::Ganz(_)
            | Self::Zahl(_)
            | Self::Zeichenzahl(_)
            | Self::Rundung(..)
            | Self::Kalender(..)
            | Self::Mass(_)
            | Self::Rechnung(..) => Typ::Zahl,
            Self::Bedingung(_) => Typ::Wahrheit,
        }
    }

    /// Written in the filter itself.
    #[must_use]
    pub fn ist_literal(&self) -> bool {
        matches!(
            self,
            Self::Text(_) | Self::Ganz(_) | Self::Zahl(_) | Self::Datum(_) | Self::Zeitpunkt(_)
        )
    }
}

/// The feature's geometry or a literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Ort {
    /// The geometry column.
    Spalte,
    /// A literal.
    Literal(Literal),
}

/// An end of an interval.
#[derive(Debug, Clone, PartialEq)]
pub enum Ende {
    /// Open.
    Offen,
    /// A day or moment.
    Wert(Wert),
}

/// An interval; an instant begins and ends with itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Zeitraum {
    /// Beginning.
    pub von: Ende,
    /// End.
    pub bis: Ende,
}

/// An array column or a literal, as JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Menge {
    /// The column.
    Spalte(String),
    /// JSON array.
    Literal(String),
}

/// One piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stueck {
    /// This character.
    Zeichen(char),
    /// `_`
    Eines,
    /// `%`
    Beliebig,
}

/// What is asked for its absence.
#[derive(Debug, Clone, PartialEq)]
pub enum Was {
    /// A value.
    Wert(Wert),
    /// The geometry.
    Geometrie,
    /// A column of any type.
    Spalte(String),
}

/// True, false or unknown.
#[derive(Debug, Clone, PartialEq)]
pub enum Bedingung {
    /// All.
    Und(Vec<Bedingung>),
    /// One.
    Oder(Vec<Bedingung>),
    /// Not.
    Nicht(Box<Bedingung>),
    /// Always.
    Fest(bool),
    /// A boolean column.
    Spalte(String),
    /// `=`, `<>`, `<`, `>`, `<=`, `>=` of two values that fit.
    Vergleich(Logik, Wert, Wert),
    /// `LIKE`: the value, the pattern, and how both are folded from inside out.
    Wie(Wert, Vec<Stueck>, Vec<Faltung>),
    /// `BETWEEN`
    Zwischen(Wert, Wert, Wert),
    /// `IN`
    In(Wert, Vec<Wert>),
    /// `IS NULL`
    Fehlt(Was),
    /// `S_…`
    Raum(Raum, Ort, Ort),
    /// `T_…`
    Zeit(Zeit, Zeitraum, Zeitraum),
    /// `A_…`
    Feld(Feld, Menge, Menge),
}
