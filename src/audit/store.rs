//! SQL of the history of one object; tables without schema, the pool's world decides.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, Row};

use crate::error::Result;

/// Names by table and number or code.
pub type Namen = HashMap<(String, String), String>;
/// By table and key: when a version was written, and the id of the change.
pub type Anfaenge = HashMap<(String, String), Vec<(DateTime<Utc>, i64)>>;

/// One version of one row.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Version {
    /// `strategie.raumbezug`.
    pub tabelle: String,
    /// Key of the row.
    pub schluessel: String,
    /// From this moment.
    pub von: DateTime<Utc>,
    /// Until this moment; None: it still is so.
    pub bis: Option<DateTime<Utc>>,
    /// Change that ended it.
    pub beendet_durch: Option<i64>,
    /// Values.
    pub daten: Value,
}

/// All versions of an object and of what belongs to it, oldest first.
pub async fn versionen(conn: &mut PgConnection, art: &str, kennung: &str) -> Result<Vec<Version>> {
    Ok(sqlx::query_as(
        "SELECT tabelle, schluessel, von, bis, beendet_durch, daten FROM verlauf_zeile WHERE gegenstand = $1 AND kennung = $2
         ORDER BY tabelle, schluessel, von, bis NULLS LAST",
    )
    .bind(art)
    .bind(kennung)
    .fetch_all(conn)
    .await?)
}

/// Kinds of objects that keep a history.
pub async fn arten(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(
        sqlx::query_scalar("SELECT DISTINCT tabelle FROM benennung ORDER BY 1")
            .fetch_all(conn)
            .await?,
    )
}

/// Author and reason of a change.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Urheber {
    /// Number of the change in the order of the commits.
    pub lfd: Option<i64>,
    /// Author.
    pub wer: String,
    /// Reason.
    pub warum: String,
}

/// True in the worlds of staff: authors and reasons are theirs to see, as far as the rows are.
pub async fn sieht_urheber(conn: &mut PgConnection) -> Result<bool> {
    // The staff's search_path reads the working table, the public's its copy.
    Ok(sqlx::query_scalar(
        "SELECT has_schema_privilege('audit', 'USAGE') AND to_regclass('benennung') IN (to_regclass('strategie.benennung'), to_regclass('leser.benennung'))",
    )
    .fetch_one(conn)
    .await?)
}

/// Changes by id, and the change that made each first version (table, key, moment).
pub async fn urheber(
    conn: &mut PgConnection,
    versionen: &[Version],
) -> Result<(HashMap<i64, Urheber>, Anfaenge)> {
    let tabellen: Vec<&str> = versionen.iter().map(|v| v.tabelle.as_str()).collect();
    let schluessel: Vec<&str> = versionen.iter().map(|v| v.schluessel.as_str()).collect();
    let zeilen = sqlx::query(
        "SELECT z.relation, z.schluessel, (z.daten ->> 'seit')::timestamptz AS seit, a.id FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id
         JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) u (relation, schluessel)) u USING (relation, schluessel)
         WHERE z.art IN ('neu', 'geaendert') AND z.daten ? 'seit'",
    )
    .bind(tabellen)
    .bind(schluessel)
    .fetch_all(&mut *conn)
    .await?;
    let mut anfaenge = Anfaenge::new();
    let mut ids: Vec<i64> = versionen.iter().filter_map(|v| v.beendet_durch).collect();
    for zeile in &zeilen {
        ids.push(zeile.get("id"));
        anfaenge
            .entry((zeile.get("relation"), zeile.get("schluessel")))
            .or_default()
            .push((zeile.get("seit"), zeile.get("id")));
    }
    let aenderungen =
        sqlx::query("SELECT id, lfd, wer, warum FROM audit.aenderung WHERE id = ANY ($1)")
            .bind(ids)
            .fetch_all(conn)
            .await?;
    let aenderungen = aenderungen
        .iter()
        .map(|zeile| {
            let urheber = Urheber {
                lfd: zeile.get("lfd"),
                wer: zeile.get("wer"),
                warum: zeile.get("warum"),
            };
            (zeile.get("id"), urheber)
        })
        .collect();
    Ok((aenderungen, anfaenge))
}

/// What tables and columns are called, from their COMMENTs: German title and, for a code, its table.
#[derive(Debug, Default)]
pub struct Titel {
    /// By table.
    pub tabellen: HashMap<String, String>,
    /// By table and column.
    pub spalten: HashMap<(String, String), (String, Option<String>)>,
}

/// Reads the titles of these tables.
pub async fn titel(conn: &mut PgConnection, tabellen: &[String]) -> Result<Titel> {
    let zeilen = sqlx::query(
        "SELECT t.name, split_part(coalesce(obj_description(t.name::regclass), t.name), E'\\n', 1) AS tabelle, a.attname::text AS spalte,
           regexp_replace(split_part(coalesce(col_description(t.name::regclass, a.attnum), a.attname), E'\\n', 1), '\\s*\\[.*', '') AS titel,
           substring(col_description(t.name::regclass, a.attnum) FROM '\\[code [a-z]+\\.([a-z_]+)\\]') AS code
         FROM (SELECT DISTINCT unnest($1::text[]) AS name) t JOIN pg_attribute a ON a.attrelid = t.name::regclass AND a.attnum > 0 AND NOT a.attisdropped",
    )
    .bind(tabellen)
    .fetch_all(conn)
    .await?;
    let mut titel = Titel::default();
    for zeile in &zeilen {
        let name: String = zeile.get("name");
        titel.tabellen.insert(name.clone(), zeile.get("tabelle"));
        titel.spalten.insert(
            (name, zeile.get("spalte")),
            (zeile.get("titel"), zeile.get("code")),
        );
    }
    Ok(titel)
}

/// Names for internal numbers and titles for codes; keys are (table, number or code). What the
/// reader may not see has no name.
pub async fn namen(
    conn: &mut PgConnection,
    ids: &[String],
    codes: &[String],
) -> Result<(Namen, Namen)> {
    let paare = |zeilen: Vec<(String, String, String)>| {
        zeilen
            .into_iter()
            .map(|(tabelle, id, name)| ((tabelle, id), name))
            .collect()
    };
    let namen = sqlx::query_as("SELECT tabelle, id, name FROM benennung WHERE id = ANY ($1)")
        .bind(ids)
        .fetch_all(&mut *conn)
        .await?;
    let codes = sqlx::query_as(
        "SELECT tabelle, schluessel, titel FROM code_titel WHERE schluessel = ANY ($1)",
    )
    .bind(codes)
    .fetch_all(conn)
    .await?;
    Ok((paare(namen), paare(codes)))
}
