//! The map shows the measures of a filter or of a saved question, in the words of the list.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;
use zielraum::app::{self, App};
use zielraum::db::audit;
use zielraum::strategie::frage::{Gespeichert, store};

use crate::strategie::daten::{aendere, bestand};
use crate::support::TestDb;

async fn hole(app: &App, adresse: &str) -> (StatusCode, String) {
    let antwort = app::router(app)
        .oneshot(
            Request::get(adresse)
                .header("accept", "text/html")
                .body(Body::empty())
                .unwrap(),
        )
        .await
        .unwrap();
    let status = antwort.status();
    let bytes = axum::body::to_bytes(antwort.into_body(), usize::MAX)
        .await
        .unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

/// What the script of the map is told to show, sorted; None: everything.
async fn auswahl(app: &App, adresse: &str) -> (Option<Vec<String>>, String) {
    let (status, seite) = hole(app, adresse).await;
    assert_eq!(status, StatusCode::OK, "{adresse}: {seite}");
    let anfang = seite.find("id=\"daten\"").unwrap();
    let anfang = anfang + seite[anfang..].find('>').unwrap() + 1;
    let ende = anfang + seite[anfang..].find("</script>").unwrap();
    let daten: Value = serde_json::from_str(&seite[anfang..ende]).unwrap();
    let auswahl = daten["auswahl"].as_array().map(|liste| {
        let mut alle: Vec<String> = liste
            .iter()
            .map(|k| k.as_str().unwrap().to_owned())
            .collect();
        alle.sort();
        alle
    });
    (auswahl, seite)
}

async fn frage(db: &TestDb, kennung: &str, filter: &str) {
    let frage = Gespeichert {
        kennung: kennung.into(),
        titel: format!("Frage {kennung}"),
        filter: filter.into(),
        beschreibung: None,
    };
    let mut tx = audit::begin(&db.write, "test", "Frage").await.unwrap();
    store::speichere(&mut tx, &frage, true).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_map_shows_what_the_list_lists() {
    let db = bestand().await;
    let app = App::neu(&db.db, None, None, false).await.unwrap();
    assert_eq!(auswahl(&app, "/karte").await.0, None);
    for filter in [
        "ortsteil=west",
        "ortsteil=west&umsetzungsphase=Planung",
        "nutzung=G&plan=fnp-a",
        "q=radweg",
        "ampel=im_plan,gefaehrdet&leitprojekt=nein",
    ] {
        let (status, text) = hole(&app, &format!("/massnahmen?{filter}&f=json")).await;
        assert_eq!(status, StatusCode::OK, "{filter}: {text}");
        let liste: Value = serde_json::from_str(&text).unwrap();
        let mut soll: Vec<String> = ["massnahmen", "gesamtstadt"]
            .iter()
            .flat_map(|teil| liste[teil].as_array().unwrap())
            .map(|m| m["kennung"].as_str().unwrap().to_owned())
            .collect();
        soll.sort();
        let (ist, _) = auswahl(&app, &format!("/karte?{filter}")).await;
        assert_eq!(ist, Some(soll), "{filter}");
        // From the list to the map and back with the same filter.
        let (_, seite) = hole(&app, &format!("/massnahmen?{filter}&sortiert=titel&f=html")).await;
        let weg = seite
            .split("href=\"")
            .find(|t| t.contains("/karte?"))
            .unwrap();
        let weg = weg[weg.find("/karte?").unwrap()..]
            .split('"')
            .next()
            .unwrap()
            .replace("&#38;", "&");
        let (ueber_liste, karte) = auswahl(&app, &weg).await;
        assert_eq!(ueber_liste, ist, "{weg}");
        assert!(karte.contains(">Als Liste</a>"));
        let zurueck = karte
            .split("href=\"")
            .find(|t| t.contains("/massnahmen?") && t.contains("Als Liste"))
            .unwrap();
        let zurueck = zurueck[zurueck.find("/massnahmen?").unwrap()..]
            .split('"')
            .next()
            .unwrap()
            .replace("&#38;", "&")
            .replace("&amp;", "&")
            .replace("f=html", "f=json");
        let (_, text) = hole(&app, &zurueck).await;
        let noch_einmal: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(noch_einmal["anzahl"], liste["anzahl"], "{zurueck}");
    }
    let (_, seite) = auswahl(&app, "/karte?ortsteil=west").await;
    // Five in West and one of the whole town; the talks name Ortsteile and lie nowhere.
    assert!(
        seite.contains(
            "<strong>5</strong> Maßnahmen, davon 2 ohne eigenen Ort und nicht auf der Karte"
        ),
        "{seite}"
    );
    let (status, text) = hole(&app, "/karte?ortsteil=nirgends").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text.contains("Möglich sind"), "{text}");
    let (status, text) = hole(&app, "/karte?farbe=rot").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text.contains("farbe"), "{text}");
}

#[tokio::test]
async fn a_saved_question_is_picked_on_the_map() {
    let db = bestand().await;
    frage(&db, "west", "ortsteil=west").await;
    frage(&db, "isek", "fachplan=fp-isek").await;
    let app = App::neu(&db.db, None, None, false).await.unwrap();
    let (alle, seite) = auswahl(&app, "/karte").await;
    assert_eq!(alle, None);
    assert!(seite.contains("<option value=\"west\">Frage west</option>"));
    let (west, seite) = auswahl(&app, "/karte?frage=west").await;
    assert_eq!(west, auswahl(&app, "/karte?ortsteil=west").await.0);
    assert!(seite.contains("<option value=\"west\" selected>Frage west</option>"));
    let (status, fragen) = hole(&app, "/fragen?f=html").await;
    assert!(status == StatusCode::OK && fragen.contains("/karte?frage=west"));
    let (status, text) = hole(&app, "/karte?frage=west&ziel=sz-treff").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text.contains("nur eines von beiden"), "{text}");
    assert_eq!(
        hole(&app, "/karte?frage=nord").await.0,
        StatusCode::NOT_FOUND
    );
    // One whose Fachplan was withdrawn shows nothing and says why; the page stays.
    aendere(&db, &["SELECT freigabe.ziehe_zurueck('fachplan', array_agg(id)) FROM fachplan WHERE kennung = 'fp-isek'"]).await;
    let (leer, seite) = auswahl(&app, "/karte?frage=isek").await;
    assert_eq!(leer, Some(Vec::new()));
    assert!(seite.contains("passt nicht mehr"), "{seite}");
}

#[tokio::test]
async fn a_list_of_collections_tells_what_each_of_them_tells() {
    let db = bestand().await;
    frage(&db, "isek", "fachplan=fp-isek").await;
    aendere(&db, &["SELECT freigabe.ziehe_zurueck('fachplan', array_agg(id)) FROM fachplan WHERE kennung = 'fp-isek'"]).await;
    let app = App::neu(&db.db, None, None, false).await.unwrap();
    let lies = async |adresse: &str| {
        let (status, text) = hole(&app, adresse).await;
        assert_eq!(status, StatusCode::OK, "{adresse}: {text}");
        text
    };
    let liste: Value = serde_json::from_str(&lies("/collections?f=json").await).unwrap();
    let sammlungen = liste["collections"].as_array().unwrap();
    let von = |id: &str| sammlungen.iter().find(|s| s["id"] == id).unwrap();
    // OGC 17-069r4, 7.14.2: the same in the list and in the collection's own document.
    let text = von("frage_isek")["description"].as_str().unwrap();
    assert!(text.contains("passt nicht mehr"), "{text}");
    assert!(
        lies("/collections/frage_isek?f=json")
            .await
            .contains("passt nicht mehr")
    );
    for seite in ["/?f=html", "/collections?f=html", "/api?f=json"] {
        assert!(!lies(seite).await.contains("passt nicht mehr"), "{seite}");
    }
    assert!(
        lies("/api?f=json")
            .await
            .contains("/collections/frage_isek/items")
    );
}
