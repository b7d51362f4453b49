//! SQL of money. Names no schema: in the public world confidential figures do not exist.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Anteil, Foerderung, Jahr, Kosten, OrtsteilGeld, Summe};
use crate::error::Result;
use crate::haushalt::aufteilung::teile;

/// Years of a measure.
pub async fn jahre(conn: &mut PgConnection, massnahme: Uuid) -> Result<Vec<Jahr>> {
    Ok(sqlx::query_as!(
        Jahr,
        r#"SELECT jahr AS "jahr!", plan_ct, ergebnis_ct, kosten_ct, foerderung_ct, ertrag_ct, ve_ct, folgekosten_ct, planfassungen, stand
           FROM massnahme_jahr WHERE massnahme_id = $1 ORDER BY jahr"#,
        massnahme
    )
    .fetch_all(conn)
    .await?)
}

/// Total of a measure; None when nothing is known.
pub async fn kosten(conn: &mut PgConnection, massnahme: Uuid) -> Result<Option<Kosten>> {
    Ok(sqlx::query_as!(
        Kosten,
        "SELECT kosten_ct, kosten_aus, schaetzung_ct, schaetzung_am, jahre_ct, ergebnis_ct, foerderung_ct, bewilligt_ct, stand FROM massnahme_kosten WHERE massnahme_id = $1",
        massnahme
    )
    .fetch_optional(conn)
    .await?)
}

/// Grants of a measure or of a village-renewal area.
pub async fn foerderungen(
    conn: &mut PgConnection,
    massnahme: Option<Uuid>,
    gebiet: Option<Uuid>,
) -> Result<Vec<Foerderung>> {
    Ok(sqlx::query_as!(
        Foerderung,
        "SELECT p.kennung AS programm, p.titel, p.geber, f.stand, coalesce(f.quote, p.quote)::double precision AS quote, f.betrag_ct, f.bewilligt_am, f.bindefrist
         FROM foerderung f JOIN foerderprogramm p ON p.id = f.programm_id WHERE f.massnahme_id = $1 OR f.gebiet_id = $2 ORDER BY p.titel, p.kennung",
        massnahme,
        gebiet
    )
    .fetch_all(conn)
    .await?)
}

/// Money of these measures.
pub async fn summe(conn: &mut PgConnection, kennungen: &[String]) -> Result<Summe> {
    Ok(sqlx::query_as!(
        Summe,
        r#"SELECT count(*) AS "massnahmen!", count(e.massnahme_id) AS "entfallen!", count(k.kosten_ct) AS "mit_kosten!", coalesce(sum(k.kosten_ct), 0)::bigint AS "kosten_ct!",
             coalesce(sum(k.ergebnis_ct), 0)::bigint AS "ergebnis_ct!", coalesce(sum(k.bewilligt_ct), 0)::bigint AS "bewilligt_ct!", max(k.stand) AS stand
           FROM massnahme m LEFT JOIN massnahme_entfallen e ON e.massnahme_id = m.id
           LEFT JOIN massnahme_kosten k ON k.massnahme_id = m.id AND e.massnahme_id IS NULL WHERE m.kennung = ANY ($1)"#,
        kennungen
    )
    .fetch_one(conn)
    .await?)
}

/// Money of the measures of an Ortsteil, by share.
pub async fn ortsteil(conn: &mut PgConnection, ortsteil: i32) -> Result<OrtsteilGeld> {
    // Split as in /geld: all parts of a measure together are its costs, to the cent.
    let anteilig: Vec<Anteil> = sqlx::query!(
        r#"SELECT m.kennung, m.titel, mo.anteil AS "anteil!", k.kosten_ct AS "kosten_ct!", k.stand, e.grund AS "entfallen?", t.anteile AS "anteile!", t.davor AS "davor!"
           FROM massnahme_ortsteil mo JOIN ortsteil o ON o.id = mo.ortsteil_id JOIN massnahme m ON m.id = mo.massnahme_id
           JOIN massnahme_kosten k ON k.massnahme_id = m.id LEFT JOIN massnahme_entfallen e ON e.massnahme_id = m.id
           CROSS JOIN LATERAL (SELECT array_agg(x.anteil ORDER BY y.kennung) AS anteile, count(*) FILTER (WHERE y.kennung < o.kennung) AS davor
             FROM massnahme_ortsteil x JOIN ortsteil y ON y.id = x.ortsteil_id WHERE x.massnahme_id = m.id AND x.anteil IS NOT NULL) t
           WHERE mo.ortsteil_id = $1 AND mo.anteil IS NOT NULL AND k.kosten_ct IS NOT NULL ORDER BY m.nummer, m.kennung"#,
        ortsteil
    )
    .fetch_all(&mut *conn)
    .await?
    .into_iter()
    .map(|z| {
        let stelle = usize::try_from(z.davor).unwrap_or(0);
        let anteilig_ct = teile(z.kosten_ct, &z.anteile).get(stelle).copied();
        Anteil {
            kennung: z.kennung,
            titel: z.titel,
            anteil: z.anteil,
            kosten_ct: z.kosten_ct,
            anteilig_ct: anteilig_ct.unwrap_or(0),
            stand: z.stand,
            entfallen: z.entfallen,
            rechenweg: None,
        }
    })
    .collect();
    let ungeteilt = sqlx::query_scalar!(
        "SELECT m.kennung FROM massnahme_ortsteil mo JOIN massnahme m ON m.id = mo.massnahme_id WHERE mo.ortsteil_id = $1 AND mo.anteil IS NULL",
        ortsteil
    )
    .fetch_all(&mut *conn)
    .await?;
    // A city-wide measure that also has a place is counted where it lies.
    let gesamtstadt = sqlx::query_scalar!(
        "SELECT m.kennung FROM massnahme m WHERE EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art = 'gesamtstadt')
           AND NOT EXISTS (SELECT FROM massnahme_ortsteil mo WHERE mo.massnahme_id = m.id)"
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(OrtsteilGeld {
        anteilig_ct: anteilig
            .iter()
            .filter(|zeile| zeile.entfallen.is_none())
            .map(|zeile| zeile.anteilig_ct)
            .sum(),
        anteilig,
        ungeteilt: summe(conn, &ungeteilt).await?,
        gesamtstadt: summe(conn, &gesamtstadt).await?,
    })
}
