//! Items with `zoom-level`: the shapes that tiles of the zoom have, and neighbours as close as there.

use std::collections::HashMap;

use axum::Router;
use geo::{Area as _, unary_union};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use serde_json::Value;

use super::{Antwort, hole, stadt};

const ITEMS: &str = "/collections/fnp_flaechen/items?limit=10000";
const SYSTEME: [&str; 3] = [
    "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "http://www.opengis.net/def/crs/EPSG/0/3857",
    "http://www.opengis.net/def/crs/EPSG/0/25832",
];

fn flaeche(geometrie: &Value) -> MultiPolygon<f64> {
    assert_eq!(geometrie["type"], "MultiPolygon");
    let ring = |ring: &Value| -> LineString<f64> {
        let orte = ring.as_array().unwrap().iter();
        orte.map(|p| Coord {
            x: p[0].as_f64().unwrap(),
            y: p[1].as_f64().unwrap(),
        })
        .collect()
    };
    let teile = geometrie["coordinates"].as_array().unwrap().iter();
    teile
        .map(|teil| {
            let mut ringe = teil.as_array().unwrap().iter().map(ring);
            Polygon::new(ringe.next().unwrap(), ringe.collect())
        })
        .collect()
}

/// The positions as they are written.
fn kanten(geometrie: &Value) -> Vec<(String, String)> {
    let teile = geometrie["coordinates"].as_array().unwrap().iter();
    let ringe = teile.flat_map(|teil| teil.as_array().unwrap());
    ringe
        .flat_map(|ring| {
            let orte: Vec<String> = ring
                .as_array()
                .unwrap()
                .iter()
                .map(Value::to_string)
                .collect();
            assert_eq!(orte.first(), orte.last(), "a ring is closed");
            orte.windows(2)
                .map(|paar| (paar[0].clone(), paar[1].clone()))
                .collect::<Vec<_>>()
        })
        .collect()
}

async fn features(router: &Router, frage: &str) -> Vec<Value> {
    let doc = hole(router, &format!("{ITEMS}{frage}")).await.json();
    assert_eq!(doc["numberMatched"], doc["numberReturned"]);
    doc["features"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbours_share_their_border_in_every_system() {
    let (_db, router) = stadt().await;
    for crs in SYSTEME {
        let ganz = features(&router, &format!("&crs={crs}")).await;
        let mut vorher = usize::MAX;
        for zoom in [16, 13, 11] {
            let alle = features(&router, &format!("&crs={crs}&zoom-level={zoom}")).await;
            let ids = |alle: &[Value]| alle.iter().map(|f| f["id"].clone()).collect::<Vec<_>>();
            assert_eq!(
                ids(&alle),
                ids(&ganz),
                "the same features in the same order"
            );
            let was = format!("{crs} zoom {zoom}");
            let mut gesehen: HashMap<(String, String), usize> = HashMap::new();
            let mut polygone: Vec<Polygon<f64>> = Vec::new();
            let mut summe = 0.0;
            for (i, feature) in alle.iter().enumerate() {
                assert_eq!(feature["properties"], ganz[i]["properties"]);
                let geometrie = &feature["geometry"];
                if geometrie.is_null() {
                    assert!(zoom < 12, "{was}: {} has no shape", feature["id"]);
                    continue;
                }
                let flaeche = flaeche(geometrie);
                summe += flaeche.unsigned_area();
                polygone.extend(flaeche.0);
                for kante in kanten(geometrie) {
                    let schon = gesehen.insert(kante, i);
                    assert!(schon.is_none(), "{was}: an edge runs twice the same way");
                }
            }
            let gemeinsam = gesehen
                .iter()
                .filter(|((a, b), i)| {
                    let zurueck = gesehen.get(&(b.clone(), a.clone()));
                    zurueck.is_some_and(|j| j != *i)
                })
                .count();
            assert!(gemeinsam > 200, "{was}: {gemeinsam} edges in common");
            let verbund = unary_union(polygone.iter());
            let fehlt = 1.0 - verbund.unsigned_area() / summe;
            assert!(fehlt.abs() < 1e-6, "{was}: {fehlt} overlaps");
            // What opens between two neighbours is a narrow hole of all together.
            let pixel = summe / 1e7;
            let spalten = verbund
                .iter()
                .flat_map(Polygon::interiors)
                .map(|ring| Polygon::new(ring.clone(), Vec::new()).unsigned_area())
                .filter(|f| *f < pixel)
                .count();
            assert_eq!(spalten, 0, "{was}: gaps");
            assert!(gesehen.len() < vorher, "{was}: {} edges", gesehen.len());
            vorher = gesehen.len();
        }
    }
}

#[tokio::test]
async fn every_format_has_the_shapes_and_what_has_none_keeps_its_own() {
    let (_db, router) = stadt().await;
    // Points are as they were.
    let punkte = "/collections/massnahmen_punkte/items?limit=50";
    let inhalt = async |adresse: &str| hole(&router, adresse).await.json()["features"].clone();
    let nah = inhalt(punkte).await;
    assert!(!nah.as_array().unwrap().is_empty());
    assert_eq!(inhalt(&format!("{punkte}&zoom-level=8")).await, nah);
    // Without geometry there is nothing to make simpler.
    let ohne = inhalt(&format!("{ITEMS}&skipGeometry=true&zoom-level=3")).await;
    assert!(ohne[0]["geometry"].is_null() && ohne[0]["properties"].is_object());
    // The whole layer in one document, and the pages in other formats.
    let seite = features(&router, "&zoom-level=10").await;
    let ganz = inhalt("/collections/fnp_flaechen/items.geojson?zoom-level=10").await;
    assert_eq!(ganz.as_array().unwrap(), &seite);
    let groesse = async |frage: &str| -> usize {
        let Antwort { status, bytes, .. } = hole(&router, &format!("{ITEMS}{frage}")).await;
        assert_eq!(status, 200, "{frage}");
        bytes.len()
    };
    for format in ["fgb", "jsonfg"] {
        let (fern, nah) = (
            groesse(&format!("&f={format}&zoom-level=9")).await,
            groesse(&format!("&f={format}")).await,
        );
        assert!(fern < nah, "{format}: {fern} of {nah} bytes");
    }
}

#[tokio::test]
async fn a_wrong_zoom_is_told_in_german() {
    let (_db, router) = stadt().await;
    for falsch in ["25", "-1", "1.5", "nah", "256"] {
        let antwort = hole(&router, &format!("{ITEMS}&zoom-level={falsch}")).await;
        assert_eq!(antwort.status, 400, "{falsch}");
        let doc: Value = serde_json::from_slice(&antwort.bytes).unwrap();
        assert_eq!(doc["parameter"], "zoom-level");
        let detail = doc["detail"].as_str().unwrap();
        assert!(
            detail.contains("Zoomstufe") && detail.contains("24"),
            "{detail}"
        );
    }
    for richtig in ["0", "24"] {
        let antwort = hole(&router, &format!("{ITEMS}&zoom-level={richtig}")).await;
        assert_eq!(antwort.status, 200, "{richtig}");
    }
    let api = hole(&router, "/api").await.json();
    let parameter = &api["components"]["parameters"]["zoom-level"];
    assert_eq!(parameter["schema"]["maximum"], 24);
    let items = &api["paths"]["/collections/fnp_flaechen/items"]["get"]["parameters"];
    assert!(
        items
            .to_string()
            .contains("#/components/parameters/zoom-level")
    );
}
