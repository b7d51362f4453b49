//! SQL of plans and balances. Names no schema: the connection decides the world.

use sqlx::PgConnection;

use super::bilanz::{Beitrag, GANZER_PLAN, Gebiet, OHNE_ORTSTEIL, Pruefung, Ueberlagerung, Zeile};
use super::plan::Fassung;
use crate::error::Result;

/// The whole plan as a Gebiet: named after its Gemeinde, else after itself.
pub async fn gebiet_des_plans(conn: &mut PgConnection, plan: &Fassung) -> Result<Gebiet> {
    let gemeinde = sqlx::query!(
        "SELECT g.kennung, g.name FROM plan p JOIN gemeinde g ON g.id = p.gemeinde_id WHERE p.kennung = $1",
        plan.kennung
    )
    .fetch_optional(conn)
    .await?;
    let (kennung, name) = gemeinde.map_or_else(
        || (None, plan.name.clone()),
        |row| (Some(row.kennung), row.name),
    );
    Ok(Gebiet {
        art: "gemeinde",
        kennung,
        name,
        ortsteil_id: None,
    })
}

/// Ortsteile with a part of the plan by name, then the rest in none if it exceeds `mindestens_m2`.
pub async fn gebiete(
    conn: &mut PgConnection,
    fassung: i32,
    mindestens_m2: f64,
) -> Result<Vec<Gebiet>> {
    let rows = sqlx::query!(
        r#"SELECT p.ortsteil_id, o.kennung AS "kennung?", coalesce(o.name, 'ohne Ortsteil') AS "name!"
           FROM pruefung p LEFT JOIN ortsteil o ON o.id = p.ortsteil_id
           WHERE p.fassung_id = $1 AND p.ortsteil_id <> $2 AND (p.gebiet_m2 > $3
             OR EXISTS (SELECT FROM anteil a WHERE a.fassung_id = $1 AND a.ortsteil_id = p.ortsteil_id AND a.m2 > $3))
           ORDER BY p.ortsteil_id = $4, o.name COLLATE "de-x-icu", p.ortsteil_id"#,
        fassung,
        GANZER_PLAN,
        mindestens_m2,
        OHNE_ORTSTEIL
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Gebiet {
            art: if row.ortsteil_id == OHNE_ORTSTEIL {
                "ohne_ortsteil"
            } else {
                "ortsteil"
            },
            kennung: row.kennung,
            name: row.name,
            ortsteil_id: Some(row.ortsteil_id),
        })
        .collect())
}

/// Stored check figures; sums are added by the caller. An Ortsteil outside the plan has none.
pub async fn pruefung(conn: &mut PgConnection, fassung: i32, ortsteil: i32) -> Result<Pruefung> {
    let row = sqlx::query!(
        "SELECT gebiet_m2, ueberlappung_m2, luecke_m2, ausserhalb_m2, ungueltig_m2 FROM pruefung WHERE fassung_id = $1 AND ortsteil_id = $2",
        fassung,
        ortsteil
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map_or_else(Pruefung::default, |row| Pruefung {
        gebiet_m2: row.gebiet_m2,
        ueberlappung_m2: row.ueberlappung_m2,
        luecke_m2: row.luecke_m2,
        ausserhalb_m2: row.ausserhalb_m2,
        ungueltig_m2: row.ungueltig_m2,
        ..Pruefung::default()
    }))
}

/// Rows of the balance.
pub async fn zeilen(
    conn: &mut PgConnection,
    fassung: i32,
    ortsteil: Option<i32>,
) -> Result<Vec<Zeile>> {
    Ok(
        sqlx::query_file_as!(Zeile, "src/fnp/bilanz_zeilen.sql", fassung, ortsteil)
            .fetch_all(conn)
            .await?,
    )
}

/// Overlays by class.
pub async fn ueberlagerungen(
    conn: &mut PgConnection,
    fassung: i32,
    ortsteil: Option<i32>,
) -> Result<Vec<Ueberlagerung>> {
    Ok(sqlx::query_file_as!(
        Ueberlagerung,
        "src/fnp/bilanz_ueberlagerungen.sql",
        fassung,
        ortsteil
    )
    .fetch_all(conn)
    .await?)
}

/// The areas behind a figure, largest part first (Rechenweg).
pub async fn beitraege(
    conn: &mut PgConnection,
    fassung: i32,
    ortsteil: Option<i32>,
    nutzung: Option<&str>,
    rechtsstaende: &[&str],
) -> Result<Vec<Beitrag>> {
    let rechtsstaende: Vec<String> = rechtsstaende.iter().map(|&text| text.to_owned()).collect();
    Ok(sqlx::query_as!(
        Beitrag,
        r#"SELECT f.kennung, f.nutzung, f.rechtsstand, f.flaeche_m2, sum(a.m2 ORDER BY a.ortsteil_id) AS "m2!",
             sum(a.m2 ORDER BY a.ortsteil_id) / nullif(f.flaeche_m2, 0) AS "anteil!"
           FROM anteil a JOIN flaeche f ON f.fassung_id = a.fassung_id AND f.ordnung = a.ordnung
           WHERE a.fassung_id = $1 AND ($2::int IS NULL OR a.ortsteil_id = $2) AND ($3::text IS NULL OR a.nutzung = $3) AND a.rechtsstand = ANY ($4)
           GROUP BY f.kennung, f.nutzung, f.rechtsstand, f.flaeche_m2
           ORDER BY 5 DESC, f.kennung"#,
        fassung,
        ortsteil,
        nutzung,
        &rechtsstaende
    )
    .fetch_all(conn)
    .await?)
}

/// Kennung and name of all Ortsteile, by name.
pub async fn ortsteile(conn: &mut PgConnection) -> Result<Vec<(String, String)>> {
    Ok(sqlx::query!(
        r#"SELECT kennung, name FROM ortsteil ORDER BY name COLLATE "de-x-icu", kennung"#
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|row| (row.kennung, row.name))
    .collect())
}

/// Name of a Nutzung.
pub async fn nutzung(conn: &mut PgConnection, schluessel: &str) -> Result<String> {
    let schluessel_liste =
        sqlx::query!("SELECT schluessel, name FROM nutzung ORDER BY reihenfolge")
            .fetch_all(conn)
            .await?;
    match schluessel_liste
        .iter()
        .find(|row| row.schluessel == schluessel)
    {
        Some(row) => Ok(row.name.clone()),
        None => Err(crate::error::Error::parameter(
            "nutzung",
            format!(
                "Die Nutzung „{schluessel}“ gibt es nicht. Möglich sind: {}.",
                schluessel_liste
                    .iter()
                    .map(|row| row.schluessel.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        )),
    }
}
