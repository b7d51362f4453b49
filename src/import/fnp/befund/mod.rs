//! Findings that need the whole plan. Those about one object are made where it is read.
//!
//! `schluss`: gaps, overlaps, outside. `ganzes`: copies, objects outside the Gemeinde, a plan of
//! somebody else; SQL over the loaded, not yet attached tables, so that memory stays flat.

mod ganzes;
mod schluss;

pub use ganzes::pruefe;
pub use schluss::{Kenngroessen, melde};
