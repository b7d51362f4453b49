//! Gemeinde and Ortsteile, and how a name becomes a kennung.

pub mod kennung;
pub mod store;
