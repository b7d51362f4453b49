//! Some hundred consecutive features: their text in both systems, their geometry, where each
//! value stands. Written once, then only read.

use std::hash::{DefaultHasher, Hasher};

use axum::body::Bytes;

use super::formen::{Formen, OHNE};
use super::{Form, packen};
use crate::error::{Error, Result};
use crate::layers::crs::{Lage, Wandler, Ziel};
use crate::layers::ebene::Ebene;
use crate::layers::items;
use crate::layers::query::Zeile;
use crate::layers::wert::Klasse;

/// Features a block, where nothing speaks against it: four make a page of 1,000.
pub(super) const BREITE: usize = 250;
/// A block that edits let grow beyond this is cut anew.
pub(super) const HOECHSTENS: usize = 2 * BREITE;

/// What stands before the id.
const VOR_ID: &[u8] = br#"{"type":"Feature","id":"#;

/// The geometry is valid for GEOS: its own predicates may be trusted.
const GUELTIG: u8 = 1;
/// It belongs to the rows with a geometry, which are read first.
const MIT_GEOMETRIE: u8 = 2;

/// See the module's head.
#[derive(Debug)]
pub(super) struct Block {
    /// Features with a comma behind each, by [`Form`].
    texte: [Bytes; 2],
    enden: [Box<[u32]>; 2],
    /// Length of the id as JSON.
    schluessel: Box<[u16]>,
    /// Length of each value as JSON, column after column, feature after feature.
    werte: Laengen,
    kaesten: Box<[[i32; 4]]>,
    ordnungen: Box<[i64]>,
    marken: Box<[u8]>,
    hashes: Box<[u64]>,
    formen: Formen,
    gepackt: [packen::Stuecke; 2],
}

/// Two bytes where they are enough.
#[derive(Debug)]
enum Laengen {
    Kurz(Box<[u16]>),
    Lang(Box<[u32]>),
}

impl Laengen {
    fn neu(laengen: Vec<u32>) -> Self {
        let kurz: Option<Box<[u16]>> = laengen.iter().map(|l| u16::try_from(*l).ok()).collect();
        kurz.map_or_else(|| Self::Lang(laengen.into()), Self::Kurz)
    }

    fn get(&self, n: usize) -> usize {
        match self {
            Self::Kurz(laengen) => laengen[n].into(),
            Self::Lang(laengen) => laengen[n] as usize,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Kurz(laengen) => laengen.len() * 2,
            Self::Lang(laengen) => laengen.len() * 4,
        }
    }
}

/// Hash of everything a row shows: equal rows need not be written again.
pub(super) fn fingerabdruck(ebene: &Ebene, zeile: &Zeile) -> Result<u64> {
    let mut hash = DefaultHasher::new();
    hash.write(zeile.schluessel()?.as_bytes());
    hash.write_i64(zeile.ordnung()?.unwrap_or(i64::MAX));
    let feld = |hash: &mut DefaultHasher, wert: Option<&[u8]>| match wert {
        None => hash.write_u8(0),
        Some(bytes) => {
            hash.write_u8(1);
            hash.write_usize(bytes.len());
            hash.write(bytes);
        }
    };
    feld(&mut hash, zeile.geometrie()?);
    // Beyond the columns: validity, phase, stored degrees.
    for n in 0..ebene.spalten.len() + 3 {
        feld(&mut hash, zeile.eigenschaft(n)?);
    }
    Ok(hash.finish())
}

impl Block {
    /// Writes the rows, in order. Costs milliseconds: not for the threads that answer.
    pub(super) fn neu(ebene: &Ebene, zeilen: &[Zeile]) -> Result<Self> {
        let spalten = ebene.spalten.len();
        let lage = lage(ebene);
        let mut texte = [Vec::new(), Vec::new()];
        let mut enden = [Vec::new(), Vec::new()];
        let (mut schluessel, mut werte) = (Vec::new(), Vec::with_capacity(zeilen.len() * spalten));
        let (mut kaesten, mut ordnungen) = (Vec::new(), Vec::new());
        let (mut marken, mut hashes) = (Vec::new(), Vec::new());
        let mut formen = Formen::default();
        let mut eigenschaften = Vec::new();
        for zeile in zeilen {
            eigenschaften.clear();
            items::eigenschaften(&mut eigenschaften, ebene.spalten.iter(), zeile, |laenge| {
                werte.push(u32::try_from(laenge).unwrap_or(u32::MAX));
            })?;
            let grad = zeile.eigenschaft(spalten + 2)?;
            for (form, text) in Form::BEIDE.into_iter().zip(&mut texte) {
                let anfang = text.len();
                let (ewkb, wandler) = match (form, grad) {
                    (Form::Crs84, Some(grad)) => {
                        (Some(grad), Wandler::new(Lage::Geografisch, Ziel::Crs84))
                    }
                    _ => (zeile.geometrie()?, Wandler::new(lage, form.ziel())),
                };
                let kopf = items::kopf(text, ebene, zeile, ewkb, wandler)?;
                if form == Form::Crs84 {
                    let laenge = kopf - anfang - VOR_ID.len();
                    schluessel.push(u16::try_from(laenge).map_err(|_| zu_lang())?);
                }
                text.extend_from_slice(&eigenschaften);
                text.extend_from_slice(b"},");
                enden[form as usize].push(u32::try_from(text.len()).map_err(|_| zu_lang())?);
            }
            kaesten.push(formen.nimm(zeile.geometrie()?));
            if ebene.ordnung.is_some() {
                ordnungen.push(zeile.ordnung()?.unwrap_or(i64::MAX));
            }
            let marke = |n: usize, marke: u8| -> Result<u8> {
                let gesetzt = zeile.eigenschaft(spalten + n)? == Some(&[1]);
                Ok(if gesetzt { marke } else { 0 })
            };
            marken.push(marke(0, GUELTIG)? | marke(1, MIT_GEOMETRIE)?);
            hashes.push(fingerabdruck(ebene, zeile)?);
        }
        formen.schrumpfe();
        let gepackt = [0, 1].map(|n| packen::Stuecke::neu(&texte[n], &enden[n]));
        Ok(Self {
            texte: texte.map(|text| Bytes::from(text.into_boxed_slice())),
            enden: enden.map(Vec::into_boxed_slice),
            schluessel: schluessel.into(),
            werte: Laengen::neu(werte),
            kaesten: kaesten.into(),
            ordnungen: ordnungen.into(),
            marken: marken.into(),
            hashes: hashes.into(),
            formen,
            gepackt,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.marken.len()
    }

    /// Memory it holds.
    pub(super) fn bytes(&self) -> usize {
        let texte: usize = self.texte.iter().map(Bytes::len).sum();
        let gepackt: usize = self.gepackt.iter().map(packen::Stuecke::bytes).sum();
        texte
            + gepackt
            + self.werte.bytes()
            + self.formen.bytes()
            + self.ordnungen.len() * 8
            // Ends, id, envelope, mark, hash.
            + self.len() * (8 + 2 + 16 + 1 + 8)
            + size_of::<Self>()
    }

    /// Where the n-th feature begins and ends, with its comma.
    pub(super) fn stelle(&self, form: Form, n: usize) -> std::ops::Range<usize> {
        let enden = &self.enden[form as usize];
        let von = if n == 0 { 0 } else { enden[n - 1] } as usize;
        von..enden[n] as usize
    }

    /// All features of one form.
    pub(super) fn text(&self, form: Form) -> &Bytes {
        &self.texte[form as usize]
    }

    /// The prepared packed pieces of one form.
    pub(super) fn gepackt(&self, form: Form) -> &packen::Stuecke {
        &self.gepackt[form as usize]
    }

    /// The n-th feature without its comma.
    pub(super) fn objekt(&self, form: Form, n: usize) -> &[u8] {
        let stelle = self.stelle(form, n);
        &self.texte[form as usize][stelle.start..stelle.end - 1]
    }

    /// Its id as JSON.
    pub(super) fn schluessel(&self, n: usize) -> &[u8] {
        let von = self.stelle(Form::Crs84, n).start + VOR_ID.len();
        &self.texte[0][von..von + usize::from(self.schluessel[n])]
    }

    /// Value of a column as JSON; `namen` are the lengths of the names with quotes and colon.
    pub(super) fn wert(&self, n: usize, spalte: usize, namen: &[usize]) -> &[u8] {
        // From behind: `}},` ends the feature, whatever the geometry before.
        let mut ende = self.stelle(Form::Crs84, n).end - 3;
        let mut j = namen.len();
        loop {
            j -= 1;
            let anfang = ende - self.werte.get(n * namen.len() + j);
            if j == spalte {
                return &self.texte[0][anfang..ende];
            }
            ende = anfang - namen[j] - 1;
        }
    }

    pub(super) fn kasten(&self, n: usize) -> [i32; 4] {
        self.kaesten.get(n).copied().unwrap_or(OHNE)
    }

    pub(super) fn ordnung(&self, n: usize) -> Option<i64> {
        self.ordnungen.get(n).copied()
    }

    pub(super) fn gueltig(&self, n: usize) -> bool {
        self.marken[n] & GUELTIG != 0
    }

    pub(super) fn mit_geometrie(&self, n: usize) -> bool {
        self.marken[n] & MIT_GEOMETRIE != 0
    }

    pub(super) fn hash(&self, n: usize) -> u64 {
        self.hashes[n]
    }

    pub(super) fn formen(&self) -> &Formen {
        &self.formen
    }
}

/// System the geometry is read in.
fn lage(ebene: &Ebene) -> Lage {
    let g = ebene.relation.geometrie.as_ref();
    g.and_then(|g| Lage::zu_srid(g.srid))
        .unwrap_or(Lage::Geografisch)
}

fn zu_lang() -> Error {
    Error::intern("a feature too long for a block")
}

/// The id as JSON, as [`items::kopf`] writes it.
pub(super) fn schluessel_json(ebene: &Ebene, schluessel: &str) -> Vec<u8> {
    let mut out = Vec::new();
    if ebene.schluessel.klasse == Klasse::Ganzzahl {
        out.extend_from_slice(schluessel.as_bytes());
    } else {
        crate::layers::wert::zeichenkette(&mut out, schluessel);
    }
    out
}
