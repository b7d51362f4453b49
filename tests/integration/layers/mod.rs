//! OGC API – Features over a real PostGIS, request by request through the router.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]
mod bbox;
mod documents;
mod features;
mod pages;
mod paging;
mod problems;
mod startup;
pub mod support;
