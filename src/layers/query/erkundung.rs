//! What is asked of a whole relation: its extent, and at start-up its geometries and keys.

use sqlx::{PgPool, Row};

use super::fehler;
use super::sql::{Sql, aus, binde_fassungen, geometrie_sql, hat_geometrie, t};
use crate::error::{Error, Result};
use crate::layers::ebene::Ebene;
use crate::layers::relation::{Geometrie, Relation, quotiere};
use crate::layers::sammlung::Sammlung;
use crate::layers::wert::Klasse;

/// Extent in CRS84 and in time.
#[derive(Debug, Clone, Default)]
pub struct Ausdehnung {
    /// West, south, east, north in degrees; None when no row has a geometry.
    pub raum: Option<[f64; 4]>,
    /// First and last moment, RFC 3339; None is open.
    pub zeit: Option<[Option<String>; 2]>,
    /// Features.
    pub anzahl: i64,
}

/// Computed from the rows the role sees, never from statistics, which know drafts.
pub async fn ausdehnung(pool: &PgPool, sammlung: &Sammlung) -> Result<Ausdehnung> {
    let ebene = &sammlung.ebene;
    let relation = &ebene.relation;
    let mut sql = Sql::default();
    // The box of the data is densified before it is turned: its edges are curves in degrees.
    sql.push("WITH e AS (SELECT count(*) AS anzahl, ");
    match &relation.geometrie {
        Some(g) => sql.push(&format!(
            "ST_SetSRID(ST_Extent({})::geometry, {}) AS g",
            geometrie_sql(g),
            g.srid
        )),
        None => sql.push("NULL::geometry AS g"),
    };
    for (funktion, spalte) in ["min", "max"].iter().zip(ebene.zeit.iter().flatten()) {
        let name = t(&spalte.name);
        let zone = if spalte.klasse == Klasse::Zeitpunkt {
            ""
        } else {
            "::timestamp AT TIME ZONE 'UTC'"
        };
        // One open end makes the whole end open.
        sql.push(&format!(
            ", CASE WHEN bool_or({name} IS NULL OR NOT isfinite({name})) THEN NULL ELSE {funktion}({name}){zone} END AS {funktion}"
        ));
    }
    if ebene.zeit.is_none() {
        sql.push(", NULL::timestamptz AS min, NULL::timestamptz AS max");
    }
    sql.push(&format!(" FROM {} WHERE true", aus(relation)));
    binde_fassungen(&mut sql, sammlung)?;
    sql.push(
        "), k AS (SELECT e.*, ST_Transform(ST_Segmentize(g, greatest(ST_XMax(g) - ST_XMin(g), ST_YMax(g) - ST_YMin(g), 1e-9) / 50), 4326) AS w FROM e)
         SELECT ST_XMin(w), ST_YMin(w), ST_XMax(w), ST_YMax(w), min, max, anzahl FROM k",
    );
    let zeile = sql.fertig(true).fetch_one(pool).await.map_err(fehler)?;
    let grad = |n: usize| zeile.try_get::<Option<f64>, _>(n).map_err(fehler);
    let raum = match (grad(0)?, grad(1)?, grad(2)?, grad(3)?) {
        (Some(w), Some(s), Some(o), Some(n)) => Some([w, s, o, n]),
        _ => None,
    };
    let moment = |n: usize| -> Result<Option<String>> {
        let zeit: Option<chrono::DateTime<chrono::Utc>> = zeile.try_get(n).map_err(fehler)?;
        Ok(zeit.map(|z| z.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)))
    };
    let zeit = match ebene.zeit {
        Some(_) => Some([moment(4)?, moment(5)?]),
        None => None,
    };
    let anzahl = zeile.try_get(6).map_err(fehler)?;
    Ok(Ausdehnung { raum, zeit, anzahl })
}

/// Looks at rows of an untyped geometry column: which SRID, which dimension.
pub async fn erkunde_geometrie(
    pool: &PgPool,
    relation: &Relation,
    g: &mut Geometrie,
) -> Result<()> {
    let spalte = format!("{}::geometry", t(&g.spalte));
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT mode() WITHIN GROUP (ORDER BY srid) FILTER (WHERE srid <> 0),
                min(d), max(d)
         FROM (SELECT ST_SRID({spalte}) AS srid, ST_Dimension({spalte}) AS d FROM {} WHERE {} LIMIT 10000) s",
        aus(relation),
        hat_geometrie(g)
    ));
    let zeile = sql.fertig(false).fetch_one(pool).await.map_err(fehler)?;
    let zahl = |n: usize| zeile.try_get::<Option<i32>, _>(n).map_err(fehler);
    if g.srid == 0 {
        g.srid = match zahl(0)? {
            Some(srid) => srid,
            // No row: whatever comes will be taken for ours.
            None if zahl(1)?.is_none() => 25832,
            None => {
                return Err(Error::eingabe(format!(
                    "Die Geometrien von {}.{} nennen kein Koordinatensystem (SRID 0). Tragen Sie das richtige ein, zum Beispiel für UTM 32:\n  ALTER TABLE {}.{} ALTER COLUMN {} TYPE geometry(Geometry, 25832) USING ST_SetSRID({}, 25832);",
                    relation.schema,
                    relation.name,
                    quotiere(&relation.schema),
                    quotiere(&relation.name),
                    quotiere(&g.spalte),
                    quotiere(&g.spalte)
                )));
            }
        };
    }
    if g.dimension.is_none()
        && let (Some(min), Some(max)) = (zahl(1)?, zahl(2)?)
    {
        g.dimension = u8::try_from(max).ok().filter(|_| min == max);
    }
    Ok(())
}

/// A system PostGIS does not know cannot be turned into degrees: better said at start.
pub async fn pruefe_srid(pool: &PgPool, relation: &Relation, g: &Geometrie) -> Result<()> {
    let bekannt: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM spatial_ref_sys WHERE srid = $1)")
            .bind(g.srid)
            .fetch_one(pool)
            .await
            .map_err(fehler)?;
    if bekannt {
        return Ok(());
    }
    Err(Error::eingabe(format!(
        "Das Koordinatensystem {} von {}.{} kennt PostGIS nicht. Tragen Sie es in spatial_ref_sys ein oder berichtigen Sie die SRID der Spalte „{}“.",
        g.srid, relation.schema, relation.name, g.spalte
    )))
}

/// A town's own key must name each row: paging would lose the others without a word.
pub async fn pruefe_schluessel(pool: &PgPool, ebene: &Ebene) -> Result<()> {
    let (schluessel, relation) = (t(&ebene.schluessel.name), &ebene.relation);
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT {schluessel}::text FROM {} GROUP BY {schluessel} HAVING count(*) > 1 OR {schluessel} IS NULL ORDER BY {schluessel} LIMIT 1",
        aus(relation)
    ));
    let doppelt = sql
        .fertig(false)
        .fetch_optional(pool)
        .await
        .map_err(|e| {
            let code = e.as_database_error().and_then(|d| d.code().map(std::borrow::Cow::into_owned));
            match code.as_deref() {
                // 42883: no equality or no order.
                Some("42883") => Error::eingabe(format!(
                    "key: „{}“ ist vom Typ {}, der keine Reihenfolge hat; Objekte brauchen einen Schlüssel, der sich ordnen lässt (Zahl, Text, UUID, Datum).",
                    ebene.schluessel.name, ebene.schluessel.typ
                )),
                _ => fehler(e),
            }
        })?;
    let Some(zeile) = doppelt else { return Ok(()) };
    let was = match zeile.try_get::<Option<String>, _>(0).map_err(fehler)? {
        Some(wert) => format!("der Wert „{wert}“ steht mehrfach darin"),
        None => "sie enthält NULL".into(),
    };
    Err(Error::eingabe(format!(
        "Die Spalte „{}“ von {}.{} bezeichnet nicht jedes Objekt eindeutig: {was}. Nennen Sie mit key eine andere Spalte.",
        ebene.schluessel.name, relation.schema, relation.name
    )))
}
