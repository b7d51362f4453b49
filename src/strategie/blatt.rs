//! Lists and sheets of what stands around the strategy: Fachplan, Trend, Beschluss, Akteur,
//! SDG. They differ in words, not in form, and share two templates.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::bezug::Bezug;
use crate::error::Result;
use crate::http::extract::Anfrage;
use crate::http::link::kodiere;
use crate::http::negotiate::Format;
use crate::http::openapi::{Pfad, anfrage_parameter, pfad_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

/// Media types of JSON answers.
pub const JSON: &[&str] = &["application/json"];

/// A row of a list.
#[derive(Debug, Clone)]
pub struct Zeile {
    /// Kennung, part of the address.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// The other columns.
    pub zellen: Vec<String>,
}

/// A list.
#[derive(Debug, Template)]
#[template(path = "strategie/templates/liste.html")]
pub struct Liste {
    /// Frame.
    pub seite: Seite,
    /// Heading.
    pub titel: &'static str,
    /// Path of the list; a sheet stands below it.
    pub pfad: &'static str,
    /// One sentence.
    pub einleitung: &'static str,
    /// What to say when there is nothing.
    pub leer: &'static str,
    /// Headings of the other columns.
    pub spalten: &'static [&'static str],
    /// Rows.
    pub zeilen: Vec<Zeile>,
    /// A second part below the table.
    pub abschnitte: Vec<(String, Vec<Bezug>)>,
    /// The same as JSON.
    pub json: String,
}

impl Liste {
    fn adresse(&self, zeile: &Zeile) -> String {
        format!(
            "{}/{}/{}?f=html",
            self.seite.wurzel,
            self.pfad,
            kodiere(&zeile.kennung)
        )
    }
}

/// A sheet about one thing.
#[derive(Debug, Template)]
#[template(path = "strategie/templates/blatt.html")]
pub struct Blatt {
    /// Frame.
    pub seite: Seite,
    /// Heading.
    pub titel: String,
    /// Path and heading of its list.
    pub liste: (&'static str, &'static str),
    /// Facts: name and words.
    pub angaben: Vec<(&'static str, String)>,
    /// Text below the facts.
    pub text: Option<String>,
    /// Links to the outside: address and words.
    pub verweise: Vec<(String, String)>,
    /// Links by heading.
    pub abschnitte: Vec<(String, Vec<Bezug>)>,
    /// A chart made by us.
    pub diagramm: Option<String>,
    /// The same as JSON.
    pub json: String,
}

impl Blatt {
    /// Address of the history; some sheets show what nobody changes.
    fn verlauf(&self) -> Option<String> {
        let art = match self.liste.0 {
            "handlungsfelder" => "handlungsfeld",
            "fachplaene" => "fachplan",
            "trends" => "trend",
            "beschluesse" => "beschluss",
            "akteure" => "akteur",
            _ => return None,
        };
        let kennung = self.json.split('?').next()?.rsplit('/').next()?;
        Some(format!(
            "{}/verlauf/{art}/{kennung}?f=html",
            self.seite.wurzel
        ))
    }
}

/// JSON, or the page.
pub fn antworte(
    format: Format,
    wert: &Value,
    seite: impl FnOnce() -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    match format {
        Format::Json => Ok(axum::Json(wert).into_response()),
        Format::Html => seite(),
    }
}

/// Renders a page.
pub fn zeige(vorlage: &impl Template) -> Result<Response, Problem> {
    html(vorlage)
}

/// Address of the same request as JSON.
#[must_use]
pub fn als_json(anfrage: &Anfrage) -> String {
    anfrage.adresse(Format::Json)
}

/// List and sheet for `/api`.
#[must_use]
pub fn pfade(
    pfad: &str,
    kennung: (&str, &str),
    titel: (&str, &str),
    parameter: &[Value],
) -> Vec<Pfad> {
    let f = || {
        anfrage_parameter(
            "f",
            "Ausgabe",
            &json!({"type": "string", "enum": ["json", "html"]}),
        )
    };
    let eintrag = |pfad: String, kennung: &str, titel: &str, mehr: Vec<Value>| Pfad {
        pfad,
        kennung: kennung.to_owned(),
        titel: titel.to_owned(),
        thema: "Strategie",
        parameter: mehr
            .into_iter()
            .chain(parameter.iter().cloned())
            .chain([f()])
            .collect(),
        medien: &["application/json", "text/html"],
    };
    vec![
        eintrag(pfad.to_owned(), kennung.0, titel.0, Vec::new()),
        eintrag(
            format!("{pfad}/{{kennung}}"),
            kennung.1,
            titel.1,
            vec![pfad_parameter("kennung", "Kennung, Teil der Adresse")],
        ),
    ]
}
