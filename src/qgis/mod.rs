//! QGIS in one click: projects (`/qgis/projekt.qgz`) and layer definitions (`.qlr`), written
//! from the catalogue for whoever asks. A layer is here by its one entry in `layers.toml`.
//!
//! Reading order: [`umfang`] (which layers in which groups) → `baum` (layer tree) → `ebene`
//! (one layer; looks and form are those of its QML, [`crate::layers::stil::qml`]) → `hintergrund`
//! (vector tiles) → `layout` (print) → `projekt` (the document) → [`routes`].
//!
//! Layers are asked for in degrees (CRS84): QGIS 3.22 gets them so whatever the project says,
//! and a project names one system for all releases. The project itself is in EPSG:25832.

mod baum;
pub mod beilage;
mod ebene;
mod hintergrund;
mod kartendienst;
mod layout;
pub mod projekt;
pub mod quelle;
pub mod routes;
pub(crate) mod store;
pub mod umfang;

use std::sync::Arc;

use sqlx::PgPool;

use crate::layers::sammlung::Katalog;

/// What the routes of this module need: the reading world of who asks.
#[derive(Debug)]
pub struct Dienst {
    /// Its pool.
    pub pool: PgPool,
    /// Its layers.
    pub katalog: Arc<Katalog>,
}
