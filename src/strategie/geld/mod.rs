//! Money of measures as profiles show it. All amounts in EUR cents.
//!
//! What counts of several statements stands in `migrations/sichten/strategie_geld.sql`: the
//! newest of each plan stage, the stage nearest to execution, actual figures before planned ones.

pub mod store;

use chrono::NaiveDate;
use serde::Serialize;

/// Money of one measure in one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jahr {
    /// Year.
    pub jahr: i32,
    /// Planned costs.
    pub plan_ct: Option<i64>,
    /// Actual costs.
    pub ergebnis_ct: Option<i64>,
    /// Actual, else planned costs.
    pub kosten_ct: Option<i64>,
    /// Funding.
    pub foerderung_ct: Option<i64>,
    /// Earnings.
    pub ertrag_ct: Option<i64>,
    /// Verpflichtungsermächtigung; no cost of the year.
    pub ve_ct: Option<i64>,
    /// Yearly costs that follow.
    pub folgekosten_ct: Option<i64>,
    /// Plan stages the figures come from.
    pub planfassungen: Option<String>,
    /// Day of the newest of them.
    pub stand: Option<NaiveDate>,
}

impl Jahr {
    /// Plan stages in words.
    #[must_use]
    pub fn quelle(&self) -> String {
        let Some(stufen) = &self.planfassungen else {
            return "Ergebnis".to_owned();
        };
        let worte = stufen.split(", ").map(|stufe| match stufe {
            "kostenschaetzung" => "Schätzung",
            "ansatz" => "Ansatz",
            "nachtrag" => "Nachtrag",
            "finanzplan" => "Finanzplan",
            andere => andere,
        });
        let ergebnis = self.ergebnis_ct.map(|_| "Ergebnis");
        worte.chain(ergebnis).collect::<Vec<_>>().join(", ")
    }
}

/// Total of one measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kosten {
    /// Total costs: the newest estimate, else the sum of the years.
    pub kosten_ct: Option<i64>,
    /// `kostenschaetzung` or `jahre`.
    pub kosten_aus: Option<String>,
    /// Estimate of all costs.
    pub schaetzung_ct: Option<i64>,
    /// Its day.
    pub schaetzung_am: Option<NaiveDate>,
    /// Sum of the years.
    pub jahre_ct: Option<i64>,
    /// Spent so far.
    pub ergebnis_ct: Option<i64>,
    /// Funding in the years.
    pub foerderung_ct: Option<i64>,
    /// Funding granted.
    pub bewilligt_ct: Option<i64>,
    /// Day of the newest figure.
    pub stand: Option<NaiveDate>,
}

/// A grant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Foerderung {
    /// Kennung of the programme.
    pub programm: String,
    /// Its title.
    pub titel: String,
    /// Who gives it.
    pub geber: Option<String>,
    /// geprueft, beantragt, bewilligt, abgerufen, abgelehnt.
    pub stand: String,
    /// 0..1; of the grant, else of the programme.
    pub quote: Option<f64>,
    /// Amount.
    pub betrag_ct: Option<i64>,
    /// Day it was granted.
    pub bewilligt_am: Option<NaiveDate>,
    /// Bound until.
    pub bindefrist: Option<NaiveDate>,
}

/// Money of several measures; each counts once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summe {
    /// Measures.
    pub massnahmen: i64,
    /// Of these, in no sum: rejected, merged, replaced.
    pub entfallen: i64,
    /// Of the others, with a cost.
    pub mit_kosten: i64,
    /// Their total costs.
    pub kosten_ct: i64,
    /// Spent so far.
    pub ergebnis_ct: i64,
    /// Funding granted.
    pub bewilligt_ct: i64,
    /// Day of the newest figure.
    pub stand: Option<NaiveDate>,
}

/// Part of a measure's costs in an Ortsteil.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Anteil {
    /// Kennung of the measure.
    pub kennung: String,
    /// Its title.
    pub titel: String,
    /// Part of the measure in the Ortsteil, 0..1.
    pub anteil: f64,
    /// Its total costs.
    pub kosten_ct: i64,
    /// Costs × share; the parts of all Ortsteile add up to the costs.
    pub anteilig_ct: i64,
    /// Day of its newest figure.
    pub stand: Option<NaiveDate>,
    /// Why it counts in no sum: abgelehnt, ersetzt, zusammengeführt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entfallen: Option<String>,
    /// Address where its total costs are reckoned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rechenweg: Option<String>,
}

impl Summe {
    /// What of the measures is not counted, in words after a sum; empty when all are.
    #[must_use]
    pub fn ohne_entfallene(&self) -> String {
        match self.entfallen {
            0 => String::new(),
            1 => "; 1 abgelehnte, ersetzte oder zusammengeführte zählt nicht".to_owned(),
            viele => format!("; {viele} abgelehnte, ersetzte oder zusammengeführte zählen nicht"),
        }
    }

    /// Measures that count.
    #[must_use]
    pub fn gezaehlt(&self) -> i64 {
        self.massnahmen - self.entfallen
    }
}

impl Anteil {
    /// Gives the figure the address of its Rechenweg.
    pub fn verlinke(&mut self, wurzel: &str) {
        let kennung = crate::http::link::kodiere(&self.kennung);
        self.rechenweg = Some(format!("{wurzel}/massnahmen/{kennung}?f=html#geld"));
    }
}

/// Money of the measures of an Ortsteil. Nothing is counted in two of the three.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrtsteilGeld {
    /// Costs of measures that lie here, by their share.
    pub anteilig: Vec<Anteil>,
    /// Sum of these without the rejected, merged and replaced.
    pub anteilig_ct: i64,
    /// Measures named for several Ortsteile without a place: their costs cannot be split.
    pub ungeteilt: Summe,
    /// Measures of the whole town.
    pub gesamtstadt: Summe,
}

/// Words of a grant's state, with a sign.
#[must_use]
pub fn stand(schluessel: &str) -> &str {
    match schluessel {
        "geprueft" => "○ geprüft",
        "beantragt" => "◐ beantragt",
        "bewilligt" => "● bewilligt",
        "abgerufen" => "✔ abgerufen",
        "abgelehnt" => "✖ abgelehnt",
        anderer => anderer,
    }
}
