//! Parts of one object that lie on each other (invalid, and delivered all the same) become one:
//! the even-odd rule of the coverage would cut a hole where they overlap.

use geo::unary_union;
use geo_types::{LineString, MultiPolygon, Polygon};

/// Positions of a ring.
pub(super) type Ring = Vec<(f64, f64)>;

/// The rings of the parts, each given as shell and holes.
pub(super) fn vereint(teile: Vec<Vec<Ring>>) -> Vec<Ring> {
    if !ueberlappen(&teile) {
        return teile.into_iter().flatten().collect();
    }
    let polygone: Vec<Polygon<f64>> = teile
        .into_iter()
        .map(|teil| {
            let mut ringe = teil.into_iter().map(endlich).map(LineString::from);
            let schale = ringe.next().unwrap_or_else(|| LineString::new(Vec::new()));
            Polygon::new(schale, ringe.collect())
        })
        .collect();
    let MultiPolygon(polygone) = unary_union(&polygone);
    let linien = polygone.into_iter().flat_map(|polygon| {
        let (schale, loecher) = polygon.into_inner();
        std::iter::once(schale).chain(loecher)
    });
    linien
        .map(|l| l.into_iter().map(|c| (c.x, c.y)).collect())
        .collect()
}

fn endlich(ring: Ring) -> Ring {
    ring.into_iter()
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect()
}

/// The envelopes of two parts meet.
fn ueberlappen(teile: &[Vec<Ring>]) -> bool {
    let mut kaesten: Vec<[f64; 4]> = teile
        .iter()
        .filter_map(|teil| teil.first())
        .map(|schale| {
            schale.iter().fold(
                [
                    f64::INFINITY,
                    f64::INFINITY,
                    f64::NEG_INFINITY,
                    f64::NEG_INFINITY,
                ],
                |k, (x, y)| [k[0].min(*x), k[1].min(*y), k[2].max(*x), k[3].max(*y)],
            )
        })
        .collect();
    kaesten.sort_by(|a, b| a[0].total_cmp(&b[0]));
    kaesten.iter().enumerate().any(|(i, a)| {
        let danach = kaesten[i + 1..].iter().take_while(|b| b[0] < a[2]);
        danach.into_iter().any(|b| a[1] < b[3] && b[1] < a[3])
    })
}

#[cfg(test)]
mod tests {
    use geo::Area as _;

    use super::*;

    fn quadrat(x: f64, seite: f64) -> Vec<Ring> {
        vec![vec![
            (x, 0.0),
            (x + seite, 0.0),
            (x + seite, seite),
            (x, seite),
            (x, 0.0),
        ]]
    }

    fn flaeche(ringe: Vec<Ring>) -> f64 {
        ringe
            .into_iter()
            .map(|r| Polygon::new(LineString::from(r), Vec::new()).unsigned_area())
            .sum()
    }

    #[test]
    fn parts_on_each_other_are_one() {
        let zwei = vereint(vec![quadrat(0.0, 10.0), quadrat(5.0, 10.0)]);
        assert_eq!(zwei.len(), 1);
        assert!((flaeche(zwei) - 150.0).abs() < 1e-6);
        let gleich = vereint(vec![quadrat(0.0, 10.0), quadrat(0.0, 10.0)]);
        assert!((flaeche(gleich) - 100.0).abs() < 1e-6);
        assert_eq!(
            vereint(vec![quadrat(0.0, 10.0), quadrat(10.0, 10.0)]).len(),
            2
        );
        assert!(vereint(Vec::new()).is_empty());
    }
}
