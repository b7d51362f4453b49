//! Raw SQL: what a tutorial writes (`ST_AsGeoJSON` of transformed rows, joined by `json_agg`),
//! over a plain table with the layer's columns, prepared statements, four connections.

use std::time::{Duration, Instant};

use anyhow::Result;
#[expect(clippy::disallowed_types, reason = "statements of the benchmark")]
use sqlx::AssertSqlSafe;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::neben::tabelle;

pub struct Roh {
    pool: PgPool,
    anzahl: i64,
    spalten: String,
}

impl Roh {
    /// Makes the table the peers would have.
    pub async fn neu(verwalter: PgConnectOptions) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(4)
            .connect_with(verwalter.options([("jit", "off")]))
            .await?;
        tabelle::lege_an(&pool).await?;
        let anzahl = sqlx::query_scalar("SELECT count(*) FROM bench.flaeche")
            .fetch_one(&pool)
            .await?;
        let spalten = sqlx::query_scalar("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'bench.flaeche'::regclass AND attnum > 0 AND attname <> 'geom'")
            .fetch_one(&pool)
            .await?;
        Ok(Self {
            pool,
            anzahl,
            spalten,
        })
    }

    fn dokument(&self, rest: &str) -> String {
        format!(
            "SELECT json_build_object('type', 'FeatureCollection', 'features', json_agg(ST_AsGeoJSON(t.*)::json))::text
             FROM (SELECT {}, ST_Transform(geom, 4326) AS geom FROM bench.flaeche WHERE {rest}) t",
            self.spalten
        )
    }

    pub async fn seiten(&self, clients: usize, dauer: Duration) -> Result<f64> {
        let ab = (0..200)
            .map(|n| (n * self.anzahl / 200).to_string())
            .collect::<Vec<_>>();
        let sql = self.dokument("ordnung > $1::bigint ORDER BY ordnung LIMIT 1000");
        self.laste(
            &sql,
            clients,
            dauer,
            ab.into_iter().map(|a| vec![a]).collect(),
        )
        .await
    }

    pub async fn kaesten(
        &self,
        clients: usize,
        dauer: Duration,
        kaesten: &[String],
    ) -> Result<f64> {
        let sql = self.dokument("geom && ST_Transform(ST_MakeEnvelope($1::float8, $2::float8, $3::float8, $4::float8, 4326), 25832) AND ST_Intersects(geom, ST_Transform(ST_MakeEnvelope($1::float8, $2::float8, $3::float8, $4::float8, 4326), 25832)) ORDER BY ordnung LIMIT 1000");
        let werte = kaesten
            .iter()
            .map(|k| k.split(',').map(str::to_owned).collect());
        self.laste(&sql, clients, dauer, werte.collect()).await
    }

    pub async fn filter(
        &self,
        clients: usize,
        dauer: Duration,
        nutzungen: &[String],
    ) -> Result<f64> {
        let sql = self.dokument("nutzung = $1 ORDER BY ordnung LIMIT 1000");
        let werte = nutzungen.iter().map(|n| vec![n.clone()]);
        self.laste(&sql, clients, dauer, werte.collect()).await
    }

    pub async fn eines(&self, clients: usize, dauer: Duration) -> Result<f64> {
        let sql = format!(
            "SELECT ST_AsGeoJSON(t.*) FROM (SELECT {}, ST_Transform(geom, 4326) AS geom FROM bench.flaeche WHERE kennung = $1) t",
            self.spalten
        );
        let werte = (0..500).map(|n| vec![format!("a{}", n * self.anzahl / 500)]);
        self.laste(&sql, clients, dauer, werte.collect()).await
    }

    /// Statements a second.
    async fn laste(
        &self,
        sql: &str,
        clients: usize,
        dauer: Duration,
        werte: Vec<Vec<String>>,
    ) -> Result<f64> {
        let beginn = Instant::now();
        let ende = beginn + dauer;
        let lauf = |n: usize| {
            let (pool, sql, werte) = (self.pool.clone(), sql.to_owned(), werte.clone());
            tokio::spawn(async move {
                let mut conn = pool.acquire().await?;
                let (mut zahl, mut stelle) = (0_usize, n * werte.len() / 4);
                while Instant::now() < ende {
                    let mut frage = sqlx::query(AssertSqlSafe(sql.clone()));
                    for wert in &werte[stelle % werte.len()] {
                        frage = frage.bind(wert.clone());
                    }
                    frage.fetch_one(&mut *conn).await?;
                    stelle += 7;
                    zahl += 1;
                }
                Ok::<_, anyhow::Error>(zahl)
            })
        };
        let laeufe: Vec<_> = (0..clients).map(lauf).collect();
        let mut summe = 0;
        for lauf in laeufe {
            summe += lauf.await??;
        }
        Ok(summe as f64 / beginn.elapsed().as_secs_f64())
    }
}
