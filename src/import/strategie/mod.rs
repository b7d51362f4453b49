//! `zielraum import strategie`: Handlungsfelder, goals, measures and their links from CSV.
//!
//! All files of one call are one transaction, in any order. Files are known by their
//! headings. A kennung that is stored is changed, another is new; a column the file does
//! not have is left as it is. Rows that belong to another (places and goals of a measure,
//! land uses of a goal, projects of an area) replace the whole set of those owners the
//! file names. What is equal stays untouched, in the history and in its version.

mod lesen;
mod schreiben;
pub mod spalten;
mod veroeffentlichen;
mod verzeichnis;
pub mod vorlage;
mod zelle;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sqlx::PgConnection;

use self::spalten::{Art, TABELLEN, Tabellenart};
use self::verzeichnis::Verzeichnis;
use super::bericht::{Bericht, Stelle};
use super::table::{self, Kodierung, Tabelle};
use crate::db::{Database, audit};
use crate::error::{Error, Result};

/// One delivered file with what it holds.
#[derive(Debug)]
pub struct Datei {
    tabelle: Tabelle,
    art: &'static Tabellenart,
    /// Position of each known column, by its heading in the template.
    spalten: HashMap<&'static str, usize>,
}

impl Datei {
    fn nummer(&self, spalte: &str) -> Option<usize> {
        self.spalten.get(spalte).copied()
    }
}

/// What became of the rows of one kind. Rows of a set are counted by their owners.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Zaehlung {
    /// Rows read.
    pub zeilen: usize,
    /// New rows, or owners whose set was replaced.
    pub neu: usize,
    /// Changed rows.
    pub geaendert: usize,
    /// Rows, or owners, that were as delivered.
    pub unveraendert: usize,
}

/// What an import did.
#[derive(Debug)]
pub struct Ergebnis {
    /// File, table, encoding and separator.
    pub dateien: Vec<(String, &'static str, Kodierung, char)>,
    /// Counts by kind, in the order they were written.
    pub zahlen: Vec<(Art, Zaehlung)>,
    /// Rows published, without their links.
    pub veroeffentlicht: usize,
    /// Publication was asked for.
    pub mit_freigabe: bool,
    /// Rows of the files that are now drafts.
    pub entwuerfe: usize,
    /// Sentences that refuse nothing, one a line; empty without any.
    pub hinweise: String,
}

/// Reads the files and imports them; see [`importiere`].
pub async fn importiere_dateien(
    db: &Database,
    pfade: &[PathBuf],
    veroeffentlichen: bool,
    wer: &str,
) -> Result<Ergebnis> {
    let mut inhalte = Vec::with_capacity(pfade.len());
    for pfad in pfade {
        let name = dateiname(pfad);
        let inhalt = std::fs::read(pfad).map_err(|cause| {
            Error::eingabe(match cause.kind() {
                std::io::ErrorKind::NotFound => {
                    format!("Die Datei {} gibt es nicht.", pfad.display())
                }
                _ => format!("Die Datei {} ist nicht lesbar: {cause}", pfad.display()),
            })
        })?;
        inhalte.push((name, inhalt));
    }
    importiere(db, &inhalte, veroeffentlichen, wer).await
}

fn dateiname(pfad: &Path) -> String {
    pfad.file_name().map_or_else(
        || pfad.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Imports files given as name and content, all or none.
///
/// # Errors
/// [`Error::Eingabe`] with the report of everything that is wrong; nothing was written.
pub async fn importiere(
    db: &Database,
    inhalte: &[(String, Vec<u8>)],
    veroeffentlichen: bool,
    wer: &str,
) -> Result<Ergebnis> {
    let mut bericht = Bericht::default();
    let dateien = lies_dateien(inhalte, &mut bericht);
    let warum = dateien
        .iter()
        .fold("import strategie:".to_owned(), |mut text, datei| {
            let _ = write!(
                text,
                " {} (sha256 {})",
                datei.tabelle.datei, datei.tabelle.sha256
            );
            text
        });

    let mut tx = audit::begin(&db.write, wer, &warum).await?;
    match fuehre_aus(&mut tx, &dateien, veroeffentlichen, &mut bericht).await {
        // Nothing was changed: no entry in the audit either.
        Ok(ergebnis) if ergebnis.nichts_geaendert() => {
            tx.rollback().await?;
            Ok(ergebnis)
        }
        Ok(ergebnis) => {
            tx.commit().await?;
            Ok(ergebnis)
        }
        Err(fehler) => {
            // Not left to Drop: the next import would meet the lock of this one.
            tx.rollback().await?;
            Err(fehler)
        }
    }
}

async fn fuehre_aus(
    tx: &mut PgConnection,
    dateien: &[Datei],
    veroeffentlichen: bool,
    bericht: &mut Bericht,
) -> Result<Ergebnis> {
    // Two imports at once could both find a kennung new.
    super::sperre(tx).await?;
    let mut verzeichnis = Verzeichnis::lade(tx).await?;
    let saetze = lesen::lies(tx, dateien, &mut verzeichnis, bericht).await?;
    if bericht.abgelehnt() {
        return Err(Error::Eingabe(bericht.ablehnung()));
    }
    let geschrieben = schreiben::schreibe(tx, &saetze, bericht).await?;
    if bericht.abgelehnt() {
        return Err(Error::Eingabe(bericht.ablehnung()));
    }
    let veroeffentlicht = if veroeffentlichen {
        veroeffentlichen::veroeffentliche(tx, &saetze, &geschrieben.vorher_oeffentlich, bericht)
            .await?
    } else {
        0
    };
    Ok(Ergebnis {
        dateien: dateien
            .iter()
            .map(|d| {
                (
                    d.tabelle.datei.clone(),
                    d.art.tabelle,
                    d.tabelle.kodierung,
                    d.tabelle.trenner,
                )
            })
            .collect(),
        zahlen: geschrieben.zahlen,
        veroeffentlicht,
        mit_freigabe: veroeffentlichen,
        entwuerfe: veroeffentlichen::entwuerfe(tx, &saetze).await?,
        hinweise: bericht.hinweistext(),
    })
}

fn lies_dateien(inhalte: &[(String, Vec<u8>)], bericht: &mut Bericht) -> Vec<Datei> {
    let mut dateien = Vec::with_capacity(inhalte.len());
    for (name, inhalt) in inhalte {
        let Some(tabelle) = table::lies(name, inhalt, &spalten::bekannt, bericht) else {
            continue;
        };
        let art = match spalten::erkenne(&tabelle.kopf) {
            Ok(art) => art,
            Err(grund) => {
                bericht.fehler(Stelle::zeile(name, 1), grund);
                continue;
            }
        };
        let mut spalten = HashMap::new();
        for (n, kopf) in tabelle.kopf.iter().enumerate() {
            if let Some(spalte) = art.spalte(&table::schreibweise(kopf)) {
                spalten.entry(spalte.name).or_insert(n);
            }
        }
        let datei = Datei {
            tabelle,
            art,
            spalten,
        };
        lesen::pruefe_kopf(art, &datei, bericht);
        dateien.push(datei);
    }
    dateien
}

impl Ergebnis {
    /// Everything was as delivered, and public where it should be.
    #[must_use]
    pub fn nichts_geaendert(&self) -> bool {
        self.veroeffentlicht == 0
            && self
                .zahlen
                .iter()
                .all(|(_, zahl)| zahl.neu + zahl.geaendert == 0)
    }

    /// The summary a clerk reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (datei, tabelle, kodierung, trenner) in &self.dateien {
            let trenner = if *trenner == '\t' {
                "Tabulator".to_owned()
            } else {
                format!("„{trenner}“")
            };
            let _ = writeln!(
                text,
                "{datei}: {tabelle} ({kodierung}, Trennzeichen {trenner})"
            );
        }
        for (art, zahl) in &self.zahlen {
            let tabelle = TABELLEN
                .iter()
                .find(|tabelle| tabelle.art == *art)
                .map_or("", |t| t.tabelle);
            let _ = match art {
                Art::Handlungsfeld | Art::Ziel | Art::Massnahme => writeln!(
                    text,
                    "{tabelle}: {} neu, {} geändert, {} unverändert",
                    zahl.neu, zahl.geaendert, zahl.unveraendert
                ),
                _ => {
                    let je = match art {
                        Art::ZielNutzung => "Ziele",
                        Art::GebietMassnahme => "Gebiete",
                        _ => "Maßnahmen",
                    };
                    writeln!(
                        text,
                        "{tabelle}: {} Zeilen; {je} neu gesetzt {}, unverändert {}",
                        zahl.zeilen, zahl.neu, zahl.unveraendert
                    )
                }
            };
        }
        let _ = writeln!(
            text,
            "Veröffentlicht: {}. Entwurf: {}{}.",
            self.veroeffentlicht,
            self.entwuerfe,
            if self.entwuerfe > 0 && !self.mit_freigabe {
                " (öffentlich wird er mit --veroeffentlichen)"
            } else {
                ""
            }
        );
        if !self.hinweise.is_empty() {
            let _ = write!(text, "Hinweise:\n{}", self.hinweise);
        }
        text
    }
}
