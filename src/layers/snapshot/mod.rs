//! Snapshots: published layers held in memory, ready to send.
//!
//! A [`Schnappschuss`] is one collection as the role `zielraum_public` read it in one
//! transaction: immutable, shared by `Arc`, replaced as a whole. Whoever holds the `Arc` reads
//! one state, however long it takes.
//!
//! Features have a number, `0..len()`, in the order pages are read (rows with a geometry by
//! spatial order and key, then those without). They lie in blocks of some hundred behind an
//! `Arc` each: a snapshot after a small edit shares all blocks but the edited ones.
//!
//! Where one comes from, and whether there is one at all, is decided in one place:
//! [`lager::Lager::schnappschuss`]. A snapshot whose counters are not those of the database is
//! never handed out: until the new one stands, requests go to PostGIS.
//!
//! Reading, for tiles and downloads:
//! ```ignore
//! if let Some(bild) = lager.schnappschuss(&sammlung) {          // Arc<Schnappschuss>
//!     let marke = bild.version().marke();                       // for ETag and cache keys
//!     for nummer in bild.im_kasten([ost_min, nord_min, ost_max, nord_max]) {
//!         let objekt = bild.objekt(nummer);
//!         let art = objekt.wert(spalte);                        // Wert<'_>, typed
//!         for teil in objekt.teile() { for ring in teil.ringe() { for (x, y) in ring.meter() { … } } }
//!     }
//! }
//! ```

mod aufbau;
mod baum;
mod block;
mod filter;
mod formen;
pub mod frische;
mod kasten;
pub mod lager;
pub mod packen;
mod quellen;
mod senden;
mod wert;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::layers::crs::Ziel;
use crate::layers::ebene::Ebene;
use baum::Baum;
use block::Block;
pub use formen::{Ring, Teil, gerundet};
pub use frische::Version;
pub(in crate::layers) use kasten::Lagefrage;
pub use wert::Wert;

/// One collection in memory. Coordinates are those of the storage system, EPSG:25832: easting,
/// northing, in metres, rounded to whole millimetres (equal positions stay equal).
#[derive(Debug)]
pub struct Schnappschuss {
    ebene: Arc<Ebene>,
    version: Version,
    bloecke: Vec<Arc<Block>>,
    /// Number of the first feature of each block.
    anfaenge: Vec<u32>,
    /// Hash of the id and block, sorted.
    schluessel: Vec<(u32, u32)>,
    baum: Baum,
    /// Features with a geometry; their numbers come first.
    mit_geometrie: u32,
    /// Length of each column's name as JSON, with the colon.
    namen: Box<[usize]>,
    geflickt: bool,
    /// Of the blocks, bytes.
    groesse: usize,
    /// By column, made when first asked.
    filter: Box<[OnceLock<filter::Verzeichnis>]>,
}

/// In which text a feature is kept ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Longitude, latitude.
    Crs84 = 0,
    /// EPSG:25832.
    Utm32 = 1,
}

impl Form {
    /// Both, in the order of their numbers.
    pub const BEIDE: [Self; 2] = [Self::Crs84, Self::Utm32];

    /// The form an answer in this system is sent in, if it is kept ready.
    #[must_use]
    pub fn zu(ziel: Ziel) -> Option<Self> {
        Self::BEIDE.into_iter().find(|form| form.ziel() == ziel)
    }

    fn ziel(self) -> Ziel {
        match self {
            Self::Crs84 => Ziel::Crs84,
            Self::Utm32 => Ziel::Epsg25832,
        }
    }
}

impl Schnappschuss {
    /// Puts blocks together. None where two features share an id, which no answer may hide.
    fn neu(
        ebene: Arc<Ebene>,
        version: Version,
        bloecke: Vec<Arc<Block>>,
        geflickt: bool,
    ) -> Option<Self> {
        let mut anfaenge = Vec::with_capacity(bloecke.len());
        let mut anzahl = 0_u32;
        let mut mit_geometrie = 0;
        let mut schluessel = Vec::new();
        for (nr, block) in (0..).zip(&bloecke) {
            anfaenge.push(anzahl);
            anzahl += u32::try_from(block.len()).ok()?;
            for n in 0..block.len() {
                mit_geometrie += u32::from(block.mit_geometrie(n));
                schluessel.push((kurzhash(block.schluessel(n)), nr));
            }
        }
        schluessel.sort_unstable();
        let kaesten = bloecke
            .iter()
            .flat_map(|block| (0..block.len()).map(|n| block.kasten(n)));
        let baum = Baum::neu((0..).zip(kaesten));
        let namen = ebene.spalten.iter().map(|spalte| {
            let mut name = Vec::new();
            crate::layers::wert::zeichenkette(&mut name, &spalte.name);
            name.len() + 1
        });
        let selbst = Self {
            groesse: bloecke.iter().map(|block| block.bytes()).sum(),
            namen: namen.collect(),
            filter: ebene.spalten.iter().map(|_| OnceLock::new()).collect(),
            ebene,
            version,
            bloecke,
            anfaenge,
            schluessel,
            baum,
            mit_geometrie,
            geflickt,
        };
        selbst.eindeutig().then_some(selbst)
    }

    fn eindeutig(&self) -> bool {
        let gleiche = self.schluessel.chunk_by(|a, b| a.0 == b.0);
        gleiche.filter(|gruppe| gruppe.len() > 1).all(|gruppe| {
            let mut gesehen: Vec<&[u8]> = Vec::new();
            let mut bloecke: Vec<u32> = gruppe.iter().map(|(_, block)| *block).collect();
            bloecke.dedup();
            for block in bloecke {
                let block = &self.bloecke[block as usize];
                let hier = (0..block.len()).map(|n| block.schluessel(n));
                gesehen.extend(hier.filter(|s| kurzhash(s) == gruppe[0].0));
            }
            let alle = gesehen.len();
            gesehen.sort_unstable();
            gesehen.dedup();
            gesehen.len() == alle
        })
    }

    /// The layer: names, types and order of the columns ([`Ebene::spalten`]).
    #[must_use]
    pub fn ebene(&self) -> &Arc<Ebene> {
        &self.ebene
    }

    /// State of the base tables it was read at.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Number of features.
    #[must_use]
    pub fn len(&self) -> usize {
        let letzter = self.anfaenge.last().zip(self.bloecke.last());
        letzter.map_or(0, |(anfang, block)| *anfang as usize + block.len())
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Features with a geometry; their numbers come before those without.
    #[must_use]
    pub fn mit_geometrie(&self) -> usize {
        self.mit_geometrie as usize
    }

    /// Envelope of all geometries in metres: min x, min y, max x, max y.
    #[must_use]
    pub fn ausdehnung(&self) -> Option<[f64; 4]> {
        self.baum.huelle()
    }

    /// Blocks it shares with another snapshot, and all of them.
    #[must_use]
    pub fn gemeinsam(&self, anderer: &Self) -> (usize, usize) {
        let geteilt = self.bloecke.iter().filter(|block| {
            let mut andere = anderer.bloecke.iter();
            andere.any(|anderer| Arc::ptr_eq(block, anderer))
        });
        (geteilt.count(), self.bloecke.len())
    }

    /// Only edited keys were read for it, not all rows.
    #[must_use]
    pub fn geflickt(&self) -> bool {
        self.geflickt
    }

    /// Memory of the blocks.
    fn groesse(&self) -> usize {
        self.groesse
    }

    /// Memory it holds, shared blocks included.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let filter: usize = self
            .filter
            .iter()
            .filter_map(OnceLock::get)
            .map(filter::Verzeichnis::bytes)
            .sum();
        self.groesse
            + filter
            + self.baum.bytes()
            + self.schluessel.capacity() * 8
            + self.bloecke.len() * 12
    }

    /// Number of the feature with this id.
    #[must_use]
    pub fn nummer(&self, schluessel: &str) -> Option<u32> {
        let json = block::schluessel_json(&self.ebene, schluessel);
        let (nr, n) = self.stelle_von(&json)?;
        Some(self.anfaenge[nr] + u32::try_from(n).ok()?)
    }

    /// Block and place of an id as JSON.
    fn stelle_von(&self, json: &[u8]) -> Option<(usize, usize)> {
        let hash = kurzhash(json);
        let ab = self.schluessel.partition_point(|(h, _)| *h < hash);
        let treffer = self.schluessel[ab..].iter().take_while(|(h, _)| *h == hash);
        treffer.into_iter().find_map(|(_, nr)| {
            let block = &self.bloecke[*nr as usize];
            let n = (0..block.len()).find(|n| block.schluessel(*n) == json)?;
            Some((*nr as usize, n))
        })
    }

    /// Block and place of a number.
    fn stelle(&self, nummer: u32) -> (usize, usize) {
        let nr = self.anfaenge.partition_point(|anfang| *anfang <= nummer) - 1;
        (nr, (nummer - self.anfaenge[nr]) as usize)
    }

    /// Feature by number, `0..len()`.
    #[must_use]
    pub fn objekt(&self, nummer: u32) -> Objekt<'_> {
        let (nr, n) = self.stelle(nummer);
        Objekt {
            block: &self.bloecke[nr],
            n,
            bild: self,
        }
    }

    /// Numbers, ascending, of the features whose envelope meets the box (metres, closed); also
    /// of those whose geometry could not be kept.
    #[must_use]
    pub fn im_kasten(&self, kasten: [f64; 4]) -> Vec<u32> {
        let mut gefunden = self.baum.suche(formen::kasten_mm(kasten), |nummer| {
            let (nr, n) = self.stelle(nummer);
            self.bloecke[nr].kasten(n)
        });
        gefunden.sort_unstable();
        gefunden
    }

    /// Stretches of consecutive features, one per block: for whoever sends text.
    fn strecken(
        &self,
        nummern: std::ops::Range<u32>,
    ) -> impl Iterator<Item = (&Block, std::ops::Range<usize>)> {
        let std::ops::Range { mut start, end } = nummern;
        std::iter::from_fn(move || {
            if start >= end {
                return None;
            }
            let (nr, von) = self.stelle(start);
            let block = &*self.bloecke[nr];
            let bis = block.len().min(von + (end - start) as usize);
            start += u32::try_from(bis - von).ok()?;
            Some((block, von..bis))
        })
    }
}

/// One feature.
#[derive(Debug, Clone, Copy)]
pub struct Objekt<'a> {
    bild: &'a Schnappschuss,
    block: &'a Block,
    n: usize,
}

impl<'a> Objekt<'a> {
    /// Feature id.
    #[must_use]
    pub fn schluessel(&self) -> Cow<'a, str> {
        wert::text(self.block.schluessel(self.n))
    }

    /// The GeoJSON feature as it is sent.
    #[must_use]
    pub fn geojson(&self, form: Form) -> &'a [u8] {
        self.block.objekt(form, self.n)
    }

    /// Its place in the spatial order, where the layer has one.
    #[must_use]
    pub fn ordnung(&self) -> Option<i64> {
        self.block.ordnung(self.n)
    }

    /// It is one of those with a geometry.
    #[must_use]
    pub fn mit_geometrie(&self) -> bool {
        self.block.mit_geometrie(self.n)
    }

    /// Envelope in metres; None without a geometry, or when it could not be kept.
    #[must_use]
    pub fn kasten(&self) -> Option<[f64; 4]> {
        formen::kasten_meter(self.block.kasten(self.n))
    }

    /// The geometry is there but could not be kept (not finite, too far away): it has no parts
    /// here.
    #[must_use]
    pub fn unbekannt(&self) -> bool {
        self.block.kasten(self.n) == formen::UNBEKANNT
    }

    /// Points, lines and polygons of the geometry, in order; collections are flattened.
    pub fn teile(&self) -> impl Iterator<Item = Teil<'a>> + use<'a> {
        self.block.formen().teile(self.n)
    }

    /// Value of the n-th column of [`Ebene::spalten`].
    #[must_use]
    pub fn wert(&self, spalte: usize) -> Wert<'a> {
        wert::lies(self.bild.ebene.spalten[spalte].klasse, self.roh(spalte))
    }

    /// The same as JSON.
    fn roh(&self, spalte: usize) -> &'a [u8] {
        self.block.wert(self.n, spalte, &self.bild.namen)
    }
}

/// FNV-1a, 32 bits: spreads short ids well enough for a table that compares them again.
fn kurzhash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, b| {
        (hash ^ u32::from(*b)).wrapping_mul(0x0100_0193)
    })
}
