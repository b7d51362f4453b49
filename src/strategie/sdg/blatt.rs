//! `/sdg`, `/sdg/{nummer}`.

use serde_json::json;

use super::{Sdg, store};
use crate::error::Result;
use crate::strategie::bezug::abschnitte;
use crate::strategie::blatt::{Blatt, Blattart, Blick, Kopf, Liste, Zeile};
use crate::strategie::massnahme::MassnahmeKurz;
use crate::strategie::{store as strategie, zahl};

impl Blattart for Sdg {
    const KOPF: &'static Kopf = &Kopf {
        pfad: "/sdg",
        kennungen: ("sdg_liste", "sdg"),
        beschreibungen: (
            "Nachhaltigkeitsziele (SDG) mit Zielen, Maßnahmen, Kennzahlen und Geld",
            "Ein Nachhaltigkeitsziel (1 bis 17)",
        ),
        titel: "Nachhaltigkeitsziele (SDG)",
        einleitung: "Ziele, Maßnahmen, Kennzahlen und Geld je Nachhaltigkeitsziel der Vereinten Nationen. Eine Maßnahme kann mehreren dienen; die Beträge ergeben zusammen nicht die der Stadt.",
        leer: "Keine Angaben.",
        spalten: &[
            "Ziele",
            "Maßnahmen",
            "Kennzahlen",
            "Kosten der Maßnahmen",
            "bewilligte Förderung",
            "Stand der Beträge",
        ],
        stichtag: true,
    };

    async fn liste(blick: Blick<'_>) -> Result<Liste> {
        let alle = store::liste(blick.conn, None).await?;
        Ok(Liste {
            json: json!({"stichtag": blick.stichtag, "sdg": alle}),
            zeilen: alle
                .into_iter()
                .map(|s| Zeile {
                    kennung: s.nummer.to_string(),
                    nummer: Some(s.nummer.to_string()),
                    titel: s.titel,
                    zellen: vec![
                        s.ziele.to_string(),
                        s.massnahmen.to_string(),
                        s.kennzahlen.to_string(),
                        zahl::euro(s.geld.kosten_ct),
                        zahl::euro(s.geld.bewilligt_ct),
                        zahl::tag_oder(s.geld.stand),
                    ],
                })
                .collect(),
            abschnitte: Vec::new(),
        })
    }

    async fn blatt(blick: Blick<'_>, nummer: &str) -> Result<Blatt> {
        let (sdg, gegenstaende) = store::eines(&mut *blick.conn, nummer).await?;
        let kennungen = store::massnahmen(&mut *blick.conn, sdg.nummer).await?;
        let massnahmen = strategie::nach_kennung(blick.conn, kennungen).await?;
        let mut teile = abschnitte(&gegenstaende);
        teile.retain(|(titel, _)| titel != "Maßnahmen");
        if !massnahmen.is_empty() {
            let alle = massnahmen.iter().map(MassnahmeKurz::als_bezug).collect();
            teile.push(("Maßnahmen".to_owned(), alle));
        }
        Ok(Blatt {
            json: json!({"stichtag": blick.stichtag, "sdg": sdg, "gegenstaende": gegenstaende, "massnahmen": massnahmen}),
            titel: format!("SDG {}: {}", sdg.nummer, sdg.titel),
            angaben: vec![
                ("Ziele", sdg.ziele.to_string()),
                ("Maßnahmen", sdg.massnahmen.to_string()),
                ("Kennzahlen", sdg.kennzahlen.to_string()),
                (
                    "Kosten der Maßnahmen",
                    format!(
                        "{} ({} von {} mit Angabe)",
                        zahl::euro(sdg.geld.kosten_ct),
                        sdg.geld.mit_kosten,
                        sdg.geld.massnahmen
                    ),
                ),
                ("bewilligte Förderung", zahl::euro(sdg.geld.bewilligt_ct)),
                ("Stand der Beträge", zahl::tag_oder(sdg.geld.stand)),
            ],
            abschnitte: teile,
            ..Blatt::default()
        })
    }
}
