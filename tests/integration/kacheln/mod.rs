//! Vector tiles over a real PostGIS: what they say, and that nothing opens between them.
mod filter;
mod flaechen;
mod grenzen;
pub mod lesen;
mod utm;
mod vorweg;
mod wege;
mod zoom;

use std::io::Read as _;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use tower::ServiceExt as _;
use zielraum::app::{self, App};

use crate::support::{TestDb, datenbank_mit_demo};

/// One answer.
pub struct Antwort {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Antwort {
    pub fn kopf(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |wert| wert.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.bytes));
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

pub async fn hole_mit(router: &Router, adresse: &str, koepfe: &[(&str, &str)]) -> Antwort {
    let mut anfrage = Request::builder().uri(adresse).header("host", "zr.test");
    for (name, wert) in koepfe {
        anfrage = anfrage.header(*name, *wert);
    }
    let antwort = router
        .clone()
        .oneshot(anfrage.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (parts, body) = antwort.into_parts();
    let mut bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    if parts
        .headers
        .get("content-encoding")
        .is_some_and(|wert| wert == "gzip")
    {
        let mut aus = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_end(&mut aus)
            .unwrap();
        bytes = aus;
    }
    Antwort {
        status: parts.status.as_u16(),
        headers: parts.headers,
        bytes,
    }
}

pub async fn hole(router: &Router, adresse: &str) -> Antwort {
    hole_mit(router, adresse, &[]).await
}

/// The demonstration town, served to the public.
pub async fn stadt() -> (TestDb, Router) {
    let db = datenbank_mit_demo().await;
    let router = app::router(&App::neu(&db, None, None, true).await.unwrap());
    // The counters of the tables are heard of a moment after the start; then tags are theirs.
    let mut vorher = String::new();
    for _ in 0..50 {
        let kachel = hole(&router, "/kacheln/ortsteile/0/0/0.mvt").await;
        let marke = kachel.kopf("etag").to_owned();
        if marke == vorher {
            break;
        }
        vorher = marke;
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    }
    // Whole: before that tiles close by are of what is around them alone.
    hole(&router, "/kacheln/fnp_flaechen/0/0/0.mvt").await;
    (db, router)
}
