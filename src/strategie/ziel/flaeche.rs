//! The profile of an area of a plan: goals it serves or strains, measures on it, Ortsteile,
//! and what other plans say at its place.

use serde::Serialize;
use sqlx::PgConnection;

use super::FlaecheZiele;
use crate::error::Result;
use crate::strategie::store;

/// Part of the area in an Ortsteil.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImOrtsteil {
    /// Kennung of the Ortsteil; None for what lies in none.
    pub ortsteil: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// m², EPSG:25832.
    pub m2: f64,
    /// Of the area, 0..1.
    pub anteil: f64,
}

/// What another plan says at the place of the area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AndererPlan {
    /// Kennung of the plan.
    pub plan: String,
    /// Name of the plan.
    pub plan_name: String,
    /// wirksam, entwurf, frueher.
    pub stand: String,
    /// Version.
    pub fassung: i32,
    /// Kennung of its area.
    pub flaeche: String,
    /// Key of its land use.
    pub nutzung: String,
    /// Title of it.
    pub name: String,
    /// Its colour.
    pub farbe: String,
    /// m² in common.
    pub m2: f64,
    /// Of our area, 0..1.
    pub anteil: f64,
}

/// The document.
#[derive(Debug, Clone, Serialize)]
pub struct Flaechenprofil {
    /// Goals and measures of the area.
    #[serde(flatten)]
    pub ziele: FlaecheZiele,
    /// Legal state.
    pub rechtsstand: String,
    /// Colour of its land use.
    pub farbe: String,
    /// Sum of effect × weight of the goals; above 0 it serves more than it strains.
    pub zielbilanz: Option<f64>,
    /// Day the plan was read in.
    pub stand: chrono::DateTime<chrono::Utc>,
    /// Ortsteile it lies in.
    pub ortsteile: Vec<ImOrtsteil>,
    /// What the newest version of every other plan says here.
    pub andere_plaene: Vec<AndererPlan>,
}

/// Reads the profile of an area by the plan of `KENNUNG[@FASSUNG]` or the one in force.
///
/// # Errors
/// [`crate::error::Error::NichtGefunden`] for an unknown plan or area.
pub async fn lies(
    conn: &mut PgConnection,
    plan: Option<&str>,
    kennung: &str,
) -> Result<Flaechenprofil> {
    let ziele = store::flaeche_ziele(conn, plan, kennung).await?;
    let f = sqlx::query!(
        r#"SELECT f.ordnung, f.rechtsstand, n.farbe, z.zielbilanz AS "zielbilanz?" FROM flaeche f JOIN nutzung n ON n.schluessel = f.nutzung LEFT JOIN nutzung_ziele z ON z.nutzung = f.nutzung
           WHERE f.fassung_id = $1 AND f.kennung = $2"#,
        ziele.plan.id,
        kennung
    )
    .fetch_one(&mut *conn)
    .await?;
    let ortsteile = sqlx::query_as!(
        ImOrtsteil,
        r#"SELECT o.kennung AS "ortsteil?", o.name AS "name?", a.m2 AS "m2!", a.m2 / greatest($3::double precision, 1e-9) AS "anteil!"
           FROM anteil a LEFT JOIN ortsteil o ON o.id = a.ortsteil_id WHERE a.fassung_id = $1 AND a.ordnung = $2 ORDER BY a.m2 DESC, o.kennung"#,
        ziele.plan.id,
        f.ordnung,
        ziele.flaeche_m2
    )
    .fetch_all(&mut *conn)
    .await?;
    let andere_plaene = sqlx::query_file_as!(
        AndererPlan,
        "src/strategie/ziel/andere_plaene.sql",
        ziele.plan.id,
        f.ordnung
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(Flaechenprofil {
        rechtsstand: f.rechtsstand,
        farbe: f.farbe,
        zielbilanz: f.zielbilanz,
        stand: ziele.plan.eingelesen_am,
        ortsteile,
        andere_plaene,
        ziele,
    })
}
