//! Code tables of columns: the words a schema lists.

use sqlx::{PgPool, Row};

use super::fehler;
use super::sql::Sql;
use crate::error::Result;
use crate::layers::catalog;
use crate::layers::ebene::Ebene;
use crate::layers::relation::quotiere;
use crate::layers::wert::Klasse;

/// By column: each code with its German title, in the order of the table.
pub type Codes = Vec<(String, Vec<(String, String)>)>;

/// Longer lists are no list for a schema.
const CODES_MAX: usize = 200;

/// Code tables of a layer's columns, by the tag `[code schema.table]` of their COMMENT. Only our
/// own: there a foreign key sees to it that no other value occurs.
pub async fn codes(pool: &PgPool, ebene: &Ebene) -> Result<Codes> {
    let mut alle = Codes::new();
    if !ebene.eigen {
        return Ok(alle);
    }
    for spalte in ebene.spalten.iter().filter(|s| s.klasse == Klasse::Text) {
        let Some(tabelle) = &spalte.codes else {
            continue;
        };
        let Ok((_, name)) = catalog::zerlege(tabelle) else {
            continue;
        };
        if let Some(codes) = codeliste(pool, &name).await? {
            alle.push((spalte.name.clone(), codes));
        }
    }
    Ok(alle)
}

/// The rows (key, title) of one of our code tables.
///
/// Found by the search path, so that each world reads its own copy; None: no such table.
pub async fn codeliste(pool: &PgPool, name: &str) -> Result<Option<Vec<(String, String)>>> {
    let spalten: Vec<String> = sqlx::query_scalar(
        "SELECT attname::text FROM pg_attribute
         WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND NOT attisdropped",
    )
    .bind(name)
    .fetch_all(pool)
    .await
    .map_err(fehler)?;
    let hat = |gesucht: &str| spalten.iter().any(|spalte| spalte == gesucht);
    let titel = ["titel", "name", "bezeichnung"]
        .into_iter()
        .find(|n| hat(n));
    let (Some(titel), true) = (titel, hat("schluessel")) else {
        return Ok(None);
    };
    let folge = if hat("reihenfolge") {
        "reihenfolge"
    } else {
        "schluessel"
    };
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT schluessel::text, {}::text FROM {} ORDER BY {}, 1 LIMIT {}",
        quotiere(titel),
        quotiere(name),
        quotiere(folge),
        CODES_MAX + 1
    ));
    let zeilen = sql.fertig(true).fetch_all(pool).await.map_err(fehler)?;
    if zeilen.is_empty() || zeilen.len() > CODES_MAX {
        return Ok(None);
    }
    let paar = |zeile: &sqlx::postgres::PgRow| -> Result<(String, String)> {
        Ok((
            zeile.try_get(0).map_err(fehler)?,
            zeile.try_get(1).map_err(fehler)?,
        ))
    };
    zeilen.iter().map(paar).collect::<Result<_>>().map(Some)
}
