//! Columns as JSON Schema: what a feature carries (Part 5) and what can be filtered (Part 3).

use serde_json::{Map, Value, json};

use super::query::Codes;
use super::relation::{Geometrie, Spalte};
use super::sammlung::Sammlung;
use super::sortierung::sortierbare;
use super::wert::Klasse;

/// Conformance classes of this module.
pub const KONFORMITAET: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/advanced-property-roles",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    // QGIS up to today looks for the name Part 5 had before it became Common Part 3.
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
];

/// `/collections/{id}/schema`. QGIS takes aliases, order and geometry type from it.
#[must_use]
pub fn schema(sammlung: &Sammlung, codes: &Codes, adresse: &str) -> Value {
    let ebene = &sammlung.ebene;
    let mut eigenschaften = Map::new();
    let mut folge = 0;
    if let Some(g) = &ebene.relation.geometrie {
        folge += 1;
        let mut geometrie = geometrie(g);
        geometrie.insert("x-ogc-role".into(), json!("primary-geometry"));
        geometrie.insert("x-ogc-propertySeq".into(), json!(folge));
        eigenschaften.insert(geometrie_name(sammlung), Value::Object(geometrie));
    }
    for spalte in &ebene.spalten {
        folge += 1;
        let mut doc = mit_codes(spalte, codes);
        if let Some(rolle) = rolle(sammlung, spalte) {
            doc.insert("x-ogc-role".into(), json!(rolle));
        }
        doc.insert("x-ogc-propertySeq".into(), json!(folge));
        let setzbar = sammlung.bearbeiten.and_then(|art| art.feld(&spalte.name));
        doc.insert("readOnly".into(), json!(setzbar.is_none()));
        eigenschaften.insert(spalte.name.clone(), Value::Object(doc));
    }
    dokument(sammlung, adresse, &eigenschaften)
}

/// `/collections/{id}/queryables`: what filters may name. Each single value is a query
/// parameter too; the geometry is `bbox`.
#[must_use]
pub fn queryables(sammlung: &Sammlung, codes: &Codes, adresse: &str) -> Value {
    let mut eigenschaften = Map::new();
    if let Some(g) = &sammlung.ebene.relation.geometrie {
        let mut doc = geometrie(g);
        // QGIS knows the geometry by this reference, and only where no type stands beside it.
        let form = match g.dimension {
            Some(0) => "MultiPoint",
            Some(1) => "MultiLineString",
            Some(2) => "MultiPolygon",
            _ => "Geometry",
        };
        doc.insert(
            "$ref".into(),
            json!(format!("https://geojson.org/schema/{form}.json")),
        );
        doc.insert("x-ogc-role".into(), json!("primary-geometry"));
        eigenschaften.insert(geometrie_name(sammlung), Value::Object(doc));
    }
    let listen = sammlung
        .ebene
        .spalten
        .iter()
        .filter(|s| s.klasse == Klasse::Feld);
    for spalte in filterbare(sammlung).chain(listen) {
        let doc = mit_codes(spalte, codes);
        eigenschaften.insert(spalte.name.clone(), Value::Object(doc));
    }
    dokument(sammlung, adresse, &eigenschaften)
}

/// `/collections/{id}/sortables`
#[must_use]
pub fn sortables(sammlung: &Sammlung, codes: &Codes, adresse: &str) -> Value {
    let eigenschaften = sortierbare(&sammlung.ebene)
        .map(|spalte| (spalte.name.clone(), Value::Object(mit_codes(spalte, codes))))
        .collect();
    dokument(sammlung, adresse, &eigenschaften)
}

/// A column whose values come from a code table lists them, with their German titles.
fn mit_codes(spalte: &Spalte, codes: &Codes) -> Map<String, Value> {
    let mut doc = eigenschaft(spalte);
    let liste = codes.iter().find(|(name, _)| *name == spalte.name);
    if let Some((_, codes)) = liste {
        let werte: Vec<Value> = codes.iter().map(|(wert, _)| json!(wert)).collect();
        let benannt = codes
            .iter()
            .map(|(wert, titel)| json!({"const": wert, "title": titel}));
        doc.insert("enum".into(), Value::Array(werte));
        doc.insert("oneOf".into(), benannt.collect());
    }
    doc
}

/// Columns that are query parameters; a name the service itself uses is not.
pub fn filterbare(sammlung: &Sammlung) -> impl Iterator<Item = &Spalte> {
    let alle = sammlung.ebene.spalten.iter();
    alle.filter(|s| s.klasse.filterbar() && !super::auswahl::FESTE.contains(&s.name.as_str()))
}

/// One column: type, format, German title, description, unit.
#[must_use]
pub fn eigenschaft(spalte: &Spalte) -> Map<String, Value> {
    let mut doc = Map::new();
    doc.insert("title".into(), json!(spalte.titel));
    if let Some(text) = &spalte.beschreibung {
        doc.insert("description".into(), json!(text));
    }
    if let Value::Object(typ) = spalte.klasse.schema() {
        doc.extend(typ);
    }
    if let Some(einheit) = &spalte.einheit {
        doc.insert("x-unit".into(), json!(einheit));
    }
    doc
}

fn dokument(sammlung: &Sammlung, adresse: &str, eigenschaften: &Map<String, Value>) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": adresse,
        "type": "object",
        "title": sammlung.titel,
        "properties": eigenschaften,
        "additionalProperties": false,
    })
}

/// No `type` on a geometry, by Part 5.
fn geometrie(g: &Geometrie) -> Map<String, Value> {
    let format = match g.dimension {
        Some(0) => "geometry-multipoint",
        Some(1) => "geometry-multilinestring",
        Some(2) => "geometry-multipolygon",
        _ => "geometry-any",
    };
    let mut doc = Map::new();
    doc.insert("title".into(), json!("Geometrie"));
    doc.insert("format".into(), json!(format));
    doc
}

/// The column's name, unless a property has it too.
pub(in crate::layers) fn geometrie_name(sammlung: &Sammlung) -> String {
    let g = sammlung.ebene.relation.geometrie.as_ref();
    g.map_or_else(|| "geometry".to_owned(), |g| g.spalte.clone())
}

fn rolle(sammlung: &Sammlung, spalte: &Spalte) -> Option<&'static str> {
    let ebene = &sammlung.ebene;
    if spalte.name == ebene.schluessel.name {
        return Some("id");
    }
    let [von, bis] = ebene.zeit.as_ref()?;
    match (von.name == spalte.name, bis.name == spalte.name) {
        (true, true) => Some("primary-instant"),
        (true, false) => Some("primary-interval-start"),
        (false, true) => Some("primary-interval-end"),
        (false, false) => None,
    }
}
