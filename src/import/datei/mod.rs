//! A user's file: what it is by its content (never by its name), its hash, its stream.

mod archiv;
mod erkennen;
mod grenzen;
mod shapefile;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use archiv::namen as archivnamen;
pub use erkennen::{Inhalt, erkenne};
pub use grenzen::Grenzen;
pub(super) use shapefile::Shapefile;

use crate::error::{Error, Result};

/// What the content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// XML, to be read as XPlanGML.
    Xml,
    /// `{` …
    GeoJson,
    /// SQLite with GeoPackage.
    GeoPackage,
    /// One or several Shapefiles.
    Shapefile,
    /// FlatGeobuf.
    FlatGeobuf,
}

impl Format {
    /// Name for messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Xml => "XML",
            Self::GeoJson => "GeoJSON",
            Self::GeoPackage => "GeoPackage",
            Self::Shapefile => "Shapefile",
            Self::FlatGeobuf => "FlatGeobuf",
        }
    }
}

/// A file to import; a zip with one file in it counts as that file, a zip with
/// Shapefiles as these.
#[derive(Debug)]
pub struct Datei {
    /// Name without folders.
    pub name: String,
    /// Content.
    pub format: Format,
    /// SHA-256 of the file as delivered, hex.
    pub sha256: String,
    pfad: PathBuf,
    shapefiles: Vec<Shapefile>,
    // Unpacked content lives as long as the Datei.
    entpackt: Option<tempfile::TempDir>,
}

/// The files a child reads, the one to open first.
#[derive(Debug)]
pub(super) struct FuerKapsel {
    /// Name in the sandbox and where it lies now.
    pub dateien: Vec<(String, PathBuf)>,
}

impl Datei {
    /// Opens a file of the command line and finds out what it is. Blocks.
    ///
    /// # Errors
    /// [`Error::Eingabe`]: missing, unreadable, empty, unknown content, unfit zip.
    pub fn oeffne(pfad: &Path) -> Result<Self> {
        Self::oeffne_mit(pfad, &Grenzen::BEFEHLSZEILE)
    }

    /// [`Datei::oeffne`] with other limits, for uploads. Blocks.
    ///
    /// # Errors
    /// As [`Datei::oeffne`], and when the file is larger than allowed.
    pub fn oeffne_mit(pfad: &Path, grenzen: &Grenzen) -> Result<Self> {
        let name = dateiname(pfad);
        if pfad.is_dir() {
            return Err(Error::eingabe(format!(
                "„{}“ ist ein Ordner, keine Datei.",
                pfad.display()
            )));
        }
        let mut datei = File::open(pfad).map_err(|cause| {
            Error::eingabe(format!(
                "Die Datei „{}“ lässt sich nicht öffnen: {}",
                pfad.display(),
                grund(&cause)
            ))
        })?;
        let groesse = datei.metadata()?.len();
        if groesse > grenzen.datei {
            return Err(Error::eingabe(format!(
                "„{name}“ hat {} MB; höchstens {} MB werden gelesen.",
                groesse >> 20,
                grenzen.datei >> 20
            )));
        }
        let sha256 = hash(&mut datei)?;
        let mut diese = Self {
            name,
            format: Format::Xml,
            sha256,
            pfad: pfad.to_owned(),
            shapefiles: Vec::new(),
            entpackt: None,
        };
        let mut inhalt = erkenne(&anfang(pfad)?);
        if inhalt == Inhalt::Zip {
            let entpackt = archiv::entpacke(pfad, grenzen)?;
            diese.shapefiles = entpackt.shapefiles;
            if let Some(einzeln) = entpackt.einzeln {
                inhalt = erkenne(&anfang(&einzeln)?);
                diese.pfad = einzeln;
            } else {
                inhalt = Inhalt::Bekannt(Format::Shapefile);
            }
            diese.entpackt = Some(entpackt.ordner);
        } else if inhalt == Inhalt::Bekannt(Format::Shapefile) {
            diese.shapefiles = vec![shapefile::bei(pfad)?];
        }
        diese.format = inhalt.format(&diese.name)?;
        if diese.format == Format::GeoPackage {
            log_leer(pfad)?;
        }
        Ok(diese)
    }

    /// Where the content lies (of a Shapefile: the `.shp`).
    #[must_use]
    pub fn pfad(&self) -> &Path {
        &self.pfad
    }

    /// The content as a stream.
    pub fn strom(&self) -> Result<impl BufRead + use<>> {
        Ok(BufReader::with_capacity(1 << 18, File::open(self.pfad())?))
    }

    /// File name without its last extension.
    #[must_use]
    pub fn stamm(&self) -> &str {
        self.name
            .rsplit_once('.')
            .map_or(&self.name, |(stamm, _)| stamm)
    }

    /// The Shapefile of this layer name, or the only one.
    pub(super) fn shapefile(&self, ebene: Option<&str>) -> Result<&Shapefile> {
        let liste = || {
            self.shapefiles
                .iter()
                .map(|eines| format!("„{}“ ({} Objekte)", eines.name, eines.anzahl().unwrap_or(0)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        match (ebene, &self.shapefiles[..]) {
            (Some(ebene), alle) => alle
                .iter()
                .find(|eines| eines.name == ebene)
                .ok_or_else(|| {
                    Error::eingabe(format!(
                        "Eine Ebene „{ebene}“ gibt es in der Datei nicht. Vorhanden sind: {}.",
                        liste()
                    ))
                }),
            (None, [eines]) => Ok(eines),
            (None, alle) => Err(Error::eingabe(format!(
                "Die Datei enthält {} Shapefiles: {}. Bitte das gemeinte mit --ebene NAME nennen.",
                alle.len(),
                liste()
            ))),
        }
    }

    /// What the child needs of this file.
    pub(super) fn fuer_kapsel(&self, ebene: Option<&str>) -> Result<FuerKapsel> {
        let dateien = match self.format {
            Format::Shapefile => self.shapefile(ebene)?.dateien(),
            Format::FlatGeobuf => vec![("daten.fgb".to_owned(), self.pfad.clone())],
            _ => vec![("daten.gpkg".to_owned(), self.pfad.clone())],
        };
        Ok(FuerKapsel { dateien })
    }
}

/// Name of a file without its folder, for sentences and the audit.
#[must_use]
pub fn dateiname(pfad: &Path) -> String {
    pfad.file_name().map_or_else(
        || pfad.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Name and content of a file that is read whole: a table. Blocks.
///
/// # Errors
/// [`Error::Eingabe`] when it cannot be read or has more than `hoechstens` bytes.
pub fn lies_ganz(pfad: &Path, hoechstens: usize) -> Result<(String, Vec<u8>)> {
    let unlesbar = |cause| {
        Error::eingabe(format!(
            "Die Datei „{}“ lässt sich nicht lesen: {}",
            pfad.display(),
            grund(&cause)
        ))
    };
    // One byte more tells a file that is too large, whatever its size is said to be.
    let mut inhalt = Vec::new();
    File::open(pfad)
        .and_then(|datei| datei.take(hoechstens as u64 + 1).read_to_end(&mut inhalt))
        .map_err(unlesbar)?;
    if inhalt.len() > hoechstens {
        return Err(Error::eingabe(format!(
            "Die Datei „{}“ ist größer als {} MB.",
            pfad.display(),
            hoechstens >> 20
        )));
    }
    Ok((dateiname(pfad), inhalt))
}

/// Why a file cannot be opened, as the end of a German sentence.
#[must_use]
pub fn grund(cause: &std::io::Error) -> String {
    match cause.kind() {
        std::io::ErrorKind::NotFound => "es gibt sie nicht.".to_owned(),
        std::io::ErrorKind::IsADirectory => "sie ist ein Ordner.".to_owned(),
        std::io::ErrorKind::PermissionDenied => "das Leserecht fehlt.".to_owned(),
        _ => cause.to_string(),
    }
}

/// Rows another program has not yet written into the file itself would be missing.
fn log_leer(pfad: &Path) -> Result<()> {
    let mut log = pfad.as_os_str().to_owned();
    log.push("-wal");
    if Path::new(&log).metadata().is_ok_and(|log| log.len() > 0) {
        return Err(Error::eingabe(format!(
            "Neben dem GeoPackage liegt „{}“ mit Änderungen, die noch nicht in der Datei stehen: es ist in einem anderen Programm (etwa QGIS) geöffnet. Bitte dort schließen und noch einmal einlesen.",
            Path::new(&log).display()
        )));
    }
    Ok(())
}

fn anfang(pfad: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
    File::open(pfad)?.take(512).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn hash(datei: &mut File) -> Result<String> {
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let gelesen = datei.read(&mut block)?;
        if gelesen == 0 {
            break;
        }
        hash.update(&block[..gelesen]);
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
