//! What people read of technical words.

use zielraum::audit::worte;
use zielraum::auth::Rolle;

use crate::geschichte::dienst;
use crate::support::datenbank_mit_demo;

/// Transcriptions that are none: they are spelled so.
const RICHTIG: [&str; 4] = [
    "abgeschlossen",
    "beschlossen",
    "beschlussstand",
    "umfassend",
];

#[tokio::test]
async fn every_word_of_the_schema_is_german_on_a_page() {
    let db = crate::support::datenbank().await;
    let worte: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT m[1] FROM pg_constraint c JOIN audit.verfolgte() v ON v.relation = c.conrelid,
           regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::text', 'g') m WHERE c.contype = 'c' AND m[1] ~ '(ae|oe|ue|ss|_)'",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    assert!(worte.len() > 20, "{worte:?}");
    for wort in worte {
        let gelesen = worte::wert(&wort);
        assert!(
            RICHTIG.contains(&wort.as_str()) || gelesen != wort && !gelesen.contains('_'),
            "{wort}: {gelesen}"
        );
    }
}

#[tokio::test]
async fn a_history_tells_authors_and_values_in_words() {
    let db = datenbank_mit_demo().await;
    let router = dienst(&db).await;
    let kennzahl: String = sqlx::query_scalar(
        "SELECT min(kennung) FROM strategie.kennzahl WHERE veroeffentlichung = 'veroeffentlicht'",
    )
    .fetch_one(&db.write)
    .await
    .unwrap();
    let mut tx = zielraum::db::audit::begin(&db.write, "konto:fach (Schlüssel 1)", "Nachtrag")
        .await
        .unwrap();
    sqlx::query("INSERT INTO strategie.kennzahlwert (id, kennzahl_id, stichtag, art, wert, status) SELECT gen_random_uuid(), id, '2033-12-31', 'prognose', 1, 'vorlaeufig' FROM strategie.kennzahl WHERE kennung = $1")
        .bind(&kennzahl)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let angaben = zielraum::auth::konto::Angaben {
        rollen: vec![Rolle::Strategie],
        ..Default::default()
    };
    zielraum::auth::konto::lege_an(&db.auth, "pruefung", "leserin", "Leserin", &angaben, None)
        .await
        .unwrap();
    let umfang = [zielraum::auth::akteur::Umfang::Lesen];
    let token =
        zielraum::auth::konto::neuer_token(&db.auth, "pruefung", "leserin", "t", &umfang, 1)
            .await
            .unwrap();
    let kopf = format!("Bearer {token}");
    let seite = crate::anfrage::sende(
        &router,
        "GET",
        &format!("/verlauf/kennzahl/{kennzahl}"),
        &[("authorization", &kopf), ("accept", "text/html")],
    )
    .await;
    assert_eq!(seite.status, 200, "{}", seite.text);
    for wort in [
        "Konto fach mit Zugangsschlüssel: „Nachtrag“",
        "<td>vorläufig</td>",
        "<td>Prognose</td>",
    ] {
        assert!(seite.text.contains(wort), "{wort}: {}", seite.text);
    }
    for roh in ["konto:", "kommandozeile:", "vorlaeufig", "geprueft"] {
        assert!(!seite.text.contains(roh), "{roh}: {}", seite.text);
    }
}
