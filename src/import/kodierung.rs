//! Characters of text files: UTF-8, UTF-16 and what Excel calls „CSV“.

use super::table::{GROESSE_MAX, Kodierung};

/// The text of a file, strictly decoded, or why it is none.
pub(super) fn dekodiere(bytes: &[u8]) -> Result<(String, Kodierung), String> {
    if bytes.len() > GROESSE_MAX {
        return Err(format!(
            "Die Datei ist größer als {} MB.",
            GROESSE_MAX >> 20
        ));
    }
    let anfang = |magie: &[u8]| bytes.starts_with(magie);
    if let Some((kodierung, bom)) = encoding_rs::Encoding::for_bom(bytes)
        && kodierung != encoding_rs::UTF_8
    {
        let (text, fehler) = kodierung.decode_without_bom_handling(&bytes[bom..]);
        return if fehler {
            Err("Die Datei beginnt wie UTF-16, ist es aber nicht durchgehend. Bitte als „CSV UTF-8“ speichern.".to_owned())
        } else {
            Ok((text.into_owned(), Kodierung::Utf16))
        };
    }
    if anfang(b"%PDF") || bytes.contains(&0) {
        return Err("Das ist keine Textdatei. Gebraucht wird eine CSV-Datei.".to_owned());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((
            text.trim_start_matches('\u{feff}').to_owned(),
            Kodierung::Utf8,
        )),
        Err(fehler) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            // 0x81, 0x8D, 0x8F, 0x90, 0x9D mean nothing in Windows-1252; the decoder keeps them as controls.
            if anfang(b"\xEF\xBB\xBF") || text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c)) {
                let zeile = 1 + bytes[..fehler.valid_up_to()]
                    .split(|b| *b == b'\n')
                    .skip(1)
                    .count();
                return Err(format!(
                    "Die Zeichen sind weder UTF-8 noch Windows-1252 (Zeile {zeile}). Bitte als „CSV UTF-8“ speichern."
                ));
            }
            Ok((text.into_owned(), Kodierung::Cp1252))
        }
    }
}

/// Excel's own first line `sep=;`.
pub(super) fn excel_vorzeile(text: &str) -> (usize, &str, Option<char>) {
    let ende = text.find('\n').map_or(text.len(), |n| n + 1);
    let zeile = text[..ende].trim().trim_matches('"');
    match zeile
        .strip_prefix("sep=")
        .map(|rest| rest.chars().collect::<Vec<_>>())
    {
        Some(zeichen) if zeichen.len() == 1 => (1, &text[ende..], Some(zeichen[0])),
        _ => (0, text, None),
    }
}
