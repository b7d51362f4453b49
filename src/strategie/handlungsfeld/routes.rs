//! `/strategie` (the strategy with Leitlinien and fields of action), `/handlungsfelder`.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use serde_json::json;
use sqlx::PgPool;

use super::{Ampelzahl, Fassung, HandlungsfeldKurz, store};
use crate::http::extract::Anfrage;
use crate::http::link::kodiere;
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::Pfad;
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::{sicht, zahl};

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/strategie", get(strategie))
        .route("/handlungsfelder", get(strategie))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let pfad = |pfad, titel| {
        Pfad::neu(
            "Strategie",
            pfad,
            titel,
            &[Ausgabe::Json, Ausgabe::Html],
            vec![sicht::parameter()],
        )
    };
    vec![
        pfad(
            ("/strategie", "strategie"),
            "Die Strategie: Fassungen, Leitlinien, Handlungsfelder mit Ampeln",
        ),
        pfad(
            ("/handlungsfelder", "handlungsfelder"),
            "Handlungsfelder mit Zielen, Maßnahmen und Ampeln",
        ),
    ]
}

#[derive(Template)]
#[template(path = "strategie/templates/strategie.html")]
struct StrategieSeite {
    seite: Seite,
    stichtag: NaiveDate,
    fassungen: Vec<Fassung>,
    felder: Vec<HandlungsfeldKurz>,
    ampeln: Vec<Ampelzahl>,
    json: String,
}

#[expect(clippy::ref_option, reason = "askama passes references")]
impl StrategieSeite {
    fn tag(&self, tag: &Option<NaiveDate>) -> String {
        zahl::tag_oder(*tag)
    }
    fn akteur(&self, kennung: &str) -> String {
        format!("{}/akteure/{}?f=html", self.seite.wurzel, kodiere(kennung))
    }
}

async fn strategie(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let felder = store::liste(&mut tx).await?;
    let fassungen = store::fassungen(&mut tx).await?;
    let ampeln = store::ampeln(&mut tx).await?;
    match format {
        Format::Json => Ok(axum::Json(json!({
            "stichtag": stichtag,
            "fassungen": fassungen,
            "handlungsfelder": felder,
            "massnahmen": ampeln,
        }))
        .into_response()),
        Format::Html => html(&StrategieSeite {
            seite: anfrage.seite(),
            stichtag,
            fassungen,
            felder,
            ampeln,
            json: anfrage.adresse(Ausgabe::Json),
        }),
    }
}
