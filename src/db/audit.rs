//! `audit.beginne`: the first statement of every writing transaction.

use sqlx::{PgPool, Postgres, Transaction};

use crate::error::Result;

/// Opens a writing transaction under an author and a reason; both are sealed at commit.
pub async fn begin(
    pool: &PgPool,
    wer: &str,
    warum: &str,
) -> Result<Transaction<'static, Postgres>> {
    let mut tx = pool.begin().await?;
    sqlx::query_scalar!(r#"SELECT audit.beginne($1, $2) AS "id!""#, wer, warum)
        .fetch_one(&mut *tx)
        .await?;
    Ok(tx)
}

/// The author of a command line: the operating system's account.
#[must_use]
pub fn operator() -> String {
    let uid = nix::unistd::getuid();
    let name = nix::unistd::User::from_uid(uid)
        .ok()
        .flatten()
        .map_or_else(|| uid.to_string(), |user| user.name);
    format!("kommandozeile:{name}")
}
