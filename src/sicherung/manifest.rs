//! What a backup says about itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::db::migrate;
use crate::error::{Error, Result};

/// Form of the file this program writes, and the newest it reads.
pub const FORMAT: u32 = 1;

/// The manifest; every figure was read under the snapshot of the dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of the file, [`FORMAT`].
    pub format: u32,
    /// Version of the program that wrote it.
    pub programm: String,
    /// Moment of the snapshot.
    pub erstellt: DateTime<Utc>,
    /// `server_version_num`, for example 150018.
    pub postgresql: i32,
    /// Version of PostGIS.
    pub postgis: String,
    /// Size of the database on disk in bytes, indexes included.
    pub datenbank_bytes: i64,
    /// Role that wrote it: owner of what belongs to no role of ours.
    pub verwalter: String,
    /// Roles that own something or have rights here.
    pub rollen: Vec<Rolle>,
    /// Migrations the database has, oldest first.
    pub migrationen: Vec<Migration>,
    /// Fingerprint of its views.
    pub sichten: Option<String>,
    /// Head of the sealed audit.
    pub audit: Kopf,
    /// Rows by table, `schema.table`.
    pub tabellen: BTreeMap<String, i64>,
    /// The dump beside it.
    pub dump: Dump,
}

/// A role of the server the database depends on; never a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rolle {
    /// Its name.
    pub name: String,
    /// May sign in.
    pub anmeldung: bool,
    /// Roles of ours it is a member of.
    pub mitglied_von: Vec<String>,
}

/// One migration the database went through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// Its number.
    pub version: i64,
    /// Its checksum, hexadecimal.
    pub pruefsumme: String,
}

/// Head of the audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kopf {
    /// Number of the last sealed change.
    pub lfd: i64,
    /// Its seal, hexadecimal.
    pub hash: String,
}

/// The dump in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dump {
    /// Bytes, unpacked.
    pub bytes: u64,
    /// SHA-256 of these, hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Rows of all tables.
    #[must_use]
    pub fn zeilen(&self) -> i64 {
        self.tabellen.values().sum()
    }

    /// Number of the last migration.
    #[must_use]
    pub fn stand(&self) -> i64 {
        self.migrationen.last().map_or(0, |m| m.version)
    }

    /// Refuses what this program cannot bring to its own schema.
    ///
    /// # Errors
    /// [`Error::Eingabe`] when the backup is newer than this program or of another one.
    pub fn vertraeglich(&self) -> Result<()> {
        let eigene = migrate::versions();
        for migration in &self.migrationen {
            match eigene
                .iter()
                .find(|(version, _)| *version == migration.version)
            {
                None => {
                    return Err(Error::eingabe(format!(
                        "Die Sicherung ist neuer als dieses Programm: sie wurde mit Zielraum {} geschrieben und hat die \
                         Migration {}, die hier (Zielraum {}, Migration {}) unbekannt ist. Bitte die neuere Version von \
                         Zielraum installieren.",
                        self.programm,
                        migration.version,
                        env!("CARGO_PKG_VERSION"),
                        eigene.last().map_or(0, |(version, _)| *version)
                    )));
                }
                Some((_, pruefsumme)) if *pruefsumme != migration.pruefsumme => {
                    return Err(Error::eingabe(format!(
                        "Die Migration {} der Sicherung ist eine andere als die dieses Programms. Die Sicherung stammt von \
                         einem veränderten Zielraum ({}); bitte mit demselben zurückspielen.",
                        migration.version, self.programm
                    )));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Migrations of this program the backup does not have yet.
    #[must_use]
    pub fn fehlende(&self) -> usize {
        let hat = |version| self.migrationen.iter().any(|m| m.version == version);
        migrate::versions()
            .iter()
            .filter(|(version, _)| !hat(*version))
            .count()
    }
}
