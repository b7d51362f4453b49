//! Between loading and the swap: the findings of the whole plan, the sums, the comparison with the
//! version before. A trial ends after it, so it says what an import would.

use sqlx::PgConnection;
use uuid::Uuid;

use super::laden::schlussflaechen;
use super::lesen::Lieferung;
use super::{abgleich, befund};
use crate::error::Result;
use crate::fnp::bilanz::Pruefung;
use crate::import::protokoll::{Protokoll, ablage, summen};
use crate::import::verbund::Verbund;
use crate::verschneidung::schluss::GANZER_PLAN;

/// What only the whole plan shows: Flächenschluss, copies, sums, the version before.
pub(super) async fn pruefe(
    conn: &mut PgConnection,
    plan: Uuid,
    fassung: i32,
    lieferung: &Lieferung,
    verbund: &Verbund,
    protokoll: &mut Protokoll,
) -> Result<()> {
    let namen: Vec<&str> = schlussflaechen(&lieferung.objekte)
        .filter(|(_, eintrag, _)| eintrag.ungueltig.is_none())
        .map(|(_, eintrag, _)| eintrag.kennung.as_str())
        .collect();
    let bilanz = bilanz(lieferung, verbund);
    let summen = befund::Kenngroessen {
        luecke_m2: bilanz.luecke_m2,
        ueberlappung_m2: bilanz.ueberlappung_m2,
        ausserhalb_m2: bilanz.ausserhalb_m2,
    };
    let schluss = &verbund.schluss;
    protokoll.befunde.extend(
        befund::melde(
            conn,
            fassung,
            &namen,
            &schluss.luecken,
            &schluss.ueberlappungen,
            summen,
        )
        .await?,
    );
    protokoll
        .befunde
        .extend(befund::pruefe(conn, fassung).await?);
    protokoll.summen = Some(summen::pruefe(conn, fassung, &protokoll.klassen, &bilanz).await?);
    let vergleich = abgleich::gleiche_ab(conn, plan, fassung).await?;
    abgleich::benenne_um(conn, &mut protokoll.befunde).await?;
    protokoll
        .befunde
        .extend(abgleich::befunde(&vergleich.links));
    protokoll.arten = ablage::arten(conn, &protokoll.befunde).await?;
    protokoll.vergleich = vergleich.vorgaenger.is_some().then_some(vergleich);
    Ok(())
}

/// Check rows of the whole plan.
pub(super) fn bilanz(lieferung: &Lieferung, verbund: &Verbund) -> Pruefung {
    let ganz = verbund
        .schluss
        .gebiet(GANZER_PLAN)
        .copied()
        .unwrap_or_default();
    let nicht_zugeordnet_m2 = schlussflaechen(&lieferung.objekte)
        .zip(&verbund.teile)
        .filter(|((_, eintrag, _), _)| eintrag.objekt.nutzung == "nicht_zugeordnet")
        .map(|(_, teile)| teile.innerhalb_m2())
        .fold(0.0, |summe, m2| summe + m2); // sum() of nothing is -0.0
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
