//! The inhabitants of an Ortsteil as a small table: earliest and latest count, last forecast.

use chrono::NaiveDate;

use crate::fnp::zahl::dezimal;
use crate::gemeinde::bevoelkerung::Eckwerte;
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
    /// As seen from `tag`; None without figures.
    #[must_use]
    pub fn neu(verlauf: Vec<Stichtag>, tag: NaiveDate) -> Option<Self> {
        let spalten = Eckwerte::neu(&verlauf, tag).alle();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gemeinde::einwohner::Gruppe;

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
        let heute = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let verlauf = vec![
            stichtag(2011, "ist", None, &[]),
            stichtag(2018, "ist", None, &[]),
            stichtag(2025, "ist", None, &[("65+", 248.0), ("0-5", 84.0)]),
            stichtag(2030, "prognose", Some("obere"), &[]),
            stichtag(2042, "prognose", Some("obere"), &[("0-5", 91.4)]),
            stichtag(2042, "prognose", Some("untere"), &[]),
        ];
        let tafel = Tafel::neu(verlauf, heute).unwrap();
        let tage: Vec<String> = tafel
            .spalten
            .iter()
            .map(|s| s.stichtag.format("%Y").to_string())
            .collect();
        assert_eq!(tage, ["2011", "2025", "2042", "2042"]);
        let titel: Vec<&str> = tafel.zeilen.iter().map(|z| z.titel.as_str()).collect();
        assert_eq!(titel, ["insgesamt", "unter 6 Jahre", "65 Jahre und älter"]);
        assert_eq!(tafel.zeilen[1].werte, ["–", "84", "91", "–"]);
        assert!(Tafel::neu(Vec::new(), heute).is_none());
    }
}
