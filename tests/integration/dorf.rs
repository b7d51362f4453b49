//! Village renewal: one area as JSON and as a page, with money, people and hints.

use serde_json::Value;
use zielraum::import::dorferneuerung;
use zielraum::import::gebiete::Felder;
use zielraum::web;

use crate::anfrage::{gerahmt, hole_als};
use crate::strategie::daten::{aendere, bestand, stadt};
use crate::support::TestDb;

async fn sende(db: &TestDb, adresse: &str, accept: &str) -> String {
    let routes = gerahmt(web::routes::router(db.public.clone()));
    let antwort = hole_als(&routes, adresse, accept).await;
    assert_eq!(antwort.status, 200, "{adresse}: {}", antwort.text);
    antwort.text
}

const ADRESSE: &str = "/dorferneuerung/dorf-ost?stichtag=2025-06-30";

async fn gebiet(db: &TestDb) -> Value {
    serde_json::from_str(&sende(db, ADRESSE, "application/json").await).unwrap()
}

fn hinweise(doc: &Value) -> Vec<(&str, &str)> {
    doc["hinweise"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| {
            (
                h["regel"].as_str().unwrap(),
                h["massnahme"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

#[tokio::test]
async fn projects_with_money_and_states() {
    let db = bestand().await;
    let doc = gebiet(&db).await;
    let geld = doc["projektgeld"].as_array().unwrap();
    assert_eq!(geld.len(), 2);
    assert_eq!(geld[0]["kosten_ct"], 150_000_000);
    assert_eq!(geld[0]["eigenanteil_ct"], 90_000_000);
    assert_eq!(geld[0]["umsetzungsphase"]["schluessel"], "planung");
    assert_eq!(geld[1]["foerderung_ct"], Value::Null);
    assert_eq!(doc["projektsumme"]["kosten_ct"], 151_000_000);
    assert_eq!(doc["projektsumme"]["eigenanteil_ct"], 91_000_000);
    // 80,000 m² of the green area and 80,000 m² of trade, each with a way to its areas
    let nutzungen = doc["nutzungen"].as_array().unwrap();
    assert_eq!(nutzungen.len(), 2);
    for n in nutzungen {
        assert_eq!(n["m2"], 80_000.0);
        let weg = n["rechenweg"].as_str().unwrap();
        let weg = &weg[weg.find("/dorferneuerung/").unwrap()..];
        // a later version must not change what stands behind this figure
        let (plan, fassung) = (
            doc["plan"]["kennung"].as_str().unwrap(),
            &doc["plan"]["fassung"],
        );
        assert!(weg.contains(&format!("plan={plan}%40{fassung}&")), "{weg}");
        let flaechen: Value =
            serde_json::from_str(&sende(&db, weg, "application/json").await).unwrap();
        assert_eq!(flaechen["summe_m2"], n["m2"]);
    }
    assert_eq!(doc["einwohner"], Value::Null, "no count was delivered");
    assert_eq!(
        hinweise(&doc),
        [
            ("innen_kein_projekt", "m-gewerbe"),
            ("projekt_aussen", "m-treff"),
            ("ohne_datum", ""),
            ("ohne_datum", ""),
            ("ohne_verfahren", "")
        ]
    );
}

#[tokio::test]
async fn procedure_people_and_funding() {
    let db = bestand().await;
    aendere(
        &db,
        &[
            "UPDATE gebiet SET verfahren = 'einfach', verfahrensnummer = '12/3', beantragt_am = '2023-02-01', angeordnet_am = '2024-05-01' WHERE kennung = 'dorf-ost'",
            "INSERT INTO einwohner (ortsteil_id, stichtag, altersgruppe, art, anzahl, quelle) VALUES (2, '2023-12-31', 'gesamt', 'ist', 2100, 'Melderegister'), (2, '2025-12-31', 'gesamt', 'ist', 9999, 'zu neu'), (1, '2024-12-31', 'gesamt', 'ist', 77, NULL)",
            // funded by the same programme, in the Ortsteil, project of no area
            "UPDATE raumbezug SET geom = st_setsrid('MULTIPOINT (641100 5324100)'::geometry, 25832), art = 'punkt' WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'",
            "INSERT INTO foerderung (id, programm_id, massnahme_id, stand) VALUES (gen_random_uuid(), '00000000-0000-0000-000d-000000000001', '00000000-0000-0000-0009-000000000002', 'beantragt')",
            // one in the other Ortsteil is none of this area's business
            "INSERT INTO foerderung (id, programm_id, massnahme_id, stand) VALUES (gen_random_uuid(), '00000000-0000-0000-000d-000000000001', '00000000-0000-0000-0009-000000000004', 'beantragt')",
            "UPDATE foerderung SET quote = 0.7 WHERE gebiet_id IS NOT NULL",
            "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung <> 'm-entwurf'",
            "SELECT freigabe.veroeffentliche('gebiet', array_agg(id)) FROM gebiet",
        ],
    )
    .await;
    let doc = gebiet(&db).await;
    assert_eq!(doc["einwohner"]["anzahl"], 2100.0);
    assert_eq!(doc["einwohner"]["stichtag"], "2023-12-31");
    assert_eq!(
        hinweise(&doc),
        [
            ("innen_kein_projekt", "m-gewerbe"),
            ("aussen_foerderfaehig", "m-weg"),
            ("projekt_aussen", "m-treff"),
            ("groesser_als_dorf", ""),
            ("quote_ueber_programm", "")
        ]
    );
    let seite = sende(&db, ADRESSE, "text/html").await;
    for teil in [
        "einfach (ohne Bodenordnung), Nr. 12/3",
        "01.05.2024",
        "2.100 <small>im ganzen Ortsteil am 31.12.2023, Melderegister</small>",
        "1.510.000 €",
        "liegt aber außerhalb des Gebiets",
        "Quote 70,0 %, das Programm „ELER Einzelmaßnahme“ gibt 60,0 %",
        "/isek?gebiet=dorf-ost&amp;f=html",
        "Bau des Dorftreffs",
    ] {
        assert!(seite.contains(teil), "{teil}");
    }
    assert!(!seite.contains("Dorfladen") && !seite.contains("9.999"));
}

#[tokio::test]
async fn an_area_names_its_ortsteil_as_people_write_it() {
    let db = stadt().await;
    aendere(
        &db,
        &["UPDATE ortsteil SET name = 'Groß Ost' WHERE kennung = 'ost'"],
    )
    .await;
    let ordner = tempfile::tempdir().unwrap();
    let datei = ordner.path().join("dorf.geojson");
    let lies = async |ortsteil: &str| {
        let inhalt = format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::25832"}}}},"features":[
              {{"type":"Feature","properties":{{"name":"Dorfmitte","ortsteil":"{ortsteil}"}},"geometry":{{"type":"Polygon","coordinates":[[[640100,5324100],[640200,5324100],[640200,5324200],[640100,5324100]]]}}}}]}}"#
        );
        std::fs::write(&datei, inhalt).unwrap();
        dorferneuerung::fuehre_aus(&db.db, &datei, Felder::default(), false, "test").await
    };
    // It lies in another one: what the file says counts.
    for name in ["ost", "GROSS OST", "Groß Ost"] {
        lies(name).await.unwrap();
        let ortsteil: i32 =
            sqlx::query_scalar("SELECT ortsteil_id FROM gebiet WHERE kennung = 'dorfmitte'")
                .fetch_one(&db.write)
                .await
                .unwrap();
        assert_eq!(ortsteil, 2, "{name}");
    }
    let fehler = lies("Gros Ost").await.unwrap_err().to_string();
    assert!(
        fehler.contains("Objekt 1 (Dorfmitte)") && fehler.contains("„Groß Ost“"),
        "{fehler}"
    );
}

#[tokio::test]
async fn with_two_plans_in_force_a_page_asks_which() {
    let db = bestand().await;
    aendere(
        &db,
        &[
            "INSERT INTO plan (id, kennung, name, stand, gemeinde_id) VALUES ('00000000-0000-0000-0000-0000000000a2', 'fnp-b', 'Plan B', 'wirksam', 1)",
            "INSERT INTO fassung (id, plan_id, nummer, stand, aktuell, flaeche_m2, geom) VALUES
               (8, '00000000-0000-0000-0000-0000000000a2', 1, 'wirksam', true, 2e6, st_multi(st_makeenvelope(640000, 5324000, 642000, 5325000, 25832)))",
            "SELECT fnp.fassung_anlegen('fnp', 8)",
            "SELECT fnp.fassung_anhaengen('fnp', 8)",
            "SELECT freigabe.veroeffentliche_fassung(8)",
        ],
    )
    .await;
    let routes = gerahmt(web::routes::router(db.public.clone()));
    let antwort = hole_als(
        &routes,
        "/dorferneuerung/dorf-ost/flaechen",
        "application/json",
    )
    .await;
    assert_eq!(antwort.status, 400, "{}", antwort.text);
    for wort in ["Mehrere Pläne", "fnp-a (Plan A", "fnp-b (Plan B"] {
        assert!(antwort.text.contains(wort), "{wort}: {}", antwort.text);
    }
    let benannt = "/dorferneuerung/dorf-ost/flaechen?plan=fnp-a";
    assert_eq!(hole_als(&routes, benannt, "text/html").await.status, 200);
    // the pages that show areas beside other things offer the choice
    let seite = sende(&db, ADRESSE, "text/html").await;
    assert!(seite.contains("Mehrere Pläne kommen infrage"), "{seite}");
    assert!(seite.contains(r#"<option value="fnp-b">Plan B"#), "{seite}");
    let gewaehlt = sende(&db, &format!("{ADRESSE}&plan=fnp-a"), "text/html").await;
    assert!(gewaehlt.contains(r#"<option value="fnp-a" selected>"#));
    assert!(!gewaehlt.contains("kommen infrage"));
    let ziel: String = sqlx::query_scalar("SELECT min(kennung) FROM oeffentlich.ziel")
        .fetch_one(&db.write)
        .await
        .unwrap();
    let ziele = gerahmt(zielraum::strategie::routes::router(db.public.clone()));
    let seite = hole_als(&ziele, &format!("/ziele/{ziel}"), "text/html").await;
    assert!(seite.text.contains("Mehrere Pläne kommen infrage"));
    assert!(
        seite.text.contains(r#"<option value="fnp-b">Plan B"#),
        "{}",
        seite.text
    );
}
