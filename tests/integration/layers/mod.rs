//! OGC API – Features over a real PostGIS, request by request through the router.
mod arten;
mod bbox;
mod cql2;
mod dateien;
mod documents;
mod features;
mod formate;
mod gml;
mod konform;
mod pages;
mod paging;
mod problems;
mod sortieren;
mod startup;
mod stile;
pub mod support;
mod systeme;
mod wfs;
