//! Layers under load, beside raw SQL on the same PostGIS and a static file: pages, boxes,
//! filters, single features, the whole layer; packed and plain; from memory and streamed.
//!
//! `cargo bench --bench ebenen [-- 200000 [MB]]` measures with so much memory for layers
//! (1,024 MB when nothing is said, 0: everything is streamed); `cargo test` runs it small. A
//! private PostgreSQL is started and removed. The service is the built program in a process of
//! its own, the clients are here: four connections, kept alive, answers read and thrown away.
//! A static file is served by nginx where `NGINX` names it or it is installed; `TiPg` runs beside
//! where `TIPG` names a Python that has it.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

#[expect(dead_code, reason = "shared with other benchmarks")]
#[path = "../daten/mod.rs"]
mod daten;
#[expect(dead_code, reason = "shared with other benchmarks")]
#[path = "../daten/maschine.rs"]
mod maschine;
mod nachbar;
#[expect(dead_code, reason = "shared with other benchmarks")]
#[path = "../neben/mod.rs"]
mod neben;
mod orte;
mod roh;
#[path = "../daten/stadt.rs"]
mod stadt;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use neben::dienst::Dienst;
use neben::{CLIENTS, DATENBANK, nginx};
use zielraum::db::Server;
use zielraum::db::cluster::{Cluster, Durability};

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
    if let Some(nginx) = nginx::Nginx::starte(ordner.path())? {
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
    let adresse = neben::tabelle::adresse(
        cluster.socket_dir(),
        cluster.connect_options(DATENBANK, "postgres").get_port(),
        DATENBANK,
    );
    let gefragt = nachbar::Gefragt {
        unsere: &dienst,
        seiten: &seiten,
        kaesten: &kaesten,
        nutzungen: &fragen,
        flaechen,
        raten: [roh_seite, roh_kasten, roh_filter, roh_eines],
        dauer,
    };
    nachbar::miss(ordner.path(), &adresse, &gefragt).await?;
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
