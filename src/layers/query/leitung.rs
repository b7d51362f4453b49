//! A connection with a query under way: dropped before its end, it is closed, not drained.
//! Drained, it would read on until the last row nobody wants; closed, the server notices
//! (`client_connection_check_interval`) and ends the query.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};

use super::fehler;
use crate::error::{Error, Result};

/// See the module's head.
#[derive(Debug)]
pub struct Leitung(Option<PoolConnection<Postgres>>);

impl Leitung {
    /// Takes a connection from the pool.
    pub async fn neu(pool: &PgPool) -> Result<Self> {
        Ok(Self(Some(pool.acquire().await.map_err(fehler)?)))
    }

    /// The connection.
    pub fn offen(&mut self) -> Result<&mut PgConnection> {
        let offen = self.0.as_deref_mut();
        offen.ok_or_else(|| Error::intern("connection given back before its use"))
    }

    /// Everything was read: back into the pool.
    pub fn frei(mut self) {
        self.0.take();
    }
}

impl Drop for Leitung {
    fn drop(&mut self) {
        if let Some(offen) = self.0.take() {
            drop(offen.detach());
        }
    }
}
