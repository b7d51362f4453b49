//! Goals: words, rules, and goals as questions about them are answered.

pub mod flaeche;
pub mod profil;
pub mod routes;
pub mod store;

use chrono::NaiveDate;
use serde::Serialize;

use super::massnahme::{Benannt, Code, Handlungsfeld, MassnahmeKurz};
use crate::fnp::plan::Fassung;

/// Where a goal stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ZielStand {
    /// From indicators and measures; 1 reached, below 0 a step back.
    pub erreichung: Option<f64>,
    /// From indicators alone.
    pub grad: Option<f64>,
    /// Mean progress of the furthering measures.
    pub umsetzung: Option<f64>,
    /// Derived traffic light.
    pub ampel: Code,
    /// Where it comes from.
    pub ampel_anlass: String,
    /// Indicators of it and the goals below.
    pub kennzahlen: i32,
    /// Of these, with an attainment.
    pub kennzahlen_mit_wert: i32,
    /// Of these, gone back behind their basis in any place.
    pub rueckschritte: i32,
    /// Day of the oldest of the newest values.
    pub aeltester_wert: Option<NaiveDate>,
    /// Furthering measures.
    pub massnahmen_foerdernd: i32,
    /// Hindering ones.
    pub massnahmen_hemmend: i32,
    /// Furthering ones that are done or running.
    pub massnahmen_umgesetzt: i32,
}

/// Levels of a goal.
pub const EBENEN: &[&str] = &["strategisch", "operativ"];
/// Whether a goal acts on space.
pub const RAUMWIRKSAM: &[&str] = &["ja", "nein", "mittelbar"];

/// Two levels and no more: an operative goal stands below a strategic one, a strategic
/// one below none. `oben` is the level of the goal above. Error: a German sentence.
pub fn pruefe_ebene(ebene: &str, oben: Option<&str>) -> Result<(), &'static str> {
    match (ebene, oben) {
        ("operativ", None) => {
            Err("Ein operatives Ziel braucht ein übergeordnetes strategisches Ziel.")
        }
        ("operativ", Some("operativ")) => Err(
            "Das übergeordnete Ziel ist selbst ein operatives; es gibt zwei Ebenen: strategisch und darunter operativ.",
        ),
        ("strategisch", Some(_)) => Err(
            "Ein strategisches Ziel hat kein übergeordnetes Ziel. Soll die Ebene „operativ“ heißen?",
        ),
        _ => Ok(()),
    }
}

/// A goal in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ZielKurz {
    /// Kennung, part of its address.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// `strategisch` or `operativ`.
    pub ebene: String,
    /// Kennung of the goal above.
    pub uebergeordnet: Option<String>,
    /// Its field of action.
    pub handlungsfeld: Handlungsfeld,
    /// Year.
    pub zieljahr: Option<i32>,
    /// `ja`, `nein`, `mittelbar`.
    pub raumwirksam: String,
    /// Measures with a positive contribution to it or to a goal below.
    pub gefoerdert_durch: i64,
    /// Measures with a negative one.
    pub gehemmt_durch: i64,
    /// Only the working world has drafts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub entwurf: bool,
}

/// What a land use means to a goal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wirkung {
    /// The goal.
    #[serde(flatten)]
    pub ziel: ZielKurz,
    /// −2 strains strongly … +2 serves strongly.
    pub wirkung: i16,
    /// Why.
    pub begruendung: Option<String>,
}

/// Goals of an area of a plan: the matrix row of its land use, and the measures on it.
#[derive(Debug, Clone, Serialize)]
pub struct FlaecheZiele {
    /// The plan and its version.
    pub plan: Fassung,
    /// Kennung of the area.
    pub flaeche: String,
    /// Its land use.
    pub nutzung: Benannt,
    /// Its area in m².
    pub flaeche_m2: f64,
    /// Goals it serves, the strongest first.
    pub dient: Vec<Wirkung>,
    /// Goals it strains, the strongest first.
    pub belastet: Vec<Wirkung>,
    /// Goals the matrix knows it to be neutral to.
    pub neutral: Vec<Wirkung>,
    /// Measures that lie on it.
    pub massnahmen: Vec<MassnahmeKurz>,
}

/// Effect of a land use, seen from the goal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NutzungWirkung {
    /// Key of the land use.
    pub nutzung: String,
    /// Its title.
    pub name: String,
    /// Its colour.
    pub farbe: String,
    /// −2 … +2.
    pub wirkung: i16,
    /// Why.
    pub begruendung: Option<String>,
}

/// One goal with everything known.
#[derive(Debug, Clone, Serialize)]
pub struct Ziel {
    /// What lists show.
    #[serde(flatten)]
    pub kurz: ZielKurz,
    /// Wording.
    pub text: Option<String>,
    /// Reason.
    pub begruendung: Option<String>,
    /// The goal above.
    pub ueber: Option<Benannt>,
    /// Operative goals below.
    pub unterziele: Vec<ZielKurz>,
    /// Land uses that serve or strain it.
    pub nutzungen: Vec<NutzungWirkung>,
    /// Measures for it and the goals below.
    pub massnahmen: Vec<MassnahmeKurz>,
}
