//! What is known of a whole collection, counted once for each of its states: at 200,000 areas
//! it takes as long as fifty pages.

use std::sync::Arc;

use sqlx::{PgConnection, Row as _};
use tokio::sync::OnceCell;

use super::fehler;
use super::sql::{Sql, aus, binde_fassungen, hat_geometrie};
use crate::error::Result;
use crate::layers::sammlung::Sammlung;

/// Number of features, all and without a geometry.
#[derive(Debug, Clone, Copy)]
pub struct Umfang {
    /// All features.
    pub gesamt: i64,
    /// Those nobody can draw.
    pub ohne_geometrie: i64,
}

/// The count of one state of a collection; who asks first counts, the others wait for it.
#[derive(Debug, Clone, Default)]
pub struct Gezaehlt(Arc<OnceCell<Umfang>>);

impl Gezaehlt {
    /// The count, made on this connection when there is none yet.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn umfang(&self, conn: &mut PgConnection, sammlung: &Sammlung) -> Result<Umfang> {
        let umfang = self.0.get_or_try_init(|| zaehle(conn, sammlung)).await?;
        Ok(*umfang)
    }
}

async fn zaehle(conn: &mut PgConnection, sammlung: &Sammlung) -> Result<Umfang> {
    let ohne = match &sammlung.ebene.relation.geometrie {
        Some(g) => format!("count(*) FILTER (WHERE NOT {})", hat_geometrie(g)),
        None => "count(*)".to_owned(),
    };
    let mut sql = Sql::default();
    sql.push(&format!(
        "SELECT count(*), {ohne} FROM {} WHERE true",
        aus(&sammlung.ebene.relation)
    ));
    binde_fassungen(&mut sql, sammlung)?;
    let zeile = sql.fertig(true).fetch_one(conn).await.map_err(fehler)?;
    Ok(Umfang {
        gesamt: zeile.try_get(0).map_err(fehler)?,
        ohne_geometrie: zeile.try_get(1).map_err(fehler)?,
    })
}
