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
use sqlx::{PgConnection, PgPool};

use super::blatt::als_json;
use super::massnahme::frage::{FILTER, SEITE};
use super::massnahme::seite::{self, ListeSeite, SteckbriefSeite};
use super::massnahme::{Antwort, Frage, lageplan, steckbrief};
use super::{
    akteur, ausgabe, beschluss, fachplan, frage, handlungsfeld, kennzahl, sdg, sicht, store,
    suchraum, trend, ziel,
};
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::link::kodiere_parameter;
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
        .merge(frage::routes::router(public.clone()))
        .merge(sdg::routes::router(public))
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let text = json!({"type": "string"});
    let f = anfrage_parameter(
        "f",
        "Ausgabe",
        &json!({"type": "string", "enum": ["json", "geojson", "csv", "html"]}),
    );
    let mut woerter: Vec<Value> = FILTER
        .iter()
        .chain(SEITE)
        .map(|(name, was)| anfrage_parameter(name, was, &text))
        .collect();
    woerter.extend([sicht::parameter(), f.clone()]);
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
            medien: &["application/json", GEOJSON, "text/csv", "text/html"],
            ..pfad(
                "/massnahmen",
                "massnahmen",
                "Maßnahmen nach Ort, Ziel, Nutzung, Stand, Zeit, Geld und Zuständigkeit; mehrere Werte trennt ein Komma. Ein großes Polygon nimmt POST /massnahmen/suche als GeoJSON oder WKT",
                woerter,
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
    pfade.extend(frage::routes::pfade());
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

/// The question of an address; the page is as long as the form can carry when none is asked.
fn gefragt(anfrage: &Anfrage, ausgabe: &Ausgabe) -> Result<Frage, Problem> {
    let mut frage = Frage::lies(anfrage.parameter.ohne(&["f", "stichtag"]))?;
    frage.mit_geometrie = matches!(ausgabe, Ausgabe::Geojson);
    if frage.limit.is_none() {
        let vorgabe = match ausgabe {
            Ausgabe::Html => "200",
            Ausgabe::Json => "1000",
            Ausgabe::Geojson | Ausgabe::Csv => "10000",
        };
        frage.limit = Some(vorgabe.to_owned());
    }
    Ok(frage)
}

/// What an answer about measures can be.
enum Ausgabe {
    Json,
    Geojson,
    Csv,
    Html,
}

/// GeoJSON and CSV by `f`, else JSON or a page by negotiation.
fn ausgabe_von(anfrage: &Anfrage) -> Result<Ausgabe, Problem> {
    match anfrage.parameter.einzig("f")? {
        Some("csv") => Ok(Ausgabe::Csv),
        None | Some("html") => Ok(match anfrage.format(&["application/json", GEOJSON])? {
            Format::Html => Ausgabe::Html,
            Format::Json => Ausgabe::Json,
        }),
        Some("json") => Ok(Ausgabe::Json),
        Some("geojson") => Ok(Ausgabe::Geojson),
        Some(anderes) => Err(Error::parameter(
            "f",
            format!("Das Format „{anderes}“ gibt es hier nicht. Möglich sind f=json, f=geojson, f=csv und f=html."),
        )
        .into()),
    }
}

/// Address of the next page.
fn naechste(anfrage: &Anfrage, antwort: &Antwort) -> Option<String> {
    let cursor = antwort.weiter.as_deref()?;
    let paare = anfrage
        .parameter
        .ohne(&["cursor"])
        .chain([("cursor", cursor)]);
    Some(
        anfrage
            .basis
            .zu(&format!("{}?{}", anfrage.pfad, kodiere_parameter(paare))),
    )
}

async fn antworte(
    conn: &mut PgConnection,
    frage: Frage,
    anfrage: &Anfrage,
    ausgabe: &Ausgabe,
) -> Result<Response, Problem> {
    let antwort = store::massnahmen(conn, &frage).await?;
    let naechste = naechste(anfrage, &antwort);
    match ausgabe {
        Ausgabe::Geojson => {
            let mut sammlung =
                ausgabe::massnahmen_geojson(antwort.massnahmen.iter().chain(&antwort.gesamtstadt));
            sammlung["numberMatched"] = json!(antwort.anzahl);
            if let Some(href) = naechste {
                sammlung["links"] = json!([{"rel": "next", "type": GEOJSON, "href": href}]);
            }
            Ok(geojson(&sammlung))
        }
        Ausgabe::Csv => Ok((
            [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"massnahmen.csv\"",
                ),
            ],
            ausgabe::massnahmen_csv(&antwort),
        )
            .into_response()),
        Ausgabe::Json => {
            let mut doc = serde_json::to_value(&antwort).map_err(Error::from)?;
            if let Some(href) = naechste {
                doc["links"] = json!([{"rel": "next", "type": "application/json", "href": href}]);
            }
            Ok(axum::Json(doc).into_response())
        }
        Ausgabe::Html => seite::liste(&ListeSeite {
            seite: anfrage.seite(),
            felder: seite::felder(conn, &frage).await?,
            json: als_json(anfrage),
            karte: anfrage.basis.zu(&format!("/karte?{}", frage.woerter())),
            geojson: als_json(anfrage).replace("f=json", "f=geojson"),
            csv: als_json(anfrage).replace("f=json", "f=csv"),
            naechste,
            antwort,
        }),
    }
}

async fn massnahmen(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    let ausgabe = ausgabe_von(&anfrage)?;
    let frage = gefragt(&anfrage, &ausgabe)?;
    let (mut tx, _) = sicht::oeffne(&public, &anfrage).await?;
    antworte(&mut tx, frage, &anfrage, &ausgabe).await
}

async fn suche(
    State(public): State<PgPool>,
    anfrage: Anfrage,
    text: String,
) -> Result<Response, Problem> {
    let ausgabe = match ausgabe_von(&anfrage)? {
        // A page of a posted polygon would have no address to come back to.
        Ausgabe::Html => Ausgabe::Json,
        andere => andere,
    };
    let mut frage = gefragt(&anfrage, &ausgabe)?;
    let (mut tx, _) = sicht::oeffne(&public, &anfrage).await?;
    frage.polygon = Some(suchraum::lies(&mut tx, &text).await?);
    antworte(&mut tx, frage, &anfrage, &ausgabe).await
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
    if matches!(ausgabe, Ausgabe::Csv) {
        return Err(Error::parameter("f", "Einen Steckbrief gibt es als JSON, GeoJSON und HTML; CSV gibt die Liste unter /massnahmen?f=csv.").into());
    }
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
