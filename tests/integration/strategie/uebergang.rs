//! The states of a measure, as the database itself keeps them whoever writes: which way leads
//! from one to another, and what a state rests on.

use std::collections::BTreeSet;

use sqlx::{Acquire as _, Postgres, Transaction};
use zielraum::db::audit;

use super::daten::bestand;
use crate::support::TestDb;

type Tx = Transaction<'static, Postgres>;

async fn schreibend(db: &TestDb) -> Tx {
    let mut tx = audit::begin(&db.write, "test", "Zustand").await.unwrap();
    // The ways of publication are asked here, not who may take them.
    sqlx::query("SELECT freigabe.erlaube()")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx
}

/// Changes a new measure from one state to another and takes it back; the refusal's text.
async fn gehe(tx: &mut Tx, achse: &str, von: &str, nach: &str) -> Result<(), String> {
    let mut versuch = tx.begin().await.unwrap();
    // The names of columns are constants of this file.
    let neu = sqlx::AssertSqlSafe(format!(
        "INSERT INTO massnahme (id, kennung, titel, art, ende, schlussbewertung, {achse}) VALUES (gen_random_uuid(), 'm-x', 'X', 'bau', '2025-01-01', 'Gut.', $1)"
    ));
    sqlx::query(neu)
        .bind(von)
        .execute(&mut *versuch)
        .await
        .unwrap();
    let weiter = sqlx::AssertSqlSafe(format!(
        "UPDATE massnahme SET {achse} = $1 WHERE kennung = 'm-x'"
    ));
    let ergebnis = sqlx::query(weiter).bind(nach).execute(&mut *versuch).await;
    versuch.rollback().await.unwrap();
    ergebnis.map(|_| ()).map_err(|fehler| {
        let fehler = fehler.into_database_error().unwrap();
        assert_eq!(fehler.code().as_deref(), Some("ZR004"), "{fehler}");
        fehler.message().to_owned()
    })
}

/// Ways a town knows to be right or wrong.
const WEGE: &[(&str, &str, &str, bool)] = &[
    ("beschlussstand", "idee", "vorgeschlagen", true),
    ("beschlussstand", "idee", "beschlossen", false),
    ("beschlussstand", "vorgeschlagen", "beschlossen", true),
    ("beschlussstand", "beschlossen", "idee", false),
    ("beschlussstand", "abgelehnt", "im_haushalt", false),
    ("beschlussstand", "im_haushalt", "abgelehnt", false),
    ("umsetzungsphase", "planung", "umsetzung", true),
    ("umsetzungsphase", "umsetzung", "nicht_begonnen", false),
    ("umsetzungsphase", "abgeschlossen", "umsetzung", true),
    ("umsetzungsphase", "abgeschlossen", "planung", false),
    ("veroeffentlichung", "entwurf", "in_freigabe", true),
    ("veroeffentlichung", "in_freigabe", "archiviert", false),
    ("veroeffentlichung", "archiviert", "veroeffentlicht", false),
];

#[tokio::test]
async fn a_state_is_reached_by_its_ways_alone() {
    let db = bestand().await;
    let mut tx = schreibend(&db).await;
    for (achse, von, nach, erlaubt) in WEGE {
        let ergebnis = gehe(&mut tx, achse, von, nach).await;
        assert_eq!(ergebnis.is_ok(), *erlaubt, "{achse}: {von} → {nach}");
        if let Err(text) = ergebnis {
            assert!(
                text.contains("m-x")
                    && (text.contains(nach) || *achse == "veroeffentlichung")
                    && text.contains("Möglich ist:"),
                "{text}"
            );
        }
    }
    // Every other pair too: the table of ways is what is kept.
    let wege: BTreeSet<(String, String, String)> =
        sqlx::query_as("SELECT achse, von, nach FROM uebergang")
            .fetch_all(&mut *tx)
            .await
            .unwrap()
            .into_iter()
            .collect();
    let zustaende: Vec<(String, String)> = sqlx::query_as(
        "SELECT 'beschlussstand', schluessel FROM beschlussstand UNION ALL SELECT 'umsetzungsphase', schluessel FROM umsetzungsphase
         UNION ALL SELECT 'veroeffentlichung', unnest(ARRAY['entwurf', 'in_freigabe', 'intern', 'veroeffentlicht', 'archiviert'])",
    )
    .fetch_all(&mut *tx)
    .await
    .unwrap();
    let mut verboten = 0;
    for (achse, von) in &zustaende {
        for (_, nach) in zustaende.iter().filter(|(andere, _)| andere == achse) {
            let soll = von == nach || wege.contains(&(achse.clone(), von.clone(), nach.clone()));
            let ist = gehe(&mut tx, achse, von, nach).await.is_ok();
            assert_eq!(ist, soll, "{achse}: {von} → {nach}");
            verboten += usize::from(!soll);
        }
    }
    assert!(verboten > 30, "{verboten}");
}

/// Runs statements and asks the proofs as a commit would; takes all back.
async fn mit_nachweis(tx: &mut Tx, anweisungen: &[&'static str]) -> Result<(), String> {
    let mut versuch = tx.begin().await.unwrap();
    for sql in anweisungen {
        sqlx::query(*sql).execute(&mut *versuch).await.unwrap();
    }
    let ergebnis = sqlx::query("SET CONSTRAINTS strategie.nachweis, haushalt.nachweis IMMEDIATE")
        .execute(&mut *versuch)
        .await;
    versuch.rollback().await.unwrap();
    ergebnis.map(|_| ()).map_err(|fehler| {
        let fehler = fehler.into_database_error().unwrap();
        assert_eq!(fehler.code().as_deref(), Some("ZR005"), "{fehler}");
        fehler.message().to_owned()
    })
}

const VORGESCHLAGEN: &str =
    "UPDATE massnahme SET beschlussstand = 'vorgeschlagen' WHERE kennung = 'm-weg'";
const BESCHLOSSEN: &str =
    "UPDATE massnahme SET beschlussstand = 'beschlossen' WHERE kennung = 'm-weg'";
const IM_HAUSHALT: &str =
    "UPDATE massnahme SET beschlussstand = 'im_haushalt' WHERE kennung = 'm-weg'";
const BESCHLUSS: &str = "INSERT INTO beschluss_bezug (id, beschluss_id, massnahme_id, wirkung) SELECT gen_random_uuid(), b.id, m.id, 'beschliesst' FROM beschluss b, massnahme m WHERE b.kennung = 'b-treff' AND m.kennung = 'm-weg'";
const ABLEHNUNG: &str = "INSERT INTO beschluss_bezug (id, beschluss_id, massnahme_id, wirkung) SELECT gen_random_uuid(), b.id, m.id, 'lehnt_ab' FROM beschluss b, massnahme m WHERE b.kennung = 'b-treff' AND m.kennung = 'm-weg'";

#[tokio::test]
async fn a_state_rests_on_its_proof() {
    let db = bestand().await;
    let mut tx = schreibend(&db).await;
    for (anweisungen, fehlt) in [
        (&[VORGESCHLAGEN, BESCHLOSSEN][..], Some("kein Beschluss")),
        (
            &[VORGESCHLAGEN, ABLEHNUNG, BESCHLOSSEN],
            Some("kein Beschluss"),
        ),
        // in any order: asked at the end
        (&[VORGESCHLAGEN, BESCHLOSSEN, BESCHLUSS], None),
        (
            &[
                "DELETE FROM beschluss_bezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'",
            ],
            Some("m-treff"),
        ),
        (&[VORGESCHLAGEN, BESCHLUSS, BESCHLOSSEN, IM_HAUSHALT], None),
        (
            &[
                VORGESCHLAGEN,
                BESCHLUSS,
                BESCHLOSSEN,
                IM_HAUSHALT,
                // an estimate is no budget
                "UPDATE finanzwert SET planfassung = 'kostenschaetzung', jahr = NULL WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'",
            ],
            Some("keinen Finanzwert"),
        ),
        (
            &[
                VORGESCHLAGEN,
                BESCHLUSS,
                BESCHLOSSEN,
                IM_HAUSHALT,
                "DELETE FROM finanzwert WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'",
            ],
            Some("keinen Finanzwert"),
        ),
        (
            &["UPDATE massnahme SET umsetzungsphase = 'abgeschlossen' WHERE kennung = 'm-weg'"],
            Some("ohne Schlussbewertung"),
        ),
        (
            &[
                "UPDATE massnahme SET umsetzungsphase = 'abgeschlossen', schlussbewertung = 'Fertig.' WHERE kennung = 'm-weg'",
            ],
            None,
        ),
    ] {
        let ergebnis = mit_nachweis(&mut tx, anweisungen).await;
        match fehlt {
            None => assert_eq!(ergebnis, Ok(()), "{anweisungen:#?}"),
            Some(teil) => {
                let text = ergebnis.expect_err(anweisungen[anweisungen.len() - 1]);
                assert!(text.contains(teil), "{teil}: {text}");
            }
        }
    }
}
