//! Publishes what a call brought, in the order in which one end must be public before
//! the other (`freigabe.art`).

use std::collections::{BTreeMap, HashSet};

use sqlx::PgConnection;
use uuid::Uuid;

use super::katalog::TABELLEN;
use super::lesen::Saetze;
use super::spalten::Weise;
use crate::error::Result;
use crate::import::bericht::Bericht;

/// Publishes the rows of the call that are no drafts by their own wish, and owners of
/// changed parts when they were public before. Returns how many.
pub async fn veroeffentliche(
    conn: &mut PgConnection,
    saetze: &Saetze,
    vorher_oeffentlich: &HashSet<Uuid>,
    bericht: &mut Bericht,
) -> Result<usize> {
    let arten = sqlx::query!("SELECT art, relation FROM freigabe.art ORDER BY reihenfolge")
        .fetch_all(&mut *conn)
        .await?;
    let zurueck: HashSet<Uuid> = saetze
        .alle
        .values()
        .flatten()
        .filter(|satz| satz.entwurf)
        .map(|satz| satz.besitzer)
        .collect();
    let mut zahl = 0;
    for art in arten {
        let Some(tabelle) = TABELLEN
            .iter()
            .find(|t| t.relation() == art.relation && t.weise == Weise::Kennung)
        else {
            continue;
        };
        let eigene: BTreeMap<Uuid, _> = saetze
            .von(tabelle.art)
            .filter(|satz| !satz.entwurf)
            .map(|satz| (satz.besitzer, satz))
            .collect();
        // Keys are of one kind each; the database drops those of another.
        let ids: Vec<Uuid> = eigene
            .keys()
            .chain(vorher_oeffentlich)
            .filter(|id| !zurueck.contains(*id))
            .copied()
            .collect();
        loop {
            // A goal waits for the one above it, which may be in the same call.
            let bereit =
                sqlx::query_scalar!(r#"SELECT freigabe.bereit($1, $2) AS "id!""#, art.art, &ids)
                    .fetch_all(&mut *conn)
                    .await?;
            if bereit.is_empty() {
                break;
            }
            sqlx::query!("SELECT freigabe.veroeffentliche($1, $2)", art.art, &bereit)
                .execute(&mut *conn)
                .await?;
            zahl += bereit.len();
        }
        let oeffentlich: HashSet<Uuid> = sqlx::query_scalar!(
            r#"SELECT freigabe.oeffentlich_neueste($1::text::regclass, $2) AS "id!""#,
            art.relation,
            &ids
        )
        .fetch_all(&mut *conn)
        .await?
        .into_iter()
        .collect();
        for (id, satz) in eigene
            .iter()
            .filter(|(id, _)| !zurueck.contains(*id) && !oeffentlich.contains(*id))
        {
            debug_assert!(ids.contains(id));
            bericht.hinweis(
                satz.zelle("kennung"),
                if satz.felder.get("oeffentlich").is_some_and(|wert| wert == false) {
                    "Nicht öffentlich gefasste Beschlüsse werden nie veröffentlicht; die Zeile bleibt intern."
                } else {
                    "Die Zeile bleibt Entwurf, weil etwas, worauf sie verweist (etwa Handlungsfeld oder übergeordnetes Ziel), nicht veröffentlicht ist."
                },
            );
        }
    }
    Ok(zahl)
}

/// Rows of the call, and owners of its parts, whose newest version is not public.
pub async fn entwuerfe(conn: &mut PgConnection, saetze: &Saetze) -> Result<usize> {
    let ids: HashSet<Uuid> = saetze
        .alle
        .values()
        .flatten()
        .map(|satz| satz.besitzer)
        .collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let zahl = sqlx::query_scalar!(r#"SELECT freigabe.entwuerfe($1) AS "zahl!""#, &ids)
        .fetch_one(conn)
        .await?;
    Ok(usize::try_from(zahl).unwrap_or_default())
}
