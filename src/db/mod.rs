//! The database: where it runs ([`Server`]), and the pools by role ([`Database`]).
//!
//! Every anonymous answer is read through [`Database::public`], which logs in as
//! `zielraum_public` and can see schema `oeffentlich` alone; what a signed-in person reads
//! comes through a pool of [`Database::personal`], accounts through [`Database::auth`],
//! everything else (command line, imports) goes through [`Database::write`]. Queries name tables without schema:
//! the pool's `search_path` decides which world they speak of.

pub mod audit;
pub mod check;
pub mod cluster;
pub mod constraint;
mod constraint_strategie;
pub mod copy;
pub mod damals;
pub mod geom;
pub mod migrate;
pub mod statistik;
pub mod verwaltung;
pub mod vorlage;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

#[expect(
    clippy::disallowed_types,
    reason = "CREATE DATABASE takes no parameters; the name is ours"
)]
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};

use crate::error::{Error, Result};
use cluster::{Cluster, Durability};

/// Schemas people work in, in the order of the working `search_path`.
pub const CONTEXTS: [&str; 7] = [
    "strategie",
    "fnp",
    "gemeinde",
    "dorferneuerung",
    "haushalt",
    "fachdaten",
    "freigabe",
];
/// So long a connection that worked is taken to work.
const GEPRUEFT: Duration = Duration::from_secs(1);
/// So long a signed-in reader's connections rest before they close: with them go the plans of
/// what they looked at.
const RUHE: Duration = Duration::from_mins(2);
/// Name of our database in the private cluster.
const DATABASE: &str = "zielraum";

/// Where the database runs.
#[derive(Debug)]
pub enum Server {
    /// The private cluster under the data directory.
    Private(Arc<Cluster>, String),
    /// A server of the operator, named by `DATABASE_URL`.
    Foreign(Box<PgConnectOptions>),
}

impl Server {
    /// Starts or attaches to the private cluster, or takes the given URL. Blocks.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the cluster cannot run, [`Error::Aufruf`] for a malformed URL.
    pub fn start(data: Option<&Path>, url: Option<&str>) -> Result<Self> {
        if let Some(url) = url {
            let options = PgConnectOptions::from_str(url).map_err(|cause| {
                Error::aufruf(format!(
                    "DATABASE_URL ist keine gültige Adresse eines PostgreSQL-Servers: {cause}"
                ))
            })?;
            return Ok(Self::Foreign(Box::new(options)));
        }
        Ok(Self::Private(
            Arc::new(Cluster::start(data, Durability::Full)?),
            DATABASE.to_owned(),
        ))
    }

    /// One database of a throw-away cluster, for tests.
    #[must_use]
    pub fn of_cluster(cluster: Arc<Cluster>, database: &str) -> Self {
        Self::Private(cluster, database.to_owned())
    }

    /// Directory of the private cluster.
    #[must_use]
    pub fn data_dir(&self) -> Option<PathBuf> {
        match self {
            Self::Private(cluster, _) => Some(cluster.data_dir().to_owned()),
            Self::Foreign(_) => None,
        }
    }

    /// Connection of the administrator: owner of the database, runs the migrations.
    fn admin(&self, database: &str) -> PgConnectOptions {
        match self {
            Self::Private(cluster, _) => cluster.connect_options(database, "postgres"),
            Self::Foreign(options) => (**options).clone(),
        }
        .log_statements(tracing::log::LevelFilter::Trace)
        // A migration may take its time, and its text is no message for an operator.
        .log_slow_statements(tracing::log::LevelFilter::Off, Duration::ZERO)
    }

    /// Pool whose sessions act as `role`.
    fn pool(
        &self,
        role: &'static str,
        search_path: &str,
        timeout: &'static str,
        size: u32,
    ) -> PgPool {
        let setup = sitzung(role, search_path, timeout);
        eroeffne(self.login(role), setup, size, None)
    }

    /// In the private cluster sessions log in as the role, on a foreign server our login
    /// takes it.
    fn login(&self, role: &str) -> PgConnectOptions {
        match self {
            Self::Private(cluster, database) => cluster.connect_options(database, role),
            Self::Foreign(options) => (**options).clone(),
        }
    }

    /// Checks the server, creates and migrates the database, opens the pools.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the server is not fit or not reachable.
    pub async fn open(self, durability: Durability) -> Result<Database> {
        let database = match &self {
            Self::Private(_, name) => {
                self.create_database(name).await?;
                name.clone()
            }
            Self::Foreign(_) => String::new(),
        };
        let mut admin = self
            .admin(&database)
            .connect()
            .await
            .map_err(|cause| unreachable(&cause))?;
        check::check_server(&mut admin, durability).await?;
        migrate::run(&mut admin).await?;
        statistik::erneuere(&mut admin).await?;
        admin.close().await.ok();

        let working = arbeitspfad();
        Ok(Database {
            auth: self.pool("zielraum_auth", "auth, pg_temp", "10s", 4),
            personal: Personal(self.login("zielraum_staff")),
            write: self.pool("zielraum_write", &working, "20min", 8),
            public: self.pool("zielraum_public", "oeffentlich, public", "10s", 8),
            damals: damals::Damals::neu(&self),
            server: self,
        })
    }

    pub(crate) async fn create_database(&self, name: &str) -> Result<()> {
        let mut admin = self
            .admin("postgres")
            .connect()
            .await
            .map_err(|cause| unreachable(&cause))?;
        let exists: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
                .bind(name)
                .fetch_one(&mut admin)
                .await?;
        if !exists {
            let made = admin
                .execute(AssertSqlSafe(format!(
                    "CREATE DATABASE {name} ENCODING 'UTF8'"
                )))
                .await;
            // Two programs may start at the same moment: the second finds it made.
            if let Err(cause) = made
                && cause
                    .as_database_error()
                    .and_then(sqlx::error::DatabaseError::code)
                    .as_deref()
                    != Some("42P04")
            {
                return Err(cause.into());
            }
        }
        admin.close().await.ok();
        Ok(())
    }
}

/// `search_path` of the working schemas.
fn arbeitspfad() -> String {
    format!("{}, public", CONTEXTS.join(", "))
}

/// Settings of a session: also what `ALTER ROLE` would only set at log-in.
fn sitzung(role: &str, search_path: &str, timeout: &str) -> Vec<(&'static str, String)> {
    vec![
        ("role", role.to_owned()),
        ("search_path", search_path.to_owned()),
        ("statement_timeout", timeout.to_owned()),
        ("lock_timeout", "10s".to_owned()),
        // Our statements are short; compiling one costs seconds where running it takes milliseconds.
        ("jit", "off".to_owned()),
        // Nor are workers worth their start (35 ms for a page of 2 ms); there are other readers.
        ("max_parallel_workers_per_gather", "0".to_owned()),
        ("TimeZone", "UTC".to_owned()),
        // A query whose client has left ends soon after.
        ("client_connection_check_interval", "500ms".to_owned()),
    ]
}

/// A pool whose sessions begin with these settings.
fn eroeffne(
    options: PgConnectOptions,
    setup: Vec<(&'static str, String)>,
    size: u32,
    idle: Option<Duration>,
) -> PgPool {
    let (names, values): (Vec<_>, Vec<_>) = setup.into_iter().unzip();
    let mut pool = PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(10))
        // A connection is tested when it is given back: tested again only after a rest.
        .test_before_acquire(false)
        .before_acquire(|conn, vorher| {
            Box::pin(async move { Ok(vorher.idle_for < GEPRUEFT || conn.ping().await.is_ok()) })
        });
    if let Some(idle) = idle {
        pool = pool.idle_timeout(idle);
    }
    pool.after_connect(move |conn, _| {
        let (names, values) = (names.clone(), values.clone());
        Box::pin(async move {
            sqlx::query("SELECT set_config(u.name, u.value, false) FROM unnest($1::text[], $2::text[]) u (name, value)")
                .bind(names)
                .bind(values)
                .execute(conn)
                .await?;
            Ok(())
        })
    })
    .connect_lazy_with(options.log_statements(tracing::log::LevelFilter::Trace))
}

/// Opens pools for signed-in readers: role `zielraum_staff`, working schemas, and a view of
/// them that row level security reads from the session (`freigabe.sieht`).
#[derive(Debug, Clone)]
pub struct Personal(PgConnectOptions);

impl Personal {
    /// A small pool whose sessions see what `umfang` (words, separated by commas), the
    /// Akteur and the Ortsteil (each by kennung) allow; nothing is opened before it is used.
    #[must_use]
    pub fn pool(&self, umfang: &str, referat: Option<&str>, ortsteil: Option<&str>) -> PgPool {
        let mut setup = sitzung("zielraum_staff", &lesepfad(umfang), "20s");
        setup.extend(leser(umfang, referat, ortsteil));
        eroeffne(self.0.clone(), setup, 3, Some(RUHE))
    }
}

/// True for the readers who see every working row; the others read schema `leser`.
#[must_use]
pub fn liest_alles(umfang: &str) -> bool {
    umfang.split(',').any(|wort| wort == "alles")
}

/// `search_path` of a signed-in reader: who does not see every working row reads the views
/// that put the published copy in the place of the others.
fn lesepfad(umfang: &str) -> String {
    if liest_alles(umfang) {
        arbeitspfad()
    } else {
        format!("leser, {}", arbeitspfad())
    }
}

/// What row level security reads from the session of a signed-in reader.
fn leser(
    umfang: &str,
    referat: Option<&str>,
    ortsteil: Option<&str>,
) -> [(&'static str, String); 3] {
    [
        ("zielraum.umfang", umfang.to_owned()),
        ("zielraum.referat", referat.unwrap_or_default().to_owned()),
        ("zielraum.ortsteil", ortsteil.unwrap_or_default().to_owned()),
    ]
}

fn unreachable(cause: &sqlx::Error) -> Error {
    tracing::debug!(%cause, "connect failed");
    Error::umgebung(format!("Der Datenbankserver ist nicht erreichbar: {cause}"))
}

/// The open database. Keep it as long as the program runs: it holds the private server.
#[derive(Debug)]
pub struct Database {
    /// Role `zielraum_write`, all working schemas: command line and imports.
    pub write: PgPool,
    /// Role `zielraum_public`, schema `oeffentlich` alone: every anonymous request.
    pub public: PgPool,
    /// Role `zielraum_auth`, schema `auth` alone: accounts, sessions, tokens.
    pub auth: PgPool,
    /// Pools of signed-in readers.
    pub personal: Personal,
    /// Pools of the past.
    pub damals: damals::Damals,
    /// The server behind the pools.
    pub server: Server,
}

impl Database {
    /// Closes the pools and, as the last user, stops the private server. Blocks shortly.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the private server does not stop.
    pub async fn close(self) -> Result<()> {
        self.write.close().await;
        self.public.close().await;
        self.auth.close().await;
        match self.server {
            Server::Private(cluster, _) => match Arc::into_inner(cluster) {
                Some(cluster) => tokio::task::spawn_blocking(move || cluster.stop_if_last())
                    .await
                    .map_err(Error::intern)?,
                None => Ok(()),
            },
            Server::Foreign(_) => Ok(()),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(cause: sqlx::Error) -> Self {
        constraint::translate(cause)
    }
}
