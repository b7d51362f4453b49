//! Writes rows by kind, only those that differ from what is stored.
//!
//! Rows travel as one JSON array and become table rows by `jsonb_populate_record`, which
//! keeps the stored value of every column the file does not have. One statement per kind,
//! however many rows.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use sqlx::{Acquire, PgConnection};
use uuid::Uuid;

use super::Zaehlung;
use super::lesen::Satz;
use super::spalten::{Art, TABELLEN};
use crate::error::{Error, Result};
use crate::import::bericht::{Bericht, Stelle};

/// What was written.
#[derive(Debug, Default)]
pub struct Geschrieben {
    /// Counts by kind.
    pub zahlen: Vec<(Art, Zaehlung)>,
    /// Owners whose public version was the newest before their set was replaced.
    pub vorher_oeffentlich: HashSet<Uuid>,
}

/// Writes all kinds in their order. Rows the database refuses go to the report.
pub async fn schreibe(
    conn: &mut PgConnection,
    saetze: &HashMap<Art, Vec<Satz>>,
    bericht: &mut Bericht,
) -> Result<Geschrieben> {
    let mut geschrieben = Geschrieben::default();
    let mut frisch: HashSet<Uuid> = HashSet::new();
    for tabelle in &TABELLEN {
        let art = tabelle.art;
        let Some(liste) = saetze.get(&art) else {
            continue;
        };
        let mut zahl = Zaehlung {
            zeilen: liste.len(),
            ..Zaehlung::default()
        };
        if matches!(art, Art::Handlungsfeld | Art::Ziel | Art::Massnahme) {
            let bekannt = kennungen(conn, art).await?;
            let (alt, neu): (Vec<&Satz>, Vec<&Satz>) = liste
                .iter()
                .partition(|satz| bekannt.contains(&satz.kennung));
            // The database judges a row while it compares: a changed one may be refused there too.
            let geaendert: HashSet<String> = unterschiede(conn, art, &json(&alt))
                .await?
                .into_iter()
                .collect();
            let anders: Vec<&Satz> = alt
                .iter()
                .copied()
                .filter(|satz| geaendert.contains(&satz.kennung))
                .collect();
            zahl.neu = neu.len();
            zahl.geaendert = anders.len();
            zahl.unveraendert = alt.len() - anders.len();
            frisch.extend(neu.iter().chain(&anders).map(|satz| satz.besitzer));
            versuche(conn, Schritt::Neu(art), &neu, bericht).await?;
            versuche(conn, Schritt::Geaendert(art), &anders, bericht).await?;
        } else {
            let alle: Vec<&Satz> = liste.iter().collect();
            let besitzer: HashSet<Uuid> = alle.iter().map(|satz| satz.besitzer).collect();
            let anders: HashSet<Uuid> = andere_mengen(conn, art, &json(&alle))
                .await?
                .into_iter()
                .collect();
            zahl.neu = anders.len();
            zahl.unveraendert = besitzer.len() - anders.len();
            if !anders.is_empty() {
                let ids: Vec<Uuid> = anders.iter().copied().collect();
                geschrieben
                    .vorher_oeffentlich
                    .extend(oeffentliche(conn, art, &ids).await?);
                let beruehrt: Vec<Uuid> = anders.difference(&frisch).copied().collect();
                beruehre(conn, art, &beruehrt).await?;
                frisch.extend(&anders);
                leere(conn, art, &ids).await?;
                let neu: Vec<&Satz> = alle
                    .into_iter()
                    .filter(|satz| anders.contains(&satz.besitzer))
                    .collect();
                versuche(conn, Schritt::Neu(art), &neu, bericht).await?;
            }
        }
        geschrieben.zahlen.push((art, zahl));
        if bericht.abgelehnt() {
            return Ok(geschrieben);
        }
    }
    Ok(geschrieben)
}

fn json(saetze: &[&Satz]) -> Value {
    saetze
        .iter()
        .map(|satz| Value::Object(satz.felder.clone()))
        .collect()
}

#[derive(Clone, Copy)]
enum Schritt {
    Neu(Art),
    Geaendert(Art),
}

/// Runs a step over all rows; when the database refuses, finds the rows by halving.
async fn versuche(
    conn: &mut PgConnection,
    schritt: Schritt,
    saetze: &[&Satz],
    bericht: &mut Bericht,
) -> Result<()> {
    if saetze.is_empty() {
        return Ok(());
    }
    let mut offen = vec![saetze];
    let mut gefunden = false;
    let mut erster = None;
    while let Some(teil) = offen.pop() {
        let mut punkt = conn.begin().await?;
        let ergebnis = fuehre_aus(&mut punkt, schritt, &json(teil)).await;
        match ergebnis {
            Ok(()) if erster.is_none() => return Ok(punkt.commit().await?),
            Ok(()) => punkt.rollback().await?,
            Err(Error::Eingabe(satz)) => {
                punkt.rollback().await?;
                if teil.len() == 1 {
                    bericht.fehler(
                        teil[0].stelle.clone().zelle("kennung", &teil[0].kennung),
                        satz,
                    );
                    gefunden = true;
                    if bericht.voll() {
                        return Ok(());
                    }
                } else {
                    let (links, rechts) = teil.split_at(teil.len() / 2);
                    offen.extend([rechts, links]);
                    erster.get_or_insert(satz);
                }
            }
            Err(andere) => return Err(andere),
        }
    }
    if let (false, Some(satz)) = (gefunden, erster) {
        // Only together are they wrong.
        bericht.fehler(Stelle::datei(&saetze[0].stelle.datei), satz);
    }
    Ok(())
}

async fn fuehre_aus(conn: &mut PgConnection, schritt: Schritt, zeilen: &Value) -> Result<()> {
    use Schritt::{Geaendert, Neu};
    match schritt {
        Neu(Art::Handlungsfeld) => {
            sqlx::query_file!("src/import/strategie/handlungsfeld_neu.sql", zeilen)
                .execute(conn)
                .await?
        }
        Neu(Art::Ziel) => {
            sqlx::query_file!("src/import/strategie/ziel_neu.sql", zeilen)
                .execute(conn)
                .await?
        }
        Neu(Art::Massnahme) => {
            sqlx::query_file!("src/import/strategie/massnahme_neu.sql", zeilen)
                .execute(conn)
                .await?
        }
        Geaendert(Art::Handlungsfeld) => {
            sqlx::query_file!("src/import/strategie/handlungsfeld_geaendert.sql", zeilen)
                .execute(conn)
                .await?
        }
        Geaendert(Art::Ziel) => {
            sqlx::query_file!("src/import/strategie/ziel_geaendert.sql", zeilen)
                .execute(conn)
                .await?
        }
        Geaendert(_) => {
            sqlx::query_file!("src/import/strategie/massnahme_geaendert.sql", zeilen)
                .execute(conn)
                .await?
        }
        Neu(Art::ZielMassnahme) => {
            sqlx::query_file!("src/import/strategie/ziel_massnahme_neu.sql", zeilen)
                .execute(conn)
                .await?
        }
        Neu(Art::ZielNutzung) => {
            sqlx::query_file!("src/import/strategie/ziel_nutzung_neu.sql", zeilen)
                .execute(conn)
                .await?
        }
        Neu(Art::GebietMassnahme) => {
            sqlx::query_file!("src/import/strategie/gebiet_massnahme_neu.sql", zeilen)
                .execute(conn)
                .await?
        }
        Neu(Art::Raumbezug) => {
            sqlx::query_file!("src/import/strategie/verweis_neu.sql", zeilen)
                .execute(&mut *conn)
                .await?;
            sqlx::query_file!("src/import/strategie/raumbezug_neu.sql", zeilen)
                .execute(conn)
                .await?
        }
    };
    Ok(())
}

async fn kennungen(conn: &mut PgConnection, art: Art) -> Result<HashSet<String>> {
    let alle = match art {
        Art::Handlungsfeld => {
            sqlx::query_scalar!("SELECT kennung FROM handlungsfeld")
                .fetch_all(conn)
                .await?
        }
        Art::Ziel => {
            sqlx::query_scalar!("SELECT kennung FROM ziel")
                .fetch_all(conn)
                .await?
        }
        _ => {
            sqlx::query_scalar!("SELECT kennung FROM massnahme")
                .fetch_all(conn)
                .await?
        }
    };
    Ok(alle.into_iter().collect())
}

/// Kennungen of stored rows that a delivered row would change.
async fn unterschiede(conn: &mut PgConnection, art: Art, zeilen: &Value) -> Result<Vec<String>> {
    Ok(match art {
        Art::Handlungsfeld => sqlx::query_scalar!(
            "SELECT m.kennung FROM jsonb_array_elements($1) j JOIN handlungsfeld m ON m.kennung = j ->> 'kennung'
             CROSS JOIN LATERAL jsonb_populate_record(m, j) r WHERE r IS DISTINCT FROM m",
            zeilen
        )
        .fetch_all(conn)
        .await?,
        Art::Ziel => sqlx::query_scalar!(
            "SELECT m.kennung FROM jsonb_array_elements($1) j JOIN ziel m ON m.kennung = j ->> 'kennung'
             CROSS JOIN LATERAL jsonb_populate_record(m, j) r WHERE r IS DISTINCT FROM m",
            zeilen
        )
        .fetch_all(conn)
        .await?,
        _ => sqlx::query_scalar!(
            "SELECT m.kennung FROM jsonb_array_elements($1) j JOIN massnahme m ON m.kennung = j ->> 'kennung'
             CROSS JOIN LATERAL jsonb_populate_record(m, j) r WHERE r IS DISTINCT FROM m",
            zeilen
        )
        .fetch_all(conn)
        .await?,
    })
}

/// Owners whose stored set differs from the delivered one.
async fn andere_mengen(conn: &mut PgConnection, art: Art, zeilen: &Value) -> Result<Vec<Uuid>> {
    Ok(match art {
        Art::ZielMassnahme => {
            sqlx::query_file_scalar!("src/import/strategie/ziel_massnahme_anders.sql", zeilen)
                .fetch_all(conn)
                .await?
        }
        Art::ZielNutzung => {
            sqlx::query_file_scalar!("src/import/strategie/ziel_nutzung_anders.sql", zeilen)
                .fetch_all(conn)
                .await?
        }
        Art::GebietMassnahme => {
            sqlx::query_file_scalar!("src/import/strategie/gebiet_massnahme_anders.sql", zeilen)
                .fetch_all(conn)
                .await?
        }
        _ => {
            sqlx::query_file_scalar!("src/import/strategie/raumbezug_anders.sql", zeilen)
                .fetch_all(conn)
                .await?
        }
    })
}

/// Removes the sets of these owners.
async fn leere(conn: &mut PgConnection, art: Art, ids: &[Uuid]) -> Result<()> {
    match art {
        Art::ZielMassnahme => {
            sqlx::query!(
                "DELETE FROM ziel_massnahme WHERE massnahme_id = ANY ($1)",
                ids
            )
            .execute(conn)
            .await?
        }
        Art::ZielNutzung => {
            sqlx::query!(
                "DELETE FROM ziel_nutzungsart_wirkung WHERE ziel_id = ANY ($1)",
                ids
            )
            .execute(conn)
            .await?
        }
        Art::GebietMassnahme => {
            sqlx::query!(
                "DELETE FROM gebiet_massnahme WHERE gebiet_id = ANY ($1)",
                ids
            )
            .execute(conn)
            .await?
        }
        _ => {
            sqlx::query!("DELETE FROM raumbezug WHERE massnahme_id = ANY ($1)", ids)
                .execute(conn)
                .await?
        }
    };
    Ok(())
}

/// Owners whose newest version is the public one.
async fn oeffentliche(conn: &mut PgConnection, art: Art, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    Ok(match art {
        Art::ZielNutzung => sqlx::query_scalar!("SELECT z.id FROM ziel z JOIN oeffentlich.ziel o USING (id, version) WHERE z.id = ANY ($1)", ids).fetch_all(conn).await?,
        Art::GebietMassnahme => sqlx::query_scalar!("SELECT z.id FROM gebiet z JOIN oeffentlich.gebiet o USING (id, version) WHERE z.id = ANY ($1)", ids).fetch_all(conn).await?,
        _ => sqlx::query_scalar!("SELECT z.id FROM massnahme z JOIN oeffentlich.massnahme o USING (id, version) WHERE z.id = ANY ($1)", ids).fetch_all(conn).await?,
    })
}

/// A new version of the owners: a set belongs to its owner, and a draft set would be
/// published with the other end if the owner still looked like its public version.
async fn beruehre(conn: &mut PgConnection, art: Art, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    match art {
        Art::ZielNutzung => {
            sqlx::query!(
                "UPDATE ziel SET veroeffentlichung = 'entwurf' WHERE id = ANY ($1)",
                ids
            )
            .execute(conn)
            .await?
        }
        Art::GebietMassnahme => {
            sqlx::query!(
                "UPDATE gebiet SET veroeffentlichung = 'entwurf' WHERE id = ANY ($1)",
                ids
            )
            .execute(conn)
            .await?
        }
        _ => {
            sqlx::query!(
                "UPDATE massnahme SET veroeffentlichung = 'entwurf' WHERE id = ANY ($1)",
                ids
            )
            .execute(conn)
            .await?
        }
    };
    Ok(())
}
