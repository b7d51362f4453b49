//! What applies at a place, the balance of a drawn polygon, and what is missing.

use axum::Router;
use axum::http::StatusCode;
use serde_json::Value;
use zielraum::import::gebiete::Art;
use zielraum::{fnp, hier, luecken};

use crate::anfrage::{self, gerahmt};
use crate::strategie::daten::{aendere, bestand};
use crate::support::{TestDb, datenbank, gebiete_der_demo, plaene_der_demo, zahl};

fn routes(db: &TestDb) -> Router {
    gerahmt(
        hier::routes::router(db.public.clone())
            .merge(luecken::routes::router(db.public.clone()))
            .merge(fnp::routes::router(db.public.clone())),
    )
}

async fn hole(db: &TestDb, adresse: &str) -> (StatusCode, String) {
    let antwort = anfrage::hole(&routes(db), adresse).await;
    (antwort.status, antwort.text)
}

async fn json(db: &TestDb, adresse: &str) -> Value {
    anfrage::json(&routes(db), adresse).await
}

async fn poste(db: &TestDb, adresse: &str, text: &str) -> (StatusCode, Value) {
    let antwort = anfrage::poste(&routes(db), adresse, text).await;
    (antwort.status, antwort.json())
}

fn texte<'a>(liste: &'a Value, feld: &str) -> Vec<&'a str> {
    let liste = liste.as_array().unwrap();
    liste.iter().map(|e| e[feld].as_str().unwrap()).collect()
}

fn nahe(ist: &Value, soll: f64) {
    let ist = ist.as_f64().unwrap();
    assert!((ist - soll).abs() < 0.01, "{ist} statt {soll}");
}

/// Fachdaten across the border of two areas, a Flurstück across two Ortsteile.
const DAZU: &[&str] = &[
    "INSERT INTO fachobjekt (id, kennung, art, name, quelle, stand, geom, veroeffentlichung) VALUES
       ('00000000-0000-0000-00f0-000000000001', 'hq', 'hq100', 'Bach', 'Land', '2024-05-01', st_multi(st_makeenvelope(640400, 5324000, 640600, 5325000, 25832)), 'veroeffentlicht'),
       ('00000000-0000-0000-00f0-000000000002', 'alt', 'altlast', 'Kippe', 'Amt', '2024-05-01', st_multi(st_makeenvelope(640400, 5324000, 640600, 5325000, 25832)), 'intern')",
    "SELECT freigabe.fachdaten_nachfuehren('hq100', 'Land')",
    "INSERT INTO flurstueck (kennzeichen, gemarkungsnummer, gemarkung, zaehler, nenner, geom) VALUES ('098511___000120003__', '098511', 'Mitte', 12, 3, st_multi(st_makeenvelope(640900, 5324000, 641100, 5324100, 25832)))",
    "SELECT freigabe.flurstuecke_nachfuehren()",
];

#[tokio::test]
async fn a_point_says_everything_at_once() {
    let db = bestand().await;
    aendere(&db, DAZU).await;
    let a = json(&db, "/hier?punkt=640450,5324100").await;
    assert_eq!(texte(&a["ortsteile"], "kennung"), ["west"]);
    let plan = &a["plaene"][0];
    assert_eq!(
        (
            &plan["plan"]["kennung"],
            &plan["flaechen"][0]["kennung"],
            &plan["flaechen"][0]["planzv"]
        ),
        (&"fnp-a".into(), &"a.w1".into(), &"1.1".into())
    );
    assert_eq!(
        texte(&a["fachdaten"], "art"),
        ["hq100"],
        "what is internal is not public"
    );
    assert_eq!(texte(&a["massnahmen"], "kennung"), ["m-weg", "m-doerfer"]);
    assert_eq!(texte(&a["gesamtstadt"], "kennung"), ["m-satzung"]);
    let grad: (f64, f64) = sqlx::query_as("SELECT st_x(p), st_y(p) FROM st_transform(st_setsrid(st_makepoint(641300, 5324400), 25832), 4326) p")
        .fetch_one(&db.write)
        .await
        .unwrap();
    let b = json(&db, &format!("/hier?punkt={},{}", grad.0, grad.1)).await;
    let plan = &b["plaene"][0];
    assert_eq!(plan["flaechen"][0]["kennung"], "a.g1");
    assert_eq!(
        (
            texte(&plan["ziele"], "kennung"),
            plan["ziele"][1]["wirkung"].as_i64()
        ),
        (vec!["sz-treff", "sz-flaeche"], Some(-2))
    );
    assert_eq!(texte(&b["dorferneuerung"], "kennung"), ["dorf-ost"]);
    // Out of reach of the path by one metre, then by none.
    let weit = json(&db, "/hier?punkt=640300,5324121").await;
    assert_eq!(texte(&weit["massnahmen"], "kennung"), ["m-doerfer"]);
    let nah = json(&db, "/hier?punkt=640300,5324121&abstand=21").await;
    assert_eq!(texte(&nah["massnahmen"], "kennung"), ["m-weg", "m-doerfer"]);
    let treff = json(&db, "/hier?punkt=640250,5324500").await;
    assert_eq!(
        texte(&treff["beschluesse"], "kennung"),
        ["b-treff"],
        "a secret decision stays one"
    );
}

#[tokio::test]
async fn parcels_ortsteile_and_polygons_are_cut_exactly() {
    let db = bestand().await;
    aendere(&db, DAZU).await;
    let a = json(&db, "/hier?flurstueck=098511___000120003__").await;
    assert_eq!(texte(&a["ortsteile"], "kennung"), ["west", "ost"]);
    nahe(&a["ortsteile"][0]["m2"], 10_000.0);
    nahe(&a["plaene"][0]["zeilen"][0]["summe_m2"], 20_000.0);
    assert_eq!(a["ort"]["titel"], "Flurstück 12/3, Gemarkung Mitte");
    let west = json(&db, "/hier?ortsteil=West").await;
    assert_eq!(texte(&west["plaene"][0]["zeilen"], "nutzung"), ["W", "G"]);
    nahe(&west["plaene"][0]["summen"]["luecke_m2"], 0.0);
    nahe(&west["fachdaten"][0]["m2"], 200_000.0);
    nahe(&west["plaene"][0]["ziele"][0]["m2"], 500_000.0);
    assert_eq!(
        texte(&west["flurstuecke"], "kennung"),
        ["098511___000120003__"]
    );
    let (status, p) = poste(
        &db,
        "/hier",
        "POLYGON((640450 5324000,640550 5324000,640550 5324100,640450 5324100,640450 5324000))",
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(texte(&p["plaene"][0]["zeilen"], "nutzung"), ["W", "G"]);
    let (_, csv) = hole(&db, "/hier?ortsteil=west&f=csv").await;
    assert!(
        csv.starts_with("\u{feff}was;")
            && csv.contains("Fachdaten;hq100;")
            && csv.contains("200000,00"),
        "{csv}"
    );
    let (status, seite) = hole(&db, "/hier?ortsteil=west&f=html").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        seite.contains("Wohnbaufläche")
            && seite.contains("500.000,00 m²")
            && seite.contains("01.05.2024")
            && !seite.contains("Kippe"),
        "{seite}"
    );
    let (_, geo) = hole(&db, "/hier?flurstueck=098511___000120003__&f=geojson").await;
    assert!(geo.contains("\"MultiPolygon\""));
    for (adresse, teil) in [
        ("/hier", "genau einen Ort"),
        (
            "/hier?punkt=640450,5324100&ortsteil=west",
            "genau einen Ort",
        ),
        ("/hier?punkt=48.05,10.88", "vertauscht"),
        ("/hier?ortsteil=osst", "Meinten Sie „Ost“"),
        ("/hier?flurstueck=7", "Flurstück"),
        ("/hier?ortsteil=west&abstand=3", "Punkt"),
    ] {
        let (status, text) = hole(&db, adresse).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{adresse}: {text}");
        assert!(text.contains(teil), "{adresse}: {text}");
    }
}

#[tokio::test]
async fn a_drawn_polygon_has_a_balance_that_adds_up() {
    let db = bestand().await;
    // Half outside the plan; a hole in the plan, an overlap and an invalid area inside.
    aendere(&db, &[
        "UPDATE flaeche SET geom = st_multi(st_makeenvelope(640000, 5324000, 640450, 5325000, 25832)) WHERE kennung = 'a.w1'",
        "UPDATE flaeche SET geom = st_multi(st_makeenvelope(640500, 5324000, 641520, 5325000, 25832)) WHERE kennung = 'a.g1'",
    ]).await;
    let (status, antwort) = poste(
        &db,
        "/bilanz",
        "POLYGON((640400 5323900,641600 5323900,641600 5324100,640400 5324100,640400 5323900))",
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{antwort}");
    nahe(&antwort["gebiet_m2"], 240_000.0);
    // The public plan is as it was published; publish the edit and ask again.
    let vorher = &antwort["plaene"][0]["summen"];
    nahe(&vorher["summe_m2"], 120_000.0);
    nahe(&vorher["ausserhalb_m2"], 120_000.0);
    let mut conn = db.write.acquire().await.unwrap();
    let plan = fnp::plan::waehle(&mut conn, None).await.unwrap();
    let polygon = zielraum::strategie::suchraum::lies(
        &mut conn,
        "POLYGON((640400 5323900,641600 5323900,641600 5324100,640400 5324100,640400 5323900))",
    )
    .await
    .unwrap();
    let b = fnp::gebietsbilanz::rechne(&mut conn, &plan, &polygon.into())
        .await
        .unwrap();
    let s = b.summen.unwrap();
    let gleich =
        |ist: f64, soll: f64| assert!((ist - soll).abs() < 0.01, "{ist} statt {soll}: {s:?}");
    gleich(s.luecke_m2, 5_000.0);
    gleich(s.ueberlappung_m2, 2_000.0);
    gleich(s.summe_m2, 117_000.0);
    gleich(
        s.summe_m2 + s.luecke_m2 - s.ueberlappung_m2 + s.ausserhalb_m2,
        s.gebiet_m2,
    );
    gleich(b.flaechen.iter().filter_map(|f| f.m2).sum(), s.summe_m2);
    for (text, teil) in [
        (
            "POLYGON((640400 5324000,641600 5324100,641600 5324000,640400 5324100,640400 5324000))",
            "Koordinate",
        ),
        ("{\"type\":\"Point\",\"coordinates\":[10,48]}", "Fläche"),
        ("", "leer"),
    ] {
        let (status, problem) = poste(&db, "/bilanz", text).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(
            problem["detail"].as_str().unwrap().contains(teil),
            "{problem}"
        );
    }
}

/// An Ortsteil drawn by hand has the stored balance of the Ortsteil.
#[tokio::test]
async fn a_drawn_ortsteil_equals_the_stored_balance() {
    let db = datenbank().await;
    gebiete_der_demo(&db, Art::Gemeinde, "gemeinde.geojson").await;
    gebiete_der_demo(&db, Art::Ortsteile, "ortsteile.geojson").await;
    plaene_der_demo(&db).await;
    let mut verglichen = 0;
    let ortsteile: Vec<(String, String)> = sqlx::query_as(
        "SELECT kennung, st_asgeojson(st_transform(geom, 4326), 15) FROM ortsteil ORDER BY kennung",
    )
    .fetch_all(&db.write)
    .await
    .unwrap();
    for (kennung, form) in ortsteile {
        for plan in ["fnp-2001", "fnp-2025-entwurf"] {
            let soll = json(&db, &format!("/bilanz?plan={plan}&ortsteil={kennung}")).await;
            let (_, ist) = poste(&db, &format!("/bilanz?plan={plan}"), &form).await;
            let ist = &ist["plaene"][0];
            assert_eq!(
                texte(&ist["zeilen"], "nutzung"),
                texte(&soll["zeilen"], "nutzung"),
                "{kennung} {plan}"
            );
            for (a, b) in ist["zeilen"]
                .as_array()
                .unwrap()
                .iter()
                .zip(soll["zeilen"].as_array().unwrap())
            {
                for feld in ["summe_m2", "planung_m2", "bestand_m2"] {
                    let (a, b) = (a[feld].as_f64().unwrap(), b[feld].as_f64().unwrap());
                    assert!(
                        (a - b).abs() < 0.5,
                        "{kennung} {plan} {feld}: {a} statt {b}"
                    );
                    verglichen += 1;
                }
            }
        }
    }
    assert!(verglichen > 100, "{verglichen}");
}

#[tokio::test]
async fn gaps_equal_hand_written_sql() {
    let db = bestand().await;
    aendere(&db, &[
        "INSERT INTO ortsteil (id, kennung, name, gemeinde_id, geom) VALUES (3, 'leer', 'Leerdorf', 1, st_multi(st_makeenvelope(645000, 5324000, 646000, 5325000, 25832)))",
        "INSERT INTO ziel (id, kennung, titel, handlungsfeld_id, ebene) VALUES ('00000000-0000-0000-0007-0000000000f1', 'sz-leer', 'Ohne alles', '00000000-0000-0000-0006-000000000001', 'strategisch')",
        "INSERT INTO kennzahl (id, kennung, titel, einheit, richtung) VALUES ('00000000-0000-0000-000a-0000000000f1', 'k-leer', 'Ohne Wert', '%', 'steigt')",
    ]).await;
    let mut conn = db.write.acquire().await.unwrap();
    let alle = luecken::store::luecken(&mut conn, None).await.unwrap();
    let von = |art: &str| -> Vec<&str> {
        alle.iter()
            .filter(|l| l.art == art)
            .map(|l| l.kennung.as_str())
            .collect()
    };
    assert_eq!(
        von("ziel_ohne_massnahme"),
        ["sz-leer"],
        "sz-flaeche has m-satzung, sz-treff the goal below"
    );
    assert_eq!(von("massnahme_ohne_ort"), ["m-digital"]);
    assert_eq!(von("ortsteil_ohne_massnahme"), ["leer"]);
    assert_eq!(von("ortsteil_ohne_geld"), ["leer"]);
    assert_eq!(von("kennzahl_ohne_wert"), ["k-leer"]);
    assert_eq!(
        i64::try_from(von("massnahme_ohne_zustaendigkeit").len()).unwrap(),
        zahl(&db.write, "SELECT count(*) FROM massnahme WHERE id NOT IN (SELECT massnahme_id FROM zustaendigkeit WHERE massnahme_id IS NOT NULL)").await.unwrap()
    );
    assert!(luecken::store::text(&alle).contains("Ziele ohne Maßnahme: 1"));
    let oeffentlich = json(&db, "/luecken").await;
    assert!(
        !oeffentlich.to_string().contains("k-leer"),
        "drafts are no gaps of the public"
    );
    assert_eq!(
        oeffentlich["flaechen"][0]["kennung"], "a.g1",
        "the most straining first"
    );
    assert_eq!(
        oeffentlich["flaechen"][0]["zielbilanz"], -3.0,
        "−2 × 2 + 1 × 1"
    );
    let nur = json(&db, "/luecken?art=massnahme_ohne_ort").await;
    assert_eq!(texte(&nur["luecken"], "kennung"), ["m-digital"]);
    let (_, geo) = hole(&db, "/luecken?f=geojson").await;
    let geo: Value = serde_json::from_str(&geo).unwrap();
    assert_eq!(
        (
            geo["features"].as_array().unwrap().len(),
            &geo["features"][0]["geometry"]["type"]
        ),
        (3, &"MultiPolygon".into())
    );
    let (_, csv) = hole(&db, "/luecken?f=csv").await;
    assert!(
        csv.contains("ortsteil_ohne_massnahme;leer;;Leerdorf"),
        "{csv}"
    );
    let (status, seite) = hole(&db, "/luecken?f=html").await;
    assert_eq!(status, StatusCode::OK);
    assert!(seite.contains("Ortsteile ohne Maßnahme: 1"), "{seite}");
    let (status, text) = hole(&db, "/luecken?art=ziele_ohne_massnahme").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text.contains("Meinten Sie „ziel_ohne_massnahme“"), "{text}");
}
