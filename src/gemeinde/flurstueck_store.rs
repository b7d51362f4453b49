//! SQL of the parcels. Reading names no schema: the connection decides the world.

use chrono::NaiveDate;
use geo_types::{Coord, Rect};
use serde::Serialize;
use sqlx::PgConnection;

use super::flurstueck::Suche;
use super::kennung::slug;
use crate::error::{Error, Result};

/// A parcel in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlurstueckKurz {
    /// Kennzeichen, its address.
    pub kennzeichen: String,
    /// Name of the Gemarkung.
    pub gemarkung: Option<String>,
    /// Six digits: Land and Gemarkung.
    pub gemarkungsnummer: String,
    /// Flur.
    pub flur: Option<i32>,
    /// `1234/5`.
    pub nummer: String,
    /// m², from the cadastre.
    pub flaeche_amtlich_m2: Option<f64>,
    /// m², plane area in EPSG:25832.
    pub flaeche_m2: f64,
    /// Where it comes from.
    pub quelle: Option<String>,
    /// State of the data.
    pub stand: Option<NaiveDate>,
}

/// One Gemarkung with parcels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gemarkung {
    /// Six digits: Land and Gemarkung.
    pub nummer: String,
    /// Name.
    pub name: Option<String>,
    /// Parcels.
    pub flurstuecke: i64,
}

/// Most parcels one answer lists.
pub const HOECHSTENS: i64 = 200;

/// Gemarkungen by name.
pub async fn gemarkungen(conn: &mut PgConnection) -> Result<Vec<Gemarkung>> {
    Ok(sqlx::query_as!(
        Gemarkung,
        r#"SELECT gemarkungsnummer AS nummer, max(gemarkung) AS name, count(*) AS "flurstuecke!" FROM flurstueck
           GROUP BY gemarkungsnummer ORDER BY max(gemarkung) COLLATE "de-x-icu" NULLS LAST, gemarkungsnummer"#
    )
    .fetch_all(conn)
    .await?)
}

/// The parcel of this Kennzeichen.
pub async fn eines(conn: &mut PgConnection, kennzeichen: &str) -> Result<Option<FlurstueckKurz>> {
    Ok(sqlx::query_as!(
        FlurstueckKurz,
        "SELECT kennzeichen, gemarkung, gemarkungsnummer, flur, nummer, flaeche_amtlich_m2, flaeche_m2, quelle, stand FROM flurstueck WHERE kennzeichen = $1",
        kennzeichen
    )
    .fetch_optional(conn)
    .await?)
}

/// Parcels that fit, the one without Nenner first; at most [`HOECHSTENS`].
///
/// # Errors
/// [`Error::NichtGefunden`] for a Gemarkung without parcels, with the ones there are.
pub async fn suche(conn: &mut PgConnection, suche: &Suche) -> Result<Vec<FlurstueckKurz>> {
    let gemarkungen = match suche {
        Suche::Nummer {
            gemarkung: Some(_), ..
        } => gemarkungen(conn).await?,
        _ => Vec::new(),
    };
    suche_in(conn, &gemarkungen, suche).await
}

/// As [`suche`], with the [`gemarkungen`] looked up before: for many at once.
///
/// # Errors
/// Those of [`suche`].
pub async fn suche_in(
    conn: &mut PgConnection,
    gemarkungen: &[Gemarkung],
    suche: &Suche,
) -> Result<Vec<FlurstueckKurz>> {
    let (gemarkung, flur, zaehler, nenner) = match suche {
        Suche::Kennzeichen(kennzeichen) => {
            return Ok(eines(conn, &kennzeichen.to_string())
                .await?
                .into_iter()
                .collect());
        }
        Suche::Nummer {
            gemarkung,
            flur,
            zaehler,
            nenner,
        } => (gemarkung, flur, zaehler, nenner),
    };
    let nummern = match gemarkung {
        None => None,
        Some(name) => Some(gemeinte(gemarkungen, name)?),
    };
    Ok(sqlx::query_as!(
        FlurstueckKurz,
        r#"SELECT kennzeichen, gemarkung, gemarkungsnummer, flur, nummer, flaeche_amtlich_m2, flaeche_m2, quelle, stand FROM flurstueck
           WHERE zaehler = $1 AND ($2::int IS NULL OR nenner = $2) AND ($3::int IS NULL OR coalesce(flur, 0) = $3)
             AND ($4::text[] IS NULL OR gemarkungsnummer = ANY ($4))
           ORDER BY nenner NULLS FIRST, gemarkung, gemarkungsnummer, flur NULLS FIRST, kennzeichen LIMIT $5"#,
        i32::try_from(*zaehler).unwrap_or(i32::MAX),
        nenner.map(i32::from),
        flur.map(i32::from),
        nummern.as_deref(),
        HOECHSTENS
    )
    .fetch_all(conn)
    .await?)
}

/// Numbers of the Gemarkungen a name or number means: the same name, else one beginning with it.
fn gemeinte(gemarkungen: &[Gemarkung], gesucht: &str) -> Result<Vec<String>> {
    let name = slug(gesucht);
    let passt = |g: &Gemarkung, teil: bool| {
        let eigener = slug(g.name.as_deref().unwrap_or_default());
        g.nummer == gesucht
            || (gesucht.len() == 4 && g.nummer.ends_with(gesucht))
            || eigener == name
            || (teil && eigener.starts_with(&name))
    };
    for teil in [false, true] {
        let nummern: Vec<String> = gemarkungen
            .iter()
            .filter(|g| passt(g, teil))
            .map(|g| g.nummer.clone())
            .collect();
        if !nummern.is_empty() {
            return Ok(nummern);
        }
    }
    let namen: Vec<&str> = gemarkungen
        .iter()
        .map(|g| g.name.as_deref().unwrap_or(&g.nummer))
        .collect();
    let nah = namen
        .iter()
        .min_by_key(|n| strsim::osa_distance(&slug(n), &name))
        .filter(|n| strsim::osa_distance(&slug(n), &name) * 5 <= 2 * name.len().max(n.len()));
    Err(Error::nicht_gefunden(format!(
        "Eine Gemarkung „{gesucht}“ mit Flurstücken gibt es nicht.{} {}",
        nah.map(|n| format!(" Gemeint ist vielleicht „{n}“."))
            .unwrap_or_default(),
        if namen.is_empty() {
            "Es sind noch keine Flurstücke eingelesen.".to_owned()
        } else {
            format!("Vorhanden sind: {}.", namen.join(", "))
        }
    )))
}

/// The box around all Gemeinden and Ortsteile, EPSG:25832; None while there are none.
pub async fn umkreis(conn: &mut PgConnection) -> Result<Option<Rect<f64>>> {
    let zeile = sqlx::query!(
        r#"SELECT st_xmin(e) AS x0, st_ymin(e) AS y0, st_xmax(e) AS x1, st_ymax(e) AS y1
           FROM (SELECT st_extent(geom)::geometry AS e FROM (SELECT geom FROM gemeinde UNION ALL SELECT geom FROM ortsteil) g) a"#
    )
    .fetch_one(conn)
    .await?;
    Ok(match (zeile.x0, zeile.y0, zeile.x1, zeile.y1) {
        (Some(x0), Some(y0), Some(x1), Some(y1)) => {
            Some(Rect::new(Coord { x: x0, y: y0 }, Coord { x: x1, y: y1 }))
        }
        _ => None,
    })
}

/// What an import did to the table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Zugang {
    /// Delivered in several parts and joined.
    pub vereinigt: i64,
    /// Left out: inside the box but not in the Gemeinde.
    pub fremd: i64,
    /// New.
    pub neu: i64,
    /// Changed.
    pub geaendert: i64,
    /// As they were.
    pub unveraendert: i64,
    /// No longer delivered in the same Gemarkungen, and removed.
    pub entfallen: i64,
}

/// Table the import copies into; it ends with the transaction.
pub const ANNAHME: &str = "CREATE TEMP TABLE flurstueck_annahme (kennzeichen text, gemarkungsnummer text, gemarkung text, flur int, zaehler int,
   nenner int, flaeche_amtlich_m2 float8, geom geometry(MultiPolygon, 25832)) ON COMMIT DROP";

/// Takes over what was copied into [`ANNAHME`], in the running transaction.
pub async fn uebernimm(
    conn: &mut PgConnection,
    quelle: Option<&str>,
    stand: Option<NaiveDate>,
    alle: bool,
    ergaenzen: bool,
) -> Result<Zugang> {
    let mut zugang = Zugang::default();
    // The temporary tables are not there when queries are checked at build time.
    let anzahl = sqlx::query(
        "CREATE TEMP TABLE flurstueck_neu ON COMMIT DROP AS
         SELECT kennzeichen, min(gemarkungsnummer) AS gemarkungsnummer, min(gemarkung) AS gemarkung, min(flur) AS flur, min(zaehler) AS zaehler,
           min(nenner) AS nenner, max(flaeche_amtlich_m2) AS flaeche_amtlich_m2,
           (CASE count(*) WHEN 1 THEN (array_agg(geom))[1] ELSE st_multi(st_union(geom)) END)::geometry(MultiPolygon, 25832) AS geom
         FROM flurstueck_annahme GROUP BY kennzeichen",
    )
    .execute(&mut *conn)
    .await?
    .rows_affected()
    .cast_signed();
    zugang.vereinigt = sqlx::query_scalar("SELECT count(*) FROM (SELECT FROM flurstueck_annahme GROUP BY kennzeichen HAVING count(*) > 1) m")
        .fetch_one(&mut *conn)
        .await?;
    if !alle {
        zugang.fremd = sqlx::query(
            "DELETE FROM flurstueck_neu f WHERE EXISTS (SELECT FROM gemeinde WHERE geom IS NOT NULL UNION ALL SELECT FROM ortsteil)
               AND NOT EXISTS (SELECT FROM (SELECT geom FROM gemeinde UNION ALL SELECT geom FROM ortsteil) g
                 WHERE g.geom && f.geom AND st_intersects(g.geom, st_pointonsurface(f.geom)))",
        )
        .execute(&mut *conn)
        .await?
        .rows_affected()
        .cast_signed();
    }
    if !ergaenzen {
        zugang.entfallen = sqlx::query(
            "DELETE FROM flurstueck f WHERE gemarkungsnummer IN (SELECT gemarkungsnummer FROM flurstueck_neu)
               AND NOT EXISTS (SELECT FROM flurstueck_neu n WHERE n.kennzeichen = f.kennzeichen)",
        )
        .execute(&mut *conn)
        .await?
        .rows_affected()
        .cast_signed();
    }
    let (neu, geaendert): (i64, i64) = sqlx::query_as(
        "WITH geschrieben AS (
           INSERT INTO flurstueck AS f (kennzeichen, gemarkungsnummer, gemarkung, flur, zaehler, nenner, flaeche_amtlich_m2, geom, quelle, stand)
           SELECT kennzeichen, gemarkungsnummer, gemarkung, flur, zaehler, nenner, flaeche_amtlich_m2, geom, $1, $2 FROM flurstueck_neu
             ORDER BY gemarkungsnummer, geom
           ON CONFLICT (kennzeichen) DO UPDATE SET gemarkung = excluded.gemarkung, flaeche_amtlich_m2 = excluded.flaeche_amtlich_m2,
             geom = excluded.geom, quelle = excluded.quelle, stand = excluded.stand, seit = clock_timestamp()
           WHERE (f.gemarkung, f.flaeche_amtlich_m2, f.geom, f.quelle, f.stand)
             IS DISTINCT FROM (excluded.gemarkung, excluded.flaeche_amtlich_m2, excluded.geom, excluded.quelle, excluded.stand)
           RETURNING xmax = 0 AS neu)
         SELECT count(*) FILTER (WHERE neu), count(*) FILTER (WHERE NOT neu) FROM geschrieben",
    )
    .bind(quelle)
    .bind(stand)
    .fetch_one(&mut *conn)
    .await?;
    zugang.neu = neu;
    zugang.geaendert = geaendert;
    zugang.unveraendert = anzahl - zugang.fremd - neu - geaendert;
    Ok(zugang)
}

/// One audit row for the whole delivery, sealed with what now stands in its Gemarkungen, and the public copy.
pub async fn vermerke(
    conn: &mut PgConnection,
    datei: &str,
    sha256: &str,
    zugang: &Zugang,
) -> Result<()> {
    sqlx::query(
        "SELECT audit.vermerke('gemeinde.flurstueck', string_agg(gemarkungsnummer, ', ' ORDER BY gemarkungsnummer), 'import',
             jsonb_build_object('datei', $1::text, 'sha256', $2::text, 'zugang', $3::jsonb, 'anzahl', sum(anzahl), 'summe_m2', sum(m2),
               'inhalt', encode(sha256(string_agg(inhalt, ''::bytea ORDER BY gemarkungsnummer)), 'hex')))
         FROM (SELECT gemarkungsnummer, count(*) AS anzahl, sum(flaeche_m2) AS m2,
                 sha256(string_agg(sha256(convert_to(kennzeichen, 'UTF8') || st_asewkb(geom)), ''::bytea ORDER BY kennzeichen)) AS inhalt
               FROM flurstueck WHERE gemarkungsnummer IN (SELECT gemarkungsnummer FROM flurstueck_neu) GROUP BY gemarkungsnummer) g",
    )
    .bind(datei)
    .bind(sha256)
    .bind(sqlx::types::Json(zugang))
    .execute(&mut *conn)
    .await?;
    sqlx::query!("SELECT freigabe.flurstuecke_nachfuehren()")
        .execute(conn)
        .await?;
    Ok(())
}
