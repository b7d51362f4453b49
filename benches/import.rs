//! The whole import of a plan beside `ogr2ogr -f PostgreSQL`, in one run on one server.
//!
//! `cargo bench --bench import [-- 200000 1000000]` measures; `cargo test` runs it small,
//! so that it does not rot. Ours reads, hashes the file, checks validity and
//! Flächenschluss, copies, joins, checks the whole, indexes and seals, with GDAL in its
//! sandboxed child as always; `ogr2ogr` copies and makes its `GiST` index. Both write into a
//! private cluster with full durability.
//!
//! Every step is a process of its own, so that peak memory is that of the step alone.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod daten;
#[path = "daten/gpkg.rs"]
mod gpkg;
#[path = "daten/maschine.rs"]
mod maschine;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sqlx::{Connection, Executor, PgConnection};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::geom::Geom;
use zielraum::db::{Database, Server, audit};
use zielraum::fnp::plan::Stand;
use zielraum::import::fnp::{Auftrag, fuehre_aus, vektor};
use zielraum::import::fortschritt::{Fortschritt, Meldung};
use zielraum::import::sandbox;

use maschine::{last, speicher_mb};

/// Each contender runs so often, in turn; the best counts.
fn laeufe(anzahl: u32, messen: bool) -> usize {
    match anzahl {
        _ if !messen => 1,
        0..500_000 => 4,
        _ => 2,
    }
}

fn main() -> Result<()> {
    let argumente: Vec<String> = std::env::args().skip(1).collect();
    match argumente.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["schreibe", pfad, anzahl] => gpkg::schreibe(Path::new(pfad), &erzeuge(anzahl.parse()?)),
        ["importiere", pfad, cluster] => {
            laufzeit()?.block_on(importiere(Path::new(pfad), Path::new(cluster)))
        }
        _ => laufzeit()?.block_on(messe(&argumente)),
    }
}

fn laufzeit() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

/// Sides of a grid of so many cells, as square as they divide.
fn quadrat(n: u32) -> [u32; 2] {
    let seite = (n.isqrt()..=n).find(|s| *s > 0 && n.is_multiple_of(*s) && s * s >= n);
    let seite = seite.unwrap_or(n);
    [seite, n / seite]
}

/// One Ortsteil for 2,000 areas.
fn ortsteile(anzahl: u32) -> u32 {
    (anzahl / 2_000).max(4)
}

fn erzeuge(anzahl: u32) -> daten::Daten {
    daten::erzeuge(quadrat(anzahl), quadrat(ortsteile(anzahl)))
}

async fn messe(argumente: &[String]) -> Result<()> {
    // `cargo bench` says --bench, `cargo test` does not.
    let messen = argumente.iter().any(|a| a == "--bench");
    let mut groessen: Vec<u32> = argumente.iter().filter_map(|a| a.parse().ok()).collect();
    if groessen.is_empty() {
        groessen = if messen {
            vec![200_000, 1_000_000]
        } else {
            vec![2_000]
        };
    }
    let ordner = tempfile::tempdir()?;
    // As root the server runs as another user and must get through.
    std::fs::set_permissions(
        ordner.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o711),
    )?;
    let cluster_pfad = ordner.path().join("daten");
    let cluster = Arc::new(Cluster::start(Some(&cluster_pfad), Durability::Full)?);
    println!(
        "load average {}; {} cores",
        last()?,
        std::thread::available_parallelism()?
    );
    for anzahl in groessen {
        let plan = ordner.path().join(format!("plan-{anzahl}.gpkg"));
        selbst(&["schreibe", &pfad(&plan), &anzahl.to_string()])?;
        let mb = std::fs::metadata(&plan)?.len() >> 20;
        println!(
            "\n{anzahl} areas, {} Ortsteile, GeoPackage {mb} MB\n",
            ortsteile(anzahl)
        );
        println!("| what | time | peak memory |\n|---|--:|--:|");
        let (mut ogr, mut unser) = (Duration::MAX, Duration::MAX);
        for _ in 0..laeufe(anzahl, messen) {
            ogr = ogr.min(ogr2ogr(&cluster, &plan, anzahl).await?);
            selbst(&["importiere", &pfad(&plan), &pfad(&cluster_pfad)])?;
            let zeit = std::fs::read_to_string(plan.with_extension("zeit"))?;
            unser = unser.min(Duration::from_secs_f64(zeit.parse()?));
        }
        let mal = unser.as_secs_f64() / ogr.as_secs_f64();
        println!("| **ours, as a multiple of ogr2ogr** | **{mal:.2}** | |");
        std::fs::remove_file(&plan)?;
    }
    println!("\nload average at the end {}", last()?);
    Ok(())
}

fn pfad(pfad: &Path) -> String {
    pfad.display().to_string()
}

fn selbst(argumente: &[&str]) -> Result<()> {
    let ende = Command::new(std::env::current_exe()?)
        .args(argumente)
        .status()?;
    ensure!(ende.success(), "{argumente:?} failed");
    Ok(())
}

/// The peer, into a schema of its own of the same database.
async fn ogr2ogr(cluster: &Arc<Cluster>, plan: &Path, anzahl: u32) -> Result<Duration> {
    let db = Server::of_cluster(Arc::clone(cluster), "zielraum")
        .open(Durability::Full)
        .await?;
    db.write.close().await;
    db.public.close().await;
    let options = cluster.connect_options("zielraum", "postgres");
    let mut conn = PgConnection::connect_with(&options).await?;
    conn.execute("DROP SCHEMA IF EXISTS ogr CASCADE").await?;
    conn.execute("CREATE SCHEMA ogr").await?;
    conn.execute("CHECKPOINT").await?;
    let ziel = format!(
        "PG:host={} port={} dbname=zielraum user=postgres",
        cluster.socket_dir().display(),
        options.get_port()
    );
    let beginn = Instant::now();
    let ende = Command::new("/usr/bin/time")
        .args(["-f", "%M", "-o"])
        .arg(plan.with_extension("rss"))
        .args(["ogr2ogr", "-f", "PostgreSQL", &ziel])
        .arg(plan)
        .args([
            "areas",
            "-lco",
            "SCHEMA=ogr",
            "-lco",
            "SPATIAL_INDEX=GIST",
            "-lco",
            "GEOMETRY_NAME=geom",
            // All or nothing, as ours; a table filled in the transaction that made it also
            // spares the server its log.
            "-gt",
            "unlimited",
        ])
        .env("PG_USE_COPY", "YES")
        .status();
    let Ok(ende) = ende else {
        println!("| ogr2ogr | – | not run: it or time is not installed |");
        return Ok(Duration::MAX);
    };
    let dauer = beginn.elapsed();
    ensure!(ende.success(), "ogr2ogr failed");
    let zahl: i64 = sqlx::query_scalar("SELECT count(*) FROM ogr.areas")
        .fetch_one(&mut conn)
        .await?;
    ensure!(zahl == i64::from(anzahl), "ogr2ogr copied {zahl}");
    let rss = std::fs::read_to_string(plan.with_extension("rss"))?;
    let mb = rss.trim().parse::<u64>().unwrap_or(0) >> 10;
    println!(
        "| ogr2ogr, COPY, GiST index | {:.2} s | {mb} MB |",
        dauer.as_secs_f64()
    );
    conn.execute("DROP SCHEMA ogr CASCADE").await?;
    conn.execute("CHECKPOINT").await?;
    Ok(dauer)
}

/// Our import in this process; its time goes to a file beside the plan.
async fn importiere(plan: &Path, cluster: &Path) -> Result<()> {
    let cluster = Arc::new(Cluster::start(Some(cluster), Durability::Full)?);
    let server = Server::of_cluster(Arc::clone(&cluster), "zielraum");
    let db = server.open(Durability::Full).await?;
    let vorher = speicher_mb("self")?;
    schreibe_ortsteile(&db, plan).await?;
    let phasen = Arc::new(Mutex::new(Vec::new()));
    let zuordnung = plan.with_extension("toml");
    std::fs::write(&zuordnung, gpkg::zuordnung())?;
    // The benchmark is not the program, and the sandboxed child must be.
    sandbox::nimm_programm(env!("CARGO_BIN_EXE_zielraum").into());
    let auftrag = Auftrag {
        datei: plan.to_owned(),
        stand: Some(Stand::Entwurf),
        vektor: vektor::Angaben {
            zuordnung: Some(zuordnung),
            ..vektor::Angaben::default()
        },
        wer: "messung".into(),
        fortschritt: zuhoerer(&phasen),
        ..Auftrag::default()
    };
    let kinder = Kinder::beobachte();
    let beginn = Instant::now();
    let protokoll = fuehre_aus(&db, &auftrag).await.map_err(|(e, _)| e)?;
    let dauer = beginn.elapsed();
    let kind = kinder.hoechstens_mb();
    let bilanz = protokoll.bilanz.context("no balance")?;
    ensure!(
        bilanz.luecke_m2 == 0.0 && bilanz.ueberlappung_m2 == 0.0 && protokoll.befunde.is_empty(),
        "the clean plan is not clean: {bilanz:?}"
    );
    println!(
        "| **ours, whole import** | **{:.2} s** | {} MB (before: {vorher} MB), child {kind} MB |",
        dauer.as_secs_f64(),
        speicher_mb("self")?
    );
    for (phase, dauer) in phasen
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .iter()
    {
        println!("| – {phase} | {:.2} s | |", dauer.as_secs_f64());
    }
    std::fs::write(plan.with_extension("zeit"), dauer.as_secs_f64().to_string())?;
    db.write.close().await;
    db.public.close().await;
    // The next run measures a first import too.
    let mut conn =
        PgConnection::connect_with(&cluster.connect_options("postgres", "postgres")).await?;
    conn.execute("DROP DATABASE zielraum WITH (FORCE)").await?;
    conn.execute("CHECKPOINT").await?;
    Ok(())
}

fn zuhoerer(phasen: &Arc<Mutex<Vec<(&'static str, Duration)>>>) -> Fortschritt {
    let phasen = Arc::clone(phasen);
    Fortschritt::an(move |meldung| {
        if let Meldung::Stand {
            phase,
            dauer,
            fertig: true,
            ..
        } = meldung
            && let Ok(mut phasen) = phasen.lock()
        {
            phasen.push((phase, *dauer));
        }
    })
}

async fn schreibe_ortsteile(db: &Database, plan: &Path) -> Result<()> {
    let mut tx = audit::begin(&db.write, "messung", "Ortsteile").await?;
    for (nr, geom) in (1_u32..).zip(gpkg::ortsteile(plan)?) {
        sqlx::query("INSERT INTO ortsteil (kennung, name, geom) VALUES ($1, $1, $2)")
            .bind(format!("ortsteil-{nr}"))
            .bind(Geom::utm32(geom))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Watches the peak memory of the processes this one starts.
struct Kinder {
    ende: Arc<AtomicBool>,
    faden: JoinHandle<u64>,
}

impl Kinder {
    fn beobachte() -> Self {
        let ende = Arc::new(AtomicBool::new(false));
        let halt = Arc::clone(&ende);
        let faden = std::thread::spawn(move || {
            let mut hoechstens = 0;
            while !halt.load(Ordering::Relaxed) {
                for pid in kinder() {
                    // Before exec it is still this program under another number.
                    let eigen = std::fs::read_to_string(format!("/proc/{pid}/cmdline"));
                    if eigen.is_ok_and(|text| text.contains(sandbox::BEFEHL)) {
                        hoechstens = hoechstens.max(speicher_mb(&pid).unwrap_or(0));
                    }
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            hoechstens
        });
        Self { ende, faden }
    }

    fn hoechstens_mb(self) -> u64 {
        self.ende.store(true, Ordering::Relaxed);
        self.faden.join().unwrap_or(0)
    }
}

fn kinder() -> Vec<String> {
    let faeden = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    faeden
        .flatten()
        .filter_map(|faden| std::fs::read_to_string(faden.path().join("children")).ok())
        .flat_map(|text| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}
