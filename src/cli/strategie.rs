//! Commands of the strategy: import, templates, questions.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use super::{answer, notice};
use crate::db::{Database, audit};
use crate::dorferneuerung::{self, inhalt};
use crate::error::Result;
use crate::import::strategie::{importiere_dateien, vorlage};
use crate::strategie::{ausgabe, store};

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
    let ergebnis =
        importiere_dateien(db, &args.dateien, args.veroeffentlichen, &audit::operator()).await?;
    notice(&ergebnis.text());
    Ok(())
}

pub(super) async fn vorlagen(db: &Database, args: &Vorlage) -> Result<()> {
    let dateien = vorlage::schreibe(&db.write, &args.ordner).await?;
    answer(&dateien.iter().fold(String::new(), |text, pfad| {
        format!("{text}{}\n", pfad.display())
    }))
}

/// Options of `ziele`.
#[derive(Debug, clap::Args)]
pub(super) struct Ziele {
    /// Ziele, denen diese Fläche des Plans dient oder die sie belastet
    #[arg(long, value_name = "KENNUNG")]
    flaeche: Option<String>,
    /// Plan der Fläche [Vorgabe: der wirksame oder der einzige Plan]
    #[arg(long, value_name = "KENNUNG[@FASSUNG]", requires = "flaeche")]
    plan: Option<String>,
    /// Ausgabe
    #[arg(long, value_enum, default_value_t = OhneKarte::Tabelle)]
    format: OhneKarte,
}

/// Options of `gebiet`.
#[derive(Debug, clap::Args)]
pub(super) struct Gebiet {
    /// Kennung des Gebiets der Dorferneuerung
    #[arg(value_name = "KENNUNG")]
    kennung: String,
    /// Plan der Nutzung [Vorgabe: der wirksame oder der einzige Plan]
    #[arg(long, value_name = "KENNUNG[@FASSUNG]")]
    plan: Option<String>,
    /// Ausgabe; csv gibt die Nutzung
    #[arg(long, value_enum, default_value_t = Format::Tabelle)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Für den Bildschirm
    Tabelle,
    /// Für Excel
    Csv,
    /// Alles, ungerundet
    Json,
    /// Mit Orten, Länge und Breite
    Geojson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OhneKarte {
    /// Für den Bildschirm
    Tabelle,
    /// Für Excel
    Csv,
    /// Alles, ungerundet
    Json,
}

pub(super) fn json(wert: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(wert)? + "\n")
}

pub(super) async fn ziele(args: Ziele, db: &Database) -> Result<()> {
    let mut conn = db.write.acquire().await?;
    if let Some(flaeche) = &args.flaeche {
        let antwort = store::flaeche_ziele(&mut conn, args.plan.as_deref(), flaeche).await?;
        return answer(&match args.format {
            OhneKarte::Tabelle => ausgabe::flaeche_tabelle(&antwort),
            OhneKarte::Csv => ausgabe::flaeche_csv(&antwort),
            OhneKarte::Json => json(&antwort)?,
        });
    }
    let ziele = store::ziele(&mut conn, None, None).await?;
    answer(&match args.format {
        OhneKarte::Tabelle => ausgabe::ziele_tabelle(&ziele),
        OhneKarte::Csv => ausgabe::ziele_csv(&ziele),
        OhneKarte::Json => json(&serde_json::json!({ "ziele": ziele }))?,
    })
}

pub(super) async fn gebiet(args: Gebiet, db: &Database) -> Result<()> {
    let mut conn = db.write.acquire().await?;
    let gebiet = inhalt::gebiet(&mut conn, &args.kennung, args.plan.as_deref()).await?;
    answer(&match args.format {
        Format::Tabelle => dorferneuerung::ausgabe::tabelle(&gebiet),
        Format::Csv => dorferneuerung::ausgabe::csv(&gebiet),
        Format::Json => json(&gebiet)?,
        Format::Geojson => json(&dorferneuerung::routes::feature(&gebiet))?,
    })
}
