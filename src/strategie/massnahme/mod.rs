//! Measures as questions about them are answered.

pub mod frage;
pub mod lageplan;
pub mod raum;
pub mod seite;
pub mod steckbrief;
pub mod suche;
pub mod wahl;
pub mod werte;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use frage::Frage;

use crate::fnp::plan::Fassung;

/// A row of a code table: state, phase, traffic light.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Key.
    pub schluessel: String,
    /// German title.
    pub titel: String,
    /// One character, readable without colour.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub symbol: Option<String>,
    /// `#RRGGBB`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub farbe: Option<String>,
}

/// A field of action, as it colours what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handlungsfeld {
    /// Kennung.
    pub kennung: String,
    /// Title.
    pub titel: String,
    /// `#RRGGBB`.
    pub farbe: String,
    /// One character.
    pub symbol: Option<String>,
}

/// What a measure does for a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beitrag {
    /// Kennung of the goal.
    pub kennung: String,
    /// Number of the goal.
    pub nummer: Option<String>,
    /// Title of the goal.
    pub titel: String,
    /// −2 hinders strongly … +2 furthers strongly.
    pub beitrag: i16,
    /// Main goal of the measure.
    pub haupt: bool,
}

/// A measure in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MassnahmeKurz {
    /// Kennung, part of its address.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// One sentence.
    pub kurztext: Option<String>,
    /// Title of its kind (Bau, Programm …).
    pub art: String,
    /// First day.
    pub beginn: Option<NaiveDate>,
    /// Last day.
    pub ende: Option<NaiveDate>,
    /// Leitprojekt of the strategy.
    pub leitprojekt: bool,
    /// Traffic light: derived, or set by hand with a reason.
    pub ampel: Code,
    /// Why the traffic light shows what it shows.
    pub ampel_anlass: String,
    /// Days behind the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verzug_tage: Option<i32>,
    /// Milestones done, by weight, 0..1; None when nothing says.
    pub fortschritt: Option<f64>,
    /// Age of what is said about it, a signal of its own.
    pub aktualitaet: Code,
    /// `kurz`, `mittel`, `lang`, `dauerhaft`, `offen`.
    pub horizont: String,
    /// Phase.
    pub umsetzungsphase: Code,
    /// State of decision.
    pub beschlussstand: Code,
    /// Of its main goal.
    pub handlungsfeld: Option<Handlungsfeld>,
    /// Main goal first, then by contribution; hindered goals have a negative one.
    pub ziele: Vec<Beitrag>,
    /// Kinds of its places; empty when none was given.
    pub raumbezug: Vec<String>,
    /// Only the working world has drafts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub entwurf: bool,
    /// Why it is in the answer to a spatial question: `lage` (its geometry), `ortsteil`
    /// (named), `gesamtstadt`. None for a question without space.
    pub herkunft: Option<String>,
    /// Part of the measure in the space asked for, 0..1.
    pub anteil: Option<f64>,
    /// Its area there, m².
    pub schnitt_m2: Option<f64>,
    /// Its length there, m.
    pub schnitt_m: Option<f64>,
    /// Its points there.
    pub punkte: Option<i32>,
    /// Distance to the place asked around, m; 0 where it lies on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abstand_m: Option<f64>,
    /// All its places, longitude and latitude; only when asked for.
    #[serde(skip)]
    pub geometrie: Option<serde_json::Value>,
}

/// Kennung and title of something asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Benannt {
    /// Kennung or key.
    pub kennung: String,
    /// Name or title.
    pub name: String,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Antwort {
    /// The Ortsteil asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ortsteil: Option<Benannt>,
    /// The goal asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ziel: Option<Benannt>,
    /// The land use asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nutzung: Option<Benannt>,
    /// The plan it was asked of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Fassung>,
    /// What was asked, in words: parameter and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gefragt: Vec<(String, String)>,
    /// Measures that match on all pages, those of the whole town included.
    pub anzahl: i64,
    /// Of these, measures of the whole town.
    pub anzahl_gesamtstadt: i64,
    /// Where the next page begins (parameter `cursor`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weiter: Option<String>,
    /// Measures that match, without those of the whole town; no measure stands twice.
    pub massnahmen: Vec<MassnahmeKurz>,
    /// Measures of the whole town, for questions about a part of it.
    pub gesamtstadt: Vec<MassnahmeKurz>,
    /// Measures of any place that have none, in the whole strategy.
    pub unverortet: i64,
}

/// One place of a measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ort {
    /// Kind.
    pub art: String,
    /// Name of the Ortsteil.
    pub ortsteil: Option<String>,
    /// Plan of a linked area.
    pub plan: Option<String>,
    /// Kennung of the linked area.
    pub flaeche: Option<String>,
    /// The linked area is gone from the newest version of its plan; the shape is the last known.
    pub flaeche_entfallen: bool,
    /// Of a gone area: what lies there now, largest part first. Somebody must look ("zu prüfen").
    pub nachfolger: Option<String>,
    /// Why it has no place.
    pub grund: Option<String>,
    /// What the place is to the measure.
    pub rolle: String,
    /// How exact it is.
    pub genauigkeit: String,
}

/// Part of a measure in an Ortsteil.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImOrtsteil {
    /// Kennung of the Ortsteil.
    pub kennung: String,
    /// Name of the Ortsteil.
    pub name: String,
    /// `lage` or `ortsteil`.
    pub herkunft: String,
    /// 0..1.
    pub anteil: Option<f64>,
    /// m².
    pub schnitt_m2: Option<f64>,
    /// m.
    pub schnitt_m: Option<f64>,
    /// Points.
    pub punkte: Option<i32>,
}

/// Part of a measure on a land use of a plan's newest version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AufNutzung {
    /// Kennung of the plan.
    pub plan: String,
    /// Key of the land use.
    pub nutzung: String,
    /// Its title.
    pub name: String,
    /// Its colour.
    pub farbe: String,
    /// Areas hit.
    pub flaechen: i64,
    /// m².
    pub schnitt_m2: Option<f64>,
    /// m.
    pub schnitt_m: Option<f64>,
    /// Points.
    pub punkte: Option<i32>,
}

/// One measure with everything known.
#[derive(Debug, Clone, Serialize)]
pub struct Massnahme {
    /// What lists show.
    #[serde(flatten)]
    pub kurz: MassnahmeKurz,
    /// Text.
    pub beschreibung: Option<String>,
    /// Has no end by intention.
    pub dauerhaft: bool,
    /// Rank, 1 first.
    pub prioritaet: Option<i32>,
    /// Its places.
    pub orte: Vec<Ort>,
    /// Where they lie.
    pub ortsteile: Vec<ImOrtsteil>,
    /// On which land use they lie.
    pub nutzungen: Vec<AufNutzung>,
    /// Village-renewal areas whose project it is.
    pub gebiete: Vec<Benannt>,
}
