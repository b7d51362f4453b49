//! INSPIRE Planned Land Use.

use std::path::Path;

use sqlx::PgConnection;

use super::xplangml::Bericht;
use crate::error::{Error, Result};

/// Writes.
pub async fn schreibe(_: &mut PgConnection, _: i32, _: &Path) -> Result<Bericht> {
    Err(Error::eingabe("x"))
}
