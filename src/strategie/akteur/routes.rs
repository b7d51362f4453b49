//! `/akteure`, `/akteure/{kennung}`.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::store;
use crate::error::Error;
use crate::http::extract::Anfrage;
use crate::http::negotiate::JSON;
use crate::http::openapi::Pfad;
use crate::http::problem::Problem;
use crate::strategie::bezug::abschnitte;
use crate::strategie::blatt::{self, Blatt, Liste, Zeile};

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/akteure", get(liste))
        .route("/akteure/{kennung}", get(einer))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    blatt::pfade(
        "/akteure",
        ("akteure", "akteur"),
        (
            "Zuständige Stellen",
            "Eine Stelle mit ihren Zuständigkeiten",
        ),
        &[],
    )
}

async fn liste(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let akteure = store::liste(&mut conn, None).await?;
    let doc = json!({"akteure": akteure});
    blatt::antworte(format, &doc, || {
        blatt::zeige(&Liste {
            seite: anfrage.seite(),
            titel: "Zuständige Stellen",
            pfad: "akteure",
            einleitung: "Wer Ziele, Maßnahmen und Kennzahlen verantwortet oder mitträgt.",
            leer: "Es sind noch keine Stellen eingelesen.",
            spalten: &["Art", "federführend für", "beteiligt an"],
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
    let (akteur, gegenstaende) = store::einer(&mut conn, &kennung).await?;
    let doc = json!({"akteur": akteur, "gegenstaende": gegenstaende});
    blatt::antworte(format, &doc, || {
        let oben = akteur.uebergeordnet.map(|kennung| {
            let adresse = anfrage.basis.zu(&format!(
                "/akteure/{}?f=html",
                crate::http::link::kodiere(&kennung)
            ));
            (
                adresse,
                format!(
                    "Übergeordnet: {}",
                    akteur.uebergeordnet_titel.unwrap_or(kennung)
                ),
            )
        });
        blatt::zeige(&Blatt {
            seite: anfrage.seite(),
            titel: akteur.titel,
            liste: ("akteure", "Zuständige Stellen"),
            angaben: vec![
                ("Art", akteur.art),
                ("Anschrift", akteur.anschrift.unwrap_or_default()),
                ("federführend für", akteur.federfuehrend.to_string()),
                ("beteiligt an", akteur.beteiligt.to_string()),
            ],
            text: None,
            verweise: oben.into_iter().collect(),
            abschnitte: abschnitte(&gegenstaende),
            diagramm: None,
            json: blatt::als_json(&anfrage),
        })
    })
}
