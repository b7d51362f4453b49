//! `/verlauf/{art}/{kennung}`: JSON and HTML.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;

use super::seite::VerlaufSeite;
use super::verlauf;
use crate::http::extract::Anfrage;
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::{Pfad, pfad_parameter};
use crate::http::page::html;
use crate::http::problem::Problem;

/// Routes over the pool of one world.
pub fn router(pool: PgPool) -> Router {
    Router::new()
        .route("/verlauf/{art}/{kennung}", get(eines))
        .with_state(pool)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    vec![Pfad::neu(
        "Verlauf",
        ("/verlauf/{art}/{kennung}", "verlauf"),
        "Was sich an einem Gegenstand wann geändert hat, Feld für Feld; öffentlich, was die Öffentlichkeit sah",
        &[Ausgabe::Json, Ausgabe::Html],
        vec![
            pfad_parameter(
                "art",
                "Art des Gegenstands: massnahme, ziel, kennzahl, gebiet, plan, flaeche, ortsteil …",
            ),
            pfad_parameter("kennung", "Kennung des Gegenstands"),
        ],
    )]
}

async fn eines(
    State(pool): State<PgPool>,
    Path((art, kennung)): Path<(String, String)>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = pool.acquire().await.map_err(crate::error::Error::from)?;
    let verlauf = verlauf::lies(&mut conn, &art, &kennung).await?;
    match format {
        Format::Json => Ok(axum::Json(verlauf).into_response()),
        Format::Html => html(&VerlaufSeite {
            json: anfrage.adresse(Format::Json),
            seite: anfrage.seite(),
            verlauf,
        }),
    }
}
