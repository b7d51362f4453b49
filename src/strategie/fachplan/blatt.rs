//! `/fachplaene`, `/fachplaene/{kennung}`.

use serde_json::json;

use super::{Fachplan, Widerspruch, store, zustand};
use crate::error::Result;
use crate::strategie::bezug::{Bezug, abschnitte};
use crate::strategie::blatt::{Blatt, Blattart, Blick, Kopf, Liste, Zeile};

impl Blattart for Fachplan {
    const KOPF: &'static Kopf = &Kopf {
        pfad: "/fachplaene",
        kennungen: ("fachplaene", "fachplan"),
        beschreibungen: (
            "Fachpläne und ihre Widersprüche",
            "Ein Fachplan mit Fundstellen",
        ),
        titel: "Fachpläne",
        einleitung: "Was andere Pläne zu Zielen und Maßnahmen sagen, mit Fundstelle.",
        leer: "Es sind noch keine Fachpläne eingelesen.",
        spalten: &[
            "Art",
            "Herausgeber",
            "Jahr",
            "Verbindlichkeit",
            "Zustand",
            "Fundstellen",
            "davon widersprechend",
        ],
        stichtag: false,
    };

    async fn liste(blick: Blick<'_>) -> Result<Liste> {
        let plaene = store::liste(&mut *blick.conn, None).await?;
        let widersprueche = store::widersprueche(blick.conn, None).await?;
        Ok(Liste {
            json: json!({"fachplaene": plaene, "widersprueche": widersprueche}),
            zeilen: plaene
                .into_iter()
                .map(|p| Zeile {
                    zellen: vec![
                        p.typ,
                        p.herausgeber.unwrap_or_default(),
                        p.jahr.map(|j| j.to_string()).unwrap_or_default(),
                        p.verbindlichkeit,
                        zustand(&p.zustand).to_owned(),
                        p.fundstellen.to_string(),
                        if p.widersprueche > 0 {
                            format!("⚠ {}", p.widersprueche)
                        } else {
                            "0".to_owned()
                        },
                    ],
                    kennung: p.kennung,
                    nummer: p.nummer,
                    titel: p.titel,
                })
                .collect(),
            abschnitte: als_abschnitte(&widersprueche),
        })
    }

    async fn blatt(blick: Blick<'_>, kennung: &str) -> Result<Blatt> {
        let (plan, stellen) = store::einer(&mut *blick.conn, kennung).await?;
        let widersprueche = store::widersprueche(&mut *blick.conn, Some(kennung)).await?;
        let beschluesse = store::beschluesse(blick.conn, kennung).await?;
        let json = json!({"fachplan": plan, "fundstellen": stellen, "widersprueche": widersprueche, "beschluesse": beschluesse});
        let mut teile = abschnitte(&stellen);
        teile.extend(als_abschnitte(&widersprueche));
        if !beschluesse.is_empty() {
            teile.push(("Beschlüsse".to_owned(), beschluesse));
        }
        let dokument = |url| (url, "Dokument".to_owned());
        Ok(Blatt {
            json,
            titel: plan.titel,
            angaben: vec![
                ("Art", plan.typ),
                ("Herausgeber", plan.herausgeber.unwrap_or_default()),
                ("Jahr", plan.jahr.map(|j| j.to_string()).unwrap_or_default()),
                ("Verbindlichkeit", plan.verbindlichkeit),
                ("Zustand", zustand(&plan.zustand).to_owned()),
                ("Lizenz", plan.lizenz.unwrap_or_default()),
            ],
            verweise: plan.dokument_url.map(dokument).into_iter().collect(),
            abschnitte: teile,
            ..Blatt::default()
        })
    }
}

/// One section per contradicted goal or measure.
fn als_abschnitte(widersprueche: &[Widerspruch]) -> Vec<(String, Vec<Bezug>)> {
    widersprueche
        .iter()
        .map(|w| {
            let g = &w.gegenstand;
            let nummer = g.nummer.as_deref().unwrap_or_default();
            let titel = format!("⚠ Widerspruch: {} {nummer} {}", g.gattung(), g.titel);
            let stellen = [vec![g.clone()], w.stellen.clone()].concat();
            (titel, stellen)
        })
        .collect()
}
