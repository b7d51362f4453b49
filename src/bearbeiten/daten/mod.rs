//! What has no geometry, as JSON: one mechanism for every table of the strategy's sheets.
//!
//! `/daten/{art}` and `/daten/{art}/{schluessel}` instead of the resources' own addresses:
//! those answer with joined, derived answers (a measure with its places, balance, traffic
//! light), which is not what a PUT could replace. Here stands the row itself, under the
//! names the sheets have ([`crate::import::strategie::katalog`]), so that columns, checks
//! and sentences are those of the import. Links are rows too (`ziel_massnahme`).
//!
//! The key is the kennung; of rows without one the own number (`id`), of links the
//! kennungen of both ends joined by commas. Only for signed-in staff.

pub mod auftrag;
pub mod formular;
pub mod regeln;
pub mod routes;
pub mod wandeln;
