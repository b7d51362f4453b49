//! Readers who do not see everything, and staff looking back: the published copy in the place
//! of what they may not read, the working tables' past under the rights of today.

mod gleich;
mod kopie;
mod stand;
mod verlauf;

use axum::Router;
use zielraum::app::{self, App};
use zielraum::auth::Rolle;
use zielraum::auth::akteur::Umfang;
use zielraum::auth::konto::{self, Angaben};

use crate::anfrage::{Antwort, sende};
use crate::support::TestDb;

/// Nobody known.
pub const NIEMAND: &str = "";

/// The service over this database.
pub async fn dienst(db: &TestDb) -> Router {
    app::router(&App::neu(db, None, None, false).await.unwrap())
}

/// An account of one role; its token for reading. A Fachamt acts for the Akteur, an
/// Ortssprecher for the Ortsteil named.
pub async fn leser(db: &TestDb, login: &str, rolle: Rolle, von: Option<&str>) -> String {
    let angaben = Angaben {
        rollen: vec![rolle],
        referat: von
            .filter(|_| rolle == Rolle::Fachamt)
            .map(ToOwned::to_owned),
        ortsteil: von
            .filter(|_| rolle == Rolle::Ortssprecher)
            .map(ToOwned::to_owned),
    };
    konto::lege_an(&db.auth, "pruefung", login, login, &angaben, None)
        .await
        .unwrap();
    konto::neuer_token(&db.auth, "pruefung", login, "Prüfung", &[Umfang::Lesen], 1)
        .await
        .unwrap()
}

/// GET with a token, or as nobody known.
pub async fn hole(router: &Router, token: &str, pfad: &str) -> Antwort {
    let kopf = format!("Bearer {token}");
    let koepfe = [("authorization", kopf.as_str())];
    let koepfe = if token.is_empty() {
        &[][..]
    } else {
        &koepfe[..]
    };
    sende(router, "GET", pfad, koepfe).await
}
