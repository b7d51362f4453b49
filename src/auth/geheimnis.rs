//! Random secrets: session ids, tokens, one-time links. Only their SHA-256 is stored; a
//! fast hash is right for 256 random bits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// What scanners for leaked secrets look for.
const VORSATZ: &str = "zr_";
/// 32 bytes in base64url.
const ZEICHEN: usize = 43;
/// Hex digits of the checksum: tells a slip of the pen from a revoked token without a query.
const PRUEFZEICHEN: usize = 6;

/// 256 random bits as 43 characters of base64url.
pub fn neu() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|cause| Error::intern(cause.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a secret.
#[must_use]
pub fn hash(geheimnis: &str) -> Vec<u8> {
    Sha256::digest(geheimnis.as_bytes()).to_vec()
}

/// Lower-case hex of the hash of several parts.
#[must_use]
pub fn hex(teile: &[&str]) -> String {
    let mut hash = Sha256::new();
    for teil in teile {
        hash.update(teil.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// A new personal access token.
pub fn token() -> Result<String> {
    let kern = neu()?;
    Ok(format!("{VORSATZ}{kern}{}", pruefzeichen(&kern)))
}

/// The text has the form of a token and its checksum fits.
#[must_use]
pub fn ist_token(text: &str) -> bool {
    text.strip_prefix(VORSATZ)
        .filter(|rest| rest.is_ascii() && rest.len() == ZEICHEN + PRUEFZEICHEN)
        .is_some_and(|rest| {
            let (kern, probe) = rest.split_at(ZEICHEN);
            probe == pruefzeichen(kern)
        })
}

/// The first characters, by which a person tells tokens apart.
#[must_use]
pub fn anfang(token: &str) -> String {
    token.chars().take(VORSATZ.len() + 6).collect()
}

fn pruefzeichen(kern: &str) -> String {
    hex(&[kern])[..PRUEFZEICHEN].to_owned()
}

/// Equal, in a time that tells nothing of where they differ.
#[must_use]
pub fn gleich(a: &str, b: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_know_themselves() {
        let token = token().unwrap();
        assert_eq!(token.len(), 52);
        assert!(ist_token(&token));
        assert_ne!(token, super::token().unwrap());
        let mut falsch = token.clone();
        let letztes = if falsch.ends_with('0') { '1' } else { '0' };
        falsch.pop();
        falsch.push(letztes);
        assert!(!ist_token(&falsch));
        assert!(!ist_token(&token[..51]));
        assert!(!ist_token("zr_"));
        assert!(!ist_token(
            "zr_ääääääääääääääääääääääääääääääääääääääääääääääääää"
        ));
    }
}
