//! Between loading and the swap: the findings of the whole plan, the sums, the comparison with the
//! version before. A trial ends after it, so it says what an import would.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use sqlx::PgConnection;
use uuid::Uuid;

use super::kopieren::{self, Ergebnis};
use super::lesen::Lieferung;
use super::spule::{Art, Eintrag};
use super::{abgleich, befund};
use crate::error::Result;
use crate::fnp::bilanz::Pruefung;
use crate::import::protokoll::{Protokoll, ablage, summen};
use crate::import::verbund::Verbund;
use crate::verschneidung::schluss::{self, GANZER_PLAN, Stelle};

/// What only the whole plan shows: Flächenschluss, copies, sums, the version before. The new
/// Fassung is loaded, but not attached; its rows stand in `fnp.flaeche_f<fassung>` and so on
/// and are renamed there, so no unique index may lie on `kennung` yet.
pub(super) async fn pruefe(
    conn: &mut PgConnection,
    plan: Uuid,
    fassung: i32,
    lieferung: &Lieferung,
    ergebnis: &Ergebnis,
    protokoll: &mut Protokoll,
) -> Result<()> {
    let bilanz = bilanz(&ergebnis.verbund, ergebnis.nicht_zugeordnet_m2);
    let summen = befund::Kenngroessen {
        luecke_m2: bilanz.luecke_m2,
        ueberlappung_m2: bilanz.ueberlappung_m2,
        ausserhalb_m2: bilanz.ausserhalb_m2,
    };
    let schluss = &ergebnis.verbund.schluss;
    let beteiligte = schluss
        .ueberlappungen
        .iter()
        .map(|stelle| namen(lieferung, stelle))
        .collect::<Result<Vec<_>>>()?;
    protokoll.befunde.extend(
        befund::melde(
            conn,
            fassung,
            &schluss.luecken,
            &schluss.ueberlappungen,
            &beteiligte,
            summen,
        )
        .await?,
    );
    let kopien = gleiche_kaesten(lieferung.spule.eintraege());
    protokoll
        .befunde
        .extend(befund::pruefe(conn, fassung, &kopien, &ergebnis.ohne_ortsteil).await?);
    protokoll.summen = Some(summen::pruefe(conn, fassung, &protokoll.klassen, &bilanz).await?);
    let vergleich = abgleich::gleiche_ab(conn, plan, fassung).await?;
    abgleich::benenne_um(conn, &mut protokoll.befunde).await?;
    protokoll
        .befunde
        .extend(abgleich::befunde(&vergleich.links));
    protokoll.arten = ablage::arten(conn, &protokoll.befunde).await?;
    protokoll.vergleich = vergleich.vorgaenger.is_some().then_some(vergleich);
    protokoll.bilanz = Some(bilanz);
    Ok(())
}

fn namen(lieferung: &Lieferung, stelle: &Stelle) -> Result<Vec<String>> {
    stelle
        .flaechen
        .iter()
        .map(|index| lieferung.namen.lies(&lieferung.spule, *index))
        .collect()
}

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

/// Objects whose box another of their table has too, to the millimetre, by ordnung: only
/// among them are copies. Equal hashes of different boxes do no harm, they are looked at.
fn gleiche_kaesten(eintraege: &[Eintrag]) -> Vec<i64> {
    let mut hashes: Vec<(u64, usize)> = eintraege
        .iter()
        .enumerate()
        .map(|(index, e)| {
            let mut hash = DefaultHasher::new();
            e.art.tabelle().hash(&mut hash);
            for wert in e.kasten {
                // −0 is 0.
                hash.write_u64(((wert * 1000.0).round_ties_even() + 0.0).to_bits());
            }
            (hash.finish(), index)
        })
        .collect();
    hashes.sort_unstable();
    let mut gleiche: Vec<i64> = hashes
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|gruppe| gruppe.len() > 1)
        .flatten()
        .map(|(_, index)| kopieren::ordnung(*index))
        .collect();
    gleiche.sort_unstable();
    gleiche
}

/// Check rows of the whole plan.
fn bilanz(verbund: &Verbund, nicht_zugeordnet_m2: f64) -> Pruefung {
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
