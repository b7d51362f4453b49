//! Does a geometry of a snapshot meet a box? Decided here wherever millimetres cannot change the
//! answer, and left to PostGIS where they could, where the geometry is invalid, or the box has no
//! area.

use super::Schnappschuss;
use super::formen::{Ring, UNBEKANNT, URSPRUNG};
use crate::layers::bbox::{Bbox, ist_flach};
use crate::layers::crs::Lage;
use crate::layers::rahmen::{Antwort, Punkt, Rahmen, Zug};

/// The boxes of a request in millimetres from the origin of the snapshots.
#[derive(Debug)]
pub(in crate::layers) struct Lagefrage {
    ringe: Vec<Rahmen>,
    /// One of the boxes has no area.
    flach: bool,
}

impl Zug for Ring<'_> {
    fn anzahl(&self) -> usize {
        self.millimeter().len()
    }

    fn punkt(&self, n: usize) -> Punkt {
        self.millimeter()[n].map(f64::from)
    }
}

impl Lagefrage {
    /// The boxes in EPSG:25832; None when nothing of them lies where that system is usable.
    pub(in crate::layers) fn neu(bbox: &Bbox) -> Option<Self> {
        let ringe = bbox.ringe(Lage::Utm(32));
        let flach = ringe.iter().any(|ring| ist_flach(ring));
        let rahmen = |ring: Vec<(f64, f64)>| {
            let ring = ring.into_iter();
            let ring = ring.map(|(x, y)| [(x - URSPRUNG[0]) * 1000.0, (y - URSPRUNG[1]) * 1000.0]);
            Rahmen::neu(ring.collect())
        };
        (!ringe.is_empty()).then(|| Self {
            ringe: ringe.into_iter().map(rahmen).collect(),
            flach,
        })
    }

    /// Numbers, ascending, of the features that may meet a box.
    pub(in crate::layers) fn kandidaten(&self, bild: &Schnappschuss) -> Vec<u32> {
        let mut alle: Vec<u32> = Vec::new();
        for rahmen in &self.ringe {
            let aussen = rahmen.aussen();
            let meter = [0, 1, 2, 3].map(|i| aussen[i] / 1000.0 + URSPRUNG[i % 2]);
            alle.extend(bild.im_kasten(meter));
        }
        if self.ringe.len() > 1 {
            alle.sort_unstable();
            alle.dedup();
        }
        alle
    }

    /// Whether a feature meets one of the boxes.
    pub(in crate::layers) fn trifft(&self, bild: &Schnappschuss, nummer: u32) -> Antwort {
        let objekt = bild.objekt(nummer);
        let kasten = objekt.block.kasten(objekt.n);
        if kasten == UNBEKANNT {
            return Antwort::Fraglich;
        }
        let kasten = kasten.map(f64::from);
        let genau = objekt.block.gueltig(objekt.n) && !self.flach;
        let mut fraglich = false;
        for rahmen in &self.ringe {
            match rahmen.huelle(kasten) {
                Antwort::Ja => return Antwort::Ja,
                Antwort::Nein => {}
                Antwort::Fraglich if !genau => fraglich = true,
                Antwort::Fraglich => {
                    for teil in objekt.teile() {
                        match rahmen.teil(|| teil.ringe(), kasten, (teil.dimension() == 2, true)) {
                            Antwort::Ja => return Antwort::Ja,
                            Antwort::Nein => {}
                            Antwort::Fraglich => fraglich = true,
                        }
                    }
                }
            }
        }
        if fraglich {
            Antwort::Fraglich
        } else {
            Antwort::Nein
        }
    }
}
