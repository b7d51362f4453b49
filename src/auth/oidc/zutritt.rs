//! From the provider's word to an account: made at the first sign-in, roles renewed at each.
//!
//! An account is found by issuer and subject alone. One of the same login name is somebody
//! else's until proven otherwise: the newcomer gets a number behind the name.

use sqlx::PgPool;
use uuid::Uuid;

use super::ausweis::Ausweis;
use super::konfig::Konfig;
use super::store;
use crate::auth::Rolle;
use crate::auth::konto::{self, Angaben, Eintrag};
use crate::auth::konto_store::Konto;
use crate::auth::{konto_store, store as konten};
use crate::db::audit;
use crate::error::{Error, Result};

/// Who the audit says it was.
const WER: &str = "anmeldedienst";

/// The account that may come in now.
///
/// # Errors
/// [`Error::Eingabe`] with whom to ask, when no group gives a role that exists here or the
/// account is locked.
pub async fn gewaehre(pool: &PgPool, konfig: &Konfig, ausweis: &Ausweis) -> Result<Uuid> {
    let (angaben, fehlt) = match konfig.angaben(&ausweis.gruppen) {
        Some(angaben) => vergebbar(pool, angaben).await?,
        None => (None, None),
    };
    let ohne_rolle = || ohne_rolle(fehlt.as_deref());
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

/// What of it can be given: a Referat or Ortsteil that is not (or no longer) there takes its
/// role with it, the others stay. Secondly, what is not there.
async fn vergebbar(
    pool: &PgPool,
    mut angaben: Angaben,
) -> Result<(Option<Angaben>, Option<String>)> {
    let mut fehlt = None;
    let referate = konto_store::referate(pool).await?;
    let ortsteile = konto_store::ortsteile(pool).await?;
    for (rolle, was, platz, alle) in [
        (Rolle::Fachamt, "Referat", &mut angaben.referat, referate),
        (
            Rolle::Ortssprecher,
            "Ortsteil",
            &mut angaben.ortsteil,
            ortsteile,
        ),
    ] {
        let da = |kennung: &String| alle.iter().any(|e: &Eintrag| e.kennung == *kennung);
        if let Some(kennung) = platz.take_if(|kennung| !da(kennung)) {
            tracing::error!(was, kennung, "--oidc-gruppe names what does not exist");
            angaben.rollen.retain(|r| *r != rolle);
            fehlt = Some(format!("{was} „{kennung}“"));
        }
    }
    Ok(((!angaben.rollen.is_empty()).then_some(angaben), fehlt))
}

fn ohne_rolle(fehlt: Option<&str>) -> Error {
    tracing::warn!("OIDC sign-in refused: no group gives a role");
    if let Some(fehlt) = fehlt {
        return Error::eingabe(format!(
            "Ihre Gruppe beim Anmeldedienst ist in Zielraum etwas zugeordnet, das es hier nicht gibt: {fehlt}. Sie wurden nicht angemeldet. Bitte die IT verständigen; sie ordnet Gruppen und Rollen zu."
        ));
    }
    Error::eingabe(
        "Sie sind beim Anmeldedienst bekannt, gehören dort aber zu keiner Gruppe, die in Zielraum eine Rolle hat. Bitte wenden Sie sich an die Verwaltung der Konten oder an die IT; sie ordnet Gruppen und Rollen zu.",
    )
}

/// Roles and name as the provider has them now; nothing is written where nothing changed.
async fn erneuere(pool: &PgPool, login: &str, name: Option<&str>, angaben: &Angaben) -> Result<()> {
    let alt = konto_store::eines(pool, login).await?;
    let bisher = Angaben {
        rollen: alt.rollen.clone(),
        referat: alt.referat.clone(),
        ortsteil: alt.ortsteil.clone(),
    };
    if bisher != *angaben {
        setze(pool, &alt, angaben).await?;
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

/// No roles, no sessions.
async fn entziehe(pool: &PgPool, login: &str) -> Result<()> {
    let alt = konto_store::eines(pool, login).await?;
    if !alt.rollen.is_empty() {
        setze(pool, &alt, &Angaben::default()).await?;
    }
    let mut tx = audit::begin(pool, WER, "Sitzungen beendet").await?;
    konten::beende_sitzungen(&mut tx, alt.id, None).await?;
    Ok(tx.commit().await?)
}

/// The provider's word counts for the last administrator too: who put the group right there
/// is one again at the next sign-in, and `zielraum user role` always makes one.
async fn setze(pool: &PgPool, alt: &Konto, angaben: &Angaben) -> Result<()> {
    let mut tx = audit::begin(pool, WER, "Rollen nach den Gruppen beim Anmeldedienst").await?;
    konto_store::setze_angaben(&mut tx, alt.id, angaben).await?;
    if alt.rollen.contains(&Rolle::Admin)
        && !angaben.rollen.contains(&Rolle::Admin)
        && konto_store::ein_admin_bleibt(&mut tx).await.is_err()
    {
        tracing::error!(
            login = alt.login,
            "OIDC: the last administrator lost the role"
        );
    }
    konten::vermerke(
        &mut tx,
        &alt.login,
        "geaendert",
        &konto::beschreibung(angaben),
    )
    .await?;
    Ok(tx.commit().await?)
}

async fn lege_an(pool: &PgPool, ausweis: &Ausweis, angaben: &Angaben) -> Result<Uuid> {
    let mut tx = audit::begin(pool, WER, "Konto bei der ersten Anmeldung angelegt").await?;
    store::halte_an(&mut tx).await?;
    // In this transaction: a newcomer waiting above holds a connection, and must not need a second.
    if let Some(schon) = store::konto(&mut *tx, &ausweis.issuer, &ausweis.subject).await? {
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
