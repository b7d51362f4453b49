//! Imports as pages: what was read, what was found, what changed; links that wait for somebody.

mod anzeige;
pub mod routes;
pub mod store;
