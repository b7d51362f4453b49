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
        ergebnis.gesamt,
        ergebnis.anzahl,
        weiter.as_deref(),
    );
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

fn kopf(
    format: &Format,
    system: Ziel,
    gesamt: Option<i64>,
    anzahl: usize,
    weiter: Option<&str>,
) -> HeaderMap {
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
