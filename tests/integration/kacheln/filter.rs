//! A filter on tiles lets through what it lets through of the items, whether it is decided in
//! memory or by PostGIS, and whatever the tile is cut from.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::Router;
use serde_json::Value;
use zielraum::tiles::matrix::grenzen;

use super::grenzen::dienst;
use super::lesen::{Wert, lies};
use super::{hole, stadt};

/// Decided by the values of the layer, with what is unknown on either side.
const IM_GEDAECHTNIS: [&str; 10] = [
    "nutzung = 'W'",
    "'W' = nutzung",
    "nutzung <> 'W'",
    "nutzung IN ('W','M','verkehr_strasse')",
    "NOT (nutzung = 'W' OR nutzung = 'wald')",
    "name IS NULL",
    "name IS NOT NULL AND nutzung <> 'W'",
    "NOT (name = 'gibt es nicht')",
    "gueltig AND NOT (fassung = 999)",
    "nutzung = 'kein Schlüssel'",
];
/// PostGIS is asked.
const GEFRAGT: [&str; 4] = [
    "flaeche_m2 > 20000",
    "nutzung LIKE 'v%'",
    "CASEI(nutzung) = CASEI('w') OR name IS NULL",
    "nutzung = 'W' AND flaeche_m2 < 50000",
];

fn kodiert(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The same rows by the items.
async fn objekte(router: &Router, filter: &str) -> BTreeSet<String> {
    let frage = format!(
        "/collections/fnp_flaechen/items?limit=10000&properties=kennung&skipGeometry=true&filter={}",
        kodiert(filter)
    );
    let doc = hole(router, &frage).await.json();
    let ids = doc["features"].as_array().unwrap().iter();
    ids.map(|f| f["id"].as_str().unwrap().to_owned()).collect()
}

async fn in_kachel(router: &Router, adresse: &str) -> BTreeSet<String> {
    let antwort = hole(router, adresse).await;
    assert_eq!(
        antwort.status,
        200,
        "{adresse}: {}",
        String::from_utf8_lossy(&antwort.bytes)
    );
    let ebenen = lies(&antwort.bytes);
    let objekte = ebenen.iter().flat_map(|ebene| &ebene.objekte);
    objekte
        .map(|objekt| match &objekt.werte["kennung"] {
            Wert::Text(text) => text.clone(),
            wert => panic!("{wert:?}"),
        })
        .collect()
}

async fn pruefe(router: &Router, zooms: &[u8]) {
    let doc = hole(router, "/kacheln/fnp_flaechen").await.json();
    let raum: Vec<f64> = serde_json::from_value(doc["bounds"].clone()).unwrap();
    let raum: [f64; 4] = raum.try_into().unwrap();
    for zoom in zooms {
        let [x0, x1, y0, y1] = grenzen(*zoom, raum);
        let ort = format!(
            "/kacheln/fnp_flaechen/{zoom}/{}/{}.mvt",
            x0.midpoint(x1),
            y0.midpoint(y1)
        );
        let alle = in_kachel(router, &ort).await;
        assert!(!alle.is_empty(), "{ort}");
        for filter in IM_GEDAECHTNIS.iter().chain(&GEFRAGT) {
            let soll = objekte(router, filter).await;
            let soll: BTreeSet<String> = alle.intersection(&soll).cloned().collect();
            // Twice: the second time from what is kept, for another tile of the same name.
            for felder in ["", "&properties=kennung"] {
                let adresse = format!("{ort}?filter={}{felder}", kodiert(filter));
                assert_eq!(in_kachel(router, &adresse).await, soll, "{zoom}: {filter}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_on_tiles_is_that_of_the_items() {
    let (db, router) = stadt().await;
    pruefe(&router, &[8, 13, 16]).await;
    // Too large to be held: the rows around the tile, and the filter asked there alone.
    let eng = dienst(&db, 500, Duration::from_mins(5)).await;
    pruefe(&eng, &[13, 16]).await;
    // A division by zero is the caller's to change.
    for router in [&router, &eng] {
        let falsch = format!(
            "/kacheln/fnp_flaechen/13/4344/2836.mvt?filter={}",
            kodiert("1 / (flaeche_m2 - flaeche_m2) > 1")
        );
        let antwort = hole(router, &falsch).await;
        assert!(matches!(antwort.status, 200 | 400), "{}", antwort.status);
        if antwort.status == 400 {
            let doc: Value = serde_json::from_slice(&antwort.bytes).unwrap();
            assert!(doc["detail"].as_str().unwrap().contains("ausrechnen"));
        }
    }
}
