//! The filter language: what is asked of measures, as in the address of `/massnahmen`. The
//! same words serve lists, maps, the command line and saved questions.
//!
//! Several values of one parameter are separated by commas and any may hold; everything
//! given must hold together. Here it is text as asked; [`super::wahl`] looks it up.

use geo_types::MultiPolygon;

use crate::error::{Error, Result};
use crate::http::link::kodiere_parameter;

/// Words of the language with what they ask, in the order of forms and messages.
pub const FILTER: &[(&str, &str)] = &[
    (
        "q",
        "Wörter in Kennung, Nummer, Titel und Text; Umlaute auch als ae, oe, ue",
    ),
    ("ortsteil", "Ortsteil (Kennung oder Name)"),
    ("ziel", "Ziel; operative Ziele darunter zählen mit"),
    ("handlungsfeld", "Handlungsfeld"),
    ("nutzung", "Nutzung im Flächennutzungsplan (W, M, gruen …)"),
    ("flaeche", "Fläche des Flächennutzungsplans (Kennung)"),
    (
        "plan",
        "Plan zu Nutzung oder Fläche, auch KENNUNG@FASSUNG; ohne Angabe der wirksame",
    ),
    ("flurstueck", "Flurstückskennzeichen"),
    (
        "polygon",
        "Polygon als WKT oder GeoJSON; größere nimmt POST /massnahmen/suche",
    ),
    (
        "bbox",
        "Rechteck: west,süd,ost,nord in Länge und Breite oder in EPSG:25832",
    ),
    (
        "nahe",
        "Ort der Umkreissuche: Länge,Breite oder Ost,Nord oder massnahme:…, flurstueck:…, ortsteil:…",
    ),
    ("abstand", "Umkreis in Metern (mit nahe)"),
    ("beschlussstand", "Beschlussstand"),
    ("umsetzungsphase", "Umsetzungsphase"),
    ("ampel", "Ampel"),
    ("aktualitaet", "Alter der Angaben"),
    (
        "horizont",
        "Zeithorizont: kurz, mittel, lang, dauerhaft, offen",
    ),
    ("jahr", "Läuft in diesem Jahr"),
    ("geldjahr", "Hat in diesem Jahr einen Finanzwert"),
    (
        "zustaendig",
        "Zuständige Stelle; Stellen darunter zählen mit",
    ),
    ("leitprojekt", "Leitprojekt: ja oder nein"),
    ("sdg", "Nachhaltigkeitsziel (1 bis 17)"),
    ("foerderprogramm", "Förderprogramm"),
    ("fachplan", "Fachplan mit Fundstelle zur Maßnahme"),
    (
        "raumbezug",
        "Art des Ortes: gesamtstadt, ortsteil, fnp_flaeche, flaeche, linie, punkt, unverortet",
    ),
    ("ohne", "Ohne: ziel, ort, kennzahl, geld, zustaendig"),
];

/// Words about the page of an answer, not about measures.
pub const SEITE: &[(&str, &str)] = &[
    (
        "sortiert",
        "Reihenfolge: nummer, titel, kennung, ampel, beginn, ende, prioritaet, verzug, abstand, anteil",
    ),
    ("limit", "Maßnahmen je Seite, 1 bis 10000"),
    (
        "cursor",
        "Fortsetzung nach der letzten Maßnahme der vorigen Seite; steht in „weiter“",
    ),
];

/// Orders of a list.
pub const SORTIERUNGEN: &[&str] = &[
    "nummer",
    "titel",
    "kennung",
    "ampel",
    "beginn",
    "ende",
    "prioritaet",
    "verzug",
    "abstand",
    "anteil",
];
/// What a measure can lack.
pub const OHNE: &[&str] = &["ziel", "ort", "kennzahl", "geld", "zustaendig"];
/// Horizons as derived.
pub const HORIZONTE: &[&str] = &["kurz", "mittel", "lang", "dauerhaft", "offen"];

/// What is asked. Everything given must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frage {
    /// Ortsteile, by kennung or name.
    pub ortsteil: Option<String>,
    /// Goals; include the operative goals below.
    pub ziel: Option<String>,
    /// Keys of land uses.
    pub nutzung: Option<String>,
    /// Plan of the land use or area, `KENNUNG[@FASSUNG]`; without it the plan in force.
    pub plan: Option<String>,
    /// Kinds of place (`gesamtstadt`, `unverortet` …).
    pub raumbezug: Option<String>,
    /// EPSG:25832; besides what [`Frage::polygon_text`] says.
    pub polygon: Option<MultiPolygon<f64>>,
    /// These measures alone.
    pub kennungen: Option<Vec<String>>,
    /// With their places.
    pub mit_geometrie: bool,
    /// Polygon as text.
    pub polygon_text: Option<String>,
    /// Rectangle.
    pub bbox: Option<String>,
    /// Areas of the plan.
    pub flaeche: Option<String>,
    /// Parcels.
    pub flurstueck: Option<String>,
    /// Centre of a search.
    pub nahe: Option<String>,
    /// Its radius, metres.
    pub abstand: Option<String>,
    /// Handlungsfelder.
    pub handlungsfeld: Option<String>,
    /// States of decision.
    pub beschlussstand: Option<String>,
    /// Phases.
    pub umsetzungsphase: Option<String>,
    /// Traffic lights.
    pub ampel: Option<String>,
    /// Ages of data.
    pub aktualitaet: Option<String>,
    /// Horizons.
    pub horizont: Option<String>,
    /// Years it runs in.
    pub jahr: Option<String>,
    /// Years with money.
    pub geldjahr: Option<String>,
    /// Actors; include those below.
    pub zustaendig: Option<String>,
    /// ja or nein.
    pub leitprojekt: Option<String>,
    /// Numbers of SDG.
    pub sdg: Option<String>,
    /// Funding programmes.
    pub foerderprogramm: Option<String>,
    /// Fachpläne.
    pub fachplan: Option<String>,
    /// What it lacks.
    pub ohne: Option<String>,
    /// Words.
    pub q: Option<String>,
    /// Order.
    pub sortiert: Option<String>,
    /// Measures a page.
    pub limit: Option<String>,
    /// Where the page goes on.
    pub cursor: Option<String>,
}

impl Frage {
    /// The field of a word of the language.
    fn feld(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "q" => &mut self.q,
            "ortsteil" => &mut self.ortsteil,
            "ziel" => &mut self.ziel,
            "handlungsfeld" => &mut self.handlungsfeld,
            "nutzung" => &mut self.nutzung,
            "flaeche" => &mut self.flaeche,
            "plan" => &mut self.plan,
            "flurstueck" => &mut self.flurstueck,
            "polygon" => &mut self.polygon_text,
            "bbox" => &mut self.bbox,
            "nahe" => &mut self.nahe,
            "abstand" => &mut self.abstand,
            "beschlussstand" => &mut self.beschlussstand,
            "umsetzungsphase" => &mut self.umsetzungsphase,
            "ampel" => &mut self.ampel,
            "aktualitaet" => &mut self.aktualitaet,
            "horizont" => &mut self.horizont,
            "jahr" => &mut self.jahr,
            "geldjahr" => &mut self.geldjahr,
            "zustaendig" => &mut self.zustaendig,
            "leitprojekt" => &mut self.leitprojekt,
            "sdg" => &mut self.sdg,
            "foerderprogramm" => &mut self.foerderprogramm,
            "fachplan" => &mut self.fachplan,
            "raumbezug" => &mut self.raumbezug,
            "ohne" => &mut self.ohne,
            "sortiert" => &mut self.sortiert,
            "limit" => &mut self.limit,
            "cursor" => &mut self.cursor,
            _ => return None,
        })
    }

    /// Reads pairs of a query string. An empty value asks nothing: forms send it.
    ///
    /// # Errors
    /// [`Error::Aufruf`] for an unknown word (with the nearest) or one given twice.
    pub fn lies<'a>(paare: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut frage = Self::default();
        for (name, wert) in paare {
            let Some(feld) = frage.feld(name) else {
                return Err(unbekannt(name));
            };
            if feld.is_some() {
                return Err(Error::parameter(
                    name,
                    format!(
                        "Der Parameter „{name}“ steht mehrfach in der Frage; mehrere Werte trennt ein Komma: {name}=a,b."
                    ),
                ));
            }
            let wert = wert.trim();
            if !wert.is_empty() {
                *feld = Some(wert.to_owned());
            }
        }
        Ok(frage)
    }

    /// What was asked, by word: for forms and links.
    #[must_use]
    pub fn wert(&self, name: &str) -> String {
        let mut kopie = self.clone();
        kopie.feld(name).and_then(Option::take).unwrap_or_default()
    }
}

impl Frage {
    /// The filter as in an address, without page and order.
    #[must_use]
    pub fn woerter(&self) -> String {
        let paare: Vec<(&str, String)> = FILTER
            .iter()
            .map(|(name, _)| (*name, self.wert(name)))
            .filter(|(_, wert)| !wert.is_empty())
            .collect();
        kodiere_parameter(paare.iter().map(|(name, wert)| (*name, wert.as_str())))
    }
}

fn unbekannt(name: &str) -> Error {
    let woerter = || FILTER.iter().chain(SEITE).map(|(wort, _)| *wort);
    Error::parameter(
        name,
        format!(
            "Den Parameter „{name}“ gibt es hier nicht.{} Möglich sind: {}.",
            super::werte::meinten(name, woerter()),
            woerter().collect::<Vec<_>>().join(", ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_field_and_only_one() {
        for (wort, _) in FILTER.iter().chain(SEITE) {
            let frage = Frage::lies([(*wort, "x")]).unwrap();
            assert_ne!(frage, Frage::default(), "{wort}");
        }
        let fehler = Frage::lies([("ortsteil", "a"), ("ortsteil", "b")]).unwrap_err();
        assert!(fehler.to_string().contains("ortsteil=a,b"), "{fehler}");
    }

    #[test]
    fn an_unknown_word_names_the_nearest() {
        let fehler = Frage::lies([("ortsteile", "x")]).unwrap_err().to_string();
        assert!(
            fehler.contains("Meinten Sie „ortsteil“?") && fehler.contains("leitprojekt"),
            "{fehler}"
        );
        assert_eq!(Frage::lies([("ziel", " ")]).unwrap(), Frage::default());
    }
}
