//! The only dynamic SQL of the project: pages and single features here, extents and
//! start-up checks in [`erkundung`], the text of the statements in [`sql`].
//!
//! Identifiers come from the catalogue and are quoted, values are bound; no text of
//! a request ever becomes SQL. Statements that depend on bound boxes are planned
//! each time (`persistent(false)`): a generic plan would guess their size.

mod erkundung;
mod klassen;
mod sql;
mod strom;

use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, PgPool, Row};

pub use erkundung::{Ausdehnung, ausdehnung, erkunde_geometrie, pruefe_schluessel, pruefe_srid};
pub use klassen::{Tafel, klassen};
use sql::{
    Sql, aus, bedingungen, binde_fassungen, hat_geometrie, ordnung_sql, schluesseltyp, spalten_sql,
    t,
};
pub use strom::{Botschaft, strom, wandler, weltstand};

use super::auswahl::Auswahl;
use super::crs::{Wandler, Ziel};
use super::cursor::{Cursor, Phase};
use super::sammlung::Sammlung;
use crate::error::{Error, Result};

/// A database error in the domain's words.
pub fn fehler(error: sqlx::Error) -> Error {
    let code = error
        .as_database_error()
        .and_then(|e| e.code().map(std::borrow::Cow::into_owned));
    match (&error, code.as_deref()) {
        (_, Some("57014")) => Error::umgebung(
            "Die Abfrage dauerte zu lange und wurde abgebrochen. Verlangen Sie einen kleineren Ausschnitt.",
        ),
        (_, Some("53300" | "57P01" | "57P02" | "57P03"))
        | (sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_), _) => {
            tracing::warn!(%error, "database not available");
            Error::umgebung(
                "Die Datenbank ist zurzeit nicht erreichbar. Versuchen Sie es gleich noch einmal.",
            )
        }
        _ => Error::intern(error),
    }
}

/// One row, as bytes in PostgreSQL's binary form.
#[derive(Debug)]
pub struct Zeile(PgRow);

impl Zeile {
    /// Feature id.
    pub fn schluessel(&self) -> Result<String> {
        let text: Option<String> = self.0.try_get(0).map_err(fehler)?;
        text.ok_or_else(|| Error::intern("a row without key"))
    }

    fn ordnung(&self) -> Result<Option<i64>> {
        self.0.try_get(1).map_err(fehler)
    }

    /// EWKB of the geometry.
    pub fn geometrie(&self) -> Result<Option<&[u8]>> {
        self.bytes(2)
    }

    /// Raw bytes of the n-th property.
    pub fn eigenschaft(&self, n: usize) -> Result<Option<&[u8]>> {
        self.bytes(n + 3)
    }

    fn bytes(&self, n: usize) -> Result<Option<&[u8]>> {
        use sqlx::ValueRef;
        let wert = self.0.try_get_raw(n).map_err(fehler)?;
        if wert.is_null() {
            return Ok(None);
        }
        wert.as_bytes().map(Some).map_err(Error::intern)
    }
}

/// What stands beside the rows of a page.
#[derive(Debug)]
pub struct Ergebnis {
    /// Rows given out.
    pub anzahl: usize,
    /// Rows of the whole request.
    pub gesamt: i64,
    /// Where the next page begins, if there is one.
    pub weiter: Option<Cursor>,
}

/// Reads one page and hands each row to `nimm`, in a stable order.
pub async fn seite(
    pool: &PgPool,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    mut nimm: impl FnMut(&Zeile, Wandler) -> Result<()>,
) -> Result<Ergebnis> {
    let mut anzahl = 0;
    let mut letzte: Option<Cursor> = None;
    let mut mehr = false;
    for phase in phasen(sammlung, auswahl) {
        let (sql, wandler) = seiten_sql(sammlung, auswahl, phase, auswahl.limit - anzahl + 1)?;
        let mut zeilen = sql.fertig(auswahl.bbox.is_none()).fetch(pool);
        while let Some(zeile) = zeilen.try_next().await.map_err(fehler)? {
            if anzahl == auswahl.limit {
                mehr = true;
                break;
            }
            let zeile = Zeile(zeile);
            nimm(&zeile, wandler)?;
            anzahl += 1;
            if anzahl == auswahl.limit {
                letzte = Some(Cursor {
                    phase,
                    ordnung: zeile.ordnung()?,
                    schluessel: zeile.schluessel()?,
                    gesamt: 0,
                });
            }
        }
        if mehr {
            break;
        }
    }
    let gesamt = match &auswahl.cursor {
        Some(cursor) => cursor.gesamt,
        None if !mehr => i64::try_from(anzahl).unwrap_or(i64::MAX),
        None => zaehle(pool, sammlung, auswahl).await?,
    };
    let weiter = letzte
        .filter(|_| mehr)
        .map(|cursor| Cursor { gesamt, ..cursor });
    Ok(Ergebnis {
        anzahl,
        gesamt,
        weiter,
    })
}

/// Rows with a geometry, then those without; a box excludes the latter.
fn phasen(sammlung: &Sammlung, auswahl: &Auswahl) -> Vec<Phase> {
    let alle = match &sammlung.ebene.relation.geometrie {
        Some(_) if auswahl.bbox.is_none() => vec![Phase::Mit, Phase::Ohne],
        _ => vec![Phase::Mit],
    };
    let ab = auswahl
        .cursor
        .as_ref()
        .map_or(Phase::Mit, |cursor| cursor.phase);
    alle.into_iter().skip_while(|phase| *phase != ab).collect()
}

fn seiten_sql(
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    phase: Phase,
    limit: usize,
) -> Result<(Sql, Wandler)> {
    let ebene = &sammlung.ebene;
    let (spalten, wandler) = spalten_sql(ebene, auswahl.crs);
    let mut sql = Sql::default();
    sql.push(&format!("SELECT {spalten} FROM {}", aus(&ebene.relation)));
    bedingungen(&mut sql, sammlung, auswahl)?;
    if let Some(g) = &ebene.relation.geometrie {
        let bedingung = hat_geometrie(g);
        sql.push(&match phase {
            Phase::Mit => format!(" AND {bedingung}"),
            Phase::Ohne => format!(" AND NOT {bedingung}"),
        });
    }
    let schluessel = t(&ebene.schluessel.name);
    let ordnung = ordnung_sql(ebene);
    if let Some(cursor) = auswahl
        .cursor
        .as_ref()
        .filter(|cursor| cursor.phase == phase)
    {
        if let (Some(spalte), Some(nach)) = (&ordnung, cursor.ordnung) {
            sql.push(&format!(" AND ({spalte}, {schluessel}) > ("));
            sql.text(&nach.to_string(), "bigint")?.push(", ");
            sql.text(&cursor.schluessel, schluesseltyp(ebene))?
                .push(")");
        } else {
            sql.push(&format!(" AND {schluessel} > "));
            sql.text(&cursor.schluessel, schluesseltyp(ebene))?;
        }
    }
    let reihenfolge = ordnung.map_or_else(String::new, |spalte| format!("{spalte}, "));
    sql.push(&format!(
        " ORDER BY {reihenfolge}{schluessel} LIMIT {limit}"
    ));
    Ok((sql, wandler))
}

/// Exact number of rows of a request, whatever the page.
async fn zaehle(pool: &PgPool, sammlung: &Sammlung, auswahl: &Auswahl) -> Result<i64> {
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT count(*) FROM {}",
        aus(&sammlung.ebene.relation)
    ));
    bedingungen(&mut sql, sammlung, auswahl)?;
    let zeile = sql
        .fertig(auswahl.bbox.is_none())
        .fetch_one(pool)
        .await
        .map_err(fehler)?;
    zeile.try_get(0).map_err(fehler)
}

/// One feature by id; an id that does not fit the key's type does not exist.
pub async fn einzeln(
    pool: impl PgExecutor<'_>,
    sammlung: &Sammlung,
    id: &str,
    crs: Ziel,
) -> Result<Option<(Zeile, Wandler)>> {
    let ebene = &sammlung.ebene;
    // Ids are the key's text as PostgreSQL writes it, so PostgreSQL reads it: moments and
    // fractions look otherwise in a filter.
    if id.contains('\0') {
        return Ok(None);
    }
    let (spalten, wandler) = spalten_sql(ebene, crs);
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT {spalten} FROM {} WHERE {} = ",
        aus(&ebene.relation),
        t(&ebene.schluessel.name)
    ));
    sql.text(id, schluesseltyp(ebene))?;
    binde_fassungen(&mut sql, sammlung)?;
    match sql.fertig(true).fetch_optional(pool).await {
        Ok(zeile) => Ok(zeile.map(|zeile| (Zeile(zeile), wandler))),
        // Class 22, 23514: the text is no value of the key's type (enum, domain, …).
        Err(e)
            if e.as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .is_some_and(|c| c.starts_with("22") || c == "23514") =>
        {
            Ok(None)
        }
        Err(e) => Err(fehler(e)),
    }
}
