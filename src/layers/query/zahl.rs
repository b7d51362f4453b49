//! How many features a request has.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection, PgPool, Row};

use super::sql::{Genauigkeit, Sql, aus, bedingungen};
use super::{fehler, fehler_der_anfrage, gemerkt};
use crate::error::Result;
use crate::layers::auswahl::Auswahl;
use crate::layers::sammlung::Sammlung;

/// With a filter it is counted up to here, and no longer than this; a wrong number is worse
/// than none, and a slow one makes each first page slow.
const ZAEHLEN_BIS: i64 = 10_000;
const ZEIT: Duration = Duration::from_millis(500);

/// Exact number of features of a request, however long it takes within the pool's own limit:
/// for who asks for nothing else.
pub async fn zaehle_genau(pool: &PgPool, sammlung: &Sammlung, auswahl: &Auswahl) -> Result<i64> {
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT count(*) FROM {}",
        aus(&sammlung.ebene.relation)
    ));
    bedingungen(&mut sql, sammlung, auswahl, Genauigkeit::Genau)?;
    let zeile = sql.fertig(gemerkt(sammlung, auswahl)).fetch_one(pool).await;
    let zeile = zeile.map_err(|error| fehler_der_anfrage(auswahl, error))?;
    zeile.try_get(0).map_err(fehler)
}

/// Exact number of features of a request, whatever the page. Without a filter always; with one
/// where it is at most [`ZAEHLEN_BIS`] and found within [`ZEIT`].
pub async fn zaehle(
    conn: &mut PgConnection,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
) -> Result<Option<i64>> {
    let mut sql = Sql::default();
    let von = aus(&sammlung.ebene.relation);
    if !auswahl.schraenkt_ein() {
        sql.push(&format!("SELECT count(*) FROM {von}"));
        bedingungen(&mut sql, sammlung, auswahl, Genauigkeit::Genau)?;
        let zeile = sql.fertig(true).fetch_one(conn).await.map_err(fehler)?;
        return zeile.try_get(0).map(Some).map_err(fehler);
    }
    sql.push(&format!("SELECT count(*) FROM (SELECT FROM {von}"));
    bedingungen(&mut sql, sammlung, auswahl, Genauigkeit::Genau)?;
    sql.push(&format!(" LIMIT {}) AS s", ZAEHLEN_BIS + 1));
    let mut tx = conn.begin().await.map_err(fehler)?;
    sqlx::query("SELECT set_config('statement_timeout', $1, true)")
        .bind(format!("{}ms", ZEIT.as_millis()))
        .execute(&mut *tx)
        .await
        .map_err(fehler)?;
    let beginn = Instant::now();
    let gezaehlt = sql
        .fertig(gemerkt(sammlung, auswahl))
        .fetch_one(&mut *tx)
        .await;
    let dauer = beginn.elapsed();
    let zu_lange = |e: &sqlx::Error| {
        let code = e
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        code.is_some_and(|code| abgebrochen(&code, dauer))
    };
    let zeile = match gezaehlt {
        Ok(zeile) => zeile,
        Err(error) => {
            tx.rollback().await.map_err(fehler)?;
            return if zu_lange(&error) {
                Ok(None)
            } else {
                Err(fehler_der_anfrage(auswahl, error))
            };
        }
    };
    let zahl: i64 = zeile.try_get(0).map_err(fehler)?;
    tx.commit().await.map_err(fehler)?;
    Ok((zahl <= ZAEHLEN_BIS).then_some(zahl))
}

/// Whether a count was stopped for its time, by the SQLSTATE it ended with: inside a predicate
/// PostGIS turns the stop into a failure of the predicate.
fn abgebrochen(code: &str, dauer: Duration) -> bool {
    code == "57014" || code == "XX000" && dauer >= ZEIT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_stopped_inside_a_predicate_was_stopped() {
        let kurz = Duration::from_millis(20);
        assert!(abgebrochen("57014", kurz));
        assert!(abgebrochen("XX000", ZEIT));
        assert!(!abgebrochen("XX000", kurz), "a predicate that truly failed");
        assert!(!abgebrochen("22012", ZEIT));
    }
}
