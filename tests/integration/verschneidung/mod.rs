//! The overlay against PostGIS and against its own laws.

#[path = "../../../benches/daten/mod.rs"]
mod daten;
mod formen;
mod gegen_postgis;
mod gesetze;
