//! The inhabitants of every Ortsteil and of the town as seen from a day: first and newest
//! count, last forecast of each variant.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;

use super::einwohner::{Gruppe, Stichtag, spanne};
use super::einwohner_store::stichtage_aller;
use crate::error::Result;

/// Says how the figures of the town come about.
pub const RECHENWEG: &str = "Die Zahlen der Ortsteile sind die gelieferten; ohne gelieferte Gesamtzahl die Summe der Altersgruppen. Die Stadt ist die Summe der Ortsteile, nur für Stichtage, zu denen jeder Ortsteil mit Zahlen eine hat. Gezeigt werden die erste und die neueste Zählung bis zum Stichtag und der letzte Stand jeder Variante der Prognose.";

/// What a table shows of many days.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Eckwerte {
    /// First count; None where it is the newest one.
    pub erste: Option<Stichtag>,
    /// Newest count up to the day of view.
    pub neueste: Option<Stichtag>,
    /// Last day of each variant of the forecast.
    pub prognose: Vec<Stichtag>,
}

impl Eckwerte {
    /// Of figures ordered by day within their kind, seen from `tag`.
    #[must_use]
    pub fn neu(verlauf: &[Stichtag], tag: NaiveDate) -> Self {
        let gezaehlt = |s: &&Stichtag| s.art == "ist" && s.stichtag <= tag;
        let neueste = verlauf.iter().rfind(gezaehlt).cloned();
        let erste = verlauf
            .iter()
            .find(gezaehlt)
            .filter(|erste| {
                neueste
                    .as_ref()
                    .is_some_and(|n| n.stichtag > erste.stichtag)
            })
            .cloned();
        let prognosen: Vec<&Stichtag> = verlauf.iter().filter(|s| s.art == "prognose").collect();
        let letzte = prognosen.iter().enumerate().filter(|(i, p)| {
            !prognosen[i + 1..]
                .iter()
                .any(|spaeter| spaeter.variante == p.variante)
        });
        Self {
            erste,
            neueste,
            prognose: letzte.map(|(_, p)| (*p).clone()).collect(),
        }
    }

    /// Everything, in the order of time.
    #[must_use]
    pub fn alle(&self) -> Vec<Stichtag> {
        let gezaehlt = self.erste.iter().chain(&self.neueste);
        gezaehlt.chain(&self.prognose).cloned().collect()
    }
}

/// An Ortsteil, or the town.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reihe {
    /// Kennung; None for the town.
    pub kennung: Option<String>,
    /// Name.
    pub name: String,
    /// Its figures.
    #[serde(flatten)]
    pub werte: Eckwerte,
}

/// All Ortsteile with figures and the town as their sum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bevoelkerung {
    /// The town; without figures where no day has all Ortsteile.
    pub stadt: Reihe,
    /// By name; those without figures are missing.
    pub ortsteile: Vec<Reihe>,
    /// Names of Ortsteile without figures.
    pub ohne_zahlen: Vec<String>,
    /// How the figures come about.
    pub rechenweg: &'static str,
}

/// The inhabitants seen from `tag`; None where nothing was delivered.
pub async fn lies(conn: &mut PgConnection, tag: NaiveDate) -> Result<Option<Bevoelkerung>> {
    let alle = stichtage_aller(conn).await?;
    let (mit, ohne): (Vec<_>, Vec<_>) = alle.into_iter().partition(|o| !o.stichtage.is_empty());
    if mit.is_empty() {
        return Ok(None);
    }
    let verlaeufe: Vec<&[Stichtag]> = mit.iter().map(|o| o.stichtage.as_slice()).collect();
    let stadt = Reihe {
        kennung: None,
        name: "Stadt".to_owned(),
        werte: Eckwerte::neu(&summe(&verlaeufe), tag),
    };
    let ortsteile = mit
        .iter()
        .map(|o| Reihe {
            kennung: Some(o.kennung.clone()),
            name: o.name.clone(),
            werte: Eckwerte::neu(&o.stichtage, tag),
        })
        .collect();
    Ok(Some(Bevoelkerung {
        stadt,
        ortsteile,
        ohne_zahlen: ohne.into_iter().map(|o| o.name).collect(),
        rechenweg: RECHENWEG,
    }))
}

/// Sums of the days every series has; an age group is summed where every series has it.
fn summe(verlaeufe: &[&[Stichtag]]) -> Vec<Stichtag> {
    type Wer<'a> = (&'a str, NaiveDate, Option<&'a str>);
    let mut tage: BTreeMap<Wer, Vec<&Stichtag>> = BTreeMap::new();
    for s in verlaeufe.iter().flat_map(|verlauf| verlauf.iter()) {
        let wer = (s.art.as_str(), s.stichtag, s.variante.as_deref());
        tage.entry(wer).or_default().push(s);
    }
    tage.into_values()
        .filter(|teile| teile.len() == verlaeufe.len())
        .filter_map(|teile| {
            let erster = *teile.first()?;
            let gesamt: f64 = teile.iter().map(|s| s.gesamt).sum();
            let mut gruppen: Vec<Gruppe> = erster
                .altersgruppen
                .iter()
                .filter_map(|g| {
                    let anzahl = teile
                        .iter()
                        .map(|s| s.von(&g.altersgruppe))
                        .sum::<Option<f64>>()?;
                    Some(Gruppe {
                        altersgruppe: g.altersgruppe.clone(),
                        anzahl,
                        anteil: (gesamt > 0.0).then(|| anzahl / gesamt),
                    })
                })
                .collect();
            gruppen.sort_by_key(|g| spanne(&g.altersgruppe));
            let mut quellen: Vec<&str> = teile.iter().filter_map(|s| s.quelle.as_deref()).collect();
            quellen.sort_unstable();
            quellen.dedup();
            Some(Stichtag {
                gesamt,
                altersgruppen: gruppen,
                quelle: (!quellen.is_empty()).then(|| quellen.join("; ")),
                ..erster.clone()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(jahr: i32) -> NaiveDate {
        NaiveDate::from_ymd_opt(jahr, 12, 31).unwrap()
    }

    fn zahl(
        jahr: i32,
        art: &str,
        variante: Option<&str>,
        gesamt: f64,
        kinder: Option<f64>,
    ) -> Stichtag {
        Stichtag {
            stichtag: tag(jahr),
            art: art.into(),
            variante: variante.map(str::to_owned),
            gesamt,
            quelle: Some("Melderegister".into()),
            altersgruppen: kinder
                .map(|anzahl| Gruppe {
                    altersgruppe: "0-17".into(),
                    anzahl,
                    anteil: None,
                })
                .into_iter()
                .collect(),
        }
    }

    #[test]
    fn the_town_is_summed_on_common_days_only() {
        let a = [
            zahl(2020, "ist", None, 100.0, Some(20.0)),
            zahl(2024, "ist", None, 110.0, Some(22.0)),
            zahl(2025, "ist", None, 111.0, Some(23.0)),
            zahl(2040, "prognose", Some("obere"), 120.0, None),
        ];
        let b = [
            zahl(2020, "ist", None, 50.0, Some(5.0)),
            zahl(2024, "ist", None, 40.0, None),
            zahl(2040, "prognose", Some("obere"), 30.5, None),
            zahl(2040, "prognose", Some("untere"), 20.0, None),
        ];
        let stadt = summe(&[&a, &b]);
        let werte = Eckwerte::neu(&stadt, tag(2025));
        let neueste = werte.neueste.clone().unwrap();
        assert_eq!((neueste.stichtag, neueste.gesamt), (tag(2024), 150.0));
        assert!(neueste.altersgruppen.is_empty(), "b has none in 2024");
        let erste = werte.erste.clone().unwrap();
        assert_eq!(erste.von("0-17"), Some(25.0));
        assert_eq!(erste.altersgruppen[0].anteil, Some(25.0 / 150.0));
        assert_eq!(erste.quelle.as_deref(), Some("Melderegister"));
        assert_eq!(werte.prognose.len(), 1, "untere is known of b alone");
        assert_eq!(werte.alle().len(), 3);
    }

    #[test]
    fn seen_from_a_day_the_future_is_not_counted() {
        let verlauf = [
            zahl(2020, "ist", None, 100.0, None),
            zahl(2025, "ist", None, 90.0, None),
            zahl(2030, "prognose", Some("obere"), 95.0, None),
            zahl(2040, "prognose", Some("obere"), 99.0, None),
            zahl(2040, "prognose", None, 80.0, None),
        ];
        let werte = Eckwerte::neu(&verlauf, tag(2024));
        assert_eq!(werte.neueste.unwrap().stichtag, tag(2020));
        assert_eq!(werte.erste, None, "one count is not two");
        let tage: Vec<f64> = werte.prognose.iter().map(|p| p.gesamt).collect();
        assert_eq!(tage, [99.0, 80.0]);
        assert_eq!(Eckwerte::neu(&verlauf, tag(2010)).neueste, None);
    }
}
