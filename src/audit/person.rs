//! What is known of one person (Art. 15 DSGVO), its erasure (Art. 17) and the end of its time.
//!
//! A person is an account (by login) or a contact of an Akteur (by its kennung). Personal
//! columns carry the tag `[personenbezogen]` in their COMMENT; neither history nor audit has
//! them, so blanking them breaks no seal. The login of an author stays in the audit: who
//! decided what is an official record (Art. 17 Abs. 3 lit. b DSGVO).

use serde_json::Value;
use sqlx::PgPool;

use crate::db::audit;
use crate::error::Result;

/// Everything about one person.
///
/// # Errors
/// [`crate::error::Error::Eingabe`] when nobody is called so.
pub async fn export(pool: &PgPool, wer: &str) -> Result<Value> {
    Ok(sqlx::query_scalar("SELECT audit.person($1)")
        .bind(wer)
        .fetch_one(pool)
        .await?)
}

/// Blanks everything about one person and locks the account; returns the rows it touched. A
/// row of the audit proves it.
///
/// # Errors
/// [`crate::error::Error::Eingabe`] when nobody is called so.
pub async fn loesche(pool: &PgPool, wer: &str, durch: &str, warum: &str) -> Result<i64> {
    let mut tx = audit::begin(pool, durch, warum).await?;
    let zeilen = sqlx::query_scalar("SELECT audit.person_loeschen($1)")
        .bind(wer)
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(zeilen)
}

/// Blanks personal fields whose day (`loeschen_am`) has come; returns the rows. Writes nothing
/// when there are none.
///
/// # Errors
/// Of the database.
pub async fn loesche_abgelaufene(pool: &PgPool) -> Result<i64> {
    let faellig: i64 = sqlx::query_scalar("SELECT audit.abgelaufene_personenfelder(true)")
        .fetch_one(pool)
        .await?;
    if faellig == 0 {
        return Ok(0);
    }
    let mut tx = audit::begin(pool, "zielraum", "Löschfrist abgelaufen").await?;
    let zeilen = sqlx::query_scalar("SELECT audit.abgelaufene_personenfelder(false)")
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(zeilen)
}
