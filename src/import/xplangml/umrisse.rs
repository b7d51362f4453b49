//! Shapes of many areas in little memory, for one question: does a point lie in it?
//!
//! Vertices in whole millimetres, eight bytes each, all in one row: no allocation per
//! area. The model's tolerance is two millimetres, so nothing is lost that counts.

use geo_types::{Coord, MultiPolygon};

/// Vertices of all areas together: 48 MB.
const GRENZE: usize = 6_000_000;
/// Middle of Germany in EPSG:25832, metres; 2,147 km around it fit into 32 bits.
const MITTE: Coord<f64> = Coord {
    x: 500_000.0,
    y: 5_700_000.0,
};

/// Easting and northing in millimetres from the middle of Germany.
pub(super) type Stelle = [i32; 2];

/// None: too far away.
pub(super) fn millimeter(p: Coord<f64>) -> Option<Stelle> {
    let eine = |wert: f64| {
        let mm = (wert * 1000.0).round();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "compared with the range before"
        )]
        (mm.abs() < f64::from(i32::MAX)).then_some(mm as i32)
    };
    Some([eine(p.x - MITTE.x)?, eine(p.y - MITTE.y)?])
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Umrisse {
    punkte: Vec<Stelle>,
    /// End of each ring in `punkte`.
    ringe: Vec<usize>,
    /// End of each area in `ringe`.
    flaechen: Vec<usize>,
}

impl Umrisse {
    /// Takes an area as the next one; false: no room, or outside the range.
    pub(super) fn nimm(&mut self, form: &MultiPolygon<f64>) -> bool {
        let (punkte, ringe) = (self.punkte.len(), self.ringe.len());
        for polygon in &form.0 {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                for p in &ring.0 {
                    let Some(stelle) = millimeter(*p).filter(|_| self.punkte.len() < GRENZE) else {
                        self.punkte.truncate(punkte);
                        self.ringe.truncate(ringe);
                        return false;
                    };
                    self.punkte.push(stelle);
                }
                self.ringe.push(self.punkte.len());
            }
        }
        self.flaechen.push(self.ringe.len());
        true
    }

    fn ringe_von(&self, nummer: usize) -> impl Iterator<Item = &[Stelle]> {
        let bis = self.flaechen.get(nummer).copied().unwrap_or(0);
        let von = nummer
            .checked_sub(1)
            .and_then(|n| self.flaechen.get(n).copied())
            .unwrap_or(0);
        (von..bis).map(|r| {
            let beginn = if r == 0 { 0 } else { self.ringe[r - 1] };
            &self.punkte[beginn..self.ringe[r]]
        })
    }

    /// Smallest and greatest easting and northing of an area, millimetres.
    pub(super) fn rahmen(&self, nummer: usize) -> Option<([f64; 2], [f64; 2])> {
        let mut alle = self.ringe_von(nummer).flatten();
        let erster = *alle.next()?;
        let (min, max) = alle.fold((erster, erster), |(min, max), p| {
            (
                [min[0].min(p[0]), min[1].min(p[1])],
                [max[0].max(p[0]), max[1].max(p[1])],
            )
        });
        Some((min.map(f64::from), max.map(f64::from)))
    }

    /// Even-odd rule over all rings, which takes holes out; a place on the edge may
    /// count either way.
    pub(super) fn enthaelt(&self, nummer: usize, ort: Stelle) -> bool {
        let [x, y] = ort.map(i128::from);
        let mut innen = false;
        for ring in self.ringe_von(nummer) {
            for kante in ring.windows(2) {
                let [ax, ay] = kante[0].map(i128::from);
                let [bx, by] = kante[1].map(i128::from);
                if (ay > y) == (by > y) {
                    continue;
                }
                let seite = (bx - ax) * (y - ay) - (x - ax) * (by - ay);
                if (seite > 0) == (by > ay) {
                    innen = !innen;
                }
            }
        }
        innen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Contains;
    use geo_types::{LineString, Point, Polygon};
    use proptest::prelude::*;

    fn polygon(ecken: &[(f64, f64)]) -> Polygon<f64> {
        let punkte = ecken.iter().map(|(x, y)| Coord {
            x: 638_000.0 + x,
            y: 5_321_000.0 + y,
        });
        Polygon::new(LineString::new(punkte.collect()), vec![])
    }

    #[test]
    fn holes_and_second_parts_count_right() {
        let mut mit_loch = polygon(&[(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]);
        mit_loch.interiors_push(
            polygon(&[(40.0, 40.0), (60.0, 40.0), (50.0, 60.0)])
                .exterior()
                .clone(),
        );
        let zweites = polygon(&[(200.0, 0.0), (300.0, 0.0), (250.0, 80.0)]);
        let mut umrisse = Umrisse::default();
        assert!(umrisse.nimm(&MultiPolygon::new(vec![zweites.clone()])));
        assert!(umrisse.nimm(&MultiPolygon::new(vec![mit_loch, zweites])));
        let innen = |umrisse: &Umrisse, nummer, x, y| {
            let ort = millimeter(Coord {
                x: 638_000.0 + x,
                y: 5_321_000.0 + y,
            })
            .expect("near");
            umrisse.enthaelt(nummer, ort)
        };
        assert!(
            innen(&umrisse, 1, 10.0, 10.0)
                && innen(&umrisse, 1, 250.0, 40.0)
                && innen(&umrisse, 0, 250.0, 40.0)
        );
        assert!(
            !innen(&umrisse, 1, 50.0, 50.0)
                && !innen(&umrisse, 1, 150.0, 50.0)
                && !innen(&umrisse, 0, 10.0, 10.0)
        );
        let (min, max) = umrisse.rahmen(1).expect("not empty");
        assert!(
            (max[0] - min[0] - 300_000.0).abs() < 0.5 && (max[1] - min[1] - 100_000.0).abs() < 0.5
        );
        let weit = polygon(&[(0.0, 0.0), (9e9, 0.0), (0.0, 9e9)]);
        assert!(
            !umrisse.nimm(&MultiPolygon::new(vec![weit])),
            "out of range"
        );
        assert!(innen(&umrisse, 1, 10.0, 10.0), "and nothing is left of it");
    }

    proptest! {
        #[test]
        fn it_agrees_with_geo(
            ecken in proptest::collection::vec((-500i32..500, -500i32..500), 3..12),
            x in -500i32..500, y in -500i32..500,
        ) {
            let ecken: Vec<_> = ecken.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect();
            let p = polygon(&ecken);
            // Off the edges, where both rules must agree, and only for simple rings.
            let ort = Coord { x: 638_000.37 + f64::from(x), y: 5_321_000.41 + f64::from(y) };
            prop_assume!(geo::Validation::is_valid(&p));
            let mut umrisse = Umrisse::default();
            prop_assert!(umrisse.nimm(&MultiPolygon::new(vec![p.clone()])));
            prop_assert_eq!(
                umrisse.enthaelt(0, millimeter(ort).expect("near")),
                p.contains(&Point::from(ort))
            );
        }
    }
}
