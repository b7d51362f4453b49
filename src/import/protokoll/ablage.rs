//! The protocol in the database: `fnp.importlauf`, `fnp.import_befund`, `fnp.import_vergleich`.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Befundart, Protokoll};
use crate::db::copy::Copy;
use crate::error::Result;
use crate::fnp::objekt::{Befund, Schwere};

/// Title and advice of the codes among these findings.
///
/// # Errors
/// Those of the database.
pub async fn arten(
    conn: &mut PgConnection,
    befunde: &[Befund],
) -> Result<BTreeMap<String, Befundart>> {
    let mut codes: Vec<String> = befunde.iter().map(|b| b.code.clone()).collect();
    codes.sort_unstable();
    codes.dedup();
    let arten = sqlx::query!(
        "SELECT code, titel, rat FROM fnp.befund_art WHERE code = ANY ($1)",
        &codes
    )
    .fetch_all(conn)
    .await?;
    Ok(arten
        .into_iter()
        .map(|a| {
            let art = Befundart {
                titel: a.titel,
                rat: a.rat,
            };
            (a.code, art)
        })
        .collect())
}

/// Stores the finished protocol under a run that stands in `fnp.importlauf` already, because the
/// version refers to it. Once per run, before the version is published.
///
/// # Errors
/// Those of the database.
pub async fn schreibe(conn: &mut PgConnection, lauf: Uuid, protokoll: &Protokoll) -> Result<()> {
    sqlx::query!(
        "UPDATE fnp.importlauf SET beendet = clock_timestamp(), protokoll = $2 WHERE id = $1",
        lauf,
        serde_json::to_value(protokoll)?
    )
    .execute(&mut *conn)
    .await?;
    if let Some(vergleich) = &protokoll.vergleich
        && let Some(vorgaenger) = &vergleich.vorgaenger
    {
        // Links name measures, which may be drafts: they stay in the protocol.
        let mut inhalt = serde_json::to_value(vergleich)?;
        if let Some(felder) = inhalt.as_object_mut() {
            felder.remove("links");
        }
        sqlx::query!(
            "INSERT INTO fnp.import_vergleich (importlauf_id, vorgaenger_id, vergleich) VALUES ($1, $2, $3)",
            lauf,
            vorgaenger.fassung_id,
            inhalt
        )
        .execute(&mut *conn)
        .await?;
    }
    let mut copy = Copy::begin(conn, "COPY fnp.import_befund (importlauf_id, nr, code, schwere, klasse, kennung, text, geom) FROM STDIN (FORMAT binary)").await?;
    for (nr, befund) in (1..).zip(&protokoll.befunde) {
        copy.row(8, |row| {
            row.uuid(lauf)?;
            row.int4(nr)?;
            row.text(&befund.code)?;
            row.text(match befund.schwere {
                Schwere::Hinweis => "hinweis",
                Schwere::Warnung => "warnung",
                Schwere::Fehler => "fehler",
            })?;
            row.opt_text(befund.klasse.as_deref())?;
            row.opt_text(befund.kennung.as_deref())?;
            row.text(&befund.text)?;
            match befund.ort {
                Some([x, y]) if x.is_finite() && y.is_finite() => {
                    row.geometry(&geo_types::Geometry::Point((x, y).into()))
                }
                _ => {
                    row.null();
                    Ok(())
                }
            }
        })
        .await?;
    }
    copy.finish().await?;
    Ok(())
}
