//! `/beschluesse`, `/beschluesse/{kennung}`.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::{ergebnis, store};
use crate::error::Error;
use crate::http::extract::Anfrage;
use crate::http::negotiate::JSON;
use crate::http::openapi::Pfad;
use crate::http::problem::Problem;
use crate::strategie::bezug::abschnitte;
use crate::strategie::blatt::{self, Blatt, Liste, Zeile};
use crate::strategie::zahl;

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/beschluesse", get(liste))
        .route("/beschluesse/{kennung}", get(einer))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    blatt::pfade(
        "/beschluesse",
        ("beschluesse", "beschluss"),
        (
            "Öffentlich gefasste Beschlüsse",
            "Ein Beschluss mit seinen Gegenständen",
        ),
        &[],
    )
}

async fn liste(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let beschluesse = store::liste(&mut conn, None).await?;
    let doc = json!({"beschluesse": beschluesse});
    blatt::antworte(format, &doc, || {
        blatt::zeige(&Liste {
            seite: anfrage.seite(),
            titel: "Beschlüsse",
            pfad: "beschluesse",
            einleitung: "Öffentlich gefasste Beschlüsse zu Zielen, Maßnahmen und Plänen.",
            leer: "Es sind noch keine Beschlüsse eingelesen.",
            spalten: &["Datum", "Gremium", "Drucksache", "Ergebnis", "Gegenstände"],
            zeilen: beschluesse
                .into_iter()
                .map(|b| Zeile {
                    zellen: vec![
                        zahl::tag(b.datum),
                        b.gremium,
                        b.drucksache.unwrap_or_default(),
                        ergebnis(&b.ergebnis).to_owned(),
                        b.gegenstaende.to_string(),
                    ],
                    kennung: b.kennung,
                    nummer: b.nummer,
                    titel: b.titel,
                })
                .collect(),
            abschnitte: Vec::new(),
            json: blatt::als_json(&anfrage),
        })
    })
}

async fn einer(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let (beschluss, gegenstaende) = store::einer(&mut conn, &kennung).await?;
    let doc = json!({"beschluss": beschluss, "gegenstaende": gegenstaende});
    blatt::antworte(format, &doc, || {
        blatt::zeige(&Blatt {
            seite: anfrage.seite(),
            titel: beschluss.titel,
            liste: ("beschluesse", "Beschlüsse"),
            angaben: vec![
                ("Gremium", beschluss.gremium),
                ("Datum", zahl::tag(beschluss.datum)),
                ("Drucksache", beschluss.drucksache.unwrap_or_default()),
                ("Tagesordnungspunkt", beschluss.top.unwrap_or_default()),
                ("Ergebnis", ergebnis(&beschluss.ergebnis).to_owned()),
            ],
            text: None,
            verweise: beschluss
                .url
                .map(|url| (url, "Vorlage im Ratsinformationssystem".to_owned()))
                .into_iter()
                .collect(),
            abschnitte: abschnitte(&gegenstaende),
            diagramm: None,
            json: blatt::als_json(&anfrage),
        })
    })
}
