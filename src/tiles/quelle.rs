//! Where tiles get their rows: the seam to the layers.

use sqlx::PgPool;

use super::Dienst;
use super::schicht::Bau;
use crate::error::Result;
use crate::layers::auswahl::Auswahl;
use crate::layers::crs::{Wandler, Ziel};
use crate::layers::query::{self, Abnehmer, Zeile};
use crate::layers::sammlung::Sammlung;

/// More than any layer has.
const ALLE: usize = crate::layers::quelle::ALLE;

/// State of the data of a layer: for the public that of its base tables, else of everything
/// the world reads. None: nothing counts the changes of this layer.
pub(super) async fn version(dienst: &Dienst, sammlung: &Sammlung) -> Result<Option<String>> {
    if !sammlung.ebene.eigen {
        return Ok(None);
    }
    if let Some(staende) = &dienst.staende
        && let Some(version) = staende.version(sammlung).await
    {
        return Ok(Some(version.marke()));
    }
    let (pool, intern) = (&dienst.pool, dienst.katalog.ist_intern());
    let zahl: std::result::Result<i64, _> = if intern {
        sqlx::query_scalar("SELECT coalesce(sum(zaehler), 0)::bigint FROM audit.stand")
            .fetch_one(pool)
            .await
    } else {
        sqlx::query_scalar("SELECT coalesce(sum(zaehler), 0)::bigint FROM oeffentlich.stand")
            .fetch_one(pool)
            .await
    };
    Ok(Some(zahl.map_err(query::fehler)?.to_string()))
}

/// Every row of a layer.
pub(super) async fn lies(pool: &PgPool, sammlung: &Sammlung, bau: &mut Bau) -> Result<()> {
    let auswahl = Auswahl {
        limit: ALLE,
        ..leer()
    };
    query::seite(pool, sammlung, &auswahl, bau).await?;
    Ok(())
}

impl Abnehmer for Bau {
    fn nimm(&mut self, zeile: &Zeile, wandler: Wandler) -> Result<()> {
        self.lies(zeile, wandler.quelle())
    }

    async fn gib_weiter(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Collects ids.
struct Ids(Vec<String>);

impl Abnehmer for Ids {
    fn nimm(&mut self, zeile: &Zeile, _: Wandler) -> Result<()> {
        self.0.push(zeile.schluessel()?);
        Ok(())
    }

    async fn gib_weiter(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Ids of the rows that meet the conditions of a request.
pub(super) async fn schluessel(
    pool: &PgPool,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
) -> Result<Vec<String>> {
    let mut ids = Ids(Vec::new());
    query::seite(pool, sammlung, auswahl, &mut ids).await?;
    Ok(ids.0)
}

/// No conditions; coordinates as they are stored.
pub(super) fn leer() -> Auswahl {
    Auswahl {
        limit: ALLE,
        bbox: None,
        zeit: None,
        filter: Vec::new(),
        cql: None,
        sortierung: Vec::new(),
        eigenschaften: None,
        geometrie: true,
        zoom: None,
        stufe: None,
        cursor: None,
        crs: Ziel::Epsg25832,
        kennung: String::new(),
    }
}

/// Day of the last published change, for people; staff are told none.
pub(super) async fn tag(pool: &PgPool, intern: bool) -> Result<Option<String>> {
    if intern {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT to_char(max(zeit) AT TIME ZONE 'Europe/Berlin', 'FMDD.FMMM.YYYY') FROM oeffentlich.stand")
        .fetch_one(pool)
        .await
        .map_err(query::fehler)
}
