//! Documents of OGC API – Tiles: lists of tile sets, and one tile set.

use serde_json::{Value, json};

use super::lager::Stand;
use super::matrix::Satz;
use super::tilejson;
use crate::http::link::{Basis, Link, kodiere};
use crate::layers::documents::JSON;
use crate::layers::query::Ausdehnung;

/// Media type of a tile.
pub(super) const MVT: &str = "application/vnd.mapbox-vector-tile";
const SCHEMA: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";

/// Where the tile sets of one collection, or of all, are.
fn ort(basis: &Basis, sammlung: Option<&str>) -> String {
    match sammlung {
        Some(id) => basis.zu(&format!("/collections/{}/tiles", kodiere(id))),
        None => basis.zu("/tiles"),
    }
}

/// `/tileMatrixSets`
pub(super) fn matrizen(basis: &Basis) -> Value {
    let saetze = Satz::ALLE.map(|satz| {
        let hier = basis.zu(&format!("/tileMatrixSets/{}", satz.name()));
        let mut doc = json!({
            "id": satz.name(), "title": satz.titel(), "crs": satz.crs(),
            "links": [Link::new("self", JSON, hier, satz.name())],
        });
        if let Some(uri) = satz.uri() {
            doc["uri"] = json!(uri);
        }
        doc
    });
    json!({ "tileMatrixSets": saetze })
}

/// `…/tiles`
pub(super) fn liste(basis: &Basis, sammlung: Option<&str>, titel: &str) -> Value {
    let hier = ort(basis, sammlung);
    let saetze = Satz::ALLE.map(|satz| {
        let dort = format!("{hier}/{}", satz.name());
        let mut doc = json!({
            "title": titel, "crs": satz.crs(), "dataType": "vector",
            "links": [Link::new("self", JSON, dort, titel), schema(basis, satz)],
        });
        if let Some(uri) = satz.uri() {
            doc["tileMatrixSetURI"] = json!(uri);
        }
        doc
    });
    json!({
        "links": [Link::new("self", JSON, &hier, titel)],
        "tilesets": saetze,
    })
}

fn schema(basis: &Basis, satz: Satz) -> Link {
    let name = satz.name();
    let dort = basis.zu(&format!("/tileMatrixSets/{name}"));
    Link::new(SCHEMA, JSON, dort, name)
}

/// `…/tiles/` and the set; `auswahl` is the query that chooses the layers, if it is one.
pub(super) fn satz(
    (basis, satz): (&Basis, Satz),
    sammlung: Option<&str>,
    titel: &str,
    staende: &[(Stand, Ausdehnung)],
    auswahl: &str,
) -> Value {
    let hier = format!("{}/{}", ort(basis, sammlung), satz.name());
    let frage = if auswahl.is_empty() {
        String::new()
    } else {
        format!("?{auswahl}")
    };
    let ids: Vec<&str> = staende
        .iter()
        .map(|(stand, _)| stand.sammlung.id.as_str())
        .collect();
    let ebenen: Vec<Value> = staende
        .iter()
        .map(|(stand, _)| ebene(basis, stand))
        .collect();
    let mut doc = json!({
        "title": titel,
        "crs": satz.crs(),
        "dataType": "vector",
        "layers": ebenen,
        "links": [
            Link::new("self", JSON, format!("{hier}{frage}"), titel),
            schema(basis, satz),
            {"rel": "item", "type": MVT, "templated": true, "title": "Kacheln", "href": format!("{hier}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}{frage}")},
        ],
    });
    if let Some(uri) = satz.uri() {
        doc["tileMatrixSetURI"] = json!(uri);
    }
    // TileJSON names its layers in the address, and knows one set.
    let beschrieben = satz == Satz::WebMercator && !ids.is_empty();
    if let Some(links) = doc["links"].as_array_mut().filter(|_| beschrieben) {
        let link = Link::new(
            "describedby",
            JSON,
            tilejson::adresse(basis, &ids),
            "TileJSON",
        );
        links.push(json!(link));
    }
    if let Some(raum) = tilejson::raum(staende) {
        let [w, s, o, n] = raum;
        doc["boundingBox"] = json!({
            "lowerLeft": [w, s], "upperRight": [o, n], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        });
        doc["tileMatrixSetLimits"] = (0..=satz.fein_ab())
            .map(|zoom| {
                let [x0, x1, y0, y1] = satz.grenzen(zoom, raum);
                json!({"tileMatrix": zoom.to_string(), "minTileRow": y0, "maxTileRow": y1, "minTileCol": x0, "maxTileCol": x1})
            })
            .collect();
    }
    doc
}

fn ebene(basis: &Basis, stand: &Stand) -> Value {
    let sammlung = &stand.sammlung;
    let felder: serde_json::Map<String, Value> = sammlung
        .ebene
        .spalten
        .iter()
        .map(|spalte| {
            let mut feld = spalte.klasse.schema();
            feld["title"] = json!(spalte.titel);
            (spalte.name.clone(), feld)
        })
        .collect();
    let mut doc = json!({
        "id": sammlung.id,
        "title": sammlung.titel,
        "dataType": "vector",
        "propertiesSchema": {"type": "object", "properties": felder},
        "links": [Link::new("geodata", JSON, basis.zu(&format!("/collections/{}", kodiere(&sammlung.id))), &sammlung.titel)],
    });
    if let Some(dimension) = sammlung
        .ebene
        .relation
        .geometrie
        .as_ref()
        .and_then(|g| g.dimension)
    {
        doc["geometryDimension"] = json!(dimension);
    }
    doc
}
