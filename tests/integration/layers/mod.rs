//! OGC API – Features over a real PostGIS, request by request through the router.
mod arten;
mod bbox;
mod documents;
mod features;
mod formate;
mod pages;
mod paging;
mod problems;
mod startup;
mod stile;
pub mod support;
