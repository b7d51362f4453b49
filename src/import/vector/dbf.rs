//! In which encoding the texts of a dBASE file stand: `.cpg`, then the language driver
//! of the header, checked against the bytes; then strict UTF-8, then CP1252. Whatever
//! was not plainly said gets a line in the report.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::melder::Melder;
use crate::error::Result;
use crate::fnp::objekt::Schwere;
use crate::import::datei::Shapefile;

/// The upper half of code page 850 (DOS, Western Europe), as old desktop GIS wrote it.
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";
/// The letters of code page 437 where it differs from 850 are no German ones but for these.
const CP437_ABWEICHEND: [(u8, char); 2] = [(0xE1, 'ß'), (0xE6, 'µ')];

/// An encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kodierung {
    Utf8,
    Fenster(&'static encoding_rs::Encoding),
    Dos850,
    Dos437,
}

impl Kodierung {
    fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Fenster(kodierung) => kodierung.name(),
            Self::Dos850 => "CP850",
            Self::Dos437 => "CP437",
        }
    }

    /// Finds it and reports what was doubtful.
    pub fn finde(shapefile: &Shapefile, melder: &mut Melder) -> Result<Self> {
        let (ldid, bytes) = match shapefile.teil("dbf") {
            Some(dbf) => schaue(dbf)?,
            None => return Ok(Self::Utf8),
        };
        let cpg = shapefile
            .teil("cpg")
            .and_then(|pfad| {
                let mut text = String::new();
                File::open(pfad)
                    .ok()?
                    .take(64)
                    .read_to_string(&mut text)
                    .ok()?;
                Some(text.trim().to_owned())
            })
            .filter(|text| !text.is_empty());
        let gesagt = cpg
            .as_deref()
            .and_then(aus_cpg)
            .map(|k| (k, "die .cpg-Datei"))
            .or_else(|| aus_ldid(ldid).map(|k| (k, "der Kopf der .dbf-Datei")));
        if let (Some(cpg), None) = (&cpg, cpg.as_deref().and_then(aus_cpg)) {
            melder.datei(
                "kodierung-unbekannt",
                Schwere::Hinweis,
                format!("Die .cpg-Datei nennt die unbekannte Zeichenkodierung „{cpg}“."),
            );
        }
        Ok(match (gesagt, bytes) {
            (Some((Self::Utf8, _)), Bytes::Andere) => {
                melder.datei("kodierung-falsch", Schwere::Warnung, "Die .cpg-Datei nennt UTF-8, die Texte sind aber keines; sie wurden als CP1252 gelesen. Bitte Umlaute prüfen.".into());
                Self::Fenster(encoding_rs::WINDOWS_1252)
            }
            (Some((gesagt, wer)), Bytes::Utf8) if gesagt != Self::Utf8 => {
                melder.datei("kodierung-falsch", Schwere::Warnung, format!("{wer} nennt {}, die Texte sind aber UTF-8 und wurden so gelesen. Bitte Umlaute prüfen.", gesagt.name()));
                Self::Utf8
            }
            (Some((gesagt, _)), _) => gesagt,
            (None, Bytes::Ascii | Bytes::Utf8) => Self::Utf8,
            (None, Bytes::Andere) => {
                melder.datei("kodierung-angenommen", Schwere::Hinweis, "Das Shapefile nennt keine Zeichenkodierung; die Texte wurden als CP1252 gelesen. Bitte Umlaute prüfen.".into());
                Self::Fenster(encoding_rs::WINDOWS_1252)
            }
        })
    }

    /// Text from characters that each stand for one byte (as UTF-8 of U+0000 to U+00FF).
    pub fn text(self, zeichen: &[u8]) -> String {
        if zeichen.is_ascii() {
            return String::from_utf8_lossy(zeichen).into_owned();
        }
        let bytes: Vec<u8> = String::from_utf8_lossy(zeichen)
            .chars()
            .map(|zeichen| u8::try_from(u32::from(zeichen)).unwrap_or(b'?'))
            .collect();
        match self {
            Self::Utf8 => {
                // A fixed width may have cut the last letter in two.
                let ganz = match std::str::from_utf8(&bytes) {
                    Err(cause) if cause.error_len().is_none() => &bytes[..cause.valid_up_to()],
                    _ => &bytes,
                };
                String::from_utf8_lossy(ganz).into_owned()
            }
            Self::Fenster(kodierung) => {
                kodierung.decode_without_bom_handling(&bytes).0.into_owned()
            }
            Self::Dos850 | Self::Dos437 => {
                let oben: Vec<char> = CP850.chars().collect();
                bytes
                    .iter()
                    .map(|byte| match byte {
                        0..0x80 => char::from(*byte),
                        _ if self == Self::Dos437 => CP437_ABWEICHEND
                            .iter()
                            .find(|(dieses, _)| dieses == byte)
                            .map_or(oben[usize::from(byte - 0x80)], |(_, zeichen)| *zeichen),
                        _ => oben[usize::from(byte - 0x80)],
                    })
                    .collect()
            }
        }
    }
}

/// What the text bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bytes {
    Ascii,
    Utf8,
    Andere,
}

fn aus_cpg(text: &str) -> Option<Kodierung> {
    let klein = text.to_lowercase().replace([' ', '_'], "-");
    let zahl: String = klein.chars().filter(char::is_ascii_digit).collect();
    Some(match (klein.as_str(), zahl.as_str()) {
        ("utf8" | "utf-8" | "65001" | "cp65001", _) => Kodierung::Utf8,
        (_, "437") => Kodierung::Dos437,
        (_, "850") => Kodierung::Dos850,
        (_, "1252" | "88591" | "885915") if zahl == "885915" => {
            Kodierung::Fenster(encoding_rs::ISO_8859_15)
        }
        (_, "1252" | "88591") => Kodierung::Fenster(encoding_rs::WINDOWS_1252),
        (_, "1250") => Kodierung::Fenster(encoding_rs::WINDOWS_1250),
        _ => Kodierung::Fenster(encoding_rs::Encoding::for_label(klein.as_bytes())?),
    })
}

/// Language driver id of the header.
fn aus_ldid(ldid: u8) -> Option<Kodierung> {
    match ldid {
        0x01 | 0x09 | 0x0B | 0x0D | 0x11 | 0x15 | 0x1B => Some(Kodierung::Dos437),
        0x02 | 0x0A | 0x0C | 0x0E | 0x10 | 0x12 | 0x14 | 0x16 => Some(Kodierung::Dos850),
        0x03 | 0x57 | 0x58 | 0x59 => Some(Kodierung::Fenster(encoding_rs::WINDOWS_1252)),
        0xC8 => Some(Kodierung::Fenster(encoding_rs::WINDOWS_1250)),
        _ => None,
    }
}

/// Language driver and what the text fields hold, read row by row.
fn schaue(dbf: &Path) -> Result<(u8, Bytes)> {
    let mut quelle = BufReader::with_capacity(1 << 18, File::open(dbf)?);
    let mut kopf = [0; 32];
    quelle.read_exact(&mut kopf)?;
    let kopflaenge = usize::from(u16::from_le_bytes([kopf[8], kopf[9]]));
    let zeilenlaenge = usize::from(u16::from_le_bytes([kopf[10], kopf[11]]));
    let mut beschreibung = vec![0; kopflaenge.saturating_sub(32)];
    quelle.read_exact(&mut beschreibung)?;
    let mut texte = Vec::new();
    let mut ab = 1;
    for feld in beschreibung
        .chunks_exact(32)
        .take_while(|feld| feld[0] != 0x0D)
    {
        let breite = usize::from(feld[16]);
        if feld[11] == b'C' && ab + breite <= zeilenlaenge {
            texte.push(ab..ab + breite);
        }
        ab += breite;
    }
    let mut art = Bytes::Ascii;
    let mut zeile = vec![0; zeilenlaenge];
    while quelle.read_exact(&mut zeile).is_ok() {
        for bereich in &texte {
            let text = &zeile[bereich.clone()];
            if text.is_ascii() {
                continue;
            }
            match std::str::from_utf8(text) {
                Ok(_) => art = Bytes::Utf8,
                // Cut at the end of the field.
                Err(cause) if cause.error_len().is_none() => art = Bytes::Utf8,
                Err(_) => return Ok((kopf[29], Bytes::Andere)),
            }
        }
    }
    Ok((kopf[29], art))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wie_vom_kind(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    }

    #[test]
    fn umlauts_come_out_of_every_encoding() {
        assert_eq!(CP850.chars().count(), 128);
        let gruen = "Grünfläche Süßen";
        for (kodierung, bytes) in [
            (Kodierung::Utf8, gruen.as_bytes().to_vec()),
            (
                Kodierung::Fenster(encoding_rs::WINDOWS_1252),
                b"Gr\xFCnfl\xE4che S\xFC\xDFen".to_vec(),
            ),
            (Kodierung::Dos850, b"Gr\x81nfl\x84che S\x81\xE1en".to_vec()),
            (Kodierung::Dos437, b"Gr\x81nfl\x84che S\x81\xE1en".to_vec()),
        ] {
            assert_eq!(
                kodierung.text(wie_vom_kind(&bytes).as_bytes()),
                gruen,
                "{kodierung:?}"
            );
        }
        // Cut in the middle of the last letter.
        assert_eq!(
            Kodierung::Utf8.text(wie_vom_kind(b"Gr\xC3").as_bytes()),
            "Gr"
        );
    }

    #[test]
    fn names_of_encodings() {
        assert_eq!(aus_cpg("UTF-8"), Some(Kodierung::Utf8));
        assert_eq!(
            aus_cpg("ANSI 1252"),
            Some(Kodierung::Fenster(encoding_rs::WINDOWS_1252))
        );
        assert_eq!(
            aus_cpg("ISO 8859-1"),
            Some(Kodierung::Fenster(encoding_rs::WINDOWS_1252))
        );
        assert_eq!(aus_cpg("OEM 850"), Some(Kodierung::Dos850));
        assert_eq!(aus_cpg("Klingonisch"), None);
    }
}
