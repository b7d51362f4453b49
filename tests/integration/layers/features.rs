//! Features: values, coordinates, filters, time.

use serde_json::{Value, json as wert};
use sqlx::Row;

use super::support::{dienst, execute, hole, json, objekte, zahl};

#[tokio::test]
async fn every_property_in_every_feature_and_typed() {
    let (_db, router) = dienst().await;
    let antwort = hole(&router, "/collections/fnp_flaechen/items?limit=3000").await;
    assert_eq!(antwort.kopf("content-type"), "application/geo+json");
    assert_eq!(
        antwort.kopf("content-crs"),
        "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    );
    let doc = antwort.json();
    let namen = |o: &Value| {
        o["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let alle = namen(&objekte(&doc)[0]);
    assert!(objekte(&doc).iter().all(|o| namen(o) == alle));
    assert!(!alle.contains(&"geheim".to_owned()) && !alle.contains(&"fassung_id".to_owned()));
    assert!(!antwort.text.contains("nicht zeigen"));
    // As text, because a parser would forgive what QGIS does not.
    for stueck in [
        r#""flaeche_m2":51.0,"#,
        r#""quote":5.25"#,
        r#""quote":6.0,"anzahl":24,"#,
        r#""gross":9007199254741014,"#,
        r#""einzel":0.1,"#,
        r#""codes":{"code": [21]}"#,
        r#""liste":["a", null, "ü\""]"#,
        r#""zahlen":[1.5, 2]"#,
        r#""wirksam":false"#,
        r#""tag":"2025-01-31""#,
        r#""seit":"2025-01-31T11:00:00Z""#,
        r#""ort_zeit":"2025-01-31T12:00:00.250""#,
        r#""roh":"\\x00ff""#,
        r#""leer":null"#,
        r#""nummer":"018f0000-0000-7000-8000-000000000000""#,
    ] {
        assert!(antwort.text.contains(stueck), "{stueck}");
    }
    let nan = objekte(&doc)
        .iter()
        .find(|o| o["properties"]["anzahl"] == 50)
        .unwrap();
    assert_eq!(nan["properties"]["quote"], Value::Null);
    let unendlich = objekte(&doc)
        .iter()
        .find(|o| o["properties"]["anzahl"] == 20)
        .unwrap();
    assert_eq!(
        (
            &unendlich["properties"]["flaeche_m2"],
            &unendlich["geometry"]
        ),
        (&Value::Null, &Value::Null)
    );
}

fn positionen(koordinaten: &Value, liste: &mut Vec<[f64; 2]>) {
    let feld = koordinaten.as_array().unwrap();
    match feld[0].as_f64() {
        Some(x) => liste.push([x, feld[1].as_f64().unwrap()]),
        None => feld.iter().for_each(|teil| positionen(teil, liste)),
    }
}

#[tokio::test]
async fn coordinates_equal_postgis() {
    let (db, router) = dienst().await;
    let mut conn = db.admin.acquire().await.unwrap();
    // From one end of the zone to the other, north to south.
    execute(&mut conn, "INSERT INTO oeffentlich.flaeche (fassung_id, ordnung, kennung, geom)
        SELECT 7, 10000 + n, 'weit.' || n, ST_Multi(ST_MakeEnvelope(x, y, x + 1000, y + 1000, 25832))
        FROM (SELECT n, 150000 + 6000 * n AS x, 5200000 + 9000 * n AS y FROM generate_series(1, 100) n) s").await;
    for (uri, srid, tausch, stelle) in [
        ("OGC/1.3/CRS84", 4326, false, 1e-7),
        ("EPSG/0/4326", 4326, true, 1e-7),
        ("EPSG/0/4258", 4258, true, 1e-7),
        ("EPSG/0/25832", 25832, false, 1e-3),
        ("EPSG/0/25833", 25833, false, 1e-3),
        ("EPSG/0/3857", 3857, false, 1e-3),
    ] {
        let adresse = format!(
            "/collections/fnp_flaechen/items?limit=5000&crs=http://www.opengis.net/def/crs/{uri}"
        );
        let antwort = hole(&router, &adresse).await;
        assert_eq!(
            antwort.kopf("content-crs"),
            format!("<http://www.opengis.net/def/crs/{uri}>")
        );
        let doc = antwort.json();
        let zeilen = sqlx::query("SELECT kennung, ST_AsGeoJSON(ST_Transform(ST_ForcePolygonCCW(geom), $1), 12) FROM oeffentlich.flaeche WHERE NOT ST_IsEmpty(geom) AND ST_IsValid(geom)")
            .bind(srid).fetch_all(&db.admin).await.unwrap();
        let mut verglichen = 0;
        let nach_id: std::collections::HashMap<_, _> = objekte(&doc)
            .iter()
            .map(|o| (o["id"].as_str().unwrap(), o))
            .collect();
        for zeile in &zeilen {
            let soll: Value = serde_json::from_str(zeile.get(1)).unwrap();
            let ist = nach_id[zeile.get::<&str, _>(0)];
            assert_eq!(ist["geometry"]["type"], "MultiPolygon");
            let (mut a, mut b) = (Vec::new(), Vec::new());
            positionen(&ist["geometry"]["coordinates"], &mut a);
            positionen(&soll["coordinates"], &mut b);
            assert_eq!(a.len(), b.len());
            // The direction of a ring is ours; compare as sets of vertices.
            for p in &a {
                let p = if tausch { [p[1], p[0]] } else { *p };
                let abstand = b
                    .iter()
                    .map(|q| (p[0] - q[0]).abs().max((p[1] - q[1]).abs()))
                    .fold(f64::MAX, f64::min);
                assert!(abstand <= 0.51 * stelle, "{uri} {abstand}");
            }
            verglichen += 1;
        }
        assert_eq!(verglichen, 2579);
    }
}

#[tokio::test]
async fn property_filters_are_typed_and_bound() {
    let (db, router) = dienst().await;
    for (filter, sql) in [
        ("nutzung=wald", "nutzung = 'wald'"),
        ("anzahl=77", "anzahl = 77"),
        ("quote=5.25", "quote = 5.25"),
        ("flaeche_m2=510.0", "flaeche_m2 = 510"),
        ("einzel=0.1", "true"),
        ("wirksam=true", "wirksam"),
        ("tag=2025-01-31", "true"),
        ("tag=2025-02-01", "false"),
        ("seit=2025-01-31T12:00:00%2B01:00", "true"),
        ("nummer=018F0000-0000-7000-8000-000000000000", "true"),
        ("nutzung=W&wirksam=true", "nutzung = 'W' AND wirksam"),
        ("kennung=fnp-2001/a+%C3%BC", "ordnung = 21"),
        ("nutzung=W'%20OR%20true--", "false"),
        ("roh=%5Cx00ff", "true"),
    ] {
        let doc = json(
            &router,
            &format!("/collections/fnp_flaechen/items?limit=5&{filter}"),
        )
        .await;
        let soll = zahl(
            &db,
            &format!("SELECT count(*) FROM oeffentlich.flaeche WHERE {sql}"),
        )
        .await;
        assert_eq!(doc["numberMatched"], soll, "{filter}");
    }
    for falsch in [
        "anzahl=zw%C3%B6lf",
        "anzahl=1.5",
        "quote=NaN",
        "wirksam=ja",
        "tag=2025-02-30",
        "seit=gestern",
        "nummer=1",
        "codes=1",
        "geheim=x",
        "fassung_id=7",
        "geom=x",
        "gibtsnicht=1",
        "nutzung=W&nutzung=M",
        "nutzung=%00",
        "nutzung;drop=1",
        "crs=EPSG:25832",
        "bbox-crs=x",
        "cursor=abc",
        "datetime=gestern",
        "bbox=1,2,3",
    ] {
        let antwort = hole(
            &router,
            &format!("/collections/fnp_flaechen/items?{falsch}"),
        )
        .await;
        let name = falsch.split('=').next().unwrap();
        assert_eq!(
            (
                antwort.status.as_u16(),
                antwort.json()["parameter"].as_str()
            ),
            (400, Some(name)),
            "{falsch}"
        );
    }
}

#[tokio::test]
async fn datetime_is_a_closed_interval_with_open_ends() {
    let (db, router) = dienst().await;
    for (zeit, sql) in [
        (
            "2001-01-01",
            "gueltig_von <= '2001-01-01' AND coalesce(gueltig_bis, 'infinity') >= '2001-01-01'",
        ),
        (
            "2012-03-04T23:00:00Z",
            "gueltig_von <= '2012-03-04' AND coalesce(gueltig_bis, 'infinity') >= '2012-03-04'",
        ),
        (
            "2001-01-01/2001-01-01",
            "gueltig_von <= '2001-01-01' AND coalesce(gueltig_bis, 'infinity') >= '2001-01-01'",
        ),
        ("../2000-01-01T23:59:59Z", "false"),
        ("../2000-01-02", "gueltig_von <= '2000-01-02'"),
        (
            "2016-01-01/..",
            "coalesce(gueltig_bis, 'infinity') >= '2016-01-01'",
        ),
        ("../..", "true"),
        (
            "0000-01-01T00:00:00Z/2000-06-01T00:00:00Z",
            "gueltig_von <= '2000-06-01'",
        ),
        (
            "2016-01-01T00:00:00Z/9999-12-31T00:00:00Z",
            "coalesce(gueltig_bis, 'infinity') >= '2016-01-01'",
        ),
        ("0000-01-01T00:00:00Z", "false"),
        ("9999-12-31T23:59:59Z", "gueltig_bis IS NULL"),
    ] {
        let doc = json(
            &router,
            &format!("/collections/fnp_flaechen/items?limit=1&datetime={zeit}"),
        )
        .await;
        let soll = zahl(
            &db,
            &format!("SELECT count(*) FROM oeffentlich.flaeche WHERE {sql}"),
        )
        .await;
        assert_eq!(doc["numberMatched"], soll, "{zeit}");
    }
    // A layer without time matches always.
    assert_eq!(
        json(&router, "/collections/gk/items?datetime=2001-01-01").await["numberMatched"],
        50
    );
}

#[tokio::test]
async fn one_feature_by_any_id() {
    let (_db, router) = dienst().await;
    let doc = json(
        &router,
        "/collections/fnp_flaechen/items/fnp-2001%2Fa%20%C3%BC",
    )
    .await;
    assert_eq!(
        (&doc["id"], &doc["properties"]["anzahl"]),
        (&wert!("fnp-2001/a ü"), &wert!(21))
    );
    assert_eq!(
        super::support::link(&doc, "self").unwrap(),
        "http://zr.test:8080/collections/fnp_flaechen/items/fnp-2001%2Fa%20%C3%BC"
    );
    let doc = json(&router, "/collections/b%C3%A4ume/items/1%2F%C3%A4").await;
    assert_eq!(doc["properties"]["Höhe in m"], wert!(51.0));
    for (id, status) in [
        ("fehlt", 404),
        ("%00", 404),
        ("%ff", 400),
        (&"a".repeat(201), 400),
    ] {
        assert_eq!(
            hole(&router, &format!("/collections/fnp_flaechen/items/{id}"))
                .await
                .status,
            status,
            "{id}"
        );
    }
    for id in ["x", "1.5", "99999999999999999999", "7777"] {
        assert_eq!(
            hole(&router, &format!("/collections/gk/items/{id}"))
                .await
                .status,
            404,
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_towns_odd_tables_are_served() {
    let (_db, router) = dienst().await;
    let doc = json(&router, "/collections/b%C3%A4ume/items?Zu%22stand=gut").await;
    let baum = &objekte(&doc)[0];
    assert_eq!(
        (objekte(&doc).len(), &baum["properties"]["limit"]),
        (1, &wert!(1))
    );
    assert_eq!(baum["geometry"]["type"], "MultiPolygon");
    let mut ring = Vec::new();
    positionen(&baum["geometry"]["coordinates"], &mut ring);
    assert!(
        ring.len() > 60,
        "the circle is drawn with {} chords",
        ring.len()
    );
    // A column named as a parameter of ours: the parameter wins.
    assert_eq!(
        objekte(&json(&router, "/collections/b%C3%A4ume/items?limit=1").await).len(),
        1
    );
    let none = json(&router, "/collections/b%C3%A4ume/items?Zu%22stand=mittel").await;
    assert_eq!(none["numberMatched"], 0);

    let doc = json(&router, "/collections/gemischt/items").await;
    let typen: Vec<_> = objekte(&doc)
        .iter()
        .map(|o| o["geometry"]["type"].as_str())
        .collect();
    let (p, l, g) = (
        Some("MultiPoint"),
        Some("MultiLineString"),
        Some("GeometryCollection"),
    );
    assert_eq!(typen, [p, l, p, p, g, None]);
    let punkt = &objekte(&doc)[0]["geometry"]["coordinates"];
    assert_eq!(punkt[0].as_array().unwrap().len(), 2, "no height");
    for (i, o) in objekte(&doc).iter().enumerate().take(4) {
        let mut orte = Vec::new();
        positionen(&o["geometry"]["coordinates"], &mut orte);
        // 31468 and 25832 rest on two datums; PostGIS's grid or seven parameters decide the last metre.
        assert!(
            (orte[0][0] - punkt[0][0].as_f64().unwrap()).abs() < 1e-5,
            "{i}"
        );
    }
    let doc = json(&router, "/collections/gk/items?limit=1").await;
    assert_eq!(
        (&doc["numberMatched"], &objekte(&doc)[0]["id"]),
        (&wert!(50), &wert!(1))
    );
    let doc = json(&router, "/collections/erde/items/1").await;
    assert_eq!(
        doc["geometry"]["coordinates"],
        wert!([[10.876_543_2, 48.050_123_4]])
    );
}
