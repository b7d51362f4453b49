//! The history of restricted readers: whole for their own, the public's for the rest.

use serde_json::Value;
use zielraum::auth::Rolle;

use super::{dienst, hole, leser};
use crate::freigabe::als;
use crate::strategie::daten::bestand;

#[tokio::test]
async fn an_office_reads_the_whole_history_of_its_own_objects() {
    let db = bestand().await;
    let schreibe = async |wer: &str, sql: &str| als(&db, wer, sql).await.unwrap();
    schreibe("konto:huber", "UPDATE massnahme SET titel = 'Treff, erster Entwurf' WHERE kennung = 'm-treff'; UPDATE teilschritt SET titel = 'Schritt, anders' WHERE kennung = 'ms-2'").await;
    schreibe("konto:huber", "UPDATE massnahme SET titel = 'Treff, zweiter Entwurf' WHERE kennung = 'm-treff'; DELETE FROM teilschritt WHERE kennung = 'ms-3'").await;
    schreibe(
        "konto:geheim",
        "UPDATE massnahme SET titel = 'Weg, fremder Entwurf' WHERE kennung = 'm-weg'",
    )
    .await;
    schreibe("konto:geheim", "UPDATE massnahme SET titel = 'Weg, fremder Entwurf zwei' WHERE kennung = 'm-weg'; INSERT INTO ziel_massnahme (massnahme_id, ziel_id, beitrag) SELECT m.id, z.id, 1 FROM massnahme m, ziel z WHERE m.kennung = 'm-entwurf' AND z.kennung = 'sz-flaeche'").await;
    let router = dienst(&db).await;
    let amt = leser(&db, "amt", Rolle::Fachamt, Some("a-bau")).await;
    let rat = leser(&db, "rat", Rolle::Stadtrat, None).await;
    let lies = async |token: &str, kennung: &str| -> (u16, Value) {
        let antwort = hole(
            &router,
            token,
            &format!("/verlauf/massnahme/{kennung}?f=json"),
        )
        .await;
        (antwort.status.as_u16(), antwort.json())
    };
    let (status, eigen) = lies(&amt, "m-treff").await;
    assert_eq!(status, 200, "{eigen}");
    let text = eigen.to_string();
    for wort in [
        "Treff, erster Entwurf",
        "Treff, zweiter Entwurf",
        "Dorftreff <Alte Schule>",
        "Schritt, anders",
        "konto:huber",
    ] {
        assert!(text.contains(wort), "{wort}: {eigen:#}");
    }
    // old → new, and who: also of the first version
    let zweite = &eigen["aenderungen"][0];
    let titel = zweite["zeilen"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|z| z["felder"].as_array().unwrap())
        .find(|f| f["titel"] == "Titel" && f["neu"] == "Treff, zweiter Entwurf")
        .unwrap();
    assert_eq!(titel["alt"], "Treff, erster Entwurf");
    assert!(
        zweite["zeilen"]
            .as_array()
            .unwrap()
            .iter()
            .any(|z| z["art"] == "geloescht"),
        "{zweite:#}"
    );
    assert!(
        eigen["aenderungen"]
            .as_array()
            .unwrap()
            .iter()
            .all(|a| a["wer"].is_string()),
        "{eigen:#}"
    );
    // Confidential amounts stay out of it, whoever's they are.
    assert!(!text.contains("99900000"), "{text}");

    for (token, kennung) in [(&amt, "m-weg"), (&rat, "m-weg"), (&rat, "m-treff")] {
        let (status, fremd) = lies(token, kennung).await;
        assert_eq!(status, 200, "{fremd}");
        let text = fremd.to_string();
        for wort in [
            "fremder Entwurf",
            "erster Entwurf",
            "zweiter Entwurf",
            "geheim",
            "huber",
        ] {
            assert!(!text.contains(wort), "{kennung} {wort}: {text}");
        }
        assert!(!fremd["aenderungen"].as_array().unwrap().is_empty());
    }
    assert_eq!(lies(&amt, "m-entwurf").await.0, 404, "a draft of others");
}

/// Not by the tables either: what the sessions of a reader can reach at all.
#[tokio::test]
async fn past_and_audit_of_others_are_out_of_reach() {
    let db = bestand().await;
    als(&db, "konto:x", "UPDATE massnahme SET titel = titel || ' neu', intern_notiz = 'still'; UPDATE ziel SET titel = titel || ' neu'; UPDATE finanzwert SET betrag_ct = betrag_ct + 1; UPDATE kennzahlwert SET wert = wert + 1").await.unwrap();
    let amt = db
        .personal
        .pool("referat,veroeffentlicht", Some("a-bau"), None);
    let mut conn = amt.acquire().await.unwrap();
    let eigene: Vec<String> =
        sqlx::query_scalar("SELECT e::text FROM freigabe.eigene('massnahme') e")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    assert_eq!(eigene.len(), 1, "the office answers for one measure");
    let tabellen: Vec<String> = sqlx::query_scalar("SELECT s.relation FROM freigabe.schutz s UNION SELECT s.relation || '_historie' FROM freigabe.schutz s WHERE to_regclass(s.relation || '_historie') IS NOT NULL ORDER BY 1").fetch_all(&mut *conn).await.unwrap();
    assert!(tabellen.len() > 60);
    let mut gesehen = 0;
    for tabelle in tabellen {
        let zeilen: Vec<Value> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "SELECT to_jsonb(x) FROM {tabelle} x"
        )))
        .fetch_all(&mut *conn)
        .await
        .unwrap();
        for zeile in &zeilen {
            let von = zeile
                .get("massnahme_id")
                .or_else(|| {
                    zeile
                        .get("id")
                        .filter(|_| tabelle.starts_with("strategie.massnahme"))
                })
                .filter(|w| w.is_string());
            if let Some(von) = von.filter(|_| {
                tabelle.ends_with("massnahme")
                    || tabelle.ends_with("massnahme_historie")
                    || zeile.get("gebiet_id").is_none()
            }) {
                assert!(eigene.iter().any(|e| von == e), "{tabelle}: {zeile}");
                gesehen += 1;
            }
            assert_ne!(
                zeile.get("vertraulich"),
                Some(&Value::Bool(true)),
                "{tabelle}"
            );
        }
    }
    assert!(gesehen > 10, "{gesehen}");
    let fremd: Vec<String> = sqlx::query_scalar("SELECT DISTINCT coalesce(z.daten ->> 'massnahme_id', z.schluessel) FROM audit.zeile z WHERE z.relation = 'strategie.massnahme' OR z.daten ? 'massnahme_id'").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(fremd, eigene);
    let geld: i64 = sqlx::query_scalar("SELECT count(*) FROM audit.zeile WHERE relation IN ('strategie.kennzahlwert', 'strategie.ziel') OR relation = 'haushalt.finanzwert' AND daten ->> 'vertraulich' = 'true'").fetch_one(&mut *conn).await.unwrap();
    assert_eq!(geld, 0);
}
