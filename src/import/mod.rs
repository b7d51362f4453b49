//! Readers of user files and what brings them into the database.
//!
//! Reading order: [`datei`] (what a file is), [`xplangml`] and [`vector`] (readers),
//! [`verbund`] (the join with the Ortsteile), [`fnp`] and [`gebiete`] (loading),
//! [`protokoll`]. Tables: [`table`] (reader), [`strategie`] (loading), [`bericht`].

pub mod bericht;
pub mod crs;
pub mod datei;
pub mod dorferneuerung;
pub mod fnp;
pub mod gebiete;
mod hilbert;
mod kodierung;
pub mod mappe;
pub mod protokoll;
pub mod strategie;
pub mod table;
pub mod vector;
pub mod verbund;
pub mod xplangml;

use sqlx::PgConnection;

use crate::error::{Error, Result};

/// One import at a time: a second is refused at once, nothing is half-written.
pub(crate) async fn sperre(conn: &mut PgConnection) -> Result<()> {
    let frei = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock(20350727) AS "frei!""#)
        .fetch_one(conn)
        .await?;
    if frei {
        Ok(())
    } else {
        Err(Error::umgebung(
            "Ein anderer Import läuft gerade. Bitte warten, bis er fertig ist, und dann noch einmal starten.",
        ))
    }
}
