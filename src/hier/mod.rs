//! "Was gilt hier?": everything known about a point, Flurstück, Ortsteil or polygon in one
//! answer. Reading order: [`ort`] (where), [`auskunft`] (what), [`ausgabe`], [`routes`].

pub mod ausgabe;
pub mod auskunft;
pub mod darstellung;
pub mod ort;
pub mod routes;
