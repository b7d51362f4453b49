//! `zielraum import strategie`: the whole strategy from a workbook (XLSX) or CSV files.
//!
//! All sheets of one call are one transaction, in any order. Sheets are known by their name
//! or their headings. A kennung that is stored is changed, another is new; a column the
//! sheet does not have is left as it is, an empty cell empties it. Rows with a key of their
//! own (values, money, provenance) are changed by that key; rows that belong to another
//! (places and goals of a measure, land uses of a goal, projects of an area) replace the
//! whole set of those owners the sheet names. What is not delivered stays, unless
//! `--ersetze` says otherwise. What is equal stays untouched, in the history and in its
//! version.
//!
//! Reading order: [`spalten`] and [`katalog`] (what there is), [`lesen`], [`pruefen`],
//! [`orte`], [`schreiben`], [`veroeffentlichen`]; out again: [`ausgabe`], [`vorlage`].

pub mod ausgabe;
mod geometrien;
pub mod katalog;
mod katalog_bezuege;
mod katalog_eintraege;
mod lesen;
pub mod mappe;
mod ort;
mod orte;
mod pruefen;
pub mod routes;
mod schreiben;
pub mod spalten;
pub mod umwandeln;
mod veroeffentlichen;
mod versuch;
pub mod verzeichnis;
pub mod vorlage;
mod vorschau;
mod zahl;
pub mod zelle;
mod zusammenfassung;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use sqlx::PgConnection;

use self::lesen::Saetze;
use self::spalten::{Art, Tabellenart};
use self::verzeichnis::Verzeichnis;
use super::bericht::Bericht;
use super::datei::lies_ganz;
use super::table::{self, Kodierung, Tabelle, schreibweise};
use crate::db::{Database, audit};
use crate::error::{Error, Result};

/// One delivered sheet with what it holds.
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

/// How an import is meant.
#[derive(Debug, Clone, Default)]
pub struct Auftrag {
    /// Publish what is read, except rows that want to stay drafts.
    pub veroeffentlichen: bool,
    /// Only say what would change.
    pub probe: bool,
    /// Sheets whose rows that are not delivered are deleted.
    pub ersetze: Vec<Art>,
    /// GeoPackage or GeoJSON with places, joined on the kennung of the measure.
    pub geometrien: Option<PathBuf>,
    /// Author.
    pub wer: String,
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
    /// Rows deleted because the sheet replaces all.
    pub geloescht: usize,
}

/// What an import did.
#[derive(Debug)]
pub struct Ergebnis {
    /// Sheet, table, encoding and separator.
    pub dateien: Vec<(String, &'static str, Kodierung, char)>,
    /// Counts by kind, in the order they were written.
    pub zahlen: Vec<(Art, Zaehlung)>,
    /// Rows published, without their links.
    pub veroeffentlicht: usize,
    /// Publication was asked for.
    pub mit_freigabe: bool,
    /// Rows of the sheets that are now drafts.
    pub entwuerfe: usize,
    /// Sentences that refuse nothing, one a line; empty without any.
    pub hinweise: String,
    /// What changed, one line a row; only for a dry run.
    pub vorschau: Option<String>,
}

/// Reads the files and imports them; see [`fuehre_aus`].
pub async fn importiere_dateien(
    db: &Database,
    pfade: &[PathBuf],
    veroeffentlichen: bool,
    wer: &str,
) -> Result<Ergebnis> {
    importiere(db, &lies_dateien(pfade)?, veroeffentlichen, wer).await
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
    let auftrag = Auftrag {
        veroeffentlichen,
        wer: wer.to_owned(),
        ..Auftrag::default()
    };
    fuehre_aus(db, inhalte, &auftrag, &mut Bericht::default()).await
}

/// Names and contents of files; of a folder its CSV and XLSX files.
pub fn lies_dateien(pfade: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>> {
    let mut alle = Vec::new();
    for pfad in pfade {
        if pfad.is_dir() {
            let mut darin: Vec<PathBuf> = std::fs::read_dir(pfad)?
                .filter_map(|eintrag| Some(eintrag.ok()?.path()))
                .filter(|p| {
                    p.extension().is_some_and(|e| {
                        e.eq_ignore_ascii_case("csv") || e.eq_ignore_ascii_case("xlsx")
                    })
                })
                .collect();
            darin.sort();
            if darin.is_empty() {
                return Err(Error::eingabe(format!(
                    "Im Ordner {} liegt keine CSV- oder XLSX-Datei.",
                    pfad.display()
                )));
            }
            alle.extend(darin);
        } else {
            alle.push(pfad.clone());
        }
    }
    alle.iter()
        .map(|pfad| lies_ganz(pfad, table::GROESSE_MAX))
        .collect()
}

/// Imports files given as name and content, all or none; everything found goes to the report.
///
/// # Errors
/// [`Error::Eingabe`] with the text of the report; nothing was written.
pub async fn fuehre_aus(
    db: &Database,
    inhalte: &[(String, Vec<u8>)],
    auftrag: &Auftrag,
    bericht: &mut Bericht,
) -> Result<Ergebnis> {
    let mut dateien = lies_tabellen(inhalte, bericht);
    let mut zusatz = String::new();
    if let Some(pfad) = auftrag.geometrien.clone() {
        let tabelle = tokio::task::spawn_blocking(move || geometrien::lies(&pfad))
            .await
            .map_err(Error::intern)??;
        zusatz = format!(" {} (sha256 {})", tabelle.datei, tabelle.sha256);
        dateien.push(datei(tabelle, spalten::tabelle(Art::Raumbezug)));
    }
    let warum = inhalte.iter().fold(
        "import strategie:".to_owned(),
        |mut text, (name, inhalt)| {
            let _ = write!(text, " {name} (sha256 {})", table::sha256(inhalt));
            text
        },
    );
    let warum = warum + &zusatz;
    let mut tx = audit::begin(&db.write, &auftrag.wer, &warum).await?;
    match in_transaktion(&mut tx, &dateien, auftrag, bericht).await {
        // Nothing was changed, or only asked: no entry in the audit either.
        Ok(ergebnis) if auftrag.probe || ergebnis.nichts_geaendert() => {
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

async fn in_transaktion(
    tx: &mut PgConnection,
    dateien: &[Datei],
    auftrag: &Auftrag,
    bericht: &mut Bericht,
) -> Result<Ergebnis> {
    // Two imports at once could both find a kennung new.
    super::sperre(tx).await?;
    let mut verzeichnis = Verzeichnis::lade(tx).await?;
    let mut saetze = lesen::lies(dateien, &mut verzeichnis, bericht);
    orte::pruefe(tx, &mut saetze, &verzeichnis, bericht).await?;
    pruefen::pruefe(&mut saetze, &verzeichnis, bericht);
    abgelehnt(bericht)?;
    let geschrieben = schreiben::schreibe(tx, &saetze, &auftrag.ersetze, bericht).await?;
    abgelehnt(bericht)?;
    nachweise(tx, &saetze, bericht).await?;
    abgelehnt(bericht)?;
    let veroeffentlicht = if auftrag.veroeffentlichen {
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
                    d.tabelle.name(),
                    d.art.tabelle,
                    d.tabelle.kodierung,
                    d.tabelle.trenner,
                )
            })
            .collect(),
        zahlen: geschrieben.zahlen,
        veroeffentlicht,
        mit_freigabe: auftrag.veroeffentlichen,
        entwuerfe: veroeffentlichen::entwuerfe(tx, &saetze).await?,
        hinweise: bericht.hinweistext(),
        vorschau: auftrag
            .probe
            .then(|| vorschau::text(&geschrieben.aenderungen, &verzeichnis)),
    })
}

fn abgelehnt(bericht: &Bericht) -> Result<()> {
    if bericht.abgelehnt() {
        Err(Error::Eingabe(bericht.ablehnung()))
    } else {
        Ok(())
    }
}

/// States without their proof, at the cell that claims them.
async fn nachweise(tx: &mut PgConnection, saetze: &Saetze, bericht: &mut Bericht) -> Result<()> {
    let ids: Vec<_> = saetze
        .von(Art::Massnahme)
        .map(|satz| satz.besitzer)
        .collect();
    let fehlend = sqlx::query_file!("src/import/strategie/nachweis.sql", &ids)
        .fetch_all(tx)
        .await?;
    for zeile in fehlend {
        if let Some(satz) = saetze
            .von(Art::Massnahme)
            .find(|s| s.kennung == zeile.kennung)
        {
            bericht.fehler(satz.zelle(&zeile.spalte), zeile.satz);
        }
    }
    Ok(())
}

fn lies_tabellen(inhalte: &[(String, Vec<u8>)], bericht: &mut Bericht) -> Vec<Datei> {
    let mut dateien = Vec::with_capacity(inhalte.len());
    for (name, inhalt) in inhalte {
        let tabellen = if super::mappe::ist_mappe(inhalt) {
            let blatt = |name: &str| katalog::TABELLEN.iter().any(|t| t.heisst(name));
            super::mappe::lies(name, inhalt, &spalten::bekannt, &blatt, bericht)
        } else {
            table::lies(name, inhalt, &spalten::bekannt, bericht)
                .into_iter()
                .collect()
        };
        for tabelle in tabellen {
            let art = match spalten::erkenne(
                &tabelle.kopf,
                tabelle
                    .blatt
                    .as_deref()
                    .or(name.rsplit_once('.').map(|(stamm, _)| stamm)),
                tabelle.blatt.is_some(),
            ) {
                Ok(art) => art,
                Err(grund) => {
                    bericht.fehler(tabelle.stelle(1), grund);
                    continue;
                }
            };
            let datei = datei(tabelle, art);
            lesen::pruefe_kopf(art, &datei, bericht);
            dateien.push(datei);
        }
    }
    dateien
}

fn datei(tabelle: Tabelle, art: &'static Tabellenart) -> Datei {
    let mut spalten = HashMap::new();
    for (n, kopf) in tabelle.kopf.iter().enumerate() {
        if let Some(spalte) = art.spalte(&schreibweise(kopf)) {
            spalten.entry(spalte.name).or_insert(n);
        }
    }
    Datei {
        tabelle,
        art,
        spalten,
    }
}
