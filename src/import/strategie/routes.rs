//! `/strategie.xlsx`: the published strategy as a workbook.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;

use super::{ausgabe, mappe};
use crate::error::Error;
use crate::http::problem::Problem;

/// All routes.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/strategie.xlsx", get(strategie))
        .with_state(public)
}

async fn strategie(State(public): State<PgPool>) -> Result<Response, Problem> {
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let (blaetter, verzeichnis) = ausgabe::blaetter(&mut conn, true).await?;
    drop(conn);
    let bytes = tokio::task::spawn_blocking(move || {
        mappe::mappe(&blaetter, &ausgabe::anleitung(true), &verzeichnis, false)
    })
    .await
    .map_err(Error::intern)??;
    Ok((
        [
            (
                header::CONTENT_TYPE,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"strategie.xlsx\"",
            ),
        ],
        bytes,
    )
        .into_response())
}
