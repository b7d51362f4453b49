//! Imports beside each other: waiting, being refused, and what a loaded Fassung looks like.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use zielraum::error::Error;
use zielraum::import::fnp::{Auftrag, fuehre_aus};
use zielraum::import::fortschritt::{Fortschritt, Meldung};
use zielraum::import::protokoll::Ergebnis;

use crate::lieferung::Plan;
use crate::support::{TestDb, admin, datenbank};

/// Another import at work, as other sessions see it; it ends with the connection.
async fn anderer(db: &TestDb) -> PgConnection {
    let mut conn = db.write.acquire().await.unwrap().detach();
    sqlx::raw_sql("BEGIN; SET LOCAL application_name = 'zielraum import fnp alt.gml'; SELECT pg_advisory_xact_lock(20350727)")
        .execute(&mut conn)
        .await
        .unwrap();
    conn
}

#[tokio::test]
async fn a_second_import_waits_for_the_first() {
    let db = datenbank().await;
    let erster = anderer(&db).await;
    let gehoert = Arc::new(Mutex::new(Vec::new()));
    let ohr = Arc::clone(&gehoert);
    let plan = Plan::neu("p").wohnen(0.0, 200.0);
    let auftrag = Auftrag {
        fortschritt: Fortschritt::an(move |meldung| ohr.lock().unwrap().push(meldung.clone())),
        ..plan.auftrag()
    };
    let wartet = || {
        let gehoert = gehoert.lock().unwrap();
        gehoert.iter().find_map(|meldung| match meldung {
            Meldung::Wartet(text) => Some(text.clone()),
            Meldung::Stand { .. } => None,
        })
    };
    let (protokoll, text) = tokio::join!(fuehre_aus(&db, &auftrag), async {
        let text = loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if let Some(text) = wartet() {
                break text;
            }
        };
        // It still waits, and stores nothing meanwhile.
        tokio::time::sleep(Duration::from_millis(600)).await;
        let plaene: i64 = sqlx::query_scalar("SELECT count(*) FROM fnp.plan")
            .fetch_one(&db.write)
            .await
            .unwrap();
        assert_eq!(plaene, 0);
        erster.close().await.unwrap();
        text
    });
    assert_eq!(protokoll.unwrap().ergebnis, Ergebnis::Uebernommen);
    assert!(text.contains("„zielraum import fnp alt.gml“"), "{text}");
    assert!(text.contains("wartet"), "{text}");
    // Then every phase ended, with its objects.
    let gehoert = gehoert.lock().unwrap();
    assert!(
        gehoert.iter().any(|m| matches!(
            m,
            Meldung::Stand {
                phase: "Speichern und verschneiden",
                erledigt: 1,
                fertig: true,
                ..
            }
        )),
        "{gehoert:?}"
    );
}

#[tokio::test]
async fn what_cannot_wait_is_refused_with_a_sentence() {
    let db = datenbank().await;
    let _erster = anderer(&db).await;
    let plan = Plan::neu("p").wohnen(0.0, 200.0);
    for (millis, wort) in [
        (0, "Bitte warten, bis er fertig ist"),
        (400, "Gespeichert wurde nichts"),
    ] {
        let auftrag = Auftrag {
            hoechstens_warten: Some(Duration::from_millis(millis)),
            ..plan.auftrag()
        };
        let (fehler, protokoll) = fuehre_aus(&db, &auftrag).await.unwrap_err();
        assert!(matches!(fehler, Error::Umgebung(_)), "{fehler:?}");
        let text = fehler.to_string();
        assert!(text.contains(wort) && text.contains("alt.gml"), "{text}");
        assert_eq!(protokoll.ergebnis, Ergebnis::Abgelehnt);
    }
}

#[tokio::test]
async fn a_loaded_fassung_has_the_indexes_of_its_table_and_no_more() {
    let db = datenbank().await;
    let admin = admin(&db).await;
    Plan::neu("p").wohnen(0.0, 200.0).importiere(&db).await;
    let zeilen: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT t.relname::text, (SELECT count(*) FROM pg_index WHERE indrelid = p.inhparent), (SELECT count(*) FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid WHERE i.indrelid = t.oid)
         FROM pg_inherits p JOIN pg_class t ON t.oid = p.inhrelid WHERE t.relkind = 'r' AND t.relnamespace = 'fnp'::regnamespace
           AND (SELECT count(*) FROM pg_index i WHERE i.indrelid = t.oid) = (SELECT count(*) FROM pg_index WHERE indrelid = p.inhparent)",
    )
    .fetch_all(&admin)
    .await
    .unwrap();
    assert_eq!(zeilen.len(), 5, "{zeilen:?}");
    for (tabelle, soll, ist) in zeilen {
        assert!(soll > 0 && ist == soll, "{tabelle}: {ist} of {soll}");
    }
}
