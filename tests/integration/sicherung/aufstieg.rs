//! Data of the previous release, stored as a backup, under the newest program.
//!
//! `tests/fixtures/sicherung/erzeuge` made the file with that release's program; it is replaced
//! at a release, never edited. What it holds stands in `stand-0025.json`.

use std::path::Path;

use serde_json::Value;
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, Executor as _, PgConnection};
use zielraum::db::cluster::Durability;
use zielraum::db::{Server, migrate};
use zielraum::sicherung::{pruefen, rueckspielen};

use super::{Ort, manifest, sichere};
use crate::support::{cluster, leere_datenbank, zahl};

#[tokio::test(flavor = "multi_thread")]
async fn data_of_the_previous_release_go_on() {
    drop(leere_datenbank().await); // roles
    let ordner = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sicherung");
    let datei = ordner.join("stand-0025.zip");
    let erwartet: Value =
        serde_json::from_slice(&std::fs::read(ordner.join("stand-0025.json")).unwrap()).unwrap();
    assert_eq!(
        manifest(&datei)["migrationen"].as_array().unwrap().len(),
        20
    );

    let ort = Ort::neu();
    let bericht = rueckspielen::fuehre_aus(&ort.server(), Durability::Tests, &datei)
        .await
        .unwrap();
    assert_eq!(bericht.migriert, migrate::versions().len() - 20);
    assert_eq!(bericht.manifest.audit.hash, erwartet["kopf"]);
    assert_eq!(bericht.manifest.audit.lfd, erwartet["lfd"]);

    let db = ort.oeffne().await;
    // The balance of one Ortsteil in tenths of m², in both worlds; Maßnahmen and where they lie.
    for (pool, welt) in [(&db.write, "intern"), (&db.public, "oeffentlich")] {
        for (name, sql) in [
            (
                "bilanz",
                "SELECT round(sum(a.m2) * 10)::bigint FROM anteil a JOIN ortsteil o ON o.id = a.ortsteil_id WHERE o.name = 'Mitte'",
            ),
            ("flaechen", "SELECT count(*) FROM flaeche"),
            ("massnahmen", "SELECT count(*) FROM massnahme"),
            ("lagen", "SELECT count(*) FROM massnahme_ortsteil"),
        ] {
            assert_eq!(
                zahl(pool, sql).await.unwrap(),
                erwartet[welt][name],
                "{welt} {name}"
            );
        }
    }
    assert!(
        zahl(&db.public, "SELECT count(*) FROM strategie.massnahme")
            .await
            .is_err()
    );
    db.write.close().await;
    db.public.close().await;
    alles_gut(&ort.server()).await;
}

async fn alles_gut(server: &Server) {
    for punkt in pruefen::datenbank(server, Durability::Tests, false)
        .await
        .unwrap()
    {
        assert_eq!(punkt.ergebnis, pruefen::Ergebnis::Gut, "{punkt:?}");
    }
}

/// What later migrations work on, and the stored file does not hold: a database of level 25 is
/// filled, backed up as it stands, and comes back at today's level.
#[tokio::test(flavor = "multi_thread")]
async fn offices_amounts_and_drafts_of_level_25_go_on() {
    let alt = leere_datenbank().await;
    let zugang = alt.options("postgres");
    let mut conn = PgConnection::connect_with(&zugang).await.unwrap();
    let bis_25 = sqlx::migrate!().iter().filter(|m| m.version <= 25).cloned();
    Migrator::with_migrations(bis_25.collect())
        .run(&mut conn)
        .await
        .unwrap();
    let mut tx = conn.begin().await.unwrap();
    tx.execute(include_str!("../../fixtures/sicherung/stand-0025.sql"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let vorher = bestand(&mut conn).await;
    assert_eq!(
        vorher,
        "bauamt, ehrenamt; m-1: Maßnahme 1, m-2: Maßnahme 2; 1; 2"
    );
    conn.close().await.unwrap();

    let ordner = tempfile::tempdir().unwrap();
    let datei = ordner.path().join("alt.zip");
    let quelle = Server::of_cluster(cluster(), zugang.get_database().unwrap());
    assert_eq!(sichere(&quelle, &datei).await.manifest.stand(), 25);
    let ort = Ort::neu();
    rueckspielen::fuehre_aus(&ort.server(), Durability::Tests, &datei)
        .await
        .unwrap();

    let mut conn = ort.server().administrator().await.unwrap();
    assert_eq!(
        bestand(&mut conn).await,
        vorher,
        "the public sees what it saw"
    );
    let gleich: String = sqlx::query_scalar(
        "SELECT string_agg(m.kennung || CASE WHEN g.version = m.version THEN ' gleich' ELSE ' im Entwurf' END, ', ' ORDER BY m.kennung)
         FROM freigabe.gleichstand g JOIN strategie.massnahme m USING (id)",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(gleich, "m-1 im Entwurf, m-2 gleich");
    conn.close().await.unwrap();
    alles_gut(&ort.server()).await;
}

/// The public copy in words: offices; measures; amounts; who is responsible.
async fn bestand(conn: &mut PgConnection) -> String {
    sqlx::query_scalar(
        "SELECT concat_ws('; ', (SELECT string_agg(kennung, ', ' ORDER BY kennung) FROM oeffentlich.akteur), (SELECT string_agg(kennung || ': ' || titel, ', ' ORDER BY kennung) FROM oeffentlich.massnahme),
           (SELECT count(*) FROM oeffentlich.finanzwert), (SELECT count(*) FROM oeffentlich.zustaendigkeit))",
    )
    .fetch_one(conn)
    .await
    .unwrap()
}
