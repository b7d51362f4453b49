//! The answer to a GetFeature: features written while they are read, into memory and from a
//! megabyte on to a file without a name, because their number stands before them.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use tempfile::SpooledTempFile;

use super::abfrage::{self, Abfrage};
use super::ausnahme::Ausnahme;
use super::kvp::Kvp;
use super::{GML_TYP, WFS, WFS_XSD, adresse};
use crate::error::{Error, Result};
use crate::gml::xml::{Attribute, Xml};
use crate::gml::{GML, KOPF, XSI};
use crate::http::koerper::{Koerper, Strom};
use crate::http::link::{Basis, kodiere_parameter};
use crate::layers::crs::Wandler;
use crate::layers::formate::Aufbau;
use crate::layers::gml::objekt::Schreiber;
use crate::layers::gml::{NS, PRAEFIX, typname};
use crate::layers::query::{self, Abnehmer, Zeile};
use crate::layers::{Dienst, datetime};

/// Text gathered before it is put away, and pieces in which it is sent.
const STUECK: usize = 64 << 10;
/// So much of an answer stays in memory.
const IM_SPEICHER: usize = 1 << 20;
/// Longest answer, bytes.
const LAENGE_MAX: u64 = 2 << 30;
/// Pieces that wait for a slow client.
const WARTEND: usize = 4;

/// Answers a GetFeature.
///
/// # Errors
/// What does not fit, and those of the database.
pub async fn antworte(
    dienst: &Dienst,
    basis: &Basis,
    kvp: &Kvp,
) -> std::result::Result<Response, Ausnahme> {
    let abfrage = abfrage::lies(dienst, kvp).await?;
    if kvp.nach_id() {
        return einzeln(dienst, basis, &abfrage, kvp).await;
    }
    let Abfrage {
        sammlung, auswahl, ..
    } = &abfrage;
    if abfrage.nur_zahl {
        let gesamt = query::zaehle_genau(&dienst.pool, sammlung, auswahl).await?;
        let zahlen = Zahlen {
            gesamt: Some(gesamt),
            anzahl: 0,
            ..Zahlen::default()
        };
        let (anfang, ende) = rahmen(basis, &abfrage, &zahlen);
        return Ok(gml(anfang + &ende));
    }
    let aufbau = Aufbau::neu(sammlung, auswahl);
    let mut spule = Spule {
        schreiber: Schreiber::neu(&sammlung.id, &aufbau),
        aufbau,
        xml: Xml::dicht(),
        ziel: SpooledTempFile::new(IM_SPEICHER),
        laenge: 0,
    };
    let ergebnis = query::seite(&dienst.pool, sammlung, auswahl, None, &mut spule).await?;
    spule.leere()?;
    let ab = auswahl.ab.unwrap_or_default();
    let seite = |ab: usize| seite(basis, kvp, ab, auswahl.limit);
    let zahlen = Zahlen {
        gesamt: ergebnis.gesamt,
        anzahl: ergebnis.anzahl,
        weiter: ergebnis
            .weiter
            .is_some()
            .then(|| seite(ab + ergebnis.anzahl))
            .flatten(),
        zurueck: (ab > 0)
            .then(|| seite(ab.saturating_sub(auswahl.limit)))
            .flatten(),
    };
    let (anfang, ende) = rahmen(basis, &abfrage, &zahlen);
    sende(anfang, spule.ziel, ende).await.map_err(Into::into)
}

/// The feature itself, without a collection around it.
async fn einzeln(
    dienst: &Dienst,
    basis: &Basis,
    abfrage: &Abfrage,
    kvp: &Kvp,
) -> std::result::Result<Response, Ausnahme> {
    let id = kvp.wert("ID").unwrap_or_default();
    let Abfrage {
        sammlung, auswahl, ..
    } = abfrage;
    let [schluessel] = sammlung.nur.as_deref().unwrap_or_default() else {
        return Err(abfrage::keins(id));
    };
    let zeile = query::einzeln(&dienst.pool, sammlung, schluessel, auswahl.crs).await?;
    let (zeile, _) = zeile.ok_or_else(|| abfrage::keins(id))?;
    let aufbau = Aufbau::neu(sammlung, auswahl);
    let mut xml = Xml::dicht();
    xml.text.push_str(KOPF);
    let praefix = format!("xmlns:{PRAEFIX}");
    let ort = schemaort(basis, &sammlung.id);
    Schreiber::neu(&sammlung.id, &aufbau).schreibe(
        &mut xml,
        &aufbau.satz(&zeile)?,
        &[
            ("xmlns:gml", GML),
            (&praefix, NS),
            ("xmlns:xsi", XSI),
            ("xsi:schemaLocation", &ort),
        ],
    );
    Ok(gml(xml.text))
}

fn gml(text: String) -> Response {
    ([(header::CONTENT_TYPE, GML_TYP)], text).into_response()
}

/// What stands at the collection.
#[derive(Debug, Default)]
struct Zahlen {
    gesamt: Option<i64>,
    anzahl: usize,
    weiter: Option<String>,
    zurueck: Option<String>,
}

/// Address of another page; a filter in XML cannot stand there.
fn seite(basis: &Basis, kvp: &Kvp, ab: usize, limit: usize) -> Option<String> {
    if kvp.hat_filter_im_koerper() {
        return None;
    }
    let (ab, limit) = (ab.to_string(), limit.to_string());
    let pflicht = ["SERVICE", "VERSION", "REQUEST", "STARTINDEX", "COUNT"];
    let paare = [
        ("SERVICE", "WFS"),
        ("VERSION", "2.0.0"),
        ("REQUEST", "GetFeature"),
    ];
    let paare = paare
        .into_iter()
        .chain(kvp.ohne(&pflicht))
        .chain([("STARTINDEX", ab.as_str()), ("COUNT", limit.as_str())]);
    Some(format!("{}?{}", adresse(basis), kodiere_parameter(paare)))
}

/// Namespace of the layers and where the schema of one stands.
fn schemaort(basis: &Basis, id: &str) -> String {
    let name = typname(id);
    let paare = kodiere_parameter([
        ("SERVICE", "WFS"),
        ("VERSION", "2.0.0"),
        ("REQUEST", "DescribeFeatureType"),
        ("TYPENAMES", name.as_str()),
    ]);
    format!("{NS} {}?{paare}", adresse(basis))
}

/// The collection up to its features, and behind them.
fn rahmen(basis: &Basis, abfrage: &Abfrage, zahlen: &Zahlen) -> (String, String) {
    let mut xml = Xml::dicht();
    xml.text.push_str(KOPF);
    let praefix = format!("xmlns:{PRAEFIX}");
    let orte = format!("{WFS} {WFS_XSD} {}", schemaort(basis, &abfrage.sammlung.id));
    let gesamt = zahlen
        .gesamt
        .map_or_else(|| "unknown".to_owned(), |zahl| zahl.to_string());
    let anzahl = zahlen.anzahl.to_string();
    let jetzt = datetime::jetzt();
    let mut attribute: Vec<(&str, &str)> = vec![
        ("xmlns:wfs", WFS),
        ("xmlns:gml", GML),
        (&praefix, NS),
        ("xmlns:xsi", XSI),
        ("xsi:schemaLocation", &orte),
        ("timeStamp", &jetzt),
        ("numberMatched", &gesamt),
        ("numberReturned", &anzahl),
    ];
    attribute.extend(zahlen.weiter.iter().map(|ort| ("next", ort.as_str())));
    attribute.extend(zahlen.zurueck.iter().map(|ort| ("previous", ort.as_str())));
    let attribute: &Attribute<'_> = &attribute;
    xml.anfang("wfs:FeatureCollection", attribute);
    let anfang = std::mem::take(&mut xml.text);
    xml.ende("wfs:FeatureCollection");
    (anfang, xml.text)
}

/// Takes the rows of an answer.
struct Spule {
    aufbau: Aufbau,
    schreiber: Schreiber,
    xml: Xml,
    ziel: SpooledTempFile,
    laenge: u64,
}

impl Spule {
    fn leere(&mut self) -> Result<()> {
        self.laenge += self.xml.text.len() as u64;
        if self.laenge > LAENGE_MAX {
            return Err(Error::eingabe(
                "Die Antwort würde größer als 2 GB. Verlangen Sie weniger Objekte (COUNT) oder einen kleineren Ausschnitt (BBOX).",
            ));
        }
        self.ziel.write_all(self.xml.text.as_bytes())?;
        self.xml.text.clear();
        Ok(())
    }
}

impl Abnehmer for Spule {
    fn nimm(&mut self, zeile: &Zeile, _: Wandler) -> Result<()> {
        let satz = self.aufbau.satz(zeile)?;
        self.xml.anfang("wfs:member", &[]);
        self.schreiber.schreibe(&mut self.xml, &satz, &[]);
        self.xml.ende("wfs:member");
        if self.xml.text.len() > STUECK {
            self.leere()?;
        }
        Ok(())
    }

    async fn gib_weiter(&mut self) -> Result<()> {
        Ok(())
    }
}

/// What was written, between its frame; from a file as fast as the client takes it.
async fn sende(anfang: String, mut ziel: SpooledTempFile, ende: String) -> Result<Response> {
    let typ = [(header::CONTENT_TYPE, GML_TYP)];
    if !ziel.is_rolled() {
        let mut inhalt = Vec::new();
        ziel.seek(SeekFrom::Start(0))?;
        ziel.read_to_end(&mut inhalt)?;
        let stuecke = vec![Bytes::from(anfang), Bytes::from(inhalt), Bytes::from(ende)];
        return Ok((typ, Body::from(Koerper::Fertig(stuecke))).into_response());
    }
    ziel.seek(SeekFrom::Start(0))?;
    let (schreiber, strom) = Strom::neu(WARTEND);
    tokio::spawn(async move {
        let ergebnis = schicke(&schreiber, anfang, ziel, ende).await;
        schreiber.beende(ergebnis).await;
    });
    let koerper = Koerper::Strom(strom.beginne().await?);
    Ok((typ, Body::from(koerper)).into_response())
}

/// Sends the frame and the file between it; gives the rest.
async fn schicke(
    schreiber: &crate::http::koerper::Schreiber,
    anfang: String,
    mut ziel: SpooledTempFile,
    ende: String,
) -> Result<Vec<u8>> {
    schreiber.sende(anfang.into_bytes()).await?;
    loop {
        let (zurueck, stueck) = tokio::task::spawn_blocking(move || {
            let mut puffer = vec![0; STUECK];
            let gelesen = ziel.read(&mut puffer)?;
            puffer.truncate(gelesen);
            std::io::Result::Ok((ziel, puffer))
        })
        .await
        .map_err(Error::intern)??;
        ziel = zurueck;
        if stueck.is_empty() {
            return Ok(ende.into_bytes());
        }
        schreiber.sende(stueck).await?;
    }
}
