//! Extents of the collections, kept as long as nothing they are made of changes (where that is
//! known, else for a few seconds): one is a scan of the layer, and QGIS asks for the collection
//! page of each layer it opens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::query::{self, Ausdehnung};
use super::sammlung::Sammlung;
use super::snapshot::Version;
use crate::error::Result;

/// How long an extent may be older than data nobody counts.
const HALTBAR: Duration = Duration::from_secs(10);

/// Layer, plan versions and keys of a collection. The layer by its address, made once at the
/// start.
type Wer = (usize, Option<Vec<i64>>, Option<Vec<String>>);

/// Extents remembered; beyond that, all are forgotten.
const HOECHSTENS: usize = 1000;

#[derive(Debug)]
struct Gemerkt {
    seit: Instant,
    version: Option<Version>,
    ausdehnung: Ausdehnung,
}

/// Extents by collection.
#[derive(Debug, Default)]
pub struct Ausdehnungen(Mutex<HashMap<Wer, Gemerkt>>);

impl Ausdehnungen {
    /// The extent of a collection in this version; without one at most [`HALTBAR`] old.
    pub async fn von(
        &self,
        pool: &PgPool,
        sammlung: &Sammlung,
        version: Option<Version>,
    ) -> Result<Ausdehnung> {
        let wer = (
            Arc::as_ptr(&sammlung.ebene).addr(),
            sammlung.fassungen.clone(),
            sammlung.nur.clone(),
        );
        if let Some(ausdehnung) = self.frisch(&wer, version.as_ref()) {
            return Ok(ausdehnung);
        }
        let ausdehnung = query::ausdehnung(pool, sammlung).await?;
        if let Ok(mut merker) = self.0.lock() {
            if merker.len() >= HOECHSTENS {
                merker.clear();
            }
            let gemerkt = Gemerkt {
                seit: Instant::now(),
                version,
                ausdehnung: ausdehnung.clone(),
            };
            merker.insert(wer, gemerkt);
        }
        Ok(ausdehnung)
    }

    fn frisch(&self, wer: &Wer, version: Option<&Version>) -> Option<Ausdehnung> {
        let merker = self.0.lock().ok()?;
        let gemerkt = merker.get(wer)?;
        let gilt = match (version, &gemerkt.version) {
            (Some(jetzt), Some(damals)) => jetzt == damals,
            (None, None) => gemerkt.seit.elapsed() < HALTBAR,
            _ => false,
        };
        gilt.then(|| gemerkt.ausdehnung.clone())
    }
}
