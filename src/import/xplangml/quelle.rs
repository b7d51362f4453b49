//! The bytes of a file as UTF-8, with the position for messages: byte order marks,
//! UTF-16 and ISO-8859-1 are decoded, control characters refused, and one XML token
//! can never grow beyond its limit, so that memory stays flat whatever is sent.

use std::io::{self, BufRead, Chain, Cursor, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// One token (text, tag, comment) may have this many bytes: a posList of about a
/// million vertices.
pub(super) const TOKEN_GRENZE: usize = 32 << 20;
/// Enough to hold the XML declaration.
const ANFANG: usize = 1024;
const PUFFER: usize = 32 << 10;

/// A refusal that has to travel through `io::Error`.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Abgelehnt(pub String);

fn ablehnen(text: impl Into<String>) -> io::Error {
    io::Error::other(Abgelehnt(text.into()))
}

enum Weg {
    /// Already UTF-8.
    Direkt,
    /// Decoded bytes `pos..bis` of `puffer` are still to be read.
    Uebersetzt {
        decoder: Decoder,
        puffer: Vec<u8>,
        pos: usize,
        bis: usize,
        ende: bool,
    },
}

/// See the module.
pub(super) struct Quelle<R> {
    innen: Chain<Cursor<Vec<u8>>, R>,
    weg: Weg,
    zeile: u64,
    spalte: u64,
    token: usize,
    /// A control character went by; the next read refuses.
    steuerzeichen: bool,
}

impl<R: BufRead> Quelle<R> {
    /// Looks at the first bytes and decides on the encoding.
    pub(super) fn neu(mut roh: R) -> io::Result<Self> {
        let mut anfang = Vec::with_capacity(ANFANG);
        roh.by_ref().take(ANFANG as u64).read_to_end(&mut anfang)?;
        let (marke, kodierung) = kodierung(&anfang)?;
        anfang.drain(..marke);
        let weg = if kodierung == UTF_8 {
            Weg::Direkt
        } else {
            Weg::Uebersetzt {
                decoder: kodierung.new_decoder_without_bom_handling(),
                puffer: vec![0; PUFFER],
                pos: 0,
                bis: 0,
                ende: false,
            }
        };
        Ok(Self {
            innen: Cursor::new(anfang).chain(roh),
            weg,
            zeile: 1,
            spalte: 1,
            token: 0,
            steuerzeichen: false,
        })
    }

    /// Line of the next byte, from 1.
    pub(super) fn zeile(&self) -> u64 {
        self.zeile
    }
    /// Column (in bytes) of the next byte, from 1.
    pub(super) fn spalte(&self) -> u64 {
        self.spalte
    }
    /// A new token begins.
    pub(super) fn neues_token(&mut self) {
        self.token = 0;
    }
}

impl<R: BufRead> BufRead for Quelle<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.token > TOKEN_GRENZE {
            return Err(ablehnen(format!(
                "ein einzelner Wert ist größer als {} MB",
                TOKEN_GRENZE >> 20
            )));
        }
        if self.steuerzeichen {
            return Err(ablehnen(
                "die Datei enthält Steuerzeichen, die in XML nicht erlaubt sind",
            ));
        }
        let bytes = match &mut self.weg {
            Weg::Direkt => self.innen.fill_buf()?,
            Weg::Uebersetzt {
                decoder,
                puffer,
                pos,
                bis,
                ende,
            } => {
                while *pos == *bis && !*ende {
                    let roh = self.innen.fill_buf()?;
                    let letzte = roh.is_empty();
                    let (ergebnis, gelesen, geschrieben, kaputt) =
                        decoder.decode_to_utf8(roh, puffer, letzte);
                    if kaputt {
                        return Err(ablehnen(format!(
                            "die Datei enthält Bytes, die in {} nicht vorkommen können",
                            decoder.encoding().name()
                        )));
                    }
                    self.innen.consume(gelesen);
                    (*pos, *bis) = (0, geschrieben);
                    *ende = letzte && ergebnis == CoderResult::InputEmpty;
                }
                &puffer[*pos..*bis]
            }
        };
        Ok(bytes)
    }

    fn consume(&mut self, anzahl: usize) {
        let gelesen: &[u8] = match &self.weg {
            // Buffered already, so this neither reads nor fails.
            Weg::Direkt => self.innen.fill_buf().unwrap_or_default(),
            Weg::Uebersetzt { puffer, pos, .. } => &puffer[*pos..],
        };
        let gelesen = &gelesen[..anzahl.min(gelesen.len())];
        // Checked here and not in fill_buf, which sees the same bytes many times.
        for byte in gelesen {
            self.spalte += 1;
            match byte {
                b'\n' => {
                    self.zeile += 1;
                    self.spalte = 1;
                }
                b'\r' | b'\t' => {}
                0..0x20 => self.steuerzeichen = true,
                _ => {}
            }
        }
        self.token += anzahl;
        match &mut self.weg {
            Weg::Direkt => self.innen.consume(anzahl),
            Weg::Uebersetzt { pos, .. } => *pos += anzahl,
        }
    }
}

impl<R: BufRead> Read for Quelle<R> {
    fn read(&mut self, ziel: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let anzahl = bytes.len().min(ziel.len());
        ziel[..anzahl].copy_from_slice(&bytes[..anzahl]);
        self.consume(anzahl);
        Ok(anzahl)
    }
}

/// Length of the byte order mark and the encoding, by the appendix "Detection of
/// Character Encodings" of XML 1.0: bytes decide between 8 and 16 bit, the
/// declaration among the 8-bit ones.
fn kodierung(anfang: &[u8]) -> io::Result<(usize, &'static Encoding)> {
    match anfang {
        [0xEF, 0xBB, 0xBF, ..] => return Ok((3, UTF_8)),
        [0xFE, 0xFF, ..] => return Ok((2, UTF_16BE)),
        [0xFF, 0xFE, ..] => return Ok((2, UTF_16LE)),
        [0, b'<', 0, _, ..] => return Ok((0, UTF_16BE)),
        [b'<', 0, _, 0, ..] => return Ok((0, UTF_16LE)),
        _ => {}
    }
    let Some(name) = angegebene_kodierung(anfang) else {
        return Ok((0, UTF_8));
    };
    match Encoding::for_label(name.as_bytes()) {
        // Only 8-bit bytes: a UTF-16 label comes from a tool that changed its mind.
        Some(e) if e == UTF_8 || e == UTF_16LE || e == UTF_16BE => Ok((0, UTF_8)),
        // The label iso-8859-1 means windows-1252 (WHATWG), which contains it.
        Some(e) if e == WINDOWS_1252 || e == encoding_rs::ISO_8859_15 => Ok((0, e)),
        _ => Err(ablehnen(format!(
            "die Zeichenkodierung „{name}“ wird nicht gelesen; gelesen werden UTF-8, UTF-16 und \
             ISO-8859-1"
        ))),
    }
}

fn angegebene_kodierung(anfang: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(anfang);
    let erklaerung = text.strip_prefix("<?xml")?.split_once("?>")?.0;
    let wert = erklaerung.split_once("encoding")?.1.trim_start();
    let wert = wert.strip_prefix('=')?.trim_start();
    let zeichen = wert.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(wert[1..].split_once(zeichen)?.0.to_owned())
}
