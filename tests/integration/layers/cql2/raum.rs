//! Spatial relations: over every shape, in every system, over what GEOS refuses.

use super::{finde, versetzt, zehn};
use crate::layers::support::{dienst, hole, json, zahl};
use zielraum::http::link::kodiere;

/// Shapes: 1 and 2 overlap, 1 and 3 share an edge, 4 a line through, 5 a point in 1, 6 a point far
/// away, 7 two points, 8 a collection in 1, 9 a bow tie, 10 empty.
#[rustfmt::skip]
const FAELLE: &[(&str, &[i64])] = &[
    ("S_INTERSECTS(geom, POINT(E2 N2))", &[1, 5, 8, 9]), ("S_INTERSECTS(POINT(E2 N2), geom)", &[1, 5, 8, 9]), ("S_INTERSECTS(geom, BBOX(E0, N0, E4, N4))", &[1, 5, 7, 8, 9]), ("S_INTERSECTS(geom, BBOX(E0, N0, -5, E4, N4, 99))", &[1, 5, 7, 8, 9]),
    ("S_INTERSECTS(geom, LINESTRING(E-5 N5, E0 N5))", &[1, 4]), ("S_INTERSECTS(geom, POLYGON((E12 N1,E13 N1,E13 N2,E12 N1)))", &[3]), ("S_INTERSECTS(geom, MULTIPOINT((E100 N100), (E50 N50)))", &[6, 7]), ("S_INTERSECTS(geom, MULTIPOINT(E100 N100, E50 N50))", &[6, 7]),
    ("S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(E100 N100), LINESTRING(E12 N1, E13 N1)))", &[3, 6]), ("S_INTERSECTS(geom, POINT Z (E100 N100 5))", &[6]),
    ("S_DISJOINT(geom, BBOX(E-9, N-9, E30, N30))", &[6]), ("NOT S_INTERSECTS(geom, BBOX(E-9, N-9, E30, N30))", &[6]), ("NOT S_DISJOINT(geom, POINT(E100 N100))", &[6]),
    ("S_EQUALS(geom, POLYGON((E0 N0,E0 N10,E10 N10,E10 N0,E0 N0)))", &[1]), ("S_EQUALS(geom, POINT(E2 N2))", &[5]),
    ("S_TOUCHES(geom, POLYGON((E0 N0,E10 N0,E10 N10,E0 N10,E0 N0)))", &[3]), ("S_WITHIN(geom, BBOX(E0, N0, E10, N10))", &[1, 5, 8, 9]), ("S_WITHIN(geom, BBOX(E1, N1, E20, N20))", &[2, 5, 8, 9]),
    ("S_CONTAINS(geom, POINT(E12 N2))", &[3]), ("S_CONTAINS(geom, POINT(E7 N7.5))", &[1, 2]), ("S_WITHIN(POINT(E7 N7.5), geom)", &[1, 2]), ("S_CONTAINS(BBOX(E0, N0, E10, N10), geom)", &[1, 5, 8, 9]),
    ("S_OVERLAPS(geom, POLYGON((E0 N0,E10 N0,E10 N10,E0 N10,E0 N0)))", &[2]), ("S_CROSSES(geom, POLYGON((E0 N0,E10 N0,E10 N10,E0 N10,E0 N0)))", &[4, 7]), ("S_CROSSES(geom, LINESTRING(E5 N-5, E5 N4))", &[1]),
    ("S_INTERSECTS(geom, geom)", &[1, 2, 3, 4, 5, 6, 7, 8, 9]), ("S_EQUALS(geom, geom)", &[1, 2, 3, 4, 5, 6, 7, 8, 9]), ("S_DISJOINT(geom, geom)", &[]), ("NOT S_TOUCHES(geom, geom) AND zahl > 8", &[9]),
    ("S_INTERSECTS(POINT(E1 N1), BBOX(E0, N0, E2, N2)) AND zahl = 1", &[1]), ("S_DISJOINT(POINT(E1 N1), POINT(E1 N1))", &[]),
    ("S_INTERSECTS(geom, POINT(E2 N2)) AND NOT S_WITHIN(geom, POINT(E2 N2))", &[1, 8, 9]), ("S_INTERSECTS(geom, POINT(E2 N2)) = TRUE", &[1, 5, 8, 9]), ("S_INTERSECTS(geom, POINT(E2 N2)) IS NULL", &[10]),
    ("S_INTERSECTS(geometry, POINT(E100 N100)) OR zahl = 1", &[1, 6]),
];

#[tokio::test]
async fn every_relation_over_every_shape() {
    let (_db, router) = zehn().await;
    let mut falsch = Vec::new();
    for (filter, soll) in FAELLE {
        let ist = finde(&router, &versetzt(filter), "cql2-text").await;
        if ist.as_deref() != Ok(soll) {
            falsch.push(format!("{filter}: {soll:?}, not {ist:?}"));
        }
    }
    assert!(falsch.is_empty(), "{}", falsch.join("\n"));
}

/// The same place in each system finds the same areas; the axes stand as the systems define them.
#[tokio::test]
async fn literals_are_read_in_filter_crs() {
    let (db, router) = dienst().await;
    let ecken = [
        "631000 5321000",
        "632000 5321000",
        "632000 5321500",
        "631000 5321500",
        "631000 5321000",
    ];
    let soll = zahl(&db, "SELECT count(*) FROM oeffentlich.flaeche WHERE ST_Intersects(ST_Buffer(geom, 0), ST_MakeEnvelope(631000, 5321000, 632000, 5321500, 25832))").await;
    assert!(soll > 40);
    for (srid, code, gedreht) in [
        (25832, "EPSG/0/25832", false),
        (4326, "OGC/1.3/CRS84", false),
        (4326, "EPSG/0/4326", true),
        (4258, "EPSG/0/4258", true),
        (3857, "EPSG/0/3857", false),
        (25833, "EPSG/0/25833", false),
        (31468, "EPSG/0/31468", true),
    ] {
        let mut orte = Vec::new();
        for ecke in ecken {
            let (x, y) = ecke.split_once(' ').unwrap();
            let punkt: (f64, f64) = sqlx::query_as("SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Transform(ST_SetSRID(ST_MakePoint($1::float8, $2::float8), 25832), $3) AS p) s")
                .bind(x.parse::<f64>().unwrap()).bind(y.parse::<f64>().unwrap()).bind(srid)
                .fetch_one(&db.admin).await.unwrap();
            orte.push(if gedreht {
                format!("{} {}", punkt.1, punkt.0)
            } else {
                format!("{} {}", punkt.0, punkt.1)
            });
        }
        let filter = format!("S_INTERSECTS(geom,POLYGON(({})))", orte.join(","));
        let doc = json(&router, &format!(
            "/collections/fnp_flaechen/items?limit=10000&filter-crs=http://www.opengis.net/def/crs/{code}&filter={}", kodiere(&filter)
        )).await;
        assert_eq!(doc["numberMatched"], soll, "{code}");
    }
    // A literal round the world, and one on its other side.
    for (filter, soll) in [
        (
            "S_WITHIN(geom,POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90)))",
            2480,
        ),
        ("S_INTERSECTS(geom,BBOX(-180,-90,180,90))", 2480),
        ("S_INTERSECTS(geom,POINT(-170 -40))", 0),
        ("S_DISJOINT(geom,POINT(-170 -40))", 2480),
        ("NOT S_INTERSECTS(geom,LINESTRING(-170 -40,-160 -40))", 2480),
    ] {
        let doc = json(
            &router,
            &format!(
                "/collections/fnp_flaechen/items?limit=10000&filter={}",
                kodiere(filter)
            ),
        )
        .await;
        assert_eq!(doc["numberMatched"], soll, "{filter}");
    }
    let antwort = hole(
        &router,
        "/collections/fnp_flaechen/items?filter-crs=EPSG:4326&filter=TRUE",
    )
    .await;
    assert_eq!(
        (
            antwort.status.as_u16(),
            antwort.json()["parameter"].as_str()
        ),
        (400, Some("filter-crs"))
    );
}

/// Columns of other systems, of mixed ones, of type geography, with arcs.
#[tokio::test]
async fn every_kind_of_column_is_compared() {
    let (_db, router) = dienst().await;
    for (ebene, filter, soll) in [
        ("gk", "S_INTERSECTS(geom,BBOX(-180,-90,180,90))", 50),
        (
            "gk",
            "S_WITHIN(geom,BBOX(5,45,16,56)) AND NOT S_TOUCHES(geom,POINT(10 48))",
            50,
        ),
        ("gemischt", "S_INTERSECTS(geom,BBOX(5,45,16,56))", 5),
        (
            "gemischt",
            "S_CROSSES(geom,LINESTRING(10.7 48,10.8 48.1)) OR S_WITHIN(geom,BBOX(5,45,16,56))",
            5,
        ),
        ("erde", "S_INTERSECTS(ort,BBOX(179,0,-179,20))", 2),
        ("erde", "S_EQUALS(ort,POINT(10.8765432 48.0501234))", 1),
        ("bäume", "S_CONTAINS(geom,POINT(630010 5320000))", 1),
        (
            "bäume",
            "S_OVERLAPS(geom,BBOX(630000,5319980,630010,5320020)) AND area(geom) > 300",
            1,
        ),
        ("blatt", "titel IS NOT NULL", 1),
    ] {
        let crs = if ebene == "bäume" {
            "&filter-crs=http://www.opengis.net/def/crs/EPSG/0/25832"
        } else {
            ""
        };
        let doc = json(
            &router,
            &format!(
                "/collections/{}/items?limit=1000{crs}&filter={}",
                kodiere(ebene),
                kodiere(filter)
            ),
        )
        .await;
        assert_eq!(doc["numberMatched"], soll, "{ebene}: {filter}");
    }
    let antwort = hole(
        &router,
        "/collections/blatt/items?filter=S_INTERSECTS(geom,POINT(1%201))",
    )
    .await;
    assert_eq!(antwort.status, 400);
}
