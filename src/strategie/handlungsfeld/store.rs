//! SQL of Handlungsfelder, the strategy's versions and the goal tree.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::{Ampelzahl, Baumziel, Fassung, HandlungsfeldKurz, Leitlinie};
use crate::error::Result;
use crate::strategie::massnahme::{Benannt, Code};
use crate::strategie::store;
use crate::strategie::ziel::store as ziele;

/// All fields of action in their order.
pub async fn liste(conn: &mut PgConnection) -> Result<Vec<HandlungsfeldKurz>> {
    Ok(sqlx::query_file!("src/strategie/handlungsfeld/liste.sql")
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(|z| HandlungsfeldKurz {
            kennung: z.kennung,
            nummer: z.nummer,
            titel: z.titel,
            kurztext: z.kurztext,
            farbe: z.farbe,
            symbol: z.symbol,
            patenschaft: z
                .pate
                .zip(z.pate_titel)
                .map(|(kennung, name)| Benannt { kennung, name }),
            ziele: z.ziele,
            massnahmen: z.massnahmen,
            ampeln: z.ampeln.0,
        })
        .collect())
}

/// Versions of the strategy, the one in force first.
pub async fn fassungen(conn: &mut PgConnection) -> Result<Vec<Fassung>> {
    let zeilen = sqlx::query!(
        r#"SELECT f.id, f.kennung, s.titel AS strategie, f.titel, f.zeithorizont, lower(f.gueltig) AS von, upper(f.gueltig) AS bis,
             jsonb_build_object('schluessel', z.schluessel, 'titel', z.titel, 'symbol', z.symbol, 'farbe', z.farbe) AS "zustand!: Json<Code>"
           FROM strategiefassung f JOIN strategie s ON s.id = f.strategie_id JOIN fassungszustand z ON z.schluessel = f.zustand
           ORDER BY f.zustand = 'beschlossen' DESC, lower(f.gueltig) DESC NULLS LAST, f.kennung"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut fassungen = Vec::new();
    for z in zeilen {
        let leitlinien = sqlx::query_as!(
            Leitlinie,
            "SELECT kennung, titel, text FROM leitlinie WHERE strategiefassung_id = $1 ORDER BY rang, kennung",
            z.id
        )
        .fetch_all(&mut *conn)
        .await?;
        fassungen.push(Fassung {
            kennung: z.kennung,
            strategie: z.strategie,
            titel: z.titel,
            zustand: z.zustand.0,
            zeithorizont: z.zeithorizont,
            gueltig_von: z.von,
            gueltig_bis: z.bis,
            leitlinien,
        });
    }
    Ok(fassungen)
}

/// All goals in the order of the tree, with where they stand.
pub async fn baum(conn: &mut PgConnection) -> Result<Vec<Baumziel>> {
    let mut staende = ziele::staende(&mut *conn, None).await?;
    Ok(store::ziele(conn, None, None)
        .await?
        .into_iter()
        .filter_map(|ziel| {
            let stand = staende.remove(&ziel.kennung)?;
            Some(Baumziel { ziel, stand })
        })
        .collect())
}

/// Traffic lights of all measures.
pub async fn ampeln(conn: &mut PgConnection) -> Result<Vec<Ampelzahl>> {
    Ok(sqlx::query!(
        r#"SELECT jsonb_build_object('schluessel', a.schluessel, 'titel', a.titel, 'symbol', a.symbol, 'farbe', a.farbe) AS "ampel!: Json<Code>", count(*) AS "zahl!"
           FROM massnahme_stand s JOIN ampel a ON a.schluessel = s.ampel GROUP BY a.schluessel ORDER BY a.reihenfolge"#
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|z| Ampelzahl {
        ampel: z.ampel.0,
        zahl: z.zahl,
    })
    .collect())
}
