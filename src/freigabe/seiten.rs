//! The pages of publication.

use askama::Template;
use axum::response::Response;

use super::gegenstand::{Antrag, Gegenstand, Unterschied};
use super::vertraulich;
use crate::http::extract::Anfrage;
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

#[derive(Template)]
#[template(path = "freigabe/templates/liste.html")]
struct Liste<'a> {
    seite: Seite,
    antraege: Vec<Antrag>,
    alle: &'a [Gegenstand],
    offen: &'a [&'a Gegenstand],
    zustand: &'a str,
}

impl Liste<'_> {
    /// What a request is about, in words.
    fn titel(&self, antrag: &Antrag) -> String {
        let g = self
            .alle
            .iter()
            .find(|g| g.art == antrag.art && g.kennung == antrag.kennung);
        g.map_or_else(
            || antrag.kennung.clone(),
            |g| format!("{} „{}“", g.art_titel, g.titel),
        )
    }
}

pub(super) fn liste(
    anfrage: &Anfrage,
    antraege: Vec<Antrag>,
    alle: &[Gegenstand],
    offen: &[&Gegenstand],
    zustand: &str,
) -> Result<Response, Problem> {
    html(&Liste {
        seite: anfrage.seite(),
        antraege,
        alle,
        offen,
        zustand,
    })
}

/// What the page of one object shows.
pub(super) struct Inhalt<'a> {
    pub g: &'a Gegenstand,
    pub antraege: &'a [Antrag],
    pub unterschiede: &'a [Unterschied],
    pub fehlt: Option<&'a str>,
    pub schritte: &'a [(&'static str, &'static str)],
    pub verdeckt: Option<&'a vertraulich::Blick>,
    pub meldung: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "freigabe/templates/gegenstand.html")]
struct Eines<'a> {
    seite: Seite,
    formular: String,
    i: &'a Inhalt<'a>,
}

pub(super) fn eines(anfrage: &Anfrage, inhalt: &Inhalt<'_>) -> Result<Response, Problem> {
    let seite = anfrage.seite();
    let formular = seite
        .person
        .as_ref()
        .map(|person| person.formularschutz.clone())
        .unwrap_or_default();
    html(&Eines {
        seite,
        formular,
        i: inhalt,
    })
}
