//! The rules of the schema: rights, copies, comments, sentences, sealed audit.

use sqlx::{Connection, Executor, PgConnection};

use crate::lieferung::Plan;
use crate::support::{admin, datenbank, leere_datenbank};
use zielraum::db::cluster::Durability;
use zielraum::db::{Server, audit, constraint, statistik};

/// Relations of the working schemas that `zielraum_public` could read; must be none.
#[tokio::test]
async fn public_role_sees_oeffentlich_alone() {
    let db = datenbank().await;
    let open: Vec<String> = sqlx::query_scalar(
        "SELECT k.oid::regclass::text FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public', 'oeffentlich', 'oeffentlich_damals') AND k.relkind IN ('r', 'p', 'v', 'm', 'S')
           AND (CASE WHEN k.relkind = 'S' THEN has_sequence_privilege('zielraum_public', k.oid, 'USAGE, SELECT, UPDATE')
                ELSE has_any_column_privilege('zielraum_public', k.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
                  OR has_table_privilege('zielraum_public', k.oid, 'DELETE, TRUNCATE, TRIGGER') END)",
    )
    .fetch_all(&admin(&db).await)
    .await
    .unwrap();
    assert!(open.is_empty(), "readable by the public: {open:?}");
    let functions: Vec<String> = sqlx::query_scalar(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')
           AND has_function_privilege('zielraum_public', p.oid, 'EXECUTE')",
    )
    .fetch_all(&admin(&db).await)
    .await
    .unwrap();
    assert!(
        functions.is_empty(),
        "runnable by the public: {functions:?}"
    );
    // In the public world it reads and does nothing else; of our own tables in public it sees none.
    let writable: Vec<String> = sqlx::query_scalar(
        "SELECT k.oid::regclass::text FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE k.relkind IN ('r', 'p', 'v', 'm') AND (n.nspname IN ('oeffentlich', 'oeffentlich_damals') AND (has_any_column_privilege('zielraum_public', k.oid, 'INSERT, UPDATE, REFERENCES') OR has_table_privilege('zielraum_public', k.oid, 'DELETE, TRUNCATE, TRIGGER'))
           OR n.nspname = 'public' AND k.relname ~ '^_' AND has_any_column_privilege('zielraum_public', k.oid, 'SELECT, INSERT, UPDATE'))",
    )
    .fetch_all(&admin(&db).await)
    .await
    .unwrap();
    assert!(writable.is_empty(), "{writable:?}");
    let refused = sqlx::query("SELECT count(*) FROM fnp.plan")
        .execute(&db.public)
        .await
        .unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().code().as_deref(),
        Some("42501")
    );
    let estimate = sqlx::query("SELECT st_estimatedextent('oeffentlich', 'ortsteil', 'geom')")
        .execute(&db.public)
        .await
        .unwrap_err();
    assert_eq!(
        estimate.as_database_error().unwrap().code().as_deref(),
        Some("42501")
    );
}

/// A column of a public copy exists in the working table with the same type; what is left out is listed here.
#[tokio::test]
async fn public_copies_match_their_originals() {
    let db = datenbank().await;
    let left_out = [
        "veroeffentlichung",
        "erstellt_am",
        "intern_notiz",
        "akteur",
        "protokoll",
    ];
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT a.attrelid::regclass::text, a.attname::text, 'fehlt' FROM pg_attribute a JOIN pg_class k ON k.oid = a.attrelid JOIN pg_namespace n ON n.oid = k.relnamespace
         JOIN pg_class o ON o.relname = k.relname AND o.relnamespace = 'oeffentlich'::regnamespace AND o.relkind IN ('r', 'p')
         WHERE n.nspname IN ('gemeinde', 'fnp', 'strategie', 'dorferneuerung', 'fachdaten') AND a.attnum > 0 AND NOT a.attisdropped AND k.relname !~ '_historie$'
           AND NOT EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = o.oid AND b.attname = a.attname AND NOT b.attisdropped
             AND format_type(b.atttypid, b.atttypmod) = format_type(a.atttypid, a.atttypmod))",
    )
    .fetch_all(&admin(&db).await)
    .await
    .unwrap();
    let unexpected: Vec<_> = rows
        .iter()
        .filter(|(_, column, _)| !left_out.contains(&column.as_str()))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT k.relname::text FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE n.nspname IN ('gemeinde', 'fnp', 'strategie', 'dorferneuerung', 'fachdaten', 'freigabe') AND k.relkind IN ('r', 'p', 'v') GROUP BY 1 HAVING count(*) > 1",
    )
    .fetch_all(&admin(&db).await)
    .await
    .unwrap();
    assert!(
        names.is_empty(),
        "table names must be unique over all contexts: {names:?}"
    );
}

/// Views of the public world check rights as their reader, and every column has a German title.
#[tokio::test]
async fn views_are_invokers_and_everything_has_a_title() {
    let db = datenbank().await;
    let pool = admin(&db).await;
    let definers: Vec<String> = sqlx::query_scalar(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'v' AND relnamespace = 'oeffentlich'::regnamespace
           AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(definers.is_empty(), "{definers:?}");
    let untitled: Vec<String> = sqlx::query_scalar(
        "SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class k ON k.oid = a.attrelid JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE n.nspname IN ('gemeinde', 'fnp', 'strategie', 'dorferneuerung', 'fachdaten', 'freigabe', 'audit', 'oeffentlich') AND k.relkind IN ('r', 'p', 'v') AND NOT k.relispartition
           AND a.attnum > 0 AND NOT a.attisdropped AND col_description(k.oid, a.attnum) IS NULL
         UNION ALL
         SELECT k.oid::regclass::text FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE n.nspname IN ('gemeinde', 'fnp', 'strategie', 'dorferneuerung', 'fachdaten', 'freigabe', 'audit', 'oeffentlich') AND k.relkind IN ('r', 'p') AND NOT k.relispartition
           AND obj_description(k.oid) IS NULL",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(untitled.is_empty(), "without COMMENT: {untitled:#?}");
}

/// Every constraint a user can hit has a German sentence.
#[tokio::test]
async fn every_constraint_has_a_sentence() {
    let db = datenbank().await;
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT c.conname::text FROM pg_constraint c JOIN pg_class k ON k.oid = c.conrelid JOIN pg_namespace n ON n.oid = k.relnamespace
         WHERE n.nspname IN ('gemeinde', 'fnp', 'strategie', 'dorferneuerung', 'haushalt', 'fachdaten', 'freigabe') AND c.contype IN ('c', 'x', 'u') AND NOT k.relispartition
           AND c.conname !~ '_reihenfolge_key$'",
    )
    .fetch_all(&admin(&db).await)
    .await
    .unwrap();
    let missing: Vec<_> = names
        .iter()
        .filter(|name| constraint::sentence(name).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

const HANDLUNGSFELD: &str =
    "INSERT INTO handlungsfeld (id, kennung, titel) VALUES (gen_random_uuid(), 'hf1', 'Bildung')";

#[tokio::test]
async fn a_write_without_author_is_refused() {
    let db = datenbank().await;
    let refused = sqlx::query(HANDLUNGSFELD)
        .execute(&db.write)
        .await
        .unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().code().as_deref(),
        Some("ZR001")
    );
    let mut tx = audit::begin(&db.write, "test", "Anlage").await.unwrap();
    sqlx::query(HANDLUNGSFELD).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    // Not even with the number of somebody else's change.
    let mut tx = db.write.begin().await.unwrap();
    sqlx::query("SELECT set_config('zielraum.aenderung', (SELECT max(id)::text FROM audit.aenderung), true)").execute(&mut *tx).await.unwrap();
    assert!(
        sqlx::query("UPDATE handlungsfeld SET titel = 'x'")
            .execute(&mut *tx)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn history_keeps_what_was_and_the_chain_shows_tampering() {
    let db = datenbank().await;
    for (why, sql) in [
        ("Anlage", HANDLUNGSFELD),
        (
            "Umbenennung",
            "UPDATE handlungsfeld SET titel = 'Bildung und Soziales' WHERE kennung = 'hf1'",
        ),
        (
            "Löschung",
            "DELETE FROM handlungsfeld WHERE kennung = 'hf1'",
        ),
    ] {
        let mut tx = audit::begin(&db.write, "test", why).await.unwrap();
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    let past: Vec<(String, i32, i64)> = sqlx::query_as(
        "SELECT h.titel, h.version, a.lfd FROM handlungsfeld_historie h JOIN audit.aenderung a ON a.id = h.beendet_durch ORDER BY a.lfd",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    assert_eq!(
        past,
        [
            ("Bildung".into(), 1, 2),
            ("Bildung und Soziales".into(), 2, 3)
        ]
    );
    let broken = "SELECT lfd FROM audit.pruefe()";
    assert_eq!(
        sqlx::query_scalar::<_, i64>(broken)
            .fetch_optional(&db.write)
            .await
            .unwrap(),
        None
    );
    assert!(
        sqlx::query("UPDATE audit.zeile SET daten = '{}'")
            .execute(&db.write)
            .await
            .is_err(),
        "the writer may not rewrite"
    );
    sqlx::query("UPDATE audit.zeile SET daten = '{}' WHERE art = 'geaendert'")
        .execute(&admin(&db).await)
        .await
        .unwrap();
    assert_eq!(
        sqlx::query_scalar::<_, i64>(broken)
            .fetch_optional(&db.write)
            .await
            .unwrap(),
        Some(2)
    );
}

/// What README says a login of `DATABASE_URL` needs is enough, and what is missing is named.
#[tokio::test]
async fn a_login_that_is_no_superuser_is_told_what_it_needs() {
    let leer = leere_datenbank().await;
    let name = format!("anmeldung_{}", uuid::Uuid::now_v7().simple());
    let admin = async |anweisungen: &[&str]| {
        let mut conn = PgConnection::connect_with(&leer.options("postgres"))
            .await
            .unwrap();
        for sql in anweisungen {
            let sql = sql.replace("ROLLE", &name);
            conn.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        }
    };
    let server = || Server::Foreign(Box::new(leer.options(&name)));
    admin(&[
        "CREATE ROLE ROLLE LOGIN",
        "CREATE EXTENSION postgis",
        "CREATE EXTENSION btree_gist",
    ])
    .await;
    let satz = server()
        .open(Durability::Tests)
        .await
        .unwrap_err()
        .to_string();
    for wort in [
        name.as_str(),
        "CREATEROLE",
        "WITH ADMIN OPTION",
        "Eigentümer",
    ] {
        assert!(satz.contains(wort), "{wort}: {satz}");
    }
    admin(&[
        "ALTER ROLE ROLLE CREATEROLE",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO ROLLE', current_database()); END $$",
        "GRANT zielraum_owner, zielraum_public, zielraum_staff, zielraum_write, zielraum_auth TO ROLLE WITH ADMIN OPTION",
    ])
    .await;
    let db = server().open(Durability::Tests).await.unwrap();
    let ich: String = sqlx::query_scalar("SELECT current_user::text")
        .fetch_one(&db.public)
        .await
        .unwrap();
    assert_eq!(ich, "zielraum_public");
    db.close().await.unwrap();
    let postgres = crate::support::cluster().connect_options("postgres", "postgres");
    drop(leer);
    let mut conn = PgConnection::connect_with(&postgres).await.unwrap();
    let weg = format!("DROP ROLE {name}");
    conn.execute(sqlx::AssertSqlSafe(weg)).await.unwrap();
}

/// A town's plans are fewer than autovacuum looks at; without statistics a page of a large
/// plan is sorted whole.
#[tokio::test]
async fn tables_of_a_few_rows_have_statistics() {
    let db = datenbank().await;
    Plan::neu("A").wohnen(0.0, 100.0).importiere(&db).await;
    let mut verwalter = db.server.administrator().await.unwrap();
    let zeilen = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'oeffentlich.plan'::regclass";
    let vorher: i64 = sqlx::query_scalar(zeilen)
        .fetch_one(&mut verwalter)
        .await
        .unwrap();
    assert_eq!(vorher, -1, "nobody has looked yet");
    statistik::erneuere(&mut verwalter).await.unwrap();
    let nachher: i64 = sqlx::query_scalar(zeilen)
        .fetch_one(&mut verwalter)
        .await
        .unwrap();
    assert_eq!(nachher, 1);
}
