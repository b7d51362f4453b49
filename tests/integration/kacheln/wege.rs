//! Addresses, documents, tags, limits.

use std::collections::BTreeSet;

use super::lesen::{Wert, lies};
use super::{hole, hole_mit, stadt};

const MVT: &str = "application/vnd.mapbox-vector-tile";

#[tokio::test]
async fn one_tile_has_three_addresses() {
    let (_db, router) = stadt().await;
    let doc = hole(&router, "/kacheln/fnp_flaechen,ortsteile")
        .await
        .json();
    assert_eq!(doc["tilejson"], "3.0.0");
    assert_eq!(
        doc["tiles"][0],
        "http://zr.test/kacheln/fnp_flaechen,ortsteile/{z}/{x}/{y}.mvt"
    );
    assert_eq!(doc["vector_layers"][0]["id"], "fnp_flaechen");
    assert_eq!(doc["vector_layers"][1]["fields"]["name"], "Name");
    assert!(
        doc["attribution"]
            .as_str()
            .unwrap()
            .starts_with("Zielraum, Stand ")
    );
    let bounds: Vec<f64> = doc["bounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|z| z.as_f64().unwrap())
        .collect();
    let [x, _, y, _] = zielraum::tiles::matrix::grenzen(
        13,
        [
            bounds[0].midpoint(bounds[2]),
            bounds[1].midpoint(bounds[3]),
            bounds[2],
            bounds[3],
        ],
    );
    let xyz = hole(
        &router,
        &format!("/kacheln/fnp_flaechen,ortsteile/13/{x}/{y}.mvt"),
    )
    .await;
    assert_eq!((xyz.status, xyz.kopf("content-type")), (200, MVT));
    let satz = hole(
        &router,
        &format!("/tiles/WebMercatorQuad/13/{y}/{x}?collections=fnp_flaechen,ortsteile"),
    )
    .await;
    assert_eq!(satz.bytes, xyz.bytes);
    let namen: Vec<String> = lies(&xyz.bytes).into_iter().map(|e| e.name).collect();
    assert_eq!(namen, ["fnp_flaechen", "ortsteile"]);
    let eine = hole(
        &router,
        &format!("/collections/ortsteile/tiles/WebMercatorQuad/13/{y}/{x}"),
    )
    .await;
    assert_eq!(lies(&eine.bytes)[0].name, "ortsteile");

    // Tags: strong, known again, told apart from the packed form.
    let marke = xyz.kopf("etag").to_owned();
    assert!(marke.starts_with('"') && xyz.kopf("vary").contains("Accept-Encoding"));
    let adresse = format!("/kacheln/fnp_flaechen,ortsteile/13/{x}/{y}.mvt");
    let wieder = hole_mit(&router, &adresse, &[("if-none-match", &marke)]).await;
    assert_eq!(
        (wieder.status, wieder.bytes.len(), wieder.kopf("etag")),
        (304, 0, marke.as_str())
    );
    let gepackt = hole_mit(&router, &adresse, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(gepackt.kopf("content-encoding"), "gzip");
    assert_ne!(gepackt.kopf("etag"), marke);
    assert_eq!(gepackt.bytes, xyz.bytes);
    let ohne = hole_mit(&router, &adresse, &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(ohne.kopf("content-encoding"), "");

    // Fewer columns far away and on request.
    let felder = |bytes: &[u8]| -> BTreeSet<String> {
        lies(bytes)[0]
            .objekte
            .iter()
            .flat_map(|o| o.werte.keys().cloned())
            .collect()
    };
    let weit = hole(
        &router,
        &format!("/kacheln/fnp_flaechen/11/{}/{}.mvt", x >> 2, y >> 2),
    )
    .await;
    let wenige = BTreeSet::from(["kennung", "name", "nutzung"].map(str::to_owned));
    let da = felder(&weit.bytes);
    assert!(
        da.is_subset(&wenige) && da.contains("kennung") && da.contains("nutzung"),
        "{da:?}"
    );
    let eines = hole(
        &router,
        &format!("/kacheln/fnp_flaechen/13/{x}/{y}.mvt?properties=nutzung"),
    )
    .await;
    assert_eq!(felder(&eines.bytes), BTreeSet::from(["nutzung".to_owned()]));
    assert!(matches!(
        lies(&eines.bytes)[0].objekte[0].werte["nutzung"],
        Wert::Text(_)
    ));
}

#[tokio::test]
async fn a_change_gives_another_tag_and_other_bytes() {
    let (db, router) = stadt().await;
    let adresse = "/kacheln/ortsteile/8/136/88.mvt";
    let alle = hole(&router, "/kacheln/ortsteile").await.json();
    let b: Vec<f64> = alle["bounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|z| z.as_f64().unwrap())
        .collect();
    let [x, _, y, _] = zielraum::tiles::matrix::grenzen(
        12,
        [b[0].midpoint(b[2]), b[1].midpoint(b[3]), b[2], b[3]],
    );
    assert_eq!(hole(&router, adresse).await.status, 200);
    let adresse = format!("/kacheln/ortsteile/12/{x}/{y}.mvt");
    let vorher = hole(&router, &adresse).await;
    let mut tx = db.write.begin().await.unwrap();
    sqlx::query("SELECT audit.beginne('test', 'umbenannt')")
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("UPDATE gemeinde.ortsteil SET name = name || ' neu'")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    // The state of the data is taken for known for a quarter of a second.
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    let nachher = hole(&router, &adresse).await;
    assert_ne!(vorher.kopf("etag"), nachher.kopf("etag"));
    assert!(
        lies(&nachher.bytes)[0]
            .objekte
            .iter()
            .all(|o| matches!(&o.werte["name"], Wert::Text(name) if name.ends_with(" neu")))
    );
}

#[tokio::test]
async fn documents_of_the_standard() {
    let (_db, router) = stadt().await;
    let klassen = hole(&router, "/conformance?f=json")
        .await
        .json()
        .to_string();
    assert!(klassen.contains("ogcapi-tiles-1/1.0/conf/collections-selection"));
    // QGIS takes the first link `data` for the collections: tiles come after it.
    let start = hole(&router, "/?f=json").await.json();
    let rel: Vec<&str> = start["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["rel"].as_str().unwrap())
        .collect();
    let stelle = |name: &str| rel.iter().position(|r| *r == name).unwrap();
    assert!(stelle("data") < stelle("http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"));
    let ebene = hole(&router, "/collections/ortsteile?f=json").await.json();
    assert!(
        ebene["links"]
            .to_string()
            .contains("http://zr.test/collections/ortsteile/tiles\"")
    );
    let liste = hole(&router, "/collections/ortsteile/tiles").await.json();
    assert_eq!(
        liste["tilesets"][0]["links"][0]["href"],
        "http://zr.test/collections/ortsteile/tiles/WebMercatorQuad"
    );
    let satz = hole(&router, "/collections/ortsteile/tiles/WebMercatorQuad")
        .await
        .json();
    let muster = satz["links"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["rel"] == "item")
        .unwrap();
    assert_eq!(muster["templated"], true);
    let grenzen = &satz["tileMatrixSetLimits"][12];
    let adresse = muster["href"]
        .as_str()
        .unwrap()
        .replace("http://zr.test", "")
        .replace("{tileMatrix}", "12")
        .replace("{tileRow}", &grenzen["minTileRow"].to_string())
        .replace("{tileCol}", &grenzen["minTileCol"].to_string());
    assert_eq!(hole(&router, &adresse).await.status, 200);
    assert_eq!(satz["layers"][0]["geometryDimension"], 2);
    assert_eq!(
        hole(&router, "/tileMatrixSets").await.json()["tileMatrixSets"][0]["id"],
        "WebMercatorQuad"
    );
    assert_eq!(
        hole(&router, "/tileMatrixSets/WebMercatorQuad")
            .await
            .json()["tileMatrices"][3]["matrixWidth"],
        8
    );
    assert!(
        hole(&router, "/tiles/WebMercatorQuad").await.json()["layers"]
            .as_array()
            .unwrap()
            .len()
            > 3
    );
    assert_eq!(
        hole(&router, "/tiles").await.json()["tilesets"][0]["dataType"],
        "vector"
    );
}

#[tokio::test]
async fn what_is_asked_wrongly() {
    let (_db, router) = stadt().await;
    for (adresse, status) in [
        ("/kacheln/ortsteile/23/0/0.mvt", 404),
        ("/kacheln/ortsteile/3/8/0.mvt", 404),
        ("/kacheln/ortsteile/3/0/x.mvt", 404),
        ("/kacheln/ortsteile/-1/0/0.mvt", 404),
        ("/kacheln/gibtesnicht/3/0/0.mvt", 404),
        ("/kacheln/gibtesnicht", 404),
        ("/kacheln/ortsteile/3/0/0.mvt?bbox=1,2,3,4", 400),
        ("/kacheln/ortsteile/3/0/0.mvt?properties=gibtesnicht", 400),
        ("/kacheln/ortsteile/3/0/0.mvt?datetime=gestern", 400),
        ("/tiles/WebMercatorQuad/3/0/0?collections=gibtesnicht", 400),
        (
            "/tiles/WebMercatorQuad/3/0/0?collections=ortsteile&f=png",
            400,
        ),
        ("/tiles/WGS1984Quad", 404),
        ("/tileMatrixSets/WGS1984Quad", 404),
        ("/collections/ortsteile/tiles/WebMercatorQuad/3/8/0", 404),
        ("/collections/ortsteile/tiles?f=html", 400),
        // Nothing is there: an empty tile.
        ("/kacheln/ortsteile/3/0/0.mvt", 200),
    ] {
        let antwort = hole(&router, adresse).await;
        assert_eq!(
            antwort.status,
            status,
            "{adresse}: {}",
            String::from_utf8_lossy(&antwort.bytes)
        );
        if status == 200 {
            assert!(antwort.bytes.is_empty());
        } else {
            assert_eq!(antwort.kopf("content-type"), "application/problem+json");
        }
    }
}
