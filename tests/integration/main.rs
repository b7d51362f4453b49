//! One integration binary over a real PostgreSQL with PostGIS.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod bilanz;
mod cli;
mod cluster;
mod http;
mod import;
mod layers;
mod lieferung;
mod schema;
mod strategie;
mod support;
mod verschneidung;
