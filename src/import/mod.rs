//! Readers of user files and what brings them into the database.

pub mod bericht;
pub mod strategie;
pub mod table;
