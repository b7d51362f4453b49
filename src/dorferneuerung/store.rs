//! SQL of the village-renewal areas.

use geo_types::MultiPolygon;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::geom::Geom;
use crate::error::Result;

/// An area as delivered, links and codes already checked.
#[derive(Debug, Clone)]
pub struct Angabe {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// `gemeinde.ortsteil.id`.
    pub ortsteil_id: Option<i32>,
    /// Key of `gebiet_typ`.
    pub typ: String,
    /// Key of `gebiet_stand`.
    pub stand: String,
    /// Responsible body.
    pub traeger: Option<String>,
    /// EPSG:25832.
    pub geom: MultiPolygon<f64>,
}

/// Stores or replaces an area; returns its id. An unchanged one stays untouched, a changed
/// one is a draft again until it is published.
pub async fn schreibe(conn: &mut PgConnection, angabe: &Angabe) -> Result<Uuid> {
    sqlx::query!(
        "INSERT INTO gebiet AS g (id, kennung, name, ortsteil_id, typ, stand, traeger, geom) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (kennung) DO UPDATE SET name = excluded.name, ortsteil_id = excluded.ortsteil_id, typ = excluded.typ, stand = excluded.stand,
           traeger = excluded.traeger, geom = excluded.geom, veroeffentlichung = 'entwurf'
         WHERE (g.name, g.ortsteil_id, g.typ, g.stand, g.traeger, g.geom)
           IS DISTINCT FROM (excluded.name, excluded.ortsteil_id, excluded.typ, excluded.stand, excluded.traeger, excluded.geom)",
        Uuid::now_v7(),
        angabe.kennung,
        angabe.name,
        angabe.ortsteil_id,
        angabe.typ,
        angabe.stand,
        angabe.traeger,
        Geom::utm32(angabe.geom.clone()) as Geom
    )
    .execute(&mut *conn)
    .await?;
    Ok(
        sqlx::query_scalar!("SELECT id FROM gebiet WHERE kennung = $1", angabe.kennung)
            .fetch_one(conn)
            .await?,
    )
}

/// Keys and titles of kind and state, as `(typ, key, title)` and `(stand, key, title)`.
pub async fn codes(conn: &mut PgConnection) -> Result<Vec<(String, String, String)>> {
    Ok(sqlx::query!(
        r#"SELECT 'typ' AS "liste!", schluessel AS "schluessel!", titel AS "titel!", reihenfolge AS "reihenfolge!" FROM gebiet_typ
           UNION ALL SELECT 'stand', schluessel, titel, reihenfolge FROM gebiet_stand ORDER BY 1, 4"#
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|row| (row.liste, row.schluessel, row.titel))
    .collect())
}

/// The Ortsteil an area lies in with most of its area.
pub async fn ortsteil_von(
    conn: &mut PgConnection,
    geom: &MultiPolygon<f64>,
) -> Result<Option<i32>> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM ortsteil WHERE geom && $1 AND st_intersects(geom, $1) ORDER BY st_area(st_intersection(geom, $1)) DESC, id LIMIT 1",
        Geom::utm32(geom.clone()) as Geom
    )
    .fetch_optional(conn)
    .await?)
}

/// Publishes areas.
pub async fn veroeffentliche(conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    sqlx::query!("SELECT freigabe.veroeffentliche('gebiet', $1)", ids)
        .execute(conn)
        .await?;
    Ok(())
}
