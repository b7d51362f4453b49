//! The answer to a question about measures. SQL names no schema: the connection decides the world.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::wahl::{self, Wahl};
use super::werte::verzeichnis;
use super::{Antwort, Beitrag, Benannt, Code, Frage, Handlungsfeld, MassnahmeKurz};
use crate::error::Result;

/// How many there are, on all pages.
#[derive(Debug, Clone, Default)]
pub struct Umfang {
    anzahl: i64,
    gesamtstadt: i64,
    weiter: Option<String>,
}

/// Answers a question about measures.
///
/// # Errors
/// [`crate::error::Error::Aufruf`] for an unknown word or value, or when several plans could be meant.
pub async fn massnahmen(conn: &mut PgConnection, frage: &Frage) -> Result<Antwort> {
    let wahl = wahl::loese_auf(conn, frage).await?;
    let (alle, umfang) = liste(conn, frage, &wahl).await?;
    let (gesamtstadt, massnahmen) = alle
        .into_iter()
        .partition(|massnahme| massnahme.herkunft.as_deref() == Some("gesamtstadt"));
    let unverortet = sqlx::query_scalar!(
        r#"SELECT count(*) AS "zahl!" FROM massnahme m WHERE NOT EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id AND r.art <> 'unverortet')"#
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(Antwort {
        ortsteil: benannt(conn, "ortsteil", wahl.ortsteile.as_deref()).await?,
        ziel: benannt(conn, "ziel", wahl.ziele.as_deref()).await?,
        nutzung: benannt(conn, "nutzung", wahl.nutzungen.as_deref()).await?,
        plan: wahl.plan,
        gefragt: wahl.gefragt,
        anzahl: umfang.anzahl,
        anzahl_gesamtstadt: umfang.gesamtstadt,
        weiter: umfang.weiter,
        massnahmen,
        gesamtstadt,
        unverortet,
    })
}

/// Where one value was asked, its name.
async fn benannt(
    conn: &mut PgConnection,
    name: &str,
    werte: Option<&[String]>,
) -> Result<Option<Benannt>> {
    let Some([einer]) = werte else {
        return Ok(None);
    };
    Ok(verzeichnis(conn, name)
        .await?
        .into_iter()
        .find(|eintrag| eintrag.schluessel == *einer)
        .map(|eintrag| Benannt {
            kennung: eintrag.schluessel,
            name: eintrag.titel,
        }))
}

/// Measures that match what was looked up, in the order asked for.
pub(in crate::strategie) async fn liste(
    conn: &mut PgConnection,
    frage: &Frage,
    wahl: &Wahl,
) -> Result<(Vec<MassnahmeKurz>, Umfang)> {
    // One more than the page tells whether there is another.
    let mehr = wahl.limit.map(|limit| limit + 1);
    // Planned for what is asked each time: one plan for every question takes seconds.
    plane(conn, "force_custom_plan").await?;
    let zeilen = sqlx::query_file!(
        "src/strategie/massnahmen.sql",
        wahl.ortsteile.as_deref(),
        wahl.ziele.as_deref(),
        wahl.nutzungen.as_deref(),
        wahl.plan.as_ref().map(|plan| plan.id),
        wahl.raum.as_deref(),
        wahl.raumbezug.as_deref(),
        frage.kennungen.as_deref(),
        frage.mit_geometrie,
        wahl.flaechen.as_deref(),
        wahl.nahe.as_deref(),
        wahl.abstand,
        wahl.handlungsfelder.as_deref(),
        wahl.beschlussstaende.as_deref(),
        wahl.phasen.as_deref(),
        wahl.ampeln.as_deref(),
        wahl.alter.as_deref(),
        wahl.horizonte.as_deref(),
        wahl.jahre.as_deref(),
        wahl.geldjahre.as_deref(),
        wahl.stellen.as_deref(),
        wahl.leitprojekt,
        wahl.sdg.as_deref(),
        wahl.programme.as_deref(),
        wahl.fachplaene.as_deref(),
        wahl.ohne.as_deref(),
        wahl.woerter.as_deref(),
        wahl.sortiert,
        mehr,
        wahl.nach.as_ref().map(|nach| nach.0),
        wahl.nach.as_ref().map(|nach| nach.1.as_str()),
        wahl.nach.as_ref().map(|nach| nach.2.as_str())
    )
    .fetch_all(&mut *conn)
    .await?;
    plane(conn, "auto").await?;
    let mut umfang = zeilen.first().map_or_else(Umfang::default, |zeile| Umfang {
        anzahl: zeile.gesamt,
        gesamtstadt: zeile.davon_stadtweit,
        weiter: None,
    });
    let seite = wahl
        .limit
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(usize::MAX);
    if zeilen.len() > seite
        && let Some(letzte) = zeilen.get(seite - 1)
    {
        umfang.weiter = Some(format!(
            "{}:{}:{}",
            u8::from(letzte.wert.is_none()),
            letzte.kennung,
            letzte.wert.as_deref().unwrap_or_default()
        ));
    }
    let raeumlich = wahl.ortsteile.is_some()
        || wahl.plan.is_some()
        || wahl.raum.is_some()
        || wahl.nahe.is_some();
    let massnahmen = zeilen
        .into_iter()
        .take(seite)
        .map(|zeile| MassnahmeKurz {
            kennung: zeile.kennung,
            nummer: zeile.nummer,
            titel: zeile.titel,
            kurztext: zeile.kurztext,
            art: zeile.art,
            beginn: zeile.beginn,
            ende: zeile.ende,
            leitprojekt: zeile.leitprojekt,
            ampel: zeile.ampel.0,
            ampel_anlass: zeile.ampel_anlass,
            verzug_tage: zeile.verzug_tage,
            fortschritt: zeile.fortschritt,
            aktualitaet: zeile.aktualitaet.0,
            horizont: zeile.horizont,
            umsetzungsphase: zeile.umsetzungsphase.0,
            beschlussstand: zeile.beschlussstand.0,
            handlungsfeld: zeile.handlungsfeld.map(|json| json.0),
            ziele: zeile.ziele.0,
            raumbezug: zeile.raumbezug,
            entwurf: zeile.entwurf,
            herkunft: zeile.herkunft.filter(|_| raeumlich),
            anteil: zeile.anteil,
            schnitt_m2: zeile.schnitt_m2,
            schnitt_m: zeile.schnitt_m,
            punkte: zeile.punkte,
            abstand_m: zeile.abstand_m,
            geometrie: zeile.geometrie,
        })
        .collect();
    Ok((massnahmen, umfang))
}

/// How prepared statements of this connection are planned.
async fn plane(conn: &mut PgConnection, wie: &str) -> Result<()> {
    sqlx::query_scalar!("SELECT set_config('plan_cache_mode', $1, false)", wie)
        .fetch_one(conn)
        .await?;
    Ok(())
}
