//! The private cluster on the PostgreSQL and PostGIS of this machine.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod directory;
mod lifecycle;
pub mod programs;
