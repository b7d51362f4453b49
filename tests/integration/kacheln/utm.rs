//! The grid of the surveying authorities in EPSG:25832, beside what PostGIS makes of the same tiles.

use std::collections::BTreeMap;

use geo::Area as _;
use zielraum::tiles::matrix::Satz;

use super::flaechen::{polygone, pruefe_kachel};
use super::lesen::{Ebene, Wert, lies};
use super::{hole, stadt};
use crate::support::admin;

/// What `ST_AsMVT` writes for a tile of this grid.
const POSTGIS: &str = "SELECT ST_AsMVT(t, 'fnp_flaechen', 4096, 'g') FROM (
    SELECT kennung, ST_AsMVTGeom(geom, e, 4096, 64, true) AS g
    FROM oeffentlich.flaeche_aktuell,
      ST_TileEnvelope($1, $2, $3, ST_MakeEnvelope(-46133.17, 5048875.268575673, 1206211.101424327, 6301219.54, 25832)) e
    WHERE fassung_id IN (SELECT fassung_id FROM oeffentlich.fassung_in_kraft)
      AND geom && ST_Expand(e, (ST_XMax(e) - ST_XMin(e)) / 64)
  ) t WHERE g IS NOT NULL";

/// Area in cells, by kennung.
fn flaechen(ebene: &Ebene) -> BTreeMap<String, f64> {
    let mut alle = BTreeMap::new();
    for objekt in &ebene.objekte {
        let Wert::Text(kennung) = &objekt.werte["kennung"] else {
            panic!("no kennung")
        };
        alle.insert(kennung.clone(), polygone(objekt).unsigned_area());
    }
    alle
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tiles_in_utm32_are_where_postgis_has_them() {
    let (db, router) = stadt().await;
    let admin = admin(&db).await;
    let doc = hole(&router, "/kacheln/fnp_flaechen").await.json();
    let raum: Vec<f64> = serde_json::from_value(doc["bounds"].clone()).unwrap();
    let raum: [f64; 4] = raum.try_into().unwrap();
    let mut verglichen = 0;
    for zoom in [7_u8, 9, 11, 13] {
        let [x0, x1, y0, y1] = Satz::Utm32.grenzen(zoom, raum);
        let (x, y) = (x0.midpoint(x1), y0.midpoint(y1));
        let was = format!("AdV {zoom}/{x}/{y}");
        let adresse = format!("/collections/fnp_flaechen/tiles/AdV_25832/{zoom}/{y}/{x}");
        let kachel = hole(&router, &adresse).await;
        assert_eq!(kachel.status, 200, "{was}");
        assert_ne!(kachel.kopf("etag"), "", "{was}");
        let ebenen = lies(&kachel.bytes);
        let bytes: Vec<u8> = sqlx::query_scalar(POSTGIS)
            .bind(i32::from(zoom))
            .bind(x.cast_signed())
            .bind(y.cast_signed())
            .fetch_one(&admin)
            .await
            .unwrap();
        let soll = lies(&bytes);
        let (ebene, soll) = (&ebenen[0], &soll[0]);
        pruefe_kachel(ebene, &was);
        let (unsere, ihre) = (flaechen(ebene), flaechen(soll));
        assert_eq!(soll.ausdehnung, 4096);
        // Closer than the finest shapes ours count in fewer, larger cells.
        let mal = (4096.0 / ebene.ausdehnung as f64).powi(2);
        let (a, b): (f64, f64) = (unsere.values().sum(), ihre.values().sum());
        assert!((a * mal / b - 1.0).abs() < 0.002, "{was}: {a} {b}");
        for (kennung, soll) in ihre.iter().filter(|(_, f)| **f > 4000.0) {
            let ist = unsere.get(kennung).copied().unwrap_or_default() * mal;
            assert!(
                (ist / soll - 1.0).abs() < 0.05,
                "{was} {kennung}: {ist} {soll}"
            );
            verglichen += 1;
        }
    }
    assert!(verglichen > 30, "{verglichen}");
}

#[tokio::test]
async fn the_set_is_declared_everywhere() {
    let (_db, router) = stadt().await;
    let liste = hole(&router, "/tileMatrixSets").await.json();
    let ids: Vec<&str> = liste["tileMatrixSets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["WebMercatorQuad", "AdV_25832"]);
    let satz = hole(&router, "/tileMatrixSets/AdV_25832").await.json();
    assert_eq!(satz["crs"], "http://www.opengis.net/def/crs/EPSG/0/25832");
    assert_eq!(satz["tileMatrices"][0]["pointOfOrigin"][1], 6_301_219.54);
    let saetze = hole(&router, "/collections/ortsteile/tiles").await.json();
    let zweiter = &saetze["tilesets"][1];
    assert_eq!(zweiter["crs"], satz["crs"]);
    let adresse = zweiter["links"][0]["href"].as_str().unwrap();
    let doc = hole(&router, &adresse.replace("http://zr.test", ""))
        .await
        .json();
    // A tile of the limits is there and holds the layer.
    let grenzen = &doc["tileMatrixSetLimits"][8];
    let muster = doc["links"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["rel"] == "item")
        .unwrap();
    let kachel = muster["href"]
        .as_str()
        .unwrap()
        .replace("http://zr.test", "")
        .replace("{tileMatrix}", "8")
        .replace("{tileRow}", &grenzen["minTileRow"].to_string())
        .replace("{tileCol}", &grenzen["maxTileCol"].to_string());
    assert_eq!(hole(&router, &kachel).await.status, 200);
    // Several layers in one tile.
    let (x, y) = (&grenzen["minTileCol"], &grenzen["minTileRow"]);
    let viele = hole(
        &router,
        &format!(
            "/tiles/AdV_25832/5/{}/{}?collections=ortsteile,fnp_flaechen",
            y.as_u64().unwrap() >> 3,
            x.as_u64().unwrap() >> 3
        ),
    )
    .await;
    let namen: Vec<String> = lies(&viele.bytes).into_iter().map(|e| e.name).collect();
    assert_eq!(namen, ["ortsteile", "fnp_flaechen"]);
    let zu_nah = hole(&router, "/collections/ortsteile/tiles/AdV_25832/18/0/0").await;
    assert_eq!(zu_nah.status, 404);
}
