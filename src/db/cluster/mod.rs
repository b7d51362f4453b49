//! A private PostgreSQL cluster with PostGIS under the data directory: the default
//! when no `DATABASE_URL` is given.
//!
//! It has no TCP port, only a socket in a directory closed to others, runs as `postgres`
//! when we are root, and keeps every setting of durability. Any number of our processes
//! share one server: the first starts it, others attach, the last one stops it (`lock`
//! tells how). A server that died is started again by whoever uses it: a thread of every
//! [`Cluster`] looks twice a second, [`Cluster::ensure`] looks at once.
//!
//! Everything here blocks; in async code call it by `spawn_blocking` or before the
//! runtime. Threads do not matter: the server is not bound to the one that started it.

mod account;
mod binaries;
mod directory;
mod lock;
mod postmaster;
pub mod programs;
mod server;
mod trouble;

use std::fs::File;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use account::Account;
use binaries::Binaries;
use directory::{Directory, PORT};
use lock::Mode;
use postmaster::State;
use server::Started;

use crate::error::{Error, Result};

/// What a crash of the machine may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    Full,
    /// Everything: for throw-away clusters of tests.
    Tests,
}

/// This process' use of the private cluster; dropping it stops the server when nobody
/// else uses it.
#[derive(Debug)]
pub struct Cluster {
    shared: Arc<Shared>,
    keeper: Option<(Sender<()>, JoinHandle<()>)>,
}

#[derive(Debug)]
struct Shared {
    directory: Directory,
    account: Account,
    binaries: Binaries,
    durability: Durability,
    /// `benutzer.lock`, held shared.
    users: File,
    /// Server and watcher where we started them, to be reaped.
    children: Mutex<Vec<Child>>,
}

impl Cluster {
    /// Starts the cluster in `data_dir` or attaches to the server that runs there; makes
    /// directory and cluster where they are missing. Returns when connections are taken.
    ///
    /// Without `data_dir` it is `/var/lib/zielraum` for root, else `zielraum` below the
    /// user's data folder.
    ///
    /// # Errors
    /// [`Error::Umgebung`] where the machine refuses: no usable PostgreSQL, a directory
    /// that cannot be used, a full disk, a cluster of another user or version.
    pub fn start(data_dir: Option<&Path>, durability: Durability) -> Result<Self> {
        let account = Account::for_server()?;
        let directory = Directory::open(data_dir, &account)?;
        let start_lock = lock::acquire(&directory.start_lock, &account, Mode::Exclusive)?;
        let users = lock::acquire(&directory.users_lock, &account, Mode::Shared)?;
        let binaries = if directory.has_cluster() {
            binaries::find(&account, Some(&directory.pg))?
        } else {
            let found = binaries::find(&account, None)?;
            server::create(&directory, &account, &found, durability, &start_lock)?;
            found
        };
        let shared = Arc::new(Shared {
            directory,
            account,
            binaries,
            durability,
            users,
            children: Mutex::default(),
        });
        let mut cluster = Self {
            shared,
            keeper: None, // from here on a failure releases by Drop
        };
        cluster.shared.bring_up()?;
        drop(start_lock);
        cluster.keeper = Some(keep(Arc::clone(&cluster.shared))?);
        Ok(cluster)
    }

    /// The data directory, absolute and without links.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.shared.directory.root
    }

    /// Where a cluster stands, without starting it or making anything.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when there is no such place or it is not ours to enter.
    pub fn found(data_dir: Option<&Path>) -> Result<Option<std::path::PathBuf>> {
        let wanted = directory::wanted(data_dir, &Account::for_server()?)?;
        Ok(wanted.join("pg/PG_VERSION").exists().then_some(wanted))
    }

    /// Where the server's socket lies.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.shared.directory.sock
    }

    /// Options for a connection by the socket; settings of the environment (`PGHOST`,
    /// `PGSSLMODE` …) do not count.
    #[must_use]
    pub fn connect_options(&self, database: &str, user: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.socket_dir())
            .port(PORT)
            .database(database)
            .username(user)
            .ssl_mode(PgSslMode::Disable)
            .application_name("zielraum")
    }

    /// Makes sure that the server takes connections, and starts it again when it died.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when it cannot be started.
    pub fn ensure(&self) -> Result<()> {
        self.shared.ensure()
    }

    /// Ends our use, and the server when nobody else uses it; what [`Drop`] does, with
    /// its error.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the server does not stop within two minutes.
    pub fn stop_if_last(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        if let Some((signal, thread)) = self.keeper.take() {
            drop(signal);
            let _ = thread.join();
        }
        let shared = &self.shared;
        if lock::release(&shared.users, &shared.directory)? {
            // The watcher has nothing to watch any more; leave no zombie of it either.
            for mut child in shared.children().drain(..) {
                let _ = child.kill();
                let _ = child.wait();
            }
            shared.users.unlock()?;
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A failed release is repeated once after stop_if_last: harmless, it asks the locks.
        if let Err(cause) = self.end() {
            tracing::error!(%cause, "the database server was not stopped");
        }
    }
}

/// The thread that restarts a dead server, at growing intervals while that fails.
fn keep(shared: Arc<Shared>) -> Result<(Sender<()>, JoinHandle<()>)> {
    const SHORTEST: Duration = Duration::from_millis(500);
    const LONGEST: Duration = Duration::from_secs(30);
    let (signal, ended) = channel::<()>();
    let thread = std::thread::Builder::new()
        .name("cluster".into())
        .spawn(move || {
            let mut pause = SHORTEST;
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                pause = match shared.ensure() {
                    Ok(()) => SHORTEST,
                    Err(cause) => {
                        tracing::error!(%cause, "the database server cannot be started");
                        (pause * 2).min(LONGEST)
                    }
                };
            }
        })?;
    Ok((signal, thread))
}

impl Shared {
    fn ensure(&self) -> Result<()> {
        self.reap();
        self.watch()?;
        if matches!(postmaster::state(&self.directory.pg), State::Ready(..)) {
            return Ok(());
        }
        let _start_lock =
            lock::acquire(&self.directory.start_lock, &self.account, Mode::Exclusive)?;
        self.bring_up()
    }

    /// Waits for a running server or starts one; needs the start lock.
    fn bring_up(&self) -> Result<()> {
        const LIMIT: Duration = Duration::from_mins(10); // recovery after a crash takes its time
        const RETRY: Duration = Duration::from_secs(30);
        self.watch()?;
        let begin = Instant::now();
        let mut started: Option<Started> = None;
        let outcome = loop {
            match postmaster::state(&self.directory.pg) {
                State::Ready(_, sock) if sock == self.directory.sock => break Ok(()),
                State::Ready(pid, sock) => {
                    break Err(Error::umgebung(format!(
                        "Auf der Datenbank in {} läuft schon ein fremd gestarteter Server (Prozess {pid}, Socket in „{}“). \
                         Bitte diesen beenden.",
                        self.directory.root.display(),
                        sock.display()
                    )));
                }
                State::Busy(_) => {}
                State::Dead => match &mut started {
                    None => {
                        postmaster::clear_remains(&self.directory);
                        started = Some(server::spawn(
                            &self.directory,
                            &self.account,
                            &self.binaries,
                            self.durability,
                        )?);
                    }
                    Some(server) => {
                        if server.child.try_wait()?.is_some() {
                            let said = server.said(&self.directory.log);
                            // Remains of a killed server vanish within moments.
                            let passing =
                                said.contains("lock file") || said.contains("still in use");
                            if !passing || begin.elapsed() > RETRY {
                                break Err(trouble::server(
                                    "Der Start der Datenbank",
                                    &said,
                                    Some(&self.directory.log),
                                ));
                            }
                            sleep(Duration::from_millis(200));
                            started = None;
                        }
                    }
                },
            }
            if begin.elapsed() > LIMIT {
                break Err(Error::umgebung(format!(
                    "Die Datenbank in {} ist nach zehn Minuten noch nicht bereit. Bitte {} ansehen.",
                    self.directory.root.display(),
                    self.directory.log.display()
                )));
            }
            sleep(Duration::from_millis(20));
        };
        self.children().extend(started.map(|server| server.child));
        outcome
    }

    fn watch(&self) -> Result<()> {
        let watcher = lock::ensure_watcher(&self.directory, &self.account, &self.binaries)?;
        self.children().extend(watcher);
        Ok(())
    }

    fn reap(&self) {
        self.children()
            .retain_mut(|child| matches!(child.try_wait(), Ok(None)));
    }

    fn children(&self) -> MutexGuard<'_, Vec<Child>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
