//! What the child writes on its pipe: records of a tag, a length (u32, little-endian)
//! and so many bytes. One header, features, one end; or a refusal at any place.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};

/// Longest record; a feature of a million vertices with Z and M has 32 MB.
const SATZ_HOECHSTENS: u32 = 64 << 20;
/// Length of a missing value.
const NICHTS: u32 = u32::MAX;

/// The kind of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Art {
    Kopf,
    Merkmal,
    Ende,
    Ablehnung,
}

impl Art {
    fn byte(self) -> u8 {
        match self {
            Self::Kopf => b'K',
            Self::Merkmal => b'M',
            Self::Ende => b'E',
            Self::Ablehnung => b'A',
        }
    }
    fn aus(byte: u8) -> Option<Self> {
        [Self::Kopf, Self::Merkmal, Self::Ende, Self::Ablehnung]
            .into_iter()
            .find(|art| art.byte() == byte)
    }
}

/// One field of the layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feld {
    /// Name as delivered.
    pub name: String,
    /// What the format declares it to be.
    pub typ: Typ,
}

/// Declared type of a field; values always travel as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Typ {
    /// Text, and everything that is none of the others.
    Text,
    /// Whole number.
    Ganz,
    /// Number.
    Zahl,
    /// `2024-05-01`, or with a time.
    Datum,
}

/// The layer before its features.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KopfSatz {
    pub ebene: String,
    pub felder: Vec<Feld>,
    pub epsg: Option<u32>,
    /// Name or definition of the CRS as delivered, for messages.
    pub system: Option<String>,
    /// Features the file says it has.
    pub anzahl: Option<u64>,
    /// Names of all layers of the file, where they were asked for.
    pub ebenen: Vec<String>,
}

/// After the last feature.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct EndeSatz {
    pub gelesen: u64,
    /// Texts of warnings; an error becomes a refusal.
    pub warnungen: Vec<String>,
}

/// The child's own no.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum AblehnungSatz {
    /// The file's fault.
    Eingabe(String),
    /// The machine's fault.
    Umgebung(String),
}

pub(super) fn schreibe(ziel: &mut impl Write, art: Art, inhalt: &[u8]) -> std::io::Result<()> {
    let laenge = u32::try_from(inhalt.len())
        .ok()
        .filter(|laenge| *laenge <= SATZ_HOECHSTENS)
        .ok_or_else(|| std::io::Error::other("Satz zu lang"))?;
    ziel.write_all(&[art.byte()])?;
    ziel.write_all(&laenge.to_le_bytes())?;
    ziel.write_all(inhalt)
}

/// Reads one record into `puffer`; None at the end of the pipe.
pub(super) fn lies(quelle: &mut impl Read, puffer: &mut Vec<u8>) -> std::io::Result<Option<Art>> {
    let mut vorn = [0; 5];
    match quelle.read_exact(&mut vorn) {
        Err(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        sonst => sonst?,
    }
    let laenge = u32::from_le_bytes([vorn[1], vorn[2], vorn[3], vorn[4]]);
    let art = Art::aus(vorn[0])
        .filter(|_| laenge <= SATZ_HOECHSTENS)
        .ok_or_else(|| std::io::Error::other("unbekannter Satz"))?;
    // The child may lie about the length: the buffer grows with what really comes.
    puffer.clear();
    let gelesen = quelle.take(u64::from(laenge)).read_to_end(puffer)?;
    Ok((gelesen == laenge as usize).then_some(art))
}

/// Appends one optional value: its length and its bytes.
pub(super) fn haenge_an(satz: &mut Vec<u8>, wert: Option<&[u8]>) {
    match wert {
        None => satz.extend_from_slice(&NICHTS.to_le_bytes()),
        Some(wert) => {
            // Longer than a record may be: refused when it is written.
            let laenge = u32::try_from(wert.len()).unwrap_or(NICHTS - 1);
            satz.extend_from_slice(&laenge.to_le_bytes());
            satz.extend_from_slice(wert);
        }
    }
}

/// The record is shorter than it says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ZuKurz;

/// Takes one optional value off the front.
pub(super) fn nimm<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8]>, ZuKurz> {
    let (laenge, danach) = rest.split_first_chunk::<4>().ok_or(ZuKurz)?;
    let laenge = u32::from_le_bytes(*laenge);
    if laenge == NICHTS {
        *rest = danach;
        return Ok(None);
    }
    let (wert, danach) = danach.split_at_checked(laenge as usize).ok_or(ZuKurz)?;
    *rest = danach;
    Ok(Some(wert))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_as_they_went() {
        let mut satz = Vec::new();
        haenge_an(&mut satz, Some("Grünfläche".as_bytes()));
        haenge_an(&mut satz, None);
        haenge_an(&mut satz, Some(b""));
        let mut rohr = Vec::new();
        schreibe(&mut rohr, Art::Merkmal, &satz).expect("writes");
        schreibe(&mut rohr, Art::Ende, b"").expect("writes");
        let (mut quelle, mut puffer) = (rohr.as_slice(), Vec::new());
        assert_eq!(
            lies(&mut quelle, &mut puffer).expect("reads"),
            Some(Art::Merkmal)
        );
        let mut rest = puffer.as_slice();
        assert_eq!(nimm(&mut rest), Ok(Some("Grünfläche".as_bytes())));
        assert_eq!(nimm(&mut rest), Ok(None));
        assert_eq!(nimm(&mut rest), Ok(Some(&b""[..])));
        assert_eq!(nimm(&mut rest), Err(ZuKurz));
        assert_eq!(
            lies(&mut quelle, &mut puffer).expect("reads"),
            Some(Art::Ende)
        );
        assert_eq!(lies(&mut quelle, &mut puffer).expect("reads"), None);
    }

    #[test]
    fn a_lying_child_is_not_believed() {
        let mut puffer = Vec::new();
        for rohr in [&b"M\xff\xff\xff\xffab"[..], b"?\x01\x00\x00\x00a"] {
            assert!(lies(&mut &rohr[..], &mut puffer).is_err(), "{rohr:?}");
        }
        // Cut off in the middle of a record: as if the pipe had ended.
        assert_eq!(
            lies(&mut &b"M\x05\x00\x00\x00ab"[..], &mut puffer).expect("ends"),
            None
        );
        assert_eq!(nimm(&mut &b"\x09\x00\x00\x00ab"[..]), Err(ZuKurz));
    }
}
