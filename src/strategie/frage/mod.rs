//! Saved questions: a filter of measures with a name. A published one is a layer
//! (`frage_<kennung>`), evaluated when it is read, by whoever reads it.

pub mod routes;
pub mod store;

use serde::Serialize;

use super::massnahme::Frage;
use crate::error::{Error, Result};
use crate::http::extract::Parameter;

/// Ids of the layers of questions begin so.
pub const EBENE: &str = "frage_";

/// A saved question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gespeichert {
    /// Part of the layer's id.
    pub kennung: String,
    /// Title.
    pub titel: String,
    /// As in the address of `/massnahmen`.
    pub filter: String,
    /// What it is for.
    pub beschreibung: Option<String>,
}

impl Gespeichert {
    /// Id of its layer.
    #[must_use]
    pub fn ebene(&self) -> String {
        format!("{EBENE}{}", self.kennung)
    }
}

/// Reads a filter as it is saved: words about measures alone, none about a page or a form.
///
/// # Errors
/// [`Error::Aufruf`] for an unknown word or one that is no filter.
pub fn lies(filter: &str) -> Result<Frage> {
    let text = filter.trim();
    let text = text.split_once('?').map_or(text, |(_, nach)| nach);
    let parameter = Parameter::lies(text).map_err(|_| {
        Error::parameter("filter", "Der Filter ist nicht lesbar. Erwartet wird er wie in der Adresse von /massnahmen, zum Beispiel ortsteil=erpfting&ampel=gefaehrdet.")
    })?;
    if let Some((name, _)) = parameter
        .ohne(&[])
        .find(|(name, _)| matches!(*name, "sortiert" | "limit" | "cursor" | "stichtag"))
    {
        return Err(Error::parameter(
            "filter",
            format!("„{name}“ ordnet eine Seite und gehört nicht in eine gespeicherte Frage."),
        ));
    }
    // The address of a page carries `f`; it says nothing about measures.
    let frage = Frage::lies(parameter.ohne(&["f"]))?;
    if frage == Frage::default() {
        return Err(Error::parameter(
            "filter",
            "Der Filter ist leer. Erwartet wird er wie in der Adresse von /massnahmen, zum Beispiel ortsteil=erpfting&ampel=gefaehrdet.",
        ));
    }
    Ok(frage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_may_be_copied_from_the_address() {
        let kurz = lies("ortsteil=west&ampel=im_plan").unwrap();
        assert_eq!(
            lies("http://x/massnahmen?f=html&ortsteil=west&ampel=im_plan&ziel=").unwrap(),
            kurz
        );
        for (falsch, teil) in [
            ("", "leer"),
            ("ziel=", "leer"),
            ("limit=3", "limit"),
            ("farbe=rot", "farbe"),
            ("q=%ff", "nicht lesbar"),
        ] {
            let fehler = lies(falsch).unwrap_err().to_string();
            assert!(fehler.contains(teil), "{falsch}: {fehler}");
        }
    }
}
