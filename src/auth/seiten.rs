//! The pages of accounts.

use askama::Template;
use axum::response::Response;

use super::akteur::{Angemeldet, Herkunft, Rolle};
use super::konto::{Angaben, Eintrag};
use super::konto_store::Konto;
use super::store::Token;
use crate::http::extract::Anfrage;
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

/// What a page says above its content.
#[derive(Debug, Default)]
pub(super) struct Nachricht {
    text: String,
    schlecht: bool,
}

impl Nachricht {
    pub(super) fn gut(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            schlecht: false,
        }
    }
    pub(super) fn schlecht(text: String) -> Self {
        Self {
            text,
            schlecht: true,
        }
    }
}

/// Roles, Referate and Ortsteile to choose from, and what is chosen.
#[derive(Debug)]
pub(super) struct Wahl {
    pub(super) angaben: Angaben,
    pub(super) referate: Vec<Eintrag>,
    pub(super) ortsteile: Vec<Eintrag>,
}

impl Wahl {
    fn hat(&self, rolle: &Rolle) -> bool {
        self.angaben.rollen.contains(rolle)
    }
    fn referat_ist(&self, kennung: &str) -> bool {
        self.angaben.referat.as_deref() == Some(kennung)
    }
    fn ortsteil_ist(&self, kennung: &str) -> bool {
        self.angaben.ortsteil.as_deref() == Some(kennung)
    }
}

/// Titles of roles in one line.
fn titel(rollen: &[Rolle]) -> String {
    let titel: Vec<_> = rollen.iter().map(|rolle| rolle.titel()).collect();
    titel.join(", ")
}

fn schutz(konto: &Angemeldet) -> String {
    match &konto.herkunft {
        Herkunft::Sitzung { formularschutz } => formularschutz.clone(),
        Herkunft::Token { .. } => String::new(),
    }
}

#[derive(Template)]
#[template(path = "auth/templates/anmelden.html")]
struct Anmelden<'a> {
    seite: Seite,
    formular: &'a str,
    zurueck: &'a str,
    login: &'a str,
    nachricht: Nachricht,
    unverschluesselt: bool,
    /// Title of the provider one may sign in at.
    anmeldedienst: Option<&'a str>,
}

pub(super) fn anmelden(
    anfrage: &Anfrage,
    formular: &str,
    zurueck: &str,
    login: &str,
    meldung: Option<String>,
    unverschluesselt: bool,
    anmeldedienst: Option<&str>,
) -> Result<Response, Problem> {
    html(&Anmelden {
        seite: anfrage.seite(),
        formular,
        zurueck,
        login,
        nachricht: Nachricht::schlecht(meldung.unwrap_or_default()),
        unverschluesselt,
        anmeldedienst,
    })
}

#[derive(Template)]
#[template(path = "auth/templates/einrichten.html")]
struct Einrichten<'a> {
    seite: Seite,
    formular: &'a str,
    code: &'a str,
    login: &'a str,
    name: &'a str,
    nachricht: Nachricht,
}

pub(super) fn einrichten(
    anfrage: &Anfrage,
    formular: &str,
    code: &str,
    login: &str,
    name: &str,
    meldung: Option<String>,
) -> Result<Response, Problem> {
    html(&Einrichten {
        seite: anfrage.seite(),
        formular,
        code,
        login,
        name,
        nachricht: Nachricht::schlecht(meldung.unwrap_or_default()),
    })
}

#[derive(Template)]
#[template(path = "auth/templates/konto.html")]
struct Eigenes<'a> {
    seite: Seite,
    konto: &'a Angemeldet,
    formular: String,
    tokens: Vec<Token>,
    nachricht: Nachricht,
    neuer: Option<String>,
}

pub(super) fn eigenes(
    anfrage: &Anfrage,
    konto: &Angemeldet,
    tokens: Vec<Token>,
    nachricht: Nachricht,
    neuer: Option<String>,
) -> Result<Response, Problem> {
    html(&Eigenes {
        seite: anfrage.seite(),
        formular: schutz(konto),
        konto,
        tokens,
        nachricht,
        neuer,
    })
}

#[derive(Template)]
#[template(path = "auth/templates/konten.html")]
struct Verwaltung {
    seite: Seite,
    formular: String,
    konten: Vec<Konto>,
    wahl: Wahl,
    login: String,
    name: String,
    nachricht: Nachricht,
}

pub(super) fn konten(
    anfrage: &Anfrage,
    wer: &Angemeldet,
    konten: Vec<Konto>,
    wahl: Wahl,
    (login, name): (String, String),
    nachricht: Nachricht,
) -> Result<Response, Problem> {
    html(&Verwaltung {
        seite: anfrage.seite(),
        formular: schutz(wer),
        konten,
        wahl,
        login,
        name,
        nachricht,
    })
}

#[derive(Template)]
#[template(path = "auth/templates/eines.html")]
struct Eines {
    seite: Seite,
    formular: String,
    konto: Konto,
    selbst: bool,
    wahl: Wahl,
    nachricht: Nachricht,
}

pub(super) fn eines(
    anfrage: &Anfrage,
    wer: &Angemeldet,
    konto: Konto,
    wahl: Wahl,
    nachricht: Nachricht,
) -> Result<Response, Problem> {
    html(&Eines {
        seite: anfrage.seite(),
        formular: schutz(wer),
        selbst: konto.id == wer.id,
        konto,
        wahl,
        nachricht,
    })
}
