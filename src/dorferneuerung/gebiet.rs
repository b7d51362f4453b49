//! Village-renewal areas as questions about them are answered.

use chrono::NaiveDate;
use serde::Serialize;

use super::einwohner::{Einwohner, Schaetzung};
use super::hinweis::Hinweis;
use crate::fnp::plan::Fassung;
use crate::haushalt::auswertung::Betraege;
use crate::strategie::bezug::Bezug;
use crate::strategie::geld::{Foerderung, Summe};
use crate::strategie::massnahme::{Benannt, Code, MassnahmeKurz};

/// An area in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GebietKurz {
    /// Kennung, part of its address.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Ortsteil it belongs to.
    pub ortsteil: Option<Benannt>,
    /// Title of its kind (Dorferneuerung, Sanierungsgebiet …).
    pub typ: String,
    /// State of the procedure.
    pub stand: Code,
    /// Responsible body.
    pub traeger: Option<String>,
    /// m², EPSG:25832.
    pub flaeche_m2: f64,
    /// Only the working world has drafts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub entwurf: bool,
}

/// Land use inside an area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nutzung {
    /// Key.
    pub nutzung: String,
    /// Title.
    pub name: String,
    /// Colour.
    pub farbe: String,
    /// Areas of the plan with a part inside.
    pub anzahl: i64,
    /// m² inside.
    pub m2: f64,
    /// Of the village-renewal area, 0..1.
    pub anteil: f64,
}

/// A goal that measures of the area serve or hinder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Zielbezug {
    /// Kennung of the goal.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// Measures with a positive contribution.
    pub gefoerdert_durch: usize,
    /// Measures with a negative one.
    pub gehemmt_durch: usize,
}

/// Money and states of a project.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Projektgeld {
    /// Kennung of the measure.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// State of decision.
    pub beschlussstand: Code,
    /// Phase.
    pub umsetzungsphase: Code,
    /// Traffic light.
    pub ampel: Code,
    /// Its money, EUR cents.
    #[serde(flatten)]
    pub betraege: Betraege,
    /// Where the costs come from.
    pub kosten_aus: Option<String>,
    /// Where the funding comes from.
    pub foerderung_aus: Option<String>,
    /// Day of the newest figure.
    pub stand: Option<NaiveDate>,
    /// Why it counts in no sum: rejected, merged, replaced.
    pub entfallen: Option<String>,
}

/// An area and what lies in it.
#[derive(Debug, Clone, Serialize)]
pub struct Gebiet {
    /// The area.
    #[serde(flatten)]
    pub kurz: GebietKurz,
    /// Plan of the land use; None when no plan is there for this caller.
    pub plan: Option<Fassung>,
    /// Land use by area, valid areas of the plan only; in the order of the code list.
    pub nutzungen: Vec<Nutzung>,
    /// Its projects, also those that lie outside or nowhere.
    pub projekte: Vec<MassnahmeKurz>,
    /// Other measures that lie in it or are named for its Ortsteil.
    pub massnahmen: Vec<MassnahmeKurz>,
    /// Measures of the whole town.
    pub gesamtstadt: Vec<MassnahmeKurz>,
    /// Goals of its projects and measures, most served first.
    pub ziele: Vec<Zielbezug>,
    /// Text.
    pub beschreibung: Option<String>,
    /// einfach, umfassend, ohne.
    pub verfahren: Option<String>,
    /// Number of the procedure.
    pub verfahrensnummer: Option<String>,
    /// Applied for.
    pub beantragt_am: Option<NaiveDate>,
    /// Ordered.
    pub angeordnet_am: Option<NaiveDate>,
    /// Closed.
    pub abgeschlossen_am: Option<NaiveDate>,
    /// Money of its projects; each once.
    pub geld: Summe,
    /// Money and states of each project.
    pub projektgeld: Vec<Projektgeld>,
    /// Sum of these, without the rejected, merged and replaced.
    pub projektsumme: Betraege,
    /// People of its Ortsteil, where there is a count.
    pub einwohner: Option<Einwohner>,
    /// People inside, estimated from residential land.
    pub einwohner_geschaetzt: Option<Schaetzung>,
    /// What somebody should look at.
    pub hinweise: Vec<Hinweis>,
    /// Grants for the area itself.
    pub foerderungen: Vec<Foerderung>,
    /// Public decisions about it.
    pub beschluesse: Vec<Bezug>,
    /// Its shape, longitude and latitude.
    #[serde(skip)]
    pub geometrie: serde_json::Value,
}

impl Gebiet {
    /// Days of the procedure with their words.
    #[must_use]
    pub fn termine(&self) -> [(&'static str, Option<NaiveDate>); 3] {
        [
            ("beantragt", self.beantragt_am),
            ("angeordnet", self.angeordnet_am),
            ("abgeschlossen", self.abgeschlossen_am),
        ]
    }
}
