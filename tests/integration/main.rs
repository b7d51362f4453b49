//! One integration binary over a real PostgreSQL with PostGIS.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod abgleich;
mod bearbeiten;
mod bilanz;
mod cli;
mod cluster;
mod dorf;
mod frage;
mod geld;
mod gleichzeitig;
mod http;
mod import;
mod isek;
mod layers;
mod lieferung;
mod protokoll;
mod pruefsumme;
mod quelltext;
mod sachdaten;
mod sandbox;
mod schema;
mod strategie;
mod support;
mod vektor;
mod verschneidung;
mod web;
mod zuwachs;
