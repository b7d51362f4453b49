//! `/beschluesse`, `/beschluesse/{kennung}`.

use serde_json::json;

use super::{Beschluss, ergebnis, store};
use crate::error::Result;
use crate::strategie::bezug::abschnitte;
use crate::strategie::blatt::{Blatt, Blattart, Blick, Kopf, Liste, Zeile};
use crate::strategie::zahl;

impl Blattart for Beschluss {
    const KOPF: &'static Kopf = &Kopf {
        pfad: "/beschluesse",
        kennungen: ("beschluesse", "beschluss"),
        beschreibungen: (
            "Öffentlich gefasste Beschlüsse",
            "Ein Beschluss mit seinen Gegenständen",
        ),
        titel: "Beschlüsse",
        einleitung: "Öffentlich gefasste Beschlüsse zu Zielen, Maßnahmen und Plänen.",
        leer: "Es sind noch keine Beschlüsse eingelesen.",
        spalten: &["Datum", "Gremium", "Drucksache", "Ergebnis", "Gegenstände"],
        stichtag: false,
    };

    async fn liste(blick: Blick<'_>) -> Result<Liste> {
        let beschluesse = store::liste(blick.conn, None).await?;
        Ok(Liste {
            json: json!({"beschluesse": beschluesse}),
            zeilen: beschluesse
                .into_iter()
                .map(|b| Zeile {
                    zellen: vec![
                        zahl::tag(b.datum),
                        b.gremium,
                        b.drucksache.unwrap_or_default(),
                        ergebnis(&b.ergebnis).to_owned(),
                        b.gegenstaende.to_string(),
                    ],
                    kennung: b.kennung,
                    nummer: b.nummer,
                    titel: b.titel,
                })
                .collect(),
            abschnitte: Vec::new(),
        })
    }

    async fn blatt(blick: Blick<'_>, kennung: &str) -> Result<Blatt> {
        let (beschluss, gegenstaende) = store::einer(blick.conn, kennung).await?;
        let vorlage = |url| (url, "Vorlage im Ratsinformationssystem".to_owned());
        Ok(Blatt {
            json: json!({"beschluss": beschluss, "gegenstaende": gegenstaende}),
            titel: beschluss.titel,
            angaben: vec![
                ("Gremium", beschluss.gremium),
                ("Datum", zahl::tag(beschluss.datum)),
                ("Drucksache", beschluss.drucksache.unwrap_or_default()),
                ("Tagesordnungspunkt", beschluss.top.unwrap_or_default()),
                ("Ergebnis", ergebnis(&beschluss.ergebnis).to_owned()),
            ],
            verweise: beschluss.url.map(vorlage).into_iter().collect(),
            abschnitte: abschnitte(&gegenstaende),
            ..Blatt::default()
        })
    }
}
