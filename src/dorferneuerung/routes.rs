//! Village-renewal areas over HTTP: JSON, and GeoJSON with `f=geojson`.
//!
//! Without a router of their own: `web` has the pages at the same addresses and calls these.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::gebiet::Gebiet;
use super::inhalt;
use crate::error::Error;
use crate::http::extract::Anfrage;
use crate::http::link::{kodiere, kodiere_parameter};
use crate::http::openapi::{Pfad, anfrage_parameter, pfad_parameter};
use crate::http::problem::Problem;
use crate::strategie::routes::{als_geojson, geojson};
use crate::strategie::sicht;

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let f = || {
        anfrage_parameter(
            "f",
            "Ausgabe",
            &json!({"type": "string", "enum": ["json", "geojson", "html"]}),
        )
    };
    vec![
        Pfad {
            pfad: "/dorferneuerung".into(),
            kennung: "dorferneuerungsgebiete".into(),
            titel: "Gebiete der Dorferneuerung".into(),
            thema: "Dorferneuerung",
            parameter: Vec::new(),
            medien: &["application/json", "text/html"],
        },
        Pfad {
            pfad: "/dorferneuerung/{kennung}".into(),
            kennung: "dorferneuerungsgebiet".into(),
            titel: "Ein Gebiet mit Nutzung, Projekten, Maßnahmen und Zielen".into(),
            thema: "Dorferneuerung",
            parameter: vec![
                pfad_parameter("kennung", "Kennung des Gebiets"),
                anfrage_parameter(
                    "plan",
                    "Plan der Nutzung, auch KENNUNG@FASSUNG; ohne Angabe der wirksame",
                    &json!({"type": "string"}),
                ),
                sicht::parameter(),
                f(),
            ],
            medien: &["application/json", "application/geo+json", "text/html"],
        },
    ]
}

/// The area as a GeoJSON feature.
#[must_use]
pub fn feature(gebiet: &Gebiet) -> Value {
    json!({"type": "Feature", "id": gebiet.kurz.kennung, "geometry": gebiet.geometrie, "properties": gebiet})
}

/// All areas as JSON.
pub async fn gebiete(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    if als_geojson(&anfrage)? {
        return Err(Error::parameter(
            "f",
            "Die Gebiete mit ihrer Form stehen in der Ebene /collections/dorferneuerungsgebiete.",
        )
        .into());
    }
    let mut conn = public.acquire().await.map_err(Error::from)?;
    Ok(axum::Json(json!({"gebiete": inhalt::gebiete(&mut conn, None).await?})).into_response())
}

/// One area as JSON or GeoJSON.
pub async fn gebiet(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["plan", "stichtag", "f"])?;
    let als_geojson = als_geojson(&anfrage)?;
    let (mut conn, _) = sicht::oeffne(&public, &anfrage).await?;
    let gebiet = inhalt::gebiet(&mut conn, &kennung, anfrage.parameter.einzig("plan")?).await?;
    if als_geojson {
        return Ok(geojson(&feature(&gebiet)));
    }
    let mut doc = json!(gebiet);
    if let (Some(plan), Some(nutzungen)) = (&gebiet.plan, doc["nutzungen"].as_array_mut()) {
        for nutzung in nutzungen {
            let paare = [
                ("plan", plan.kennung.as_str()),
                ("nutzung", nutzung["nutzung"].as_str().unwrap_or_default()),
                ("f", "json"),
            ];
            let frage = kodiere_parameter(paare);
            let weg = anfrage.basis.zu(&format!(
                "/dorferneuerung/{}/flaechen?{frage}",
                kodiere(&kennung)
            ));
            nutzung["rechenweg"] = json!(weg);
        }
    }
    Ok(axum::Json(doc).into_response())
}
