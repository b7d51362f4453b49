//! SQL of taking along; read through the reader's own pool, so unqualified names mean their world.

use chrono::{DateTime, Utc};
use geo_types::Geometry;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::db::geom::Geom;
use crate::error::Result;

/// Name, shape, shape without its border.
pub type Ort = (String, Geometry<f64>, Geometry<f64>);

/// An Ortsteil with its area.
pub async fn ortsteil(conn: &mut PgConnection, kennung: &str) -> Result<Option<Ort>> {
    let zeile = sqlx::query!(
        r#"SELECT name, geom AS "geom!: Geom", st_buffer(geom, -0.05) AS "innen!: Geom" FROM ortsteil WHERE kennung = $1 AND geom IS NOT NULL"#,
        kennung
    )
    .fetch_optional(conn)
    .await?;
    Ok(zeile.map(|z| (z.name, z.geom.geometry, z.innen.geometry)))
}

/// An area of village renewal.
pub async fn gebiet(conn: &mut PgConnection, kennung: &str) -> Result<Option<Ort>> {
    let zeile = sqlx::query!(
        r#"SELECT name, geom AS "geom!: Geom", st_buffer(geom, -0.05) AS "innen!: Geom" FROM gebiet WHERE kennung = $1 AND geom IS NOT NULL"#,
        kennung
    )
    .fetch_optional(conn)
    .await?;
    Ok(zeile.map(|z| (z.name, z.geom.geometry, z.innen.geometry)))
}

/// What the Gemeinden of this service are known by: kennungen and Gemeindeschlüssel.
pub async fn gemeinden(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT k AS "k!" FROM (SELECT kennung AS k FROM gemeinde UNION SELECT 'AGS ' || ags FROM gemeinde WHERE ags IS NOT NULL) AS alle ORDER BY 1"#
    )
    .fetch_all(conn)
    .await?)
}

/// Version of every object of a table, by kennung; through a staff world.
pub async fn marken(pool: &PgPool, relation: &str, wo: &Value) -> Result<Vec<(String, String)>> {
    let zeilen = sqlx::query!(
        r#"SELECT zeile ->> 'kennung' AS "kennung!", marke AS "marke!" FROM freigabe.zeilen($1::text::regclass, $2, 0, 2147483647)"#,
        relation,
        wo
    )
    .fetch_all(pool)
    .await?;
    Ok(zeilen.into_iter().map(|z| (z.kennung, z.marke)).collect())
}

/// Rows of a table, all as text.
pub type Zeilen = Vec<Vec<Option<String>>>;

/// Goals.
pub async fn ziele(conn: &mut PgConnection) -> Result<Zeilen> {
    let zeilen = sqlx::query!(
        r#"SELECT z.kennung, z.nummer, z.titel, z.text, z.ebene, h.kennung AS "handlungsfeld?", h.titel AS "handlungsfeld_titel?", u.kennung AS "uebergeordnet?"
           FROM ziel z LEFT JOIN handlungsfeld h ON h.id = z.handlungsfeld_id LEFT JOIN ziel u ON u.id = z.uebergeordnet_id ORDER BY z.kennung"#
    )
    .fetch_all(conn)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| {
            vec![
                Some(z.kennung),
                z.nummer,
                Some(z.titel),
                z.text,
                Some(z.ebene),
                z.handlungsfeld,
                z.handlungsfeld_titel,
                z.uebergeordnet,
            ]
        })
        .collect())
}

/// Which measure serves which goal.
pub async fn ziele_der_massnahmen(conn: &mut PgConnection) -> Result<Zeilen> {
    let zeilen = sqlx::query!(
        r#"SELECT m.kennung AS massnahme, z.kennung AS ziel, z.titel AS ziel_titel, v.beitrag, v.haupt
           FROM ziel_massnahme v JOIN massnahme m ON m.id = v.massnahme_id JOIN ziel z ON z.id = v.ziel_id ORDER BY 1, 2"#
    )
    .fetch_all(conn)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| {
            vec![
                Some(z.massnahme),
                Some(z.ziel),
                Some(z.ziel_titel),
                Some(z.beitrag.to_string()),
                Some(if z.haupt { "ja" } else { "nein" }.to_owned()),
            ]
        })
        .collect())
}

/// Indicators.
pub async fn kennzahlen(conn: &mut PgConnection) -> Result<Zeilen> {
    let zeilen = sqlx::query!("SELECT kennung, titel, einheit FROM kennzahl ORDER BY kennung")
        .fetch_all(conn)
        .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| vec![Some(z.kennung), Some(z.titel), Some(z.einheit)])
        .collect())
}

/// Which measure moves which indicator.
pub async fn kennzahlen_der_massnahmen(conn: &mut PgConnection) -> Result<Zeilen> {
    let zeilen = sqlx::query!(
        r#"SELECT m.kennung AS massnahme, k.kennung AS kennzahl, k.titel AS kennzahl_titel, v.wirkung
           FROM massnahme_kennzahl v JOIN massnahme m ON m.id = v.massnahme_id JOIN kennzahl k ON k.id = v.kennzahl_id ORDER BY 1, 2"#
    )
    .fetch_all(conn)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| {
            vec![
                Some(z.massnahme),
                Some(z.kennzahl),
                Some(z.kennzahl_titel),
                Some(z.wirkung),
            ]
        })
        .collect())
}

/// Which measure concerns which Ortsteil.
pub async fn ortsteile_der_massnahmen(conn: &mut PgConnection) -> Result<Zeilen> {
    let zeilen = sqlx::query!(
        r#"SELECT m.kennung AS massnahme, m.titel AS massnahme_titel, o.kennung AS ortsteil, o.name AS ortsteil_name
           FROM massnahme_ortsteil v JOIN massnahme m ON m.id = v.massnahme_id JOIN ortsteil o ON o.id = v.ortsteil_id ORDER BY 1, 3"#
    )
    .fetch_all(conn)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| {
            vec![
                Some(z.massnahme),
                Some(z.massnahme_titel),
                Some(z.ortsteil),
                Some(z.ortsteil_name),
            ]
        })
        .collect())
}

/// Comparisons kept for one author.
const HOECHSTENS: i64 = 50;

/// A stored comparison.
#[derive(Debug)]
pub struct Abgelegt {
    /// Its number.
    pub id: Uuid,
    /// Name of the file.
    pub datei: String,
    /// What was read of it: [`super::rueckgabe::Rueckgabe`].
    pub inhalt: Value,
    /// Until when it is kept.
    pub bis: DateTime<Utc>,
    /// When it was accepted.
    pub uebernommen_am: Option<DateTime<Utc>>,
    /// What was written then.
    pub ergebnis: Option<Value>,
}

/// Keeps what was read of a file for its author; what has expired goes, and of many the oldest.
pub async fn lege_ab(
    pool: &PgPool,
    wer: &str,
    datei: &str,
    sha256: &str,
    inhalt: &Value,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let mut tx = pool.begin().await?;
    sqlx::query!("DELETE FROM freigabe.mitnahme WHERE bis < clock_timestamp()")
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "INSERT INTO freigabe.mitnahme (id, konto, datei, sha256, inhalt) VALUES ($1, $2, $3, $4, $5)",
        id,
        wer,
        datei,
        sha256,
        inhalt
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "DELETE FROM freigabe.mitnahme WHERE konto = $1 AND id NOT IN
           (SELECT id FROM freigabe.mitnahme WHERE konto = $1 ORDER BY erstellt_am DESC LIMIT $2)",
        wer,
        HOECHSTENS
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// A stored comparison of this author, locked for the transaction; None: unknown, expired or
/// another's.
pub async fn sperre(conn: &mut PgConnection, wer: &str, id: Uuid) -> Result<Option<Abgelegt>> {
    Ok(sqlx::query_as!(
        Abgelegt,
        "SELECT id, datei, inhalt, bis, uebernommen_am, ergebnis FROM freigabe.mitnahme
         WHERE id = $1 AND konto = $2 AND bis >= clock_timestamp() FOR UPDATE",
        id,
        wer
    )
    .fetch_optional(conn)
    .await?)
}

/// The same to look at.
pub async fn lies(pool: &PgPool, wer: &str, id: Uuid) -> Result<Option<Abgelegt>> {
    Ok(sqlx::query_as!(
        Abgelegt,
        "SELECT id, datei, inhalt, bis, uebernommen_am, ergebnis FROM freigabe.mitnahme
         WHERE id = $1 AND konto = $2 AND bis >= clock_timestamp()",
        id,
        wer
    )
    .fetch_optional(pool)
    .await?)
}

/// It was accepted, with this result.
pub async fn abgeschlossen(conn: &mut PgConnection, id: Uuid, ergebnis: &Value) -> Result<()> {
    sqlx::query!(
        "UPDATE freigabe.mitnahme SET uebernommen_am = clock_timestamp(), ergebnis = $2 WHERE id = $1",
        id,
        ergebnis
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Open comparisons of an author: number, file, when.
pub async fn offene(pool: &PgPool, wer: &str) -> Result<Vec<(Uuid, String, DateTime<Utc>)>> {
    let zeilen = sqlx::query!(
        "SELECT id, datei, erstellt_am FROM freigabe.mitnahme
         WHERE konto = $1 AND bis >= clock_timestamp() AND uebernommen_am IS NULL ORDER BY erstellt_am DESC LIMIT 20",
        wer
    )
    .fetch_all(pool)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| (z.id, z.datei, z.erstellt_am))
        .collect())
}
