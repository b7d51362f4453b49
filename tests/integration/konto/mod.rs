//! Accounts: sign-in, rights, and what each role reads.

mod anmeldung;
mod befehl;
pub mod rechte;
mod welt;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use zielraum::app::{self, App};
use zielraum::auth::Rolle;
use zielraum::auth::akteur::Umfang;
use zielraum::auth::konto::{self, Angaben};
use zielraum::db::Database;

use crate::anfrage::{self, Antwort};

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

/// Any request with a text as body.
async fn frage(router: &Router, request: axum::http::request::Builder, inhalt: &str) -> Antwort {
    let request = request
        .header("host", "zr.test:8080")
        .body(Body::from(inhalt.to_owned()))
        .unwrap();
    anfrage::frage(router, request).await
}
