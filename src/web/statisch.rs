//! Script of the map and the map library, embedded: no bundler, no other server.
//!
//! `npm ci` in src/web brings the library before the build.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

const MODUL: &str = "text/javascript; charset=utf-8";
const STIL: &str = "text/css; charset=utf-8";

struct Datei {
    pfad: &'static str,
    typ: &'static str,
    inhalt: &'static [u8],
    etag: String,
}

macro_rules! bibliothek {
    ($name:literal, $typ:expr) => {
        (
            concat!("/static/maplibre/", $name),
            $typ,
            include_bytes!(concat!("node_modules/maplibre-gl/dist/", $name)).as_slice(),
        )
    };
}

/// Address, media type, bytes.
type Eingebettet = (&'static str, &'static str, &'static [u8]);

static DATEIEN: LazyLock<Vec<Datei>> = LazyLock::new(|| {
    let dateien: [Eingebettet; 8] = [
        (
            "/static/karte.js",
            MODUL,
            include_bytes!("assets/karte.js").as_slice(),
        ),
        (
            "/static/fachdaten.js",
            MODUL,
            include_bytes!("assets/fachdaten.js").as_slice(),
        ),
        (
            "/static/planzeichen.js",
            MODUL,
            include_bytes!("assets/planzeichen.js").as_slice(),
        ),
        (
            "/static/fenster.js",
            MODUL,
            include_bytes!("assets/fenster.js").as_slice(),
        ),
        (
            "/static/massnahmen.js",
            MODUL,
            include_bytes!("assets/massnahmen.js").as_slice(),
        ),
        bibliothek!("maplibre-gl.mjs", MODUL),
        bibliothek!("maplibre-gl-worker.mjs", MODUL),
        bibliothek!("maplibre-gl.css", STIL),
    ];
    dateien
        .into_iter()
        .map(|(pfad, typ, inhalt)| Datei {
            pfad,
            typ,
            inhalt,
            etag: etag(inhalt),
        })
        .collect()
});

/// Weak, because compression changes the bytes sent.
fn etag(inhalt: &[u8]) -> String {
    let mut text = String::from("W/\"");
    for byte in Sha256::digest(inhalt).iter().take(8) {
        let _ = write!(text, "{byte:02x}");
    }
    text.push('"');
    text
}

/// One route per file.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    DATEIEN.iter().fold(Router::new(), |router, datei| {
        router.route(
            datei.pfad,
            get(move |headers: HeaderMap| async move { liefere(datei, &headers) }),
        )
    })
}

fn liefere(datei: &Datei, headers: &HeaderMap) -> Response {
    let kopf = [
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ETAG, datei.etag.as_str()),
    ];
    let bekannt = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|wert| wert.to_str().ok())
        .is_some_and(|wert| wert.split(',').any(|etag| etag.trim() == datei.etag));
    if bekannt {
        return (StatusCode::NOT_MODIFIED, kopf).into_response();
    }
    (kopf, [(header::CONTENT_TYPE, datei.typ)], datei.inhalt).into_response()
}
