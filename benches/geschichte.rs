//! What history and audit cost a write, beside raw SQL on the same tables without our triggers.
//! `cargo bench --bench geschichte` measures on a private PostgreSQL with full durability (each
//! commit is on disk), `cargo test` runs it small. The time is PostgreSQL's, the build profile
//! hardly counts.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::{Server, audit};

/// One field of one measure, by its number.
const EINE: &str =
    "UPDATE strategie.massnahme SET kurztext = clock_timestamp()::text WHERE kennung = 'm' || $1";
/// Many rows of one table.
const VIELE: &str = "UPDATE strategie.kennzahlwert SET wert = wert + 1 WHERE $1 >= 0";
/// What a hand-made history does: the old row as jsonb beside the update, unsealed.
const VON_HAND: &str = "INSERT INTO public.von_hand SELECT to_jsonb(m) FROM strategie.massnahme m WHERE kennung = 'm' || $1";

#[derive(Clone, Copy, PartialEq)]
enum Art {
    /// Without any trigger.
    Roh,
    /// Without triggers, the old row kept by a second statement.
    VonHand,
    /// As the program writes.
    Unsere,
}

/// Writes so many single updates, each a transaction; returns the time.
async fn einzelne(options: PgConnectOptions, art: Art, anzahl: i32, ab: i32) -> Result<Duration> {
    let mut conn = PgConnection::connect_with(&options).await?;
    if art != Art::Unsere {
        sqlx::query("SET session_replication_role = replica")
            .execute(&mut conn)
            .await?;
    }
    let beginn = Instant::now();
    for n in ab..ab + anzahl {
        let mut tx = conn.begin().await?;
        match art {
            Art::Roh => {}
            Art::VonHand => {
                sqlx::query(VON_HAND).bind(n).execute(&mut *tx).await?;
            }
            Art::Unsere => {
                sqlx::query("SELECT audit.beginne('bench', 'eine Zeile')")
                    .execute(&mut *tx)
                    .await?;
            }
        }
        let getan = sqlx::query(EINE).bind(n).execute(&mut *tx).await?;
        ensure!(getan.rows_affected() == 1, "measure {n} is missing");
        tx.commit().await?;
    }
    Ok(beginn.elapsed())
}

/// The same by several clients at once, each on rows of its own; updates a second.
async fn durchsatz(options: &PgConnectOptions, art: Art, klienten: i32, je: i32) -> Result<f64> {
    let beginn = Instant::now();
    let mut laeufe = tokio::task::JoinSet::new();
    for k in 0..klienten {
        laeufe.spawn(einzelne(options.clone(), art, je, k * je));
    }
    while let Some(lauf) = laeufe.join_next().await {
        lauf??;
    }
    Ok(f64::from(klienten * je) / beginn.elapsed().as_secs_f64())
}

/// One statement over all rows.
async fn viele(options: &PgConnectOptions, art: Art) -> Result<Duration> {
    let mut conn = PgConnection::connect_with(options).await?;
    if art == Art::Roh {
        sqlx::query("SET session_replication_role = replica")
            .execute(&mut conn)
            .await?;
    }
    let beginn = Instant::now();
    let mut tx = conn.begin().await?;
    if art == Art::Unsere {
        sqlx::query("SELECT audit.beginne('bench', 'viele Zeilen')")
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query(VIELE).bind(0).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(beginn.elapsed())
}

fn zeile(
    was: &str,
    roh: f64,
    hand: Option<f64>,
    unsere: f64,
    einheit: &str,
    mehr_ist_besser: bool,
) {
    let mal = if mehr_ist_besser {
        roh / unsere
    } else {
        unsere / roh
    };
    let hand = hand.map_or_else(|| "–".to_owned(), |hand| format!("{hand:.2} {einheit}"));
    println!("| {was} | {roh:.2} {einheit} | {hand} | {unsere:.2} {einheit} | {mal:.1} |");
}

#[tokio::main]
async fn main() -> Result<()> {
    let messen = std::env::args().any(|a| a == "--bench");
    let (zeilen, einzeln, klienten) = if messen {
        (20_000, 500, 8)
    } else {
        (200, 10, 2)
    };
    let ordner = tempfile::tempdir()?;
    let haltbar = if messen {
        Durability::Full
    } else {
        Durability::Tests
    };
    let cluster = Arc::new(Cluster::start(Some(&ordner.path().join("db")), haltbar)?);
    let db = Server::of_cluster(Arc::clone(&cluster), "geschichte")
        .open(haltbar)
        .await?;
    let mut tx = audit::begin(&db.write, "bench", "Bestand").await?;
    for sql in [
        "INSERT INTO massnahme (id, kennung, titel, kurztext, art) SELECT gen_random_uuid(), 'm' || n, 'Maßnahme ' || n, repeat('Text ', 40), 'bau' FROM generate_series(0, $1 - 1) n",
        "INSERT INTO kennzahl (id, kennung, titel, einheit, richtung) SELECT '00000000-0000-0000-0000-0000000000d1', 'k', 'Kennzahl', 'Stück', 'steigt' WHERE $1 > 0",
        "INSERT INTO kennzahlwert (id, kennzahl_id, stichtag, art, wert) SELECT gen_random_uuid(), '00000000-0000-0000-0000-0000000000d1', '1970-01-01'::date + n, 'ist', n FROM generate_series(0, $1 - 1) n",
    ] {
        sqlx::query(sql)
            .bind(zeilen)
            .execute(&mut *tx)
            .await
            .context(sql)?;
    }
    tx.commit().await?;
    let options = cluster.connect_options("geschichte", "postgres");
    let mut verwalter = PgConnection::connect_with(&options).await?;
    for sql in ["CREATE TABLE public.von_hand (alt jsonb)", "ANALYZE"] {
        sqlx::query(sql).execute(&mut verwalter).await?;
    }
    println!(
        "{zeilen} rows, {einzeln} single updates; load average {}",
        std::fs::read_to_string("/proc/loadavg")?.trim()
    );
    println!(
        "| write | raw SQL | old row kept by hand, unsealed | ours: history, audit, seal, counters | times raw |\n|---|--:|--:|--:|--:|"
    );
    let je = |zeit: Duration| zeit.as_secs_f64() * 1000.0 / f64::from(einzeln);
    let (mut roh, mut hand, mut unsere) = (f64::MAX, f64::MAX, f64::MAX);
    // In turns, the best of three: other work on the machine comes and goes.
    for _ in 0..3 {
        roh = roh.min(je(einzelne(options.clone(), Art::Roh, einzeln, 0).await?));
        hand = hand.min(je(
            einzelne(options.clone(), Art::VonHand, einzeln, 0).await?
        ));
        unsere = unsere.min(je(einzelne(options.clone(), Art::Unsere, einzeln, 0).await?));
    }
    zeile(
        "one measure, commit included, 1 client",
        roh,
        Some(hand),
        unsere,
        "ms",
        false,
    );
    let viele_je = einzeln / 5;
    let roh = durchsatz(&options, Art::Roh, klienten, viele_je).await?;
    let hand = durchsatz(&options, Art::VonHand, klienten, viele_je).await?;
    let unsere = durchsatz(&options, Art::Unsere, klienten, viele_je).await?;
    zeile(
        &format!("the same, {klienten} clients"),
        roh,
        Some(hand),
        unsere,
        "/s",
        true,
    );
    let (mut roh, mut unsere) = (f64::MAX, f64::MAX);
    for _ in 0..3 {
        roh = roh.min(viele(&options, Art::Roh).await?.as_secs_f64() * 1000.0);
        unsere = unsere.min(viele(&options, Art::Unsere).await?.as_secs_f64() * 1000.0);
    }
    zeile(
        &format!("{zeilen} values in one statement"),
        roh,
        None,
        unsere,
        "ms",
        false,
    );
    let beginn = Instant::now();
    let maengel: i64 = sqlx::query_scalar("SELECT count(*) FROM audit.pruefe()")
        .fetch_one(&mut verwalter)
        .await?;
    ensure!(maengel == 0, "the chain is broken");
    let (aenderungen, audit_zeilen): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM audit.aenderung), (SELECT count(*) FROM audit.zeile)",
    )
    .fetch_one(&mut verwalter)
    .await?;
    println!(
        "The chain of {aenderungen} changes with {audit_zeilen} rows is recomputed in {:.2} s.",
        beginn.elapsed().as_secs_f64()
    );
    verwalter.close().await?;
    db.close().await?;
    Ok(())
}
