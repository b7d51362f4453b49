//! Commands of the strategy: import and templates.

use std::path::PathBuf;

use super::{answer, notice};
use crate::db::{Database, audit};
use crate::error::Result;
use crate::import::strategie::{importiere_dateien, vorlage};

/// Options of `import strategie`.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// CSV-Dateien; erkannt an ihrer Kopfzeile, Reihenfolge beliebig
    #[arg(required = true, value_name = "DATEI")]
    dateien: Vec<PathBuf>,
    /// Alles Eingelesene gleich veröffentlichen, außer Zeilen mit veroeffentlichung = entwurf
    #[arg(long)]
    veroeffentlichen: bool,
}

/// Options of `export vorlage`.
#[derive(Debug, clap::Args)]
pub(super) struct Vorlage {
    /// Ordner für die Vorlagen; vorhandene Dateien werden nie überschrieben
    #[arg(value_name = "ORDNER")]
    ordner: PathBuf,
}

pub(super) async fn import(args: Import, db: &Database) -> Result<()> {
    let ergebnis = importiere_dateien(db, &args.dateien, args.veroeffentlichen, &audit::operator()).await?;
    notice(&ergebnis.text());
    Ok(())
}

pub(super) async fn vorlagen(db: &Database, args: &Vorlage) -> Result<()> {
    let dateien = vorlage::schreibe(&db.write, &args.ordner).await?;
    answer(&dateien.iter().fold(String::new(), |text, pfad| format!("{text}{}\n", pfad.display())))
}
