//! Vector tiles beside `ST_AsMVT` over the same rows of the same PostgreSQL, one after the
//! other on one core; then the built service beside Martin (where `MARTIN` names it) and `TiPg`
//! (where `TIPG` names a Python that has it), four clients on sockets.
//!
//! `cargo bench --bench kacheln` measures 200,000 areas at zooms 12 to 15 and 10,000 at 10 to 15,
//! `-- neben` only the second part; `cargo test` runs it small.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

#[expect(dead_code, reason = "shared with other benchmarks")]
#[path = "../daten/mod.rs"]
mod daten;
#[path = "../daten/maschine.rs"]
mod maschine;
mod nachbar;
#[expect(dead_code, reason = "shared with other benchmarks")]
#[path = "../neben/mod.rs"]
mod neben;
#[path = "../daten/stadt.rs"]
mod stadt;

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tower::ServiceExt as _;
use zielraum::app::{self, App};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::{Database, Server};
use zielraum::layers::crs::Lage;
use zielraum::layers::snapshot::lager::Lager;
use zielraum::tiles::matrix::grenzen;

/// What Martin asks: the stored geometry turned, cut and encoded by PostGIS.
const ST_ASMVT: &str = "SELECT ST_AsMVT(t, 'fnp_flaechen', 4096, 'geom') FROM (
    SELECT kennung, nutzung, klasse, rechtsstand, name, flaeche_m2, codes::text,
           ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope($1, $2, $3), 4096, 64, true) AS geom
    FROM oeffentlich.flaeche WHERE geom && ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 0.015625), 25832)
  ) t WHERE geom IS NOT NULL";

/// What 200,000 areas take in memory ready to send, and some.
const SPEICHER: usize = 1 << 30;
/// A tile is asked for so often when it is there.
const WARM: usize = 20;

async fn hole(router: &Router, zoom: u8, x: u32, y: u32) -> Result<usize> {
    let adresse = format!("/kacheln/fnp_flaechen/{zoom}/{x}/{y}.mvt");
    let anfrage = Request::builder().uri(adresse).body(Body::empty())?;
    let antwort = router.clone().oneshot(anfrage).await?;
    ensure!(antwort.status() == 200, "{}", antwort.status());
    Ok(to_bytes(antwort.into_body(), usize::MAX).await?.len())
}

async fn roh(pool: &PgPool, zoom: u8, x: u32, y: u32) -> Result<usize> {
    let bytes: Vec<u8> = sqlx::query_scalar(ST_ASMVT)
        .bind(i32::from(zoom))
        .bind(x.cast_signed())
        .bind(y.cast_signed())
        .fetch_one(pool)
        .await?;
    Ok(bytes.len())
}

/// Processor time of all threads of a process so far: what else the machine does leaves it alone.
fn rechenzeit(prozess: &str) -> Result<Duration> {
    let mut summe = 0;
    for faden in std::fs::read_dir(format!("/proc/{prozess}/task"))? {
        // A thread may have ended meanwhile.
        let text = std::fs::read_to_string(faden?.path().join("schedstat")).unwrap_or_default();
        let zahl: Option<u64> = text.split(' ').next().and_then(|wert| wert.parse().ok());
        summe += zahl.unwrap_or_default();
    }
    Ok(Duration::from_nanos(summe))
}

/// Clock and processor time of the same work.
#[derive(Default, Clone, Copy)]
struct Zeit {
    uhr: Duration,
    kerne: Duration,
}

/// Begins to measure this process, and that backend if there is one.
struct Uhr<'a>(Instant, Duration, &'a [&'a str]);

impl<'a> Uhr<'a> {
    fn neu(prozesse: &'a [&'a str]) -> Result<Self> {
        let kerne = Self::kerne(prozesse)?;
        Ok(Self(Instant::now(), kerne, prozesse))
    }

    fn kerne(prozesse: &[&str]) -> Result<Duration> {
        prozesse.iter().map(|p| rechenzeit(p)).sum()
    }

    fn zaehle(self, zeit: &mut Zeit) -> Result<()> {
        zeit.uhr += self.0.elapsed();
        // A thread that ended is counted no more.
        zeit.kerne += Self::kerne(self.2)?.saturating_sub(self.1);
        Ok(())
    }
}

/// Up to `hoechstens` tiles of a zoom, spread over the plan.
fn auswahl(zoom: u8, raum: [f64; 4], hoechstens: usize) -> Vec<(u32, u32)> {
    let [x0, x1, y0, y1] = grenzen(zoom, raum);
    let alle: Vec<(u32, u32)> = (x0..=x1)
        .flat_map(|x| (y0..=y1).map(move |y| (x, y)))
        .collect();
    let schritt = alle.len().div_ceil(hoechstens).max(1);
    alle.into_iter().step_by(schritt).collect()
}

fn zeit(zeit: Zeit, anzahl: usize) -> String {
    format!(
        "{:.2} / {:.2} ms",
        ms(zeit.kerne, anzahl),
        ms(zeit.uhr, anzahl)
    )
}

fn mal(a: Zeit, b: Zeit) -> String {
    let (kerne, uhr) = (
        a.kerne.as_secs_f64() / b.kerne.as_secs_f64(),
        a.uhr.as_secs_f64() / b.uhr.as_secs_f64(),
    );
    format!("**{kerne:.1}** / {uhr:.1}")
}

fn addiere(summe: &mut Zeit, teil: Zeit) {
    summe.uhr += teil.uhr;
    summe.kerne += teil.kerne;
}

fn ms(dauer: Duration, anzahl: usize) -> f64 {
    dauer.as_secs_f64() * 1000.0 / anzahl as f64
}

/// A service of its own; with what it keeps in memory, if `bild` says so.
async fn dienst(db: &Database, bild: bool) -> Result<Router> {
    let app = App::neu(db, None, None, false).await?;
    let lager = Lager::neu(app.public.clone(), if bild { SPEICHER } else { 0 });
    lager.starte(None);
    let router = app::router_mit(&app, &lager);
    for _ in 0..600 {
        if !bild || lager.bytes() > 0 {
            break;
        }
        let anfrage = Request::builder().uri("/collections/fnp_flaechen/items?limit=1");
        router.clone().oneshot(anfrage.body(Body::empty())?).await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    ensure!(
        !bild || lager.bytes() > 0,
        "the layer does not fit into memory"
    );
    // The counters are heard of a moment after the start.
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(router)
}

/// The first tile a new service is asked for, and the first of a coarse zoom.
async fn erste(router: &Router, raum: [f64; 4], zooms: &RangeInclusive<u8>) -> Result<String> {
    let mitte = |zoom| {
        let [x0, x1, y0, y1] = grenzen(zoom, raum);
        (x0.midpoint(x1), y0.midpoint(y1))
    };
    let mut zeiten = Vec::new();
    for zoom in [*zooms.end(), *zooms.start()] {
        let beginn = Instant::now();
        let (x, y) = mitte(zoom);
        hole(router, zoom, x, y).await?;
        zeiten.push(format!("zoom {zoom} {:.0} ms", ms(beginn.elapsed(), 1)));
    }
    Ok(zeiten.join(", then "))
}

async fn messe(anzahl: u32, zooms: RangeInclusive<u8>, hoechstens: usize) -> Result<()> {
    let ordner = tempfile::tempdir()?;
    let cluster = Arc::new(Cluster::start(Some(ordner.path()), Durability::Tests)?);
    let db = Server::of_cluster(Arc::clone(&cluster), "kacheln")
        .open(Durability::Tests)
        .await?;
    let flaechen = stadt::lade(&db, anzahl).await?;
    // One connection: its backend is measured.
    let admin = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(cluster.connect_options("kacheln", "postgres"))
        .await?;
    sqlx::query("ANALYZE oeffentlich.flaeche")
        .execute(&admin)
        .await?;
    sqlx::query("SET jit = off").execute(&admin).await?;
    let raum = raum(&admin).await?;
    println!("\n{flaechen} areas; load average {}\n", maschine::last()?);
    let vorher = maschine::speicher_mb("self")?;
    let ohne = dienst(&db, false).await?;
    println!(
        "new service, rows from PostGIS: {}",
        erste(&ohne, raum, &zooms).await?
    );
    drop(ohne);
    let router = dienst(&db, true).await?;
    let bild = maschine::speicher_mb("self")?;
    println!(
        "new service, rows from the snapshot: {}\n",
        erste(&router, raum, &zooms).await?
    );
    let tafel = "| zoom | tiles | cold, processor / clock | warm, processor / clock | ST_AsMVT, processor / clock | times cold, processor / clock | kB ours / PostGIS |\n|--:|--:|--:|--:|--:|--:|--:|";
    // Everything is there now: cold is a tile, not the layer.
    let beginn = Instant::now();
    hole(&router, 0, 0, 0).await?;
    println!("all zooms: {:.1} s more\n", beginn.elapsed().as_secs_f64());
    println!("{tafel}");
    let (mut alle_kalt, mut alle_warm, mut alle_sql) = Default::default();
    let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&admin)
        .await?;
    let backend = backend.to_string();
    for zoom in zooms.rev() {
        let kacheln = auswahl(zoom, raum, hoechstens);
        let (mut kalt, mut warm, mut sql) = <(Zeit, Zeit, Zeit)>::default();
        let (mut unsere, mut ihre) = (0, 0);
        // Tile by tile in turns: what else the machine does hits both.
        for (x, y) in &kacheln {
            let uhr = Uhr::neu(&["self"])?;
            unsere += hole(&router, zoom, *x, *y).await?;
            uhr.zaehle(&mut kalt)?;
            let uhr = Uhr::neu(&["self"])?;
            for _ in 0..WARM {
                hole(&router, zoom, *x, *y).await?;
            }
            uhr.zaehle(&mut warm)?;
            let prozesse = ["self", backend.as_str()];
            let uhr = Uhr::neu(&prozesse)?;
            ihre += roh(&admin, zoom, *x, *y).await?;
            uhr.zaehle(&mut sql)?;
        }
        let n = kacheln.len();
        println!(
            "| {zoom} | {n} | {} | {} | {} | {} | {} / {} |",
            zeit(kalt, n),
            zeit(warm, n * WARM),
            zeit(sql, n),
            mal(sql, kalt),
            unsere / n / 1000,
            ihre / n / 1000,
        );
        addiere(&mut alle_kalt, kalt);
        addiere(&mut alle_warm, warm);
        addiere(&mut alle_sql, sql);
    }
    println!(
        "\nall: cold {} times ST_AsMVT, warm {:.0} (processor); load average {}; memory of this process: {vorher} MB before, {bild} MB with the snapshot, {} MB at the end",
        mal(alle_sql, alle_kalt),
        alle_sql.kerne.as_secs_f64() * WARM as f64 / alle_warm.kerne.as_secs_f64(),
        maschine::last()?,
        maschine::speicher_mb("self")?
    );
    admin.close().await;
    Ok(())
}

/// Up to `hoechstens` tiles of a zoom where the plan is, in no order.
fn verstreut(zoom: u8, flaechen: usize, hoechstens: usize) -> Vec<(u32, u32)> {
    let breite = (flaechen as f64).sqrt() * daten::SEITE_M;
    let mut kacheln = Vec::new();
    for n in 0..hoechstens as u64 * 8 {
        let ort = |achse: usize| daten::ECKE[achse] + daten::zufall(n, achse as u64) * breite;
        let (lon, lat) = Lage::Utm(32).zu_grad(ort(0), ort(1));
        let [x, _, y, _] = grenzen(zoom, [lon, lat, lon, lat]);
        if kacheln.len() < hoechstens && !kacheln.contains(&(x, y)) {
            kacheln.push((x, y));
        }
    }
    kacheln
}

/// Side by side over sockets.
async fn neben(
    anzahl: u32,
    zooms: RangeInclusive<u8>,
    hoechstens: usize,
    dauer: Duration,
) -> Result<()> {
    let ordner = tempfile::tempdir()?;
    let cluster = Arc::new(Cluster::start(Some(ordner.path()), Durability::Full)?);
    let db = Server::of_cluster(Arc::clone(&cluster), neben::DATENBANK)
        .open(Durability::Tests)
        .await?;
    let flaechen = stadt::lade(&db, anzahl).await?;
    let optionen = cluster.connect_options(neben::DATENBANK, "postgres");
    let admin = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(optionen.clone())
        .await?;
    neben::tabelle::lege_an(&admin).await?;
    println!(
        "\nside by side: {flaechen} areas, {} clients; load average {}",
        neben::CLIENTS,
        maschine::last()?
    );
    let dienst = neben::dienst::Dienst::starte(ordner.path(), SPEICHER >> 20)?;
    dienst.warte().await?;
    let beginn = Instant::now();
    // Cold is a tile, not the layer.
    dienst.hole("/kacheln/fnp_flaechen/0/0/0.mvt").await?;
    println!("all zooms: {:.1} s", beginn.elapsed().as_secs_f64());
    let kacheln: Vec<_> = zooms
        .rev()
        .map(|zoom| (zoom, verstreut(zoom, flaechen, hoechstens)))
        .collect();
    let postgres = std::fs::read_to_string(ordner.path().join("pg/postmaster.pid"))?;
    let postgres = postgres.lines().next().context("postmaster.pid")?.parse()?;
    let server = (cluster.socket_dir(), optionen.get_port(), postgres);
    nachbar::miss(ordner.path(), &dienst, server, &kacheln, dauer).await?;
    println!("load average {}", maschine::last()?);
    drop(dienst);
    admin.close().await;
    db.close().await?;
    Ok(())
}

/// West, south, east, north of the plan in degrees.
async fn raum(admin: &PgPool) -> Result<[f64; 4]> {
    let raum: Vec<f64> = sqlx::query_scalar("SELECT ARRAY[ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)] FROM (SELECT ST_Transform(ST_SetSRID(ST_Extent(geom)::geometry, 25832), 4326) e FROM oeffentlich.flaeche) x")
        .fetch_one(admin)
        .await?;
    raum.try_into().ok().context("four numbers")
}

#[tokio::main]
async fn main() -> Result<()> {
    if !std::env::args().any(|arg| arg == "--bench") {
        messe(900, 12..=14, 6).await?;
        return neben(900, 12..=14, 6, Duration::from_millis(100)).await;
    }
    if !std::env::args().any(|arg| arg == "neben") {
        messe(200_000, 12..=15, 60).await?;
        messe(10_000, 10..=15, 60).await?;
    }
    neben(200_000, 10..=15, 300, Duration::from_secs(2)).await?;
    neben(10_000, 10..=15, 300, Duration::from_secs(2)).await
}
