//! `backup`: a running or a stopped database into one file, all of it or nothing.
//!
//! Order: file `NAME.teil` beside the place, snapshot, manifest's figures, `pg_dump` under the
//! same snapshot, read back, to disk, renamed. A killed run leaves `NAME.teil`, which the next
//! one takes over; a failed one removes it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, BufWriter, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::Utc;
use nix::fcntl::OFlag;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::archiv::{Archiv, Schreiber};
use super::manifest::{FORMAT, Manifest};
use super::programm::{self, Abbruch};
use super::{groesse, stand};
use crate::db::{Server, cluster::programs};
use crate::error::{Error, Result};

/// What was written.
#[derive(Debug)]
pub struct Bericht {
    /// The manifest of the file.
    pub manifest: Manifest,
    /// Size of the file.
    pub bytes: u64,
}

/// Writes a backup of the server's database to `datei`; an existing one only with `ersetzen`.
///
/// # Errors
/// [`Error::Eingabe`] when the place cannot be written or is taken, [`Error::NichtGefunden`]
/// when there is no database of ours, [`Error::Umgebung`] when `pg_dump` is missing or fails or
/// the disk is full. Nothing stands at `datei` then that did not stand there before.
pub async fn fuehre_aus(server: &Server, datei: &Path, ersetzen: bool) -> Result<Bericht> {
    let ziel = Ziel::oeffne(datei, ersetzen)?;
    let mut conn = server.administrator().await?;
    stand::verlange_zielraum(&mut conn, server.database()).await?;
    let mut tx = conn.begin().await?;
    tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        .await?;
    let schnappschuss: String = sqlx::query_scalar("SELECT pg_export_snapshot()")
        .fetch_one(&mut *tx)
        .await?;
    let mut manifest = lies_manifest(&mut tx).await?;
    let major = u32::try_from(manifest.postgresql / 10_000).unwrap_or_default();
    let mut befehl = programm::befehl(&programs::client("pg_dump", major)?, Some(server));
    befehl
        .args(["--format=custom", "--compress=0", "--no-password"]) // the zip packs it, table of contents too
        .args(["--encoding=UTF8", "--lock-wait-timeout=600000"])
        .arg(format!("--snapshot={schnappschuss}"));
    let fertig = tokio::task::spawn_blocking(move || {
        let geschrieben = schreibe(&ziel, befehl, &mut manifest);
        geschrieben.map(|()| (ziel, manifest))
    })
    .await
    .map_err(Error::intern)?;
    // The snapshot had to live until here.
    tx.rollback().await.ok();
    conn.close().await.ok();
    let (ziel, manifest) = fertig?;
    tokio::task::spawn_blocking(move || {
        let bytes = ziel.vollende(&manifest)?;
        Ok(Bericht { manifest, bytes })
    })
    .await
    .map_err(Error::intern)?
}

async fn lies_manifest(conn: &mut PgConnection) -> Result<Manifest> {
    let (erstellt, postgresql, postgis, datenbank_bytes, verwalter) = sqlx::query_as(
        "SELECT now(), current_setting('server_version_num')::int, coalesce((SELECT extversion FROM pg_extension WHERE extname = 'postgis'), ''),
           pg_database_size(current_database()), current_user::text",
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(Manifest {
        format: FORMAT,
        programm: env!("CARGO_PKG_VERSION").to_owned(),
        erstellt,
        postgresql,
        postgis,
        datenbank_bytes,
        verwalter,
        rollen: stand::rollen(conn).await?,
        migrationen: stand::migrationen(conn).await?,
        sichten: stand::sichten(conn).await?,
        audit: stand::kopf(conn).await?,
        tabellen: stand::tabellen(conn).await?,
        dump: super::manifest::Dump {
            bytes: 0,
            sha256: String::new(),
        },
    })
}

fn schreibe(ziel: &Ziel, befehl: std::process::Command, manifest: &mut Manifest) -> Result<()> {
    let fehler = |cause: &io::Error| ziel.fehler(cause, manifest.datenbank_bytes);
    let datei = ziel.handle.try_clone()?;
    let mut schreiber = Schreiber::beginne(BufWriter::new(datei)).map_err(|e| fehler(&e))?;
    programm::lies(befehl, &mut schreiber, "Das Sichern der Datenbank").map_err(|abbruch| {
        match abbruch {
            Abbruch::Datei(cause) => fehler(&cause),
            Abbruch::Programm(error) => error,
        }
    })?;
    manifest.dump = schreiber.dump();
    let fehler = |cause: &io::Error| ziel.fehler(cause, manifest.datenbank_bytes);
    schreiber
        .schliesse(manifest)
        .and_then(|puffer| puffer.into_inner().map_err(io::IntoInnerError::into_error))
        .and_then(|datei| datei.sync_all())
        .map_err(|e| fehler(&e))
}

/// The file in the making.
#[derive(Debug)]
struct Ziel {
    datei: PathBuf,
    ordner: PathBuf,
    teil: PathBuf,
    handle: File,
    ersetzen: bool,
}

impl Ziel {
    fn oeffne(datei: &Path, ersetzen: bool) -> Result<Self> {
        let name = datei.file_name().filter(|_| !datei.is_dir()).ok_or_else(|| {
            Error::eingabe(format!(
                "„{}“ ist ein Ordner. Bitte eine Datei nennen, zum Beispiel {}/zielraum-{}.zip.",
                datei.display(),
                datei.display(),
                Utc::now().format("%Y-%m-%d")
            ))
        })?;
        let mut teilname = OsString::from(name);
        teilname.push(".teil");
        let ordner = match datei.parent() {
            Some(ordner) if !ordner.as_os_str().is_empty() => ordner.to_owned(),
            _ => PathBuf::from("."),
        };
        let teil = ordner.join(teilname);
        noch_frei(datei, ersetzen)?;
        let handle = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false) // it may be another's
            .mode(0o600)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(&teil)
            .map_err(|cause| oeffnungsfehler(&ordner, &teil, &cause))?;
        let besetzt = || {
            Error::umgebung(format!(
                "Eine andere Sicherung schreibt gerade nach „{}“. Bitte sie abwarten oder eine andere Datei nennen.",
                datei.display()
            ))
        };
        match handle.try_lock() {
            // A disk without locks: two backups to one name at once are the operator's doing.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => return Err(besetzt()),
        }
        // The one that held the lock may have renamed the file under us: then it is a backup.
        let (unsere, dort) = (handle.metadata()?, fs::symlink_metadata(&teil).ok());
        if dort.is_none_or(|dort| (dort.dev(), dort.ino()) != (unsere.dev(), unsere.ino())) {
            return Err(besetzt());
        }
        handle.set_permissions(Permissions::from_mode(0o600))?;
        handle.set_len(0)?;
        Ok(Self {
            datei: datei.to_owned(),
            ordner,
            teil,
            handle,
            ersetzen,
        })
    }

    /// Reads back what was written, and gives it its name.
    fn vollende(self, manifest: &Manifest) -> Result<u64> {
        let mut archiv = Archiv::oeffne(&self.teil)?;
        archiv.pruefe()?;
        if archiv.manifest != *manifest {
            return Err(Error::intern("the manifest reads back differently"));
        }
        noch_frei(&self.datei, self.ersetzen)?;
        let bytes = self.handle.metadata()?.len();
        fs::rename(&self.teil, &self.datei)
            .and_then(|()| File::open(&self.ordner)?.sync_all())
            .map_err(|cause| self.fehler(&cause, manifest.datenbank_bytes))?;
        Ok(bytes)
    }

    fn fehler(&self, cause: &io::Error, datenbank_bytes: i64) -> Error {
        let warum = match cause.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                let frei = nix::sys::statvfs::statvfs(&self.ordner)
                    .map(|s| s.blocks_available() * s.fragment_size())
                    .unwrap_or_default();
                format!(
                    "Der Datenträger ist voll (frei: {}; die Datenbank belegt {}, eine Sicherung meist ein Fünftel davon). \
                     Bitte Platz schaffen oder einen anderen Ort nennen.",
                    groesse(frei),
                    groesse(datenbank_bytes.unsigned_abs())
                )
            }
            ErrorKind::FileTooLarge => "So große Dateien sind hier nicht erlaubt. Bitte die Grenze aufheben (ulimit -f) oder einen anderen Ort nennen.".into(),
            _ => format!("Das System meldet: {cause}"),
        };
        Error::umgebung(format!(
            "Die Sicherung „{}“ lässt sich nicht schreiben; es ist keine entstanden. {warum}",
            self.datei.display()
        ))
    }
}

impl Drop for Ziel {
    fn drop(&mut self) {
        // Renamed: nothing of ours stands there any more, unless another one began.
        let dort = fs::symlink_metadata(&self.teil).ok();
        if let (Some(dort), Ok(unsere)) = (dort, self.handle.metadata())
            && (dort.dev(), dort.ino()) == (unsere.dev(), unsere.ino())
        {
            let _ = fs::remove_file(&self.teil);
        }
    }
}

fn noch_frei(datei: &Path, ersetzen: bool) -> Result<()> {
    if !ersetzen && fs::symlink_metadata(datei).is_ok() {
        return Err(Error::eingabe(format!(
            "„{}“ gibt es schon. Bitte einen anderen Namen nehmen oder mit --ersetzen überschreiben.",
            datei.display()
        )));
    }
    Ok(())
}

fn oeffnungsfehler(ordner: &Path, teil: &Path, cause: &io::Error) -> Error {
    let ort = ordner.display();
    Error::eingabe(match cause.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            format!(
                "Den Ordner „{ort}“ gibt es nicht. Bitte ihn anlegen oder einen anderen nennen."
            )
        }
        ErrorKind::PermissionDenied => {
            format!(
                "In „{ort}“ darf dieser Benutzer nicht schreiben. Bitte die Rechte prüfen oder einen anderen Ort nennen."
            )
        }
        ErrorKind::ReadOnlyFilesystem => {
            format!("„{ort}“ ist schreibgeschützt. Bitte einen anderen Ort nennen.")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!(
                "In „{ort}“ ist kein Platz mehr. Bitte Platz schaffen oder einen anderen Ort nennen."
            )
        }
        _ => format!("„{}“ lässt sich nicht anlegen: {cause}", teil.display()),
    })
}
