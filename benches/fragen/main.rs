//! A planner's questions beside the plain joins, in one run: 10,000 measures, 200,000 areas,
//! 500 Ortsteile, and a tenth of it, to see what grows. `cargo bench --bench fragen` measures,
//! `cargo test` runs it small. A private PostgreSQL is started and removed; the time is mostly
//! PostgreSQL's. Both sides ask prepared statements on one warm connection, and every answer is compared.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod naiv;
mod seiten;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use sqlx::{Connection as _, PgConnection, Row as _};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::{CONTEXTS, Database, Server};
use zielraum::fnp::{bilanz, plan};
use zielraum::strategie::massnahme::Frage;
use zielraum::strategie::{geld, kennzahl, store, ziel};

/// Unmeasured runs: PostgreSQL settles on a plan after five.
const WARM: u32 = 6;
/// Each contender runs so often; the median counts.
const LAEUFE: u32 = 9;
/// The Ortsteil asked for.
const ORTSTEIL: &str = "o13";
/// A polygon drawn by hand of some 60 ha, across two Ortsteile.
const POLYGON: &str = "POLYGON((628000 5300400, 628700 5300500, 628900 5301100, 628300 5301300, 627900 5300900, 628000 5300400))";
/// A parcel.
const FLURSTUECK: &str = "MULTIPOLYGON(((626600 5300500, 626800 5300510, 626790 5300700, 626600 5300690, 626600 5300500)))";
const KENNZEICHEN: &str = "091234___00001______";

type Zeilen = Vec<(String, f64)>;

fn median(zeiten: &mut [Duration]) -> Duration {
    zeiten.sort();
    zeiten[zeiten.len() / 2]
}

fn ms(zeit: Duration) -> f64 {
    zeit.as_secs_f64() * 1e3
}

/// What one contender took.
#[derive(Clone, Copy)]
struct Zeit {
    /// Median of the runs after the warm ones.
    warm: Duration,
    /// The first run: statements are prepared and planned.
    erste: Duration,
    /// Processor time of a warm run, of PostgreSQL and of this program together: the same on a busy machine.
    gerechnet: Duration,
    /// Of it in this program.
    hier: Duration,
}

/// Time the backend and this thread were on a processor.
fn gerechnet(backend: i32) -> Result<[Duration; 2]> {
    let lies = |pfad: String| -> Result<Duration> {
        let text = std::fs::read_to_string(pfad)?;
        let ns = text.split_whitespace().next().unwrap_or_default().parse()?;
        Ok(Duration::from_nanos(ns))
    };
    Ok([
        lies(format!("/proc/{backend}/schedstat"))?,
        lies("/proc/thread-self/schedstat".to_owned())?,
    ])
}

/// Times of a contender and its last answer.
macro_rules! miss {
    ($backend:expr, $lauf:expr) => {{
        let mut zeiten = Vec::new();
        let mut antwort = None;
        let mut anfang = gerechnet($backend)?;
        for n in 0..WARM + LAEUFE {
            if n == WARM {
                anfang = gerechnet($backend)?;
            }
            let start = Instant::now();
            let diese = $lauf;
            zeiten.push(start.elapsed());
            antwort = Some(diese);
        }
        let ende = gerechnet($backend)?;
        let hier = (ende[1] - anfang[1]) / LAEUFE;
        let zeit = Zeit {
            erste: zeiten[0],
            gerechnet: hier + (ende[0] - anfang[0]) / LAEUFE,
            hier,
            warm: median(&mut zeiten[WARM as usize..]),
        };
        (zeit, antwort.context("no run")?)
    }};
}

/// Rows of a plain join.
async fn naiv(conn: &mut PgConnection, sql: &'static str, wert: &str) -> Result<Zeilen> {
    let zeilen = sqlx::query(sql)
        .bind(wert)
        .fetch_all(conn)
        .await
        .context(sql)?;
    Ok(zeilen.iter().map(|z| (z.get(0), z.get(1))).collect())
}

/// Measures by a question.
async fn unsere(conn: &mut PgConnection, frage: &Frage) -> Result<Zeilen> {
    let antwort = store::massnahmen(conn, frage).await?;
    Ok((antwort.massnahmen.into_iter())
        .chain(antwort.gesamtstadt)
        .map(|m| (m.kennung, m.schnitt_m2.unwrap_or_default()))
        .collect())
}

/// The same keys, and figures that differ by at most so much.
fn gleich(was: &str, mut a: Zeilen, mut b: Zeilen, hoechstens: f64) -> Result<usize> {
    let nach = |x: &(String, f64), y: &(String, f64)| x.0.cmp(&y.0);
    a.sort_by(nach);
    b.sort_by(nach);
    ensure!(
        !a.is_empty() && a.len() == b.len(),
        "{was}: {} rows, {} expected",
        a.len(),
        b.len()
    );
    for (a, b) in a.iter().zip(&b) {
        ensure!(
            a.0 == b.0 && (a.1 - b.1).abs() <= hoechstens,
            "{was}: {a:?} instead of {b:?}"
        );
    }
    Ok(a.len())
}

fn zeile(was: &str, zeilen: usize, unsere: Zeit, naiv: Zeit) {
    println!(
        "| {was} | {zeilen} | {:.2} ms ({:.1}) | {:.2} ms ({:.1}) | **{:.1}** | {:.1} / {:.1} ms | {:.0} / {:.0} ms |",
        ms(unsere.gerechnet),
        ms(unsere.hier),
        ms(naiv.gerechnet),
        ms(naiv.hier),
        naiv.gerechnet.as_secs_f64() / unsere.gerechnet.as_secs_f64(),
        ms(unsere.warm),
        ms(naiv.warm),
        ms(unsere.erste),
        ms(naiv.erste)
    );
}

/// What `/ortsteil/{kennung}` asks where the plain join has to cut: balance, measures, goals, indicators, money.
async fn profil(conn: &mut PgConnection) -> Result<[Zeilen; 5]> {
    let fassung = plan::waehle(conn, None).await?;
    let (id, _) = zielraum::gemeinde::store::ortsteil(conn, ORTSTEIL).await?;
    let bilanz = bilanz::eine(conn, &fassung, Some(ORTSTEIL)).await?;
    let (hier, stadt) = store::ortsteil_massnahmen(conn, ORTSTEIL).await?;
    let ziele = ziel::store::flaechenziele(conn, fassung.id, id).await?;
    let kennzahlen = kennzahl::store::im_ortsteil(conn, id).await?;
    let geld = geld::store::ortsteil(conn, id).await?;
    let mut kosten: Zeilen = (geld.anteilig.into_iter())
        .map(|a| (a.kennung, a.anteilig_ct as f64))
        .collect();
    kosten.push(("summe".to_owned(), geld.gesamtstadt.kosten_ct as f64));
    Ok([
        (bilanz.zeilen.into_iter())
            .map(|z| (z.nutzung, z.summe_m2))
            .collect(),
        (hier.into_iter().chain(stadt))
            .map(|m| (m.kennung, m.schnitt_m2.unwrap_or_default()))
            .collect(),
        (ziele.into_iter())
            .map(|z| (z.kennung, z.dient_m2))
            .collect(),
        (kennzahlen.into_iter())
            .map(|k| (k.kennzahl, k.ist.unwrap_or_default()))
            .collect(),
        kosten,
    ])
}

async fn profil_naiv(conn: &mut PgConnection) -> Result<[Zeilen; 5]> {
    let mut kosten = naiv(conn, naiv::GELD, ORTSTEIL).await?;
    kosten.extend(naiv(conn, naiv::GELD_STADT, ORTSTEIL).await?);
    Ok([
        naiv(conn, naiv::BILANZ, ORTSTEIL).await?,
        naiv(conn, naiv::ORTSTEIL, ORTSTEIL).await?,
        naiv(conn, naiv::FLAECHENZIELE, ORTSTEIL).await?,
        naiv(conn, naiv::KENNZAHLEN, ORTSTEIL).await?,
        kosten,
    ])
}

/// Makes the town in a database of its own.
async fn stadt(cluster: &Arc<Cluster>, ortsteile: i32, massnahmen: i32) -> Result<Database> {
    let name = format!("fragen{ortsteile}");
    let db = Server::of_cluster(Arc::clone(cluster), &name)
        .open(Durability::Tests)
        .await?;
    // The administrator: a temporary index needs the owner's right.
    let mut verwalter =
        PgConnection::connect_with(&cluster.connect_options(&name, "postgres")).await?;
    let mut tx = verwalter.begin().await?;
    sqlx::query("SELECT set_config('search_path', $1, true), set_config('bench.ortsteile', $2, true), set_config('bench.massnahmen', $3, true), set_config('jit', 'off', true)")
        .bind(format!("{}, public", CONTEXTS.join(", ")))
        .bind(ortsteile.to_string())
        .bind(massnahmen.to_string())
        .execute(&mut *tx)
        .await?;
    sqlx::query("SELECT audit.beginne('bench', 'Stadt')")
        .execute(&mut *tx)
        .await?;
    sqlx::raw_sql(include_str!("stadt.sql"))
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO flurstueck (kennzeichen, gemarkungsnummer, zaehler, geom) VALUES ($1, '1234', 1, st_geomfromtext($2, 25832))")
        .bind(KENNZEICHEN)
        .bind(FLURSTUECK)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    for sql in [
        "VACUUM ANALYZE",
        "GRANT EXECUTE ON FUNCTION pg_get_backend_memory_contexts() TO zielraum_write",
    ] {
        sqlx::query(sql).execute(&mut verwalter).await?;
    }
    Ok(db)
}

/// Title, the words of the address, the plain join and its value.
type Vergleich = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

/// What is asked, as it stands in an address, and the plain join with its value.
const FRAGEN: [Vergleich; 10] = [
    (
        "measures of an Ortsteil",
        &[("ortsteil", ORTSTEIL)],
        naiv::ORTSTEIL,
        ORTSTEIL,
    ),
    (
        "on a land use, for a goal",
        &[("nutzung", "G"), ("ziel", "z3")],
        naiv::NUTZUNG_ZIEL,
        "",
    ),
    ("on a land use", &[("nutzung", "G")], naiv::NUTZUNG, ""),
    (
        "in a drawn polygon (60 ha)",
        &[("polygon", POLYGON)],
        naiv::POLYGON,
        POLYGON,
    ),
    (
        "on a Flurstück",
        &[("flurstueck", KENNZEICHEN)],
        naiv::POLYGON,
        FLURSTUECK,
    ),
    (
        "within 500 m",
        &[("nahe", "628000,5300900"), ("abstand", "500")],
        naiv::UMKREIS,
        "POINT(628000 5300900)",
    ),
    ("for a goal", &[("ziel", "z3")], naiv::ZIEL, "z3"),
    (
        "for a Handlungsfeld",
        &[("handlungsfeld", "hf2")],
        naiv::HANDLUNGSFELD,
        "hf2",
    ),
    (
        "by state (Ampel)",
        &[("ampel", "gefaehrdet")],
        naiv::AMPEL,
        "gefaehrdet",
    ),
    (
        "running in a year, of a unit",
        &[("jahr", "2027"), ("zustaendig", "a3")],
        naiv::JAHR_AMT,
        "a3",
    ),
];

/// All questions in one town; the time of the profile.
async fn frage_alles(db: &Database) -> Result<Duration> {
    // As a page does: within a transaction.
    let mut conn = db.write.begin().await?;
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut *conn)
        .await?;
    println!(
        "| question | rows | ours, processor time (of it in this program) | plain joins | times | by the clock, ours / plain | first call |\n|---|--:|--:|--:|--:|--:|--:|"
    );
    let (zeit, antwort) = miss!(
        pid,
        naiv(&mut conn, naiv::KNAPP_GESPEICHERT, ORTSTEIL).await?
    );
    let (naiv_zeit, soll) = miss!(pid, naiv(&mut conn, naiv::KNAPP, ORTSTEIL).await?);
    let n = gleich("knapp", antwort, soll, 0.1)?;
    zeile(
        "measures of an Ortsteil, kennung and m² alone (the stored relation)",
        n,
        zeit,
        naiv_zeit,
    );
    for (was, frage, sql, wert) in FRAGEN {
        let frage = Frage::lies(frage.iter().copied())?;
        let (zeit, antwort) = miss!(pid, unsere(&mut conn, &frage).await?);
        let (naiv_zeit, soll) = miss!(pid, naiv(&mut conn, sql, wert).await?);
        let n = gleich(was, antwort, soll, 0.1)?;
        zeile(was, n, zeit, naiv_zeit);
    }
    let (zeit, antwort) = miss!(pid, profil(&mut conn).await?);
    let (naiv_zeit, soll) = miss!(pid, profil_naiv(&mut conn).await?);
    let mut zeilen = 0;
    for (n, (a, b)) in antwort.into_iter().zip(soll).enumerate() {
        // A share of money is rounded to the cent.
        zeilen += gleich("profile", a, b, if n == 4 { 1.0 } else { 0.1 })?;
    }
    zeile(
        "**profile of an Ortsteil**: balance, measures, goals, indicators, money",
        zeilen,
        zeit,
        naiv_zeit,
    );
    let speicher: i64 =
        sqlx::query_scalar("SELECT sum(total_bytes)::bigint FROM pg_get_backend_memory_contexts()")
            .fetch_one(&mut *conn)
            .await?;
    println!(
        "\nmemory of this PostgreSQL backend with all these plans: {} MB; of this process: {}",
        speicher / 1_000_000,
        seiten::eigener_speicher()?
    );
    Ok(zeit.gerechnet)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let messen = std::env::args().any(|a| a == "--bench");
    let staedte = if messen {
        [(50, 1_000), (500, 10_000)]
    } else {
        [(15, 200), (30, 400)]
    };
    let ordner = tempfile::tempdir()?;
    let cluster = Arc::new(Cluster::start(
        Some(&ordner.path().join("db")),
        Durability::Tests,
    )?);
    let mut profile = Vec::new();
    for (ortsteile, massnahmen) in staedte {
        let db = stadt(&cluster, ortsteile, massnahmen).await?;
        println!(
            "\n{massnahmen} measures, {} areas, {ortsteile} Ortsteile; load average {}\n",
            ortsteile * 400,
            std::fs::read_to_string("/proc/loadavg")?.trim()
        );
        profile.push(frage_alles(&db).await?);
        seiten::miss(&db).await?;
        db.close().await?;
    }
    println!(
        "\nprofile with ten times the Ortsteile: {:.2} times as long",
        profile[1].as_secs_f64() / profile[0].as_secs_f64()
    );
    Ok(())
}
