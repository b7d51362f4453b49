//! Parcels, subject data and inhabitants: imported, replaced, kept back, and asked for.

mod einwohner;
mod fachdaten;
mod flurstuecke;

use std::path::{Path, PathBuf};

use axum::Router;
use chrono::NaiveDate;
use serde_json::{Value, json};
use zielraum::app::{self, App};
use zielraum::db::Database;
use zielraum::error::Error;
use zielraum::import;

use crate::support::{TestDb, datenbank_mit_demo, demo};

/// Loads what belongs here of the demonstration data.
pub async fn lade_demo(db: &Database) {
    let auftrag = import::flurstuecke::Auftrag {
        datei: demo("flurstuecke.geojson"),
        quelle: Some("Demodaten".into()),
        wer: "pruefung".into(),
        ..import::flurstuecke::Auftrag::default()
    };
    import::flurstuecke::fuehre_aus(db, &auftrag).await.unwrap();
    for eintrag in std::fs::read_dir(demo("")).unwrap() {
        let name = eintrag.unwrap().file_name().into_string().unwrap();
        let Some(art) = name.strip_prefix("fachdaten-") else {
            continue;
        };
        let auftrag = lieferung(demo(&name), art.trim_end_matches(".geojson"), "Demodaten");
        import::fachdaten::fuehre_aus(db, &auftrag).await.unwrap();
    }
    import::einwohner::fuehre_aus(db, &demo("einwohner.csv"), "pruefung")
        .await
        .unwrap();
}

fn lieferung(datei: PathBuf, art: &str, quelle: &str) -> import::fachdaten::Auftrag {
    import::fachdaten::Auftrag {
        datei,
        art: art.into(),
        quelle: quelle.into(),
        stand: NaiveDate::from_ymd_opt(2025, 1, 1).unwrap(),
        wer: "pruefung".into(),
        ..import::fachdaten::Auftrag::default()
    }
}

async fn dienst() -> (TestDb, Router) {
    let db = datenbank_mit_demo().await;
    let app = App::neu(&db, None, None, true).await.unwrap();
    let router = app::router(&app);
    (db, router)
}

/// Writes features into a GeoJSON in EPSG:25832.
fn schreibe(ordner: &Path, name: &str, features: &[Value]) -> PathBuf {
    let datei = ordner.join(name);
    let doc = json!({
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
        "features": features,
    });
    std::fs::write(&datei, doc.to_string()).unwrap();
    datei
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "written in place by every caller"
)]
fn feature(eigenschaften: Value, ring: &[[f64; 2]]) -> Value {
    let geometrie = json!({"type": "Polygon", "coordinates": [ring]});
    json!({"type": "Feature", "properties": eigenschaften, "geometry": geometrie})
}

/// A rectangle, south-west corner and size in metres.
fn rechteck(x: f64, y: f64, breit: f64, hoch: f64) -> [[f64; 2]; 5] {
    [
        [x, y],
        [x + breit, y],
        [x + breit, y + hoch],
        [x, y + hoch],
        [x, y],
    ]
}

fn text(fehler: &Error) -> String {
    fehler.to_string()
}
