//! Commands of the strategy: import, templates, questions.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;

use super::{answer, notice};
use crate::db::{Database, audit};
use crate::dorferneuerung::{self, inhalt};
use crate::error::{Error, Result};
use crate::import::bericht::{Bericht, gemeint};
use crate::import::strategie::katalog::TABELLEN;
use crate::import::strategie::{
    Auftrag, ausgabe as export, fuehre_aus, lies_dateien, mappe, vorlage,
};
use crate::import::table::schreibweise;
use crate::strategie::{ausgabe, store};

/// Options of `import strategie`.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// Excel-Mappe, CSV-Dateien oder ein Ordner davon; erkannt an Blattname und Kopfzeile
    #[arg(required_unless_present_any = ["vorlage", "geometrien"], value_name = "DATEI")]
    dateien: Vec<PathBuf>,
    /// Alles Eingelesene gleich veröffentlichen, außer Zeilen mit veroeffentlichung = entwurf
    #[arg(long)]
    veroeffentlichen: bool,
    /// Nur zeigen, was sich je Zeile ändern würde; nichts speichern
    #[arg(long)]
    probe: bool,
    /// Zeilen dieses Blatts, die nicht geliefert werden, löschen (mehrmals möglich)
    #[arg(long, value_name = "BLATT")]
    ersetze: Vec<String>,
    /// Orte der Maßnahmen aus GeoPackage oder GeoJSON, verknüpft über das Feld kennung
    #[arg(long, value_name = "DATEI")]
    geometrien: Option<PathBuf>,
    /// Bericht als JSON in diese Datei schreiben
    #[arg(long, value_name = "DATEI.json")]
    bericht: Option<PathBuf>,
    /// Statt einzulesen: eine Vorlage mit Erläuterung schreiben (XLSX, sonst Ordner mit CSV)
    #[arg(long, value_name = "DATEI.xlsx|ORDNER", conflicts_with_all = ["dateien", "geometrien", "probe", "ersetze", "veroeffentlichen"])]
    vorlage: Option<PathBuf>,
}

/// Commands of `strategie`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Was {
    /// Alles Gespeicherte in die Blätter schreiben, die „import strategie“ liest
    Export {
        /// Excel-Mappe (.xlsx) oder Ordner für CSV-Dateien
        #[arg(value_name = "DATEI.xlsx|ORDNER")]
        ziel: PathBuf,
    },
}

/// Options of `export vorlage`.
#[derive(Debug, clap::Args)]
pub(super) struct Vorlage {
    /// Ordner für die Vorlagen; vorhandene Dateien werden nie überschrieben
    #[arg(value_name = "ORDNER")]
    ordner: PathBuf,
}

pub(super) async fn import(args: Import, db: &Database) -> Result<()> {
    if let Some(ziel) = args.vorlage {
        return if ist_xlsx(&ziel) {
            vorlage::schreibe_mappe(&db.write, &ziel).await?;
            answer(&format!("{}\n", ziel.display()))
        } else {
            vorlagen(db, &Vorlage { ordner: ziel }).await
        };
    }
    let mut ersetze = Vec::new();
    for name in &args.ersetze {
        let tabelle = TABELLEN
            .iter()
            .find(|t| t.heisst(&schreibweise(name)))
            .ok_or_else(|| {
                Error::aufruf(format!(
                    "--ersetze: Das Blatt „{name}“ gibt es nicht.{}",
                    gemeint(name, TABELLEN.iter().map(|t| t.blatt))
                ))
            })?;
        ersetze.push(tabelle.art);
    }
    let auftrag = Auftrag {
        veroeffentlichen: args.veroeffentlichen,
        probe: args.probe,
        ersetze,
        geometrien: args.geometrien,
        wer: audit::operator(),
    };
    let mut bericht = Bericht::default();
    let inhalte = lies_dateien(&args.dateien)?;
    let ergebnis = fuehre_aus(db, &inhalte, &auftrag, &mut bericht).await;
    if let Some(datei) = &args.bericht {
        std::fs::write(datei, serde_json::to_vec_pretty(&bericht.json())?).map_err(|cause| {
            Error::umgebung(format!(
                "Der Bericht lässt sich nicht nach „{}“ schreiben: {cause}",
                datei.display()
            ))
        })?;
    }
    notice(&ergebnis?.text());
    Ok(())
}

fn ist_xlsx(pfad: &Path) -> bool {
    pfad.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("xlsx"))
}

pub(super) async fn run(was: Was, db: &Database) -> Result<()> {
    let Was::Export { ziel } = was;
    let mut conn = db.write.acquire().await?;
    let (blaetter, verzeichnis) = export::blaetter(&mut conn, ist_xlsx(&ziel)).await?;
    drop(conn);
    if ist_xlsx(&ziel) {
        std::fs::write(
            &ziel,
            mappe::mappe(&blaetter, &export::anleitung(false), &verzeichnis, false)?,
        )
        .map_err(|cause| {
            Error::eingabe(format!(
                "Die Datei {} lässt sich nicht schreiben: {cause}",
                ziel.display()
            ))
        })?;
        return answer(&format!("{}\n", ziel.display()));
    }
    let dateien = mappe::ordner(&blaetter, &ziel)?;
    answer(&dateien.iter().fold(String::new(), |text, pfad| {
        format!("{text}{}\n", pfad.display())
    }))
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
