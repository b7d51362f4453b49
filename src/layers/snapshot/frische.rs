//! What the database has counted: every published table's counter, known to this process.
//!
//! Kept up in three ways: a NOTIFY of the sealing transaction (milliseconds), a look once a
//! second (where LISTEN is refused, or a notice was lost), and, before a writing request of
//! this process is acknowledged, a look that must succeed. What nobody has confirmed for
//! [`HALTBAR`] counts as unknown, and then nothing is served from memory. So a withdrawal is
//! gone at once where it was made, and everywhere else after a second at most.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgListener;
use sqlx::{Executor, PgPool, Postgres};
use tokio::sync::{Mutex, watch};

use super::quellen::Quellen;
use crate::error::Result;
use crate::layers::query::fehler;

/// How long a counter that nobody looked at counts as known.
const HALTBAR: Duration = Duration::from_secs(3);
/// How often it is looked at without being told.
const TAKT: Duration = Duration::from_secs(1);
/// Channel of the sealing transaction.
const KANAL: &str = "zielraum";

/// The counters at one moment.
#[derive(Debug, PartialEq, Eq)]
pub struct Stand {
    /// Grows with every change of anything public, within this process.
    pub nummer: u64,
    zaehler: HashMap<String, i64>,
    tag: NaiveDate,
}

/// State of the base tables of a layer: equal versions, equal content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Tables and counters, in the order of names.
    zaehler: Vec<(String, i64)>,
    /// The day, where the layer depends on it.
    tag: Option<NaiveDate>,
}

impl Version {
    /// Base tables and their counters.
    #[must_use]
    pub fn zaehler(&self) -> &[(String, i64)] {
        &self.zaehler
    }

    /// Short hash for `ETags` and cache keys; another one for another version of the program.
    #[must_use]
    pub fn marke(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for (tabelle, zaehler) in &self.zaehler {
            hash.update(tabelle);
            hash.update([0]);
            hash.update(zaehler.to_le_bytes());
        }
        hash.update(format!("{:?}", self.tag));
        let hash = hash.finalize();
        hash.iter().take(8).map(|b| format!("{b:02x}")).collect()
    }
}

impl Stand {
    /// Whether only this table moved on between two versions, and from where to where.
    pub(super) fn nur(tabelle: &str, alt: &Version, neu: &Version) -> Option<(i64, i64)> {
        let mut schritt = None;
        if alt.tag != neu.tag || alt.zaehler.len() != neu.zaehler.len() {
            return None;
        }
        for ((name, von), (_, bis)) in alt.zaehler.iter().zip(&neu.zaehler) {
            match (name == tabelle, von == bis) {
                (true, false) => schritt = Some((*von, *bis)),
                (false, false) => return None,
                (_, true) => {}
            }
        }
        schritt
    }

    /// What these tables are at.
    pub(super) fn version(&self, quellen: &Quellen) -> Version {
        let zaehler = quellen.tabellen.iter();
        Version {
            zaehler: zaehler
                .map(|name| (name.clone(), self.zaehler.get(name).copied().unwrap_or(0)))
                .collect(),
            tag: quellen.vom_tag.then_some(self.tag),
        }
    }

    /// Read within a transaction, where it says what that sees.
    pub(super) async fn lies(conn: impl Executor<'_, Database = Postgres>) -> Result<Self> {
        let zeilen: Vec<(String, i64, NaiveDate)> = sqlx::query_as(
            "SELECT s.relation, s.zaehler, (now() AT TIME ZONE 'Europe/Berlin')::date FROM oeffentlich.stand s
             UNION ALL SELECT '', 0, (now() AT TIME ZONE 'Europe/Berlin')::date",
        )
        .fetch_all(conn)
        .await
        .map_err(fehler)?;
        Ok(Self {
            nummer: 0,
            tag: zeilen.last().map(|(_, _, tag)| *tag).unwrap_or_default(),
            zaehler: zeilen.into_iter().map(|(name, n, _)| (name, n)).collect(),
        })
    }
}

/// Keeps the counters known.
#[derive(Debug)]
pub struct Frische {
    pool: PgPool,
    /// With the moment before it was asked for.
    stand: RwLock<Option<(Arc<Stand>, Instant)>>,
    /// One look after the other: an earlier answer never replaces a later one.
    reihe: Mutex<()>,
    gemeldet: watch::Sender<u64>,
}

impl Frische {
    /// Nothing is known before the first look.
    #[must_use]
    pub fn neu(pool: PgPool) -> Arc<Self> {
        Arc::new(Self {
            pool,
            stand: RwLock::default(),
            reihe: Mutex::default(),
            gemeldet: watch::Sender::new(0),
        })
    }

    /// The counters; None when nobody could look for a while.
    #[must_use]
    pub fn stand(&self) -> Option<Arc<Stand>> {
        let stand = self.stand.read().unwrap_or_else(PoisonError::into_inner);
        let (stand, seit) = stand.as_ref()?;
        (seit.elapsed() < HALTBAR).then(|| Arc::clone(stand))
    }

    /// Looks now. After it, [`Self::stand`] knows every transaction committed before the call,
    /// or nothing.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn erneuere(&self) -> Result<()> {
        let _reihe = self.reihe.lock().await;
        let beginn = Instant::now();
        let gelesen = Stand::lies(&self.pool).await;
        let mut platz = self.stand.write().unwrap_or_else(PoisonError::into_inner);
        let mut neu = match gelesen {
            Ok(neu) => neu,
            Err(fehler) => {
                *platz = None;
                return Err(fehler);
            }
        };
        let alt = platz.take().map(|(stand, _)| stand);
        let nummer = *self.gemeldet.borrow();
        let stand = match alt {
            Some(alt) if alt.zaehler == neu.zaehler && alt.tag == neu.tag => alt,
            _ => {
                neu.nummer = nummer + 1;
                Arc::new(neu)
            }
        };
        let jetzt = stand.nummer;
        *platz = Some((stand, beginn));
        drop(platz);
        if jetzt != nummer {
            self.gemeldet.send_replace(jetzt);
        }
        Ok(())
    }

    /// Told after every change.
    #[must_use]
    pub fn abonniere(&self) -> watch::Receiver<u64> {
        self.gemeldet.subscribe()
    }

    /// Looks once a second and whenever told, until nobody needs it any more.
    pub async fn wache(selbst: Weak<Self>) {
        let mut ohr: Option<PgListener> = None;
        let mut still = false;
        loop {
            let Some(frische) = selbst.upgrade() else {
                return;
            };
            if frische.pool.is_closed() {
                return;
            }
            match frische.erneuere().await {
                Ok(()) => still = false,
                Err(fehler) if !still => {
                    still = true;
                    tracing::warn!(%fehler, "public counters cannot be read: layers are read from the database");
                }
                Err(_) => {}
            }
            if ohr.is_none() && !still {
                ohr = lausche(&frische.pool).await;
            }
            drop(frische);
            let takt = tokio::time::sleep(TAKT);
            match &mut ohr {
                None => takt.await,
                Some(lauschend) => {
                    tokio::select! {
                        () = takt => {}
                        nachricht = lauschend.try_recv() => match nachricht {
                            // One look for all that came with it.
                            Ok(Some(_)) => while lauschend.next_buffered().is_some() {},
                            Ok(None) | Err(_) => ohr = None,
                        },
                    }
                }
            }
        }
    }
}

/// None on a standby, which refuses it, or when the server is away: then the clock has to do.
async fn lausche(pool: &PgPool) -> Option<PgListener> {
    let versuch = async {
        let mut ohr = PgListener::connect_with(pool).await?;
        ohr.ignore_pool_close_event(false);
        ohr.listen(KANAL).await?;
        Ok::<_, sqlx::Error>(ohr)
    };
    match versuch.await {
        Ok(ohr) => Some(ohr),
        Err(fehler) => {
            tracing::debug!(%fehler, "no LISTEN");
            None
        }
    }
}
