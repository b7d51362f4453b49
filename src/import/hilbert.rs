//! Spatial order: neighbours on the map become neighbours on the page and on the disk.

use geo::BoundingRect;
use geo_types::{Coord, Rect};

use crate::fnp::objekt::{Geometrie, Objekt};

/// Bits per axis; 16 give 65,536 cells a side, metres for a town.
const BITS: u32 = 16;

fn kasten(geometrie: &Geometrie) -> Option<Rect<f64>> {
    match geometrie {
        Geometrie::Flaeche(g) => g.bounding_rect(),
        Geometrie::Linie(g) => g.bounding_rect(),
        Geometrie::Punkt(g) => g.bounding_rect(),
    }
}

/// Position of a cell on the Hilbert curve (Warren, Hacker's Delight, 16-1).
fn position(mut x: u32, mut y: u32) -> u64 {
    let mut d = 0_u64;
    let mut s = 1_u32 << (BITS - 1);
    while s > 0 {
        let rx = u32::from(x & s > 0);
        let ry = u32::from(y & s > 0);
        d += u64::from(s) * u64::from(s) * u64::from((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                x = (2 * s - 1).wrapping_sub(x) & (2 * s - 1);
                y = (2 * s - 1).wrapping_sub(y) & (2 * s - 1);
            }
            std::mem::swap(&mut x, &mut y);
        }
        x &= s - 1;
        y &= s - 1;
        s >>= 1;
    }
    d
}

/// Sorts objects along the Hilbert curve of their common box; equal places by file order.
pub fn ordne(objekte: &mut [Objekt]) {
    let alle = objekte
        .iter()
        .filter_map(|o| kasten(&o.geometrie))
        .reduce(|a, b| {
            Rect::new(
                Coord {
                    x: a.min().x.min(b.min().x),
                    y: a.min().y.min(b.min().y),
                },
                Coord {
                    x: a.max().x.max(b.max().x),
                    y: a.max().y.max(b.max().y),
                },
            )
        });
    let Some(alle) = alle else { return };
    let seite = alle.width().max(alle.height()).max(1e-9);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..65535"
    )]
    let zelle = |wert: f64| (wert / seite * 65_535.0).clamp(0.0, 65_535.0) as u32;
    objekte.sort_by_cached_key(|o| {
        kasten(&o.geometrie).map_or(u64::MAX, |k| {
            let mitte = k.center();
            position(zelle(mitte.x - alle.min().x), zelle(mitte.y - alle.min().y))
        })
    });
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn neighbours_on_the_curve_are_neighbours_in_the_plane() {
        let mut cells: Vec<(u64, i64, i64)> = (0..64)
            .flat_map(|x| (0..64).map(move |y| (position(x, y), i64::from(x), i64::from(y))))
            .collect();
        cells.sort_unstable();
        for (n, pair) in cells.windows(2).enumerate() {
            assert_eq!(pair[0].0, n as u64, "a curve without gaps");
            assert_eq!(
                (pair[0].1 - pair[1].1).abs() + (pair[0].2 - pair[1].2).abs(),
                1
            );
        }
    }
}
