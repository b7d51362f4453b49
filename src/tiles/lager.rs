//! Layers in memory: one per collection and version of the data, the least recently asked for
//! go when there are too many bytes. And the gate in front of the blocking pool.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OnceCell, Semaphore};

use super::bau::Bau;
use super::matrix::Satz;
use super::schicht::Schicht;
use super::{Dienst, quelle};
use crate::error::{Error, Result};
use crate::layers::sammlung::Sammlung;

/// Bytes kept for the public, and for each world of staff.
const OEFFENTLICH: usize = 1 << 30;
const INTERN: usize = 128 << 20;
/// Requests that wait for the blocking pool; more are refused.
const SCHLANGE: usize = 256;
/// How long a collection and the version of its data are taken for known.
const HALTBAR: Duration = Duration::from_millis(250);
/// How long a layer lives whose changes nobody counts.
const UNGEZAEHLT: Duration = Duration::from_secs(10);

/// A collection with the state of its data, as part of cache keys.
#[derive(Debug, Clone)]
pub(super) struct Stand {
    pub(super) sammlung: Arc<Sammlung>,
    /// Collection, plan versions, version of the data, tile matrix set.
    pub(super) marke: String,
    /// Changes are counted: the mark stands for the content.
    pub(super) gezaehlt: bool,
    /// Version of the data.
    pub(super) version: Option<String>,
    pub(super) satz: Satz,
}

impl Stand {
    /// The same on another set.
    pub(super) fn auf(mut self, satz: Satz) -> Self {
        if satz != self.satz {
            self.marke = format!("{}:{}", self.marke, satz.name());
            self.satz = satz;
        }
        self
    }
}

/// What is known of a layer.
#[derive(Debug)]
pub(super) enum Bekannt {
    /// It was not read yet.
    Nichts,
    /// It is too large for memory.
    ZuGross,
    /// Here it is.
    Da(Arc<Schicht>),
}

/// None: it is too large for memory, as long as its data stay as they are.
type Zelle = Arc<OnceCell<Option<Arc<Schicht>>>>;

#[derive(Debug)]
pub(super) struct Lager {
    schichten: Mutex<HashMap<String, (Zelle, String, Instant)>>,
    staende: Mutex<HashMap<String, (Instant, Stand)>>,
    tor: Arc<Semaphore>,
    wartend: AtomicUsize,
    hoechstens: usize,
    seit: Instant,
}

impl Lager {
    pub(super) fn neu(intern: bool) -> Self {
        let kerne = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            schichten: Mutex::default(),
            staende: Mutex::default(),
            tor: Arc::new(Semaphore::new(kerne)),
            wartend: AtomicUsize::new(0),
            hoechstens: if intern { INTERN } else { OEFFENTLICH },
            seit: Instant::now(),
        }
    }

    /// The collection, at most [`HALTBAR`] old.
    pub(super) async fn stand(&self, dienst: &Dienst, id: &str) -> Result<Stand> {
        if let Some((seit, stand)) = self
            .staende
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            && seit.elapsed() < HALTBAR
        {
            return Ok(stand.clone());
        }
        let jetzt = Instant::now();
        let sammlung = match &dienst.staende {
            Some(staende) => staende.sammlung(&dienst.katalog, &dienst.pool, id).await?,
            None => {
                let (katalog, pool) = (&dienst.katalog, &dienst.pool);
                katalog.oeffentliche_sammlung(pool, id).await?
            }
        };
        if sammlung.ebene.relation.geometrie.is_none() {
            return Err(Error::nicht_gefunden(format!(
                "Die Ebene „{id}“ hat keine Geometrie und darum keine Kacheln."
            )));
        }
        let version = quelle::version(dienst, &sammlung).await?;
        let gezaehlt = version.is_some() && sammlung.nur.is_none();
        let zahl = match &version {
            Some(version) => version.clone(),
            None => format!("t{}", self.seit.elapsed().as_secs() / UNGEZAEHLT.as_secs()),
        };
        let marke = format!("{id}:{:?}:{:?}:{zahl}", sammlung.fassungen, sammlung.nur);
        let stand = Stand {
            sammlung: Arc::new(sammlung),
            marke,
            gezaehlt,
            version,
            satz: Satz::WebMercator,
        };
        let mut staende = self.staende.lock().unwrap_or_else(PoisonError::into_inner);
        staende.retain(|_, (seit, _)| seit.elapsed() < HALTBAR);
        staende.insert(id.to_owned(), (jetzt, stand.clone()));
        Ok(stand)
    }

    fn zelle(&self, stand: &Stand) -> Zelle {
        let mut schichten = self
            .schichten
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (zelle, _, benutzt) = schichten
            .entry(stand.marke.clone())
            .or_insert_with(|| (Zelle::default(), stand.sammlung.id.clone(), Instant::now()));
        *benutzt = Instant::now();
        Arc::clone(zelle)
    }

    /// What is known of the layer without reading it.
    pub(super) fn bekannt(&self, stand: &Stand) -> Bekannt {
        match self.zelle(stand).get() {
            None => Bekannt::Nichts,
            Some(None) => Bekannt::ZuGross,
            Some(Some(schicht)) => Bekannt::Da(Arc::clone(schicht)),
        }
    }

    /// The layer, read and put together if it is not there; all who ask wait for one. None: it
    /// is too large.
    pub(super) async fn schicht(
        &self,
        dienst: &Dienst,
        stand: &Stand,
    ) -> Result<Option<Arc<Schicht>>> {
        let zelle = self.zelle(stand);
        if let Some(schicht) = zelle.get() {
            return Ok(schicht.clone());
        }
        let schicht = zelle
            .get_or_try_init(|| async {
                let bau = Bau::neu(&stand.sammlung, stand.satz, dienst.positionen);
                match quelle::lies(dienst, stand, None, bau).await {
                    Ok(bau) => self.arbeite(move || Some(Arc::new(bau.fertig()))).await,
                    Err((bau, _)) if bau.ist_zu_gross() => {
                        let ebene = &stand.sammlung.id;
                        tracing::warn!(ebene, "layer too large to be generalised as a whole");
                        Ok(None)
                    }
                    Err((_, fehler)) => Err(fehler),
                }
            })
            .await?
            .clone();
        self.raeume_auf(stand);
        Ok(schicht)
    }

    /// Makes the shapes of a zoom, and of the finer ones on the way: one at a time, so that tiles
    /// that are only to be cut find room between.
    pub(super) async fn forme(&self, schicht: &Arc<Schicht>, zoom: u8) -> Result<()> {
        if schicht.fehlt(zoom).is_none() {
            return Ok(());
        }
        let _allein = schicht.netzstand.reihe.lock().await;
        while let Some(naechster) = schicht.fehlt(zoom) {
            let fuer = Arc::clone(schicht);
            self.arbeite(move || fuer.formen(naechster)).await?;
        }
        Ok(())
    }

    /// Drops what was there of the same collection before, then what was not used for longest.
    fn raeume_auf(&self, stand: &Stand) {
        let mut schichten = self
            .schichten
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // On both sets; the mark of the second goes on after that of the first.
        let web = stand
            .marke
            .trim_end_matches(&format!(":{}", Satz::Utm32.name()));
        schichten.retain(|marke, (_, id, _)| marke.starts_with(web) || *id != stand.sammlung.id);
        let mut alle: Vec<(Instant, String, usize)> = schichten
            .iter()
            .map(|(marke, (zelle, _, benutzt))| {
                (
                    *benutzt,
                    marke.clone(),
                    zelle
                        .get()
                        .and_then(Option::as_ref)
                        .map_or(0, |s| s.bytes()),
                )
            })
            .collect();
        alle.sort();
        let mut summe: usize = alle.iter().map(|(.., bytes)| bytes).sum();
        for (_, marke, bytes) in alle {
            if summe <= self.hoechstens {
                break;
            }
            if marke != stand.marke {
                schichten.remove(&marke);
                summe -= bytes;
            }
        }
    }

    /// Runs work on the blocking pool, as many at once as there are cores.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when too many wait already.
    pub(super) async fn arbeite<T: Send + 'static>(
        &self,
        was: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let platz = Wartend::neu(&self.wartend)?;
        let erlaubnis = Arc::clone(&self.tor)
            .acquire_owned()
            .await
            .map_err(Error::intern)?;
        drop(platz);
        tokio::task::spawn_blocking(move || {
            let _erlaubnis = erlaubnis;
            was()
        })
        .await
        .map_err(Error::intern)
    }
}

/// A place in the queue, given back even when the client leaves.
struct Wartend<'a>(&'a AtomicUsize);

impl<'a> Wartend<'a> {
    fn neu(zahl: &'a AtomicUsize) -> Result<Self> {
        let platz = Self(zahl);
        if zahl.fetch_add(1, Ordering::Relaxed) >= SCHLANGE {
            return Err(Error::umgebung(
                "Gerade werden sehr viele Kacheln verlangt. Versuchen Sie es gleich noch einmal.",
            ));
        }
        Ok(platz)
    }
}

impl Drop for Wartend<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
