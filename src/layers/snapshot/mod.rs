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
//! let version = lager.version(&sammlung).await?;               // for ETag and cache keys
//! if let Some(bild) = lager.schnappschuss(&sammlung).await? {  // Arc<Schnappschuss>
//!     for nummer in bild.im_kasten([ost_min, nord_min, ost_max, nord_max]) {
//!         let objekt = bild.objekt(nummer);
//!         let art = objekt.wert(spalte);                       // Wert<'_>, typed
//!         for teil in objekt.teile() { for ring in teil.ringe() { for (x, y) in ring { … } } }
//!     }
//! }
//! ```

use std::borrow::Cow;
use std::sync::Arc;

use crate::layers::ebene::Ebene;

/// One collection in memory. Coordinates are those of the storage system, EPSG:25832: easting,
/// northing, in metres, rounded to whole millimetres (equal positions stay equal).
#[derive(Debug)]
pub struct Schnappschuss {
    ebene: Arc<Ebene>,
}

impl Schnappschuss {
    /// The layer: names, types and order of the columns ([`Ebene::spalten`]).
    #[must_use]
    pub fn ebene(&self) -> &Arc<Ebene> {
        &self.ebene
    }
    /// State of the base tables it was read at.
    #[must_use]
    pub fn version(&self) -> &Version;
    /// Number of features.
    #[must_use]
    pub fn len(&self) -> usize;
    /// Envelope of all geometries in metres: min x, min y, max x, max y.
    #[must_use]
    pub fn ausdehnung(&self) -> Option<[f64; 4]>;
    /// Number of the feature with this id.
    #[must_use]
    pub fn nummer(&self, schluessel: &str) -> Option<u32>;
    /// Feature by number, `0..len()`.
    #[must_use]
    pub fn objekt(&self, nummer: u32) -> Objekt<'_>;
    /// Numbers, ascending, of the features whose envelope meets the box (metres, closed).
    #[must_use]
    pub fn im_kasten(&self, kasten: [f64; 4]) -> Vec<u32>;
}

/// One feature.
#[derive(Debug, Clone, Copy)]
pub struct Objekt<'a> {
    /* block and place */
}

impl<'a> Objekt<'a> {
    /// Feature id.
    pub fn schluessel(&self) -> Cow<'a, str>;
    /// The GeoJSON feature as it is sent, in CRS84 or EPSG:25832.
    pub fn geojson(&self, form: Form) -> &'a [u8];
    /// Envelope in metres; None without a geometry.
    pub fn kasten(&self) -> Option<[f64; 4]>;
    /// 0 points, 1 lines, 2 areas, 3 a collection of several (its parts have each their own).
    pub fn dimension(&self) -> Option<u8>;
    /// Points, lines and polygons of the geometry, in order; collections are flattened.
    pub fn teile(&self) -> Teile<'a>;
    /// Value of the n-th column of [`Ebene::spalten`].
    pub fn wert(&self, spalte: usize) -> Wert<'a>;
}

/// A point (one ring of one position), a line (one ring) or a polygon (shell, then holes;
/// closed, in stored direction).
#[derive(Debug, Clone, Copy)]
pub struct Teil<'a> { /* … */ }

impl<'a> Teil<'a> {
    /// 0 point, 1 line, 2 polygon.
    pub fn dimension(&self) -> u8;
    /// Its rings.
    pub fn ringe(&self) -> Ringe<'a>;
}

/// Positions of a ring: exact-size, double-ended iterator of (easting, northing) in metres;
/// [`Ring::millimeter`] gives whole millimetres for exact comparison.
#[derive(Debug, Clone)]
pub struct Ring<'a> { /* … */ }

/// In which text a feature is kept ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Longitude, latitude.
    Crs84,
    /// EPSG:25832.
    Utm32,
}

/// A typed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Wert<'a> {
    /// NULL (and what JSON cannot say: NaN, infinity).
    Leer,
    /// Whole number.
    Ganzzahl(i64),
    /// Number.
    Zahl(f64),
    /// Yes or no.
    Wahr(bool),
    /// Text; days, moments and uuids as they are written in GeoJSON.
    Text(Cow<'a, str>),
    /// JSON value (json, arrays, composites) as text.
    Json(&'a str),
}
