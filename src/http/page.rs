//! The frame every HTML page shares: base template and style sheet.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::problem::Problem;
use super::{Formulare, Person};
use crate::error::Error;

/// What `http/templates/base.html` needs from every page, as field `seite`.
#[derive(Debug, Clone, Default)]
pub struct Seite {
    /// Absolute address of the service, without a trailing slash.
    pub wurzel: String,
    /// Shows "Demodaten – keine amtlichen Angaben".
    pub demo: bool,
    /// Who is signed in.
    pub person: Option<Person>,
    /// „1.5.2026“ where the page shows a past day.
    pub stand: Option<String>,
}

impl Seite {
    /// The forms this person may use; none on a page of the past, or without a session.
    #[must_use]
    pub fn formulare(&self) -> Formulare {
        let person = self
            .person
            .as_ref()
            .filter(|p| !p.formularschutz.is_empty());
        let heute = person.filter(|_| self.stand.is_none());
        heute.map_or_else(Formulare::default, |p| p.formulare)
    }

    /// Drafts and their release can be shown: to who reads them, as they are today.
    #[must_use]
    pub fn entwuerfe(&self) -> bool {
        self.stand.is_none() && self.person.as_ref().is_some_and(|p| p.entwuerfe)
    }

    /// Address of the service as it is today, without a trailing slash: what has no past
    /// (sign-in, accounts, releases) is there.
    #[must_use]
    pub fn heute(&self) -> &str {
        self.wurzel
            .rfind("/stand/")
            .map_or(self.wurzel.as_str(), |ende| &self.wurzel[..ende])
    }

    /// „1.5.2026“, and for readers of drafts that theirs are in it.
    #[must_use]
    pub fn rueckblick(&self) -> Option<String> {
        let intern = self.person.as_ref().is_some_and(|p| p.entwuerfe);
        let worte = if intern {
            ", mit den Entwürfen des Tages, die Sie lesen dürfen"
        } else {
            ""
        };
        self.stand.as_ref().map(|stand| format!("{stand}{worte}"))
    }
}

/// Renders a template; a failing one is our fault.
pub fn html(vorlage: &impl Template) -> Result<Response, Problem> {
    let text = vorlage.render().map_err(Error::intern)?;
    Ok(Html(text).into_response())
}

/// The style sheet of all pages, served at `/static/zielraum.css`.
pub const STIL: &str = include_str!("../web/assets/zielraum.css");
