//! The strategy: import, publication, questions.
mod ablehnung;
mod daten;
mod einlesen;
mod fragen;
mod http;
mod mappe;
mod oeffentlich;
mod polygon;
mod veroeffentlichung;
