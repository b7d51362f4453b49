//! `zielraum export`: plans as files of a standard, empty templates.

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::{notice, strategie};
use crate::db::Database;
use crate::error::{Error, Result};
use crate::export::ausgabe::{self, Art};
use crate::export::xplangml::Version;

#[derive(Debug, Subcommand)]
pub(super) enum Was {
    /// Einen Flächennutzungsplan als XPlanGML oder für INSPIRE
    Fnp(Fnp),
    /// Leere CSV-Vorlagen mit Erläuterung für „import strategie“
    Vorlage(strategie::Vorlage),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// XPlanGML, der Standard für Bauleitpläne
    Xplangml,
    /// INSPIRE Planned Land Use (HILUCS) als GeoPackage
    Inspire,
}

/// Options of `export fnp`.
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub(super) struct Fnp {
    /// Plan und gewünschte Fassung [ohne Fassung: die neueste]
    #[arg(value_name = "KENNUNG[@FASSUNG]")]
    plan: String,
    /// Art der Datei
    #[arg(long, value_enum, default_value_t = Format::Xplangml)]
    format: Format,
    /// Version von XPlanGML [Vorgabe: 6.0]
    #[arg(long, value_enum)]
    version: Option<Version>,
    /// In diese Datei schreiben [Vorgabe: Standardausgabe]
    #[arg(short = 'o', long = "ausgabe", value_name = "DATEI")]
    ausgabe: Option<PathBuf>,
}

pub(super) async fn run(was: Was, db: &Database) -> Result<()> {
    match was {
        Was::Fnp(fnp) => schreibe_plan(fnp, db).await,
        Was::Vorlage(args) => strategie::vorlagen(db, &args).await,
    }
}

async fn schreibe_plan(fnp: Fnp, db: &Database) -> Result<()> {
    let art = match (fnp.format, fnp.version) {
        (Format::Xplangml, version) => Art::Xplangml(version.unwrap_or(Version::V60)),
        (Format::Inspire, None) => Art::Inspire,
        (Format::Inspire, Some(_)) => {
            return Err(Error::parameter(
                "version",
                "--version gibt es nur für XPlanGML.",
            ));
        }
    };
    if art == Art::Inspire && fnp.ausgabe.is_none() {
        return Err(Error::parameter(
            "ausgabe",
            "Ein GeoPackage braucht eine Datei; bitte mit -o DATEI.gpkg nennen.",
        ));
    }
    let plan = ausgabe::waehle(&db.write, &fnp.plan).await?;
    // Beside its place: it is there when it is whole, or not at all.
    let ordner = match fnp.ausgabe.as_deref().and_then(Path::parent) {
        Some(ordner) if !ordner.as_os_str().is_empty() => ordner.to_owned(),
        Some(_) => PathBuf::from("."),
        None => std::env::temp_dir(),
    };
    let datei = tempfile::Builder::new()
        .prefix(".zielraum-export-")
        .suffix(&format!(".{}", art.endung()))
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(&ordner)
        .map_err(|ursache| ablehnung(&ordner, &ursache))?;
    if art == Art::Inspire {
        // SQLite wants to make its file itself.
        std::fs::remove_file(datei.path())?;
    }
    let bericht = ausgabe::schreibe(&db.write, plan.id, art, datei.path()).await?;
    if let Some(ziel) = &fnp.ausgabe {
        datei
            .persist(ziel)
            .map_err(|fehler| ablehnung(ziel, &fehler.error))?;
    } else {
        let mut quelle = datei.reopen()?;
        let mut out = std::io::stdout().lock();
        match std::io::copy(&mut quelle, &mut out).and_then(|_| out.flush()) {
            Err(ursache) if ursache.kind() == std::io::ErrorKind::BrokenPipe => {}
            andere => andere?,
        }
    }
    notice(&format!(
        "{} als {}.\n{}",
        plan.angabe(),
        art.dateiname(&plan),
        bericht.text()
    ));
    Ok(())
}

fn ablehnung(ort: &Path, ursache: &std::io::Error) -> Error {
    Error::eingabe(format!(
        "„{}“ lässt sich nicht schreiben: {ursache}. Bitte einen anderen Ort nennen (-o DATEI).",
        ort.display()
    ))
}
