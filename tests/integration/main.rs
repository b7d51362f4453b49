//! One integration binary over a real PostgreSQL with PostGIS.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod bilanz;
mod cli;
mod cluster;
mod http;
mod import;
mod layers;
mod lieferung;
mod sandbox;
mod schema;
mod strategie;
mod support;
mod vektor;
mod verschneidung;
