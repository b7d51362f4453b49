//! SQL of the Fachdaten. Reading names no schema: the connection decides the world.

use chrono::NaiveDate;
use geo_types::Geometry;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::geom::{Geom, ewkb};
use crate::error::{Error, Result};

/// A kind of Fachdaten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fachart {
    /// Key.
    pub schluessel: String,
    /// Title.
    pub titel: String,
    /// Group of the legend.
    pub gruppe: String,
    /// Legal basis where an object names none.
    pub rechtsgrundlage: Option<String>,
    /// `hart`, `pruefen` or `hinweis`.
    pub strenge: String,
    /// Published on import unless said otherwise.
    pub oeffentlich: bool,
    /// `#RRGGBB`.
    pub farbe: String,
}

/// All kinds, or those with objects, in their order.
pub async fn arten(conn: &mut PgConnection, nur_vorhandene: bool) -> Result<Vec<Fachart>> {
    Ok(sqlx::query_as!(
        Fachart,
        "SELECT schluessel, titel, gruppe, rechtsgrundlage, strenge, oeffentlich, farbe FROM fachart a
         WHERE NOT $1 OR EXISTS (SELECT FROM fachobjekt f WHERE f.art = a.schluessel) ORDER BY reihenfolge",
        nur_vorhandene
    )
    .fetch_all(conn)
    .await?)
}

/// One object as delivered, checked.
#[derive(Debug, Clone)]
pub struct Angabe {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: Option<String>,
    /// Fields of the source.
    pub attribute: Value,
    /// EPSG:25832.
    pub geom: Geometry<f64>,
}

/// What all objects of one delivery share.
#[derive(Debug, Clone)]
pub struct Lieferung {
    /// Key of [`Fachart`].
    pub art: String,
    /// Source.
    pub quelle: String,
    /// State of the data.
    pub stand: NaiveDate,
    /// Legal basis, where it is not that of the kind.
    pub rechtsgrundlage: Option<String>,
    /// Published.
    pub oeffentlich: bool,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Zugang {
    /// New.
    pub neu: i64,
    /// Changed.
    pub geaendert: i64,
    /// As they were.
    pub unveraendert: i64,
    /// No longer delivered by this source, and removed.
    pub entfallen: i64,
}

/// Makes the objects of this kind and source equal to the delivery, in the running
/// transaction; the public copy follows.
///
/// # Errors
/// [`Error::Eingabe`] when a kennung belongs to another kind or source.
pub async fn ersetze(
    conn: &mut PgConnection,
    lieferung: &Lieferung,
    angaben: &[Angabe],
) -> Result<Zugang> {
    let kennung: Vec<String> = angaben.iter().map(|a| a.kennung.clone()).collect();
    let fremd = sqlx::query!(
        "SELECT kennung, art, quelle FROM fachobjekt WHERE kennung = ANY ($1) AND (art, quelle) <> ($2, $3) ORDER BY kennung LIMIT 1",
        &kennung,
        lieferung.art,
        lieferung.quelle
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(fremd) = fremd {
        return Err(Error::eingabe(format!(
            "Das Objekt „{}“ gibt es schon aus der Quelle „{}“. Ist es dieselbe Quelle, bitte --quelle genau so angeben; sonst mit --schluessel ein anderes Feld nennen.",
            fremd.kennung, fremd.quelle
        )));
    }
    let entfallen = sqlx::query!(
        "DELETE FROM fachobjekt WHERE art = $1 AND quelle = $2 AND kennung <> ALL ($3)",
        lieferung.art,
        lieferung.quelle,
        &kennung
    )
    .execute(&mut *conn)
    .await?
    .rows_affected()
    .cast_signed();
    let id: Vec<Uuid> = angaben.iter().map(|_| Uuid::now_v7()).collect();
    let name: Vec<Option<String>> = angaben.iter().map(|a| a.name.clone()).collect();
    let attribute: Vec<Value> = angaben.iter().map(|a| a.attribute.clone()).collect();
    let geom = angaben
        .iter()
        .map(|a| ewkb(&a.geom))
        .collect::<Result<Vec<Vec<u8>>>>()?;
    let zustand = if lieferung.oeffentlich {
        "veroeffentlicht"
    } else {
        "intern"
    };
    // The delivery is the release of what it holds.
    sqlx::query!("SELECT freigabe.erlaube()")
        .execute(&mut *conn)
        .await?;
    let zeile = sqlx::query!(
        r#"WITH geschrieben AS (
             INSERT INTO fachobjekt AS f (id, kennung, art, name, rechtsgrundlage, quelle, stand, attribute, geom, veroeffentlichung)
             SELECT id, kennung, $1, name, $2, $3, $4, attribute, st_geomfromewkb(geom), $5
             FROM unnest($6::uuid[], $7::text[], $8::text[], $9::jsonb[], $10::bytea[]) AS n(id, kennung, name, attribute, geom)
             ON CONFLICT (kennung) DO UPDATE SET name = excluded.name, rechtsgrundlage = excluded.rechtsgrundlage, stand = excluded.stand,
               attribute = excluded.attribute, geom = excluded.geom, veroeffentlichung = excluded.veroeffentlichung
             WHERE (f.name, f.rechtsgrundlage, f.stand, f.attribute, f.geom, f.veroeffentlichung)
               IS DISTINCT FROM (excluded.name, excluded.rechtsgrundlage, excluded.stand, excluded.attribute, excluded.geom, excluded.veroeffentlichung)
             RETURNING xmax = 0 AS neu)
           SELECT count(*) FILTER (WHERE neu) AS "neu!", count(*) FILTER (WHERE NOT neu) AS "geaendert!" FROM geschrieben"#,
        lieferung.art,
        lieferung.rechtsgrundlage,
        lieferung.quelle,
        lieferung.stand,
        zustand,
        &id,
        &kennung,
        &name as &[Option<String>],
        &attribute,
        &geom
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "SELECT freigabe.fachdaten_nachfuehren($1, $2)",
        lieferung.art,
        lieferung.quelle
    )
    .execute(conn)
    .await?;
    Ok(Zugang {
        neu: zeile.neu,
        geaendert: zeile.geaendert,
        unveraendert: i64::try_from(angaben.len()).unwrap_or(i64::MAX)
            - zeile.neu
            - zeile.geaendert,
        entfallen,
    })
}

/// What of one kind lies in an area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Betroffen {
    /// Key of the kind.
    pub art: String,
    /// Its title.
    pub titel: String,
    /// Its colour.
    pub farbe: String,
    /// `hart`, `pruefen` or `hinweis`.
    pub strenge: String,
    /// Legal bases.
    pub rechtsgrundlage: Option<String>,
    /// Names of the objects.
    pub namen: Option<String>,
    /// Objects.
    pub anzahl: i64,
    /// m² of the area under it; overlapping objects count once. None without areas.
    pub m2: Option<f64>,
    /// Of the area, 0..1.
    pub anteil: Option<f64>,
    /// Metres of lines inside. None without lines.
    pub laenge_m: Option<f64>,
    /// Points inside. None without points.
    pub punkte: Option<i64>,
    /// Sources.
    pub quelle: Option<String>,
    /// Oldest state of the data.
    pub stand: Option<NaiveDate>,
}

/// What lies in an area (EPSG:25832), by kind. Touching is not lying in it.
pub async fn betroffen(conn: &mut PgConnection, gebiet: &Geometry<f64>) -> Result<Vec<Betroffen>> {
    Ok(sqlx::query_file_as!(
        Betroffen,
        "src/fachdaten/betroffen.sql",
        Geom::utm32(gebiet.clone()) as Geom
    )
    .fetch_all(conn)
    .await?)
}
