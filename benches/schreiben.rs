//! The cost of one write: the bare SQL update, with history and sealed audit, and by HTTP
//! with token, rights, checks and answer. `cargo bench --bench schreiben` measures, `cargo
//! test` runs it small. Full durability: every commit is flushed, as in operation.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use sqlx::PgPool;
use tower::ServiceExt as _;
use zielraum::app::{self, App};
use zielraum::auth::Rolle;
use zielraum::auth::akteur::Umfang;
use zielraum::auth::konto::{self, Angaben};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::{Server, audit};

/// Measures of the town, each with a place.
const MASSNAHMEN: i32 = 500;
const GEMEINDE: &str = "INSERT INTO gemeinde (kennung, name, geom) VALUES ('stadt', 'Stadt', st_multi(st_makeenvelope(600000, 5300000, 620000, 5320000, 25832)))";
const NEU: &str = "INSERT INTO massnahme (id, kennung, titel, art) SELECT gen_random_uuid(), 'm-' || n, 'Maßnahme ' || n, 'bau' FROM generate_series(1, $1) n";
const ORTE: &str = "INSERT INTO raumbezug (id, massnahme_id, art, geom) SELECT gen_random_uuid(), m.id, 'punkt', st_multi(st_setsrid(st_makepoint(601000 + 30 * $1, 5310000), 25832)) FROM massnahme m WHERE $1 > 0";
const NACKT: &str = "UPDATE nackt SET kurztext = $2 WHERE kennung = $1";
const UNSERE: &str = "UPDATE massnahme SET kurztext = $2 WHERE kennung = $1";

fn zeile(was: &str, mut zeiten: Vec<Duration>) -> f64 {
    zeiten.sort();
    let median = zeiten[zeiten.len() / 2].as_secs_f64() * 1e3;
    let spaet = zeiten[zeiten.len() * 95 / 100].as_secs_f64() * 1e3;
    println!("| {was} | {median:.2} ms | {spaet:.2} ms |");
    median
}

async fn sql(pool: &PgPool, laeufe: usize, mit_verlauf: bool) -> Result<Vec<Duration>> {
    let mut zeiten = Vec::new();
    for n in 0..laeufe {
        let start = Instant::now();
        let mut tx = if mit_verlauf {
            audit::begin(pool, "bench", "Messung").await?
        } else {
            pool.begin().await?
        };
        let text = if mit_verlauf { UNSERE } else { NACKT };
        let ergebnis = sqlx::query(text)
            .bind(format!("m-{}", 1 + n % 500))
            .bind(format!("Lauf {n}"))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        ensure!(ergebnis.rows_affected() == 1);
        zeiten.push(start.elapsed());
    }
    Ok(zeiten)
}

async fn http(
    router: &Router,
    token: &str,
    laeufe: usize,
    pfad: &str,
    inhalt: impl Fn(usize) -> String,
) -> Result<Vec<Duration>> {
    let mut zeiten = Vec::new();
    for n in 0..laeufe {
        let start = Instant::now();
        let request = Request::patch(format!("{pfad}/m-{}", 1 + n % 500))
            .header("host", "bench")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/merge-patch+json")
            .body(Body::from(inhalt(n)))?;
        let antwort = router.clone().oneshot(request).await?;
        let status = antwort.status();
        let text = to_bytes(antwort.into_body(), usize::MAX).await?;
        zeiten.push(start.elapsed());
        ensure!(
            status == 200,
            "{status}: {}",
            String::from_utf8_lossy(&text)
        );
    }
    Ok(zeiten)
}

#[tokio::main]
async fn main() -> Result<()> {
    let laeufe = if std::env::args().any(|a| a == "--bench") {
        300
    } else {
        3
    };
    let ordner = tempfile::tempdir()?;
    let cluster = Arc::new(Cluster::start(
        Some(&ordner.path().join("db")),
        Durability::Full,
    )?);
    let db = Server::of_cluster(Arc::clone(&cluster), "schreiben")
        .open(Durability::Full)
        .await?;
    let mut tx = audit::begin(&db.write, "bench", "Stadt").await?;
    sqlx::query(GEMEINDE).execute(&mut *tx).await?;
    sqlx::query(NEU).bind(MASSNAHMEN).execute(&mut *tx).await?;
    sqlx::query(ORTE).bind(7).execute(&mut *tx).await?;
    tx.commit().await?;
    let verwalter = PgPool::connect_with(cluster.connect_options("schreiben", "postgres")).await?;
    sqlx::query("CREATE TABLE nackt AS SELECT * FROM strategie.massnahme")
        .execute(&verwalter)
        .await?;
    sqlx::query("ALTER TABLE nackt ADD PRIMARY KEY (kennung)")
        .execute(&verwalter)
        .await?;
    sqlx::query("ANALYZE").execute(&verwalter).await?;
    let angaben = Angaben {
        rollen: vec![Rolle::Strategie, Rolle::Stadtplanung],
        ..Angaben::default()
    };
    konto::lege_an(&db.auth, "bench", "bench", "Bench", &angaben, None).await?;
    let umfang = [Umfang::Lesen, Umfang::Schreiben];
    let token = konto::neuer_token(&db.auth, "bench", "bench", "Bench", &umfang, 1).await?;
    let router = app::router(&App::neu(&db, None, None, false).await?);
    println!(
        "load average {}",
        std::fs::read_to_string("/proc/loadavg")?.trim()
    );
    println!("| one write, commit flushed | median | 95 % |\n|---|--:|--:|");
    // Pools and statements warm.
    sql(&verwalter, 3, false).await?;
    sql(&db.write, 3, true).await?;
    http(&router, &token, 3, "/daten/massnahme", |n| {
        format!(r#"{{"kurztext": "warm {n}"}}"#)
    })
    .await?;
    let nackt = zeile("bare SQL update", sql(&verwalter, laeufe, false).await?);
    let verlauf = zeile(
        "SQL update with history and sealed audit",
        sql(&db.write, laeufe, true).await?,
    );
    let json = http(&router, &token, laeufe, "/daten/massnahme", |n| {
        format!(r#"{{"kurztext": "Lauf {n} JSON"}}"#)
    })
    .await?;
    let json = zeile("PATCH /daten/massnahme/…", json);
    let punkte = "/collections/massnahmen_punkte/items";
    let merkmal = http(&router, &token, laeufe, punkte, |n| {
        format!(r#"{{"properties": {{"kurztext": "Lauf {n} Merkmal"}}}}"#)
    })
    .await?;
    let merkmal = zeile("PATCH of a feature: attribute", merkmal);
    let gleich = http(&router, &token, laeufe, punkte, |_| "{}".to_owned()).await?;
    zeile("PATCH of a feature: nothing to change", gleich);
    println!(
        "history and audit: {:.1} times the bare update; JSON {:.1} times, a feature {:.1} times the update with history",
        verlauf / nackt,
        json / verlauf,
        merkmal / verlauf
    );
    verwalter.close().await;
    drop(router);
    db.close().await?;
    Ok(())
}
