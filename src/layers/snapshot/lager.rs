//! Which layers are in memory, and the one place that decides whether an answer comes from
//! there: [`Lager::schnappschuss`].
//!
//! Held is what is public, counted, in EPSG:25832 and within the budget; a layer is read when
//! first asked for, those of the catalogue at start. One is read at a time, in the background:
//! whoever asks meanwhile is answered by PostGIS, never with what is outdated. After a change
//! the layers in use are brought up to date, the others are dropped.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::sync::Semaphore;

use super::Schnappschuss;
use super::aufbau::{Aufbau, Grenze, lade};
use super::frische::{Frische, Stand, Version};
use super::quellen::Quellen;
use crate::error::Result;
use crate::layers::crs::Lage;
use crate::layers::ebene::Ebene;
use crate::layers::query::Gezaehlt;
use crate::layers::sammlung::{Katalog, Sammlung};
use crate::maschine::arbeitsspeicher;

/// Memory for all snapshots when nothing else is said, bytes: an eighth of the machine's, at
/// least 512 MB and at most 4 GB. 200,000 areas take 550 MB.
#[must_use]
pub fn budget() -> usize {
    let achtel = usize::try_from(arbeitsspeicher() / 8).unwrap_or(usize::MAX);
    achtel.clamp(512 << 20, 4 << 30)
}

/// A layer nobody asked for so long is dropped instead of brought up to date.
const UNBENUTZT: Duration = Duration::from_mins(15);
/// Before a failed reading is tried again without a change.
const WIEDER: Duration = Duration::from_secs(30);
/// Resolved collections remembered; beyond that, all are forgotten.
const SAMMLUNGEN: usize = 1000;

/// Layer (by the address it keeps as long as the catalogue lives) and plan versions.
type Wer = (usize, Option<Vec<i64>>);

/// Snapshots, and what is needed to make them.
#[derive(Debug)]
pub struct Lager {
    /// Role `zielraum_public`.
    pool: PgPool,
    frische: Arc<Frische>,
    budget: usize,
    plaetze: RwLock<HashMap<Wer, Arc<Platz>>>,
    quellen: Mutex<HashMap<usize, Arc<Quellen>>>,
    /// Collections by id, as of a state of the counters.
    sammlungen: Mutex<(u64, HashMap<String, Sammlung>)>,
    /// Counts of collections, each of one state.
    gezaehlt: Mutex<HashMap<Wer, (Version, Gezaehlt)>>,
    bau: Semaphore,
    /// Layers are read before somebody asks.
    vorweg: AtomicBool,
}

#[derive(Debug)]
struct Platz {
    sammlung: Sammlung,
    quellen: Arc<Quellen>,
    bild: RwLock<Option<Arc<Schnappschuss>>>,
    /// State of the counters the snapshot is known to agree with.
    geprueft: AtomicU64,
    lauf: Mutex<Lauf>,
}

#[derive(Debug)]
struct Lauf {
    gefragt: Instant,
    im_bau: bool,
    /// State of the counters the last attempt failed at, and since when it may be tried again.
    vergeblich: Option<(u64, Option<Instant>)>,
    /// So many features did not fit into so many bytes.
    zu_gross: Option<(i64, usize)>,
}

impl Lager {
    /// Empty; `budget` in bytes, 0 keeps nothing.
    #[must_use]
    pub fn neu(pool: PgPool, budget: usize) -> Arc<Self> {
        Arc::new(Self {
            frische: Frische::neu(pool.clone()),
            pool,
            budget,
            plaetze: RwLock::default(),
            quellen: Mutex::default(),
            sammlungen: Mutex::default(),
            gezaehlt: Mutex::default(),
            bau: Semaphore::new(1),
            vorweg: AtomicBool::new(false),
        })
    }

    /// Keeps the counters known and what is in memory up to date, as long as somebody holds the
    /// store; with a catalogue its layers are read at once, without they wait to be asked for.
    pub fn starte(self: &Arc<Self>, vorweg: Option<Arc<Katalog>>) {
        self.vorweg.store(vorweg.is_some(), Ordering::Relaxed);
        tokio::spawn(Frische::wache(Arc::downgrade(&self.frische)));
        tokio::spawn(pflege(Arc::downgrade(self), vorweg));
    }

    /// Layers are made ready before somebody asks for them.
    #[must_use]
    pub fn liest_vorweg(&self) -> bool {
        self.vorweg.load(Ordering::Relaxed)
    }

    /// The counters of the public world.
    #[must_use]
    pub fn frische(&self) -> &Arc<Frische> {
        &self.frische
    }

    /// Memory held, bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let plaetze = self.plaetze.read().unwrap_or_else(PoisonError::into_inner);
        plaetze
            .values()
            .filter_map(|p| p.bild())
            .map(|b| b.bytes())
            .sum()
    }

    /// The snapshot of a collection, when there is one and it is what the database holds now.
    /// None: ask PostGIS; if there can be a snapshot, it is read meanwhile.
    #[must_use]
    pub fn schnappschuss(self: &Arc<Self>, sammlung: &Sammlung) -> Option<Arc<Schnappschuss>> {
        if self.budget == 0 || !haltbar(sammlung) {
            return None;
        }
        let stand = self.frische.stand()?;
        let wer = wer(sammlung);
        let platz = {
            let plaetze = self.plaetze.read().unwrap_or_else(PoisonError::into_inner);
            plaetze.get(&wer).cloned()
        };
        let Some(platz) = platz else {
            self.lege_an(wer, sammlung);
            return None;
        };
        let bild = platz.aktuell(&stand);
        if bild.is_none() || platz.lauf().gefragt.elapsed() > TAKT {
            platz.lauf().gefragt = Instant::now();
        }
        if bild.is_none() {
            self.bestelle(&platz, &stand);
        }
        bild
    }

    /// State of the base tables of a collection, for its `ETag`; None where nobody counts.
    pub async fn version(&self, sammlung: &Sammlung) -> Option<Version> {
        let stand = self.frische.stand()?;
        let quellen = self.quellen(&sammlung.ebene).await.ok()??;
        Some(stand.version(&quellen))
    }

    /// Where the count of a collection as it is now is kept; None where nobody counts changes.
    pub async fn gezaehlt(&self, sammlung: &Sammlung) -> Option<Gezaehlt> {
        if sammlung.nur.is_some() {
            return None;
        }
        let version = self.version(sammlung).await?;
        let mut gezaehlt = self.gezaehlt.lock().unwrap_or_else(PoisonError::into_inner);
        let eintrag = gezaehlt
            .entry(wer(sammlung))
            .or_insert_with(|| (version.clone(), Gezaehlt::default()));
        if eintrag.0 != version {
            *eintrag = (version, Gezaehlt::default());
        }
        Some(eintrag.1.clone())
    }

    /// A collection by id, remembered until anything public changes.
    pub async fn sammlung(&self, katalog: &Katalog, pool: &PgPool, id: &str) -> Result<Sammlung> {
        let Some(stand) = self.frische.stand() else {
            return katalog.oeffentliche_sammlung(pool, id).await;
        };
        {
            let merker = self
                .sammlungen
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if merker.0 == stand.nummer
                && let Some(sammlung) = merker.1.get(id)
            {
                return Ok(sammlung.clone());
            }
        }
        let sammlung = katalog.oeffentliche_sammlung(pool, id).await?;
        let mut merker = self
            .sammlungen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if merker.0 < stand.nummer || merker.1.len() >= SAMMLUNGEN {
            *merker = (stand.nummer, HashMap::new());
        }
        if merker.0 == stand.nummer {
            merker.1.insert(id.to_owned(), sammlung.clone());
        }
        Ok(sammlung)
    }

    /// Base tables of a layer that counts them all.
    async fn quellen(&self, ebene: &Arc<Ebene>) -> Result<Option<Arc<Quellen>>> {
        let adresse = Arc::as_ptr(ebene).addr();
        let bekannt = self.bekannte_quellen(adresse);
        let quellen = match bekannt {
            Some(quellen) => quellen,
            None => {
                let quellen = Arc::new(Quellen::lies(&self.pool, ebene).await?);
                let mut alle = self.quellen.lock().unwrap_or_else(PoisonError::into_inner);
                alle.insert(adresse, Arc::clone(&quellen));
                quellen
            }
        };
        Ok(quellen.gezaehlt.then_some(quellen))
    }

    fn bekannte_quellen(&self, adresse: usize) -> Option<Arc<Quellen>> {
        let alle = self.quellen.lock().unwrap_or_else(PoisonError::into_inner);
        alle.get(&adresse).cloned()
    }

    /// A place for a collection asked for the first time.
    fn lege_an(self: &Arc<Self>, wer: Wer, sammlung: &Sammlung) {
        if self.bekannte_quellen(wer.0).is_some_and(|q| !q.gezaehlt) {
            return;
        }
        let (lager, sammlung) = (Arc::clone(self), sammlung.clone());
        tokio::spawn(async move {
            let quellen = match lager.quellen(&sammlung.ebene).await {
                Ok(Some(quellen)) => quellen,
                Ok(None) => return,
                Err(fehler) => {
                    tracing::warn!(%fehler, ebene = sammlung.id, "base tables of a layer cannot be read");
                    return;
                }
            };
            let platz = {
                let mut plaetze = lager
                    .plaetze
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                let platz = plaetze
                    .entry(wer)
                    .or_insert_with(|| Arc::new(Platz::neu(sammlung, quellen)));
                Arc::clone(platz)
            };
            if let Some(stand) = lager.frische.stand() {
                lager.bestelle(&platz, &stand);
            }
        });
    }

    /// Has the snapshot read in the background, unless that is under way or was in vain.
    fn bestelle(self: &Arc<Self>, platz: &Arc<Platz>, stand: &Stand) {
        {
            let mut lauf = platz.lauf();
            let umsonst = lauf.vergeblich.is_some_and(|(nummer, ab)| {
                nummer == stand.nummer && ab.is_none_or(|ab| ab > Instant::now())
            });
            if lauf.im_bau || umsonst {
                return;
            }
            lauf.im_bau = true;
        }
        let (lager, platz) = (Arc::downgrade(self), Arc::clone(platz));
        tokio::spawn(async move {
            let gebaut = baue(&lager, &platz).await;
            let mut lauf = platz.lauf();
            lauf.im_bau = false;
            lauf.vergeblich = gebaut.err();
        });
    }

    /// What the budget leaves for this place.
    fn frei(&self, platz: &Arc<Platz>) -> usize {
        let plaetze = self.plaetze.read().unwrap_or_else(PoisonError::into_inner);
        let andere = plaetze.values().filter(|p| !Arc::ptr_eq(p, platz));
        let belegt: usize = andere.filter_map(|p| p.bild()).map(|b| b.bytes()).sum();
        self.budget.saturating_sub(belegt)
    }
}

/// How often it is noted that a layer is in use.
const TAKT: Duration = Duration::from_secs(5);

/// Reads until the snapshot is what the counters say; the error is the state it failed at, and
/// when it may be tried again before that changes.
async fn baue(
    lager: &Weak<Lager>,
    platz: &Arc<Platz>,
) -> std::result::Result<(), (u64, Option<Instant>)> {
    // An edit during the reading is read behind it; endless editing is left to the next request.
    for _ in 0..5 {
        let Some(lager) = lager.upgrade() else {
            return Ok(());
        };
        let Ok(_recht) = lager.bau.acquire().await else {
            return Ok(());
        };
        let Some(stand) = lager.frische.stand() else {
            return Err((0, None));
        };
        if platz.aktuell(&stand).is_some() {
            return Ok(());
        }
        let beginn = Instant::now();
        let (frei, alt) = (lager.frei(platz), platz.bild());
        let id = &platz.sammlung.id;
        let zu_gross = platz.lauf().zu_gross;
        let grenze = Grenze {
            frei,
            anzahl: match zu_gross {
                Some((anzahl, damals)) if frei <= damals => anzahl - anzahl / 10,
                _ => i64::MAX,
            },
        };
        let gelesen = lade(&lager.pool, &platz.sammlung, &platz.quellen, alt, grenze).await;
        let bild = match gelesen {
            Ok(Aufbau::Fertig(bild)) => {
                tracing::debug!(
                    ebene = id,
                    objekte = bild.len(),
                    bytes = bild.bytes(),
                    geflickt = bild.geflickt(),
                    dauer = ?beginn.elapsed(),
                    "snapshot read"
                );
                bild
            }
            Ok(Aufbau::ZuGross(anzahl)) => {
                tracing::info!(
                    ebene = id,
                    anzahl,
                    frei,
                    "over the memory budget: read from the database"
                );
                platz.setze(None);
                if zu_gross.is_none_or(|(bisher, damals)| anzahl < bisher || frei > damals) {
                    platz.lauf().zu_gross = Some((anzahl, frei));
                }
                return Err((stand.nummer, None));
            }
            Ok(Aufbau::Mehrdeutig) => {
                tracing::warn!(ebene = id, "ids are not unique: read from the database");
                platz.setze(None);
                return Err((stand.nummer, None));
            }
            Err(fehler) => {
                tracing::warn!(%fehler, ebene = id, "a layer cannot be read into memory");
                return Err((stand.nummer, Some(Instant::now() + WIEDER)));
            }
        };
        platz.setze(Some(bild));
        // What was read may be newer than what is known.
        if let Err(fehler) = lager.frische.erneuere().await {
            tracing::debug!(%fehler, "counters");
            return Err((0, None));
        }
    }
    Ok(())
}

impl Platz {
    fn neu(sammlung: Sammlung, quellen: Arc<Quellen>) -> Self {
        Self {
            sammlung,
            quellen,
            bild: RwLock::default(),
            geprueft: AtomicU64::new(0),
            lauf: Mutex::new(Lauf {
                gefragt: Instant::now(),
                im_bau: false,
                vergeblich: None,
                zu_gross: None,
            }),
        }
    }

    fn bild(&self) -> Option<Arc<Schnappschuss>> {
        self.bild
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn setze(&self, bild: Option<Arc<Schnappschuss>>) {
        let mut platz = self.bild.write().unwrap_or_else(PoisonError::into_inner);
        self.geprueft.store(0, Ordering::Release);
        *platz = bild;
    }

    /// The snapshot if it is of this state.
    fn aktuell(&self, stand: &Stand) -> Option<Arc<Schnappschuss>> {
        let platz = self.bild.read().unwrap_or_else(PoisonError::into_inner);
        let bild = platz.as_ref()?;
        if self.geprueft.load(Ordering::Acquire) != stand.nummer {
            if *bild.version() != stand.version(&self.quellen) {
                return None;
            }
            self.geprueft.store(stand.nummer, Ordering::Release);
        }
        Some(Arc::clone(bild))
    }

    fn lauf(&self) -> std::sync::MutexGuard<'_, Lauf> {
        self.lauf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// After every change: what is in use is brought up to date, the rest is dropped. Layers of the
/// catalogue are read at the start, in its order.
async fn pflege(lager: Weak<Lager>, mut vorweg: Option<Arc<Katalog>>) {
    let Some(mut meldung) = lager.upgrade().map(|lager| lager.frische.abonniere()) else {
        return;
    };
    meldung.mark_changed();
    while meldung.changed().await.is_ok() {
        let Some(lager) = lager.upgrade() else {
            return;
        };
        let Some(stand) = lager.frische.stand() else {
            continue;
        };
        if let Some(katalog) = vorweg.take() {
            match katalog.grundebenen(&lager.pool).await {
                Ok(sammlungen) => {
                    for sammlung in sammlungen {
                        let _ = lager.schnappschuss(&sammlung);
                    }
                }
                Err(fehler) => tracing::warn!(%fehler, "layers cannot be read at the start"),
            }
            continue;
        }
        let veraltet: Vec<(Wer, Arc<Platz>)> = {
            let plaetze = lager.plaetze.read().unwrap_or_else(PoisonError::into_inner);
            let alle = plaetze.iter().filter(|(_, p)| p.aktuell(&stand).is_none());
            alle.map(|(wer, p)| (wer.clone(), Arc::clone(p))).collect()
        };
        for (wer, platz) in veraltet {
            if platz.lauf().gefragt.elapsed() > UNBENUTZT {
                let mut plaetze = lager
                    .plaetze
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                plaetze.remove(&wer);
            } else {
                lager.bestelle(&platz, &stand);
            }
        }
    }
}

/// Kinds of collections that can be held at all: ours in millimetres, or without geometry; the
/// answers to a saved question are looked up each time.
fn haltbar(sammlung: &Sammlung) -> bool {
    let g = sammlung.ebene.relation.geometrie.as_ref();
    sammlung.nur.is_none()
        && g.is_none_or(|g| Lage::zu_srid(g.srid) == Some(Lage::Utm(32)) && !g.geography)
}

fn wer(sammlung: &Sammlung) -> Wer {
    (
        Arc::as_ptr(&sammlung.ebene).addr(),
        sammlung.fassungen.clone(),
    )
}
