//! Village renewal: areas with procedure and state, their projects and what lies inside.

pub mod ausgabe;
pub mod einwohner;
pub mod gebiet;
pub mod geld;
pub mod hinweis;
pub mod inhalt;
pub mod routes;
pub mod store;
