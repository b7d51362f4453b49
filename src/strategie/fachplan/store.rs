//! SQL of sector plans.

use sqlx::PgConnection;

use super::{Fachplan, Widerspruch};
use crate::error::{Error, Result};
use crate::strategie::bezug::Bezug;
use crate::strategie::bezug::store::{self as bezuege, Gegenstand, Traeger};

/// All sector plans by title, or the one of this kennung.
pub async fn liste(conn: &mut PgConnection, kennung: Option<&str>) -> Result<Vec<Fachplan>> {
    Ok(sqlx::query_as!(
        Fachplan,
        r#"SELECT p.kennung, p.nummer, p.titel, t.titel AS typ, p.ebene, p.herausgeber, p.jahr, v.titel AS verbindlichkeit, p.zustand, p.dokument_url, p.lizenz,
             (SELECT count(*) FROM fundstelle f WHERE f.fachplan_id = p.id) AS "fundstellen!", (SELECT count(*) FROM fundstelle f WHERE f.fachplan_id = p.id AND f.beziehung = 'widerspricht') AS "widersprueche!"
           FROM fachplan p JOIN fachplan_typ t ON t.schluessel = p.typ JOIN verbindlichkeit v ON v.schluessel = p.verbindlichkeit
           WHERE $1::text IS NULL OR p.kennung = $1 ORDER BY t.reihenfolge, p.titel COLLATE "de-x-icu", p.kennung"#,
        kennung
    )
    .fetch_all(conn)
    .await?)
}

/// One sector plan, what it speaks of, and its decisions.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none, or none for this caller.
pub async fn einer(conn: &mut PgConnection, kennung: &str) -> Result<(Fachplan, Vec<Bezug>)> {
    let plan = liste(conn, Some(kennung)).await?.pop().ok_or_else(|| {
        Error::nicht_gefunden(format!(
            "Einen Fachplan mit der Kennung „{kennung}“ gibt es nicht."
        ))
    })?;
    let id = sqlx::query_scalar!("SELECT id FROM fachplan WHERE kennung = $1", kennung)
        .fetch_one(&mut *conn)
        .await?;
    let traeger = Traeger {
        fachplan: Some(id),
        ..Traeger::default()
    };
    Ok((plan, bezuege::gegenstaende(conn, traeger).await?))
}

/// Goals and measures that one plan contradicts: all, or those one plan speaks of.
pub async fn widersprueche(
    conn: &mut PgConnection,
    fachplan: Option<&str>,
) -> Result<Vec<Widerspruch>> {
    let zeilen = sqlx::query!(
        r#"SELECT DISTINCT f.ziel_id, f.massnahme_id, coalesce(z.kennung, m.kennung) AS "kennung!", coalesce(z.nummer, m.nummer) AS nummer, coalesce(z.titel, m.titel) AS "titel!"
           FROM fundstelle f LEFT JOIN ziel z ON z.id = f.ziel_id LEFT JOIN massnahme m ON m.id = f.massnahme_id
           WHERE f.beziehung = 'widerspricht' AND ($1::text IS NULL OR EXISTS (
             SELECT FROM fundstelle x JOIN fachplan p ON p.id = x.fachplan_id WHERE p.kennung = $1 AND coalesce(x.ziel_id, x.massnahme_id) = coalesce(f.ziel_id, f.massnahme_id)))
           ORDER BY 3"#,
        fachplan
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut widersprueche = Vec::new();
    for z in zeilen {
        let gegenstand = Gegenstand {
            ziel: z.ziel_id,
            massnahme: z.massnahme_id,
            ..Gegenstand::default()
        };
        let art = if z.ziel_id.is_some() {
            "ziel"
        } else {
            "massnahme"
        };
        widersprueche.push(Widerspruch {
            gegenstand: Bezug {
                art: art.to_owned(),
                kennung: z.kennung,
                nummer: z.nummer,
                titel: z.titel,
                wie: None,
                stelle: None,
                text: None,
            },
            stellen: bezuege::von(conn, gegenstand).await?.fundstellen,
        });
    }
    Ok(widersprueche)
}

/// Decisions about a sector plan.
pub async fn beschluesse(conn: &mut PgConnection, kennung: &str) -> Result<Vec<Bezug>> {
    Ok(sqlx::query_as!(
        Bezug,
        r#"SELECT 'beschluss' AS "art!", b.kennung, coalesce(b.drucksache, b.nummer) AS nummer, b.titel, x.wirkung AS wie, b.gremium || ', ' || to_char(b.datum, 'DD.MM.YYYY') AS stelle, NULL AS text
           FROM beschluss_bezug x JOIN beschluss b ON b.id = x.beschluss_id JOIN fachplan p ON p.id = x.fachplan_id WHERE p.kennung = $1 ORDER BY b.datum DESC, b.kennung"#,
        kennung
    )
    .fetch_all(conn)
    .await?)
}
