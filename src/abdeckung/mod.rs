//! Generalising a coverage: areas that share borders stay without gap and overlap at every zoom.
//! Plain geometry, no database, no catalogue.
//!
//! * [`eingang`] takes the shapes; positions closer than the raster (1 mm) become one.
//! * `knoten` nodes them: where a vertex of one lies on the border of another, both get it.
//! * `seiten` finds which side of each edge is inside, by the even-odd rule: any input will do.
//! * [`netz`] holds each border once, as arcs between nodes, and walks from fine to coarse:
//!   `aufgehen` (what is too small goes to its neighbour), `straffen` (Visvalingam, never over
//!   another vertex), then `rasten` (snap rounding onto the grid of the zoom) and `ringe`
//!   (valid polygons of what is left) give one [`stufe::Stufe`].
//!
//! Inside, positions are integers on the world grid: Web Mercator, the world 2^[`WELT_BITS`]
//! wide, x to the east, y to the **south**, origin in the north-west corner (as tiles count).
//! A shell turns so that the surveyor's formula over (x, y) is positive, a hole negative.
//!
//! The result of an arc depends on nothing but the arc, unless another one is in its way: the
//! same border comes out the same whatever else is loaded. Tolerances are in [`netz`].

mod aufgehen;
mod bogen;
pub mod eingang;
mod feld;
mod knoten;
pub mod netz;
mod rasten;
mod ringe;
mod seiten;
mod straffen;
pub mod stufe;
#[cfg(test)]
mod tests;

pub use ringe::{Gitter, beschneide};

/// The world is 2^36 units wide: 0.6 mm at the equator.
pub const WELT_BITS: u32 = 36;

/// A position in whole units: of the raster of the input, later of the world grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct Punkt {
    x: i64,
    y: i64,
}

impl Punkt {
    /// Twice the area of the triangle, positive when the turn at `a` goes from `b` to `c`
    /// as x goes to y.
    fn kreuz(self, b: Self, c: Self) -> i128 {
        let (bx, by) = (b.x - self.x, b.y - self.y);
        let (cx, cy) = (c.x - self.x, c.y - self.y);
        // Borders are short: nearly always the products fit.
        if [bx, by, cx, cy].iter().all(|d| d.abs() < 1 << 30) {
            return i128::from(bx * cy - by * cx);
        }
        i128::from(bx) * i128::from(cy) - i128::from(by) * i128::from(cx)
    }
}

/// Index of an array below 2^32; the input refuses more.
fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
