//! The proof finds what was changed past the triggers, and says where.

#[expect(
    clippy::disallowed_types,
    reason = "tampering, made by the tests themselves"
)]
use sqlx::AssertSqlSafe;
use sqlx::Executor as _;
use zielraum::audit::kette::{self, Kopf, Mangel};
use zielraum::import::fnp::nachweis;

use crate::strategie::daten::{ALLE, aendere, fixtures, oeffentlich, stadt, veroeffentliche_plan};
use crate::support::{TestDb, admin, datenbank_mit_demo};

async fn pruefe(db: &TestDb) -> Vec<Mangel> {
    let mut pruefung = kette::pruefe(&db.write, None).await.unwrap();
    nachweis::pruefe(&db.write, &mut pruefung.maengel)
        .await
        .unwrap();
    pruefung.maengel
}

/// A town with a history: imported, published, edited, deleted, published again.
async fn bewegte_stadt() -> TestDb {
    let db = stadt().await;
    veroeffentliche_plan(&db).await;
    oeffentlich(&db, &fixtures(&ALLE)).await.unwrap();
    aendere(
        &db,
        &["UPDATE strategie.massnahme SET titel = titel || ' (neu)'"],
    )
    .await;
    aendere(
        &db,
        &[
            "SELECT freigabe.veroeffentliche('massnahme', ARRAY(SELECT id FROM strategie.massnahme WHERE kennung <> 'm-entwurf'))",
        ],
    )
    .await;
    aendere(
        &db,
        &["UPDATE fnp.flaeche SET name = 'Anger' WHERE kennung = 'a.gr1'"],
    )
    .await;
    aendere(&db, &["DELETE FROM strategie.ziel_massnahme WHERE massnahme_id IN (SELECT id FROM strategie.massnahme LIMIT 1)"]).await;
    db
}

/// As the superuser with triggers disabled.
async fn faelsche(db: &TestDb, sql: &str) {
    let mut conn = admin(db).await.acquire().await.unwrap().detach();
    conn.execute("SET session_replication_role = replica")
        .await
        .unwrap();
    let getan = conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    assert!(getan.rows_affected() > 0, "{sql}: nothing to tamper with");
}

#[tokio::test]
async fn an_untouched_database_is_whole() {
    let db = bewegte_stadt().await;
    let maengel = pruefe(&db).await;
    assert!(maengel.is_empty(), "{maengel:#?}");
    let demo = datenbank_mit_demo().await;
    let mut pruefung = kette::pruefe(&demo.write, None).await.unwrap();
    let fassungen = nachweis::pruefe(&demo.write, &mut pruefung.maengel)
        .await
        .unwrap();
    assert!(pruefung.maengel.is_empty(), "{:#?}", pruefung.maengel);
    assert_eq!(fassungen, 2);
    assert!(pruefung.kopf.lfd > 5);
    // a head noted earlier lies on the chain, a wrong one does not
    aendere(&demo, &["UPDATE strategie.massnahme SET prioritaet = 1"]).await;
    let neu = kette::pruefe(&demo.write, Some(&pruefung.kopf))
        .await
        .unwrap();
    assert!(neu.maengel.is_empty(), "{:?}", neu.maengel);
    let falsch = Kopf {
        siegel: "0".repeat(64),
        ..pruefung.kopf
    };
    let neu = kette::pruefe(&demo.write, Some(&falsch)).await.unwrap();
    assert_eq!(neu.maengel.len(), 1);
}

#[tokio::test]
async fn every_tampering_is_found_and_named() {
    // what is done, and what the first words of the proof name
    for (sql, wo, wort) in [
        (
            "UPDATE audit.zeile SET daten = daten || '{\"titel\": \"x\"}' WHERE id = (SELECT min(id) FROM audit.zeile WHERE relation = 'strategie.massnahme')",
            None,
            "Siegel",
        ),
        (
            "UPDATE audit.aenderung SET wer = 'jemand' WHERE lfd = 3",
            None,
            "Siegel",
        ),
        (
            "DELETE FROM audit.zeile WHERE id = (SELECT max(id) FROM audit.zeile)",
            None,
            "Siegel",
        ),
        ("DELETE FROM audit.aenderung WHERE lfd = 4", None, "fehlt"),
        (
            "DELETE FROM audit.aenderung WHERE lfd = (SELECT max(lfd) FROM audit.aenderung)",
            None,
            "Kopf",
        ),
        (
            "UPDATE strategie.massnahme SET titel = 'Gefälscht' WHERE kennung = 'm-entwurf'",
            Some("strategie.massnahme"),
            "titel",
        ),
        (
            "UPDATE strategie.raumbezug SET geom = st_translate(geom, 1, 1) WHERE geom IS NOT NULL",
            Some("strategie.raumbezug"),
            "geom",
        ),
        (
            "DELETE FROM strategie.ziel_nutzungsart_wirkung",
            Some("strategie.ziel_nutzungsart_wirkung"),
            "fehlt",
        ),
        (
            "INSERT INTO strategie.handlungsfeld (id, kennung, titel) VALUES (gen_random_uuid(), 'hf-heimlich', 'Heimlich')",
            Some("strategie.handlungsfeld"),
            "keiner Änderung",
        ),
        (
            "UPDATE strategie.massnahme_historie SET titel = 'Nie so gewesen'",
            Some("strategie.massnahme"),
            "frühere Stand hat andere Werte: titel",
        ),
        (
            "DELETE FROM strategie.massnahme_historie",
            Some("strategie.massnahme"),
            "fehlt in der Geschichte",
        ),
        (
            "UPDATE fnp.flaeche SET nutzung = 'G' WHERE kennung = 'a.gr1'",
            Some("fnp.flaeche"),
            "nutzung",
        ),
        (
            "UPDATE oeffentlich.massnahme SET titel = 'Öffentlich gefälscht'",
            Some("oeffentlich.massnahme"),
            "titel",
        ),
    ] {
        let db = bewegte_stadt().await;
        faelsche(&db, sql).await;
        let maengel = pruefe(&db).await;
        let gefunden = maengel.iter().any(|m| {
            m.grund.contains(wort)
                && match wo {
                    Some(wo) => m.wo.as_ref().is_some_and(|hier| hier.starts_with(wo)),
                    None => m.lfd.is_some(),
                }
        });
        assert!(gefunden, "{sql}: {maengel:#?}");
    }
}

/// Areas have no rows in the audit: the hash of their import proves them.
#[tokio::test]
async fn a_changed_area_of_an_import_is_found() {
    let db = datenbank_mit_demo().await;
    faelsche(&db, "UPDATE fnp.flaeche SET nutzung = 'G' WHERE ctid = (SELECT ctid FROM fnp.flaeche WHERE nutzung = 'W' LIMIT 1) AND nutzung = 'W'").await;
    let maengel = pruefe(&db).await;
    assert!(
        maengel.iter().any(|m| m
            .wo
            .as_ref()
            .is_some_and(|wo| wo.starts_with("fnp.fassung"))
            && m.lfd.is_some()),
        "{maengel:?}"
    );
}

/// Whatever was imported: one change, with the file's SHA-256.
#[tokio::test]
async fn every_import_is_one_change_with_the_hash_of_its_file() {
    let db = datenbank_mit_demo().await;
    let importe: Vec<(String, bool)> = sqlx::query_as(
        "SELECT a.warum, a.warum ~ '[0-9a-f]{64}' OR EXISTS (SELECT FROM audit.zeile z WHERE z.aenderung_id = a.id AND z.daten ->> 'sha256' ~ '^[0-9a-f]{64}$')
         FROM audit.aenderung a WHERE a.warum LIKE 'Import%' ORDER BY a.lfd",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    assert!(importe.len() >= 7, "{importe:?}");
    let ohne: Vec<_> = importe.iter().filter(|(_, hash)| !hash).collect();
    assert!(ohne.is_empty(), "{ohne:?}");
}
