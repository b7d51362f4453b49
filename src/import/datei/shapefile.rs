//! The parts of a Shapefile, wherever they lie, and what their headers must agree on.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Parts that are read; others (indexes, metadata) are left alone.
pub(super) const TEILE: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

/// One Shapefile.
#[derive(Debug, Clone)]
pub(in crate::import) struct Shapefile {
    /// Base name.
    pub name: String,
    /// Extension (of [`TEILE`]) and where the part lies.
    pub teile: Vec<(&'static str, PathBuf)>,
}

impl Shapefile {
    /// Where a part lies.
    pub fn teil(&self, endung: &str) -> Option<&Path> {
        self.teile
            .iter()
            .find(|(welche, _)| *welche == endung)
            .map(|(_, pfad)| pfad.as_path())
    }

    /// The parts under our own names, the `.shp` first.
    pub fn dateien(&self) -> Vec<(String, PathBuf)> {
        // The encoding is ours to find: GDAL sees no .cpg.
        ["shp", "shx", "dbf", "prj"]
            .iter()
            .filter_map(|endung| Some((format!("daten.{endung}"), self.teil(endung)?.to_owned())))
            .collect()
    }

    /// Shapes by the index.
    pub fn anzahl(&self) -> Option<u64> {
        let index = self.teil("shx")?.metadata().ok()?.len();
        Some(index.checked_sub(100)? / 8)
    }

    /// All parts are there and their counts fit each other and the sizes of the files.
    pub fn pruefe(&self) -> Result<()> {
        for (endung, wozu) in [
            ("shp", "die Geometrien"),
            ("shx", "das Verzeichnis der Geometrien"),
            ("dbf", "die Sachdaten"),
        ] {
            if self.teil(endung).is_none() {
                return Err(Error::eingabe(format!(
                    "Zum Shapefile „{}“ fehlt die Datei „{}.{endung}“ ({wozu}). Bitte alle Teile (.shp, .shx, .dbf, .prj) zusammen in ein Zip-Archiv packen.",
                    self.name, self.name
                )));
            }
        }
        let formen = self.anzahl().unwrap_or(0);
        let dbf = self.teil("dbf").unwrap_or(Path::new(""));
        let mut kopf = [0; 32];
        let zu_kurz = || {
            Error::eingabe(format!(
                "Die Sachdaten „{}.dbf“ sind beschädigt (kein gültiger Dateikopf). Bitte in der Quelle neu speichern.",
                self.name
            ))
        };
        File::open(dbf)?
            .read_exact(&mut kopf)
            .map_err(|_| zu_kurz())?;
        let zeilen = u64::from(u32::from_le_bytes([kopf[4], kopf[5], kopf[6], kopf[7]]));
        let kopflaenge = u64::from(u16::from_le_bytes([kopf[8], kopf[9]]));
        let zeilenlaenge = u64::from(u16::from_le_bytes([kopf[10], kopf[11]]));
        if zeilenlaenge == 0 || kopflaenge < 33 {
            return Err(zu_kurz());
        }
        if zeilen != formen {
            return Err(Error::eingabe(format!(
                "Das Shapefile „{}“ hat {formen} Geometrien, aber {zeilen} Zeilen Sachdaten; welche zu welcher gehört, ist nicht zu sagen. Bitte in der Quelle neu speichern.",
                self.name
            )));
        }
        let laenge = dbf.metadata()?.len();
        if laenge < kopflaenge + zeilen * zeilenlaenge {
            return Err(Error::eingabe(format!(
                "Die Sachdaten „{}.dbf“ sind abgeschnitten: {zeilen} Zeilen bräuchten {} Bytes, die Datei hat {laenge}. Bitte noch einmal übertragen.",
                self.name,
                kopflaenge + zeilen * zeilenlaenge
            )));
        }
        Ok(())
    }
}

/// The Shapefile that a bare part (`.shp`, `.shx`) on the command line belongs to.
pub(super) fn bei(pfad: &Path) -> Result<Shapefile> {
    let stamm = pfad.file_stem().unwrap_or(OsStr::new("")).to_owned();
    let ordner = match pfad.parent() {
        Some(ordner) if !ordner.as_os_str().is_empty() => ordner,
        _ => Path::new("."),
    };
    let mut teile = Vec::new();
    for eintrag in std::fs::read_dir(ordner)? {
        let ort = eintrag?.path();
        if ort.file_stem() != Some(&stamm) {
            continue;
        }
        if let Some(endung) = teil_endung(&ort)
            && !teile.iter().any(|(bekannt, _)| *bekannt == endung)
        {
            teile.push((endung, ort));
        }
    }
    Ok(Shapefile {
        name: stamm.to_string_lossy().into_owned(),
        teile,
    })
}

/// Which part a name is, if any.
pub(super) fn teil_endung(name: &Path) -> Option<&'static str> {
    let endung = name.extension()?;
    TEILE
        .into_iter()
        .find(|teil| endung.eq_ignore_ascii_case(teil))
}
