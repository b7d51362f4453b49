//! Imports as pages: what was read, what was found, what changed; links that wait for somebody.

pub mod routes;
pub mod store;
