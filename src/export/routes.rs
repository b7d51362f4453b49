//! `/plaene/{id}/xplangml`, `/plaene/{id}/inspire`: a version of a plan to take along.
//!
//! The world of who asks decides what there is: a draft somebody may not read is no plan
//! for them (404).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use sqlx::PgPool;

use super::ausgabe::{self, Art};
use super::xplangml::Version;
use crate::error::Error;
use crate::fnp::plan::Fassung;
use crate::http::extract::Anfrage;
use crate::http::openapi::{Pfad, pfad_parameter, wahl_parameter};
use crate::http::problem::Problem;
use crate::layers::formate::lager::{Datei, Fach};
use crate::layers::formate::{bereich, strom};
use crate::layers::query;

const GML: &str = "application/gml+xml; version=3.2";
const GPKG: &str = "application/geopackage+sqlite3";

#[derive(Debug)]
struct Dienst {
    pool: PgPool,
    /// Everybody reads the same here, and every change of it is counted.
    oeffentlich: bool,
    dateien: Fach,
}

/// Routes over the pool of a world; `oeffentlich`: it is the public's.
pub fn router(pool: PgPool, oeffentlich: bool) -> Router {
    Router::new()
        .route("/plaene/{id}/xplangml", get(als_xplangml))
        .route("/plaene/{id}/inspire", get(als_inspire))
        .with_state(Arc::new(Dienst {
            pool,
            oeffentlich,
            dateien: Fach::default(),
        }))
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let id = || pfad_parameter("id", "Kennung des Plans, auch KENNUNG@FASSUNG");
    let pfad = |pfad, titel, parameter, medium| Pfad {
        medien: vec![medium],
        ..Pfad::neu("Flächennutzungsplan", pfad, titel, &[], parameter)
    };
    let versionen = Version::ALLE.map(Version::name);
    vec![
        pfad(
            ("/plaene/{id}/xplangml", "plan_xplangml"),
            "Plan als XPlanGML",
            vec![
                id(),
                wahl_parameter("version", "Version von XPlanGML", &versionen),
            ],
            "application/gml+xml",
        ),
        pfad(
            ("/plaene/{id}/inspire", "plan_inspire"),
            "Plan als INSPIRE Planned Land Use (GeoPackage)",
            vec![id()],
            GPKG,
        ),
    ]
}

async fn als_xplangml(
    State(dienst): State<Arc<Dienst>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["version"])?;
    let version = match anfrage.parameter.gesetzt("version")? {
        None => Version::V60,
        Some(name) => Version::aus(name).ok_or_else(|| {
            let namen = Version::ALLE.map(Version::name).join(" und ");
            Error::parameter(
                "version",
                format!("XPlanGML {name} wird nicht geschrieben; möglich sind {namen}."),
            )
        })?,
    };
    antworte(
        &dienst,
        &id,
        Art::Xplangml(version),
        GML,
        &headers,
        &anfrage,
    )
    .await
}

async fn als_inspire(
    State(dienst): State<Arc<Dienst>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&[])?;
    antworte(&dienst, &id, Art::Inspire, GPKG, &headers, &anfrage).await
}

async fn antworte(
    dienst: &Dienst,
    id: &str,
    art: Art,
    medium: &'static str,
    headers: &HeaderMap,
    anfrage: &Anfrage,
) -> Result<Response, Problem> {
    let plan = ausgabe::waehle(&dienst.pool, id).await?;
    let schluessel = schluessel(dienst, anfrage, &plan, art).await?;
    let teilbar = schluessel.is_some();
    if !dienst.oeffentlich {
        // What leaves the house with drafts in it should be told by the log.
        let wer = anfrage.seite().person.map(|person| person.name);
        tracing::info!(wer, plan = plan.angabe(), ?art, "internal download");
    }
    // On the heap: the stream of a query is large.
    let schreiben = Box::pin(async {
        let ordner = strom::ordner()?;
        let ziel = ordner.path().join("plan").with_extension(art.endung());
        ausgabe::schreibe(&dienst.pool, plan.id, art, &ziel).await?;
        Datei::neu(&ziel) // the open file stays readable without its folder
    });
    let datei = dienst.dateien.hole(schluessel, schreiben).await?;
    let mut antwort = bereich::antworte(&datei, headers, teilbar)?;
    let kopf = antwort.headers_mut();
    kopf.insert(header::CONTENT_TYPE, HeaderValue::from_static(medium));
    let name = format!("attachment; filename=\"{}\"", art.dateiname(&plan));
    if let Ok(name) = HeaderValue::from_str(&name) {
        kopf.insert(header::CONTENT_DISPOSITION, name);
    }
    kopf.insert(
        HeaderName::from_static("content-crs"),
        HeaderValue::from_static("<http://www.opengis.net/def/crs/EPSG/0/25832>"),
    );
    Ok(antwort)
}

/// Under what a file is kept: only of the public's world of today.
async fn schluessel(
    dienst: &Dienst,
    anfrage: &Anfrage,
    plan: &Fassung,
    art: Art,
) -> Result<Option<String>, Error> {
    if !dienst.oeffentlich || anfrage.seite().stand.is_some() {
        return Ok(None);
    }
    let stand = query::weltstand(&dienst.pool).await?;
    Ok(stand.map(|stand| format!("{stand} {} {art:?}", plan.id)))
}
