//! Saved questions: refused when wrong, a layer when published, true when read.

use axum::http::StatusCode;
use zielraum::app::{self, App};
use zielraum::db::audit;
use zielraum::strategie::frage::{Gespeichert, store};

use crate::anfrage;
use crate::strategie::daten::{aendere, bestand};
use crate::support::TestDb;

async fn hole(app: &App, adresse: &str) -> (StatusCode, String) {
    let antwort = anfrage::hole(&app::router(app), adresse).await;
    (antwort.status, antwort.text)
}

async fn features(app: &App, adresse: &str) -> Vec<(String, Option<String>)> {
    let json = anfrage::json(&app::router(app), adresse).await;
    let features = json["features"].as_array().unwrap();
    let mut alle: Vec<_> = features
        .iter()
        .map(|f| {
            (
                f["id"].as_str().unwrap().to_owned(),
                f["geometry"]["type"].as_str().map(str::to_owned),
            )
        })
        .collect();
    alle.sort();
    alle
}

async fn speichere(
    db: &TestDb,
    kennung: &str,
    filter: &str,
    oeffentlich: bool,
) -> zielraum::error::Result<usize> {
    let frage = Gespeichert {
        kennung: kennung.into(),
        titel: format!("Frage {kennung}"),
        filter: filter.into(),
        beschreibung: None,
    };
    let mut tx = audit::begin(&db.write, "test", "Frage").await.unwrap();
    let treffer = store::speichere(&mut tx, &frage, oeffentlich).await?;
    tx.commit().await.unwrap();
    Ok(treffer)
}

#[tokio::test]
async fn a_published_question_is_a_layer() {
    let db = bestand().await;
    assert_eq!(
        speichere(&db, "west", "ortsteil=west", true).await.unwrap(),
        6,
        "the working world has a draft more"
    );
    speichere(&db, "geheim", "ortsteil=ost", false)
        .await
        .unwrap();
    let app = App::neu(&db.db, None, None, false).await.unwrap();
    let paar = |id: &str, art: Option<&str>| (id.to_owned(), art.map(str::to_owned));
    let west = features(&app, "/collections/frage_west/items").await;
    assert_eq!(
        west,
        [
            paar("m-doerfer", Some("MultiPolygon")),
            paar("m-gewerbe", Some("MultiPolygon")),
            paar("m-satzung", None),
            paar("m-treff", Some("MultiPoint")),
            paar("m-weg", Some("MultiLineString")),
        ]
    );
    assert_eq!(
        features(
            &app,
            "/collections/frage_west/items?umsetzungsphase=Planung"
        )
        .await
        .len(),
        1
    );
    assert_eq!(
        hole(&app, "/collections/frage_west/items/m-treff").await.0,
        StatusCode::OK
    );
    assert_eq!(
        hole(&app, "/collections/frage_west/items/m-pflege").await.0,
        StatusCode::NOT_FOUND,
        "no answer of this question"
    );
    assert_eq!(
        hole(&app, "/collections/frage_geheim").await.0,
        StatusCode::NOT_FOUND,
        "a draft does not exist"
    );
    let (_, sammlungen) = hole(&app, "/collections?f=json").await;
    assert!(
        sammlungen.contains("\"frage_west\"")
            && sammlungen.contains("Frage west")
            && !sammlungen.contains("geheim")
    );
    let liste = anfrage::json(&app::router(&app), "/fragen?f=json").await;
    assert_eq!(
        (
            liste["fragen"].as_array().unwrap().len(),
            &liste["fragen"][0]["massnahmen"]
        ),
        (1, &5.into())
    );
    assert!(hole(&app, "/fragen?f=html").await.1.contains("Frage west"));

    // Read anew each time: what changes and is published is there at once.
    aendere(
        &db,
        &["UPDATE oeffentlich.massnahme SET umsetzungsphase = 'umsetzung' WHERE kennung = 'm-weg'"],
    )
    .await;
    speichere(&db, "west", "ortsteil=west&umsetzungsphase=umsetzung", true)
        .await
        .unwrap();
    assert_eq!(
        features(&app, "/collections/frage_west/items").await.len(),
        2
    );
    let mut tx = audit::begin(&db.write, "test", "weg").await.unwrap();
    store::loesche(&mut tx, "west").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        hole(&app, "/collections/frage_west").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_wrong_question_is_refused_and_one_gone_stale_says_so() {
    let db = bestand().await;
    for (kennung, filter, teil) in [
        ("a", "ortsteil=nord", "Möglich sind"),
        ("a", "farbe=rot", "Den Parameter"),
        ("a", "", "leer"),
        ("a", "ortsteil=west&limit=1", "limit"),
        ("Große Frage", "ortsteil=west", "Kennung"),
        ("a", "nahe=1,2", "abstand"),
    ] {
        let fehler = speichere(&db, kennung, filter, true).await.unwrap_err();
        assert!(matches!(fehler.exit_code(), 2 | 3), "{fehler}");
        assert!(fehler.to_string().contains(teil), "{filter}: {fehler}");
    }
    speichere(&db, "f", "fachplan=fp-isek", true).await.unwrap();
    aendere(&db, &["SELECT freigabe.ziehe_zurueck('fachplan', array_agg(id)) FROM fachplan WHERE kennung = 'fp-isek'"]).await;
    let app = App::neu(&db.db, None, None, false).await.unwrap();
    assert!(
        features(&app, "/collections/frage_f/items")
            .await
            .is_empty()
    );
    let (status, text) = hole(&app, "/collections/frage_f?f=json").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("passt nicht mehr"), "{text}");
    assert!(
        hole(&app, "/fragen?f=html")
            .await
            .1
            .contains("passt nicht mehr")
    );
}
