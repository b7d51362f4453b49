//! Names and ids of XML for any text: what may not stand in an `NCName` is written `_x0020_`,
//! as SQL/XML does it, and can be read back.

use std::fmt::Write as _;

/// The text as an `NCName`.
#[must_use]
pub fn ncname(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    if text.is_empty() {
        // No text gives this otherwise: the underscore before an x is written out.
        return "_x_".to_owned();
    }
    for (nr, (stelle, zeichen)) in text.char_indices().enumerate() {
        let gut = if nr == 0 {
            anfang(zeichen)
        } else {
            weiter(zeichen)
        };
        let wie_maskiert = zeichen == '_' && text[stelle + 1..].starts_with('x');
        if gut && !wie_maskiert {
            name.push(zeichen);
        } else {
            maskiere(&mut name, zeichen);
        }
    }
    name
}

/// The text behind an `NCName` of ours; anything else is taken as it stands.
#[must_use]
pub fn klartext(name: &str) -> String {
    if name == "_x_" {
        return String::new();
    }
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(stelle) = rest.find("_x") {
        text.push_str(&rest[..stelle]);
        let maskiert = &rest[stelle + 2..];
        let zeichen = maskiert.split_once('_').and_then(|(hex, rest)| {
            let gut = (4..=6).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit());
            let zahl = u32::from_str_radix(hex, 16).ok().filter(|_| gut)?;
            Some((char::from_u32(zahl)?, rest))
        });
        match zeichen {
            Some((zeichen, danach)) => {
                text.push(zeichen);
                rest = danach;
            }
            None => {
                text.push_str("_x");
                rest = maskiert;
            }
        }
    }
    text.push_str(rest);
    text
}

/// `gml:id` of an object: its type, a point, its key. The first point ends the type.
#[must_use]
pub fn objekt_id(typ: &str, schluessel: &str) -> String {
    let mut id = typteil(typ);
    id.push('.');
    id.push_str(&schluesselteil(schluessel));
    id
}

/// Type and key of an id made by [`objekt_id`].
#[must_use]
pub fn aus_objekt_id(id: &str) -> Option<(String, String)> {
    let (typ, schluessel) = id.split_once('.')?;
    Some((klartext(typ), klartext(schluessel)))
}

fn typteil(typ: &str) -> String {
    ncname(typ).replace('.', "_x002E_")
}

fn schluesselteil(schluessel: &str) -> String {
    // Behind the point everything may begin.
    let mit = ncname(&format!("a{schluessel}"));
    mit[1..].to_owned()
}

fn maskiere(name: &mut String, zeichen: char) {
    // Writing into a String cannot fail.
    let _ = write!(name, "_x{:04X}_", u32::from(zeichen));
}

/// `NameStartChar` of XML 1.0 without the colon.
fn anfang(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// `NameChar`.
fn weiter(c: char) -> bool {
    anfang(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_as_they_look() {
        for (text, name) in [
            ("flaeche_m2", "flaeche_m2"),
            ("Höhe (m)", "Höhe_x0020__x0028_m_x0029_"),
            ("1a", "_x0031_a"),
            ("a_x0020_b", "a_x005F_x0020_b"),
            ("", "_x_"),
            ("😀", "😀"),
            ("a:b", "a_x003A_b"),
        ] {
            assert_eq!(ncname(text), name);
            assert_eq!(klartext(name), text);
        }
        assert_eq!(klartext("_xzz_a_x12_"), "_xzz_a_x12_");
        assert_eq!(objekt_id("a.b", "1/ä"), "a_x002E_b.1_x002F_ä");
        assert_eq!(
            aus_objekt_id("a_x002E_b.1_x002F_ä"),
            Some(("a.b".to_owned(), "1/ä".to_owned()))
        );
        assert_eq!(aus_objekt_id("ab"), None);
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "\\PC*|[_x0-9A-F]{0,12}", typ in "[a-zä._x0-9-]{1,8}") {
            let name = ncname(&text);
            prop_assert!(name.chars().next().is_some_and(anfang) && name.chars().all(weiter), "{}", name);
            prop_assert_eq!(klartext(&name), text.clone());
            let id = objekt_id(&typ, &text);
            prop_assert!(id.chars().next().is_some_and(anfang) && id.chars().all(weiter), "{}", id);
            prop_assert_eq!(aus_objekt_id(&id), Some((typ, text)));
        }
    }
}
