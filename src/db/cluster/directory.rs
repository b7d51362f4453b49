//! The data directory: used or refused as given, never moved.
//!
//! ```text
//! DIR/pg           the cluster          DIR/start.lock     held around start
//! DIR/pg.new       a cluster in making  DIR/benutzer.lock  shared by every user
//! DIR/sock         the socket           DIR/waechter.lock  held by the watcher
//! DIR/spool        uploads              DIR/pg.log         the server's log
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd::{Uid, User};
use sha2::{Digest as _, Sha256};

use super::account::Account;
use super::trouble;
use crate::error::{Error, Result};

/// The name PostgreSQL gives the socket; the port is only part of a name here.
pub(super) const PORT: u16 = 5432;
/// Longest directory of a socket: `sun_path` holds 108 bytes on Linux, 104 elsewhere,
/// with the closing zero and `/.s.PGSQL.5432`.
const LONGEST_SOCKET_DIR: usize = 104 - 1 - "/.s.PGSQL.5432".len();

/// Paths below one data directory.
#[derive(Debug)]
pub(super) struct Directory {
    /// Absolute, without links.
    pub root: PathBuf,
    pub pg: PathBuf,
    pub pg_new: PathBuf,
    pub sock: PathBuf,
    pub log: PathBuf,
    pub users_lock: PathBuf,
    pub start_lock: PathBuf,
    pub watcher_lock: PathBuf,
}

impl Directory {
    /// Opens `given` or the default directory, making what is missing.
    pub fn open(given: Option<&Path>, account: &Account) -> Result<Self> {
        let wanted = wanted(given, account)?;
        let root = make(&wanted, account)?;
        check_entry(&root, account)?;
        let sock = root.join("sock");
        let directory = Self {
            pg: root.join("pg"),
            pg_new: root.join("pg.new"),
            log: root.join("pg.log"),
            users_lock: root.join("benutzer.lock"),
            start_lock: root.join("start.lock"),
            watcher_lock: root.join("waechter.lock"),
            sock: if fits_socket(&sock) {
                sock
            } else {
                short_socket_dir(&root)
            },
            root,
        };
        directory.check_owner(account)?;
        let spool = directory.root.join("spool");
        make_private(&spool).map_err(|e| trouble::io(&spool, &e))?;
        Ok(directory)
    }

    /// Whether a cluster stands here.
    pub fn has_cluster(&self) -> bool {
        self.pg.join("PG_VERSION").exists()
    }

    /// Refuses a cluster that belongs to another account.
    fn check_owner(&self, account: &Account) -> Result<()> {
        let owner = match fs::symlink_metadata(&self.pg) {
            Ok(meta) => meta.uid(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(trouble::io(&self.pg, &e)),
        };
        if owner == account.uid {
            return Ok(());
        }
        let owner = User::from_uid(Uid::from_raw(owner))
            .ok()
            .flatten()
            .map_or_else(|| format!("Nr. {owner}"), |u| u.name);
        let (own, instead) = if account.steps_down {
            (
                "root (die Datenbank läuft dann als „postgres“)".into(),
                owner.clone(),
            )
        } else if owner == "postgres" {
            (format!("„{}“", account.name), "root".into())
        } else {
            (format!("„{}“", account.name), owner.clone())
        };
        Err(Error::umgebung(format!(
            "Die Datenbank in {} gehört dem Benutzer „{owner}“, gestartet wurde als {own}. \
             Bitte als „{instead}“ starten oder mit --data ein anderes Verzeichnis angeben.",
            self.root.display()
        )))
    }

    /// Makes the socket directory, or checks the one that is there: the short one lies
    /// in a directory everybody may write to.
    pub fn prepare_socket_dir(&self, account: &Account) -> Result<()> {
        match DirBuilder::new().mode(0o700).create(&self.sock) {
            Ok(()) => account
                .own_dir(&self.sock)
                .map_err(|e| trouble::io(&self.sock, &e)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                let meta =
                    fs::symlink_metadata(&self.sock).map_err(|e| trouble::io(&self.sock, &e))?;
                // 0 is a root killed between making and giving away.
                if meta.uid() == 0 && account.steps_down && meta.is_dir() {
                    account
                        .own_dir(&self.sock)
                        .map_err(|e| trouble::io(&self.sock, &e))?;
                } else if !meta.is_dir() || meta.uid() != account.uid {
                    return Err(Error::umgebung(format!(
                        "Das Verzeichnis für den Socket der Datenbank, {}, gehört nicht dem Benutzer „{}“. \
                         Bitte entfernen lassen oder mit --data ein anderes Datenverzeichnis angeben.",
                        self.sock.display(),
                        account.name
                    )));
                }
                fs::set_permissions(&self.sock, Permissions::from_mode(0o700))
                    .map_err(|e| trouble::io(&self.sock, &e))
            }
            Err(e) => Err(trouble::io(&self.sock, &e)),
        }
    }
}

/// Opens a file of ours below the data directory, readable by the server's account
/// only. Never through a link: root must not give away a file a link points to.
pub(super) fn open_private(path: &Path, account: &Account, append: bool) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .append(append)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(OFlag::O_NOFOLLOW.bits())
        .open(path)
        .and_then(|file| account.own_file(&file).map(|()| file))
        .map_err(|e| trouble::io(path, &e))
}

/// The directory that is meant, whether it exists or not.
pub(super) fn wanted(given: Option<&Path>, account: &Account) -> Result<PathBuf> {
    match given {
        Some(path) => std::path::absolute(path).map_err(|e| trouble::io(path, &e)),
        None => default_directory(account),
    }
}

fn default_directory(account: &Account) -> Result<PathBuf> {
    if account.steps_down {
        return Ok("/var/lib/zielraum".into()); // root's own folders are closed to `postgres`
    }
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let home = || {
        absolute("HOME").or_else(|| {
            let user = User::from_uid(Uid::from_raw(account.uid)).ok().flatten();
            user.map(|u| u.dir)
        })
    };
    absolute("XDG_DATA_HOME")
        .or_else(|| home().map(|h| h.join(".local/share")))
        .map(|data| data.join("zielraum"))
        .ok_or_else(|| {
            Error::umgebung(
                "Der Benutzer hat kein Heimatverzeichnis. Bitte mit --data ein Datenverzeichnis angeben.",
            )
        })
}

/// Makes the directory with its missing parents. Rights of what is there stay as they are.
fn make(wanted: &Path, account: &Account) -> Result<PathBuf> {
    let mut missing = Vec::new();
    for dir in wanted.ancestors() {
        match fs::metadata(dir) {
            Ok(meta) if meta.is_dir() => {
                let found = fs::canonicalize(dir).map_err(|e| trouble::io(dir, &e))?;
                check_entry(&found, account)?; // before anything is made in it
                break;
            }
            Ok(_) => return Err(trouble::io(dir, &io::ErrorKind::NotADirectory.into())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => missing.push(dir),
            Err(e) => return Err(trouble::io(dir, &e)),
        }
    }
    for dir in missing.into_iter().rev() {
        match fs::create_dir(dir) {
            Ok(()) if account.steps_down => {
                // A strict umask would lock the server's account out.
                let mode = if dir == wanted { 0o711 } else { 0o755 };
                fs::set_permissions(dir, Permissions::from_mode(mode))
            }
            Ok(()) if dir == wanted => fs::set_permissions(dir, Permissions::from_mode(0o700)),
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
            _ => Ok(()), // another process was faster
        }
        .map_err(|e| trouble::io(dir, &e))?;
    }
    fs::canonicalize(wanted).map_err(|e| trouble::io(wanted, &e))
}

/// Refuses a directory the server's account cannot reach, naming the closed one.
fn check_entry(dir: &Path, account: &Account) -> Result<()> {
    if account.may_enter(dir) {
        return Ok(());
    }
    let mut from_top: Vec<&Path> = dir.ancestors().collect();
    from_top.reverse();
    let closed = from_top
        .into_iter()
        .find(|d| !account.may_enter(d))
        .unwrap_or(dir)
        .display();
    Err(Error::umgebung(format!(
        "Das Datenverzeichnis ist nicht benutzbar ({}): Unter root läuft die Datenbank als Benutzer „{}“, \
         und der darf {closed} nicht betreten. Bitte mit --data ein Verzeichnis außerhalb davon angeben \
         (etwa /var/lib/zielraum) oder den Durchgang erlauben: chmod o+x {closed}",
        dir.display(),
        account.name
    )))
}

fn make_private(dir: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists || !dir.is_dir() => Err(e),
        _ => Ok(()),
    }
}

/// PostgreSQL reads the directory from a comma-separated list, sqlx needs UTF-8.
fn fits_socket(dir: &Path) -> bool {
    dir.as_os_str().len() <= LONGEST_SOCKET_DIR
        && dir.to_str().is_some_and(|d| !d.contains([',', '"']))
}

/// The same for every process that uses `root`, whatever its environment.
fn short_socket_dir(root: &Path) -> PathBuf {
    use std::fmt::Write as _;
    let digest = Sha256::digest(root.as_os_str().as_bytes());
    let mut name = String::from("/tmp/zielraum-");
    for byte in digest.iter().take(8) {
        let _ = write!(name, "{byte:02x}");
    }
    name.into()
}
