//! One object in another format than GeoJSON and the page: GML, the object itself as the root.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::seite::verweise;
use super::wahl::{Wahl, waehle};
use super::{Aufbau, gml};
use crate::error::Error;
use crate::gml::xml::Xml;
use crate::gml::{GML, KOPF, XSI};
use crate::http::extract::Anfrage;
use crate::http::link::{Link, kodiere};
use crate::http::problem::Problem;
use crate::layers::auswahl::{Auswahl, LIMIT_VORGABE};
use crate::layers::documents::{GEOJSON, HTML, JSON, adresse};
use crate::layers::gml::objekt::Schreiber;
use crate::layers::gml::{NS, PRAEFIX};
use crate::layers::sammlung::Sammlung;
use crate::layers::{Dienst, marke, query};

/// The request wants GML.
///
/// # Errors
/// 400 for an unknown `f`, 406 when nothing is acceptable.
pub fn gewollt(anfrage: &Anfrage) -> Result<bool, Problem> {
    Ok(match anfrage.parameter.einzig("f")? {
        Some(f) => f == "gml",
        None => matches!(waehle(anfrage), Ok(Wahl::Format(format)) if format.kuerzel == "gml"),
    })
}

/// The object with this id.
///
/// # Errors
/// 404 when there is none.
pub async fn antworte(
    dienst: &Dienst,
    anfrage: &Anfrage,
    headers: &HeaderMap,
    sammlung: &Sammlung,
    id: &str,
) -> Result<Response, Problem> {
    let auswahl = Auswahl::lies(&anfrage.parameter, sammlung, LIMIT_VORGABE)?;
    let aufbau = Aufbau::neu(sammlung, &auswahl);
    let Some((zeile, _)) = query::einzeln(&dienst.pool, sammlung, id, auswahl.crs).await? else {
        return Err(Error::nicht_gefunden(format!(
            "In „{}“ gibt es kein Objekt „{id}“.",
            sammlung.titel
        ))
        .into());
    };
    let oben = adresse(&anfrage.basis, &sammlung.id);
    let praefix = format!("xmlns:{PRAEFIX}");
    let mut xml = Xml::dicht();
    xml.text.push_str(KOPF);
    Schreiber::neu(&sammlung.id, &aufbau).schreibe(
        &mut xml,
        &aufbau.satz(&zeile)?,
        &[
            ("xmlns:gml", GML),
            (&praefix, NS),
            ("xmlns:xsi", XSI),
            ("xsi:schemaLocation", &gml::schemaort(&oben)),
        ],
    );
    let etag = marke::inhalt(xml.text.as_bytes());
    let mut antwort = xml.text.into_response();
    let kopf = antwort.headers_mut();
    kopf.insert(header::CONTENT_TYPE, HeaderValue::from_static(super::GML));
    if let Ok(wert) = HeaderValue::from_str(&format!("<{}>", auswahl.crs.uri())) {
        kopf.insert("content-crs", wert);
    }
    let hier = format!("{oben}/items/{}", kodiere(id));
    for link in [
        Link::new("self", super::GML, format!("{hier}?f=gml"), ""),
        Link::new("alternate", GEOJSON, &hier, ""),
        Link::new("alternate", HTML, format!("{hier}?f=html"), ""),
        Link::new("collection", JSON, &oben, ""),
    ] {
        verweise(kopf, &link);
    }
    Ok(marke::mit(antwort, &etag, headers))
}
