//! The frame every HTML page shares: base template and style sheet.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::Person;
use super::problem::Problem;
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
}

/// Renders a template; a failing one is our fault.
pub fn html(vorlage: &impl Template) -> Result<Response, Problem> {
    let text = vorlage.render().map_err(Error::intern)?;
    Ok(Html(text).into_response())
}

/// The style sheet of all pages, served at `/static/zielraum.css`.
pub const STIL: &str = include_str!("../web/assets/zielraum.css");
