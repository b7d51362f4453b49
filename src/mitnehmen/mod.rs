//! A GeoPackage for the field and the office, and its way back.
//!
//! [`datei`] writes one file with the layers of the town, an Ortsteil or an area of village
//! renewal as its reader sees them, a QGIS project inside it, and the state of every object
//! that can be changed (tables `zielraum_mitnahme` and `zielraum_basis`, [`basis`]). Edited, it
//! comes back: [`rueckgabe`] reads it in the sandbox and keeps what differs from that state,
//! [`abgleich`] holds it against today (three sides, field by field), [`uebernahme`] writes what
//! was chosen in one transaction through [`crate::bearbeiten`], with its rights and rules.
//!
//! The stored comparison holds what the file says and what it said when it was taken; today's
//! side is read anew for every page, so that nobody accepts what they have not seen. Stands
//! above [`crate::qgis`] (the project in the file) and [`crate::bearbeiten`].

pub mod abgleich;
pub mod ausgabe;
pub mod basis;
pub mod befehl;
pub mod bereich;
pub mod datei;
pub mod form;
pub mod posten;
pub mod routes;
pub mod rueckgabe;
pub mod seiten;
pub mod store;
pub mod tafeln;
pub mod uebernahme;
pub mod wahl;
pub mod zurueck;

use std::sync::Arc;

use sqlx::PgPool;

use crate::layers::formate::lager::Fach;
use crate::layers::sammlung::Katalog;

/// What the routes of this module need.
#[derive(Debug)]
pub struct Dienst {
    /// The reading world of who asks.
    pub pool: PgPool,
    /// Its layers.
    pub katalog: Arc<Katalog>,
    /// Where edits go; None: this world is only read.
    pub bearbeiten: Option<Arc<crate::bearbeiten::Dienst>>,
    /// Files being written.
    pub dateien: Fach,
}
