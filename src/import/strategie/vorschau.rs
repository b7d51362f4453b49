//! What an import changes, row by row: the answer of `--probe`.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::lesen::Satz;
use super::spalten::{Tabellenart, Typ};
use super::verzeichnis::Verzeichnis;

/// Lines shown at most; the rest is counted.
const GRENZE: usize = 500;

/// One changed row.
#[derive(Debug, Clone)]
pub struct Aenderung {
    art: &'static Tabellenart,
    wo: String,
    kennung: String,
    was: Was,
}

#[derive(Debug, Clone)]
enum Was {
    Neu,
    /// Column → old and new.
    Geaendert(Map<String, Value>),
    /// The set of an owner now has so many rows.
    Menge(usize),
    Geloescht,
}

impl Aenderung {
    fn an(art: &'static Tabellenart, satz: &Satz, was: Was) -> Self {
        Self {
            art,
            wo: satz.stelle.to_string(),
            kennung: satz.kennung.clone(),
            was,
        }
    }
    pub(super) fn neu(art: &'static Tabellenart, satz: &Satz) -> Self {
        Self::an(art, satz, Was::Neu)
    }
    pub(super) fn geaendert(
        art: &'static Tabellenart,
        satz: &Satz,
        felder: Map<String, Value>,
    ) -> Self {
        Self::an(art, satz, Was::Geaendert(felder))
    }
    pub(super) fn menge(art: &'static Tabellenart, satz: &Satz, zeilen: usize) -> Self {
        Self::an(art, satz, Was::Menge(zeilen))
    }
    pub(super) fn geloescht(art: &'static Tabellenart, werte: &Map<String, Value>) -> Self {
        Self {
            art,
            wo: "--ersetze".to_owned(),
            kennung: werte
                .get("kennung")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            was: Was::Geloescht,
        }
    }
}

/// Every change in one line: where, what, old → new.
#[must_use]
pub fn text(aenderungen: &[Aenderung], verzeichnis: &Verzeichnis) -> String {
    let mut text = String::new();
    for aenderung in aenderungen.iter().take(GRENZE) {
        let _ = write!(
            text,
            "  {}: {} „{}“",
            aenderung.wo, aenderung.art.blatt, aenderung.kennung
        );
        let _ = match &aenderung.was {
            Was::Neu => writeln!(text, " neu"),
            Was::Menge(zeilen) => writeln!(text, " neu gesetzt ({zeilen} Einträge)"),
            Was::Geloescht => writeln!(text, " gelöscht"),
            Was::Geaendert(felder) => {
                let teile: Vec<String> = felder
                    .iter()
                    .map(|(feld, paar)| {
                        let titel = aenderung.art.feld(feld).map_or(feld.as_str(), |s| s.titel);
                        let wert = |n: usize| anzeige(aenderung.art, feld, &paar[n], verzeichnis);
                        format!("{titel}: {} → {}", wert(0), wert(1))
                    })
                    .collect();
                writeln!(text, " {}", teile.join("; "))
            }
        };
    }
    if aenderungen.len() > GRENZE {
        let _ = writeln!(text, "  … und {} weitere.", aenderungen.len() - GRENZE);
    }
    text
}

fn anzeige(art: &Tabellenart, feld: &str, wert: &Value, verzeichnis: &Verzeichnis) -> String {
    let roh = match wert {
        Value::Null => return "(leer)".to_owned(),
        Value::Bool(true) => "ja".to_owned(),
        Value::Bool(false) => "nein".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(_) => return "(Geometrie)".to_owned(),
        andere => andere.to_string(),
    };
    let typ = art.feld(feld).map(|spalte| spalte.typ);
    let text = match typ {
        Some(Typ::Verweis(ziel)) => {
            let kennungen: HashMap<&str, &str> = verzeichnis.kennungen_nach_id(ziel);
            kennungen
                .get(roh.as_str())
                .map_or(roh.clone(), |k| (*k).to_owned())
        }
        Some(Typ::Betrag) => roh.parse::<f64>().map_or(roh.clone(), |ct| {
            format!("{:.2} €", ct / 100.0).replace('.', ",")
        }),
        _ => roh,
    };
    let mut kurz: String = text.chars().take(80).collect();
    if kurz.len() < text.len() {
        kurz.push('…');
    }
    format!("„{kurz}“")
}
