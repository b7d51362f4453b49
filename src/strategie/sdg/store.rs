//! SQL of the SDG view.

use sqlx::PgConnection;

use super::Sdg;
use crate::error::{Error, Result};
use crate::strategie::bezug::Bezug;
use crate::strategie::bezug::store::{self as bezuege, Traeger};
use crate::strategie::geld::{self, Summe};

/// All SDG, or the one of this number.
pub async fn liste(conn: &mut PgConnection, nummer: Option<i32>) -> Result<Vec<Sdg>> {
    let zeilen = sqlx::query!(
        r#"SELECT s.nummer, s.titel, s.farbe, count(DISTINCT b.ziel_id) AS "ziele!", count(DISTINCT b.kennzahl_id) AS "kennzahlen!"
           FROM sdg s LEFT JOIN sdg_bezug b ON b.sdg = s.nummer WHERE $1::int IS NULL OR s.nummer = $1 GROUP BY s.nummer ORDER BY s.nummer"#,
        nummer
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut alle = Vec::new();
    for z in zeilen {
        let massnahmen = massnahmen(conn, z.nummer).await?;
        let geld = if massnahmen.is_empty() {
            Summe::default()
        } else {
            geld::store::summe(conn, &massnahmen).await?
        };
        alle.push(Sdg {
            nummer: z.nummer,
            titel: z.titel,
            farbe: z.farbe,
            ziele: z.ziele,
            massnahmen: geld.massnahmen,
            kennzahlen: z.kennzahlen,
            geld,
        });
    }
    Ok(alle)
}

/// Measures of an SDG: linked themselves, or furthering a linked goal.
pub async fn massnahmen(conn: &mut PgConnection, nummer: i32) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT m.kennung FROM massnahme m WHERE m.id IN (SELECT massnahme_id FROM sdg_bezug WHERE sdg = $1)
           OR m.id IN (SELECT zm.massnahme_id FROM sdg_bezug b JOIN ziel_massnahme_ganz zm ON zm.ziel_id = b.ziel_id WHERE b.sdg = $1 AND zm.beitrag > 0) ORDER BY 1",
        nummer
    )
    .fetch_all(conn)
    .await?)
}

/// One SDG and what is linked with it.
///
/// # Errors
/// [`Error::NichtGefunden`] for a number that is none.
pub async fn eines(conn: &mut PgConnection, nummer: &str) -> Result<(Sdg, Vec<Bezug>)> {
    let keines = || {
        Error::nicht_gefunden(format!(
            "Ein Nachhaltigkeitsziel „{nummer}“ gibt es nicht; sie sind von 1 bis 17 gezählt."
        ))
    };
    let zahl: i32 = nummer.parse().map_err(|_| keines())?;
    let sdg = liste(conn, Some(zahl)).await?.pop().ok_or_else(keines)?;
    let traeger = Traeger {
        sdg: Some(zahl),
        ..Traeger::default()
    };
    Ok((sdg, bezuege::gegenstaende(conn, traeger).await?))
}
