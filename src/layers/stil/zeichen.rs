//! Signs of the Planzeichenverordnung, drawn by us: `geodata/zeichen/*.svg`, and the one table
//! that says which class uses which, `zeichen.toml` beside them. QGIS gets them inside its
//! styles, everybody else under `/zeichen/{name}.svg`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine as _;
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "geodata/zeichen"]
struct Bilder;

const TAFEL: &str = include_str!("../../../geodata/zeichen/zeichen.toml");

/// Parallel lines over an area.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schraffur {
    /// Degrees, from the horizontal.
    pub winkel: f64,
    /// Millimetres between two lines.
    pub abstand: f64,
}

/// What is drawn of a class besides its colour.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zeichen {
    klassen: String,
    wert: String,
    /// Sign of the class.
    pub bild: Option<String>,
    /// Sign by code of the Zweckbestimmung.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
    /// Hatch.
    pub schraffur: Option<Schraffur>,
    /// Sign along the border.
    pub rand: Option<String>,
    /// Number of the Anlage to the `PlanZV`.
    pub planzv: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Datei {
    zeichen: Vec<Zeichen>,
}

static ZEICHEN: LazyLock<Vec<Zeichen>> = LazyLock::new(|| {
    // A test reads the same text; it is part of the program.
    toml::from_str::<Datei>(TAFEL).map_or_else(|_| Vec::new(), |datei| datei.zeichen)
});

/// What the table says of a class; `klassen` is the code table, or the relation of a layer
/// without one.
#[must_use]
pub fn zu(klassen: &str, wert: &str) -> Option<&'static Zeichen> {
    let der_tafel = || ZEICHEN.iter().filter(|z| z.klassen == klassen);
    der_tafel()
        .find(|z| z.wert == wert)
        .or_else(|| der_tafel().find(|z| z.wert == "*"))
}

/// Names of all drawings, in order.
#[must_use]
pub fn namen() -> Vec<String> {
    let mut namen: Vec<String> = Bilder::iter()
        .filter_map(|datei| datei.strip_suffix(".svg").map(str::to_owned))
        .collect();
    namen.sort();
    namen
}

/// The drawing, SVG.
///
/// # Errors
/// [`Error::NichtGefunden`] for an unknown name.
pub fn svg(name: &str) -> Result<Vec<u8>> {
    let datei = Bilder::get(&format!("{name}.svg")).ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Ein Zeichen „{name}“ gibt es nicht. Vorhanden: {}.",
            namen().join(", ")
        ))
    })?;
    Ok(datei.data.into_owned())
}

/// The drawing as QGIS takes it inside a style; an unknown name is no sign.
#[must_use]
pub fn eingebettet(name: &str) -> Option<String> {
    Some(einbetten(&svg(name).ok()?))
}

/// A drawing as QGIS takes it instead of a path.
#[must_use]
pub fn einbetten(svg: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(svg);
    format!("base64:{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_of_the_table_is_drawn_and_every_drawing_is_used() {
        let zeichen = toml::from_str::<Datei>(TAFEL).unwrap().zeichen;
        let mut benutzt = vec!["nordpfeil".to_owned()]; // of the print layout
        for z in &zeichen {
            benutzt.extend(z.bild.clone());
            benutzt.extend(z.rand.clone());
            benutzt.extend(z.codes.values().cloned());
            assert!(
                z.codes
                    .keys()
                    .all(|c| c.bytes().all(|b| b.is_ascii_digit()))
            );
        }
        benutzt.sort();
        benutzt.dedup();
        assert_eq!(benutzt, namen());
        let mut paare: Vec<_> = zeichen.iter().map(|z| (&z.klassen, &z.wert)).collect();
        let alle = paare.len();
        paare.sort();
        paare.dedup();
        assert_eq!(paare.len(), alle, "a class stands twice");
    }

    #[test]
    fn drawings_are_small_and_well_formed() {
        for name in namen() {
            let text = String::from_utf8(svg(&name).unwrap()).unwrap();
            assert!(
                text.len() < 1500 && text.contains("viewBox=\"0 0 24 24\""),
                "{name}"
            );
            assert!(text.contains("<title>"), "{name}");
            let mut leser = quick_xml::Reader::from_str(&text);
            while !matches!(leser.read_event().unwrap(), quick_xml::events::Event::Eof) {}
        }
        assert!(svg("../layers").is_err() && eingebettet("gibtesnicht").is_none());
    }

    #[test]
    fn classes_find_their_sign() {
        assert_eq!(zu("fnp.nutzung", "W").unwrap().bild.as_deref(), Some("w"));
        assert!(zu("fnp.nutzung", "klima").is_none());
        let plan = zu("fnp.plan_sicht", "").unwrap();
        assert_eq!(plan.rand.as_deref(), Some("rand_balken"));
    }
}
