//! `zielraum strategie export` and `/strategie.xlsx`: what is stored, in the sheets the
//! import reads. Read back unchanged it changes nothing.

use std::collections::HashMap;

use serde_json::{Map, Value};
use sqlx::PgConnection;

use super::katalog::TABELLEN;
use super::mappe::{Anleitung, Blatt, Wert, ZELLE_MAX};
use super::spalten::{Art, Spalte, Tabellenart, Typ, tabelle};
use super::verzeichnis::Verzeichnis;
use crate::error::Result;

/// The sheets of the world the connection sees, with what cells may refer to.
/// `mappe`: cells longer than a workbook allows are avoided.
pub async fn blaetter(conn: &mut PgConnection, mappe: bool) -> Result<(Vec<Blatt>, Verzeichnis)> {
    let verzeichnis = Verzeichnis::lade(&mut *conn).await?;
    let zeilen = sqlx::query_file!("src/import/strategie/zeilen.sql")
        .fetch_all(conn)
        .await?;
    let mut je_tabelle: HashMap<String, Vec<Map<String, Value>>> = HashMap::new();
    for zeile in zeilen {
        if let Value::Object(werte) = zeile.zeile {
            je_tabelle.entry(zeile.tabelle).or_default().push(werte);
        }
    }
    let leser = Leser {
        namen: verzeichnis_namen(&verzeichnis),
        verzeichnis: &verzeichnis,
        listen: listen(&je_tabelle),
    };
    let mut blaetter = Vec::new();
    for art in TABELLEN.iter().filter(|t| t.art != Art::Sdg) {
        let mut roh = je_tabelle.remove(art.tabelle).unwrap_or_default();
        if mappe && art.art == Art::Raumbezug {
            ohne_zu_lange(&mut roh);
        }
        let spalten: Vec<&'static Spalte> = art
            .spalten
            .iter()
            // What the public world does not have is no column there.
            .filter(|s| {
                !s.nur_eingabe
                    && (!s.gespeichert()
                        || s.typ == Typ::Veroeffentlichung
                        || roh.first().is_none_or(|z| z.contains_key(s.feld)))
            })
            .filter(|s| s.typ != Typ::Veroeffentlichung)
            .collect();
        let mut zeilen: Vec<Vec<Wert>> = roh
            .iter()
            .map(|zeile| {
                spalten
                    .iter()
                    .map(|spalte| leser.wert(art, spalte, zeile))
                    .collect()
            })
            .collect();
        zeilen.sort_by_key(|zeile| zeile.iter().take(6).map(sortierung).collect::<Vec<_>>());
        blaetter.push(Blatt {
            art,
            spalten,
            zeilen,
        });
    }
    Ok((blaetter, verzeichnis))
}

/// What stands on the first sheet.
#[must_use]
pub fn anleitung(oeffentlich: bool) -> Anleitung {
    let zeile = |a: &str| (a.to_owned(), String::new(), String::new());
    vec![
        zeile("Zielraum: Strategie"),
        zeile(if oeffentlich {
            "Veröffentlichter Stand."
        } else {
            "Arbeitsstand."
        }),
        zeile("Geändert einlesen: zielraum import strategie DATEI.xlsx (vorher ansehen: --probe)."),
        zeile(
            "Die Kennung ist der bleibende Name einer Zeile und wird nicht geändert. Gelöschte Zeilen bleiben gespeichert, außer mit --ersetze BLATT.",
        ),
        zeile(
            "Die Spalten sind in der Vorlage erklärt: zielraum import strategie --vorlage DATEI.xlsx.",
        ),
    ]
}

struct Leser<'a> {
    namen: HashMap<&'static str, HashMap<&'a str, &'a str>>,
    verzeichnis: &'a Verzeichnis,
    /// Field and owner → texts, of lists that have no sheet of their own.
    listen: HashMap<(String, String), Vec<i64>>,
}

fn verzeichnis_namen(verzeichnis: &Verzeichnis) -> HashMap<&'static str, HashMap<&str, &str>> {
    let mut namen = HashMap::new();
    for spalte in TABELLEN.iter().flat_map(|t| t.spalten) {
        if let Typ::Verweis(art) = spalte.typ {
            namen
                .entry(art)
                .or_insert_with(|| verzeichnis.kennungen_nach_id(art));
        }
    }
    namen
}

/// SDG by owner.
fn listen(
    je_tabelle: &HashMap<String, Vec<Map<String, Value>>>,
) -> HashMap<(String, String), Vec<i64>> {
    let mut listen: HashMap<(String, String), Vec<i64>> = HashMap::new();
    for zeile in je_tabelle.get("sdg_bezug").into_iter().flatten() {
        for feld in tabelle(Art::Sdg).eigner {
            if let (Some(id), Some(sdg)) = (
                zeile.get(*feld).and_then(Value::as_str),
                zeile.get("sdg").and_then(Value::as_i64),
            ) {
                listen
                    .entry(((*feld).to_owned(), id.to_owned()))
                    .or_default()
                    .push(sdg);
            }
        }
    }
    listen
}

impl Leser<'_> {
    fn wert(&self, art: &Tabellenart, spalte: &Spalte, zeile: &Map<String, Value>) -> Wert {
        if let Typ::Liste(..) = spalte.typ {
            let id = zeile.get("id").and_then(Value::as_str).unwrap_or_default();
            let mut sdg = self
                .listen
                .get(&(format!("{}_id", art.tabelle), id.to_owned()))
                .cloned()
                .unwrap_or_default();
            sdg.sort_unstable();
            let text: Vec<String> = sdg.iter().map(i64::to_string).collect();
            return if text.is_empty() {
                Wert::Leer
            } else {
                Wert::Text(text.join("; "))
            };
        }
        let wert = zeile.get(spalte.feld).unwrap_or(&Value::Null);
        match (spalte.typ, wert) {
            (_, Value::Null) => Wert::Leer,
            (Typ::Wahr, Value::Bool(wahr)) => {
                Wert::Text(if *wahr { "ja" } else { "nein" }.to_owned())
            }
            (Typ::Code(tabelle), Value::String(schluessel)) => {
                Wert::Text(self.titel(tabelle, schluessel))
            }
            (Typ::Verweis(ziel), wert) => {
                let id = wert
                    .as_str()
                    .map_or_else(|| wert.to_string(), str::to_owned);
                let name = self
                    .namen
                    .get(ziel)
                    .and_then(|namen| namen.get(id.as_str()));
                name.map_or(Wert::Leer, |name| Wert::Text((*name).to_owned()))
            }
            (Typ::Betrag, Value::Number(cent)) => {
                Wert::Zahl(cent.as_f64().unwrap_or_default() / 100.0)
            }
            (Typ::Datum | Typ::Stichtag, Value::String(tag)) => Wert::Tag(tag.clone()),
            (Typ::Zeitraum, Value::String(bereich)) => Wert::Text(zeitraum(bereich)),
            (Typ::Spanne, Value::String(bereich)) => Wert::Text(spanne(bereich)),
            (_, Value::Number(zahl)) => Wert::Zahl(zahl.as_f64().unwrap_or_default()),
            (_, Value::String(text)) => Wert::Text(text.clone()),
            (_, andere) => Wert::Text(andere.to_string()),
        }
    }

    /// The title people read, unless the town gave two keys the same.
    fn titel(&self, tabelle: &str, schluessel: &str) -> String {
        let titel = self
            .verzeichnis
            .codes(tabelle)
            .iter()
            .find(|(s, _)| s == schluessel)
            .map(|(_, titel)| titel.as_str());
        match titel {
            Some(titel) if self.verzeichnis.code(tabelle, titel) == Ok(schluessel) => {
                titel.to_owned()
            }
            _ => schluessel.to_owned(),
        }
    }
}

/// `[2018-07-25,2026-01-01)` as people write it; the end is stored as the day after.
fn zeitraum(bereich: &str) -> String {
    let (von, bis) = bereich
        .trim_matches(['[', ']', '(', ')'])
        .split_once(',')
        .unwrap_or_default();
    let bis = bis
        .parse::<chrono::NaiveDate>()
        .ok()
        .and_then(|tag| tag.pred_opt())
        .map_or_else(|| "offen".to_owned(), |tag| tag.to_string());
    format!("{von} bis {bis}")
}

/// `[44,52]` as people write it; an end may be open.
fn spanne(bereich: &str) -> String {
    let (von, bis) = bereich
        .trim_matches(['[', ']', '(', ')'])
        .split_once(',')
        .unwrap_or_default();
    match (von, bis) {
        (von, "") => format!("ab {von}"),
        ("", bis) => format!("bis {bis}"),
        (von, bis) => format!("{von} bis {bis}"),
    }
    .replace('.', ",")
}

/// A measure with a shape too long for a cell is left out: its stored places stay.
fn ohne_zu_lange(zeilen: &mut Vec<Map<String, Value>>) {
    let lang: Vec<Value> = zeilen
        .iter()
        .filter(|zeile| {
            zeile
                .get("geom")
                .and_then(Value::as_str)
                .is_some_and(|wkt| wkt.len() > ZELLE_MAX)
        })
        .filter_map(|zeile| zeile.get("massnahme_id").cloned())
        .collect();
    zeilen.retain(|zeile| {
        zeile
            .get("massnahme_id")
            .is_none_or(|id| !lang.contains(id))
    });
}

fn sortierung(wert: &Wert) -> String {
    match wert {
        Wert::Leer => String::new(),
        Wert::Text(text) | Wert::Tag(text) => text.clone(),
        Wert::Zahl(zahl) => format!("{zahl:020.4}"),
    }
}
