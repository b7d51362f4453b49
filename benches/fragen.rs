//! A planner's questions beside the plain joins, in one run: 10,000 measures, 200,000 areas,
//! 500 Ortsteile. `cargo bench --bench fragen` measures, `cargo test` runs it small. A private
//! PostgreSQL is started and removed; the time is PostgreSQL's, the build profile hardly counts.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use sqlx::{Connection as _, PgConnection, Row as _};
use zielraum::db::cluster::{Cluster, Durability};
use zielraum::db::{Server, audit};
use zielraum::fnp::{bilanz, plan};
use zielraum::strategie::massnahme::Frage;
use zielraum::strategie::store;

/// Each contender runs so often; the median counts.
const LAEUFE: usize = 9;
/// Ortsteile west to east; the town grows north.
const SPALTEN: i32 = 25;

/// The town as a grid: each Ortsteil 2 km square with 20 × 20 areas, goals, measures of 150 m.
const STADT: [&str; 12] = [
    "INSERT INTO gemeinde (id, kennung, name, geom) SELECT 1, 'stadt', 'Stadt', st_multi(st_makeenvelope(600000, 5300000, 600000 + 2000 * $2, 5300000 + 2000 * ceil($1::float8 / $2), 25832)) WHERE $3 > 0",
    "INSERT INTO ortsteil (id, kennung, name, gemeinde_id, geom) SELECT n + 1, 'o' || n, 'Ortsteil ' || n, 1,
       st_multi(st_makeenvelope(600000 + 2000 * (n % $2), 5300000 + 2000 * (n / $2), 602000 + 2000 * (n % $2), 5302000 + 2000 * (n / $2), 25832)) FROM generate_series(0, $1 - 1) n WHERE $3 > 0",
    "INSERT INTO plan (id, kennung, name, stand, gemeinde_id) SELECT '00000000-0000-0000-0000-0000000000a1', 'fnp', 'Plan', 'wirksam', 1 WHERE $1 + $2 + $3 > 0",
    "INSERT INTO fassung (id, plan_id, nummer, stand, aktuell, flaeche_m2, geom) SELECT 1, '00000000-0000-0000-0000-0000000000a1', 1, 'wirksam', true, st_area(geom), geom FROM gemeinde WHERE $1 + $2 + $3 > 0",
    "SELECT fnp.fassung_anlegen('fnp', 1) WHERE $1 + $2 + $3 > 0",
    "INSERT INTO flaeche_f1 (fassung_id, ordnung, kennung, nutzung, klasse, codes, rechtsstand, ebene, flaechenschluss, gueltig, flaeche_m2, geom)
       SELECT 1, n * 400 + k, 'f' || n * 400 + k, (ARRAY['W', 'M', 'G', 'gruen', 'landwirtschaft', 'wald'])[1 + (n * 7 + k * 13) % 6], 'FP_Flaeche', '{}', 'bestand', 0, true, true, 10000,
         st_multi(st_makeenvelope(x, y, x + 100, y + 100, 25832)) FROM generate_series(0, $1 - 1) n, generate_series(0, 399) k,
         LATERAL (SELECT 600000 + 2000 * (n % $2) + 100 * (k % 20) AS x, 5300000 + 2000 * (n / $2) + 100 * (k / 20) AS y) p WHERE $3 > 0",
    "INSERT INTO anteil_f1 (fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand, m2) SELECT 1, ordnung, (ordnung / 400)::int + 1, nutzung, rechtsstand, flaeche_m2 FROM flaeche_f1 WHERE $1 + $2 + $3 > 0",
    "SELECT fnp.fassung_anhaengen('fnp', 1) WHERE $1 + $2 + $3 > 0",
    "INSERT INTO handlungsfeld (id, kennung, titel, farbe, reihenfolge) SELECT '00000000-0000-0000-0000-0000000000f1', 'hf', 'Feld', '#112233', 1 WHERE $1 + $2 + $3 > 0",
    "INSERT INTO ziel (id, kennung, titel, handlungsfeld_id, ebene) SELECT ('00000000-0000-0000-0000-0000000002' || lpad(n::text, 2, '0'))::uuid, 'z' || n, 'Ziel ' || n, '00000000-0000-0000-0000-0000000000f1', 'strategisch' FROM generate_series(0, 19) n WHERE $1 + $2 + $3 > 0",
    "INSERT INTO massnahme (id, kennung, nummer, titel, art, beginn, ende) SELECT ('00000000-0000-0000-0001-' || lpad(n::text, 12, '0'))::uuid, 'm' || n, lpad(n::text, 6, '0'), 'Maßnahme ' || n, 'bau', '2024-01-01', '2030-12-31' FROM generate_series(0, $3 - 1) n WHERE $1 + $2 > 0",
    "INSERT INTO ziel_massnahme (massnahme_id, ziel_id, beitrag, haupt) SELECT ('00000000-0000-0000-0001-' || lpad(n::text, 12, '0'))::uuid, ('00000000-0000-0000-0000-0000000002' || lpad((n % 20)::text, 2, '0'))::uuid, 1, true FROM generate_series(0, $3 - 1) n WHERE $1 + $2 > 0",
];

/// Last: its trigger derives measure × area and measure × Ortsteil.
const ORTE: &str = "INSERT INTO raumbezug (id, massnahme_id, art, geom) SELECT gen_random_uuid(), ('00000000-0000-0000-0001-' || lpad(n::text, 12, '0'))::uuid, 'flaeche', st_multi(st_makeenvelope(x, y, x + 150, y + 150, 25832))
   FROM generate_series(0, $3 - 1) n, LATERAL (SELECT 600000 + (n * 7919.37)::numeric % (2000 * $2 - 200) AS x, 5300000 + (n * 104.729 * 31)::numeric % (2000 * ceil($1::numeric / $2) - 200) AS y) p";

/// What a planner's SQL says without anything stored.
const NAIV_ORTSTEIL: &str = "SELECT m.kennung, sum(st_area(st_intersection(r.geom, o.geom))) FROM ortsteil o JOIN raumbezug r ON st_intersects(r.geom, o.geom) JOIN massnahme m ON m.id = r.massnahme_id
   WHERE o.kennung = $1 GROUP BY 1 HAVING sum(st_area(st_intersection(r.geom, o.geom))) > 0.01";
const NAIV_NUTZUNG: &str = "SELECT m.kennung, sum(st_area(st_intersection(r.geom, f.geom))) FROM raumbezug r JOIN flaeche f ON f.fassung_id = 1 AND st_intersects(f.geom, r.geom) JOIN massnahme m ON m.id = r.massnahme_id
   JOIN ziel_massnahme zm ON zm.massnahme_id = m.id JOIN ziel z ON z.id = zm.ziel_id WHERE f.nutzung = 'G' AND z.kennung = 'z3' AND $1 <> '' GROUP BY 1 HAVING sum(st_area(st_intersection(r.geom, f.geom))) > 0.01";
const NAIV_BILANZ: &str = "SELECT f.nutzung, sum(st_area(st_intersection(f.geom, o.geom))) FROM ortsteil o JOIN flaeche f ON f.fassung_id = 1 AND st_intersects(f.geom, o.geom) WHERE o.kennung = $1 GROUP BY 1 HAVING sum(st_area(st_intersection(f.geom, o.geom))) > 0.01";

fn median(mut zeiten: Vec<Duration>) -> Duration {
    zeiten.sort();
    zeiten[zeiten.len() / 2]
}

/// Rows of a plain join, and how long it took.
async fn naiv(
    conn: &mut PgConnection,
    sql: &'static str,
    wert: &str,
) -> Result<(Duration, Vec<(String, f64)>)> {
    let mut zeiten = Vec::new();
    let mut antwort = Vec::new();
    for _ in 0..LAEUFE {
        let start = Instant::now();
        let zeilen = sqlx::query(sql).bind(wert).fetch_all(&mut *conn).await?;
        zeiten.push(start.elapsed());
        antwort = zeilen.iter().map(|z| (z.get(0), z.get(1))).collect();
    }
    antwort.sort_by(|a: &(String, f64), b| a.0.cmp(&b.0));
    Ok((median(zeiten), antwort))
}

/// Measures by a question, and how long it took.
async fn unsere(conn: &mut PgConnection, frage: &Frage) -> Result<(Duration, Vec<(String, f64)>)> {
    let mut zeiten = Vec::new();
    let mut antwort = Vec::new();
    for _ in 0..LAEUFE {
        let start = Instant::now();
        let liste = store::massnahmen(conn, frage).await?;
        zeiten.push(start.elapsed());
        antwort = liste
            .massnahmen
            .into_iter()
            .map(|m| (m.kennung, m.schnitt_m2.unwrap_or_default()))
            .collect();
    }
    antwort.sort_by(|a: &(String, f64), b| a.0.cmp(&b.0));
    Ok((median(zeiten), antwort))
}

fn gleich(was: &str, a: &[(String, f64)], b: &[(String, f64)]) -> Result<()> {
    ensure!(
        !a.is_empty() && a.len() == b.len(),
        "{was}: {} rows, {} expected",
        a.len(),
        b.len()
    );
    for (a, b) in a.iter().zip(b) {
        ensure!(
            a.0 == b.0 && (a.1 - b.1).abs() < 0.1,
            "{was}: {a:?} instead of {b:?}"
        );
    }
    Ok(())
}

fn zeile(was: &str, unsere: Duration, naiv: Duration) {
    let faktor = naiv.as_secs_f64() / unsere.as_secs_f64();
    println!(
        "| {was} | {:.1} ms | {:.1} ms | {faktor:.1} |",
        unsere.as_secs_f64() * 1e3,
        naiv.as_secs_f64() * 1e3
    );
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let messen = std::env::args().any(|a| a == "--bench");
    let (ortsteile, massnahmen) = if messen { (500, 10_000) } else { (30, 200) };
    let ordner = tempfile::tempdir()?;
    let cluster = Arc::new(Cluster::start(
        Some(&ordner.path().join("db")),
        Durability::Tests,
    )?);
    let db = Server::of_cluster(Arc::clone(&cluster), "fragen")
        .open(Durability::Tests)
        .await?;
    println!(
        "{massnahmen} measures, {} areas, {ortsteile} Ortsteile; load average {}",
        ortsteile * 400,
        std::fs::read_to_string("/proc/loadavg")?.trim()
    );
    let mut tx = audit::begin(&db.write, "bench", "Stadt").await?;
    for sql in STADT.into_iter().chain([ORTE]) {
        sqlx::query(sql)
            .bind(ortsteile)
            .bind(SPALTEN)
            .bind(massnahmen)
            .execute(&mut *tx)
            .await
            .context(sql)?;
    }
    tx.commit().await?;
    let mut verwalter =
        PgConnection::connect_with(&cluster.connect_options("fragen", "postgres")).await?;
    sqlx::query("ANALYZE").execute(&mut verwalter).await?;
    let mut conn = db.write.acquire().await?;
    println!("| question | stored | plain joins | times |\n|---|--:|--:|--:|");
    let ziel = "o13";
    let ortsteil = Frage {
        ortsteil: Some(ziel.into()),
        ..Frage::default()
    };
    let (zeit, antwort) = unsere(&mut conn, &ortsteil).await?;
    let (zeit_naiv, soll) = naiv(&mut conn, NAIV_ORTSTEIL, ziel).await?;
    gleich("Ortsteil", &antwort, &soll)?;
    zeile(
        "measures of an Ortsteil, with states and goals (plain: kennung and m² alone)",
        zeit,
        zeit_naiv,
    );
    let nutzung = Frage {
        nutzung: Some("G".into()),
        ziel: Some("z3".into()),
        ..Frage::default()
    };
    let (zeit_n, antwort) = unsere(&mut conn, &nutzung).await?;
    let (naiv_n, soll) = naiv(&mut conn, NAIV_NUTZUNG, "x").await?;
    gleich("Nutzung", &antwort, &soll)?;
    zeile("measures on a land use for a goal", zeit_n, naiv_n);
    let fassung = plan::waehle(&mut conn, None).await?;
    let mut zeiten = Vec::new();
    for _ in 0..LAEUFE {
        let start = Instant::now();
        let b = bilanz::eine(&mut conn, &fassung, Some(ziel)).await?;
        ensure!(b.zeilen.len() == 6, "{} land uses", b.zeilen.len());
        zeiten.push(start.elapsed());
    }
    let bilanz_zeit = median(zeiten);
    let (bilanz_naiv, _) = naiv(&mut conn, NAIV_BILANZ, ziel).await?;
    zeile("balance of an Ortsteil", bilanz_zeit, bilanz_naiv);
    zeile(
        "profile: balance and measures of an Ortsteil",
        bilanz_zeit + zeit,
        bilanz_naiv + zeit_naiv,
    );
    drop(conn);

    // As many Ortsteile again, elsewhere: the answer about one must not cost more.
    let mut tx = audit::begin(&db.write, "bench", "mehr Ortsteile").await?;
    sqlx::query("INSERT INTO ortsteil (id, kennung, name, gemeinde_id, geom) SELECT 100000 + n, 'x' || n, 'Fern ' || n, 1, st_multi(st_makeenvelope(700000 + 300 * n, 5400000, 700200 + 300 * n, 5400200, 25832)) FROM generate_series(1, $1) n")
        .bind(ortsteile)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    let mut conn = db.write.acquire().await?;
    let (doppelt, _) = unsere(&mut conn, &ortsteil).await?;
    println!(
        "| the first question with twice the Ortsteile | {:.1} ms | before: {:.1} ms | {:.2} |",
        doppelt.as_secs_f64() * 1e3,
        zeit.as_secs_f64() * 1e3,
        doppelt.as_secs_f64() / zeit.as_secs_f64()
    );
    drop(conn);
    db.close().await?;
    Ok(())
}
