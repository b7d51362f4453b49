//! One integration binary over a real PostgreSQL with PostGIS.
mod cluster;
mod schema;
mod strategie;
mod support;
