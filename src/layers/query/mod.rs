//! The only dynamic SQL of the project: pages and single features here, extents and
//! start-up checks in [`erkundung`], the text of the statements in [`sql`].
//!
//! Identifiers come from the catalogue and are quoted, values are bound; no text of
//! a request ever becomes SQL. Statements that depend on bound boxes are planned
//! each time (`persistent(false)`): a generic plan would guess their size.

mod codes;
mod erkundung;
mod folge;
mod kasten;
mod klassen;
pub(in crate::layers) mod laden;
mod leitung;
pub(super) mod sql;
mod strom;
mod umfang;
mod zahl;

use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, PgPool, Row};

pub use codes::{Codes, codeliste, codes};
pub use erkundung::{Ausdehnung, ausdehnung, erkunde_geometrie, pruefe_schluessel, pruefe_srid};
pub use klassen::{Tafel, klassen};
pub use laden::getroffene;
pub use leitung::Leitung;
use sql::{
    Sql, Stelle, aus, bedingungen, binde_fassungen, hat_geometrie, schluesseltyp, spalten_sql, t,
};
pub use strom::{Botschaft, strom, wandler, weltstand};
pub use umfang::Gezaehlt;
pub use zahl::{zaehle, zaehle_genau};

use super::auswahl::{Auswahl, LIMIT_MAX};
use super::bbox::Bbox;
use super::crs::{Wandler, Ziel};
use super::cursor::{self, Cursor, Phase};
use super::relation::quotiere;
use super::sammlung::Sammlung;
use super::transactions::Traeger;
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

/// The same for a request: what a filter or a cursor makes impossible is the caller's to change.
fn fehler_der_anfrage(auswahl: &Auswahl, error: sqlx::Error) -> Error {
    let code = error
        .as_database_error()
        .and_then(|e| e.code().map(std::borrow::Cow::into_owned))
        .unwrap_or_default();
    // 22: a value out of range; 54: too much for the planner; XX000: PostGIS refuses a geometry.
    if auswahl.cql.is_some()
        && (code.starts_with("22") || code.starts_with("54") || code == "XX000")
    {
        tracing::info!(%error, "a filter cannot be evaluated");
        return Error::parameter(
            "filter",
            "Der Filter lässt sich nicht für alle Objekte ausrechnen (eine Zahl ist zu groß, oder eine Geometrie lässt den Vergleich nicht zu). Schränken Sie ihn ein.",
        );
    }
    if auswahl.cursor.is_some() && code.starts_with("22") {
        return cursor::fremd();
    }
    fehler(error)
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

    /// Place in the spatial order.
    pub fn ordnung(&self) -> Result<Option<i64>> {
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

    /// The text of the last columns, from the n-th property on.
    fn texte(&self, ab: usize) -> Result<Vec<Option<String>>> {
        let stellen = ab + 3..self.0.len();
        let text = |n| self.0.try_get(n).map_err(fehler);
        stellen.map(text).collect()
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
    /// Rows of the whole request, where they could be counted in time.
    pub gesamt: Option<i64>,
    /// Where the next page begins, if there is one.
    pub weiter: Option<Cursor>,
}

/// Who takes the rows of a page.
pub trait Abnehmer {
    /// Takes one row.
    fn nimm(&mut self, zeile: &Zeile, wandler: Wandler) -> Result<()>;

    /// Passes on what was taken, if that is much; waits as long as nobody wants it.
    fn gib_weiter(&mut self) -> impl Future<Output = Result<()>> + Send;
}

/// Reads one page and hands each row to `abnehmer`, in a stable order. Who stops waiting for it
/// ends its query. `gezaehlt`: where the count of the collection as it is now is kept.
pub async fn seite(
    pool: &PgPool,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    gezaehlt: Option<&Gezaehlt>,
    abnehmer: &mut (impl Abnehmer + Send),
) -> Result<Ergebnis> {
    let mut leitung = Leitung::neu(pool).await?;
    if auswahl.limit > LIMIT_MAX {
        // As long as the client takes, which is given up when it takes nothing at all.
        leitung.geduldig().await?;
    }
    let fest = fester_plan(sammlung, auswahl);
    if fest {
        leitung.fester_plan().await?;
    }
    let ergebnis = seite_auf(&mut leitung, sammlung, auswahl, gezaehlt, abnehmer).await?;
    if fest {
        leitung.gewohnt().await?;
    }
    leitung.frei();
    Ok(ergebnis)
}

/// Views of measures hold few rows and reckon much of each: for a reader who does not see every
/// row PostgreSQL plans one for 100 to 300 ms, each time, and reads it in a third of that. No box
/// is worth a plan of its own there.
fn fester_plan(sammlung: &Sammlung, auswahl: &Auswahl) -> bool {
    nach_massnahme(sammlung) && auswahl.cql.is_none()
}

fn nach_massnahme(sammlung: &Sammlung) -> bool {
    sammlung.ebene.eigen && sammlung.ebene.relation.spalte("massnahme_id").is_some()
}

async fn seite_auf(
    leitung: &mut Leitung,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    gezaehlt: Option<&Gezaehlt>,
    abnehmer: &mut (impl Abnehmer + Send),
) -> Result<Ergebnis> {
    let gezaehlt = gezaehlt.filter(|_| !auswahl.schraenkt_ein());
    let blatt = match kasten::Kastenfrage::neu(sammlung, auswahl) {
        Some(frage) => kasten::seite(leitung, (sammlung, auswahl), &frage, abnehmer).await?,
        None => blatt(leitung, sammlung, auswahl, gezaehlt, abnehmer).await?,
    };
    let gesamt = match &auswahl.cursor {
        Some(cursor) => cursor.gesamt,
        None if !blatt.mehr && (blatt.anzahl > 0 || auswahl.ab.is_none()) => {
            i64::try_from(auswahl.ab.unwrap_or_default() + blatt.anzahl).ok()
        }
        None => match gezaehlt {
            Some(gezaehlt) => Some(gezaehlt.umfang(leitung.offen()?, sammlung).await?.gesamt),
            None => zaehle(leitung.offen()?, sammlung, auswahl).await?,
        },
    };
    let letzte = blatt.letzte.filter(|_| blatt.mehr);
    let weiter = letzte.map(|cursor| Cursor { gesamt, ..cursor });
    Ok(Ergebnis {
        anzahl: blatt.anzahl,
        gesamt,
        weiter,
    })
}

/// What was given out of a page.
#[derive(Debug, Default)]
struct Blatt {
    /// Rows.
    anzahl: usize,
    /// At least one more follows.
    mehr: bool,
    /// Behind the last row of a full page.
    letzte: Option<Cursor>,
}

/// A page as the database finds it.
async fn blatt(
    leitung: &mut Leitung,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    gezaehlt: Option<&Gezaehlt>,
    abnehmer: &mut (impl Abnehmer + Send),
) -> Result<Blatt> {
    let mut blatt = Blatt::default();
    for phase in phasen(sammlung, auswahl) {
        // To find none without a geometry, all would be looked at.
        if phase == Phase::Ohne
            && auswahl.cursor.is_some()
            && let Some(gezaehlt) = gezaehlt
            && gezaehlt
                .umfang(leitung.offen()?, sammlung)
                .await?
                .ohne_geometrie
                == 0
        {
            break;
        }
        let stelle = Stelle::neu(phase, auswahl, auswahl.limit - blatt.anzahl + 1);
        let (sql, wandler) = seiten_sql(sammlung, auswahl, &stelle)?;
        let mut zeilen = sql
            .fertig(gemerkt(sammlung, auswahl))
            .fetch(leitung.offen()?);
        let nicht = |error| fehler_der_anfrage(auswahl, error);
        while let Some(zeile) = zeilen.try_next().await.map_err(nicht)? {
            // One behind the page: the query has ended by itself.
            let orte = (sammlung, auswahl, phase);
            blatt.nimm(&Zeile(zeile), wandler, orte, abnehmer).await?;
        }
        if blatt.mehr {
            break;
        }
    }
    Ok(blatt)
}

/// Statements that come again as they are keep their plan; filters never do, and boxes only where
/// the plan is plain: a small one is found by its index, whatever lies in it. To plan the join
/// behind a layer takes longer than to read a hundred rows of it.
fn gemerkt(sammlung: &Sammlung, auswahl: &Auswahl) -> bool {
    fester_plan(sammlung, auswahl)
        || auswahl.bbox.as_ref().is_none_or(Bbox::ist_klein) && auswahl.cql.is_none()
}

/// Rows with a geometry, then those without; a box excludes the latter, and a request that
/// sorts gets the order it asked for.
fn phasen(sammlung: &Sammlung, auswahl: &Auswahl) -> Vec<Phase> {
    let alle = match &sammlung.ebene.relation.geometrie {
        Some(_) if nach_geometrie(auswahl) => vec![Phase::Mit, Phase::Ohne],
        _ => vec![Phase::Mit],
    };
    let ab = auswahl
        .cursor
        .as_ref()
        .map_or(Phase::Mit, |cursor| cursor.phase);
    alle.into_iter().skip_while(|phase| *phase != ab).collect()
}

fn nach_geometrie(auswahl: &Auswahl) -> bool {
    auswahl.bbox.is_none() && in_eigener_folge(auswahl)
}

/// By the cursor's order: rows with a geometry before those without.
fn in_eigener_folge(auswahl: &Auswahl) -> bool {
    auswahl.sortierung.is_empty() && auswahl.ab.is_none()
}

fn seiten_sql(
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    stelle: &Stelle<'_>,
) -> Result<(Sql, Wandler)> {
    let ebene = &sammlung.ebene;
    let (spalten, wandler) = spalten_sql(
        ebene,
        auswahl.spalten(ebene),
        auswahl.geometrie,
        auswahl.crs,
    );
    let sortiert = folge::werte_sql(ebene, &auswahl.sortierung)?;
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT {spalten}{sortiert} FROM {}",
        aus(&ebene.relation)
    ));
    seitenrest(&mut sql, sammlung, auswahl, stelle)?;
    Ok((sql, wandler))
}

/// What follows the relation: conditions, where to go on, order, length.
fn seitenrest(
    sql: &mut Sql,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
    stelle: &Stelle<'_>,
) -> Result<()> {
    let ebene = &sammlung.ebene;
    bedingungen(sql, sammlung, auswahl, stelle.genauigkeit)?;
    if let Some(g) = ebene
        .relation
        .geometrie
        .as_ref()
        .filter(|_| in_eigener_folge(auswahl))
    {
        let bedingung = hat_geometrie(g);
        sql.push(&match stelle.phase {
            Phase::Mit => format!(" AND {bedingung}"),
            Phase::Ohne => format!(" AND NOT {bedingung}"),
        });
    }
    folge::weiter(sql, ebene, auswahl, stelle)?;
    sql.push(&folge::folge(ebene, auswahl)?);
    sql.push(&format!(" LIMIT {}", stelle.limit));
    if let Some(ab) = auswahl.ab {
        sql.push(&format!(" OFFSET {ab}"));
    }
    Ok(())
}

/// One feature by id.
///
/// # Errors
/// Those of the database.
pub async fn objekt(
    pool: &PgPool,
    sammlung: &Sammlung,
    id: &str,
    crs: Ziel,
) -> Result<Option<(Zeile, Wandler)>> {
    if !nach_massnahme(sammlung) {
        return einzeln(pool, sammlung, id, crs).await;
    }
    let mut leitung = Leitung::neu(pool).await?;
    leitung.fester_plan().await?;
    let zeile = einzeln(leitung.offen()?, sammlung, id, crs).await?;
    leitung.gewohnt().await?;
    leitung.frei();
    Ok(zeile)
}

/// The same on a connection; an id that does not fit the key's type does not exist.
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
    let (spalten, wandler) = spalten_sql(ebene, ebene.spalten.iter(), true, crs);
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT {spalten} FROM {} WHERE {} = ",
        aus(&ebene.relation),
        t(&ebene.schluessel.name)
    ));
    sql.text(id, schluesseltyp(ebene))?;
    if sammlung
        .bearbeiten
        .is_some_and(|g| g.traeger == Traeger::Ort)
        && ebene.relation.spalte("massnahme_id").is_some()
    {
        // The views behind are by measure: with its number they reckon one, else all of them.
        sql.push(&format!(
            " AND {} = (SELECT m.id FROM {}.massnahme m WHERE m.kennung = ",
            t("massnahme_id"),
            quotiere(&ebene.relation.schema)
        ));
        sql.text(id, "text")?;
        sql.push(")");
    }
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
