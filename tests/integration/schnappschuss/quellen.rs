//! A layer's version: it moves with each of its base tables, and with no other.

#[expect(
    clippy::disallowed_types,
    reason = "test support: names from the catalogue"
)]
use sqlx::AssertSqlSafe;
use sqlx::PgPool;

use super::Dienst;
use crate::support::{admin, datenbank_mit_demo};

/// Tables of the public world, without partitions, past and counters.
async fn tabellen(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'oeffentlich'::regnamespace AND relkind IN ('r', 'p')
           AND NOT relispartition AND relname !~ '_historie$' AND relname NOT IN ('stand', 'geaendert') ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

/// Touches one row (or, where there is none, the table) as any writer would.
async fn ruehre_an(pool: &PgPool, tabelle: &str) {
    let spalte: String = sqlx::query_scalar(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = ('oeffentlich.' || quote_ident($1))::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
         ORDER BY attname IN ('seit', 'version') DESC, attnum DESC LIMIT 1",
    )
    .bind(tabelle)
    .fetch_one(pool)
    .await
    .unwrap();
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("SELECT audit.beginne('test', 'Zähler')")
        .execute(&mut *tx)
        .await
        .unwrap();
    let sql = format!("UPDATE oeffentlich.{tabelle} SET {spalte} = {spalte}");
    let n = sqlx::query(AssertSqlSafe(sql))
        .execute(&mut *tx)
        .await
        .unwrap()
        .rows_affected();
    if n == 0 {
        // No row to change: the counter itself stands for one.
        sqlx::query("SELECT audit.zaehle_weiter($1, ARRAY[NULL::text])")
            .bind(tabelle)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_move_with_their_base_tables_and_no_other() {
    let db = datenbank_mit_demo().await;
    let pool = admin(&db).await;
    let dienst = Dienst::neu(&db, 0).await;
    let sammlungen = dienst.sammlungen().await;
    let mut vorher = Vec::new();
    for sammlung in &sammlungen {
        let version = dienst.lager.version(sammlung).await;
        vorher.push(version.unwrap_or_else(|| panic!("{} is not counted", sammlung.id)));
    }
    let (mut mit, mut ohne) = (0, 0);
    for tabelle in tabellen(&pool).await {
        ruehre_an(&pool, &tabelle).await;
        dienst.lager.frische().erneuere().await.unwrap();
        for (sammlung, vorher) in sammlungen.iter().zip(&mut vorher) {
            let nachher = dienst.lager.version(sammlung).await.unwrap();
            let beteiligt = vorher.zaehler().iter().any(|(name, _)| *name == tabelle);
            assert_eq!(
                *vorher != nachher,
                beteiligt,
                "{} and {tabelle}",
                sammlung.id
            );
            assert_eq!(vorher.marke() != nachher.marke(), beteiligt);
            if beteiligt {
                mit += 1;
            } else {
                ohne += 1;
            }
            *vorher = nachher;
        }
    }
    assert!(mit > 60 && ohne > 200, "{mit} {ohne}");
}

/// The tables of a version are those a change in which shows: each is really read, none is missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn base_tables_are_those_the_plan_reads() {
    let db = datenbank_mit_demo().await;
    let dienst = Dienst::neu(&db, 0).await;
    for sammlung in dienst.sammlungen().await {
        let relation = &sammlung.ebene.relation;
        let sql = format!(
            "EXPLAIN (FORMAT JSON, VERBOSE) SELECT * FROM oeffentlich.{}",
            relation.name
        );
        let plan: serde_json::Value = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&db.public)
            .await
            .unwrap();
        let version = dienst.lager.version(&sammlung).await.unwrap();
        let mut gelesen = Vec::new();
        sammle(&plan, &mut gelesen);
        for tabelle in gelesen {
            let tabelle = tabelle
                .split("_f")
                .next()
                .filter(|t| ["flaeche", "ueberlagerung", "linie", "punkt", "anteil"].contains(t))
                .unwrap_or(&tabelle)
                .to_owned();
            assert!(
                version.zaehler().iter().any(|(name, _)| *name == tabelle),
                "{} reads {tabelle}: {version:?}",
                sammlung.id
            );
        }
    }
}

fn sammle(plan: &serde_json::Value, namen: &mut Vec<String>) {
    match plan {
        serde_json::Value::Object(felder) => {
            if let Some(name) = felder.get("Relation Name").and_then(|n| n.as_str()) {
                namen.push(name.to_owned());
            }
            felder.values().for_each(|wert| sammle(wert, namen));
        }
        serde_json::Value::Array(werte) => werte.iter().for_each(|wert| sammle(wert, namen)),
        _ => {}
    }
}

/// A new public table counts its changes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_public_table_counts() {
    let db = datenbank_mit_demo().await;
    let pool = admin(&db).await;
    for tabelle in tabellen(&pool).await {
        let da: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = ('oeffentlich.' || quote_ident($1))::regclass AND tgname = 'zaehl_neu')")
            .bind(&tabelle).fetch_one(&pool).await.unwrap();
        assert!(da, "{tabelle}");
    }
    // Of a row that is gone no name stays, also not in older notes.
    let mut tx = pool.begin().await.unwrap();
    sqlx::raw_sql("SELECT audit.beginne('test', 'weg'); UPDATE oeffentlich.fachobjekt SET name = name WHERE kennung = (SELECT min(kennung) FROM oeffentlich.fachobjekt)")
        .execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let name: String = sqlx::query_scalar("SELECT substr(schluessel, 2) FROM oeffentlich.geaendert WHERE relation = 'fachobjekt' AND schluessel LIKE '=%' ORDER BY zaehler DESC LIMIT 1")
        .fetch_one(&pool).await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    sqlx::raw_sql("SELECT audit.beginne('test', 'weg'); DELETE FROM oeffentlich.fachobjekt WHERE kennung = (SELECT min(kennung) FROM oeffentlich.fachobjekt)")
        .execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let bleibt: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM oeffentlich.geaendert WHERE schluessel LIKE '%' || $1 || '%'",
    )
    .bind(&name)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(bleibt, 0, "{name}");
    // Come and gone in one transaction.
    let mut tx = pool.begin().await.unwrap();
    sqlx::raw_sql("SELECT audit.beginne('test', 'kurz'); INSERT INTO oeffentlich.fachobjekt SELECT f.* FROM (SELECT (jsonb_populate_record(x, '{\"id\": \"00000000-0000-0000-00aa-000000000001\", \"kennung\": \"fluechtig\"}')).* FROM oeffentlich.fachobjekt x LIMIT 1) f; DELETE FROM oeffentlich.fachobjekt WHERE kennung = 'fluechtig'")
        .execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let bleibt: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM oeffentlich.geaendert WHERE schluessel LIKE '%fluechtig%'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(bleibt, 0);
    let offen: i64 = sqlx::query_scalar("SELECT count(*) FROM audit.geaendert")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(offen, 0);
}
