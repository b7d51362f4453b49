//! Lists and sheets of what stands around the strategy: Fachplan, Trend, Beschluss, Akteur,
//! SDG. They differ in words and SQL ([`Blattart`]), not in form: routes, parameters, page
//! and JSON stand here.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use super::bezug::Bezug;
use super::sicht;
use crate::error::Result;
use crate::http::extract::Anfrage;
use crate::http::link::{Basis, kodiere};
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::{Pfad, pfad_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

/// Something with a list and a sheet for each.
pub trait Blattart: 'static {
    /// Its words.
    const KOPF: &'static Kopf;

    /// The list.
    fn liste(blick: Blick<'_>) -> impl Future<Output = Result<Liste>> + Send;

    /// The sheet of one; an error when there is none, or none for this caller.
    fn blatt(blick: Blick<'_>, kennung: &str) -> impl Future<Output = Result<Blatt>> + Send;
}

/// Words and address of a kind.
#[derive(Debug)]
pub struct Kopf {
    /// Path of the list, `/akteure`; a sheet stands below it.
    pub pfad: &'static str,
    /// Unique names of list and sheet for `/api`.
    pub kennungen: (&'static str, &'static str),
    /// What list and sheet are, for `/api`.
    pub beschreibungen: (&'static str, &'static str),
    /// Heading of the list.
    pub titel: &'static str,
    /// One sentence.
    pub einleitung: &'static str,
    /// What to say when there is nothing.
    pub leer: &'static str,
    /// Headings of the columns after number and title.
    pub spalten: &'static [&'static str],
    /// Whether it looks different from another day.
    pub stichtag: bool,
}

/// What a request sees: the world of its connection, from a day, under an address.
#[derive(Debug)]
pub struct Blick<'a> {
    /// Connection whose views see the day.
    pub conn: &'a mut PgConnection,
    /// The day.
    pub stichtag: NaiveDate,
    /// The service's address.
    pub basis: &'a Basis,
}

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
#[derive(Debug, Default)]
pub struct Liste {
    /// The list as JSON.
    pub json: Value,
    /// Rows of the page.
    pub zeilen: Vec<Zeile>,
    /// A second part below the table: links by heading.
    pub abschnitte: Vec<(String, Vec<Bezug>)>,
}

/// A sheet about one thing.
#[derive(Debug, Default)]
pub struct Blatt {
    /// The sheet as JSON.
    pub json: Value,
    /// Heading.
    pub titel: String,
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
}

/// Routes over the public pool.
pub fn router<B: Blattart>(public: PgPool) -> Router {
    let kopf = B::KOPF;
    Router::new()
        .route(kopf.pfad, get(liste::<B>))
        .route(&format!("{}/{{kennung}}", kopf.pfad), get(blatt::<B>))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade<B: Blattart>() -> Vec<Pfad> {
    let kopf = B::KOPF;
    let eintrag = |pfad: (&str, &str), titel, mut parameter: Vec<Value>| {
        parameter.extend(kopf.stichtag.then(sicht::parameter));
        let beides = &[Ausgabe::Json, Ausgabe::Html];
        Pfad::neu("Strategie", pfad, titel, beides, parameter)
    };
    vec![
        eintrag(
            (kopf.pfad, kopf.kennungen.0),
            kopf.beschreibungen.0,
            Vec::new(),
        ),
        eintrag(
            (&format!("{}/{{kennung}}", kopf.pfad), kopf.kennungen.1),
            kopf.beschreibungen.1,
            vec![pfad_parameter("kennung", "Kennung, Teil der Adresse")],
        ),
    ]
}

#[derive(Template)]
#[template(path = "strategie/templates/liste.html")]
struct ListeSeite {
    seite: Seite,
    kopf: &'static Kopf,
    liste: Liste,
    json: String,
}

impl ListeSeite {
    fn adresse(&self, zeile: &Zeile) -> String {
        let kennung = kodiere(&zeile.kennung);
        format!("{}{}/{kennung}?f=html", self.seite.wurzel, self.kopf.pfad)
    }
}

#[derive(Template)]
#[template(path = "strategie/templates/blatt.html")]
struct BlattSeite {
    seite: Seite,
    kopf: &'static Kopf,
    blatt: Blatt,
    json: String,
}

/// Refuses parameters the kind does not know.
fn pruefe(kopf: &Kopf, anfrage: &Anfrage) -> Result<Format, Problem> {
    anfrage.parameter.nur(if kopf.stichtag {
        &["stichtag", "f"]
    } else {
        &["f"]
    })?;
    anfrage.format(JSON)
}

async fn liste<B: Blattart>(
    State(public): State<PgPool>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    let format = pruefe(B::KOPF, &anfrage)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let blick = Blick {
        conn: &mut tx,
        stichtag,
        basis: &anfrage.basis,
    };
    let liste = B::liste(blick).await?;
    match format {
        Format::Json => Ok(axum::Json(liste.json).into_response()),
        Format::Html => html(&ListeSeite {
            seite: anfrage.seite(),
            kopf: B::KOPF,
            liste,
            json: anfrage.adresse(Format::Json),
        }),
    }
}

async fn blatt<B: Blattart>(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    let format = pruefe(B::KOPF, &anfrage)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let blick = Blick {
        conn: &mut tx,
        stichtag,
        basis: &anfrage.basis,
    };
    let blatt = B::blatt(blick, &kennung).await?;
    match format {
        Format::Json => Ok(axum::Json(blatt.json).into_response()),
        Format::Html => html(&BlattSeite {
            seite: anfrage.seite(),
            kopf: B::KOPF,
            blatt,
            json: anfrage.adresse(Format::Json),
        }),
    }
}
