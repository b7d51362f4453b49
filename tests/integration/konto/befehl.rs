//! The functions behind `zielraum user`: what they refuse, and what the audit keeps of them.

use zielraum::auth::Rolle;
use zielraum::auth::akteur::Umfang;
use zielraum::auth::konto::{self, Angaben};
use zielraum::auth::konto_store;

use super::nur;
use crate::support::{admin, datenbank};

#[tokio::test]
async fn what_an_account_needs() {
    let db = datenbank().await;
    let neu = async |login: &str, name: &str, angaben: &Angaben, kennwort: Option<&str>| {
        konto::lege_an(
            &db.auth,
            "pruefung",
            login,
            name,
            angaben,
            kennwort.map(str::to_owned),
        )
        .await
        .map_err(|fehler| fehler.to_string())
    };
    let keine = nur(&[]);
    neu(" M.Huber ", "Maria Huber", &keine, None).await.unwrap();
    for (login, name, angaben, kennwort, wort) in [
        ("m.huber", "Zweite", keine.clone(), None, "gibt es schon"),
        ("hüber", "Ü", keine.clone(), None, "Umlaute"),
        ("x", "Kurz", keine.clone(), None, "2 bis 63"),
        ("leer", "  ", keine.clone(), None, "Name fehlt"),
        ("kurz", "Kurz", keine.clone(), Some("zu kurz"), "7 Zeichen"),
        ("amt", "Amt", nur(&[Rolle::Fachamt]), None, "das Referat"),
        (
            "ort",
            "Ort",
            nur(&[Rolle::Ortssprecher]),
            None,
            "der Ortsteil",
        ),
        (
            "amt",
            "Amt",
            Angaben {
                rollen: vec![Rolle::Fachamt],
                referat: Some("ref-9".into()),
                ortsteil: None,
            },
            None,
            "„ref-9“ gibt es nicht",
        ),
    ] {
        let fehler = neu(login, name, &angaben, kennwort).await.unwrap_err();
        assert!(fehler.contains(wort), "{login}: {fehler}");
    }
    assert!(
        konto::rollen(["stadtrat", "buergermeister"])
            .unwrap_err()
            .to_string()
            .contains("kaemmerei")
    );
    let token = |tage, umfang: &'static [Umfang]| {
        konto::neuer_token(&db.auth, "pruefung", "m.huber", "T", umfang, tage)
    };
    assert!(token(366, &[Umfang::Lesen]).await.is_err());
    assert!(token(0, &[Umfang::Lesen]).await.is_err());
    assert!(token(365, &[]).await.is_err());
    assert!(token(365, &[Umfang::Lesen]).await.is_ok());
    assert_eq!(konto_store::liste(&db.auth).await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_administrator_always_remains() {
    let db = datenbank().await;
    for login in ["eins", "zwei"] {
        konto::lege_an(
            &db.auth,
            "pruefung",
            login,
            login,
            &nur(&[Rolle::Admin]),
            None,
        )
        .await
        .unwrap();
    }
    // At the same moment each removes the other: one of them fails.
    let leer = nur(&[]);
    let (a, b) = tokio::join!(
        konto::sperre(&db.auth, "konto:eins", "zwei", true),
        konto::setze_angaben(&db.auth, "konto:zwei", "eins", &leer),
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    let uebrig: i64 = sqlx::query_scalar("SELECT count(*) FROM auth.konto k JOIN auth.konto_rolle r ON r.konto_id = k.id WHERE r.rolle = 'admin' AND gesperrt_seit IS NULL")
        .fetch_one(&db.auth)
        .await
        .unwrap();
    assert_eq!(uebrig, 1);
}

#[tokio::test]
async fn the_audit_says_who_and_keeps_no_secret() {
    let db = datenbank().await;
    let kennwort = "Lech Wehr Kiesbank";
    konto::lege_an(
        &db.auth,
        "konto:chefin",
        "neu",
        "Neu",
        &nur(&[Rolle::Strategie]),
        Some(kennwort.into()),
    )
    .await
    .unwrap();
    let token = konto::neuer_token(&db.auth, "konto:neu", "neu", "QGIS", &[Umfang::Lesen], 7)
        .await
        .unwrap();
    konto::setze_kennwort(
        &db.auth,
        "konto:neu",
        "neu",
        "Kiesbank Wehr Lech".into(),
        None,
    )
    .await
    .unwrap();
    let pool = admin(&db).await;
    let zeilen: Vec<(String, String)> = sqlx::query_as(
        "SELECT a.wer || ': ' || a.warum, z.daten::text FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id WHERE z.relation = 'auth.konto' ORDER BY z.id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let taten: Vec<&str> = zeilen.iter().map(|(tat, _)| &**tat).collect();
    assert_eq!(
        taten,
        [
            "konto:chefin: Konto angelegt",
            "konto:neu: Zugangsschlüssel angelegt",
            "konto:neu: Kennwort gesetzt"
        ]
    );
    let alles: String = sqlx::query_scalar("SELECT string_agg(z::text, ' ') FROM audit.zeile z")
        .fetch_one(&pool)
        .await
        .unwrap();
    for geheim in [
        kennwort,
        &*token,
        &token[3..46],
        "argon2",
        "Kiesbank Wehr Lech",
    ] {
        assert!(!alles.contains(geheim), "{geheim}");
    }
    let gespeichert: String = sqlx::query_scalar("SELECT string_agg(k::text, ' ') || (SELECT string_agg(t::text, ' ') FROM auth.token t) FROM auth.konto k")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(!gespeichert.contains(&token) && !gespeichert.contains(kennwort));
    let bruch: Option<i64> = sqlx::query_scalar("SELECT lfd FROM audit.pruefe()")
        .fetch_optional(&pool)
        .await
        .unwrap();
    assert_eq!(bruch, None);
    // Staff reads the audit, but not who has which account.
    let sichtbar: i64 = sqlx::query_scalar("SELECT count(*) FROM audit.zeile")
        .fetch_one(&db.personal.pool("alles,betraege", None, None))
        .await
        .unwrap();
    assert_eq!(sichtbar, 0);
}
