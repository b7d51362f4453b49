//! Figures that stand on several pages: money of measures that were dropped, people behind
//! trends, Ortsteile and village-renewal areas. The whole application through the public pool.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;
use zielraum::app::{self, App};

use super::daten::{aendere, bestand};
use crate::support::TestDb;

async fn hole(db: &TestDb, adresse: &str) -> String {
    let app = App::neu(&db.db, None, None, false).await.unwrap();
    let antwort = app::router(&app)
        .oneshot(Request::get(adresse).body(Body::empty()).unwrap())
        .await
        .unwrap();
    let status = antwort.status();
    let bytes = axum::body::to_bytes(antwort.into_body(), usize::MAX)
        .await
        .unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(status, StatusCode::OK, "{adresse}: {text}");
    text
}

async fn json(db: &TestDb, adresse: &str) -> Value {
    serde_json::from_str(&hole(db, adresse).await).unwrap()
}

const TAG: &str = "stichtag=2025-06-30&f=json";

/// Costs of a group of `/geld`.
async fn gruppe(db: &TestDb, nach: &str, schluessel: &str) -> i64 {
    let doc = json(db, &format!("/geld?nach={nach}&{TAG}")).await;
    let gruppen = doc["gruppen"].as_array().unwrap();
    let gruppe = gruppen.iter().find(|g| g["schluessel"] == schluessel);
    gruppe.unwrap()["kosten_ct"].as_i64().unwrap_or(0)
}

/// Every page that sums money says the same as `/geld`; returns West, SDG 11, village, ISEK.
async fn stimmen_ueberein(db: &TestDb, was: &str) -> [i64; 4] {
    let west = json(db, &format!("/ortsteil/west?{TAG}")).await;
    let anteilig = west["geld"]["anteilig_ct"].as_i64().unwrap();
    assert_eq!(
        anteilig,
        gruppe(db, "ortsteil", "west").await,
        "{was}: Ortsteil"
    );
    let stadt = west["geld"]["gesamtstadt"]["kosten_ct"].as_i64().unwrap();
    assert_eq!(
        stadt,
        gruppe(db, "ortsteil", "_gesamtstadt").await,
        "{was}: Stadt"
    );
    let ungeteilt = west["geld"]["ungeteilt"]["kosten_ct"].as_i64().unwrap();
    assert_eq!(
        ungeteilt,
        gruppe(db, "ortsteil", "_ungeteilt").await,
        "{was}: ungeteilt"
    );
    let sdg = json(db, &format!("/sdg/11?{TAG}")).await["sdg"]["geld"]["kosten_ct"]
        .as_i64()
        .unwrap();
    assert_eq!(sdg, gruppe(db, "sdg", "11").await, "{was}: SDG");
    let dorf = json(db, &format!("/dorferneuerung/dorf-ost?{TAG}")).await;
    let projekte = dorf["projektsumme"]["kosten_ct"].as_i64().unwrap_or(0);
    assert_eq!(
        dorf["geld"]["kosten_ct"].as_i64().unwrap(),
        projekte,
        "{was}: Dorf"
    );
    let isek = json(db, &format!("/isek?{TAG}")).await["summe"]["kosten_ct"]
        .as_i64()
        .unwrap();
    let alle = json(db, &format!("/geld?nach=ziel&{TAG}")).await["summe"]["kosten_ct"]
        .as_i64()
        .unwrap();
    assert_eq!(isek, alle, "{was}: ISEK");
    [anteilig, sdg, projekte, isek]
}

#[tokio::test]
async fn a_dropped_measure_counts_in_no_sum_of_any_page() {
    let db = bestand().await;
    let vorher = stimmen_ueberein(&db, "as it is").await;
    assert_eq!(vorher, [160_000_000, 172_000_000, 151_000_000, 173_600_000]);
    // A cent that cannot be halved stands on the same side everywhere.
    let krumm = "UPDATE oeffentlich.finanzwert SET betrag_ct = 20000001 WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'";
    aendere(&db, &[krumm]).await;
    stimmen_ueberein(&db, "an odd cent").await;
    let ost = json(&db, &format!("/ortsteil/ost?{TAG}")).await;
    let ost = ost["geld"]["anteilig_ct"].as_i64().unwrap();
    assert_eq!(ost, gruppe(&db, "ortsteil", "ost").await);
    aendere(&db, &["UPDATE oeffentlich.finanzwert SET betrag_ct = 20000000 WHERE massnahme_id = '00000000-0000-0000-0009-000000000002'"]).await;
    // Rejected: a project of the village, with money in West and in SDG 11.
    aendere(&db, &["UPDATE oeffentlich.massnahme SET beschlussstand = 'abgelehnt' WHERE kennung = 'm-treff'"]).await;
    let abgelehnt = stimmen_ueberein(&db, "rejected").await;
    assert_eq!(vorher.map(|v| v - 150_000_000)[1..], abgelehnt[1..]);
    assert_eq!(vorher[0] - abgelehnt[0], 150_000_000);
    let west = hole(&db, "/ortsteil/west?stichtag=2025-06-30&f=html").await;
    assert!(west.contains("zählt nicht (abgelehnt)"));
    let dorf = hole(&db, "/dorferneuerung/dorf-ost?stichtag=2025-06-30&f=html").await;
    assert!(
        dorf.contains("zählt nicht (abgelehnt)")
            && dorf.contains("1 abgelehnte, ersetzte oder zusammengeführte zählt nicht")
    );
    // Replaced and merged: their money stands with the other one.
    for (art, grund) in [
        ("ersetzt_durch", "ersetzt"),
        ("zusammengefuehrt_mit", "zusammengeführt"),
    ] {
        aendere(&db, &["UPDATE oeffentlich.massnahme SET beschlussstand = 'beschlossen' WHERE kennung = 'm-treff'", "DELETE FROM oeffentlich.massnahme_massnahme"]).await;
        assert_eq!(stimmen_ueberein(&db, "back again").await, vorher);
        let mut tx = zielraum::db::audit::begin(&db.write, "test", "Ersatz")
            .await
            .unwrap();
        sqlx::query("INSERT INTO oeffentlich.massnahme_massnahme (massnahme_id, andere_id, art, seit) SELECT a.id, b.id, $1, clock_timestamp() FROM oeffentlich.massnahme a, oeffentlich.massnahme b WHERE a.kennung = 'm-treff' AND b.kennung = 'm-weg'")
            .bind(art)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stimmen_ueberein(&db, art).await, abgelehnt);
        let west = json(&db, &format!("/ortsteil/west?{TAG}")).await;
        let treff = west["geld"]["anteilig"].as_array().unwrap();
        let treff = treff.iter().find(|a| a["kennung"] == "m-treff").unwrap();
        assert_eq!(treff["entfallen"], grund);
    }
    // What is rejected fills no gap.
    aendere(
        &db,
        &["UPDATE oeffentlich.massnahme SET beschlussstand = 'abgelehnt'"],
    )
    .await;
    let luecken = json(&db, "/luecken?art=ortsteil_ohne_geld&f=json").await;
    assert_eq!(luecken["luecken"].as_array().unwrap().len(), 2, "{luecken}");
}

const EINWOHNER: &str = "INSERT INTO einwohner (ortsteil_id, stichtag, altersgruppe, art, variante, anzahl, quelle)
  SELECT o, tag::date, g, art, v, n, 'Melderegister' FROM (VALUES
    (1, '2018-12-31', 'gesamt', 'ist', NULL, 1000), (1, '2018-12-31', '0-17', 'ist', NULL, 200), (2, '2018-12-31', 'gesamt', 'ist', NULL, 500), (2, '2018-12-31', '0-17', 'ist', NULL, 50),
    (1, '2024-12-31', 'gesamt', 'ist', NULL, 1100), (1, '2024-12-31', '0-17', 'ist', NULL, 110), (2, '2024-12-31', 'gesamt', 'ist', NULL, 400), (2, '2024-12-31', '0-17', 'ist', NULL, 90),
    (1, '2025-12-31', 'gesamt', 'ist', NULL, 9999), (1, '2035-12-31', 'gesamt', 'prognose', 'mittlere', 1200), (1, '2035-12-31', '0-17', 'prognose', 'mittlere', 60), (2, '2035-12-31', 'gesamt', 'prognose', 'mittlere', 300)) x (o, tag, g, art, v, n)";

#[tokio::test]
async fn people_behind_a_trend_with_their_day_and_source() {
    let db = bestand().await;
    aendere(
        &db,
        &[
            EINWOHNER,
            "UPDATE oeffentlich.trend SET zahlen = 'einwohner', kennzahl_id = NULL",
        ],
    )
    .await;
    let doc = json(&db, &format!("/trends/t-alter?{TAG}")).await;
    let stadt = &doc["einwohner"]["stadt"];
    assert_eq!(
        (
            &stadt["erste"]["gesamt"],
            &stadt["neueste"]["gesamt"],
            &stadt["neueste"]["stichtag"]
        ),
        (&1500.0.into(), &1500.0.into(), &"2024-12-31".into()),
        "a count after the day of view is not seen"
    );
    assert_eq!(stadt["neueste"]["altersgruppen"][0]["anzahl"], 200.0);
    assert_eq!(stadt["prognose"][0]["gesamt"], 1500.0);
    let ost = &doc["einwohner"]["ortsteile"][0];
    assert_eq!(
        (
            &ost["kennung"],
            &ost["neueste"]["gesamt"],
            &ost["neueste"]["quelle"]
        ),
        (&"ost".into(), &400.0.into(), &"Melderegister".into())
    );
    assert!(
        doc["einwohner"]["rechenweg"]
            .as_str()
            .unwrap()
            .contains("Summe der Ortsteile")
    );
    let seite = hole(&db, "/trends/t-alter?stichtag=2025-06-30&f=html").await;
    for teil in [
        "Einwohner je Ortsteil",
        "400<br><small>31.12.2024, −20,0 % seit 31.12.2018",
        "Prognose, mittlere",
        "300<br><small>31.12.2035, −25,0 % seit 31.12.2024",
        "Quelle: Melderegister",
        "Rechenweg:",
    ] {
        assert!(seite.contains(teil), "{teil}: {seite}");
    }
    assert!(!seite.contains("9.999"));
    aendere(
        &db,
        &["UPDATE oeffentlich.trend SET zahlen = 'altersgruppen'"],
    )
    .await;
    let seite = hole(&db, "/trends/t-alter?stichtag=2025-06-30&f=html").await;
    for teil in [
        "unter 18 Jahre",
        "10,0 %<br><small>31.12.2024; → 5,0 % (mittlere 31.12.2035)",
        "22,5 %<br><small>31.12.2024</small>",
    ] {
        assert!(seite.contains(teil), "{teil}: {seite}");
    }
    let west = json(&db, &format!("/ortsteil/west?{TAG}")).await;
    assert_eq!(
        (
            &west["einwohner"]["gesamt"],
            &west["einwohner_erste"]["gesamt"],
            &west["einwohner_prognose"][0]["gesamt"]
        ),
        (&1100.0.into(), &1000.0.into(), &1200.0.into())
    );
}

#[tokio::test]
async fn people_inside_a_village_area_are_estimated_over_residential_land() {
    let db = bestand().await;
    aendere(&db, &[EINWOHNER]).await;
    let dorf = json(&db, &format!("/dorferneuerung/dorf-ost?{TAG}")).await;
    assert_eq!(
        dorf["einwohner_geschaetzt"],
        Value::Null,
        "nobody lives on green and trade land"
    );
    assert_eq!(
        (
            &dorf["einwohner"]["anzahl"],
            &dorf["einwohner"]["altersgruppen"][0]["anzahl"]
        ),
        (&400.0.into(), &90.0.into())
    );
    // 500,000 m² in Ost become residential, 80,000 of them inside; West's stay outside.
    aendere(
        &db,
        &[
            "UPDATE oeffentlich.flaeche SET nutzung = 'W' WHERE kennung = 'a.gr1'",
            "UPDATE oeffentlich.anteil SET nutzung = 'W' WHERE ordnung = 3",
        ],
    )
    .await;
    let dorf = json(&db, &format!("/dorferneuerung/dorf-ost?{TAG}")).await;
    let s = &dorf["einwohner_geschaetzt"];
    assert!(
        (s["anzahl"].as_f64().unwrap() - 400.0 * 0.16).abs() < 1e-6,
        "{s}"
    );
    assert_eq!(s["plan"], "fnp-a@1");
    let weg = s["rechenweg"].as_str().unwrap();
    for teil in [
        "Geschätzt, nicht gezählt",
        "Ost: 400 Einwohner am 31.12.2024 (Melderegister) × 8,00 ha von 50,00 ha (16,0 %)",
        "Plan A, Fassung 1",
    ] {
        assert!(weg.contains(teil), "{teil}: {weg}");
    }
    let seite = hole(&db, "/dorferneuerung/dorf-ost?stichtag=2025-06-30&f=html").await;
    assert!(
        seite.contains("rund 64 <small>geschätzt") && seite.contains("8,00 ha von 50,00 ha"),
        "{seite}"
    );
    // Without a count there is no figure, and the page says so.
    aendere(&db, &["DELETE FROM einwohner WHERE ortsteil_id = 2"]).await;
    let seite = hole(&db, "/dorferneuerung/dorf-ost?stichtag=2025-06-30&f=html").await;
    assert!(
        seite.contains("nicht zu schätzen")
            && seite.contains("Ost: keine Einwohnerzahl eingelesen")
    );
    // Land only planned has no people yet.
    aendere(
        &db,
        &["UPDATE oeffentlich.flaeche SET rechtsstand = 'planung' WHERE kennung = 'a.gr1'"],
    )
    .await;
    let dorf = json(&db, &format!("/dorferneuerung/dorf-ost?{TAG}")).await;
    assert_eq!(dorf["einwohner_geschaetzt"], Value::Null);
}
