//! Who uses a cluster, told by file locks: the kernel gives them back whatever kills
//! a process.
//!
//! Every user holds `benutzer.lock` shared. Beside the server a *watcher* waits for the
//! same lock exclusively; it gets it when the last user is gone, however it went, and
//! stops the server. So the server belongs to no single process: a command may end while
//! others go on, and a `kill -9` leaves no orphan. (The other way, `PR_SET_PDEATHSIG`,
//! would take the database away from every other user when the starter ends, and depends
//! on the thread that started it.) The watcher is util-linux' `flock` running `pg_ctl stop`.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::account::Account;
use super::binaries::Binaries;
use super::directory::{Directory, open_private};
use super::{postmaster, trouble};
use crate::error::{Error, Result};

/// Run by the watcher as `sh -c STOP sh PG_CTL PG`. Only a process that works in the
/// cluster is its postmaster: the number in the file may have gone to somebody else.
const STOP: &str = r#"pid=$(head -n 1 "$2/postmaster.pid") && [ "/proc/$pid/cwd" -ef "$2" ] &&
exec "$1" stop -s -w -m fast -t 120 -D "$2""#;

/// How a file is locked.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    Shared,
    Exclusive,
}

/// Tries once; false when somebody else holds it.
pub(super) fn try_lock(file: &File, mode: Mode, path: &Path) -> Result<bool> {
    let answer = match mode {
        Mode::Shared => file.try_lock_shared(),
        Mode::Exclusive => file.try_lock(),
    };
    match answer {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(e)) => Err(trouble::io(path, &e)),
    }
}

/// Opens and locks a file, waiting for others that are starting or stopping the server.
pub(super) fn acquire(path: &Path, account: &Account, mode: Mode) -> Result<File> {
    const LIMIT: Duration = Duration::from_mins(2);
    let file = open_private(path, account, false)?;
    let begin = Instant::now();
    while !try_lock(&file, mode, path)? {
        if begin.elapsed() > LIMIT {
            return Err(Error::umgebung(format!(
                "Ein anderer Vorgang startet oder beendet die Datenbank seit über zwei Minuten ({}). \
                 Bitte später noch einmal versuchen.",
                path.display()
            )));
        }
        std::thread::sleep(Duration::from_millis(15));
    }
    Ok(file)
}

/// Starts the watcher unless one is there; it holds `waechter.lock`, as its standard
/// input, for as long as it lives.
pub(super) fn ensure_watcher(
    directory: &Directory,
    account: &Account,
    binaries: &Binaries,
) -> Result<Option<Child>> {
    let sign = open_private(&directory.watcher_lock, account, false)?;
    if !try_lock(&sign, Mode::Exclusive, &directory.watcher_lock)? {
        return Ok(None);
    }
    let child = account
        .command("flock")
        .arg("-x")
        .arg(&directory.users_lock)
        .args(["sh", "-c", STOP, "sh"])
        .arg(binaries.dir.join("pg_ctl"))
        .arg(&directory.pg)
        .stdin(sign)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match child {
        Ok(child) => Ok(Some(child)),
        Err(cause) => {
            tracing::warn!(%cause, "no `flock` (util-linux): after a kill -9 the server stays until the next command ends");
            Ok(None)
        }
    }
}

/// Gives our share back and stops the server when nobody else uses it. True when it was
/// stopped; the lock is then held exclusively, and nobody can start it before it is let go.
pub(super) fn release(users: &File, directory: &Directory) -> Result<bool> {
    const LIMIT: Duration = Duration::from_mins(2);
    let path = &directory.users_lock;
    let begin = Instant::now();
    users.unlock().map_err(|e| trouble::io(path, &e))?;
    loop {
        if try_lock(users, Mode::Exclusive, path)? {
            if postmaster::stop(&directory.pg, LIMIT) {
                return Ok(true);
            }
            users.unlock().map_err(|e| trouble::io(path, &e))?;
            return Err(Error::umgebung(format!(
                "Die Datenbank in {} ließ sich nicht beenden. Bitte {} ansehen.",
                directory.root.display(),
                directory.log.display()
            )));
        }
        if try_lock(users, Mode::Shared, path)? {
            // Others go on.
            users.unlock().map_err(|e| trouble::io(path, &e))?;
            return Ok(false);
        }
        // The watcher was faster and is stopping it.
        if begin.elapsed() > LIMIT {
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(15));
    }
}
