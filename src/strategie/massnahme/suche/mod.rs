//! The answer to a question about measures. SQL names no schema: the connection decides the world.
//!
//! Three steps, because one statement for every question would have to be planned anew for
//! each, and planning the states alone takes longer than answering: which measures match
//! ([`mengen`], a short statement per filter), the rows of the page, their states ([`stand`]).
//! States come first only where the question filters or sorts by them.

mod mengen;
mod stand;

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use self::mengen::{Lage, Treffer};
use self::stand::Stand;
use super::wahl::{self, Wahl};
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
        r#"SELECT (SELECT count(*) FROM massnahme) - (SELECT count(*) FROM (SELECT DISTINCT massnahme_id FROM raumbezug WHERE art <> 'unverortet') x) AS "zahl!""#
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(Antwort {
        ortsteil: benannt(&wahl, "Ortsteil", wahl.ortsteile.as_deref()),
        ziel: benannt(&wahl, "Ziel", wahl.ziele.as_deref()),
        nutzung: benannt(&wahl, "Nutzung", wahl.nutzungen.as_deref()),
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

/// Where one value was asked, its name as it was looked up.
fn benannt(wahl: &Wahl, wort: &str, werte: Option<&[String]>) -> Option<Benannt> {
    let [einer] = werte? else { return None };
    wahl.gefragt
        .iter()
        .find(|(gefragt, _)| gefragt == wort)
        .map(|(_, titel)| Benannt {
            kennung: einer.clone(),
            name: titel.clone(),
        })
}

/// Orders that come from the space or the state, as text that sorts alike; None: the row itself says.
fn wert(sortiert: Option<&str>, lage: Option<&Lage>, stand: Option<&Stand>) -> Option<String> {
    match sortiert? {
        "abstand" => lage?
            .abstand_m
            .map(|m| format!("{:014.0}", (m * 1e3).max(0.0))),
        "anteil" => lage?
            .anteil
            .map(|teil| format!("{:012.0}", ((1.0 - teil) * 1e9).max(0.0))),
        "verzug" => stand?
            .verzug_tage
            .map(|tage| format!("{:010}", 100_000_000 - i64::from(tage))),
        "ampel" => Some(format!("{:06}", stand?.rang)),
        _ => None,
    }
}

fn passt(wahl: &Wahl, stand: &Stand) -> bool {
    let einer = |werte: &Option<Vec<String>>, wert: &String| {
        werte.as_ref().is_none_or(|werte| werte.contains(wert))
    };
    einer(&wahl.ampeln, &stand.ampel.schluessel)
        && einer(&wahl.alter, &stand.aktualitaet.schluessel)
        && einer(&wahl.horizonte, &stand.horizont)
}

/// The question filters or sorts by what is derived.
fn fragt_nach_stand(wahl: &Wahl) -> bool {
    wahl.ampeln.is_some()
        || wahl.alter.is_some()
        || wahl.horizonte.is_some()
        || matches!(wahl.sortiert.as_deref(), Some("ampel" | "verzug"))
}

/// Leaves what has the states asked for, and returns the states of all that was there.
async fn filtere(
    conn: &mut PgConnection,
    wahl: &Wahl,
    treffer: &mut Treffer,
) -> Result<HashMap<Uuid, Stand>> {
    let staende = stand::lies(conn, &treffer.ids()).await?;
    let darf = |id: &Uuid| staende.get(id).is_some_and(|stand| passt(wahl, stand));
    treffer.im_raum.retain(|id, _| darf(id));
    treffer.stadtweit.retain(darf);
    Ok(staende)
}

/// Where the next page begins, as [`wahl`] reads it.
fn weiter(wert: Option<&str>, kennung: &str) -> String {
    let leer = u8::from(wert.is_none());
    format!("{leer}:{kennung}:{}", wert.unwrap_or_default())
}

/// Measures that match what was looked up, in the order asked for.
pub(in crate::strategie) async fn liste(
    conn: &mut PgConnection,
    frage: &Frage,
    wahl: &Wahl,
) -> Result<(Vec<MassnahmeKurz>, Umfang)> {
    // Every statement here says one thing, so one plan does for all its values: it is made at the
    // first question, and not five times more to compare with it. Each is too short to call helpers for.
    let vorher = plane(conn, "force_generic_plan", "0").await?;
    let mut treffer = mengen::finde(conn, frage, wahl).await?;
    let sortiert = wahl.sortiert.as_deref();
    let nach_stand = fragt_nach_stand(wahl);
    let mut staende = HashMap::new();
    if nach_stand {
        staende = filtere(conn, wahl, &mut treffer).await?;
    }
    let ids = treffer.ids();
    let im_raum: Vec<bool> = (0..ids.len()).map(|n| n < treffer.im_raum.len()).collect();
    let werte = matches!(sortiert, Some("abstand" | "anteil" | "ampel" | "verzug")).then(|| {
        (ids.iter())
            .map(|id| wert(sortiert, treffer.im_raum.get(id), staende.get(id)))
            .collect::<Vec<_>>()
    });
    let zeilen = sqlx::query_file!(
        "src/strategie/massnahme/suche/zeilen.sql",
        &ids,
        &im_raum,
        werte.as_deref() as Option<&[Option<String>]>,
        sortiert,
        // One more than the page tells whether there is another.
        wahl.limit.map(|limit| limit + 1),
        wahl.nach.as_ref().map(|nach| nach.0),
        wahl.nach.as_ref().map(|nach| nach.1.as_str()),
        wahl.nach.as_ref().map(|nach| nach.2.as_str()),
        frage.mit_geometrie,
        wahl.beschlussstaende.as_deref(),
        wahl.phasen.as_deref(),
        wahl.jahre.as_deref(),
        wahl.leitprojekt,
        wahl.woerter.as_deref()
    )
    .fetch_all(&mut *conn)
    .await?;
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
        umfang.weiter = Some(weiter(letzte.wert.as_deref(), &letzte.kennung));
    }
    if !nach_stand {
        let ids: Vec<Uuid> = zeilen.iter().take(seite).map(|zeile| zeile.id).collect();
        staende = stand::lies(conn, &ids).await?;
    }
    plane(conn, &vorher.0, &vorher.1).await?;
    let raeumlich = wahl.ortsteile.is_some()
        || wahl.plan.is_some()
        || wahl.raum.is_some()
        || wahl.nahe.is_some();
    let massnahmen = zeilen
        .into_iter()
        .take(seite)
        // One deleted meanwhile has no state.
        .filter_map(|zeile| Some((staende.remove(&zeile.id)?, zeile)))
        .map(|(stand, zeile)| {
            let lage = (treffer.im_raum.remove(&zeile.id)).unwrap_or_else(Lage::stadtweit);
            MassnahmeKurz {
                kennung: zeile.kennung,
                nummer: zeile.nummer,
                titel: zeile.titel,
                kurztext: zeile.kurztext,
                art: zeile.art,
                beginn: zeile.beginn,
                ende: zeile.ende,
                leitprojekt: zeile.leitprojekt,
                ampel: stand.ampel,
                ampel_anlass: stand.ampel_anlass,
                verzug_tage: stand.verzug_tage,
                fortschritt: stand.fortschritt,
                aktualitaet: stand.aktualitaet,
                horizont: stand.horizont,
                umsetzungsphase: zeile.umsetzungsphase.0,
                beschlussstand: zeile.beschlussstand.0,
                handlungsfeld: zeile.handlungsfeld.map(|json| json.0),
                ziele: zeile.ziele.0,
                raumbezug: zeile.raumbezug,
                entwurf: zeile.entwurf,
                herkunft: raeumlich.then_some(lage.herkunft),
                anteil: lage.anteil,
                schnitt_m2: lage.schnitt_m2,
                schnitt_m: lage.schnitt_m,
                punkte: lage.punkte,
                abstand_m: lage.abstand_m,
                geometrie: zeile.geometrie,
            }
        })
        .collect();
    Ok((massnahmen, umfang))
}

/// How statements are planned for the rest of the transaction, and with how many helpers; returns what held before.
async fn plane(conn: &mut PgConnection, wie: &str, helfer: &str) -> Result<(String, String)> {
    let vorher = sqlx::query!(
        r#"WITH vorher AS MATERIALIZED (SELECT current_setting('plan_cache_mode') AS wie, current_setting('max_parallel_workers_per_gather') AS helfer)
           SELECT wie AS "wie!", helfer AS "helfer!", set_config('plan_cache_mode', $1, true) AS a, set_config('max_parallel_workers_per_gather', $2, true) AS b FROM vorher"#,
        wie,
        helfer
    )
    .fetch_one(conn)
    .await?;
    Ok((vorher.wie, vorher.helfer))
}
