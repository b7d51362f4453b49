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
use crate::layers::crs::{Wandler, Ziel};
use crate::layers::documents::{JSON, adresse};
use crate::layers::query::{self, Abnehmer, Zeile};

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
    let mut auswahl = Auswahl::lies(&anfrage.parameter, &sammlung, LIMIT_VORGABE)?;
    dienst.vereinfache(&sammlung, &mut auswahl).await?;
    let system = auswahl.crs;
    let aufbau = Aufbau::neu(&sammlung, &auswahl);
    let mut sammler = Sammler {
        aufbau: &aufbau,
        saetze: Vec::new(),
    };
    let ergebnis = query::seite(&dienst.pool, &sammlung, &auswahl, None, &mut sammler).await?;
    let saetze = sammler.saetze;
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
            format.typ(),
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
            .map(|weiter| Link::new("next", format.typ(), weiter, "Nächste Seite")),
    );
    let mut auftrag = auftrag(dienst, anfrage, &sammlung, aufbau).await?;
    let mut headers = kopf(format, system, ergebnis.gesamt, ergebnis.anzahl);
    for link in links
        .iter()
        .filter(|link| link.rel == "next" || format.kuerzel == "gml")
    {
        verweise(&mut headers, link);
    }
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
    Ok(Some((headers, inhalt).into_response()))
}

/// Takes the rows of a page.
struct Sammler<'a> {
    aufbau: &'a Aufbau,
    saetze: Vec<Satz>,
}

impl Abnehmer for Sammler<'_> {
    fn nimm(&mut self, zeile: &Zeile, _: Wandler) -> Result<()> {
        self.saetze.push(self.aufbau.satz(zeile)?);
        Ok(())
    }

    async fn gib_weiter(&mut self) -> Result<()> {
        Ok(())
    }
}

fn selbst(anfrage: &Anfrage, hier: &str, format: &Format) -> String {
    let paare = anfrage
        .parameter
        .ohne(&["f"])
        .chain([("f", format.kuerzel)]);
    format!("{hier}?{}", kodiere_parameter(paare))
}

/// A document without a place for links has them beside it.
pub(super) fn verweise(headers: &mut HeaderMap, link: &Link) {
    let text = format!(
        "<{}>; rel=\"{}\"; type=\"{}\"",
        link.href, link.rel, link.typ
    );
    if let Ok(wert) = HeaderValue::from_str(&text) {
        headers.append(header::LINK, wert);
    }
}

fn kopf(format: &Format, system: Ziel, gesamt: Option<i64>, anzahl: usize) -> HeaderMap {
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
    if let Some(gesamt) = gesamt {
        setze(
            HeaderName::from_static("ogc-numbermatched"),
            &gesamt.to_string(),
        );
    }
    setze(
        HeaderName::from_static("ogc-numberreturned"),
        &anzahl.to_string(),
    );
    headers
}

/// Media type with its parameters.
#[must_use]
pub fn medium(format: &Format) -> String {
    match format.kuerzel {
        "csv" => format!("{}; charset=utf-8", format.medium),
        _ => format.typ().to_owned(),
    }
}
