//! The opaque position of a page: after which row the next one begins.
//!
//! Hexadecimal JSON. It needs no signature: its values are only ever bound, and
//! a forged one shows nothing that a filter would not.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Rows with a geometry come first: the first ten fix the layer type in QGIS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Rows with a geometry; all rows of a relation without geometry column.
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
    /// Its spatial order, where the layer has one.
    #[serde(rename = "o")]
    pub ordnung: Option<i64>,
    /// Its key as text.
    #[serde(rename = "k")]
    pub schluessel: String,
    /// `numberMatched` of the first page: counted once per reading, not once per page.
    #[serde(rename = "n")]
    pub gesamt: i64,
}

impl Cursor {
    /// As written into `next`.
    #[must_use]
    pub fn kodiere(&self) -> String {
        use std::fmt::Write as _;
        let json = serde_json::to_string(self).unwrap_or_default();
        json.bytes().fold(String::new(), |mut text, b| {
            let _ = write!(text, "{b:02x}");
            text
        })
    }

    /// Reads what [`Self::kodiere`] wrote.
    pub fn lies(text: &str) -> Result<Self> {
        let ziffer = |b: &u8| {
            char::from(*b)
                .to_digit(16)
                .and_then(|z| u8::try_from(z).ok())
        };
        let bytes: Option<Vec<u8>> = text
            .as_bytes()
            .chunks(2)
            .map(|paar| match paar {
                [hoch, tief] => Some(ziffer(hoch)? * 16 + ziffer(tief)?),
                _ => None,
            })
            .collect();
        bytes
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok())
            .filter(|cursor| !cursor.schluessel.contains('\0'))
            .ok_or_else(|| {
                Error::parameter(
                    "cursor",
                    "Der Wert von „cursor“ stammt nicht aus einem Verweis „next“. Beginnen Sie ohne ihn von vorn.",
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_and_refused() {
        let cursor = Cursor {
            phase: Phase::Ohne,
            ordnung: Some(-7),
            schluessel: "ä/\"b".into(),
            gesamt: 12,
        };
        assert_eq!(Cursor::lies(&cursor.kodiere()).unwrap(), cursor);
        for falsch in ["", "zz", "7b7", "7b7d", "ä"] {
            assert!(Cursor::lies(falsch).is_err(), "{falsch}");
        }
    }
}
