//! The file of a backup: a zip of dump, manifest and a note for people.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::manifest::{Dump, FORMAT, Manifest};
use crate::error::{Error, Result};

const DUMP: &str = "datenbank.dump";
const MANIFEST: &str = "manifest.json";
const LIESMICH: &str = "LIESMICH.txt";
/// A manifest is some kilobytes; what is larger is none.
const GROESSTES_MANIFEST: u64 = 16 * 1024 * 1024;

const HINWEIS: &str =
    "Sicherung einer Datenbank von Zielraum. Sie enthält personenbezogene Daten und Entwürfe.

Zurückspielen:   zielraum restore DATEI
Prüfen:          zielraum check DATEI

Von Hand, ohne Zielraum: unzip DATEI; die Rollen aus manifest.json anlegen (CREATE ROLE …); dann
pg_restore --dbname=… datenbank.dump  (PostgreSQL und PostGIS wie in manifest.json oder neuer).
";

/// Writes dump, then manifest, into an open file.
pub(super) struct Schreiber<W: Write + Seek> {
    zip: ZipWriter<W>,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write + Seek> Schreiber<W> {
    pub(super) fn beginne(ziel: W) -> io::Result<Self> {
        let mut zip = ZipWriter::new(ziel);
        zip.start_file(LIESMICH, einstellung())?;
        zip.write_all(HINWEIS.as_bytes())?;
        zip.start_file(DUMP, einstellung())?;
        Ok(Self {
            zip,
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// Length and hash of what was written as dump.
    pub(super) fn dump(&self) -> Dump {
        Dump {
            bytes: self.bytes,
            sha256: hex(&self.hash.clone().finalize()),
        }
    }

    /// Adds the manifest; the file is complete, but not yet on disk.
    pub(super) fn schliesse(mut self, manifest: &Manifest) -> io::Result<W> {
        self.zip.start_file(MANIFEST, einstellung())?;
        serde_json::to_writer_pretty(&mut self.zip, manifest)?;
        Ok(self.zip.finish()?)
    }
}

impl<W: Write + Seek> Write for Schreiber<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let anzahl = self.zip.write(bytes)?;
        self.hash.update(&bytes[..anzahl]);
        self.bytes += anzahl as u64;
        Ok(anzahl)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

fn einstellung() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .large_file(true)
        .unix_permissions(0o600)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An opened backup.
#[derive(Debug)]
pub struct Archiv {
    zip: ZipArchive<BufReader<File>>,
    name: String,
    /// What it says about itself.
    pub manifest: Manifest,
}

impl Archiv {
    /// Opens a backup and reads its manifest; the dump is not looked at yet.
    ///
    /// # Errors
    /// [`Error::Eingabe`] when the file cannot be read, is no backup, or not a whole one.
    pub fn oeffne(pfad: &Path) -> Result<Self> {
        let name = pfad.display().to_string();
        let datei = File::open(pfad)
            .and_then(|datei| {
                if datei.metadata()?.is_file() {
                    Ok(datei)
                } else {
                    Err(ErrorKind::IsADirectory.into())
                }
            })
            .map_err(|cause| {
                Error::eingabe(match cause.kind() {
                    ErrorKind::NotFound => format!("Die Sicherung „{name}“ gibt es nicht. Bitte den Namen prüfen."),
                    ErrorKind::PermissionDenied => format!(
                        "Die Sicherung „{name}“ darf nicht gelesen werden. Bitte als der Benutzer starten, der sie geschrieben hat."
                    ),
                    ErrorKind::IsADirectory => format!("„{name}“ ist keine Datei. Bitte die Datei der Sicherung nennen."),
                    _ => format!("Die Sicherung „{name}“ lässt sich nicht lesen: {cause}"),
                })
            })?;
        let unvollstaendig = || {
            Error::eingabe(format!(
                "„{name}“ ist keine vollständige Sicherung von Zielraum: die Datei ist abgeschnitten, beschädigt oder etwas \
                 anderes. Bitte eine andere Sicherung nehmen."
            ))
        };
        let mut zip = ZipArchive::new(BufReader::new(datei)).map_err(|_| unvollstaendig())?;
        let mut text = Vec::new();
        zip.by_name(MANIFEST)
            .map_err(|_| unvollstaendig())?
            .take(GROESSTES_MANIFEST)
            .read_to_end(&mut text)
            .map_err(|_| unvollstaendig())?;
        // The form first: a newer manifest may hold what this program cannot read.
        let wert: serde_json::Value =
            serde_json::from_slice(&text).map_err(|_| unvollstaendig())?;
        let format = wert["format"].as_u64().ok_or_else(unvollstaendig)?;
        if format > u64::from(FORMAT) {
            return Err(Error::eingabe(format!(
                "„{name}“ hat die Form {format}; dieses Programm kennt sie bis {FORMAT}. Bitte die neuere Version von Zielraum installieren."
            )));
        }
        let manifest = serde_json::from_value(wert).map_err(|_| unvollstaendig())?;
        Ok(Self {
            zip,
            name,
            manifest,
        })
    }

    /// The dump, unpacked while it is read.
    pub(super) fn dump(&mut self) -> Result<impl Read + '_> {
        let name = &self.name;
        self.zip
            .by_name(DUMP)
            .map_err(|cause| beschaedigt(name, &cause.to_string()))
    }

    /// Reads the whole dump and compares length and SHA-256 with the manifest.
    ///
    /// # Errors
    /// [`Error::Eingabe`] when they differ.
    pub fn pruefe(&mut self) -> Result<()> {
        let mut hash = Sha256::new();
        let mut bytes = 0;
        let name = self.name.clone();
        let mut dump = self.dump()?;
        let mut puffer = vec![0; 256 * 1024];
        loop {
            let anzahl = dump
                .read(&mut puffer)
                .map_err(|cause| beschaedigt(&name, &cause.to_string()))?;
            if anzahl == 0 {
                break;
            }
            hash.update(&puffer[..anzahl]);
            bytes += anzahl as u64;
        }
        drop(dump);
        let gelesen = Dump {
            bytes,
            sha256: hex(&hash.finalize()),
        };
        if gelesen != self.manifest.dump {
            return Err(beschaedigt(
                &name,
                "die Prüfsumme (SHA-256) stimmt nicht mit dem Manifest überein",
            ));
        }
        Ok(())
    }
}

fn beschaedigt(name: &str, was: &str) -> Error {
    Error::eingabe(format!(
        "Die Sicherung „{name}“ ist beschädigt ({was}). Bitte eine andere Sicherung nehmen."
    ))
}
