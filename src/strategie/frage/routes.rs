//! `/fragen`: the saved questions with their lists and layers.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::Gespeichert;
use super::store;
use crate::error::Error;
use crate::http::extract::Anfrage;
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::Pfad;
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/fragen", get(fragen))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    vec![Pfad::neu(
        "Strategie",
        ("/fragen", "fragen"),
        "Gespeicherte Fragen; jede ist eine Liste und eine Ebene",
        &[Ausgabe::Json, Ausgabe::Html],
        Vec::new(),
    )]
}

#[derive(Template)]
#[template(path = "strategie/templates/fragen.html")]
struct FragenSeite {
    seite: Seite,
    /// With the number of measures, or why the filter no longer fits.
    fragen: Vec<(Gespeichert, Result<usize, String>)>,
}

async fn fragen(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let mut fragen = Vec::new();
    for frage in store::liste(&mut conn, None).await? {
        let treffer = match store::auswerten(&mut conn, &frage.filter).await {
            Ok(treffer) => Ok(treffer.len()),
            Err(fehler @ (Error::Aufruf { .. } | Error::NichtGefunden(_) | Error::Eingabe(_))) => {
                Err(fehler.to_string())
            }
            Err(fehler) => return Err(fehler.into()),
        };
        fragen.push((frage, treffer));
    }
    match format {
        Format::Json => {
            let liste: Vec<Value> = fragen
                .iter()
                .map(|(frage, treffer)| {
                    json!({
                        "kennung": frage.kennung, "titel": frage.titel, "filter": frage.filter, "beschreibung": frage.beschreibung,
                        "massnahmen": treffer.as_ref().ok(), "hinweis": treffer.as_ref().err(),
                        "liste": anfrage.basis.zu(&format!("/massnahmen?{}", frage.filter)),
                        "ebene": anfrage.basis.zu(&format!("/collections/{}/items", frage.ebene())),
                    })
                })
                .collect();
            Ok(axum::Json(json!({ "fragen": liste })).into_response())
        }
        Format::Html => html(&FragenSeite {
            seite: anfrage.seite(),
            fragen,
        }),
    }
}
