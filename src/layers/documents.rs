//! The JSON documents around the features: landing page, collections.

use serde_json::{Map, Value, json};

use super::crs::Ziel;
use super::query::Ausdehnung;
use super::sammlung::Sammlung;
use crate::http::link::{Basis, Link, kodiere};
use crate::http::openapi::OPENAPI_JSON;

/// Media types.
pub const JSON: &str = "application/json";
/// Features.
pub const GEOJSON: &str = "application/geo+json";
/// JSON Schema.
pub const SCHEMA_JSON: &str = "application/schema+json";
/// XML that is no GML: schemas, the documents around the features.
pub const XML: &str = "application/xml";
/// Pages.
pub const HTML: &str = "text/html";
/// Relation of the schema of a collection.
pub const REL_SCHEMA: &str = "http://www.opengis.net/def/rel/ogc/1.0/schema";
/// Relation of its sortables.
pub const REL_SORTABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/sortables";
/// Relation of the functions a filter may call.
pub const REL_FUNCTIONS: &str = "http://www.opengis.net/def/rel/ogc/1.0/functions";
/// Relation of its queryables.
pub const REL_QUERYABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";

/// Relation of its vector tiles.
pub const REL_KACHELN: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";
/// Relation of the tile matrix sets.
pub const REL_KACHELUNGEN: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes";

/// Address of a collection.
#[must_use]
pub fn adresse(basis: &Basis, id: &str) -> String {
    basis.zu(&format!("/collections/{}", kodiere(id)))
}

/// `self` and `alternate` of a resource with a JSON and an HTML form.
#[must_use]
pub fn selbst(adresse: &str, json: &str, titel: &str) -> Vec<Link> {
    vec![
        Link::new("self", json, adresse, titel),
        Link::new(
            "alternate",
            HTML,
            format!("{adresse}?f=html"),
            format!("{titel} (Seite)"),
        ),
    ]
}

/// `/`. The first `data` link must be the JSON one: QGIS takes the first it can read.
#[must_use]
pub fn landing(basis: &Basis) -> Value {
    let mut links = selbst(&basis.zu("/"), JSON, "Diese Übersicht");
    links.extend([
        Link::new(
            "service-desc",
            OPENAPI_JSON,
            basis.zu("/api"),
            "Beschreibung der Schnittstelle (OpenAPI 3.0)",
        ),
        Link::new(
            "service-doc",
            HTML,
            basis.zu("/api?f=html"),
            "Beschreibung der Schnittstelle (Seite)",
        ),
        Link::new(
            "conformance",
            JSON,
            basis.zu("/conformance"),
            "Erfüllte OGC-Konformitätsklassen",
        ),
        Link::new(
            REL_FUNCTIONS,
            JSON,
            basis.zu("/functions"),
            "Funktionen für Filter",
        ),
        Link::new("data", JSON, basis.zu("/collections"), "Ebenen"),
        Link::new(
            "data",
            HTML,
            basis.zu("/collections?f=html"),
            "Ebenen (Seite)",
        ),
        Link::new(
            super::stil::routes::REL_STYLES,
            JSON,
            basis.zu("/styles"),
            "Darstellungen",
        ),
        Link::new(REL_KACHELN, JSON, basis.zu("/tiles"), "Kacheln"),
        Link::new(
            REL_KACHELUNGEN,
            JSON,
            basis.zu("/tileMatrixSets"),
            "Kachelungen",
        ),
        Link::new(
            "related",
            XML,
            basis.zu("/wfs?SERVICE=WFS&REQUEST=GetCapabilities"),
            "Dieselben Ebenen als WFS 2.0",
        ),
    ]);
    json!({
        "title": "Zielraum",
        "description": "Flächennutzungsplan, Ortsteile, Ziele und Maßnahmen einer Gemeinde als Ebenen.",
        "links": links,
    })
}

/// `/conformance`.
#[must_use]
pub fn conformance(basis: &Basis, klassen: &[&str]) -> Value {
    json!({
        "links": selbst(&basis.zu("/conformance"), JSON, "Konformitätsklassen"),
        "conformsTo": klassen,
    })
}

/// `/functions`.
#[must_use]
pub fn functions(basis: &Basis) -> Value {
    let links = selbst(&basis.zu("/functions"), JSON, "Funktionen für Filter");
    super::cql2::funktionen::dokument(&json!(links))
}

/// `/collections`.
#[must_use]
pub fn collections(basis: &Basis, sammlungen: &[(Sammlung, Ausdehnung)]) -> Value {
    let alle: Vec<Value> = sammlungen
        .iter()
        .map(|(sammlung, ausdehnung)| collection(basis, sammlung, ausdehnung))
        .collect();
    json!({
        "links": selbst(&basis.zu("/collections"), JSON, "Ebenen"),
        "crs": Ziel::ALLE.map(Ziel::uri),
        "collections": alle,
    })
}

/// `/collections/{id}`.
#[must_use]
pub fn collection(basis: &Basis, sammlung: &Sammlung, ausdehnung: &Ausdehnung) -> Value {
    let hier = adresse(basis, &sammlung.id);
    let titel = &sammlung.titel;
    let mut links = selbst(&hier, JSON, titel);
    links.extend([
        Link::new(
            "items",
            GEOJSON,
            format!("{hier}/items"),
            format!("{titel}: Objekte"),
        ),
        Link::new(
            "items",
            HTML,
            format!("{hier}/items?f=html"),
            format!("{titel}: Objekte (Seite)"),
        ),
        Link::new(
            "enclosure",
            GEOJSON,
            format!("{hier}/items.geojson"),
            format!("{titel}: alle Objekte in einem Dokument"),
        ),
        Link::new(REL_SCHEMA, SCHEMA_JSON, format!("{hier}/schema"), "Felder"),
        Link::new(
            "describedby",
            SCHEMA_JSON,
            format!("{hier}/schema"),
            "Felder",
        ),
        Link::new(
            "describedby",
            XML,
            format!("{hier}/schema.xsd"),
            "Felder (XML Schema von GML)",
        ),
        Link::new(
            REL_QUERYABLES,
            SCHEMA_JSON,
            format!("{hier}/queryables"),
            "Filterbare Felder",
        ),
        Link::new(
            REL_SORTABLES,
            SCHEMA_JSON,
            format!("{hier}/sortables"),
            "Sortierbare Felder",
        ),
    ]);
    links.extend(super::formate::verweise::links(&hier, sammlung));
    links.extend(super::stil::routes::links(basis, sammlung));
    if sammlung.ebene.relation.geometrie.is_some() {
        let kacheln = format!("{hier}/tiles");
        links.push(Link::new(
            REL_KACHELN,
            JSON,
            kacheln,
            format!("{titel}: Kacheln"),
        ));
    }
    let mut doc = Map::new();
    doc.insert("id".into(), json!(sammlung.id));
    doc.insert("title".into(), json!(titel));
    if let Some(text) = &sammlung.beschreibung {
        doc.insert("description".into(), json!(text));
    }
    doc.insert("itemType".into(), json!("feature"));
    // A saved question in a list is not answered; its layer would be counted.
    if sammlung.nur.is_some() || !sammlung.id.starts_with(crate::strategie::frage::EBENE) {
        doc.insert("itemCount".into(), json!(ausdehnung.anzahl));
    }
    if let Some(extent) = extent(ausdehnung) {
        doc.insert("extent".into(), extent);
    }
    if let Some(g) = &sammlung.ebene.relation.geometrie {
        doc.insert("crs".into(), json!(Ziel::ALLE.map(Ziel::uri)));
        let gespeichert = Ziel::zu_srid(g.srid).unwrap_or(Ziel::Crs84);
        doc.insert("storageCrs".into(), json!(gespeichert.uri()));
    }
    doc.insert("links".into(), json!(links));
    Value::Object(doc)
}

fn extent(ausdehnung: &Ausdehnung) -> Option<Value> {
    let mut extent = Map::new();
    if let Some(raum) = ausdehnung.raum {
        extent.insert(
            "spatial".into(),
            json!({"bbox": [raum.map(|grad| (grad * 1e7).round() / 1e7)], "crs": Ziel::Crs84.uri()}),
        );
    }
    if let Some(zeit) = &ausdehnung.zeit {
        extent.insert(
            "temporal".into(),
            json!({"interval": [zeit], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}),
        );
    }
    (!extent.is_empty()).then_some(Value::Object(extent))
}
