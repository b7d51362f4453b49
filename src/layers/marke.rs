//! `ETags`. Of a page: the version of its layer and the request, weak (its `timeStamp` moves), so
//! that a client which has it is answered without any work. Of a document: its content.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::snapshot::Version;
use crate::http::extract::Anfrage;
use crate::http::link::kodiere_parameter;

/// Of a page in this version of its layer.
pub(super) fn seite(version: &Version, anfrage: &Anfrage) -> String {
    let teile = [
        &version.marke(),
        &anfrage.basis.0,
        &anfrage.pfad,
        &kodiere_parameter(anfrage.parameter.ohne(&[])),
    ];
    format!("W/\"{}\"", kurz(teile.map(String::as_bytes)))
}

/// Of a document as it stands.
pub(super) fn inhalt(bytes: &[u8]) -> String {
    format!("\"{}\"", kurz([bytes]))
}

fn kurz<'a>(teile: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for teil in teile {
        hash.update(teil.len().to_le_bytes());
        hash.update(teil);
    }
    let hash = hash.finalize();
    hash.iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// The caller has it already (RFC 9110, 13.1.2: compared weakly).
pub(super) fn hat(headers: &HeaderMap, etag: &str) -> bool {
    let ohne = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let gesucht = ohne(etag);
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|wert| wert.to_str().ok())
        .flat_map(|wert| wert.split(','))
        .any(|tag| ohne(tag) == gesucht || tag.trim() == "*")
}

/// With its `ETag`; 304 without a body where the caller has it already.
pub(super) fn mit(antwort: Response, etag: &str, headers: &HeaderMap) -> Response {
    let mut antwort = if hat(headers, etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        antwort
    };
    if let Ok(wert) = HeaderValue::from_str(etag) {
        antwort.headers_mut().insert(header::ETAG, wert);
    }
    antwort
}
