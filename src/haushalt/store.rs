//! SQL of money. Names no schema: in the public world drafts and confidential figures do not exist.

use sqlx::PgConnection;
use uuid::Uuid;

use super::auswertung::{Auswertung, Betraege, Bezug, Kopf, Nach, Posten, Zuordnung, werte_aus};
use super::finanzwert::{Angabe, Schaetzung};
use super::foerderung::{Foerderzeile, Programm};
use super::pruefung::Pruefposten;
use crate::error::{Error, Result};

/// Money of every measure or of one, in total or of a year.
pub async fn posten(
    conn: &mut PgConnection,
    jahr: Option<i32>,
    massnahme: Option<Uuid>,
) -> Result<Vec<Posten>> {
    let zeilen = sqlx::query_file!("src/haushalt/sql/posten.sql", jahr, massnahme)
        .fetch_all(conn)
        .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| Posten {
            id: z.id,
            kennung: z.kennung,
            nummer: z.nummer,
            titel: z.titel,
            betraege: Betraege::neu(z.kosten_ct, z.foerderung_ct, z.ertrag_ct, z.folgekosten_ct),
            kosten_aus: z.kosten_aus.filter(|text| !text.is_empty()),
            foerderung_aus: z.foerderung_aus,
            stand: z.stand,
            entfallen: z.entfallen,
        })
        .collect())
}

/// Money of all measures, grouped.
pub async fn auswertung(
    conn: &mut PgConnection,
    nach: Nach,
    jahr: Option<i32>,
) -> Result<Auswertung> {
    let posten = posten(conn, jahr, None).await?;
    let (mut koepfe, zuordnungen) = match nach {
        Nach::Ortsteil => ortsteile(conn).await?,
        Nach::Handlungsfeld | Nach::Ziel => ziele(conn, nach).await?,
        Nach::Sdg => sdg(conn).await?,
        Nach::Jahr => jahre(conn).await?,
        Nach::Produkt => produkte(conn).await?,
    };
    koepfe.extend(match nach {
        Nach::Ortsteil => vec![
            Kopf::eigen("_gesamtstadt", "Gesamte Stadt"),
            Kopf::eigen("_ungeteilt", "Mehrere Ortsteile, ohne genauen Ort"),
            Kopf::eigen("_nicht_verortet", "Nicht verortet"),
        ],
        Nach::Jahr => vec![Kopf::eigen("_ohne_jahr", "Keinem Jahr zugeordnet")],
        Nach::Produkt => vec![Kopf::eigen("_ohne", "Ohne Produkt")],
        Nach::Sdg => vec![Kopf::eigen("_ohne", "Ohne Nachhaltigkeitsziel")],
        Nach::Ziel | Nach::Handlungsfeld => vec![Kopf::eigen("_ohne", "Ohne Ziel")],
    });
    let stichtag = sqlx::query_scalar!(r#"SELECT tag AS "tag!" FROM stichtag"#)
        .fetch_one(conn)
        .await?;
    Ok(werte_aus(
        nach,
        jahr,
        stichtag,
        posten,
        &koepfe,
        zuordnungen,
    ))
}

type Gruppierung = (Vec<Kopf>, Vec<Zuordnung>);

async fn ortsteile(conn: &mut PgConnection) -> Result<Gruppierung> {
    let koepfe = sqlx::query!(
        r#"SELECT kennung, name FROM ortsteil ORDER BY name COLLATE "de-x-icu", kennung"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let lage = sqlx::query!(
        r#"SELECT mo.massnahme_id, o.kennung, mo.anteil,
             bool_and(mo.anteil IS NULL) OVER (PARTITION BY mo.massnahme_id) AS "ungeteilt!"
           FROM massnahme_ortsteil mo JOIN ortsteil o ON o.id = mo.ortsteil_id ORDER BY mo.massnahme_id, o.kennung"#
    )
    .fetch_all(&mut *conn)
    .await?;
    // A city-wide measure that also has a place is counted where it lies.
    let gesamtstadt = sqlx::query_scalar!(
        "SELECT DISTINCT r.massnahme_id FROM raumbezug r WHERE r.art = 'gesamtstadt'
           AND NOT EXISTS (SELECT FROM massnahme_ortsteil mo WHERE mo.massnahme_id = r.massnahme_id)"
    )
    .fetch_all(conn)
    .await?;
    let mut zuordnungen: Vec<Zuordnung> = gesamtstadt
        .into_iter()
        .map(|id| zuordnung(id, "_gesamtstadt", Bezug::Ganz))
        .collect();
    for z in lage {
        if z.ungeteilt {
            if zuordnungen.last().map(|letzte| letzte.massnahme) != Some(z.massnahme_id) {
                zuordnungen.push(zuordnung(z.massnahme_id, "_ungeteilt", Bezug::Ganz));
            }
            zuordnungen.push(zuordnung(z.massnahme_id, &z.kennung, Bezug::Auch));
        } else if let Some(anteil) = z.anteil {
            zuordnungen.push(zuordnung(z.massnahme_id, &z.kennung, Bezug::Anteil(anteil)));
        }
    }
    let koepfe = koepfe.into_iter().map(|o| kopf(o.kennung, None, o.name));
    Ok((koepfe.collect(), zuordnungen))
}

async fn ziele(conn: &mut PgConnection, nach: Nach) -> Result<Gruppierung> {
    let felder = nach == Nach::Handlungsfeld;
    let koepfe = sqlx::query!(
        r#"SELECT kennung AS "kennung!", nummer, titel AS "titel!" FROM (
             SELECT kennung, nummer, titel, reihenfolge FROM handlungsfeld WHERE $1
             UNION ALL SELECT kennung, nummer, titel, 0 FROM ziel WHERE NOT $1) x ORDER BY reihenfolge, nummer, kennung"#,
        felder
    )
    .fetch_all(&mut *conn)
    .await?;
    let zeilen = sqlx::query_file!("src/haushalt/sql/ziele.sql", felder)
        .fetch_all(conn)
        .await?;
    Ok((
        koepfe
            .into_iter()
            .map(|k| kopf(k.kennung, k.nummer, k.titel))
            .collect(),
        zeilen
            .into_iter()
            .map(|z| {
                let bezug = if z.ganz { Bezug::Ganz } else { Bezug::Auch };
                zuordnung(z.massnahme, &z.gruppe, bezug)
            })
            .collect(),
    ))
}

async fn sdg(conn: &mut PgConnection) -> Result<Gruppierung> {
    let koepfe = sqlx::query!("SELECT nummer, titel FROM sdg ORDER BY nummer")
        .fetch_all(&mut *conn)
        .await?;
    // The same link as on the page of the SDG: named itself, or furthering a linked goal.
    let zeilen = sqlx::query!(
        r#"SELECT massnahme_id AS "massnahme!", sdg AS "sdg!" FROM sdg_bezug WHERE massnahme_id IS NOT NULL
           UNION SELECT zm.massnahme_id, b.sdg FROM sdg_bezug b JOIN ziel_massnahme_ganz zm ON zm.ziel_id = b.ziel_id WHERE zm.beitrag > 0 ORDER BY 1, 2"#
    )
    .fetch_all(conn)
    .await?;
    Ok((
        koepfe
            .into_iter()
            .map(|s| kopf(s.nummer.to_string(), Some(s.nummer.to_string()), s.titel))
            .collect(),
        zeilen
            .into_iter()
            .map(|z| zuordnung(z.massnahme, &z.sdg.to_string(), Bezug::Ganz))
            .collect(),
    ))
}

async fn jahre(conn: &mut PgConnection) -> Result<Gruppierung> {
    let zeilen = sqlx::query!(
        r#"SELECT massnahme_id AS "massnahme!", jahr AS "jahr!", kosten_ct, foerderung_ct, ertrag_ct, folgekosten_ct FROM massnahme_jahr ORDER BY 1, 2"#
    )
    .fetch_all(conn)
    .await?;
    let mut alle: Vec<i32> = zeilen.iter().map(|z| z.jahr).collect();
    alle.sort_unstable();
    alle.dedup();
    Ok((
        alle.into_iter()
            .map(|jahr| kopf(jahr.to_string(), None, jahr.to_string()))
            .collect(),
        zeilen
            .into_iter()
            .map(|z| {
                let betraege =
                    Betraege::neu(z.kosten_ct, z.foerderung_ct, z.ertrag_ct, z.folgekosten_ct);
                zuordnung(z.massnahme, &z.jahr.to_string(), Bezug::Betrag(betraege))
            })
            .collect(),
    ))
}

async fn produkte(conn: &mut PgConnection) -> Result<Gruppierung> {
    let koepfe = sqlx::query!(
        "SELECT kennung, nummer, titel FROM produkt p WHERE EXISTS (SELECT FROM massnahme m WHERE m.produkt_id = p.id) ORDER BY nummer, kennung"
    )
    .fetch_all(&mut *conn)
    .await?;
    let zeilen = sqlx::query!(
        "SELECT m.id, p.kennung FROM massnahme m JOIN produkt p ON p.id = m.produkt_id"
    )
    .fetch_all(conn)
    .await?;
    Ok((
        koepfe
            .into_iter()
            .map(|p| kopf(p.kennung, Some(p.nummer), p.titel))
            .collect(),
        zeilen
            .into_iter()
            .map(|z| zuordnung(z.id, &z.kennung, Bezug::Ganz))
            .collect(),
    ))
}

fn kopf(schluessel: String, nummer: Option<String>, titel: String) -> Kopf {
    Kopf {
        schluessel,
        nummer,
        titel,
    }
}

fn zuordnung(massnahme: Uuid, gruppe: &str, bezug: Bezug) -> Zuordnung {
    Zuordnung {
        massnahme,
        gruppe: gruppe.to_owned(),
        bezug,
    }
}

/// Money of one measure.
///
/// # Errors
/// [`Error::NichtGefunden`] when there is none of this kennung, or none for this caller.
pub async fn eine(conn: &mut PgConnection, kennung: &str) -> Result<Posten> {
    let keine = || {
        Error::nicht_gefunden(format!(
            "Eine Maßnahme mit der Kennung „{kennung}“ gibt es nicht. Alle stehen unter /massnahmen."
        ))
    };
    let id = sqlx::query_scalar!("SELECT id FROM massnahme WHERE kennung = $1", kennung)
        .fetch_optional(&mut *conn)
        .await?
        .ok_or_else(keine)?;
    posten(conn, None, Some(id)).await?.pop().ok_or_else(keine)
}

/// Estimates of the total costs in the order of their days, of one measure or of all.
pub async fn schaetzungen(
    conn: &mut PgConnection,
    massnahme: Option<Uuid>,
) -> Result<Vec<Schaetzung>> {
    Ok(sqlx::query_as!(
        Schaetzung,
        r#"SELECT m.kennung, m.nummer, m.titel, w.art, w.stand, w.betrag_ct, w.quelle
           FROM finanzwert w JOIN massnahme m ON m.id = w.massnahme_id CROSS JOIN stichtag t
           WHERE w.planfassung = 'kostenschaetzung' AND w.jahr IS NULL AND w.stand <= t.tag AND w.art IN ('aufwand', 'investition') AND ($1::uuid IS NULL OR m.id = $1)
           ORDER BY m.nummer, m.kennung, w.stand, w.art"#,
        massnahme
    )
    .fetch_all(conn)
    .await?)
}

/// Every statement about a measure, with whether it counts.
pub async fn angaben(conn: &mut PgConnection, massnahme: Uuid) -> Result<Vec<Angabe>> {
    Ok(
        sqlx::query_file_as!(Angabe, "src/haushalt/sql/angaben.sql", massnahme)
            .fetch_all(conn)
            .await?,
    )
}

/// All grants with their programme and who gets them.
pub async fn foerderungen(conn: &mut PgConnection) -> Result<Vec<Foerderzeile>> {
    Ok(sqlx::query_as!(
        Foerderzeile,
        r#"SELECT p.kennung AS programm, p.titel AS programm_titel, p.geber, p.quote::double precision AS programm_quote, p.hoechstbetrag_ct,
             m.kennung AS "massnahme?", m.titel AS "massnahme_titel?", g.kennung AS "gebiet?", g.name AS "gebiet_name?",
             f.stand, f.quote::double precision AS quote, f.betrag_ct, f.bewilligt_am, f.bindefrist
           FROM foerderung f JOIN foerderprogramm p ON p.id = f.programm_id LEFT JOIN massnahme m ON m.id = f.massnahme_id LEFT JOIN gebiet g ON g.id = f.gebiet_id
           ORDER BY p.titel, p.kennung, m.nummer NULLS LAST, m.kennung, g.kennung"#
    )
    .fetch_all(conn)
    .await?)
}

/// All programmes, also those nobody uses.
pub async fn programme(conn: &mut PgConnection) -> Result<Vec<Programm>> {
    Ok(sqlx::query_as!(
        Programm,
        "SELECT kennung, titel, geber, quote::double precision AS quote, hoechstbetrag_ct, rechtsgrundlage FROM foerderprogramm ORDER BY titel, kennung"
    )
    .fetch_all(conn)
    .await?)
}

/// What the checks look at, and the tolerance between estimate and years.
pub async fn pruefposten(
    conn: &mut PgConnection,
    massnahme: Option<Uuid>,
) -> Result<(Vec<Pruefposten>, f64)> {
    let posten = sqlx::query_file_as!(Pruefposten, "src/haushalt/sql/pruefposten.sql", massnahme)
        .fetch_all(&mut *conn)
        .await?;
    let toleranz = sqlx::query_scalar!(
        r#"SELECT wert::double precision AS "wert!" FROM schwelle WHERE schluessel = 'geld_toleranz'"#
    )
    .fetch_optional(conn)
    .await?
    .unwrap_or(0.0);
    Ok((posten, toleranz))
}
