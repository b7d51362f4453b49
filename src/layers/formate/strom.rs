//! From the rows of a query into a file: the query runs here, the writer on a thread of its
//! own, a few hundred rows apart.

use std::path::{Path, PathBuf};
use std::vec::IntoIter;

use sqlx::PgPool;
use tempfile::TempDir;
use tokio::sync::mpsc::{self, Receiver};

use super::{Auftrag, Format};
use crate::error::{Error, Result};
use crate::layers::auswahl::Auswahl;
use crate::layers::query::{self, Botschaft, Zeile};
use crate::layers::sammlung::Sammlung;

/// Batches that wait between query and writer.
const PUFFER: usize = 4;
/// Largest file or set of parts on disk.
const GROESSE_MAX: u64 = 4 << 30;

/// The rows of a query, read while a file is written.
#[derive(Debug)]
pub struct Zeilen {
    ordner: PathBuf,
    empfang: Receiver<Botschaft>,
    offen: IntoIter<Zeile>,
    fertig: bool,
}

impl Zeilen {
    fn weiter(&mut self) -> Result<bool> {
        match self.empfang.blocking_recv() {
            Some(Botschaft::Zeilen(zeilen)) => {
                self.offen = zeilen.into_iter();
                pruefe_groesse(&self.ordner)?;
                Ok(true)
            }
            Some(Botschaft::Ende) => Ok(false),
            None => Err(Error::intern("the rows of a download broke off")),
        }
    }
}

impl Iterator for Zeilen {
    type Item = Result<Zeile>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.fertig {
            return None;
        }
        loop {
            if let Some(zeile) = self.offen.next() {
                return Some(Ok(zeile));
            }
            match self.weiter() {
                Ok(true) => {}
                Ok(false) => {
                    self.fertig = true;
                    return None;
                }
                Err(fehler) => {
                    self.fertig = true;
                    return Some(Err(fehler));
                }
            }
        }
    }
}

/// Hands all rows of a request to `nimm`, on a thread of its own, which writes into `ordner`:
/// that must not grow beyond what a file may have.
pub async fn lies<T: Send + 'static>(
    pool: &PgPool,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    ordner: PathBuf,
    nimm: impl FnOnce(&mut Zeilen) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, empfang) = mpsc::channel(PUFFER);
    let schreiber = tokio::task::spawn_blocking(move || {
        nimm(&mut Zeilen {
            ordner,
            empfang,
            offen: Vec::new().into_iter(),
            fertig: false,
        })
    });
    let gelesen = query::strom(pool, sammlung, auswahl, &sender).await;
    drop(sender);
    let geschrieben = schreiber.await.map_err(Error::intern)?;
    gelesen?;
    geschrieben
}

fn pruefe_groesse(ordner: &Path) -> Result<()> {
    let mut summe = 0;
    let mut offen = vec![ordner.to_owned()];
    while let Some(hier) = offen.pop() {
        for teil in std::fs::read_dir(hier)? {
            let teil = teil?;
            // A writer's own temporary file may be gone by now.
            let Ok(daten) = teil.metadata() else { continue };
            if daten.is_dir() {
                offen.push(teil.path());
            }
            summe += daten.len();
        }
    }
    if summe > GROESSE_MAX {
        return Err(Error::eingabe(
            "Die Datei würde größer als 4 GB. Wählen Sie einen engeren Ausschnitt oder FlatGeobuf statt Shapefile.",
        ));
    }
    Ok(())
}

/// Writes all objects of a request; gives the folder, which goes with its last owner, and the
/// file in it. Dropped half-way, everything is deleted.
pub async fn schreibe(
    pool: &PgPool,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    auftrag: Auftrag,
    format: &'static Format,
) -> Result<(TempDir, PathBuf)> {
    let ordner = ordner()?;
    // A ZIP within a ZIP would be odd: the name in the archive is the layer's.
    let ziel = ordner.path().join(format!("ebene.{}", format.endung));
    let pfad = ziel.clone();
    let hier = ordner.path().to_owned();
    lies(pool, sammlung, auswahl, hier, move |zeilen| {
        let mut saetze = zeilen.map(|zeile| auftrag.aufbau.satz(&zeile?));
        (format.schreibe)(&auftrag, &pfad, &mut saetze)
    })
    .await?;
    Ok((ordner, ziel))
}

/// A folder of its own for one file.
pub fn ordner() -> Result<TempDir> {
    tempfile::Builder::new()
        .prefix("zielraum-datei-")
        .tempdir()
        .map_err(Error::from)
}
