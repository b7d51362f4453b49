//! From the provider's word to an account: made at the first sign-in, roles renewed at each.
//!
//! An account is found by issuer and subject alone. One of the same login name is somebody
//! else's until proven otherwise: the newcomer gets a number behind the name.

use sqlx::PgPool;
use uuid::Uuid;

use super::ausweis::Ausweis;
use super::konfig::Konfig;
use super::store;
use crate::auth::konto::{self, Angaben};
use crate::auth::{konto_store, store as konten};
use crate::db::audit;
use crate::error::{Error, Result};

/// Who the audit says it was.
const WER: &str = "anmeldedienst";

/// The account that may come in now.
///
/// # Errors
/// [`Error::Eingabe`] with whom to ask, when no group gives a role or the account is locked;
/// [`Error::Aufruf`] when the configuration names a Referat or Ortsteil that does not exist.
pub async fn gewaehre(pool: &PgPool, konfig: &Konfig, ausweis: &Ausweis) -> Result<Uuid> {
    let angaben = konfig.angaben(&ausweis.gruppen);
    let vorhanden = store::konto(pool, &ausweis.issuer, &ausweis.subject).await?;
    match (vorhanden, angaben) {
        (Some(fremd), _) if fremd.gesperrt => {
            tracing::warn!(login = fremd.login, "OIDC sign-in refused: locked");
            Err(Error::eingabe(
                "Ihr Konto in Zielraum ist gesperrt. Bitte wenden Sie sich an die Verwaltung der Konten.",
            ))
        }
        (Some(fremd), Some(angaben)) => {
            erneuere(pool, &fremd.login, name(ausweis), &angaben).await?;
            Ok(fremd.id)
        }
        (Some(fremd), None) => {
            // What the provider took away does not go on by an open session or a token.
            entziehe(pool, &fremd.login).await?;
            Err(ohne_rolle())
        }
        (None, Some(angaben)) => lege_an(pool, ausweis, &angaben).await,
        (None, None) => Err(ohne_rolle()),
    }
}

fn ohne_rolle() -> Error {
    tracing::warn!("OIDC sign-in refused: no group gives a role");
    Error::eingabe(
        "Sie sind beim Anmeldedienst bekannt, gehören dort aber zu keiner Gruppe, die in Zielraum eine Rolle hat. Bitte wenden Sie sich an die Verwaltung der Konten oder an die IT; sie ordnet Gruppen und Rollen zu.",
    )
}

/// Roles and name as the provider has them now; nothing is written where nothing changed.
async fn erneuere(pool: &PgPool, login: &str, name: Option<&str>, angaben: &Angaben) -> Result<()> {
    let alt = konto_store::eines(pool, login).await?;
    let bisher = Angaben {
        rollen: alt.rollen,
        referat: alt.referat,
        ortsteil: alt.ortsteil,
    };
    if bisher != *angaben {
        konto::setze_angaben(pool, WER, login, angaben).await?;
    }
    if let Some(name) = name.filter(|name| *name != alt.name) {
        let mut tx = audit::begin(pool, WER, "Name erneuert").await?;
        store::nenne(&mut tx, alt.id, name).await?;
        let daten = serde_json::json!({ "name": "neu" });
        konten::vermerke(&mut tx, login, "geaendert", &daten).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// No roles, no sessions. The last administrator keeps the role, so that somebody can put
/// right a wrong group; the way in stays shut.
async fn entziehe(pool: &PgPool, login: &str) -> Result<()> {
    let alt = konto_store::eines(pool, login).await?;
    if !alt.rollen.is_empty() {
        match konto::setze_angaben(pool, WER, login, &Angaben::default()).await {
            Err(Error::Eingabe(grund)) => tracing::error!(login, grund, "OIDC: roles stay"),
            anderes => anderes?,
        }
    }
    let mut tx = audit::begin(pool, WER, "Sitzungen beendet").await?;
    konten::beende_sitzungen(&mut tx, alt.id, None).await?;
    Ok(tx.commit().await?)
}

async fn lege_an(pool: &PgPool, ausweis: &Ausweis, angaben: &Angaben) -> Result<Uuid> {
    konto::pruefe_angaben(pool, angaben).await?;
    let mut tx = audit::begin(pool, WER, "Konto bei der ersten Anmeldung angelegt").await?;
    store::halte_an(&mut tx).await?;
    if let Some(schon) = store::konto(pool, &ausweis.issuer, &ausweis.subject).await? {
        return Ok(schon.id);
    }
    let wunsch = login(ausweis);
    let mut frei = wunsch.clone();
    let mut nummer = 2;
    while !store::login_frei(&mut tx, &frei).await? {
        frei = format!("{wunsch}-{nummer}");
        nummer += 1;
    }
    let name = name(ausweis).unwrap_or(&frei);
    konto_store::lege_an(&mut tx, &frei, name, angaben, None).await?;
    store::verbinde(&mut tx, &frei, &ausweis.issuer, &ausweis.subject).await?;
    konten::vermerke(&mut tx, &frei, "neu", &konto::beschreibung(angaben)).await?;
    tx.commit().await?;
    let neu = konto_store::eines(pool, &frei).await?;
    tracing::info!(login = frei, "account made by OIDC");
    Ok(neu.id)
}

/// The display name, if it can be one.
fn name(ausweis: &Ausweis) -> Option<&str> {
    ausweis
        .name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty() && name.chars().count() <= 200)
        .filter(|name| !name.chars().any(char::is_control))
}

/// A login name in our alphabet, leaving room for a number behind it.
fn login(ausweis: &Ausweis) -> String {
    let wunsch = ausweis.kurz.as_deref().unwrap_or_default();
    // „m.huber@stadt.example“ and „STADT\m.huber“ are both m.huber.
    let wunsch = wunsch.split('@').next().unwrap_or_default();
    let wunsch = wunsch.rsplit('\\').next().unwrap_or_default();
    let mut login = String::new();
    for c in wunsch.to_lowercase().chars() {
        match c {
            'ä' => login.push_str("ae"),
            'ö' => login.push_str("oe"),
            'ü' => login.push_str("ue"),
            'ß' => login.push_str("ss"),
            c if c.is_ascii_alphanumeric() || "._-".contains(c) => login.push(c),
            _ => login.push('-'),
        }
    }
    let login: String = login
        .trim_start_matches(['.', '_', '-'])
        .chars()
        .take(50)
        .collect();
    if login.len() < 2 {
        "konto".to_owned()
    } else {
        login
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_names_fit_our_alphabet() {
        let zu = |kurz: &str| {
            login(&Ausweis {
                issuer: String::new(),
                subject: String::new(),
                kurz: Some(kurz.into()),
                name: None,
                gruppen: Vec::new(),
            })
        };
        for (kurz, soll) in [
            ("m.huber", "m.huber"),
            ("M.Huber@stadt.example", "m.huber"),
            ("STADT\\m.huber", "m.huber"),
            ("Jürgen Weiß", "juergen-weiss"),
            ("..x", "konto"),
            ("", "konto"),
            ("李雷", "konto"),
        ] {
            assert_eq!(zu(kurz), soll, "{kurz}");
        }
        assert_eq!(zu(&"a".repeat(99)).len(), 50);
    }
}
