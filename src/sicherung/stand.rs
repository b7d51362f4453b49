//! What stands in a database: the facts a manifest holds and a restore compares.

use std::collections::BTreeMap;

use sqlx::{Connection as _, Executor as _, PgConnection};

use super::manifest::{Kopf, Migration, Rolle};
use crate::error::{Error, Result};

/// Whether this database has our schema.
pub(super) async fn ist_zielraum(conn: &mut PgConnection) -> Result<bool> {
    Ok(
        sqlx::query_scalar("SELECT to_regclass('audit.kopf') IS NOT NULL AND to_regclass('public._sqlx_migrations') IS NOT NULL")
            .fetch_one(conn)
            .await?,
    )
}

/// Rows of every table but those that belong to an extension.
pub(super) async fn tabellen(conn: &mut PgConnection) -> Result<BTreeMap<String, i64>> {
    let mut tx = conn.begin().await?; // the result lies in a setting of the transaction
    tx.execute(include_str!("zaehlen.sql")).await?;
    let text: String = sqlx::query_scalar("SELECT current_setting('zielraum.zaehlung')")
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(serde_json::from_str(&text)?)
}

/// Head of the audit chain.
pub(super) async fn kopf(conn: &mut PgConnection) -> Result<Kopf> {
    let (lfd, hash) = sqlx::query_as("SELECT lfd, encode(hash, 'hex') FROM audit.kopf")
        .fetch_one(conn)
        .await?;
    Ok(Kopf { lfd, hash })
}

/// Migrations the database has.
pub(super) async fn migrationen(conn: &mut PgConnection) -> Result<Vec<Migration>> {
    let zeilen: Vec<(i64, String)> = sqlx::query_as(
        "SELECT version, encode(checksum, 'hex') FROM public._sqlx_migrations WHERE success ORDER BY version",
    )
    .fetch_all(conn)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|(version, pruefsumme)| Migration {
            version,
            pruefsumme,
        })
        .collect())
}

/// Fingerprint of the views, as the migrations left it.
pub(super) async fn sichten(conn: &mut PgConnection) -> Result<Option<String>> {
    let da: bool = sqlx::query_scalar("SELECT to_regclass('public._zielraum_sichten') IS NOT NULL")
        .fetch_one(&mut *conn)
        .await?;
    if !da {
        return Ok(None);
    }
    Ok(
        sqlx::query_scalar("SELECT fingerprint FROM public._zielraum_sichten")
            .fetch_optional(conn)
            .await?,
    )
}

/// Roles this database depends on, and ours.
pub(super) async fn rollen(conn: &mut PgConnection) -> Result<Vec<Rolle>> {
    let zeilen: Vec<(String, bool, Vec<String>)> = sqlx::query_as(
        "SELECT r.rolname::text, r.rolcanlogin, coalesce((SELECT array_agg(o.rolname::text ORDER BY o.rolname) FROM pg_auth_members m
           JOIN pg_roles o ON o.oid = m.roleid WHERE m.member = r.oid AND o.rolname ~ '^zielraum_'), '{}')
         FROM pg_roles r WHERE r.rolname !~ '^pg_' AND (r.rolname ~ '^zielraum_' OR EXISTS (SELECT FROM pg_shdepend d
           WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid
             AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())))
         ORDER BY 1",
    )
    .fetch_all(conn)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|(name, anmeldung, mitglied_von)| Rolle {
            name,
            anmeldung,
            mitglied_von,
        })
        .collect())
}

/// Refuses a database that is no database of ours.
pub(super) async fn verlange_zielraum(conn: &mut PgConnection, name: &str) -> Result<()> {
    if ist_zielraum(conn).await? {
        return Ok(());
    }
    Err(Error::nicht_gefunden(format!(
        "Die Datenbank „{name}“ ist keine von Zielraum: sie hat dessen Tabellen nicht. Bitte --data oder DATABASE_URL prüfen."
    )))
}
