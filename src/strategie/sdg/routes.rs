//! `/sdg`, `/sdg/{nummer}`.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::store;
use crate::http::extract::Anfrage;
use crate::http::openapi::Pfad;
use crate::http::problem::Problem;
use crate::strategie::bezug::abschnitte;
use crate::strategie::blatt::{self, Blatt, JSON, Liste, Zeile};
use crate::strategie::{sicht, store as strategie, zahl};

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/sdg", get(liste))
        .route("/sdg/{kennung}", get(eines))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    blatt::pfade(
        "/sdg",
        ("sdg_liste", "sdg"),
        (
            "Nachhaltigkeitsziele (SDG) mit Zielen, Maßnahmen, Kennzahlen und Geld",
            "Ein Nachhaltigkeitsziel (1 bis 17)",
        ),
        &[sicht::parameter()],
    )
}

async fn liste(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let alle = store::liste(&mut tx, None).await?;
    let doc = json!({"stichtag": stichtag, "sdg": alle});
    blatt::antworte(format, &doc, || {
        blatt::zeige(&Liste {
            seite: anfrage.seite(),
            titel: "Nachhaltigkeitsziele (SDG)",
            pfad: "sdg",
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
            json: blatt::als_json(&anfrage),
        })
    })
}

async fn eines(
    State(public): State<PgPool>,
    Path(nummer): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let (sdg, gegenstaende) = store::eines(&mut tx, &nummer).await?;
    let kennungen = store::massnahmen(&mut tx, sdg.nummer).await?;
    let massnahmen = strategie::nach_kennung(&mut tx, kennungen).await?;
    let doc = json!({"stichtag": stichtag, "sdg": sdg, "gegenstaende": gegenstaende, "massnahmen": massnahmen});
    blatt::antworte(format, &doc, || {
        let mut teile = abschnitte(&gegenstaende);
        teile.retain(|(titel, _)| titel != "Maßnahmen");
        let alle = massnahmen
            .iter()
            .map(crate::strategie::massnahme::MassnahmeKurz::als_bezug)
            .collect::<Vec<_>>();
        if !alle.is_empty() {
            teile.push(("Maßnahmen".to_owned(), alle));
        }
        blatt::zeige(&Blatt {
            seite: anfrage.seite(),
            titel: format!("SDG {}: {}", sdg.nummer, sdg.titel),
            liste: ("sdg", "Nachhaltigkeitsziele (SDG)"),
            angaben: vec![
                ("Ziele", sdg.ziele.to_string()),
                ("Maßnahmen", sdg.massnahmen.to_string()),
                ("Kennzahlen", sdg.kennzahlen.to_string()),
                (
                    "Kosten der Maßnahmen",
                    format!(
                        "{} ({} von {} mit Angabe{})",
                        zahl::euro(sdg.geld.kosten_ct),
                        sdg.geld.mit_kosten,
                        sdg.geld.gezaehlt(),
                        sdg.geld.ohne_entfallene()
                    ),
                ),
                ("bewilligte Förderung", zahl::euro(sdg.geld.bewilligt_ct)),
                ("Stand der Beträge", zahl::tag_oder(sdg.geld.stand)),
            ],
            text: None,
            verweise: Vec::new(),
            abschnitte: teile,
            diagramm: None,
            json: blatt::als_json(&anfrage),
        })
    })
}
