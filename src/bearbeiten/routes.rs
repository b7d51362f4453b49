//! Part 4 on the addresses of the layers: POST, PUT, PATCH, DELETE, and OPTIONS that say
//! what this caller may do here.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{options, post, put};

use super::kopf::Kopf;
use super::objekt::{Auftrag, Was};
use super::recht::{self, Sache};
use super::vorgang::{Vorgang, Wiederholbar};
use super::{Dienst, inhalt, store, zurueck};
use crate::auth::regel::darf_je;
use crate::auth::{Akteur, Aktion, Objektart, Zustand};
use crate::http::extract::Anfrage;
use crate::http::problem::{self, Problem};
use crate::layers::crs::Ziel;
use crate::layers::query;
use crate::layers::sammlung::Sammlung;
use crate::layers::transactions::{Gegenstand, Traeger};

type Antwort = Result<Response, Problem>;
type Dienste = State<Arc<Dienst>>;

/// What a whole feature may be sent as.
const FEATURE: &[&str] = &["application/geo+json", "application/json"];
/// What a change may be sent as.
const PATCH: &[&str] = &[
    "application/merge-patch+json",
    "application/geo+json",
    "application/json",
];

/// All routes of this module; the layers' own routes answer GET on the same addresses.
pub fn router(dienst: Arc<Dienst>) -> Router {
    Router::new()
        .route(
            "/collections/{id}/items",
            post(lege_an).merge(options(was_geht)),
        )
        .route(
            "/collections/{id}/items/{fid}",
            put(eines).patch(eines).delete(eines).options(was_geht_hier),
        )
        .route("/collections/{id}", options(gibt_es))
        .route("/collections/{id}/schema", options(gibt_es))
        .route("/collections/{id}/queryables", options(gibt_es))
        .route(
            "/verlauf/{art}/{kennung}/{lfd}/zuruecknehmen",
            post(zurueck::nimm_zurueck),
        )
        .with_state(dienst)
}

/// Layer and kind; 404 for what the caller does not see, 405 for what is only read.
async fn ebene(dienst: &Dienst, id: &str) -> Result<(Sammlung, &'static Gegenstand), Response> {
    let sammlung = dienst
        .katalog
        .oeffentliche_sammlung(&dienst.lesen, id)
        .await
        .map_err(|fehler| Problem::from(fehler).into_response())?;
    match sammlung.bearbeiten {
        Some(gegenstand) => Ok((sammlung, gegenstand)),
        None => {
            let mut antwort = problem::METHODE
                .mit(format!("Die Ebene „{}“ ist abgeleitet oder wird nur eingelesen; hier wird nichts geändert.", sammlung.titel))
                .into_response();
            antwort
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
            Err(antwort)
        }
    }
}

/// Whoever writes must read inside too: else they would change what they cannot see.
pub(crate) fn verlange_lesen(akteur: &Akteur) -> Result<(), Problem> {
    if akteur.sicht().is_some() {
        return Ok(());
    }
    Err(problem::VERWEIGERT.mit("Zum Ändern gehört das Lesen der Entwürfe: der Zugangsschlüssel braucht beide Umfänge („lesen“ und „schreiben“), das Konto eine Rolle, die Entwürfe liest."))
}

fn nicht_da(sammlung: &Sammlung, fid: &str) -> Problem {
    problem::NICHT_GEFUNDEN.mit(format!(
        "In „{}“ gibt es kein Objekt „{fid}“.",
        sammlung.titel
    ))
}

/// The row of a feature, where the caller's reading world has it.
async fn zeile(
    dienst: &Dienst,
    sammlung: &Sammlung,
    gegenstand: &Gegenstand,
    fid: &str,
) -> Option<store::Zeile> {
    if fid.chars().count() > 200 || fid.contains('\0') {
        return None;
    }
    let wo = gegenstand.schluessel(sammlung, fid);
    store::lies(&dienst.lesen, gegenstand.relation, &wo)
        .await
        .ok()?
}

async fn lege_an(
    State(dienst): Dienste,
    Path(id): Path<String>,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (sammlung, gegenstand) = match ebene(&dienst, &id).await {
        Ok(gefunden) => gefunden,
        Err(antwort) => return antwort,
    };
    let ergebnis: Antwort = async {
        let kopf = beginn(&akteur, &anfrage, &headers)?;
        inhalt::pruefe_typ(&headers, FEATURE)?;
        let bytes = inhalt::bytes(body).await?;
        let doc = inhalt::json(&bytes)?;
        let wiederholbar = [
            b"POST".as_slice(),
            anfrage.pfad.as_bytes(),
            kopf.crs.map_or("", Ziel::uri).as_bytes(),
            &bytes,
        ];
        let was = Was::Anlegen(doc);
        fuehre_aus(
            &dienst,
            &sammlung,
            gegenstand,
            &akteur,
            &anfrage,
            &kopf,
            was,
            Some(&wiederholbar),
        )
        .await
    }
    .await;
    ergebnis.unwrap_or_else(IntoResponse::into_response)
}

fn beginn(akteur: &Akteur, anfrage: &Anfrage, headers: &HeaderMap) -> Result<Kopf, Problem> {
    anfrage.parameter.nur(&[])?;
    verlange_lesen(akteur)?;
    Kopf::lies(headers)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one request")]
async fn fuehre_aus(
    dienst: &Dienst,
    sammlung: &Sammlung,
    gegenstand: &'static Gegenstand,
    akteur: &Akteur,
    anfrage: &Anfrage,
    kopf: &Kopf,
    was: Was,
    anfrage_ganz: Option<&[&[u8]]>,
) -> Antwort {
    let crs = kopf
        .crs
        .or_else(|| alte_angabe(&was))
        .unwrap_or(Ziel::Crs84);
    let wer = akteur.urheber().unwrap_or_default();
    let warum = kopf.anlass.clone().unwrap_or_else(|| {
        let tun = match &was {
            Was::Anlegen(_) => "angelegt",
            Was::Aendern(..) => "geändert",
            Was::Loeschen(_) => "gelöscht",
        };
        format!("In der Ebene „{}“ {tun}", sammlung.titel)
    });
    // A restricted reader's own layers are views that the writing role does not read.
    let arbeit = dienst
        .arbeit
        .oeffentliche_sammlung(&dienst.schreiben, &sammlung.id)
        .await?;
    let auftrag = Auftrag {
        sammlung: &arbeit,
        gegenstand,
        akteur,
        kopf,
        basis: &anfrage.basis,
        crs,
        was,
    };
    let vorgang = Vorgang {
        pool: &dienst.schreiben,
        wer: &wer,
        warum: &warum,
    };
    let wiederholbar = match (&kopf.schluessel, anfrage_ganz) {
        (Some(schluessel), Some(anfrage)) => Some(Wiederholbar {
            schluessel,
            anfrage,
        }),
        _ => None,
    };
    vorgang.fuehre_aus(wiederholbar, &auftrag).await
}

/// `"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}`, as GeoJSON had it until
/// 2016 and GDAL still writes it for other systems than degrees.
fn alte_angabe(was: &Was) -> Option<Ziel> {
    let (Was::Anlegen(doc) | Was::Aendern(_, doc, _)) = was else {
        return None;
    };
    let name = doc.get("crs")?.get("properties")?.get("name")?.as_str()?;
    match name.rsplit(':').next()? {
        "CRS84" => Some(Ziel::Crs84),
        // There the axes were x, y whatever the definition says.
        "4326" | "4258" if name.starts_with("EPSG:") => Some(Ziel::Crs84),
        nummer => Ziel::zu_srid(nummer.parse().ok()?),
    }
}

/// PUT, PATCH and DELETE of one feature.
async fn eines(
    State(dienst): Dienste,
    Path((id, fid)): Path<(String, String)>,
    methode: Method,
    akteur: Akteur,
    anfrage: Anfrage,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (sammlung, gegenstand) = match ebene(&dienst, &id).await {
        Ok(gefunden) => gefunden,
        Err(antwort) => return antwort,
    };
    let ergebnis: Antwort = async {
        let kopf = beginn(&akteur, &anfrage, &headers)?;
        let was = match methode {
            Method::DELETE => Was::Loeschen(fid.clone()),
            Method::PUT => Was::Aendern(
                fid.clone(),
                inhalt::lies(&headers, body, FEATURE).await?,
                true,
            ),
            _ => Was::Aendern(
                fid.clone(),
                inhalt::lies(&headers, body, PATCH).await?,
                false,
            ),
        };
        // The layer itself is asked inside the transaction; here, whether the row is one of the
        // caller's reading world, which the writing role does not know.
        if zeile(&dienst, &sammlung, gegenstand, &fid).await.is_none() {
            return Err(nicht_da(&sammlung, &fid));
        }
        fuehre_aus(
            &dienst, &sammlung, gegenstand, &akteur, &anfrage, &kopf, was, None,
        )
        .await
    }
    .await;
    ergebnis.unwrap_or_else(IntoResponse::into_response)
}

/// What every address of a layer answers.
const LESEN: [&str; 3] = ["GET", "HEAD", "OPTIONS"];

/// OPTIONS of a layer and its documents: nothing to change, but 404 where there is none.
async fn gibt_es(State(dienst): Dienste, Path(id): Path<String>) -> Response {
    aenderbar(&dienst, &id)
        .await
        .err()
        .unwrap_or_else(|| erlaubt(&LESEN))
}

/// Layer and kind; None for what is only read, 404 for what the caller does not see.
async fn aenderbar(
    dienst: &Dienst,
    id: &str,
) -> Result<Option<(Sammlung, &'static Gegenstand)>, Response> {
    match ebene(dienst, id).await {
        Ok(gefunden) => Ok(Some(gefunden)),
        Err(antwort) if antwort.status() == StatusCode::METHOD_NOT_ALLOWED => Ok(None),
        Err(antwort) => Err(antwort),
    }
}

/// OPTIONS of the features of a layer.
async fn was_geht(State(dienst): Dienste, Path(id): Path<String>, akteur: Akteur) -> Response {
    let mut methoden = LESEN.to_vec();
    let aenderbar = match aenderbar(&dienst, &id).await {
        Ok(aenderbar) => aenderbar,
        Err(antwort) => return antwort,
    };
    if let Some((sammlung, gegenstand)) = aenderbar
        && moeglich(&dienst, &sammlung, gegenstand).await
        && darf_hier(&akteur, gegenstand, Aktion::Anlegen)
    {
        methoden.push("POST");
    }
    erlaubt(&methoden)
}

/// OPTIONS of one feature. QGIS asks with an invented id where the layer is empty.
async fn was_geht_hier(
    State(dienst): Dienste,
    Path((id, fid)): Path<(String, String)>,
    akteur: Akteur,
) -> Response {
    let mut methoden = LESEN.to_vec();
    let aenderbar = match aenderbar(&dienst, &id).await {
        Ok(aenderbar) => aenderbar,
        Err(antwort) => return antwort,
    };
    if let Some((sammlung, gegenstand)) = aenderbar
        && moeglich(&dienst, &sammlung, gegenstand).await
    {
        let sache = sache(&dienst, &sammlung, gegenstand, &fid).await;
        for (aktion, namen) in [
            (Aktion::Aendern, &["PUT", "PATCH"][..]),
            (Aktion::Loeschen, &["DELETE"]),
        ] {
            let frei = match &sache {
                Some(_) if !darf_hier(&akteur, gegenstand, aktion) => false,
                Some(sache) => darf_dies(&dienst, &akteur, gegenstand, aktion, *sache).await,
                None => darf_hier(&akteur, gegenstand, aktion),
            };
            if frei {
                methoden.extend(namen);
            }
        }
    }
    erlaubt(&methoden)
}

/// Kinds whose rights a change of this layer may need, and the action they are asked for.
fn rechte(gegenstand: &Gegenstand, aktion: Aktion) -> (&'static [Objektart], Aktion) {
    match gegenstand.traeger {
        Traeger::Plan => (&[Objektart::Plan], Aktion::Aendern),
        Traeger::Ort if aktion == Aktion::Loeschen => (&[Objektart::Raumbezug], Aktion::Aendern),
        Traeger::Ort => (&[Objektart::Massnahme, Objektart::Raumbezug], aktion),
        Traeger::Zeile => match gegenstand.art {
            Objektart::Gebiet => (&[Objektart::Gebiet], aktion),
            Objektart::Fachdaten => (&[Objektart::Fachdaten], aktion),
            Objektart::Gemeindegebiet => (&[Objektart::Gemeindegebiet], aktion),
            _ => (&[Objektart::Unterlage], aktion),
        },
    }
}

fn darf_hier(akteur: &Akteur, gegenstand: &Gegenstand, aktion: Aktion) -> bool {
    let (arten, aktion) = rechte(gegenstand, aktion);
    akteur.sicht().is_some() && arten.iter().any(|art| darf_je(akteur, aktion, *art))
}

async fn darf_dies(
    dienst: &Dienst,
    akteur: &Akteur,
    gegenstand: &Gegenstand,
    aktion: Aktion,
    sache: Sache<'_>,
) -> bool {
    let (arten, aktion) = rechte(gegenstand, aktion);
    let Ok(mut conn) = dienst.schreiben.acquire().await else {
        return false;
    };
    for art in arten {
        let sache = Sache { art: *art, ..sache };
        if recht::verlange(&mut conn, akteur, aktion, sache)
            .await
            .is_ok()
        {
            return true;
        }
    }
    false
}

/// What the rights of this feature hang on; None where the caller sees no such feature.
async fn sache<'a>(
    dienst: &Dienst,
    sammlung: &Sammlung,
    gegenstand: &'a Gegenstand,
    fid: &str,
) -> Option<Sache<'a>> {
    // What the layer does not show is no feature of it, whatever the table has.
    query::einzeln(&dienst.lesen, sammlung, fid, Ziel::Crs84)
        .await
        .ok()??;
    let zeile = zeile(dienst, sammlung, gegenstand, fid).await?;
    let zustand = zeile.text("veroeffentlichung").unwrap_or("veroeffentlicht");
    Some(Sache {
        art: gegenstand.art,
        eigner: zeile.id().map(|id| {
            (
                gegenstand.relation.split('.').nth(1).unwrap_or_default(),
                id,
            )
        }),
        zustand: Zustand::zu(zustand)?,
    })
}

/// A plan is edited as a draft alone.
async fn moeglich(dienst: &Dienst, sammlung: &Sammlung, gegenstand: &Gegenstand) -> bool {
    if gegenstand.traeger != Traeger::Plan {
        return true;
    }
    match sammlung.fassungen.as_deref() {
        Some([id]) => store::ist_entwurf(&dienst.lesen, *id)
            .await
            .unwrap_or(false),
        _ => false,
    }
}

fn erlaubt(methoden: &[&str]) -> Response {
    let mut antwort = StatusCode::NO_CONTENT.into_response();
    let headers = antwort.headers_mut();
    if let Ok(wert) = HeaderValue::from_str(&methoden.join(", ")) {
        headers.insert(header::ALLOW, wert);
    }
    if methoden.contains(&"PATCH") {
        headers.insert(
            "accept-patch",
            HeaderValue::from_static("application/merge-patch+json, application/geo+json"),
        );
    }
    antwort
}
