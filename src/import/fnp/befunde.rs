//! What the Flächenschluss of a delivery says: findings and the check rows of its balance.

use super::lesen::Lieferung;
use super::spule::Art;
use crate::error::Result;
use crate::fnp::bilanz::Pruefung;
use crate::fnp::objekt::{Befund, Schwere};
use crate::fnp::zahl::hektar;
use crate::import::verbund::Verbund;
use crate::verschneidung::schluss::{self, GANZER_PLAN, Stelle};

/// Names the valid areas that lie over each overlap. Blocks.
///
/// # Errors
/// When the spool cannot be read.
pub(super) fn beteilige(lieferung: &Lieferung, stellen: &mut [Stelle]) -> Result<()> {
    let spule = &lieferung.spule;
    for stelle in stellen {
        let [x, y] = stelle.ort;
        for (index, e) in spule.eintraege().iter().enumerate() {
            let [x0, y0, x1, y1] = e.kasten;
            let moeglich = e.art == Art::Flaeche
                && e.gueltig
                && (x0..=x1).contains(&x)
                && (y0..=y1).contains(&y);
            if moeglich && schluss::deckt(&spule.flaeche(index)?, stelle.ort) {
                stelle.flaechen.push(index);
            }
        }
    }
    Ok(())
}

/// Gaps, overlaps and what lies outside.
///
/// # Errors
/// When the spool cannot be read.
pub(super) fn des_schlusses(
    lieferung: &Lieferung,
    verbund: &Verbund,
    befunde: &mut Vec<Befund>,
) -> Result<()> {
    let mut melde = |code: &str, was: &str, rat: &str, stellen: &[Stelle]| {
        for stelle in stellen {
            let beteiligt: Vec<String> = stelle
                .flaechen
                .iter()
                .map(|index| lieferung.namen.lies(&lieferung.spule, *index))
                .collect::<Result<_>>()?;
            let wer = if beteiligt.is_empty() {
                String::new()
            } else {
                format!(" ({})", beteiligt.join(", "))
            };
            befunde.push(Befund {
                code: code.into(),
                schwere: Schwere::Warnung,
                klasse: None,
                kennung: beteiligt.into_iter().next(),
                ort: Some(stelle.ort),
                text: format!(
                    "{was} von {} ha bei {:.2} {:.2}{wer}. {rat}",
                    hektar(stelle.m2, 4),
                    stelle.ort[0],
                    stelle.ort[1]
                ),
            });
        }
        Ok::<(), crate::error::Error>(())
    };
    melde(
        "flaechenschluss-luecke",
        "Lücke",
        "Bitte in der Quelle schließen oder als Fläche ohne Darstellung führen.",
        &verbund.schluss.luecken,
    )?;
    melde(
        "flaechenschluss-ueberlappung",
        "Überlappung",
        "Bitte in der Quelle eine der Flächen zurücknehmen.",
        &verbund.schluss.ueberlappungen,
    )?;
    if verbund.schluss.ausserhalb_m2 > 1.0 {
        befunde.push(Befund {
            code: "flaechenschluss-ausserhalb".into(),
            schwere: Schwere::Warnung,
            klasse: None,
            kennung: None,
            ort: None,
            text: format!("{} ha der Flächen liegen außerhalb des Geltungsbereichs und zählen nicht zur Bilanz.", hektar(verbund.schluss.ausserhalb_m2, 4)),
        });
    }
    Ok(())
}

/// The check rows of the balance.
pub(super) fn pruefung(verbund: &Verbund, nicht_zugeordnet_m2: f64) -> Pruefung {
    let ganz = verbund
        .schluss
        .gebiet(GANZER_PLAN)
        .copied()
        .unwrap_or_default();
    Pruefung {
        gebiet_m2: ganz.gebiet_m2,
        summe_m2: ganz.summe_m2,
        ueberlappung_m2: ganz.ueberlappung_m2,
        luecke_m2: ganz.luecke_m2,
        ausserhalb_m2: verbund.schluss.ausserhalb_m2,
        ungueltig_m2: verbund
            .ungueltig
            .iter()
            .find(|(id, _)| *id == GANZER_PLAN)
            .map_or(0.0, |(_, m2)| *m2),
        nicht_zugeordnet_m2,
    }
}
