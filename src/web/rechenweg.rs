//! `/dorferneuerung/{kennung}/flaechen`: the areas behind a land-use figure of a
//! village-renewal area.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use crate::dorferneuerung::inhalt;
use crate::dorferneuerung::routes::adresse_flaechen;
use crate::error::{Error, Result};
use crate::fnp::plan::{self, Fassung};
use crate::http::extract::Anfrage;
use crate::http::negotiate::{Format, JSON};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

/// One area with its part inside.
#[derive(Debug, Clone, Serialize)]
pub struct Flaeche {
    /// Kennung.
    pub kennung: String,
    /// Key of its land use.
    pub nutzung: String,
    /// Name of its land use.
    pub name: String,
    /// bestand, planung, entfaellt, `ohne_angabe`.
    pub rechtsstand: String,
    /// m² of the whole area.
    pub flaeche_m2: f64,
    /// m² inside.
    pub m2: f64,
    /// Of the area, 0..1.
    pub anteil: f64,
}

async fn flaechen(
    conn: &mut PgConnection,
    gebiet: &str,
    fassung: i32,
    nutzung: Option<&str>,
) -> Result<Vec<Flaeche>> {
    Ok(
        sqlx::query_file_as!(Flaeche, "src/web/rechenweg.sql", gebiet, fassung, nutzung)
            .fetch_all(conn)
            .await?,
    )
}

#[derive(Template)]
#[template(path = "web/templates/rechenweg.html")]
struct RechenwegSeite {
    seite: Seite,
    kennung: String,
    gebiet: String,
    nutzung: String,
    plan: Fassung,
    flaechen: Vec<Flaeche>,
    summe_m2: f64,
    json: String,
}

/// Handler of the route.
///
/// # Errors
/// 404 for an unknown area or plan, 400 for an unknown land use and where several plans could be meant.
pub async fn seite(
    State(public): State<PgPool>,
    Path(kennung): Path<String>,
    anfrage: Anfrage,
) -> std::result::Result<Response, Problem> {
    anfrage.parameter.nur(&["plan", "nutzung", "f"])?;
    let format = anfrage.format(JSON)?;
    let plan = anfrage.parameter.gesetzt("plan")?;
    let nutzung = anfrage.parameter.gesetzt("nutzung")?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let gebiet = inhalt::kurz(&mut conn, &kennung).await?;
    let titel = match nutzung {
        Some(schluessel) => crate::fnp::store::nutzung(&mut conn, schluessel).await?,
        None => "alle Nutzungen".to_owned(),
    };
    let plan = plan::waehle(&mut conn, plan).await?;
    let flaechen = flaechen(&mut conn, &kennung, plan.id, nutzung).await?;
    let summe_m2 = flaechen.iter().map(|f| f.m2).sum();
    if format == Format::Json {
        let doc = json!({"gebiet": kennung, "plan": plan, "nutzung": nutzung, "flaechen": flaechen, "summe_m2": summe_m2});
        return Ok(axum::Json(doc).into_response());
    }
    let seite = anfrage.seite();
    html(&RechenwegSeite {
        json: adresse_flaechen(
            &seite.wurzel,
            &kennung,
            &plan.angabe(),
            nutzung.unwrap_or_default(),
            "json",
        ),
        gebiet: gebiet.name,
        kennung,
        nutzung: titel,
        plan,
        flaechen,
        summe_m2,
        seite,
    })
}
