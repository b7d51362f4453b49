//! gml:ids: the delivered one where it is the only one, else one made from the kennung.
//!
//! Made ones look as XPlanung wants them (`GML_` and a UUID) and are the same in every
//! export, so that two exports can be compared.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

/// The id that belongs to a text.
pub(super) fn aus(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    format!(
        "GML_{}",
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    )
}

/// Ids of the geometries of one object.
#[derive(Debug)]
pub(super) struct Kennungen<'a> {
    objekt: &'a str,
    zahl: u32,
}

impl<'a> Kennungen<'a> {
    pub(super) fn neu(objekt: &'a str) -> Self {
        Self { objekt, zahl: 0 }
    }
    pub(super) fn naechste(&mut self) -> String {
        self.zahl += 1;
        aus(&format!("{}#{}", self.objekt, self.zahl))
    }
}

/// The id of an object, and whether it had to be made.
pub(super) fn des_objekts(
    gml_id: Option<&str>,
    kennung: &str,
    doppelt: &HashSet<String>,
) -> (String, bool) {
    match gml_id {
        Some(id) if ist_ncname(id) && !doppelt.contains(id) => (id.to_owned(), false),
        _ => (aus(kennung), true),
    }
}

/// `xs:ID`: letters, digits, `.`, `-`, `_`, not beginning with a digit, point or hyphen.
fn ist_ncname(id: &str) -> bool {
    let mut zeichen = id.chars();
    zeichen
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_')
        && zeichen.all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivered_ids_stay_unless_a_file_may_not_hold_them() {
        let doppelt = HashSet::from(["GML_2".to_owned()]);
        let id = |id: Option<&str>| des_objekts(id, "fnp.x", &doppelt);
        assert_eq!(id(Some("GML_1")), ("GML_1".to_owned(), false));
        for neu in [
            Some("GML_2"),
            Some("1a"),
            Some("a b"),
            Some("a:b"),
            Some(""),
            None,
        ] {
            let (kennung, gemacht) = id(neu);
            assert!(
                gemacht && kennung.len() == 40 && ist_ncname(&kennung),
                "{kennung}"
            );
        }
        assert_ne!(des_objekts(None, "fnp.y", &doppelt), id(None));
    }
}
