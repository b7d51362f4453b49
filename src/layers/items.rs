//! Features of a collection as GeoJSON: what stands around them, and how one is written.

use sha2::{Digest, Sha256};

use super::auswahl::Auswahl;
use super::crs::{Wandler, Ziel};
use super::cursor::Cursor;
use super::documents::{GEOJSON, HTML, JSON, adresse};
use super::ebene::Ebene;
use super::quelle::{self, Antwort, Auftrag, Schluss};
use super::query::Zeile;
use super::relation::Spalte;
use super::sammlung::Sammlung;
use super::vereinfachung::{self, Stufe};
use super::wert::{self, Klasse};
use super::{Dienst, datetime, geojson, transactions};
use crate::error::{Error, Result};
use crate::http::extract::{Anfrage, Parameter};
use crate::http::link::{Link, kodiere, kodiere_parameter};
use crate::http::negotiate::Format;

/// End of the address of a whole layer.
const GANZ: &str = "/items.geojson";

/// One page as GeoJSON.
pub async fn sammlung_json(
    dienst: &Dienst,
    anfrage: &Anfrage,
    sammlung: &Sammlung,
    mut auswahl: Auswahl,
    gzip: bool,
) -> Result<Antwort> {
    dienst.vereinfache(sammlung, &mut auswahl).await?;
    let auftrag = Auftrag {
        sammlung: sammlung.clone(),
        auswahl,
        gzip,
        schluss: schluss(anfrage, sammlung),
    };
    quelle::seite(dienst, auftrag).await
}

/// How the document of a page ends.
fn schluss(anfrage: &Anfrage, sammlung: &Sammlung) -> Schluss {
    let links = seiten_links(anfrage, sammlung);
    let hier = format!("{}/items", adresse(&anfrage.basis, &sammlung.id));
    let parameter = anfrage.parameter.clone();
    Box::new(move |ergebnis| {
        let mut links = links.clone();
        if let Some(cursor) = &ergebnis.weiter {
            let href = naechste(&parameter, &hier, cursor);
            links.push(Link::new("next", GEOJSON, href, "Nächste Seite"));
        }
        let links = serde_json::to_string(&links)?;
        let gesamt = ergebnis
            .gesamt
            .map_or_else(String::new, |zahl| format!("\"numberMatched\":{zahl},"));
        Ok(format!(
            r#"],{gesamt}"numberReturned":{},"timeStamp":"{}","links":{links}}}"#,
            ergebnis.anzahl,
            datetime::jetzt()
        ))
    })
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
    let objekt = quelle::objekt(dienst, sammlung, id, crs).await?;
    let mut out = objekt.ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "In „{}“ gibt es kein Objekt „{id}“.",
            sammlung.titel
        ))
    })?;
    let etag = etag(marke.as_deref(), crs, &out);
    let oben = adresse(&anfrage.basis, &sammlung.id);
    let hier = format!("{oben}/items/{}", kodiere(id));
    let links = serde_json::to_string(&[
        Link::new("self", GEOJSON, &hier, "Dieses Objekt"),
        Link::new(
            "alternate",
            HTML,
            format!("{hier}?f=html"),
            "Dieses Objekt (Seite)",
        ),
        Link::new("collection", JSON, &oben, &sammlung.titel),
    ])?;
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
    schreibe_auswahl(out, ebene, (ebene.spalten.iter(), None), zeile, wandler)
}

/// The same with these columns only, as the row was read, and with the shapes of a zoom.
pub(super) fn schreibe_auswahl<'a>(
    out: &mut Vec<u8>,
    ebene: &Ebene,
    (spalten, stufe): (impl Iterator<Item = &'a Spalte>, Option<&dyn Stufe>),
    zeile: &Zeile,
    wandler: Wandler,
) -> Result<()> {
    match vereinfachung::geometrie(stufe, zeile, wandler)? {
        Some((ewkb, wandler)) => kopf(out, ebene, zeile, Some(&ewkb), wandler)?,
        None => kopf(out, ebene, zeile, None, wandler)?,
    };
    eigenschaften(out, spalten, zeile, |_| {})
}

/// Up to the geometry; gives where the id ends.
pub(super) fn kopf(
    out: &mut Vec<u8>,
    ebene: &Ebene,
    zeile: &Zeile,
    ewkb: Option<&[u8]>,
    wandler: Wandler,
) -> Result<usize> {
    out.extend_from_slice(br#"{"type":"Feature","id":"#);
    let schluessel = zeile.schluessel()?;
    if ebene.schluessel.klasse == Klasse::Ganzzahl {
        out.extend_from_slice(schluessel.as_bytes());
    } else {
        wert::zeichenkette(out, &schluessel);
    }
    let ende = out.len();
    out.extend_from_slice(br#","geometry":"#);
    match ewkb {
        Some(ewkb) => geojson::schreibe(out, ewkb, wandler),
        None => out.extend_from_slice(b"null"),
    }
    Ok(ende)
}

/// The properties, the length of each value told to `merke`.
pub(super) fn eigenschaften<'a>(
    out: &mut Vec<u8>,
    spalten: impl Iterator<Item = &'a Spalte>,
    zeile: &Zeile,
    mut merke: impl FnMut(usize),
) -> Result<()> {
    out.extend_from_slice(br#","properties":{"#);
    for (n, spalte) in spalten.enumerate() {
        if n > 0 {
            out.push(b',');
        }
        wert::zeichenkette(out, &spalte.name);
        out.push(b':');
        let anfang = out.len();
        wert::schreibe(out, spalte.klasse, zeile.eigenschaft(n)?);
        merke(out.len() - anfang);
    }
    out.push(b'}');
    Ok(())
}

fn seiten_links(anfrage: &Anfrage, sammlung: &Sammlung) -> Vec<Link> {
    let seiten = format!("{}/items", adresse(&anfrage.basis, &sammlung.id));
    // A whole layer stands at an address of its own; its page is that of the features.
    let ganz = anfrage.pfad.ends_with(GANZ);
    let hier = if ganz {
        format!("{}{GANZ}", adresse(&anfrage.basis, &sammlung.id))
    } else {
        seiten.clone()
    };
    let mit = |adresse: &str, paare: &[(&str, &str)]| match paare {
        [] => adresse.to_owned(),
        paare => format!("{adresse}?{}", kodiere_parameter(paare.iter().copied())),
    };
    let selbst: Vec<_> = anfrage.parameter.ohne(&[]).collect();
    let seite = if ganz {
        let paare = anfrage.parameter.ohne(&["f"]).chain([("f", "html")]);
        mit(&seiten, &paare.collect::<Vec<_>>())
    } else {
        anfrage.adresse(Format::Html)
    };
    vec![
        Link::new("self", GEOJSON, mit(&hier, &selbst), "Diese Seite"),
        Link::new("alternate", HTML, seite, "Diese Objekte (Seite)"),
        Link::new(
            "collection",
            JSON,
            adresse(&anfrage.basis, &sammlung.id),
            &sammlung.titel,
        ),
    ]
}

/// The same request, one page on: every parameter is kept.
fn naechste(parameter: &Parameter, hier: &str, cursor: &Cursor) -> String {
    let cursor = cursor.kodiere();
    let paare = parameter.ohne(&["cursor"]);
    format!(
        "{hier}?{}",
        kodiere_parameter(paare.chain([("cursor", cursor.as_str())]))
    )
}
