//! SQL of the exports. Names no schema: the connection decides the world.

use std::collections::{HashMap, HashSet};

use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::{Map, Value};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::db::geom::Geom;
use crate::error::{Error, Result};

/// One object of a Fassung.
#[derive(Debug)]
pub struct Zeile {
    /// Kennung, unique in the Fassung.
    pub kennung: String,
    /// Key of `fnp.nutzung`.
    pub nutzung: String,
    /// XPlanung class.
    pub klasse: String,
    /// Version its codes are of; empty or none: made here.
    pub xplan_version: Option<String>,
    /// gml:id of the delivery.
    pub gml_id: Option<String>,
    /// Codes by attribute.
    pub codes: Json<Map<String, Value>>,
    /// Code space of free codes.
    pub codespace: Option<String>,
    /// bestand, planung, entfaellt, `ohne_angabe`.
    pub rechtsstand: String,
    /// 0: ground.
    pub ebene: i16,
    /// As delivered.
    pub flaechenschluss: bool,
    /// Label.
    pub name: Option<String>,
    /// Text.
    pub text: Option<String>,
    /// EPSG:25832, easting and northing in metres.
    pub geom: Geom,
}

/// The tables an object can stand in, in the order of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tabelle {
    /// Areas of the Flächenschluss.
    Flaeche,
    /// Other areas.
    Ueberlagerung,
    /// Lines.
    Linie,
    /// Points.
    Punkt,
}

impl Tabelle {
    /// All of them.
    pub const ALLE: [Self; 4] = [Self::Flaeche, Self::Ueberlagerung, Self::Linie, Self::Punkt];
}

/// The plan and one version of it.
#[derive(Debug)]
pub struct Kopf {
    /// Kennung of the plan.
    pub kennung: String,
    /// Its name.
    pub name: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Code of `FP_PlanArt`.
    pub plan_art: Option<String>,
    /// Code of `FP_Verfahren`.
    pub verfahren: Option<String>,
    /// Code of `FP_Rechtsstand`.
    pub rechtsstand_code: Option<String>,
    /// wirksam, entwurf, frueher.
    pub stand: String,
    /// First day in force, of this version.
    pub wirksam_ab: Option<chrono::NaiveDate>,
    /// When it was read in.
    pub eingelesen_am: chrono::DateTime<chrono::Utc>,
    /// Geltungsbereich.
    pub geom: Option<Geom>,
}

/// A reading transaction of one moment.
///
/// # Errors
/// The database's.
pub async fn augenblick(pool: &PgPool) -> Result<Transaction<'static, Postgres>> {
    Ok(pool
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?)
}

/// Plan and version.
///
/// # Errors
/// The database's.
pub async fn kopf(conn: &mut PgConnection, fassung: i32) -> Result<Kopf> {
    Ok(sqlx::query_as!(
        Kopf,
        r#"SELECT p.kennung, p.name, p.nummer, p.plan_art, p.verfahren, p.rechtsstand_code, p.stand,
             lower(f.gueltig) AS wirksam_ab, f.eingelesen_am, f.geom AS "geom: Geom"
           FROM fassung f JOIN plan p ON p.id = f.plan_id WHERE f.id = $1"#,
        fassung
    )
    .fetch_one(conn)
    .await?)
}

/// Name and AGS of the Gemeinden of a plan, its first one first.
///
/// # Errors
/// The database's.
pub async fn gemeinden(
    conn: &mut PgConnection,
    plan: &str,
) -> Result<Vec<(String, Option<String>)>> {
    Ok(sqlx::query!(
        r#"SELECT g.name, g.ags FROM plan p JOIN gemeinde g
             ON g.id = p.gemeinde_id OR g.id IN (SELECT pg.gemeinde_id FROM plan_gemeinde pg WHERE pg.plan_id = p.id)
           WHERE p.kennung = $1 ORDER BY g.id IS DISTINCT FROM p.gemeinde_id, g.kennung"#,
        plan
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|row| (row.name, row.ags))
    .collect())
}

/// HILUCS class by Nutzung.
///
/// # Errors
/// The database's.
pub async fn hilucs(conn: &mut PgConnection) -> Result<HashMap<String, String>> {
    Ok(sqlx::query!(
        r#"SELECT schluessel, hilucs AS "hilucs!" FROM nutzung WHERE hilucs IS NOT NULL"#
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|row| (row.schluessel, row.hilucs))
    .collect())
}

/// West, south, east, north of all objects and the Geltungsbereich, EPSG:25832, metres.
///
/// # Errors
/// The database's.
pub async fn ausdehnung(conn: &mut PgConnection, fassung: i32) -> Result<Option<[f64; 4]>> {
    let kasten = sqlx::query!(
        "SELECT st_xmin(k) AS x0, st_ymin(k) AS y0, st_xmax(k) AS x1, st_ymax(k) AS y1 FROM (
           SELECT st_extent(e) AS k FROM (
             SELECT st_extent(geom)::geometry FROM flaeche WHERE fassung_id = $1
             UNION ALL SELECT st_extent(geom)::geometry FROM ueberlagerung WHERE fassung_id = $1
             UNION ALL SELECT st_extent(geom)::geometry FROM linie WHERE fassung_id = $1
             UNION ALL SELECT st_extent(geom)::geometry FROM punkt WHERE fassung_id = $1
             UNION ALL SELECT st_extent(geom)::geometry FROM fassung WHERE id = $1) AS t(e)) AS a",
        fassung
    )
    .fetch_one(conn)
    .await?;
    Ok(match (kasten.x0, kasten.y0, kasten.x1, kasten.y1) {
        (Some(x0), Some(y0), Some(x1), Some(y1)) => Some([x0, y0, x1, y1]),
        _ => None,
    })
}

/// gml:ids that more than one object has.
///
/// # Errors
/// The database's.
pub async fn doppelte_ids(conn: &mut PgConnection, fassung: i32) -> Result<HashSet<String>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT gml_id AS "gml_id!" FROM (
             SELECT gml_id FROM flaeche WHERE fassung_id = $1
             UNION ALL SELECT gml_id FROM ueberlagerung WHERE fassung_id = $1
             UNION ALL SELECT gml_id FROM linie WHERE fassung_id = $1
             UNION ALL SELECT gml_id FROM punkt WHERE fassung_id = $1) t
           WHERE gml_id IS NOT NULL GROUP BY gml_id HAVING count(*) > 1"#,
        fassung
    )
    .fetch(conn)
    .try_collect()
    .await?)
}

/// Kennung and gml:id of all objects in the order of [`objekte`].
pub fn kennungen(
    conn: &mut PgConnection,
    fassung: i32,
    tabelle: Tabelle,
) -> BoxStream<'_, Result<(String, Option<String>)>> {
    macro_rules! aus {
        ($sql:literal) => {
            sqlx::query!($sql, fassung)
                .fetch(conn)
                .map(|row| row.map(|row| (row.kennung, row.gml_id)))
                .map_err(Error::from)
                .boxed()
        };
    }
    match tabelle {
        Tabelle::Flaeche => {
            aus!("SELECT kennung, gml_id FROM flaeche WHERE fassung_id = $1 ORDER BY ordnung")
        }
        Tabelle::Ueberlagerung => {
            aus!("SELECT kennung, gml_id FROM ueberlagerung WHERE fassung_id = $1 ORDER BY ordnung")
        }
        Tabelle::Linie => {
            aus!("SELECT kennung, gml_id FROM linie WHERE fassung_id = $1 ORDER BY ordnung")
        }
        Tabelle::Punkt => {
            aus!("SELECT kennung, gml_id FROM punkt WHERE fassung_id = $1 ORDER BY ordnung")
        }
    }
}

/// The objects of one table along their `ordnung`.
pub fn objekte(
    conn: &mut PgConnection,
    fassung: i32,
    tabelle: Tabelle,
) -> BoxStream<'_, Result<Zeile>> {
    macro_rules! aus {
        ($sql:literal) => {
            sqlx::query_as!(Zeile, $sql, fassung)
                .fetch(conn)
                .map_err(Error::from)
                .boxed()
        };
    }
    match tabelle {
        Tabelle::Flaeche => aus!(
            r#"SELECT kennung, nutzung, klasse, xplan_version, gml_id, codes AS "codes: _", codespace, rechtsstand, ebene, flaechenschluss, name, text, geom AS "geom: Geom"
               FROM flaeche WHERE fassung_id = $1 ORDER BY ordnung"#
        ),
        Tabelle::Ueberlagerung => aus!(
            r#"SELECT kennung, nutzung, klasse, xplan_version, gml_id, codes AS "codes: _", codespace, rechtsstand, ebene, flaechenschluss, name, text, geom AS "geom: Geom"
               FROM ueberlagerung WHERE fassung_id = $1 ORDER BY ordnung"#
        ),
        Tabelle::Linie => aus!(
            r#"SELECT kennung, nutzung, klasse, xplan_version, gml_id, codes AS "codes: _", codespace, rechtsstand, ebene, flaechenschluss, name, text, geom AS "geom: Geom"
               FROM linie WHERE fassung_id = $1 ORDER BY ordnung"#
        ),
        Tabelle::Punkt => aus!(
            r#"SELECT kennung, nutzung, klasse, xplan_version, gml_id, codes AS "codes: _", codespace, rechtsstand, ebene, flaechenschluss, name, text, geom AS "geom: Geom"
               FROM punkt WHERE fassung_id = $1 ORDER BY ordnung"#
        ),
    }
}
