//! Vector tiles: OGC API – Tiles, XYZ and `TileJSON` over the published layers.
//!
//! Reading order: [`matrix`] (which tiles there are) → [`routes`] → `wahl` (what a request asks
//! for) → `filter` (which objects) → `bereit` (the whole layer, or what is around the tile) → `lager` (layers in memory,
//! one per version) → `quelle` (rows of a snapshot or of the database) → `bau`, `schicht` (one
//! layer: attributes, shapes of each zoom, generalised by [`crate::abdeckung`]) → `kachel` (cut
//! and put together) → [`mvt`] (the bytes) → `merker` (finished tiles) → `vorwaermen` (before
//! somebody asks).
//!
//! Everything here belongs to one reading world (its pool): what the public gets and what
//! somebody signed in gets are never in the same memory.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;

use crate::layers::extent::Ausdehnungen;
use crate::layers::sammlung::Katalog;
use crate::layers::snapshot::lager::Lager;

mod bau;
mod bereit;
mod dokumente;
mod filter;
mod kachel;
mod lager;
pub mod matrix;
mod merker;
pub mod mvt;
mod quelle;
pub mod routes;
mod schicht;
pub mod schnittstelle;
mod teile;
mod tilejson;
mod vereinfacht;
mod vorwaermen;
mod wahl;
mod wkb;

pub use vereinfacht::Vereinfacht;

/// Tiles of one reading world.
#[derive(Debug)]
pub struct Dienst {
    pool: PgPool,
    katalog: Arc<Katalog>,
    /// Knows the version of each layer of the public; None in the worlds of staff and of the past.
    staende: Option<Arc<Lager>>,
    ausdehnungen: Ausdehnungen,
    lager: lager::Lager,
    merker: merker::Merker,
    /// Positions of a layer at most that is generalised as a whole.
    positionen: usize,
    /// So long a tile close by waits for the whole layer.
    geduld: Duration,
}

impl Dienst {
    /// Over the pool and the catalogue of a world; nothing is read before a tile is asked for.
    #[must_use]
    pub fn neu(pool: PgPool, katalog: Arc<Katalog>, staende: Option<Arc<Lager>>) -> Self {
        let intern = katalog.ist_intern();
        Self {
            pool,
            katalog,
            staende,
            ausdehnungen: Ausdehnungen::default(),
            lager: lager::Lager::neu(intern),
            merker: merker::Merker::neu(intern),
            positionen: bau::POSITIONEN_HOECHSTENS,
            geduld: bereit::GEDULD,
        }
    }

    /// With other limits: to the positions of a layer that is generalised as a whole, and to the
    /// time a tile close by waits for that.
    #[must_use]
    pub fn mit_grenzen(self, positionen: usize, geduld: Duration) -> Self {
        Self {
            positionen,
            geduld,
            ..self
        }
    }

    /// Finished tiles in memory.
    #[must_use]
    pub fn fertige(&self) -> usize {
        self.merker.anzahl()
    }

    /// Makes the public layers ready in the background, now and after every change, as long as
    /// somebody holds the service. Nothing where nobody counts the changes.
    pub fn waerme_vor(self: &Arc<Self>) {
        vorwaermen::beginne(self);
    }
}
