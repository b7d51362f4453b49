//! A database per test, cloned from a template that is made once per schema.
//!
//! All tests of a checkout share one throw-away cluster (fsync off) below the temporary folder;
//! it stays between runs, so that the template is made again only when the schema changed.
//! Another checkout has its own: it would drop the templates and databases of this one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::UNIX_EPOCH;

#[expect(clippy::disallowed_types, reason = "test support: names made here")]
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::{Database, Server, migrate};
use zielraum::import;
use zielraum::import::fnp::Auftrag;
use zielraum::import::gebiete::{self, Art, Felder};

/// A fresh, empty database of the current schema; dropped with the value.
pub struct TestDb {
    /// Pools by role, as the program opens them.
    pub db: Database,
    leer: Leer,
}

/// A database made for one test; dropped with the value.
pub struct Leer {
    name: String,
}

impl Leer {
    /// How a role connects to it.
    pub fn options(&self, role: &str) -> PgConnectOptions {
        cluster().connect_options(&self.name, role)
    }
}

impl std::ops::Deref for TestDb {
    type Target = Database;
    fn deref(&self) -> &Database {
        &self.db
    }
}

impl Drop for Leer {
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

/// Folder of the throw-away cluster for the tests of a checkout.
fn cluster_ordner(checkout: &str) -> PathBuf {
    let mut hash = DefaultHasher::new();
    checkout.hash(&mut hash);
    let uid = nix::unistd::getuid();
    std::env::temp_dir().join(format!("zielraum-test-{uid}-{:016x}", hash.finish()))
}

/// The throw-away cluster of all tests of this checkout.
pub fn cluster() -> Arc<Cluster> {
    static CLUSTER: OnceLock<Arc<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| {
            let dir = cluster_ordner(env!("CARGO_MANIFEST_DIR"));
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
        let leftovers: Vec<String> = sqlx::query_scalar("SELECT datname FROM pg_database WHERE datname ~ '^(vorlage_[0-9a-f]{16}(_neu)?|demo_[0-9a-f_]+|t_[0-9a-f]{32})$'")
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
    oeffne(kopie(vorlage().await).await).await
}

/// A database of its own without our schema, not even PostGIS; our roles exist.
pub async fn leere_datenbank() -> Leer {
    vorlage().await;
    kopie("template0").await
}

/// A fresh database with the demonstration data, as `serve --demo` loads them.
pub async fn datenbank_mit_demo() -> TestDb {
    static DEMO: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let vorlage = DEMO.get_or_init(demo_vorlage).await;
    oeffne(kopie(vorlage).await).await
}

async fn vorlage() -> &'static str {
    static TEMPLATE: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    TEMPLATE.get_or_init(template).await
}

async fn administrator() -> PgConnection {
    PgConnection::connect_with(&cluster().connect_options("postgres", "postgres"))
        .await
        .unwrap()
}

async fn kopie(template: &str) -> Leer {
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let mut admin = administrator().await;
    execute(
        &mut admin,
        &format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"),
    )
    .await;
    admin.close().await.unwrap();
    Leer { name }
}

async fn oeffne(leer: Leer) -> TestDb {
    let db = Server::of_cluster(cluster(), &leer.name)
        .open(Durability::Tests)
        .await
        .unwrap();
    TestDb { db, leer }
}

/// Loaded once per build of this program: every test of it works on a copy.
async fn demo_vorlage() -> String {
    let stand = |pfad: &Path| {
        let zeit = std::fs::metadata(pfad).unwrap().modified().unwrap();
        zeit.duration_since(UNIX_EPOCH).unwrap().as_micros()
    };
    let dateien = std::fs::read_dir(demo("")).unwrap();
    let daten = dateien.map(|d| stand(&d.unwrap().path())).max().unwrap();
    let programm = stand(&std::env::current_exe().unwrap());
    let name = format!("demo_{programm:x}_{daten:x}");
    let vorlage = vorlage().await;
    let mut admin = administrator().await;
    admin
        .execute("SELECT pg_advisory_lock(20350726)")
        .await
        .unwrap();
    let vorhanden: Vec<String> =
        sqlx::query_scalar("SELECT datname FROM pg_database WHERE datname ~ '^demo_[0-9a-f_]+$'")
            .fetch_all(&mut admin)
            .await
            .unwrap();
    if !vorhanden.contains(&name) {
        for alt in vorhanden {
            execute(&mut admin, &format!("DROP DATABASE {alt} WITH (FORCE)")).await;
        }
        let neu = kopie(vorlage).await;
        let entstehend = neu.name.clone();
        let db = oeffne(neu).await;
        lade_demo(&db).await;
        db.write.close().await;
        db.public.close().await;
        execute(
            &mut admin,
            &format!("ALTER DATABASE {entstehend} RENAME TO {name}"),
        )
        .await;
    }
    admin.close().await.unwrap(); // and with it the lock
    name
}

/// A file of the demonstration data.
pub fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("geodata/demo")
        .join(name)
}

async fn lade_demo(db: &Database) {
    gebiete_der_demo(db, Art::Gemeinde, "gemeinde.geojson").await;
    gebiete_der_demo(db, Art::Ortsteile, "ortsteile.geojson").await;
    plaene_der_demo(db).await;
    let datei = demo("dorferneuerung.geojson");
    import::dorferneuerung::fuehre_aus(db, &datei, Felder::default(), true, "pruefung")
        .await
        .unwrap();
    crate::sachdaten::lade_demo(db).await;
    import::strategie::importiere_dateien(db, &[demo("strategie.xlsx")], true, "pruefung")
        .await
        .unwrap();
}

/// Imports and publishes both plans of the demo.
pub async fn plaene_der_demo(db: &Database) {
    for plan in ["fnp-2001.gml", "fnp-2025-entwurf.gml"] {
        let auftrag = Auftrag {
            datei: demo(plan),
            veroeffentlichen: true,
            wer: "pruefung".into(),
            ..Auftrag::default()
        };
        import::fnp::fuehre_aus(db, &auftrag).await.unwrap();
    }
}

/// Imports Gemeinde or Ortsteile of the demo.
pub async fn gebiete_der_demo(db: &Database, art: Art, name: &str) {
    gebiete::fuehre_aus(db, art, &demo(name), Felder::default(), "pruefung")
        .await
        .unwrap();
}

/// One number, by SQL made by the tests themselves.
pub async fn zahl(pool: &PgPool, sql: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(pool)
        .await
}

/// The administrator's pool of a test database.
pub async fn admin(db: &TestDb) -> PgPool {
    PgPool::connect_with(db.leer.options("postgres"))
        .await
        .unwrap()
}

#[test]
fn two_checkouts_do_not_share_a_cluster() {
    let hier = cluster_ordner(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(hier, cluster_ordner(env!("CARGO_MANIFEST_DIR")));
    assert_ne!(hier, cluster_ordner("/anderswo/zielraum"));
}

/// One number of the test cluster, asked as its administrator.
pub async fn verwalte(sql: &'static str) -> i64 {
    let mut admin = administrator().await;
    sqlx::query_scalar(sql).fetch_one(&mut admin).await.unwrap()
}

/// Drops a database and what a restore into it may have left.
pub async fn entferne(cluster: &Cluster, name: &str) {
    let options = cluster.connect_options("postgres", "postgres");
    let mut conn = PgConnection::connect_with(&options).await.unwrap();
    for name in [name.to_owned(), format!("{name}_rueckspielung")] {
        execute(
            &mut conn,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await;
    }
}

/// A database of an account that is no superuser, with PostGIS made by the administrator.
pub async fn lege_an(name: &str, konto: &str) {
    vorlage().await; // our roles exist
    let mut conn = administrator().await;
    execute(&mut conn, &format!("CREATE ROLE {konto} LOGIN CREATEROLE")).await;
    let sql = format!("CREATE DATABASE {name} TEMPLATE template0 OWNER {konto}");
    execute(&mut conn, &sql).await;
    let options = cluster().connect_options(name, "postgres");
    let mut conn = PgConnection::connect_with(&options).await.unwrap();
    execute(&mut conn, "CREATE EXTENSION postgis").await;
}

/// Removes an account of [`lege_an`], whose database is gone.
pub async fn entferne_rolle(konto: &str) {
    execute(&mut administrator().await, &format!("DROP ROLE {konto}")).await;
}
