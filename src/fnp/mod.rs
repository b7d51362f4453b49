//! The Flächennutzungsplan: plans, their versions (Fassung), areas and balance.

pub mod codeliste;
pub mod nutzung;
pub mod objekt;
