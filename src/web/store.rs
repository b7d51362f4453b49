//! SQL of the pages. Names no schema: the connection decides the world.

use serde::Serialize;
use sqlx::PgConnection;

use crate::db::geom::Geom;
use crate::error::{Error, Result};
use crate::fachdaten::store::{Betroffen, betroffen};
use crate::strategie::massnahme::Code;

/// Areas a map loads one by one at most: some 5 MB.
const EINZELN_HOECHSTENS: i64 = 5_000;

/// West, south, east, north in degrees.
pub type Grenzen = Vec<f64>;

/// A land use as map and tables show it.
#[derive(Debug, Clone, Serialize)]
pub struct Klasse {
    /// Key of `fnp.nutzung`.
    pub schluessel: String,
    /// Name.
    pub name: String,
    /// `#RRGGBB`.
    pub farbe: String,
}

/// An Ortsteil as its page names it.
#[derive(Debug, Clone, Serialize)]
pub struct Ortsteil {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Official key.
    pub schluessel: Option<String>,
    /// Kind (Stadtteil, Dorf …).
    pub typ: Option<String>,
    /// Name of its Gemeinde.
    pub gemeinde: Option<String>,
    /// m², EPSG:25832.
    pub flaeche_m2: f64,
    /// Longitude and latitude.
    #[serde(skip)]
    pub grenzen: Grenzen,
}

/// Land uses in the order of the code table: those that occur in a version, or all.
pub async fn klassen(conn: &mut PgConnection, fassung: Option<i32>) -> Result<Vec<Klasse>> {
    Ok(sqlx::query_as!(
        Klasse,
        "SELECT n.schluessel, n.name, n.farbe FROM nutzung n
         WHERE $1::int IS NULL OR EXISTS (SELECT FROM flaeche f WHERE f.fassung_id = $1 AND f.nutzung = n.schluessel)
         ORDER BY n.reihenfolge",
        fassung
    )
    .fetch_all(conn)
    .await?)
}

/// Traffic lights in their order.
pub async fn ampeln(conn: &mut PgConnection) -> Result<Vec<Code>> {
    Ok(sqlx::query_as!(
        Code,
        "SELECT schluessel, titel, symbol, farbe FROM ampel ORDER BY reihenfolge"
    )
    .fetch_all(conn)
    .await?)
}

/// Where the areas of a version and the Ortsteile lie; None when there are none.
pub async fn grenzen(conn: &mut PgConnection, fassung: Option<i32>) -> Result<Option<Grenzen>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT CASE WHEN e IS NOT NULL THEN ARRAY[st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)] END AS "grenzen: Grenzen"
           FROM (SELECT st_transform(st_setsrid(st_extent(geom)::geometry, 25832), 4326) AS e
             FROM (SELECT geom FROM flaeche WHERE fassung_id = $1 UNION ALL SELECT geom FROM ortsteil) a) b"#,
        fassung
    )
    .fetch_one(conn)
    .await?)
}

/// Where a village-renewal area lies.
pub async fn grenzen_des_gebiets(conn: &mut PgConnection, kennung: &str) -> Result<Grenzen> {
    Ok(sqlx::query_scalar!(
        r#"SELECT ARRAY[st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)] AS "grenzen!: Grenzen"
           FROM (SELECT st_transform(geom, 4326) AS e FROM gebiet WHERE kennung = $1) g"#,
        kennung
    )
    .fetch_one(conn)
    .await?)
}

/// All Ortsteile by name; or the one of this kennung.
pub async fn ortsteile(conn: &mut PgConnection, kennung: Option<&str>) -> Result<Vec<Ortsteil>> {
    Ok(sqlx::query_as!(
        Ortsteil,
        r#"SELECT o.kennung, o.name, o.schluessel, o.typ, g.name AS "gemeinde?", o.flaeche_m2 AS "flaeche_m2!",
             ARRAY[st_xmin(o.grad), st_ymin(o.grad), st_xmax(o.grad), st_ymax(o.grad)] AS "grenzen!: Grenzen"
           FROM (SELECT *, st_transform(geom, 4326) AS grad FROM ortsteil WHERE $1::text IS NULL OR kennung = $1) o
           LEFT JOIN gemeinde g ON g.id = o.gemeinde_id
           ORDER BY o.name COLLATE "de-x-icu", o.kennung"#,
        kennung
    )
    .fetch_all(conn)
    .await?)
}

/// One Ortsteil.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none of this kennung.
pub async fn ortsteil(conn: &mut PgConnection, kennung: &str) -> Result<Ortsteil> {
    ortsteile(conn, Some(kennung)).await?.pop().ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Einen Ortsteil mit der Kennung „{kennung}“ gibt es nicht."
        ))
    })
}

/// What of the Fachdaten lies in an Ortsteil, by kind.
pub async fn gilt_im_ortsteil(conn: &mut PgConnection, kennung: &str) -> Result<Vec<Betroffen>> {
    let form = sqlx::query_scalar!(
        r#"SELECT geom AS "geom!: Geom" FROM ortsteil WHERE kennung = $1"#,
        kennung
    )
    .fetch_one(&mut *conn)
    .await?;
    betroffen(conn, &form.geometry).await
}

/// A version has more areas than a map should load one by one.
pub async fn viele_flaechen(conn: &mut PgConnection, fassung: i32) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) > $2::bigint AS "viele!" FROM (SELECT FROM flaeche WHERE fassung_id = $1 LIMIT $2::bigint + 1) f"#,
        fassung,
        EINZELN_HOECHSTENS
    )
    .fetch_one(conn)
    .await?)
}

/// There are parcels.
pub async fn hat_flurstuecke(conn: &mut PgConnection) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM flurstueck) AS "da!""#)
            .fetch_one(conn)
            .await?,
    )
}
