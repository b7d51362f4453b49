//! From metres to degrees by polynomials: Krüger's series at the nodes of a cell of 8 km, once,
//! then 21 products for a coordinate instead of the series' 27 transcendental functions. A page
//! of 1,000 areas has 23,000 coordinates.
//!
//! Interpolated at Chebyshev nodes to the fifth order: what is left out is below 1e-13 degrees,
//! no more than rounding takes (2e-13 at most). Which cell serves depends on the coordinate alone,
//! so every place of the program gets the same degrees. Outside the net the series itself is used.

use std::f64::consts::PI;
use std::sync::OnceLock;

use super::krueger::Krueger;

/// Side of a cell, metres.
const SEITE: f64 = 8_192.0;
/// South-west corner: metres west of the central meridian, metres north of the equator. Germany
/// reaches from 5,230 to 6,130 km.
const WEST: f64 = -48.0 * SEITE;
const SUED: f64 = 634.0 * SEITE;
const SPALTEN: usize = 96;
const ZEILEN: usize = 120;

/// Nodes on a side, one more than the order.
const KNOTEN: usize = 6;
/// Products of total order five and less.
const GLIEDER: usize = KNOTEN * (KNOTEN + 1) / 2;

/// The net of one projection; cells are filled when first met.
pub(super) struct Netz {
    reihe: &'static Krueger,
    /// Central meridian, degrees.
    mitte: f64,
    zellen: OnceLock<Box<[OnceLock<Box<Zelle>>]>>,
}

/// One cell: longitude and latitude side by side.
struct Zelle {
    /// At its middle, degrees.
    mitte: [f64; 2],
    /// Highest power of the easting first, in each the highest of the northing first.
    glieder: [[f64; 2]; GLIEDER],
}

impl Netz {
    pub(super) const fn neu(reihe: &'static Krueger, mitte: f64) -> Self {
        Self {
            reihe,
            mitte,
            zellen: OnceLock::new(),
        }
    }

    /// From easting (0 on the central meridian) and northing to longitude, latitude.
    #[inline]
    pub(super) fn zu_grad(&self, east: f64, north: f64) -> (f64, f64) {
        let (s, z) = ((east - WEST) / SEITE, (north - SUED) / SEITE);
        // Also false for what is no number.
        if !((0.0..SPALTEN as f64).contains(&s) && (0.0..ZEILEN as f64).contains(&z)) {
            return self.reihe.zu_grad(self.mitte, east, north);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within the net, see above"
        )]
        let (i, j) = (s as usize, z as usize);
        let (u, v) = (2.0 * (s - i as f64) - 1.0, 2.0 * (z - j as f64) - 1.0);
        let zellen = self
            .zellen
            .get_or_init(|| (0..SPALTEN * ZEILEN).map(|_| OnceLock::new()).collect());
        let zelle = zellen[j * SPALTEN + i].get_or_init(|| Box::new(self.zelle(i, j)));
        zelle.rechne(u, v)
    }

    fn zelle(&self, i: usize, j: usize) -> Zelle {
        let grad = |u: f64, v: f64| {
            let meter = |n: usize, t: f64| (n as f64 + f64::midpoint(t, 1.0)) * SEITE;
            let (lon, lat) = self
                .reihe
                .zu_grad(self.mitte, WEST + meter(i, u), SUED + meter(j, v));
            [lon, lat]
        };
        // Differences from the middle, which keep their digits.
        let mitte = grad(0.0, 0.0);
        let stellen = knoten();
        let werte = stellen.map(|u| {
            stellen.map(|v| {
                let [lon, lat] = grad(u, v);
                [lon - mitte[0], lat - mitte[1]]
            })
        });
        Zelle {
            mitte,
            glieder: glieder(&stellen, &werte),
        }
    }
}

impl Zelle {
    #[inline]
    fn rechne(&self, u: f64, v: f64) -> (f64, f64) {
        let mut summe = [0.0; 2];
        let mut glieder = self.glieder.iter();
        for laenge in 1..=KNOTEN {
            let mut zeile = [0.0; 2];
            for [a, b] in glieder.by_ref().take(laenge) {
                zeile = [zeile[0] * v + a, zeile[1] * v + b];
            }
            summe = [summe[0] * u + zeile[0], summe[1] * u + zeile[1]];
        }
        (self.mitte[0] + summe[0], self.mitte[1] + summe[1])
    }
}

/// Zeros of the sixth Chebyshev polynomial.
fn knoten() -> [f64; KNOTEN] {
    std::array::from_fn(|k| (PI * (k as f64 + 0.5) / KNOTEN as f64).cos())
}

/// Chebyshev's polynomials as powers, lowest first.
fn chebyshev() -> [[f64; KNOTEN]; KNOTEN] {
    let mut alle = [[0.0; KNOTEN]; KNOTEN];
    alle[0][0] = 1.0;
    alle[1][1] = 1.0;
    for m in 2..KNOTEN {
        for p in 0..KNOTEN {
            let hoeher = if p == 0 {
                0.0
            } else {
                2.0 * alle[m - 1][p - 1]
            };
            alle[m][p] = hoeher - alle[m - 2][p];
        }
    }
    alle
}

/// The polynomial through the values at the nodes, without what is beyond the fifth order. That is
/// left out of Chebyshev's form: of powers it would take the rounding of the values with it.
fn glieder(stellen: &[f64; KNOTEN], werte: &[[[f64; 2]; KNOTEN]; KNOTEN]) -> [[f64; 2]; GLIEDER] {
    let potenzen = chebyshev();
    // Value of the m-th polynomial at the k-th node, weighted.
    let gewicht: [[f64; KNOTEN]; KNOTEN] = std::array::from_fn(|m| {
        let teil = if m == 0 { 1.0 } else { 2.0 } / KNOTEN as f64;
        stellen.map(|t| teil * potenzen[m].iter().rev().fold(0.0, |s, c| s * t + c))
    });
    let summe = |g: &dyn Fn(usize, usize) -> f64, w: &[[[f64; 2]; KNOTEN]; KNOTEN]| {
        let mut summe = [0.0; 2];
        for (a, reihe) in w.iter().enumerate() {
            for (b, wert) in reihe.iter().enumerate() {
                let g = g(a, b);
                summe = [summe[0] + g * wert[0], summe[1] + g * wert[1]];
            }
        }
        summe
    };
    let anteile: [[[f64; 2]; KNOTEN]; KNOTEN] = std::array::from_fn(|m| {
        std::array::from_fn(|n| {
            if m + n < KNOTEN {
                summe(&|a, b| gewicht[m][a] * gewicht[n][b], werte)
            } else {
                [0.0; 2]
            }
        })
    });
    let mut glieder = [[0.0; 2]; GLIEDER];
    let folge = (0..KNOTEN)
        .rev()
        .flat_map(|p| (0..KNOTEN - p).rev().map(move |q| (p, q)));
    for (ziel, (p, q)) in glieder.iter_mut().zip(folge) {
        *ziel = summe(&|m, n| potenzen[m][p] * potenzen[n][q], &anteile);
    }
    glieder
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::krueger::{BESSEL, UTM};
    use super::*;

    static NETZ: Netz = Netz::neu(&UTM, 9.0);
    static GK: Netz = Netz::neu(&BESSEL, 12.0);

    /// Degrees: a fiftieth of a micrometre.
    const GENAU: f64 = 2e-13;

    fn gleich(netz: &Netz, east: f64, north: f64) {
        let (lon, lat) = netz.zu_grad(east, north);
        let (x, y) = netz.reihe.zu_grad(netz.mitte, east, north);
        assert!(
            (lon - x).abs() < GENAU && (lat - y).abs() < GENAU,
            "{east} {north}: {} {}",
            lon - x,
            lat - y
        );
    }

    #[test]
    fn the_net_agrees_with_the_series_over_the_zone() {
        // Beyond the net too, and on the seams of the cells.
        for i in -50..=50 {
            for j in 0..=120 {
                let (east, north) = (f64::from(i) * 8_192.0, SUED + f64::from(j) * 8_192.0);
                for (dx, dy) in [(0.0, 0.0), (-1e-3, 1e-3), (2_731.1, 5_003.7)] {
                    gleich(&NETZ, east + dx, north + dy);
                    gleich(&GK, east + dx, north + dy);
                }
            }
        }
    }

    #[test]
    fn what_is_no_place_stays_none() {
        for (x, y) in [
            (f64::NAN, 5.5e6),
            (0.0, f64::NAN),
            (f64::INFINITY, f64::NEG_INFINITY),
        ] {
            let (lon, lat) = NETZ.zu_grad(x, y);
            assert!(!lon.is_finite() || !lat.is_finite(), "{x} {y}");
        }
    }

    proptest! {
        #[test]
        fn any_coordinate_of_the_net(east in -400_000.0..400_000.0, north in 5.1e6..6.3e6) {
            gleich(&NETZ, east, north);
            gleich(&GK, east, north);
        }
    }
}
