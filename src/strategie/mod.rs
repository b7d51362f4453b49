//! Handlungsfelder, goals of two levels, measures and where they lie.
//!
//! Reading order: [`massnahme`] and [`ziel`] (what is asked and answered), [`raumbezug`]
//! and [`geometrie`] (places), [`suchraum`] (a polygon drawn by a user), [`store`] (SQL),
//! [`ausgabe`] (tables, CSV, GeoJSON), [`routes`].

pub mod ausgabe;
pub mod geometrie;
pub mod massnahme;
pub mod raumbezug;
pub mod routes;
pub mod store;
pub mod suchraum;
pub mod ziel;
