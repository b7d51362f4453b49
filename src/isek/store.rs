//! SQL of the ISEK-Nachweis. Names no schema: the connection decides the world.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{Nachweis, Zeile};
use crate::error::{Error, Result};
use crate::haushalt::auswertung::Betraege;
use crate::haushalt::foerderung::nach_programm;
use crate::haushalt::store as geld;
use crate::strategie::massnahme::Benannt;

/// What is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Auswahl<'a> {
    /// Kennung of a village-renewal or Sanierung area: its projects.
    pub gebiet: Option<&'a str>,
    /// Kennung of a Handlungsfeld.
    pub handlungsfeld: Option<&'a str>,
    /// Only measures named in an ISEK.
    pub nur_isek: bool,
}

/// The document as seen from `stichtag`.
///
/// # Errors
/// [`Error::NichtGefunden`] for an area or Handlungsfeld that does not exist for this caller.
pub async fn nachweis(
    conn: &mut PgConnection,
    auswahl: Auswahl<'_>,
    stichtag: NaiveDate,
) -> Result<Nachweis> {
    let gebiet = match auswahl.gebiet {
        None => None,
        Some(kennung) => Some(
            sqlx::query_as!(
                Benannt,
                "SELECT kennung, name FROM gebiet WHERE kennung = $1",
                kennung
            )
            .fetch_optional(&mut *conn)
            .await?
            .ok_or_else(|| {
                Error::nicht_gefunden(format!(
                    "Ein Gebiet mit der Kennung „{kennung}“ gibt es nicht. Alle stehen unter /dorferneuerung."
                ))
            })?,
        ),
    };
    let handlungsfeld = match auswahl.handlungsfeld {
        None => None,
        Some(kennung) => Some(
            sqlx::query_as!(
                Benannt,
                "SELECT kennung, titel AS name FROM handlungsfeld WHERE kennung = $1",
                kennung
            )
            .fetch_optional(&mut *conn)
            .await?
            .ok_or_else(|| {
                Error::nicht_gefunden(format!(
                    "Ein Handlungsfeld mit der Kennung „{kennung}“ gibt es nicht. Alle stehen unter /handlungsfelder."
                ))
            })?,
        ),
    };
    let zeilen = zeilen(conn, auswahl).await?;
    let foerderungen = geld::foerderungen(conn).await?;
    let gezeigt: std::collections::HashSet<&str> =
        zeilen.iter().map(|z| z.kennung.as_str()).collect();
    let programme = nach_programm(foerderungen.iter().filter(|f| {
        f.massnahme.as_deref().is_some_and(|m| gezeigt.contains(m))
            || f.gebiet.is_some() && f.gebiet.as_deref() == auswahl.gebiet
    }));
    let grenzen = sqlx::query!(
        r#"SELECT max(wert) FILTER (WHERE schluessel = 'horizont_kurz_jahre')::int AS "kurz!", max(wert) FILTER (WHERE schluessel = 'horizont_mittel_jahre')::int AS "mittel!" FROM schwelle"#
    )
    .fetch_one(conn)
    .await?;
    Ok(Nachweis {
        gebiet,
        handlungsfeld,
        nur_isek: auswahl.nur_isek,
        ..Nachweis::neu(stichtag, zeilen, (grenzen.kurz, grenzen.mittel), programme)
    })
}

async fn zeilen(conn: &mut PgConnection, auswahl: Auswahl<'_>) -> Result<Vec<Zeile>> {
    let zeilen = sqlx::query_file!(
        "src/isek/zeilen.sql",
        auswahl.gebiet,
        auswahl.handlungsfeld,
        auswahl.nur_isek
    )
    .fetch_all(conn)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| {
            let fehlt = [
                ("kosten", z.kosten_ct.is_none()),
                (
                    "foerderung",
                    z.foerderungen == 0 && z.foerderung_ct.is_none(),
                ),
                ("fundstelle", z.fundstelle.is_none()),
                // A reason why there is no place is an answer, too.
                ("ort", z.ort.is_empty() && z.ort_grund.is_none()),
                ("horizont", z.horizont == "offen"),
            ];
            Zeile {
                fehlt: fehlt
                    .into_iter()
                    .filter_map(|(was, fehlt)| fehlt.then_some(was))
                    .collect(),
                betraege: Betraege::neu(
                    z.kosten_ct,
                    z.foerderung_ct,
                    z.ertrag_ct,
                    z.folgekosten_ct,
                ),
                kennung: z.kennung,
                nummer: z.nummer,
                titel: z.titel,
                horizont: z.horizont,
                beginn: z.beginn,
                ende: z.ende,
                beschlussstand: z.beschlussstand,
                umsetzungsphase: z.umsetzungsphase,
                handlungsfeld: z.handlungsfeld,
                ziel: z.ziel,
                ort: z.ort,
                ort_grund: z.ort_grund,
                gebiet: z.gebiet,
                fundstelle: z.fundstelle,
                kosten_aus: z.kosten_aus,
                foerderung_aus: z.foerderung_aus,
                erwartet_ct: z.erwartet_ct,
                stand: z.stand,
            }
        })
        .collect())
}
