//! A database per test, cloned from a template that is made once per schema.
//!
//! All tests share one throw-away cluster (fsync off) below the temporary folder; it stays
//! between runs, so that the template is made again only when the schema changed.

use std::sync::{Arc, OnceLock};

#[expect(clippy::disallowed_types, reason = "test support: names made here")]
use sqlx::AssertSqlSafe;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::{Database, Server, migrate};

/// A fresh, empty database of the current schema; dropped with the value.
pub struct TestDb {
    /// Pools by role, as the program opens them.
    pub db: Database,
    name: String,
}

impl std::ops::Deref for TestDb {
    type Target = Database;
    fn deref(&self) -> &Database {
        &self.db
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let options = cluster().connect_options("postgres", "postgres");
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A thread of its own: the test's runtime may be ending.
        let _ = std::thread::spawn(move || {
            runtime().block_on(async move {
                let mut conn = PgConnection::connect_with(&options).await.unwrap();
                execute(&mut conn, &sql).await;
            });
        })
        .join();
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The throw-away cluster of all tests.
pub fn cluster() -> Arc<Cluster> {
    static CLUSTER: OnceLock<Arc<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| {
            let dir = std::env::temp_dir().join(format!("zielraum-test-{}", nix::unistd::getuid()));
            Arc::new(Cluster::start(Some(&dir), Durability::Tests).expect("test cluster"))
        })
        .clone()
}

/// Runs SQL made by the tests themselves.
async fn execute(conn: &mut PgConnection, sql: &str) {
    conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
}

async fn template() -> String {
    let cluster = cluster();
    let name = format!("vorlage_{}", migrate::fingerprint());
    let mut admin = PgConnection::connect_with(&cluster.connect_options("postgres", "postgres"))
        .await
        .unwrap();
    admin
        .execute("SELECT pg_advisory_lock(20350726)")
        .await
        .unwrap();
    let ready: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(&name)
            .fetch_one(&mut admin)
            .await
            .unwrap();
    if !ready {
        let leftovers: Vec<String> = sqlx::query_scalar("SELECT datname FROM pg_database WHERE datname ~ '^(vorlage_[0-9a-f]{16}(_neu)?|t_[0-9a-f]{32})$'")
            .fetch_all(&mut admin)
            .await
            .unwrap();
        for old in leftovers {
            execute(
                &mut admin,
                &format!("ALTER DATABASE {old} IS_TEMPLATE false"),
            )
            .await;
            execute(&mut admin, &format!("DROP DATABASE {old} WITH (FORCE)")).await;
        }
        let made = Server::of_cluster(cluster, &format!("{name}_neu"))
            .open(Durability::Tests)
            .await
            .unwrap();
        made.write.close().await;
        made.public.close().await;
        execute(
            &mut admin,
            &format!("ALTER DATABASE {name}_neu RENAME TO {name}"),
        )
        .await;
        execute(
            &mut admin,
            &format!("ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false"),
        )
        .await;
    }
    admin
        .execute("SELECT pg_advisory_unlock(20350726)")
        .await
        .unwrap();
    admin.close().await.unwrap();
    name
}

/// A fresh database.
pub async fn datenbank() -> TestDb {
    static TEMPLATE: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let template = TEMPLATE.get_or_init(template).await;
    let cluster = cluster();
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let mut admin = PgConnection::connect_with(&cluster.connect_options("postgres", "postgres"))
        .await
        .unwrap();
    execute(
        &mut admin,
        &format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"),
    )
    .await;
    admin.close().await.unwrap();
    let db = Server::of_cluster(cluster, &name)
        .open(Durability::Tests)
        .await
        .unwrap();
    TestDb { db, name }
}

/// The administrator's pool of a test database.
pub async fn admin(db: &TestDb) -> PgPool {
    PgPool::connect_with(cluster().connect_options(&db.name, "postgres"))
        .await
        .unwrap()
}
