//! Accounts: who asks ([`akteur`]), what they may do ([`regel`]), which route asks for
//! which right ([`wege`]); passwords, tokens, sessions, sign-in.
//!
//! Reading order: [`akteur`] → [`regel`] → [`wege`] → [`pforte`] (once per request) →
//! [`anmeldung`], [`konto`] (rules) → [`store`] (SQL, schema `auth`) → [`routes`] (pages).
//!
//! What a signed-in person *reads* is decided by the database: [`akteur::Sicht`] names a
//! reading world, each with a pool of its own (row level security, migration 0030).

pub mod akteur;
pub mod anmeldung;
mod formular;
pub mod geheimnis;
pub mod keks;
pub mod konto;
pub mod konto_store;
#[cfg(feature = "oidc")]
pub mod oidc;
pub mod passwort;
pub mod pforte;
pub mod regel;
pub mod routes;
mod routes_eigenes;
mod routes_konten;
mod seiten;
pub mod store;
pub mod wege;

pub use akteur::{Akteur, Angemeldet, Herkunft, Rolle, Sicht};
pub use regel::{Aktion, Objekt, Objektart, Zustand, darf};

/// What sign-in and the pages of accounts need.
#[derive(Debug, Clone)]
pub struct Dienst {
    /// Logged in as `zielraum_auth`, schema `auth` alone.
    pub pool: sqlx::PgPool,
    /// Public address begins with `https://`: cookies are `Secure` and bound to the host.
    pub sicher: bool,
    /// A proxy stands before us (a public address is configured): its last entry in
    /// `X-Forwarded-For` is the caller, when the connection comes from a private address.
    pub proxy: bool,
    /// The provider people may sign in at instead.
    #[cfg(feature = "oidc")]
    pub oidc: Option<std::sync::Arc<oidc::Anbieter>>,
}

impl Dienst {
    /// What the public address says of the way to us.
    #[must_use]
    pub fn neu(pool: sqlx::PgPool, public_url: Option<&str>) -> Self {
        let sicher = public_url.is_some_and(|url| {
            url.get(..8)
                .is_some_and(|anfang| anfang.eq_ignore_ascii_case("https://"))
        });
        Self {
            pool,
            sicher,
            proxy: public_url.is_some(),
            #[cfg(feature = "oidc")]
            oidc: None,
        }
    }

    /// What the provider is called on the sign-in page.
    #[cfg(feature = "oidc")]
    pub(crate) fn anmeldedienst(&self) -> Option<&str> {
        self.oidc
            .as_ref()
            .map(|anbieter| anbieter.konfig.name.as_str())
    }

    /// None without the feature `oidc`.
    #[cfg(not(feature = "oidc"))]
    pub(crate) fn anmeldedienst(&self) -> Option<&str> {
        None
    }
}
