//! A database with the fixture, the application over it, and short ways to ask it.

use std::sync::Arc;

use axum::Router;
use serde_json::Value;
#[expect(clippy::disallowed_types, reason = "test support: text made here")]
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, PgConnection, PgPool};
use zielraum::app::{self, App};
use zielraum::layers::sammlung::Katalog;

pub use crate::anfrage::{Antwort, hole, hole_bis, json, sende};
use crate::support::{Leer, leere_datenbank};

/// Catalogue of the tests; the first part stands for our own, the second for a town's.
pub const EIGENE: &str = r#"
[[layer]]
id = "fnp_flaechen"
title = "Flächen des Flächennutzungsplans"
relation = "fnp.flaeche_aktuell"
key = "kennung"
order = "ordnung"
datetime = ["gueltig_von", "gueltig_bis"]
aktuell = true
hide = ["geheim"]
legend = { column = "nutzung", classes = "fnp.nutzung" }
je = "plan"
je_relation = "fnp.flaeche_sicht"

[[layer]]
id = "leer"
title = "Leer"
relation = "fnp.leer"

[[layer]]
id = "blatt"
title = "Blatt"
relation = "fnp.blatt"

[[layer]]
id = "entwurf"
title = "Entwurf"
relation = "fnp.entwurf"
access = "intern"
"#;

pub const STADT: &str = r#"
[[layer]]
id = "bäume"
title = "Bäume <alt>"
relation = '"Stadt Grün"."Bäume ""alt"""'
key = "Nr."

[[layer]]
id = "gemischt"
title = "Gemischt"
relation = "Stadt Grün.gemischt"

[[layer]]
id = "gk"
title = "Gauß-Krüger"
relation = "Stadt Grün.gk"

[[layer]]
id = "erde"
title = "Erde"
relation = "Stadt Grün.erde"
"#;

/// The database of one test; dropped at its end.
pub struct Datenbank {
    /// Superuser.
    pub admin: PgPool,
    /// As the service logs in.
    pub public: PgPool,
    _leer: Leer,
}

/// Gives a fresh database with the fixture.
pub async fn datenbank() -> Datenbank {
    let leer = leere_datenbank().await;
    let pool = |user: &str, path: &'static str| {
        let options = leer.options(user).options([("search_path", path)]);
        PgPoolOptions::new()
            .max_connections(3)
            .connect_lazy_with(options)
    };
    let db = Datenbank {
        admin: pool("postgres", "public"),
        public: pool("zielraum_public", "oeffentlich,public"),
        _leer: leer,
    };
    db.admin.execute(include_str!("fixture.sql")).await.unwrap();
    db
}

/// Runs SQL made by the tests themselves.
pub async fn execute(conn: &mut PgConnection, sql: &str) {
    conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
}

/// One number from the database.
pub async fn zahl(db: &Datenbank, sql: &str) -> i64 {
    let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    query.fetch_one(&db.admin).await.unwrap()
}

/// The application over a fresh database.
pub async fn dienst() -> (Datenbank, Router) {
    let db = datenbank().await;
    let router = router(&db).await;
    (db, router)
}

/// The application over a database.
pub async fn router(db: &Datenbank) -> Router {
    router_mit(db, STADT).await
}

/// The application with this town's file.
pub async fn router_mit(db: &Datenbank, stadt: &str) -> Router {
    router_aus(db, EIGENE, stadt).await
}

/// The application with this town's file alone.
pub async fn router_nur(db: &Datenbank, stadt: &str) -> Router {
    router_aus(db, "", stadt).await
}

async fn router_aus(db: &Datenbank, eigene: &str, stadt: &str) -> Router {
    let katalog = Katalog::lies(&db.public, eigene, Some(("stadt.toml", stadt))).await;
    app::router(&App {
        public: db.public.clone(),
        damals: None,
        katalog: Arc::new(katalog.unwrap()),
        intern: None,
        freigabe: None,
        public_url: None,
        #[cfg(feature = "oidc")]
        oidc: None,
        demo: true,
        speicher: 1 << 20,
    })
}

/// The link with a relation.
pub fn link(doc: &Value, rel: &str) -> Option<String> {
    let links = doc["links"].as_array().unwrap();
    let link = links.iter().find(|link| link["rel"] == rel)?;
    Some(link["href"].as_str().unwrap().to_owned())
}

/// Follows an absolute link of ours.
pub fn pfad(href: &str) -> &str {
    href.strip_prefix("http://zr.test:8080")
        .expect("absolute link")
}

/// Features of a document.
pub fn objekte(doc: &Value) -> &Vec<Value> {
    doc["features"].as_array().unwrap()
}
