//! Village renewal: areas with procedure and state, their projects and what lies inside.

pub mod store;
