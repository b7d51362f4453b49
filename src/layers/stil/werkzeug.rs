//! How a field is asked in a form, and what it begins with.

use serde_json::Value;

use super::symbol::zeichenkette;
use crate::layers::transactions::Wert;
use crate::layers::wert::Klasse;

/// How a field is asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Werkzeug {
    Text,
    Absatz,
    Haken,
    Tag,
    Zahl(Option<(i64, i64)>),
    /// Values and their titles.
    Liste(Vec<(String, String)>),
    /// One of the layer `ortsteile`.
    Ortsteil,
}

pub(super) fn nach_klasse(klasse: Klasse) -> Werkzeug {
    match klasse {
        Klasse::Wahrheit => Werkzeug::Haken,
        Klasse::Datum => Werkzeug::Tag,
        Klasse::Ganzzahl => Werkzeug::Zahl(None),
        _ => Werkzeug::Text,
    }
}

pub(super) fn werkzeug(
    wert: &Wert,
    titel: Option<&[(String, String)]>,
    bisher: Werkzeug,
    lang: bool,
) -> Werkzeug {
    match wert {
        Wert::Text if lang && matches!(bisher, Werkzeug::Text) => Werkzeug::Absatz,
        Wert::Text | Wert::Zahl => bisher,
        Wert::Datum => Werkzeug::Tag,
        Wert::Ganzzahl(von, bis) => Werkzeug::Zahl(Some((*von, *bis))),
        Wert::Wahr => Werkzeug::Haken,
        Wert::Ortsteil => Werkzeug::Ortsteil,
        Wert::Wahl(worte) => Werkzeug::Liste(
            worte
                .iter()
                .map(|wort| ((*wort).to_owned(), klartext(wort)))
                .collect(),
        ),
        Wert::Code(_) => match titel {
            Some(titel) => {
                Werkzeug::Liste(titel.iter().map(|(_, t)| (t.clone(), t.clone())).collect())
            }
            None => bisher,
        },
    }
}

/// A word of a short list for people.
pub(super) fn klartext(wort: &str) -> String {
    let text = match wort {
        "entfaellt" => "entfällt",
        "gueltig" => "gültig",
        "ausser_kraft" => "außer Kraft",
        "ohne_angabe" => "ohne Angabe",
        anderes => anderes,
    };
    let mut zeichen = text.chars();
    let erstes = zeichen.next().map(|c| c.to_uppercase().to_string());
    erstes.unwrap_or_default() + zeichen.as_str()
}

/// The expression of a value given as JSON; where the layer shows titles, the title of a key.
pub(super) fn vorgabe(json: &str, titel: Option<&[(String, String)]>) -> Option<String> {
    match serde_json::from_str(json).ok()? {
        Value::String(text) => {
            let gezeigt = titel
                .into_iter()
                .flatten()
                .find(|(schluessel, _)| *schluessel == text)
                .map_or(text.as_str(), |(_, titel)| titel);
            Some(zeichenkette(gezeigt))
        }
        Value::Bool(wahr) => Some(wahr.to_string()),
        Value::Number(zahl) => Some(zahl.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_what_the_layer_shows() {
        let titel = [("idee".to_owned(), "Idee".to_owned())];
        assert_eq!(vorgabe("\"idee\"", Some(&titel)).as_deref(), Some("'Idee'"));
        assert_eq!(vorgabe("\"idee\"", None).as_deref(), Some("'idee'"));
        assert_eq!(vorgabe("false", None).as_deref(), Some("false"));
        assert_eq!(klartext("ausser_kraft"), "Außer Kraft");
        assert_eq!(klartext("planung"), "Planung");
    }
}
