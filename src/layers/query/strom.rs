//! All rows of a request, whatever their number: one reading transaction with a cursor, so
//! that a file shows one moment, no statement runs long and memory holds a few hundred rows.

use futures_util::TryStreamExt as _;
use sqlx::{PgPool, Row};
use tokio::sync::mpsc::Sender;

use super::sql::Stelle;
use super::{Zeile, fehler, phasen, seiten_sql};
use crate::error::Result;
use crate::layers::auswahl::Auswahl;
use crate::layers::crs::Wandler;
use crate::layers::sammlung::Sammlung;

/// Rows fetched at once.
const STUECK: usize = 500;
/// PostgreSQL's largest LIMIT: none.
const ALLE: usize = 9_223_372_036_854_775_807;

/// What the reader of [`strom`] gets.
#[derive(Debug)]
pub enum Botschaft {
    /// The next rows, in the order of the pages.
    Zeilen(Vec<Zeile>),
    /// All rows were sent; without it the stream broke off.
    Ende,
}

/// How the coordinates of the rows are to be read.
#[must_use]
pub fn wandler(sammlung: &Sammlung, auswahl: &Auswahl) -> Wandler {
    let ebene = &sammlung.ebene;
    super::spalten_sql(
        ebene,
        auswahl.spalten(ebene),
        auswahl.geometrie,
        auswahl.crs,
    )
    .1
}

/// Sends every row to `wohin`, which holds it up when it is full; ends early without an error
/// when nobody listens any more.
pub async fn strom(
    pool: &PgPool,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    wohin: &Sender<Botschaft>,
) -> Result<()> {
    let mut tx = pool
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await
        .map_err(fehler)?;
    for phase in phasen(sammlung, auswahl) {
        let (mut sql, _) = seiten_sql(sammlung, auswahl, &Stelle::neu(phase, auswahl, ALLE))?;
        sql.vorweg("DECLARE zielraum_strom NO SCROLL CURSOR FOR ");
        sql.fertig(false).execute(&mut *tx).await.map_err(fehler)?;
        loop {
            let mut stueck = Vec::with_capacity(STUECK);
            {
                // Not kept: the next cursor of this name has other columns.
                let holen = sqlx::query("FETCH 500 FROM zielraum_strom").persistent(false);
                let mut zeilen = holen.fetch(&mut *tx);
                while let Some(zeile) = zeilen.try_next().await.map_err(fehler)? {
                    stueck.push(Zeile(zeile));
                }
            }
            let letztes = stueck.len() < STUECK;
            if !stueck.is_empty() && wohin.send(Botschaft::Zeilen(stueck)).await.is_err() {
                return Ok(());
            }
            if letztes {
                break;
            }
        }
        sqlx::query("CLOSE zielraum_strom")
            .execute(&mut *tx)
            .await
            .map_err(fehler)?;
    }
    tx.rollback().await.map_err(fehler)?;
    let _ = wohin.send(Botschaft::Ende).await;
    Ok(())
}

/// Counter over everything published: it moves with every change of the public world.
/// None where the reader has none.
pub async fn weltstand(pool: &PgPool) -> Result<Option<String>> {
    let zeile =
        sqlx::query("SELECT sum(zaehler)::text || '.' || (now() AT TIME ZONE 'Europe/Berlin')::date FROM oeffentlich.stand")
            .fetch_one(pool)
            .await
            .map_err(fehler)?;
    zeile.try_get(0).map_err(fehler)
}
