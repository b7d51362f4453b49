//! The same questions put to `TiPg` over the same rows; before times are compared, answers are.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::neben::CLIENTS;
use crate::neben::dienst::Dienst;
use crate::neben::last::{Anfragen, Verbindung, laste};
use crate::neben::prozess::rechenzeit;
use crate::neben::tipg::Tipg;

/// What ours was asked, and what came of it.
pub struct Gefragt<'a> {
    pub unsere: &'a Dienst,
    pub seiten: &'a [String],
    pub kaesten: &'a [String],
    pub nutzungen: &'a [String],
    pub flaechen: usize,
    /// Raw SQL: pages, boxes, filters, single features a second.
    pub raten: [f64; 4],
    pub dauer: Duration,
}

const UNSERE: &str = "/collections/fnp_flaechen/items";
const IHRE: &str = "/collections/bench.flaeche/items";
/// Answers compared of each kind.
const PROBEN: usize = 12;

async fn json(adresse: &str, pfad: &str) -> Result<Value> {
    let mut verbindung = Verbindung::neu(adresse).await?;
    let antwort = verbindung.hole(pfad, false).await?;
    ensure!(antwort.status == 200, "{pfad}: {}", antwort.status);
    Ok(serde_json::from_slice(&antwort.koerper)?)
}

/// Features of both answers, or the length of the id of one.
async fn zahl(
    (ihre, ihr_pfad): (&str, &str),
    (unsere, unser_pfad): (&str, &str),
) -> Result<(usize, usize)> {
    let zaehle = |doc: Value| match &doc["features"] {
        Value::Array(alle) => Ok(alle.len()),
        _ => doc["properties"]["kennung"]
            .as_str()
            .map(str::len)
            .context("a feature"),
    };
    let ihre = zaehle(json(ihre, ihr_pfad).await?)?;
    Ok((ihre, zaehle(json(unsere, unser_pfad).await?)?))
}

/// One row of the table for each kind of question, with one process and with two.
pub async fn miss(ordner: &Path, datenbank: &str, gefragt: &Gefragt<'_>) -> Result<()> {
    let je = 1000;
    let seiten: Vec<_> = (0..gefragt.seiten.len())
        .map(|n| format!("{IHRE}?f=geojson&limit={je}&offset={}", n * je))
        .collect();
    let mit = |wurzel: &str, name: &str, werte: &[String], ende: &str| -> Vec<String> {
        let pfad = |wert| format!("{wurzel}?{name}={wert}{ende}");
        werte.iter().map(pfad).collect()
    };
    let stelle = |n: usize| n * (gefragt.flaechen / 500).max(1) % gefragt.flaechen;
    let fragen = [
        ("pages of 1,000", seiten, gefragt.seiten.to_vec()),
        (
            "small box",
            mit(IHRE, "bbox", gefragt.kaesten, "&f=geojson&limit=1000"),
            mit(UNSERE, "bbox", gefragt.kaesten, ""),
        ),
        (
            "filter, first 1,000",
            mit(IHRE, "nutzung", gefragt.nutzungen, "&f=geojson&limit=1000"),
            mit(UNSERE, "nutzung", gefragt.nutzungen, ""),
        ),
        (
            "single feature",
            (0..500)
                .map(|n| format!("{IHRE}/{}?f=geojson", stelle(n)))
                .collect(),
            (0..500)
                .map(|n| format!("{UNSERE}/a{}", stelle(n)))
                .collect(),
        ),
    ];
    for prozesse in [1, 2] {
        let Some(tipg) = Tipg::starte(ordner, datenbank, prozesse).await? else {
            println!("| TiPg | TIPG is not set | | | | | | |");
            return Ok(());
        };
        for ((was, ihre, unsere), roh) in fragen.iter().zip(gefragt.raten) {
            let (mut links, mut rechts) = (0, 0);
            let schritt = ihre.len().div_ceil(PROBEN).max(1);
            for (a, b) in ihre.iter().zip(unsere).step_by(schritt) {
                let (ihr, unser) = zahl((&tipg.adresse, a), (&gefragt.unsere.adresse, b)).await?;
                (links, rechts) = (links + ihr, rechts + unser);
            }
            // A box in degrees is to TiPg the upright one around it in the stored system.
            let prozent = if *was == "small box" { 5 } else { 0 };
            ensure!(
                links > 0 && links.abs_diff(rechts) * 100 <= rechts * prozent,
                "{was}: TiPg gives {links} features, ours {rechts}"
            );
            let vorher = rechenzeit(tipg.pid())?;
            let anfragen = Anfragen {
                pfade: ihre.clone(),
                gzip: false,
            };
            let mut ergebnis = laste(&tipg.adresse, &anfragen, CLIENTS, gefragt.dauer).await?;
            let verbraucht = rechenzeit(tipg.pid())?.saturating_sub(vorher);
            ergebnis.cpu_ms = verbraucht.as_secs_f64() * 1e3 / ergebnis.anfragen.max(1) as f64;
            println!(
                "| {was}, TiPg, {prozesse} process(es) | {} | {roh:.1} | {:.2} |",
                ergebnis.zeile(),
                ergebnis.je_sekunde / roh
            );
        }
    }
    Ok(())
}
