//! Answers that are neither plain JSON nor a page: GeoJSON, and files to save.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::negotiate::Ausgabe;

/// An answer of type GeoJSON.
#[must_use]
pub fn geojson(wert: &Value) -> Response {
    (
        [(header::CONTENT_TYPE, Ausgabe::Geojson.medium())],
        wert.to_string(),
    )
        .into_response()
}

/// CSV to save; `name` without its ending.
#[must_use]
pub fn csv(text: String, name: &str) -> Response {
    anhang(
        "text/csv; charset=utf-8",
        text.into_bytes(),
        &format!("{name}.csv"),
    )
}

/// A workbook to save; `name` without its ending.
#[must_use]
pub fn xlsx(inhalt: Vec<u8>, name: &str) -> Response {
    anhang(Ausgabe::Xlsx.medium(), inhalt, &format!("{name}.xlsx"))
}

fn anhang(medium: &'static str, inhalt: Vec<u8>, name: &str) -> Response {
    let mut antwort = ([(header::CONTENT_TYPE, medium)], inhalt).into_response();
    // A name that fits in no header leaves the file unnamed.
    if let Ok(wert) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        antwort
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, wert);
    }
    antwort
}
