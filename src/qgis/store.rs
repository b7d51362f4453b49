//! Places a project begins with. Extents in EPSG:25832, metres: west, south, east, north.

use sqlx::PgConnection;

use crate::error::{Error, Result};

/// West, south, east, north; EPSG:25832, metres.
pub type Kasten = [f64; 4];

/// A place with its name.
#[derive(Debug, Clone)]
pub struct Ort {
    pub kennung: String,
    pub name: String,
    pub kasten: Kasten,
}

/// The plan versions in force, by number.
pub async fn in_kraft(conn: &mut PgConnection) -> Result<Vec<i32>> {
    Ok(
        sqlx::query_scalar!(r#"SELECT fassung_id AS "id!" FROM fassung_in_kraft ORDER BY 1"#)
            .fetch_all(conn)
            .await?,
    )
}

/// All there is to see of a version, else of all Ortsteile and Gemeinden.
pub async fn kasten(conn: &mut PgConnection, fassung: Option<i32>) -> Result<Option<Kasten>> {
    let werte: Option<Vec<f64>> = sqlx::query_scalar!(
        r#"SELECT CASE WHEN e IS NOT NULL THEN ARRAY[st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)] END
           FROM (SELECT coalesce(
             (SELECT st_extent(geom) FROM fassung WHERE id = $1),
             (SELECT st_extent(geom) FROM flaeche WHERE fassung_id = $1),
             (SELECT st_extent(geom) FROM ortsteil),
             (SELECT st_extent(geom) FROM gemeinde)) AS e) a"#,
        fassung
    )
    .fetch_one(conn)
    .await?;
    Ok(werte.and_then(|werte| werte.try_into().ok()))
}

/// The Ortsteile by name.
pub async fn ortsteile(conn: &mut PgConnection) -> Result<Vec<Ort>> {
    let zeilen = sqlx::query!(
        r#"SELECT kennung, name, ARRAY[st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom)] AS "kasten!: Vec<f64>"
           FROM ortsteil WHERE geom IS NOT NULL ORDER BY name COLLATE "de-x-icu", kennung"#
    )
    .fetch_all(conn)
    .await?;
    let orte = zeilen
        .into_iter()
        .filter_map(|z| ort(z.kennung, z.name, z.kasten));
    Ok(orte.collect())
}

/// The areas of village renewal by name.
pub async fn gebiete(conn: &mut PgConnection) -> Result<Vec<Ort>> {
    let zeilen = sqlx::query!(
        r#"SELECT kennung, name, ARRAY[st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom)] AS "kasten!: Vec<f64>"
           FROM gebiet WHERE geom IS NOT NULL ORDER BY name COLLATE "de-x-icu", kennung"#
    )
    .fetch_all(conn)
    .await?;
    let orte = zeilen
        .into_iter()
        .filter_map(|z| ort(z.kennung, z.name, z.kasten));
    Ok(orte.collect())
}

fn ort(kennung: String, name: String, kasten: Vec<f64>) -> Option<Ort> {
    let kasten = kasten.try_into().ok()?;
    Some(Ort {
        kennung,
        name,
        kasten,
    })
}

/// One of them.
///
/// # Errors
/// [`Error::NichtGefunden`] with those there are.
pub fn gebiet<'a>(gebiete: &'a [Ort], kennung: &str) -> Result<&'a Ort> {
    gebiete
        .iter()
        .find(|g| g.kennung == kennung)
        .ok_or_else(|| {
            let vorhanden: Vec<&str> = gebiete.iter().map(|g| g.kennung.as_str()).collect();
            Error::nicht_gefunden(format!(
                "Ein Gebiet der Dorferneuerung mit der Kennung „{kennung}“ gibt es nicht. {}",
                if vorhanden.is_empty() {
                    "Es ist keines eingetragen.".to_owned()
                } else {
                    format!("Vorhanden: {}.", vorhanden.join(", "))
                }
            ))
        })
}
