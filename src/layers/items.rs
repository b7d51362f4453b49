//! Features of a collection: the GeoJSON document is written into one buffer while
//! the rows arrive.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::auswahl::Auswahl;
use super::crs::{Wandler, Ziel};
use super::cursor::Cursor;
use super::documents::{GEOJSON, HTML, JSON, adresse};
use super::ebene::Ebene;
use super::query::{self, Ergebnis, Zeile};
use super::sammlung::Sammlung;
use super::wert::{self, Klasse};
use super::{Dienst, datetime, geojson, transactions};
use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::link::{Link, kodiere, kodiere_parameter};
use crate::http::negotiate::Format;

/// One page as GeoJSON.
pub async fn sammlung_json(
    dienst: &Dienst,
    anfrage: &Anfrage,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(1 << 16);
    out.extend_from_slice(br#"{"type":"FeatureCollection","features":["#);
    let mut erste = true;
    let ergebnis = query::seite(&dienst.pool, sammlung, auswahl, |zeile, wandler| {
        if !erste {
            out.push(b',');
        }
        erste = false;
        schreibe_objekt(&mut out, &sammlung.ebene, zeile, wandler)?;
        out.push(b'}');
        Ok(())
    })
    .await?;
    let links = serde_json::to_string(&seiten_links(anfrage, sammlung, &ergebnis))?;
    let rest = format!(
        r#"],"numberMatched":{},"numberReturned":{},"timeStamp":"{}","links":{links}}}"#,
        ergebnis.gesamt,
        ergebnis.anzahl,
        datetime::jetzt()
    );
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

/// One feature as GeoJSON.
pub async fn objekt_json(
    dienst: &Dienst,
    anfrage: &Anfrage,
    sammlung: &Sammlung,
    id: &str,
    crs: Ziel,
) -> Result<(Vec<u8>, String)> {
    let marke = if dienst.katalog.ist_intern() {
        transactions::marke(&dienst.pool, sammlung, id).await?
    } else {
        None
    };
    let (zeile, wandler) = query::einzeln(&dienst.pool, sammlung, id, crs)
        .await?
        .ok_or_else(|| {
            Error::nicht_gefunden(format!(
                "In „{}“ gibt es kein Objekt „{id}“.",
                sammlung.titel
            ))
        })?;
    let mut out = Vec::new();
    schreibe_objekt(&mut out, &sammlung.ebene, &zeile, wandler)?;
    let etag = etag(marke.as_deref(), crs, &out);
    let oben = adresse(&anfrage.basis, &sammlung.id);
    let hier = format!("{oben}/items/{}", kodiere(id));
    let links = json!([
        Link::new("self", GEOJSON, &hier, "Dieses Objekt"),
        Link::new(
            "alternate",
            HTML,
            format!("{hier}?f=html"),
            "Dieses Objekt (Seite)"
        ),
        Link::new("collection", JSON, &oben, &sammlung.titel),
    ]);
    out.extend_from_slice(format!(r#","links":{links}}}"#).as_bytes());
    Ok((out, etag))
}

/// Strong tag of a feature: the version that If-Match compares, a point, and the content as it
/// is sent, which may differ for one version (system of the coordinates, derived figures).
#[must_use]
pub fn etag(marke: Option<&str>, crs: Ziel, inhalt: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(crs.uri());
    hash.update(inhalt);
    let hash: String = hash
        .finalize()
        .iter()
        .take(8)
        .map(|b| format!("{b:02x}"))
        .collect();
    match marke {
        Some(marke) => format!("\"{marke}.{hash}\""),
        None => format!("\"{hash}\""),
    }
}

/// Everything of a feature but the closing brace. Every property is written, null
/// included: QGIS knows only the fields of the first ten features.
pub fn schreibe_objekt(
    out: &mut Vec<u8>,
    ebene: &Ebene,
    zeile: &Zeile,
    wandler: Wandler,
) -> Result<()> {
    out.extend_from_slice(br#"{"type":"Feature","id":"#);
    let schluessel = zeile.schluessel()?;
    if ebene.schluessel.klasse == Klasse::Ganzzahl {
        out.extend_from_slice(schluessel.as_bytes());
    } else {
        wert::zeichenkette(out, &schluessel);
    }
    out.extend_from_slice(br#","geometry":"#);
    match zeile.geometrie()? {
        Some(ewkb) => geojson::schreibe(out, ewkb, wandler),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","properties":{"#);
    for (n, spalte) in ebene.spalten.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        wert::zeichenkette(out, &spalte.name);
        out.push(b':');
        wert::schreibe(out, spalte.klasse, zeile.eigenschaft(n)?);
    }
    out.push(b'}');
    Ok(())
}

fn seiten_links(anfrage: &Anfrage, sammlung: &Sammlung, ergebnis: &Ergebnis) -> Vec<Link> {
    let hier = format!("{}/items", adresse(&anfrage.basis, &sammlung.id));
    let selbst: Vec<_> = anfrage.parameter.ohne(&[]).collect();
    let eigene = if selbst.is_empty() {
        hier.clone()
    } else {
        format!("{hier}?{}", kodiere_parameter(selbst))
    };
    let mut links = vec![
        Link::new("self", GEOJSON, eigene, "Diese Seite"),
        Link::new(
            "alternate",
            HTML,
            anfrage.adresse(Format::Html),
            "Diese Objekte (Seite)",
        ),
        Link::new(
            "collection",
            JSON,
            adresse(&anfrage.basis, &sammlung.id),
            &sammlung.titel,
        ),
    ];
    if let Some(cursor) = &ergebnis.weiter {
        links.push(Link::new(
            "next",
            GEOJSON,
            naechste(anfrage, &hier, cursor),
            "Nächste Seite",
        ));
    }
    links
}

/// The same request, one page on: every parameter is kept.
#[must_use]
pub fn naechste(anfrage: &Anfrage, hier: &str, cursor: &Cursor) -> String {
    let cursor = cursor.kodiere();
    let paare = anfrage.parameter.ohne(&["cursor"]);
    format!(
        "{hier}?{}",
        kodiere_parameter(paare.chain([("cursor", cursor.as_str())]))
    )
}
