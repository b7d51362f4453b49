//! The table of the peers: the layer's rows in their order, indexed and analysed as an operator
//! would; and the address of its database.

use std::path::Path;

use anyhow::Result;
use sqlx::PgPool;

/// What a tile of ours carries of an area, close by, with its type.
pub const EIGENSCHAFTEN: [(&str, &str); 21] = [
    ("plan", "text"),
    ("fassung", "int4"),
    ("kennung", "text"),
    ("nutzung", "text"),
    ("nutzung_name", "text"),
    ("gruppe", "text"),
    ("rechtsstand", "text"),
    ("klasse", "text"),
    ("xplan_version", "text"),
    ("gml_id", "text"),
    ("allg_art", "text"),
    ("besondere_art", "text"),
    ("sondernutzung", "text"),
    ("zweckbestimmung", "text"),
    ("name", "text"),
    ("text", "text"),
    ("gueltig", "bool"),
    ("flaeche_m2", "float8"),
    ("dient_zielen", "text"),
    ("belastet_ziele", "text"),
    ("zielbilanz", "float8"),
];

/// Makes `bench.flaeche`, with every column of the layer.
pub async fn lege_an(pool: &PgPool) -> Result<()> {
    sqlx::raw_sql(
        "DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench;
         CREATE TABLE bench.flaeche AS SELECT f.* FROM oeffentlich.flaeche_aktuell f ORDER BY ordnung;
         ALTER TABLE bench.flaeche ADD PRIMARY KEY (ordnung); CREATE UNIQUE INDEX ON bench.flaeche (kennung);
         CREATE INDEX ON bench.flaeche (nutzung, ordnung); CREATE INDEX ON bench.flaeche USING gist (geom)",
    )
    .execute(pool)
    .await?;
    // On its own: VACUUM takes no transaction, not even an implied one.
    sqlx::raw_sql("VACUUM ANALYZE bench.flaeche")
        .execute(pool)
        .await?;
    Ok(())
}

/// The database by its socket, as programs in other languages take it.
pub fn adresse(socket: &Path, port: u16, datenbank: &str) -> String {
    let wirt = percent_encoding::utf8_percent_encode(
        &socket.to_string_lossy(),
        percent_encoding::NON_ALPHANUMERIC,
    )
    .to_string();
    format!("postgresql://postgres@{wirt}:{port}/{datenbank}")
}
