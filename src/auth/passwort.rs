//! Passwords: argon2id, at most two at a time, the same work for accounts that do not exist.

use std::sync::OnceLock;
use std::time::Duration;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::geheimnis;
use crate::error::{Error, Result};

/// Memory in KiB, passes, lanes: OWASP's minimum for argon2id; a sign-in stays far below
/// 300 ms on a small machine.
const SPEICHER: u32 = 19_456;
const DURCHGAENGE: u32 = 2;
const SPUREN: u32 = 1;
/// Hashes side by side: 2 × 19 MiB is all that sign-ins can take.
const GLEICHZEITIG: usize = 2;
/// Longest wait for one of them.
const GEDULD: Duration = Duration::from_secs(10);
/// Length in characters.
const LAENGE: std::ops::RangeInclusive<usize> = 12..=128;

static PLAETZE: Semaphore = Semaphore::const_new(GLEICHZEITIG);

/// What is tried first, wherever people choose passwords; compared without case and digits
/// at the end.
const GESPERRT: &[&str] = &[
    "passwortpasswort",
    "passwordpassword",
    "kennwortkennwort",
    "geheimgeheim",
    "meinpasswort",
    "meinkennwort",
    "willkommen",
    "qwertzuiopü",
    "qwertzuiopasdf",
    "qwertyuiop",
    "qwertyuiopasdf",
    "asdfghjklöä",
    "iloveyou",
    "ichliebedich",
    "administrator",
    "stadtverwaltung",
    "gemeindeverwaltung",
    "buergermeister",
    "bürgermeister",
    "flaechennutzungsplan",
    "flächennutzungsplan",
    "changeme",
    "letmeinletmein",
    "sommersommer",
    "zielraumzielraum",
];

/// A password that is not too short, not too long and not one everybody tries.
pub fn pruefe_neues(kennwort: &str, login: &str) -> Result<()> {
    let laenge = kennwort.chars().count();
    if !LAENGE.contains(&laenge) {
        return Err(Error::eingabe(format!(
            "Das Kennwort hat {laenge} Zeichen; erlaubt sind {} bis {}. Ein Satz aus mehreren Wörtern lässt sich gut merken.",
            LAENGE.start(),
            LAENGE.end()
        )));
    }
    let klein = kennwort.to_lowercase();
    let kern = klein.trim_end_matches(|c: char| !c.is_alphabetic());
    let wiederholt = |text: &str| {
        let mut zeichen = text.chars();
        let erstes = zeichen.next();
        zeichen.all(|c| Some(c) == erstes)
    };
    // Up or down by one, past 9 and 0 too.
    let schritt = |weite: u8| {
        let ziffern = klein.as_bytes();
        let folgt = |paar: &[u8]| (paar[0] - b'0' + weite) % 10 == paar[1] - b'0';
        ziffern.iter().all(u8::is_ascii_digit) && ziffern.windows(2).all(folgt)
    };
    let zaehlt = schritt(1) || schritt(9);
    let nah_am_namen =
        login.chars().count() >= 4 && kern.contains(login) && laenge < login.chars().count() + 8;
    if GESPERRT.contains(&kern) || wiederholt(&klein) || zaehlt || nah_am_namen {
        return Err(Error::eingabe(
            "Dieses Kennwort wird zu leicht erraten. Bitte ein anderes wählen, zum Beispiel einen Satz aus mehreren Wörtern.",
        ));
    }
    Ok(())
}

/// The PHC string of a new password.
pub async fn hash(kennwort: String) -> Result<String> {
    auf_platz(move || {
        let mut salz = [0_u8; 16];
        getrandom::fill(&mut salz).map_err(|cause| Error::intern(cause.to_string()))?;
        let salz = SaltString::encode_b64(&salz).map_err(|e| Error::intern(e.to_string()))?;
        verfahren()?
            .hash_password(kennwort.as_bytes(), &salz)
            .map(|hash| hash.to_string())
            .map_err(|cause| Error::intern(cause.to_string()))
    })
    .await
}

/// Compares; without a hash (unknown account, none set) it works as long and says no.
pub async fn stimmt(kennwort: String, hash: Option<String>) -> Result<bool> {
    auf_platz(move || {
        let vergleich = match &hash {
            Some(hash) => hash.as_str(),
            None => attrappe()?,
        };
        let phc = PasswordHash::new(vergleich).map_err(|e| Error::intern(e.to_string()))?;
        let gleich = verfahren()?
            .verify_password(kennwort.as_bytes(), &phc)
            .is_ok();
        Ok(gleich && hash.is_some())
    })
    .await
}

/// The hash was made with less work than we ask today.
#[must_use]
pub fn veraltet(hash: &str) -> bool {
    let Some(parameter) = PasswordHash::new(hash)
        .ok()
        .and_then(|phc| Params::try_from(&phc).ok())
    else {
        return true;
    };
    parameter.m_cost() < SPEICHER || parameter.t_cost() < DURCHGAENGE || parameter.p_cost() < SPUREN
}

fn verfahren() -> Result<Argon2<'static>> {
    let parameter = Params::new(SPEICHER, DURCHGAENGE, SPUREN, None)
        .map_err(|cause| Error::intern(cause.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameter))
}

/// A hash nobody knows the password of.
fn attrappe() -> Result<&'static str> {
    static ATTRAPPE: OnceLock<String> = OnceLock::new();
    if let Some(hash) = ATTRAPPE.get() {
        return Ok(hash);
    }
    let salz =
        SaltString::encode_b64(b"zielraum-nirgend").map_err(|e| Error::intern(e.to_string()))?;
    let hash = verfahren()?
        .hash_password(geheimnis::neu()?.as_bytes(), &salz)
        .map_err(|cause| Error::intern(cause.to_string()))?
        .to_string();
    Ok(ATTRAPPE.get_or_init(|| hash))
}

async fn auf_platz<T: Send + 'static>(
    arbeit: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let platz = tokio::time::timeout(GEDULD, PLAETZE.acquire())
        .await
        .map_err(|_| Error::umgebung("Zurzeit melden sich sehr viele gleichzeitig an. Bitte gleich noch einmal versuchen."))?
        .map_err(Error::intern)?;
    // The permit goes along: a caller who hangs up does not free the memory early.
    tokio::task::spawn_blocking(move || {
        let _platz = platz;
        arbeit()
    })
    .await
    .map_err(Error::intern)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_is_refused() {
        for schlecht in [
            "kurz",
            "passwortpasswort1",
            "PasswortPasswort2025!",
            "aaaaaaaaaaaaaaa",
            "123456789012",
            "098765432109",
            "Stadtverwaltung1",
            "m.huber-2025",
            "willkommen2026!",
        ] {
            assert!(pruefe_neues(schlecht, "m.huber").is_err(), "{schlecht}");
        }
        assert!(pruefe_neues(&"x1".repeat(65), "m.huber").is_err());
        for gut in [
            "Lech Wehr Kiesbank",
            "äöüßäöüßäöü1",
            "korrektpferdbatterie",
            "m.huber liest gern Karten",
        ] {
            assert!(pruefe_neues(gut, "m.huber").is_ok(), "{gut}");
        }
    }

    #[tokio::test]
    async fn hashes_are_argon2id_and_compare() {
        let hash = hash("Lech Wehr Kiesbank".into()).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(!veraltet(&hash));
        assert!(veraltet(&hash.replace("m=19456", "m=4096")));
        assert!(
            stimmt("Lech Wehr Kiesbank".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !stimmt("Lech Wehr Kiesbänk".into(), Some(hash))
                .await
                .unwrap()
        );
        assert!(!stimmt("Lech Wehr Kiesbank".into(), None).await.unwrap());
    }
}
