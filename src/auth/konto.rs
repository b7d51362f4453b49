//! Accounts: making, roles, passwords, tokens, locking; used by the command line and the pages.
//!
//! Every change is one audited transaction; passwords, tokens and addresses are never in it.

use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::akteur::{Rolle, Umfang};
use super::konto_store::{self, Konto};
use super::{geheimnis, passwort, store};
use crate::db::audit;
use crate::error::{Error, Result};

/// Longest life of a token in days.
pub const TAGE_MAX: i32 = 365;

/// What an account is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Angaben {
    /// Roles.
    pub rollen: Vec<Rolle>,
    /// Kennung of the Akteur, for a Fachamt.
    pub referat: Option<String>,
    /// Kennung of the Ortsteil, for an Ortssprecher.
    pub ortsteil: Option<String>,
}

/// A new account. Without a password it can sign in only once one is set (or by OIDC).
pub async fn lege_an(
    pool: &PgPool,
    wer: &str,
    login: &str,
    name: &str,
    angaben: &Angaben,
    kennwort: Option<String>,
) -> Result<()> {
    let login = pruefe_login(login)?;
    let name = pruefe_name(name)?;
    pruefe_angaben(pool, angaben).await?;
    let hash = match kennwort {
        None => None,
        Some(kennwort) => {
            passwort::pruefe_neues(&kennwort, &login)?;
            Some(passwort::hash(kennwort).await?)
        }
    };
    let mut tx = audit::begin(pool, wer, "Konto angelegt").await?;
    konto_store::lege_an(&mut tx, &login, name, angaben, hash.as_deref()).await?;
    store::vermerke(&mut tx, &login, "neu", &beschreibung(angaben)).await?;
    Ok(tx.commit().await?)
}

/// Replaces roles, Referat and Ortsteil. Sessions and tokens follow at once.
pub async fn setze_angaben(pool: &PgPool, wer: &str, login: &str, angaben: &Angaben) -> Result<()> {
    let konto = konto_store::eines(pool, login).await?;
    pruefe_angaben(pool, angaben).await?;
    let mut tx = audit::begin(pool, wer, "Rollen geändert").await?;
    konto_store::setze_angaben(&mut tx, konto.id, angaben).await?;
    if konto.rollen.contains(&Rolle::Admin) && !angaben.rollen.contains(&Rolle::Admin) {
        konto_store::ein_admin_bleibt(&mut tx).await?;
    }
    store::vermerke(&mut tx, &konto.login, "geaendert", &beschreibung(angaben)).await?;
    Ok(tx.commit().await?)
}

/// Locks or unlocks. A locked account has no sessions, and its tokens stop.
pub async fn sperre(pool: &PgPool, wer: &str, login: &str, gesperrt: bool) -> Result<()> {
    let konto = konto_store::eines(pool, login).await?;
    let warum = if gesperrt {
        "Konto gesperrt"
    } else {
        "Konto entsperrt"
    };
    let mut tx = audit::begin(pool, wer, warum).await?;
    konto_store::sperre(&mut tx, konto.id, gesperrt).await?;
    if gesperrt {
        konto_store::ein_admin_bleibt(&mut tx).await?;
        store::beende_sitzungen(&mut tx, konto.id, None).await?;
    }
    let daten = json!({ "gesperrt": gesperrt });
    store::vermerke(&mut tx, &konto.login, "geaendert", &daten).await?;
    Ok(tx.commit().await?)
}

/// Sets a password; sessions end, but for the one given by its number.
pub async fn setze_kennwort(
    pool: &PgPool,
    wer: &str,
    login: &str,
    kennwort: String,
    bleibt: Option<&str>,
) -> Result<()> {
    let konto = konto_store::eines(pool, login).await?;
    passwort::pruefe_neues(&kennwort, &konto.login)?;
    let hash = passwort::hash(kennwort).await?;
    let mut tx = audit::begin(pool, wer, "Kennwort gesetzt").await?;
    store::setze_hash(&mut tx, konto.id, &hash).await?;
    store::beende_sitzungen(&mut tx, konto.id, bleibt).await?;
    Ok(tx.commit().await?)
}

/// A new token, shown this once.
pub async fn neuer_token(
    pool: &PgPool,
    wer: &str,
    login: &str,
    name: &str,
    umfang: &[Umfang],
    tage: i32,
) -> Result<String> {
    if !(1..=TAGE_MAX).contains(&tage) {
        return Err(Error::parameter(
            "tage",
            format!("Ein Zugangsschlüssel gilt 1 bis {TAGE_MAX} Tage, nicht {tage}."),
        ));
    }
    if umfang.is_empty() {
        return Err(Error::parameter(
            "umfang",
            "Der Umfang des Zugangsschlüssels fehlt: lesen, schreiben, import.",
        ));
    }
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::parameter(
            "name",
            "Ein Zugangsschlüssel braucht einen Namen von höchstens 100 Zeichen, zum Beispiel „QGIS am Arbeitsplatz“.",
        ));
    }
    let konto = konto_store::eines(pool, login).await?;
    let token = geheimnis::token()?;
    let mut tx = audit::begin(pool, wer, "Zugangsschlüssel angelegt").await?;
    let id = konto_store::neuer_token(&mut tx, konto.id, &token, name, umfang, tage).await?;
    let worte: Vec<_> = umfang.iter().map(|u| u.schluessel()).collect();
    let daten = json!({ "schluessel": id, "umfang": worte, "tage": tage });
    store::vermerke(&mut tx, &konto.login, "geaendert", &daten).await?;
    tx.commit().await?;
    Ok(token)
}

/// Ends a token of an account.
pub async fn widerrufe(pool: &PgPool, wer: &str, login: &str, token: Uuid) -> Result<()> {
    let konto = konto_store::eines(pool, login).await?;
    let mut tx = audit::begin(pool, wer, "Zugangsschlüssel widerrufen").await?;
    if !konto_store::widerrufe(&mut tx, konto.id, token).await? {
        return Err(Error::nicht_gefunden(format!(
            "Einen solchen Zugangsschlüssel hat das Konto „{}“ nicht.",
            konto.login
        )));
    }
    let daten = json!({ "schluessel": token, "widerrufen": true });
    store::vermerke(&mut tx, &konto.login, "geaendert", &daten).await?;
    Ok(tx.commit().await?)
}

/// The code of a link by which the first administrator is made, valid for 24 hours; none
/// once there is an account. An earlier link ends.
pub async fn einmal_code(pool: &PgPool) -> Result<Option<String>> {
    if konto_store::gibt_es_konten(pool).await? {
        return Ok(None);
    }
    let code = geheimnis::neu()?;
    konto_store::neuer_einmal_link(pool, &code).await?;
    Ok(Some(code))
}

/// Makes the first administrator and uses up the link.
pub async fn richte_ein(
    pool: &PgPool,
    code: &str,
    login: &str,
    name: &str,
    kennwort: String,
) -> Result<()> {
    let login = pruefe_login(login)?;
    let name = pruefe_name(name)?;
    passwort::pruefe_neues(&kennwort, &login)?;
    let hash = passwort::hash(kennwort).await?;
    let angaben = Angaben {
        rollen: vec![Rolle::Admin],
        ..Angaben::default()
    };
    let mut tx = audit::begin(pool, "einrichtung", "Erstes Konto angelegt").await?;
    if !konto_store::loese_ein(&mut tx, code).await? {
        return Err(link_gilt_nicht());
    }
    konto_store::lege_an(&mut tx, &login, name, &angaben, Some(&hash)).await?;
    store::vermerke(&mut tx, &login, "neu", &beschreibung(&angaben)).await?;
    Ok(tx.commit().await?)
}

/// 404 for a used or ended link.
#[must_use]
pub fn link_gilt_nicht() -> Error {
    Error::nicht_gefunden(
        "Dieser Link gilt nicht (mehr). Er gilt 24 Stunden und einmal; solange es kein Konto gibt, nennt der Dienst beim nächsten Start einen neuen. Sonst legt die Verwaltung der Konten ein Konto an (zielraum user add).",
    )
}

/// Roles by their keys.
pub fn rollen<'a>(schluessel: impl IntoIterator<Item = &'a str>) -> Result<Vec<Rolle>> {
    let mut rollen = schluessel
        .into_iter()
        .map(|text| {
            Rolle::zu(text.trim()).ok_or_else(|| {
                let alle: Vec<_> = Rolle::ALLE.iter().map(|r| r.schluessel()).collect();
                Error::parameter(
                    "rolle",
                    format!(
                        "Eine Rolle „{text}“ gibt es nicht. Möglich sind: {}.",
                        alle.join(", ")
                    ),
                )
            })
        })
        .collect::<Result<Vec<_>>>()?;
    rollen.sort_unstable();
    rollen.dedup();
    Ok(rollen)
}

/// What the audit says of them.
pub(super) fn beschreibung(angaben: &Angaben) -> serde_json::Value {
    let rollen: Vec<_> = angaben.rollen.iter().map(|r| r.schluessel()).collect();
    json!({ "rollen": rollen, "referat": angaben.referat, "ortsteil": angaben.ortsteil })
}

fn pruefe_login(login: &str) -> Result<String> {
    let login = login.trim().to_lowercase();
    let erlaubt = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let beginnt = login.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !(2..=63).contains(&login.len()) || !beginnt || !login.chars().all(erlaubt) {
        return Err(Error::parameter(
            "login",
            "Der Anmeldename besteht aus 2 bis 63 Zeichen: kleine Buchstaben ohne Umlaute, Ziffern, Punkt, Strich; am Anfang Buchstabe oder Ziffer. Beispiel: m.huber",
        ));
    }
    Ok(login)
}

fn pruefe_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Error::parameter(
            "name",
            "Der Name fehlt oder ist länger als 200 Zeichen.",
        ));
    }
    Ok(name)
}

/// A Fachamt acts for a Referat, an Ortssprecher for an Ortsteil, and both must exist.
async fn pruefe_angaben(pool: &PgPool, angaben: &Angaben) -> Result<()> {
    for (rolle, was, kennung, name) in [
        (
            Rolle::Fachamt,
            "das Referat, für das gehandelt wird",
            &angaben.referat,
            "referat",
        ),
        (
            Rolle::Ortssprecher,
            "der Ortsteil, für den gesprochen wird",
            &angaben.ortsteil,
            "ortsteil",
        ),
    ] {
        if angaben.rollen.contains(&rolle) && kennung.is_none() {
            return Err(Error::parameter(
                name,
                format!(
                    "Zur Rolle „{}“ gehört {was}; bitte auswählen (auf der Kommandozeile --{name} KENNUNG).",
                    rolle.titel()
                ),
            ));
        }
    }
    if let Some(referat) = &angaben.referat {
        let alle = konto_store::referate(pool).await?;
        bekannt("referat", "Ein Referat (Akteur)", referat, &alle)?;
    }
    if let Some(ortsteil) = &angaben.ortsteil {
        let alle = konto_store::ortsteile(pool).await?;
        bekannt("ortsteil", "Einen Ortsteil", ortsteil, &alle)?;
    }
    Ok(())
}

fn bekannt(parameter: &str, was: &str, kennung: &str, alle: &[Eintrag]) -> Result<()> {
    if alle.iter().any(|eintrag| eintrag.kennung == kennung) {
        return Ok(());
    }
    let einige: Vec<_> = alle.iter().take(12).map(|e| e.kennung.as_str()).collect();
    let rat = match (einige.len(), alle.len()) {
        (0, _) => "Es ist noch keiner eingelesen.".to_owned(),
        (n, alle) if n < alle => format!("Es gibt unter anderem: {}.", einige.join(", ")),
        _ => format!("Es gibt: {}.", einige.join(", ")),
    };
    Err(Error::parameter(
        parameter,
        format!("{was} mit der Kennung „{kennung}“ gibt es nicht. {rat}"),
    ))
}

/// An entry of a choice.
#[derive(Debug, Clone)]
pub struct Eintrag {
    /// Kennung.
    pub kennung: String,
    /// Title.
    pub titel: String,
}

/// All accounts, by login.
pub async fn liste(pool: &PgPool) -> Result<Vec<Konto>> {
    konto_store::liste(pool).await
}
