//! The past: as of a day, history of one object, proof, undo, personal data.

mod personen;
mod pruefung;
mod rechte;
mod ruecknahme;
pub mod stand;
mod verlauf;
mod worte;

use axum::Router;
use zielraum::app::{self, App};

use crate::support::TestDb;

/// The service over this database.
async fn dienst(db: &TestDb) -> Router {
    app::router(&App::neu(db, None, None, true).await.unwrap())
}

/// The database's clock, as an address writes it.
pub async fn uhr(db: &TestDb) -> String {
    sqlx::query_scalar(
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    )
    .fetch_one(&db.write)
    .await
    .unwrap()
}
