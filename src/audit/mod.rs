//! Who changed what, when and why: the sealed chain ([`kette`]), the history of one object
//! ([`verlauf`]), undo ([`ruecknahme`]) and what is known of a person ([`person`]).
//!
//! The mechanism itself is SQL (migrations 0002 and 0032): every writing transaction begins
//! with `audit.beginne`, triggers keep rows and history, the commit seals. Here it is read and
//! proved. The view `verlauf_zeile` exists in both worlds: the public's history is what it saw.

pub mod auftrag;
pub mod kette;
pub mod person;
pub mod routes;
pub mod ruecknahme;
pub mod seite;
pub mod store;
pub mod verlauf;
pub mod worte;
