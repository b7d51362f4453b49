//! Statements about the money of one measure, and how its estimates drift.

use chrono::NaiveDate;
use serde::Serialize;

/// An estimate of total costs, of one kind and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schaetzung {
    /// Kennung of the measure.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// `aufwand` or `investition`.
    pub art: String,
    /// Day of the estimate.
    pub stand: NaiveDate,
    /// Amount.
    pub betrag_ct: i64,
    /// Where it comes from.
    pub quelle: Option<String>,
}

/// Any statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Angabe {
    /// None: all years (an estimate).
    pub jahr: Option<i32>,
    /// kostenschaetzung, ansatz, nachtrag, finanzplan, ergebnis.
    pub planfassung: String,
    /// aufwand, ertrag, investition, foerderung, ve, folgekosten.
    pub art: String,
    /// Amount.
    pub betrag_ct: i64,
    /// Day.
    pub stand: NaiveDate,
    /// Where it comes from.
    pub quelle: Option<String>,
    /// Why it does not count any more; None: it counts.
    pub ersetzt: Option<String>,
}

/// Total costs as they were believed on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stufe {
    /// Day.
    pub stand: NaiveDate,
    /// Newest estimate of each kind on that day, added.
    pub kosten_ct: i64,
    /// Against the step before.
    pub aenderung_ct: Option<i64>,
    /// Against the first, 0.25 = a quarter dearer; None when the first was 0.
    pub seit_beginn: Option<f64>,
    /// Sources of that day.
    pub quelle: Option<String>,
}

/// The drift of one measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// Kennung of the measure.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// Steps by day.
    pub stufen: Vec<Stufe>,
}

impl Drift {
    /// First and last step.
    #[must_use]
    pub fn spanne(&self) -> Option<(&Stufe, &Stufe)> {
        self.stufen.first().zip(self.stufen.last())
    }
}

/// Estimates, ordered by measure and day, as drifts; one per measure.
#[must_use]
pub fn drift(schaetzungen: &[Schaetzung]) -> Vec<Drift> {
    schaetzungen
        .chunk_by(|a, b| a.kennung == b.kennung)
        .map(|eine| Drift {
            kennung: eine[0].kennung.clone(),
            nummer: eine[0].nummer.clone(),
            titel: eine[0].titel.clone(),
            stufen: stufen(eine),
        })
        .collect()
}

fn stufen(schaetzungen: &[Schaetzung]) -> Vec<Stufe> {
    let mut je_art: Vec<(&str, i64)> = Vec::new();
    let mut stufen: Vec<Stufe> = Vec::new();
    for tag in schaetzungen.chunk_by(|a, b| a.stand == b.stand) {
        for s in tag {
            match je_art.iter_mut().find(|(art, _)| *art == s.art) {
                Some((_, betrag)) => *betrag = s.betrag_ct,
                None => je_art.push((&s.art, s.betrag_ct)),
            }
        }
        let kosten_ct: i64 = je_art.iter().map(|(_, betrag)| betrag).sum();
        let erste = stufen.first().map(|s| s.kosten_ct);
        let quellen: Vec<&str> = tag.iter().filter_map(|s| s.quelle.as_deref()).collect();
        stufen.push(Stufe {
            stand: tag[0].stand,
            kosten_ct,
            aenderung_ct: stufen.last().map(|s| kosten_ct - s.kosten_ct),
            seit_beginn: erste
                .filter(|ct| *ct != 0)
                .map(|ct| (kosten_ct - ct) as f64 / ct as f64),
            quelle: (!quellen.is_empty()).then(|| quellen.join("; ")),
        });
    }
    stufen
}

/// A plan stage in words.
#[must_use]
pub fn planfassung(schluessel: &str) -> &str {
    match schluessel {
        "kostenschaetzung" => "Kostenschätzung",
        "ansatz" => "Ansatz",
        "nachtrag" => "Nachtrag",
        "finanzplan" => "Finanzplan",
        "ergebnis" => "Ergebnis",
        "jahre" => "Summe der Jahre",
        "bewilligt" => "bewilligt",
        andere => andere,
    }
}

/// Several of them, separated by commas.
#[must_use]
pub fn herkunft(schluessel: Option<&str>) -> String {
    let worte: Vec<&str> = schluessel
        .unwrap_or_default()
        .split(", ")
        .map(planfassung)
        .collect();
    worte.join(", ")
}

/// A kind in words.
#[must_use]
pub fn art(schluessel: &str) -> &str {
    match schluessel {
        "aufwand" => "Aufwand",
        "ertrag" => "Ertrag",
        "investition" => "Investition",
        "foerderung" => "Förderung",
        "ve" => "Verpflichtungsermächtigung",
        "folgekosten" => "Folgekosten je Jahr",
        andere => andere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schaetzung(kennung: &str, art: &str, jahr: i32, betrag_ct: i64) -> Schaetzung {
        Schaetzung {
            kennung: kennung.into(),
            nummer: None,
            titel: kennung.into(),
            art: art.into(),
            stand: NaiveDate::from_ymd_opt(jahr, 1, 1).unwrap(),
            betrag_ct,
            quelle: (betrag_ct > 200).then(|| format!("Bericht {jahr}")),
        }
    }

    #[test]
    fn estimates_drift_by_day() {
        let alle = drift(&[
            schaetzung("m-a", "aufwand", 2016, 50),
            schaetzung("m-a", "investition", 2016, 150),
            schaetzung("m-a", "investition", 2019, 250),
            schaetzung("m-b", "investition", 2019, 0),
            schaetzung("m-b", "investition", 2020, 7),
        ]);
        assert_eq!(alle.len(), 2);
        let kosten: Vec<i64> = alle[0].stufen.iter().map(|s| s.kosten_ct).collect();
        assert_eq!(kosten, [200, 300], "the untouched kind stays");
        assert_eq!(alle[0].stufen[1].aenderung_ct, Some(100));
        assert_eq!(alle[0].stufen[1].seit_beginn, Some(0.5));
        assert_eq!(alle[0].stufen[1].quelle.as_deref(), Some("Bericht 2019"));
        assert_eq!(alle[0].stufen[0].seit_beginn, None);
        assert_eq!(alle[1].stufen[1].seit_beginn, None, "no share of nothing");
    }
}
