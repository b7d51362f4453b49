//! SQL of saved questions. Names no schema: the connection decides the world, so the public
//! layer shows public measures alone.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Gespeichert, lies};
use crate::error::{Error, Result};
use crate::gemeinde::kennung::ist_kennung;
use crate::strategie::massnahme::{suche, wahl};

/// All questions, or the one of this kennung.
pub async fn liste(conn: &mut PgConnection, kennung: Option<&str>) -> Result<Vec<Gespeichert>> {
    Ok(sqlx::query_as!(
        Gespeichert,
        "SELECT kennung, titel, filter, beschreibung FROM frage WHERE $1::text IS NULL OR kennung = $1 ORDER BY nummer, titel, kennung",
        kennung
    )
    .fetch_all(conn)
    .await?)
}

/// Kennungen of the measures that match now.
///
/// # Errors
/// [`Error::Aufruf`] when the filter names what is gone.
pub async fn auswerten(conn: &mut PgConnection, filter: &str) -> Result<Vec<String>> {
    let frage = lies(filter)?;
    let wahl = wahl::loese_auf(conn, &frage).await?;
    let (massnahmen, _) = suche::liste(conn, &frage, &wahl).await?;
    Ok(massnahmen.into_iter().map(|m| m.kennung).collect())
}

/// Saves a question, or changes the one of this kennung; returns how many measures match now.
///
/// # Errors
/// [`Error::Aufruf`] for a filter that cannot be answered, [`Error::Eingabe`] for a kennung
/// that cannot be part of an address.
pub async fn speichere(
    conn: &mut PgConnection,
    frage: &Gespeichert,
    veroeffentlichen: bool,
) -> Result<usize> {
    let form = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !ist_kennung(&frage.kennung) || !frage.kennung.chars().all(form) {
        return Err(Error::eingabe(format!(
            "„{}“ ist keine Kennung: erlaubt sind Kleinbuchstaben ohne Umlaute, Ziffern, „-“ und „_“, zum Beispiel erpfting-gefaehrdet.",
            frage.kennung
        )));
    }
    if frage.titel.trim().is_empty() {
        return Err(Error::eingabe("Der Titel ist leer."));
    }
    let treffer = auswerten(conn, &frage.filter).await?.len();
    let id = sqlx::query_scalar!(
        "INSERT INTO frage (id, kennung, titel, filter, beschreibung) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (kennung) DO UPDATE SET titel = excluded.titel, filter = excluded.filter, beschreibung = excluded.beschreibung RETURNING id",
        Uuid::now_v7(),
        frage.kennung,
        frage.titel.trim(),
        frage.filter.trim(),
        frage.beschreibung
    )
    .fetch_one(&mut *conn)
    .await?;
    if veroeffentlichen {
        sqlx::query!(
            "SELECT freigabe.veroeffentliche('frage', ARRAY[$1::uuid])",
            id
        )
        .execute(conn)
        .await?;
    }
    Ok(treffer)
}

/// Removes a question and its layer.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none.
pub async fn loesche(conn: &mut PgConnection, kennung: &str) -> Result<()> {
    let id = sqlx::query_scalar!("SELECT id FROM frage WHERE kennung = $1", kennung)
        .fetch_optional(&mut *conn)
        .await?
        .ok_or_else(|| {
            Error::nicht_gefunden(format!(
                "Eine Frage mit der Kennung „{kennung}“ gibt es nicht."
            ))
        })?;
    sqlx::query!(
        "SELECT freigabe.ziehe_zurueck('frage', ARRAY[$1::uuid])",
        id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM frage WHERE id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}
