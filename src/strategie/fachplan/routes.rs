//! `/fachplaene`, `/fachplaene/{kennung}`.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::{Widerspruch, store, zustand};
use crate::error::Error;
use crate::http::extract::Anfrage;
use crate::http::negotiate::JSON;
use crate::http::openapi::Pfad;
use crate::http::problem::Problem;
use crate::strategie::bezug::{Bezug, abschnitte};
use crate::strategie::blatt::{self, Blatt, Liste, Zeile};

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/fachplaene", get(liste))
        .route("/fachplaene/{kennung}", get(einer))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    blatt::pfade(
        "/fachplaene",
        ("fachplaene", "fachplan"),
        (
            "Fachpläne und ihre Widersprüche",
            "Ein Fachplan mit Fundstellen",
        ),
        &[],
    )
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

async fn liste(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let plaene = store::liste(&mut conn, None).await?;
    let widersprueche = store::widersprueche(&mut conn, None).await?;
    let doc = json!({"fachplaene": plaene, "widersprueche": widersprueche});
    blatt::antworte(format, &doc, || {
        blatt::zeige(&Liste {
            seite: anfrage.seite(),
            titel: "Fachpläne",
            pfad: "fachplaene",
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
            json: blatt::als_json(&anfrage),
        })
    })
}

async fn einer(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let (plan, stellen) = store::einer(&mut conn, &kennung).await?;
    let widersprueche = store::widersprueche(&mut conn, Some(&kennung)).await?;
    let beschluesse = store::beschluesse(&mut conn, &kennung).await?;
    let doc = json!({"fachplan": plan, "fundstellen": stellen, "widersprueche": widersprueche, "beschluesse": beschluesse});
    blatt::antworte(format, &doc, || {
        let mut teile = abschnitte(&stellen);
        teile.extend(als_abschnitte(&widersprueche));
        if !beschluesse.is_empty() {
            teile.push(("Beschlüsse".to_owned(), beschluesse));
        }
        blatt::zeige(&Blatt {
            seite: anfrage.seite(),
            titel: plan.titel,
            liste: ("fachplaene", "Fachpläne"),
            angaben: vec![
                ("Art", plan.typ),
                ("Herausgeber", plan.herausgeber.unwrap_or_default()),
                ("Jahr", plan.jahr.map(|j| j.to_string()).unwrap_or_default()),
                ("Verbindlichkeit", plan.verbindlichkeit),
                ("Zustand", zustand(&plan.zustand).to_owned()),
                ("Lizenz", plan.lizenz.unwrap_or_default()),
            ],
            text: None,
            verweise: plan
                .dokument_url
                .map(|url| (url, "Dokument".to_owned()))
                .into_iter()
                .collect(),
            abschnitte: teile,
            diagramm: None,
            json: blatt::als_json(&anfrage),
        })
    })
}
