//! `/luecken`: what is missing, and the areas of the draft with their goal balance.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::store::{self, ARTEN, Flaeche, Luecke};
use crate::error::{Error, Result};
use crate::fnp::plan::{self, Fassung};
use crate::http::datei;
use crate::http::extract::Anfrage;
use crate::http::negotiate::Ausgabe;
use crate::http::openapi::{Pfad, text_parameter, wahl_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::sicht;

const AUSGABEN: &[Ausgabe] = &[Ausgabe::Json, Ausgabe::Geojson, Ausgabe::Csv, Ausgabe::Html];
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
    vec![Pfad::neu(
        "Strategie",
        ("/luecken", "luecken"),
        "Was fehlt: Ziele ohne Maßnahme, Maßnahmen ohne Ort, Ortsteile ohne Maßnahme oder Geld, Kennzahlen ohne Wert; dazu die Zielbilanz der Flächen des Entwurfs (f=geojson)",
        AUSGABEN,
        vec![
            wahl_parameter("art", "Nur diese Art", &arten),
            text_parameter(
                "plan",
                "Plan der Flächen; ohne Angabe der Entwurf, sonst der wirksame",
            ),
            sicht::parameter(),
        ],
    )]
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
    let ausgabe = anfrage.ausgabe(AUSGABEN)?;
    let art = art(anfrage.parameter.einzig("art")?)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let plan = entwurf(&mut tx, anfrage.parameter.gesetzt("plan")?).await?;
    let als_geojson = ausgabe == Ausgabe::Geojson;
    let hoechstens = if ausgabe == Ausgabe::Html {
        SEITE
    } else {
        HOECHSTENS
    };
    let flaechen = match &plan {
        Some(plan) if ausgabe != Ausgabe::Csv => {
            store::flaechen(&mut tx, plan, als_geojson, hoechstens).await?
        }
        _ => Vec::new(),
    };
    if als_geojson {
        return Ok(datei::geojson(&store::geojson(&flaechen)));
    }
    let luecken = store::luecken(&mut tx, art).await?;
    match ausgabe {
        Ausgabe::Csv => Ok(datei::csv(store::als_csv(&luecken), "luecken")),
        Ausgabe::Html => html(&LueckenSeite {
            seite: anfrage.seite(),
            luecken,
            plan,
            flaechen,
            stichtag,
            json: anfrage.adresse(Ausgabe::Json),
        }),
        _ => Ok(axum::Json(json!({
            "stichtag": stichtag,
            "luecken": luecken,
            "plan": plan,
            "flaechen": flaechen,
        }))
        .into_response()),
    }
}
