//! `/luecken`: what is missing, and the areas of the draft with their goal balance.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::store::{self, ARTEN, Flaeche, Luecke};
use crate::error::{Error, Result};
use crate::fnp::plan::{self, Fassung};
use crate::http::extract::Anfrage;
use crate::http::negotiate::Format;
use crate::http::openapi::{Pfad, anfrage_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::routes::geojson;
use crate::strategie::sicht;

/// Areas on a page.
const SEITE: i64 = 50;
/// Areas of an answer at most.
const HOECHSTENS: i64 = 20_000;

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/luecken", get(luecken))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let arten: Vec<&str> = ARTEN.iter().map(|(art, _)| *art).collect();
    vec![Pfad {
        pfad: "/luecken".into(),
        kennung: "luecken".into(),
        titel: "Was fehlt: Ziele ohne Maßnahme, Maßnahmen ohne Ort, Ortsteile ohne Maßnahme oder Geld, Kennzahlen ohne Wert; dazu die Zielbilanz der Flächen des Entwurfs (f=geojson)".into(),
        thema: "Strategie",
        parameter: vec![
            anfrage_parameter("art", "Nur diese Art", &json!({"type": "string", "enum": arten})),
            anfrage_parameter("plan", "Plan der Flächen; ohne Angabe der Entwurf, sonst der wirksame", &json!({"type": "string"})),
            sicht::parameter(),
            anfrage_parameter("f", "Ausgabe", &json!({"type": "string", "enum": ["json", "geojson", "csv", "html"]})),
        ],
        medien: &["application/json", "application/geo+json", "text/csv", "text/html"],
    }]
}

/// The plan asked for, else the draft, else the first there is.
pub async fn entwurf(conn: &mut PgConnection, plan: Option<&str>) -> Result<Option<Fassung>> {
    if plan.is_some() {
        return Ok(Some(plan::waehle(conn, plan).await?));
    }
    let mut plaene = plan::alle(conn).await?;
    let stelle = plaene
        .iter()
        .position(|p| p.stand == "entwurf")
        .unwrap_or(0);
    Ok((!plaene.is_empty()).then(|| plaene.swap_remove(stelle)))
}

/// A kind of gap, checked.
pub fn art(wert: Option<&str>) -> Result<Option<&str>> {
    match wert.filter(|wert| !wert.is_empty()) {
        Some(wert) if !ARTEN.iter().any(|(art, _)| *art == wert) => {
            let arten: Vec<&str> = ARTEN.iter().map(|(art, _)| *art).collect();
            Err(Error::parameter(
                "art",
                format!(
                    "Eine Lücke „{wert}“ gibt es nicht.{} Möglich sind: {}.",
                    crate::strategie::massnahme::werte::meinten(wert, arten.iter().copied()),
                    arten.join(", ")
                ),
            ))
        }
        anderes => Ok(anderes),
    }
}

#[derive(Template)]
#[template(path = "luecken/templates/luecken.html")]
struct LueckenSeite {
    seite: Seite,
    luecken: Vec<Luecke>,
    plan: Option<Fassung>,
    flaechen: Vec<Flaeche>,
    stichtag: chrono::NaiveDate,
    json: String,
}

impl LueckenSeite {
    fn von(&self, art: &str) -> Vec<&Luecke> {
        self.luecken.iter().filter(|l| l.art == art).collect()
    }
    fn ha(&self, m2: &f64) -> String {
        crate::fnp::zahl::hektar(*m2, 2)
    }
}

async fn luecken(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["art", "plan", "stichtag", "f"])?;
    let f = anfrage.parameter.einzig("f")?;
    let format = match f {
        Some("csv" | "geojson") => Format::Json,
        _ => anfrage.format(&["application/json"])?,
    };
    let art = art(anfrage.parameter.einzig("art")?)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let plan = entwurf(
        &mut tx,
        anfrage.parameter.einzig("plan")?.filter(|p| !p.is_empty()),
    )
    .await?;
    let als_geojson = f == Some("geojson");
    let hoechstens = if format == Format::Html {
        SEITE
    } else {
        HOECHSTENS
    };
    let flaechen = match &plan {
        Some(plan) if f != Some("csv") => {
            store::flaechen(&mut tx, plan, als_geojson, hoechstens).await?
        }
        _ => Vec::new(),
    };
    if als_geojson {
        return Ok(geojson(&store::geojson(&flaechen)));
    }
    let luecken = store::luecken(&mut tx, art).await?;
    match (f, format) {
        (Some("csv"), _) => Ok((
            [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"luecken.csv\"",
                ),
            ],
            store::als_csv(&luecken),
        )
            .into_response()),
        (_, Format::Json) => Ok(axum::Json(json!({
            "stichtag": stichtag,
            "luecken": luecken,
            "plan": plan,
            "flaechen": flaechen,
        }))
        .into_response()),
        (_, Format::Html) => html(&LueckenSeite {
            seite: anfrage.seite(),
            luecken,
            plan,
            flaechen,
            stichtag,
            json: anfrage.adresse(Format::Json),
        }),
    }
}
