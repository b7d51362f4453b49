//! `/trends`, `/trends/{kennung}`.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::{einwohner, store};
use crate::error::Error;
use crate::gemeinde::bevoelkerung;
use crate::http::extract::Anfrage;
use crate::http::openapi::Pfad;
use crate::http::problem::Problem;
use crate::strategie::bezug::{Bezug, abschnitte};
use crate::strategie::blatt::{self, Blatt, JSON, Liste, Zeile};
use crate::strategie::kennzahl::{self, diagramm};
use crate::strategie::sicht;

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/trends", get(liste))
        .route("/trends/{kennung}", get(einer))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    blatt::pfade(
        "/trends",
        ("trends", "trend"),
        (
            "Trends",
            "Ein Trend mit dem, was er verstärkt oder erschwert",
        ),
        &[sicht::parameter()],
    )
}

async fn liste(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let trends = store::liste(&mut conn, None).await?;
    let doc = json!({"trends": trends});
    blatt::antworte(format, &doc, || {
        blatt::zeige(&Liste {
            seite: anfrage.seite(),
            titel: "Trends",
            pfad: "trends",
            einleitung: "Entwicklungen, die Ziele und Maßnahmen verstärken oder erschweren.",
            leer: "Es sind noch keine Trends eingelesen.",
            spalten: &["Einschätzung", "▲ verstärkt", "▼ erschwert"],
            zeilen: trends
                .into_iter()
                .map(|t| Zeile {
                    kennung: t.kennung,
                    nummer: t.nummer,
                    titel: t.titel,
                    zellen: vec![
                        t.einschaetzung.unwrap_or_default(),
                        t.verstaerkt.to_string(),
                        t.erschwert.to_string(),
                    ],
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
    anfrage.parameter.nur(&["stichtag", "f"])?;
    let format = anfrage.format(JSON)?;
    let (mut tx, stichtag) = sicht::oeffne(&public, &anfrage).await?;
    let (trend, gegenstaende) = store::einer(&mut tx, &kennung).await?;
    let zahlen = match &trend.kennzahl {
        Some(kennzahl) => {
            let rechenweg = anfrage.basis.zu(&format!("/kennzahlen/{kennzahl}?f=html"));
            Some(kennzahl::store::eine(&mut tx, kennzahl, stichtag, rechenweg).await?)
        }
        None => None,
    };
    let bevoelkerung = match trend.zahlen.as_str() {
        "einwohner" | "altersgruppen" => bevoelkerung::lies(&mut tx, stichtag).await?,
        _ => None,
    };
    let doc = json!({"stichtag": stichtag, "trend": trend, "gegenstaende": gegenstaende, "kennzahl": zahlen, "einwohner": bevoelkerung});
    blatt::antworte(format, &doc, || {
        let mut teile = abschnitte(&gegenstaende);
        let mut bild = None;
        if let Some(kennzahl) = &zahlen {
            let raum = kennzahl.kurz.haupt().and_then(|s| s.ortsteil.clone());
            bild = diagramm::svg(kennzahl, raum.as_deref(), stichtag);
            let verweis = Bezug {
                art: "kennzahl".to_owned(),
                kennung: kennzahl.kurz.kennung.clone(),
                nummer: kennzahl.kurz.nummer.clone(),
                titel: kennzahl.kurz.titel.clone(),
                wie: None,
                stelle: None,
                text: Some("alle Werte in der Tabelle der Kennzahl".to_owned()),
            };
            teile.insert(0, ("Zahlen dahinter".to_owned(), vec![verweis]));
        }
        if let Some(b) = &bevoelkerung {
            let altersgruppen = trend.zahlen == "altersgruppen";
            bild = Some(einwohner::tafel(b, altersgruppen, &anfrage.basis.0)?);
        }
        let zahlen = match trend.zahlen.as_str() {
            "einwohner" | "altersgruppen" if bevoelkerung.is_none() => {
                "Einwohner je Ortsteil, noch keine eingelesen"
            }
            "einwohner" => "Einwohner je Ortsteil",
            "altersgruppen" => "Altersgruppen je Ortsteil",
            "kennzahl" => "Kennzahl",
            _ => "keine",
        };
        blatt::zeige(&Blatt {
            seite: anfrage.seite(),
            titel: trend.titel,
            liste: ("trends", "Trends"),
            angaben: vec![
                ("Zahlen dahinter", zahlen.to_owned()),
                ("Quelle", trend.quelle.unwrap_or_default()),
            ],
            text: trend.einschaetzung,
            verweise: Vec::new(),
            abschnitte: teile,
            diagramm: bild,
            json: blatt::als_json(&anfrage),
        })
    })
}
