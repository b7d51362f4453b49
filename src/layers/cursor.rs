//! The opaque position of a page: after which row the next one begins.
//!
//! It carries a mark of the request it came from, and a sum over itself. Neither is a secret:
//! its values are only ever bound, and a forged one shows nothing that a filter would not.
//! They are there so that a cursor of another request is refused with a sentence and not
//! answered with the wrong features.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// Rows with a geometry come first: the first ten fix the layer type in QGIS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Rows with a geometry; all rows of a relation without geometry column, and of a request
    /// that sorts.
    #[serde(rename = "g")]
    Mit,
    /// Rows without one.
    #[serde(rename = "o")]
    Ohne,
}

/// After which row to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Phase of the last row sent.
    #[serde(rename = "p")]
    pub phase: Phase,
    /// Its spatial order, where the layer has one and nothing else was asked for.
    #[serde(rename = "o")]
    pub ordnung: Option<i64>,
    /// Its values of the sort columns, as PostgreSQL writes them.
    #[serde(rename = "s")]
    pub werte: Vec<Option<String>>,
    /// Its key as text.
    #[serde(rename = "k")]
    pub schluessel: String,
    /// `numberMatched` of the first page: counted once per reading, not once per page.
    #[serde(rename = "n")]
    pub gesamt: Option<i64>,
    /// The request it belongs to.
    #[serde(rename = "a")]
    pub anfrage: String,
}

fn summe(json: &[u8]) -> [u8; 6] {
    let mut summe = [0; 6];
    for (ziel, b) in summe.iter_mut().zip(Sha256::digest(json)) {
        *ziel = b;
    }
    summe
}

impl Cursor {
    /// As written into `next`.
    #[must_use]
    pub fn kodiere(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        let mut bytes = summe(&json).to_vec();
        bytes.extend(json);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Self::kodiere`] wrote for the same request.
    pub fn lies(text: &str, anfrage: &str) -> Result<Self> {
        let cursor = URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| {
                let (pruefsumme, json) = bytes.split_at_checked(6)?;
                (summe(json) == *pruefsumme).then(|| serde_json::from_slice::<Self>(json).ok())?
            })
            .filter(|cursor| {
                let mut texte = cursor.werte.iter().flatten().chain([&cursor.schluessel]);
                !texte.any(|text| text.contains('\0'))
            })
            .ok_or_else(fremd)?;
        if cursor.anfrage != anfrage {
            return Err(Error::parameter(
                "cursor",
                "Der Wert von „cursor“ gehört zu einer anderen Anfrage (andere Ebene, anderer Filter, Ausschnitt oder andere Sortierung). Beginnen Sie ohne ihn von vorn.",
            ));
        }
        Ok(cursor)
    }
}

/// The sentence for a cursor that is none of ours.
#[must_use]
pub fn fremd() -> Error {
    Error::parameter(
        "cursor",
        "Der Wert von „cursor“ stammt nicht aus einem Verweis „next“. Beginnen Sie ohne ihn von vorn.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beispiel() -> Cursor {
        Cursor {
            phase: Phase::Ohne,
            ordnung: Some(-7),
            werte: vec![None, Some("Ä".into())],
            schluessel: "ä/\"b".into(),
            gesamt: Some(12),
            anfrage: "a".into(),
        }
    }

    #[test]
    fn there_and_back_and_refused() {
        let text = beispiel().kodiere();
        assert_eq!(Cursor::lies(&text, "a").unwrap(), beispiel());
        for falsch in [
            "",
            "zz",
            "7b7",
            "7b7d",
            "ä",
            &text[1..],
            &text[..text.len() - 2],
        ] {
            assert!(Cursor::lies(falsch, "a").is_err(), "{falsch}");
        }
        let fehler = Cursor::lies(&text, "b").unwrap_err().to_string();
        assert!(fehler.contains("anderen Anfrage"), "{fehler}");
    }

    #[test]
    fn every_changed_letter_is_noticed() {
        let text = beispiel().kodiere();
        for stelle in 0..text.len() {
            let mut anders = text.clone().into_bytes();
            anders[stelle] = if anders[stelle] == b'A' { b'B' } else { b'A' };
            let anders = String::from_utf8(anders).unwrap();
            assert!(Cursor::lies(&anders, "a").is_err(), "{stelle}");
        }
    }
}
