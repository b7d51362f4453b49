//! What backup and restore need of a server beside the pools: the administrator's connection
//! to a database as it is, without migrating it, and the same address for PostgreSQL's own
//! programs.

use std::ffi::OsString;

#[expect(
    clippy::disallowed_types,
    reason = "DROP and ALTER DATABASE take no parameters; the names are ours"
)]
use sqlx::AssertSqlSafe;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

use super::{Server, unreachable};
use crate::error::Result;

impl Server {
    /// Name of the database; of a foreign server the one its address names.
    #[must_use]
    pub fn database(&self) -> &str {
        match self {
            Self::Private(_, name) => name,
            Self::Foreign(options) => options
                .get_database()
                .unwrap_or_else(|| options.get_username()),
        }
    }

    /// The same server, another database of it.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        match self {
            Self::Private(cluster, _) => Self::Private(cluster.clone(), name.to_owned()),
            Self::Foreign(options) => {
                Self::Foreign(Box::new(options.as_ref().clone().database(name)))
            }
        }
    }

    /// The administrator's connection to the database as it is: nothing is made or migrated.
    /// No limits: what runs here takes as long as the data are many.
    ///
    /// # Errors
    /// [`crate::error::Error::Umgebung`] when the server is not reachable.
    pub async fn administrator(&self) -> Result<PgConnection> {
        let mut conn = self
            .admin(self.database())
            // A count of everything is slow by nature.
            .log_slow_statements(tracing::log::LevelFilter::Off, std::time::Duration::MAX)
            .connect()
            .await
            .map_err(|cause| unreachable(&cause))?;
        conn.execute(
            "SET statement_timeout = 0; SET lock_timeout = '10min'; SET idle_in_transaction_session_timeout = 0;
             SET jit = off; SET TimeZone = 'UTC'; SET client_min_messages = error",
        )
        .await?;
        Ok(conn)
    }

    /// Whether a database of this name exists (private server).
    ///
    /// # Errors
    /// As [`Self::administrator`].
    pub async fn has_database(&self, name: &str) -> Result<bool> {
        let mut conn = self.with_database("postgres").administrator().await?;
        let there =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
                .bind(name)
                .fetch_one(&mut conn)
                .await?;
        conn.close().await.ok();
        Ok(there)
    }

    /// Removes a database of the private server, if it is there, with whoever still uses it.
    pub(crate) async fn drop_database(&self, name: &str) -> Result<()> {
        self.about_database(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await
    }

    /// Gives a database of the private server its name.
    pub(crate) async fn rename_database(&self, from: &str, to: &str) -> Result<()> {
        self.about_database(format!("ALTER DATABASE {from} RENAME TO {to}"))
            .await
    }

    async fn about_database(&self, sql: String) -> Result<()> {
        let mut conn = self.with_database("postgres").administrator().await?;
        conn.execute(AssertSqlSafe(sql)).await?;
        conn.close().await.ok();
        Ok(())
    }

    /// The address of the database as libpq's variables: an argument could be read by every
    /// user of the machine, and it may hold the password.
    #[must_use]
    pub fn libpq(&self) -> Vec<(&'static str, OsString)> {
        let options = self.admin(self.database());
        let host = options
            .get_socket()
            .map_or_else(|| options.get_host().into(), |dir| dir.clone().into());
        let mut variables: Vec<(&str, OsString)> = vec![
            ("PGHOST", host),
            ("PGPORT", options.get_port().to_string().into()),
            ("PGUSER", options.get_username().into()),
            ("PGDATABASE", self.database().into()),
            ("PGAPPNAME", "zielraum".into()),
            ("PGCONNECT_TIMEOUT", "30".into()),
        ];
        if let Some(text) = options.get_options() {
            variables.push(("PGOPTIONS", text.into()));
        }
        let url = options.to_url_lossy(); // the only way sqlx gives these back
        if let Some(password) = url.password() {
            let plain = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
            variables.push(("PGPASSWORD", plain.as_ref().into()));
        }
        for (key, value) in url.query_pairs() {
            let name = match key.as_ref() {
                "sslmode" => "PGSSLMODE",
                "sslrootcert" => "PGSSLROOTCERT",
                "sslcert" => "PGSSLCERT",
                "sslkey" => "PGSSLKEY",
                _ => continue,
            };
            let value = value.as_ref();
            let value = value.strip_prefix("file: ").unwrap_or(value);
            variables.push((name, value.into()));
        }
        variables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_becomes_variables() {
        let url = "postgres://stadt:p%40ss%20w%C3%B6rt@db.example:5544/plan?sslmode=require&sslrootcert=/etc/ca.pem";
        let server = Server::start(None, Some(url)).unwrap();
        let variables = server.libpq();
        for (name, value) in [
            ("PGHOST", "db.example"),
            ("PGPORT", "5544"),
            ("PGUSER", "stadt"),
            ("PGDATABASE", "plan"),
            ("PGPASSWORD", "p@ss wört"),
            ("PGSSLMODE", "require"),
            ("PGSSLROOTCERT", "/etc/ca.pem"),
        ] {
            assert!(
                variables.contains(&(name, value.into())),
                "{name}: {variables:?}"
            );
        }
        let server = Server::start(
            None,
            Some("postgres://postgres@localhost/x?host=/tmp/ein%20sock"),
        );
        assert!(
            server
                .unwrap()
                .libpq()
                .contains(&("PGHOST", "/tmp/ein sock".into()))
        );
    }
}
