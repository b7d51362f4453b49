//! SQL of the inhabitants. Names no schema: the connection decides the world.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::einwohner::{GESAMT, Gruppe, Stichtag, spanne};
use crate::error::Result;

/// One figure as delivered, checked.
#[derive(Debug, Clone)]
pub struct Angabe {
    /// `gemeinde.ortsteil.id`.
    pub ortsteil_id: i32,
    /// Day.
    pub stichtag: NaiveDate,
    /// Stored key of the age group.
    pub altersgruppe: String,
    /// `ist` or `prognose`.
    pub art: String,
    /// Variant of a forecast.
    pub variante: Option<String>,
    /// Inhabitants.
    pub anzahl: f64,
    /// Where the figure comes from.
    pub quelle: Option<String>,
}

/// Stores or replaces figures in one statement; returns how many are new and how many changed.
pub async fn schreibe(conn: &mut PgConnection, angaben: &[Angabe]) -> Result<(i64, i64)> {
    let ortsteil: Vec<i32> = angaben.iter().map(|a| a.ortsteil_id).collect();
    let stichtag: Vec<NaiveDate> = angaben.iter().map(|a| a.stichtag).collect();
    let gruppe: Vec<String> = angaben.iter().map(|a| a.altersgruppe.clone()).collect();
    let art: Vec<String> = angaben.iter().map(|a| a.art.clone()).collect();
    let variante: Vec<Option<String>> = angaben.iter().map(|a| a.variante.clone()).collect();
    let anzahl: Vec<f64> = angaben.iter().map(|a| a.anzahl).collect();
    let quelle: Vec<Option<String>> = angaben.iter().map(|a| a.quelle.clone()).collect();
    let zeile = sqlx::query!(
        r#"WITH geschrieben AS (
             INSERT INTO einwohner AS e (ortsteil_id, stichtag, altersgruppe, art, variante, anzahl, quelle)
             SELECT * FROM unnest($1::int[], $2::date[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::text[])
             ON CONFLICT ON CONSTRAINT einwohner_einmal DO UPDATE SET anzahl = excluded.anzahl, quelle = excluded.quelle
             WHERE (e.anzahl, e.quelle) IS DISTINCT FROM (excluded.anzahl, excluded.quelle)
             RETURNING xmax = 0 AS neu)
           SELECT count(*) FILTER (WHERE neu) AS "neu!", count(*) FILTER (WHERE NOT neu) AS "geaendert!" FROM geschrieben"#,
        &ortsteil,
        &stichtag,
        &gruppe,
        &art,
        &variante as &[Option<String>],
        &anzahl,
        &quelle as &[Option<String>]
    )
    .fetch_one(conn)
    .await?;
    Ok((zeile.neu, zeile.geaendert))
}

/// An Ortsteil with its figures.
#[derive(Debug, Clone)]
pub struct Verlauf {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Counted before forecast, by day.
    pub stichtage: Vec<Stichtag>,
}

/// All figures of an Ortsteil: counted before forecast, by day.
pub async fn stichtage(conn: &mut PgConnection, ortsteil: &str) -> Result<Vec<Stichtag>> {
    let verlaeufe = lies(conn, Some(ortsteil)).await?;
    Ok(verlaeufe
        .into_iter()
        .flat_map(|verlauf| verlauf.stichtage)
        .collect())
}

/// Every Ortsteil by name, also without figures.
pub async fn stichtage_aller(conn: &mut PgConnection) -> Result<Vec<Verlauf>> {
    lies(conn, None).await
}

async fn lies(conn: &mut PgConnection, ortsteil: Option<&str>) -> Result<Vec<Verlauf>> {
    let mut verlaeufe: Vec<Verlauf> = sqlx::query!(
        r#"SELECT kennung, name FROM ortsteil WHERE $1::text IS NULL OR kennung = $1 ORDER BY name COLLATE "de-x-icu", kennung"#,
        ortsteil
    )
    .fetch_all(&mut *conn)
    .await?
    .into_iter()
    .map(|zeile| Verlauf {
        kennung: zeile.kennung,
        name: zeile.name,
        stichtage: Vec::new(),
    })
    .collect();
    let zeilen = sqlx::query!(
        r#"SELECT o.kennung, e.stichtag, e.art, e.variante, e.altersgruppe, e.anzahl, s.anzahl AS "gesamt!", s.quelle
           FROM einwohner e JOIN ortsteil o ON o.id = e.ortsteil_id
           JOIN einwohner_summe s ON s.ortsteil_id = e.ortsteil_id AND s.stichtag = e.stichtag AND s.art = e.art AND s.variante IS NOT DISTINCT FROM e.variante
           WHERE $1::text IS NULL OR o.kennung = $1 ORDER BY o.kennung, e.art, e.stichtag, e.variante NULLS FIRST"#,
        ortsteil
    )
    .fetch_all(conn)
    .await?;
    let platz: HashMap<String, usize> = verlaeufe
        .iter()
        .enumerate()
        .map(|(i, verlauf)| (verlauf.kennung.clone(), i))
        .collect();
    for zeile in zeilen {
        let Some(verlauf) = platz
            .get(&zeile.kennung)
            .and_then(|i| verlaeufe.get_mut(*i))
        else {
            continue;
        };
        let stichtage = &mut verlauf.stichtage;
        let derselbe = stichtage.last().is_some_and(|s| {
            s.stichtag == zeile.stichtag && s.art == zeile.art && s.variante == zeile.variante
        });
        if !derselbe {
            stichtage.push(Stichtag {
                stichtag: zeile.stichtag,
                art: zeile.art,
                variante: zeile.variante,
                gesamt: zeile.gesamt,
                quelle: zeile.quelle,
                altersgruppen: Vec::new(),
            });
        }
        if zeile.altersgruppe != GESAMT
            && let Some(stichtag) = stichtage.last_mut()
        {
            stichtag.altersgruppen.push(Gruppe {
                altersgruppe: zeile.altersgruppe,
                anzahl: zeile.anzahl,
                anteil: (zeile.gesamt > 0.0).then(|| zeile.anzahl / zeile.gesamt),
            });
        }
    }
    for stichtag in verlaeufe.iter_mut().flat_map(|v| v.stichtage.iter_mut()) {
        stichtag
            .altersgruppen
            .sort_by_key(|gruppe| spanne(&gruppe.altersgruppe));
    }
    Ok(verlaeufe)
}

/// Id, kennung and name of every Ortsteil.
pub async fn ortsteile(conn: &mut PgConnection) -> Result<Vec<(i32, String, String)>> {
    Ok(
        sqlx::query!("SELECT id, kennung, name FROM ortsteil ORDER BY id")
            .fetch_all(conn)
            .await?
            .into_iter()
            .map(|zeile| (zeile.id, zeile.kennung, zeile.name))
            .collect(),
    )
}
