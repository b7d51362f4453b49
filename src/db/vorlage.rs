//! Statements over tables whose name carries a number: the partitions of a Fassung that is
//! loaded, but not attached yet. A table name cannot be bound, so these are templates of
//! ours with names in braces; what may stand for a name is a number, a truth value, a uuid
//! or a word of the source ([`Wert`]), never text from outside.

use std::fmt::Write as _;

#[expect(
    clippy::disallowed_types,
    reason = "numbers, uuids and words of the source are all that enters a statement"
)]
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgRow;
use sqlx::{Executor, FromRow, PgConnection};
use uuid::Uuid;

use crate::error::Result;

/// What may stand for a name in braces.
#[derive(Debug, Clone, Copy)]
pub enum Wert<'a> {
    /// A word of the source: a table, columns.
    Wort(&'static str),
    /// A number.
    Zahl(i64),
    /// A truth value.
    Ja(bool),
    /// A row's number.
    Uuid(Uuid),
    /// Numbers, as `int[]`.
    Liste(&'a [i32]),
}

impl From<i32> for Wert<'_> {
    fn from(zahl: i32) -> Self {
        Self::Zahl(zahl.into())
    }
}

/// Values by name.
#[derive(Debug, Default)]
pub struct Vorlage {
    werte: Vec<(&'static str, String)>,
}

impl Vorlage {
    /// Of one Fassung, named `{neu}`.
    #[must_use]
    pub fn der_fassung(fassung: i32) -> Self {
        let mut vorlage = Self::default();
        vorlage.setze("{neu}", fassung.into());
        vorlage
    }

    /// Sets a name, in braces as it stands in the statements.
    pub fn setze(&mut self, name: &'static str, wert: Wert<'_>) {
        let text = match wert {
            Wert::Wort(wort) => wort.to_owned(),
            Wert::Zahl(zahl) => zahl.to_string(),
            Wert::Ja(ja) => ja.to_string(),
            Wert::Uuid(uuid) => uuid.to_string(),
            Wert::Liste(zahlen) => {
                let mut liste = String::from("'{");
                for (i, zahl) in zahlen.iter().enumerate() {
                    let _ = write!(liste, "{}{zahl}", if i == 0 { "" } else { "," });
                }
                liste + "}'::int[]"
            }
        };
        self.werte.retain(|(n, _)| *n != name);
        self.werte.push((name, text));
    }

    fn text(&self, vorlage: &'static str) -> String {
        self.werte
            .iter()
            .fold(vorlage.to_owned(), |text, (name, wert)| {
                text.replace(name, wert)
            })
    }

    /// Runs one or more statements; the number of rows touched.
    pub async fn fuehre_aus(&self, conn: &mut PgConnection, vorlage: &'static str) -> Result<u64> {
        Ok(conn
            .execute(sqlx::raw_sql(AssertSqlSafe(self.text(vorlage))))
            .await?
            .rows_affected())
    }

    /// Reads rows.
    pub async fn lies<T>(&self, conn: &mut PgConnection, vorlage: &'static str) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(sqlx::query_as(AssertSqlSafe(self.text(vorlage)))
            .persistent(false)
            .fetch_all(conn)
            .await?)
    }

    /// Reads rows; three columns of numbers are bound as `$1` to `$3`.
    pub async fn lies_zu<T>(
        &self,
        conn: &mut PgConnection,
        vorlage: &'static str,
        [a, b, c]: [Vec<f64>; 3],
    ) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(sqlx::query_as(AssertSqlSafe(self.text(vorlage)))
            .bind(a)
            .bind(b)
            .bind(c)
            .persistent(false)
            .fetch_all(conn)
            .await?)
    }

    /// Reads rows; keys are bound as `$1`.
    pub async fn lies_bei<T>(
        &self,
        conn: &mut PgConnection,
        vorlage: &'static str,
        schluessel: &[i64],
    ) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(sqlx::query_as(AssertSqlSafe(self.text(vorlage)))
            .bind(schluessel)
            .persistent(false)
            .fetch_all(conn)
            .await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_numbers_and_words() {
        let mut vorlage = Vorlage::der_fassung(7);
        vorlage.setze("{tabelle}", Wert::Wort("flaeche"));
        vorlage.setze("{frueher}", Wert::Liste(&[1, 2]));
        vorlage.setze("{tabelle}", Wert::Wort("linie"));
        assert_eq!(
            vorlage.text("SELECT FROM fnp.{tabelle}_f{neu} WHERE x = ANY ({frueher})"),
            "SELECT FROM fnp.linie_f7 WHERE x = ANY ('{1,2}'::int[])"
        );
    }
}
