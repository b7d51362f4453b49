//! What to ask with: keys seen in answers, and values for the documented parameters.

use std::collections::BTreeSet;

use serde_json::Value;

const SCHLUESSEL: [&str; 6] = [
    "id",
    "kennung",
    "schluessel",
    "kennzeichen",
    "nummer",
    "code",
];

/// Keys by which things are asked for.
pub fn sammle(doc: &Value, werte: &mut BTreeSet<String>) {
    match doc {
        Value::Array(liste) => liste.iter().take(20).for_each(|wert| sammle(wert, werte)),
        Value::Object(felder) => {
            for (name, wert) in felder {
                match wert {
                    Value::String(text) if SCHLUESSEL.contains(&name.as_str()) => {
                        let harmlos = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
                        if !text.is_empty() && text.len() < 60 && text.bytes().all(harmlos) {
                            werte.insert(text.clone());
                        }
                    }
                    Value::Number(zahl) if ["id", "sdg", "nummer"].contains(&name.as_str()) => {
                        werte.insert(zahl.to_string());
                    }
                    _ => sammle(wert, werte),
                }
            }
        }
        _ => {}
    }
}

/// The query parameters a path of the document names: name and schema.
pub fn parameter<'a>(doc: &'a Value, inhalt: &'a Value) -> Vec<(&'a str, &'a Value)> {
    inhalt["get"]["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| match parameter["$ref"].as_str() {
            Some(weg) => doc.pointer(weg.trim_start_matches('#')).unwrap(),
            None => parameter,
        })
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| (parameter["name"].as_str().unwrap(), &parameter["schema"]))
        .collect()
}

/// Values to try for a documented parameter: every one of an enumeration.
pub fn beispiele(name: &str, schema: &Value, werte: &BTreeSet<String>) -> Vec<String> {
    if let Some(liste) = schema["enum"].as_array() {
        return liste
            .iter()
            .filter_map(|wert| wert.as_str().map(str::to_owned))
            .collect();
    }
    let fest: &[&str] = match (name, schema["type"].as_str()) {
        ("bbox", _) => &["-180,-90,180,90", "11.09,48.33,11.11,48.34"],
        ("datetime", _) => &["../..", "2025-01-01T00:00:00Z"],
        ("punkt", _) => &["655555,5355555", "10.87,48.05"],
        ("stichtag" | "stand", _) => &["2026-06-30"],
        (_, Some("boolean")) => &["true", "false"],
        (_, Some("integer" | "number")) => &["1", "2026"],
        _ => &["a"],
    };
    let mut liste: Vec<String> = fest.iter().map(|wert| (*wert).to_owned()).collect();
    // A few keys that exist; by prefix, since names of parameters follow kinds.
    let passend = werte
        .iter()
        .filter(|wert| wert.starts_with(&name[..1]))
        .take(2);
    liste.extend(passend.cloned());
    liste
}
