//! `/trends`, `/trends/{kennung}`.

use serde_json::json;

use super::{Trend, store};
use crate::error::Result;
use crate::strategie::bezug::{Bezug, abschnitte};
use crate::strategie::blatt::{Blatt, Blattart, Blick, Kopf, Liste, Zeile};
use crate::strategie::kennzahl::{self, diagramm};

impl Blattart for Trend {
    const KOPF: &'static Kopf = &Kopf {
        pfad: "/trends",
        kennungen: ("trends", "trend"),
        beschreibungen: (
            "Trends",
            "Ein Trend mit dem, was er verstärkt oder erschwert",
        ),
        titel: "Trends",
        einleitung: "Entwicklungen, die Ziele und Maßnahmen verstärken oder erschweren.",
        leer: "Es sind noch keine Trends eingelesen.",
        spalten: &["Einschätzung", "▲ verstärkt", "▼ erschwert"],
        stichtag: true,
    };

    async fn liste(blick: Blick<'_>) -> Result<Liste> {
        let trends = store::liste(blick.conn, None).await?;
        Ok(Liste {
            json: json!({"trends": trends}),
            zeilen: trends
                .into_iter()
                .map(|t| Zeile {
                    kennung: t.kennung,
                    nummer: t.nummer,
                    titel: t.titel,
                    zellen: vec![
                        t.einschaetzung.unwrap_or_default(),
                        t.verstaerkt.to_string(),
                        t.erschwert.to_string(),
                    ],
                })
                .collect(),
            abschnitte: Vec::new(),
        })
    }

    async fn blatt(blick: Blick<'_>, kennung: &str) -> Result<Blatt> {
        let stichtag = blick.stichtag;
        let (trend, gegenstaende) = store::einer(&mut *blick.conn, kennung).await?;
        let zahlen = match &trend.kennzahl {
            Some(kennzahl) => {
                let rechenweg = blick.basis.zu(&format!("/kennzahlen/{kennzahl}?f=html"));
                Some(kennzahl::store::eine(blick.conn, kennzahl, stichtag, rechenweg).await?)
            }
            None => None,
        };
        let json = json!({"stichtag": stichtag, "trend": trend, "gegenstaende": gegenstaende, "kennzahl": zahlen});
        let mut teile = abschnitte(&gegenstaende);
        let mut bild = None;
        if let Some(kennzahl) = &zahlen {
            let raum = kennzahl.kurz.haupt().and_then(|s| s.ortsteil.clone());
            bild = diagramm::svg(kennzahl, raum.as_deref(), stichtag);
            let verweis = Bezug {
                art: "kennzahl".to_owned(),
                kennung: kennzahl.kurz.kennung.clone(),
                nummer: kennzahl.kurz.nummer.clone(),
                titel: kennzahl.kurz.titel.clone(),
                wie: None,
                stelle: None,
                text: Some("alle Werte in der Tabelle der Kennzahl".to_owned()),
            };
            teile.insert(0, ("Zahlen dahinter".to_owned(), vec![verweis]));
        }
        let zahlen = match trend.zahlen.as_str() {
            "einwohner" => "Einwohner je Ortsteil",
            "altersgruppen" => "Altersgruppen je Ortsteil",
            "kennzahl" => "Kennzahl",
            _ => "keine",
        };
        Ok(Blatt {
            json,
            titel: trend.titel,
            angaben: vec![
                ("Zahlen dahinter", zahlen.to_owned()),
                ("Quelle", trend.quelle.unwrap_or_default()),
            ],
            text: trend.einschaetzung,
            abschnitte: teile,
            diagramm: bild,
            ..Blatt::default()
        })
    }
}
