//! `/hier` for a point, Flurstück, Ortsteil (GET) or polygon (POST); `POST /bilanz` for the
//! balance of a polygon.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use super::ausgabe;
use super::auskunft::{self, Auskunft};
use super::ort::Angabe;
use crate::db::geom::Geom;
use crate::error::{Error, Result};
use crate::fnp::gebietsbilanz;
use crate::fnp::plan;
use crate::http::datei::{csv, geojson};
use crate::http::extract::Anfrage;
use crate::http::negotiate::Ausgabe;
use crate::http::openapi::{Pfad, text_parameter};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::massnahme::MassnahmeKurz;
use crate::strategie::{sicht, suchraum};

const AUSGABEN: &[Ausgabe] = &[Ausgabe::Json, Ausgabe::Geojson, Ausgabe::Csv, Ausgabe::Html];

/// Routes over the public pool.
pub fn router(public: PgPool) -> Router {
    let grenze = || DefaultBodyLimit::max(suchraum::BYTES_MAX);
    Router::new()
        .route("/hier", get(hier).merge(post(hier_polygon).layer(grenze())))
        .route("/bilanz", post(bilanz).layer(grenze()))
        .with_state(public)
}

/// For `/api`.
#[must_use]
pub fn pfade() -> Vec<Pfad> {
    vec![Pfad::neu(
        "Ansichten",
        ("/hier", "hier"),
        "Was gilt hier? Pläne, Fachdaten, Ziele, Maßnahmen und Beschlüsse eines Orts; ein Polygon nimmt POST /hier, seine Flächenbilanz POST /bilanz, beide als GeoJSON oder WKT",
        AUSGABEN,
        vec![
            text_parameter(
                "punkt",
                "Länge,Breite (10.88,48.05) oder Ost,Nord in EPSG:25832",
            ),
            text_parameter("flurstueck", "Flurstückskennzeichen"),
            text_parameter("ortsteil", "Ortsteil (Kennung oder Name)"),
            text_parameter(
                "abstand",
                "Umkreis in Metern für Maßnahmen um einen Punkt; ohne Angabe 20",
            ),
            text_parameter(
                "plan",
                "Nur dieser Plan, auch KENNUNG@FASSUNG; ohne Angabe alle",
            ),
            sicht::parameter(),
        ],
    )]
}

#[derive(Template)]
#[template(path = "hier/templates/hier.html")]
struct HierSeite {
    seite: Seite,
    a: Auskunft,
    json: Option<String>,
}

#[expect(clippy::ref_option, reason = "askama passes references")]
impl HierSeite {
    fn groesse(&self, m2: &Option<f64>) -> String {
        ausgabe::groesse(*m2)
    }
    fn zahl(&self, m2: &f64) -> String {
        crate::fnp::zahl::dezimal(*m2, 2)
    }
    fn lage(&self, massnahme: &MassnahmeKurz) -> String {
        crate::strategie::ausgabe::lage_text(massnahme)
    }
    fn teile(&self) -> [(&'static str, &[MassnahmeKurz]); 2] {
        [
            ("Hier", self.a.massnahmen.as_slice()),
            ("Für die gesamte Stadt", self.a.gesamtstadt.as_slice()),
        ]
    }
}

async fn hier(State(public): State<PgPool>, anfrage: Anfrage) -> Result<Response, Problem> {
    anfrage.parameter.nur(&[
        "punkt",
        "flurstueck",
        "ortsteil",
        "abstand",
        "plan",
        "stichtag",
        "f",
    ])?;
    let wert = |name: &str| -> Result<Option<String>, Problem> {
        Ok(anfrage.parameter.gesetzt(name)?.map(str::to_owned))
    };
    let angabe = Angabe {
        punkt: wert("punkt")?,
        flurstueck: wert("flurstueck")?,
        ortsteil: wert("ortsteil")?,
        abstand: wert("abstand")?,
        polygon: None,
    };
    let (mut tx, _) = sicht::oeffne(&public, &anfrage).await?;
    antworte(
        &mut tx,
        &anfrage,
        angabe,
        Some(anfrage.adresse(Ausgabe::Json)),
    )
    .await
}

async fn hier_polygon(
    State(public): State<PgPool>,
    anfrage: Anfrage,
    text: String,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["plan", "stichtag", "f"])?;
    let (mut tx, _) = sicht::oeffne(&public, &anfrage).await?;
    let angabe = Angabe {
        polygon: Some(suchraum::lies(&mut tx, &text).await?),
        ..Angabe::default()
    };
    antworte(&mut tx, &anfrage, angabe, None).await
}

async fn antworte(
    conn: &mut PgConnection,
    anfrage: &Anfrage,
    angabe: Angabe,
    json: Option<String>,
) -> Result<Response, Problem> {
    let als = anfrage.ausgabe(AUSGABEN)?;
    let a = auskunft::lies(conn, angabe, anfrage.parameter.gesetzt("plan")?).await?;
    match als {
        Ausgabe::Csv => Ok(csv(ausgabe::als_csv(&a), "hier")),
        Ausgabe::Geojson => {
            let form = form(conn, &a).await?;
            Ok(geojson(&ausgabe::feature(&a, &form)?))
        }
        Ausgabe::Html => html(&HierSeite {
            seite: anfrage.seite(),
            a,
            json,
        }),
        Ausgabe::Json | Ausgabe::Xlsx => Ok(axum::Json(a).into_response()),
    }
}

/// The place in longitude and latitude.
pub async fn form(conn: &mut PgConnection, a: &Auskunft) -> Result<Value> {
    Ok(sqlx::query_scalar!(
        r#"SELECT st_asgeojson(st_forcepolygonccw(st_transform($1::geometry, 4326)), 7)::jsonb AS "geom!""#,
        Geom::utm32(a.ort.form.clone()) as Geom
    )
    .fetch_one(conn)
    .await?)
}

async fn bilanz(
    State(public): State<PgPool>,
    anfrage: Anfrage,
    text: String,
) -> Result<Response, Problem> {
    anfrage.parameter.nur(&["plan", "f"])?;
    // It has no page, so Accept has no say.
    let als = Ausgabe::von(
        anfrage.parameter.einzig("f")?,
        &[Ausgabe::Json, Ausgabe::Csv],
    )?;
    let mut conn = public.acquire().await.map_err(Error::from)?;
    let polygon = geo_types::Geometry::from(suchraum::lies(&mut conn, &text).await?);
    let plaene = match anfrage.parameter.gesetzt("plan")? {
        Some(plan) => vec![plan::waehle(&mut conn, Some(plan)).await?],
        None => plan::alle(&mut conn).await?,
    };
    let mut bilanzen = Vec::with_capacity(plaene.len());
    for plan in &plaene {
        bilanzen.push(gebietsbilanz::rechne(&mut conn, plan, &polygon).await?);
    }
    if als == Some(Ausgabe::Csv) {
        return Ok(csv(gebietsbilanz::csv(&bilanzen), "bilanz"));
    }
    Ok(axum::Json(json!({
        "gebiet_m2": bilanzen.first().and_then(|b| b.summen).map(|s| s.gebiet_m2),
        "crs": "http://www.opengis.net/def/crs/EPSG/0/25832",
        "plaene": bilanzen,
    }))
    .into_response())
}
