//! The stored join after edits: equal to a full run, and no more computed than was touched.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction};
use zielraum::db::audit;
use zielraum::import::gebiete::{self, Art, Felder};
use zielraum::import::zuwachs::verbinde_alles;
use zielraum::strategie::ziel::store::flaechenziele;

use crate::lieferung::Plan;
use crate::support::{TestDb, datenbank, datenbank_mit_demo, zahl};

/// Every derived row of both worlds: key → figures.
const ABLEITUNGEN: &str = "
  SELECT 'anteil ' || concat_ws('/', fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand) AS zeile, ARRAY[m2] AS werte FROM fnp.anteil
  UNION ALL SELECT 'anteil ö ' || concat_ws('/', fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand), ARRAY[m2] FROM oeffentlich.anteil
  UNION ALL SELECT 'pruefung ' || concat_ws('/', fassung_id, ortsteil_id), ARRAY[gebiet_m2, ueberlappung_m2, luecke_m2, ausserhalb_m2, ungueltig_m2] FROM fnp.pruefung
  UNION ALL SELECT 'pruefung ö ' || concat_ws('/', fassung_id, ortsteil_id), ARRAY[gebiet_m2, ueberlappung_m2, luecke_m2, ausserhalb_m2, ungueltig_m2] FROM oeffentlich.pruefung
  UNION ALL SELECT 'massnahme_flaeche ' || concat_ws('/', massnahme_id, fassung_id, ordnung), ARRAY[coalesce(schnitt_m2, -1), coalesce(schnitt_m, -1), coalesce(punkte, -1), coalesce(anteil, -1)] FROM strategie.massnahme_flaeche
  UNION ALL SELECT 'massnahme_flaeche ö ' || concat_ws('/', massnahme_id, fassung_id, ordnung), ARRAY[coalesce(schnitt_m2, -1), coalesce(schnitt_m, -1), coalesce(punkte, -1), coalesce(anteil, -1)] FROM oeffentlich.massnahme_flaeche
  UNION ALL SELECT 'massnahme_ortsteil ' || concat_ws('/', massnahme_id, ortsteil_id, herkunft), ARRAY[coalesce(schnitt_m2, -1), coalesce(schnitt_m, -1), coalesce(punkte, -1), coalesce(anteil, -1)] FROM strategie.massnahme_ortsteil
  UNION ALL SELECT 'massnahme_ortsteil ö ' || concat_ws('/', massnahme_id, ortsteil_id, herkunft), ARRAY[coalesce(schnitt_m2, -1), coalesce(schnitt_m, -1), coalesce(punkte, -1), coalesce(anteil, -1)] FROM oeffentlich.massnahme_ortsteil";

async fn ableitungen(conn: &mut PgConnection) -> BTreeMap<String, Vec<f64>> {
    sqlx::query_as(ABLEITUNGEN)
        .fetch_all(conn)
        .await
        .unwrap()
        .into_iter()
        .collect()
}

/// The stored rows against those of a full run made in their place.
pub async fn gleich_dem_ganzen(tx: &mut Transaction<'static, Postgres>, was: &str) {
    let zuwachs = ableitungen(tx).await;
    sqlx::query("SAVEPOINT ganz")
        .execute(&mut **tx)
        .await
        .unwrap();
    verbinde_alles(tx).await.unwrap();
    for pfad in ["strategie, fnp, gemeinde, public", "oeffentlich, public"] {
        sqlx::query("SELECT set_config('search_path', $1, true)")
            .bind(pfad)
            .execute(&mut **tx)
            .await
            .unwrap();
        sqlx::query("SELECT strategie.leite_massnahme_flaeche(NULL), strategie.leite_massnahme_ortsteil(NULL)")
            .execute(&mut **tx)
            .await
            .unwrap();
    }
    let ganz = ableitungen(tx).await;
    sqlx::query("ROLLBACK TO ganz")
        .execute(&mut **tx)
        .await
        .unwrap();
    let fehlen: Vec<_> = ganz
        .iter()
        .filter(|(z, _)| !zuwachs.contains_key(*z))
        .collect();
    let zuviel: Vec<_> = zuwachs
        .iter()
        .filter(|(z, _)| !ganz.contains_key(*z))
        .collect();
    assert!(
        fehlen.is_empty() && zuviel.is_empty(),
        "{was}: missing {fehlen:?}, too many {zuviel:?}"
    );
    for (zeile, werte) in &ganz {
        for (soll, ist) in werte.iter().zip(&zuwachs[zeile]) {
            assert!(
                (soll - ist).abs() < 1e-3,
                "{was}: {zeile}: {:?} instead of {werte:?}",
                zuwachs[zeile]
            );
        }
    }
}

/// Hectares that serve and strain each goal, cut by hand from the areas of a version and an Ortsteil.
const ZIELBILANZ: &str = "
  SELECT z.kennung, coalesce(sum(t.m2) FILTER (WHERE w.wirkung > 0), 0), coalesce(sum(t.m2) FILTER (WHERE w.wirkung < 0), 0)
  FROM (SELECT f.nutzung, st_area(st_intersection(st_intersection(f.geom, v.geom), o.geom)) AS m2
        FROM fnp.flaeche f JOIN fnp.fassung v ON v.id = f.fassung_id JOIN gemeinde.ortsteil o ON o.geom && f.geom
        WHERE f.fassung_id = $1 AND o.id = $2 AND f.gueltig) t
  JOIN strategie.ziel_nutzungsart_wirkung w ON w.nutzung = t.nutzung AND w.wirkung <> 0 JOIN strategie.ziel z ON z.id = w.ziel_id
  WHERE t.m2 > 0 GROUP BY z.kennung";

/// The goal balance of every newest version and Ortsteil against the areas themselves.
async fn zielbilanz_stimmt(conn: &mut PgConnection, was: &str) {
    let paare: Vec<(i32, i32)> = sqlx::query_as(
        "SELECT f.id, o.id FROM fnp.fassung f, gemeinde.ortsteil o WHERE f.aktuell ORDER BY 1, 2",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let mut gesehen = 0;
    for (fassung, ortsteil) in paare {
        let soll: BTreeMap<String, (f64, f64)> =
            sqlx::query_as::<_, (String, f64, f64)>(ZIELBILANZ)
                .bind(fassung)
                .bind(ortsteil)
                .fetch_all(&mut *conn)
                .await
                .unwrap()
                .into_iter()
                .map(|(kennung, dient, belastet)| (kennung, (dient, belastet)))
                .collect();
        let ist: BTreeMap<String, (f64, f64)> = flaechenziele(conn, fassung, ortsteil)
            .await
            .unwrap()
            .into_iter()
            .map(|z| (z.kennung, (z.dient_m2, z.belastet_m2)))
            .collect();
        // A goal of slivers alone may stand on one side only.
        for ziel in soll.keys().chain(ist.keys()) {
            let von =
                |seite: &BTreeMap<String, (f64, f64)>| seite.get(ziel).copied().unwrap_or_default();
            let ((dient, belastet), (d, b)) = (von(&soll), von(&ist));
            assert!(
                (dient - d).abs() < 2.0 && (belastet - b).abs() < 2.0,
                "{was}: {fassung}/{ortsteil} {ziel}: {d}, {b} instead of {dient}, {belastet}"
            );
            gesehen += 1;
        }
    }
    assert!(gesehen > 10, "{was}: only {gesehen} balances");
}

/// Pairs cut so far in this transaction.
async fn paare(conn: &mut PgConnection) -> i32 {
    let text: Option<String> = sqlx::query_scalar("SELECT current_setting('zielraum.paare', true)")
        .fetch_one(conn)
        .await
        .unwrap();
    text.filter(|t| !t.is_empty())
        .map_or(0, |t| t.parse().unwrap())
}

/// $1: a number that chooses; $2, $3: metres. Each makes one edit.
const AENDERUNGEN: [(&str, &str); 15] = [
    ("a piece of land moves to another Ortsteil", "
      WITH o AS (SELECT id, geom FROM gemeinde.ortsteil ORDER BY md5(id::text || $1) LIMIT 1),
        p AS (SELECT st_snaptogrid(st_buffer(st_translate(st_pointonsurface(st_boundary(o.geom)), $2, $3), 60 + abs($2)), 0.001) AS geom FROM o)
      UPDATE gemeinde.ortsteil t SET geom = st_multi(st_collectionextract(CASE WHEN t.id = o.id THEN st_union(t.geom, st_intersection(p.geom, (SELECT st_union(geom) FROM gemeinde.ortsteil))) ELSE st_difference(t.geom, p.geom) END, 3))
        FROM o, p WHERE st_intersects(t.geom, p.geom)"),
    ("the town grows at an Ortsteil", "
      WITH o AS (SELECT id FROM gemeinde.ortsteil ORDER BY md5(id::text || $1) LIMIT 1), p AS (SELECT st_translate(st_buffer(st_startpoint(st_geometryn(st_exteriorring(st_geometryn(st_union(geom), 1)), 1)), 90), $2, $3) AS geom FROM gemeinde.ortsteil)
      UPDATE gemeinde.ortsteil t SET geom = st_multi(st_collectionextract(st_union(t.geom, st_difference(p.geom, (SELECT st_union(geom) FROM gemeinde.ortsteil))), 3)) FROM o, p WHERE t.id = o.id"),
    ("land falls out of all Ortsteile", "
      UPDATE gemeinde.ortsteil t SET geom = st_multi(st_collectionextract(st_difference(t.geom, st_translate(st_buffer(st_pointonsurface(t.geom), 120), $2, $3)), 3))
        WHERE t.id = (SELECT id FROM gemeinde.ortsteil ORDER BY md5(id::text || $1) LIMIT 1)"),
    ("a new Ortsteil is cut out", "
      WITH o AS (SELECT id, geom, gemeinde_id, st_translate(st_buffer(st_pointonsurface(geom), 150), $2, $3) AS p FROM gemeinde.ortsteil ORDER BY md5(id::text || $1) LIMIT 1),
        u AS (UPDATE gemeinde.ortsteil t SET geom = st_multi(st_collectionextract(st_difference(t.geom, o.p), 3)) FROM o WHERE t.id = o.id)
      INSERT INTO gemeinde.ortsteil (kennung, name, gemeinde_id, geom) SELECT 'neu-' || md5($1), 'Neu', gemeinde_id, st_multi(st_collectionextract(st_intersection(geom, p), 3)) FROM o"),
    ("an Ortsteil is dissolved", "
      DELETE FROM gemeinde.ortsteil WHERE kennung LIKE 'neu-%' AND $1::text <> '' AND $2::float8 < 1e9 AND $3::float8 < 1e9"),
    ("an area moves", "
      UPDATE fnp.flaeche SET geom = st_translate(geom, $2, $3) WHERE (fassung_id, ordnung) = (SELECT fassung_id, ordnung FROM fnp.flaeche ORDER BY md5(fassung_id || kennung || $1) LIMIT 1)"),
    ("three areas grow over their neighbours", "
      UPDATE fnp.flaeche SET geom = st_multi(st_buffer(geom, 5 + abs($2) / 4)) WHERE (fassung_id, ordnung) IN (SELECT fassung_id, ordnung FROM fnp.flaeche WHERE gueltig ORDER BY md5(fassung_id || kennung || $1) LIMIT 3)"),
    ("an area shrinks", "
      UPDATE fnp.flaeche SET geom = st_multi(st_buffer(geom, -4)) WHERE (fassung_id, ordnung) = (SELECT fassung_id, ordnung FROM fnp.flaeche WHERE gueltig AND NOT st_isempty(st_buffer(geom, -4)) ORDER BY md5(fassung_id || kennung || $1 || $2 || $3) LIMIT 1)"),
    ("a published area moves", "
      UPDATE oeffentlich.flaeche SET geom = st_translate(geom, $2, $3) WHERE (fassung_id, ordnung) = (SELECT fassung_id, ordnung FROM oeffentlich.flaeche ORDER BY md5(fassung_id || kennung || $1) LIMIT 1)"),
    ("an area becomes a bow tie", "
      UPDATE fnp.flaeche SET geom = (SELECT st_setsrid(st_geomfromtext(format('MULTIPOLYGON(((%s %s,%s %s,%s %s,%s %s,%s %s)))', x, y, x + 70, y + 80, x + 70, y, x, y + 90, x, y)), 25832)
          FROM (SELECT st_xmin(geom) + $2 AS x, st_ymin(geom) + $3 AS y) e)
        WHERE (fassung_id, ordnung) = (SELECT fassung_id, ordnung FROM fnp.flaeche ORDER BY md5(fassung_id || kennung || $1) LIMIT 1)"),
    ("a copy is added beside an area", "
      INSERT INTO fnp.flaeche (fassung_id, ordnung, kennung, nutzung, klasse, codes, rechtsstand, ebene, flaechenschluss, gueltig, flaeche_m2, geom)
        SELECT fassung_id, (SELECT max(ordnung) + 1 FROM fnp.flaeche), 'neu.' || md5($1 || $2), nutzung, klasse, codes, rechtsstand, ebene, flaechenschluss, true, 0, st_translate(geom, $2, $3)
        FROM fnp.flaeche ORDER BY md5(fassung_id || kennung || $1) LIMIT 1"),
    ("two areas are deleted", "
      DELETE FROM fnp.flaeche WHERE (fassung_id, ordnung) IN (SELECT fassung_id, ordnung FROM fnp.flaeche ORDER BY md5(fassung_id || kennung || $1 || $2 || $3) LIMIT 2)"),
    ("an area changes its use", "
      UPDATE fnp.flaeche SET nutzung = 'S', rechtsstand = 'planung' WHERE (fassung_id, ordnung) = (SELECT fassung_id, ordnung FROM fnp.flaeche ORDER BY md5(fassung_id || kennung || $1 || $2 || $3) LIMIT 1)"),
    ("a measure's own shape moves", "
      UPDATE strategie.raumbezug SET geom = st_translate(geom, $2, $3) WHERE id = (SELECT id FROM strategie.raumbezug WHERE geom IS NOT NULL ORDER BY md5(id::text || $1) LIMIT 1)"),
    ("an area a measure hangs on moves", "
      UPDATE fnp.flaeche f SET geom = st_translate(f.geom, $2 * 5, $3 * 5) FROM fnp.fassung fa, strategie.raumbezug r
        WHERE fa.id = f.fassung_id AND fa.aktuell AND r.plan_id = fa.plan_id AND r.flaeche_kennung = f.kennung
          AND r.id = (SELECT id FROM strategie.raumbezug WHERE plan_id IS NOT NULL ORDER BY md5(id::text || $1) LIMIT 1)"),
];

#[tokio::test]
async fn after_random_edits_all_equals_a_full_run() {
    let db = datenbank_mit_demo().await;
    let mut gewirkt = BTreeMap::new();
    let mut zufall = 7_u64;
    let mut meter = || {
        zufall = zufall
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(zufall >> 40).unwrap() % 80_000) / 1000.0 - 40.0
    };
    let mut tx = audit::begin(&db.write, "test", "Zuwachs").await.unwrap();
    for runde in 0..3 {
        for (nr, (was, sql)) in AENDERUNGEN.iter().enumerate() {
            let zeilen = sqlx::query(*sql)
                .bind(format!("{runde}.{nr}"))
                .bind(meter())
                .bind(meter())
                .execute(&mut *tx)
                .await
                .unwrap_or_else(|e| panic!("{was}: {e}"))
                .rows_affected();
            *gewirkt.entry(*was).or_insert(0) += zeilen;
            gleich_dem_ganzen(&mut tx, &format!("{runde}: {was}")).await;
        }
        zielbilanz_stimmt(&mut tx, &format!("round {runde}")).await;
    }
    assert!(gewirkt.values().all(|n| *n > 0), "{gewirkt:?}");
    assert!(paare(&mut tx).await > 0);
    tx.commit().await.unwrap();
}

/// Ortsteile as strips of a plan's 200 m, from the given borders; west to east a, b, c …
fn streifen(ordner: &tempfile::TempDir, grenzen: &[f64]) -> PathBuf {
    let merkmale: Vec<_> = grenzen
        .windows(2)
        .zip('a'..)
        .map(|(x, name)| {
            let (w, o) = (638_000.0 + x[0], 638_000.0 + x[1]);
            let (s, n) = (5_321_000.0, 5_321_100.0);
            json!({"type": "Feature", "properties": {"name": name.to_string()},
                "geometry": {"type": "Polygon", "coordinates": [[[w, s], [o, s], [o, n], [w, n], [w, s]]]}})
        })
        .collect();
    let pfad = ordner.path().join("ortsteile.geojson");
    let inhalt = json!({"type": "FeatureCollection", "features": merkmale,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}});
    std::fs::write(&pfad, inhalt.to_string()).unwrap();
    pfad
}

async fn importiere_streifen(db: &TestDb, grenzen: &[f64]) {
    let ordner = tempfile::tempdir().unwrap();
    gebiete::fuehre_aus(
        db,
        Art::Ortsteile,
        &streifen(&ordner, grenzen),
        Felder::default(),
        "pruefung",
    )
    .await
    .unwrap();
}

/// Rows of anteil written since: xmin is the writing transaction.
async fn neu_geschrieben(db: &TestDb, welt: &str) -> i64 {
    zahl(
        &db.write,
        &format!("SELECT count(*) FROM {welt}.anteil WHERE xmin::text = (SELECT max(xmin::text::bigint)::text FROM {welt}.anteil)"),
    )
    .await
    .unwrap()
}

/// 20 areas of 10 m in one plan, Ortsteile a, b, c.
async fn zwanzig() -> TestDb {
    let db = datenbank().await;
    importiere_streifen(&db, &[0.0, 65.0, 135.0, 200.0]).await;
    let plan = (0..20).fold(Plan::neu("Z"), |plan, i| {
        let (von, bis) = (f64::from(i) * 10.0, f64::from(i + 1) * 10.0);
        if i % 2 == 0 {
            plan.wohnen(von, bis)
        } else {
            plan.wald(von, bis)
        }
    });
    plan.importiere(&db).await;
    db
}

#[tokio::test]
async fn a_moved_border_cuts_only_the_areas_it_passed() {
    let db = zwanzig().await;
    for welt in ["fnp", "oeffentlich"] {
        assert_eq!(
            neu_geschrieben(&db, welt).await,
            22,
            "20 areas, two of them in two Ortsteile"
        );
    }
    // from 65 to 85: areas 60–70, 70–80, 80–90; the last now in two Ortsteile
    importiere_streifen(&db, &[0.0, 85.0, 135.0, 200.0]).await;
    for welt in ["fnp", "oeffentlich"] {
        assert_eq!(neu_geschrieben(&db, welt).await, 4, "{welt}");
    }
    let mut tx = audit::begin(&db.write, "test", "Vergleich").await.unwrap();
    gleich_dem_ganzen(&mut tx, "border moved").await;
    let grenze: f64 = sqlx::query_scalar(
        "SELECT sum(m2) FROM oeffentlich.anteil JOIN gemeinde.ortsteil o ON o.id = ortsteil_id WHERE o.kennung = 'a'",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    assert!((grenze - 8500.0).abs() < 1e-3, "{grenze}");
    tx.rollback().await.unwrap();
    // the same borders again: nothing
    let vorher = neu_geschrieben(&db, "fnp").await;
    importiere_streifen(&db, &[0.0, 85.0, 135.0, 200.0]).await;
    assert_eq!(neu_geschrieben(&db, "fnp").await, vorher);
}

#[tokio::test]
async fn one_edited_area_cuts_itself_alone() {
    let db = zwanzig().await;
    let mut tx = audit::begin(&db.write, "test", "Bearbeitung")
        .await
        .unwrap();
    for (sql, soll) in [
        (
            "UPDATE fnp.flaeche SET geom = st_translate(geom, 2, 0) WHERE st_xmin(geom) = 638060",
            2,
        ),
        (
            "UPDATE fnp.flaeche SET name = 'Am Bach' WHERE st_xmin(geom) = 638062",
            0,
        ),
        (
            "UPDATE fnp.flaeche SET nutzung = 'gruen' WHERE st_xmin(geom) = 638020",
            1,
        ),
        (
            "UPDATE fnp.flaeche SET geom = st_multi(st_expand(geom, 0.5)) WHERE st_xmin(geom) IN (638000, 638190)",
            2,
        ),
        ("DELETE FROM fnp.flaeche WHERE st_xmin(geom) = 638189.5", 0),
    ] {
        let vorher = paare(&mut tx).await;
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
        assert_eq!(paare(&mut tx).await - vorher, soll, "{sql}");
        gleich_dem_ganzen(&mut tx, sql).await;
    }
    let pruefung: (f64, f64, f64) = sqlx::query_as(
        "SELECT luecke_m2, ueberlappung_m2, ausserhalb_m2 FROM fnp.pruefung WHERE ortsteil_id = -1",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    // area 7 left 2 m and covers 2 m of its neighbour, area 1 spilled over, area 20 is gone
    assert!((pruefung.0 - 1200.0).abs() < 1e-3, "{pruefung:?}");
    assert!((pruefung.1 - 250.0).abs() < 1e-3, "{pruefung:?}");
    assert!((pruefung.2 - 61.0).abs() < 1e-3, "{pruefung:?}");
    let draft: f64 =
        sqlx::query_scalar("SELECT luecke_m2 FROM oeffentlich.pruefung WHERE ortsteil_id = -1")
            .fetch_one(&mut *tx)
            .await
            .unwrap();
    assert!(draft.abs() < 1e-9, "an edit is not published: {draft}");
}

#[tokio::test]
async fn a_border_does_not_carry_a_draft_edit_to_the_public() {
    let db = zwanzig().await;
    let mut tx = audit::begin(&db.write, "test", "Bearbeitung")
        .await
        .unwrap();
    sqlx::query("UPDATE fnp.flaeche SET nutzung = 'gruen' WHERE ordnung = 7")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    importiere_streifen(&db, &[0.0, 62.0, 135.0, 200.0]).await;
    let gruen = "SELECT count(*) FROM oeffentlich.anteil WHERE nutzung = 'gruen'";
    assert_eq!(zahl(&db.write, gruen).await.unwrap(), 0);
}

#[tokio::test]
async fn an_edit_without_author_is_refused() {
    let db = zwanzig().await;
    let fehler = sqlx::query("UPDATE fnp.flaeche SET name = 'x'")
        .execute(&db.write)
        .await
        .unwrap_err();
    assert_eq!(
        fehler.as_database_error().unwrap().code().as_deref(),
        Some("ZR001")
    );
}

#[tokio::test]
async fn the_figures_of_a_whole_town_are_exact() {
    let db = datenbank_mit_demo().await;
    let fassungen: Vec<(f64, f64, f64, f64)> = sqlx::query_as(
        "SELECT p.gebiet_m2, st_area(f.geom), (SELECT sum(m2) FROM fnp.anteil a WHERE a.fassung_id = f.id), (SELECT sum(st_area(geom)) FROM fnp.flaeche x WHERE x.fassung_id = f.id AND gueltig)
         FROM fnp.fassung f JOIN fnp.pruefung p ON p.fassung_id = f.id AND p.ortsteil_id = -1",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    assert_eq!(fassungen.len(), 2);
    for (gebiet, soll, anteile, flaechen) in fassungen {
        assert!((gebiet - soll).abs() < 1e-3, "{gebiet} instead of {soll}");
        assert!(
            (anteile - flaechen).abs() < 1e-2,
            "{anteile} instead of {flaechen}"
        );
    }
    let ortsteile: Vec<(f64, f64)> = sqlx::query_as(
        "SELECT p.gebiet_m2, st_area(st_intersection(f.geom, o.geom)) FROM fnp.fassung f JOIN fnp.pruefung p ON p.fassung_id = f.id JOIN gemeinde.ortsteil o ON o.id = p.ortsteil_id",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    for (gebiet, soll) in ortsteile {
        assert!((gebiet - soll).abs() < 1e-3, "{gebiet} instead of {soll}");
    }
}

#[tokio::test]
async fn a_new_delivery_derives_its_measures_alone() {
    let db = datenbank_mit_demo().await;
    let letzte = "SELECT count(*) FROM strategie.massnahme_flaeche m JOIN fnp.fassung f ON f.id = m.fassung_id WHERE f.nummer = 2 AND f.aktuell";
    assert_eq!(zahl(&db.write, letzte).await.unwrap(), 0);
    // the plan in force, then the draft once more: their measures are derived, in both worlds
    let mut bisher = 0;
    for plan in ["fnp-2001.gml", "fnp-2025-entwurf.gml"] {
        let auftrag = zielraum::import::fnp::Auftrag {
            datei: crate::support::demo(plan),
            wer: "pruefung".into(),
            ..Default::default()
        };
        zielraum::import::fnp::fuehre_aus(&db, &auftrag)
            .await
            .unwrap();
        let nun = zahl(&db.write, letzte).await.unwrap();
        assert!(nun > bisher, "{plan}: {nun}");
        bisher = nun;
        let mut tx = audit::begin(&db.write, "test", "Vergleich").await.unwrap();
        gleich_dem_ganzen(&mut tx, "plan delivered again").await;
        zielbilanz_stimmt(&mut tx, "plan delivered again").await;
        tx.rollback().await.unwrap();
    }
    // a plan elsewhere: no measure is touched
    let vorher: i64 = zahl(
        &db.write,
        "SELECT sum(xmin::text::bigint)::bigint FROM strategie.massnahme_flaeche",
    )
    .await
    .unwrap();
    Plan::neu("weit-weg")
        .plan_art("5000")
        .wohnen(-90_000.0, -89_900.0)
        .importiere(&db)
        .await;
    let nachher: i64 = zahl(
        &db.write,
        "SELECT sum(xmin::text::bigint)::bigint FROM strategie.massnahme_flaeche",
    )
    .await
    .unwrap();
    assert_eq!(vorher, nachher, "rows of no measure are written again");
    let mut tx = audit::begin(&db.write, "test", "Vergleich").await.unwrap();
    gleich_dem_ganzen(&mut tx, "another plan").await;
    tx.rollback().await.unwrap();
}
