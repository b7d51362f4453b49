//! Properties of a feature: which of them the client changed, and what the columns take.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

use crate::http::problem::{self, Problem};
use crate::import::strategie::verzeichnis::Verzeichnis;
use crate::layers::ebene::Ebene;
use crate::layers::relation::{meinten, naechster};
use crate::layers::transactions::{Feld, Gegenstand, Wert};

/// Longest text, in characters.
const TEXT_MAX: usize = 20_000;

/// What a client wants of the properties of one object.
#[derive(Debug, Default)]
pub struct Werte {
    /// Column → value, as JSON.
    pub spalten: Map<String, Value>,
    /// Sentences for the answer.
    pub hinweise: Vec<String>,
}

/// Reads properties. `jetzt` are those of the stored object; None: it is new. With `ganz` a
/// property that is not named is emptied, else it stays.
pub async fn lies(
    conn: &mut PgConnection,
    gegenstand: &'static Gegenstand,
    ebene: &Ebene,
    gesendet: &Map<String, Value>,
    jetzt: Option<&Map<String, Value>>,
    ganz: bool,
) -> Result<Werte, Problem> {
    let mut werte = Werte::default();
    let mut aenderungen: Vec<(&'static Feld, &Value)> = Vec::new();
    for (name, wert) in gesendet {
        let stelle = zeiger(name);
        let Some(spalte) = ebene.spalte(name) else {
            let namen = ebene.spalten.iter().map(|s| s.name.as_str());
            return Err(problem::EINGABE
                .mit(format!(
                    "Eine Eigenschaft „{name}“ gibt es hier nicht.{} Die Eigenschaften stehen unter …/schema.",
                    meinten(naechster(name, namen))
                ))
                .stelle(stelle));
        };
        let gleich = match jetzt {
            Some(jetzt) => wie(wert, jetzt.get(name).unwrap_or(&Value::Null)),
            None => wert.is_null(),
        };
        if gleich || (jetzt.is_none() && *name == ebene.schluessel.name) {
            continue;
        }
        match (gegenstand.feld(name), jetzt) {
            (Some(feld), _) => aenderungen.push((feld, wert)),
            // A copy of another object brings its derived figures along.
            (None, None) => werte.hinweise.push(format!(
                "„{}“ wird abgeleitet; der gesendete Wert wurde nicht übernommen.",
                spalte.titel
            )),
            (None, Some(jetzt)) => {
                return Err(problem::EINGABE
                    .mit(if *name == ebene.schluessel.name {
                        format!("Die Kennung ist unveränderlich ({}).", kurz(jetzt.get(name)))
                    } else {
                        format!(
                            "„{}“ ({name}) kann hier nicht geändert werden: der Wert wird abgeleitet oder an anderer Stelle gepflegt. Unverändert wäre {}.",
                            spalte.titel,
                            kurz(jetzt.get(name))
                        )
                    })
                    .stelle(stelle));
            }
        }
    }
    if ganz {
        for feld in gegenstand.felder {
            let hier = ebene.spalte(feld.name).is_some() && !gesendet.contains_key(feld.name);
            let leer = jetzt.is_none_or(|jetzt| jetzt.get(feld.name).is_none_or(Value::is_null));
            if hier && (jetzt.is_none() || !leer) {
                aenderungen.push((feld, &Value::Null));
            }
        }
    }
    let mut verzeichnis = None;
    for (feld, wert) in aenderungen {
        if verzeichnis.is_none()
            && matches!(feld.wert, Wert::Code(_) | Wert::Ortsteil)
            && !wert.is_null()
        {
            verzeichnis = Some(Verzeichnis::lade(&mut *conn).await?);
        }
        let wert = lies_wert(feld, wert, verzeichnis.as_ref()).map_err(|satz| {
            problem::EINGABE
                .mit(format!("{}: {satz}", feld.name))
                .stelle(zeiger(feld.name))
        })?;
        werte.spalten.insert(feld.spalte.to_owned(), wert);
    }
    if jetzt.is_none() {
        // What the client had to name and did not even mention.
        for feld in gegenstand.felder {
            if !werte.spalten.contains_key(feld.spalte) && (feld.pflicht || feld.vorgabe.is_some())
            {
                let wert = lies_wert(feld, &Value::Null, None).map_err(|satz| {
                    problem::EINGABE
                        .mit(format!("{}: {satz}", feld.name))
                        .stelle(zeiger(feld.name))
                })?;
                werte.spalten.insert(feld.spalte.to_owned(), wert);
            }
        }
    }
    Ok(werte)
}

fn zeiger(name: &str) -> String {
    format!("/properties/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Equal as a client may write it: 51 is 51.0, the moment of a day its day.
fn wie(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
        _ if a == b => true,
        _ => match (a, b) {
            (Value::String(a), Value::Null) => a.is_empty(),
            (Value::Number(zahl), Value::Bool(wahr)) => zahl.as_i64() == Some(i64::from(*wahr)),
            _ => false,
        },
    }
}

fn kurz(wert: Option<&Value>) -> String {
    let text = wert.unwrap_or(&Value::Null).to_string();
    match text.char_indices().nth(60) {
        None => text,
        Some((ende, _)) => format!("{}…", &text[..ende]),
    }
}

/// The value of a column. Error: what is expected, in German.
fn lies_wert(
    feld: &Feld,
    wert: &Value,
    verzeichnis: Option<&Verzeichnis>,
) -> Result<Value, String> {
    let text = match wert {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.trim()),
        Value::Array(_) | Value::Object(_) => {
            return Err("erwartet wird ein einzelner Wert.".into());
        }
        _ => Some(""),
    };
    let Some(text) = text else {
        return match feld.vorgabe {
            Some(json) => serde_json::from_str(json).map_err(|f| f.to_string()),
            None if feld.pflicht => Err("Das Feld darf nicht leer sein.".into()),
            None => Ok(Value::Null),
        };
    };
    let ist_text = wert.is_string();
    match feld.wert {
        Wert::Text if !ist_text => Err(format!("erwartet wird ein Text, nicht {wert}.")),
        Wert::Text if text.chars().count() > TEXT_MAX => {
            Err(format!("Der Text ist länger als {TEXT_MAX} Zeichen."))
        }
        Wert::Text => Ok(json!(text)),
        Wert::Datum => {
            let tag = text
                .strip_suffix("T00:00:00Z")
                .or(text.strip_suffix("T00:00:00"))
                .unwrap_or(text);
            let gut = ist_text && tag.len() == 10 && tag.parse::<NaiveDate>().is_ok();
            gut.then(|| json!(tag)).ok_or_else(|| {
                format!(
                    "erwartet wird ein Datum wie 2026-03-01, nicht {}.",
                    kurz(Some(wert))
                )
            })
        }
        Wert::Ganzzahl(von, bis) => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the fraction is zero, the range is checked"
            )]
            let zahl = wert.as_i64().or_else(|| {
                wert.as_f64()
                    .filter(|z| z.fract() == 0.0 && z.abs() < 1e15)
                    .map(|z| z as i64)
            });
            zahl.filter(|zahl| (von..=bis).contains(zahl))
                .map(|zahl| json!(zahl))
                .ok_or_else(|| {
                    format!(
                        "erwartet wird eine ganze Zahl von {von} bis {bis}, nicht {}.",
                        kurz(Some(wert))
                    )
                })
        }
        Wert::Zahl => wert
            .as_f64()
            .map(|zahl| json!(zahl))
            .ok_or_else(|| format!("erwartet wird eine Zahl, nicht {}.", kurz(Some(wert)))),
        Wert::Wahr => match (wert.as_bool(), wert.as_i64()) {
            (Some(wahr), _) => Ok(json!(wahr)),
            // QGIS 3.22 knows no boolean fields.
            (None, Some(zahl @ (0 | 1))) => Ok(json!(zahl == 1)),
            _ => Err(format!(
                "erwartet wird true oder false, nicht {}.",
                kurz(Some(wert))
            )),
        },
        Wert::Wahl(worte) => worte
            .iter()
            .find(|wort| ist_text && **wort == text)
            .map(|wort| json!(wort))
            .ok_or_else(|| {
                format!(
                    "„{}“ gibt es hier nicht. Möglich sind {}.{}",
                    kurz(Some(wert)).trim_matches('"'),
                    worte.join(", "),
                    meinten(naechster(text, worte.iter().copied()))
                )
            }),
        Wert::Code(_) | Wert::Ortsteil if !ist_text => {
            Err(format!("erwartet wird ein Text, nicht {wert}."))
        }
        Wert::Code(tabelle) => verzeichnis
            .ok_or_else(|| "kein Verzeichnis".to_owned())?
            .code(tabelle, text)
            .map(|code| json!(code)),
        Wert::Ortsteil => {
            let ziel = verzeichnis
                .ok_or_else(|| "kein Verzeichnis".to_owned())?
                .verweis("ortsteil", text)?;
            ziel.id
                .parse::<i32>()
                .map(|id| json!(id))
                .map_err(|f| f.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feld(wert: Wert, pflicht: bool) -> Feld {
        Feld {
            name: "x",
            spalte: "x",
            wert,
            pflicht,
            vorgabe: None,
        }
    }

    #[test]
    fn values_are_typed() {
        let gut = |wert, json: Value| lies_wert(&feld(wert, false), &json, None);
        assert_eq!(gut(Wert::Ganzzahl(0, 9), json!(3.0)), Ok(json!(3)));
        assert_eq!(gut(Wert::Wahr, json!(1)), Ok(json!(true)));
        assert_eq!(
            gut(Wert::Datum, json!("2026-03-01T00:00:00Z")),
            Ok(json!("2026-03-01"))
        );
        assert_eq!(gut(Wert::Text, json!("  ")), Ok(Value::Null));
        for (wert, json) in [
            (Wert::Ganzzahl(0, 9), json!(3.5)),
            (Wert::Ganzzahl(0, 9), json!(10)),
            (Wert::Ganzzahl(0, 9), json!("3")),
            (Wert::Datum, json!("01.03.2026")),
            (Wert::Datum, json!("2026-02-30")),
            (Wert::Datum, json!(20_260_301)),
            (Wert::Wahr, json!("ja")),
            (Wert::Text, json!(5)),
            (Wert::Text, json!(["a"])),
            (Wert::Text, json!("x".repeat(20_001))),
            (Wert::Wahl(&["a", "b"]), json!("c")),
            (Wert::Zahl, json!("1,5")),
        ] {
            assert!(gut(wert, json.clone()).is_err(), "{wert:?} {json}");
        }
        assert!(lies_wert(&feld(Wert::Text, true), &Value::Null, None).is_err());
    }

    #[test]
    fn what_a_client_sends_back_is_unchanged() {
        assert!(wie(&json!(51), &json!(51.0)));
        assert!(wie(&json!(1), &json!(true)));
        assert!(wie(&json!(""), &Value::Null));
        assert!(!wie(&json!("0"), &json!(0)));
        assert!(!wie(&Value::Null, &json!("a")));
    }
}
