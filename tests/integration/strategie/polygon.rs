//! Measures in a polygon somebody drew.

use geo_types::MultiPolygon;
use sqlx::PgConnection;
use zielraum::strategie::massnahme::{Antwort, Frage};
use zielraum::strategie::{store, suchraum};

use super::fragen::{kennungen, town};

/// What lies in a polygon.
async fn im(conn: &mut PgConnection, polygon: MultiPolygon<f64>) -> Antwort {
    let frage = Frage {
        polygon: Some(polygon),
        ..Frage::default()
    };
    store::massnahmen(conn, &frage).await.unwrap()
}

#[tokio::test]
async fn measures_in_a_polygon_equal_hand_written_sql() {
    let db = town().await;
    let mut conn = db.write.acquire().await.unwrap();
    let wkt = "POLYGON ((640200 5324050, 641500 5324050, 641500 5324550, 640200 5324550, 640200 5324050))";
    let polygon = suchraum::lies(&mut conn, wkt).await.unwrap();
    let antwort = im(&mut conn, polygon).await;
    let von_hand: Vec<(String, Option<f64>, Option<f64>)> = sqlx::query_as(
        "SELECT m.kennung, nullif(sum(st_area(st_intersection(p.geom, x.geom))), 0), nullif(sum(st_length(st_intersection(p.geom, x.geom))) FILTER (WHERE st_dimension(x.geom) = 1), 0)
         FROM massnahme m JOIN raumbezug r ON r.massnahme_id = m.id LEFT JOIN verweis v ON v.kennung = r.flaeche_kennung
         CROSS JOIN LATERAL (SELECT coalesce(r.geom, v.geom) AS geom) x CROSS JOIN (SELECT st_geomfromtext($1, 25832) AS geom) p
         WHERE st_intersects(x.geom, p.geom) GROUP BY m.kennung, m.nummer ORDER BY m.nummer",
    )
    .bind(wkt)
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let lage: Vec<_> = antwort
        .massnahmen
        .iter()
        .filter(|m| m.herkunft.as_deref() == Some("lage"))
        .map(|m| (m.kennung.clone(), m.schnitt_m2, m.schnitt_m))
        .collect();
    assert_eq!(lage, von_hand);
    assert_eq!(lage.len(), 6);
    // An Ortsteil named lies partly in it; only touching is not lying in.
    assert!(kennungen(&antwort.massnahmen).contains(&"m-pflege"));
    let daneben = suchraum::lies(&mut conn, "POLYGON ((641600 5324400, 641650 5324400, 641650 5324600, 641600 5324600, 641600 5324400))").await.unwrap();
    let antwort = im(&mut conn, daneben).await;
    assert_eq!(kennungen(&antwort.massnahmen), ["m-pflege"]);
}

#[tokio::test]
async fn polygons_come_as_geojson_or_wkt() {
    let db = town().await;
    let mut conn = db.write.acquire().await.unwrap();
    let grad: String = sqlx::query_scalar("SELECT st_asgeojson(st_transform(st_makeenvelope(640200, 5324400, 640350, 5324600, 25832), 4326), 15)")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    let wkt: String = sqlx::query_scalar("SELECT st_astext(st_transform(st_makeenvelope(640200, 5324400, 640350, 5324600, 25832), 4326), 15)")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    let meter = r#"{"type":"Feature","properties":{},"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25832"}},
      "geometry":{"type":"Polygon","coordinates":[[[640200,5324400],[640350,5324400],[640350,5324600],[640200,5324600],[640200,5324400]]]}}"#;
    let sammlung = format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{grad}}}]}}"#
    );
    for text in [grad.as_str(), &wkt, meter, &sammlung] {
        let polygon = suchraum::lies(&mut conn, text).await.unwrap();
        let antwort = im(&mut conn, polygon).await;
        assert_eq!(
            kennungen(&antwort.massnahmen),
            ["m-treff", "m-entwurf"],
            "{text}"
        );
    }
    for (text, teil) in [
        ("", "leer"),
        ("{", "kein lesbares GeoJSON: Zeile 1"),
        (r#"{"type":"Point","coordinates":[10,48]}"#, "Fläche"),
        (
            r#"{"type":"Polygon","coordinates":[[[640200,5324400],[640350,5324400],[640350,5324600],[640200,5324400]]]}"#,
            "nicht Länge und Breite",
        ),
        ("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))", "ungültig"),
        ("POINT (640200 5324400)", "Punkt"),
    ] {
        let fehler = suchraum::lies(&mut conn, text).await.unwrap_err();
        assert!(
            fehler.to_string().contains(teil) && fehler.exit_code() == 3,
            "{text}: {fehler}"
        );
    }
}
