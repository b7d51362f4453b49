//! Written files on disk: without a name, so that they are gone with the process whatever
//! happens to it; kept for a while where the layer's version is known, so that ranges and
//! repeats need no second writing. Bounded in number and size.

use std::collections::HashMap;
use std::fs::File;
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OnceCell, Semaphore};

use crate::error::{Error, Result};

/// Bytes kept on disk for later requests.
const HOECHSTENS: u64 = 1 << 30;
/// How long an unused file is kept.
const HALTBAR: Duration = Duration::from_mins(15);
/// Files written at the same time, and how long one waits for its turn.
const ZUGLEICH: usize = 2;
const WARTEN: Duration = Duration::from_secs(30);
/// How long writing one may take.
const FRIST: Duration = Duration::from_mins(10);
/// Space that must be left on the disk.
const FREI: u64 = 512 << 20;

/// A written file; its space is free when the last one lets go.
#[derive(Debug)]
pub struct Datei {
    /// Open for reading, without a name.
    pub inhalt: File,
    /// Bytes.
    pub laenge: u64,
    /// Strong tag: another one for each writing, because no two are equal byte by byte.
    pub etag: String,
}

impl Datei {
    /// Takes over a file that is complete.
    pub fn neu(pfad: &Path) -> Result<Self> {
        let inhalt = File::open(pfad)?;
        Ok(Self {
            laenge: inhalt.metadata()?.len(),
            inhalt,
            etag: format!("\"{}\"", uuid::Uuid::now_v7().simple()),
        })
    }
}

type Zelle = Arc<OnceCell<Arc<Datei>>>;

struct Lager {
    dateien: Mutex<HashMap<(u64, String), (Zelle, Instant)>>,
    schreiben: Semaphore,
}

static LAGER: LazyLock<Lager> = LazyLock::new(|| Lager {
    dateien: Mutex::default(),
    schreiben: Semaphore::new(ZUGLEICH),
});

/// The part of the store one reading world sees.
#[derive(Debug)]
pub struct Fach(u64);

impl Default for Fach {
    fn default() -> Self {
        static NAECHSTES: AtomicU64 = AtomicU64::new(0);
        Self(NAECHSTES.fetch_add(1, Ordering::Relaxed))
    }
}

impl Drop for Fach {
    fn drop(&mut self) {
        let mut dateien = LAGER.dateien.lock().unwrap_or_else(PoisonError::into_inner);
        dateien.retain(|(fach, _), _| *fach != self.0);
    }
}

impl Fach {
    /// The file of this key, written by `schreibe` where there is none; whoever asks at the
    /// same time waits for the same. Without a key it is written for this request alone.
    pub async fn hole(
        &self,
        schluessel: Option<String>,
        schreibe: impl Future<Output = Result<Datei>>,
    ) -> Result<Arc<Datei>> {
        let bau = async {
            let _platz = tokio::time::timeout(WARTEN, LAGER.schreiben.acquire())
                .await
                .map_err(|_| {
                    Error::umgebung(
                        "Zurzeit werden mehrere Dateien zum Herunterladen erstellt. Versuchen Sie es in einer Minute noch einmal.",
                    )
                })?
                .map_err(Error::intern)?;
            pruefe_platz()?;
            tokio::time::timeout(FRIST, schreibe)
                .await
                .map_err(|_| {
                    Error::umgebung(
                        "Das Schreiben der Datei dauerte länger als zehn Minuten und wurde abgebrochen. Wählen Sie einen engeren Ausschnitt.",
                    )
                })?
                .map(Arc::new)
        };
        let Some(schluessel) = schluessel else {
            return bau.await;
        };
        let zelle = self.zelle(schluessel);
        let datei = Arc::clone(zelle.get_or_try_init(|| bau).await?);
        raeume_auf();
        Ok(datei)
    }

    fn zelle(&self, schluessel: String) -> Zelle {
        let mut dateien = LAGER.dateien.lock().unwrap_or_else(PoisonError::into_inner);
        let eintrag = dateien
            .entry((self.0, schluessel))
            .or_insert_with(|| (Zelle::default(), Instant::now()));
        eintrag.1 = Instant::now();
        Arc::clone(&eintrag.0)
    }
}

/// Lets go of what is old, then of the least used until the rest fits. A file somebody still
/// reads keeps its space until then.
fn raeume_auf() {
    let mut dateien = LAGER.dateien.lock().unwrap_or_else(PoisonError::into_inner);
    // One that is being written is held by its writer.
    dateien.retain(|_, (zelle, seit)| {
        seit.elapsed() < HALTBAR && (zelle.initialized() || Arc::strong_count(zelle) > 1)
    });
    let mut nach_alter: Vec<_> = dateien
        .iter()
        .filter_map(|(schluessel, (zelle, seit))| {
            Some((*seit, zelle.get()?.laenge, schluessel.clone()))
        })
        .collect();
    nach_alter.sort();
    let mut summe: u64 = nach_alter.iter().map(|(_, laenge, _)| laenge).sum();
    for (_, laenge, schluessel) in nach_alter {
        if summe <= HOECHSTENS {
            break;
        }
        summe -= laenge;
        dateien.remove(&schluessel);
    }
}

fn pruefe_platz() -> Result<()> {
    let stand = nix::sys::statvfs::statvfs(&std::env::temp_dir()).map_err(Error::intern)?;
    let frei = stand.blocks_available() * stand.fragment_size();
    if frei < FREI {
        tracing::error!(frei, "no space for downloads");
        return Err(Error::umgebung(
            "Auf dem Server ist zu wenig Platz für Dateien zum Herunterladen. Bitte sagen Sie dem Betreiber Bescheid.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn datei(laenge: usize) -> Datei {
        let mut neu = tempfile::NamedTempFile::new().unwrap();
        neu.write_all(&vec![7; laenge]).unwrap();
        Datei::neu(neu.path()).unwrap()
    }

    #[tokio::test]
    async fn one_writing_for_all_who_ask_and_none_after_a_failure() {
        let fach = Fach::default();
        let mal = AtomicUsize::new(0);
        let schreibe = || async {
            mal.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(datei(3))
        };
        let fehler = fach
            .hole(Some("a".into()), async { Err(Error::eingabe("x")) })
            .await;
        assert!(fehler.is_err());
        let (eine, andere) = tokio::join!(
            fach.hole(Some("a".into()), schreibe()),
            fach.hole(Some("a".into()), schreibe())
        );
        assert_eq!(eine.unwrap().etag, andere.unwrap().etag);
        assert_eq!(mal.load(Ordering::Relaxed), 1);
        fach.hole(None, schreibe()).await.unwrap();
        fach.hole(Some("b".into()), schreibe()).await.unwrap();
        assert_eq!(mal.load(Ordering::Relaxed), 3);
        let anderes = Fach::default();
        anderes.hole(Some("a".into()), schreibe()).await.unwrap();
        assert_eq!(mal.load(Ordering::Relaxed), 4, "worlds share no file");
    }
}
