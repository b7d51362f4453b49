//! What lies on one parcel: areas of every plan, Ortsteil, Fachdaten, measures.
//! Names no schema: the connection decides the world.

use serde::Serialize;
use sqlx::PgConnection;

use super::store::Grenzen;
use crate::db::geom::Geom;
use crate::error::{Error, Result};
use crate::fachdaten::store::{Betroffen, betroffen};
use crate::fnp::plan::{self, Fassung};
use crate::gemeinde;
use crate::gemeinde::flurstueck::Kennzeichen;
use crate::gemeinde::flurstueck_store::{self, FlurstueckKurz};
use crate::strategie::massnahme::{Frage, MassnahmeKurz};
use crate::strategie::store::massnahmen;

/// One area of a plan on the parcel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Teil {
    /// Kennung of the area.
    pub kennung: String,
    /// Key of its land use.
    pub nutzung: String,
    /// Name of its land use.
    pub name: String,
    /// `#RRGGBB`.
    pub farbe: String,
    /// bestand, planung …
    pub rechtsstand: String,
    /// The whole area, m².
    pub ganz_m2: f64,
    /// Its part on the parcel, m² in EPSG:25832.
    pub m2: f64,
    /// That part of the parcel, 0..1.
    pub anteil: f64,
}

/// One plan on the parcel: `summe_m2` + `rest_m2` − `ueberlappung_m2` is the area of the parcel.
#[derive(Debug, Clone, Serialize)]
pub struct Planteil {
    /// Plan and version.
    #[serde(flatten)]
    pub plan: Fassung,
    /// Areas, largest part first.
    pub flaechen: Vec<Teil>,
    /// Sum of the parts, m².
    pub summe_m2: f64,
    /// Part of the parcel without an area of the plan, m².
    pub rest_m2: f64,
    /// That rest of the parcel, 0..1.
    pub rest_anteil: f64,
    /// Counted twice in the sum because areas of the plan overlap, m².
    pub ueberlappung_m2: f64,
}

/// An Ortsteil the parcel lies in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ortsteilteil {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// m² of the parcel in it.
    pub m2: f64,
}

/// A parcel and what lies on it.
#[derive(Debug, Clone, Serialize)]
pub struct Flurstueck {
    /// The parcel.
    #[serde(flatten)]
    pub kurz: FlurstueckKurz,
    /// Ortsteile, largest part first.
    pub ortsteile: Vec<Ortsteilteil>,
    /// Plans.
    pub plaene: Vec<Planteil>,
    /// Fachdaten by kind.
    pub fachdaten: Vec<Betroffen>,
    /// Measures whose place meets it.
    pub massnahmen: Vec<MassnahmeKurz>,
    /// Longitude and latitude.
    #[serde(skip)]
    pub grenzen: Grenzen,
}

/// The parcel of this Kennzeichen, in any written form, with all plans or the one named.
///
/// # Errors
/// [`Error::NichtGefunden`] for an unknown parcel or plan.
pub async fn lies(
    conn: &mut PgConnection,
    kennzeichen: &str,
    plan: Option<&str>,
) -> Result<Flurstueck> {
    let kennzeichen =
        Kennzeichen::lies(kennzeichen).map_or_else(|| kennzeichen.to_owned(), |k| k.to_string());
    let kurz = flurstueck_store::eines(conn, &kennzeichen).await?.ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Ein Flurstück mit dem Kennzeichen „{kennzeichen}“ gibt es nicht. Suchen lässt sich unter /flurstuecke?nummer=1234/5."
        ))
    })?;
    let form = sqlx::query!(
        r#"SELECT geom AS "geom!: Geom", ARRAY[st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)] AS "grenzen!: Grenzen"
           FROM (SELECT geom, st_transform(geom, 4326) AS e FROM flurstueck WHERE kennzeichen = $1) f"#,
        kennzeichen
    )
    .fetch_one(&mut *conn)
    .await?;
    let ortsteile = sqlx::query_as!(
        Ortsteilteil,
        r#"SELECT o.kennung, o.name, st_area(st_intersection(o.geom, f.geom)) AS "m2!" FROM flurstueck f JOIN ortsteil o ON o.geom && f.geom
           WHERE f.kennzeichen = $1 AND st_area(st_intersection(o.geom, f.geom)) > 0.01 ORDER BY 3 DESC, 1"#,
        kennzeichen
    )
    .fetch_all(&mut *conn)
    .await?;
    let fassungen = match plan {
        Some(_) => vec![plan::waehle(conn, plan).await?],
        None => plan::alle(conn).await?,
    };
    let mut plaene = Vec::with_capacity(fassungen.len());
    for fassung in fassungen {
        plaene.push(planteil(conn, &kurz, fassung).await?);
    }
    let fachdaten = betroffen(conn, &form.geom.geometry).await?;
    let frage = Frage {
        polygon: Some(gemeinde::store::multipolygon(form.geom)?),
        ..Frage::default()
    };
    Ok(Flurstueck {
        ortsteile,
        plaene,
        fachdaten,
        massnahmen: massnahmen(conn, &frage).await?.massnahmen,
        grenzen: form.grenzen,
        kurz,
    })
}

async fn planteil(
    conn: &mut PgConnection,
    kurz: &FlurstueckKurz,
    plan: Fassung,
) -> Result<Planteil> {
    let flaechen = sqlx::query_file_as!(Teil, "src/web/flurstueck.sql", kurz.kennzeichen, plan.id)
        .fetch_all(&mut *conn)
        .await?;
    let bedeckt: f64 =
        sqlx::query_file_scalar!("src/web/flurstueck_rest.sql", kurz.kennzeichen, plan.id)
            .fetch_one(conn)
            .await?;
    let summe_m2 = flaechen.iter().fold(0.0, |summe, teil| summe + teil.m2);
    // Below a square centimetre it is the arithmetic, not the plan.
    let ohne_staub = |m2: f64| if m2.abs() < 1e-4 { 0.0 } else { m2.max(0.0) };
    let rest_m2 = ohne_staub(kurz.flaeche_m2 - bedeckt);
    Ok(Planteil {
        plan,
        rest_m2,
        rest_anteil: rest_m2 / kurz.flaeche_m2,
        ueberlappung_m2: ohne_staub(summe_m2 - bedeckt),
        flaechen,
        summe_m2,
    })
}
