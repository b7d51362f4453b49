//! SQL of goal profiles. Names no schema: the connection decides the world.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::ZielStand;
use super::profil::{Flaechenziel, Kennzahlgewicht, Landnutzung};
use crate::error::Result;
use crate::strategie::massnahme::Code;

/// Where goals stand, by kennung: all, or one.
pub async fn staende(
    conn: &mut PgConnection,
    ziel: Option<Uuid>,
) -> Result<HashMap<String, ZielStand>> {
    Ok(sqlx::query_file!("src/strategie/ziel/staende.sql", ziel)
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(|z| {
            (
                z.kennung,
                ZielStand {
                    erreichung: z.erreichung,
                    grad: z.grad,
                    umsetzung: z.umsetzung,
                    ampel: z.ampel.0,
                    ampel_anlass: z.ampel_anlass,
                    kennzahlen: z.kennzahlen,
                    kennzahlen_mit_wert: z.kennzahlen_mit_wert,
                    rueckschritte: z.rueckschritte,
                    aeltester_wert: z.aeltester_wert,
                    massnahmen_foerdernd: z.massnahmen_foerdernd,
                    massnahmen_hemmend: z.massnahmen_hemmend,
                    massnahmen_umgesetzt: z.massnahmen_umgesetzt,
                },
            )
        })
        .collect())
}

/// Weight and attainment of each indicator in the attainment of a goal: its Rechenweg.
pub async fn gewichte(conn: &mut PgConnection, ziel: Uuid) -> Result<Vec<Kennzahlgewicht>> {
    Ok(sqlx::query_as!(
        Kennzahlgewicht,
        r#"SELECT k.kennung, k.nummer, k.titel, zk.gewicht::double precision AS "gewicht!", zk.eigene AS "eigene!", kl.grad::double precision AS grad,
             coalesce(kl.raeume, 0) AS "raeume!", coalesce(kl.ganze_stadt, false) AS "ganze_stadt!", coalesce(kl.rueckschritte, 0) AS "rueckschritte!"
           FROM ziel_kennzahl_ganz zk JOIN kennzahl k ON k.id = zk.kennzahl_id LEFT JOIN kennzahl_lage kl ON kl.kennzahl_id = k.id AND NOT kl.ruht
           WHERE zk.ziel_id = $1 ORDER BY k.nummer, k.kennung"#,
        ziel
    )
    .fetch_all(conn)
    .await?)
}

/// Hectares of a plan version that serve or strain a goal, by land use and Ortsteil.
pub async fn landnutzung(
    conn: &mut PgConnection,
    ziel: Uuid,
    fassung: i32,
) -> Result<Vec<Landnutzung>> {
    Ok(sqlx::query_as!(
        Landnutzung,
        r#"SELECT w.nutzung, n.name, n.farbe, w.wirkung, w.begruendung, o.kennung AS "ortsteil?", o.name AS "ortsteil_name?", count(DISTINCT a.ordnung) AS "flaechen!", sum(a.m2) AS "m2!", NULL AS rechenweg
           FROM ziel_nutzungsart_wirkung w JOIN nutzung n ON n.schluessel = w.nutzung JOIN anteil a ON a.fassung_id = $2 AND a.nutzung = w.nutzung LEFT JOIN ortsteil o ON o.id = a.ortsteil_id
           WHERE w.ziel_id = $1 GROUP BY w.ziel_id, w.nutzung, w.wirkung, w.begruendung, n.schluessel, o.id, o.kennung, o.name ORDER BY w.wirkung DESC, n.reihenfolge, o.name COLLATE "de-x-icu" NULLS LAST"#,
        ziel,
        fassung
    )
    .fetch_all(conn)
    .await?)
}

/// Goals that the land use of an Ortsteil serves or strains, by a plan version.
pub async fn flaechenziele(
    conn: &mut PgConnection,
    fassung: i32,
    ortsteil: i32,
) -> Result<Vec<Flaechenziel>> {
    Ok(sqlx::query_as!(
        Flaechenziel,
        r#"SELECT z.kennung, z.nummer, z.titel, coalesce(sum(a.m2) FILTER (WHERE w.wirkung > 0), 0) AS "dient_m2!", coalesce(sum(a.m2) FILTER (WHERE w.wirkung < 0), 0) AS "belastet_m2!"
           FROM anteil a JOIN ziel_nutzungsart_wirkung w ON w.nutzung = a.nutzung AND w.wirkung <> 0 JOIN ziel z ON z.id = w.ziel_id
           WHERE a.fassung_id = $1 AND a.ortsteil_id = $2 GROUP BY z.id, z.kennung, z.nummer, z.titel ORDER BY z.nummer, z.kennung"#,
        fassung,
        ortsteil
    )
    .fetch_all(conn)
    .await?)
}

/// Id of a goal that is known to exist.
pub async fn id(conn: &mut PgConnection, kennung: &str) -> Result<Uuid> {
    Ok(
        sqlx::query_scalar!("SELECT id FROM ziel WHERE kennung = $1", kennung)
            .fetch_one(conn)
            .await?,
    )
}

/// State of a goal and the product it belongs to.
pub async fn zustand(
    conn: &mut PgConnection,
    ziel: Uuid,
) -> Result<(Code, f64, Option<String>, chrono::DateTime<chrono::Utc>)> {
    let z = sqlx::query!(
        r#"SELECT jsonb_build_object('schluessel', c.schluessel, 'titel', c.titel, 'symbol', c.symbol, 'farbe', c.farbe) AS "zustand!: Json<Code>", z.gewicht::double precision AS "gewicht!",
             p.nummer || ' ' || p.titel AS produkt, z.seit
           FROM ziel z JOIN zielzustand c ON c.schluessel = z.zustand LEFT JOIN produkt p ON p.id = z.produkt_id WHERE z.id = $1"#,
        ziel
    )
    .fetch_one(conn)
    .await?;
    Ok((z.zustand.0, z.gewicht, z.produkt, z.seit))
}
