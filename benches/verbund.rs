//! The join area × Ortsteil beside the best SQL on PostGIS, in one run.
//!
//! `cargo bench --bench verbund [-- 200000]` measures; `cargo test` runs it small, so
//! that it does not rot. PostGIS is taken from `DATABASE_URL`; without it only the
//! Rust side runs, and the output says so.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod daten;
#[path = "daten/maschine.rs"]
mod maschine;
#[path = "daten/postgis.rs"]
mod postgis;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use geo_types::MultiPolygon;
use sqlx::PgConnection;
use zielraum::verschneidung::anteil::{Gebiet, Netz, Teile};
use zielraum::verschneidung::gueltigkeit;
use zielraum::verschneidung::schluss::{self, Schluss};

use daten::{Daten, Flaeche};
use maschine::{last, speicher_mb};
use postgis::Zellen;

/// Each contender runs so often; the best counts.
const LAEUFE: usize = 2;
/// What a cell may differ from PostGIS, m².
const TOLERANZ_M2: f64 = 0.1;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let argumente: Vec<String> = std::env::args().collect();
    // `cargo bench` says --bench, `cargo test` does not.
    let messen = argumente.iter().any(|a| a == "--bench");
    let groesse = argumente.iter().find_map(|a| a.parse().ok());
    let anzahl: u32 = groesse.unwrap_or(if messen { 200_000 } else { 2_000 });
    let daten = daten::erzeuge(raster(anzahl), raster((anzahl / 2_000).max(5)));
    println!(
        "{} areas, {} Ortsteile; load average {}; {} cores",
        daten.flaechen.len(),
        daten.ortsteile.len(),
        last()?,
        std::thread::available_parallelism()?,
    );
    println!("| what | time |  |\n|---|--:|---|");
    if let Some(mut db) = postgis::datenbank().await? {
        neben_postgis(daten, &mut db).await?;
    } else {
        println!("| PostGIS | – | not run: DATABASE_URL is not set |");
        allein(&daten)?;
    }
    println!(
        "load average at the end {}; peak memory of this process {} MB",
        last()?,
        speicher_mb("self")?
    );
    Ok(())
}

/// Sides of the grid for so many cells, as square as they divide.
fn raster(anzahl: u32) -> [u32; 2] {
    let spalten = (anzahl.isqrt()..=anzahl)
        .find(|s| *s > 0 && anzahl.is_multiple_of(*s) && s * s >= anzahl)
        .unwrap_or(anzahl);
    [spalten, anzahl / spalten]
}

fn allein(daten: &Daten) -> Result<()> {
    let (dauer, zellen) = bester(|| Ok(rechne(&daten.flaechen, &daten.ortsteile, 1)))?;
    let summe: f64 = zellen.values().sum();
    zeile(
        "Rust: join, 1 thread",
        Some(dauer),
        &format!("{summe:.3} m²"),
    );
    plan(daten)
}

/// SQL first, then Rust from what the database gives back.
async fn neben_postgis(daten: Daten, db: &mut PgConnection) -> Result<()> {
    postgis::lade(db, &daten).await?;
    let mut bestes_sql = Duration::MAX;
    let mut soll = Zellen::new();
    for variante in &postgis::VARIANTEN {
        let mut beste = Duration::MAX;
        for _ in 0..LAEUFE {
            let (dauer, zellen) = postgis::rechne(db, variante).await?;
            beste = beste.min(dauer);
            soll = zellen;
        }
        zeile(variante.name, Some(beste), "");
        bestes_sql = bestes_sql.min(beste);
    }
    let Daten {
        ortsteile,
        geltungsbereich,
        flaechen,
    } = daten;
    drop(flaechen);
    let mal = |d: Duration| {
        format!(
            "{:.1} × best SQL",
            bestes_sql.as_secs_f64() / d.as_secs_f64()
        )
    };

    let mut laden = Duration::MAX;
    let mut flaechen = Vec::new();
    for _ in 0..LAEUFE {
        drop(std::mem::take(&mut flaechen));
        let start = Instant::now();
        flaechen = postgis::lies(db).await?;
        laden = laden.min(start.elapsed());
    }
    zeile("Rust: load areas (EWKB rows)", Some(laden), "");
    for faeden in [1, 2] {
        let (dauer, ist) = bester(|| Ok(rechne(&flaechen, &ortsteile, faeden)))?;
        let name = format!("Rust: join, {faeden} thread(s), compute");
        zeile(&name, Some(dauer), &mal(dauer));
        let name = format!("Rust: join, {faeden} thread(s), load + compute");
        zeile(&name, Some(laden + dauer), &mal(laden + dauer));
        vergleiche(&ist, &soll)?;
    }
    plan(&Daten {
        flaechen,
        ortsteile,
        geltungsbereich,
    })
}

/// What an import needs besides the join: validity, the cut at the Geltungsbereich,
/// the Flächenschluss.
fn plan(daten: &Daten) -> Result<()> {
    let flaechen = geometrien(&daten.flaechen);
    let (dauer, ungueltig) = bester(|| {
        let n = flaechen.iter().filter(|f| gueltigkeit::fehler(f).is_some());
        Ok(n.count())
    })?;
    zeile("Rust: validity of all areas", Some(dauer), "");
    ensure!(ungueltig == 0, "{ungueltig} invalid areas");

    let grenze = Some(daten.geltungsbereich.clone());
    let start = Instant::now();
    let netz = Netz::neu(daten.ortsteile.clone(), grenze);
    zeile(
        "Rust: prepare Ortsteile and Geltungsbereich",
        Some(start.elapsed()),
        "",
    );
    let (dauer, teile) = bester(|| Ok(netz.teile_alle(&flaechen, 1)))?;
    zeile(
        "Rust: join cut at the Geltungsbereich, 1 thread",
        Some(dauer),
        "",
    );
    let (dauer, schluss) = bester(|| Ok(schluss::schluss(&netz, &flaechen, &teile)))?;
    zeile("Rust: Flächenschluss", Some(dauer), "");
    pruefe(&schluss)
}

fn pruefe(schluss: &Schluss) -> Result<()> {
    let summe: f64 = schluss.gebiete[1..].iter().map(|g| g.summe_m2).sum();
    let mut groesste = 0.0_f64;
    for g in &schluss.gebiete {
        let rest = g.summe_m2 - g.gebiet_m2 - g.ueberlappung_m2 + g.luecke_m2;
        groesste = groesste.max(rest.abs());
    }
    let plan = schluss.gebiete[0];
    println!(
        "Flächenschluss: plan {:.3} m², sum of regions {summe:.3} m², gap {:.6}, overlap {:.6}, outside {:.6}; largest |summe − gebiet − ueberlappung + luecke| {groesste:.2e} m²",
        plan.gebiet_m2, plan.luecke_m2, plan.ueberlappung_m2, schluss.ausserhalb_m2
    );
    ensure!(
        plan.luecke_m2 == 0.0 && plan.ueberlappung_m2 == 0.0,
        "the partition is not closed: {plan:?}"
    );
    ensure!(
        groesste < 0.01,
        "the check rows do not add up: {groesste} m²"
    );
    Ok(())
}

fn geometrien(flaechen: &[Flaeche]) -> Vec<&MultiPolygon<f64>> {
    flaechen.iter().map(|f| &f.geom).collect()
}

/// The whole join as an import runs it: prepare, cut, sum by cell.
fn rechne(flaechen: &[Flaeche], ortsteile: &[Gebiet], faeden: usize) -> Zellen {
    let netz = Netz::neu(ortsteile.to_vec(), None);
    let teile: Vec<Teile> = netz.teile_alle(&geometrien(flaechen), faeden);
    let mut zellen = Zellen::new();
    for (f, t) in flaechen.iter().zip(teile) {
        for (id, m2) in t.anteile {
            *zellen.entry((id, f.nutzung)).or_insert(0.0) += m2;
        }
    }
    zellen
}

fn bester<T>(mut arbeit: impl FnMut() -> Result<T>) -> Result<(Duration, T)> {
    let mut beste = Duration::MAX;
    let mut lauf = || -> Result<T> {
        let start = Instant::now();
        let ergebnis = arbeit()?;
        beste = beste.min(start.elapsed());
        Ok(ergebnis)
    };
    let mut ergebnis = lauf()?;
    for _ in 1..LAEUFE {
        ergebnis = lauf()?;
    }
    Ok((beste, ergebnis))
}

/// Every cell of both sides; what lies in no Ortsteil is not in the SQL.
fn vergleiche(ist: &Zellen, soll: &Zellen) -> Result<()> {
    let mut groesste = 0.0_f64;
    let in_ortsteilen = ist.keys().filter(|(id, _)| *id != 0);
    for schluessel in in_ortsteilen.chain(soll.keys()) {
        let wert = |z: &Zellen| z.get(schluessel).copied().unwrap_or(0.0);
        groesste = groesste.max((wert(ist) - wert(soll)).abs());
    }
    zeile(
        "largest difference of a cell",
        None,
        &format!("{groesste:.4} m² in {} cells", soll.len()),
    );
    ensure!(!soll.is_empty(), "the SQL found nothing");
    ensure!(
        groesste <= TOLERANZ_M2,
        "a cell differs by {groesste} m² from PostGIS"
    );
    Ok(())
}

fn zeile(name: &str, dauer: Option<Duration>, bemerkung: &str) {
    let zeit = dauer.map_or(String::new(), |d| format!("{:.3} s", d.as_secs_f64()));
    println!("| {name} | {zeit} | {bemerkung} |");
}
