//! The functions a filter may call. No other name ever reaches the database.

use serde_json::{Value, json};

use super::typ::{Faltung, Kalender, Mass, Rundung};

/// What a function takes and gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gestalt {
    /// Text to text.
    Falte(Faltung),
    /// Text to the number of its characters.
    Zeichenzahl,
    /// Number to number.
    Rundung(Rundung),
    /// Date or moment to number.
    Kalender(Kalender),
    /// The feature's geometry to number.
    Mass(Mass),
}

/// One function.
#[derive(Debug)]
pub struct Funktion {
    /// Its name in lower case.
    pub name: &'static str,
    /// German description.
    pub beschreibung: &'static str,
    /// What it takes and gives.
    pub gestalt: Gestalt,
}

const fn f(name: &'static str, beschreibung: &'static str, gestalt: Gestalt) -> Funktion {
    Funktion {
        name,
        beschreibung,
        gestalt,
    }
}

/// All of them; the first two are operators of CQL2 itself.
pub static ALLE: &[Funktion] = &[
    f(
        "casei",
        "Text ohne Unterschied von Groß- und Kleinschreibung (ß wie ss).",
        Gestalt::Falte(Faltung::Gross),
    ),
    f(
        "accenti",
        "Text ohne Akzente und Umlautpunkte (ö wie o).",
        Gestalt::Falte(Faltung::Akzent),
    ),
    f(
        "lower",
        "Text in Kleinbuchstaben.",
        Gestalt::Falte(Faltung::Klein),
    ),
    f(
        "upper",
        "Text in Großbuchstaben.",
        Gestalt::Falte(Faltung::Versal),
    ),
    f(
        "char_length",
        "Anzahl der Zeichen eines Textes.",
        Gestalt::Zeichenzahl,
    ),
    f(
        "abs",
        "Betrag einer Zahl.",
        Gestalt::Rundung(Rundung::Betrag),
    ),
    f(
        "floor",
        "Nächste ganze Zahl nach unten.",
        Gestalt::Rundung(Rundung::Ab),
    ),
    f(
        "ceil",
        "Nächste ganze Zahl nach oben.",
        Gestalt::Rundung(Rundung::Auf),
    ),
    f(
        "round",
        "Nächste ganze Zahl.",
        Gestalt::Rundung(Rundung::Naechste),
    ),
    f(
        "year",
        "Jahr eines Datums oder Zeitpunkts (UTC).",
        Gestalt::Kalender(Kalender::Jahr),
    ),
    f(
        "month",
        "Monat, 1 bis 12.",
        Gestalt::Kalender(Kalender::Monat),
    ),
    f("day", "Tag im Monat.", Gestalt::Kalender(Kalender::Tag)),
    f(
        "area",
        "Fläche der Geometrie in m²: in UTM und Gauß-Krüger in der Ebene, sonst auf dem Ellipsoid.",
        Gestalt::Mass(Mass::Flaeche),
    ),
    f(
        "length",
        "Länge der Linien einer Geometrie in m: in UTM und Gauß-Krüger in der Ebene, sonst auf dem Ellipsoid.",
        Gestalt::Mass(Mass::Laenge),
    ),
];

/// A function by name.
#[must_use]
pub fn zu_name(name: &str) -> Option<&'static Funktion> {
    ALLE.iter().find(|funktion| funktion.name == name)
}

/// `/functions`
#[must_use]
pub fn dokument(links: &Value) -> Value {
    let eigene = ALLE
        .iter()
        .filter(|f| !matches!(f.name, "casei" | "accenti"));
    let funktionen: Vec<Value> = eigene
        .map(|f| {
            let (argument, nimmt, gibt): (_, &[&str], _) = match f.gestalt {
                Gestalt::Falte(_) => ("Text", &["string"], "string"),
                Gestalt::Zeichenzahl => ("Text", &["string"], "number"),
                Gestalt::Rundung(_) => ("Zahl", &["number"], "number"),
                Gestalt::Kalender(_) => ("Datum oder Zeitpunkt", &["datetime"], "number"),
                Gestalt::Mass(_) => ("Geometrie des Objekts", &["geometry"], "number"),
            };
            json!({
                "name": f.name,
                "description": f.beschreibung,
                "arguments": [{"title": argument, "type": nimmt}],
                "returns": [gibt],
            })
        })
        .collect();
    json!({"functions": funktionen, "links": links})
}
