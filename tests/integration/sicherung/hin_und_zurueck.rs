//! There and back: everything that was is again, rights included.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{Connection as _, PgPool};
use zielraum::db::audit;
use zielraum::db::cluster::Durability;
use zielraum::sicherung::{pruefen, rueckspielen};

use super::{Ort, ablehnung, sichere};
use crate::support::{datenbank, datenbank_mit_demo, leere_datenbank, verwalte, zahl};

const MASSNAHME: &str = "INSERT INTO handlungsfeld (id, kennung, titel) VALUES (gen_random_uuid(), 'neu', 'Nach der Rückkehr')";

/// An account with what it needs to sign in, by cookie and by token.
async fn lege_konto_an(auth: &PgPool) {
    let mut tx = audit::begin(auth, "pruefung", "Konto").await.unwrap();
    for sql in [
        "INSERT INTO konto (login, name, hash, referat) VALUES ('m.muster', 'M. Muster', '$argon2id$erfunden', NULL)",
        "INSERT INTO konto_rolle SELECT id, 'freigabe' FROM konto",
        "INSERT INTO kontakt SELECT id, 'm@example.org', NULL, NULL FROM konto",
        "INSERT INTO sitzung (hash, konto_id) SELECT sha256('keks'), id FROM konto",
        "INSERT INTO token (konto_id, hash, anfang, name, umfang, laeuft_ab) SELECT id, sha256('token'), 'zr_x', 'QGIS', '{lesen}', clock_timestamp() + interval '1 day' FROM konto",
    ] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Everything the sign-in reads, in one text.
async fn konten(auth: &PgPool) -> String {
    sqlx::query_scalar(
        "SELECT jsonb_build_array((SELECT jsonb_agg(k) FROM konto k), (SELECT jsonb_agg(k) FROM konto_rolle k), (SELECT jsonb_agg(k) FROM kontakt k),
           (SELECT jsonb_agg(k) FROM sitzung k), (SELECT jsonb_agg(k) FROM token k))::text",
    )
    .fetch_one(auth)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_back() {
    let quelle = datenbank_mit_demo().await;
    lege_konto_an(&quelle.auth).await;
    let ordner = tempfile::tempdir().unwrap();
    let datei = ordner.path().join("stadt.zip");
    let geschrieben = sichere(&quelle.server, &datei).await.manifest;
    assert!(geschrieben.zeilen() > 5_000, "{}", geschrieben.zeilen());
    assert!(geschrieben.audit.lfd > 3);

    let ort = Ort::neu();
    let bericht = rueckspielen::fuehre_aus(&ort.server(), Durability::Tests, &datei)
        .await
        .unwrap();
    assert_eq!(bericht.manifest, geschrieben);
    assert_eq!((bericht.migriert, bericht.neue_rollen.len()), (0, 0));

    // A second backup, of the copy, says the same of itself.
    let zweite = sichere(&ort.server(), &ordner.path().join("kopie.zip"))
        .await
        .manifest;
    assert_eq!(zweite.tabellen, geschrieben.tabellen);
    assert_eq!(zweite.audit, geschrieben.audit);
    assert_eq!(zweite.migrationen, geschrieben.migrationen);

    let db = ort.oeffne().await;
    let angelegt = konten(&quelle.auth).await;
    assert!(angelegt.contains("argon2id") && angelegt.contains("QGIS"));
    assert_eq!(konten(&db.auth).await, angelegt);
    for pool in [&db.public, &db.write] {
        assert!(
            zahl(pool, "SELECT count(*) FROM auth.konto").await.is_err(),
            "accounts are for the sign-in alone"
        );
    }
    let bilanz = "SELECT (sum(m2) * 1000)::bigint FROM anteil";
    assert_eq!(
        zahl(&db.public, bilanz).await.unwrap(),
        zahl(&quelle.public, bilanz).await.unwrap()
    );
    let entwurf = zahl(&db.public, "SELECT count(*) FROM fnp.plan").await;
    assert!(entwurf.is_err(), "the wall stands");
    let schaetzung = "SELECT 1::bigint FROM st_estimatedextent('oeffentlich', 'ortsteil', 'geom')";
    assert!(zahl(&db.public, schaetzung).await.is_err());
    assert!(
        sqlx::query("CREATE TEMPORARY TABLE t (x int)")
            .execute(&db.public)
            .await
            .is_err()
    );
    // It goes on: triggers, sequences, the chain.
    let mut tx = audit::begin(&db.write, "pruefung", "weiter").await.unwrap();
    sqlx::query(MASSNAHME).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    db.write.close().await;
    db.public.close().await;
    db.auth.close().await;
    for punkt in pruefen::datenbank(&ort.server(), Durability::Tests, false)
        .await
        .unwrap()
    {
        assert_eq!(punkt.ergebnis, pruefen::Ergebnis::Gut, "{punkt:?}");
    }

    let text = ablehnung(&ort.server(), &datei).await;
    assert!(text.contains("steht schon eine Datenbank"), "{text}");
    assert!(text.contains("Änderungen"), "{text}");
    let reste = verwalte("SELECT count(*) FROM pg_database WHERE datname LIKE '%_rueckspielung'");
    assert_eq!(reste.await, 0);
}

/// A server of the town: an account without superuser, PostGIS made by somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_server_without_superuser_takes_it() {
    let quelle = datenbank().await;
    let ordner = tempfile::tempdir().unwrap();
    let datei = ordner.path().join("stadt.zip");
    let manifest = sichere(&quelle.server, &datei).await.manifest;
    assert_eq!(manifest.verwalter, "postgres");

    let ort = Ort::neu();
    let konto = format!("k{}", ort.name);
    crate::support::lege_an(&ort.name, &konto).await;
    let server = ort.fremd(&konto);
    rueckspielen::fuehre_aus(&server, Durability::Tests, &datei)
        .await
        .unwrap();
    let mut conn = server.administrator().await.unwrap();
    let eigner: String = sqlx::query_scalar(
        "SELECT string_agg(DISTINCT pg_get_userbyid(relowner), ',') FROM pg_class WHERE relname IN ('_sqlx_migrations', '_zielraum_sichten')",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(eigner, konto);
    let fremd: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE n.nspname IN ('fnp', 'audit', 'oeffentlich') AND pg_get_userbyid(relowner) <> 'zielraum_owner'",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(fremd, 0);
    conn.close().await.unwrap();
    let text = ablehnung(&server, &datei).await;
    assert!(text.contains("die leeren Tabellen von Zielraum"), "{text}");
    drop(ort);
    crate::support::entferne_rolle(&konto).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_other_tables_is_refused_and_left_alone() {
    let quelle = datenbank().await;
    let ordner = tempfile::tempdir().unwrap();
    let datei = ordner.path().join("stadt.zip");
    sichere(&quelle.server, &datei).await;
    let leer = leere_datenbank().await;
    let server = zielraum::db::Server::Foreign(Box::new(leer.options("postgres")));
    let mut conn = server.administrator().await.unwrap();
    sqlx::query("CREATE TABLE kataster (x int)")
        .execute(&mut conn)
        .await
        .unwrap();
    let text = ablehnung(&server, &datei).await;
    assert!(text.contains("nicht leer"), "{text}");
    assert!(text.contains("1 Tabellen: public.kataster"), "{text}");

    // Failing after the data are in: emptied again, what was there stays.
    sqlx::raw_sql("DROP TABLE kataster; CREATE EXTENSION btree_gist")
        .execute(&mut conn)
        .await
        .unwrap();
    let mut falsch = super::manifest(&datei);
    falsch["tabellen"]["fnp.nutzung"] = 4711.into();
    let falsche_datei = ordner.path().join("falsch.zip");
    super::mit_manifest(&datei, &falsche_datei, &falsch);
    let text = ablehnung(&server, &falsche_datei).await;
    assert!(
        text.contains("fnp.nutzung (4711 in der Sicherung"),
        "{text}"
    );
    let uebrig: Vec<String> = sqlx::query_scalar(
        "SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' UNION ALL SELECT extname::text FROM pg_extension ORDER BY 1",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert_eq!(
        uebrig,
        ["btree_gist", "information_schema", "plpgsql", "public"]
    );
    conn.close().await.unwrap();
    rueckspielen::fuehre_aus(&server, Durability::Tests, &datei)
        .await
        .unwrap();
}

/// Counts and head are of one moment, whatever is written meanwhile: the restore compares them.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_is_backed_up_at_one_moment() {
    let quelle = datenbank().await;
    let halt = Arc::new(AtomicBool::new(false));
    let schreiber: Vec<_> = (0..4)
        .map(|nr| {
            let (pool, halt) = (quelle.write.clone(), Arc::clone(&halt));
            tokio::spawn(async move {
                let mut anzahl = 0;
                while !halt.load(Ordering::Relaxed) {
                    let mut tx = audit::begin(&pool, "pruefung", "nebenher").await.unwrap();
                    sqlx::query("INSERT INTO handlungsfeld (id, kennung, titel) VALUES (gen_random_uuid(), $1, 'x')")
                        .bind(format!("h{nr}-{anzahl}"))
                        .execute(&mut *tx)
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                    anzahl += 1;
                }
                anzahl
            })
        })
        .collect();
    let ordner = tempfile::tempdir().unwrap();
    let datei = ordner.path().join("laufend.zip");
    let manifest = sichere(&quelle.server, &datei).await.manifest;
    halt.store(true, Ordering::Relaxed);
    for s in schreiber {
        assert!(s.await.unwrap() > 0);
    }
    let danach = zahl(&quelle.write, "SELECT lfd FROM audit.kopf")
        .await
        .unwrap();
    assert!(danach > manifest.audit.lfd, "writers went on");
    let ort = Ort::neu();
    rueckspielen::fuehre_aus(&ort.server(), Durability::Tests, &datei)
        .await
        .unwrap();
}
