//! `/verlauf/{art}/{kennung}`: JSON and HTML.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;

use super::ruecknahme::Pruefer;
use super::seite::VerlaufSeite;
use super::verlauf::{self, Verlauf};
use crate::auth::Akteur;
use crate::http::extract::Anfrage;
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::{Pfad, pfad_parameter};
use crate::http::page::html;
use crate::http::problem::Problem;

/// Changes of a page that are offered for an undo, the newest.
const ANGEBOTEN: usize = 50;

#[derive(Debug, Clone)]
struct Dienst {
    pool: PgPool,
    /// None: a world nothing is changed in.
    pruefer: Option<Arc<dyn Pruefer>>,
}

/// Routes over the pool of one world; `pruefer` says which changes the reader may take back.
pub fn router(pool: PgPool, pruefer: Option<Arc<dyn Pruefer>>) -> Router {
    Router::new()
        .route("/verlauf/{art}/{kennung}", get(eines))
        .with_state(Dienst { pool, pruefer })
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
    State(dienst): State<Dienst>,
    Path((art, kennung)): Path<(String, String)>,
    akteur: Akteur,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = dienst
        .pool
        .acquire()
        .await
        .map_err(crate::error::Error::from)?;
    let verlauf = verlauf::lies(&mut conn, &art, &kennung).await?;
    match format {
        Format::Json => Ok(axum::Json(verlauf).into_response()),
        Format::Html => {
            drop(conn);
            html(&VerlaufSeite {
                json: anfrage.adresse(Format::Json),
                zuruecknehmbar: zuruecknehmbar(&dienst, &akteur, &verlauf).await?,
                seite: anfrage.seite(),
                verlauf,
            })
        }
    }
}

async fn zuruecknehmbar(
    dienst: &Dienst,
    akteur: &Akteur,
    verlauf: &Verlauf,
) -> Result<HashSet<i64>, Problem> {
    let nummern = verlauf.aenderungen.iter().filter_map(|a| a.lfd);
    let nummern: Vec<i64> = nummern.take(ANGEBOTEN).collect();
    match &dienst.pruefer {
        Some(pruefer) if !nummern.is_empty() => Ok(pruefer.erlaubte(akteur, &nummern).await?),
        _ => Ok(HashSet::new()),
    }
}
