//! Nobody changes the past: rights of the service; and withdrawal that clears what the public saw
//! (its history is a copy, the proof is the working one).

use crate::strategie::daten::aendere;
use crate::support::{admin, datenbank, datenbank_mit_demo};

#[tokio::test]
async fn the_service_cannot_change_audit_or_history() {
    let db = datenbank().await;
    let pool = admin(&db).await;
    let offen: Vec<String> = sqlx::query_scalar(
        "SELECT k.oid::regclass::text || ' ' || r FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) r, unnest(ARRAY['zielraum_write', 'zielraum_staff', 'zielraum_public']) w
         WHERE k.relkind IN ('r', 'p') AND (n.nspname = 'audit' OR k.relname ~ '_historie$' AND n.nspname <> 'oeffentlich') AND (has_table_privilege(w, k.oid, r) OR r = 'UPDATE' AND has_any_column_privilege(w, k.oid, r))",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(offen.is_empty(), "{offen:?}");
    let historien: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '_historie$'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert!(historien > 60, "{historien}");
    for sql in [
        "UPDATE audit.aenderung SET wer = 'x'",
        "DELETE FROM audit.zeile",
        "TRUNCATE audit.zeile",
        "UPDATE audit.kopf SET lfd = 0",
        "DELETE FROM strategie.massnahme_historie",
        "UPDATE fnp.flaeche_historie SET name = ''",
    ] {
        let fehler = sqlx::query(sql).execute(&db.write).await.unwrap_err();
        assert_eq!(
            fehler.as_database_error().unwrap().code().as_deref(),
            Some("42501"),
            "{sql}"
        );
    }
    // the past of the public reads what is public alone, with its reader's rights
    let fremd: Vec<String> = sqlx::query_scalar(
        "SELECT k.oid::regclass || ' ' || q.quelle FROM pg_class k, audit.quellen(k.oid::regclass) q JOIN pg_class z ON z.oid = q.quelle
         WHERE k.relnamespace = 'oeffentlich_damals'::regnamespace AND k.relkind = 'v' AND z.relkind IN ('r', 'p', 'v')
           AND (z.relnamespace NOT IN ('oeffentlich'::regnamespace, 'oeffentlich_damals'::regnamespace) OR NOT coalesce('security_invoker=true' = ANY (k.reloptions), false))",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(fremd.is_empty(), "{fremd:?}");
    let fremd: Vec<String> = sqlx::query_scalar("SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'damals'::regnamespace AND has_any_column_privilege('zielraum_public', oid, 'SELECT')").fetch_all(&pool).await.unwrap();
    assert!(fremd.is_empty(), "{fremd:?}");
}

/// Every kind: nothing of the withdrawn is left in any public table or history.
#[tokio::test]
async fn withdrawal_clears_the_public_past_of_every_kind() {
    let db = datenbank_mit_demo().await;
    let pool = admin(&db).await;
    let arten: Vec<(String, String)> = sqlx::query_as(
        "SELECT art, split_part(relation, '.', 2) FROM freigabe.art ORDER BY reihenfolge DESC",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    // a past for all of them and for what belongs to them
    aendere(&db, &["DO $$ DECLARE r record; BEGIN
        FOR r IN SELECT DISTINCT split_part(relation, '.', 2) AS t FROM (SELECT relation FROM freigabe.art UNION SELECT relation FROM freigabe.teil) x LOOP
          EXECUTE format('UPDATE oeffentlich.%I SET seit = seit', r.t);
        END LOOP; END $$"]).await;
    let mut geprueft = 0;
    for (art, tabelle) in arten {
        let ids: Vec<uuid::Uuid> = {
            let mut conn = pool.acquire().await.unwrap();
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                "SELECT id FROM oeffentlich.{tabelle}"
            )))
            .fetch_all(&mut *conn)
            .await
            .unwrap()
        };
        assert!(
            !ids.is_empty()
                || ["trend", "strategie", "strategiefassung", "leitlinie"].contains(&art.as_str()),
            "the demo publishes no {art}"
        );
        for id in ids {
            let mut tx = zielraum::db::audit::begin(&db.write, "test", "Zurückziehen")
                .await
                .unwrap();
            let getan = sqlx::query("SELECT freigabe.ziehe_zurueck($1, ARRAY[$2])")
                .bind(&art)
                .bind(id)
                .execute(&mut *tx)
                .await;
            // what others that are public still need stays
            if getan.is_err() || tx.commit().await.is_err() {
                continue;
            }
            geprueft += 1;
            // by every column that names this kind, in every public table and history
            let reste: Vec<String> = sqlx::query_scalar(
                "SELECT k.relname || '.' || a.attname FROM pg_class k JOIN pg_attribute a ON a.attrelid = k.oid AND a.attname IN ('id', $1 || '_id') AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped
                 WHERE k.relnamespace = 'oeffentlich'::regnamespace AND k.relkind = 'r' AND CASE a.attname WHEN 'id' THEN k.relname IN ($2, $2 || '_historie')
                   ELSE replace(k.relname, '_historie', '') IN (SELECT split_part(relation, '.', 2) FROM freigabe.teil WHERE art = $1) END
                   AND (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM oeffentlich.%I WHERE %I = %L', k.relname, a.attname, $3::uuid), false, true, '')))[1]::text <> '0'",
            )
            .bind(&art).bind(&tabelle).bind(id).fetch_all(&pool).await.unwrap();
            assert!(reste.is_empty(), "{art} {id}: {reste:?}");
        }
    }
    assert!(geprueft > 40, "{geprueft}");
}
