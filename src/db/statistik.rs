//! Statistics of small tables, which autovacuum leaves alone: it looks at a table after 50
//! changed rows, and the plans, versions and codes of a town are fewer. Without them the
//! planner takes a page of 200,000 areas for the whole join and sorts it (1.3 s, with them 2 ms).

use std::time::Duration;

#[expect(clippy::disallowed_types, reason = "names quoted by format('%I.%I')")]
use sqlx::AssertSqlSafe;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::Database;
use crate::error::Result;

/// How often a running service looks.
const ABSTAND: Duration = Duration::from_mins(1);

/// Our tables that have rows and no statistics, and small ones of which a fifth has changed.
const VERALTET: &str = "
    SELECT string_agg(format('%I.%I', s.schemaname, s.relname), ', ')
    FROM pg_stat_user_tables s
    JOIN pg_class c ON c.oid = s.relid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspowner = 'zielraum_owner'::regrole AND c.relkind = 'r' AND c.relpersistence <> 't'
      AND ((c.reltuples < 0 AND pg_relation_size(c.oid) > 0)
        OR (c.reltuples BETWEEN 0 AND 10000 AND s.n_mod_since_analyze > c.reltuples / 5))";

/// Analyses what needs it; what somebody else holds waits for the next time.
///
/// # Errors
/// When the database does not answer.
pub async fn erneuere(verwalter: &mut PgConnection) -> Result<()> {
    let tabellen: Option<String> = sqlx::query_scalar(VERALTET)
        .fetch_one(&mut *verwalter)
        .await?;
    if let Some(tabellen) = tabellen {
        verwalter
            .execute(AssertSqlSafe(format!("ANALYZE (SKIP_LOCKED) {tabellen}")))
            .await?;
    }
    Ok(())
}

/// Keeps them fresh while a service runs: another program may import.
pub async fn wache(db: &Database) {
    loop {
        tokio::time::sleep(ABSTAND).await;
        let ergebnis = async {
            let mut verwalter = db.server.administrator().await?;
            erneuere(&mut verwalter).await?;
            verwalter.close().await.ok();
            Ok::<_, crate::error::Error>(())
        };
        if let Err(cause) = ergebnis.await {
            tracing::warn!("statistics: {cause}");
        }
    }
}
