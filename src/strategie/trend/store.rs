//! SQL of trends.

use sqlx::PgConnection;

use super::Trend;
use crate::error::{Error, Result};
use crate::strategie::bezug::Bezug;
use crate::strategie::bezug::store::{self as bezuege, Traeger};

/// All trends by title, or the one of this kennung.
pub async fn liste(conn: &mut PgConnection, kennung: Option<&str>) -> Result<Vec<Trend>> {
    Ok(sqlx::query_as!(
        Trend,
        r#"SELECT t.kennung, t.nummer, t.titel, t.einschaetzung, t.quelle, t.zahlen, k.kennung AS "kennzahl?",
             (SELECT count(*) FROM trend_bezug b WHERE b.trend_id = t.id AND b.art = 'verstaerkt') AS "verstaerkt!", (SELECT count(*) FROM trend_bezug b WHERE b.trend_id = t.id AND b.art = 'erschwert') AS "erschwert!"
           FROM trend t LEFT JOIN kennzahl k ON k.id = t.kennzahl_id WHERE $1::text IS NULL OR t.kennung = $1 ORDER BY t.titel COLLATE "de-x-icu", t.kennung"#,
        kennung
    )
    .fetch_all(conn)
    .await?)
}

/// One trend and what it acts on.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none, or none for this caller.
pub async fn einer(conn: &mut PgConnection, kennung: &str) -> Result<(Trend, Vec<Bezug>)> {
    let trend = liste(conn, Some(kennung)).await?.pop().ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Einen Trend mit der Kennung „{kennung}“ gibt es nicht."
        ))
    })?;
    let id = sqlx::query_scalar!("SELECT id FROM trend WHERE kennung = $1", kennung)
        .fetch_one(&mut *conn)
        .await?;
    let traeger = Traeger {
        trend: Some(id),
        ..Traeger::default()
    };
    Ok((trend, bezuege::gegenstaende(conn, traeger).await?))
}
