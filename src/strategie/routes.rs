//! Measures over HTTP: JSON, pages, and GeoJSON with `f=geojson`; and the routes of
//! everything else of the strategy in one list.
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

use super::blatt::als_json;
use super::massnahme::seite::{self, ListeSeite, SteckbriefSeite};
use super::massnahme::{Antwort, Frage, lageplan, steckbrief};
use super::{
    akteur, ausgabe, beschluss, fachplan, handlungsfeld, kennzahl, raumbezug, sdg, sicht, store,
    suchraum, trend, ziel,
};
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::negotiate::Format;
use crate::http::openapi::{Pfad, anfrage_parameter, pfad_parameter};
use crate::http::problem::Problem;

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
        .with_state(public.clone())
        .merge(handlungsfeld::routes::router(public.clone()))
        .merge(ziel::routes::router(public.clone()))
        .merge(kennzahl::routes::router(public.clone()))
        .merge(fachplan::routes::router(public.clone()))
        .merge(trend::routes::router(public.clone()))
        .merge(beschluss::routes::router(public.clone()))
        .merge(akteur::routes::router(public.clone()))
        .merge(sdg::routes::router(public))
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let text = json!({"type": "string"});
    let frage = |name, beschreibung| anfrage_parameter(name, beschreibung, &text);
    let f = anfrage_parameter(
        "f",
        "Ausgabe",
        &json!({"type": "string", "enum": ["json", "geojson", "html"]}),
    );
    let pfad = |pfad: &str, kennung: &str, titel: &str, parameter| Pfad {
        pfad: pfad.to_owned(),
        kennung: kennung.to_owned(),
        titel: titel.to_owned(),
        thema: "Strategie",
        parameter,
        medien: &["application/json"],
    };
    let mut pfade = vec![
        Pfad {
            medien: &["application/json", GEOJSON, "text/html"],
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
                    sicht::parameter(),
                    f.clone(),
                ],
            )
        },
        Pfad {
            medien: &["application/json", GEOJSON, "text/html"],
            ..pfad(
                "/massnahmen/{kennung}",
                "massnahme",
                "Eine Maßnahme als Steckbrief",
                vec![
                    pfad_parameter("kennung", "Kennung der Maßnahme"),
                    sicht::parameter(),
                    f,
                ],
            )
        },
    ];
    pfade.extend(handlungsfeld::routes::pfade());
    pfade.extend(ziel::routes::pfade());
    pfade.extend(kennzahl::routes::pfade());
    pfade.extend(fachplan::routes::pfade());
    pfade.extend(trend::routes::pfade());
    pfade.extend(beschluss::routes::pfade());
    pfade.extend(akteur::routes::pfade());
    pfade.extend(sdg::routes::pfade());
    pfade
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

/// What an answer about measures can be.
enum Ausgabe {
    Json,
    Geojson,
    Html,
}

/// GeoJSON by `f=geojson`, else JSON or a page by negotiation.
fn ausgabe_von(anfrage: &Anfrage) -> Result<Ausgabe, Problem> {
    match anfrage.parameter.einzig("f")? {
        None | Some("html") => Ok(match anfrage.format(&["application/json", GEOJSON])? {
            Format::Html => Ausgabe::Html,
            Format::Json => Ausgabe::Json,
        }),
        Some(_) if als_geojson(anfrage)? => Ok(Ausgabe::Geojson),
        Some(_) => Ok(Ausgabe::Json),
    }
}

fn antworte(antwort: Antwort, anfrage: &Anfrage, ausgabe: &Ausgabe) -> Result<Response, Problem> {
    match ausgabe {
        Ausgabe::Geojson => Ok(geojson(&ausgabe::massnahmen_geojson(
            antwort.massnahmen.iter().chain(&antwort.gesamtstadt),
        ))),
        Ausgabe::Json => Ok(axum::Json(antwort).into_response()),
        Ausgabe::Html => seite::liste(&ListeSeite {
            seite: anfrage.seite(),
            json: als_json(anfrage),
            geojson: als_json(anfrage).replace("f=json", "f=geojson"),
            antwort,
        }),
    }
}

const FRAGEN: &[&str] = &[
    "ortsteil",
    "ziel",
    "nutzung",
    "plan",
    "raumbezug",
    "stichtag",
    "f",
];

async fn massnahmen(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(FRAGEN)?;
    let ausgabe = ausgabe_von(&anfrage)?;
    let frage = frage(&anfrage, matches!(ausgabe, Ausgabe::Geojson))?;
    let (mut tx, _) = sicht::oeffne(&public, &anfrage).await?;
    antworte(
        store::massnahmen(&mut tx, &frage).await?,
        &anfrage,
        &ausgabe,
    )
}

async fn suche(
    State(public): State<PgPool>,
    anfrage: Anfrage,
    text: String,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(FRAGEN)?;
    let ausgabe = match ausgabe_von(&anfrage)? {
        // A page of a posted polygon would have no address to come back to.
        Ausgabe::Html => Ausgabe::Json,
        andere => andere,
    };
    let mut frage = frage(&anfrage, matches!(ausgabe, Ausgabe::Geojson))?;
    let (mut tx, _) = sicht::oeffne(&public, &anfrage).await?;
    frage.polygon = Some(suchraum::lies(&mut tx, &text).await?);
    antworte(
        store::massnahmen(&mut tx, &frage).await?,
        &anfrage,
        &ausgabe,
    )
}

async fn massnahme(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["stichtag", "f"])?;
    let ausgabe = ausgabe_von(&anfrage)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    if matches!(ausgabe, Ausgabe::Geojson) {
        let massnahme = store::massnahme(&mut tx, &kennung, true).await?;
        return Ok(geojson(
            &ausgabe::massnahmen_geojson([&massnahme.kurz])["features"][0],
        ));
    }
    let s = steckbrief::lies(&mut tx, &kennung, stichtag).await?;
    if matches!(ausgabe, Ausgabe::Json) {
        return Ok(axum::Json(s).into_response());
    }
    seite::steckbrief(&SteckbriefSeite {
        seite: anfrage.seite(),
        lageplan: lageplan::svg(&mut tx, &kennung).await?,
        json: als_json(&anfrage),
        geojson: als_json(&anfrage).replace("f=json", "f=geojson"),
        s,
    })
}
