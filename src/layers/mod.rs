//! Published layers: OGC API – Features from one catalogue, `geodata/layers.toml`.
//!
//! Reading order: [`catalog`] (what is published) → [`relation`] (what the database
//! says about it) → [`routes`] → [`quelle`] (where an answer comes from: [`snapshot`], or
//! [`query`], the only dynamic SQL) → [`geojson`], [`wert`] (bytes of the answer). Everything anonymous is read through one pool whose role
//! `zielraum_public` sees published rows only; this module never filters drafts itself.

use std::sync::Arc;

use sqlx::PgPool;

pub mod auswahl;
pub mod bbox;
pub mod catalog;
pub mod conformance;
pub mod cql2;
pub mod crs;
pub mod cursor;
pub mod datetime;
pub mod documents;
pub mod ebene;
pub mod extent;
pub mod formate;
pub mod geojson;
pub mod gml;
pub mod html;
pub mod items;
mod marke;
pub mod openapi;
pub mod quelle;
pub mod query;
pub mod queryables;
mod rahmen;
pub mod relation;
pub mod routes;
pub mod sammlung;
pub mod snapshot;
pub mod sortierung;
pub mod stil;
pub mod transactions;
pub mod vereinfachung;
pub mod wert;
mod ziffern;

/// What the routes of this module need.
#[derive(Debug)]
pub struct Dienst {
    /// Logged in as `zielraum_public`, `search_path` `oeffentlich,public`.
    pub pool: PgPool,
    /// The layers, resolved against the database at start-up.
    pub katalog: Arc<sammlung::Katalog>,
    /// What of it is in memory; None in the worlds of staff and of the past.
    pub lager: Option<Arc<snapshot::lager::Lager>>,
    /// Extents.
    pub ausdehnungen: extent::Ausdehnungen,
    /// Whole layers may be read from the database so many at a time.
    grosse: Arc<tokio::sync::Semaphore>,
    /// Files written for downloads.
    pub dateien: formate::lager::Fach,
    /// Makes shapes for `zoom-level`; None: nothing is generalised.
    vereinfacher: Option<Arc<dyn vereinfachung::Vereinfacher>>,
    /// Paths of other modules, for `/api`.
    pub pfade: Vec<crate::http::openapi::Pfad>,
    /// Writing operations over these collections, for `/api`.
    pub schreibend: fn(&[sammlung::Sammlung]) -> Vec<crate::http::openapi::Operation>,
}

impl Dienst {
    /// A service over a pool and a resolved catalogue.
    #[must_use]
    pub fn new(
        pool: PgPool,
        katalog: Arc<sammlung::Katalog>,
        lager: Option<Arc<snapshot::lager::Lager>>,
        pfade: Vec<crate::http::openapi::Pfad>,
        schreibend: fn(&[sammlung::Sammlung]) -> Vec<crate::http::openapi::Operation>,
    ) -> Self {
        Self {
            pool,
            katalog,
            lager,
            ausdehnungen: extent::Ausdehnungen::default(),
            grosse: Arc::new(tokio::sync::Semaphore::new(quelle::GROSSE)),
            dateien: formate::lager::Fach::default(),
            vereinfacher: None,
            pfade,
            schreibend,
        }
    }

    /// With shapes for `zoom-level`.
    #[must_use]
    pub fn mit_vereinfacher(self, vereinfacher: Arc<dyn vereinfachung::Vereinfacher>) -> Self {
        Self {
            vereinfacher: Some(vereinfacher),
            ..self
        }
    }

    /// Extent of a collection, as old as its version.
    pub async fn ausdehnung(
        &self,
        sammlung: &sammlung::Sammlung,
    ) -> crate::error::Result<query::Ausdehnung> {
        let version = match &self.lager {
            Some(lager) => lager.version(sammlung).await,
            None => None,
        };
        self.ausdehnungen.von(&self.pool, sammlung, version).await
    }
}
