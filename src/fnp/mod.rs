//! The Flächennutzungsplan: plans, their versions (Fassung), areas and balance.
//!
//! Reading order: [`objekt`] (what an importer delivers), [`nutzung`] and [`codeliste`]
//! (classes and codes), [`plan`] (which version is meant), [`bilanz`] (figures), [`gebietsbilanz`]
//! (a place nobody stored), `store`
//! (SQL), `routes`.

pub mod bilanz;
pub mod bilanz_ausgabe;
pub mod codeliste;
pub mod gebietsbilanz;
pub mod nutzung;
pub mod objekt;
pub mod plan;
pub mod routes;
pub mod store;
pub mod worte;
pub mod zahl;
