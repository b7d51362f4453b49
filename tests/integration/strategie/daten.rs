//! A small town: two Ortsteile side by side (west, ost), a plan of three areas across
//! them, one village-renewal area, and the fixture files.

use sqlx::{Postgres, Transaction};
use zielraum::db::audit;
use zielraum::error::Result;
use zielraum::import::strategie::{Ergebnis, importiere};

use crate::support::{TestDb, datenbank};

/// All fixture files.
pub const ALLE: [&str; 7] = [
    "handlungsfelder.csv",
    "ziele-excel.csv",
    "massnahmen.csv",
    "ziel_massnahme.csv",
    "wirkung.csv",
    "raumbezug.csv",
    "gebiet_massnahme.csv",
];

const STADT: &[&str] = &[
    "INSERT INTO gemeinde (id, kennung, name, geom) VALUES (1, 'stadt', 'Stadt', st_multi(st_makeenvelope(640000, 5324000, 642000, 5325000, 25832)))",
    "INSERT INTO ortsteil (id, kennung, name, gemeinde_id, geom) VALUES
       (1, 'west', 'West', 1, st_multi(st_makeenvelope(640000, 5324000, 641000, 5325000, 25832))),
       (2, 'ost', 'Ost', 1, st_multi(st_makeenvelope(641000, 5324000, 642000, 5325000, 25832)))",
    "INSERT INTO plan (id, kennung, name, stand, gemeinde_id) VALUES ('00000000-0000-0000-0000-0000000000a1', 'fnp-a', 'Plan A', 'wirksam', 1)",
    "INSERT INTO fassung (id, plan_id, nummer, stand, aktuell, flaeche_m2, geom) VALUES
       (7, '00000000-0000-0000-0000-0000000000a1', 1, 'wirksam', true, 2e6, st_multi(st_makeenvelope(640000, 5324000, 642000, 5325000, 25832)))",
    "SELECT fnp.fassung_anlegen('fnp', 7)",
    "INSERT INTO flaeche_f7 (fassung_id, ordnung, kennung, nutzung, klasse, codes, rechtsstand, ebene, flaechenschluss, gueltig, flaeche_m2, geom)
       SELECT 7, n, kennung, nutzung, 'FP_BebauungsFlaeche', '{}', 'bestand', 0, true, true, st_area(g), st_multi(g) FROM (VALUES
         (1, 'a.w1', 'W', st_makeenvelope(640000, 5324000, 640500, 5325000, 25832)),
         (2, 'a.g1', 'G', st_makeenvelope(640500, 5324000, 641500, 5325000, 25832)),
         (3, 'a.gr1', 'gruen', st_makeenvelope(641500, 5324000, 642000, 5325000, 25832))) x (n, kennung, nutzung, g)",
    "SELECT fnp.fassung_anhaengen('fnp', 7)",
    "INSERT INTO gebiet (id, kennung, name, ortsteil_id, typ, stand, geom) VALUES
       ('00000000-0000-0000-0000-0000000000b1', 'dorf-ost', 'Dorfkern Ost', 2, 'dorferneuerung', 'angeordnet', st_multi(st_makeenvelope(641300, 5324300, 641700, 5324700, 25832)))",
];

/// Runs these statements as one change.
pub async fn aendere(db: &TestDb, anweisungen: &[&'static str]) {
    let mut tx = audit::begin(&db.write, "test", "Testdaten").await.unwrap();
    for sql in anweisungen {
        sqlx::query(*sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// A transaction of the working world that sees everything from this day.
pub async fn am_stichtag(db: &TestDb, tag: &str) -> Transaction<'static, Postgres> {
    let mut tx = db.write.begin().await.unwrap();
    sqlx::query("SELECT set_config('zielraum.stichtag', $1, true)")
        .bind(tag)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx
}

/// The town; public are the Ortsteile alone.
pub async fn stadt() -> TestDb {
    let db = datenbank().await;
    aendere(&db, STADT).await;
    db
}

/// Publishes plan and village-renewal area.
pub async fn veroeffentliche_plan(db: &TestDb) {
    aendere(
        db,
        &[
            "SELECT freigabe.veroeffentliche_fassung(7)",
            "SELECT freigabe.veroeffentliche('gebiet', array_agg(id)) FROM gebiet",
        ],
    )
    .await;
}

/// A fixture file.
pub fn fixture(name: &str) -> (String, Vec<u8>) {
    let pfad = format!(
        "{}/tests/fixtures/strategie/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    (name.to_owned(), std::fs::read(pfad).unwrap())
}

/// Fixture files.
pub fn fixtures(namen: &[&str]) -> Vec<(String, Vec<u8>)> {
    namen.iter().map(|name| fixture(name)).collect()
}

/// A file written in the test.
pub fn datei(name: &str, text: &str) -> (String, Vec<u8>) {
    (name.to_owned(), text.as_bytes().to_vec())
}

/// Imports as drafts.
pub async fn entwurf(db: &TestDb, dateien: &[(String, Vec<u8>)]) -> Result<Ergebnis> {
    importiere(&db.db, dateien, false, "test").await
}

/// Imports and publishes.
pub async fn oeffentlich(db: &TestDb, dateien: &[(String, Vec<u8>)]) -> Result<Ergebnis> {
    importiere(&db.db, dateien, true, "test").await
}

/// One number from the working world.
pub async fn zahl(db: &TestDb, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&db.write).await.unwrap()
}

/// One number from the public world.
pub async fn zahl_oeffentlich(db: &TestDb, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&db.public).await.unwrap()
}

/// The town with a whole strategy (bestand.sql), published but for one measure and one indicator.
pub async fn bestand() -> TestDb {
    let db = stadt().await;
    let mut tx = audit::begin(&db.write, "test", "Bestand").await.unwrap();
    sqlx::raw_sql(include_str!("bestand.sql"))
        .execute(&mut *tx)
        .await
        .unwrap();
    // The join of the plan, as an import would load it: all areas are rectangles.
    sqlx::raw_sql(
        "INSERT INTO anteil (fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand, m2)
           SELECT f.fassung_id, f.ordnung, o.id, f.nutzung, f.rechtsstand, st_area(st_intersection(f.geom, o.geom)) FROM flaeche f JOIN ortsteil o ON st_area(st_intersection(f.geom, o.geom)) > 0
           ON CONFLICT DO NOTHING",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    veroeffentliche_plan(&db).await;
    let mut tx = audit::begin(&db.write, "test", "Freigabe").await.unwrap();
    for art in [
        "beschluss",
        "strategie",
        "strategiefassung",
        "leitlinie",
        "handlungsfeld",
        "kennzahl",
        "ziel",
        "massnahme",
        "fachplan",
        "trend",
        "gebiet",
    ] {
        let relation = if art == "gebiet" {
            "dorferneuerung.gebiet".to_owned()
        } else {
            format!("strategie.{art}")
        };
        // Constants of this file alone.
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT freigabe.veroeffentliche('{art}', array_agg(id)) FROM {relation} WHERE kennung NOT IN ('m-entwurf', 'k-geheim')"
        ));
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    db
}
