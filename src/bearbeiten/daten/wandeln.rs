//! A row as JSON and back: names for uuids, euros for cents, sentences of the import.

use serde_json::{Map, Value, json};

use super::regeln::spalten;
use crate::http::problem::{self, Problem};
use crate::import::strategie::spalten::{Spalte, Tabellenart, Typ};
use crate::import::strategie::verzeichnis::Verzeichnis;
use crate::import::strategie::zelle;
use crate::import::table::{Feld, Feldart};
use crate::layers::relation::{meinten, naechster};

/// Members of the answer a client cannot set.
const ABGELEITET: [&str; 4] = ["id", "version", "seit", "veroeffentlichung"];

/// Where values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quelle {
    /// JSON: numbers are numbers.
    Json,
    /// A form of ours: everything is text, numbers are German.
    Formular,
}

/// The row as a client sees it.
#[must_use]
pub fn ausgabe(
    art: &'static Tabellenart,
    zeile: &Map<String, Value>,
    verzeichnis: &Verzeichnis,
) -> Map<String, Value> {
    let mut doc = Map::new();
    if art.mit_id && !zeile.contains_key("kennung") {
        doc.insert("id".into(), zeile.get("id").cloned().unwrap_or_default());
    }
    for spalte in spalten(art) {
        let wert = zeile.get(spalte.feld).cloned().unwrap_or_default();
        let wert = match (spalte.typ, &wert) {
            (_, Value::Null) => Value::Null,
            (Typ::Verweis(ziel), wert) => {
                let id = wert
                    .as_str()
                    .map_or_else(|| wert.to_string(), str::to_owned);
                verzeichnis
                    .kennungen_nach_id(ziel)
                    .get(id.as_str())
                    .map_or(Value::Null, |kennung| json!(kennung))
            }
            (Typ::Betrag, wert) => json!(wert.as_f64().unwrap_or_default() / 100.0),
            _ => wert,
        };
        doc.insert(spalte.name.to_owned(), wert);
    }
    for name in &ABGELEITET[1..] {
        if let Some(wert) = zeile.get(*name) {
            doc.insert((*name).to_owned(), wert.clone());
        }
    }
    doc
}

/// What a client changes, as columns. `jetzt` is the row as it was sent to the client; None:
/// it is new. With `ganz` what is not named is emptied.
pub fn eingabe(
    art: &'static Tabellenart,
    doc: &Map<String, Value>,
    jetzt: Option<&Map<String, Value>>,
    ganz: bool,
    quelle: Quelle,
    verzeichnis: &Verzeichnis,
) -> Result<Map<String, Value>, Problem> {
    let falsch = |name: &str, satz: String| {
        Err(problem::EINGABE
            .mit(format!("{name}: {satz}"))
            .stelle(format!("/{name}")))
    };
    let mut felder = Map::new();
    for (name, wert) in doc {
        let alt = jetzt.and_then(|jetzt| jetzt.get(name));
        if name == "warum" || (jetzt.is_some() && alt.unwrap_or(&Value::Null) == wert) {
            continue;
        }
        let Some(spalte) = spalten(art).find(|s| s.name == name) else {
            if ABGELEITET.contains(&name.as_str()) {
                if jetzt.is_none() && wert.is_null() {
                    continue;
                }
                return falsch(name, "Diesen Wert setzt der Dienst selbst; den Stand der Veröffentlichung ändert die Freigabe.".into());
            }
            let namen = spalten(art).map(|s| s.name);
            return falsch(
                name,
                format!(
                    "Das gibt es hier nicht.{} Die Felder nennt /daten.",
                    meinten(naechster(name, namen))
                ),
            );
        };
        if jetzt.is_some() && spalte.typ == Typ::Kennung {
            return falsch(name, "Die Kennung ist unveränderlich.".into());
        }
        match lies(spalte, wert, quelle, verzeichnis) {
            Ok(wert) => felder.insert(spalte.feld.to_owned(), wert),
            Err(satz) => return falsch(name, satz),
        };
    }
    if ganz || jetzt.is_none() {
        for spalte in spalten(art).filter(|s| !doc.contains_key(s.name)) {
            if jetzt.is_some()
                && (spalte.typ == Typ::Kennung
                    || jetzt.is_some_and(|j| j.get(spalte.name).is_none_or(Value::is_null)))
            {
                continue;
            }
            match lies(spalte, &Value::Null, quelle, verzeichnis) {
                Ok(wert) => felder.insert(spalte.feld.to_owned(), wert),
                Err(satz) => return falsch(spalte.name, satz),
            };
        }
    }
    // A traffic light set by hand counts from then on; taken back, it is derived again.
    if let Some(ampel) = felder.get("ampel").cloned() {
        felder.insert("ampel_manuell".into(), json!(ampel != json!("unbekannt")));
    }
    Ok(felder)
}

fn lies(
    spalte: &Spalte,
    wert: &Value,
    quelle: Quelle,
    verzeichnis: &Verzeichnis,
) -> Result<Value, String> {
    let zahl = matches!(
        spalte.typ,
        Typ::Ganzzahl(..) | Typ::Zahl(..) | Typ::Betrag | Typ::Anteil
    );
    let ziffern = matches!(spalte.typ, Typ::Verweis("sdg"));
    let feld = match wert {
        Value::Null => Feld::default(),
        Value::String(text) if zahl && quelle == Quelle::Json && !text.trim().is_empty() => {
            return Err(format!(
                "Erwartet wird eine Zahl, nicht der Text „{}“.",
                text.chars().take(60).collect::<String>()
            ));
        }
        Value::String(text) => Feld {
            text: text.trim().to_owned(),
            art: Feldart::Text,
        },
        Value::Number(n) if zahl || ziffern => Feld {
            text: n.to_string(),
            art: if ziffern {
                Feldart::Text
            } else {
                Feldart::Zahl
            },
        },
        Value::Bool(wahr) if spalte.typ == Typ::Wahr => Feld {
            text: if *wahr { "ja" } else { "nein" }.to_owned(),
            art: Feldart::Text,
        },
        Value::Number(_) | Value::Bool(_) => {
            return Err(format!("Der Wert {wert} passt nicht zu diesem Feld."));
        }
        Value::Array(_) | Value::Object(_) => {
            return Err("Erwartet wird ein einzelner Wert.".into());
        }
    };
    if spalte.typ == Typ::Wahr
        && quelle == Quelle::Json
        && wert.is_string()
        && !feld.text.is_empty()
    {
        return Err("Erwartet wird true oder false.".into());
    }
    if feld.text.chars().count() > 20_000 {
        return Err("Der Text ist länger als 20.000 Zeichen.".into());
    }
    zelle::lies(spalte, &feld, verzeichnis)
}
