//! CQL2 (OGC 21-065r2): filters as text and as JSON.
//!
//! Reading order: [`baum`] (the tree both encodings give) ← `lexer`, `parser`, `wkt`
//! (text) and [`json`]; [`schreiben`] (back again); [`pruefung`] (names and types against the
//! columns of a layer, gives [`typ`]); [`sql`] (the condition, every value bound).
//!
//! Rules that hold throughout:
//! * One budget for both encodings, [`Grenzen`], looked at before recursion can hurt.
//! * What is published as `null` is unknown in a filter too: NaN, infinities, infinite dates,
//!   empty geometries. Unknown goes on by SQL's three-valued logic.
//! * A calculation without result (division by zero, power that does not exist) is unknown.
//! * A day compared with a moment is compared by day, in UTC.
//! * Text compares by code points; `casei` folds as Unicode does (Straße = STRASSE), `accenti`
//!   drops accents (Möller = Moller).
//! * Edges of literals are straight in `filter-crs` and get vertices before they are turned.
//!   Spatial relations of mixed collections look at the parts of the highest dimension
//!   (`S_INTERSECTS` and `S_DISJOINT`: at all).

pub mod baum;
pub mod funktionen;
pub mod json;
mod lexer;
mod parser;
#[cfg(test)]
mod proben;
pub mod pruefung;
mod raum;
pub mod schreiben;
pub mod sql;
pub mod typ;
mod wkt;
mod zeit;

use baum::{Art, Ausdruck, Op, Stelle};

use crate::error::{Error, Result as Ergebnis};

/// Conformance classes of CQL2.
pub const KONFORMITAET: &[&str] = &[
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    "http://www.opengis.net/spec/cql2/1.0/conf/functions",
    // QGIS 3.32 to 3.42 looks for the name this class had in the draft.
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-operators",
];

/// Only where a layer has array columns.
pub const KONFORMITAET_LISTEN: &str = "http://www.opengis.net/spec/cql2/1.0/conf/array-functions";

/// How a filter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sprache {
    /// `cql2-text`
    #[default]
    Text,
    /// `cql2-json`
    Json,
}

impl Sprache {
    /// Reads `filter-lang`.
    pub fn lies(name: &str) -> Ergebnis<Self> {
        match name {
            "cql2-text" => Ok(Self::Text),
            "cql2-json" => Ok(Self::Json),
            _ => Err(Error::parameter(
                "filter-lang",
                format!(
                    "Die Filtersprache „{name}“ gibt es hier nicht. Möglich sind: cql2-text, cql2-json."
                ),
            )),
        }
    }
}

/// Why a filter is refused: where, and a German sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fehler {
    /// Where it stands.
    pub stelle: Stelle,
    /// What is wrong and what was expected.
    pub text: String,
}

impl Fehler {
    /// A fault at a place.
    pub(super) fn neu(stelle: &Stelle, text: impl Into<String>) -> Self {
        Self {
            stelle: stelle.clone(),
            text: text.into(),
        }
    }
}

impl From<Fehler> for Error {
    fn from(fehler: Fehler) -> Self {
        let wo = match &fehler.stelle {
            Stelle::Zeichen(n) => format!("Zeichen {n}"),
            Stelle::Zeiger(pfad) if pfad.is_empty() => "ganz oben".to_owned(),
            Stelle::Zeiger(pfad) => pfad.clone(),
        };
        Self::parameter("filter", format!("Im Filter ({wo}): {}", fehler.text))
    }
}

/// The budget of a filter, the same for both encodings.
#[derive(Debug)]
pub struct Grenzen;

impl Grenzen {
    /// Bytes of the filter as written.
    pub const BYTES: usize = 8192;
    /// Calls inside one another.
    pub const TIEFE: usize = 20;
    /// Brackets and prefixes inside one another while reading; idle brackets are no calls.
    pub const KLAMMERN: usize = 40;
    /// Nodes of the tree; literals of a list are none.
    pub const KNOTEN: usize = 100;
    /// Elements of a list.
    pub const LISTE: usize = 200;
    /// Vertices of all geometries.
    pub const PUNKTE: usize = 1000;
    /// Characters of a pattern.
    pub const MUSTER: usize = 100;
    /// `%` of a pattern.
    pub const PLATZHALTER: usize = 4;

    fn laenge(text: &str) -> Result<(), Fehler> {
        if text.len() > Self::BYTES {
            return Err(Fehler::neu(
                &Stelle::Zeichen(1),
                format!(
                    "Der Filter ist {} Bytes lang; erlaubt sind {}. Teilen Sie ihn auf, oder nehmen Sie bbox statt einer langen Geometrie.",
                    text.len(),
                    Self::BYTES
                ),
            ));
        }
        Ok(())
    }

    /// Refused when brackets are too deep to read on.
    fn klammern(tiefe: usize, stelle: &Stelle) -> Result<(), Fehler> {
        if tiefe > Self::KLAMMERN {
            return Err(Fehler::neu(
                stelle,
                format!(
                    "Der Filter ist mehr als {}-fach geschachtelt.",
                    Self::KLAMMERN
                ),
            ));
        }
        Ok(())
    }

    fn pruefe(baum: &Ausdruck) -> Result<(), Fehler> {
        let mut zaehler = Zaehler::default();
        zaehler.zaehle(baum, 1)
    }
}

#[derive(Default)]
struct Zaehler {
    knoten: usize,
    punkte: usize,
}

impl Zaehler {
    fn zaehle(&mut self, ausdruck: &Ausdruck, tiefe: usize) -> Result<(), Fehler> {
        let zu_viel = |grenze: usize, was: &str| {
            let text = format!("Der Filter ist zu umfangreich: mehr als {grenze} {was}.");
            Err(Fehler::neu(&ausdruck.stelle, text))
        };
        self.knoten += 1;
        if self.knoten > Grenzen::KNOTEN {
            return zu_viel(Grenzen::KNOTEN, "Teilausdrücke");
        }
        match &ausdruck.art {
            Art::Aufruf(op, argumente) => {
                if tiefe > Grenzen::TIEFE {
                    return zu_viel(Grenzen::TIEFE, "Ebenen ineinander");
                }
                let grenze = match op {
                    Op::Funktion(_) | Op::Feld(_) => Grenzen::LISTE,
                    _ => Grenzen::KNOTEN,
                };
                if argumente.len() > grenze {
                    return zu_viel(grenze, "Teilausdrücke");
                }
                for argument in argumente {
                    self.zaehle(argument, tiefe + 1)?;
                }
            }
            Art::Intervall(enden) => {
                for ende in enden.iter() {
                    self.zaehle(ende, tiefe + 1)?;
                }
            }
            Art::Liste(werte) => {
                if werte.len() > Grenzen::LISTE {
                    return zu_viel(Grenzen::LISTE, "Werte in einer Liste");
                }
                let rechnet = |w: &&Ausdruck| {
                    matches!(w.art, Art::Aufruf(..) | Art::Liste(_) | Art::Intervall(_))
                };
                for wert in werte.iter().filter(rechnet) {
                    if tiefe > Grenzen::TIEFE {
                        return zu_viel(Grenzen::TIEFE, "Ebenen ineinander");
                    }
                    self.zaehle(wert, tiefe + 1)?;
                }
            }
            Art::Geometrie(geometrie) => {
                use geo::CoordsIter as _;
                self.punkte += geometrie.coords_count();
                if self.punkte > Grenzen::PUNKTE {
                    return zu_viel(Grenzen::PUNKTE, "Stützpunkte");
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Reads a filter.
///
/// # Errors
/// [`Error::Aufruf`] naming `filter`, the place, and what was expected.
pub fn lies(text: &str, sprache: Sprache) -> Ergebnis<Ausdruck> {
    let baum = match sprache {
        Sprache::Text => parser::lies(text)?,
        Sprache::Json => json::lies(text)?,
    };
    Grenzen::pruefe(&baum)?;
    Ok(baum)
}
