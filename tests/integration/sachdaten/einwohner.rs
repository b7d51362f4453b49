//! Inhabitants: on the page, in the layer, replaced by later figures.

use zielraum::import::einwohner;

use super::{dienst, text};
use crate::layers::support::{hole, json as lies_json};

#[tokio::test]
async fn inhabitants_stand_at_their_ortsteil() {
    let (db, router) = dienst().await;
    let doc = lies_json(&router, "/ortsteile/erpfting/einwohner?f=json").await;
    assert_eq!(doc["aktuell"]["stichtag"], "2025-12-31");
    assert_eq!(doc["aktuell"]["gesamt"], 1350.0);
    let gruppen = doc["aktuell"]["altersgruppen"].as_array().unwrap();
    let summe: f64 = gruppen.iter().map(|g| g["anzahl"].as_f64().unwrap()).sum();
    assert!((summe - 1350.0).abs() < 1e-9);
    assert_eq!(gruppen[0]["altersgruppe"], "0-5");
    assert_eq!(doc["stichtage"].as_array().unwrap().len(), 18);
    let ebene = lies_json(&router, "/collections/ortsteile/items/erpfting?f=json").await;
    assert_eq!(ebene["properties"]["einwohner"], 1350.0);
    assert_eq!(ebene["properties"]["einwohner_stichtag"], "2025-12-31");
    let seite = hole(&router, "/ortsteil/erpfting?f=html").await.text;
    for teil in [
        "Was hier gilt",
        "Denkmal-Ensemble",
        "id=\"einwohner\"",
        "unter 6 Jahre",
        "31.12.2042",
        "mittlere",
        "Melderegister",
    ] {
        assert!(seite.contains(teil), "{teil}");
    }
    // A later count replaces the figure of the layer; groups alone give the sum.
    let ordner = tempfile::tempdir().unwrap();
    let datei = ordner.path().join("neu.csv");
    std::fs::write(&datei, b"Ortsteil;Stichtag;Altersgruppe;Anzahl\r\nErpfting;01.01.2026;unter 6;90\r\nErpfting;01.01.2026;6 und \xE4lter;1.270\r\n").unwrap();
    let ergebnis = einwohner::fuehre_aus(&db, &datei, "pruefung")
        .await
        .unwrap();
    assert_eq!((ergebnis.neu, ergebnis.geaendert), (2, 0));
    let nochmal = einwohner::fuehre_aus(&db, &datei, "pruefung")
        .await
        .unwrap();
    assert_eq!((nochmal.neu, nochmal.geaendert), (0, 0));
    let ebene = lies_json(&router, "/collections/ortsteile/items/erpfting?f=json").await;
    assert_eq!(ebene["properties"]["einwohner"], 1360.0);
    std::fs::write(
        &datei,
        "ortsteil;jahr;anzahl\nErpfting;2024;5\nErpfingt;2024;5\n",
    )
    .unwrap();
    let satz = text(
        &einwohner::fuehre_aus(&db, &datei, "pruefung")
            .await
            .unwrap_err(),
    );
    assert!(
        satz.contains("neu.csv, Zeile 3") && satz.contains("„Erpfting“"),
        "{satz}"
    );
}
