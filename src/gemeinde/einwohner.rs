//! Inhabitants: counted and forecast, per Ortsteil, day and age group.

use chrono::NaiveDate;
use serde::Serialize;

/// Key of the total.
pub const GESAMT: &str = "gesamt";

/// Ages from and to, in completed years; None up is open.
pub type Spanne = (u16, Option<u16>);

/// Reads an age group as offices write it: `0-5`, `0 bis unter 6`, `unter 6`, `65+`, `65 und
/// älter`, `ab 65 Jahre`, `5`, `insgesamt`. None: not understood; `Some(None)`: the total.
#[must_use]
pub fn altersgruppe(text: &str) -> Option<Option<Spanne>> {
    let klein = text.to_lowercase().replace(['–', '—'], "-");
    let mut zahlen: Vec<u16> = Vec::new();
    let mut worte = String::new();
    let mut ziffern = String::new();
    for c in klein.chars().chain([' ']) {
        if c.is_ascii_digit() {
            ziffern.push(c);
            continue;
        }
        if !ziffern.is_empty() {
            zahlen.push(ziffern.parse().ok().filter(|jahre| *jahre <= 150)?);
            ziffern.clear();
            worte.push('#');
        }
        if !c.is_whitespace() && c != '.' {
            worte.push(c);
        }
    }
    for wort in ["jährige", "jährig", "jahren", "jahre", "jahr", "j"] {
        worte = worte.replace(wort, "");
    }
    match (worte.as_str(), &zahlen[..]) {
        ("" | "gesamt" | "insgesamt" | "alle" | "summe" | "zusammen" | "einwohner", []) => {
            Some(None)
        }
        ("#-#" | "#bis#" | "von#bis#" | "#bis einschließlich#", &[von, bis]) => {
            (von <= bis).then_some(Some((von, Some(bis))))
        }
        ("#bisunter#" | "#-unter#" | "#-u#" | "von#bisunter#", &[von, unter]) => {
            (von < unter).then_some(Some((von, Some(unter - 1))))
        }
        ("unter#" | "u#" | "<#", &[unter]) => (unter > 0).then(|| Some((0, Some(unter - 1)))),
        ("bis#", &[bis]) => Some(Some((0, Some(bis)))),
        ("über#" | ">#", &[ueber]) => Some(Some((ueber + 1, None))),
        (
            "#+" | "ab#" | "#undälter" | "#u.ä" | "#uä" | "#undmehr" | "#undaelter" | "≥#" | ">=#",
            &[von],
        ) => Some(Some((von, None))),
        ("#", &[genau]) => Some(Some((genau, Some(genau)))),
        _ => None,
    }
}

/// The stored key of a group.
#[must_use]
pub fn schluessel(gruppe: Option<Spanne>) -> String {
    match gruppe {
        None => GESAMT.to_owned(),
        Some((von, Some(bis))) => format!("{von}-{bis}"),
        Some((von, None)) => format!("{von}+"),
    }
}

/// The span of a stored key; None for the total.
#[must_use]
pub fn spanne(schluessel: &str) -> Option<Spanne> {
    altersgruppe(schluessel).flatten()
}

/// A stored key, for people.
#[must_use]
pub fn titel(schluessel: &str) -> String {
    match spanne(schluessel) {
        None => "insgesamt".to_owned(),
        Some((von, Some(bis))) if von == bis => format!("{von} Jahre"),
        Some((0, Some(bis))) => format!("unter {} Jahre", bis + 1),
        Some((von, Some(bis))) => format!("{von} bis {bis} Jahre"),
        Some((von, None)) => format!("{von} Jahre und älter"),
    }
}

/// Two groups share an age.
#[must_use]
pub fn ueberlappen(a: Spanne, b: Spanne) -> bool {
    a.0 <= b.1.unwrap_or(u16::MAX) && b.0 <= a.1.unwrap_or(u16::MAX)
}

/// One age group on one day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gruppe {
    /// Stored key.
    pub altersgruppe: String,
    /// Inhabitants; a forecast may have fractions.
    pub anzahl: f64,
    /// Of the total, 0..1.
    pub anteil: Option<f64>,
}

/// All figures of an Ortsteil for one day, kind and variant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stichtag {
    /// Day.
    pub stichtag: NaiveDate,
    /// `ist` or `prognose`.
    pub art: String,
    /// Variant of the forecast.
    pub variante: Option<String>,
    /// Delivered total, else the sum of the groups.
    pub gesamt: f64,
    /// Where the figures come from.
    pub quelle: Option<String>,
    /// Age groups, youngest first; empty where only the total was delivered.
    pub altersgruppen: Vec<Gruppe>,
}

impl Stichtag {
    /// Inhabitants of a group.
    #[must_use]
    pub fn von(&self, altersgruppe: &str) -> Option<f64> {
        if altersgruppe == GESAMT {
            return Some(self.gesamt);
        }
        let gruppe = self
            .altersgruppen
            .iter()
            .find(|g| g.altersgruppe == altersgruppe)?;
        Some(gruppe.anzahl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_groups_as_offices_write_them() {
        for (text, soll) in [
            ("insgesamt", "gesamt"),
            ("", "gesamt"),
            ("0-5", "0-5"),
            ("0–5 Jahre", "0-5"),
            ("6 bis 17", "6-17"),
            ("0 bis unter 6", "0-5"),
            ("6 bis unter 18 Jahre", "6-17"),
            ("unter 6", "0-5"),
            ("65+", "65+"),
            ("65 und älter", "65+"),
            ("65 u. ä.", "65+"),
            ("ab 65 Jahren", "65+"),
            ("über 64", "65+"),
            ("5", "5-5"),
        ] {
            assert_eq!(
                altersgruppe(text).map(schluessel).as_deref(),
                Some(soll),
                "{text}"
            );
        }
        for falsch in ["Kinder", "17-6", "0-999", "unter 0", "1-2-3"] {
            assert_eq!(altersgruppe(falsch), None, "{falsch}");
        }
        for gut in ["gesamt", "0-5", "65+"] {
            assert_eq!(altersgruppe(gut).map(schluessel).as_deref(), Some(gut));
        }
    }

    #[test]
    fn overlaps() {
        assert!(ueberlappen((0, Some(5)), (5, Some(9))));
        assert!(!ueberlappen((0, Some(5)), (6, None)));
        assert!(ueberlappen((65, None), (80, None)));
    }
}
