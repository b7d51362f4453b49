//! The same data in PostGIS, and the best SQL known for the same join.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use geo_types::{Geometry, MultiPolygon};
use geozero::ToGeo;
use geozero::wkb::Ewkb;
use sqlx::{Connection, Executor, PgConnection, Row};
use zielraum::db::geom::ewkb;

use crate::daten::{Daten, Flaeche};

/// m² by Ortsteil and land use.
pub type Zellen = BTreeMap<(i32, u8), f64>;

/// Connects to `DATABASE_URL`; None when it is not set.
pub async fn datenbank() -> Result<Option<PgConnection>> {
    match std::env::var("DATABASE_URL") {
        Ok(url) => Ok(Some(PgConnection::connect(&url).await?)),
        Err(_) => Ok(None),
    }
}

/// Temporary tables with the data, indexed and analysed, as an operator would.
pub async fn lade(db: &mut PgConnection, daten: &Daten) -> Result<()> {
    db.execute(
        "SET client_min_messages = warning;
         CREATE EXTENSION IF NOT EXISTS postgis;
         SET max_parallel_workers = 2;
         DROP SCHEMA IF EXISTS verbund CASCADE;
         CREATE SCHEMA verbund;
         SET search_path = verbund, public;
         CREATE TABLE flaeche (id int, nutzung smallint, flaeche_m2 float8, geom geometry(MultiPolygon,25832));
         CREATE TABLE ortsteil (id int, geom geometry(MultiPolygon,25832))",
    )
    .await?;
    let flaechen = (1..).zip(&daten.flaechen).map(|(id, f): (i32, _)| {
        let spalten = format!("{id}\t{}\t\\N", f.nutzung);
        (spalten, &f.geom)
    });
    kopiere(db, "flaeche", flaechen).await?;
    let ortsteile = daten.ortsteile.iter().map(|o| (o.id.to_string(), &o.geom));
    kopiere(db, "ortsteil", ortsteile).await?;
    db.execute(
        "UPDATE flaeche SET flaeche_m2 = ST_Area(geom);
         ALTER TABLE flaeche ADD PRIMARY KEY (id);
         ALTER TABLE ortsteil ADD PRIMARY KEY (id);
         CREATE INDEX ON flaeche USING gist (geom);
         CREATE INDEX ON ortsteil USING gist (geom);
         CREATE TABLE ortsteil_stueck AS SELECT id, ST_Subdivide(geom, 32) AS geom FROM ortsteil;
         CREATE INDEX ON ortsteil_stueck USING gist (geom)",
    )
    .await?;
    // Each on its own: VACUUM takes no transaction, not even an implied one.
    db.execute("VACUUM ANALYZE flaeche").await?;
    db.execute("VACUUM ANALYZE ortsteil").await?;
    db.execute("VACUUM ANALYZE ortsteil_stueck").await?;
    Ok(())
}

async fn kopiere<'a>(
    db: &mut PgConnection,
    tabelle: &str,
    zeilen: impl Iterator<Item = (String, &'a MultiPolygon<f64>)>,
) -> Result<()> {
    let mut kopie = db
        .copy_in_raw(&format!("COPY {tabelle} FROM STDIN"))
        .await?;
    let mut puffer = String::new();
    for (spalten, geom) in zeilen {
        puffer.push_str(&spalten);
        puffer.push('\t');
        for byte in ewkb(&geom.clone().into())? {
            write!(puffer, "{byte:02x}")?;
        }
        puffer.push('\n');
        if puffer.len() > 1 << 20 {
            kopie.send(puffer.as_bytes()).await?;
            puffer.clear();
        }
    }
    kopie.send(puffer.as_bytes()).await?;
    kopie.finish().await?;
    Ok(())
}

/// Reads the areas back over the binary protocol, as a program that computes outside
/// the database must.
pub async fn lies(db: &mut PgConnection) -> Result<Vec<Flaeche>> {
    let mut flaechen = Vec::new();
    let mut zeilen = sqlx::query("SELECT nutzung, geom FROM flaeche ORDER BY id").fetch(db);
    while let Some(zeile) = zeilen.try_next().await? {
        let roh = zeile.try_get_raw(1)?;
        let bytes = roh.as_bytes().map_err(anyhow::Error::from_boxed)?;
        let Geometry::MultiPolygon(geom) = Ewkb(bytes).to_geo()? else {
            anyhow::bail!("not a multipolygon");
        };
        flaechen.push(Flaeche {
            nutzung: u8::try_from(zeile.try_get::<i16, _>(0)?)?,
            geom,
        });
    }
    Ok(flaechen)
}

/// A way to compute the join in SQL.
pub struct Variante {
    /// For the table of results.
    pub name: &'static str,
    sql: &'static str,
    parallel: bool,
}

const GANZ: &str =
    "SELECT d.id, a.nutzung, sum(CASE WHEN ST_Covers(d.geom, a.geom) THEN a.flaeche_m2
        ELSE ST_Area(ST_Intersection(a.geom, d.geom)) END)
    FROM ortsteil d JOIN flaeche a ON ST_Intersects(d.geom, a.geom) GROUP BY 1, 2";
const STUECKE: &str =
    "SELECT d.id, a.nutzung, sum(CASE WHEN ST_Covers(d.geom, a.geom) THEN a.flaeche_m2
        ELSE ST_Area(ST_Intersection(a.geom, d.geom)) END)
    FROM ortsteil_stueck d JOIN flaeche a ON d.geom && a.geom GROUP BY 1, 2";

/// The contenders that were best in earlier measurements.
pub const VARIANTEN: [Variante; 4] = [
    Variante {
        name: "SQL: covered takes stored area",
        sql: GANZ,
        parallel: false,
    },
    Variante {
        name: "SQL: covered takes stored area, 2 workers",
        sql: GANZ,
        parallel: true,
    },
    Variante {
        name: "SQL: pieces (ST_Subdivide 32) + covered",
        sql: STUECKE,
        parallel: false,
    },
    Variante {
        name: "SQL: pieces (ST_Subdivide 32) + covered, 2 workers",
        sql: STUECKE,
        parallel: true,
    },
];

/// Runs one variant.
pub async fn rechne(db: &mut PgConnection, variante: &Variante) -> Result<(Duration, Zellen)> {
    db.execute(
        "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0",
    )
    .await?;
    db.execute(if variante.parallel {
        "SET max_parallel_workers_per_gather = 2"
    } else {
        "SET max_parallel_workers_per_gather = 0"
    })
    .await?;
    let start = Instant::now();
    let antwort = sqlx::query(variante.sql).fetch_all(db).await?;
    let dauer = start.elapsed();
    let mut zellen = Zellen::new();
    for z in antwort {
        let nutzung = u8::try_from(z.try_get::<i16, _>(1)?).context("nutzung")?;
        let m2: f64 = z.try_get(2)?;
        if m2 > 0.0 {
            zellen.insert((z.try_get(0)?, nutzung), m2);
        }
    }
    Ok((dauer, zellen))
}
