//! The database: the private cluster, and what every server must offer.
pub mod check;
pub mod cluster;
