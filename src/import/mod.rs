//! Readers of user files and what brings them into the database.

pub mod crs;
pub mod xplangml;
