//! One integration binary over a real PostgreSQL with PostGIS.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod abgleich;
mod anfrage;
mod bearbeiten;
mod bilanz;
mod cli;
mod cli_fragen;
mod cluster;
mod dateien;
mod dorf;
mod export;
mod frage;
mod freigabe;
mod geld;
mod geschichte;
mod gleichzeitig;
mod http;
mod import;
mod isek;
mod kacheln;
mod kanarie;
mod konto;
mod layers;
mod leser;
mod lieferung;
mod mitnehmen;
mod protokoll;
mod pruefsumme;
mod qgis;
mod quelltext;
mod sachdaten;
mod sandbox;
mod schema;
mod schnappschuss;
mod sicherung;
mod strategie;
mod support;
mod vektor;
mod verschneidung;
mod web;
mod zuwachs;
