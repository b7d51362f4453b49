//! Routes of OGC API – Features.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;

use super::auswahl::{Auswahl, LIMIT_HTML, LIMIT_VORGABE, system};
use super::crs::Ziel;
use super::documents::{GEOJSON, JSON, SCHEMA_JSON, adresse};
use super::sammlung::Sammlung;
use super::{Dienst, documents, formate, html, items, openapi, queryables, stil};
use crate::http::extract::Anfrage;
use crate::http::frame;
use crate::http::link::kodiere;
use crate::http::negotiate::Format;
use crate::http::openapi::{OPENAPI_JSON, dokument};
use crate::http::problem::{self, Problem};

type Antwort = Result<Response, Problem>;
type Dienste = State<Arc<Dienst>>;

/// Longest feature id that is looked up.
const ID_MAX: usize = 200;

/// All routes of this module.
pub fn router(dienst: Arc<Dienst>) -> Router {
    Router::new()
        .route("/", get(landing))
        .route("/conformance", get(conformance))
        .route("/api", get(api))
        .route("/collections", get(collections))
        .route("/collections/{id}", get(collection))
        .route("/collections/{id}/schema", get(schema))
        .route("/collections/{id}/queryables", get(filter))
        .route("/collections/{id}/items", get(objekte))
        .route("/collections/{id}/items/{fid}", get(objekt))
        .with_state(Arc::clone(&dienst))
        .merge(formate::download::router(Arc::clone(&dienst)))
        .merge(stil::routes::router(dienst))
}

async fn landing(State(dienst): Dienste, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    match anfrage.format(&[JSON])? {
        Format::Json => Ok(json(JSON, &documents::landing(&anfrage.basis))),
        Format::Html => {
            let sammlungen = dienst.katalog.oeffentliche(&dienst.pool).await?;
            html::start(&anfrage, &sammlungen)
        }
    }
}

async fn conformance(anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    match anfrage.format(&[JSON])? {
        Format::Json => Ok(json(JSON, &documents::conformance(&anfrage.basis))),
        Format::Html => html::konformitaet(&anfrage),
    }
}

async fn api(State(dienst): Dienste, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&[
        "application/vnd.oai.openapi+json",
        "application/openapi+json",
        JSON,
    ])?;
    let sammlungen = dienst.katalog.oeffentliche(&dienst.pool).await?;
    let mut pfade = openapi::pfade(&sammlungen);
    pfade.extend(frame::pfade());
    pfade.extend(dienst.pfade.iter().cloned());
    match format {
        Format::Json => {
            let schreibend = (dienst.schreibend)(&sammlungen);
            let doc = dokument(&anfrage.basis, &pfade, &schreibend, &openapi::parameter());
            Ok(json(OPENAPI_JSON, &doc))
        }
        Format::Html => html::api(&anfrage, &pfade),
    }
}

async fn collections(State(dienst): Dienste, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&[JSON])?;
    let sammlungen = dienst.katalog.oeffentliche(&dienst.pool).await?;
    if format == Format::Html {
        return html::ebenen(&anfrage, &sammlungen);
    }
    let mut mit_ausdehnung = Vec::with_capacity(sammlungen.len());
    for sammlung in sammlungen {
        let ausdehnung = dienst.ausdehnungen.von(&dienst.pool, &sammlung).await?;
        mit_ausdehnung.push((sammlung, ausdehnung));
    }
    Ok(json(
        JSON,
        &documents::collections(&anfrage.basis, &mit_ausdehnung),
    ))
}

async fn collection(State(dienst): Dienste, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&[JSON])?;
    let sammlung = sammlung(&dienst, &id).await?;
    let ausdehnung = dienst.ausdehnungen.von(&dienst.pool, &sammlung).await?;
    match format {
        Format::Json => Ok(json(
            JSON,
            &documents::collection(&anfrage.basis, &sammlung, &ausdehnung),
        )),
        Format::Html => html::ebene(&anfrage, &sammlung, &ausdehnung),
    }
}

async fn schema(State(dienst): Dienste, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    felder(&dienst, &id, &anfrage, "schema", queryables::schema).await
}

async fn filter(State(dienst): Dienste, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    felder(&dienst, &id, &anfrage, "queryables", queryables::queryables).await
}

async fn felder(
    dienst: &Dienst,
    id: &str,
    anfrage: &Anfrage,
    ende: &str,
    dokument: impl Fn(&Sammlung, &str) -> Value,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&[SCHEMA_JSON])?;
    let sammlung = sammlung(dienst, id).await?;
    let doc = dokument(
        &sammlung,
        &format!("{}/{ende}", adresse(&anfrage.basis, id)),
    );
    match format {
        Format::Json => Ok(json(SCHEMA_JSON, &doc)),
        Format::Html => html::felder(anfrage, &sammlung, &doc),
    }
}

async fn objekte(State(dienst): Dienste, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    if let Some(antwort) = formate::seite::antworte(&dienst, &id, &anfrage).await? {
        return Ok(antwort);
    }
    let format = anfrage.format(&[GEOJSON])?;
    let sammlung = sammlung(&dienst, &id).await?;
    let vorgabe = match format {
        Format::Json => LIMIT_VORGABE,
        Format::Html => LIMIT_HTML,
    };
    let auswahl = Auswahl::lies(&anfrage.parameter, &sammlung.ebene, vorgabe)?;
    let doc = items::sammlung_json(&dienst, &anfrage, &sammlung, &auswahl).await?;
    match format {
        Format::Json => Ok(geojson(doc, auswahl.crs)),
        Format::Html => html::objekte(&anfrage, &sammlung, &doc),
    }
}

async fn objekt(
    State(dienst): Dienste,
    Path((id, fid)): Path<(String, String)>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f", "crs"])?;
    let format = anfrage.format(&[GEOJSON])?;
    let crs = system(&anfrage.parameter, "crs")?.unwrap_or(Ziel::Crs84);
    if fid.chars().count() > ID_MAX {
        return Err(problem::EINGABE.mit(format!("Die Kennung ist länger als {ID_MAX} Zeichen.")));
    }
    let sammlung = sammlung(&dienst, &id).await?;
    let (doc, etag) = items::objekt_json(&dienst, &anfrage, &sammlung, &fid, crs).await?;
    match format {
        Format::Json => Ok(mit_etag(geojson(doc, crs), &etag, &headers)),
        Format::Html => html::objekt(&anfrage, &sammlung, &fid, &doc),
    }
}

async fn sammlung(dienst: &Dienst, id: &str) -> Result<Sammlung, Problem> {
    Ok(dienst
        .katalog
        .oeffentliche_sammlung(&dienst.pool, id)
        .await?)
}

fn json(typ: &'static str, doc: &Value) -> Response {
    ([(header::CONTENT_TYPE, typ)], doc.to_string()).into_response()
}

/// GeoJSON with the system of its coordinates (Part 2, 6.2).
fn geojson(doc: Vec<u8>, crs: Ziel) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(GEOJSON));
    if let Ok(wert) = HeaderValue::from_str(&format!("<{}>", crs.uri())) {
        headers.insert("content-crs", wert);
    }
    (headers, doc).into_response()
}

/// With its `ETag`; 304 without a body where the caller has it already.
fn mit_etag(antwort: Response, etag: &str, headers: &HeaderMap) -> Response {
    let da = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|wert| wert.to_str().ok())
        .flat_map(|wert| wert.split(','))
        .any(|tag| matches!(tag.trim().trim_start_matches("W/"), t if t == etag || t == "*"));
    let mut antwort = if da {
        axum::http::StatusCode::NOT_MODIFIED.into_response()
    } else {
        antwort
    };
    if let Ok(wert) = HeaderValue::from_str(etag) {
        antwort.headers_mut().insert(header::ETAG, wert);
    }
    antwort
}

/// Address of a feature's page.
#[must_use]
pub fn objekt_adresse(anfrage: &Anfrage, sammlung: &str, fid: &str) -> String {
    format!(
        "{}/items/{}",
        adresse(&anfrage.basis, sammlung),
        kodiere(fid)
    )
}
