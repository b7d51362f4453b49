//! `/isek`: HTML, JSON, CSV, XLSX.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;

use super::store::Auswahl;
use super::{Nachweis, ausgabe, store, tabelle};
use crate::error::Error;
use crate::http::datei;
use crate::http::extract::Anfrage;
use crate::http::link::kodiere_parameter;
use crate::http::negotiate::Ausgabe;
use crate::http::openapi::{Pfad, text_parameter, wahl_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::sicht;

const AUSGABEN: &[Ausgabe] = &[Ausgabe::Json, Ausgabe::Csv, Ausgabe::Xlsx, Ausgabe::Html];

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new().route("/isek", get(isek)).with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    vec![Pfad::neu(
        "Geld",
        ("/isek", "isek"),
        "ISEK-Nachweis: Kosten- und Finanzierungsübersicht der Maßnahmen (§ 149 BauGB)",
        AUSGABEN,
        vec![
            text_parameter("gebiet", "Nur die Projekte dieses Gebiets (Kennung)"),
            text_parameter(
                "handlungsfeld",
                "Nur dieses Handlungsfeld des Hauptziels (Kennung)",
            ),
            wahl_parameter(
                "nur",
                "isek: nur Maßnahmen mit Fundstelle in einem ISEK",
                &["isek"],
            ),
            sicht::parameter(),
        ],
    )]
}

#[derive(Template)]
#[template(path = "isek/templates/isek.html")]
struct IsekSeite {
    seite: Seite,
    nachweis: Nachweis,
    frage: String,
}

impl IsekSeite {
    fn als(&self, f: &str) -> String {
        let und = if self.frage.is_empty() { "" } else { "&" };
        format!("{}/isek?{}{und}f={f}", self.seite.wurzel, self.frage)
    }
}

async fn isek(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    let p = &anfrage.parameter;
    p.nur(&["gebiet", "handlungsfeld", "nur", "stichtag", "f"])?;
    let ausgabe = anfrage.ausgabe(AUSGABEN)?;
    let nur_isek = match p.gesetzt("nur")? {
        None => false,
        Some("isek") => true,
        Some(anderes) => {
            return Err(Error::parameter(
                "nur",
                format!("„{anderes}“ gibt es hier nicht. Möglich ist nur=isek: Maßnahmen mit Fundstelle in einem ISEK."),
            )
            .into());
        }
    };
    let auswahl = Auswahl {
        gebiet: p.gesetzt("gebiet")?,
        handlungsfeld: p.gesetzt("handlungsfeld")?,
        nur_isek,
    };
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let nachweis = store::nachweis(&mut tx, auswahl, stichtag).await?;
    let seite = anfrage.seite();
    match ausgabe {
        Ausgabe::Xlsx => {
            let mappe = tabelle::xlsx(&nachweis, seite.demo)?;
            return Ok(datei::xlsx(mappe, "isek-nachweis"));
        }
        Ausgabe::Csv => {
            return Ok(datei::csv(ausgabe::als_csv(&nachweis), "isek-nachweis"));
        }
        Ausgabe::Html => {}
        Ausgabe::Json | Ausgabe::Geojson => return Ok(axum::Json(nachweis).into_response()),
    }
    let paare = p.ohne(&["f"]).filter(|(_, wert)| !wert.is_empty());
    html(&IsekSeite {
        frage: kodiere_parameter(paare),
        seite,
        nachweis,
    })
}
