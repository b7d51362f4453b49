//! `TileJSON` 3.0: what a map needs to draw the tiles.

use serde_json::{Map, Value, json};

use super::lager::Stand;
use super::matrix::ZOOM_FEIN;
use crate::http::link::{Basis, kodiere};
use crate::layers::query::Ausdehnung;

/// Address of the document of these layers.
pub(super) fn adresse(basis: &Basis, ids: &[&str]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| kodiere(id)).collect();
    basis.zu(&format!("/kacheln/{}", ids.join(",")))
}

/// Envelope of all: west, south, east, north in degrees.
pub(super) fn raum(staende: &[(Stand, Ausdehnung)]) -> Option<[f64; 4]> {
    let alle = staende.iter().filter_map(|(_, ausdehnung)| ausdehnung.raum);
    alle.reduce(|a, b| {
        [
            a[0].min(b[0]),
            a[1].min(b[1]),
            a[2].max(b[2]),
            a[3].max(b[3]),
        ]
    })
}

/// The document; `frage` is kept in the addresses of the tiles.
pub(super) fn dokument(
    basis: &Basis,
    staende: &[(Stand, Ausdehnung)],
    frage: &str,
    stand: Option<&str>,
) -> Value {
    let ids: Vec<&str> = staende
        .iter()
        .map(|(stand, _)| stand.sammlung.id.as_str())
        .collect();
    let titel: Vec<&str> = staende
        .iter()
        .map(|(stand, _)| stand.sammlung.titel.as_str())
        .collect();
    let ebenen: Vec<Value> = staende.iter().map(|(stand, _)| {
        let sammlung = &stand.sammlung;
        let felder: Map<String, Value> = sammlung.ebene.spalten.iter().map(|s| (s.name.clone(), json!(s.titel))).collect();
        json!({"id": sammlung.id, "description": sammlung.titel, "minzoom": 0, "maxzoom": ZOOM_FEIN, "fields": felder})
    }).collect();
    let frage = if frage.is_empty() {
        String::new()
    } else {
        format!("?{frage}")
    };
    let mut doc = json!({
        "tilejson": "3.0.0",
        "name": titel.join(", "),
        "scheme": "xyz",
        "tiles": [format!("{}/{{z}}/{{x}}/{{y}}.mvt{frage}", adresse(basis, &ids))],
        "minzoom": 0,
        "maxzoom": ZOOM_FEIN,
        "vector_layers": ebenen,
    });
    if let Some(stand) = stand {
        doc["attribution"] = json!(format!("Zielraum, Stand {stand}"));
    }
    if let Some([w, s, o, n]) = raum(staende) {
        doc["bounds"] = json!([w, s, o, n]);
        doc["center"] = json!([w.midpoint(o), s.midpoint(n), 12]);
    }
    doc
}
