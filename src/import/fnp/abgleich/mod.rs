//! The new delivery of a plan beside the one before: which object is which, what changed,
//! which links lose their area.
//!
//! Runs between loading and the swap, over the tables `fnp.<t>_f<id>` that are not attached
//! yet, so a trial (`--probe`) and an import say the same. All in SQL over sets; memory of the
//! program does not grow with the plan.
//!
//! Reading order: `zuordnung` (which object is which, and its kennung), [`vergleich`] (what is
//! told), `frage` (the statements), [`text`] (the terminal).

mod frage;
mod lesen;
pub mod text;
pub mod vergleich;
mod zuordnung;

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::vorlage::{Vorlage, Wert};
use crate::error::Result;
use crate::fnp::objekt::{Befund, Schwere};
use crate::fnp::zahl::{dezimal, hektar};
use vergleich::{Link, Linkzustand, Vergleich, Vorgaenger};

/// Gives the objects of the loaded, not yet attached version their kennungen from the version
/// before, and compares both. Reads `fnp.{flaeche,ueberlagerung,linie,punkt,anteil}_f<fassung>`
/// and changes `kennung` in them; they must not have a unique index on it yet (two areas may
/// swap theirs). Writes nothing else; its temporary tables end with the transaction.
///
/// # Errors
/// Those of the database.
pub async fn gleiche_ab(conn: &mut PgConnection, plan: Uuid, fassung: i32) -> Result<Vergleich> {
    let vorige = sqlx::query!(
        "SELECT f.id, f.nummer, f.eingelesen_am FROM fnp.fassung f JOIN fnp.fassung n ON n.id = $2 WHERE f.plan_id = $1 AND f.nummer < n.nummer ORDER BY f.nummer DESC",
        plan,
        fassung
    )
    .fetch_all(&mut *conn)
    .await?;
    let Some((alt, frueher)) = vorige.split_first() else {
        return Ok(Vergleich::default());
    };
    let mut frage = Vorlage::der_fassung(fassung);
    frage.setze("{plan}", Wert::Uuid(plan));
    frage.setze("{alt}", alt.id.into());
    let frueher: Vec<i32> = frueher.iter().map(|f| f.id).collect();
    frage.setze("{frueher}", Wert::Liste(&frueher));
    let kennungen = zuordnung::ordne_zu(conn, &mut frage).await?;
    let mut vergleich = lesen::lies(conn, &mut frage).await?;
    // The tables end with the transaction; these views hang on no temporary table and would stay.
    frage
        .fuehre_aus(
            conn,
            "DROP VIEW abgleich_form_neu, abgleich_form_alt; SET LOCAL work_mem TO DEFAULT",
        )
        .await?;
    vergleich.kennungen = kennungen;
    vergleich.vorgaenger = Some(Vorgaenger {
        fassung_id: alt.id,
        fassung: alt.nummer,
        eingelesen_am: alt.eingelesen_am,
    });
    Ok(vergleich)
}

/// Findings made before the comparison name objects as the file does; now they are called
/// what they are called in the database.
pub async fn benenne_um(conn: &mut PgConnection, befunde: &mut [Befund]) -> Result<()> {
    let namen: Vec<String> = befunde.iter().filter_map(|b| b.kennung.clone()).collect();
    let neu: HashMap<String, String> = frage::umbenannt(conn, &namen).await?.into_iter().collect();
    if neu.is_empty() {
        return Ok(());
    }
    for befund in befunde {
        befund.text = ersetze(&befund.text, &neu);
        if let Some(name) = befund.kennung.as_ref().and_then(|k| neu.get(k)) {
            befund.kennung = Some(name.clone());
        }
    }
    Ok(())
}

/// Replaces whole kennungen at once, so that two that swapped do not end as one.
fn ersetze(text: &str, neu: &HashMap<String, String>) -> String {
    let teil = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut aus = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(anfang) = rest.find(teil) {
        let (davor, ab) = rest.split_at(anfang);
        let ende = ab.find(|c| !teil(c)).unwrap_or(ab.len());
        let (wort, danach) = ab.split_at(ende);
        aus.push_str(davor);
        // A full stop at its end belongs to the sentence.
        let stamm = wort.trim_end_matches('.');
        match neu.get(wort).or_else(|| neu.get(stamm)) {
            Some(name) => {
                aus.push_str(name);
                if !neu.contains_key(wort) {
                    aus.push_str(&wort[stamm.len()..]);
                }
            }
            None => aus.push_str(wort),
        }
        rest = danach;
    }
    aus.push_str(rest);
    aus
}

/// One finding per link that loses its area or has it back. They name measures, which may be
/// drafts: their codes begin with `verknuepfung-` and are never published.
#[must_use]
pub fn befunde(links: &[Link]) -> Vec<Befund> {
    links
        .iter()
        .filter_map(|link| {
            let (code, schwere, was) = match link.zustand {
                Linkzustand::ZuPruefen => {
                    let nachfolger: Vec<String> = link
                        .nachfolger
                        .iter()
                        .map(|n| format!("{} ({}, {} %)", n.kennung, n.nutzung, dezimal(n.anteil.unwrap_or(0.0) * 100.0, 0)))
                        .collect();
                    let dort = if nachfolger.is_empty() {
                        "An ihrer Stelle liegt keine Fläche mehr. Bitte die Maßnahme neu verorten.".to_owned()
                    } else {
                        format!("An ihrer Stelle liegt jetzt: {}. Bitte die Maßnahme mit einer davon verknüpfen.", nachfolger.join(", "))
                    };
                    ("verknuepfung-zu-pruefen", Schwere::Warnung, format!("die es in der neuen Lieferung nicht mehr gibt. {dort}"))
                }
                Linkzustand::WiederDa => ("verknuepfung-wieder-da", Schwere::Hinweis, "die wieder da ist; die Verknüpfung gilt wieder.".to_owned()),
                Linkzustand::Bleibt | Linkzustand::Geaendert => return None,
            };
            Some(Befund {
                code: code.into(),
                schwere,
                klasse: None,
                kennung: Some(link.flaeche.clone()),
                ort: link.ort,
                text: format!(
                    "Die Maßnahme „{}“ ({}) ist mit der Fläche {} ({}, {} ha) verknüpft, {was}",
                    link.titel,
                    link.massnahme,
                    link.flaeche,
                    link.nutzung,
                    hektar(link.flaeche_m2, 4)
                ),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kennungen_are_replaced_whole_and_at_once() {
        let neu = HashMap::from([
            ("p.1".to_owned(), "p.2".to_owned()),
            ("p.2".to_owned(), "p.1".to_owned()),
        ]);
        assert_eq!(
            ersetze("FP_X p.1: Ring (p.2, p.10). Siehe p.1.", &neu),
            "FP_X p.2: Ring (p.1, p.10). Siehe p.2."
        );
        assert_eq!(ersetze("ä p.12 ü", &neu), "ä p.12 ü");
    }
}
