//! Undo: a new change that puts the rows of an old one back.

use std::collections::HashSet;

use futures_util::future::BoxFuture;
use sqlx::{PgConnection, PgPool};

use crate::auth::Akteur;
use crate::db::audit;
use crate::error::{Error, Result};

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Zurueckgenommen {
    /// The change that was undone.
    pub lfd: i64,
    /// Rows put back, taken away or brought back.
    pub zeilen: i32,
}

/// Takes back the change `lfd` in one transaction under author and reason. What was put back is
/// a draft; the public sees nothing of it before the next release.
///
/// # Errors
/// [`Error::Eingabe`] when there is no such change, it is an import or a publication, a later
/// change touched the same rows or hung others on them (the sentence names it), or rules of
/// the domain forbid the state before.
pub async fn nimm_zurueck(
    pool: &PgPool,
    lfd: i64,
    wer: &str,
    warum: &str,
) -> Result<Zurueckgenommen> {
    if warum.trim().is_empty() {
        return Err(Error::aufruf(
            "Bitte sagen, warum die Änderung zurückgenommen wird.",
        ));
    }
    let mut tx = audit::begin(pool, wer, warum).await?;
    let getan = im_vorgang(&mut tx, lfd).await?;
    tx.commit().await?;
    Ok(getan)
}

/// The same inside a running change of [`audit::begin`].
///
/// # Errors
/// As [`nimm_zurueck`].
pub async fn im_vorgang(conn: &mut PgConnection, lfd: i64) -> Result<Zurueckgenommen> {
    let zeilen = sqlx::query_scalar("SELECT audit.nimm_zurueck($1)")
        .bind(lfd)
        .fetch_one(conn)
        .await?;
    Ok(Zurueckgenommen { lfd, zeilen })
}

/// Who may take back which change; the rules of editing stand above this module.
pub trait Pruefer: std::fmt::Debug + Send + Sync {
    /// Of these changes those the actor may take back.
    ///
    /// # Errors
    /// Of the database.
    fn erlaubte<'a>(
        &'a self,
        akteur: &'a Akteur,
        nummern: &'a [i64],
    ) -> BoxFuture<'a, Result<HashSet<i64>>>;
}
