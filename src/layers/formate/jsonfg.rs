//! JSON-FG 1.0 (OGC 21-045r1): GeoJSON that names its system and its time. In CRS84 the shape
//! stands as `geometry`, in any other system as `place`, in the axis order of the definition.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde_json::json;

use super::csv::stellen;
use super::form::{Folge, Form, kurz};
use super::satz::{Aufbau, Satz, Wert};
use super::{Auftrag, Saetze};
use crate::error::Result;
use crate::layers::crs::Ziel;
use crate::layers::wert::{Klasse, zeichenkette};

/// Conformance classes of the documents.
const KLASSEN: [&str; 2] = [
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/core",
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas",
];

/// Writes the document.
pub fn schreibe(auftrag: &Auftrag, ziel: &Path, saetze: &mut Saetze<'_>) -> Result<()> {
    let mut out = BufWriter::new(File::create(ziel)?);
    let aufbau = &auftrag.aufbau;
    let mut kopf = json!({
        "type": "FeatureCollection",
        "conformsTo": KLASSEN,
        "title": auftrag.titel,
        "featureType": auftrag.id,
        "featureSchema": format!("{}/schema", auftrag.hier),
    });
    if aufbau.art.is_some() {
        kopf["coordRefSys"] = json!(system(aufbau.system));
    }
    if let Some(seite) = &auftrag.seite {
        if let Some(gesamt) = seite.gesamt {
            kopf["numberMatched"] = json!(gesamt);
        }
        kopf["numberReturned"] = json!(seite.anzahl);
        kopf["timeStamp"] = json!(crate::layers::datetime::jetzt());
        kopf["links"] = json!(seite.links);
    }
    let mut kopf = kopf.to_string();
    kopf.pop();
    write!(out, "{kopf},\"features\":[")?;
    let mut text = Vec::new();
    for (nr, satz) in saetze.enumerate() {
        text.clear();
        if nr > 0 {
            text.push(b',');
        }
        objekt(&mut text, aufbau, &satz?);
        out.write_all(&text)?;
    }
    out.write_all(b"]}")?;
    Ok(out.flush()?)
}

/// JSON-FG names CRS84 without the version the other parts write.
fn system(system: Ziel) -> &'static str {
    match system {
        Ziel::Crs84 => "http://www.opengis.net/def/crs/OGC/0/CRS84",
        andere => andere.uri(),
    }
}

fn objekt(out: &mut Vec<u8>, aufbau: &Aufbau, satz: &Satz) {
    out.extend_from_slice(br#"{"type":"Feature","id":"#);
    wert(
        out,
        aufbau.felder[aufbau.schluessel].klasse,
        &satz.werte[aufbau.schluessel],
    );
    out.extend_from_slice(br#","time":"#);
    zeit(out, aufbau, satz);
    let (name, anderer) = match aufbau.system {
        Ziel::Crs84 => ("geometry", "place"),
        _ => ("place", "geometry"),
    };
    out.extend_from_slice(format!(",\"{anderer}\":null,\"{name}\":").as_bytes());
    match &satz.form {
        Some(form) => geometrie(
            out,
            form,
            stellen(aufbau.system.lage()),
            aufbau.system.norden_zuerst(),
        ),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","properties":{"#);
    for (nr, (feld, inhalt)) in aufbau.felder.iter().zip(&satz.werte).enumerate() {
        if nr > 0 {
            out.push(b',');
        }
        zeichenkette(out, &feld.name);
        out.push(b':');
        wert(out, feld.klasse, inhalt);
    }
    out.extend_from_slice(b"}}");
}

fn wert(out: &mut Vec<u8>, klasse: Klasse, wert: &Wert) {
    match wert {
        Wert::Leer => out.extend_from_slice(b"null"),
        Wert::Ganz(zahl) => out.extend_from_slice(zahl.to_string().as_bytes()),
        Wert::Wahr(wahr) => out.extend_from_slice(wahr.to_string().as_bytes()),
        // A fraction keeps its point: clients fix types by the first objects.
        Wert::Bruch(zahl) => out.extend_from_slice(format!("{zahl:?}").as_bytes()),
        Wert::Dezimal(text) if text.contains(['.', 'e', 'E']) => {
            out.extend_from_slice(text.as_bytes());
        }
        Wert::Dezimal(text) => out.extend_from_slice(format!("{text}.0").as_bytes()),
        Wert::Json(text) if klasse != Klasse::Text => out.extend_from_slice(text.as_bytes()),
        andere => zeichenkette(out, &andere.roh().unwrap_or_default()),
    }
}

/// First and last moment of the object; a missing end is open.
fn zeit(out: &mut Vec<u8>, aufbau: &Aufbau, satz: &Satz) {
    let Some([von, bis]) = aufbau.zeit else {
        out.extend_from_slice(b"null");
        return;
    };
    let text = |nr: usize| satz.werte[nr].roh();
    let tag = |nr: usize| matches!(satz.werte[nr], Wert::Tag(_));
    let doc = match (von == bis, text(von)) {
        (true, None) => json!(null),
        (true, Some(moment)) if tag(von) => json!({ "date": moment }),
        (true, Some(moment)) => json!({ "timestamp": moment }),
        (false, anfang) => {
            let offen = || "..".to_owned();
            json!({ "interval": [anfang.unwrap_or_else(offen), text(bis).unwrap_or_else(offen)] })
        }
    };
    out.extend_from_slice(doc.to_string().as_bytes());
}

fn geometrie(out: &mut Vec<u8>, form: &Form, stellen: usize, norden_zuerst: bool) {
    let position = |out: &mut Vec<u8>, [x, y]: &[f64; 2]| {
        let (a, b) = if norden_zuerst { (y, x) } else { (x, y) };
        out.extend_from_slice(format!("[{},{}]", kurz(*a, stellen), kurz(*b, stellen)).as_bytes());
    };
    let folge = |out: &mut Vec<u8>, folge: &Folge| liste(out, folge, position);
    let ringe = |out: &mut Vec<u8>, ringe: &Vec<Folge>| {
        let gedreht: Vec<Folge> = ringe
            .iter()
            .enumerate()
            .map(|(nr, ring)| {
                // Outer rings turn counter-clockwise, holes clockwise (RFC 7946, 3.1.6).
                let mut ring = ring.clone();
                if (flaeche(&ring) > 0.0) != (nr == 0) {
                    ring.reverse();
                }
                ring
            })
            .collect();
        liste(out, &gedreht, folge);
    };
    let kopf = match form {
        Form::Punkte(_) => r#"{"type":"MultiPoint","coordinates":"#,
        Form::Linien(_) => r#"{"type":"MultiLineString","coordinates":"#,
        Form::Flaechen(_) => r#"{"type":"MultiPolygon","coordinates":"#,
        Form::Sammlung(_) => r#"{"type":"GeometryCollection","geometries":"#,
    };
    out.extend_from_slice(kopf.as_bytes());
    match form {
        Form::Punkte(punkte) => liste(out, punkte, position),
        Form::Linien(linien) => liste(out, linien, folge),
        Form::Flaechen(flaechen) => liste(out, flaechen, ringe),
        Form::Sammlung(formen) => liste(out, formen, |out, form| {
            geometrie(out, form, stellen, norden_zuerst);
        }),
    }
    out.push(b'}');
}

/// Twice the signed area; positive is counter-clockwise.
fn flaeche(ring: &Folge) -> f64 {
    let Some([x0, y0]) = ring.first() else {
        return 0.0;
    };
    ring.windows(2)
        .map(|paar| {
            let ([xa, ya], [xb, yb]) = (paar[0], paar[1]);
            (xa - x0) * (yb - y0) - (xb - x0) * (ya - y0)
        })
        .sum()
}

fn liste<T>(out: &mut Vec<u8>, teile: &[T], mut schreibe: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (nr, teil) in teile.iter().enumerate() {
        if nr > 0 {
            out.push(b',');
        }
        schreibe(out, teil);
    }
    out.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_turn_and_axes_swap() {
        let ring = vec![[10.0, 50.0], [10.0, 51.0], [11.0, 51.0], [10.0, 50.0]];
        let form = Form::Sammlung(vec![
            Form::Flaechen(vec![vec![ring]]),
            Form::Punkte(vec![[1.5, 2.0]]),
        ]);
        let text = |norden_zuerst| {
            let mut out = Vec::new();
            geometrie(&mut out, &form, 7, norden_zuerst);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            text(false),
            r#"{"type":"GeometryCollection","geometries":[{"type":"MultiPolygon","coordinates":[[[[10,50],[11,51],[10,51],[10,50]]]]},{"type":"MultiPoint","coordinates":[[1.5,2]]}]}"#
        );
        assert!(text(true).contains("[50,10],[51,11]"));
    }
}
