//! Sorting, property selection, and cursors that hold under edits and belong to one request.

use std::collections::HashSet;

use serde_json::{Value, json as wert};

use super::cql2::zehn;
use super::support::{dienst, execute, hole, json, link, objekte, pfad};

async fn alle(router: &axum::Router, adresse: &str) -> Vec<Value> {
    let mut objekte_ = Vec::new();
    let mut adresse = adresse.to_owned();
    loop {
        let doc = json(router, &adresse).await;
        objekte_.extend(objekte(&doc).clone());
        match link(&doc, "next") {
            Some(next) => pfad(&next).clone_into(&mut adresse),
            None => return objekte_,
        }
    }
}

fn ids(objekte: &[Value]) -> Vec<i64> {
    objekte.iter().map(|o| o["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn order_is_german_and_what_has_no_value_comes_last() {
    let (_db, router) = zehn().await;
    for (sortby, soll) in [
        // German: ä beside a, ß beside ss, small beside great; own collations stay.
        ("name", [7, 6, 10, 9, 2, 5, 3, 4, 1, 8]),
        ("-name", [1, 4, 3, 5, 2, 9, 10, 6, 7, 8]),
        ("-zahl", [10, 9, 8, 7, 3, 2, 1, 5, 4, 6]),
        ("%2Bzahl", [4, 5, 1, 2, 3, 7, 8, 9, 10, 6]),
        ("+zahl", [4, 5, 1, 2, 3, 7, 8, 9, 10, 6]),
        // NaN and infinities are published as null.
        ("-wert,id", [3, 10, 9, 8, 1, 7, 2, 4, 5, 6]),
        ("art,-zahl", [10, 9, 3, 4, 8, 2, 1, 5, 7, 6]),
        ("-wahr,-tag", [10, 3, 8, 1, 5, 2, 9, 6, 4, 7]),
        ("zustand,-id", [4, 1, 7, 2, 10, 9, 8, 6, 5, 3]),
    ] {
        for limit in [1, 3, 100] {
            let objekte = alle(
                &router,
                &format!("/collections/cql/items?limit={limit}&sortby={sortby}"),
            )
            .await;
            assert_eq!(ids(&objekte), soll, "{sortby} {limit}");
        }
    }
    for falsch in ["geom", "nam", "zahl,zahl", "doc", ",", "a,b", "-"] {
        let antwort = hole(&router, &format!("/collections/cql/items?sortby={falsch}")).await;
        assert_eq!(
            (
                antwort.status.as_u16(),
                antwort.json()["parameter"].as_str()
            ),
            (400, Some("sortby")),
            "{falsch}"
        );
    }
    let sortierbar = json(&router, "/collections/cql/sortables").await["properties"].clone();
    assert!(
        sortierbar.get("name").is_some()
            && sortierbar.get("geom").is_none()
            && sortierbar.get("farben").is_none()
    );
}

#[tokio::test]
async fn every_sorted_page_goes_on_where_the_last_one_ended() {
    let (db, router) = dienst().await;
    for sortby in [
        "nutzung",
        "-nutzung,anzahl",
        "quote",
        "-flaeche_m2",
        "gueltig_bis,-gueltig_von",
        "kennung",
        "seit",
    ] {
        let objekte = alle(&router, &format!("/collections/fnp_flaechen/items?limit=350&sortby={sortby}&filter=anzahl%3E100&skipGeometry=true")).await;
        let eindeutig: HashSet<_> = objekte.iter().map(|o| o["id"].to_string()).collect();
        assert_eq!((objekte.len(), eindeutig.len()), (2400, 2400), "{sortby}");
    }
    // Rows that come or go before the place of a cursor move nothing behind it.
    let doc = json(
        &router,
        "/collections/fnp_flaechen/items?limit=300&sortby=nutzung,-anzahl",
    )
    .await;
    let next = link(&doc, "next").unwrap();
    let vorher = json(&router, pfad(&next)).await;
    let mut conn = db.admin.acquire().await.unwrap();
    execute(&mut conn, "DELETE FROM oeffentlich.flaeche WHERE nutzung = 'gruen' AND anzahl > 2300; INSERT INTO oeffentlich.flaeche (fassung_id, ordnung, kennung, nutzung, anzahl) VALUES (7, -9, 'neu', 'gruen', 5000)").await;
    assert_eq!(
        vorher["features"],
        json(&router, pfad(&next)).await["features"]
    );
}

#[tokio::test]
async fn a_cursor_belongs_to_its_request() {
    let (_db, router) = dienst().await;
    let basis = "/collections/fnp_flaechen/items?limit=5&sortby=nutzung";
    let doc = json(&router, basis).await;
    let next = link(&doc, "next").unwrap();
    let cursor = next.split("cursor=").nth(1).unwrap().to_owned();
    // Page length, format, system and properties may change.
    for gut in [
        "limit=9&sortby=nutzung",
        "limit=5&sortby=nutzung&skipGeometry=true&properties=nutzung",
        "limit=5&sortby=%2Bnutzung&crs=http://www.opengis.net/def/crs/EPSG/0/25832",
        "f=html&sortby=nutzung",
    ] {
        assert_eq!(
            hole(
                &router,
                &format!("/collections/fnp_flaechen/items?{gut}&cursor={cursor}")
            )
            .await
            .status,
            200,
            "{gut}"
        );
    }
    for falsch in [
        "/collections/fnp_flaechen/items?limit=5",
        "/collections/fnp_flaechen/items?limit=5&sortby=-nutzung",
        "/collections/fnp_flaechen/items?limit=5&sortby=nutzung&filter=anzahl=1",
        "/collections/fnp_flaechen/items?limit=5&sortby=nutzung&nutzung=W",
        "/collections/fnp_flaechen/items?limit=5&sortby=nutzung&bbox=10,48,11,49",
        "/collections/fnp_flaechen_fnp-2001/items?limit=5&sortby=nutzung",
    ] {
        let antwort = hole(&router, &format!("{falsch}&cursor={cursor}")).await;
        assert_eq!(
            (
                antwort.status.as_u16(),
                antwort.json()["parameter"].as_str()
            ),
            (400, Some("cursor")),
            "{falsch}"
        );
        assert!(
            antwort.json()["detail"]
                .as_str()
                .unwrap()
                .contains("anderen Anfrage")
        );
    }
    for falsch in ["", "x", "AAAA", &cursor[1..], &cursor[..cursor.len() - 3]] {
        let antwort = hole(&router, &format!("{basis}&cursor={falsch}")).await;
        assert_eq!(
            (
                antwort.status.as_u16(),
                antwort.json()["parameter"].as_str()
            ),
            (400, Some("cursor")),
            "{falsch}"
        );
    }
}

#[tokio::test]
async fn properties_and_geometry_can_be_left_out() {
    let (_db, router) = zehn().await;
    let eines = async |anfrage: &str| {
        json(&router, &format!("/collections/cql/items?zahl=1&{anfrage}")).await["features"][0]
            .clone()
    };
    let objekt = eines("properties=zahl,name,geom").await;
    assert_eq!(objekt["properties"], wert!({"name": "Wald", "zahl": 1}));
    assert_eq!(
        (
            objekt["id"].as_i64(),
            objekt["geometry"]["type"].is_string()
        ),
        (Some(1), true)
    );
    let objekt = eines("properties=name&skipGeometry=true&sortby=-zahl").await;
    assert_eq!(
        (&objekt["properties"], &objekt["geometry"]),
        (&wert!({"name": "Wald"}), &Value::Null)
    );
    let objekt =
        eines("exclude-properties=doc,farben,nummer,zustand,zeit,ort_zeit,bis,tag,dez").await;
    assert_eq!(
        objekt["properties"],
        wert!({"id": 1, "name": "Wald", "art": "W", "zahl": 1, "wert": 1.5, "wahr": true})
    );
    for (falsch, name) in [
        ("properties=nam", "properties"),
        ("exclude-properties=x", "exclude-properties"),
        (
            "properties=name&exclude-properties=art",
            "exclude-properties",
        ),
        ("skipGeometry=ja", "skipGeometry"),
        ("zoom-level=99", "zoom-level"),
    ] {
        let antwort = hole(&router, &format!("/collections/cql/items?{falsch}")).await;
        assert_eq!(
            (
                antwort.status.as_u16(),
                antwort.json()["parameter"].as_str()
            ),
            (400, Some(name)),
            "{falsch}"
        );
    }
    let seite = hole(&router, "/collections/cql/items?f=html&properties=name")
        .await
        .text;
    assert!(seite.contains("title=\"name\"") && !seite.contains("title=\"art\""));
}

#[tokio::test]
async fn numbers_are_exact_or_left_out() {
    let (db, router) = zehn().await;
    assert_eq!(json(&router, "/collections/cql").await["itemCount"], 10);
    let mut conn = db.admin.acquire().await.unwrap();
    execute(
        &mut conn,
        "INSERT INTO \"Stadt Grün\".cql (id, zahl) SELECT n, n FROM generate_series(11, 10500) n",
    )
    .await;
    let zahl = async |anfrage: &str| {
        json(&router, &format!("/collections/cql/items?limit=1{anfrage}"))
            .await
            .get("numberMatched")
            .cloned()
    };
    assert_eq!(zahl("").await, Some(wert!(10_500)));
    assert_eq!(zahl("&filter=zahl%3E10500").await, Some(wert!(0)));
    assert_eq!(zahl("&filter=zahl%3E500").await, Some(wert!(10_000)));
    assert_eq!(zahl("&filter=zahl%3E499").await, None);
    let seite = hole(
        &router,
        "/collections/cql/items?f=html&limit=1&filter=zahl%3E499",
    )
    .await
    .text;
    assert!(seite.contains("nicht alle ausgezählt"));
    // The next pages repeat the number of the first.
    let doc = json(
        &router,
        "/collections/cql/items?limit=1&filter=zahl%3E10000",
    )
    .await;
    let weiter = json(&router, pfad(&link(&doc, "next").unwrap())).await;
    assert_eq!(
        (&doc["numberMatched"], &weiter["numberMatched"]),
        (&wert!(500), &wert!(500))
    );
}
