//! Measures and goals over HTTP: JSON, and GeoJSON with `f=geojson`.
//!
//! A polygon comes as the body of `POST /massnahmen/suche` (GeoJSON or WKT) and not as a
//! query parameter: a drawn village border does not fit into an address.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::massnahme::{Antwort, Frage};
use super::{ausgabe, raumbezug, store, suchraum};
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::openapi::{Pfad, anfrage_parameter, pfad_parameter};
use crate::http::problem::{self, Problem};

/// Largest body with a polygon, in bytes.
const POLYGON_MAX: usize = 4 << 20;
const GEOJSON: &str = "application/geo+json";

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/massnahmen", get(massnahmen))
        .route(
            "/massnahmen/suche",
            post(suche).layer(DefaultBodyLimit::max(POLYGON_MAX)),
        )
        .route("/massnahmen/{kennung}", get(massnahme))
        .route("/ziele", get(ziele))
        .route("/ziele/{kennung}", get(ziel))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let text = json!({"type": "string"});
    let frage = |name, beschreibung| anfrage_parameter(name, beschreibung, &text);
    let f = anfrage_parameter(
        "f",
        "Ausgabe",
        &json!({"type": "string", "enum": ["json", "geojson"]}),
    );
    let pfad = |pfad: &str, kennung: &str, titel: &str, parameter| Pfad {
        pfad: pfad.to_owned(),
        kennung: kennung.to_owned(),
        titel: titel.to_owned(),
        thema: "Strategie",
        parameter,
        medien: &["application/json"],
    };
    vec![
        Pfad {
            medien: &["application/json", GEOJSON],
            ..pfad(
                "/massnahmen",
                "massnahmen",
                "Maßnahmen nach Ortsteil, Ziel oder Nutzung; ein Polygon nimmt POST /massnahmen/suche als GeoJSON oder WKT",
                vec![
                    frage("ortsteil", "Kennung des Ortsteils"),
                    frage(
                        "ziel",
                        "Kennung des Ziels; operative Ziele darunter zählen mit",
                    ),
                    frage(
                        "nutzung",
                        "Schlüssel der Nutzung, auf der die Maßnahme liegt",
                    ),
                    frage(
                        "plan",
                        "Plan zur Nutzung, auch KENNUNG@FASSUNG; ohne Angabe der wirksame",
                    ),
                    anfrage_parameter(
                        "raumbezug",
                        "Art des Ortes",
                        &json!({"type": "string", "enum": raumbezug::ARTEN}),
                    ),
                    f.clone(),
                ],
            )
        },
        Pfad {
            medien: &["application/json", GEOJSON],
            ..pfad(
                "/massnahmen/{kennung}",
                "massnahme",
                "Eine Maßnahme",
                vec![pfad_parameter("kennung", "Kennung der Maßnahme"), f],
            )
        },
        pfad(
            "/ziele",
            "ziele",
            "Ziele; mit flaeche die Ziele, denen eine Fläche des Plans dient oder die sie belastet",
            vec![
                frage("flaeche", "Kennung der Fläche"),
                frage(
                    "plan",
                    "Plan der Fläche, auch KENNUNG@FASSUNG; ohne Angabe der wirksame",
                ),
            ],
        ),
        pfad(
            "/ziele/{kennung}",
            "ziel",
            "Ein Ziel mit Maßnahmen und Nutzungen",
            vec![pfad_parameter("kennung", "Kennung des Ziels")],
        ),
    ]
}

/// True for `f=geojson`.
///
/// # Errors
/// A problem for any other value but `json`.
pub fn als_geojson(anfrage: &Anfrage) -> Result<bool, Problem> {
    match anfrage.parameter.einzig("f")? {
        None | Some("json") => Ok(false),
        Some("geojson") => Ok(true),
        Some(anderes) => Err(Error::parameter(
            "f",
            format!(
                "Das Format „{anderes}“ gibt es hier nicht. Möglich sind f=json und f=geojson."
            ),
        )
        .into()),
    }
}

/// An answer of type GeoJSON.
#[must_use]
pub fn geojson(wert: &Value) -> Response {
    ([(header::CONTENT_TYPE, GEOJSON)], wert.to_string()).into_response()
}

fn frage(anfrage: &Anfrage, mit_geometrie: bool) -> Result<Frage, Problem> {
    let wert = |name: &str| -> Result<Option<String>, Problem> {
        Ok(anfrage
            .parameter
            .einzig(name)?
            .filter(|wert| !wert.is_empty())
            .map(str::to_owned))
    };
    Ok(Frage {
        ortsteil: wert("ortsteil")?,
        ziel: wert("ziel")?,
        nutzung: wert("nutzung")?,
        plan: wert("plan")?,
        raumbezug: wert("raumbezug")?,
        mit_geometrie,
        ..Frage::default()
    })
}

fn antworte(antwort: &Antwort, als_geojson: bool) -> Response {
    if als_geojson {
        geojson(&ausgabe::massnahmen_geojson(
            antwort.massnahmen.iter().chain(&antwort.gesamtstadt),
        ))
    } else {
        axum::Json(antwort).into_response()
    }
}

const FRAGEN: &[&str] = &["ortsteil", "ziel", "nutzung", "plan", "raumbezug", "f"];

async fn massnahmen(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(FRAGEN)?;
    let als_geojson = als_geojson(&anfrage)?;
    let frage = frage(&anfrage, als_geojson)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    Ok(antworte(
        &store::massnahmen(&mut conn, &frage).await?,
        als_geojson,
    ))
}

async fn suche(
    State(public): State<PgPool>,
    anfrage: Anfrage,
    text: String,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(FRAGEN)?;
    let als_geojson = als_geojson(&anfrage)?;
    let mut frage = frage(&anfrage, als_geojson)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    frage.polygon = Some(suchraum::lies(&mut conn, &text).await?);
    Ok(antworte(
        &store::massnahmen(&mut conn, &frage).await?,
        als_geojson,
    ))
}

async fn massnahme(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    let als_geojson = als_geojson(&anfrage)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let massnahme = store::massnahme(&mut conn, &kennung, als_geojson).await?;
    Ok(if als_geojson {
        geojson(&ausgabe::massnahmen_geojson([&massnahme.kurz])["features"][0])
    } else {
        axum::Json(massnahme).into_response()
    })
}

async fn ziele(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["flaeche", "plan", "f"])?;
    nur_json(&anfrage)?;
    let plan = anfrage.parameter.einzig("plan")?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    match anfrage.parameter.einzig("flaeche")? {
        Some(flaeche) => {
            Ok(axum::Json(store::flaeche_ziele(&mut conn, plan, flaeche).await?).into_response())
        }
        None if plan.is_some() => Err(Error::parameter(
            "plan",
            "Ein Plan wird nur zusammen mit einer Fläche gebraucht (flaeche).",
        )
        .into()),
        None => Ok(
            axum::Json(json!({"ziele": store::ziele(&mut conn, None, None).await?}))
                .into_response(),
        ),
    }
}

async fn ziel(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    nur_json(&anfrage)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    Ok(axum::Json(store::ziel(&mut conn, &kennung).await?).into_response())
}

fn nur_json(anfrage: &Anfrage) -> Result<(), Problem> {
    match anfrage.parameter.einzig("f")? {
        None | Some("json") => Ok(()),
        Some(anderes) => Err(problem::PARAMETER
            .mit(format!(
                "Das Format „{anderes}“ gibt es hier nicht. Möglich ist f=json."
            ))
            .parameter("f")),
    }
}
