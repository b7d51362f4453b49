//! SQL of the accounts themselves.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::akteur::{Rolle, Umfang};
use super::geheimnis;
use super::konto::{Angaben, Eintrag};
use crate::error::{Error, Result};

/// An account as its administrator sees it.
#[derive(Debug, Clone)]
pub struct Konto {
    /// Row.
    pub id: Uuid,
    /// Login name.
    pub login: String,
    /// Display name.
    pub name: String,
    /// Roles.
    pub rollen: Vec<Rolle>,
    /// Kennung of the Akteur.
    pub referat: Option<String>,
    /// Kennung of the Ortsteil.
    pub ortsteil: Option<String>,
    /// Made.
    pub angelegt_am: DateTime<Utc>,
    /// Locked.
    pub gesperrt_seit: Option<DateTime<Utc>>,
    /// Has a password.
    pub kennwort: bool,
    /// Tokens in force.
    pub schluessel: i64,
    /// Day of the last use of a session or token.
    pub zuletzt: Option<NaiveDate>,
}

/// All accounts, by login.
pub async fn liste(pool: &PgPool) -> Result<Vec<Konto>> {
    lies(pool, None).await
}

/// One account by login.
pub async fn eines(pool: &PgPool, login: &str) -> Result<Konto> {
    let login = login.trim().to_lowercase();
    lies(pool, Some(&login)).await?.pop().ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Ein Konto „{login}“ gibt es nicht. Alle Konten zeigt „zielraum user list“."
        ))
    })
}

async fn lies(pool: &PgPool, login: Option<&str>) -> Result<Vec<Konto>> {
    let zeilen = sqlx::query!(
        r#"SELECT k.id, k.login, k.name, k.referat, k.ortsteil, k.angelegt_am, k.gesperrt_seit, k.hash IS NOT NULL AS "kennwort!",
             ARRAY(SELECT rolle FROM auth.konto_rolle r WHERE r.konto_id = k.id) AS "rollen!",
             (SELECT count(*) FROM auth.token t WHERE t.konto_id = k.id AND t.widerrufen_am IS NULL AND t.laeuft_ab > clock_timestamp()) AS "schluessel!",
             (SELECT max(tag) FROM (SELECT t.zuletzt_am FROM auth.token t WHERE t.konto_id = k.id
                UNION ALL SELECT g.zuletzt::date FROM auth.geraet g WHERE g.konto_id = k.id) x (tag)) AS zuletzt
           FROM auth.konto k WHERE $1::text IS NULL OR k.login = $1 ORDER BY k.login"#,
        login
    )
    .fetch_all(pool)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| {
            let mut rollen: Vec<Rolle> = z.rollen.iter().filter_map(|r| Rolle::zu(r)).collect();
            rollen.sort_unstable();
            Konto {
                id: z.id,
                login: z.login,
                name: z.name,
                rollen,
                referat: z.referat,
                ortsteil: z.ortsteil,
                angelegt_am: z.angelegt_am,
                gesperrt_seit: z.gesperrt_seit,
                kennwort: z.kennwort,
                schluessel: z.schluessel,
                zuletzt: z.zuletzt,
            }
        })
        .collect())
}

/// There is an account.
pub async fn gibt_es_konten(pool: &PgPool) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM auth.konto) AS "da!""#)
            .fetch_one(pool)
            .await?,
    )
}

/// Inserts an account with its roles.
pub async fn lege_an(
    conn: &mut PgConnection,
    login: &str,
    name: &str,
    angaben: &Angaben,
    hash: Option<&str>,
) -> Result<()> {
    let id = sqlx::query_scalar!(
        "INSERT INTO auth.konto (login, name, hash) VALUES ($1, $2, $3) RETURNING id",
        login,
        name,
        hash
    )
    .fetch_one(&mut *conn)
    .await?;
    setze_angaben(conn, id, angaben).await
}

/// Replaces roles, Referat, Ortsteil.
pub async fn setze_angaben(conn: &mut PgConnection, konto: Uuid, angaben: &Angaben) -> Result<()> {
    sqlx::query!(
        "UPDATE auth.konto SET referat = $2, ortsteil = $3 WHERE id = $1",
        konto,
        angaben.referat,
        angaben.ortsteil
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM auth.konto_rolle WHERE konto_id = $1", konto)
        .execute(&mut *conn)
        .await?;
    let rollen: Vec<String> = angaben
        .rollen
        .iter()
        .map(|r| r.schluessel().to_owned())
        .collect();
    sqlx::query!(
        "INSERT INTO auth.konto_rolle (konto_id, rolle) SELECT $1, unnest($2::text[])",
        konto,
        &rollen
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Refuses when no administrator would be left who can sign in. Holds the accounts still
/// until commit: two administrators must not remove each other at the same moment.
pub async fn ein_admin_bleibt(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(20350730)")
        .execute(&mut *conn)
        .await?;
    let da = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM auth.konto k JOIN auth.konto_rolle r ON r.konto_id = k.id
           WHERE r.rolle = 'admin' AND k.gesperrt_seit IS NULL) AS "da!""#
    )
    .fetch_one(conn)
    .await?;
    if da {
        return Ok(());
    }
    Err(Error::eingabe(
        "Danach gäbe es niemanden mehr, der Konten verwaltet. Geben Sie zuerst einem anderen Konto die Rolle „admin“.",
    ))
}

/// Locks or unlocks.
pub async fn sperre(conn: &mut PgConnection, konto: Uuid, gesperrt: bool) -> Result<()> {
    sqlx::query!(
        "UPDATE auth.konto SET gesperrt_seit = CASE WHEN $2 THEN coalesce(gesperrt_seit, clock_timestamp()) END WHERE id = $1",
        konto,
        gesperrt
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Inserts a token; stored is its hash.
pub async fn neuer_token(
    conn: &mut PgConnection,
    konto: Uuid,
    token: &str,
    name: &str,
    umfang: &[Umfang],
    tage: i32,
) -> Result<Uuid> {
    let umfang: Vec<String> = umfang.iter().map(|u| u.schluessel().to_owned()).collect();
    Ok(sqlx::query_scalar!(
        "INSERT INTO auth.token (konto_id, hash, anfang, name, umfang, laeuft_ab)
         VALUES ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(days => $6)) RETURNING id",
        konto,
        &geheimnis::hash(token),
        geheimnis::anfang(token),
        name,
        &umfang,
        tage
    )
    .fetch_one(conn)
    .await?)
}

/// Ends a token; false when the account has none such in force.
pub async fn widerrufe(conn: &mut PgConnection, konto: Uuid, token: Uuid) -> Result<bool> {
    let getan = sqlx::query!(
        "UPDATE auth.token SET widerrufen_am = clock_timestamp() WHERE id = $1 AND konto_id = $2 AND widerrufen_am IS NULL",
        token,
        konto
    )
    .execute(conn)
    .await?;
    Ok(getan.rows_affected() == 1)
}

/// Replaces the one-time link.
pub async fn neuer_einmal_link(pool: &PgPool, code: &str) -> Result<()> {
    let mut tx = pool.begin().await?;
    sqlx::query!("DELETE FROM auth.einmal_link")
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "INSERT INTO auth.einmal_link (hash, laeuft_ab) VALUES ($1, clock_timestamp() + interval '24 hours')",
        &geheimnis::hash(code)
    )
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

/// The link is in force: not ended, and there is no account yet.
pub async fn link_gilt(pool: &PgPool, code: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM auth.einmal_link WHERE hash = $1 AND laeuft_ab > clock_timestamp())
             AND NOT EXISTS (SELECT FROM auth.konto) AS "gilt!""#,
        &geheimnis::hash(code)
    )
    .fetch_one(pool)
    .await?)
}

/// Uses up the link; of two at the same moment one waits for the other and finds it gone.
pub async fn loese_ein(conn: &mut PgConnection, code: &str) -> Result<bool> {
    let getan = sqlx::query!(
        "DELETE FROM auth.einmal_link WHERE hash = $1 AND laeuft_ab > clock_timestamp() AND NOT EXISTS (SELECT FROM auth.konto)",
        &geheimnis::hash(code)
    )
    .execute(conn)
    .await?;
    Ok(getan.rows_affected() == 1)
}

/// What a Fachamt may act for.
pub async fn referate(pool: &PgPool) -> Result<Vec<Eintrag>> {
    Ok(sqlx::query_as!(
        Eintrag,
        "SELECT kennung, titel FROM strategie.akteur ORDER BY kennung"
    )
    .fetch_all(pool)
    .await?)
}

/// What an Ortssprecher may act for.
pub async fn ortsteile(pool: &PgPool) -> Result<Vec<Eintrag>> {
    Ok(sqlx::query_as!(
        Eintrag,
        "SELECT kennung, name AS titel FROM gemeinde.ortsteil WHERE id > 0 ORDER BY kennung"
    )
    .fetch_all(pool)
    .await?)
}
