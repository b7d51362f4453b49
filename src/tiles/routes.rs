//! Routes of OGC API – Tiles, XYZ and `TileJSON`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;

use super::dokumente::{self, MVT};
use super::lager::Stand;
use super::matrix::{Adresse, Satz};
use super::wahl::{self, PARAMETER, Wahl};
use super::{Dienst, quelle, tilejson};
use crate::error::Error;
use crate::http::extract::Anfrage;
use crate::http::link::kodiere_parameter;
use crate::http::negotiate::Ausgabe;
use crate::http::problem::{self, Problem};
use crate::layers::documents::JSON;
use crate::layers::query::Ausdehnung;

type Antwort = Result<Response, Problem>;
type Dienste = State<Arc<Dienst>>;

/// Addresses without the name of a set are those of slippy maps.
const XYZ: Satz = Satz::WebMercator;

/// All routes of this module.
pub fn router(dienst: Arc<Dienst>) -> Router {
    Router::new()
        .route("/tileMatrixSets", get(matrizen))
        .route("/tileMatrixSets/{satz}", get(matrix))
        .route("/tiles", get(liste))
        .route("/tiles/{satz}", get(satz))
        .route("/tiles/{satz}/{zoom}/{zeile}/{spalte}", get(kachel))
        .route("/collections/{id}/tiles", get(ebene_liste))
        .route("/collections/{id}/tiles/{satz}", get(ebene_satz))
        .route(
            "/collections/{id}/tiles/{satz}/{zoom}/{zeile}/{spalte}",
            get(ebene_kachel),
        )
        .route("/kacheln/{ebenen}", get(dokument))
        .route("/kacheln/{ebenen}/{zoom}/{spalte}/{datei}", get(xyz))
        .with_state(dienst)
}

async fn matrizen(anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    anfrage.ausgabe(&[Ausgabe::Json])?;
    Ok(json(&dokumente::matrizen(&anfrage.basis)))
}

async fn matrix(Path(satz): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    anfrage.ausgabe(&[Ausgabe::Json])?;
    Ok(json(&bekannt(&satz)?.dokument()))
}

fn bekannt(satz: &str) -> Result<Satz, Problem> {
    Satz::lies(satz).ok_or_else(|| {
        problem::NICHT_GEFUNDEN.mit(format!(
            "Eine Kachelung „{satz}“ gibt es nicht. Angeboten werden {}.",
            Satz::ALLE.map(Satz::name).join(" und ")
        ))
    })
}

/// Layers of `collections`, else all of the catalogue, without the copies per plan.
async fn ausgewaehlt(dienst: &Dienst, anfrage: &Anfrage) -> Result<Vec<String>, Problem> {
    if let Some(text) = anfrage.parameter.gesetzt("collections")? {
        let ids: Vec<String> = text
            .split(',')
            .map(|id| id.trim().to_owned())
            .filter(|id| !id.is_empty())
            .collect();
        return Ok(ids);
    }
    let alle = dienst.katalog.oeffentliche(&dienst.pool).await?;
    let kopie = |id: &str| {
        alle.iter().any(|a| {
            id.strip_prefix(a.id.as_str())
                .is_some_and(|rest| rest.starts_with('_') && !a.id.is_empty())
                && a.fassungen.is_some()
        })
    };
    let raeumlich = alle.iter().filter(|s| {
        s.ebene.relation.geometrie.is_some() && s.bearbeiten.is_some() && !kopie(&s.id)
    });
    Ok(raeumlich.map(|s| s.id.clone()).take(20).collect())
}

/// A wrong layer in the query is a wrong query.
fn in_der_frage(problem: Problem) -> Problem {
    if problem.art.status == StatusCode::NOT_FOUND {
        problem::PARAMETER
            .mit(problem.detail)
            .parameter("collections")
    } else {
        problem
    }
}

async fn liste(anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    anfrage.ausgabe(&[Ausgabe::Json])?;
    Ok(json(&dokumente::liste(
        &anfrage.basis,
        None,
        "Kacheln aller Ebenen",
    )))
}

async fn satz(State(dienst): Dienste, Path(satz): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&mit(&["f", "collections"]))?;
    anfrage.ausgabe(&[Ausgabe::Json])?;
    let satz = bekannt(&satz)?;
    let ids = ausgewaehlt(&dienst, &anfrage).await?;
    let wahl = Wahl::lies(&dienst, satz, &ids, &anfrage.parameter)
        .await
        .map_err(in_der_frage)?;
    let staende = mit_ausdehnung(&dienst, wahl).await?;
    let frage = kodiere_parameter(anfrage.parameter.ohne(&["f"]));
    Ok(json(&dokumente::satz(
        (&anfrage.basis, satz),
        None,
        "Kacheln mehrerer Ebenen",
        &staende,
        &frage,
    )))
}

async fn kachel(
    State(dienst): Dienste,
    Path((satz, zoom, zeile, spalte)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&mit(&["f", "collections"]))?;
    let satz = bekannt(&satz)?;
    let adresse = lies(satz, &zoom, &spalte, &zeile)?;
    let ids = ausgewaehlt(&dienst, &anfrage).await?;
    let wahl = Wahl::lies(&dienst, satz, &ids, &anfrage.parameter)
        .await
        .map_err(in_der_frage)?;
    sende(&dienst, &wahl, adresse, &headers, &anfrage).await
}

async fn ebene_liste(State(dienst): Dienste, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    anfrage.ausgabe(&[Ausgabe::Json])?;
    let stand = dienst.lager.stand(&dienst, &id).await?;
    Ok(json(&dokumente::liste(
        &anfrage.basis,
        Some(&id),
        &stand.sammlung.titel,
    )))
}

async fn ebene_satz(
    State(dienst): Dienste,
    Path((id, satz)): Path<(String, String)>,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&mit(&["f"]))?;
    anfrage.ausgabe(&[Ausgabe::Json])?;
    let satz = bekannt(&satz)?;
    let wahl = Wahl::lies(&dienst, satz, std::slice::from_ref(&id), &anfrage.parameter).await?;
    let staende = mit_ausdehnung(&dienst, wahl).await?;
    let titel = staende
        .first()
        .map(|(stand, _)| stand.sammlung.titel.clone())
        .unwrap_or_default();
    let frage = kodiere_parameter(anfrage.parameter.ohne(&["f"]));
    Ok(json(&dokumente::satz(
        (&anfrage.basis, satz),
        Some(&id),
        &titel,
        &staende,
        &frage,
    )))
}

async fn ebene_kachel(
    State(dienst): Dienste,
    Path((id, satz, zoom, zeile, spalte)): Path<(String, String, String, String, String)>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&mit(&["f"]))?;
    let satz = bekannt(&satz)?;
    let adresse = lies(satz, &zoom, &spalte, &zeile)?;
    let wahl = Wahl::lies(&dienst, satz, &[id], &anfrage.parameter).await?;
    sende(&dienst, &wahl, adresse, &headers, &anfrage).await
}

async fn dokument(State(dienst): Dienste, Path(ebenen): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&mit(&["f"]))?;
    anfrage.ausgabe(&[Ausgabe::Json])?;
    let wahl = Wahl::lies(&dienst, XYZ, &getrennt(&ebenen), &anfrage.parameter).await?;
    let staende = mit_ausdehnung(&dienst, wahl).await?;
    let frage = kodiere_parameter(anfrage.parameter.ohne(&["f"]));
    let tag = quelle::tag(&dienst.pool, dienst.katalog.ist_intern()).await?;
    Ok(json(&tilejson::dokument(
        &anfrage.basis,
        &staende,
        &frage,
        tag.as_deref(),
    )))
}

async fn xyz(
    State(dienst): Dienste,
    Path((ebenen, zoom, spalte, datei)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&PARAMETER)?;
    let zeile = datei
        .strip_suffix(".mvt")
        .or_else(|| datei.strip_suffix(".pbf"))
        .unwrap_or(&datei);
    let adresse = lies(XYZ, &zoom, &spalte, zeile)?;
    let wahl = Wahl::lies(&dienst, XYZ, &getrennt(&ebenen), &anfrage.parameter).await?;
    sende(&dienst, &wahl, adresse, &headers, &anfrage).await
}

/// The parameters of a tile and these.
fn mit(weitere: &[&'static str]) -> Vec<&'static str> {
    [weitere, &PARAMETER].concat()
}

fn getrennt(ebenen: &str) -> Vec<String> {
    ebenen.split(',').map(str::to_owned).collect()
}

fn lies(satz: Satz, zoom: &str, spalte: &str, zeile: &str) -> Result<Adresse, Problem> {
    Adresse::lies(satz, zoom, spalte, zeile).ok_or_else(|| {
        problem::NICHT_GEFUNDEN.mit(format!(
            "Eine Kachel {zoom}/{spalte}/{zeile} (Zoom/Spalte/Zeile) gibt es nicht. Zoom reicht von 0 bis {}, Spalte und Zeile von 0 bis 2^Zoom − 1.",
            satz.zoom_max()
        ))
    })
}

async fn mit_ausdehnung(dienst: &Dienst, wahl: Wahl) -> Result<Vec<(Stand, Ausdehnung)>, Error> {
    let mut alle = Vec::with_capacity(wahl.staende.len());
    for stand in wahl.staende {
        let ausdehnung = dienst
            .ausdehnungen
            .von(&dienst.pool, &stand.sammlung, None)
            .await?;
        alle.push((stand, ausdehnung));
    }
    Ok(alle)
}

fn json(doc: &Value) -> Response {
    ([(header::CONTENT_TYPE, JSON)], doc.to_string()).into_response()
}

/// The tile, packed where the client takes it; 304 where it has it, without any work.
async fn sende(
    dienst: &Arc<Dienst>,
    wahl: &Wahl,
    adresse: Adresse,
    headers: &HeaderMap,
    anfrage: &Anfrage,
) -> Antwort {
    if let Some(f) = anfrage.parameter.einzig("f")?.filter(|f| *f != "mvt") {
        return Err(problem::PARAMETER
            .mit(format!(
                "Das Format „{f}“ gibt es hier nicht. Möglich ist f=mvt."
            ))
            .parameter("f"));
    }
    let packen = nimmt_gzip(headers);
    let marke = wahl.marke(adresse);
    if let Some(marke) = marke.as_ref().filter(|marke| schon_da(headers, marke)) {
        return Ok(kopf(StatusCode::NOT_MODIFIED, marke, packen).into_response());
    }
    let kachel = wahl.kachel(dienst, adresse).await?;
    // What may be another tomorrow has the tag of its content.
    let marke = marke.filter(|_| !kachel.vorlaeufig);
    let marke = marke.unwrap_or_else(|| wahl::marke(&kachel.bytes));
    if schon_da(headers, &marke) {
        return Ok(kopf(StatusCode::NOT_MODIFIED, &marke, packen).into_response());
    }
    if packen && !kachel.ist_gepackt() {
        // Milliseconds for a full one.
        let kachel = Arc::clone(&kachel);
        dienst.lager.arbeite(move || _ = kachel.gepackt()).await?;
    }
    let gepackt = if packen { kachel.gepackt() } else { None };
    let (status, mut kopf) = kopf(StatusCode::OK, &marke, gepackt.is_some());
    kopf.insert(header::CONTENT_TYPE, HeaderValue::from_static(MVT));
    let bytes = match gepackt {
        Some(gepackt) => {
            kopf.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            gepackt.clone()
        }
        None => kachel.bytes.clone(),
    };
    Ok((status, kopf, bytes).into_response())
}

/// Packed and plain are two strings of bytes: a strong tag must tell them apart.
fn kopf(status: StatusCode, marke: &str, gepackt: bool) -> (StatusCode, HeaderMap) {
    let mut kopf = HeaderMap::new();
    let ende = if gepackt { "-gz" } else { "" };
    if let Ok(wert) = HeaderValue::from_str(&format!("\"{marke}{ende}\"")) {
        kopf.insert(header::ETAG, wert);
    }
    kopf.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    (status, kopf)
}

fn schon_da(headers: &HeaderMap, marke: &str) -> bool {
    let werte = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|wert| wert.to_str().ok());
    werte.flat_map(|wert| wert.split(',')).any(|tag| {
        let tag = tag.trim().trim_start_matches("W/").trim_matches('"');
        tag == "*" || tag.strip_suffix("-gz").unwrap_or(tag) == marke
    })
}

fn nimmt_gzip(headers: &HeaderMap) -> bool {
    let werte = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|wert| wert.to_str().ok());
    werte.flat_map(|wert| wert.split(',')).any(|teil| {
        let (name, guete) = teil.split_once(';').unwrap_or((teil, ""));
        let null = guete
            .trim()
            .strip_prefix("q=")
            .is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !null
    })
}
