//! The join of one plan version with the Ortsteile: shares, Flächenschluss, invalid areas.
//! Pure computation; called by the import of a plan and again when Ortsteile change.

use geo_types::MultiPolygon;

use crate::verschneidung::anteil::{Gebiet, Netz, Teile};
use crate::verschneidung::schluss::{GANZER_PLAN, Schluss, schluss};

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

/// Computes everything `fnp.anteil` and `fnp.pruefung` hold.
#[must_use]
pub fn berechne(
    ortsteile: Vec<Gebiet>,
    geltungsbereich: Option<MultiPolygon<f64>>,
    flaechen: &[Flaeche<'_>],
) -> Verbund {
    let netz = Netz::neu(ortsteile, geltungsbereich);
    let gueltig: Vec<usize> = (0..flaechen.len())
        .filter(|i| flaechen[*i].repariert.is_none())
        .collect();
    let geometrien: Vec<&MultiPolygon<f64>> = gueltig.iter().map(|i| flaechen[*i].geom).collect();
    let gerechnet = netz.teile_alle(&geometrien, 2);
    let schluss = schluss(&netz, &geometrien, &gerechnet);

    let mut teile = vec![Teile::default(); flaechen.len()];
    for (i, t) in gueltig.into_iter().zip(gerechnet) {
        teile[i] = t;
    }
    let mut ungueltig = std::collections::BTreeMap::from([(GANZER_PLAN, 0.0)]);
    for repariert in flaechen.iter().filter_map(|f| f.repariert.as_ref()) {
        let teile = netz.teile(repariert);
        *ungueltig.entry(GANZER_PLAN).or_default() += teile.innerhalb_m2() + teile.ausserhalb_m2;
        for (id, m2) in teile.anteile {
            *ungueltig.entry(id).or_default() += m2;
        }
    }
    Verbund {
        teile,
        schluss,
        ungueltig: ungueltig.into_iter().collect(),
    }
}
