//! A point that shows where an area is: in its broadest part. Gaps and overlaps often
//! have needles of no width, where a point of the usual kind would end up.

use geo_types::{Coord, LineString, Polygon};

/// Scan lines per polygon, at most.
const ZEILEN: usize = 500;

/// The middle of the largest piece between two scan lines; None for an empty area.
pub(super) fn innenpunkt(polygon: &Polygon<f64>) -> Option<Coord<f64>> {
    let ringe = || std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let mut hoehen: Vec<f64> = ringe().flat_map(|r| r.0.iter().map(|p| p.y)).collect();
    hoehen.sort_unstable_by(f64::total_cmp);
    hoehen.dedup();
    let schritt = hoehen.len().div_ceil(ZEILEN).max(1);
    let mut beste: Option<(f64, Coord<f64>)> = None;
    for i in (0..hoehen.len()).step_by(schritt) {
        let oben = hoehen[(i + schritt).min(hoehen.len() - 1)];
        let y = f64::midpoint(hoehen[i], oben);
        let mut schnitte: Vec<f64> = ringe().flat_map(|r| schnitte(r, y)).collect();
        schnitte.sort_unstable_by(f64::total_cmp);
        for paar in schnitte.chunks_exact(2) {
            let groesse = (paar[1] - paar[0]) * (oben - hoehen[i]);
            if groesse > beste.map_or(0.0, |b| b.0) {
                let x = f64::midpoint(paar[0], paar[1]);
                beste = Some((groesse, Coord { x, y }));
            }
        }
    }
    beste.map(|(_, ort)| ort)
}

/// Where the ring crosses the height.
fn schnitte(ring: &LineString<f64>, y: f64) -> impl Iterator<Item = f64> {
    ring.lines()
        .filter(move |l| (l.start.y <= y) != (l.end.y <= y))
        .map(move |l| l.start.x + (y - l.start.y) / l.dy() * l.dx())
}

#[cfg(test)]
mod tests {
    use geo::{Contains, wkt};
    use geo_types::Point;

    use super::*;

    #[test]
    fn the_point_is_in_the_broad_part() {
        // a block of 2 m with a needle of 100 m on either side, and a hole in the block
        let p = wkt!(POLYGON((-100. 1.,0. 0.9999,0. 0.,2. 0.,2. 0.9999,100. 1.,2. 1.0001,2. 2.,0. 2.,0. 1.0001,-100. 1.),(0.5 0.1,1.9 0.1,1.9 1.9,0.5 1.9,0.5 0.1)));
        let ort = innenpunkt(&p).unwrap_or_default();
        assert!((0.0..2.0).contains(&ort.x), "{ort:?}");
        assert!(p.contains(&Point(ort)), "{ort:?}");
        assert_eq!(innenpunkt(&wkt!(POLYGON EMPTY)), None);
    }
}
