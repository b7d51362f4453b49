//! CQL2 over PostGIS: the examples, random filters against a small evaluator, and what no
//! filter may do.

mod beispiele;
mod grenzen;
mod raum;
mod zufall;

use axum::Router;
use serde_json::Value;

use super::support::{Datenbank, datenbank, execute, hole, objekte, router_mit};
use zielraum::http::link::kodiere;

pub const STADT: &str = r#"
[[layer]]
id = "cql"
title = "CQL"
relation = "Stadt Grün.cql"
"#;

/// The service over the ten features.
pub async fn zehn() -> (Datenbank, Router) {
    let db = datenbank().await;
    let mut conn = db.admin.acquire().await.unwrap();
    execute(&mut conn, include_str!("daten.sql")).await;
    drop(conn);
    let router = router_mit(&db, STADT).await;
    (db, router)
}

/// In metres from the corner of the data: `E5 N7` is 630005 5320007.
pub fn versetzt(filter: &str) -> String {
    let mut out = String::new();
    let mut zeichen = filter.chars().peekable();
    let mut davor = ' ';
    while let Some(c) = zeichen.next() {
        let basis = match c {
            'E' => 630_000.0,
            'N' => 5_320_000.0,
            _ => 0.0,
        };
        let zahl = zeichen
            .peek()
            .is_some_and(|c| c.is_ascii_digit() || *c == '-');
        if basis == 0.0 || !zahl || davor.is_alphanumeric() {
            out.push(c);
            davor = c;
            continue;
        }
        let mut text = String::new();
        while let Some(c) = zeichen.next_if(|c| c.is_ascii_digit() || "-.".contains(*c)) {
            text.push(c);
        }
        let wert: f64 = text.parse().unwrap();
        out.push_str(&(basis + wert).to_string());
        davor = '0';
    }
    out
}

const CRS: &str = "http://www.opengis.net/def/crs/EPSG/0/25832";

/// Ids a filter finds, or the problem.
pub async fn finde(router: &Router, filter: &str, sprache: &str) -> Result<Vec<i64>, Value> {
    let adresse = format!(
        "/collections/cql/items?limit=1000&filter-crs={CRS}&filter-lang={sprache}&filter={}",
        kodiere(filter)
    );
    let antwort = hole(router, &adresse).await;
    let doc = antwort.json();
    if antwort.status != 200 {
        assert_eq!(antwort.status, 400, "{filter}: {doc}");
        assert_eq!(doc["parameter"], "filter", "{filter}: {doc}");
        return Err(doc);
    }
    let mut ids: Vec<i64> = objekte(&doc)
        .iter()
        .map(|o| o["id"].as_i64().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(doc["numberMatched"], ids.len());
    Ok(ids)
}

/// The service over a layer without arrays.
pub async fn ohne_listen() -> (Datenbank, Router) {
    let db = datenbank().await;
    let router = super::support::router_nur(
        &db,
        "[[layer]]\nid = \"gk\"\ntitle = \"GK\"\nrelation = \"Stadt Grün.gk\"\n",
    )
    .await;
    (db, router)
}
