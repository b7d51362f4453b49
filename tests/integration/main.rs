//! One integration binary over a real PostgreSQL with PostGIS.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod cluster;
mod schema;
mod strategie;
mod support;
