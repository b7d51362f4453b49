//! What a snapshot asks: all rows of a collection, those of some keys, which of some keys meet a
//! box. Rows come with what their text does not show: validity, phase, stored degrees.

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Postgres, Row};

use super::sql::{
    Genauigkeit, Sql, Stelle, aus, bedingungen, binde_fassungen, hat_geometrie, ordnung_sql,
    schluesseltyp, spalten_sql, t,
};
use super::{Zeile, fehler, fehler_der_anfrage, folge, gemerkt};
use crate::error::Result;
use crate::layers::auswahl::Auswahl;
use crate::layers::crs::Ziel;
use crate::layers::cursor::Phase;
use crate::layers::ebene::Ebene;
use crate::layers::sammlung::Sammlung;

/// The columns of [`spalten_sql`] and three more: the geometry is valid, the row is of the phase
/// with a geometry, the stored copy in degrees.
fn spalten(ebene: &Ebene) -> String {
    // Coordinates as they are stored, whatever system the text is written in.
    let (spalten, _) = spalten_sql(ebene, ebene.spalten.iter(), true, Ziel::Epsg25832);
    let Some(g) = &ebene.relation.geometrie else {
        return format!("{spalten}, true, true, NULL::bytea");
    };
    let grad = g.grad.as_ref().map_or_else(
        || "NULL::bytea".to_owned(),
        |grad| format!("ST_AsEWKB({})", t(grad)),
    );
    // An arc is more than the chords that are sent.
    let bogen = if g.boegen {
        format!(" AND NOT ST_HasArc({})", t(&g.spalte))
    } else {
        String::new()
    };
    format!(
        "{spalten}, coalesce(ST_IsValid({}){bogen}, false), {}, {grad}",
        t(&g.spalte),
        hat_geometrie(g)
    )
}

fn geordnet(ebene: &Ebene) -> String {
    let ordnung = ordnung_sql(ebene).map_or_else(String::new, |sql| format!("{sql}, "));
    format!(" ORDER BY {ordnung}{}", t(&ebene.schluessel.name))
}

/// All rows of one phase, in the order of the pages.
pub fn alle<'c>(
    conn: &'c mut PgConnection,
    sammlung: &Sammlung,
    phase: Phase,
) -> Result<BoxStream<'c, Result<Zeile>>> {
    let ebene = &sammlung.ebene;
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT {} FROM {} WHERE true",
        spalten(ebene),
        aus(&ebene.relation)
    ));
    binde_fassungen(&mut sql, sammlung)?;
    if let Some(g) = &ebene.relation.geometrie {
        let bedingung = hat_geometrie(g);
        sql.push(&match phase {
            Phase::Mit => format!(" AND {bedingung}"),
            Phase::Ohne => format!(" AND NOT {bedingung}"),
        });
    }
    sql.push(&geordnet(ebene));
    Ok(strom(sql, conn))
}

/// The rows of these keys, in the order of the pages.
pub async fn einige(
    conn: &mut PgConnection,
    sammlung: &Sammlung,
    schluessel: &[String],
) -> Result<Vec<Zeile>> {
    let ebene = &sammlung.ebene;
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT {} FROM {} WHERE true",
        spalten(ebene),
        aus(&ebene.relation)
    ));
    binde_fassungen(&mut sql, sammlung)?;
    unter(&mut sql, ebene, schluessel)?;
    sql.push(&geordnet(ebene));
    strom(sql, conn).try_collect().await
}

fn strom(sql: Sql, conn: &mut PgConnection) -> BoxStream<'_, Result<Zeile>> {
    let zeilen = sql.fertig(false).fetch(conn);
    zeilen
        .map(|zeile: std::result::Result<PgRow, sqlx::Error>| zeile.map(Zeile).map_err(fehler))
        .boxed()
}

/// ` AND key = ANY (…)`
fn unter(sql: &mut Sql, ebene: &Ebene, schluessel: &[String]) -> Result<()> {
    sql.push(&format!(" AND {} = ANY (", t(&ebene.schluessel.name)));
    sql.texte(schluessel, &format!("{}[]", schluesseltyp(ebene)))?
        .push(")");
    Ok(())
}

/// Number of rows: cheaper than to begin reading what will not fit.
pub async fn anzahl(conn: &mut PgConnection, sammlung: &Sammlung) -> Result<i64> {
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT count(*) FROM {} WHERE true",
        aus(&sammlung.ebene.relation)
    ));
    binde_fassungen(&mut sql, sammlung)?;
    let zeile = sql.fertig(false).fetch_one(conn).await.map_err(fehler)?;
    zeile.try_get(0).map_err(fehler)
}

/// Which of these keys meet the request; None when the tables moved on since `stand`.
pub async fn passende(
    pool: impl sqlx::Executor<'_, Database = Postgres>,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    schluessel: &[String],
    stand: &[(String, i64)],
) -> Result<Option<Vec<String>>> {
    let mut sql = kennungen(sammlung, auswahl, stand)?;
    unter(&mut sql, &sammlung.ebene, schluessel)?;
    frage(pool, sql, auswahl).await
}

/// Keys of everything with a geometry that meets the request, in no order; None when the tables
/// moved on since `stand` (none: whatever they are at).
///
/// # Errors
/// A filter that cannot be evaluated; those of the database.
pub async fn getroffene(
    pool: impl sqlx::Executor<'_, Database = Postgres>,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    stand: &[(String, i64)],
) -> Result<Option<Vec<String>>> {
    let mut sql = kennungen(sammlung, auswahl, stand)?;
    if let Some(g) = &sammlung.ebene.relation.geometrie {
        sql.push(&format!(" AND {}", hat_geometrie(g)));
    }
    frage(pool, sql, auswahl).await
}

fn kennungen(sammlung: &Sammlung, auswahl: &Auswahl, stand: &[(String, i64)]) -> Result<Sql> {
    let ebene = &sammlung.ebene;
    let mut sql = Sql::default();
    sql.push(&format!("SELECT {}::text, ", t(&ebene.schluessel.name)));
    gleicher_stand(&mut sql, stand)?;
    sql.push(&format!(" FROM {}", aus(&ebene.relation)));
    bedingungen(&mut sql, sammlung, auswahl, Genauigkeit::Genau)?;
    Ok(sql)
}

async fn frage(
    pool: impl sqlx::Executor<'_, Database = Postgres>,
    sql: Sql,
    auswahl: &Auswahl,
) -> Result<Option<Vec<String>>> {
    let zeilen = sql.fertig(false).fetch_all(pool).await;
    let zeilen = zeilen.map_err(|error| fehler_der_anfrage(auswahl, error))?;
    let gefunden = gleiche(&zeilen)?;
    Ok(gefunden.map(|funde| funde.into_iter().map(|fund| fund.schluessel).collect()))
}

/// A feature that meets a request.
#[derive(Debug)]
pub struct Fund {
    /// Its key as text.
    pub schluessel: String,
    /// Its values of the sort columns.
    pub werte: Vec<Option<String>>,
}

/// The features of a page, one more than it holds, in order; None when the tables moved on since `stand`.
pub async fn schluessel(
    conn: &mut PgConnection,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    stand: &[(String, i64)],
) -> Result<Option<Vec<Fund>>> {
    let ebene = &sammlung.ebene;
    let sortiert = folge::werte_sql(ebene, &auswahl.sortierung)?;
    let mut gefunden = Vec::new();
    for phase in super::phasen(sammlung, auswahl) {
        let fehlen = auswahl.limit + 1 - gefunden.len();
        let mut sql = Sql::default();
        sql.push(&format!("SELECT {}::text, ", t(&ebene.schluessel.name)));
        gleicher_stand(&mut sql, stand)?;
        sql.push(&format!("{sortiert} FROM {}", aus(&ebene.relation)));
        let stelle = Stelle::neu(phase, auswahl, fehlen);
        super::seitenrest(&mut sql, sammlung, auswahl, &stelle)?;
        let zeilen = sql
            .fertig(gemerkt(sammlung, auswahl))
            .fetch_all(&mut *conn)
            .await;
        let zeilen = zeilen.map_err(|error| fehler_der_anfrage(auswahl, error))?;
        let Some(neue) = gleiche(&zeilen)? else {
            return Ok(None);
        };
        gefunden.extend(neue);
        if gefunden.len() > auswahl.limit {
            break;
        }
    }
    Ok(Some(gefunden))
}

/// True while the counters are those given (none: always): read in the same statement as the
/// rows.
fn gleicher_stand(sql: &mut Sql, stand: &[(String, i64)]) -> Result<()> {
    if stand.is_empty() {
        // Not every reader may see the counters.
        sql.push("true");
        return Ok(());
    }
    let namen: Vec<String> = stand.iter().map(|(name, _)| name.clone()).collect();
    let zaehler: Vec<String> = stand.iter().map(|(_, n)| n.to_string()).collect();
    sql.push("(SELECT coalesce(bool_and(coalesce(s.zaehler, 0) = u.n), true) FROM unnest(");
    sql.texte(&namen, "text[]")?.push(", ");
    sql.texte(&zaehler, "bigint[]")?
        .push(") u (name, n) LEFT JOIN oeffentlich.stand s ON s.relation = u.name)");
    Ok(())
}

fn gleiche(zeilen: &[PgRow]) -> Result<Option<Vec<Fund>>> {
    let mut funde = Vec::with_capacity(zeilen.len());
    for zeile in zeilen {
        if zeile.try_get::<Option<bool>, _>(1).map_err(fehler)? != Some(true) {
            return Ok(None);
        }
        let werte = (2..zeile.len()).map(|n| zeile.try_get(n).map_err(fehler));
        funde.push(Fund {
            schluessel: zeile.try_get(0).map_err(fehler)?,
            werte: werte.collect::<Result<_>>()?,
        });
    }
    Ok(Some(funde))
}
