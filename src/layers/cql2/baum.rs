//! The syntax tree both encodings give: literals, properties and calls.
//!
//! An operator is a call like any other, as CQL2 JSON has it, so that text and JSON meet in
//! one tree. What the names and types mean is found out later, in [`super::pruefung`].

use chrono::{DateTime, NaiveDate, Utc};
use geo_types::Geometry;

/// Where something stands in the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stelle {
    /// Character of the text, counted from 1.
    Zeichen(usize),
    /// JSON Pointer.
    Zeiger(String),
}

/// One node of the tree. Two nodes are equal when they mean the same, wherever they stand.
#[derive(Debug, Clone)]
pub struct Ausdruck {
    /// What it is.
    pub art: Art,
    /// Where it stands.
    pub stelle: Stelle,
}

impl PartialEq for Ausdruck {
    fn eq(&self, andere: &Self) -> bool {
        self.art == andere.art
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Art {
    /// Character literal.
    Text(String),
    /// Numeric literal without fraction.
    Ganz(i64),
    /// Any other numeric literal; finite.
    Zahl(f64),
    /// `TRUE`, `FALSE`.
    Wahr(bool),
    /// `DATE('…')`.
    Datum(NaiveDate),
    /// `TIMESTAMP('…')`.
    Zeitpunkt(DateTime<Utc>),
    /// `'..'` in an interval.
    Offen,
    /// `INTERVAL(…, …)`.
    Intervall(Box<[Ausdruck; 2]>),
    /// Geometry literal, in the axis order it was written in.
    Geometrie(Geometry<f64>),
    /// `BBOX(…)`: 4 or 6 numbers.
    Kasten(Vec<f64>),
    /// A property by name.
    Eigenschaft(String),
    /// A list of an `IN` or an array function.
    Liste(Vec<Ausdruck>),
    /// An operator or function with its arguments.
    Aufruf(Op, Vec<Ausdruck>),
}

/// Operators and functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// `AND`, `OR`, `NOT` and comparisons.
    Logik(Logik),
    /// `+`, `-`, `*`, `/`, `%`, `div`, `^`.
    Rechnung(Rechnung),
    /// `S_…`.
    Raum(Raum),
    /// `T_…`.
    Zeit(Zeit),
    /// `A_…`.
    Feld(Feld),
    /// A function, by its name in lower case; `casei` and `accenti` too.
    Funktion(String),
}

/// One list for an enum, its names in JSON and the way back.
macro_rules! namen {
    ($(#[$doc:meta])* $typ:ident { $($(#[$zeile:meta])* $variante:ident $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $typ { $($(#[$zeile])* $variante),* }
        impl $typ {
            /// Every one of them.
            pub const ALLE: &'static [Self] = &[$(Self::$variante),*];
            /// The name in CQL2 JSON.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variante => $name),* }
            }
            /// By its name in CQL2 JSON.
            #[must_use]
            pub fn zu_name(name: &str) -> Option<Self> {
                Self::ALLE.iter().copied().find(|op| op.name() == name)
            }
            /// By its name in upper or lower case.
            #[must_use]
            pub fn in_jeder_schreibung(name: &str) -> Option<Self> {
                let mut alle = Self::ALLE.iter().copied();
                alle.find(|op| op.name().eq_ignore_ascii_case(name))
            }
        }
    };
}

namen! {
    /// Operators whose result is true, false or unknown.
    Logik {
        /// All are true.
        Und "and",
        /// One is true.
        Oder "or",
        /// It is false.
        Nicht "not",
        /// Equal.
        Gleich "=",
        /// Not equal.
        Ungleich "<>",
        /// Less.
        Kleiner "<",
        /// Greater.
        Groesser ">",
        /// Less or equal.
        KleinerGleich "<=",
        /// Greater or equal.
        GroesserGleich ">=",
        /// Fits a pattern.
        Wie "like",
        /// From … to, both included.
        Zwischen "between",
        /// Equals one of a list.
        In "in",
        /// Has no value.
        IstNull "isNull",
    }
}

namen! {
    /// Arithmetic.
    Rechnung {
        /// Sum.
        Plus "+",
        /// Difference.
        Minus "-",
        /// Product.
        Mal "*",
        /// Quotient; by zero it has no value.
        Geteilt "/",
        /// Remainder, with the sign of the dividend.
        Rest "%",
        /// Whole quotient, towards zero.
        Div "div",
        /// Power.
        Hoch "^",
    }
}

namen! {
    /// Spatial relations by OGC Simple Features.
    Raum {
        /// A point in common.
        Schneidet "s_intersects",
        /// The same point set.
        Gleich "s_equals",
        /// No point in common.
        Getrennt "s_disjoint",
        /// Only boundaries in common.
        Beruehrt "s_touches",
        /// Lies inside.
        Innerhalb "s_within",
        /// Overlaps, same dimension.
        Ueberlappt "s_overlaps",
        /// Crosses.
        Kreuzt "s_crosses",
        /// Holds the other.
        Enthaelt "s_contains",
    }
}

namen! {
    /// Temporal relations by Allen.
    Zeit {
        /// Later.
        Nach "t_after",
        /// Earlier.
        Vor "t_before",
        /// Begins before and ends after.
        Enthaelt "t_contains",
        /// Nothing in common.
        Getrennt "t_disjoint",
        /// Begins after and ends before.
        Waehrend "t_during",
        /// Same beginning and end.
        Gleich "t_equals",
        /// Begins before, same end.
        BeendetVon "t_finishedBy",
        /// Begins after, same end.
        Beendet "t_finishes",
        /// Something in common.
        Schneidet "t_intersects",
        /// Ends where the other begins.
        Trifft "t_meets",
        /// Begins where the other ends.
        GetroffenVon "t_metBy",
        /// Begins inside the other and ends after it.
        UeberlapptVon "t_overlappedBy",
        /// Begins before the other and ends inside it.
        Ueberlappt "t_overlaps",
        /// Same beginning, ends after.
        BegonnenVon "t_startedBy",
        /// Same beginning, ends before.
        Beginnt "t_starts",
    }
}

namen! {
    /// Relations of arrays, taken as sets.
    Feld {
        /// Within the other.
        IstEnthalten "a_containedBy",
        /// Holds all of the other.
        Enthaelt "a_contains",
        /// The same elements.
        Gleich "a_equals",
        /// An element in common.
        Ueberlappt "a_overlaps",
    }
}

impl Op {
    /// The name in CQL2 JSON.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Logik(op) => op.name(),
            Self::Rechnung(op) => op.name(),
            Self::Raum(op) => op.name(),
            Self::Zeit(op) => op.name(),
            Self::Feld(op) => op.name(),
            Self::Funktion(name) => name,
        }
    }

    /// By its name in CQL2 JSON; what is no operator is a function, known or not.
    #[must_use]
    pub fn zu_name(name: &str) -> Self {
        if let Some(op) = Logik::zu_name(name) {
            Self::Logik(op)
        } else if let Some(op) = Rechnung::zu_name(name) {
            Self::Rechnung(op)
        } else {
            Self::funktion(name)
        }
    }

    /// A call by the name before its bracket, in any case.
    #[must_use]
    pub fn funktion(name: &str) -> Self {
        Raum::in_jeder_schreibung(name)
            .map(Self::Raum)
            .or_else(|| Zeit::in_jeder_schreibung(name).map(Self::Zeit))
            .or_else(|| Feld::in_jeder_schreibung(name).map(Self::Feld))
            .unwrap_or_else(|| Self::Funktion(name.to_lowercase()))
    }
}

impl Ausdruck {
    /// A call; `AND` inside `AND` (and `OR` inside `OR`) becomes one.
    #[must_use]
    pub fn aufruf(op: Op, argumente: Vec<Self>, stelle: Stelle) -> Self {
        let flach = matches!(op, Op::Logik(Logik::Und | Logik::Oder));
        let mut alle = Vec::with_capacity(argumente.len());
        for argument in argumente {
            match argument.art {
                Art::Aufruf(innen, teile) if flach && innen == op => alle.extend(teile),
                _ => alle.push(argument),
            }
        }
        Self {
            art: Art::Aufruf(op, alle),
            stelle,
        }
    }
}
