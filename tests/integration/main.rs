//! One integration binary over a real PostgreSQL with PostGIS.
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
