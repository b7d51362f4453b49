//! `/akteure`, `/akteure/{kennung}`.

use serde_json::json;

use super::{Akteur, store};
use crate::error::Result;
use crate::http::link::kodiere;
use crate::strategie::bezug::abschnitte;
use crate::strategie::blatt::{Blatt, Blattart, Blick, Kopf, Liste, Zeile};

impl Blattart for Akteur {
    const KOPF: &'static Kopf = &Kopf {
        pfad: "/akteure",
        kennungen: ("akteure", "akteur"),
        beschreibungen: (
            "Zuständige Stellen",
            "Eine Stelle mit ihren Zuständigkeiten",
        ),
        titel: "Zuständige Stellen",
        einleitung: "Wer Ziele, Maßnahmen und Kennzahlen verantwortet oder mitträgt.",
        leer: "Es sind noch keine Stellen eingelesen.",
        spalten: &["Art", "federführend für", "beteiligt an"],
        stichtag: false,
    };

    async fn liste(blick: Blick<'_>) -> Result<Liste> {
        let akteure = store::liste(blick.conn, None).await?;
        Ok(Liste {
            json: json!({"akteure": akteure}),
            zeilen: akteure
                .into_iter()
                .map(|a| Zeile {
                    kennung: a.kennung,
                    nummer: a.nummer,
                    titel: a.titel,
                    zellen: vec![a.art, a.federfuehrend.to_string(), a.beteiligt.to_string()],
                })
                .collect(),
            abschnitte: Vec::new(),
        })
    }

    async fn blatt(blick: Blick<'_>, kennung: &str) -> Result<Blatt> {
        let (akteur, gegenstaende) = store::einer(blick.conn, kennung).await?;
        let json = json!({"akteur": akteur, "gegenstaende": gegenstaende});
        let oben = akteur.uebergeordnet.map(|kennung| {
            let weg = format!("{}/{}?f=html", Self::KOPF.pfad, kodiere(&kennung));
            let titel = akteur.uebergeordnet_titel.unwrap_or(kennung);
            (blick.basis.zu(&weg), format!("Übergeordnet: {titel}"))
        });
        Ok(Blatt {
            json,
            titel: akteur.titel,
            angaben: vec![
                ("Art", akteur.art),
                ("Anschrift", akteur.anschrift.unwrap_or_default()),
                ("federführend für", akteur.federfuehrend.to_string()),
                ("beteiligt an", akteur.beteiligt.to_string()),
            ],
            verweise: oben.into_iter().collect(),
            abschnitte: abschnitte(&gegenstaende),
            ..Blatt::default()
        })
    }
}
