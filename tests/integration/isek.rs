//! The ISEK-Nachweis over HTTP through the public pool.

use std::io::{Cursor, Read};

use serde_json::Value;
use zielraum::isek;

use crate::anfrage::{Antwort, gerahmt, hole_als};
use crate::strategie::daten::{aendere, bestand};
use crate::support::{TestDb, datenbank};

async fn sende(db: &TestDb, adresse: &str, accept: &str) -> Antwort {
    let routes = gerahmt(isek::routes::router(db.public.clone()));
    hole_als(&routes, adresse, accept).await
}

async fn text(db: &TestDb, adresse: &str, accept: &str) -> String {
    let antwort = sende(db, adresse, accept).await;
    assert_eq!(antwort.status, 200, "{adresse}: {}", antwort.text);
    antwort.text
}

async fn json(db: &TestDb, adresse: &str) -> Value {
    serde_json::from_str(&text(db, adresse, "application/json").await).unwrap()
}

const TAG: &str = "stichtag=2025-06-30";

fn zeilen(doc: &Value) -> Vec<&Value> {
    doc["abschnitte"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|a| a["zeilen"].as_array().unwrap())
        .collect()
}

fn kennungen(doc: &Value) -> Vec<&str> {
    zeilen(doc)
        .iter()
        .map(|z| z["kennung"].as_str().unwrap())
        .collect()
}

fn spalte(zeilen: &[&Value], name: &str) -> i64 {
    zeilen.iter().filter_map(|z| z[name].as_i64()).sum()
}

#[tokio::test]
async fn sums_are_those_of_the_rows() {
    let db = bestand().await;
    let doc = json(&db, &format!("/isek?{TAG}")).await;
    let alle = zeilen(&doc);
    assert_eq!(alle.len(), 7, "the draft is not public");
    for name in ["kosten_ct", "foerderung_ct", "eigenanteil_ct"] {
        assert_eq!(
            doc["summe"][name].as_i64(),
            Some(spalte(&alle, name)),
            "{name}"
        );
        for a in doc["abschnitte"].as_array().unwrap() {
            let eigene: Vec<&Value> = a["zeilen"].as_array().unwrap().iter().collect();
            assert_eq!(
                a["summe"][name].as_i64().unwrap_or(0),
                spalte(&eigene, name)
            );
        }
    }
    let f = &doc["finanzierung"];
    assert_eq!(f["bewilligt_ct"], 60_000_000);
    assert_eq!(
        f["bewilligt_ct"].as_i64().unwrap()
            + f["geplant_ct"].as_i64().unwrap()
            + f["eigenanteil_ct"].as_i64().unwrap(),
        doc["summe"]["kosten_ct"].as_i64().unwrap()
    );
    let horizonte: Vec<&str> = doc["abschnitte"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["horizont"].as_str().unwrap())
        .collect();
    assert_eq!(horizonte, ["kurz", "mittel", "offen"]);
    let treff = alle.iter().find(|z| z["kennung"] == "m-treff").unwrap();
    assert_eq!(treff["fundstelle"], "ISEK 2022, S. 40");
    assert_eq!(treff["ort"], "West");
    assert_eq!(treff["gebiet"], "Dorfkern Ost");
    assert_eq!(treff["handlungsfeld"], "Kultur und Freizeit");
    assert_eq!(treff["fehlt"], Value::Array(vec![]));
    let fehlt = |kennung: &str| {
        let z = alle.iter().find(|z| z["kennung"] == kennung).unwrap();
        let liste = z["fehlt"].as_array().unwrap();
        liste
            .iter()
            .map(|w| w.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        fehlt("m-gewerbe"),
        ["kosten", "foerderung", "fundstelle", "horizont"]
    );
    // a reason why it has no place is an answer
    assert!(!fehlt("m-digital").contains(&"ort".to_owned()));
}

#[tokio::test]
async fn gaps_filters_and_what_does_not_count() {
    let db = bestand().await;
    aendere(
        &db,
        &[
            "DELETE FROM raumbezug WHERE massnahme_id = '00000000-0000-0000-0009-000000000003'",
            "UPDATE massnahme SET beschlussstand = 'abgelehnt' WHERE kennung = 'm-satzung'",
            "INSERT INTO massnahme_massnahme (massnahme_id, andere_id, art) VALUES ('00000000-0000-0000-0009-000000000008', '00000000-0000-0000-0009-000000000005', 'zusammengefuehrt_mit')",
            "UPDATE finanzwert SET betrag_ct = 0 WHERE massnahme_id = '00000000-0000-0000-0009-000000000005'",
            "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung <> 'm-entwurf'",
        ],
    )
    .await;
    let doc = json(&db, &format!("/isek?{TAG}")).await;
    assert_eq!(
        kennungen(&doc),
        ["m-weg", "m-treff", "m-gewerbe", "m-pflege", "m-digital"]
    );
    let fehlt: Vec<i64> = doc["fehlt"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["massnahmen"].as_i64().unwrap())
        .collect();
    // 0 € is a figure: of the five, m-gewerbe and m-digital have no costs.
    assert_eq!(fehlt, [2, 4, 4, 1, 3]);
    let gebiet = json(&db, &format!("/isek?gebiet=dorf-ost&{TAG}")).await;
    assert_eq!(kennungen(&gebiet), ["m-treff", "m-pflege"]);
    assert_eq!(gebiet["programme"][0]["foerderungen"], 2);
    assert_eq!(
        kennungen(&json(&db, &format!("/isek?nur=isek&{TAG}")).await),
        ["m-treff"]
    );
    assert_eq!(
        kennungen(&json(&db, &format!("/isek?handlungsfeld=hf-kultur&{TAG}")).await),
        ["m-weg", "m-treff"]
    );
    for (adresse, status) in [
        ("/isek?gebiet=mond", 404),
        ("/isek?handlungsfeld=mond", 404),
        ("/isek?nur=mond", 400),
        ("/isek?f=pdf", 400),
        ("/isek?farbe=rot", 400),
    ] {
        let antwort = sende(&db, adresse, "application/json").await;
        assert_eq!(antwort.status, status, "{adresse}");
    }
}

#[tokio::test]
async fn page_and_csv_say_the_same() {
    let db = bestand().await;
    let seite = text(&db, &format!("/isek?{TAG}"), "text/html").await;
    for teil in [
        "1.736.000 €",
        "1.136.000 €",
        "Mittelfristig (3 bis 7 Jahre)",
        "Prüfung der Förderung: bei 6 von 7",
        "ISEK 2022, S. 40",
        "Dorftreff &#60;Alte Schule&#62;",
        "ohne Ort: Wirkt in der Verwaltung.",
    ] {
        assert!(seite.contains(teil), "{teil}");
    }
    let csv = text(&db, &format!("/isek?f=csv&{TAG}"), "*/*").await;
    assert_eq!(csv.lines().count(), 8);
    assert!(
        csv.contains(";1500000,00;600000,00;900000,00;;20000,00;bewilligt;ISEK 2022, S. 40;;"),
        "{csv}"
    );
    for inhalt in [seite, csv] {
        assert!(!inhalt.contains("Dorfladen") && !inhalt.contains("999"));
    }
}

/// Text of a part of the workbook.
fn teil(xlsx: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(xlsx)).unwrap();
    let mut text = String::new();
    zip.by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// What stands between `<tag>` and its end in a cell.
fn im(blatt: &str, zelle: &str, tag: &str) -> Option<String> {
    let von = blatt.find(&format!("<c r=\"{zelle}\""))?;
    let zelle = blatt[von..].split("<c r=").nth(1)?;
    let inhalt = zelle.split_once(&format!("<{tag}>"))?.1;
    Some(inhalt.split('<').next()?.to_owned())
}

/// Value of a cell as written.
fn wert(blatt: &str, zelle: &str) -> Option<f64> {
    im(blatt, zelle, "v")?.parse().ok()
}

fn formel(blatt: &str, zeile: u32) -> Option<String> {
    im(blatt, &format!("K{zeile}"), "f")
}

#[tokio::test]
async fn the_workbook_adds_up() {
    let db = bestand().await;
    aendere(
        &db,
        &[
            "UPDATE massnahme SET titel = '=HYPERLINK(\"http://boese\")' WHERE kennung = 'm-weg'",
            "SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'm-weg'",
        ],
    )
    .await;
    let adresse = format!("/isek?f=xlsx&{TAG}");
    let antwort = sende(&db, &adresse, "*/*").await;
    assert_eq!(antwort.status, 200);
    let bytes = antwort.bytes;
    let noch_einmal = sende(&db, &adresse, "*/*").await.bytes;
    assert_eq!(bytes, noch_einmal, "the same document, the same bytes");
    let blatt = teil(&bytes, "xl/worksheets/sheet1.xml");
    // Three horizons with a heading and a sum each, seven measures, the total.
    let summen: Vec<u32> = (5..=18).filter(|n| formel(&blatt, *n).is_some()).collect();
    let gesamt = *summen.last().unwrap();
    let einzeln: f64 = (5..gesamt)
        .filter(|n| !summen.contains(n))
        .filter_map(|n| wert(&blatt, &format!("K{n}")))
        .sum();
    assert!((einzeln - 1_736_000.0).abs() < 0.001, "{einzeln}");
    assert_eq!(wert(&blatt, &format!("K{gesamt}")), Some(1_736_000.0));
    assert_eq!(
        formel(&blatt, gesamt).unwrap(),
        format!("SUBTOTAL(9,K5:K{})", gesamt - 1)
    );
    assert_eq!(summen.len(), 4, "{summen:?}");
    assert!(!blatt.contains("HYPERLINK"), "a title is never a formula");
    assert!(teil(&bytes, "xl/sharedStrings.xml").contains("=HYPERLINK"));
    let deckung = teil(&bytes, "xl/worksheets/sheet2.xml");
    assert_eq!(wert(&deckung, "B2"), Some(600_000.0));
    assert_eq!(wert(&deckung, "B5"), Some(1_736_000.0));
}

#[tokio::test]
async fn nothing_to_show_is_said() {
    let db = datenbank().await;
    let seite = text(&db, "/isek", "text/html").await;
    assert!(seite.contains("Keine Maßnahme passt dazu."));
    let antwort = sende(&db, "/isek?f=xlsx", "*/*").await;
    assert_eq!(antwort.status, 200);
    assert!(teil(&antwort.bytes, "xl/workbook.xml").contains("Was fehlt"));
}
