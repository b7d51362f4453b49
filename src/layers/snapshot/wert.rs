//! Values read back from the text of a feature, with the type of their column.

use std::borrow::Cow;

use crate::layers::wert::Klasse;

/// A typed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Wert<'a> {
    /// NULL, and what JSON cannot say: NaN, infinity.
    Leer,
    /// Whole number.
    Ganzzahl(i64),
    /// Number.
    Zahl(f64),
    /// Yes or no.
    Wahr(bool),
    /// Text; days, moments and uuids as they are written in GeoJSON.
    Text(Cow<'a, str>),
    /// JSON value (json, arrays, composites) as text.
    Json(&'a str),
}

/// Reads what [`crate::layers::wert::schreibe`] wrote.
pub(super) fn lies(klasse: Klasse, roh: &[u8]) -> Wert<'_> {
    if roh == b"null" {
        return Wert::Leer;
    }
    let schrift = str::from_utf8(roh).unwrap_or_default();
    match klasse {
        Klasse::Ganzzahl => schrift.parse().map_or(Wert::Leer, Wert::Ganzzahl),
        Klasse::Gleitkomma | Klasse::Dezimal | Klasse::Geld => {
            schrift.parse().map_or(Wert::Leer, Wert::Zahl)
        }
        Klasse::Wahrheit => Wert::Wahr(schrift == "true"),
        Klasse::Json | Klasse::Feld | Klasse::Objekt => Wert::Json(schrift),
        Klasse::Datum
        | Klasse::Zeitpunkt
        | Klasse::Ortszeit
        | Klasse::Uuid
        | Klasse::Text
        | Klasse::Anderes => Wert::Text(text(roh)),
    }
}

/// A JSON string or number as text; copied only where something is escaped.
pub(super) fn text(roh: &[u8]) -> Cow<'_, str> {
    let schrift = str::from_utf8(roh).unwrap_or_default();
    let Some(innen) = schrift.strip_prefix('"').and_then(|s| s.strip_suffix('"')) else {
        return Cow::Borrowed(schrift);
    };
    if innen.contains('\\') {
        serde_json::from_str(schrift).map_or(Cow::Borrowed(innen), Cow::Owned)
    } else {
        Cow::Borrowed(innen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_with_their_type() {
        assert_eq!(lies(Klasse::Ganzzahl, b"-12"), Wert::Ganzzahl(-12));
        assert_eq!(lies(Klasse::Dezimal, b"0.40"), Wert::Zahl(0.4));
        assert_eq!(lies(Klasse::Gleitkomma, b"1.0e21"), Wert::Zahl(1e21));
        assert_eq!(lies(Klasse::Wahrheit, b"true"), Wert::Wahr(true));
        assert_eq!(lies(Klasse::Text, b"null"), Wert::Leer);
        // The text „null“ is no NULL.
        assert_eq!(lies(Klasse::Text, br#""null""#), Wert::Text("null".into()));
        let mut roh = Vec::new();
        crate::layers::wert::zeichenkette(&mut roh, "a\"b\\c\n\u{1}ü");
        assert_eq!(text(&roh), "a\"b\\c\n\u{1}ü");
        assert_eq!(lies(Klasse::Feld, b"[1,2]"), Wert::Json("[1,2]"));
    }
}
