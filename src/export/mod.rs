//! Plans as files of a standard others read: [`xplangml`] (the plan itself, for the office
//! and the Land) and [`inspire`] (Planned Land Use, for INSPIRE).
//!
//! Both stream one Fassung out of one reading transaction: memory holds one object at a
//! time, whatever the plan's size. They read through the connection they are given, so a
//! file never holds more than its reader may see.

pub mod ausgabe;
pub mod inspire;
pub mod routes;
pub mod store;
pub mod xplangml;
