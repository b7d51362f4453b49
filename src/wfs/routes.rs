//! `/wfs`, asked by address or by a body of XML.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::ausnahme::{Ausnahme, Code};
use super::kvp::Kvp;
use super::{GML_TYP, VERSIONEN, abfrage, adresse, antwort, faehigkeiten, gespeichert, xml};
use crate::http::EigeneSeite;
use crate::http::extract::Anfrage;
use crate::http::link::Basis;
use crate::http::problem::Problem;
use crate::layers::gml::{NS, PRAEFIX, schema, typname};
use crate::layers::{Dienst, query};

type Antwort = Result<Response, Ausnahme>;

/// The route.
pub fn router(dienst: Arc<Dienst>) -> Router {
    let grenze = DefaultBodyLimit::max(xml::BYTES_MAX);
    Router::new()
        .route("/wfs", get(lesend).merge(post(mit_koerper).layer(grenze)))
        .with_state(dienst)
}

async fn lesend(State(dienst): State<Arc<Dienst>>, anfrage: Result<Anfrage, Problem>) -> Response {
    let antwort = async {
        let anfrage = anfrage?;
        let kvp = Kvp::aus_adresse(&anfrage.parameter)?;
        antworte(&dienst, &anfrage.basis, &kvp).await
    };
    fertig(antwort.await)
}

async fn mit_koerper(
    State(dienst): State<Arc<Dienst>>,
    anfrage: Result<Anfrage, Problem>,
    koerper: Bytes,
) -> Response {
    let antwort = async {
        let anfrage = anfrage?;
        let text = str::from_utf8(&koerper)
            .map_err(|_| Ausnahme::neu(Code::Unlesbar, "request", "Die Anfrage ist kein UTF-8."))?;
        let kvp = Kvp::aus_xml(text.trim_start_matches('\u{feff}'))?;
        antworte(&dienst, &anfrage.basis, &kvp).await
    };
    fertig(antwort.await)
}

/// An exception is a document of its own: nothing is put in its place.
fn fertig(antwort: Antwort) -> Response {
    antwort.unwrap_or_else(|ausnahme| {
        let mut antwort = ausnahme.into_response();
        antwort.extensions_mut().insert(EigeneSeite);
        antwort
    })
}

async fn antworte(dienst: &Dienst, basis: &Basis, kvp: &Kvp) -> Antwort {
    let Some(operation) = kvp.wert("REQUEST") else {
        return Err(Ausnahme::fehlt(
            "request",
            format!(
                "Es fehlt, was getan werden soll (REQUEST). Was es gibt, sagt {}?SERVICE=WFS&REQUEST=GetCapabilities.",
                adresse(basis)
            ),
        ));
    };
    match kvp.wert("SERVICE") {
        Some(dienst) if !dienst.eq_ignore_ascii_case("WFS") => {
            return Err(Ausnahme::wert(
                "service",
                format!("Einen Dienst „{dienst}“ gibt es hier nicht, nur WFS."),
            ));
        }
        None if operation == "GetCapabilities" => {
            return Err(Ausnahme::fehlt(
                "service",
                "Es fehlt der Dienst: SERVICE=WFS.",
            ));
        }
        _ => {}
    }
    if operation == "GetCapabilities" {
        return capabilities(dienst, basis, kvp).await;
    }
    if let Some(version) = kvp.wert("VERSION")
        && !VERSIONEN.contains(&version)
    {
        return Err(Ausnahme::wert(
            "version",
            format!(
                "Die Version „{version}“ gibt es hier nicht, nur {}.",
                VERSIONEN.join(" und ")
            ),
        ));
    }
    match operation {
        "DescribeFeatureType" => beschreibung(dienst, kvp).await,
        "GetFeature" => antwort::antworte(dienst, basis, kvp).await,
        "ListStoredQueries" => {
            let sammlungen = dienst.katalog.oeffentliche(&dienst.pool).await?;
            let typen: Vec<String> = sammlungen.iter().map(|s| typname(&s.id)).collect();
            let praefix = format!("xmlns:{PRAEFIX}");
            Ok(als_xml(gespeichert::liste(&typen, (&praefix, NS))))
        }
        "DescribeStoredQueries" => Ok(als_xml(gespeichert::beschreibung(kvp)?)),
        anderes => Err(Ausnahme::neu(
            Code::Operation,
            anderes,
            format!(
                "„{anderes}“ gibt es hier nicht. Möglich sind GetCapabilities, DescribeFeatureType, GetFeature, ListStoredQueries und DescribeStoredQueries; Ändern geht über OGC API – Features (Part 4)."
            ),
        )),
    }
}

fn als_xml(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], text).into_response()
}

async fn capabilities(dienst: &Dienst, basis: &Basis, kvp: &Kvp) -> Antwort {
    let gewollt: Vec<&str> = kvp.liste("ACCEPTVERSIONS").collect();
    let gemeinsam = gewollt.iter().find(|version| VERSIONEN.contains(version));
    if !gewollt.is_empty() && gemeinsam.is_none() {
        return Err(Ausnahme::neu(
            Code::Version,
            "AcceptVersions",
            format!(
                "Von den Versionen {} gibt es hier keine, nur {}.",
                gewollt.join(", "),
                VERSIONEN.join(" und ")
            ),
        ));
    }
    // Old clients name one version; they get what there is, and decide.
    let genannt = kvp.wert("VERSION").filter(|v| VERSIONEN.contains(v));
    let version = gemeinsam.copied().or(genannt).unwrap_or(VERSIONEN[0]);
    let sammlungen = dienst.katalog.oeffentliche(&dienst.pool).await?;
    let sammlungen = dienst.katalog.beantwortet(&dienst.pool, sammlungen).await?;
    let mut mit_ausdehnung = Vec::with_capacity(sammlungen.len());
    for sammlung in sammlungen {
        let ausdehnung = dienst.ausdehnung(&sammlung).await?;
        mit_ausdehnung.push((sammlung, ausdehnung));
    }
    let adresse = adresse(basis);
    Ok(als_xml(faehigkeiten::dokument(
        &adresse,
        version,
        kvp,
        &mit_ausdehnung,
    )))
}

async fn beschreibung(dienst: &Dienst, kvp: &Kvp) -> Antwort {
    let mut sammlungen = Vec::new();
    for name in kvp.liste("TYPENAMES") {
        sammlungen.push(abfrage::typ(dienst, name.trim_matches(['(', ')'])).await?);
    }
    if sammlungen.is_empty() {
        sammlungen = dienst.katalog.oeffentliche(&dienst.pool).await?;
    }
    let mut mit_codes = Vec::with_capacity(sammlungen.len());
    for sammlung in sammlungen {
        let codes = query::codes(&dienst.pool, &sammlung.ebene).await?;
        mit_codes.push((sammlung, codes));
    }
    let text = schema::dokument(&mit_codes);
    Ok(([(header::CONTENT_TYPE, GML_TYP)], text).into_response())
}
