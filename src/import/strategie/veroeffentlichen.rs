//! Publishes what a call brought, in the order in which one end must be public before
//! the other: Handlungsfelder, strategic goals, operative goals, areas, measures.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;
use uuid::Uuid;

use super::lesen::Satz;
use super::spalten::Art;
use crate::error::Result;
use crate::import::bericht::Bericht;

/// Publishes the rows of the call that are no drafts by their own wish, and owners whose
/// set it replaced when they were public before. Returns how many.
pub async fn veroeffentliche(
    conn: &mut PgConnection,
    saetze: &HashMap<Art, Vec<Satz>>,
    vorher_oeffentlich: &HashSet<Uuid>,
    bericht: &mut Bericht,
) -> Result<usize> {
    let zurueck: HashSet<Uuid> = saetze
        .values()
        .flatten()
        .filter(|satz| satz.entwurf)
        .map(|satz| satz.besitzer)
        .collect();
    let gewollt = |art: Art| -> Vec<Uuid> {
        let eigene = saetze
            .get(&art)
            .into_iter()
            .flatten()
            .map(|satz| satz.besitzer);
        let mut ids: Vec<Uuid> = eigene.filter(|id| !zurueck.contains(id)).collect();
        // Keys are of one kind each; the queries below drop those of another.
        ids.extend(vorher_oeffentlich.iter().filter(|id| !zurueck.contains(id)));
        ids
    };

    let handlungsfelder = sqlx::query_scalar!(
        "SELECT z.id FROM handlungsfeld z WHERE z.id = ANY ($1)
           AND NOT EXISTS (SELECT FROM oeffentlich.handlungsfeld o WHERE o.id = z.id AND o.version = z.version)",
        &gewollt(Art::Handlungsfeld)
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut zahl = gib_frei(conn, "handlungsfeld", &handlungsfelder).await?;

    let ziele = gewollt(Art::Ziel);
    for operativ in [false, true] {
        let bereit =
            sqlx::query_file_scalar!("src/import/strategie/ziel_bereit.sql", &ziele, operativ)
                .fetch_all(&mut *conn)
                .await?;
        zahl += gib_frei(conn, "ziel", &bereit).await?;
    }
    let wartend = sqlx::query_scalar!(
        "SELECT z.id FROM ziel z WHERE z.id = ANY ($1)
           AND NOT EXISTS (SELECT FROM oeffentlich.ziel o WHERE o.id = z.id AND o.version = z.version)",
        &ziele
    )
    .fetch_all(&mut *conn)
    .await?;
    for satz in saetze
        .get(&Art::Ziel)
        .into_iter()
        .flatten()
        .filter(|satz| wartend.contains(&satz.besitzer))
    {
        bericht.hinweis(
            satz.stelle.clone().zelle("kennung", &satz.kennung),
            "Das Ziel bleibt Entwurf, weil sein Handlungsfeld oder sein übergeordnetes Ziel nicht veröffentlicht ist.",
        );
    }

    let gebiete = sqlx::query_scalar!(
        "SELECT z.id FROM gebiet z WHERE z.id = ANY ($1)
           AND NOT EXISTS (SELECT FROM oeffentlich.gebiet o WHERE o.id = z.id AND o.version = z.version)",
        &gewollt(Art::GebietMassnahme)
            .into_iter()
            .filter(|id| vorher_oeffentlich.contains(id))
            .collect::<Vec<_>>()
    )
    .fetch_all(&mut *conn)
    .await?;
    zahl += gib_frei(conn, "gebiet", &gebiete).await?;

    let massnahmen = sqlx::query_scalar!(
        "SELECT z.id FROM massnahme z WHERE z.id = ANY ($1)
           AND NOT EXISTS (SELECT FROM oeffentlich.massnahme o WHERE o.id = z.id AND o.version = z.version)",
        &gewollt(Art::Massnahme)
    )
    .fetch_all(&mut *conn)
    .await?;
    zahl += gib_frei(conn, "massnahme", &massnahmen).await?;
    Ok(zahl)
}

async fn gib_frei(conn: &mut PgConnection, art: &str, ids: &[Uuid]) -> Result<usize> {
    if !ids.is_empty() {
        sqlx::query!("SELECT freigabe.veroeffentliche($1, $2)", art, ids)
            .execute(conn)
            .await?;
    }
    Ok(ids.len())
}

/// Rows of the call whose newest version is not public.
pub async fn entwuerfe(conn: &mut PgConnection, saetze: &HashMap<Art, Vec<Satz>>) -> Result<usize> {
    let ids: HashSet<Uuid> = saetze
        .values()
        .flatten()
        .map(|satz| satz.besitzer)
        .collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let zahl = sqlx::query_file_scalar!("src/import/strategie/entwuerfe.sql", &ids)
        .fetch_one(conn)
        .await?;
    Ok(usize::try_from(zahl).unwrap_or_default())
}
