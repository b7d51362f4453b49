//! Accounts: sign-in, rights, and what each role reads.

mod anmeldung;
mod befehl;
mod rechte;
mod welt;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt as _;
use zielraum::app::{self, App};
use zielraum::auth::Rolle;
use zielraum::auth::akteur::Umfang;
use zielraum::auth::konto::{self, Angaben};
use zielraum::db::Database;

use crate::layers::support::Antwort;

/// The service, as `serve` opens it.
async fn dienst(db: &Database) -> Router {
    app::router(&App::neu(db, None, None, false).await.unwrap())
}

/// An account with these roles; its token, for reading alone.
async fn schluessel(db: &Database, login: &str, angaben: &Angaben) -> String {
    konto::lege_an(&db.auth, "pruefung", login, login, angaben, None)
        .await
        .unwrap();
    konto::neuer_token(&db.auth, "pruefung", login, "Prüfung", &[Umfang::Lesen], 1)
        .await
        .unwrap()
}

fn nur(rollen: &[Rolle]) -> Angaben {
    Angaben {
        rollen: rollen.to_vec(),
        ..Angaben::default()
    }
}

/// GET with a token.
async fn mit(router: &Router, token: &str, pfad: &str) -> Antwort {
    frage(
        router,
        Request::get(pfad).header("authorization", format!("Bearer {token}")),
        "",
    )
    .await
}

/// Any request; the answer may be binary.
async fn frage(router: &Router, request: axum::http::request::Builder, inhalt: &str) -> Antwort {
    let request = request
        .header("host", "zr.test:8080")
        .body(Body::from(inhalt.to_owned()))
        .unwrap();
    let antwort = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = antwort.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Antwort {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
        bytes,
    }
}
