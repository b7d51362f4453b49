//! Nothing old from memory: withdrawal, edits, other instances, lost notices.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use zielraum::auth::Rolle;
use zielraum::auth::akteur::Umfang;
use zielraum::auth::konto::{self, Angaben};

use super::Dienst;
use crate::anfrage::{self, hole, sende};
use crate::freigabe::als;
use crate::strategie::daten::bestand;
use crate::support::{TestDb, admin, datenbank_mit_demo};

const TREFF: &str = "/collections/massnahmen/items/m-treff";

async fn leitung(db: &TestDb) -> String {
    let angaben = Angaben {
        rollen: vec![Rolle::Freigabe],
        referat: None,
        ortsteil: None,
    };
    konto::lege_an(&db.auth, "test", "leitung", "leitung", &angaben, None)
        .await
        .unwrap();
    let umfang = [Umfang::Lesen, Umfang::Schreiben];
    konto::neuer_token(&db.auth, "test", "leitung", "test", &umfang, 1)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn withdrawn_is_gone_with_the_next_request() {
    let db = bestand().await;
    let dienst = Dienst::neu(&db, 64 << 20).await;
    let token = leitung(&db).await;
    let bild = dienst.bild("massnahmen").await;
    assert!(bild.nummer("m-treff").is_some());
    assert_eq!(hole(&dienst.router, TREFF).await.status, 200);
    let request = Request::post("/freigaben/massnahme/m-treff/zurueckziehen")
        .header("host", "zr.test:8080")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(json!({"anmerkung": "Irrtum"}).to_string()))
        .unwrap();
    let antwort = anfrage::frage(&dienst.router, request).await;
    assert_eq!(antwort.status, 200, "{}", antwort.text);
    // No pause: the same instant.
    assert_eq!(hole(&dienst.router, TREFF).await.status, 404);
    let liste = hole(&dienst.router, "/collections/massnahmen/items").await;
    assert!(!liste.text.contains("m-treff"));
    // And memory knows it soon.
    assert!(dienst.bild("massnahmen").await.nummer("m-treff").is_none());
}

/// Another process withdraws: this one has a moment, here at most what a look a second takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_instance_hears_of_it() {
    let db = bestand().await;
    let dienst = Dienst::neu(&db, 64 << 20).await;
    dienst.bild("massnahmen").await;
    als(&db, "konto:b", "SELECT freigabe.ziehe_zurueck('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-treff'").await.unwrap();
    let seit = Instant::now();
    while hole(&dienst.router, TREFF).await.status != 404 {
        assert!(seit.elapsed() < Duration::from_millis(1500), "still served");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Where nobody could look at the counters for a while, memory is not trusted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_confirmed_is_not_served_from_memory() {
    let db = datenbank_mit_demo().await;
    let dienst = Dienst::neu(&db, 64 << 20).await;
    let sammlung = dienst.sammlung("ortsteile").await;
    dienst.bild("ortsteile").await;
    assert!(dienst.lager.schnappschuss(&sammlung).is_some());
    let pool = admin(&db).await;
    sqlx::raw_sql("REVOKE SELECT ON oeffentlich.stand FROM zielraum_public")
        .execute(&pool)
        .await
        .unwrap();
    assert!(dienst.lager.frische().erneuere().await.is_err());
    assert!(dienst.lager.schnappschuss(&sammlung).is_none());
    // The database still answers.
    assert_eq!(
        hole(&dienst.router, "/collections/ortsteile/items")
            .await
            .status,
        200
    );
}

/// An edit reads the edited keys again; all other blocks are the same memory as before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_edit_patches() {
    let db = datenbank_mit_demo().await;
    als(&db, "test", "INSERT INTO oeffentlich.fachobjekt (id, kennung, art, name, geom, geom_flaeche, quelle, stand, attribute, version, seit)
         SELECT gen_random_uuid(), 'viele-' || lpad(n::text, 5, '0'), art, 'Objekt ' || n, ST_Translate(geom, n, n), ST_Translate(geom_flaeche, n, n), quelle, stand, attribute, 1, now()
         FROM (SELECT * FROM oeffentlich.fachobjekt WHERE geom_flaeche IS NOT NULL ORDER BY ST_NPoints(geom), kennung LIMIT 1) f, generate_series(1, 3000) n").await.unwrap();
    let dienst = Dienst::neu(&db, 64 << 20).await;
    let alt = dienst.bild("fachdaten").await;
    let schritte = [
        "UPDATE oeffentlich.fachobjekt SET name = 'Neuer Name' WHERE kennung = 'viele-01234'",
        "DELETE FROM oeffentlich.fachobjekt WHERE kennung IN ('viele-00017', 'viele-02000')",
        "INSERT INTO oeffentlich.fachobjekt (id, kennung, art, name, geom, geom_flaeche, quelle, stand, attribute, version, seit)
         SELECT gen_random_uuid(), k, art, 'Dazu', geom, geom_flaeche, quelle, stand, attribute, 1, now() FROM (SELECT * FROM oeffentlich.fachobjekt WHERE kennung = 'viele-00500') f, unnest(ARRAY['viele-00500a', 'viele-00500b', 'zuletzt', 'a']) k",
        "UPDATE oeffentlich.fachobjekt SET kennung = 'viele-09999' WHERE kennung = 'viele-00003'",
    ];
    let mut alt = alt;
    let ohne = Dienst::neu(&db, 0).await;
    for schritt in schritte {
        als(&db, "test", schritt).await.unwrap();
        dienst.lager.frische().erneuere().await.unwrap();
        let neu = dienst.bild("fachdaten").await;
        let (geteilt, alle) = neu.gemeinsam(&alt);
        assert!(
            geteilt + 4 >= alle && geteilt >= 8,
            "{geteilt} of {alle}: {schritt}"
        );
        assert!(neu.geflickt(), "{schritt}");
        let frage = "/collections/fachdaten/items?limit=10000";
        let (a, b) = (
            hole(&dienst.router, frage).await.json(),
            hole(&ohne.router, frage).await.json(),
        );
        assert!(a["features"] == b["features"], "{schritt}");
        alt = neu;
    }
    // What every row shows is read anew, and still only the touched blocks are written anew.
    als(&db, "test", "UPDATE oeffentlich.fachart SET titel = titel || ' (neu)' WHERE schluessel = (SELECT art FROM oeffentlich.fachobjekt WHERE kennung = 'viele-00500')").await.unwrap();
    dienst.lager.frische().erneuere().await.unwrap();
    let neu = dienst.bild("fachdaten").await;
    assert!(!neu.geflickt());
    let frage = "/collections/fachdaten/items?limit=10000";
    let (a, b) = (
        hole(&dienst.router, frage).await.json(),
        hole(&ohne.router, frage).await.json(),
    );
    assert!(a["features"] == b["features"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tags_change_with_the_layer_and_only_then() {
    let db = bestand().await;
    let dienst = Dienst::neu(&db, 64 << 20).await;
    dienst.bild("massnahmen").await;
    let seite = "/collections/massnahmen/items?limit=5";
    let erste = hole(&dienst.router, seite).await;
    let marke = erste.kopf("etag").to_owned();
    assert!(marke.starts_with("W/\""), "{marke}");
    let gleich = sende(&dienst.router, "GET", seite, &[("if-none-match", &marke)]).await;
    assert_eq!((gleich.status.as_u16(), gleich.bytes.len()), (304, 0));
    // Another instance over the same database says the same.
    let zweiter = Dienst::neu(&db, 0).await;
    assert_eq!(hole(&zweiter.router, seite).await.kopf("etag"), marke);
    let andere = hole(&dienst.router, "/collections/massnahmen/items?limit=6").await;
    assert_ne!(andere.kopf("etag"), marke);
    als(&db, "konto:b", "SELECT freigabe.ziehe_zurueck('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-treff'").await.unwrap();
    dienst.lager.frische().erneuere().await.unwrap();
    let neu = sende(&dienst.router, "GET", seite, &[("if-none-match", &marke)]).await;
    assert_eq!(neu.status, 200);
    assert_ne!(neu.kopf("etag"), marke);
    for doc in [
        "/collections",
        "/collections/massnahmen",
        "/collections/massnahmen/schema",
        "/collections/ortsteile/items/dorf",
    ] {
        let antwort = hole(&dienst.router, doc).await;
        if antwort.status == 200 {
            let marke = antwort.kopf("etag").to_owned();
            let gleich = sende(&dienst.router, "GET", doc, &[("if-none-match", &marke)]).await;
            assert_eq!(gleich.status, 304, "{doc}");
        }
    }
}

/// Over the budget nothing is held and everything answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_the_budget_the_database_answers() {
    let db = datenbank_mit_demo().await;
    let dienst = Dienst::neu(&db, 60 << 10).await;
    tokio::time::sleep(Duration::from_millis(800)).await;
    let sammlung = dienst.sammlung("fnp_flaechen").await;
    assert!(dienst.lager.schnappschuss(&sammlung).is_none());
    assert!(dienst.lager.bytes() <= 60 << 10);
    let antwort = hole(&dienst.router, "/collections/fnp_flaechen/items?limit=3").await;
    assert_eq!(antwort.status, 200);
    assert!(antwort.kopf("etag").starts_with("W/"));
}

/// Readers never wait and never see half of an edit while it is read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_one_state_or_the_next() {
    let db = bestand().await;
    let dienst = Arc::new(Dienst::neu(&db, 64 << 20).await);
    dienst.bild("ortsteile").await;
    let (leser, fertig) = (
        Arc::clone(&dienst),
        Arc::new(std::sync::atomic::AtomicBool::new(false)),
    );
    let ende = Arc::clone(&fertig);
    let liest = tokio::spawn(async move {
        let mut gelesen = 0;
        while !ende.load(std::sync::atomic::Ordering::Relaxed) {
            let doc = hole(&leser.router, "/collections/ortsteile/items")
                .await
                .json();
            let namen: Vec<String> = doc["features"]
                .as_array()
                .unwrap()
                .iter()
                .map(|f| f["properties"]["name"].as_str().unwrap().to_owned())
                .collect();
            // Every edit below gives all of them the same ending.
            let enden: std::collections::BTreeSet<&str> = namen
                .iter()
                .map(|n| n.rsplit_once('#').map_or("", |(_, e)| e))
                .collect();
            assert_eq!(enden.len(), 1, "{namen:?}");
            gelesen += 1;
        }
        gelesen
    });
    for n in 0..15 {
        als(
            &db,
            "test",
            &format!(
                "UPDATE gemeinde.ortsteil SET name = regexp_replace(name, '#.*', '') || '#{n}'"
            ),
        )
        .await
        .unwrap();
    }
    fertig.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(liest.await.unwrap() > 5);
}
