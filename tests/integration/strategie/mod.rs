//! The strategy: import, publication, questions.
mod ablehnung;
mod ampel;
mod andere_dateien;
pub mod daten;
mod einlesen;
mod fortschritt;
mod fragen;
mod http;
mod mappe;
mod oeffentlich;
mod polygon;
mod profile;
mod uebergang;
mod veroeffentlichung;
