//! Making a cluster and starting its server.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::{Child, Stdio};

use super::Durability;
use super::account::Account;
use super::binaries::Binaries;
use super::directory::{Directory, PORT, open_private};
use super::trouble;
use crate::error::Result;
use crate::maschine::arbeitsspeicher;

/// The log is emptied at a start when it is larger (bytes).
const LOG_LIMIT: u64 = 10 * 1024 * 1024;

/// Makes the cluster beside its place and renames it: a killed `initdb` leaves nothing
/// half-made. `initdb` holds the start lock itself (as its standard input), so that one
/// that outlives us cannot write into the next one's directory.
pub(super) fn create(
    directory: &Directory,
    account: &Account,
    binaries: &Binaries,
    durability: Durability,
    start_lock: &File,
) -> Result<()> {
    let new = &directory.pg_new;
    let refused = |e: std::io::Error| trouble::io(new, &e);
    tracing::info!(dir = %directory.root.display(), major = binaries.major, "making the database cluster");
    let mut said = String::new();
    for locale in ["C.UTF-8", "C"] {
        if new.exists() {
            fs::remove_dir_all(new).map_err(refused)?;
        }
        fs::create_dir(new)
            .and_then(|()| account.own_dir(new))
            .map_err(refused)?;
        let mut command = account.command(binaries.dir.join("initdb"));
        command
            .arg("-D")
            .arg(new)
            .args([
                "--username=postgres",
                "--encoding=UTF8",
                "--no-instructions",
            ])
            .args(["--auth-local=trust", "--auth-host=reject"])
            .arg(format!("--locale={locale}"))
            // The order of C.UTF-8, but known to the server: it compares bytes itself.
            .arg("--lc-collate=C")
            .stdin(start_lock.try_clone()?);
        if durability == Durability::Tests {
            command.arg("--no-sync");
        }
        let answer = command.output().map_err(refused)?;
        if answer.status.success() {
            fs::rename(new, &directory.pg)
                .and_then(|()| File::open(&directory.root)?.sync_all())
                .map_err(refused)?;
            return Ok(());
        }
        said = String::from_utf8_lossy(&answer.stderr).into_owned();
        if !said.contains("invalid locale") {
            break; // only a missing C.UTF-8 is worth the second try
        }
    }
    let _ = fs::remove_dir_all(new);
    Err(trouble::server("Das Anlegen der Datenbank", &said, None))
}

/// A server process just started, and where its part of the log begins.
pub(super) struct Started {
    pub child: Child,
    log_from: u64,
}

impl Started {
    /// What the server has logged since it was started.
    pub fn said(&self, log: &Path) -> String {
        let mut bytes = Vec::new();
        let _ = File::open(log).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.log_from))?;
            file.take(64 * 1024).read_to_end(&mut bytes)
        });
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Starts the postmaster; does not wait for it.
pub(super) fn spawn(
    directory: &Directory,
    account: &Account,
    binaries: &Binaries,
    durability: Durability,
) -> Result<Started> {
    directory.prepare_socket_dir(account)?;
    let log = open_private(&directory.log, account, true)?;
    let refused = |e: std::io::Error| trouble::io(&directory.log, &e);
    if log.metadata().map_err(refused)?.len() > LOG_LIMIT {
        log.set_len(0).map_err(refused)?;
    }
    let log_from = log.metadata().map_err(refused)?.len();
    let mut command = account.command(binaries.dir.join("postgres"));
    command
        .arg("-D")
        .arg(&directory.pg)
        .stdout(log.try_clone()?)
        .stderr(Stdio::from(log));
    for (name, value) in settings(&directory.sock, durability) {
        let mut setting = OsString::from(name);
        setting.push("=");
        setting.push(value);
        command.arg("-c").arg(setting);
    }
    let child = command
        .spawn()
        .map_err(|e| trouble::io(&binaries.dir.join("postgres"), &e))?;
    Ok(Started { child, log_from })
}

/// On the command line they win over postgresql.conf and ALTER SYSTEM.
fn settings(sock: &Path, durability: Durability) -> Vec<(&'static str, OsString)> {
    let durable = match durability {
        Durability::Full => "on",
        Durability::Tests => "off",
    };
    let buffers = format!("{}MB", shared_buffers(arbeitsspeicher()) / (1024 * 1024));
    let mut list: Vec<(&str, OsString)> = vec![("unix_socket_directories", quoted(sock))];
    list.extend(
        [
            ("listen_addresses", ""),
            ("unix_socket_permissions", "0700"),
            ("port", &PORT.to_string()),
            ("max_connections", "100"),
            ("shared_buffers", &buffers),
            ("max_locks_per_transaction", "256"),
            ("jit", "off"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("log_min_messages", "warning"),
            ("log_destination", "stderr"),
            ("logging_collector", "off"),
            ("log_line_prefix", "%m [%p] %d "),
            ("fsync", durable),
            ("full_page_writes", durable),
            // Nobody replicates the private cluster. A table made and filled in one
            // transaction, as by an import, is synced at its COMMIT instead of logged.
            ("wal_level", "minimal"),
            ("max_wal_senders", "0"),
            ("synchronous_commit", durable),
        ]
        .map(|(name, value)| (name, value.into())),
    );
    list
}

/// The setting is a list; only quoted may a name hold blanks or capitals.
fn quoted(dir: &Path) -> OsString {
    let mut text = OsString::from("\"");
    text.push(dir);
    text.push("\"");
    text
}

/// An eighth of the memory, at least 16 MB and at most 256 MB (bytes).
fn shared_buffers(memory: u64) -> u64 {
    const MB: u64 = 1024 * 1024;
    (memory / 8).clamp(16 * MB, 256 * MB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_follow_the_memory() {
        const MB: u64 = 1024 * 1024;
        assert_eq!(shared_buffers(u64::MAX), 256 * MB);
        assert_eq!(shared_buffers(1024 * MB), 128 * MB);
        assert_eq!(shared_buffers(64 * MB), 16 * MB);
    }

    #[test]
    fn durability_is_off_only_in_tests() {
        let value = |durability, wanted| {
            settings(Path::new("/x"), durability)
                .into_iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value)
        };
        for name in ["fsync", "full_page_writes", "synchronous_commit"] {
            assert_eq!(value(Durability::Full, name), Some("on".into()));
            assert_eq!(value(Durability::Tests, name), Some("off".into()));
        }
    }
}
