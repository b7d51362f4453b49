//! Requests to routes, and their answers read to the end.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use zielraum::http::{Kontext, frame};

/// An answer, read to its end.
#[derive(Debug)]
pub struct Antwort {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    /// Empty for what is no text (a workbook).
    pub text: String,
}

impl Antwort {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
    pub fn kopf(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |wert| wert.to_str().unwrap())
    }
}

/// Routes of one part in the frame every answer of the service passes.
pub fn gerahmt(routes: Router) -> Router {
    frame::rahmen(routes, Kontext::default())
}

/// Sends a request as it is.
pub async fn frage(router: &Router, request: Request<Body>) -> Antwort {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let typ = parts.headers.get("content-type");
    let binaer = typ.is_some_and(|typ| {
        let typ = typ.to_str().unwrap();
        let arten = [
            "spreadsheet",
            "flatgeobuf",
            "geopackage",
            "application/zip",
            "vector-tile",
            "image/png",
        ];
        arten.iter().any(|art| typ.contains(art))
    });
    let text = if binaer || bytes.starts_with(b"PK\x03\x04") {
        String::new()
    } else {
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    Antwort {
        status: parts.status,
        headers: parts.headers,
        bytes,
        text,
    }
}

/// Sends a request with method and headers.
pub async fn sende(
    router: &Router,
    methode: &str,
    pfad: &str,
    headers: &[(&str, &str)],
) -> Antwort {
    let mut request = Request::builder()
        .method(methode)
        .uri(pfad)
        .header("host", "zr.test:8080");
    for (name, wert) in headers {
        request = request.header(*name, *wert);
    }
    frage(router, request.body(Body::empty()).unwrap()).await
}

/// GET without headers.
pub async fn hole(router: &Router, pfad: &str) -> Antwort {
    sende(router, "GET", pfad, &[]).await
}

/// GET of this media type.
pub async fn hole_als(router: &Router, pfad: &str, accept: &str) -> Antwort {
    sende(router, "GET", pfad, &[("accept", accept)]).await
}

/// POST of a text.
pub async fn poste(router: &Router, pfad: &str, text: &str) -> Antwort {
    let request = Request::post(pfad).body(Body::from(text.to_owned()));
    frage(router, request.unwrap()).await
}

/// GET that must succeed, as JSON.
/// The answer once it holds what another program has written: of that the service hears a
/// moment later. After five seconds the answer as it is.
pub async fn hole_bis(router: &Router, pfad: &str, da: impl Fn(&Antwort) -> bool) -> Antwort {
    for _ in 0..100 {
        let antwort = hole(router, pfad).await;
        if da(&antwort) {
            return antwort;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    hole(router, pfad).await
}

pub async fn json(router: &Router, pfad: &str) -> Value {
    let antwort = hole(router, pfad).await;
    assert_eq!(antwort.status, 200, "{pfad}: {}", antwort.text);
    antwort.json()
}
