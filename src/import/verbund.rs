//! The join of one plan version with the Ortsteile: shares, Flächenschluss, invalid areas.
//! Pure computation; called by the import of a plan and again when Ortsteile change.

use std::collections::BTreeMap;
use std::convert::Infallible;

use geo_types::MultiPolygon;

use crate::import::hilbert::Kasten;
use crate::verschneidung::anteil::{Gebiet, Netz, Teile, Zuschnitt};
use crate::verschneidung::schluss::{self, GANZER_PLAN, Schluss};

/// Result for one Fassung; areas in the order given.
#[derive(Debug)]
pub struct Verbund {
    /// Parts of each area; empty for invalid ones.
    pub teile: Vec<Teile>,
    /// The check of the valid areas.
    pub schluss: Schluss,
    /// m² of invalid areas after their repair: whole plan first (id −1), then by Ortsteil.
    pub ungueltig: Vec<(i32, f64)>,
}

/// One area of the Flächenschluss.
#[derive(Debug)]
pub struct Flaeche<'a> {
    /// As delivered, EPSG:25832.
    pub geom: &'a MultiPolygon<f64>,
    /// `None` when valid, else its shape after a structural repair made for the figures only.
    pub repariert: Option<MultiPolygon<f64>>,
}

/// The join of areas that come one by one and are not kept.
pub struct Rechnung {
    netz: Netz,
    zuschnitt: Zuschnitt,
    schluss: schluss::Rechnung,
    ungueltig: BTreeMap<i32, f64>,
}

impl Rechnung {
    /// Prepares the regions.
    #[must_use]
    pub fn neu(ortsteile: Vec<Gebiet>, geltungsbereich: Option<MultiPolygon<f64>>) -> Self {
        let netz = Netz::neu(ortsteile, geltungsbereich);
        Self {
            zuschnitt: Zuschnitt::default(),
            schluss: schluss::Rechnung::neu(&netz),
            ungueltig: BTreeMap::from([(GANZER_PLAN, 0.0)]),
            netz,
        }
    }

    /// A valid area; answers its parts.
    pub fn nimm(&mut self, flaeche: &MultiPolygon<f64>) -> Teile {
        let teile = self.netz.teile_je(flaeche, &mut self.zuschnitt);
        self.schluss.nimm(flaeche, &teile);
        teile
    }

    /// An invalid area in its shape after a repair: counts as gap, its m² are shown.
    pub fn nimm_ungueltige(&mut self, repariert: &MultiPolygon<f64>) {
        let teile = self.netz.teile_je(repariert, &mut self.zuschnitt);
        *self.ungueltig.entry(GANZER_PLAN).or_default() +=
            teile.innerhalb_m2() + teile.ausserhalb_m2;
        for (id, m2) in teile.anteile {
            *self.ungueltig.entry(id).or_default() += m2;
        }
    }

    /// The result, without `teile`: they were given out area by area. `nochmal` hands the
    /// valid areas over again (see [`schluss::Rechnung::schliesse`]); the areas of an
    /// overlap are for the caller to find ([`schluss::deckt`]).
    ///
    /// # Errors
    /// Those of `nochmal`.
    pub fn schliesse<E>(
        self,
        nochmal: impl FnMut(&Kasten, &mut dyn FnMut(&MultiPolygon<f64>) -> bool) -> Result<(), E>,
    ) -> Result<Verbund, E> {
        Ok(Verbund {
            teile: Vec::new(),
            schluss: self.schluss.schliesse(&self.netz, nochmal)?,
            ungueltig: self.ungueltig.into_iter().collect(),
        })
    }
}

/// Computes everything `fnp.anteil` and `fnp.pruefung` hold.
#[must_use]
pub fn berechne(
    ortsteile: Vec<Gebiet>,
    geltungsbereich: Option<MultiPolygon<f64>>,
    flaechen: &[Flaeche<'_>],
) -> Verbund {
    let mut rechnung = Rechnung::neu(ortsteile, geltungsbereich);
    let teile = flaechen
        .iter()
        .map(|flaeche| match &flaeche.repariert {
            None => rechnung.nimm(flaeche.geom),
            Some(repariert) => {
                rechnung.nimm_ungueltige(repariert);
                Teile::default()
            }
        })
        .collect();
    let ergebnis = rechnung.schliesse(|_, an| {
        let mut gueltige = flaechen.iter().filter(|f| f.repariert.is_none());
        let _ = gueltige.all(|f| an(f.geom));
        Ok::<(), Infallible>(())
    });
    match ergebnis {
        Ok(verbund) => Verbund { teile, ..verbund },
        Err(nie) => match nie {},
    }
}
