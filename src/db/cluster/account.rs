//! The operating-system account the server runs under: our own, or `postgres`
//! when we are root (PostgreSQL refuses to run as root).

use std::fs::File;
use std::os::unix::fs::{fchown, lchown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User};

use crate::error::{Error, Result};

/// What the server's programs may see of our environment: the linker's and PROJ's
/// paths. Not `DATABASE_URL`, not `PG*`, not the locale.
const PASSED_ON: [&str; 4] = [
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PROJ_DATA",
    "PROJ_LIB",
];

/// Account of the server's processes and files.
#[derive(Debug)]
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    gid: u32,
    /// We are root and step down to this account.
    pub steps_down: bool,
}

impl Account {
    /// The account for a cluster started by this process.
    pub fn for_server() -> Result<Self> {
        let own = Uid::effective();
        if !own.is_root() {
            let user = User::from_uid(own).ok().flatten();
            return Ok(Self {
                name: user.map_or_else(|| own.to_string(), |u| u.name),
                uid: own.as_raw(),
                gid: nix::unistd::Gid::effective().as_raw(),
                steps_down: false,
            });
        }
        match User::from_name("postgres") {
            Ok(Some(user)) if !user.uid.is_root() => Ok(Self {
                name: user.name,
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
                steps_down: true,
            }),
            _ => Err(Error::umgebung(
                "PostgreSQL läuft nicht als root, und den Betriebssystem-Benutzer „postgres“ gibt es hier nicht. \
                 Bitte das PostgreSQL-Paket des Systems installieren (es legt ihn an), als gewöhnlicher \
                 Benutzer starten oder mit DATABASE_URL einen vorhandenen Server nennen.",
            )),
        }
    }

    /// A command that runs under this account, in a process group of its own (Ctrl-C
    /// must reach us alone) and with a known environment.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env(
                "PATH",
                "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
            )
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::null());
        for name in PASSED_ON {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if self.steps_down {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether the account may enter `dir`; asked of the kernel, so access lists count.
    pub fn may_enter(&self, dir: &Path) -> bool {
        !self.steps_down
            || self
                .command("true")
                .current_dir(dir)
                .status()
                .is_ok_and(|s| s.success())
    }

    /// Gives a file to the account. By handle: the name could be a link by now.
    pub fn own_file(&self, file: &File) -> std::io::Result<()> {
        if self.steps_down {
            fchown(file, Some(self.uid), Some(self.gid))?;
        }
        Ok(())
    }

    /// Gives a directory we have just made to the account.
    pub fn own_dir(&self, dir: &Path) -> std::io::Result<()> {
        if self.steps_down {
            lchown(dir, Some(self.uid), Some(self.gid))?;
        }
        Ok(())
    }
}
