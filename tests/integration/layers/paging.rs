//! Pages: complete, without repeats, stable, counted.

use std::collections::HashSet;

use super::support::{dienst, execute, hole, json, link, objekte, pfad, zahl};

#[tokio::test]
async fn next_links_give_every_feature_once() {
    let (db, router) = dienst().await;
    let mut adresse = "/collections/fnp_flaechen/items?limit=700&nutzung=W".to_owned();
    let (mut ids, mut seiten, mut ohne_geometrie) = (Vec::new(), 0, false);
    let erwartet = zahl(
        &db,
        "SELECT count(*) FROM oeffentlich.flaeche WHERE nutzung = 'W'",
    )
    .await;
    for seite in ["limit=200", "limit=7"] {
        adresse = format!("/collections/fnp_flaechen/items?{seite}&nutzung=W");
        loop {
            let doc = json(&router, &adresse).await;
            assert_eq!(doc["numberMatched"], erwartet);
            assert_eq!(doc["numberReturned"], objekte(&doc).len());
            for objekt in objekte(&doc) {
                assert!(
                    !ohne_geometrie || objekt["geometry"].is_null(),
                    "geometry after none"
                );
                ohne_geometrie = objekt["geometry"].is_null();
                ids.push(objekt["id"].as_str().unwrap().to_owned());
            }
            seiten += 1;
            match link(&doc, "next") {
                Some(next) => {
                    assert!(next.contains("nutzung=W") && next.contains(seite), "{next}");
                    adresse = pfad(&next).to_owned();
                }
                None => break,
            }
        }
        let eindeutig: HashSet<_> = ids.iter().collect();
        assert_eq!(
            (ids.len().to_string(), eindeutig.len().to_string()),
            (erwartet.to_string(), erwartet.to_string())
        );
        assert!(ohne_geometrie, "the last rows have no geometry");
        ids.clear();
        ohne_geometrie = false;
    }
    assert!(seiten > 90, "{seiten} {adresse}");
}

#[tokio::test]
async fn an_exact_page_has_no_next() {
    let (_db, router) = dienst().await;
    let doc = json(&router, "/collections/fnp_flaechen/items?limit=2500").await;
    assert_eq!(objekte(&doc).len(), 2500);
    assert_eq!(link(&doc, "next"), None);
    let doc = json(&router, "/collections/fnp_flaechen/items?limit=2499").await;
    let next = link(&doc, "next").unwrap();
    let doc = json(&router, pfad(&next)).await;
    assert_eq!((objekte(&doc).len(), link(&doc, "next")), (1, None));
    // The boundary between rows with and without geometry is no gap.
    let doc = json(&router, "/collections/fnp_flaechen/items?limit=2480").await;
    assert!(objekte(&doc).iter().all(|o| !o["geometry"].is_null()));
    let doc = json(&router, pfad(&link(&doc, "next").unwrap())).await;
    assert_eq!(objekte(&doc).len(), 20);
    assert!(objekte(&doc).iter().all(|o| o["geometry"].is_null()));
}

#[tokio::test]
async fn spatial_order_decides_and_pages_survive_inserts() {
    let (db, router) = dienst().await;
    let doc = json(&router, "/collections/fnp_flaechen/items?limit=3").await;
    assert_eq!(objekte(&doc)[0]["id"], "fnp-2001/a ü");
    let next = link(&doc, "next").unwrap();
    let vorher = json(&router, pfad(&next)).await;
    let mut conn = db.admin.acquire().await.unwrap();
    // Same order value as a row already sent, and one far behind.
    execute(&mut conn, "INSERT INTO oeffentlich.flaeche (fassung_id, ordnung, kennung, geom)
        SELECT 7, o, 'neu' || o, geom FROM oeffentlich.flaeche, (VALUES (-5), (9000)) v(o) WHERE ordnung = 23").await;
    let nachher = json(&router, pfad(&next)).await;
    assert_eq!(vorher["features"], nachher["features"]);
}

#[tokio::test]
async fn limits_are_capped_or_refused() {
    let (_db, router) = dienst().await;
    let doc = json(&router, "/collections/fnp_flaechen/items").await;
    assert_eq!(objekte(&doc).len(), 1000);
    let doc = json(
        &router,
        "/collections/fnp_flaechen/items?limit=99999999999999999999",
    )
    .await;
    assert_eq!(objekte(&doc).len(), 2500);
    for falsch in ["0", "-1", "1.5", "abc", ""] {
        let antwort = hole(
            &router,
            &format!("/collections/fnp_flaechen/items?limit={falsch}"),
        )
        .await;
        assert_eq!(
            (
                antwort.status.as_u16(),
                antwort.json()["parameter"].as_str()
            ),
            (400, Some("limit")),
            "{falsch}"
        );
    }
}

#[tokio::test]
async fn layers_without_rows_or_geometry_work() {
    let (_db, router) = dienst().await;
    let doc = json(&router, "/collections/leer/items?limit=10").await;
    assert_eq!((&doc["numberMatched"], objekte(&doc).len()), (&0.into(), 0));
    let doc = json(&router, "/collections/blatt/items").await;
    assert_eq!(objekte(&doc)[0]["geometry"], serde_json::Value::Null);
    assert_eq!(
        json(&router, "/collections/blatt/items?bbox=0,0,1,1").await["numberMatched"],
        1
    );
}
