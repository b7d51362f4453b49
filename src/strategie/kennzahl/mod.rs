//! Kennzahlen: definition, values by year and Ortsteil, Soll path and where they stand.
//!
//! The rules stand in `migrations/sichten/strategie_stand.sql`; here are their words.

pub mod diagramm;
pub mod routes;
pub mod store;

use chrono::NaiveDate;
use serde::Serialize;

use super::bezug::{Bezuege, Bezug};
use super::massnahme::Code;
use super::zahl;

/// Where an indicator stands in one place: its newest actual value against the Soll path.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stand {
    /// Kennung of the indicator.
    pub kennzahl: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// Unit.
    pub einheit: String,
    /// `steigt`, `sinkt`, `korridor`.
    pub richtung: String,
    /// Decimals to show.
    pub nachkomma: i16,
    /// Kennung of the Ortsteil; None for the whole town.
    pub ortsteil: Option<String>,
    /// Its name.
    pub ortsteil_name: Option<String>,
    /// Newest actual value.
    pub ist: Option<f64>,
    /// Its day.
    pub ist_am: Option<NaiveDate>,
    /// `vorlaeufig` or `geprueft`.
    pub ist_status: Option<String>,
    /// Its source, else that of the indicator.
    pub quelle: Option<String>,
    /// Basis of its section.
    pub basis: Option<f64>,
    /// Day of the basis.
    pub basis_am: Option<NaiveDate>,
    /// Last target of the section.
    pub ziel: Option<f64>,
    /// Its day.
    pub ziel_am: Option<NaiveDate>,
    /// Value of the Soll path on the day of the actual value.
    pub soll: Option<f64>,
    /// (ist − soll) · sign / |ziel − basis|; below 0 behind the plan.
    pub abweichung: Option<f64>,
    /// 1 reached, below 0 a step back.
    pub grad: Option<f64>,
    /// Derived traffic light.
    pub ampel: Code,
    /// Why there is no deviation.
    pub hinweis: Option<String>,
    /// Age of the actual value in days.
    pub alter_tage: Option<i32>,
    /// Age as a signal of its own.
    pub aktualitaet: Code,
    /// Address where the figures are reckoned in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rechenweg: Option<String>,
}

/// Gives every figure the address of its Rechenweg.
pub fn verlinke(staende: &mut [Stand], wurzel: &str) {
    for stand in staende {
        let kennung = crate::http::link::kodiere(&stand.kennzahl);
        stand.rechenweg = Some(format!("{wurzel}/kennzahlen/{kennung}?f=html#rechenweg"));
    }
}

impl Stand {
    /// A value in the unit's decimals.
    #[must_use]
    pub fn wert(&self, wert: &Option<f64>) -> String {
        zahl::wert_oder(*wert, self.nachkomma)
    }
    /// Name of the place.
    #[must_use]
    pub fn raum(&self) -> &str {
        self.ortsteil_name.as_deref().unwrap_or("ganze Stadt")
    }
    /// True when it has gone back behind its basis.
    #[must_use]
    pub fn rueckschritt(&self) -> bool {
        self.grad.is_some_and(|grad| grad < 0.0)
    }
    /// The reckoning in words, with its figures.
    #[must_use]
    pub fn rechenweg_worte(&self) -> String {
        let (Some(ist), Some(am)) = (self.ist, self.ist_am) else {
            return self.hinweis.clone().unwrap_or_default();
        };
        let wert = |w: f64| zahl::wert_oder(Some(w), self.nachkomma.max(2));
        if self.richtung == "korridor" {
            return format!(
                "Ist {} am {}; Abstand zum Korridor, bezogen auf dessen Breite: {}.",
                wert(ist),
                zahl::tag(am),
                zahl::abweichung(self.abweichung)
            );
        }
        let Some(soll) = self.soll else {
            return self.hinweis.clone().unwrap_or_default();
        };
        let weg = match (self.basis, self.basis_am, self.ziel, self.ziel_am) {
            (Some(basis), Some(b_am), Some(ziel), Some(z_am)) => format!(
                "Soll-Pfad von der Basis {} ({}) zum Ziel {} ({})",
                wert(basis),
                zahl::tag(b_am),
                wert(ziel),
                zahl::tag(z_am)
            ),
            (_, _, Some(ziel), Some(z_am)) => {
                format!("Ziel {} ({}), ohne Basis", wert(ziel), zahl::tag(z_am))
            }
            _ => "Soll-Pfad".to_owned(),
        };
        format!(
            "{weg}: am {} wären {} zu erreichen, Ist {}. Abweichung ({} − {}){} ÷ Weg = {}.",
            zahl::tag(am),
            wert(soll),
            wert(ist),
            wert(ist),
            wert(soll),
            if self.richtung == "sinkt" {
                " · (−1)"
            } else {
                ""
            },
            zahl::abweichung(self.abweichung)
        )
    }
}

/// A value of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wert {
    /// Kennung of the Ortsteil; None for the whole town.
    pub ortsteil: Option<String>,
    /// Its name.
    pub ortsteil_name: Option<String>,
    /// Day.
    pub stichtag: NaiveDate,
    /// ist, soll, prognose, basis.
    pub art: String,
    /// Value.
    pub wert: f64,
    /// vorlaeufig, geprueft.
    pub status: String,
    /// Source.
    pub quelle: Option<String>,
}

/// A straight stretch of the Soll path.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Strecke {
    /// Kennung of the Ortsteil; None for the whole town.
    pub ortsteil: Option<String>,
    /// First day.
    pub von: NaiveDate,
    /// Value there.
    pub von_wert: f64,
    /// Last day; None for the last stretch, which stays flat.
    pub bis: Option<NaiveDate>,
    /// Value there; None where no target follows.
    pub bis_wert: Option<f64>,
}

/// An indicator in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KennzahlKurz {
    /// Kennung, part of its address.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// Unit.
    pub einheit: String,
    /// Title of its kind.
    pub art: String,
    /// `steigt`, `sinkt`, `korridor`.
    pub richtung: String,
    /// Where it stands: the whole town, then Ortsteile.
    pub staende: Vec<Stand>,
    /// Kennungen of its goals.
    pub ziele: Vec<String>,
}

impl KennzahlKurz {
    /// The town's own figure, else the first Ortsteil's with the worst sign in front.
    #[must_use]
    pub fn haupt(&self) -> Option<&Stand> {
        self.staende.first()
    }
}

/// One indicator with everything known.
#[derive(Debug, Clone, Serialize)]
pub struct Kennzahl {
    /// What lists show.
    #[serde(flatten)]
    pub kurz: KennzahlKurz,
    /// Definition.
    pub definition: Option<String>,
    /// Source.
    pub quelle: Option<String>,
    /// How it is reckoned.
    pub berechnung: Option<String>,
    /// Months between two values.
    pub turnus_monate: i32,
    /// Lower and upper bound of a corridor.
    pub korridor: Option<[Option<f64>; 2]>,
    /// All values by day.
    pub werte: Vec<Wert>,
    /// The Soll path.
    pub pfad: Vec<Strecke>,
    /// Goals it measures.
    pub ziele: Vec<Bezug>,
    /// Measures that move it.
    pub massnahmen: Vec<Bezug>,
    /// Links.
    pub bezuege: Bezuege,
    /// Day of view.
    pub stichtag: NaiveDate,
    /// Where the same figures stand as a page.
    pub rechenweg: String,
}

/// Direction in words, with a sign.
#[must_use]
pub fn richtung(schluessel: &str) -> &'static str {
    match schluessel {
        "steigt" => "▲ soll steigen",
        "sinkt" => "▼ soll sinken",
        _ => "↔ soll im Korridor bleiben",
    }
}
