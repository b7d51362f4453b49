//! Money over HTTP through the public pool; figures against SQL and sums written by hand.

use axum::Router;
use axum::http::StatusCode;
use serde_json::Value;
use zielraum::haushalt;

use crate::anfrage::{self, gerahmt, hole_als};
use crate::strategie::daten::{aendere, bestand};
use crate::support::{TestDb, datenbank};

fn routes(db: &TestDb) -> Router {
    gerahmt(haushalt::routes::router(db.public.clone()))
}

async fn sende(db: &TestDb, adresse: &str, accept: &str) -> (StatusCode, String) {
    let antwort = hole_als(&routes(db), adresse, accept).await;
    (antwort.status, antwort.text)
}

async fn json(db: &TestDb, adresse: &str) -> Value {
    anfrage::json(&routes(db), adresse).await
}

const TAG: &str = "stichtag=2025-06-30";

/// Costs by key of the group.
fn kosten(doc: &Value) -> Vec<(String, Option<i64>)> {
    doc["gruppen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| {
            (
                g["schluessel"].as_str().unwrap().to_owned(),
                g["kosten_ct"].as_i64(),
            )
        })
        .collect()
}

fn spaltensumme(doc: &Value, spalte: &str) -> i64 {
    let gruppen = doc["gruppen"].as_array().unwrap();
    gruppen.iter().filter_map(|g| g[spalte].as_i64()).sum()
}

#[tokio::test]
async fn by_ortsteil_to_the_cent() {
    let db = bestand().await;
    // An odd amount, so that halves do not come out even; part of the line lies outside the town.
    aendere(
        &db,
        &[
            "UPDATE finanzwert SET betrag_ct = 20000001 WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'",
            "UPDATE raumbezug SET geom = st_setsrid('MULTILINESTRING ((640250 5324100, 642500 5324100))'::geometry, 25832) WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'",
            "SELECT freigabe.veroeffentliche('massnahme', ARRAY['00000000-0000-0000-0009-000000000002']::uuid[])",
        ],
    )
    .await;
    let doc = json(&db, &format!("/geld?nach=ortsteil&{TAG}")).await;
    // Radweg: 2250 m, of these 750 in West, 1000 in Ost, 500 outside.
    let von = |schluessel: &str| {
        kosten(&doc)
            .into_iter()
            .find(|(s, _)| s == schluessel)
            .unwrap()
            .1
    };
    assert_eq!(von("west"), Some(150_000_000 + 6_666_667));
    assert_eq!(von("ost"), Some(8_888_889 + 1_000_000));
    assert_eq!(von("_nicht_verortet"), Some(4_444_445));
    assert_eq!(von("_gesamtstadt"), Some(2_000_000));
    assert_eq!(von("_ungeteilt"), Some(600_000));
    let sql: i64 = sqlx::query_scalar(
        "SELECT sum(k)::bigint FROM (SELECT coalesce((SELECT betrag_ct FROM oeffentlich.finanzwert e WHERE e.massnahme_id = m.id AND e.planfassung = 'kostenschaetzung' AND e.jahr IS NULL ORDER BY stand DESC LIMIT 1),
           (SELECT sum(betrag_ct) FROM oeffentlich.finanzwert e WHERE e.massnahme_id = m.id AND art IN ('aufwand', 'investition'))) AS k FROM oeffentlich.massnahme m) x",
    )
    .fetch_one(&db.write)
    .await
    .unwrap();
    assert_eq!(doc["summe"]["kosten_ct"], sql);
    for spalte in [
        "kosten_ct",
        "foerderung_ct",
        "eigenanteil_ct",
        "folgekosten_ct",
    ] {
        assert_eq!(
            doc["summe"][spalte].as_i64(),
            Some(spaltensumme(&doc, spalte)),
            "{spalte}"
        );
    }
    // 600,000 € are granted; the 300,000 € of the Ansatz do not come on top.
    assert_eq!(doc["summe"]["foerderung_ct"], 60_000_000);
    assert_eq!(doc["summe"]["eigenanteil_ct"], sql - 60_000_000);
    let ost = doc["gruppen"]
        .as_array()
        .unwrap()
        .iter()
        .find(|g| g["schluessel"] == "ost")
        .unwrap();
    assert_eq!(ost["auch_massnahmen"], 1, "Dorfgespräche, not split");
    assert_eq!(ost["ertrag_ct"], Value::Null, "unknown is not 0");

    let weg = json(&db, &format!("/geld?nach=ortsteil&gruppe=ost&{TAG}")).await;
    let zeilen = weg["rechenweg"].as_array().unwrap();
    let gezaehlt: i64 = zeilen
        .iter()
        .filter(|z| z["zaehlt"] == true)
        .filter_map(|z| z["kosten_ct"].as_i64())
        .sum();
    assert_eq!(gezaehlt, 9_888_889);
    let radweg = zeilen.iter().find(|z| z["kennung"] == "m-weg").unwrap();
    assert!((radweg["anteil"].as_f64().unwrap() - 1000.0 / 2250.0).abs() < 1e-9);
    assert_eq!(radweg["gesamt_ct"], 20_000_001);
}

#[tokio::test]
async fn a_measure_counts_once_in_every_grouping() {
    let db = bestand().await;
    let gesamt = 150_000_000 + 20_000_000 + 2_000_000 + 1_000_000 + 600_000;
    for nach in ["ortsteil", "handlungsfeld", "ziel", "jahr", "produkt"] {
        let doc = json(&db, &format!("/geld?nach={nach}&{TAG}")).await;
        assert_eq!(doc["addierbar"], true);
        assert_eq!(doc["summe"]["kosten_ct"], gesamt, "{nach}");
        for spalte in ["kosten_ct", "foerderung_ct", "eigenanteil_ct"] {
            assert_eq!(
                doc["summe"][spalte].as_i64(),
                Some(spaltensumme(&doc, spalte)),
                "{nach} {spalte}"
            );
        }
    }
    let ziele = json(&db, &format!("/geld?nach=ziel&{TAG}")).await;
    assert_eq!(
        kosten(&ziele),
        [
            ("sz-flaeche".into(), Some(2_000_000)),
            ("sz-treff".into(), Some(20_000_000)),
            ("oz-treff".into(), Some(150_000_000)),
            ("_ohne".into(), Some(1_600_000))
        ]
    );
    assert_eq!(
        ziele["gruppen"][1]["auch_kosten_ct"], 150_000_000,
        "m-treff also serves sz-treff"
    );
    let felder = json(&db, &format!("/geld?nach=handlungsfeld&{TAG}")).await;
    assert_eq!(felder["gruppen"][1]["kosten_ct"], 170_000_000);
    assert_eq!(
        felder["gruppen"][1]["auch_massnahmen"], 0,
        "two goals of one Handlungsfeld are one"
    );
    let sdg = json(&db, &format!("/geld?nach=sdg&{TAG}")).await;
    assert_eq!(sdg["addierbar"], false);
    assert_eq!(sdg["gruppen"][10]["kosten_ct"], 172_000_000);
    assert_eq!(sdg["summe"]["kosten_ct"], gesamt);
    let produkt = json(&db, &format!("/geld?nach=produkt&{TAG}")).await;
    assert_eq!(kosten(&produkt)[0], ("p-573".to_owned(), Some(150_000_000)));
}

#[tokio::test]
async fn years_take_the_stage_nearest_to_execution() {
    let db = bestand().await;
    let doc = json(&db, &format!("/geld?nach=jahr&{TAG}")).await;
    assert_eq!(
        kosten(&doc),
        [
            ("2024".into(), Some(3_000_000)),
            ("2025".into(), Some(23_600_000)),
            ("2026".into(), Some(50_000_000)),
            ("2027".into(), Some(70_000_000)),
            ("2029".into(), None),
            ("_ohne_jahr".into(), Some(27_000_000))
        ]
    );
    // the day before the Ansatz of 2026 and the second estimate were known
    let frueher = json(&db, "/geld?nach=jahr&stichtag=2024-12-31").await;
    assert_eq!(frueher["gruppen"][0]["kosten_ct"], 4_000_000);
    assert_eq!(frueher["gruppen"][1]["schluessel"], "2026");
    assert_eq!(frueher["gruppen"][1]["kosten_ct"], 40_000_000);
    assert_eq!(frueher["summe"]["kosten_ct"], 120_000_000);
    let jahr = json(&db, &format!("/geld?nach=ortsteil&jahr=2026&{TAG}")).await;
    assert_eq!(jahr["summe"]["kosten_ct"], 50_000_000);
    assert_eq!(jahr["summe"]["foerderung_ct"], 30_000_000);
    assert_eq!(jahr["summe"]["eigenanteil_ct"], 20_000_000);

    let eine = json(&db, &format!("/geld/massnahmen/m-treff?{TAG}")).await;
    let stufen = eine["kostenentwicklung"]["stufen"].as_array().unwrap();
    assert_eq!(stufen.len(), 2);
    assert_eq!(stufen[0]["kosten_ct"], 120_000_000);
    assert_eq!(stufen[1]["aenderung_ct"], 30_000_000);
    assert_eq!(stufen[1]["seit_beginn"], 0.25);
    let ersetzt: Vec<(&str, Option<&str>)> = eine["angaben"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|a| a["jahr"] == 2026 && a["art"] == "investition" || a["jahr"] == 2024)
        .map(|a| (a["planfassung"].as_str().unwrap(), a["ersetzt"].as_str()))
        .collect();
    assert_eq!(
        ersetzt,
        [
            ("ansatz", Some("überholt durch Ergebnis")),
            ("ergebnis", None),
            ("finanzplan", Some("überholt durch Ansatz")),
            ("ansatz", None)
        ]
    );
}

#[tokio::test]
async fn checks_speak_and_secrets_do_not() {
    let db = bestand().await;
    aendere(
        &db,
        &[
            "UPDATE massnahme SET beschlussstand = 'abgelehnt' WHERE kennung = 'm-doerfer'",
            "INSERT INTO foerderung (id, programm_id, massnahme_id, stand, quote, betrag_ct, bewilligt_am) VALUES (gen_random_uuid(), '00000000-0000-0000-000d-000000000001', '00000000-0000-0000-0009-000000000002', 'bewilligt', 0.8, 30000000, '2025-01-01')",
            "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung IN ('m-doerfer', 'm-weg')",
        ],
    )
    .await;
    let doc = json(&db, &format!("/geld?{TAG}")).await;
    let befunde: Vec<(&str, &str)> = doc["pruefungen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| {
            (
                b["regel"].as_str().unwrap(),
                b["massnahme"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    for erwartet in [
        ("foerderung_ueber_kosten", "m-weg"),
        ("quote_ueber_programm", "m-weg"),
        ("jahre_unter_schaetzung", "m-treff"),
        ("ohne_kosten", "m-gewerbe"),
        ("ohne_foerderpruefung", "m-satzung"),
    ] {
        assert!(befunde.contains(&erwartet), "{erwartet:?}: {befunde:?}");
    }
    assert!(
        !befunde
            .iter()
            .any(|(_, massnahme)| *massnahme == "m-doerfer")
    );
    assert_eq!(doc["entfallen"][0]["kennung"], "m-doerfer");
    assert_eq!(
        doc["summe"]["kosten_ct"],
        150_000_000 + 20_000_000 + 2_000_000 + 1_000_000
    );
    // The confidential Ansatz of 999,000 € and the draft's 55,000 € appear in no answer.
    for adresse in [
        "/geld",
        "/geld?nach=jahr",
        "/geld?nach=jahr&gruppe=_alle",
        "/geld?gruppe=_alle&f=csv",
        "/geld/massnahmen/m-treff",
        "/geld/foerderung",
    ] {
        for accept in ["application/json", "text/html"] {
            let (status, text) = sende(&db, adresse, accept).await;
            assert_eq!(status, StatusCode::OK, "{adresse}: {text}");
            for geheim in ["99900000", "999.000", "999000", "Dorfladen", "m-entwurf"] {
                assert!(!text.contains(geheim), "{adresse} {accept}: {geheim}");
            }
        }
    }
    let (status, _) = sende(&db, "/geld/massnahmen/m-entwurf", "application/json").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_csv_and_refusals() {
    let db = bestand().await;
    let (_, seite) = sende(&db, &format!("/geld?nach=ziel&{TAG}"), "text/html").await;
    for teil in [
        "1.736.000 €",
        "1.500.000 €",
        "+25,0 %",
        "Dorftreff &#60;Alte Schule&#62;",
        "Rechenweg aller Zeilen",
    ] {
        assert!(seite.contains(teil), "{teil}: {seite}");
    }
    let (_, csv) = sende(&db, &format!("/geld?nach=ziel&f=csv&{TAG}"), "*/*").await;
    assert!(csv.starts_with('\u{feff}'));
    assert!(
        csv.contains("\r\noz-treff;2.1.1;Ein Treff je Ortsteil;1;1;1500000,00;600000,00;900000,00;;20000,00;0;;2025-06-01\r\n"),
        "{csv}"
    );
    for (adresse, status, wort) in [
        ("/geld?nach=mond", 400, "ortsteil, handlungsfeld"),
        ("/geld?jahr=bald", 400, "kein Jahr"),
        ("/geld?jahr=99999999999", 400, "kein Jahr"),
        ("/geld?nach=jahr&jahr=2026", 400, "gruppe=2026"),
        ("/geld?gruppe=mond", 404, "mond"),
        ("/geld?farbe=rot", 400, "farbe"),
        ("/geld/massnahmen/m-gibt-es-nicht", 404, "m-gibt-es-nicht"),
    ] {
        let (erhalten, text) = sende(&db, adresse, "application/json").await;
        assert_eq!(erhalten.as_u16(), status, "{adresse}: {text}");
        assert!(text.contains(wort), "{adresse}: {text}");
    }
}

#[tokio::test]
async fn an_empty_town_has_no_money() {
    let db = datenbank().await;
    for nach in [
        "ortsteil",
        "handlungsfeld",
        "ziel",
        "sdg",
        "jahr",
        "produkt",
    ] {
        let doc = json(&db, &format!("/geld?nach={nach}")).await;
        assert_eq!(doc["summe"]["kosten_ct"], Value::Null, "{nach}");
        let (status, _) = sende(&db, &format!("/geld?nach={nach}"), "text/html").await;
        assert_eq!(status, StatusCode::OK);
    }
}
