//! Where tiles get their rows: the seam to the layers.

use sqlx::PgPool;

use super::schicht::Bau;
use crate::error::Result;
use crate::layers::auswahl::Auswahl;
use crate::layers::crs::Ziel;
use crate::layers::query;
use crate::layers::sammlung::Sammlung;

/// More than any layer has.
const ALLE: usize = 1 << 40;

/// State of the data a world reads: grows with every published (for staff: every) change.
/// None: nothing counts the changes of this layer.
pub(super) async fn version(
    pool: &PgPool,
    intern: bool,
    sammlung: &Sammlung,
) -> Result<Option<i64>> {
    if !sammlung.ebene.eigen {
        return Ok(None);
    }
    let zahl = if intern {
        sqlx::query_scalar("SELECT coalesce(sum(zaehler), 0)::bigint FROM audit.stand")
            .fetch_one(pool)
            .await
    } else {
        sqlx::query_scalar("SELECT coalesce(sum(zaehler), 0)::bigint FROM oeffentlich.stand")
            .fetch_one(pool)
            .await
    };
    Ok(Some(zahl.map_err(query::fehler)?))
}

/// Every row of a layer.
pub(super) async fn lies(pool: &PgPool, sammlung: &Sammlung, bau: &mut Bau) -> Result<()> {
    let auswahl = Auswahl {
        limit: ALLE,
        ..leer()
    };
    query::seite(pool, sammlung, &auswahl, |zeile, wandler| {
        bau.nimm(zeile, wandler.quelle())
    })
    .await?;
    Ok(())
}

/// Ids of the rows that meet the conditions of a request.
pub(super) async fn schluessel(
    pool: &PgPool,
    sammlung: &Sammlung,
    auswahl: &Auswahl,
) -> Result<Vec<String>> {
    let mut alle = Vec::new();
    query::seite(pool, sammlung, auswahl, |zeile, _| {
        alle.push(zeile.schluessel()?);
        Ok(())
    })
    .await?;
    Ok(alle)
}

/// No conditions; coordinates as they are stored.
pub(super) fn leer() -> Auswahl {
    Auswahl {
        limit: ALLE,
        bbox: None,
        zeit: None,
        filter: Vec::new(),
        cursor: None,
        crs: Ziel::Epsg25832,
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
