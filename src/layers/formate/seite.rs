//! One page of items as FlatGeobuf or CSV: counts and the next page stand in headers, as
//! QGIS reads them.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::download::{self, auftrag};
use super::wahl::{Wahl, waehle};
use super::{Aufbau, Format, Satz, Seite, strom};
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::link::{Link, kodiere_parameter};
use crate::http::problem::Problem;
use crate::layers::Dienst;
use crate::layers::auswahl::{Auswahl, LIMIT_VORGABE};
use crate::layers::crs::Ziel;
use crate::layers::documents::{JSON, adresse};
use crate::layers::query;

/// The answer to a request for items that wants neither GeoJSON nor the page.
pub async fn antworte(
    dienst: &Dienst,
    id: &str,
    anfrage: &Anfrage,
) -> Result<Option<Response>, Problem> {
    let format = match waehle(anfrage)? {
        Wahl::Gewohnt => return Ok(None),
        Wahl::Format(format) => format,
    };
    if !format.seitenweise {
        // Whole files have an address of their own, with the same parameters.
        let ziel = download::adresse(anfrage, id, format);
        let ort = HeaderValue::from_str(&ziel).map_err(Error::intern)?;
        return Ok(Some(
            (StatusCode::SEE_OTHER, [(header::LOCATION, ort)]).into_response(),
        ));
    }
    let sammlung = dienst
        .katalog
        .oeffentliche_sammlung(&dienst.pool, id)
        .await?;
    let mut auswahl = Auswahl::lies(&anfrage.parameter, &sammlung.ebene, LIMIT_VORGABE)?;
    let system = auswahl.crs;
    auswahl.crs = x_zuerst(system);
    let aufbau = Aufbau::neu(&sammlung, query::wandler(&sammlung, &auswahl), system);
    let mut saetze: Vec<Satz> = Vec::new();
    let ergebnis = query::seite(&dienst.pool, &sammlung, &auswahl, |zeile, _| {
        saetze.push(aufbau.satz(zeile)?);
        Ok(())
    })
    .await?;
    let hier = format!("{}/items", adresse(&anfrage.basis, &sammlung.id));
    let weiter = ergebnis.weiter.as_ref().map(|cursor| {
        let cursor = cursor.kodiere();
        let paare = anfrage.parameter.ohne(&["cursor", "f"]);
        let paare = paare.chain([("f", format.kuerzel), ("cursor", cursor.as_str())]);
        format!("{hier}?{}", kodiere_parameter(paare))
    });
    let mut links = vec![
        Link::new(
            "self",
            format.medium,
            selbst(anfrage, &hier, format),
            "Diese Seite",
        ),
        Link::new(
            "collection",
            JSON,
            adresse(&anfrage.basis, &sammlung.id),
            &sammlung.titel,
        ),
    ];
    links.extend(
        weiter
            .iter()
            .map(|weiter| Link::new("next", format.medium, weiter, "Nächste Seite")),
    );
    let mut auftrag = auftrag(dienst, anfrage, &sammlung, aufbau).await?;
    auftrag.seite = Some(Seite {
        gesamt: ergebnis.gesamt,
        anzahl: ergebnis.anzahl,
        links,
    });
    let inhalt = tokio::task::spawn_blocking(move || -> Result<Vec<u8>> {
        let ordner = strom::ordner()?;
        let ziel = ordner.path().join(format!("seite.{}", format.endung));
        (format.schreibe)(&auftrag, &ziel, &mut saetze.into_iter().map(Ok))?;
        Ok(std::fs::read(ziel)?)
    })
    .await
    .map_err(Error::intern)??;
    let headers = kopf(
        format,
        system,
        &[ergebnis.gesamt.to_string(), ergebnis.anzahl.to_string()],
        weiter.as_deref(),
    );
    Ok(Some((headers, inhalt).into_response()))
}

fn selbst(anfrage: &Anfrage, hier: &str, format: &Format) -> String {
    let paare = anfrage
        .parameter
        .ohne(&["f"])
        .chain([("f", format.kuerzel)]);
    format!("{hier}?{}", kodiere_parameter(paare))
}

/// The system whose coordinates are the same, longitude and easting first: files do not follow
/// the axis order of the definition.
#[must_use]
pub fn x_zuerst(system: Ziel) -> Ziel {
    if system.breite_zuerst() {
        Ziel::Crs84
    } else {
        system
    }
}

fn kopf(format: &Format, system: Ziel, zahlen: &[String; 2], weiter: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut setze = |name: HeaderName, wert: &str| {
        if let Ok(wert) = HeaderValue::from_str(wert) {
            headers.insert(name, wert);
        }
    };
    setze(header::CONTENT_TYPE, &medium(format));
    setze(
        HeaderName::from_static("content-crs"),
        &format!("<{}>", system.uri()),
    );
    setze(HeaderName::from_static("ogc-numbermatched"), &zahlen[0]);
    setze(HeaderName::from_static("ogc-numberreturned"), &zahlen[1]);
    if let Some(weiter) = weiter {
        setze(
            header::LINK,
            &format!("<{weiter}>; rel=\"next\"; type=\"{}\"", format.medium),
        );
    }
    headers
}

/// Media type with its parameters.
#[must_use]
pub fn medium(format: &Format) -> String {
    match format.kuerzel {
        "csv" => format!("{}; charset=utf-8", format.medium),
        _ => format.medium.to_owned(),
    }
}
