//! Handlungsfelder, goals of two levels, measures and where they lie.

pub mod raumbezug;
pub mod ziel;
