//! Gaps: what the strategy says and nothing carries. Reading order: [`store`], [`routes`].

pub mod routes;
pub mod store;
