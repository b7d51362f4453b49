//! The mapping of an office's values to uses: a TOML file.
//!
//! ```toml
//! ebene = "FNP"                   # layer, where the file has several
//! name = "BEZEICHNUNG"            # field of the name
//! text = "BEMERKUNG"              # field of a remark
//! kennung = "ID"                  # field of the kennung
//! flaechenschluss = true          # for rules that do not say otherwise
//! geltungsbereich = "vereinigung" # of all areas of the Flächenschluss, or { ebene = "NAME" }
//!
//! [plan]
//! name = "Flächennutzungsplan 2025"
//!
//! [rechtsstand]
//! feld = "STATUS"
//! planung = ["geplant", "Neu*"]
//! bestand = ["Bestand"]
//!
//! [[regel]]                       # the first rule that fits counts
//! wenn = { ART = ["W", "WA*"] }   # all fields must fit; `*` stands for anything
//! nutzung = "W"
//!
//! [[regel]]
//! wenn = { ART = "LSG" }
//! klasse = "SO_SchutzgebietNaturschutzrecht"
//! flaechenschluss = false
//! ```

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::fnp::nutzung::{self, Basis};
use crate::fnp::objekt::Rechtsstand;
use crate::import::vector::Merkmal;

pub(super) use crate::fnp::nutzung::REGELKLASSEN as NUTZUNGEN;
pub(super) const NICHT_ZUGEORDNET: &str = "nicht_zugeordnet";

/// The whole mapping.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zuordnung {
    /// Layer.
    pub ebene: Option<String>,
    /// Field of the name.
    pub name: Option<String>,
    /// Field of a remark.
    pub text: Option<String>,
    /// Field of the kennung.
    pub kennung: Option<String>,
    /// For rules that do not say otherwise.
    #[serde(default = "ja")]
    pub flaechenschluss: bool,
    /// Where the area of the plan comes from.
    pub geltungsbereich: Option<Geltungsbereich>,
    /// The plan's own attributes.
    #[serde(default)]
    pub plan: Plan,
    rechtsstand: Option<RechtsstandRegel>,
    #[serde(default)]
    regel: Vec<Regel>,
    /// Fields the rules look at, each once.
    #[serde(skip)]
    felder: Vec<String>,
}

fn ja() -> bool {
    true
}

/// Where the area of the plan comes from.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Geltungsbereich {
    /// All areas of the Flächenschluss together.
    Vereinigung,
    /// A layer of the same file.
    Ebene(String),
}

/// What an office's data cannot say of the plan itself.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Name.
    pub name: Option<String>,
    /// Number.
    pub nummer: Option<String>,
    /// Code of `FP_Rechtsstand` (4000 wirksam).
    pub rechtsstand: Option<String>,
    /// Date of effect, with or without quotation marks.
    #[serde(default, deserialize_with = "datum")]
    pub wirksam_am: Option<NaiveDate>,
}

/// TOML has dates of its own, which chrono does not read.
fn datum<'de, D: serde::Deserializer<'de>>(
    quelle: D,
) -> std::result::Result<Option<NaiveDate>, D::Error> {
    let text = match toml::Value::deserialize(quelle)? {
        toml::Value::String(text) => text,
        anderes => anderes.to_string(),
    };
    ["%Y-%m-%d", "%d.%m.%Y"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(&text, form).ok())
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom(format!("„{text}“ ist kein Datum wie 2001-05-01")))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RechtsstandRegel {
    feld: String,
    #[serde(default)]
    planung: Muster,
    #[serde(default)]
    bestand: Muster,
    #[serde(default)]
    entfaellt: Muster,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Regel {
    wenn: BTreeMap<String, Muster>,
    nutzung: Option<String>,
    klasse: Option<String>,
    #[serde(default)]
    codes: Map<String, Value>,
    flaechenschluss: Option<bool>,
    #[serde(default)]
    ebene: i16,
}

/// Patterns as they are compared: made once, not for every object.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Genannt")]
struct Muster(Vec<String>);

/// One pattern or several; `*` stands for anything, case does not matter.
#[derive(Deserialize)]
#[serde(untagged)]
enum Genannt {
    Eines(String),
    Mehrere(Vec<String>),
}

impl From<Genannt> for Muster {
    fn from(genannt: Genannt) -> Self {
        Self(match genannt {
            Genannt::Eines(eines) => vec![vereinfacht(&eines)],
            Genannt::Mehrere(mehrere) => mehrere.iter().map(|eines| vereinfacht(eines)).collect(),
        })
    }
}

impl Muster {
    /// `wert` is [`vereinfacht`].
    fn passt(&self, wert: &str) -> bool {
        self.0.iter().any(|muster| deckt(muster, wert))
    }
}

/// Without what does not matter: case, blanks around it.
fn vereinfacht(text: &str) -> String {
    text.trim().to_lowercase()
}

/// `*` stands for any number of characters; both are [`vereinfacht`].
fn deckt(muster: &str, wert: &str) -> bool {
    let mut teile = muster.split('*');
    let Some(mut rest) = teile.next().and_then(|vorn| wert.strip_prefix(vorn)) else {
        return false;
    };
    let mut teile: Vec<&str> = teile.collect();
    let Some(hinten) = teile.pop() else {
        return rest.is_empty();
    };
    for teil in teile {
        match rest.find(teil) {
            Some(ab) => rest = &rest[ab + teil.len()..],
            None => return false,
        }
    }
    rest.ends_with(hinten)
}

/// What a feature is.
#[derive(Debug)]
pub struct Treffer {
    /// Key of `fnp.nutzung`.
    pub nutzung: &'static str,
    /// XPlanung class.
    pub klasse: String,
    /// Codes by attribute.
    pub codes: Map<String, Value>,
    /// None: as the class and the mapping say.
    pub flaechenschluss: Option<bool>,
    /// Level, 0 the ground.
    pub ebene: i16,
}

impl Treffer {
    /// No rule spoke.
    #[must_use]
    pub fn keiner() -> Self {
        Self {
            nutzung: NICHT_ZUGEORDNET,
            klasse: "FP_GenerischesObjekt".into(),
            codes: Map::new(),
            flaechenschluss: None,
            ebene: 0,
        }
    }
}

impl Zuordnung {
    /// Reads and checks a mapping.
    ///
    /// # Errors
    /// [`Error::Eingabe`] with the place: not TOML, unknown key, unknown use or class, no rule.
    pub fn lies(text: &str) -> Result<Self> {
        let mut zuordnung: Self = toml::from_str(text)
            .map_err(|cause| Error::eingabe(format!("Die Zuordnung ist fehlerhaft:\n{cause}")))?;
        for (i, regel) in zuordnung.regel.iter().enumerate() {
            let nr = i + 1;
            if regel.wenn.is_empty() {
                return Err(Error::eingabe(format!(
                    "Zuordnung, {nr}. Regel: „wenn“ ist leer; nötig ist wenigstens ein Feld mit einem Wert, etwa wenn = {{ ART = \"W\" }}."
                )));
            }
            if let Some(schluessel) = &regel.nutzung
                && !NUTZUNGEN
                    .iter()
                    .any(|(bekannt, _, _)| bekannt == schluessel)
            {
                return Err(Error::eingabe(format!(
                    "Zuordnung, {nr}. Regel: eine Nutzung „{schluessel}“ gibt es nicht. Möglich sind: {}.",
                    NUTZUNGEN.map(|(schluessel, _, _)| schluessel).join(", ")
                )));
            }
            if let Some(klasse) = &regel.klasse
                && nutzung::klasse(klasse).is_none()
            {
                return Err(Error::eingabe(format!(
                    "Zuordnung, {nr}. Regel: „{klasse}“ ist keine Klasse eines Flächennutzungsplans in XPlanung."
                )));
            }
            if regel.nutzung.is_none() && regel.klasse.is_none() {
                return Err(Error::eingabe(format!(
                    "Zuordnung, {nr}. Regel: weder „nutzung“ noch „klasse“ ist genannt."
                )));
            }
        }
        if zuordnung.regel.is_empty() {
            return Err(Error::eingabe(
                "Die Zuordnung enthält keine [[regel]]; alle Flächen blieben ohne Nutzung.",
            ));
        }
        for i in 0..zuordnung.regel.len() {
            let klasse = zuordnung.regel[i].treffer().klasse;
            let schliesst = zuordnung.schliesst(&klasse);
            zuordnung.regel[i].flaechenschluss.get_or_insert(schliesst);
        }
        let felder = zuordnung.regel.iter().flat_map(|regel| regel.wenn.keys());
        zuordnung.felder = felder.cloned().collect();
        zuordnung.felder.sort_unstable();
        zuordnung.felder.dedup();
        Ok(zuordnung)
    }

    /// Where no rule says so: an overlay class never closes the surface.
    pub(super) fn schliesst(&self, klasse: &str) -> bool {
        self.flaechenschluss
            && nutzung::klasse(klasse).is_none_or(|klasse| klasse.basis != Basis::Ueberlagerung)
    }

    /// Every field the mapping speaks of is there.
    pub(super) fn pruefe_felder(&self, namen: &[String], schluessel: Option<&str>) -> Result<()> {
        let genannt = self
            .wertfelder()
            .chain(self.name.as_deref())
            .chain(self.text.as_deref())
            .chain(schluessel)
            .chain(self.rechtsstand.as_ref().map(|r| r.feld.as_str()));
        for feld in genannt {
            if !namen.iter().any(|name| name == feld) {
                return Err(Error::eingabe(format!(
                    "Das Feld „{feld}“ der Zuordnung gibt es in der Datei nicht. Vorhanden sind: {}.",
                    namen.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// Fields the rules look at, each once.
    pub(super) fn wertfelder(&self) -> impl Iterator<Item = &str> {
        self.felder.iter().map(String::as_str)
    }

    /// The first rule that fits.
    pub(super) fn finde(&self, merkmal: &Merkmal) -> Option<Treffer> {
        let werte: Vec<(&str, String)> = self
            .wertfelder()
            .map(|feld| (feld, vereinfacht(merkmal.feld(&[feld]).unwrap_or(""))))
            .collect();
        let passt = |(feld, muster): (&String, &Muster)| {
            werte
                .iter()
                .any(|(name, wert)| name == feld && muster.passt(wert))
        };
        let regel = self.regel.iter().find(|r| r.wenn.iter().all(passt))?;
        Some(regel.treffer())
    }

    pub(super) fn rechtsstand(&self, merkmal: &Merkmal) -> Rechtsstand {
        let Some(regel) = &self.rechtsstand else {
            return Rechtsstand::OhneAngabe;
        };
        let wert = &vereinfacht(merkmal.feld(&[&regel.feld]).unwrap_or(""));
        if regel.planung.passt(wert) {
            Rechtsstand::Planung
        } else if regel.bestand.passt(wert) {
            Rechtsstand::Bestand
        } else if regel.entfaellt.passt(wert) {
            Rechtsstand::Entfaellt
        } else {
            Rechtsstand::OhneAngabe
        }
    }
}

impl Regel {
    fn treffer(&self) -> Treffer {
        let vorgabe = self.nutzung.as_deref().and_then(|wert| {
            NUTZUNGEN
                .iter()
                .find(|(schluessel, _, _)| *schluessel == wert)
        });
        let klasse = self
            .klasse
            .clone()
            .or_else(|| vorgabe.map(|(_, klasse, _)| (*klasse).to_owned()))
            .unwrap_or_default();
        let mut codes = self.codes.clone();
        if let Some((_, _, Some(code))) = vorgabe
            && codes.is_empty()
            && klasse == "FP_BebauungsFlaeche"
        {
            codes.insert("allgArtDerBaulNutzung".into(), Value::from(*code));
        }
        Treffer {
            nutzung: vorgabe.map_or_else(
                || nutzung::zuordnen(&klasse, &codes),
                |(schluessel, _, _)| schluessel,
            ),
            klasse,
            codes,
            flaechenschluss: self.flaechenschluss,
            ebene: self.ebene,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (muster, wert, soll) in [
            ("W", "w ", true),
            ("W", "WA", false),
            ("W*", "WA", true),
            ("*fläche", "Grünfläche", true),
            ("*wald*", "Laubwaldfläche", true),
            ("1*0", "1200", true),
            ("a*a", "a", false),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
        ] {
            let ist = deckt(&vereinfacht(muster), &vereinfacht(wert));
            assert_eq!(ist, soll, "{muster} {wert}");
        }
    }

    #[test]
    fn keys_are_those_of_the_plan_and_their_classes_exist() {
        for (schluessel, klasse, code) in NUTZUNGEN {
            assert!(nutzung::klasse(klasse).is_some(), "{klasse}");
            let mut codes = Map::new();
            if let Some(code) = code {
                codes.insert("allgArtDerBaulNutzung".into(), Value::from(code));
            }
            if schluessel != NICHT_ZUGEORDNET {
                assert_eq!(nutzung::zuordnen(klasse, &codes), schluessel);
            }
        }
    }

    #[test]
    fn a_date_is_read_as_people_write_it() {
        let lies = |wert: &str| {
            Zuordnung::lies(&format!(
                "[plan]\nwirksam_am = {wert}\n[[regel]]\nwenn = {{ A = \"1\" }}\nnutzung = \"W\""
            ))
        };
        for wert in ["2001-05-01", "\"2001-05-01\"", "\"1.5.2001\""] {
            let datum = lies(wert).expect(wert).plan.wirksam_am;
            assert_eq!(datum, NaiveDate::from_ymd_opt(2001, 5, 1), "{wert}");
        }
        let text = lies("\"Mai 2001\"").expect_err("no date").to_string();
        assert!(text.contains("„Mai 2001“ ist kein Datum"), "{text}");
    }

    #[test]
    fn a_wrong_mapping_is_refused_with_its_place() {
        for (text, teil) in [
            ("[[regel]]\nwenn = {}\nnutzung = \"W\"", "„wenn“ ist leer"),
            (
                "[[regel]]\nwenn = { A = \"1\" }\nnutzung = \"Wohnen\"",
                "Möglich sind: W, M",
            ),
            (
                "[[regel]]\nwenn = { A = \"1\" }\nklasse = \"FP_Haus\"",
                "keine Klasse",
            ),
            ("[[regel]]\nwenn = { A = \"1\" }", "weder"),
            ("farbe = \"rot\"", "farbe"),
            ("name = \"N\"", "keine [[regel]]"),
        ] {
            let text_ist = Zuordnung::lies(text).expect_err(text).to_string();
            assert!(text_ist.contains(teil), "{text_ist}");
        }
    }
}
