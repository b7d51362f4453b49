//! What a tile is cut from: the layer as a whole, or, close by, the rows around the tile alone:
//! while the layer is still being put together, and where it is too large for memory.
//!
//! From [`Satz::nah_ab`](super::matrix::Satz::nah_ab) on shapes depend on nothing but what meets
//! them, so both ways show the same but for what the rim leaves out; farther out the whole layer
//! has to be known.

use std::sync::Arc;
use std::time::Duration;

use super::Dienst;
use super::bau::Bau;
use super::lager::{Bekannt, Stand};
use super::matrix::Adresse;
use super::quelle;
use super::schicht::Schicht;
use crate::error::{Error, Result};

/// So long a tile close by waits for the whole layer.
pub(super) const GEDULD: Duration = Duration::from_millis(250);
/// Rows so many sides of the tile around it are read for it.
pub(super) const RAND: f64 = 0.25;
/// Positions around a tile at most.
const POSITIONEN: usize = 1_500_000;

/// What a tile is cut from.
#[derive(Debug)]
pub(super) struct Bereit {
    pub(super) schicht: Arc<Schicht>,
    /// The whole layer is on its way and may differ in what the rim leaves out.
    pub(super) vorlaeufig: bool,
    /// Only what is around the tile is in it.
    pub(super) umgebung: bool,
}

impl From<Arc<Schicht>> for Bereit {
    fn from(schicht: Arc<Schicht>) -> Self {
        Self {
            schicht,
            vorlaeufig: false,
            umgebung: false,
        }
    }
}

impl Dienst {
    /// The shapes for a tile of this layer.
    ///
    /// # Errors
    /// [`Error::Umgebung`] when the layer is too large for a tile from so far away, or too much
    /// is asked at once; those of the database.
    pub(super) async fn bereit(
        self: &Arc<Self>,
        stand: &Stand,
        adresse: Adresse,
    ) -> Result<Bereit> {
        let nah = adresse.zoom >= adresse.satz.nah_ab();
        match self.lager.bekannt(stand) {
            Bekannt::Da(schicht) if schicht.fehlt(adresse.zoom).is_none() => {
                return Ok(schicht.into());
            }
            Bekannt::ZuGross if nah => return self.ausschnitt(stand, adresse, false).await,
            Bekannt::ZuGross => return Err(zu_gross(stand, adresse)),
            Bekannt::Da(_) | Bekannt::Nichts => {}
        }
        // Goes on when the client has left: the next one will want it.
        let (selbst, fuer, zoom) = (Arc::clone(self), stand.clone(), adresse.zoom);
        let mut ganz = tokio::spawn(async move {
            let schicht = selbst.lager.schicht(&selbst, &fuer).await?;
            if let Some(schicht) = &schicht {
                selbst.lager.forme(schicht, zoom).await?;
                selbst.forme_weiter(schicht);
            }
            Ok::<_, Error>(schicht)
        });
        let fertig = if nah {
            match tokio::time::timeout(self.geduld, &mut ganz).await {
                Ok(fertig) => fertig,
                Err(_) => return self.ausschnitt(stand, adresse, true).await,
            }
        } else {
            ganz.await
        };
        match fertig.map_err(Error::intern)?? {
            Some(schicht) => Ok(schicht.into()),
            None if nah => self.ausschnitt(stand, adresse, false).await,
            None => Err(zu_gross(stand, adresse)),
        }
    }

    /// Who looks at a layer looks from farther away next: for the public, whose layers stay as
    /// they are for long, what that takes is made meanwhile.
    fn forme_weiter(self: &Arc<Self>, schicht: &Arc<Schicht>) {
        if self.staende.is_none() || schicht.fehlt(0).is_none() {
            return;
        }
        let (selbst, schicht) = (Arc::clone(self), Arc::clone(schicht));
        tokio::spawn(async move {
            if let Err(fehler) = selbst.lager.forme(&schicht, 0).await {
                tracing::debug!(%fehler, "shapes of farther zooms wait until they are asked for");
            }
        });
    }

    /// The rows around one tile, generalised for themselves.
    async fn ausschnitt(
        &self,
        stand: &Stand,
        adresse: Adresse,
        vorlaeufig: bool,
    ) -> Result<Bereit> {
        let bau = Bau::neu(&stand.sammlung, stand.satz, POSITIONEN);
        let bau = quelle::lies(self, stand, Some((adresse, RAND)), bau).await;
        let bau = bau.map_err(|(_, fehler)| fehler)?;
        let schicht = self
            .lager
            .arbeite(move || Arc::new(bau.fertig_fuer(adresse.zoom)));
        Ok(Bereit {
            schicht: schicht.await?,
            vorlaeufig,
            umgebung: true,
        })
    }
}

fn zu_gross(stand: &Stand, adresse: Adresse) -> Error {
    Error::umgebung(format!(
        "Die Ebene „{}“ ist zu groß, um sie als Ganzes zu zeichnen. Kacheln gibt es ab Zoom {}, die Objekte selbst unter /collections/{}/items.",
        stand.sammlung.titel,
        adresse.satz.nah_ab(),
        stand.sammlung.id,
    ))
}
