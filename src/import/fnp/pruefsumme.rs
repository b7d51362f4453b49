//! The hash over the areas of a Fassung, as the audit keeps it.
//!
//! SHA-256 over the rows of `fnp.flaeche` in their ordnung, as COPY BINARY carries the
//! columns [`SPALTEN`]. The database gives out the same bytes, so the hash can be proved
//! years later without this program:
//! `COPY (SELECT nutzung, …, geom FROM fnp.flaeche WHERE fassung_id = 7 ORDER BY ordnung) TO
//! STDOUT (FORMAT binary)`, less the head of 19 bytes, the end of 2 bytes and the number of
//! fields (2 bytes) before each row. The kennung is left out: it may come from an earlier delivery.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What is hashed of a row.
pub const SPALTEN: &str = "nutzung, klasse, xplan_version, gml_id, codes, codespace, rechtsstand, ebene, flaechenschluss, name, text, gueltig, flaeche_m2, geom";

/// The hash at work.
#[derive(Debug, Default)]
pub struct Pruefsumme {
    hash: Sha256,
    anzahl: u64,
    m2: f64,
}

/// The finished hash.
#[derive(Debug, Clone, Default)]
pub struct Inhalt {
    /// Areas.
    pub anzahl: u64,
    /// Their m², valid or not, EPSG:25832.
    pub m2: f64,
    /// SHA-256, hex.
    pub sha256: String,
}

impl Pruefsumme {
    /// The next area: its encoded columns and its size.
    pub fn nimm(&mut self, spalten: &[u8], m2: f64) {
        self.hash.update(spalten);
        self.anzahl += 1;
        self.m2 += m2;
    }

    /// All areas were given.
    #[must_use]
    pub fn schliesse(self) -> Inhalt {
        Inhalt {
            anzahl: self.anzahl,
            m2: self.m2,
            sha256: self
                .hash
                .finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        }
    }
}

/// Codes as `jsonb` gives them out: short keys first, then by bytes; a blank after comma and colon.
#[must_use]
pub fn codes_text(codes: &Map<String, Value>) -> String {
    let mut text = String::new();
    objekt(codes, &mut text);
    text
}

fn objekt(felder: &Map<String, Value>, ziel: &mut String) {
    let mut sortiert: Vec<(&String, &Value)> = felder.iter().collect();
    sortiert.sort_unstable_by_key(|(name, _)| (name.len(), name.as_bytes()));
    ziel.push('{');
    for (nr, (name, inhalt)) in sortiert.into_iter().enumerate() {
        if nr > 0 {
            ziel.push_str(", ");
        }
        let _ = write!(ziel, "{}: ", Value::String(name.clone()));
        wert(inhalt, ziel);
    }
    ziel.push('}');
}

fn wert(inhalt: &Value, ziel: &mut String) {
    match inhalt {
        Value::Object(felder) => objekt(felder, ziel),
        Value::Array(werte) => {
            ziel.push('[');
            for (nr, einer) in werte.iter().enumerate() {
                if nr > 0 {
                    ziel.push_str(", ");
                }
                wert(einer, ziel);
            }
            ziel.push(']');
        }
        einfach => {
            let _ = write!(ziel, "{einfach}");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn codes_are_written_as_the_database_gives_them_out() {
        let codes = json!({"zweckbestimmung": ["1000", {"b": null, "a": 1.5}], "bb": "\u{1}\"ß\n", "b": true, "a": {}});
        let Value::Object(codes) = codes else {
            unreachable!("an object")
        };
        assert_eq!(
            codes_text(&codes),
            r#"{"a": {}, "b": true, "bb": "\u0001\"ß\n", "zweckbestimmung": ["1000", {"a": 1.5, "b": null}]}"#
        );
    }
}
