//! The body of a writing request: its type, its size, and JSON read strictly, so that what
//! two readers could understand differently is refused with its place.

use std::fmt;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, header};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::http::problem::{self, Problem};

/// Largest body in bytes.
pub const INHALT_MAX: usize = 2 * 1024 * 1024;
/// Deepest nesting: a MultiPolygon in a feature has seven levels.
const TIEFE_MAX: usize = 32;

/// Reads the body as one JSON document of one of these media types.
pub async fn lies(headers: &HeaderMap, body: Body, typen: &[&str]) -> Result<Value, Problem> {
    pruefe_typ(headers, typen)?;
    json(&bytes(body).await?)
}

/// The whole body, refused beyond [`INHALT_MAX`].
pub async fn bytes(body: Body) -> Result<axum::body::Bytes, Problem> {
    to_bytes(body, INHALT_MAX).await.map_err(|_| {
        problem::ZU_GROSS.mit("Der Inhalt ist größer als 2 MB. Bitte die Geometrie vereinfachen oder als Datei einlesen (zielraum import).")
    })
}

/// Refuses any other media type, and any character set but UTF-8.
pub fn pruefe_typ(headers: &HeaderMap, typen: &[&str]) -> Result<(), Problem> {
    let typ = headers
        .get(header::CONTENT_TYPE)
        .and_then(|typ| typ.to_str().ok())
        .unwrap_or_default();
    let mut teile = typ.split(';').map(str::trim);
    let name = teile.next().unwrap_or_default().to_ascii_lowercase();
    let utf8 = teile.all(|teil| {
        let teil = teil.to_ascii_lowercase();
        match teil.strip_prefix("charset=") {
            Some(satz) => matches!(satz.trim_matches('"'), "utf-8" | "utf8"),
            None => true,
        }
    });
    if typen.contains(&name.as_str()) && utf8 {
        return Ok(());
    }
    let gesendet = if name.is_empty() {
        "ohne Content-Type".to_owned()
    } else {
        format!("als „{}“", typ.chars().take(100).collect::<String>())
    };
    Err(problem::INHALTSTYP.mit(format!(
        "Der Inhalt wurde {gesendet} gesendet. Angenommen wird hier {} in UTF-8.",
        typen.join(" oder ")
    )))
}

/// One JSON document without repeated names, NUL characters and deep nesting.
pub fn json(bytes: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|fehler| {
        problem::EINGABE.mit(format!(
            "Der Inhalt ist kein gültiges UTF-8 (ab Byte {}).",
            fehler.valid_up_to() + 1
        ))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(problem::EINGABE.mit("Der Inhalt ist leer; erwartet wird ein JSON-Dokument."));
    }
    let mut leser = serde_json::Deserializer::from_str(text);
    let wert = Streng { tiefe: 0 }
        .deserialize(&mut leser)
        .and_then(|wert| leser.end().map(|()| wert));
    wert.map_err(|fehler| {
        problem::EINGABE.mit(format!(
            "Zeile {}, Spalte {}: {}",
            fehler.line(),
            fehler.column(),
            deutsch(&fehler)
        ))
    })
}

/// Start of our own messages, told from those of the parser.
const EIGEN: &str = "\u{1}";

fn deutsch(fehler: &serde_json::Error) -> String {
    let text = fehler.to_string();
    if let Some(eigen) = text.strip_prefix(EIGEN) {
        // serde_json adds the place, which stands before the sentence already.
        let ende = eigen.rfind(" at line ").unwrap_or(eigen.len());
        return eigen[..ende].to_owned();
    }
    if fehler.is_eof() {
        return "Das JSON-Dokument hört mitten im Text auf.".into();
    }
    if text.starts_with("number out of range") {
        return "Diese Zahl ist zu groß oder zu klein.".into();
    }
    if text.starts_with("trailing characters") {
        return "Nach dem Ende des JSON-Dokuments folgt noch Text.".into();
    }
    "Das ist kein gültiges JSON (Anführungszeichen, Komma oder Klammer prüfen).".into()
}

struct Streng {
    tiefe: usize,
}

impl<'de> DeserializeSeed<'de> for Streng {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, leser: D) -> Result<Value, D::Error> {
        leser.deserialize_any(self)
    }
}

fn text<E: de::Error>(text: &str) -> Result<Value, E> {
    if text.contains('\0') {
        return Err(E::custom(format!(
            "{EIGEN}Ein Text enthält ein Nullzeichen (U+0000)."
        )));
    }
    Ok(Value::from(text))
}

impl Streng {
    fn tiefer<E: de::Error>(&self) -> Result<Self, E> {
        if self.tiefe == TIEFE_MAX {
            return Err(E::custom(format!(
                "{EIGEN}Das Dokument ist tiefer als {TIEFE_MAX} Ebenen verschachtelt."
            )));
        }
        Ok(Self {
            tiefe: self.tiefe + 1,
        })
    }
}

impl<'de> Visitor<'de> for Streng {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E: de::Error>(self, wert: bool) -> Result<Value, E> {
        Ok(Value::from(wert))
    }
    fn visit_i64<E: de::Error>(self, wert: i64) -> Result<Value, E> {
        Ok(Value::from(wert))
    }
    fn visit_u64<E: de::Error>(self, wert: u64) -> Result<Value, E> {
        Ok(Value::from(wert))
    }
    fn visit_f64<E: de::Error>(self, wert: f64) -> Result<Value, E> {
        Ok(Value::from(wert))
    }
    fn visit_str<E: de::Error>(self, wert: &str) -> Result<Value, E> {
        text(wert)
    }
    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut folge: A) -> Result<Value, A::Error> {
        let mut werte = Vec::new();
        while let Some(wert) = folge.next_element_seed(self.tiefer()?)? {
            werte.push(wert);
        }
        Ok(Value::Array(werte))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut karte: A) -> Result<Value, A::Error> {
        let mut werte = Map::new();
        while let Some(name) = karte.next_key::<String>()? {
            text::<A::Error>(&name)?;
            if werte.contains_key(&name) {
                return Err(de::Error::custom(format!(
                    "{EIGEN}„{name}“ steht zweimal im selben Objekt."
                )));
            }
            let wert = karte.next_value_seed(self.tiefer()?)?;
            werte.insert(name, wert);
        }
        Ok(Value::Object(werte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn satz(text: &str) -> String {
        json(text.as_bytes()).unwrap_err().detail
    }

    #[test]
    fn refusals_name_line_and_column() {
        for (text, wort) in [
            (
                "{\"a\": 1,\n \"a\": 2}",
                "Zeile 2, Spalte 4: „a“ steht zweimal",
            ),
            ("{\"a\": [1,\n 2,,]}", "Zeile 2, Spalte 4: Das ist kein"),
            ("{\"a\": 1e999}", "zu groß"),
            ("{\"a\": \"\\u0000\"}", "Nullzeichen"),
            ("{\"a\": \"\\ud800\"}", "kein gültiges JSON"),
            ("{\"a\": NaN}", "kein gültiges JSON"),
            ("{\"a\": 1", "hört mitten"),
            ("{} x", "folgt noch Text"),
            ("", "leer"),
        ] {
            assert!(satz(text).contains(wort), "{text}: {}", satz(text));
        }
        let tief = "[".repeat(200_000);
        assert!(satz(&tief).contains("tiefer als 32"), "{}", satz(&tief));
        assert!(json(b"\xff").unwrap_err().detail.contains("UTF-8"));
        assert_eq!(
            json("\u{feff}{\"a\":[1,2.5,null,true]}".as_bytes()).unwrap()["a"][1],
            2.5
        );
    }

    #[test]
    fn media_types() {
        let mit = |typ: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, typ.parse().unwrap());
            pruefe_typ(&headers, &["application/geo+json"]).is_ok()
        };
        assert!(mit("application/geo+json"));
        assert!(mit("Application/Geo+JSON; charset=UTF-8"));
        assert!(!mit("application/geo+json; charset=iso-8859-1"));
        assert!(!mit("text/plain"));
        assert!(pruefe_typ(&HeaderMap::new(), &["application/geo+json"]).is_err());
    }
}
