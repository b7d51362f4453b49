//! Finished tiles: bounded in bytes, the least recently used go first. Who asks for a tile that
//! is being made waits for it; when nobody waits any more it is not begun.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::io::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use tokio::sync::OnceCell;

use crate::error::Result;

/// Bytes kept for the public, and for each world of staff.
const OEFFENTLICH: usize = 128 << 20;
const INTERN: usize = 8 << 20;
/// What a tile costs beside its bytes.
const BEIWERK: usize = 400;

/// A finished tile.
#[derive(Debug)]
pub(super) struct Kachel {
    pub(super) bytes: Bytes,
    gepackt: OnceLock<Option<Bytes>>,
    /// The next one may be another: not to be kept.
    pub(super) vorlaeufig: bool,
}

impl Kachel {
    pub(super) fn neu(bytes: Vec<u8>) -> Self {
        Self {
            bytes: bytes.into(),
            gepackt: OnceLock::new(),
            vorlaeufig: false,
        }
    }

    pub(super) fn vorlaeufig(bytes: Vec<u8>) -> Self {
        Self {
            vorlaeufig: true,
            ..Self::neu(bytes)
        }
    }

    /// By gzip, once; None where that gains nothing.
    pub(super) fn gepackt(&self) -> Option<&Bytes> {
        let packe = || {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(5));
            packer.write_all(&self.bytes).ok()?;
            let gepackt = packer.finish().ok()?;
            (gepackt.len() < self.bytes.len()).then(|| gepackt.into())
        };
        self.gepackt.get_or_init(packe).as_ref()
    }

    /// Nothing is left to be packed.
    pub(super) fn ist_gepackt(&self) -> bool {
        self.gepackt.get().is_some()
    }

    fn groesse(&self) -> usize {
        // Packed it takes about half.
        self.bytes.len() * 3 / 2 + BEIWERK
    }
}

type Zelle = Arc<OnceCell<Arc<Kachel>>>;

#[derive(Debug, Default)]
struct Inhalt {
    kacheln: HashMap<String, (Arc<Kachel>, u64)>,
    alter: BTreeMap<u64, String>,
    im_bau: HashMap<String, Zelle>,
    bytes: usize,
    uhr: u64,
}

/// Tiles by what was asked for and the version of the data.
#[derive(Debug)]
pub(super) struct Merker {
    inhalt: Mutex<Inhalt>,
    hoechstens: usize,
}

impl Merker {
    pub(super) fn neu(intern: bool) -> Self {
        Self {
            inhalt: Mutex::default(),
            hoechstens: if intern { INTERN } else { OEFFENTLICH },
        }
    }

    /// Finished tiles held.
    pub(super) fn anzahl(&self) -> usize {
        self.sperre().kacheln.len()
    }

    fn sperre(&self) -> std::sync::MutexGuard<'_, Inhalt> {
        self.inhalt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tile, made by `mache` if it is not there.
    pub(super) async fn hole<F>(&self, was: &str, mache: impl FnOnce() -> F) -> Result<Arc<Kachel>>
    where
        F: Future<Output = Result<Kachel>>,
    {
        let zelle = {
            let mut inhalt = self.sperre();
            if let Some(kachel) = inhalt.benutze(was) {
                return Ok(kachel);
            }
            Arc::clone(inhalt.im_bau.entry(was.to_owned()).or_default())
        };
        let ergebnis = zelle
            .get_or_try_init(|| async { mache().await.map(Arc::new) })
            .await;
        let mut inhalt = self.sperre();
        match ergebnis {
            Ok(kachel) => {
                if inhalt.im_bau.remove(was).is_some() && !kachel.vorlaeufig {
                    inhalt.merke(was, kachel, self.hoechstens);
                }
                Ok(Arc::clone(kachel))
            }
            Err(fehler) => {
                // Others that wait make it themselves.
                if Arc::strong_count(&zelle) <= 2 {
                    inhalt.im_bau.remove(was);
                }
                Err(fehler)
            }
        }
    }
}

impl Inhalt {
    fn benutze(&mut self, was: &str) -> Option<Arc<Kachel>> {
        self.uhr += 1;
        let uhr = self.uhr;
        let (kachel, zuletzt) = self.kacheln.get_mut(was)?;
        let name = self.alter.remove(zuletzt).unwrap_or_else(|| was.to_owned());
        *zuletzt = uhr;
        self.alter.insert(uhr, name);
        Some(Arc::clone(kachel))
    }

    fn merke(&mut self, was: &str, kachel: &Arc<Kachel>, hoechstens: usize) {
        // Waiters that were cancelled leave their cell behind.
        self.im_bau.retain(|_, zelle| Arc::strong_count(zelle) > 1);
        self.uhr += 1;
        self.bytes += kachel.groesse();
        self.alter.insert(self.uhr, was.to_owned());
        if let Some((alt, zuletzt)) = self
            .kacheln
            .insert(was.to_owned(), (Arc::clone(kachel), self.uhr))
        {
            self.bytes -= alt.groesse();
            self.alter.remove(&zuletzt);
        }
        while self.bytes > hoechstens
            && let Some((_, name)) = self.alter.pop_first()
        {
            if let Some((alt, _)) = self.kacheln.remove(&name) {
                self.bytes -= alt.groesse();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::Error;

    #[tokio::test]
    async fn one_flight_and_a_bound() {
        let merker = Merker {
            inhalt: Mutex::default(),
            hoechstens: 10_000,
        };
        let gebaut = AtomicUsize::new(0);
        let mache = || async {
            gebaut.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            Ok(Kachel::neu(vec![7; 1000]))
        };
        let (a, b) = tokio::join!(merker.hole("a", mache), merker.hole("a", mache));
        assert_eq!(
            (a.unwrap().bytes.len(), b.unwrap().bytes.len()),
            (1000, 1000)
        );
        assert_eq!(gebaut.load(Ordering::SeqCst), 1);
        for i in 0..20 {
            merker
                .hole(&i.to_string(), || async { Ok(Kachel::neu(vec![0; 1000])) })
                .await
                .unwrap();
        }
        let inhalt = merker.sperre();
        assert!(
            inhalt.bytes <= 10_000 && inhalt.kacheln.len() == 5,
            "{}",
            inhalt.kacheln.len()
        );
        assert!(inhalt.kacheln.contains_key("19") && !inhalt.kacheln.contains_key("a"));
        assert!(inhalt.im_bau.is_empty());
    }

    #[tokio::test]
    async fn a_failure_and_a_client_that_leaves_keep_nothing() {
        let merker = Merker::neu(false);
        let fehler = merker
            .hole("x", || async { Err(Error::umgebung("voll")) })
            .await;
        assert!(fehler.is_err());
        let ewig = merker.hole("y", || async {
            std::future::pending::<()>().await;
            Ok(Kachel::neu(Vec::new()))
        });
        assert!(
            tokio::time::timeout(std::time::Duration::from_millis(5), ewig)
                .await
                .is_err()
        );
        assert_eq!(
            merker
                .hole("y", || async { Ok(Kachel::neu(vec![1])) })
                .await
                .unwrap()
                .bytes
                .as_ref(),
            [1]
        );
        assert_eq!(
            merker
                .hole("x", || async { Ok(Kachel::neu(vec![2])) })
                .await
                .unwrap()
                .bytes
                .as_ref(),
            [2]
        );
        let einmal = merker
            .hole("z", || async { Ok(Kachel::vorlaeufig(vec![3])) })
            .await
            .unwrap();
        assert_eq!(einmal.bytes.as_ref(), [3]);
        let endlich = merker.hole("z", || async { Ok(Kachel::neu(vec![4])) });
        assert_eq!(endlich.await.unwrap().bytes.as_ref(), [4]);
        assert!(merker.sperre().im_bau.is_empty());
    }

    #[test]
    fn packing_keeps_the_bytes() {
        use std::io::Read as _;
        let kachel = Kachel::neu(vec![9; 5000]);
        let mut aus = Vec::new();
        flate2::read::GzDecoder::new(kachel.gepackt().unwrap().as_ref())
            .read_to_end(&mut aus)
            .unwrap();
        assert_eq!(aus, kachel.bytes);
        assert!(Kachel::neu(vec![1]).gepackt().is_none());
    }
}
