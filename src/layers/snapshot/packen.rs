//! gzip without packing again: each few dozen features are deflated once, when their block is
//! written, byte-aligned and without reference to what stands before. An answer puts such pieces
//! one behind the other into a single gzip member; the sums of the pieces give its CRC.

use std::cell::RefCell;
use std::ops::Range;

use axum::body::Bytes;
use crc32fast::Hasher;
use flate2::{Compress, Compression, FlushCompress};

/// Features a piece: pages of 50, 100, 250, 1,000 … begin and end with one.
pub(super) const BREITE: usize = 50;
/// So much text is packed at a time, bytes.
const STUECK: usize = 64 << 10;
/// Effort once, when a block is written.
const GRUENDLICH: Compression = Compression::new(4);
/// Effort while a client waits.
const SCHNELL: Compression = Compression::new(1);

/// Head of a gzip member: deflate, no name, no time, unknown system.
pub const KOPF: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// One comma as a stored block: it needs no bit of what stands before or behind.
const KOMMA: &[u8] = &[0, 1, 0, 0xfe, 0xff, b','];
/// The last block: empty, with fixed codes.
const SCHLUSS: &[u8] = &[3, 0];

/// The packed pieces of a block.
#[derive(Debug, Default)]
pub(super) struct Stuecke {
    daten: Bytes,
    stuecke: Box<[Stueck]>,
}

#[derive(Debug)]
struct Stueck {
    /// End in `daten`.
    ende: u32,
    /// Of the plain text without its last comma.
    crc: u32,
    laenge: u32,
    objekte: u32,
}

impl Stuecke {
    /// Packs features that stand one behind the other, each with a comma.
    pub(super) fn neu(text: &[u8], enden: &[u32]) -> Self {
        let mut daten = Vec::with_capacity(text.len() / 3);
        let mut stuecke = Vec::new();
        let mut von = 0;
        for gruppe in enden.chunks(BREITE) {
            let bis = gruppe.last().map_or(von, |ende| *ende as usize);
            let klar = &text[von..bis.max(von + 1) - 1];
            deflate(&mut daten, klar, GRUENDLICH);
            stuecke.push(Stueck {
                ende: kurz(daten.len()),
                crc: crc32fast::hash(klar),
                laenge: kurz(klar.len()),
                objekte: kurz(gruppe.len()),
            });
            von = bis;
        }
        Self {
            daten: Bytes::from(daten.into_boxed_slice()),
            stuecke: stuecke.into(),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.daten.len() + self.stuecke.len() * size_of::<Stueck>()
    }
}

/// One piece that stands alone.
#[derive(Debug, Clone)]
pub(super) struct Gepackt {
    daten: Bytes,
    crc: u32,
    laenge: u32,
}

impl Gepackt {
    /// Packs while a client waits, to be sent again.
    pub(super) fn neu(klar: &[u8]) -> Self {
        let mut daten = Vec::with_capacity(klar.len() / 3);
        deflate(&mut daten, klar, SCHNELL);
        Self {
            daten: Bytes::from(daten.into_boxed_slice()),
            crc: crc32fast::hash(klar),
            laenge: kurz(klar.len()),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.daten.len() + size_of::<Self>()
    }
}

fn kurz(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// One gzip member under construction.
#[derive(Debug)]
pub struct Packung {
    stuecke: Vec<Bytes>,
    /// Packed, but too small to stand alone.
    rest: Vec<u8>,
    /// To be packed with what follows.
    klar: Vec<u8>,
    crc: Hasher,
    laenge: usize,
}

impl Default for Packung {
    fn default() -> Self {
        Self {
            stuecke: Vec::new(),
            rest: KOPF.to_vec(),
            klar: Vec::new(),
            crc: Hasher::new(),
            laenge: 0,
        }
    }
}

impl Packung {
    /// Text that is packed now.
    pub fn text(&mut self, klar: &[u8]) {
        self.klar.extend_from_slice(klar);
        if self.klar.len() >= STUECK {
            self.packe();
        }
    }

    fn packe(&mut self) {
        match self.klar.as_slice() {
            b"" => return,
            b"," => self.rest.extend_from_slice(KOMMA),
            klar => deflate(&mut self.rest, klar, SCHNELL),
        }
        self.crc.update(&self.klar);
        self.laenge += self.klar.len();
        self.klar.clear();
    }

    /// Features `von..bis` of a block, with a comma behind the last only where `komma`.
    pub(super) fn objekte(
        &mut self,
        gepackt: &Stuecke,
        text: &[u8],
        stelle: impl Fn(usize) -> Range<usize>,
        objekte: Range<usize>,
        komma: bool,
    ) {
        let Range { mut start, end } = objekte;
        while start < end {
            let nr = start / BREITE;
            let hier = gepackt.stuecke.get(nr).map_or(0, |s| s.objekte as usize);
            let ganz = start.is_multiple_of(BREITE) && hier > 0 && start + hier <= end;
            let bis = if ganz {
                self.stueck(gepackt, nr);
                start + hier
            } else {
                // Up to the next prepared piece, or the end.
                let bis = ((nr + 1) * BREITE).min(end);
                self.text(&text[stelle(start).start..stelle(bis - 1).end - 1]);
                bis
            };
            if bis < end || komma {
                self.text(b",");
            }
            start = bis;
        }
    }

    fn stueck(&mut self, gepackt: &Stuecke, nr: usize) {
        let von = if nr == 0 {
            0
        } else {
            gepackt.stuecke[nr - 1].ende
        } as usize;
        let stueck = &gepackt.stuecke[nr];
        self.fertiges(Gepackt {
            daten: gepackt.daten.slice(von..stueck.ende as usize),
            crc: stueck.crc,
            laenge: stueck.laenge,
        });
    }

    /// A piece that was packed before.
    pub(super) fn fertiges(&mut self, stueck: Gepackt) {
        self.packe();
        self.laenge += stueck.laenge as usize;
        if !self.rest.is_empty() {
            self.stuecke.push(std::mem::take(&mut self.rest).into());
        }
        self.stuecke.push(stueck.daten);
        let teil = Hasher::new_with_initial_len(stueck.crc, stueck.laenge.into());
        self.crc.combine(&teil);
    }

    /// The member, complete.
    #[must_use]
    pub fn fertig(mut self) -> Vec<Bytes> {
        self.packe();
        self.rest.extend_from_slice(SCHLUSS);
        self.rest
            .extend_from_slice(&self.crc.clone().finalize().to_le_bytes());
        #[expect(
            clippy::cast_possible_truncation,
            reason = "gzip keeps the length modulo 2^32"
        )]
        let laenge = self.laenge as u32;
        self.rest.extend_from_slice(&laenge.to_le_bytes());
        self.stuecke.push(self.rest.into());
        self.stuecke
    }
}

/// Appends raw deflate that ends on a byte and refers to nothing before it.
fn deflate(out: &mut Vec<u8>, klar: &[u8], aufwand: Compression) {
    thread_local! {
        static PACKER: RefCell<[Option<Compress>; 2]> = const { RefCell::new([None, None]) };
    }
    PACKER.with_borrow_mut(|packer| {
        let platz = &mut packer[usize::from(aufwand == SCHNELL)];
        let packer = platz.get_or_insert_with(|| Compress::new(aufwand, false));
        packer.reset();
        let anfang = out.len();
        let mut gelesen = 0;
        loop {
            out.reserve((klar.len() - gelesen) / 2 + 1024);
            let vorher = (packer.total_in(), out.len());
            let rest = &klar[gelesen..];
            if packer.compress_vec(rest, out, FlushCompress::Sync).is_err() {
                // Never seen; stored blocks say the same.
                out.truncate(anfang);
                gespeichert(out, klar);
                return;
            }
            gelesen += usize::try_from(packer.total_in() - vorher.0).unwrap_or_default();
            // Space left over: everything is out, the flush included.
            if gelesen == klar.len() && out.len() < out.capacity() {
                return;
            }
        }
    });
}

fn gespeichert(out: &mut Vec<u8>, klar: &[u8]) {
    for teil in klar.chunks(usize::from(u16::MAX)) {
        let laenge = u16::try_from(teil.len()).unwrap_or(u16::MAX);
        out.push(0);
        out.extend_from_slice(&laenge.to_le_bytes());
        out.extend_from_slice(&(!laenge).to_le_bytes());
        out.extend_from_slice(teil);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Any stretch of any block, in one member that a reader of gzip takes.
        #[test]
        fn pieces_make_one_member(
            objekte in prop::collection::vec("[a-z0-9]{0,40}", 1..180),
            von in 0usize..180, rund in any::<bool>(), anzahl in 1usize..180,
        ) {
            let mut text = Vec::new();
            let mut enden = Vec::new();
            for objekt in &objekte {
                text.extend_from_slice(objekt.as_bytes());
                text.push(b',');
                enden.push(u32::try_from(text.len()).unwrap());
            }
            let von = von % objekte.len();
            // Also from the beginning of a piece into its middle.
            let von = if rund { von / BREITE * BREITE } else { von };
            let bis = (von + anzahl).min(objekte.len());
            let stelle = |n: usize| (if n == 0 { 0 } else { enden[n - 1] as usize })..enden[n] as usize;
            let gepackt = Stuecke::neu(&text, &enden);
            let mut packung = Packung::default();
            packung.text(b"[");
            packung.objekte(&gepackt, &text, stelle, von..bis, true);
            packung.objekte(&gepackt, &text, stelle, 0..objekte.len(), false);
            packung.text(b"]");
            let erwartet = format!("[{},{}]", objekte[von..bis].join(","), objekte.join(","));
            let bytes = packung.fertig().concat();
            let mut klar = String::new();
            let mut leser = flate2::read::GzDecoder::new(&bytes[..]);
            leser.read_to_string(&mut klar).unwrap();
            prop_assert_eq!(klar, erwartet);
            // One member: nothing behind it.
            prop_assert!(leser.into_inner().is_empty());
        }
    }

    #[test]
    fn large_texts_and_none() {
        for n in [0usize, 1, 70_000, 3_000_000] {
            let klar: Vec<u8> = (0..n)
                .map(|i| u8::try_from((i * i) % 251).unwrap())
                .collect();
            let mut packung = Packung::default();
            packung.text(&klar);
            let bytes = packung.fertig().concat();
            let mut aus = Vec::new();
            flate2::read::GzDecoder::new(&bytes[..])
                .read_to_end(&mut aus)
                .unwrap();
            assert!(aus == klar, "{n}");
            let mut stumpf = Vec::new();
            gespeichert(&mut stumpf, &klar);
            stumpf.extend_from_slice(SCHLUSS);
            let mut aus = Vec::new();
            flate2::read::DeflateDecoder::new(&stumpf[..])
                .read_to_end(&mut aus)
                .unwrap();
            assert!(aus == klar, "{n}");
        }
    }
}
