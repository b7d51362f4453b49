//! Layers under load, beside raw SQL on the same PostGIS and a static file: pages, boxes,
//! filters, single features, the whole layer; packed and plain; from memory and streamed.
//!
//! `cargo bench --bench ebenen [-- 200000 [MB]]` measures with so much memory for layers
//! (1,024 MB when nothing is said, 0: everything is streamed); `cargo test` runs it small. A
//! private PostgreSQL is started and removed. The service is the built program in a process of
//! its own, the clients are here: four connections, kept alive, answers read and thrown away.
//! A static file is served by nginx where `NGINX` names it or it is installed.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

#[expect(dead_code, reason = "shared with other benchmarks")]
#[path = "../daten/mod.rs"]
mod daten;
mod last;
#[expect(dead_code, reason = "shared with other benchmarks")]
#[path = "../daten/maschine.rs"]
mod maschine;
mod orte;
mod roh;
#[path = "../daten/stadt.rs"]
mod stadt;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use last::{Anfragen, Ergebnis, Verbindung};
use zielraum::db::Server;
use zielraum::db::cluster::{Cluster, Durability};

/// Clients at a time.
const CLIENTS: usize = 4;

/// The database `zielraum serve` opens.
const DATENBANK: &str = "zielraum";

#[expect(clippy::too_many_lines, reason = "one table, line by line")]
#[tokio::main]
async fn main() -> Result<()> {
    let argumente: Vec<String> = std::env::args().collect();
    // `cargo bench` says --bench, `cargo test` does not.
    let messen = argumente.iter().any(|a| a == "--bench");
    let mut zahlen = argumente.iter().filter_map(|a| a.parse::<usize>().ok());
    let anzahl = zahlen
        .next()
        .unwrap_or(if messen { 200_000 } else { 2_000 });
    let speicher = zahlen.next().unwrap_or(1024);
    let dauer = Duration::from_millis(if messen { 4_000 } else { 120 });

    let ordner = tempfile::tempdir()?;
    let cluster = Arc::new(Cluster::start(Some(ordner.path()), Durability::Full)?);
    let db = Server::of_cluster(Arc::clone(&cluster), DATENBANK)
        .open(Durability::Tests)
        .await?;
    let beginn = Instant::now();
    let flaechen = stadt::lade(&db, u32::try_from(anzahl)?).await?;
    println!(
        "{flaechen} areas, made in {:.0} s; {speicher} MB for layers; load average {}; {} cores",
        beginn.elapsed().as_secs_f64(),
        maschine::last()?,
        std::thread::available_parallelism()?
    );
    let leer = Dienst::starte(ordner.path(), 0)?;
    leer.warte().await?;
    let grund = leer.speicher_mb("VmRSS")?;
    drop(leer);
    let dienst = Dienst::starte(ordner.path(), speicher)?;
    let bereit = dienst.warte().await?;
    println!(
        "start to first answer from the state it will keep: {:.1} s",
        bereit.as_secs_f64()
    );

    let roh = roh::Roh::neu(cluster.connect_options(DATENBANK, "postgres")).await?;
    let seiten = dienst.seiten(1000).await?;
    println!(
        "\n| what | req/s | p50 ms | p99 ms | kB | CPU-ms service | raw SQL req/s | × raw SQL |\n|---|--:|--:|--:|--:|--:|--:|--:|"
    );
    let utm = "crs=http://www.opengis.net/def/crs/EPSG/0/25832";
    let mit = |zusatz: &str| {
        seiten
            .iter()
            .map(|s| format!("{s}&{zusatz}"))
            .collect::<Vec<_>>()
    };
    let (kaesten, fragen) = (orte::kaesten(flaechen), orte::nutzungen());
    let roh_seite = roh.seiten(CLIENTS, dauer).await?;
    let roh_kasten = roh.kaesten(CLIENTS, dauer, &kaesten).await?;
    let roh_filter = roh.filter(CLIENTS, dauer, &fragen).await?;
    let roh_eines = roh.eines(CLIENTS, dauer).await?;
    let items = "/collections/fnp_flaechen/items";
    let kasten: Vec<String> = kaesten
        .iter()
        .map(|k| format!("{items}?bbox={k}"))
        .collect();
    let filter: Vec<String> = fragen
        .iter()
        .map(|n| format!("{items}?nutzung={n}"))
        .collect();
    let eines: Vec<String> = (0..500)
        .map(|n| format!("{items}/a{}", n * (flaechen / 500).max(1) % flaechen))
        .collect();
    let (erster_kasten, erstes) = (kasten[0].clone(), eines[0].clone());
    for (was, pfade, gzip, roh) in [
        ("pages of 1,000", seiten.clone(), false, roh_seite),
        ("pages of 1,000, gzip", seiten.clone(), true, roh_seite),
        ("pages of 1,000, 25832", mit(utm), false, roh_seite),
        ("pages of 1,000, 25832, gzip", mit(utm), true, roh_seite),
        ("page 1", seiten[..1].to_vec(), false, roh_seite),
        (
            "last page",
            seiten[seiten.len() - 1..].to_vec(),
            false,
            roh_seite,
        ),
        ("small box", kasten.clone(), false, roh_kasten),
        ("small box, gzip", kasten, true, roh_kasten),
        ("filter, first 1,000", filter.clone(), false, roh_filter),
        ("filter, first 1,000, gzip", filter, true, roh_filter),
        ("single feature", eines, false, roh_eines),
    ] {
        let ergebnis = dienst.miss(pfade, gzip, dauer).await?;
        println!(
            "| {was} | {} | {roh:.1} | **{:.1}** |",
            ergebnis.zeile(),
            ergebnis.je_sekunde / roh
        );
    }
    if let Some(nginx) = last::Nginx::starte(ordner.path())? {
        for (was, pfad, roh) in [
            ("a page", &seiten[0], roh_seite),
            ("a small box", &erster_kasten, roh_kasten),
            ("a single feature", &erstes, roh_eines),
        ] {
            let inhalt = dienst.hole(pfad).await?;
            let ergebnis = nginx.miss(CLIENTS, dauer, &inhalt).await?;
            println!(
                "| {was} by nginx, static | {} | {roh:.1} | {:.1} |",
                ergebnis.zeile(),
                ergebnis.je_sekunde / roh
            );
        }
    } else {
        println!("| a page by nginx, static | not installed | | | | | | |");
    }
    for (was, gzip) in [("plain", false), ("gzip", true)] {
        let (zeit, bytes) = dienst
            .strom("/collections/fnp_flaechen/items.geojson", gzip)
            .await?;
        println!(
            "\nwhole layer, {was}: {:.2} s, {} MB",
            zeit.as_secs_f64(),
            bytes >> 20
        );
        if !gzip {
            let rss = dienst.speicher_mb("VmRSS")?;
            let hoch = dienst.speicher_mb("VmHWM")?;
            println!(
                "memory: {rss} MB now, {hoch} MB at most, {grund} MB without a layer; {:.2} × the layer's GeoJSON",
                (rss - grund.min(rss)) as f64 / ((bytes >> 20).max(1)) as f64
            );
        }
    }
    println!("load average at the end {}", maschine::last()?);
    drop(dienst);
    db.close().await?;
    Ok(())
}

/// The built program, serving.
struct Dienst {
    prozess: Child,
    adresse: String,
}

impl Dienst {
    fn starte(ordner: &Path, speicher: usize) -> Result<Self> {
        let adresse = format!("127.0.0.1:{}", last::freier_port()?);
        let prozess = Command::new(env!("CARGO_BIN_EXE_zielraum"))
            .args([
                "serve",
                "--listen",
                &adresse,
                "--memory",
                &speicher.to_string(),
                "--data",
            ])
            .arg(ordner)
            .env_remove("DATABASE_URL")
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { prozess, adresse })
    }

    /// Until answers come, and memory has stopped growing.
    async fn warte(&self) -> Result<Duration> {
        let beginn = Instant::now();
        let mut bereit = beginn.elapsed();
        while beginn.elapsed() < Duration::from_mins(2) {
            tokio::time::sleep(Duration::from_millis(300)).await;
            if self
                .hole("/collections/fnp_flaechen/items?limit=1")
                .await
                .is_ok()
            {
                bereit = beginn.elapsed();
                break;
            }
        }
        let (mut vorher, mut ruhig) = (0, 0);
        while ruhig < 8 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let jetzt = self.speicher_mb("VmRSS")?;
            if jetzt.abs_diff(vorher) > 1 {
                (ruhig, bereit) = (0, beginn.elapsed());
            } else {
                ruhig += 1;
            }
            vorher = jetzt;
        }
        Ok(bereit)
    }

    async fn hole(&self, pfad: &str) -> Result<Vec<u8>> {
        let mut verbindung = Verbindung::neu(&self.adresse).await?;
        let antwort = verbindung.hole(pfad, false).await?;
        ensure!(antwort.status == 200, "{pfad}: {}", antwort.status);
        Ok(antwort.koerper)
    }

    /// Addresses of all pages, by their links.
    async fn seiten(&self, limit: usize) -> Result<Vec<String>> {
        let mut pfad = format!("/collections/fnp_flaechen/items?limit={limit}");
        let mut alle = Vec::new();
        loop {
            let doc: serde_json::Value = serde_json::from_slice(&self.hole(&pfad).await?)?;
            alle.push(pfad);
            let links = doc["links"].as_array().context("links")?;
            let Some(next) = links.iter().find(|l| l["rel"] == "next") else {
                return Ok(alle);
            };
            let href = next["href"].as_str().context("href")?;
            let ab = href.find("/collections").context("path")?;
            pfad = String::from(&href[ab..]);
        }
    }

    async fn miss(&self, pfade: Vec<String>, gzip: bool, dauer: Duration) -> Result<Ergebnis> {
        let vorher = last::rechenzeit(self.prozess.id())?;
        let anfragen = Anfragen { pfade, gzip };
        let mut ergebnis = last::laste(&self.adresse, &anfragen, CLIENTS, dauer).await?;
        let verbraucht = last::rechenzeit(self.prozess.id())?.saturating_sub(vorher);
        ergebnis.cpu_ms = verbraucht.as_secs_f64() * 1e3 / ergebnis.anfragen.max(1) as f64;
        Ok(ergebnis)
    }

    /// Time until the last byte, and how many there were.
    async fn strom(&self, pfad: &str, gzip: bool) -> Result<(Duration, usize)> {
        let mut beste = (Duration::MAX, 0);
        for _ in 0..3 {
            let mut verbindung = Verbindung::neu(&self.adresse).await?;
            let beginn = Instant::now();
            let antwort = verbindung.verwirf(pfad, gzip).await?;
            ensure!(antwort.0 == 200, "{pfad}: {}", antwort.0);
            beste = beste.min((beginn.elapsed(), antwort.1));
        }
        Ok(beste)
    }

    fn speicher_mb(&self, feld: &str) -> Result<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.prozess.id()))?;
        let zeile = text
            .lines()
            .find_map(|l| l.strip_prefix(feld))
            .context("memory")?;
        let kb: u64 = zeile.trim_matches([':', ' ', '\t', 'k', 'B']).parse()?;
        Ok(kb >> 10)
    }
}

impl Drop for Dienst {
    fn drop(&mut self) {
        let _ = self.prozess.kill();
        let _ = self.prozess.wait();
    }
}
