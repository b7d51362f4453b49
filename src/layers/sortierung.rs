//! The parameters `sortby` and `properties`: names of columns in a list.

use super::ebene::Ebene;
use super::relation::{Spalte, aufzaehlung, meinten, naechster};
use crate::error::{Error, Result};

/// Conformance classes of sorting (Part 8 is a draft of the OGC).
pub const KONFORMITAET: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/sortables",
    "http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/sorting",
    "http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/sortables",
    "http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/features-sorting",
];

/// Columns a request may sort by.
const SPALTEN_MAX: usize = 5;

/// One sort key; what has no value comes last in either direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sortierung {
    /// Column.
    pub spalte: String,
    /// From the greatest down.
    pub absteigend: bool,
}

/// Columns that can be sorted by.
pub fn sortierbare(ebene: &Ebene) -> impl Iterator<Item = &Spalte> {
    ebene.spalten.iter().filter(|s| s.klasse.filterbar())
}

/// Reads `sortby`: `+a,-b`; without a sign it is `+`, which an unencoded query turns into a space.
pub fn lies(text: &str, ebene: &Ebene) -> Result<Vec<Sortierung>> {
    let mut folge: Vec<Sortierung> = Vec::new();
    for name in namen("sortby", text)? {
        let (name, absteigend) = match name.trim().strip_prefix('-') {
            Some(name) => (name, true),
            None => (name.trim().trim_start_matches('+'), false),
        };
        let Some(spalte) = sortierbare(ebene).find(|s| s.name == name) else {
            return Err(unbekannt(
                "sortby",
                name,
                "Nach „{}“ lässt sich hier nicht sortieren.",
                sortierbare(ebene),
            ));
        };
        if folge.iter().any(|s| s.spalte == spalte.name) {
            return Err(Error::parameter(
                "sortby",
                format!("„{name}“ steht mehrfach in sortby."),
            ));
        }
        folge.push(Sortierung {
            spalte: spalte.name.clone(),
            absteigend,
        });
    }
    if folge.len() > SPALTEN_MAX {
        return Err(Error::parameter(
            "sortby",
            format!("Sortiert wird nach höchstens {SPALTEN_MAX} Feldern."),
        ));
    }
    Ok(folge)
}

/// Reads `properties` or `exclude-properties`; gives for each column whether it is named.
pub fn genannt(parameter: &str, text: &str, ebene: &Ebene) -> Result<Vec<bool>> {
    let mut genannt = vec![false; ebene.spalten.len()];
    for name in namen(parameter, text)? {
        let name = name.trim();
        let geometrie = ebene.relation.geometrie.as_ref();
        match ebene.spalten.iter().position(|s| s.name == name) {
            Some(stelle) => genannt[stelle] = true,
            // The geometry is sent unless skipGeometry says otherwise.
            None if geometrie.is_some_and(|g| g.spalte == name) || name == "geometry" => {}
            None => {
                return Err(unbekannt(
                    parameter,
                    name,
                    "Ein Feld „{}“ hat diese Ebene nicht.",
                    ebene.spalten.iter(),
                ));
            }
        }
    }
    Ok(genannt)
}

fn unbekannt<'a>(
    parameter: &str,
    name: &str,
    satz: &str,
    vorhanden: impl Iterator<Item = &'a Spalte>,
) -> Error {
    let namen: Vec<&str> = vorhanden.map(|s| s.name.as_str()).collect();
    let vorschlag = naechster(name, namen.iter().copied());
    Error::parameter(
        parameter,
        format!(
            "{}{} Möglich sind: {}.",
            satz.replace("{}", name),
            meinten(vorschlag),
            aufzaehlung(namen.into_iter())
        ),
    )
}

/// Names separated by commas; one with a comma stands in double quotes.
fn namen(parameter: &str, text: &str) -> Result<Vec<String>> {
    let mut namen = vec![String::new()];
    let mut zeichen = text.chars().peekable();
    let mut innen = false;
    while let Some(c) = zeichen.next() {
        let hier = namen.len() - 1;
        match c {
            '"' if innen && zeichen.next_if_eq(&'"').is_some() => namen[hier].push('"'),
            '"' => innen = !innen,
            ',' if !innen => namen.push(String::new()),
            c => namen[hier].push(c),
        }
    }
    if innen || namen.iter().any(|name| name.trim().is_empty()) {
        return Err(Error::parameter(
            parameter,
            format!(
                "„{text}“ ist keine Liste von Feldern. Erwartet werden Namen mit Komma dazwischen."
            ),
        ));
    }
    Ok(namen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_names() {
        let lies = |text| namen("sortby", text).ok();
        let liste =
            |werte: &[&str]| Some(werte.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(lies("a,-b"), liste(&["a", "-b"]));
        assert_eq!(lies("-\"a,b\",\"c\"\"d\""), liste(&["-a,b", "c\"d"]));
        for falsch in ["", "a,", ",a", "a,,b", "\"a", " "] {
            assert_eq!(lies(falsch), None, "{falsch}");
        }
    }
}
