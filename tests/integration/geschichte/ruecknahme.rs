//! Undo is a new change; it refuses what would lose somebody's work.

use sqlx::Row as _;
use zielraum::audit::{kette, ruecknahme};
use zielraum::error::Error;

use crate::strategie::daten::{ALLE, aendere, fixtures, oeffentlich, stadt, veroeffentliche_plan};
use crate::support::TestDb;

async fn stadt_mit_allem() -> TestDb {
    let db = stadt().await;
    veroeffentliche_plan(&db).await;
    oeffentlich(&db, &fixtures(&ALLE)).await.unwrap();
    // the join of the areas, which the fixture leaves out
    for sql in [
        "UPDATE fnp.flaeche SET rechtsstand = 'planung'",
        "UPDATE fnp.flaeche SET rechtsstand = 'bestand'",
    ] {
        aendere(&db, &[sql]).await;
    }
    db
}

async fn lfd(db: &TestDb) -> i64 {
    kette::kopf(&db.write).await.unwrap().lfd
}

/// Everything the working world says of strategy and areas, without versions and clocks.
async fn abbild(db: &TestDb) -> Vec<String> {
    let mut alles = Vec::new();
    for sql in [
        "SELECT (to_jsonb(x) - '{version,seit,veroeffentlichung}'::text[])::text FROM strategie.massnahme x ORDER BY kennung",
        "SELECT (to_jsonb(x) - '{version,seit,veroeffentlichung}'::text[])::text FROM strategie.ziel x ORDER BY kennung",
        "SELECT (to_jsonb(x) - '{version,seit}'::text[])::text FROM strategie.raumbezug x ORDER BY id",
        "SELECT (to_jsonb(x) - '{seit}'::text[])::text FROM strategie.ziel_massnahme x ORDER BY massnahme_id, ziel_id",
        "SELECT to_jsonb(x)::text FROM strategie.massnahme_ortsteil x ORDER BY massnahme_id, ortsteil_id",
        "SELECT to_jsonb(x)::text FROM strategie.massnahme_flaeche x ORDER BY massnahme_id, fassung_id, ordnung",
        "SELECT to_jsonb(x)::text FROM fnp.flaeche x ORDER BY fassung_id, kennung",
        "SELECT to_jsonb(x)::text FROM fnp.anteil x ORDER BY fassung_id, ordnung, ortsteil_id",
    ] {
        let zeilen = sqlx::query(sql).fetch_all(&db.write).await.unwrap();
        alles.extend(zeilen.iter().map(|z| z.get::<String, _>(0)));
    }
    alles
}

const M: &str = "(SELECT id FROM strategie.massnahme WHERE kennung = (SELECT min(m.kennung) FROM strategie.massnahme m JOIN strategie.raumbezug r ON r.massnahme_id = m.id JOIN strategie.ziel_massnahme z ON z.massnahme_id = m.id))";

#[tokio::test]
async fn each_kind_of_edit_is_undone() {
    let db = stadt_mit_allem().await;
    let punkt = "st_multi(st_setsrid(st_makepoint(641900, 5324100), 25832))";
    let anweisungen: Vec<Vec<String>> = vec![
        vec!["UPDATE strategie.massnahme SET titel = 'Anders', kurztext = 'Ganz anders'".into()],
        vec![format!("DELETE FROM strategie.ziel_massnahme WHERE massnahme_id = {M}")],
        vec![format!("DELETE FROM strategie.raumbezug WHERE massnahme_id = {M}"), format!("INSERT INTO strategie.raumbezug (id, massnahme_id, art, geom) SELECT gen_random_uuid(), id, 'punkt', {punkt} FROM strategie.massnahme WHERE kennung = 'm-entwurf'")],
        vec!["INSERT INTO strategie.massnahme (id, kennung, titel, kurztext, art) VALUES (gen_random_uuid(), 'm-neu', 'Neue Maßnahme', 'Neu', 'bau')".into(), format!("INSERT INTO strategie.raumbezug (id, massnahme_id, art, geom) SELECT gen_random_uuid(), id, 'punkt', {punkt} FROM strategie.massnahme WHERE kennung = 'm-neu'")],
        // a measure with everything that hangs on it
        vec![format!("DELETE FROM strategie.massnahme WHERE id = {M}")],
        // twice in one change
        vec!["UPDATE strategie.massnahme SET prioritaet = 1".into(), "UPDATE strategie.massnahme SET prioritaet = 2, titel = 'Zweimal'".into()],
        // an area, and with it join and measures
        vec!["UPDATE fnp.flaeche SET geom = st_multi(st_makeenvelope(641500, 5324000, 641900, 5325000, 25832)), nutzung = 'wald' WHERE kennung = 'a.gr1'".into()],
        vec!["DELETE FROM fnp.flaeche WHERE kennung = 'a.gr1'".into()],
    ];
    for sql in anweisungen {
        let vorher = abbild(&db).await;
        let mut tx = zielraum::db::audit::begin(&db.write, "test", "Bearbeitung")
            .await
            .unwrap();
        for s in &sql {
            sqlx::query(sqlx::AssertSqlSafe(s.clone()))
                .execute(&mut *tx)
                .await
                .unwrap_or_else(|e| panic!("{s}: {e}"));
        }
        tx.commit().await.unwrap();
        assert_ne!(abbild(&db).await, vorher, "{sql:?}");
        let nummer = lfd(&db).await;
        let getan = ruecknahme::nimm_zurueck(&db.write, nummer, "konto:test", "Versehen")
            .await
            .unwrap_or_else(|e| panic!("{sql:?}: {e}"));
        assert!(getan.zeilen > 0);
        assert_eq!(abbild(&db).await, vorher, "{sql:?}");
        // a change of its own, with author and reason, and the proof goes on
        let letzte: (String, String, i64) = sqlx::query_as("SELECT a.wer, a.warum, (SELECT count(*) FROM audit.zeile z WHERE z.aenderung_id = a.id AND z.art = 'ruecknahme') FROM audit.aenderung a ORDER BY lfd DESC LIMIT 1").fetch_one(&db.write).await.unwrap();
        assert_eq!(letzte, ("konto:test".into(), "Versehen".into(), 1));
        let pruefung = kette::pruefe(&db.write, None).await.unwrap();
        assert!(
            pruefung.maengel.is_empty(),
            "{sql:?}: {:?}",
            pruefung.maengel
        );
        // not twice
        let noch = ruecknahme::nimm_zurueck(&db.write, nummer, "konto:test", "noch einmal")
            .await
            .unwrap_err();
        assert!(noch.to_string().contains("schon zurückgenommen"), "{noch}");
    }
    // what came back is a draft: the public sees it only after a release
    let entwurf: bool = sqlx::query_scalar(
        "SELECT bool_and(veroeffentlichung = 'entwurf') FROM strategie.massnahme",
    )
    .fetch_one(&db.write)
    .await
    .unwrap();
    assert!(entwurf);
}

#[tokio::test]
async fn an_undo_is_undone_too() {
    let db = stadt_mit_allem().await;
    aendere(&db, &["UPDATE strategie.massnahme SET titel = 'Zwei'"]).await;
    let erste = lfd(&db).await;
    let nachher = abbild(&db).await;
    ruecknahme::nimm_zurueck(&db.write, erste, "a", "b")
        .await
        .unwrap();
    ruecknahme::nimm_zurueck(&db.write, lfd(&db).await, "a", "doch")
        .await
        .unwrap();
    assert_eq!(abbild(&db).await, nachher);
}

#[tokio::test]
async fn what_would_lose_work_is_refused_and_named() {
    let db = stadt_mit_allem().await;
    let veroeffentlichung: i64 = sqlx::query_scalar("SELECT max(a.lfd) FROM audit.aenderung a JOIN audit.zeile z ON z.aenderung_id = a.id WHERE z.art = 'freigabe'")
        .fetch_one(&db.write)
        .await
        .unwrap();
    aendere(
        &db,
        &["UPDATE strategie.massnahme SET titel = 'Eins' WHERE kennung = 'm-entwurf'"],
    )
    .await;
    let eins = lfd(&db).await;
    aendere(
        &db,
        &["UPDATE strategie.massnahme SET titel = 'Zwei', kurztext = 'Später' WHERE kennung = 'm-entwurf'"],
    )
    .await;
    let zwei = lfd(&db).await;
    aendere(&db, &["INSERT INTO strategie.massnahme (id, kennung, titel, kurztext, art) VALUES (gen_random_uuid(), 'm-neu', 'Neue Maßnahme', 'Neu', 'bau')"]).await;
    let drei = lfd(&db).await;
    aendere(&db, &["INSERT INTO strategie.teilschritt (id, kennung, titel, massnahme_id) SELECT gen_random_uuid(), 't-neu', 'Angehängt', id FROM strategie.massnahme WHERE kennung = 'm-neu'"]).await;
    let vorher = (abbild(&db).await, lfd(&db).await);
    for (nummer, worte) in [
        (
            eins,
            vec![
                format!("Änderung {zwei}"),
                "Testdaten".into(),
                "m-entwurf".into(),
                "geändert (Titel, Kurztext)".into(),
            ],
        ),
        (drei, vec!["m-neu".into(), "Angehängt".into()]),
        (veroeffentlichung, vec!["veröffentlicht".into()]),
        (999_999, vec!["gibt es nicht".into()]),
    ] {
        let fehler = ruecknahme::nimm_zurueck(&db.write, nummer, "a", "b")
            .await
            .unwrap_err();
        assert!(matches!(fehler, Error::Eingabe(_)), "{fehler}");
        for wort in worte {
            assert!(
                fehler.to_string().contains(&wort),
                "{nummer}: {fehler} ohne {wort}"
            );
        }
    }
    assert!(
        ruecknahme::nimm_zurueck(&db.write, zwei, "a", "  ")
            .await
            .is_err()
    );
    // nothing of it stayed
    assert_eq!((abbild(&db).await, lfd(&db).await), vorher);
    // in the right order all of it goes
    ruecknahme::nimm_zurueck(&db.write, vorher.1, "a", "b")
        .await
        .unwrap();
    ruecknahme::nimm_zurueck(&db.write, zwei, "a", "b")
        .await
        .unwrap();
}

/// What another row's triggers made of a row, and other fields of it, are in nobody's way.
#[tokio::test]
async fn only_a_later_change_of_the_same_is_in_the_way() {
    let db = stadt_mit_allem().await;
    let area = |kennung: &str, nutzung: &str| {
        let sql =
            format!("UPDATE fnp.flaeche SET nutzung = '{nutzung}' WHERE kennung = '{kennung}'");
        let db = &db;
        async move {
            let mut tx = zielraum::db::audit::begin(&db.write, "konto:planung", "Bearbeitung")
                .await
                .unwrap();
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .execute(&mut *tx)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            lfd(db).await
        }
    };
    let ist = async || -> Vec<(String, String)> {
        sqlx::query_as("SELECT kennung, nutzung FROM fnp.flaeche WHERE kennung IN ('a.w1', 'a.gr1') ORDER BY 1")
            .fetch_all(&db.write)
            .await
            .unwrap()
    };
    let vorher = ist().await;
    let erste = area("a.w1", "wald").await;
    area("a.gr1", "wald").await;
    ruecknahme::nimm_zurueck(&db.write, erste, "konto:planung", "Versehen")
        .await
        .unwrap();
    assert_eq!(
        ist().await,
        [("a.gr1".to_owned(), "wald".to_owned()), vorher[1].clone()],
        "that area alone, though both changed the plan"
    );
    let stand: String = sqlx::query_scalar("SELECT veroeffentlichung FROM fnp.plan")
        .fetch_one(&db.write)
        .await
        .unwrap();
    assert_eq!(stand, "entwurf");
    // the same area again is in the way
    let zweite = area("a.w1", "gruen").await;
    let dritte = area("a.w1", "G").await;
    let satz = ruecknahme::nimm_zurueck(&db.write, zweite, "x", "y")
        .await
        .unwrap_err()
        .to_string();
    assert!(
        satz.contains(&format!("Änderung {dritte} von Konto planung")) && satz.contains("a.w1"),
        "{satz}"
    );
    // other fields of a row, and a step hung on it
    aendere(
        &db,
        &["UPDATE strategie.massnahme SET titel = 'Eins' WHERE kennung = 'm-entwurf'"],
    )
    .await;
    let titel = lfd(&db).await;
    aendere(&db, &[
        "UPDATE strategie.massnahme SET kurztext = 'Später' WHERE kennung = 'm-entwurf'",
        "INSERT INTO strategie.teilschritt (id, kennung, titel, massnahme_id) SELECT gen_random_uuid(), 't-neu', 'Schritt', id FROM strategie.massnahme WHERE kennung = 'm-entwurf'",
    ])
    .await;
    ruecknahme::nimm_zurueck(&db.write, titel, "a", "b")
        .await
        .unwrap();
    let (titel, kurztext, schritte): (String, String, i64) = sqlx::query_as(
        "SELECT titel, kurztext, (SELECT count(*) FROM strategie.teilschritt t WHERE t.massnahme_id = m.id) FROM strategie.massnahme m WHERE kennung = 'm-entwurf'",
    )
    .fetch_one(&db.write)
    .await
    .unwrap();
    assert_ne!(titel, "Eins");
    assert_eq!(
        (kurztext.as_str(), schritte),
        ("Später", 1),
        "the later work stays"
    );
    let pruefung = kette::pruefe(&db.write, None).await.unwrap();
    assert!(pruefung.maengel.is_empty(), "{:?}", pruefung.maengel);
    // a step of a release is no edit
    let mut tx = zielraum::db::audit::begin(&db.write, "konto:fach", "Antrag")
        .await
        .unwrap();
    sqlx::query("SELECT freigabe.beantrage(gen_random_uuid(), 'massnahme', id, 'bitte') FROM strategie.massnahme WHERE kennung = 'm-entwurf'")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let satz = ruecknahme::nimm_zurueck(&db.write, lfd(&db).await, "x", "y")
        .await
        .unwrap_err()
        .to_string();
    assert!(satz.contains("Schritt der Freigabe"), "{satz}");
}
