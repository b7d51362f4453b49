//! SQL of Gemeinde and Ortsteile.

use geo_types::{Geometry, MultiPolygon};
use sqlx::PgConnection;

use crate::db::geom::Geom;
use crate::error::{Error, Result};
use crate::verschneidung::anteil::Gebiet;

/// A Gemeinde or an Ortsteil as delivered.
#[derive(Debug, Clone)]
pub struct Angabe {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// AGS of a Gemeinde, official key of an Ortsteil.
    pub schluessel: Option<String>,
    /// Kind of an Ortsteil (Stadtteil, Dorf …).
    pub typ: Option<String>,
    /// Official area of a Gemeinde in m².
    pub flaeche_amtlich_m2: Option<f64>,
    /// EPSG:25832.
    pub geom: MultiPolygon<f64>,
}

/// The Gemeinde of this AGS, else of this kennung; made without geometry when missing.
pub async fn gemeinde_zu(
    conn: &mut PgConnection,
    ags: Option<&str>,
    kennung: &str,
    name: &str,
) -> Result<i32> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM gemeinde WHERE ags = $1 OR kennung = $2 ORDER BY (ags = $1) DESC NULLS LAST LIMIT 1",
        ags,
        kennung
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(id) = found {
        return Ok(id);
    }
    Ok(sqlx::query_scalar!(
        "INSERT INTO gemeinde (kennung, ags, name) VALUES ($1, $2, $3) RETURNING id",
        kennung,
        ags,
        name
    )
    .fetch_one(conn)
    .await?)
}

/// The only Gemeinde there is, if there is exactly one.
pub async fn einzige_gemeinde(conn: &mut PgConnection) -> Result<Option<i32>> {
    Ok(
        sqlx::query_scalar!(r#"SELECT min(id) AS "id" FROM gemeinde HAVING count(*) = 1"#)
            .fetch_optional(conn)
            .await?
            .flatten(),
    )
}

/// Stores or replaces a Gemeinde; one known by its AGS keeps its kennung.
pub async fn schreibe_gemeinde(conn: &mut PgConnection, angabe: &Angabe) -> Result<()> {
    let id = gemeinde_zu(
        conn,
        angabe.schluessel.as_deref(),
        &angabe.kennung,
        &angabe.name,
    )
    .await?;
    sqlx::query!(
        "UPDATE gemeinde SET name = $2, ags = coalesce($3, ags), flaeche_amtlich_m2 = coalesce($4, flaeche_amtlich_m2), geom = $5 WHERE id = $1",
        id,
        angabe.name,
        angabe.schluessel,
        angabe.flaeche_amtlich_m2,
        Geom::utm32(angabe.geom.clone()) as Geom
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Stores or replaces an Ortsteil.
pub async fn schreibe_ortsteil(conn: &mut PgConnection, angabe: &Angabe) -> Result<()> {
    sqlx::query!(
        "INSERT INTO ortsteil (kennung, name, schluessel, typ, geom) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (kennung) DO UPDATE SET name = excluded.name, schluessel = excluded.schluessel, typ = excluded.typ, geom = excluded.geom",
        angabe.kennung,
        angabe.name,
        angabe.schluessel,
        angabe.typ,
        Geom::utm32(angabe.geom.clone()) as Geom
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives every Ortsteil the Gemeinde it lies in: by area, else the only one there is.
pub async fn ordne_ortsteile_zu(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!(
        "UPDATE ortsteil o SET gemeinde_id = z.gemeinde_id FROM (
           SELECT o.id, coalesce(
             (SELECT g.id FROM gemeinde g, st_area(st_intersection(g.geom, o.geom)) m2
              WHERE g.geom && o.geom AND m2 > 0.5 * o.flaeche_m2 ORDER BY m2 DESC, g.id LIMIT 1),
             (SELECT min(id) FROM gemeinde HAVING count(*) = 1)) AS gemeinde_id FROM ortsteil o) z
         WHERE z.id = o.id AND o.gemeinde_id IS DISTINCT FROM z.gemeinde_id"
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Two Gemeinden of which one covers more than half of the other: name and kennung of each,
/// and the m² they share. Neighbours share slivers only.
pub async fn doppelte_gemeinde(
    conn: &mut PgConnection,
) -> Result<Option<([String; 2], [String; 2], f64)>> {
    let paar = sqlx::query!(
        r#"SELECT a.name AS a_name, a.kennung AS a_kennung, b.name AS b_name, b.kennung AS b_kennung, m2 AS "m2!"
           FROM gemeinde a JOIN gemeinde b ON a.id < b.id AND a.geom && b.geom,
             st_area(st_intersection(a.geom, b.geom)) m2
           WHERE m2 > 0.5 * least(st_area(a.geom), st_area(b.geom))
           ORDER BY m2 DESC, a.id, b.id LIMIT 1"#
    )
    .fetch_optional(conn)
    .await?;
    Ok(paar.map(|z| ([z.a_name, z.a_kennung], [z.b_name, z.b_kennung], z.m2)))
}

/// Ortsteile whose box meets that of the given area (all without one), by id.
pub async fn ortsteile_bei(
    conn: &mut PgConnection,
    gebiet: Option<&MultiPolygon<f64>>,
) -> Result<Vec<Gebiet>> {
    let gebiet = gebiet.map(|area| Geom::utm32(area.clone()));
    sqlx::query!(
        r#"SELECT id, geom AS "geom!: Geom" FROM ortsteil WHERE $1::geometry IS NULL OR geom && $1 ORDER BY id"#,
        gebiet as Option<Geom>
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|row| Ok(Gebiet { id: row.id, geom: multipolygon(row.geom)? }))
    .collect()
}

/// The MultiPolygon of a column declared so.
pub fn multipolygon(geom: Geom) -> Result<MultiPolygon<f64>> {
    match geom.geometry {
        Geometry::MultiPolygon(area) => Ok(area),
        Geometry::Polygon(area) => Ok(MultiPolygon(vec![area])),
        other => Err(Error::intern(format!(
            "MultiPolygon expected, got {other:?}"
        ))),
    }
}

/// Id and name of an Ortsteil.
pub async fn ortsteil(conn: &mut PgConnection, kennung: &str) -> Result<(i32, String)> {
    sqlx::query!("SELECT id, name FROM ortsteil WHERE kennung = $1", kennung)
        .fetch_optional(conn)
        .await?
        .map(|row| (row.id, row.name))
        .ok_or_else(|| {
            Error::nicht_gefunden(format!(
                "Einen Ortsteil mit der Kennung „{kennung}“ gibt es nicht."
            ))
        })
}
