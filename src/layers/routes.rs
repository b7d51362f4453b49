//! Routes of OGC API – Features.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;

use super::auswahl::{Auswahl, FESTE, LIMIT_HTML, LIMIT_VORGABE, system};
use super::crs::Ziel;
use super::documents::{GEOJSON, JSON, SCHEMA_JSON, XML, adresse};
use super::query::{self, Codes};
use super::sammlung::Sammlung;
use super::wert::Klasse;
use super::{
    Dienst, conformance, documents, formate, gml, html, items, marke, openapi, quelle, queryables,
    stil,
};
use crate::http::extract::{Anfrage, unbekannt};
use crate::http::frame;
use crate::http::link::kodiere;
use crate::http::negotiate::{Format, nimmt_gzip};
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
        .route("/conformance", get(konform))
        .route("/functions", get(functions))
        .route("/api", get(api))
        .route("/collections", get(collections))
        .route("/collections/{id}", get(collection))
        .route("/collections/{id}/schema", get(schema))
        .route("/collections/{id}/schema.xsd", get(schema_xsd))
        .route("/collections/{id}/queryables", get(filter))
        .route("/collections/{id}/sortables", get(sortierbar))
        .route("/collections/{id}/items", get(objekte))
        .route("/collections/{id}/items.geojson", get(ganz))
        .route("/collections/{id}/items/{fid}", get(objekt))
        .with_state(Arc::clone(&dienst))
        .merge(formate::download::router(Arc::clone(&dienst)))
        .merge(stil::routes::router(dienst))
}

async fn landing(State(dienst): Dienste, headers: HeaderMap, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    match anfrage.format(&[JSON])? {
        Format::Json => Ok(json(JSON, &documents::landing(&anfrage.basis), &headers)),
        Format::Html => {
            let sammlungen = dienst.katalog.oeffentliche(&dienst.pool).await?;
            html::start(&anfrage, &sammlungen)
        }
    }
}

async fn konform(State(dienst): Dienste, headers: HeaderMap, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let klassen = conformance::klassen(dienst.katalog.hat_klasse(Klasse::Feld));
    match anfrage.format(&[JSON])? {
        Format::Json => Ok(json(
            JSON,
            &documents::conformance(&anfrage.basis, &klassen),
            &headers,
        )),
        Format::Html => html::konformitaet(&anfrage, &klassen),
    }
}

async fn functions(headers: HeaderMap, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    match anfrage.format(&[JSON])? {
        Format::Json => Ok(json(JSON, &documents::functions(&anfrage.basis), &headers)),
        Format::Html => html::funktionen(&anfrage),
    }
}

async fn api(State(dienst): Dienste, headers: HeaderMap, anfrage: Anfrage) -> Antwort {
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
            Ok(json(OPENAPI_JSON, &doc, &headers))
        }
        Format::Html => html::api(&anfrage, &pfade),
    }
}

async fn collections(State(dienst): Dienste, headers: HeaderMap, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&[JSON])?;
    let sammlungen = dienst.katalog.oeffentliche(&dienst.pool).await?;
    if format == Format::Html {
        return html::ebenen(&anfrage, &sammlungen);
    }
    let sammlungen = dienst.katalog.beantwortet(&dienst.pool, sammlungen).await?;
    let mut mit_ausdehnung = Vec::with_capacity(sammlungen.len());
    for sammlung in sammlungen {
        let ausdehnung = dienst.ausdehnung(&sammlung).await?;
        mit_ausdehnung.push((sammlung, ausdehnung));
    }
    Ok(json(
        JSON,
        &documents::collections(&anfrage.basis, &mit_ausdehnung),
        &headers,
    ))
}

async fn collection(
    State(dienst): Dienste,
    Path(id): Path<String>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&[JSON])?;
    let sammlung = sammlung(&dienst, &id).await?;
    let ausdehnung = dienst.ausdehnung(&sammlung).await?;
    match format {
        Format::Json => Ok(json(
            JSON,
            &documents::collection(&anfrage.basis, &sammlung, &ausdehnung),
            &headers,
        )),
        Format::Html => html::ebene(&anfrage, &sammlung, &ausdehnung),
    }
}

async fn schema(
    State(dienst): Dienste,
    Path(id): Path<String>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    felder(
        &dienst,
        &id,
        (&anfrage, &headers),
        "schema",
        queryables::schema,
    )
    .await
}

/// What the elements of GML hold.
async fn schema_xsd(
    State(dienst): Dienste,
    Path(id): Path<String>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let sammlung = sammlung(&dienst, &id).await?;
    let codes = query::codes(&dienst.pool, &sammlung.ebene).await?;
    let text = gml::schema::dokument(&[(sammlung, codes)]);
    let etag = marke::inhalt(text.as_bytes());
    let antwort = ([(header::CONTENT_TYPE, XML)], text).into_response();
    Ok(marke::mit(antwort, &etag, &headers))
}

async fn filter(
    State(dienst): Dienste,
    Path(id): Path<String>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    let anfrage = (&anfrage, &headers);
    felder(&dienst, &id, anfrage, "queryables", queryables::queryables).await
}

async fn sortierbar(
    State(dienst): Dienste,
    Path(id): Path<String>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    let anfrage = (&anfrage, &headers);
    felder(&dienst, &id, anfrage, "sortables", queryables::sortables).await
}

async fn felder(
    dienst: &Dienst,
    id: &str,
    (anfrage, headers): (&Anfrage, &HeaderMap),
    ende: &str,
    dokument: impl Fn(&Sammlung, &Codes, &str) -> Value,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&[SCHEMA_JSON])?;
    let sammlung = sammlung(dienst, id).await?;
    let codes = query::codes(&dienst.pool, &sammlung.ebene).await?;
    let doc = dokument(
        &sammlung,
        &codes,
        &format!("{}/{ende}", adresse(&anfrage.basis, id)),
    );
    match format {
        Format::Json => Ok(json(SCHEMA_JSON, &doc, headers)),
        Format::Html => html::felder(anfrage, &sammlung, &doc),
    }
}

async fn objekte(
    State(dienst): Dienste,
    Path(id): Path<String>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    if let Some(antwort) = formate::seite::antworte(&dienst, &id, &anfrage).await? {
        return Ok(antwort);
    }
    let format = anfrage.format(&[GEOJSON])?;
    let sammlung = sammlung(&dienst, &id).await?;
    let vorgabe = match format {
        Format::Json => LIMIT_VORGABE,
        Format::Html => LIMIT_HTML,
    };
    let auswahl = match Auswahl::lies(&anfrage.parameter, &sammlung, vorgabe) {
        Ok(auswahl) => auswahl,
        Err(problem)
            if format == Format::Html && problem.parameter.as_deref() == Some("filter") =>
        {
            return html::falscher_filter(&anfrage, &sammlung, &problem);
        }
        Err(problem) => return Err(problem),
    };
    if format == Format::Html {
        let spalten: Vec<_> = auswahl.spalten(&sammlung.ebene).cloned().collect();
        let seite = items::sammlung_json(&dienst, &anfrage, &sammlung, auswahl, false).await?;
        return html::objekte(&anfrage, &sammlung, &spalten, &seite.koerper.alles().await?);
    }
    dokument_der_objekte(&dienst, &anfrage, &headers, &sammlung, auswahl).await
}

/// The whole layer, or all that meets the filters, as one document without pages.
async fn ganz(
    State(dienst): Dienste,
    Path(id): Path<String>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    let sammlung = sammlung(&dienst, &id).await?;
    for name in ["limit", "cursor", "f"] {
        let wert = anfrage.parameter.einzig(name)?;
        if wert.is_some_and(|wert| (name, wert) != ("f", "json")) {
            let erlaubt = FESTE.iter().filter(|f| !["limit", "cursor"].contains(f));
            return Err(unbekannt(name, &erlaubt.copied().collect::<Vec<_>>()));
        }
    }
    let mut auswahl = Auswahl::lies(&anfrage.parameter, &sammlung, LIMIT_VORGABE)?;
    auswahl.limit = quelle::ALLE;
    dokument_der_objekte(&dienst, &anfrage, &headers, &sammlung, auswahl).await
}

async fn dokument_der_objekte(
    dienst: &Dienst,
    anfrage: &Anfrage,
    headers: &HeaderMap,
    sammlung: &Sammlung,
    auswahl: Auswahl,
) -> Antwort {
    let crs = auswahl.crs;
    // Before anything is read: the tag may be of a version older than the page, never newer.
    let etag = match &dienst.lager {
        Some(lager) => lager.version(sammlung).await,
        None => None,
    };
    let etag = etag.map(|version| marke::seite(&version, anfrage));
    if let Some(etag) = etag.as_ref().filter(|etag| marke::hat(headers, etag)) {
        return Ok(marke::mit(().into_response(), etag, headers));
    }
    let gzip = nimmt_gzip(headers);
    let seite = items::sammlung_json(dienst, anfrage, sammlung, auswahl, gzip).await?;
    let mut antwort = geojson(seite.koerper.into(), crs);
    if seite.gepackt {
        let kopf = antwort.headers_mut();
        kopf.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        kopf.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    Ok(match etag {
        Some(etag) => marke::mit(antwort, &etag, headers),
        None => antwort,
    })
}

async fn objekt(
    State(dienst): Dienste,
    Path((id, fid)): Path<(String, String)>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f", "crs"])?;
    let als_gml = formate::einzeln::gewollt(&anfrage)?;
    let format = if als_gml {
        Format::Json
    } else {
        anfrage.format(&[GEOJSON])?
    };
    let crs = system(&anfrage.parameter, "crs")?.unwrap_or(Ziel::Crs84);
    if fid.chars().count() > ID_MAX {
        return Err(problem::EINGABE.mit(format!("Die Kennung ist länger als {ID_MAX} Zeichen.")));
    }
    let sammlung = sammlung(&dienst, &id).await?;
    if als_gml {
        return formate::einzeln::antworte(&dienst, &anfrage, &headers, &sammlung, &fid).await;
    }
    let (doc, etag) = items::objekt_json(&dienst, &anfrage, &sammlung, &fid, crs).await?;
    match format {
        Format::Json => Ok(marke::mit(geojson(doc.into(), crs), &etag, &headers)),
        Format::Html => html::objekt(&anfrage, &sammlung, &fid, &doc),
    }
}

async fn sammlung(dienst: &Dienst, id: &str) -> Result<Sammlung, Problem> {
    let sammlung = match &dienst.lager {
        Some(lager) => lager.sammlung(&dienst.katalog, &dienst.pool, id).await,
        None => dienst.katalog.oeffentliche_sammlung(&dienst.pool, id).await,
    };
    Ok(sammlung?)
}

/// A document with the tag of its content.
fn json(typ: &'static str, doc: &Value, headers: &HeaderMap) -> Response {
    let text = doc.to_string();
    let etag = marke::inhalt(text.as_bytes());
    marke::mit(
        ([(header::CONTENT_TYPE, typ)], text).into_response(),
        &etag,
        headers,
    )
}

/// GeoJSON with the system of its coordinates (Part 2, 6.2).
fn geojson(doc: Body, crs: Ziel) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(GEOJSON));
    if let Ok(wert) = HeaderValue::from_str(&format!("<{}>", crs.uri())) {
        headers.insert("content-crs", wert);
    }
    (headers, doc).into_response()
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
