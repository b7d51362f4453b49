//! Spatial order: neighbours on the map become neighbours on the page and on the disk.

/// Bits per axis; 16 give 65,536 cells a side, metres for a town.
const BITS: u32 = 16;

/// A box: least x, least y, greatest x, greatest y in metres; not a number for what has no place.
pub type Kasten = [f64; 4];

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

/// Sorts along the Hilbert curve of the common box; equal places stay as they are, what
/// has no place goes last.
pub fn ordne<T>(objekte: &mut [T], kasten: impl Fn(&T) -> Kasten) {
    let mut alle = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    for k in objekte.iter().map(&kasten) {
        // min and max pass over what is no number.
        alle = [
            alle[0].min(k[0]),
            alle[1].min(k[1]),
            alle[2].max(k[2]),
            alle[3].max(k[3]),
        ];
    }
    let seite = (alle[2] - alle[0]).max(alle[3] - alle[1]).max(1e-9);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..65535"
    )]
    let zelle = |wert: f64| (wert / seite * 65_535.0).clamp(0.0, 65_535.0) as u32;
    objekte.sort_by_cached_key(|o| {
        let [x0, y0, x1, y1] = kasten(o);
        let (x, y) = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
        if x.is_finite() && y.is_finite() {
            position(zelle(x - alle[0]), zelle(y - alle[1]))
        } else {
            u64::MAX
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{ordne, position};

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

    #[test]
    fn what_has_no_place_goes_last_and_equal_places_keep_their_order() {
        let leer = [f64::NAN; 4];
        let hier = [5.0, 5.0, 6.0, 6.0];
        let mut objekte = vec![(1, leer), (2, hier), (3, [0.0, 0.0, 1.0, 1.0]), (4, hier)];
        ordne(&mut objekte, |o| o.1);
        let namen: Vec<i32> = objekte.iter().map(|o| o.0).collect();
        assert_eq!(namen, [3, 2, 4, 1]);
    }
}
