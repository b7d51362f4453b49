//! Rings as winding fields: exteriors run counter-clockwise, holes clockwise, so
//! that a set of rings is 1 inside the area and 0 outside. Cutting a ring at a
//! line keeps that field on the kept side, which is why cut rings may carry
//! degenerate edges along the line without harm.

use geo::Area as _;
use geo_types::{Coord, LineString, MultiPolygon};

/// A ring without its closing point.
pub(super) type Ring = Vec<Coord<f64>>;

/// Axis-parallel box, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Kasten {
    pub min: [f64; 2],
    pub max: [f64; 2],
}

impl Kasten {
    /// The box that contains nothing.
    pub(super) const LEER: Self = Self {
        min: [f64::INFINITY; 2],
        max: [f64::NEG_INFINITY; 2],
    };

    pub(super) fn um<'a>(punkte: impl IntoIterator<Item = &'a Coord<f64>>) -> Self {
        let mut k = Self::LEER;
        for p in punkte {
            k.nimm(*p);
        }
        k
    }

    pub(super) fn nimm(&mut self, p: Coord<f64>) {
        self.min = [self.min[0].min(p.x), self.min[1].min(p.y)];
        self.max = [self.max[0].max(p.x), self.max[1].max(p.y)];
    }

    pub(super) fn ist_leer(&self) -> bool {
        self.min[0] > self.max[0] || self.min[1] > self.max[1]
    }

    pub(super) fn breite(&self, achse: usize) -> f64 {
        self.max[achse] - self.min[achse]
    }

    pub(super) fn laengste_seite(&self) -> f64 {
        self.breite(0).max(self.breite(1))
    }

    pub(super) fn mitte(&self) -> Coord<f64> {
        Coord {
            x: f64::midpoint(self.min[0], self.max[0]),
            y: f64::midpoint(self.min[1], self.max[1]),
        }
    }

    pub(super) fn schnitt(&self, other: &Self) -> Self {
        Self {
            min: [self.min[0].max(other.min[0]), self.min[1].max(other.min[1])],
            max: [self.max[0].min(other.max[0]), self.max[1].min(other.max[1])],
        }
    }

    pub(super) fn erweitert(&self, um: f64) -> Self {
        Self {
            min: self.min.map(|v| v - um),
            max: self.max.map(|v| v + um),
        }
    }

    pub(super) fn enthaelt(&self, other: &Self) -> bool {
        (0..2).all(|a| self.min[a] <= other.min[a] && other.max[a] <= self.max[a])
    }

    pub(super) fn beruehrt(&self, other: &Self) -> bool {
        (0..2).all(|a| self.min[a] <= other.max[a] && other.min[a] <= self.max[a])
    }

    /// The two halves across the longer side, the axis and the cut. The cut lies on
    /// every local grid, so it costs no area on either side.
    pub(super) fn haelften(&self) -> (usize, f64, Self, Self) {
        let achse = usize::from(self.breite(1) > self.breite(0));
        let grenze = auf_raster(f64::midpoint(self.min[achse], self.max[achse]));
        let (mut unten, mut oben) = (*self, *self);
        unten.max[achse] = grenze;
        oben.min[achse] = grenze;
        (achse, grenze, unten, oben)
    }

    /// As a counter-clockwise ring.
    pub(super) fn ring(&self) -> Ring {
        let ([x0, y0], [x1, y1]) = (self.min, self.max);
        vec![
            Coord { x: x0, y: y0 },
            Coord { x: x1, y: y0 },
            Coord { x: x1, y: y1 },
            Coord { x: x0, y: y1 },
        ]
    }

    /// True when the closed box and the closed segment share a point (separating axes;
    /// within rounding it answers true).
    pub(super) fn trifft(&self, a: Coord<f64>, b: Coord<f64>) -> bool {
        if a.x.max(b.x) < self.min[0]
            || a.x.min(b.x) > self.max[0]
            || a.y.max(b.y) < self.min[1]
            || a.y.min(b.y) > self.max[1]
        {
            return false;
        }
        let m = self.mitte();
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let abstand = (dx * (m.y - a.y) - dy * (m.x - a.x)).abs();
        let reichweite = f64::midpoint(dx.abs() * self.breite(1), dy.abs() * self.breite(0));
        // 1 nm of slack: coordinates near 6e6 m carry 1e-9 m.
        abstand <= reichweite + 2e-9 * (dx.abs() + dy.abs())
    }
}

/// The nearest multiple of 2^-10 m: a number all local grids have in common.
pub(super) fn auf_raster(wert: f64) -> f64 {
    (wert * 1024.0).round() / 1024.0
}

/// Twice the signed area in m²; counter-clockwise is positive.
pub(super) fn doppelte_flaeche(ring: &[Coord<f64>]) -> f64 {
    let Some(&o) = ring.first() else { return 0.0 };
    let mut summe = 0.0;
    for w in ring.windows(2) {
        let (p, q) = (w[0], w[1]);
        summe += (p.x - o.x) * (q.y - o.y) - (q.x - o.x) * (p.y - o.y);
    }
    summe
}

/// Signed area of a set of rings in m²: their winding field, summed up.
pub(super) fn flaeche(ringe: &[Ring]) -> f64 {
    ringe.iter().map(|r| doppelte_flaeche(r)).sum::<f64>() / 2.0
}

/// Plane area in m²: exteriors minus holes, whatever way the rings run.
pub(super) fn plan_m2(flaeche: &MultiPolygon<f64>) -> f64 {
    flaeche.unsigned_area()
}

fn offen(ring: &LineString<f64>) -> &[Coord<f64>] {
    match ring.0.as_slice() {
        [kopf @ .., letzter] if kopf.first() == Some(letzter) => kopf,
        alle => alle,
    }
}

/// One ring turned the right way; fewer than three points enclose nothing.
pub(super) fn gerichtet(ring: &LineString<f64>, loch: bool) -> Option<Ring> {
    let mut r = offen(ring).to_vec();
    if r.len() < 3 {
        return None;
    }
    if (doppelte_flaeche(&r) < 0.0) != loch {
        r.reverse();
    }
    Some(r)
}

/// All rings of an area, exteriors counter-clockwise, holes clockwise.
pub(super) fn ringe(flaeche: &MultiPolygon<f64>) -> Vec<Ring> {
    flaeche
        .iter()
        .flat_map(|p| {
            std::iter::once(gerichtet(p.exterior(), false))
                .chain(p.interiors().iter().map(|i| gerichtet(i, true)))
        })
        .flatten()
        .collect()
}

/// Cuts a ring at the line `achse = grenze` and keeps the lower or upper side
/// (Sutherland and Hodgman). Both sides get bit-identical points on the line.
pub(super) fn schneide(ring: &[Coord<f64>], achse: usize, grenze: f64, unten: bool) -> Ring {
    // Positive inside, 0 on the line itself.
    let tiefe = |p: Coord<f64>| {
        let wert = if achse == 0 { p.x } else { p.y };
        if unten { grenze - wert } else { wert - grenze }
    };
    let mut neu = Ring::with_capacity(ring.len() + 4);
    let Some(&letzter) = ring.last() else {
        return neu;
    };
    let mut vorher = letzter;
    for &p in ring {
        if tiefe(p) * tiefe(vorher) < 0.0 {
            neu.push(auf_linie(vorher, p, achse, grenze));
        }
        if tiefe(p) >= 0.0 {
            neu.push(p);
        }
        vorher = p;
    }
    if neu.len() < 3 {
        neu.clear();
    }
    neu
}

/// Where the edge meets the line; the same point for both directions of the edge.
fn auf_linie(a: Coord<f64>, b: Coord<f64>, achse: usize, grenze: f64) -> Coord<f64> {
    let (a, b) = if (a.x, a.y) <= (b.x, b.y) {
        (a, b)
    } else {
        (b, a)
    };
    if achse == 0 {
        let t = (grenze - a.x) / (b.x - a.x);
        Coord {
            x: grenze,
            y: a.y + t * (b.y - a.y),
        }
    } else {
        let t = (grenze - a.y) / (b.y - a.y);
        Coord {
            x: a.x + t * (b.x - a.x),
            y: grenze,
        }
    }
}

/// All rings on one side of the line.
pub(super) fn schneide_alle(ringe: &[Ring], achse: usize, grenze: f64, unten: bool) -> Vec<Ring> {
    ringe
        .iter()
        .map(|r| schneide(r, achse, grenze, unten))
        .filter(|r| !r.is_empty())
        .collect()
}

/// A ring inside a box; None when nothing is left.
pub(super) fn in_kasten(ring: &Ring, kasten: &Kasten) -> Option<Ring> {
    let eigener = Kasten::um(ring);
    if kasten.enthaelt(&eigener) {
        return Some(ring.clone());
    }
    if !kasten.beruehrt(&eigener) {
        return None;
    }
    let mut r = ring.clone();
    for achse in 0..2 {
        if eigener.min[achse] < kasten.min[achse] {
            r = schneide(&r, achse, kasten.min[achse], false);
        }
        if eigener.max[achse] > kasten.max[achse] {
            r = schneide(&r, achse, kasten.max[achse], true);
        }
    }
    (!r.is_empty()).then_some(r)
}

/// Winding number of the rings around a point that lies on none of them. An edge and
/// its reverse cancel exactly, whatever the rounding.
pub(super) fn windung(ringe: &[Ring], q: Coord<f64>) -> i32 {
    let mut summe = 0;
    for ring in ringe {
        let Some(&letzter) = ring.last() else {
            continue;
        };
        let mut von = letzter;
        for &bis in ring {
            let aufwaerts = von.y <= q.y;
            if aufwaerts != (bis.y <= q.y) {
                let (u, o) = if aufwaerts { (von, bis) } else { (bis, von) };
                if (o.x - u.x) * (q.y - u.y) > (q.x - u.x) * (o.y - u.y) {
                    summe += if aufwaerts { 1 } else { -1 };
                }
            }
            von = bis;
        }
    }
    summe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(punkte: &[(f64, f64)]) -> Ring {
        punkte.iter().map(|&p| p.into()).collect()
    }

    #[test]
    fn a_cut_through_points_and_along_edges_loses_nothing() {
        // points on the line x = 2, and an edge along it
        let ring = ring(&[
            (0.0, 0.0),
            (2.0, -1.0),
            (4.0, 0.0),
            (4.0, 3.0),
            (2.0, 3.0),
            (2.0, 4.0),
            (0.0, 4.0),
        ]);
        let unten = schneide(&ring, 0, 2.0, true);
        let oben = schneide(&ring, 0, 2.0, false);
        assert!((doppelte_flaeche(&unten) - 18.0).abs() < 1e-12, "{unten:?}");
        assert!((doppelte_flaeche(&oben) - 14.0).abs() < 1e-12, "{oben:?}");
        assert!((doppelte_flaeche(&ring) - 32.0).abs() < 1e-12);
    }

    #[test]
    fn both_sides_meet_in_the_same_point() {
        // the same edge in both directions, as neighbours run it
        let (a, b) = ((0.1, 0.3), (7.7, 9.1));
        let hier = schneide(&ring(&[a, b, (0.0, 9.0)]), 0, 3.3, true);
        let dort = schneide(&ring(&[b, a, (9.0, 0.0)]), 0, 3.3, false);
        let auf = |r: &Ring| -> Vec<u64> {
            let auf_linie = r.iter().filter(|p| (p.x - 3.3).abs() < 1e-12);
            auf_linie.map(|p| p.y.to_bits()).collect()
        };
        assert!(auf(&hier).iter().any(|y| auf(&dort).contains(y)));
    }

    #[test]
    fn a_segment_meets_a_box_it_crosses_or_touches() {
        let kasten = Kasten {
            min: [0.0, 0.0],
            max: [4.0, 2.0],
        };
        let trifft = |a: (f64, f64), b: (f64, f64)| kasten.trifft(a.into(), b.into());
        assert!(trifft((-1.0, 1.0), (5.0, 1.0)));
        assert!(trifft((1.0, 1.0), (2.0, 1.5)));
        assert!(trifft((4.0, -3.0), (4.0, 9.0)), "along the side");
        assert!(!trifft((-3.0, 1.0), (1.0, 5.0)), "past the corner");
        assert!(!trifft((5.0, 0.0), (6.0, 1.0)));
    }
}
