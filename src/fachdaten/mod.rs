//! Fachdaten: areas, lines and points of other authorities (flood, protected areas,
//! monuments, roads) with source, state and legal basis. Nothing here decides what follows
//! from them; `fachart.strenge` is what a check later goes by.

pub mod store;
