//! `/flurstuecke?nummer=…`, `/flurstuecke/{kennzeichen}`, `/ortsteile/{kennung}/einwohner`.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::flurstueck::{self, Flurstueck};
use super::karte::{self, Karte};
use super::store;
use crate::error::Error;
use crate::gemeinde::einwohner_store;
use crate::gemeinde::flurstueck::Suche;
use crate::gemeinde::flurstueck_store::{self, FlurstueckKurz, Gemarkung, HOECHSTENS};
use crate::http::extract::Anfrage;
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::{Pfad, pfad_parameter, text_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

type Antwort = Result<Response, Problem>;

/// Routes over the public pool.
pub fn router() -> Router<PgPool> {
    Router::new()
        .route("/flurstuecke", get(liste))
        .route("/flurstuecke/{kennzeichen}", get(eines))
        .route("/ortsteile/{kennung}/einwohner", get(einwohner))
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let beides = &[Ausgabe::Json, Ausgabe::Html];
    vec![
        Pfad::neu(
            "Flurstücke",
            ("/flurstuecke", "flurstueckSuche"),
            "Flurstücke nach ihrer Nummer",
            beides,
            vec![text_parameter(
                "nummer",
                "Wie man sie schreibt: 1234/5, „Nordheim 1234/5“, „Gemarkung Nordheim, Flur 3, 12/4“ oder das Kennzeichen",
            )],
        ),
        Pfad::neu(
            "Flurstücke",
            ("/flurstuecke/{kennzeichen}", "flurstueck"),
            "Ein Flurstück mit Plänen, Ortsteil, Fachdaten und Maßnahmen",
            beides,
            vec![
                pfad_parameter("kennzeichen", "Flurstückskennzeichen, 20 Stellen"),
                text_parameter(
                    "plan",
                    "Nur dieser Plan, auch KENNUNG@FASSUNG; ohne Angabe alle",
                ),
            ],
        ),
        Pfad::neu(
            "Ansichten",
            ("/ortsteile/{kennung}/einwohner", "einwohner"),
            "Einwohner eines Ortsteils, gezählt und vorausberechnet",
            beides,
            vec![pfad_parameter("kennung", "Kennung des Ortsteils")],
        ),
    ]
}

#[derive(Template)]
#[template(path = "web/templates/flurstuecke.html")]
struct ListeSeite {
    seite: Seite,
    nummer: Option<String>,
    treffer: Vec<FlurstueckKurz>,
    /// More fit than are listed.
    abgeschnitten: bool,
    gemarkungen: Vec<Gemarkung>,
}

async fn liste(State(public): State<PgPool>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["nummer", "f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let nummer = anfrage.parameter.gesetzt("nummer")?.map(str::trim);
    let treffer = match nummer {
        None => Vec::new(),
        Some(text) => {
            let suche = Suche::lies(text).ok_or_else(|| {
                Error::parameter("nummer", format!("„{text}“ ist keine Flurstücksnummer. Gebraucht wird zum Beispiel 1234/5, „Nordheim 1234/5“, „Gemarkung Nordheim, Flur 3, 12/4“ oder das Kennzeichen mit 20 Stellen."))
            })?;
            flurstueck_store::suche(&mut conn, &suche).await?
        }
    };
    let gemarkungen = flurstueck_store::gemarkungen(&mut conn).await?;
    let abgeschnitten = treffer.len().cast_signed() as i64 >= HOECHSTENS;
    match format {
        Format::Json => Ok(axum::Json(json!({
            "nummer": nummer,
            "flurstuecke": treffer,
            "abgeschnitten": abgeschnitten,
            "gemarkungen": gemarkungen,
        }))
        .into_response()),
        Format::Html => html(&ListeSeite {
            nummer: nummer.map(str::to_owned),
            seite: anfrage.seite(),
            treffer,
            abgeschnitten,
            gemarkungen,
        }),
    }
}

#[derive(Template)]
#[template(path = "web/templates/flurstueck.html")]
struct FlurstueckSeite {
    seite: Seite,
    flurstueck: Flurstueck,
    daten: String,
}

async fn eines(
    State(public): State<PgPool>,
    Path(kennzeichen): Path<String>,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["plan", "f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let plan = anfrage.parameter.gesetzt("plan")?;
    let flurstueck = flurstueck::lies(&mut conn, &kennzeichen, plan).await?;
    if format == Format::Json {
        return Ok(axum::Json(flurstueck).into_response());
    }
    // A map shows current versions alone; the figures are those of the version asked for.
    let kennung = plan.map(|p| p.split('@').next().unwrap_or(p));
    let plan = karte::plan(&mut conn, kennung).await?;
    let karte = Karte::ausschnitt(
        &mut conn,
        plan.as_ref(),
        ("flurstuecke", &flurstueck.kurz.kennzeichen),
        flurstueck.grenzen.clone(),
        &flurstueck.massnahmen,
    )
    .await?;
    html(&FlurstueckSeite {
        seite: anfrage.seite(),
        daten: karte.json()?,
        flurstueck,
    })
}

async fn einwohner(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let ortsteil = store::ortsteil(&mut conn, &kennung).await?;
    if anfrage.format(JSON)? == Format::Html {
        let ziel = format!(
            "{}/ortsteil/{}?f=html#einwohner",
            anfrage.seite().wurzel,
            crate::http::link::kodiere(&kennung)
        );
        return Ok(axum::response::Redirect::to(&ziel).into_response());
    }
    let stichtage = einwohner_store::stichtage(&mut conn, &kennung).await?;
    let doc = json!({
        "ortsteil": {"kennung": ortsteil.kennung, "name": ortsteil.name},
        "aktuell": stichtage.iter().rfind(|s| s.art == "ist"),
        "stichtage": stichtage,
    });
    Ok(axum::Json(doc).into_response())
}
