//! Editing by API: OGC API – Features Part 4 for every layer that names a kind of object
//! (`bearbeiten` in `layers.toml`), JSON for what has no geometry, forms for people.
//!
//! Reading order: [`routes`] → [`objekt`] (features) → [`werte`], [`geometrie`] (what a
//! client sends) → [`vorgang`] (transaction, repetition) → [`store`] (SQL). JSON stands in
//! [`daten`].
//!
//! Every change is one transaction under author and reason; success is told after its
//! commit. A request without If-Match is allowed (QGIS sends none): both versions stay in
//! the history. Stands above the import, whose sheets describe the columns of [`daten`].

use std::sync::Arc;

use sqlx::PgPool;

use crate::layers::sammlung::Katalog;

pub mod daten;
pub mod geometrie;
pub mod inhalt;
pub mod kopf;
pub mod lage;
mod neu;
pub mod objekt;
pub mod recht;
pub mod routes;
pub mod schnittstelle;
pub mod store;
mod teile;
pub mod vorgang;
pub mod werte;
pub mod zurueck;

/// What the routes of this module need.
#[derive(Debug)]
pub struct Dienst {
    /// The reading world of who asks: what it does not show does not exist.
    pub lesen: PgPool,
    /// Layers of that world.
    pub katalog: Arc<Katalog>,
    /// Layers over the working tables, as who writes reads them.
    pub arbeit: Arc<Katalog>,
    /// Role `zielraum_write`.
    pub schreiben: PgPool,
}

/// A text of several lines: its forms, on pages and in QGIS, have room for them.
#[must_use]
pub fn mehrzeilig(spalte: &str) -> bool {
    matches!(
        spalte,
        "kurztext" | "beschreibung" | "schlussbewertung" | "intern_notiz" | "bemerkung" | "text"
    )
}
