//! Words of the pages.

use super::store::{Kurz, Link};
use crate::fnp::zahl::{hektar, prozent};

/// German word of a severity, and its sign, readable without colour.
#[must_use]
pub fn schwere(schluessel: &str) -> &'static str {
    match schluessel {
        "fehler" => "✖ Fehler",
        "warnung" => "▲ Warnung",
        _ => "● Hinweis",
    }
}

/// `2 Fehler, 1 Warnung`, or that there are none.
#[must_use]
pub fn befundzahl(kurz: &Kurz) -> String {
    let teile: Vec<String> = [
        (kurz.fehler, "Fehler", "Fehler"),
        (kurz.warnungen, "Warnung", "Warnungen"),
        (kurz.hinweise, "Hinweis", "Hinweise"),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, eines, mehrere)| format!("{n} {}", if n == 1 { eines } else { mehrere }))
    .collect();
    if teile.is_empty() {
        "keine Befunde".to_owned()
    } else {
        teile.join(", ")
    }
}

/// What changed, in German.
#[must_use]
pub fn aenderungen(wie: Option<&str>) -> String {
    let woerter: Vec<&str> = wie
        .unwrap_or_default()
        .split(',')
        .filter(|w| !w.is_empty())
        .map(|w| match w {
            "geometrie" => "Form",
            "klasse" => "Objektart",
            "nutzung" => "Nutzung",
            "codes" => "Codes",
            _ => "Rechtsstand",
        })
        .collect();
    woerter.join(", ")
}

/// Hectares, or a dash for what is not.
#[must_use]
pub fn ha(m2: Option<&f64>) -> String {
    m2.map_or_else(|| "–".to_owned(), |m2| hektar(*m2, 4))
}

/// How much of the old area the proposed successor covers.
#[must_use]
pub fn anteil(link: &Link) -> String {
    link.nachfolger_anteil.map_or_else(String::new, |anteil| {
        format!(" ({} % der alten Fläche)", prozent(anteil))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_read_as_german() {
        assert_eq!(aenderungen(Some("geometrie,nutzung")), "Form, Nutzung");
        assert_eq!(aenderungen(None), "");
    }
}
