//! SQL of accounts, sessions, tokens, tries. Schema `auth`, role `zielraum_auth`.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::akteur::{Akteur, Angemeldet, Herkunft, Rolle, Umfang};
use super::geheimnis;
use super::regel::{Aktion, Objekt, Objektart, Zustand, darf};
use crate::error::Result;

/// A session ends after this many minutes without a request …
pub const RUHE_MINUTEN: i32 = 60;
/// … and after this many hours in any case.
pub const DAUER_STUNDEN: i32 = 12;

/// What sign-in compares with.
#[derive(Debug)]
pub struct Kennwort {
    /// Account.
    pub id: Uuid,
    /// PHC string.
    pub hash: Option<String>,
}

/// The account of a login name; none when it is locked.
pub async fn kennwort(pool: &PgPool, login: &str) -> Result<Option<Kennwort>> {
    Ok(sqlx::query_as!(
        Kennwort,
        "SELECT id, hash FROM auth.konto WHERE login = $1 AND gesperrt_seit IS NULL",
        login
    )
    .fetch_optional(pool)
    .await?)
}

/// The account of a session that has not ended; its idle time begins anew.
pub async fn zu_sitzung(pool: &PgPool, nummer: &str) -> Result<Option<Angemeldet>> {
    let hash = geheimnis::hash(nummer);
    let zeile = sqlx::query!(
        r#"SELECT k.id, k.login, k.name, k.referat, k.ortsteil, s.begonnen + make_interval(hours => $3) AS "endet!",
             s.zuletzt < clock_timestamp() - interval '1 minute' AS "alt!",
             ARRAY(SELECT rolle FROM auth.konto_rolle r WHERE r.konto_id = k.id) AS "rollen!"
           FROM auth.sitzung s JOIN auth.konto k ON k.id = s.konto_id
           WHERE s.hash = $1 AND k.gesperrt_seit IS NULL
             AND s.zuletzt > clock_timestamp() - make_interval(mins => $2) AND s.begonnen > clock_timestamp() - make_interval(hours => $3)"#,
        &hash,
        RUHE_MINUTEN,
        DAUER_STUNDEN
    )
    .fetch_optional(pool)
    .await?;
    let Some(zeile) = zeile else { return Ok(None) };
    if zeile.alt {
        sqlx::query!(
            "UPDATE auth.sitzung SET zuletzt = clock_timestamp() WHERE hash = $1",
            &hash
        )
        .execute(pool)
        .await?;
    }
    Ok(Some(Angemeldet {
        id: zeile.id,
        login: zeile.login,
        name: zeile.name,
        rollen: rollen(&zeile.rollen),
        referat: zeile.referat,
        ortsteil: zeile.ortsteil,
        herkunft: Herkunft::Sitzung {
            formularschutz: geheimnis::hex(&["formular", nummer]),
        },
        endet: zeile.endet,
    }))
}

/// The account of a token in force; the day of its use is kept.
pub async fn zu_token(pool: &PgPool, token: &str) -> Result<Option<Angemeldet>> {
    let zeile = sqlx::query!(
        r#"SELECT k.id, k.login, k.name, k.referat, k.ortsteil, t.id AS token, t.umfang, t.laeuft_ab,
             t.zuletzt_am IS DISTINCT FROM (now() AT TIME ZONE 'Europe/Berlin')::date AS "neuer_tag!",
             ARRAY(SELECT rolle FROM auth.konto_rolle r WHERE r.konto_id = k.id) AS "rollen!"
           FROM auth.token t JOIN auth.konto k ON k.id = t.konto_id
           WHERE t.hash = $1 AND k.gesperrt_seit IS NULL AND t.widerrufen_am IS NULL AND t.laeuft_ab > clock_timestamp()"#,
        &geheimnis::hash(token)
    )
    .fetch_optional(pool)
    .await?;
    let Some(zeile) = zeile else { return Ok(None) };
    if zeile.neuer_tag {
        sqlx::query!(
            "UPDATE auth.token SET zuletzt_am = (now() AT TIME ZONE 'Europe/Berlin')::date WHERE id = $1",
            zeile.token
        )
        .execute(pool)
        .await?;
    }
    Ok(Some(Angemeldet {
        id: zeile.id,
        login: zeile.login,
        name: zeile.name,
        rollen: rollen(&zeile.rollen),
        referat: zeile.referat,
        ortsteil: zeile.ortsteil,
        herkunft: Herkunft::Token {
            id: zeile.token,
            umfang: zeile.umfang.iter().filter_map(|u| Umfang::zu(u)).collect(),
        },
        endet: zeile.laeuft_ab,
    }))
}

/// Known roles, in the order of [`Rolle::ALLE`].
fn rollen(schluessel: &[String]) -> Vec<Rolle> {
    let mut rollen: Vec<Rolle> = schluessel.iter().filter_map(|s| Rolle::zu(s)).collect();
    rollen.sort_unstable();
    rollen
}

/// A new session; returns its number, which is stored nowhere. Ended ones are cleared away.
pub async fn beginne_sitzung(pool: &PgPool, konto: Uuid) -> Result<String> {
    let nummer = geheimnis::neu()?;
    sqlx::query!(
        "DELETE FROM auth.sitzung WHERE zuletzt < clock_timestamp() - make_interval(mins => $1) OR begonnen < clock_timestamp() - make_interval(hours => $2)",
        RUHE_MINUTEN,
        DAUER_STUNDEN
    )
    .execute(pool)
    .await?;
    sqlx::query!(
        "INSERT INTO auth.sitzung (hash, konto_id) VALUES ($1, $2)",
        &geheimnis::hash(&nummer),
        konto
    )
    .execute(pool)
    .await?;
    Ok(nummer)
}

/// Ends one session.
pub async fn beende_sitzung(pool: &PgPool, nummer: &str) -> Result<()> {
    sqlx::query!(
        "DELETE FROM auth.sitzung WHERE hash = $1",
        &geheimnis::hash(nummer)
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Ends all sessions of an account, but for the one with this number.
pub async fn beende_sitzungen(
    conn: &mut PgConnection,
    konto: Uuid,
    ausser: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM auth.sitzung WHERE konto_id = $1 AND hash IS DISTINCT FROM $2",
        konto,
        ausser.map(geheimnis::hash)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes one try from each bucket, committed before any password is looked at; the seconds
/// to wait, 0: go on. Limits are per minute; `gebremst` adds the growing pause.
pub async fn versuch(
    pool: &PgPool,
    schluessel: &[Vec<u8>],
    grenzen: &[i32],
    gebremst: &[bool],
) -> Result<u64> {
    let warten = sqlx::query_scalar!(
        r#"SELECT auth.versuche($1, $2, $3) AS "warten!""#,
        schluessel,
        grenzen,
        gebremst
    )
    .fetch_one(pool)
    .await?;
    Ok(u64::try_from(warten).unwrap_or(0))
}

/// Forgets the failures of the account and gives the address its try back.
pub async fn gelungen(pool: &PgPool, konto: &[Vec<u8>], adresse: &[u8]) -> Result<()> {
    sqlx::query!("SELECT auth.gelungen($1, $2)", konto, adresse)
        .execute(pool)
        .await?;
    Ok(())
}

/// The browser has signed in to this account before.
pub async fn kennt_geraet(pool: &PgPool, konto: Uuid, nummer: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM auth.geraet WHERE hash = $1 AND konto_id = $2 AND zuletzt > clock_timestamp() - interval '180 days') AS "da!""#,
        &geheimnis::hash(nummer),
        konto
    )
    .fetch_one(pool)
    .await?)
}

/// Remembers the browser; of an account the twenty used last stay.
pub async fn merke_geraet(pool: &PgPool, konto: Uuid, nummer: &str) -> Result<()> {
    sqlx::query!(
        "INSERT INTO auth.geraet (hash, konto_id) VALUES ($1, $2)
         ON CONFLICT (hash) DO UPDATE SET zuletzt = clock_timestamp(), konto_id = excluded.konto_id",
        &geheimnis::hash(nummer),
        konto
    )
    .execute(pool)
    .await?;
    sqlx::query!(
        "DELETE FROM auth.geraet WHERE konto_id = $1 AND hash NOT IN (SELECT hash FROM auth.geraet WHERE konto_id = $1 ORDER BY zuletzt DESC LIMIT 20)",
        konto
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Stores a password hash; the audit says that, not what.
pub async fn setze_hash(conn: &mut PgConnection, konto: Uuid, hash: &str) -> Result<()> {
    let login = sqlx::query_scalar!(
        "UPDATE auth.konto SET hash = $2 WHERE id = $1 RETURNING login",
        konto,
        hash
    )
    .fetch_one(&mut *conn)
    .await?;
    vermerke(conn, &login, "geaendert", &json!({ "kennwort": "neu" })).await
}

/// The same password with more work behind it: no change of the account.
pub async fn erneuere_hash(pool: &PgPool, konto: Uuid, hash: &str) -> Result<()> {
    sqlx::query!("UPDATE auth.konto SET hash = $2 WHERE id = $1", konto, hash)
        .execute(pool)
        .await?;
    Ok(())
}

/// One row of the audit about an account; never passwords, tokens, addresses.
pub async fn vermerke(
    conn: &mut PgConnection,
    login: &str,
    art: &str,
    daten: &serde_json::Value,
) -> Result<()> {
    sqlx::query!(
        "SELECT audit.vermerke('auth.konto', $1, $2, $3)",
        login,
        art,
        daten
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The object is the account's own: its Referat (or an office below) answers for it, or it
/// lies in its Ortsteil. `art` is `massnahme`, `ziel`, `kennzahl`, `handlungsfeld` or
/// `gebiet`; `conn` writes (role `zielraum_write`).
pub async fn eigen(
    conn: &mut PgConnection,
    konto: &Angemeldet,
    art: &str,
    objekt: Uuid,
) -> Result<bool> {
    let (referat, ortsteil) = konto.zustaendig();
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM freigabe.eigene_von($1, $2, $3) e (id) WHERE e.id = $4) AS "eigen!""#,
        art,
        referat,
        ortsteil,
        objekt
    )
    .fetch_one(conn)
    .await?)
}

/// The actor may do it to this measure (`massnahme`) or Kennzahl (`kennzahl`), which the rules
/// know as `art`; asked in the actor's reading world: what that does not show is not theirs.
///
/// # Errors
/// Of the database; the public's world, whose rows have no state, is such a one.
pub async fn darf_an(
    conn: &mut PgConnection,
    akteur: &Akteur,
    aktion: Aktion,
    art: Objektart,
    (tabelle, kennung): (&str, &str),
) -> Result<bool> {
    let (Some(konto), Some(_)) = (akteur.konto(), akteur.sicht()) else {
        return Ok(false);
    };
    let zeile = sqlx::query!(
        r#"SELECT id AS "id!", veroeffentlichung AS "zustand!" FROM massnahme WHERE $1 = 'massnahme' AND kennung = $2
           UNION ALL SELECT id, veroeffentlichung FROM kennzahl WHERE $1 = 'kennzahl' AND kennung = $2"#,
        tabelle,
        kennung
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(zeile) = zeile else {
        return Ok(false);
    };
    let objekt = Objekt {
        art,
        zustand: Zustand::zu(&zeile.zustand).unwrap_or(Zustand::Entwurf),
        eigen: eigen(conn, konto, tabelle, zeile.id).await?,
    };
    Ok(darf(akteur, aktion, &objekt))
}

/// A token as its owner sees it.
#[derive(Debug, Clone)]
pub struct Token {
    /// Row.
    pub id: Uuid,
    /// First characters.
    pub anfang: String,
    /// Name.
    pub name: String,
    /// Scopes.
    pub umfang: Vec<String>,
    /// End.
    pub laeuft_ab: DateTime<Utc>,
    /// Day of the last use.
    pub zuletzt_am: Option<chrono::NaiveDate>,
    /// Works now.
    pub gilt: bool,
}

/// The tokens of an account, newest first; long dead ones are left out.
pub async fn tokens(pool: &PgPool, konto: Uuid) -> Result<Vec<Token>> {
    Ok(sqlx::query_as!(
        Token,
        r#"SELECT id, anfang, name, umfang, laeuft_ab, zuletzt_am, widerrufen_am IS NULL AND laeuft_ab > clock_timestamp() AS "gilt!"
           FROM auth.token WHERE konto_id = $1 AND coalesce(widerrufen_am, laeuft_ab) > clock_timestamp() - interval '90 days'
           ORDER BY angelegt_am DESC"#,
        konto
    )
    .fetch_all(pool)
    .await?)
}
