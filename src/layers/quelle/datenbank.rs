//! Answers from the database: rows written as they arrive, in chunks, as fast as the client
//! reads. Nothing of the size of the answer is ever held.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::Semaphore;

use super::{ANFANG, Antwort, Auftrag, Fund, Quelle};
use crate::error::{Error, Result};
use crate::http::koerper::{Koerper, Schreiber, Strom};
use crate::layers::auswahl::LIMIT_MAX;
use crate::layers::crs::{Wandler, Ziel};
use crate::layers::items;
use crate::layers::query::{self, Abnehmer, Gezaehlt, Zeile};
use crate::layers::sammlung::Sammlung;

/// A chunk is passed on when it is this long, bytes.
const STUECK: usize = 64 << 10;

/// So long a request for a whole layer waits for its turn.
const WARTEN: Duration = Duration::from_secs(10);
/// Chunks of a page that wait for a slow client: all of it as a rule, so that its query ends in
/// its own time and not in the client's.
const SEITE: usize = 256;
/// Chunks of a whole layer that wait.
const EBENE: usize = 4;

/// What the pool's role sees.
pub(super) struct Datenbank {
    pub(super) pool: PgPool,
    /// Permits for whole layers.
    pub(super) grosse: Arc<Semaphore>,
    /// Where somebody counts the changes: the count of the collection as it is now.
    pub(super) gezaehlt: Option<Gezaehlt>,
}

impl Quelle for Datenbank {
    async fn seite(&self, auftrag: &Arc<Auftrag>) -> Result<Option<Antwort>> {
        let ganz = auftrag.auswahl.limit > LIMIT_MAX;
        let erlaubnis = if ganz {
            let frei = Arc::clone(&self.grosse).acquire_owned();
            let frei = tokio::time::timeout(WARTEN, frei).await;
            let Ok(Ok(erlaubnis)) = frei else {
                return Err(Error::umgebung(
                    "Es werden gerade schon mehrere ganze Ebenen gelesen. Versuchen Sie es in einigen Minuten noch einmal, oder lesen Sie die Ebene seitenweise (items).",
                ));
            };
            Some(erlaubnis)
        } else {
            None
        };
        let (schreiber, strom) = Strom::neu(if ganz { EBENE } else { SEITE });
        let (pool, auftrag) = (self.pool.clone(), Arc::clone(auftrag));
        let gezaehlt = self.gezaehlt.clone();
        tokio::spawn(async move {
            let mut text = Text::neu(&auftrag, schreiber);
            let ergebnis = text.schreibe(&pool, gezaehlt.as_ref()).await;
            let Text { out, schreiber, .. } = text;
            // Before the client can know that it is over, and ask for the next.
            drop(erlaubnis);
            schreiber.beende(ergebnis.map(|()| out)).await;
        });
        Ok(Some(Antwort {
            koerper: Koerper::Strom(strom.beginne().await?),
            gepackt: false,
        }))
    }

    async fn objekt(&self, sammlung: &Sammlung, id: &str, crs: Ziel) -> Result<Fund> {
        let Some((zeile, wandler)) = query::objekt(&self.pool, sammlung, id, crs).await? else {
            return Ok(Fund::Nichts);
        };
        let mut out = Vec::new();
        items::schreibe_objekt(&mut out, &sammlung.ebene, &zeile, wandler)?;
        Ok(Fund::Da(out))
    }
}

/// The document under way.
struct Text<'a> {
    auftrag: &'a Auftrag,
    out: Vec<u8>,
    erste: bool,
    schreiber: Schreiber,
}

impl<'a> Text<'a> {
    fn neu(auftrag: &'a Auftrag, schreiber: Schreiber) -> Self {
        Self {
            auftrag,
            out: ANFANG.to_vec(),
            erste: true,
            schreiber,
        }
    }

    async fn schreibe(&mut self, pool: &PgPool, gezaehlt: Option<&Gezaehlt>) -> Result<()> {
        let Auftrag {
            sammlung, auswahl, ..
        } = self.auftrag;
        let ergebnis = query::seite(pool, sammlung, auswahl, gezaehlt, self).await?;
        let schluss = (self.auftrag.schluss)(&ergebnis)?;
        self.out.extend_from_slice(schluss.as_bytes());
        Ok(())
    }
}

impl Abnehmer for Text<'_> {
    fn nimm(&mut self, zeile: &Zeile, wandler: Wandler) -> Result<()> {
        if !self.erste {
            self.out.push(b',');
        }
        self.erste = false;
        let Auftrag {
            sammlung, auswahl, ..
        } = self.auftrag;
        let spalten = (auswahl.spalten(&sammlung.ebene), auswahl.stufe.as_deref());
        items::schreibe_auswahl(&mut self.out, &sammlung.ebene, spalten, zeile, wandler)?;
        self.out.push(b'}');
        Ok(())
    }

    async fn gib_weiter(&mut self) -> Result<()> {
        if self.out.len() < STUECK {
            return Ok(());
        }
        let voll = std::mem::replace(&mut self.out, Vec::with_capacity(STUECK + (STUECK >> 2)));
        self.schreiber.sende(voll).await
    }
}
