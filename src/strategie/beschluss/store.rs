//! SQL of decisions.

use sqlx::PgConnection;

use super::Beschluss;
use crate::error::{Error, Result};
use crate::strategie::bezug::Bezug;
use crate::strategie::bezug::store::{self as bezuege, Traeger};

/// All decisions, the newest first, or the one of this kennung.
pub async fn liste(conn: &mut PgConnection, kennung: Option<&str>) -> Result<Vec<Beschluss>> {
    Ok(sqlx::query_as!(
        Beschluss,
        r#"SELECT b.kennung, b.nummer, b.titel, b.gremium, b.datum, b.drucksache, b.top, b.ergebnis, b.url, (SELECT count(*) FROM beschluss_bezug x WHERE x.beschluss_id = b.id) AS "gegenstaende!"
           FROM beschluss b WHERE $1::text IS NULL OR b.kennung = $1 ORDER BY b.datum DESC, b.kennung"#,
        kennung
    )
    .fetch_all(conn)
    .await?)
}

/// One decision and what it is about.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none, or none for this caller.
pub async fn einer(conn: &mut PgConnection, kennung: &str) -> Result<(Beschluss, Vec<Bezug>)> {
    let beschluss = liste(conn, Some(kennung)).await?.pop().ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Einen Beschluss mit der Kennung „{kennung}“ gibt es nicht."
        ))
    })?;
    let id = sqlx::query_scalar!("SELECT id FROM beschluss WHERE kennung = $1", kennung)
        .fetch_one(&mut *conn)
        .await?;
    let traeger = Traeger {
        beschluss: Some(id),
        ..Traeger::default()
    };
    Ok((beschluss, bezuege::gegenstaende(conn, traeger).await?))
}
