//! `zielraum migrate`: opening the database has done the work.

use super::answer;
use crate::db::Database;
use crate::error::Result;

pub(super) fn run(db: &Database) -> Result<()> {
    match db.server.data_dir() {
        Some(dir) => answer(&format!(
            "Datenbank auf dem neuesten Stand ({}).\n",
            dir.display()
        )),
        None => answer("Datenbank auf dem neuesten Stand.\n"),
    }
}
