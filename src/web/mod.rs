//! The pages for people: the map, the view of an Ortsteil, the view of a village-renewal area.
//!
//! Everything a page says stands in its HTML; only the map needs script. `karte` holds what
//! the page gives to `assets/karte.js`, so that colours and signs come from the code tables.

pub mod einwohner;
pub mod entwuerfe;
pub mod flurstueck;
pub mod flurstueck_routes;
pub mod inhalt;
pub mod karte;
pub mod rechenweg;
pub mod routes;
pub mod statisch;
pub mod store;
