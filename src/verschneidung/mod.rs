//! What lies in what: the bulk overlay of an import, in plain geometry without a
//! database (single edits are SQL triggers). All coordinates are EPSG:25832,
//! easting then northing, metres; areas are plane areas in m².
//!
//! * [`anteil`]: area × Ortsteil, cut at the Geltungsbereich.
//! * [`schluss`]: does a plan cover its Geltungsbereich once (Flächenschluss)?
//! * [`gueltigkeit`]: is an area a valid polygon, and what is it after a repair?
//!
//! Reading order: `ring` (rings as winding fields), `zelle` (the regions in small
//! boxes), `schere` (the overlay on a local grid), `verteilung` (one area among the
//! regions), then the three above; `rechnung` is the check of areas that are not kept.

pub mod anteil;
mod beruehrung;
pub mod gueltigkeit;
mod innenpunkt;
mod kontur;
mod rechnung;
mod reparatur;
mod ring;
mod schere;
pub mod schluss;
mod teil;
mod verteilung;
mod zelle;
