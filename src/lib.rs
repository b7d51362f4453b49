//! Zielraum joins a town's strategy to its Flächennutzungsplan and its Ortsteile in PostGIS.
pub mod app;
pub mod cli;
pub mod db;
pub mod dorferneuerung;
pub mod error;
pub mod fnp;
pub mod gemeinde;
pub mod http;
pub mod import;
pub mod layers;
pub mod strategie;
pub mod verschneidung;
pub mod web;
