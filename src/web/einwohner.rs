//! The inhabitants of an Ortsteil as a small table: earliest and latest count, last forecast.

use crate::fnp::zahl::dezimal;
use crate::gemeinde::einwohner::{GESAMT, Stichtag, spanne, titel};

/// One row: an age group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reihe {
    /// Title.
    pub titel: String,
    /// One figure per column, `–` where there is none.
    pub werte: Vec<String>,
}

/// The table and what stands below it.
#[derive(Debug, Clone, Default)]
pub struct Tafel {
    /// Columns.
    pub spalten: Vec<Stichtag>,
    /// Rows, the total first.
    pub zeilen: Vec<Reihe>,
    /// Everything, counted before forecast.
    pub verlauf: Vec<Stichtag>,
    /// Sources.
    pub quellen: String,
}

impl Tafel {
    /// None without figures.
    #[must_use]
    pub fn neu(verlauf: Vec<Stichtag>) -> Option<Self> {
        let spalten = spalten(&verlauf);
        if spalten.is_empty() {
            return None;
        }
        let mut gruppen: Vec<String> = spalten
            .iter()
            .flat_map(|s| s.altersgruppen.iter().map(|g| g.altersgruppe.clone()))
            .collect();
        gruppen.push(GESAMT.to_owned());
        gruppen.sort_by_key(|gruppe| spanne(gruppe));
        gruppen.dedup();
        let zeilen = gruppen
            .iter()
            .map(|gruppe| Reihe {
                titel: titel(gruppe),
                werte: spalten
                    .iter()
                    .map(|s| {
                        s.von(gruppe)
                            .map_or("–".to_owned(), |zahl| dezimal(zahl, 0))
                    })
                    .collect(),
            })
            .collect();
        let mut quellen: Vec<&str> = verlauf.iter().filter_map(|s| s.quelle.as_deref()).collect();
        quellen.sort_unstable();
        quellen.dedup();
        Some(Self {
            quellen: quellen.join("; "),
            zeilen,
            spalten,
            verlauf,
        })
    }
}

/// The first and the latest count, and the last forecast of each variant.
fn spalten(verlauf: &[Stichtag]) -> Vec<Stichtag> {
    let mut spalten: Vec<Stichtag> = Vec::new();
    let gezaehlt = || verlauf.iter().filter(|s| s.art == "ist");
    spalten.extend(gezaehlt().next().cloned());
    if gezaehlt().count() > 1 {
        spalten.extend(gezaehlt().next_back().cloned());
    }
    let prognosen: Vec<&Stichtag> = verlauf.iter().filter(|s| s.art == "prognose").collect();
    for (i, prognose) in prognosen.iter().enumerate() {
        if !prognosen[i + 1..]
            .iter()
            .any(|p| p.variante == prognose.variante)
        {
            spalten.push((*prognose).clone());
        }
    }
    spalten
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gemeinde::einwohner::Gruppe;
    use chrono::NaiveDate;

    fn stichtag(jahr: i32, art: &str, variante: Option<&str>, gruppen: &[(&str, f64)]) -> Stichtag {
        Stichtag {
            stichtag: NaiveDate::from_ymd_opt(jahr, 12, 31).unwrap(),
            art: art.into(),
            variante: variante.map(str::to_owned),
            gesamt: 1000.0,
            quelle: None,
            altersgruppen: gruppen
                .iter()
                .map(|(gruppe, anzahl)| Gruppe {
                    altersgruppe: (*gruppe).into(),
                    anzahl: *anzahl,
                    anteil: None,
                })
                .collect(),
        }
    }

    #[test]
    fn first_latest_and_last_forecasts() {
        let tafel = Tafel::neu(vec![
            stichtag(2011, "ist", None, &[]),
            stichtag(2018, "ist", None, &[]),
            stichtag(2025, "ist", None, &[("65+", 248.0), ("0-5", 84.0)]),
            stichtag(2030, "prognose", Some("obere"), &[]),
            stichtag(2042, "prognose", Some("obere"), &[("0-5", 91.4)]),
            stichtag(2042, "prognose", Some("untere"), &[]),
        ])
        .unwrap();
        let tage: Vec<String> = tafel
            .spalten
            .iter()
            .map(|s| s.stichtag.format("%Y").to_string())
            .collect();
        assert_eq!(tage, ["2011", "2025", "2042", "2042"]);
        let titel: Vec<&str> = tafel.zeilen.iter().map(|z| z.titel.as_str()).collect();
        assert_eq!(titel, ["insgesamt", "unter 6 Jahre", "65 Jahre und älter"]);
        assert_eq!(tafel.zeilen[1].werte, ["–", "84", "91", "–"]);
        assert!(Tafel::neu(Vec::new()).is_none());
    }
}
