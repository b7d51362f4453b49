//! Funding: programmes, and what measures and areas get from them.

use chrono::NaiveDate;
use serde::Serialize;

/// A programme.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Programm {
    /// Kennung.
    pub kennung: String,
    /// Title.
    pub titel: String,
    /// Who gives.
    pub geber: Option<String>,
    /// Usual rate, 0..1.
    pub quote: Option<f64>,
    /// Cap of one grant.
    pub hoechstbetrag_ct: Option<i64>,
    /// Legal basis.
    pub rechtsgrundlage: Option<String>,
}

/// A grant, for a measure or for an area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Foerderzeile {
    /// Kennung of the programme.
    pub programm: String,
    /// Its title.
    pub programm_titel: String,
    /// Who gives.
    pub geber: Option<String>,
    /// Rate of the programme.
    pub programm_quote: Option<f64>,
    /// Cap of the programme.
    pub hoechstbetrag_ct: Option<i64>,
    /// Measure that gets it.
    pub massnahme: Option<String>,
    /// Its title.
    pub massnahme_titel: Option<String>,
    /// Or the village-renewal area.
    pub gebiet: Option<String>,
    /// Its name.
    pub gebiet_name: Option<String>,
    /// geprueft, beantragt, bewilligt, abgerufen, abgelehnt.
    pub stand: String,
    /// Rate of the grant.
    pub quote: Option<f64>,
    /// Amount.
    pub betrag_ct: Option<i64>,
    /// Granted on.
    pub bewilligt_am: Option<NaiveDate>,
    /// Bound until.
    pub bindefrist: Option<NaiveDate>,
}

impl Foerderzeile {
    /// Granted: its amount counts.
    #[must_use]
    pub fn zugesagt(&self) -> bool {
        matches!(self.stand.as_str(), "bewilligt" | "abgerufen")
    }
}

/// What a programme pays in all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Programmsumme {
    /// Kennung of the programme.
    pub programm: String,
    /// Its title.
    pub titel: String,
    /// Who gives.
    pub geber: Option<String>,
    /// Grants, also without an amount, refused ones left out.
    pub foerderungen: usize,
    /// Granted.
    pub bewilligt_ct: Option<i64>,
    /// Applied for.
    pub beantragt_ct: Option<i64>,
    /// Examined.
    pub geprueft_ct: Option<i64>,
}

/// Sums by programme in the order of the lines (by programme).
#[must_use]
pub fn nach_programm<'a>(zeilen: impl IntoIterator<Item = &'a Foerderzeile>) -> Vec<Programmsumme> {
    let mut summen: Vec<Programmsumme> = Vec::new();
    for z in zeilen.into_iter().filter(|z| z.stand != "abgelehnt") {
        let stelle = summen.iter().position(|s| s.programm == z.programm);
        let n = stelle.unwrap_or_else(|| {
            summen.push(Programmsumme {
                programm: z.programm.clone(),
                titel: z.programm_titel.clone(),
                geber: z.geber.clone(),
                foerderungen: 0,
                bewilligt_ct: None,
                beantragt_ct: None,
                geprueft_ct: None,
            });
            summen.len() - 1
        });
        let s = &mut summen[n];
        s.foerderungen += 1;
        let spalte = match z.stand.as_str() {
            "beantragt" => &mut s.beantragt_ct,
            "geprueft" => &mut s.geprueft_ct,
            _ => &mut s.bewilligt_ct,
        };
        if let Some(ct) = z.betrag_ct {
            *spalte = Some(spalte.unwrap_or(0) + ct);
        }
    }
    summen
}
