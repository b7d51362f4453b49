//! `/importe`, `/importe/{plan@fassung}`, `/pruefen/links`: JSON and pages.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use sqlx::PgPool;

use super::store::{self, HOECHSTENS_BEFUNDE, Import, Kurz, Link};
use crate::error::Error;
use crate::fnp::zahl::hektar;
use crate::http::extract::Anfrage;
use crate::http::link::kodiere_parameter;
use crate::http::negotiate::{Ausgabe, Format, JSON};
use crate::http::openapi::{Pfad, pfad_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

type Antwort = Result<Response, Problem>;

/// Routes over the public pool: imports of published versions only.
pub fn router(public: PgPool) -> Router {
    Router::new()
        .route("/importe", get(importe))
        .route("/importe/{id}", get(einer))
        .route("/pruefen/links", get(links))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    let pfad = |pfad, titel, parameter| {
        Pfad::neu(
            "Flächennutzungsplan",
            pfad,
            titel,
            &[Ausgabe::Json, Ausgabe::Html],
            parameter,
        )
    };
    vec![
        pfad(
            ("/importe", "importe"),
            "Eingelesene Lieferungen der Pläne",
            vec![],
        ),
        pfad(
            ("/importe/{id}", "import"),
            "Protokoll einer Lieferung: Zahlen je Objektart, Befunde, Vergleich mit der vorigen",
            vec![pfad_parameter(
                "id",
                "Kennung des Plans und Nummer der Fassung: KENNUNG@FASSUNG",
            )],
        ),
        pfad(
            ("/pruefen/links", "pruefen_links"),
            "Maßnahmen, deren verknüpfte Fläche es nicht mehr gibt",
            vec![],
        ),
    ]
}

#[derive(Template)]
#[template(path = "import/lauf/templates/importe.html")]
struct ImporteSeite {
    seite: Seite,
    importe: Vec<Kurz>,
}

async fn importe(State(public): State<PgPool>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let importe = store::alle(&mut conn).await?;
    match format {
        Format::Json => Ok(axum::Json(json!({"importe": importe})).into_response()),
        Format::Html => html(&ImporteSeite {
            seite: anfrage.seite(),
            importe,
        }),
    }
}

#[derive(Template)]
#[template(path = "import/lauf/templates/import.html")]
struct ImportSeite {
    seite: Seite,
    lauf: Import,
    /// The layer of the findings, filtered by plan; of the newest version only.
    ebene: Option<String>,
}

async fn einer(State(public): State<PgPool>, Path(id): Path<String>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let lauf = store::einer(&mut conn, &id).await?;
    match format {
        Format::Json => Ok(axum::Json(lauf).into_response()),
        Format::Html => {
            let seite = anfrage.seite();
            let filter = kodiere_parameter([("plan", lauf.kurz.plan.as_str()), ("f", "html")]);
            let ebene = (lauf.kurz.aktuell && !lauf.befunde.is_empty())
                .then(|| format!("{}/collections/import_befunde/items?{filter}", seite.wurzel));
            html(&ImportSeite { seite, lauf, ebene })
        }
    }
}

impl ImportSeite {
    /// Findings that are not on the page.
    fn weitere(&self) -> i64 {
        let k = &self.lauf.kurz;
        (k.fehler + k.warnungen + k.hinweise - HOECHSTENS_BEFUNDE).max(0)
    }

    fn pruefzeilen(&self) -> Vec<(&'static str, String)> {
        let Some(b) = &self.lauf.bericht.bilanz else {
            return Vec::new();
        };
        [
            ("Geltungsbereich", b.gebiet_m2),
            ("Summe der Flächen", b.summe_m2),
            ("Überlappung", b.ueberlappung_m2),
            ("Lücke", b.luecke_m2),
            ("Außerhalb", b.ausserhalb_m2),
            ("Ungültige Flächen", b.ungueltig_m2),
            ("Nicht zugeordnet", b.nicht_zugeordnet_m2),
        ]
        .map(|(name, m2)| (name, hektar(m2, 4)))
        .to_vec()
    }
}

#[derive(Template)]
#[template(path = "import/lauf/templates/links.html")]
struct LinksSeite {
    seite: Seite,
    links: Vec<Link>,
}

async fn links(State(public): State<PgPool>, anfrage: Anfrage) -> Antwort {
    anfrage.parameter.nur(&["f"])?;
    let format = anfrage.format(JSON)?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let links = store::zu_pruefen(&mut conn, None).await?;
    match format {
        Format::Json => Ok(axum::Json(json!({"links": links})).into_response()),
        Format::Html => html(&LinksSeite {
            seite: anfrage.seite(),
            links,
        }),
    }
}
