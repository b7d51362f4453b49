//! The statements of the comparison. Numbers of versions stand in table names, which cannot be
//! bound: the only values put into a text here are our own numbers, a uuid and words of this module.

use std::fmt::Write as _;

#[expect(
    clippy::disallowed_types,
    reason = "tables of a version that is not attached yet: only our numbers, a uuid and words of this module enter a statement"
)]
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgRow;
use sqlx::{Executor, FromRow, PgConnection};
use uuid::Uuid;

use crate::error::Result;

/// What stands for the names in braces.
#[derive(Debug)]
pub(super) struct Frage {
    werte: Vec<(&'static str, String)>,
}

impl Frage {
    pub(super) fn neu(plan: Uuid, neu: i32, alt: i32, frueher: impl Iterator<Item = i32>) -> Self {
        let mut liste = String::new();
        for id in frueher {
            let komma = if liste.is_empty() { "" } else { "," };
            let _ = write!(liste, "{komma}{id}");
        }
        Self {
            werte: vec![
                ("{plan}", plan.to_string()),
                ("{neu}", neu.to_string()),
                ("{alt}", alt.to_string()),
                ("{frueher}", format!("'{{{liste}}}'::int[]")),
            ],
        }
    }

    /// A further name; `wert` is a word of ours.
    pub(super) fn setze(&mut self, name: &'static str, wert: &(impl ToString + ?Sized)) {
        self.werte.retain(|(n, _)| *n != name);
        self.werte.push((name, wert.to_string()));
    }

    fn text(&self, vorlage: &str) -> String {
        self.werte
            .iter()
            .fold(vorlage.to_owned(), |text, (name, wert)| {
                text.replace(name, wert)
            })
    }

    /// Runs one or more statements; the number of rows touched.
    pub(super) async fn fuehre_aus(&self, conn: &mut PgConnection, vorlage: &str) -> Result<u64> {
        let text = self.text(vorlage);
        tracing::debug!(anweisung = vorlage.lines().next(), "abgleich");
        Ok(conn
            .execute(sqlx::raw_sql(AssertSqlSafe(text)))
            .await?
            .rows_affected())
    }

    /// Reads rows.
    pub(super) async fn lies<T>(&self, conn: &mut PgConnection, vorlage: &str) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(sqlx::query_as(AssertSqlSafe(self.text(vorlage)))
            .persistent(false)
            .fetch_all(conn)
            .await?)
    }
}

/// Old and new name of those objects that are called otherwise now; nothing without a comparison.
pub(super) async fn umbenannt(
    conn: &mut PgConnection,
    namen: &[String],
) -> Result<Vec<(String, String)>> {
    let verglichen: bool =
        sqlx::query_scalar("SELECT to_regclass('pg_temp.abgleich_kennung') IS NOT NULL")
            .persistent(false)
            .fetch_one(&mut *conn)
            .await?;
    if !verglichen || namen.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(
        "SELECT vorgabe, kennung FROM abgleich_kennung WHERE vorgabe = ANY ($1) AND kennung <> vorgabe",
    )
    .bind(namen)
    .persistent(false)
    .fetch_all(conn)
    .await?)
}
