//! Gemeinde and Ortsteile, their inhabitants and parcels, and how a name becomes a kennung.

pub mod bevoelkerung;
pub mod einwohner;
pub mod einwohner_store;
pub mod flurstueck;
pub mod flurstueck_store;
pub mod kennung;
pub mod store;
