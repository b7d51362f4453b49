//! `/collections/{id}/download/{id}.gpkg` and its like: the whole layer or what the parameters
//! of items leave of it, as one file of one moment.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::lager::Datei;
use super::seite::medium;
use super::{Aufbau, Auftrag, FORMATE, Format, bereich, ogr, strom};
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::link::{kodiere, kodiere_parameter};
use crate::http::problem::Problem;
use crate::layers::auswahl::{Auswahl, LIMIT_VORGABE};
use crate::layers::crs::Ziel;
use crate::layers::sammlung::Sammlung;
use crate::layers::stil::Stil;
use crate::layers::{Dienst, documents, query};

/// Parameters of items that a whole file has not.
const SEITENWEISE: [&str; 3] = ["f", "limit", "cursor"];

/// The route.
pub fn router(dienst: Arc<Dienst>) -> Router {
    Router::new()
        .route("/collections/{id}/download/{datei}", get(lade))
        .with_state(dienst)
}

/// Address of the file that answers this request for items.
#[must_use]
pub fn adresse(anfrage: &Anfrage, id: &str, format: &Format) -> String {
    let ziel = pfad(&documents::adresse(&anfrage.basis, id), id, format);
    let paare = kodiere_parameter(anfrage.parameter.ohne(&SEITENWEISE));
    if paare.is_empty() {
        ziel
    } else {
        format!("{ziel}?{paare}")
    }
}

/// Address of the file below that of its collection.
#[must_use]
pub fn pfad(hier: &str, id: &str, format: &Format) -> String {
    format!("{hier}/download/{}.{}", kodiere(id), format.endung)
}

async fn lade(
    State(dienst): State<Arc<Dienst>>,
    Path((id, datei)): Path<(String, String)>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    let format = format(&id, &datei)?;
    for name in SEITENWEISE {
        if anfrage.parameter.einzig(name)?.is_some() {
            return Err(Error::parameter(
                name,
                format!("„{name}“ gibt es beim Herunterladen nicht: die Datei enthält alle Objekte, das Format sagt ihr Name."),
            )
            .into());
        }
    }
    let sammlung = dienst
        .katalog
        .oeffentliche_sammlung(&dienst.pool, &id)
        .await?;
    if dienst.katalog.ist_intern() {
        // What leaves the house with drafts in it should be told by the log.
        let wer = anfrage.seite().person.map(|person| person.name);
        tracing::info!(
            wer,
            ebene = id,
            format = format.kuerzel,
            "internal download"
        );
    }
    let mut auswahl = Auswahl::lies(&anfrage.parameter, &sammlung, LIMIT_VORGABE)?;
    if anfrage.parameter.einzig("crs")?.is_none() {
        auswahl.crs = eigenes_system(&sammlung);
    }
    dienst.vereinfache(&sammlung, &mut auswahl).await?;
    let system = auswahl.crs;
    let aufbau = Aufbau::neu(&sammlung, &auswahl);
    let schluessel = schluessel(&dienst, &anfrage, &sammlung, format, system).await?;
    let teilbar = schluessel.is_some();
    // On the heap: the stream of a query is large.
    let schreiben = Box::pin(async {
        let auftrag = auftrag(&dienst, &anfrage, &sammlung, aufbau).await?;
        let (ordner, ziel) =
            strom::schreibe(&dienst.pool, &sammlung, &auswahl, auftrag, format).await?;
        let datei = Datei::neu(&ziel);
        drop(ordner); // the open file stays readable
        datei
    });
    let datei = dienst.dateien.hole(schluessel, schreiben).await?;
    let mut antwort = bereich::antworte(&datei, &headers, teilbar)?;
    let kopf = antwort.headers_mut();
    let mut setze = |name: HeaderName, wert: String| {
        if let Ok(wert) = HeaderValue::from_str(&wert) {
            kopf.insert(name, wert);
        }
    };
    setze(header::CONTENT_TYPE, medium(format));
    setze(header::CONTENT_DISPOSITION, anhang(&sammlung, format));
    setze(
        HeaderName::from_static("content-crs"),
        format!("<{}>", system.uri()),
    );
    Ok(antwort)
}

fn format(id: &str, datei: &str) -> Result<&'static Format> {
    let endung = datei
        .strip_prefix(id)
        .and_then(|rest| rest.strip_prefix('.'));
    let format = FORMATE.iter().find(|format| Some(format.endung) == endung);
    format.ok_or_else(|| {
        let namen: Vec<String> = FORMATE
            .iter()
            .map(|format| format!("{id}.{}", format.endung))
            .collect();
        Error::nicht_gefunden(format!(
            "Eine Datei „{datei}“ gibt es nicht. Zum Herunterladen gibt es: {}.",
            namen.join(", ")
        ))
    })
}

/// The system the layer is stored in, where files can name it.
fn eigenes_system(sammlung: &Sammlung) -> Ziel {
    let geometrie = sammlung.ebene.relation.geometrie.as_ref();
    geometrie
        .and_then(|g| Ziel::zu_srid(g.srid))
        .unwrap_or(Ziel::Epsg25832)
}

/// Under what a file is kept: only of our own published layers of today, whose every change is
/// counted, and never of what staff see.
async fn schluessel(
    dienst: &Dienst,
    anfrage: &Anfrage,
    sammlung: &Sammlung,
    format: &Format,
    system: Ziel,
) -> Result<Option<String>> {
    let heute = anfrage.seite().stand.is_none();
    if !sammlung.ebene.eigen || dienst.katalog.ist_intern() || !heute {
        return Ok(None);
    }
    let Some(stand) = query::weltstand(&dienst.pool).await? else {
        return Ok(None);
    };
    let parameter = kodiere_parameter(anfrage.parameter.ohne(&[]));
    let mut hash = Sha256::new();
    for teil in [
        stand.as_str(),
        &anfrage.basis.0,
        &sammlung.id,
        &sammlung.titel,
        &format!("{:?}{:?}", sammlung.fassungen, sammlung.nur),
        format.kuerzel,
        system.uri(),
        &parameter,
    ] {
        hash.update(teil);
        hash.update([0]);
    }
    Ok(Some(
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect(),
    ))
}

/// What the file says of itself.
pub async fn auftrag(
    dienst: &Dienst,
    anfrage: &Anfrage,
    sammlung: &Sammlung,
    aufbau: Aufbau,
) -> Result<Auftrag> {
    let seite = anfrage.seite();
    let hier = documents::adresse(&anfrage.basis, &sammlung.id);
    let ebene = &sammlung.ebene;
    let mut hinweise: Vec<(String, String)> = Vec::new();
    let mut sage = |name: &str, wert: String| hinweise.push((name.to_owned(), wert));
    if seite.demo {
        sage("Achtung", "Demodaten – keine amtlichen Angaben".to_owned());
    }
    if dienst.katalog.ist_intern() {
        sage(
            "Achtung",
            "Interner Stand: enthält auch Unveröffentlichtes, nicht zur Weitergabe.".to_owned(),
        );
    }
    let jetzt = crate::ortszeit::uhr(&chrono::Utc::now());
    match &seite.stand {
        Some(stand) => sage("Stand", format!("{stand}, erstellt am {jetzt}")),
        None => sage("Stand", jetzt),
    }
    sage(
        "Quelle",
        ebene
            .quelle
            .clone()
            .unwrap_or_else(|| format!("Zielraum, {hier}")),
    );
    sage(
        "Nutzungsbedingungen",
        ebene
            .lizenz
            .clone()
            .unwrap_or_else(|| "nicht angegeben; bitte beim Herausgeber erfragen".to_owned()),
    );
    let filter = anfrage.parameter.ohne(&["f", "limit", "cursor", "crs"]);
    let filter: Vec<String> = filter
        .map(|(name, wert)| format!("{name}={wert}"))
        .collect();
    if !filter.is_empty() {
        sage("Auswahl", filter.join(", "));
    }
    let mut auftrag = Auftrag {
        id: sammlung.id.clone(),
        titel: sammlung.titel.clone(),
        beschreibung: sammlung.beschreibung.clone(),
        stil: Some(Stil::von(&dienst.pool, sammlung).await?),
        hinweise,
        aufbau,
        hier,
        seite: None,
        codes: query::codes(&dienst.pool, ebene).await?,
        teil: None,
    };
    if auftrag.aufbau.art.is_some() {
        let system = format!("EPSG:{}", auftrag.epsg());
        auftrag
            .hinweise
            .push(("Koordinatensystem".to_owned(), system));
    }
    Ok(auftrag)
}

/// A German file name, and one in ASCII for old programs.
fn anhang(sammlung: &Sammlung, format: &Format) -> String {
    let tag = chrono::Utc::now().format("%Y-%m-%d");
    let titel: String = sammlung
        .titel
        .chars()
        .map(|c| {
            if c.is_control() || "/\\:*?\"<>|".contains(c) {
                '-'
            } else {
                c
            }
        })
        .take(100)
        .collect();
    let voll = format!("{titel} {tag}.{}", format.endung);
    format!(
        "attachment; filename=\"{}_{tag}.{}\"; filename*=UTF-8''{}",
        ogr::ascii(&sammlung.id),
        format.endung,
        utf8_percent_encode(&voll, NON_ALPHANUMERIC)
    )
}
