//! The strategy: import, publication, questions.
mod ablehnung;
mod ampel;
pub mod daten;
mod einlesen;
mod fortschritt;
mod fragen;
mod http;
mod polygon;
mod profile;
mod veroeffentlichung;
