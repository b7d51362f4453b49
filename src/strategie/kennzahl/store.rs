//! SQL of indicators. Names no schema: the connection decides the world.

use chrono::NaiveDate;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Kennzahl, KennzahlKurz, Stand, Strecke, Wert};
use crate::error::{Error, Result};
use crate::strategie::bezug::Bezug;
use crate::strategie::bezug::store::{self as bezuege, Gegenstand};
use crate::strategie::massnahme::Code;

/// Which indicators are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Auswahl<'a> {
    /// These alone.
    pub kennungen: Option<&'a [String]>,
    /// Those of a goal and of the goals below it.
    pub ziel: Option<Uuid>,
}

/// Rows of both questions look alike.
macro_rules! als_stand {
    ($zeilen:expr) => {
        $zeilen
            .into_iter()
            .map(|z| Stand {
                kennzahl: z.kennzahl,
                nummer: z.nummer,
                titel: z.titel,
                einheit: z.einheit,
                richtung: z.richtung,
                nachkomma: z.nachkomma,
                ortsteil: z.ortsteil,
                ortsteil_name: z.ortsteil_name,
                ist: z.ist,
                ist_am: z.ist_am,
                ist_status: z.ist_status,
                quelle: z.quelle,
                basis: z.basis,
                basis_am: z.basis_am,
                ziel: z.ziel,
                ziel_am: z.ziel_am,
                soll: z.soll,
                abweichung: z.abweichung,
                grad: z.grad,
                ampel: z.ampel.0,
                hinweis: z.hinweis,
                alter_tage: z.alter_tage,
                aktualitaet: z.aktualitaet.0,
                rechenweg: None,
            })
            .collect()
    };
}

/// Where indicators stand, by indicator, the whole town first.
pub async fn staende(conn: &mut PgConnection, auswahl: Auswahl<'_>) -> Result<Vec<Stand>> {
    Ok(als_stand!(
        sqlx::query_file!(
            "src/strategie/kennzahl/staende.sql",
            auswahl.kennungen,
            auswahl.ziel
        )
        .fetch_all(conn)
        .await?
    ))
}

/// Where indicators stand in an Ortsteil.
pub async fn im_ortsteil(conn: &mut PgConnection, ortsteil: i32) -> Result<Vec<Stand>> {
    Ok(als_stand!(
        sqlx::query_file!("src/strategie/kennzahl/staende_ortsteil.sql", ortsteil)
            .fetch_all(conn)
            .await?
    ))
}

/// All indicators, or the one of this kennung, with where they stand.
pub async fn liste(conn: &mut PgConnection, kennung: Option<&str>) -> Result<Vec<KennzahlKurz>> {
    let gefragt = kennung.map(|k| vec![k.to_owned()]);
    let auswahl = Auswahl {
        kennungen: gefragt.as_deref(),
        ..Auswahl::default()
    };
    let mut alle = staende(&mut *conn, auswahl).await?;
    let zeilen = sqlx::query!(
        r#"SELECT k.kennung, k.nummer, k.titel, k.einheit, a.titel AS art, k.richtung,
             ARRAY(SELECT z.kennung FROM ziel_kennzahl zk JOIN ziel z ON z.id = zk.ziel_id WHERE zk.kennzahl_id = k.id ORDER BY 1) AS "ziele!"
           FROM kennzahl k JOIN kennzahl_art a ON a.schluessel = k.art WHERE $1::text IS NULL OR k.kennung = $1 ORDER BY k.nummer, k.kennung"#,
        kennung
    )
    .fetch_all(conn)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| {
            let (eigene, andere) = alle.drain(..).partition(|s| s.kennzahl == z.kennung);
            alle = andere;
            KennzahlKurz {
                kennung: z.kennung,
                nummer: z.nummer,
                titel: z.titel,
                einheit: z.einheit,
                art: z.art,
                richtung: z.richtung,
                staende: eigene,
                ziele: z.ziele,
            }
        })
        .collect())
}

/// One indicator with everything known about it.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none, or none for this caller.
pub async fn eine(
    conn: &mut PgConnection,
    kennung: &str,
    stichtag: NaiveDate,
    rechenweg: String,
) -> Result<Kennzahl> {
    let kurz = liste(conn, Some(kennung)).await?.pop().ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Eine Kennzahl mit der Kennung „{kennung}“ gibt es nicht."
        ))
    })?;
    let k = sqlx::query!(
        r#"SELECT id, definition, quelle, berechnung, turnus_monate, korridor IS NOT NULL AS "hat_korridor!", lower(korridor)::double precision AS unten, upper(korridor)::double precision AS oben
           FROM kennzahl WHERE kennung = $1"#,
        kennung
    )
    .fetch_one(&mut *conn)
    .await?;
    let werte = sqlx::query_as!(
        Wert,
        r#"SELECT o.kennung AS "ortsteil?", o.name AS "ortsteil_name?", w.stichtag, w.art, w.wert::double precision AS "wert!", w.status, w.quelle
           FROM kennzahlwert w LEFT JOIN ortsteil o ON o.id = w.ortsteil_id WHERE w.kennzahl_id = $1
           ORDER BY o.id NULLS FIRST, w.stichtag, array_position(ARRAY['basis', 'ist', 'soll', 'prognose'], w.art)"#,
        k.id
    )
    .fetch_all(&mut *conn)
    .await?;
    let pfad = sqlx::query_as!(
        Strecke,
        r#"SELECT o.kennung AS "ortsteil?", p.von AS "von!", p.von_wert::double precision AS "von_wert!", p.bis, p.bis_wert::double precision AS bis_wert
           FROM kennzahl_pfad p LEFT JOIN ortsteil o ON o.id = p.ortsteil_id WHERE p.kennzahl_id = $1 ORDER BY o.id NULLS FIRST, p.von"#,
        k.id
    )
    .fetch_all(&mut *conn)
    .await?;
    let ziele = sqlx::query_as!(
        Bezug,
        r#"SELECT 'ziel' AS "art!", z.kennung, z.nummer, z.titel, NULL AS wie, NULL AS stelle, NULL AS text
           FROM ziel_kennzahl zk JOIN ziel z ON z.id = zk.ziel_id WHERE zk.kennzahl_id = $1 ORDER BY z.nummer, z.kennung"#,
        k.id
    )
    .fetch_all(&mut *conn)
    .await?;
    let massnahmen = sqlx::query_as!(
        Bezug,
        r#"SELECT 'massnahme' AS "art!", m.kennung, m.nummer, m.titel, mk.wirkung AS wie, NULL AS stelle, CASE WHEN mk.misst_fortschritt THEN 'misst den Fortschritt' END AS text
           FROM massnahme_kennzahl mk JOIN massnahme m ON m.id = mk.massnahme_id WHERE mk.kennzahl_id = $1 ORDER BY m.nummer, m.kennung"#,
        k.id
    )
    .fetch_all(&mut *conn)
    .await?;
    let gegenstand = Gegenstand {
        kennzahl: Some(k.id),
        ..Gegenstand::default()
    };
    Ok(Kennzahl {
        kurz,
        definition: k.definition,
        quelle: k.quelle,
        berechnung: k.berechnung,
        turnus_monate: k.turnus_monate,
        korridor: k.hat_korridor.then_some([k.unten, k.oben]),
        werte,
        pfad,
        ziele,
        massnahmen,
        bezuege: bezuege::von(conn, gegenstand).await?,
        stichtag,
        rechenweg,
    })
}
