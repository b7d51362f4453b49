//! Handlungsfelder, goals of two levels, measures and where they lie.
//!
//! Reading order: [`massnahme`] and [`ziel`] (what is asked and answered), [`frage`] (saved questions), [`kennzahl`]
//! (progress), [`bezug`] (links to [`fachplan`], [`beschluss`], [`trend`], [`akteur`],
//! [`sdg`]), [`geld`], [`raumbezug`] and [`geometrie`] (places), [`suchraum`] (a polygon
//! drawn by a user), [`sicht`] (the day of view), [`store`] (SQL of measures and goals),
//! [`ausgabe`] (tables, CSV, GeoJSON), [`routes`] (all routes of the strategy).

pub mod akteur;
pub mod ausgabe;
pub mod beschluss;
pub mod bezug;
pub mod blatt;
pub mod fachplan;
pub mod frage;
pub mod geld;
pub mod geometrie;
pub mod handlungsfeld;
pub mod kennzahl;
pub mod massnahme;
pub mod raumbezug;
pub mod routes;
pub mod sdg;
pub mod sicht;
pub mod store;
pub mod suchraum;
pub mod trend;
pub mod wirkung;
pub mod zahl;
pub mod ziel;
