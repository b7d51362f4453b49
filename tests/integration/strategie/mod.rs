//! The strategy: import, publication, questions.
mod ablehnung;
mod andere_dateien;
mod daten;
mod einlesen;
mod fragen;
mod http;
mod mappe;
mod oeffentlich;
mod polygon;
mod veroeffentlichung;
