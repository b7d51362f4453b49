//! Zielraum joins a town's strategy to its Flächennutzungsplan and its Ortsteile.
pub mod error;
pub mod fnp;
pub mod import;
