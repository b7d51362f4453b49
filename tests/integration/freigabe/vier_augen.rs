//! Requests and their decision.

use serde_json::Value;
use zielraum::freigabe::Schritt;

use super::{als, gegenstand, gehe, satz, text, zahl};
use crate::strategie::daten::bestand;

const LADEN: (&str, &str) = ("massnahme", "m-entwurf");
const A: &str = "konto:anna";
const B: &str = "konto:bert";

#[tokio::test]
async fn who_asks_does_not_decide() {
    let db = bestand().await;
    gehe(&db, A, LADEN, Schritt::Beantragen).await.unwrap();
    assert_eq!(
        gegenstand(&db, "massnahme", "m-entwurf").await.zustand,
        "in_freigabe"
    );
    assert!(satz(gehe(&db, A, LADEN, Schritt::Beantragen).await).contains("schon beantragt"));
    for selbst in [A.to_owned(), format!("{A} (Schlüssel 019a)")] {
        assert!(satz(gehe(&db, &selbst, LADEN, Schritt::Freigeben).await).contains("vier Augen"));
    }
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM massnahme WHERE kennung = 'm-entwurf'"
        )
        .await,
        0
    );
    // Not past the functions either.
    let direkt = als(&db, A, "UPDATE freigabe.antrag SET entscheid = 'freigegeben', entschieden_am = now(), entschieden_von = beantragt_von").await;
    assert!(satz(direkt).contains("vier Augen"));
    gehe(&db, B, LADEN, Schritt::Freigeben).await.unwrap();
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM massnahme WHERE kennung = 'm-entwurf'"
        )
        .await,
        1
    );
    let daten: Value = sqlx::query_scalar("SELECT daten FROM audit.zeile WHERE art = 'freigabe' AND relation = 'oeffentlich.massnahme' AND schluessel = 'm-entwurf'")
        .fetch_one(&db.write).await.unwrap();
    assert_eq!(
        (
            daten["vier_augen"].as_bool(),
            daten["beantragt_von"].as_str(),
            daten["entschieden_von"].as_str()
        ),
        (Some(true), Some(A), Some(B))
    );
    assert!(satz(gehe(&db, B, LADEN, Schritt::Freigeben).await).contains("keinen offenen Antrag"));
    assert!(satz(gehe(&db, A, LADEN, Schritt::Beantragen).await).contains("nichts freizugeben"));
}

#[tokio::test]
async fn the_operator_needs_no_second_person_and_the_audit_says_so() {
    let db = bestand().await;
    als(&db, "kommandozeile:root", "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-entwurf'").await.unwrap();
    let daten: Value = sqlx::query_scalar(
        "SELECT daten FROM audit.zeile WHERE art = 'freigabe' AND schluessel = 'm-entwurf'",
    )
    .fetch_one(&db.write)
    .await
    .unwrap();
    assert_eq!(
        (daten["vier_augen"].as_bool(), daten["weg"].as_str()),
        (Some(false), Some("Kommandozeile"))
    );
}

#[tokio::test]
async fn only_the_version_asked_for_is_released() {
    let db = bestand().await;
    for (sql, was) in [
        (
            "UPDATE massnahme SET kurztext = 'geändert', prioritaet = 3 WHERE kennung = 'm-entwurf'",
            "Kurztext, Priorität",
        ),
        (
            "UPDATE raumbezug SET geom = st_translate(geom, 1, 0) WHERE massnahme_id = '00000000-0000-0000-0009-000000000007'",
            "Raumbezug",
        ),
    ] {
        gehe(&db, A, LADEN, Schritt::Beantragen).await.unwrap();
        als(&db, "konto:carl", sql).await.unwrap();
        assert_eq!(
            gegenstand(&db, "massnahme", "m-entwurf").await.zustand,
            "entwurf"
        );
        let grund = satz(gehe(&db, B, LADEN, Schritt::Freigeben).await);
        assert!(
            grund.contains("wurde geändert") && grund.contains(was),
            "{grund}"
        );
    }
    // Asked for anew, the old request is overtaken.
    gehe(&db, A, LADEN, Schritt::Beantragen).await.unwrap();
    gehe(&db, B, LADEN, Schritt::Freigeben).await.unwrap();
    assert_eq!(
        text(
            &db.write,
            "SELECT string_agg(entscheid, ',' ORDER BY beantragt_am) FROM freigabe.antrag"
        )
        .await
        .as_deref(),
        Some("ueberholt,ueberholt,freigegeben")
    );
}

#[tokio::test]
async fn returned_and_taken_back() {
    let db = bestand().await;
    gehe(&db, A, LADEN, Schritt::Beantragen).await.unwrap();
    gehe(&db, B, LADEN, Schritt::Zurueckgeben).await.unwrap();
    assert_eq!(
        gegenstand(&db, "massnahme", "m-entwurf").await.zustand,
        "entwurf"
    );
    gehe(&db, A, LADEN, Schritt::Beantragen).await.unwrap();
    gehe(&db, A, LADEN, Schritt::Zurueckgeben).await.unwrap();
    let ausgang: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT entscheid, entschieden_von FROM freigabe.antrag ORDER BY beantragt_am",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    assert_eq!(
        ausgang,
        [
            ("zurueckgegeben".to_owned(), Some(B.to_owned())),
            ("zurueckgenommen".to_owned(), None)
        ]
    );
}

#[tokio::test]
async fn a_decision_taken_in_private_is_never_released() {
    let db = bestand().await;
    let grund = satz(gehe(&db, A, ("beschluss", "b-geheim"), Schritt::Beantragen).await);
    assert!(grund.contains("nicht öffentlich gefasst"), "{grund}");
    als(
        &db,
        "op",
        "SELECT freigabe.veroeffentliche('beschluss', array_agg(id)) FROM beschluss",
    )
    .await
    .unwrap();
    assert_eq!(zahl(&db.public, "SELECT count(*) FROM beschluss").await, 1);
    assert_eq!(zahl(&db.public, "SELECT count(*) FROM beschluss_bezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000001'").await, 1, "nor in counts of links");
}

#[tokio::test]
async fn a_release_that_waits_keeps_its_four_eyes() {
    let db = bestand().await;
    als(&db, A, "INSERT INTO handlungsfeld (id, kennung, titel) VALUES ('00000000-0000-0000-0006-000000000009', 'hf-neu', 'Neu');
        INSERT INTO ziel (id, kennung, titel, handlungsfeld_id, ebene) VALUES ('00000000-0000-0000-0007-000000000009', 'sz-neu', 'Neu', '00000000-0000-0000-0006-000000000009', 'strategisch')").await.unwrap();
    gehe(&db, A, ("ziel", "sz-neu"), Schritt::Beantragen)
        .await
        .unwrap();
    let satz = gehe(&db, B, ("ziel", "sz-neu"), Schritt::Freigeben)
        .await
        .unwrap();
    assert!(satz.contains("sobald") && satz.contains("hf-neu"), "{satz}");
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM ziel WHERE kennung = 'sz-neu'"
        )
        .await,
        0
    );
    als(&db, "op", "SELECT freigabe.veroeffentliche('handlungsfeld', ARRAY['00000000-0000-0000-0006-000000000009']::uuid[])").await.unwrap();
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM ziel WHERE kennung = 'sz-neu'"
        )
        .await,
        1
    );
    let daten: Value = sqlx::query_scalar("SELECT daten FROM audit.zeile WHERE art = 'freigabe' AND relation = 'oeffentlich.ziel' AND schluessel = 'sz-neu'").fetch_one(&db.write).await.unwrap();
    assert_eq!(daten["vier_augen"].as_bool(), Some(true));
}

#[tokio::test]
async fn what_is_put_aside_does_not_change() {
    let db = bestand().await;
    gehe(&db, B, ("massnahme", "m-weg"), Schritt::Archivieren)
        .await
        .unwrap();
    assert_eq!(
        zahl(
            &db.public,
            "SELECT count(*) FROM massnahme WHERE kennung = 'm-weg'"
        )
        .await,
        0
    );
    for sql in [
        "UPDATE massnahme SET titel = 'x' WHERE kennung = 'm-weg'",
        "DELETE FROM raumbezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'",
    ] {
        assert!(satz(als(&db, A, sql).await).contains("archiviert"), "{sql}");
    }
    gehe(&db, B, ("massnahme", "m-weg"), Schritt::Aufnehmen)
        .await
        .unwrap();
    als(
        &db,
        A,
        "UPDATE massnahme SET titel = 'x' WHERE kennung = 'm-weg'",
    )
    .await
    .unwrap();
}
