//! What a server must offer before we work with it; asked at every start-up, also of
//! a server named by `DATABASE_URL`.

use sqlx::PgConnection;

use super::cluster::Durability;
use crate::error::{Error, Result};

/// Oldest major of PostgreSQL.
pub(super) const OLDEST_POSTGRESQL: u32 = 15;
/// Oldest PostGIS, major and minor.
pub(super) const OLDEST_POSTGIS: (u32, u32) = (3, 3);

/// Refuses a server that is too old, has no PostGIS or could lose what it has committed.
/// With [`Durability::Tests`] the last is not asked.
///
/// # Errors
/// [`Error::Umgebung`] with what is wrong and what to do; [`Error::Intern`] when the
/// server does not answer.
pub async fn check_server(conn: &mut PgConnection, durability: Durability) -> Result<()> {
    let number: i32 = sqlx::query_scalar("select current_setting('server_version_num')::int")
        .fetch_one(&mut *conn)
        .await
        .map_err(Error::intern)?;
    check_postgresql(number)?;

    let postgis: Option<(Option<String>, Option<String>)> = sqlx::query_as(
        "select installed_version, default_version from pg_available_extensions where name = 'postgis'",
    )
    .fetch_optional(&mut *conn)
    .await
    .map_err(Error::intern)?;
    let (installed, offered) = postgis.unwrap_or_default();
    check_postgis(installed.as_deref(), offered.as_deref())?;

    if durability == Durability::Full {
        let off: Vec<String> = sqlx::query_scalar(
            "select name from pg_settings
             where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'
             order by name",
        )
        .fetch_all(conn)
        .await
        .map_err(Error::intern)?;
        check_durability(&off)?;
    }
    Ok(())
}

/// Major and minor of a PostGIS version such as `3.3.2` or `3.6.0dev`.
pub(super) fn postgis_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?;
    let end = minor
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(minor.len());
    Some((major, minor[..end].parse().ok()?))
}

fn check_postgresql(number: i32) -> Result<()> {
    let major = u32::try_from(number / 10_000).unwrap_or_default();
    if major >= OLDEST_POSTGRESQL {
        return Ok(());
    }
    Err(Error::umgebung(format!(
        "Der Datenbankserver ist PostgreSQL {major}; gebraucht wird mindestens Version {OLDEST_POSTGRESQL}. \
         Bitte den Server aktualisieren oder mit DATABASE_URL einen neueren nennen."
    )))
}

fn check_postgis(installed: Option<&str>, offered: Option<&str>) -> Result<()> {
    let (major, minor) = OLDEST_POSTGIS;
    let Some(version) = installed.or(offered) else {
        return Err(Error::umgebung(format!(
            "Auf dem Datenbankserver fehlt PostGIS (gebraucht wird mindestens {major}.{minor}). Bitte das Paket \
             installieren (Debian, Ubuntu: apt install postgresql-NN-postgis-3, NN ist die Version des Servers)."
        )));
    };
    let new_enough = |text: &str| postgis_version(text).is_some_and(|v| v >= OLDEST_POSTGIS);
    if new_enough(version) {
        return Ok(());
    }
    let what_to_do = if offered.is_some_and(new_enough) {
        "Der Server hat eine neuere; bitte in der Datenbank „SELECT postgis_extensions_upgrade();“ ausführen."
    } else {
        "Bitte das Paket auf dem Server aktualisieren."
    };
    Err(Error::umgebung(format!(
        "PostGIS {version} ist zu alt; gebraucht wird mindestens {major}.{minor}. {what_to_do}"
    )))
}

fn check_durability(off: &[String]) -> Result<()> {
    if off.is_empty() {
        return Ok(());
    }
    Err(Error::umgebung(format!(
        "Auf dem Datenbankserver ist ausgeschaltet: {}. So kann ein Absturz bestätigte Daten kosten. \
         Bitte einschalten (ALTER SYSTEM SET … = on; SELECT pg_reload_conf();) und neu starten.",
        off.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(answer: Result<()>) -> String {
        answer.expect_err("must be refused").to_string()
    }

    #[test]
    fn old_servers_are_refused_by_name() {
        assert!(check_postgresql(150_018).is_ok());
        assert!(refusal(check_postgresql(140_022)).contains("PostgreSQL 14;"));
    }

    #[test]
    fn postgis_is_asked_installed_first_then_offered() {
        assert!(check_postgis(None, Some("3.3.2")).is_ok());
        assert!(check_postgis(Some("3.10.0dev"), Some("3.10.0dev")).is_ok());
        assert!(refusal(check_postgis(None, None)).contains("fehlt PostGIS"));
        assert!(refusal(check_postgis(None, Some("3.2.9"))).contains("Paket auf dem Server"));
        assert!(
            refusal(check_postgis(Some("2.5.5"), Some("3.4.0")))
                .contains("postgis_extensions_upgrade")
        );
        assert!(check_postgis(Some("?"), None).is_err());
    }

    #[test]
    fn settings_that_lose_data_are_named() {
        assert!(check_durability(&[]).is_ok());
        let text = refusal(check_durability(&[
            "fsync".into(),
            "full_page_writes".into(),
        ]));
        assert!(text.contains("fsync, full_page_writes"), "{text}");
    }
}
