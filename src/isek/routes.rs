//! `/isek`: HTML, JSON, CSV, XLSX.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::store::Auswahl;
use super::{Nachweis, ausgabe, store, tabelle};
use crate::error::Error;
use crate::haushalt::routes::csv_antwort;
use crate::http::extract::Anfrage;
use crate::http::link::kodiere_parameter;
use crate::http::negotiate::Format;
use crate::http::openapi::{Pfad, anfrage_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::sicht;

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new().route("/isek", get(isek)).with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let text = |name: &str, beschreibung: &str| {
        anfrage_parameter(name, beschreibung, &json!({"type": "string"}))
    };
    vec![Pfad {
        pfad: "/isek".to_owned(),
        kennung: "isek".to_owned(),
        titel: "ISEK-Nachweis: Kosten- und Finanzierungsübersicht der Maßnahmen (§ 149 BauGB)"
            .to_owned(),
        thema: "Geld",
        parameter: vec![
            text("gebiet", "Nur die Projekte dieses Gebiets (Kennung)"),
            text(
                "handlungsfeld",
                "Nur dieses Handlungsfeld des Hauptziels (Kennung)",
            ),
            anfrage_parameter(
                "nur",
                "isek: nur Maßnahmen mit Fundstelle in einem ISEK",
                &json!({"type": "string", "enum": ["isek"]}),
            ),
            sicht::parameter(),
            anfrage_parameter(
                "f",
                "Ausgabe",
                &json!({"type": "string", "enum": ["json", "csv", "xlsx", "html"]}),
            ),
        ],
        medien: &["application/json", "text/csv", tabelle::XLSX, "text/html"],
    }]
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
    let datei = p.einzig("f")?.filter(|f| matches!(*f, "csv" | "xlsx"));
    let format = match datei {
        Some(_) => Format::Json,
        None => anfrage.format(&["application/json"])?,
    };
    let gesetzt = |name| Ok::<_, Problem>(p.einzig(name)?.filter(|wert| !wert.is_empty()));
    let nur_isek = match gesetzt("nur")? {
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
        gebiet: gesetzt("gebiet")?,
        handlungsfeld: gesetzt("handlungsfeld")?,
        nur_isek,
    };
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let nachweis = store::nachweis(&mut tx, auswahl, stichtag).await?;
    let seite = anfrage.seite();
    match datei {
        Some("xlsx") => {
            let kopf = [
                (header::CONTENT_TYPE, tabelle::XLSX),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"isek-nachweis.xlsx\"",
                ),
            ];
            return Ok((kopf, tabelle::xlsx(&nachweis, seite.demo)?).into_response());
        }
        Some(_) => {
            return Ok(csv_antwort(
                ausgabe::als_csv(&nachweis),
                "isek-nachweis.csv",
            ));
        }
        None => {}
    }
    if format == Format::Json {
        return Ok(axum::Json(nachweis).into_response());
    }
    let paare = p.ohne(&["f"]).filter(|(_, wert)| !wert.is_empty());
    html(&IsekSeite {
        frage: kodiere_parameter(paare),
        seite,
        nachweis,
    })
}
