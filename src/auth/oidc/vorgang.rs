//! One attempt to sign in, bound to its browser: everything it needs follows from a random
//! secret in a cookie (10 minutes, `HttpOnly`, `SameSite=Lax`), so that nobody at the door can
//! fill a table of ours.
//!
//! `state` holds the time of the start, the page to go to, and a hash of both with the secret:
//! only the browser that started can end it. A secret is good once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::auth::geheimnis;

/// Seconds from start to end.
pub const DAUER: i64 = 600;
/// Longest page address carried along, in bytes; with a longer one the start page follows.
const ZURUECK_MAX: usize = 600;
/// Used secrets kept in mind; beyond, the oldest go (the provider takes no code twice either).
const MERKEN_MAX: usize = 10_000;

/// An attempt.
#[derive(Debug)]
pub struct Vorgang<'a> {
    geheimnis: &'a str,
}

impl<'a> Vorgang<'a> {
    /// Of the cookie's value.
    #[must_use]
    pub fn von(geheimnis: &'a str) -> Self {
        Self { geheimnis }
    }

    /// 43 characters of base64url that nobody without the secret can know.
    fn ableitung(&self, teile: &[&str]) -> String {
        let mut hash = Sha256::new();
        for teil in [self.geheimnis].iter().chain(teile) {
            hash.update(teil.as_bytes());
            hash.update([0]);
        }
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }

    /// PKCE's `code_verifier` (RFC 7636, 4.1).
    #[must_use]
    pub fn verifier(&self) -> String {
        self.ableitung(&["pkce"])
    }

    /// What the id token must repeat.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.ableitung(&["nonce"])
    }

    /// `state` for a start at `jetzt` (Unix seconds) that leads back to a page of ours.
    #[must_use]
    pub fn state(&self, jetzt: i64, zurueck: &str) -> String {
        let zurueck = if zurueck.len() > ZURUECK_MAX {
            "/"
        } else {
            zurueck
        };
        let siegel = self.ableitung(&["state", &jetzt.to_string(), zurueck]);
        format!("{jetzt}.{siegel}.{}", URL_SAFE_NO_PAD.encode(zurueck))
    }

    /// The page to go to, when the state is this attempt's and not too old.
    #[must_use]
    pub fn pruefe(&self, state: &str, jetzt: i64) -> Option<String> {
        let mut teile = state.splitn(3, '.');
        let wann: i64 = teile.next()?.parse().ok()?;
        let (_, zurueck) = (teile.next()?, teile.next()?);
        let zurueck = String::from_utf8(URL_SAFE_NO_PAD.decode(zurueck).ok()?).ok()?;
        let rechtzeitig = (wann..=wann.saturating_add(DAUER)).contains(&jetzt);
        (geheimnis::gleich(&self.state(wann, &zurueck), state) && rechtzeitig).then_some(zurueck)
    }
}

/// Secrets that were used, each for as long as its state would hold.
#[derive(Debug, Default)]
pub struct Verbraucht(Mutex<HashMap<Vec<u8>, i64>>);

impl Verbraucht {
    /// True for the first use.
    #[must_use]
    pub fn erster(&self, geheimnis: &str, jetzt: i64) -> bool {
        let mut alle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if alle.len() >= MERKEN_MAX {
            alle.retain(|_, wann| *wann + DAUER >= jetzt);
            let mut zeiten: Vec<i64> = alle.values().copied().collect();
            zeiten.sort_unstable();
            if let Some(grenze) = zeiten.get(MERKEN_MAX / 2) {
                alle.retain(|_, wann| *wann > *grenze);
            }
        }
        alle.insert(geheimnis::hash(geheimnis), jetzt).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_good_for_its_browser_and_ten_minutes() {
        let vorgang = Vorgang::von("a");
        let state = vorgang.state(1000, "/konto?x=ä");
        assert_eq!(vorgang.pruefe(&state, 1000).as_deref(), Some("/konto?x=ä"));
        assert!(vorgang.pruefe(&state, 1600).is_some());
        assert_eq!(vorgang.pruefe(&state, 1601), None, "too old");
        assert_eq!(vorgang.pruefe(&state, 999), None, "from the future");
        assert_eq!(Vorgang::von("b").pruefe(&state, 1000), None, "another's");
        let anderswo = state.replace(
            &URL_SAFE_NO_PAD.encode("/konto?x=ä"),
            &URL_SAFE_NO_PAD.encode("/"),
        );
        assert_eq!(vorgang.pruefe(&anderswo, 1000), None, "another page");
        let spaeter = state.replacen("1000", "2000", 1);
        assert_eq!(vorgang.pruefe(&spaeter, 2000), None, "another time");
        for unsinn in ["", ".", "..", "1000", "x.y.z", "9223372036854775807.a.Lw"] {
            assert_eq!(vorgang.pruefe(unsinn, 1000), None, "{unsinn}");
        }
        assert_ne!(vorgang.nonce(), vorgang.verifier());
        assert_eq!(vorgang.verifier().len(), 43);
        let lang = vorgang.state(1000, &format!("/{}", "a".repeat(700)));
        assert_eq!(vorgang.pruefe(&lang, 1000).as_deref(), Some("/"));
    }

    #[test]
    fn a_secret_is_good_once() {
        let verbraucht = Verbraucht::default();
        assert!(verbraucht.erster("a", 0));
        assert!(!verbraucht.erster("a", 1));
        for n in 0..=MERKEN_MAX {
            assert!(verbraucht.erster(&n.to_string(), 2));
        }
        assert!(verbraucht.0.lock().unwrap().len() <= MERKEN_MAX);
    }
}
