//! What the running service does once a day: the head of the chain to the log, personal fields
//! whose day has come.

use std::time::Duration;

use sqlx::PgPool;

use super::{kette, person};

const TAG: Duration = Duration::from_hours(24);

/// Runs at once and then daily, until the task is dropped. An error is logged and tried again
/// the next day: the service goes on.
pub async fn taeglich(pool: PgPool) {
    let mut takt = tokio::time::interval(TAG);
    loop {
        takt.tick().await;
        match kette::kopf(&pool).await {
            // Kept outside (journal, log server), this line proves the chain up to here.
            Ok(kopf) => tracing::info!(lfd = kopf.lfd, siegel = kopf.siegel, "audit head"),
            Err(fehler) => tracing::error!(%fehler, "audit head could not be read"),
        }
        match person::loesche_abgelaufene(&pool).await {
            Ok(0) => {}
            Ok(zeilen) => tracing::info!(zeilen, "personal fields blanked: their time is over"),
            Err(fehler) => tracing::error!(%fehler, "retention failed"),
        }
    }
}
