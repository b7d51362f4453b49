//! `/mitnehmen`: files to take along; uploads, comparisons and what is accepted of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::json;

use super::bereich::{Bereich, Wahl};
use super::seiten::{Angebot, Liste, vertraulich};
use super::{Dienst, datei, store, zurueck};
use crate::auth::regel::darf_je;
use crate::auth::{Akteur, Aktion, Objektart};
use crate::bearbeiten::daten::formular;
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::link::kodiere;
use crate::http::negotiate::{Ausgabe, Format};
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
        .route("/mitnehmen", get(uebersicht).post(zurueck::bringe))
        .route(
            "/mitnehmen/vergleiche/{id}",
            get(zurueck::zeige).post(zurueck::uebernimm),
        )
        .layer(DefaultBodyLimit::max(zurueck::KOERPER_MAX))
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

async fn uebersicht(State(dienst): Dienste, akteur: Akteur, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(&["application/json"])?;
    let liste = liste(&dienst, &akteur, &anfrage, None).await?;
    match format {
        Format::Html => vertraulich(&liste),
        Format::Json => {
            let eines = |a: &Angebot| json!({"title": a.titel, "href": a.adresse, "type": GPKG});
            let doc = json!({
                "stadt": eines(&liste.stadt),
                "ortsteile": liste.ortsteile.iter().map(eines).collect::<Vec<_>>(),
                "dorferneuerung": liste.gebiete.iter().map(eines).collect::<Vec<_>>(),
            });
            let kopf = [(header::CONTENT_TYPE, "application/json")];
            Ok((kopf, doc.to_string()).into_response())
        }
    }
}

/// The page with all there is to take along, and the form to bring it back.
pub(super) async fn liste(
    dienst: &Dienst,
    akteur: &Akteur,
    anfrage: &Anfrage,
    meldung: Option<String>,
) -> std::result::Result<Liste, Problem> {
    let mut conn = dienst.pool.acquire().await.map_err(Error::from)?;
    let ortsteile = crate::qgis::store::ortsteile(&mut conn).await?;
    let gebiete = crate::qgis::store::gebiete(&mut conn).await?;
    drop(conn);
    let angebot = |art: &str, ort: &crate::qgis::store::Ort| Angebot {
        titel: ort.name.clone(),
        adresse: anfrage
            .basis
            .zu(&format!("/mitnehmen/{art}/{}.gpkg", kodiere(&ort.kennung))),
    };
    let seite = anfrage.seite();
    let darf = seite.stand.is_none()
        && akteur.sicht().is_some()
        && darf_je(akteur, Aktion::Aendern, Objektart::Inhalt);
    let formular = formular::schutz(akteur).filter(|_| darf);
    let offene = match (&dienst.bearbeiten, &formular, akteur.konto()) {
        (Some(b), Some(_), Some(konto)) => store::offene(&b.schreiben, &konto.login).await?,
        _ => Vec::new(),
    };
    Ok(Liste {
        stadt: Angebot {
            titel: "Ganze Stadt".to_owned(),
            adresse: anfrage.basis.zu("/mitnehmen/stadt.gpkg"),
        },
        ortsteile: ortsteile.iter().map(|o| angebot("ortsteil", o)).collect(),
        gebiete: gebiete
            .iter()
            .map(|g| angebot("dorferneuerung", g))
            .collect(),
        formular: formular.unwrap_or_default(),
        offene,
        meldung,
        seite,
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
