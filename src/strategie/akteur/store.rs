//! SQL of offices and bodies.

use sqlx::PgConnection;

use super::Akteur;
use crate::error::{Error, Result};
use crate::strategie::bezug::Bezug;
use crate::strategie::bezug::store::{self as bezuege, Traeger};

/// All offices and bodies by title, or the one of this kennung.
pub async fn liste(conn: &mut PgConnection, kennung: Option<&str>) -> Result<Vec<Akteur>> {
    Ok(sqlx::query_as!(
        Akteur,
        r#"SELECT a.kennung, a.nummer, a.titel, t.titel AS art, a.anschrift, o.kennung AS "uebergeordnet?", o.titel AS "uebergeordnet_titel?",
             (SELECT count(*) FROM zustaendigkeit z WHERE z.akteur_id = a.id AND z.rolle = 'federfuehrend') AS "federfuehrend!", (SELECT count(*) FROM zustaendigkeit z WHERE z.akteur_id = a.id AND z.rolle <> 'federfuehrend') AS "beteiligt!"
           FROM akteur a JOIN akteur_art t ON t.schluessel = a.art LEFT JOIN akteur o ON o.id = a.uebergeordnet_id
           WHERE $1::text IS NULL OR a.kennung = $1 ORDER BY t.reihenfolge, a.titel COLLATE "de-x-icu", a.kennung"#,
        kennung
    )
    .fetch_all(conn)
    .await?)
}

/// One office and what it is responsible for.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none.
pub async fn einer(conn: &mut PgConnection, kennung: &str) -> Result<(Akteur, Vec<Bezug>)> {
    let akteur = liste(conn, Some(kennung)).await?.pop().ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Eine Stelle mit der Kennung „{kennung}“ gibt es nicht."
        ))
    })?;
    let id = sqlx::query_scalar!("SELECT id FROM akteur WHERE kennung = $1", kennung)
        .fetch_one(&mut *conn)
        .await?;
    let traeger = Traeger {
        akteur: Some(id),
        ..Traeger::default()
    };
    Ok((akteur, bezuege::gegenstaende(conn, traeger).await?))
}
