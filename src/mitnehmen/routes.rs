//! `/mitnehmen`: files to take along; uploads, comparisons and what is accepted of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;

use super::bereich::{Bereich, Wahl};
use super::{Dienst, datei};
use crate::auth::Akteur;
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::negotiate::Ausgabe;
use crate::http::openapi::{Pfad, pfad_parameter};
use crate::http::problem::Problem;
use crate::layers::formate::bereich;

pub(super) type Antwort = std::result::Result<Response, Problem>;
pub(super) type Dienste = State<Arc<Dienst>>;

/// Media type of a GeoPackage.
pub const GPKG: &str = "application/geopackage+sqlite3";

/// All routes of this module.
pub fn router(dienst: Arc<Dienst>) -> Router {
    Router::new()
        .route("/mitnehmen/{datei}", get(stadt))
        .route("/mitnehmen/ortsteil/{datei}", get(ortsteil))
        .route("/mitnehmen/dorferneuerung/{datei}", get(gebiet))
        .with_state(dienst)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let datei = || {
        vec![pfad_parameter(
            "datei",
            "Kennung, dahinter „.gpkg“; für die ganze Stadt stadt.gpkg",
        )]
    };
    let pfad = |pfad, titel| Pfad {
        medien: vec![GPKG],
        ..Pfad::neu("QGIS", pfad, titel, &[], datei())
    };
    vec![
        Pfad::neu(
            "QGIS",
            ("/mitnehmen", "mitnehmen"),
            "GeoPackages zum Mitnehmen, und ihr Weg zurück",
            &[Ausgabe::Json, Ausgabe::Html],
            vec![],
        ),
        pfad(
            ("/mitnehmen/{datei}", "mitnehmen.stadt"),
            "Ganze Stadt als GeoPackage mit QGIS-Projekt",
        ),
        pfad(
            ("/mitnehmen/ortsteil/{datei}", "mitnehmen.ortsteil"),
            "Ein Ortsteil als GeoPackage mit QGIS-Projekt",
        ),
        pfad(
            ("/mitnehmen/dorferneuerung/{datei}", "mitnehmen.gebiet"),
            "Ein Gebiet der Dorferneuerung als GeoPackage mit QGIS-Projekt",
        ),
    ]
}

fn kennung(datei: &str) -> Result<String> {
    datei.strip_suffix(".gpkg").map(str::to_owned).ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "„{datei}“ gibt es hier nicht; der Name endet auf „.gpkg“. Was sich mitnehmen lässt, zeigt /mitnehmen."
        ))
    })
}

async fn stadt(
    State(dienst): Dienste,
    Path(datei): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
) -> Antwort {
    if kennung(&datei)? != "stadt" {
        return Err(Error::nicht_gefunden(format!(
            "„{datei}“ gibt es hier nicht. Mitnehmen lassen sich stadt.gpkg, ortsteil/KENNUNG.gpkg und dorferneuerung/KENNUNG.gpkg; alles zeigt /mitnehmen."
        ))
        .into());
    }
    sende(&dienst, &akteur, &anfrage, &headers, Wahl::Stadt).await
}

async fn ortsteil(
    State(dienst): Dienste,
    Path(datei): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
) -> Antwort {
    let wahl = Wahl::Ortsteil(kennung(&datei)?);
    sende(&dienst, &akteur, &anfrage, &headers, wahl).await
}

async fn gebiet(
    State(dienst): Dienste,
    Path(datei): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
) -> Antwort {
    let wahl = Wahl::Gebiet(kennung(&datei)?);
    sende(&dienst, &akteur, &anfrage, &headers, wahl).await
}

async fn sende(
    dienst: &Dienst,
    akteur: &Akteur,
    anfrage: &Anfrage,
    headers: &HeaderMap,
    wahl: Wahl,
) -> Antwort {
    anfrage.parameter.nur(&[])?;
    let mut conn = dienst.pool.acquire().await.map_err(Error::from)?;
    let teil = Bereich::lies(&mut conn, &wahl).await?;
    drop(conn);
    let wer = akteur.konto().map_or("", |konto| konto.login.as_str());
    if dienst.katalog.ist_intern() {
        // What leaves the house with drafts in it should be told by the log.
        tracing::info!(wer, bereich = teil.pfad, "taken along with drafts");
    }
    let name = datei::name(&teil);
    let schreiben = Box::pin(datei::schreibe(dienst, anfrage, wer, teil));
    // Never kept: each file has a number of its own.
    let datei = dienst.dateien.hole(None, schreiben).await?;
    let mut antwort = bereich::antworte(&datei, headers, false)?;
    let kopf = antwort.headers_mut();
    kopf.insert(header::CONTENT_TYPE, HeaderValue::from_static(GPKG));
    if let Ok(wert) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        kopf.insert(header::CONTENT_DISPOSITION, wert);
    }
    Ok(antwort)
}
