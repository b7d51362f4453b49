//! The public layers from far away, made before somebody asks: at the start and after a change
//! the shapes of all zooms are made, and the tiles of a whole town cut and packed, so that the
//! first who opens the map does not wait for seconds.
//!
//! It is work in the background: one layer after the other, one step at a time through the gate
//! that tiles asked for go through too, ended by the next change, and never more than a part of
//! the time. What somebody asks for meanwhile is made once, for both.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::Dienst;
use super::matrix::{Adresse, Satz};
use super::wahl::Wahl;
use crate::error::Result;

/// Tiles of these zooms show a whole town.
const ZOOM_BIS: u8 = 11;
/// Tiles of a layer at most.
const KACHELN: usize = 64;
/// So long nothing may have changed.
const RUHE: Duration = Duration::from_secs(2);
/// So long all layers together are waited for to be in memory: from there they are read without
/// the database.
const SCHNAPPSCHUESSE: Duration = Duration::from_secs(10);
/// After work of a second it rests so many.
const PAUSE: u32 = 4;

/// Begins; ends when nobody holds the service any more.
pub(super) fn beginne(dienst: &Arc<Dienst>) {
    let Some(staende) = &dienst.staende else {
        return;
    };
    let mut meldung = staende.frische().abonniere();
    meldung.mark_changed();
    tokio::spawn(wache(Arc::downgrade(dienst), meldung));
}

async fn wache(dienst: Weak<Dienst>, mut meldung: watch::Receiver<u64>) {
    // What was made of which layer, and what is too large to be.
    let mut fertig: HashMap<String, String> = HashMap::new();
    let mut zu_gross: HashSet<String> = HashSet::new();
    while meldung.changed().await.is_ok() {
        loop {
            if !ruhig(&mut meldung).await {
                return;
            }
            let Some(dienst) = dienst.upgrade() else {
                return;
            };
            let beginn = Instant::now();
            let ganz = tokio::select! {
                () = waerme(&dienst, &mut fertig, &mut zu_gross) => true,
                weiter = meldung.changed() => {
                    if weiter.is_err() {
                        return;
                    }
                    false
                }
            };
            drop(dienst);
            tokio::time::sleep(beginn.elapsed() * PAUSE).await;
            if ganz {
                break;
            }
        }
    }
}

/// Waits until nothing has changed for a while; false when nothing ever will.
async fn ruhig(meldung: &mut watch::Receiver<u64>) -> bool {
    loop {
        match tokio::time::timeout(RUHE, meldung.changed()).await {
            Err(_) => return true,
            Ok(Ok(())) => {}
            Ok(Err(_)) => return false,
        }
    }
}

async fn waerme(
    dienst: &Arc<Dienst>,
    fertig: &mut HashMap<String, String>,
    zu_gross: &mut HashSet<String>,
) {
    let sammlungen = match dienst.katalog.grundebenen(&dienst.pool).await {
        Ok(sammlungen) => sammlungen,
        Err(fehler) => {
            tracing::debug!(%fehler, "layers are not made ready ahead");
            return;
        }
    };
    let frist = Instant::now() + SCHNAPPSCHUESSE;
    for sammlung in sammlungen {
        let id = &sammlung.id;
        if sammlung.ebene.relation.geometrie.is_none() || zu_gross.contains(id) {
            continue;
        }
        let im_gedaechtnis = || {
            let staende = dienst.staende.as_ref();
            staende.is_none_or(|staende| staende.schnappschuss(&sammlung).is_some())
        };
        while !im_gedaechtnis() && Instant::now() < frist {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        match ebene(dienst, id, fertig.get(id)).await {
            Ok(Ausgang::Fertig(marke)) => {
                fertig.insert(id.clone(), marke);
            }
            Ok(Ausgang::ZuGross) => {
                zu_gross.insert(id.clone());
            }
            Ok(Ausgang::Nichts) => {}
            Err(fehler) => {
                tracing::debug!(%fehler, ebene = id, "a layer is not made ready ahead");
            }
        }
    }
}

enum Ausgang {
    /// Everything is there, for this state of the data.
    Fertig(String),
    ZuGross,
    /// There is nothing to do, or nobody counts the changes.
    Nichts,
}

async fn ebene(dienst: &Arc<Dienst>, id: &str, schon: Option<&String>) -> Result<Ausgang> {
    let stand = dienst.lager.stand(dienst, id).await?;
    if !stand.gezaehlt || schon == Some(&stand.marke) {
        return Ok(Ausgang::Nichts);
    }
    let beginn = Instant::now();
    let Some(schicht) = dienst.lager.schicht(dienst, &stand).await? else {
        return Ok(Ausgang::ZuGross);
    };
    dienst.lager.forme(&schicht, 0).await?;
    let ausdehnung = dienst
        .ausdehnungen
        .von(&dienst.pool, &stand.sammlung, None)
        .await?;
    let marke = stand.marke.clone();
    let wahl = Wahl::ganz(stand);
    let kacheln = ausdehnung.raum.map(kacheln).unwrap_or_default();
    for adresse in &kacheln {
        let kachel = wahl.kachel(dienst, *adresse).await?;
        // Browsers and QGIS take it packed.
        dienst.lager.arbeite(move || _ = kachel.gepackt()).await?;
    }
    let dauer = beginn.elapsed();
    tracing::debug!(
        ebene = id,
        kacheln = kacheln.len(),
        ?dauer,
        "tiles made ready"
    );
    Ok(Ausgang::Fertig(marke))
}

/// The tiles over an extent in degrees, from far to near, zoom by zoom as long as all of one fit.
fn kacheln(raum: [f64; 4]) -> Vec<Adresse> {
    let satz = Satz::WebMercator;
    let mut alle = Vec::new();
    for zoom in 0..=ZOOM_BIS {
        let [x0, x1, y0, y1] = satz.grenzen(zoom, raum);
        let anzahl = (x1 - x0 + 1) as usize * (y1 - y0 + 1) as usize;
        if alle.len() + anzahl > KACHELN {
            break;
        }
        alle.extend((x0..=x1).flat_map(|spalte| {
            (y0..=y1).map(move |zeile| Adresse {
                satz,
                zoom,
                spalte,
                zeile,
            })
        }));
    }
    alle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_covered_and_the_earth_is_not() {
        let stadt = kacheln([10.80, 47.98, 10.95, 48.12]);
        assert_eq!(stadt.first().map(|k| k.zoom), Some(0));
        assert_eq!(stadt.last().map(|k| k.zoom), Some(ZOOM_BIS));
        assert!(stadt.len() <= KACHELN);
        let erde = kacheln([-180.0, -85.0, 180.0, 85.0]);
        assert_eq!(erde.len(), 1 + 4 + 16);
    }
}
