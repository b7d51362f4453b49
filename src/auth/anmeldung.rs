//! Sign-in by password: tries are counted before any hash is computed, so that many side by
//! side pass no limit and take no memory.
//!
//! Per account 5 a minute and, from the third on, a pause that doubles up to a minute; per
//! address 20 a minute. No lock: a lock would be a weapon against the person. A browser that
//! has signed in before has tries of its own, so others' failures do not keep its owner out.

use std::net::IpAddr;

use super::geheimnis;
use super::{Dienst, passwort, store};
use crate::error::{Error, Result};

/// Tries a minute per account, or per known browser of it.
const JE_KONTO: i32 = 5;
/// Tries a minute per address.
const JE_ADRESSE: i32 = 20;
/// Longest login name looked at.
const LOGIN_MAX: usize = 63;

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Ausgang {
    /// Numbers of the new session and of the browser, for cookies.
    Angemeldet {
        /// Of the session.
        sitzung: String,
        /// Of the browser.
        geraet: String,
    },
    /// Name or password is wrong, or the account is locked: nobody is told which.
    Falsch,
    /// Too many tries: seconds to wait.
    Warten(u64),
}

/// Tries a password.
pub async fn melde_an(
    dienst: &Dienst,
    login: &str,
    kennwort: String,
    adresse: Option<IpAddr>,
    geraet: Option<&str>,
) -> Result<Ausgang> {
    let login: String = login.trim().to_lowercase();
    let konto = if login.len() <= LOGIN_MAX {
        store::kennwort(&dienst.pool, &login).await?
    } else {
        None
    };
    let bekannt = match (&konto, geraet) {
        (Some(konto), Some(nummer)) => store::kennt_geraet(&dienst.pool, konto.id, nummer).await?,
        _ => false,
    };
    let je_adresse = schluessel("adresse", &netz(adresse));
    let je_konto = schluessel("konto", &login);
    let (eimer, grenzen, gebremst) = match geraet {
        Some(nummer) if bekannt => (
            vec![schluessel("geraet", nummer)],
            vec![JE_KONTO],
            vec![true],
        ),
        _ => (
            vec![je_konto.clone(), je_adresse.clone()],
            vec![JE_KONTO, JE_ADRESSE],
            vec![true, false],
        ),
    };
    let warten = store::versuch(&dienst.pool, &eimer, &grenzen, &gebremst).await?;
    if warten > 0 {
        tracing::warn!(login, "sign-in refused: too many tries");
        return Ok(Ausgang::Warten(warten));
    }
    let hash = konto.as_ref().and_then(|konto| konto.hash.clone());
    let veraltet = hash.as_deref().is_some_and(passwort::veraltet);
    let stimmt = passwort::stimmt(kennwort.clone(), hash).await?;
    let Some(konto) = konto.filter(|_| stimmt) else {
        tracing::warn!(login, "sign-in failed");
        return Ok(Ausgang::Falsch);
    };
    if veraltet {
        let neu = passwort::hash(kennwort).await?;
        store::erneuere_hash(&dienst.pool, konto.id, &neu).await?;
    }
    let des_kontos = if bekannt { eimer } else { vec![je_konto] };
    store::gelungen(&dienst.pool, &des_kontos, &je_adresse).await?;
    let geraet = match geraet {
        Some(nummer) if bekannt => nummer.to_owned(),
        _ => geheimnis::neu()?,
    };
    store::merke_geraet(&dienst.pool, konto.id, &geraet).await?;
    let sitzung = store::beginne_sitzung(&dienst.pool, konto.id).await?;
    tracing::info!(login, "signed in");
    Ok(Ausgang::Angemeldet { sitzung, geraet })
}

/// Compares the present password of somebody signed in, with the same limit: a session left
/// open is no place to guess it.
pub async fn pruefe_bisheriges(dienst: &Dienst, login: &str, kennwort: String) -> Result<()> {
    let eimer = [schluessel("bisheriges", login)];
    let warten = store::versuch(&dienst.pool, &eimer, &[JE_KONTO], &[true]).await?;
    if warten > 0 {
        return Err(Error::eingabe(format!(
            "Zu viele Versuche. Bitte in {warten} Sekunden noch einmal."
        )));
    }
    let konto = store::kennwort(&dienst.pool, login).await?;
    if passwort::stimmt(kennwort, konto.and_then(|konto| konto.hash)).await? {
        return store::gelungen(&dienst.pool, &eimer, &[]).await;
    }
    Err(Error::eingabe("Das bisherige Kennwort ist falsch."))
}

/// Whose answers of the provider are counted together.
#[cfg(feature = "oidc")]
pub(super) fn eimer_anmeldedienst(adresse: Option<IpAddr>) -> Vec<u8> {
    schluessel("anmeldedienst", &netz(adresse))
}

/// One more answer of the provider from this address: checking it asks the provider. The
/// seconds to wait, 0: go on.
#[cfg(feature = "oidc")]
pub(super) async fn bremse_anmeldedienst(dienst: &Dienst, eimer: &[u8]) -> Result<u64> {
    store::versuch(&dienst.pool, &[eimer.to_vec()], &[JE_ADRESSE], &[false]).await
}

fn schluessel(art: &str, name: &str) -> Vec<u8> {
    geheimnis::hash(&format!("{art}\0{name}"))
}

/// One household or office: an IPv4 address, the first 64 bits of an IPv6 one.
fn netz(adresse: Option<IpAddr>) -> String {
    match adresse.map(|adresse| adresse.to_canonical()) {
        None => String::new(),
        Some(IpAddr::V4(adresse)) => adresse.to_string(),
        Some(IpAddr::V6(adresse)) => {
            let teile = adresse.segments();
            format!(
                "{:x}:{:x}:{:x}:{:x}",
                teile[0], teile[1], teile[2], teile[3]
            )
        }
    }
}
