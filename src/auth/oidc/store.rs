//! SQL: accounts by issuer and subject.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::error::Result;

/// An account that belongs to a person of a provider.
#[derive(Debug)]
pub(super) struct Fremd {
    pub(super) id: Uuid,
    pub(super) login: String,
    pub(super) gesperrt: bool,
}

pub(super) async fn konto(
    db: impl PgExecutor<'_>,
    issuer: &str,
    subject: &str,
) -> Result<Option<Fremd>> {
    Ok(sqlx::query_as!(
        Fremd,
        r#"SELECT id, login, gesperrt_seit IS NOT NULL AS "gesperrt!" FROM auth.konto WHERE issuer = $1 AND subject = $2"#,
        issuer,
        subject
    )
    .fetch_optional(db)
    .await?)
}

/// One newcomer at a time, until commit: two first sign-ins of one person make one account.
pub(super) async fn halte_an(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(20350731)")
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn login_frei(conn: &mut PgConnection, login: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT NOT EXISTS (SELECT FROM auth.konto WHERE login = $1) AS "frei!""#,
        login
    )
    .fetch_one(conn)
    .await?)
}

pub(super) async fn verbinde(
    conn: &mut PgConnection,
    login: &str,
    issuer: &str,
    subject: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE auth.konto SET issuer = $2, subject = $3 WHERE login = $1",
        login,
        issuer,
        subject
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn nenne(conn: &mut PgConnection, konto: Uuid, name: &str) -> Result<()> {
    sqlx::query!("UPDATE auth.konto SET name = $2 WHERE id = $1", konto, name)
        .execute(conn)
        .await?;
    Ok(())
}
