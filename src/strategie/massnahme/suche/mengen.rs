//! One filter, one short statement: which measures it leaves, and how they lie in the space
//! asked for. Each is prepared once per connection and planned once, because it says one thing.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::strategie::massnahme::Frage;
use crate::strategie::massnahme::wahl::Wahl;

/// How a measure lies in the space asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Lage {
    /// `lage` (its own place) or `ortsteil` (named).
    pub herkunft: String,
    /// Part of it there, 0..1.
    pub anteil: Option<f64>,
    /// m² there.
    pub schnitt_m2: Option<f64>,
    /// m there.
    pub schnitt_m: Option<f64>,
    /// Points there.
    pub punkte: Option<i32>,
    /// m to the place asked around.
    pub abstand_m: Option<f64>,
}

impl Lage {
    /// Of a measure of the whole town.
    pub(super) fn stadtweit() -> Self {
        Self {
            herkunft: "gesamtstadt".to_owned(),
            ..Self::default()
        }
    }
}

type Lagen = HashMap<Uuid, Lage>;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Treffer {
    /// Measures with their place in the space asked for; without such a space all that match.
    pub im_raum: Lagen,
    /// Measures of the whole town besides, when a part of it was asked for.
    pub stadtweit: HashSet<Uuid>,
}

impl Treffer {
    /// All of them, those in the space asked for first.
    pub(super) fn ids(&self) -> Vec<Uuid> {
        (self.im_raum.keys())
            .chain(&self.stadtweit)
            .copied()
            .collect()
    }
}

/// Measures that match every filter but those on the row of a measure and on its state.
pub(super) async fn finde(conn: &mut PgConnection, frage: &Frage, wahl: &Wahl) -> Result<Treffer> {
    let menge = merkmale(conn, frage, wahl).await?;
    let lagen = raeume(conn, wahl, menge.as_ref()).await?;
    if lagen.is_empty() {
        let alle = match menge {
            Some(menge) => menge,
            None => sqlx::query_scalar!("SELECT id FROM massnahme")
                .fetch_all(conn)
                .await?
                .into_iter()
                .collect(),
        };
        let im_raum = alle.into_iter().map(|id| (id, Lage::default())).collect();
        return Ok(Treffer {
            im_raum,
            stadtweit: HashSet::new(),
        });
    }
    let darf = |id: &Uuid| menge.as_ref().is_none_or(|menge| menge.contains(id));
    let im_raum = schneide(lagen, darf);
    let stadtweit =
        sqlx::query_scalar!("SELECT massnahme_id FROM raumbezug WHERE art = 'gesamtstadt'")
            .fetch_all(conn)
            .await?
            .into_iter()
            .filter(|id| darf(id) && !im_raum.contains_key(id))
            .collect();
    Ok(Treffer { im_raum, stadtweit })
}

/// What lies in every space. Figures speak of the first (Ortsteil, else polygon, else surroundings, else land use).
fn schneide(lagen: Vec<Lagen>, darf: impl Fn(&Uuid) -> bool) -> Lagen {
    let mut lagen = lagen.into_iter();
    let mut gemeinsam = lagen.next().unwrap_or_default();
    gemeinsam.retain(|id, _| darf(id));
    for weitere in lagen {
        gemeinsam.retain(|id, lage| {
            weitere.get(id).is_some_and(|dort| {
                lage.abstand_m = lage.abstand_m.or(dort.abstand_m);
                true
            })
        });
    }
    gemeinsam
}

/// What each filter on links leaves; None when there is no such filter.
async fn merkmale(
    conn: &mut PgConnection,
    frage: &Frage,
    wahl: &Wahl,
) -> Result<Option<HashSet<Uuid>>> {
    let mut menge: Option<HashSet<Uuid>> = None;
    macro_rules! filter {
        ($wert:expr, $sql:literal) => {
            if let Some(wert) = $wert.as_deref() {
                let ids = sqlx::query_scalar!($sql, wert)
                    .fetch_all(&mut *conn)
                    .await?;
                behalte(&mut menge, ids.into_iter().flatten());
            }
        };
    }
    filter!(
        frage.kennungen,
        r#"SELECT id AS "id?" FROM massnahme WHERE kennung = ANY ($1)"#
    );
    filter!(
        wahl.ziele,
        r#"SELECT zm.massnahme_id AS "id?" FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id WHERE z.kennung = ANY ($1)
           UNION SELECT zm.massnahme_id FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id JOIN ziel oben ON oben.id = z.uebergeordnet_id WHERE oben.kennung = ANY ($1)"#
    );
    filter!(
        wahl.handlungsfelder,
        r#"SELECT DISTINCT zm.massnahme_id AS "id?" FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id JOIN handlungsfeld h ON h.id = z.handlungsfeld_id WHERE h.kennung = ANY ($1)"#
    );
    filter!(
        wahl.stellen,
        r#"WITH RECURSIVE stelle AS (SELECT id FROM akteur WHERE kennung = ANY ($1) UNION SELECT a.id FROM akteur a JOIN stelle s ON a.uebergeordnet_id = s.id)
           SELECT massnahme_id AS "id?" FROM zustaendigkeit WHERE massnahme_id IS NOT NULL AND akteur_id IN (SELECT id FROM stelle)"#
    );
    filter!(
        wahl.geldjahre,
        r#"SELECT DISTINCT massnahme_id AS "id?" FROM finanzwert WHERE massnahme_id IS NOT NULL AND jahr = ANY ($1)"#
    );
    filter!(
        wahl.sdg,
        r#"SELECT massnahme_id AS "id?" FROM sdg_bezug WHERE massnahme_id IS NOT NULL AND sdg = ANY ($1)"#
    );
    filter!(
        wahl.programme,
        r#"SELECT f.massnahme_id AS "id?" FROM foerderung f JOIN foerderprogramm p ON p.id = f.programm_id WHERE f.massnahme_id IS NOT NULL AND p.kennung = ANY ($1)"#
    );
    filter!(
        wahl.fachplaene,
        r#"SELECT f.massnahme_id AS "id?" FROM fundstelle f JOIN fachplan p ON p.id = f.fachplan_id WHERE f.massnahme_id IS NOT NULL AND p.kennung = ANY ($1)"#
    );
    filter!(
        wahl.raumbezug,
        r#"SELECT DISTINCT massnahme_id AS "id?" FROM raumbezug WHERE art = ANY ($1)
           UNION ALL SELECT m.id FROM massnahme m WHERE 'unverortet' = ANY ($1) AND NOT EXISTS (SELECT FROM raumbezug r WHERE r.massnahme_id = m.id)"#
    );
    if let Some(ohne) = wahl.ohne.as_deref() {
        let ids = sqlx::query_file_scalar!("src/strategie/massnahme/suche/ohne.sql", ohne)
            .fetch_all(&mut *conn)
            .await?;
        behalte(&mut menge, ids);
    }
    Ok(menge)
}

fn behalte<S: BuildHasher + Default>(
    menge: &mut Option<HashSet<Uuid, S>>,
    ids: impl IntoIterator<Item = Uuid>,
) {
    let neu: HashSet<Uuid, S> = ids.into_iter().collect();
    *menge = Some(match menge.take() {
        Some(alt) => alt.into_iter().filter(|id| neu.contains(id)).collect(),
        None => neu,
    });
}

/// Measures in each space asked for, in the order in which figures speak of them. `menge`: what the other filters left.
async fn raeume(
    conn: &mut PgConnection,
    wahl: &Wahl,
    menge: Option<&HashSet<Uuid>>,
) -> Result<Vec<Lagen>> {
    let mut lagen = Vec::new();
    macro_rules! lagen {
        ($datei:literal, $($wert:expr),+) => {
            lagen.push(
                sqlx::query_file!($datei, $($wert),+)
                    .fetch_all(&mut *conn)
                    .await?
                    .into_iter()
                    .map(|zeile| {
                        (zeile.massnahme_id, Lage {
                            herkunft: zeile.herkunft,
                            anteil: zeile.anteil,
                            schnitt_m2: zeile.schnitt_m2,
                            schnitt_m: zeile.schnitt_m,
                            punkte: zeile.punkte,
                            abstand_m: None,
                        })
                    })
                    .collect(),
            )
        };
    }
    if let Some(ortsteile) = wahl.ortsteile.as_deref() {
        lagen!("src/strategie/massnahme/suche/im_ortsteil.sql", ortsteile);
    }
    if let Some(formen) = wahl.raum.as_deref() {
        lagen!("src/strategie/massnahme/suche/im_polygon.sql", formen);
    }
    if let (Some(form), Some(abstand)) = (wahl.nahe.as_deref(), wahl.abstand) {
        lagen.push(
            sqlx::query_file!(
                "src/strategie/massnahme/suche/im_umkreis.sql",
                form,
                abstand
            )
            .fetch_all(&mut *conn)
            .await?
            .into_iter()
            .map(|zeile| {
                let lage = Lage {
                    herkunft: zeile.herkunft,
                    abstand_m: zeile.abstand_m,
                    ..Lage::default()
                };
                (zeile.massnahme_id, lage)
            })
            .collect(),
        );
    }
    let nutzungen = wahl.nutzungen.as_deref();
    match (&wahl.plan, wahl.flaechen.as_deref(), nutzungen) {
        (Some(plan), Some(flaechen), _) => lagen!(
            "src/strategie/massnahme/suche/auf_flaeche.sql",
            plan.id,
            flaechen,
            nutzungen
        ),
        (Some(plan), None, Some(nutzungen)) => match menge {
            None => lagen!(
                "src/strategie/massnahme/suche/auf_nutzung.sql",
                plan.id,
                nutzungen
            ),
            Some(menge) => {
                let von: Vec<Uuid> = menge.iter().copied().collect();
                lagen!(
                    "src/strategie/massnahme/suche/auf_nutzung_von.sql",
                    plan.id,
                    nutzungen,
                    &von
                );
            }
        },
        _ => {}
    }
    Ok(lagen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_speak_of_the_first_space_and_all_must_hold() {
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        let lage = |anteil, abstand_m| Lage {
            anteil,
            abstand_m,
            ..Lage::default()
        };
        let erste = Lagen::from([
            (a, lage(Some(0.5), None)),
            (b, lage(Some(0.1), None)),
            (c, lage(None, None)),
        ]);
        let zweite = Lagen::from([(a, lage(Some(1.0), Some(7.0))), (c, lage(None, None))]);
        let gemeinsam = schneide(vec![erste, zweite], |id| *id != c);
        assert_eq!(gemeinsam.len(), 1);
        let lage = gemeinsam.get(&a).unwrap();
        assert_eq!((lage.anteil, lage.abstand_m), (Some(0.5), Some(7.0)));
    }

    #[test]
    fn filters_narrow() {
        let [a, b] = [1, 2].map(Uuid::from_u128);
        let mut menge: Option<HashSet<Uuid>> = None;
        behalte(&mut menge, [a, b]);
        behalte(&mut menge, [b]);
        assert_eq!(menge, Some(HashSet::from([b])));
        behalte(&mut menge, []);
        assert_eq!(menge, Some(HashSet::new()));
    }
}
