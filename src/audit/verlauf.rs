//! The history of one object: what happened to its row and to the rows that belong to it, field
//! by field, old → new. Versions come from `verlauf_zeile`; an event is the border between two.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;

use super::store::{self, Anfaenge, Namen, Titel, Urheber, Version};
use super::worte;
use crate::error::{Error, Result};

/// Changes of one moment belong together: one publication writes its rows within this span.
const ZUSAMMEN: TimeDelta = TimeDelta::seconds(2);

/// The history of one object.
#[derive(Debug, Serialize)]
pub struct Verlauf {
    /// Kind: `massnahme`, `ziel`, `ortsteil`, `flaeche` …
    pub art: String,
    /// Kind in words.
    pub art_titel: String,
    /// Kennung.
    pub kennung: String,
    /// Title as it is now, or as it last was.
    pub titel: Option<String>,
    /// The object is there (for this reader).
    pub vorhanden: bool,
    /// Changes, newest first.
    pub aenderungen: Vec<Aenderung>,
}

/// What happened at one moment.
#[derive(Debug, Serialize)]
pub struct Aenderung {
    /// When.
    pub zeit: DateTime<Utc>,
    /// Number of the change; staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lfd: Option<i64>,
    /// Author; staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wer: Option<String>,
    /// Reason; staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warum: Option<String>,
    /// Rows.
    pub zeilen: Vec<Zeile>,
    #[serde(skip)]
    gruppe: Option<i64>,
}

/// What happened to one row.
#[derive(Debug, Serialize)]
pub struct Zeile {
    /// Table in words: „Teilschritt einer Maßnahme“.
    pub was: String,
    /// `neu`, `geaendert` or `geloescht`.
    pub art: &'static str,
    /// Title of the row, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub titel: Option<String>,
    /// Fields that differ.
    pub felder: Vec<Feld>,
}

/// One field, old → new.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct Feld {
    /// German title.
    pub titel: String,
    /// Before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// After.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neu: Option<String>,
}

/// Reads the history of one object as far as the connection's role may see it.
///
/// # Errors
/// [`Error::NichtGefunden`] for an object there never was, for this reader.
pub async fn lies(conn: &mut PgConnection, art: &str, kennung: &str) -> Result<Verlauf> {
    let versionen = store::versionen(conn, art, kennung).await?;
    if versionen.is_empty() {
        let arten = store::arten(conn).await?;
        if art != "flaeche" && !arten.iter().any(|a| a == art) {
            return Err(Error::nicht_gefunden(format!(
                "Einen Verlauf der Art „{art}“ gibt es nicht. Möglich sind: flaeche, {}.",
                arten.join(", ")
            )));
        }
        return Err(Error::nicht_gefunden(format!(
            "Einen Verlauf von „{kennung}“ gibt es nicht."
        )));
    }
    let tabellen: Vec<String> = versionen.iter().map(|v| v.tabelle.clone()).collect();
    let worte = Worte {
        titel: store::titel(conn, &tabellen).await?,
        ..Worte::default()
    };
    let (ids, codes) = worte.verweise(&versionen);
    let (namen, codes) = store::namen(conn, &ids, &codes).await?;
    let worte = Worte {
        namen,
        codes,
        ..worte
    };
    let mut ereignisse = Vec::new();
    for reihe in versionen.chunk_by(|a, b| a.tabelle == b.tabelle && a.schluessel == b.schluessel) {
        ereignisse.extend(grenzen(reihe, &worte));
    }
    if store::sieht_urheber(conn).await? {
        let (aenderungen, anfaenge) = store::urheber(conn, &versionen).await?;
        for ereignis in &mut ereignisse {
            ereignis.benenne(&aenderungen, &anfaenge);
        }
    }
    let eigene = |v: &&Version| v.tabelle.split('.').nth(1) == Some(art);
    let letzte = versionen.iter().filter(eigene).max_by_key(|v| v.von);
    Ok(Verlauf {
        art: art.to_owned(),
        art_titel: letzte
            .and_then(|v| worte.titel.tabellen.get(&v.tabelle).cloned())
            .unwrap_or_else(|| art.to_owned()),
        kennung: kennung.to_owned(),
        titel: letzte.and_then(|v| ueberschrift(&v.daten)),
        vorhanden: versionen.iter().filter(eigene).any(|v| v.bis.is_none()),
        aenderungen: gruppiere(ereignisse),
    })
}

struct Ereignis {
    zeit: DateTime<Utc>,
    tabelle: String,
    schluessel: String,
    beendet: Option<i64>,
    urheber: Option<(i64, Urheber)>,
    zeile: Zeile,
}

impl Ereignis {
    /// The change that ended the version before, else the one that wrote this one.
    fn benenne(&mut self, aenderungen: &HashMap<i64, Urheber>, anfaenge: &Anfaenge) {
        let begonnen = || {
            let schluessel = (self.tabelle.clone(), self.schluessel.clone());
            let mut stellen = anfaenge.get(&schluessel)?.iter();
            stellen.find(|(seit, _)| *seit == self.zeit).map(|s| s.1)
        };
        let id = self.beendet.or_else(begonnen);
        self.urheber = id.and_then(|id| Some((id, aenderungen.get(&id)?.clone())));
    }
}

/// The events of one row: its versions in order of time.
fn grenzen(reihe: &[Version], worte: &Worte) -> Vec<Ereignis> {
    let mut ereignisse = Vec::new();
    let mut ereignis = |zeit, beendet, art, alt: Option<&Version>, neu: Option<&Version>| {
        let Some(eine) = neu.or(alt) else { return };
        let felder = worte.felder(&eine.tabelle, alt.map(|v| &v.daten), neu.map(|v| &v.daten));
        if art == "geaendert" && felder.is_empty() {
            return;
        }
        ereignisse.push(Ereignis {
            zeit,
            tabelle: eine.tabelle.clone(),
            schluessel: eine.schluessel.clone(),
            beendet,
            urheber: None,
            zeile: Zeile {
                was: worte.tabelle(&eine.tabelle),
                art,
                titel: ueberschrift(&eine.daten),
                felder,
            },
        });
    };
    if let Some(erste) = reihe.first() {
        ereignis(erste.von, None, "neu", None, Some(erste));
    }
    for paar in reihe.windows(2) {
        ereignis(
            paar[1].von,
            paar[0].beendet_durch,
            "geaendert",
            Some(&paar[0]),
            Some(&paar[1]),
        );
    }
    if let Some(letzte) = reihe.last()
        && let Some(bis) = letzte.bis
    {
        ereignis(bis, letzte.beendet_durch, "geloescht", Some(letzte), None);
    }
    ereignisse
}

/// One change is one entry; without authors, what happened within a moment.
fn gruppiere(mut ereignisse: Vec<Ereignis>) -> Vec<Aenderung> {
    ereignisse.sort_by_key(|e| std::cmp::Reverse(e.zeit));
    let mut aenderungen: Vec<Aenderung> = Vec::new();
    for ereignis in ereignisse {
        let gruppe = ereignis.urheber.as_ref().map(|(id, _)| *id);
        let passt = |a: &Aenderung| match (gruppe, a.gruppe) {
            (Some(diese), Some(jene)) => diese == jene,
            (None, None) => a.zeit - ereignis.zeit <= ZUSAMMEN,
            _ => false,
        };
        if let Some(aenderung) = aenderungen.last_mut().filter(|a| passt(a)) {
            aenderung.zeilen.push(ereignis.zeile);
            continue;
        }
        let urheber = ereignis.urheber.map(|(_, urheber)| urheber);
        aenderungen.push(Aenderung {
            zeit: ereignis.zeit,
            lfd: urheber.as_ref().and_then(|u| u.lfd),
            wer: urheber.as_ref().map(|u| u.wer.clone()),
            warum: urheber.map(|u| u.warum),
            zeilen: vec![ereignis.zeile],
            gruppe,
        });
    }
    aenderungen
}

fn ueberschrift(daten: &Value) -> Option<String> {
    let wert = daten.get("titel").or_else(|| daten.get("name"))?;
    wert.as_str().map(str::to_owned)
}

/// How tables, columns and values are called.
#[derive(Debug, Default)]
struct Worte {
    titel: Titel,
    namen: Namen,
    codes: Namen,
}

impl Worte {
    fn tabelle(&self, name: &str) -> String {
        let titel = self.titel.tabellen.get(name);
        titel.cloned().unwrap_or_else(|| name.to_owned())
    }

    /// Numbers and codes that need a name.
    fn verweise(&self, versionen: &[Version]) -> (Vec<String>, Vec<String>) {
        let (mut ids, mut codes) = (Vec::new(), Vec::new());
        for version in versionen {
            for (spalte, wert) in version.daten.as_object().into_iter().flatten() {
                if spalte.ends_with("_id") {
                    ids.extend(roh(wert));
                } else if self.code(&version.tabelle, spalte).is_some() {
                    codes.extend(roh(wert));
                }
            }
        }
        (ids, codes)
    }

    fn code(&self, tabelle: &str, spalte: &str) -> Option<&str> {
        let schluessel = (tabelle.to_owned(), spalte.to_owned());
        self.titel.spalten.get(&schluessel)?.1.as_deref()
    }

    /// Fields that differ; of a new or deleted row those that say something.
    fn felder(&self, tabelle: &str, alt: Option<&Value>, neu: Option<&Value>) -> Vec<Feld> {
        let leer = serde_json::Map::new();
        let objekt =
            |wert: Option<&Value>| wert.and_then(Value::as_object).unwrap_or(&leer).clone();
        let (alt, neu) = (objekt(alt), objekt(neu));
        let mut namen: BTreeMap<usize, &String> = BTreeMap::new();
        let alle = neu
            .keys()
            .chain(alt.keys().filter(|k| !neu.contains_key(*k)));
        namen.extend(alle.enumerate());
        let mut felder = Vec::new();
        for spalte in namen.into_values() {
            let (vorher, nachher) = (
                alt.get(spalte).filter(|w| !w.is_null()),
                neu.get(spalte).filter(|w| !w.is_null()),
            );
            if vorher == nachher {
                continue;
            }
            let schluessel = (tabelle.to_owned(), spalte.clone());
            let titel = self.titel.spalten.get(&schluessel);
            let titel = titel.map_or(spalte.as_str(), |(titel, _)| titel).to_owned();
            if let Some(lage) = nachher.or(vorher).filter(|w| w.get("lage").is_some()) {
                felder.push(Feld {
                    titel,
                    alt: None,
                    neu: Some(if nachher.is_some() {
                        lageworte(vorher.is_some(), lage)
                    } else {
                        "Lage entfernt".to_owned()
                    }),
                });
                continue;
            }
            let (alt, neu) = (
                vorher.and_then(|w| self.wert(tabelle, spalte, w)),
                nachher.and_then(|w| self.wert(tabelle, spalte, w)),
            );
            // Two ends the reader may not see look the same.
            if alt != neu {
                felder.push(Feld { titel, alt, neu });
            }
        }
        felder
    }

    /// A value for people; internal numbers never appear.
    fn wert(&self, tabelle: &str, spalte: &str, wert: &Value) -> Option<String> {
        let text = roh(wert)?;
        if let Some(ziel) = spalte.strip_suffix("_id") {
            let genau = self.namen.get(&(ziel.to_owned(), text.clone()));
            // „uebergeordnet_id“ does not name its table; a uuid is unique over all of them.
            let irgendwo = || {
                let uuid = text.len() == 36;
                let mut alle = self.namen.iter().filter(|((_, id), _)| uuid && *id == text);
                alle.next().map(|(_, name)| name)
            };
            return Some(
                genau
                    .or_else(irgendwo)
                    .map_or_else(|| "nicht sichtbar".to_owned(), Clone::clone),
            );
        }
        if let Some(code) = self.code(tabelle, spalte)
            && let Some(titel) = self.codes.get(&(code.to_owned(), text.clone()))
        {
            return Some(titel.clone());
        }
        Some(match wert {
            Value::Bool(true) => "ja".to_owned(),
            Value::Bool(false) => "nein".to_owned(),
            // Money is kept in cents.
            Value::Number(zahl) if spalte.ends_with("_ct") => euro(zahl),
            Value::Number(zahl) => zahl.to_string().replace('.', ","),
            _ => tag(&text).unwrap_or_else(|| worte::wert(&text).to_owned()),
        })
    }
}

/// „Lage geändert, 1.234 m²“.
fn lageworte(vorher: bool, lage: &Value) -> String {
    let was = if vorher {
        "Lage geändert"
    } else {
        "Lage gesetzt"
    };
    let mass = |name: &str, einheit: &str| {
        let wert = lage.get(name)?.as_f64().filter(|wert| *wert > 0.0)?;
        Some(format!(", {} {einheit}", tausender(wert)))
    };
    let mass = mass("m2", "m²").or_else(|| mass("m", "m"));
    format!("{was}{}", mass.unwrap_or_default())
}

/// Cents as „1.234,50 €“.
fn euro(zahl: &serde_json::Number) -> String {
    let Some(ct) = zahl.as_i64() else {
        return zahl.to_string();
    };
    let minus = if ct < 0 { "−" } else { "" };
    let (ganze, rest) = (ct.unsigned_abs() / 100, ct.unsigned_abs() % 100);
    let rest = if rest == 0 {
        String::new()
    } else {
        format!(",{rest:02}")
    };
    format!("{minus}{}{rest} €", tausender(ganze as f64))
}

fn tausender(wert: f64) -> String {
    let ziffern = format!("{wert:.0}");
    let mut text = String::new();
    for (stelle, ziffer) in ziffern.chars().enumerate() {
        if stelle > 0 && (ziffern.len() - stelle) % 3 == 0 {
            text.push('.');
        }
        text.push(ziffer);
    }
    text
}

/// `2026-05-01` as people write it.
fn tag(text: &str) -> Option<String> {
    let tag: chrono::NaiveDate = text.parse().ok()?;
    Some(tag.format("%-d.%-m.%Y").to_string())
}

fn roh(wert: &Value) -> Option<String> {
    match wert {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        anderes => Some(anderes.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_in_euros() {
        for (ct, text) in [
            (74_000_000_i64, "740.000 €"),
            (-123_450, "−1.234,50 €"),
            (7, "0,07 €"),
        ] {
            assert_eq!(euro(&ct.into()), text);
        }
    }
}
