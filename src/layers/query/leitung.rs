//! A connection with a query under way: dropped before its end, it is closed, not drained.
//! Drained, it would read on until the last row nobody wants; closed, the server notices
//! (`client_connection_check_interval`) and ends the query.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};

use super::fehler;
use crate::error::{Error, Result};

/// See the module's head.
#[derive(Debug)]
pub struct Leitung {
    offen: Option<PoolConnection<Postgres>>,
    /// Its settings are no longer those of the pool.
    eigen: bool,
}

impl Leitung {
    /// Takes a connection from the pool.
    pub async fn neu(pool: &PgPool) -> Result<Self> {
        Ok(Self {
            offen: Some(pool.acquire().await.map_err(fehler)?),
            eigen: false,
        })
    }

    /// The connection.
    pub fn offen(&mut self) -> Result<&mut PgConnection> {
        let offen = self.offen.as_deref_mut();
        offen.ok_or_else(|| Error::intern("connection given back before its use"))
    }

    /// Its statements may last; it does not go back into the pool.
    pub async fn geduldig(&mut self) -> Result<()> {
        self.eigen = true;
        sqlx::query("SELECT set_config('statement_timeout', '1h', false)")
            .execute(self.offen()?)
            .await
            .map_err(fehler)?;
        Ok(())
    }

    /// From here on kept statements are planned once, for any values ([`Self::gewohnt`] ends it).
    pub async fn fester_plan(&mut self) -> Result<()> {
        self.planweise("force_generic_plan").await
    }

    /// Plans are chosen as the pool's other statements are used to.
    pub async fn gewohnt(&mut self) -> Result<()> {
        self.planweise("auto").await
    }

    async fn planweise(&mut self, weise: &'static str) -> Result<()> {
        sqlx::query("SELECT set_config('plan_cache_mode', $1, false)")
            .bind(weise)
            .execute(self.offen()?)
            .await
            .map_err(fehler)?;
        Ok(())
    }

    /// Everything was read: back into the pool.
    pub fn frei(mut self) {
        if !self.eigen {
            self.offen.take();
        }
    }
}

impl Drop for Leitung {
    fn drop(&mut self) {
        if let Some(offen) = self.offen.take() {
            drop(offen.detach());
        }
    }
}
