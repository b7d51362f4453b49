//! Boxes: exactly what meets them, in every system, also at the edges of the world.

use sqlx::Row as _;
use zielraum::layers::bbox::Bbox;
use zielraum::layers::crs::{Lage, Ziel};

use super::support::{Datenbank, dienst, execute, json, link, objekte, pfad, zahl};

#[tokio::test]
async fn boxes_find_exactly_what_postgis_finds() {
    let (db, router) = dienst().await;
    let mut gefunden = 0;
    // The reference has the same number of vertices, or chords 1 mm apart would decide.
    // Boxes from a few metres to wider than the data; turned squares make boxes and shapes differ.
    for n in 0..40_u8 {
        let (x, y) = (
            10.745 + 0.0017 * f64::from(n),
            48.015 + 0.0011 * f64::from(n % 17),
        );
        let d = [0.0002, 0.003, 0.02, 0.4][usize::from(n) % 4];
        let bbox = format!("{x},{y},{},{}", x + d, y + d * 0.7);
        let doc = json(
            &router,
            &format!("/collections/fnp_flaechen/items?limit=10000&bbox={bbox}"),
        )
        .await;
        let soll = zahl(&db, &format!(
            "SELECT count(*) FROM oeffentlich.flaeche WHERE ST_Intersects(ST_Buffer(ST_Segmentize(geom, 10), 0), ST_Transform(ST_Segmentize(ST_MakeEnvelope({bbox}, 4326), 0.005), 25832))
              OR (ordnung = 22 AND ST_DWithin(geom, ST_Transform(ST_Segmentize(ST_MakeEnvelope({bbox}, 4326), 0.005), 25832), 0))"
        )).await;
        assert_eq!(
            (
                &doc["numberMatched"],
                i64::try_from(objekte(&doc).len()).unwrap()
            ),
            (&soll.into(), soll),
            "{bbox}"
        );
        gefunden += soll;
    }
    assert!(gefunden > 5000, "{gefunden}");
}

#[tokio::test]
async fn the_same_box_in_every_system() {
    let (db, router) = dienst().await;
    let soll = zahl(&db, "SELECT count(*) FROM oeffentlich.flaeche WHERE geom && ST_MakeEnvelope(631000, 5321000, 632000, 5321500, 25832) AND ST_Intersects(geom, ST_MakeEnvelope(631000, 5321000, 632000, 5321500, 25832))").await;
    let crs = "http://www.opengis.net/def/crs/EPSG/0";
    let items = "/collections/fnp_flaechen/items?limit=10000";
    let doc = json(
        &router,
        &format!("{items}&bbox=631000,5321000,632000,5321500&bbox-crs={crs}/25832"),
    )
    .await;
    assert_eq!(doc["numberMatched"], soll);
    let grad =
        json(&router, &format!("{items}&bbox=10.80,48.02,10.81,48.03")).await["numberMatched"]
            .clone();
    let hoehe = json(
        &router,
        &format!("{items}&bbox=10.80,48.02,-100,10.81,48.03,900"),
    )
    .await;
    let vertauscht = json(
        &router,
        &format!("{items}&bbox=48.02,10.80,48.03,10.81&bbox-crs={crs}/4326"),
    )
    .await;
    assert!(grad.as_i64().unwrap() > 20);
    assert_eq!(
        (&hoehe["numberMatched"], &vertauscht["numberMatched"]),
        (&grad, &grad)
    );
    let crs84 = json(&router, &format!("{items}&bbox=10.80,48.02,10.81,48.03&bbox-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84")).await;
    assert_eq!(crs84["numberMatched"], grad);
}

#[tokio::test]
async fn world_antimeridian_point_and_elsewhere() {
    let (_db, router) = dienst().await;
    let zahl = async |ebene: &str, bbox: &str| {
        let doc = json(
            &router,
            &format!("/collections/{ebene}/items?limit=10000&bbox={bbox}"),
        )
        .await;
        doc["numberMatched"].as_i64().unwrap()
    };
    // 2,500 rows, 20 of them without geometry; the bow tie is found.
    assert_eq!(zahl("fnp_flaechen", "-180,-90,180,90").await, 2480);
    assert_eq!(zahl("fnp_flaechen", "-200.5,-95,200.5,95").await, 2480);
    assert_eq!(zahl("fnp_flaechen", "10.87,48.0,10.90,48.1").await, 1);
    assert_eq!(zahl("fnp_flaechen", "100,-10,110,10").await, 0);
    assert_eq!(zahl("fnp_flaechen", "170,-90,-170,90").await, 0);
    assert_eq!(zahl("fnp_flaechen", "10.9,-90,10.7,90").await, 0);
    assert_eq!(zahl("erde", "179,0,-179,20").await, 2);
    assert_eq!(zahl("erde", "-180,-90,180,90").await, 3);
    assert_eq!(
        zahl("erde", "10.8765432,48.0501234,10.8765432,48.0501234").await,
        1
    );
    assert_eq!(zahl("erde", "10,48.0501234,11,48.0501234").await, 1);
    // Without width or height, in a system where the degrees bend.
    let strich = zahl("fnp_flaechen", "10.805,47,10.805,49").await;
    assert!(strich > 0, "a line meets nothing");
    assert_eq!(
        strich,
        zahl("fnp_flaechen", "10.8049999,47,10.8050001,49").await
    );
    assert_eq!(zahl("gk", "-180,-90,180,90").await, 50);
    assert_eq!(zahl("gemischt", "-180,-90,180,90").await, 5);
    let eines = json(&router, "/collections/gk/items/25").await;
    let (x, y) = (
        &eines["geometry"]["coordinates"][0][0],
        &eines["geometry"]["coordinates"][0][1],
    );
    let (x, y) = (x.as_f64().unwrap(), y.as_f64().unwrap());
    assert_eq!(
        zahl(
            "gk",
            &format!("{},{},{},{}", x - 1e-4, y - 1e-4, x + 1e-4, y + 1e-4)
        )
        .await,
        1
    );
}

/// Shapes a box can be taken in by: holes, slivers, parts one over the other, rings around it twice.
const SCHWIERIGE: &str = "
  UPDATE oeffentlich.flaeche f SET geom = ST_SetSRID(ST_Translate(ST_Multi(w.g::geometry), 632000, 5322000), 25832) FROM (VALUES
    (100, 'POLYGON((0 0,3000 0,3000 2500,0 2500,0 0),(400 400,400 1600,1600 1600,1600 400,400 400))'),
    (101, 'POLYGON((0 0,3000 2990,3000 3000,0 10,0 0))'),
    (102, 'MULTIPOLYGON(((0 0,2000 0,2000 2000,0 2000,0 0)),((500 500,1500 500,1500 1500,500 1500,500 500)))'),
    (103, 'POLYGON((0 0,2000 0,2000 2000,0 2000,0 0,2000 0,2000 2000,0 2000,0 0))'),
    (104, 'POLYGON((0 0,2000 2000,2000 0,0 2000,0 0))'),
    (105, 'MULTIPOLYGON(((0 0,10 0,10 10,0 10,0 0)),((2500 2500,2510 2500,2510 2510,2500 2510,2500 2500)))')
  ) w (n, g) WHERE f.ordnung = w.n;";

/// Ids of what PostGIS finds in a box, in order.
async fn gefunden(db: &Datenbank, bbox: &str, system: Ziel) -> Vec<String> {
    let ewkb = Bbox::lies(bbox, system).unwrap();
    let ewkb = ewkb.ewkb(Lage::Utm(32), 25832).unwrap();
    sqlx::query("SELECT kennung FROM oeffentlich.flaeche WHERE CASE WHEN ST_IsValid(geom) THEN ST_Intersects(geom, ST_GeomFromEWKB($1)) ELSE ST_DWithin(geom, ST_GeomFromEWKB($1), 0) END ORDER BY ordnung, kennung")
        .bind(ewkb)
        .fetch_all(&db.admin)
        .await
        .unwrap()
        .iter()
        .map(|zeile| zeile.get(0))
        .collect()
}

#[tokio::test]
async fn pages_of_a_box_are_what_postgis_finds_in_its_order() {
    let (db, router) = dienst().await;
    execute(&mut db.admin.acquire().await.unwrap(), SCHWIERIGE).await;
    let utm = Ziel::Epsg25832;
    let (mut alle, mut seiten) = (0, 0);
    for n in 0..60_u32 {
        // Also along the edges of the shapes, and small enough to lie in one or in a hole.
        let (x, y) = (631_700 + n % 10 * 317, 5_321_800 + n / 6 * 311);
        let d = [3, 40, 400, 1500, 3500][n as usize % 5];
        let meter = format!("{x},{y},{},{}", x + d, y + d);
        let (w, s) = Lage::Utm(32).zu_grad(f64::from(x), f64::from(y));
        let (o, no) = Lage::Utm(32).zu_grad(f64::from(x + d), f64::from(y + d));
        let grad = format!("{w},{s},{o},{no}");
        for (bbox, system, sortiert) in [
            (&meter, utm, ""),
            (&grad, Ziel::Crs84, ""),
            (&meter, utm, "&sortby=-anzahl"),
        ] {
            let mut soll = gefunden(&db, bbox, system).await;
            if !sortiert.is_empty() {
                soll.reverse();
            }
            let crs = system.uri();
            let limit = [1, 4, 7, 40][n as usize % 4];
            let mut adresse = Some(format!(
                "/collections/fnp_flaechen/items?limit={limit}&bbox={bbox}&bbox-crs={crs}{sortiert}"
            ));
            let mut ids = Vec::new();
            // Some pages tell whether they join.
            while let Some(hier) = adresse.filter(|_| ids.len() < 12 * limit) {
                let doc = json(&router, &hier).await;
                assert_eq!(doc["numberMatched"], soll.len(), "{hier}");
                let hier = objekte(&doc).iter();
                ids.extend(hier.map(|o| o["id"].as_str().unwrap().to_owned()));
                adresse = link(&doc, "next").map(|next| pfad(&next).to_owned());
                seiten += 1;
                assert_eq!(adresse.is_some(), ids.len() < soll.len(), "{bbox}");
            }
            soll.truncate(ids.len());
            assert_eq!(ids, soll, "{bbox} {sortiert}");
            alle += ids.len();
        }
    }
    assert!(alle > 2000 && seiten > 500, "{alle} {seiten}");
}
