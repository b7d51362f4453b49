//! The end of a confidentiality takes effect by itself: at start, then every quarter of an
//! hour, so that the first answers after midnight (in the town) hold the value, whatever
//! clock the machine shows.

use std::time::Duration;

use sqlx::PgPool;

use super::store;
use crate::db::audit;
use crate::error::Result;

/// Between two looks.
const TAKT: Duration = Duration::from_mins(15);

/// Ends what has passed. Nothing to do writes nothing.
///
/// # Errors
/// Those of the database.
pub async fn pruefe(write: &PgPool) -> Result<i32> {
    if !store::etwas_abgelaufen(&mut *write.acquire().await?).await? {
        return Ok(0);
    }
    let mut tx = audit::begin(write, "Zielraum", "Frist der Vertraulichkeit abgelaufen").await?;
    let zahl = store::hebe_abgelaufene_auf(&mut tx).await?;
    tx.commit().await?;
    Ok(zahl)
}

/// Looks for ever; a failure is told and tried again.
pub async fn wache(write: PgPool) {
    let mut takt = tokio::time::interval(TAKT);
    loop {
        takt.tick().await;
        match pruefe(&write).await {
            Ok(0) => {}
            Ok(zahl) => tracing::info!(zahl, "confidential fields published"),
            Err(cause) => tracing::error!(%cause, "confidential fields not published"),
        }
    }
}
