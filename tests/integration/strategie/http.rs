//! The same questions over HTTP, through the public pool.

use axum::Router;
use axum::http::StatusCode;
use serde_json::Value;
use zielraum::{strategie, web};

use super::fragen::town;
use crate::anfrage::{self, Antwort, gerahmt};
use crate::support::TestDb;

fn routes(db: &TestDb) -> Router {
    let web = web::routes::router(db.public.clone());
    gerahmt(strategie::routes::router(db.public.clone()).merge(web))
}

fn teile(antwort: &Antwort) -> (StatusCode, String, Value) {
    let typ = antwort.kopf("content-type").to_owned();
    (antwort.status, typ, antwort.json())
}

async fn hole(db: &TestDb, adresse: &str) -> (StatusCode, String, Value) {
    teile(&anfrage::hole(&routes(db), adresse).await)
}

async fn poste(db: &TestDb, adresse: &str, text: &str) -> (StatusCode, String, Value) {
    teile(&anfrage::poste(&routes(db), adresse, text).await)
}

fn kennungen(liste: &Value) -> Vec<&str> {
    liste
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["kennung"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn measures_as_json_and_geojson() {
    let db = town().await;
    let (status, typ, antwort) = hole(&db, "/massnahmen?ortsteil=west").await;
    assert_eq!((status, typ.as_str()), (StatusCode::OK, "application/json"));
    assert_eq!(
        kennungen(&antwort["massnahmen"]),
        ["m-treff", "m-weg", "m-gewerbe", "m-grenze"]
    );
    assert_eq!(kennungen(&antwort["gesamtstadt"]), ["m-satzung"]);
    assert_eq!(antwort["massnahmen"][0]["ampel"]["titel"], "Im Plan");
    assert_eq!(antwort["massnahmen"][1]["anteil"], 0.5);
    assert!(
        !antwort.to_string().contains("entwurf"),
        "neither the draft nor the word"
    );

    let (_, typ, geojson) = hole(&db, "/massnahmen?ortsteil=west&f=geojson").await;
    assert_eq!(typ, "application/geo+json");
    let orte: Vec<_> = geojson["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["id"].as_str().unwrap(), f["geometry"]["type"].as_str()))
        .collect();
    assert_eq!(
        orte,
        [
            ("m-treff", Some("Point")),
            ("m-weg", Some("LineString")),
            ("m-gewerbe", Some("Polygon")),
            ("m-grenze", Some("Point")),
            ("m-satzung", None)
        ]
    );
    let punkt = &geojson["features"][0]["geometry"]["coordinates"];
    assert!(
        (punkt[0].as_f64().unwrap() - 10.88).abs() < 0.02
            && (punkt[1].as_f64().unwrap() - 48.05).abs() < 0.02,
        "{punkt}"
    );
    let (_, _, eine) = hole(&db, "/massnahmen/m-weg?f=geojson").await;
    assert_eq!(
        (&eine["type"], &eine["id"]),
        (&"Feature".into(), &"m-weg".into())
    );
}

#[tokio::test]
async fn a_polygon_is_posted() {
    let db = town().await;
    let wkt = "POLYGON ((641300 5324300, 641700 5324300, 641700 5324700, 641300 5324700, 641300 5324300))";
    let (status, _, antwort) = poste(&db, "/massnahmen/suche", wkt).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        kennungen(&antwort["massnahmen"]),
        ["m-park", "m-gewerbe", "m-pflege"]
    );
    let (_, _, antwort) = poste(&db, "/massnahmen/suche?ziel=sz-flaeche&f=geojson", wkt).await;
    assert_eq!(
        antwort["numberReturned"], 2,
        "m-gewerbe and the city-wide m-satzung"
    );
    let (status, typ, problem) = poste(&db, "/massnahmen/suche", "Dorfplatz").await;
    assert_eq!(
        (status, typ.as_str()),
        (StatusCode::BAD_REQUEST, "application/problem+json")
    );
    assert!(problem["detail"].as_str().unwrap().contains("kein WKT"));
}

#[tokio::test]
async fn goals_areas_and_problems() {
    let db = town().await;
    let (_, _, ziele) = hole(&db, "/ziele").await;
    assert_eq!(
        kennungen(&ziele["ziele"]),
        ["sz-flaeche", "sz-treff", "oz-treff"]
    );
    let (_, _, flaeche) = hole(&db, "/ziele?flaeche=a.g1").await;
    assert_eq!(
        (
            &flaeche["nutzung"]["kennung"],
            &flaeche["belastet"][0]["kennung"]
        ),
        (&"G".into(), &"sz-flaeche".into())
    );
    let (_, _, ziel) = hole(&db, "/ziele/sz-treff").await;
    assert_eq!(kennungen(&ziel["massnahmen"]), ["m-treff", "m-weg"]);
    let (_, _, massnahme) = hole(&db, "/massnahmen/m-weg").await;
    assert_eq!(kennungen(&massnahme["ortsteile"]), ["ost", "west"]);
    assert_eq!(massnahme["nutzungen"].as_array().unwrap().len(), 3);
    let (_, _, gebiet) = hole(&db, "/dorferneuerung/dorf-ost?f=json").await;
    assert_eq!(kennungen(&gebiet["projekte"]), ["m-treff", "m-pflege"]);
    let (_, _, karte) = hole(&db, "/dorferneuerung/dorf-ost?f=geojson").await;
    assert_eq!(karte["geometry"]["type"], "MultiPolygon");
    let (_, _, gebiete) = hole(&db, "/dorferneuerung").await;
    assert_eq!(kennungen(&gebiete["gebiete"]), ["dorf-ost"]);

    for (adresse, status, teil) in [
        ("/massnahmen?ortsteil=nord", 400, "Möglich sind: ost, west"),
        ("/massnahmen?farbe=rot", 400, "farbe"),
        ("/massnahmen?ortsteil=west&ortsteil=ost", 400, "ortsteil"),
        ("/massnahmen?f=xml", 400, "geojson"),
        ("/massnahmen?nutzung=X", 400, "Möglich sind"),
        ("/massnahmen/m-entwurf", 404, "m-entwurf"),
        ("/ziele/x", 404, "x"),
        ("/ziele?flaeche=a.x", 404, "a.x"),
        ("/ziele?plan=fnp-a", 400, "Fläche"),
        ("/dorferneuerung/x", 404, "x"),
    ] {
        let (code, typ, problem) = hole(&db, adresse).await;
        assert_eq!(
            (code.as_u16(), typ.as_str()),
            (status, "application/problem+json"),
            "{adresse}"
        );
        assert!(
            problem["detail"].as_str().unwrap().contains(teil),
            "{adresse}: {problem}"
        );
    }
}
