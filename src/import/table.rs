//! Tables in text files: CSV as spreadsheets and scripts write it.
//!
//! Read by our own small parser and not by the `csv` crate: that one takes an unclosed
//! quotation mark as one cell to the end of the file and counts no empty lines, so
//! neither the mistake nor its line could be named.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::bericht::{Bericht, Stelle};
use super::kodierung::{dekodiere, excel_vorzeile};

/// Largest file that is read, in bytes.
pub const GROESSE_MAX: usize = 256 << 20;

/// One file, split into cells.
#[derive(Debug)]
pub struct Tabelle {
    /// File name without its folder.
    pub datei: String,
    /// Sheet of a workbook.
    pub blatt: Option<String>,
    /// Checksum of the file, hexadecimal.
    pub sha256: String,
    /// How its characters were encoded.
    pub kodierung: Kodierung,
    /// What separates its cells.
    pub trenner: char,
    /// Headings as delivered, trimmed.
    pub kopf: Vec<String>,
    /// Rows below the heading; empty lines are left out.
    pub zeilen: Vec<Zeile>,
}

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub struct Zeile {
    /// Line of the file where it begins, from 1.
    pub nummer: usize,
    /// Cells, trimmed; as many as there are headings.
    pub felder: Vec<Feld>,
}

/// One cell: its text and what a spreadsheet knows about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feld {
    /// Text; numbers with a decimal point, days as 2026-03-01.
    pub text: String,
    /// What it was.
    pub art: Feldart,
}

/// What a cell was in its file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Feldart {
    /// Text, or a cell of a text file.
    #[default]
    Text,
    /// Number: the point in its text is a decimal point.
    Zahl,
    /// Number shown as a percentage: 0.6 is seen as 60 %.
    Prozent,
    /// Day.
    Datum,
    /// Formula whose result is not in the file.
    Formel,
    /// Error value such as `#NV`.
    Fehler,
}

impl From<String> for Feld {
    fn from(text: String) -> Self {
        Self {
            text,
            art: Feldart::Text,
        }
    }
}
impl From<&str> for Feld {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}
impl std::ops::Deref for Feld {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl Tabelle {
    /// Where a line of it stands.
    #[must_use]
    pub fn stelle(&self, zeile: usize) -> Stelle {
        Stelle {
            blatt: self.blatt.clone(),
            ..Stelle::zeile(&self.datei, zeile)
        }
    }
    /// File and sheet for people.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.blatt {
            Some(blatt) => format!("{}, Blatt „{blatt}“", self.datei),
            None => self.datei.clone(),
        }
    }
}

/// Encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kodierung {
    /// UTF-8, with or without byte order mark.
    Utf8,
    /// UTF-16 with byte order mark ("Unicode-Text" of Excel).
    Utf16,
    /// Windows-1252, what Excel calls "CSV".
    Cp1252,
    /// A workbook (XLSX).
    Mappe,
}

impl std::fmt::Display for Kodierung {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Cp1252 => "Windows-1252",
            Self::Mappe => "Excel-Mappe",
        })
    }
}

/// A heading in its comparable form: lower case, no umlauts, `_` for every other run.
#[must_use]
pub fn schreibweise(kopf: &str) -> String {
    let mut text = String::new();
    for c in kopf.trim().trim_start_matches('\u{feff}').chars() {
        match c {
            'ä' | 'Ä' => text.push_str("ae"),
            'ö' | 'Ö' => text.push_str("oe"),
            'ü' | 'Ü' => text.push_str("ue"),
            'ß' | 'ẞ' => text.push_str("ss"),
            c if c.is_alphanumeric() => text.extend(c.to_lowercase()),
            _ if text.ends_with('_') || text.is_empty() => {}
            _ => text.push('_'),
        }
    }
    text.truncate(text.trim_end_matches('_').len());
    text
}

/// Splits a file into cells. `bekannt` says which headings (in the form of
/// [`schreibweise`]) mean something; the separator is the one that finds most of them.
/// None: the file is no table, and the report says why.
pub fn lies(
    datei: &str,
    bytes: &[u8],
    bekannt: &dyn Fn(&str) -> bool,
    bericht: &mut Bericht,
) -> Option<Tabelle> {
    let (text, kodierung) = match dekodiere(bytes) {
        Ok(gelesen) => gelesen,
        Err(grund) => {
            bericht.fehler(Stelle::datei(datei), grund);
            return None;
        }
    };
    let (vorzeilen, text, genannt) = excel_vorzeile(&text);
    let trenner = genannt.unwrap_or_else(|| waehle_trenner(text, bekannt));
    let mut zeilen = match zerlege(text, trenner, vorzeilen) {
        Ok(zeilen) => zeilen,
        Err((nummer, grund)) => {
            bericht.fehler(Stelle::zeile(datei, nummer), grund);
            return None;
        }
    };
    if zeilen.is_empty() {
        bericht.fehler(
            Stelle::datei(datei),
            "Die Datei ist leer. Gebraucht wird eine Kopfzeile mit den Spaltennamen und darunter eine Zeile je Eintrag.",
        );
        return None;
    }
    let kopf: Vec<String> = zeilen
        .remove(0)
        .felder
        .into_iter()
        .map(|f| f.text)
        .collect();
    let zeilen = pruefe_breite(datei, &kopf, zeilen, trenner, bericht);
    Some(Tabelle {
        datei: datei.to_owned(),
        blatt: None,
        sha256: sha256(bytes),
        kodierung,
        trenner,
        kopf,
        zeilen,
    })
}

/// Checksum, hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn pruefe_breite(
    datei: &str,
    kopf: &[String],
    zeilen: Vec<Zeile>,
    trenner: char,
    bericht: &mut Bericht,
) -> Vec<Zeile> {
    let mut gut = Vec::with_capacity(zeilen.len());
    for mut zeile in zeilen {
        // Spreadsheets pad rows with empty cells.
        while zeile.felder.len() > kopf.len()
            && zeile.felder.last().is_some_and(|feld| feld.is_empty())
        {
            zeile.felder.pop();
        }
        if zeile.felder.len() == kopf.len() {
            gut.push(zeile);
            continue;
        }
        let rat = if zeile.felder.len() > kopf.len() {
            format!(
                "Ein Text, der das Trennzeichen {} enthält, muss in Anführungszeichen stehen.",
                name(trenner)
            )
        } else {
            "Fehlt ein Trennzeichen, oder ist ein Zeilenumbruch in einem Text nicht in Anführungszeichen gesetzt?".to_owned()
        };
        bericht.fehler(
            Stelle::zeile(datei, zeile.nummer),
            format!(
                "Die Zeile hat {} Felder, die Kopfzeile {}. {rat}",
                zeile.felder.len(),
                kopf.len()
            ),
        );
    }
    gut
}

fn name(trenner: char) -> &'static str {
    match trenner {
        ';' => "Semikolon",
        ',' => "Komma",
        _ => "Tabulator",
    }
}

/// Text without the blanks around it, whichever Unicode knows, and without what is invisible.
#[must_use]
pub fn sauber(text: &str) -> String {
    let glatt: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}'))
        .map(|c| {
            if matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    glatt.trim().to_owned()
}

fn waehle_trenner(text: &str, bekannt: &dyn Fn(&str) -> bool) -> char {
    let kopfzeile = text
        .lines()
        .find(|zeile| !zeile.trim().is_empty())
        .unwrap_or_default();
    let mut bester = (0, 0, ';');
    for trenner in [';', ',', '\t'] {
        let felder = zerlege(kopfzeile, trenner, 0)
            .ok()
            .and_then(|zeilen| zeilen.into_iter().next())
            .map(|zeile| zeile.felder)
            .unwrap_or_default();
        let treffer = felder
            .iter()
            .filter(|feld| bekannt(&schreibweise(feld)))
            .count();
        // Without any known heading the one that splits at all tells more than none.
        if (treffer, felder.len()) > (bester.0, bester.1) {
            bester = (treffer, felder.len(), trenner);
        }
    }
    bester.2
}

/// RFC 4180 with any separator; line ends CRLF, LF or CR. Errors name the line.
fn zerlege(text: &str, trenner: char, vorzeilen: usize) -> Result<Vec<Zeile>, (usize, String)> {
    let mut zeilen = Vec::new();
    let mut zeichen = text.chars().peekable();
    let mut nummer = vorzeilen + 1;
    while zeichen.peek().is_some() {
        let beginn = nummer;
        let mut felder = Vec::new();
        let mut zitiert = false;
        loop {
            let mut feld = String::new();
            // Blanks before a quotation mark are taste, not content.
            while zeichen.next_if(|c| *c == ' ').is_some() {}
            if zeichen.next_if_eq(&'"').is_some() {
                zitiert = true;
                let oeffnet = nummer;
                loop {
                    match zeichen.next() {
                        Some('"') if zeichen.next_if_eq(&'"').is_some() => feld.push('"'),
                        Some('"') => break,
                        Some(c) => {
                            if c == '\n' || (c == '\r' && zeichen.peek() != Some(&'\n')) {
                                nummer += 1;
                            }
                            feld.push(c);
                        }
                        None => {
                            return Err((
                                oeffnet,
                                "Ein Anführungszeichen wird geöffnet, aber bis zum Ende der Datei nicht geschlossen. Anführungszeichen im Text selbst werden verdoppelt (\"\").".to_owned(),
                            ));
                        }
                    }
                }
                while zeichen.next_if(|c| *c == ' ').is_some() {}
                if zeichen
                    .peek()
                    .is_some_and(|c| *c != trenner && *c != '\n' && *c != '\r')
                {
                    return Err((
                        nummer,
                        "Nach einem schließenden Anführungszeichen steht weiterer Text. Anführungszeichen im Text selbst werden verdoppelt (\"\"), der ganze Text steht in Anführungszeichen.".to_owned(),
                    ));
                }
            } else {
                while let Some(c) = zeichen.next_if(|c| *c != trenner && *c != '\n' && *c != '\r') {
                    feld.push(c);
                }
            }
            felder.push(Feld::from(sauber(&feld)));
            match zeichen.next() {
                Some(c) if c == trenner => {}
                Some('\r') => {
                    zeichen.next_if_eq(&'\n');
                    nummer += 1;
                    break;
                }
                Some(_) => {
                    nummer += 1;
                    break;
                }
                None => break,
            }
        }
        if zitiert || felder.iter().any(|feld: &Feld| !feld.is_empty()) {
            zeilen.push(Zeile {
                nummer: beginn,
                felder,
            });
        }
    }
    Ok(zeilen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gelesen(bytes: &[u8]) -> Result<Tabelle, String> {
        let mut bericht = Bericht::default();
        let bekannt = |name: &str| ["kennung", "titel", "uebergeordnet"].contains(&name);
        let tabelle = lies("t.csv", bytes, &bekannt, &mut bericht);
        if bericht.abgelehnt() {
            return Err(bericht.ablehnung());
        }
        Ok(tabelle.unwrap())
    }

    #[test]
    fn encodings_and_separators() {
        for (bytes, kodierung, trenner) in [
            (
                "kennung;titel\na;Süd\n".as_bytes().to_vec(),
                Kodierung::Utf8,
                ';',
            ),
            (
                "\u{feff}Kennung,Titel\r\na,Süd".as_bytes().to_vec(),
                Kodierung::Utf8,
                ',',
            ),
            (
                b"kennung\ttitel\na\tS\xFCd\n".to_vec(),
                Kodierung::Cp1252,
                '\t',
            ),
            (
                "sep=,\nkennung,titel\na,Süd".as_bytes().to_vec(),
                Kodierung::Utf8,
                ',',
            ),
            (
                [
                    vec![0xFF, 0xFE],
                    "kennung\ttitel\ra\tSüd"
                        .encode_utf16()
                        .flat_map(u16::to_le_bytes)
                        .collect(),
                ]
                .concat(),
                Kodierung::Utf16,
                '\t',
            ),
        ] {
            let t = gelesen(&bytes).unwrap();
            assert_eq!((t.kodierung, t.trenner), (kodierung, trenner));
            assert_eq!(t.zeilen[0].felder, ["a", "Süd"].map(Feld::from));
        }
        assert!(
            gelesen(b"kennung;titel\na;S\xFC\x81d")
                .unwrap_err()
                .contains("weder UTF-8 noch")
        );
        assert!(
            gelesen(b"kennung\0")
                .unwrap_err()
                .contains("keine Textdatei")
        );
        assert!(gelesen(b"\n\n").unwrap_err().contains("leer"));
    }

    #[test]
    fn quotes_and_line_numbers() {
        let t =
            gelesen("kennung;titel\n\n a ; \"x;\"\"y\"\"\nz\" \n;;\nb;c;;\n".as_bytes()).unwrap();
        assert_eq!(
            t.zeilen,
            [
                Zeile {
                    nummer: 3,
                    felder: vec!["a".into(), "x;\"y\"\nz".into()]
                },
                Zeile {
                    nummer: 6,
                    felder: vec!["b".into(), "c".into()]
                },
            ]
        );
        assert!(
            gelesen(b"kennung;titel\na;\"offen\nb;c")
                .unwrap_err()
                .contains("Zeile 2: Ein Anf")
        );
        assert!(
            gelesen(b"kennung;titel\na;\"x\"y")
                .unwrap_err()
                .contains("weiterer Text")
        );
        assert!(
            gelesen(b"kennung;titel\na;b;c")
                .unwrap_err()
                .contains("3 Felder, die Kopfzeile 2")
        );
        assert!(
            gelesen(b"kennung;titel\na")
                .unwrap_err()
                .contains("1 Felder")
        );
    }

    #[test]
    fn headings_compare_tolerantly() {
        for kopf in ["Übergeordnet", " uebergeordnet ", "\u{feff}ÜBERGEORDNET"] {
            assert_eq!(schreibweise(kopf), "uebergeordnet");
        }
        assert_eq!(schreibweise("Fläche-Kennung."), "flaeche_kennung");
    }
}
