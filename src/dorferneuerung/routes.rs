//! Village-renewal areas over HTTP: JSON, and GeoJSON with `f=geojson`.
//!
//! Without a router of their own: `web` has the pages at the same addresses and calls these.

use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::gebiet::Gebiet;
use super::inhalt;
use crate::error::Error;
use crate::http::datei::geojson;
use crate::http::extract::Anfrage;
use crate::http::link::{kodiere, kodiere_parameter};
use crate::http::negotiate::Ausgabe;
use crate::http::openapi::{Pfad, pfad_parameter, text_parameter};
use crate::http::problem::Problem;
use crate::strategie::sicht;

/// What an area can be.
pub const GEBIET: &[Ausgabe] = &[Ausgabe::Json, Ausgabe::Geojson, Ausgabe::Html];

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    vec![
        Pfad::neu(
            "Dorferneuerung",
            ("/dorferneuerung", "dorferneuerungsgebiete"),
            "Gebiete der Dorferneuerung",
            &[Ausgabe::Json, Ausgabe::Html],
            Vec::new(),
        ),
        Pfad::neu(
            "Dorferneuerung",
            ("/dorferneuerung/{kennung}", "dorferneuerungsgebiet"),
            "Ein Gebiet mit Nutzung, Projekten, Maßnahmen und Zielen",
            GEBIET,
            vec![
                pfad_parameter("kennung", "Kennung des Gebiets"),
                text_parameter(
                    "plan",
                    "Plan der Nutzung, auch KENNUNG@FASSUNG; ohne Angabe der wirksame",
                ),
                sicht::parameter(),
            ],
        ),
    ]
}

/// Address of the areas behind a land use in an area; `plan` as `KENNUNG@FASSUNG`, so that
/// they are those of the figure.
#[must_use]
pub fn adresse_flaechen(wurzel: &str, gebiet: &str, plan: &str, nutzung: &str, f: &str) -> String {
    let frage = kodiere_parameter([("plan", plan), ("nutzung", nutzung), ("f", f)]);
    format!(
        "{wurzel}/dorferneuerung/{}/flaechen?{frage}",
        kodiere(gebiet)
    )
}

/// The area as a GeoJSON feature.
#[must_use]
pub fn feature(gebiet: &Gebiet) -> Value {
    json!({"type": "Feature", "id": gebiet.kurz.kennung, "geometry": gebiet.geometrie, "properties": gebiet})
}

/// All areas as JSON.
///
/// # Errors
/// Those of the database.
pub async fn gebiete(public: &PgPool) -> Result<Response, Problem> {
    let mut conn = public.acquire().await.map_err(Error::from)?;
    Ok(axum::Json(json!({"gebiete": inhalt::gebiete(&mut conn, None).await?})).into_response())
}

/// 400 for the list as GeoJSON, with where it is.
#[must_use]
pub fn keine_formen() -> Error {
    Error::parameter(
        "f",
        "Die Gebiete mit ihrer Form stehen in der Ebene /collections/dorferneuerungsgebiete.",
    )
}

/// One area as JSON with the way behind each figure, or as GeoJSON.
#[must_use]
pub fn gebiet(gebiet: &Gebiet, anfrage: &Anfrage, als: Ausgabe) -> Response {
    if als == Ausgabe::Geojson {
        return geojson(&feature(gebiet));
    }
    let mut doc = json!(gebiet);
    if let (Some(plan), Some(nutzungen)) = (&gebiet.plan, doc["nutzungen"].as_array_mut()) {
        for nutzung in nutzungen {
            let schluessel = nutzung["nutzung"].as_str().unwrap_or_default().to_owned();
            let weg = adresse_flaechen(
                &anfrage.basis.0,
                &gebiet.kurz.kennung,
                &plan.angabe(),
                &schluessel,
                "json",
            );
            nutzung["rechenweg"] = json!(weg);
        }
    }
    axum::Json(doc).into_response()
}
