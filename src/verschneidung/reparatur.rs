//! Structural repair, as `ST_MakeValid` with `method=structure`: every ring becomes
//! what it encloses, exteriors are united, holes subtracted. A hole beside its
//! exterior is an area of its own; the holes of an exterior that encloses nothing are
//! nothing. All on one integer grid.

use geo::Intersects;
use geo_types::{LineString, MultiPolygon};
use i_overlay::i_shape::flat::buffer::FlatContoursBuffer;

use super::gueltigkeit;
use super::ring::{self, Kasten};
use super::schere::{Raster, Schere};

/// The area as it is when valid, else repaired.
pub(super) fn gueltig(flaeche: MultiPolygon<f64>) -> MultiPolygon<f64> {
    if gueltigkeit::fehler(&flaeche).is_none() {
        return flaeche;
    }
    let Some(mut werkstatt) = Werkstatt::fuer(&flaeche) else {
        return MultiPolygon(Vec::new());
    };
    let konturen = werkstatt.repariere(&flaeche);
    werkstatt.polygone(&konturen)
}

/// Plane area in m² after a structural repair.
#[must_use]
pub fn repariert_m2(flaeche: &MultiPolygon<f64>) -> f64 {
    Werkstatt::fuer(flaeche).map_or(0.0, |mut werkstatt| {
        let konturen = werkstatt.repariere(flaeche);
        werkstatt.raster.m2(&konturen)
    })
}

struct Werkstatt {
    raster: Raster,
    schere: Schere,
}

impl Werkstatt {
    /// None when no ring has finite coordinates.
    fn fuer(flaeche: &MultiPolygon<f64>) -> Option<Self> {
        let ringe = flaeche
            .iter()
            .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let kasten = Kasten::um(ringe.filter(|r| endlich(r)).flat_map(|r| &r.0));
        (!kasten.ist_leer()).then(|| Self {
            raster: Raster::fuer(&kasten.erweitert(0.01)),
            schere: Schere::neu(),
        })
    }

    fn repariere(&mut self, flaeche: &MultiPolygon<f64>) -> FlatContoursBuffer {
        let mut teile = FlatContoursBuffer::default();
        for polygon in flaeche {
            let aussen = self.umschlossen(polygon.exterior());
            if aussen.is_empty() {
                continue;
            }
            let umriss = self.polygone(&aussen);
            let mut loecher = FlatContoursBuffer::default();
            for linie in polygon.interiors() {
                let loch = self.umschlossen(linie);
                if self.polygone(&loch).intersects(&umriss) {
                    dazu(&mut loecher, &loch);
                } else {
                    dazu(&mut teile, &loch);
                }
            }
            let loecher = self.schere.vereinige(&loecher);
            dazu(&mut teile, &self.schere.teile(&aussen, &loecher).1);
        }
        self.schere.vereinige(&teile)
    }

    fn umschlossen(&mut self, linie: &LineString<f64>) -> FlatContoursBuffer {
        let ring = ring::gerichtet(linie, false).filter(|_| endlich(linie));
        let konturen = self.raster.konturen(ring.as_slice());
        self.schere.vereinige(&konturen)
    }

    fn polygone(&mut self, konturen: &FlatContoursBuffer) -> MultiPolygon<f64> {
        MultiPolygon(self.schere.polygone(konturen, &self.raster))
    }
}

fn endlich(linie: &LineString<f64>) -> bool {
    linie.0.iter().all(|p| p.x.is_finite() && p.y.is_finite())
}

fn dazu(puffer: &mut FlatContoursBuffer, konturen: &FlatContoursBuffer) {
    for bereich in &konturen.ranges {
        let start = puffer.points.len();
        puffer
            .points
            .extend_from_slice(&konturen.points[bereich.clone()]);
        puffer.ranges.push(start..puffer.points.len());
    }
}

#[cfg(test)]
mod tests {
    use geo::wkt;

    use super::*;

    #[test]
    fn the_repair_counts_what_is_enclosed() {
        for (f, m2) in [
            (wkt!(MULTIPOLYGON(((0. 0.,4. 4.,4. 0.,0. 4.,0. 0.)))), 8.0),
            // the same area twice, a hole sticking out, a hole beside its exterior
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.)),((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.)))),
                16.0,
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(2. 1.,6. 1.,6. 3.,2. 3.,2. 1.)))),
                12.0,
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(6. 0.,7. 0.,7. 1.,6. 1.,6. 0.)))),
                17.0,
            ),
        ] {
            assert!(
                (repariert_m2(&f) - m2).abs() < 1e-6,
                "{f:?}: {}",
                repariert_m2(&f)
            );
        }
    }
}
