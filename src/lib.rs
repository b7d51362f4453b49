//! Zielraum joins a town's strategy to its Flächennutzungsplan and its Ortsteile.
pub mod cli;
pub mod db;
pub mod error;
pub mod fnp;
pub mod import;
pub mod verschneidung;
