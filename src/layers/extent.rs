//! Extents of the collections, kept for a few seconds: one is a scan of the layer,
//! and QGIS asks for the collection page of each layer it opens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::query::{self, Ausdehnung};
use super::sammlung::Sammlung;
use crate::error::Result;

/// How long an extent may be older than the data.
const HALTBAR: Duration = Duration::from_secs(10);

/// Layer, plan versions and keys of a collection. The layer by its address, made once at the
/// start.
type Wer = (usize, Option<Vec<i64>>, Option<Vec<String>>);

/// Extents by collection.
#[derive(Debug, Default)]
pub struct Ausdehnungen(Mutex<HashMap<Wer, (Instant, Ausdehnung)>>);

impl Ausdehnungen {
    /// The extent of a collection, at most [`HALTBAR`] old.
    pub async fn von(&self, pool: &PgPool, sammlung: &Sammlung) -> Result<Ausdehnung> {
        let wer = (
            Arc::as_ptr(&sammlung.ebene).addr(),
            sammlung.fassungen.clone(),
            sammlung.nur.clone(),
        );
        if let Some(ausdehnung) = self.frisch(&wer) {
            return Ok(ausdehnung);
        }
        let ausdehnung = query::ausdehnung(pool, sammlung).await?;
        if let Ok(mut merker) = self.0.lock() {
            merker.retain(|_, (seit, _)| seit.elapsed() < HALTBAR);
            merker.insert(wer, (Instant::now(), ausdehnung.clone()));
        }
        Ok(ausdehnung)
    }

    fn frisch(&self, wer: &Wer) -> Option<Ausdehnung> {
        let merker = self.0.lock().ok()?;
        let (seit, ausdehnung) = merker.get(wer)?;
        (seit.elapsed() < HALTBAR).then(|| ausdehnung.clone())
    }
}
