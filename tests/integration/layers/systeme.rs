//! Part 2: every system against PostGIS, with its axis order, out and in.

use sqlx::Row as _;

use super::support::{dienst, hole, json, objekte};

const SYSTEME: [(i32, &str, bool); 7] = [
    (4326, "http://www.opengis.net/def/crs/OGC/1.3/CRS84", false),
    (25832, "http://www.opengis.net/def/crs/EPSG/0/25832", false),
    (25833, "http://www.opengis.net/def/crs/EPSG/0/25833", false),
    (3857, "http://www.opengis.net/def/crs/EPSG/0/3857", false),
    (4326, "http://www.opengis.net/def/crs/EPSG/0/4326", true),
    (4258, "http://www.opengis.net/def/crs/EPSG/0/4258", true),
    (31468, "http://www.opengis.net/def/crs/EPSG/0/31468", true),
];

#[tokio::test]
async fn every_system_agrees_with_postgis() {
    let (db, router) = dienst().await;
    for (srid, uri, gedreht) in SYSTEME {
        let antwort = hole(
            &router,
            &format!("/collections/gk/items?limit=50&crs={uri}"),
        )
        .await;
        assert_eq!(antwort.kopf("content-crs"), format!("<{uri}>"));
        let doc = antwort.json();
        let mut groesste = 0.0_f64;
        for objekt in objekte(&doc) {
            let punkt = &objekt["geometry"]["coordinates"][0];
            let (mut x, mut y) = (punkt[0].as_f64().unwrap(), punkt[1].as_f64().unwrap());
            if gedreht {
                (x, y) = (y, x);
            }
            let zeile = sqlx::query("SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Transform(geom, $1) AS p FROM \"Stadt Grün\".gk WHERE id = $2) s")
                .bind(srid).bind(objekt["id"].as_i64().unwrap()).fetch_one(&db.admin).await.unwrap();
            let (u, v): (f64, f64) = (zeile.get(0), zeile.get(1));
            groesste = groesste.max((x - u).abs()).max((y - v).abs());
        }
        // Seven decimals of a degree, millimetres.
        let erlaubt = if matches!(srid, 4326 | 4258) {
            0.6e-7
        } else {
            0.0016
        };
        assert!(groesste <= erlaubt, "{uri}: {groesste}");
    }
    let doc = json(&router, "/collections/gk").await;
    assert_eq!(
        doc["storageCrs"],
        "http://www.opengis.net/def/crs/EPSG/0/31468"
    );
    assert_eq!(doc["crs"].as_array().unwrap().len(), SYSTEME.len());
    let eines = hole(
        &router,
        "/collections/gk/items/1?crs=http://www.opengis.net/def/crs/EPSG/0/31468",
    )
    .await;
    // Northing first.
    assert!(
        eines.json()["geometry"]["coordinates"][0][0]
            .as_f64()
            .unwrap()
            > 5e6
    );
}

#[tokio::test]
async fn a_box_finds_the_same_in_every_system() {
    let (db, router) = dienst().await;
    for (srid, uri, gedreht) in SYSTEME {
        // A box of this system: what it finds is compared with the same polygon in PostGIS.
        let zeile = sqlx::query("SELECT ST_XMin(p), ST_YMin(p), ST_XMax(p), ST_YMax(p) FROM (SELECT ST_Transform(ST_MakeEnvelope(631000, 5321000, 632000, 5321500, 25832), $1) AS p) s")
            .bind(srid).fetch_one(&db.admin).await.unwrap();
        let r: [f64; 4] = [zeile.get(0), zeile.get(1), zeile.get(2), zeile.get(3)];
        let bbox = if gedreht { [r[1], r[0], r[3], r[2]] } else { r };
        let bbox = bbox.map(|z| z.to_string()).join(",");
        let doc = json(
            &router,
            &format!("/collections/fnp_flaechen/items?limit=10000&bbox={bbox}&bbox-crs={uri}"),
        )
        .await;
        let schritt = if matches!(srid, 4326 | 4258) {
            0.001
        } else {
            100.0
        };
        let soll: i64 = sqlx::query_scalar("SELECT count(*) FROM oeffentlich.flaeche WHERE ST_Intersects(ST_Buffer(geom, 0), ST_Transform(ST_Segmentize(ST_MakeEnvelope($1, $2, $3, $4, $5), $6), 25832))")
            .bind(r[0]).bind(r[1]).bind(r[2]).bind(r[3]).bind(srid).bind(schritt).fetch_one(&db.admin).await.unwrap();
        assert!(soll > 40);
        assert_eq!(doc["numberMatched"], soll, "{uri}");
    }
}
