//! Arcs and circles as chords of at most 1 mm sagitta.
//!
//! Two neighbours draw their common arc in opposite directions. It is therefore
//! always computed from the lexicographically smaller end (easting, then northing),
//! so both get the same bits and no sliver opens between them.

use std::f64::consts::{FRAC_PI_4, TAU};

use geo_types::Coord;

/// Greatest distance between arc and chord, metres.
pub(super) const STICHHOEHE: f64 = 0.001;
/// Beyond this radius (metres) an arc is a straight line at our precision.
const GERADE_AB: f64 = 1e9;

fn kleiner(a: Coord<f64>, b: Coord<f64>) -> bool {
    (a.x, a.y) < (b.x, b.y)
}

/// Number of chords for an angle; `grenze` vertices at most, else None.
fn sehnen(radius: f64, winkel: f64, grenze: usize) -> Option<usize> {
    // s = r (1 − cos(φ/2)); never coarser than an eighth of a circle, so that a tiny
    // circle is still one.
    let schritt = (2.0 * (1.0 - STICHHOEHE / radius).max(0.0).acos()).min(FRAC_PI_4);
    let anzahl = (winkel / schritt).ceil().max(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "finite, at least 1 and compared with the limit before"
    )]
    (anzahl <= grenze as f64).then_some(anzahl as usize)
}

/// Centre and radius of the circle through three points; None when they are (almost)
/// on a line.
#[expect(clippy::many_single_char_names, reason = "the letters of the formula")]
fn umkreis(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Option<(Coord<f64>, f64)> {
    // Relative to a: UTM coordinates have too many digits for the products below.
    let (p, q) = (b - a, c - a);
    let d = 2.0 * (p.x * q.y - p.y * q.x);
    let (pp, qq) = (p.x * p.x + p.y * p.y, q.x * q.x + q.y * q.y);
    let m = Coord {
        x: (q.y * pp - p.y * qq) / d,
        y: (p.x * qq - q.x * pp) / d,
    };
    let radius = m.x.hypot(m.y);
    (radius.is_finite() && radius > 0.0 && radius < GERADE_AB).then_some((a + m, radius))
}

/// Vertices of the arc from `a` through `b` to `c`, both ends included exactly as
/// given. Points on a line stay as they are. None: more than `grenze` vertices.
pub(in crate::import) fn bogen(
    a: Coord<f64>,
    b: Coord<f64>,
    c: Coord<f64>,
    grenze: usize,
) -> Option<Vec<Coord<f64>>> {
    if kleiner(c, a) {
        let mut umgekehrt = bogen(c, b, a, grenze)?;
        umgekehrt.reverse();
        return Some(umgekehrt);
    }
    if a == c {
        // A closed arc: ISO 19107 takes the middle point as the opposite one.
        if a == b {
            return Some(vec![a, c]);
        }
        let mitte = (a + b) / 2.0;
        let radius = (a.x - mitte.x).hypot(a.y - mitte.y);
        return punkte(mitte, radius, a, TAU, grenze).map(|mut v| {
            v.push(c);
            v
        });
    }
    let Some((mitte, radius)) = umkreis(a, b, c) else {
        return Some(vec![a, b, c]);
    };
    let winkel = |p: Coord<f64>| (p.y - mitte.y).atan2(p.x - mitte.x);
    let gegen_uhr = (winkel(c) - winkel(a)).rem_euclid(TAU);
    let links = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) > 0.0;
    let spanne = if links { gegen_uhr } else { gegen_uhr - TAU };
    let mut v = punkte(mitte, radius, a, spanne, grenze)?;
    v.push(c);
    Some(v)
}

/// Closed vertices of the circle through three points, in the direction a → b → c,
/// from the lexicographically smallest of them. Err: the points lie on a line.
/// None inside: more than `grenze` vertices.
pub(super) fn kreis(
    a: Coord<f64>,
    b: Coord<f64>,
    c: Coord<f64>,
    grenze: usize,
) -> Result<Option<Vec<Coord<f64>>>, ()> {
    let mut ecken = [a, b, c];
    ecken.sort_by(|links, rechts| {
        links
            .x
            .total_cmp(&rechts.x)
            .then(links.y.total_cmp(&rechts.y))
    });
    let (mitte, radius) = umkreis(ecken[0], ecken[1], ecken[2]).ok_or(())?;
    let Some(mut rand) = punkte(mitte, radius, ecken[0], TAU, grenze) else {
        return Ok(None);
    };
    rand.push(ecken[0]);
    if (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) < 0.0 {
        rand.reverse();
    }
    Ok(Some(rand))
}

/// `start` and the vertices after it, without the last one.
fn punkte(
    mitte: Coord<f64>,
    radius: f64,
    start: Coord<f64>,
    spanne: f64,
    grenze: usize,
) -> Option<Vec<Coord<f64>>> {
    let anzahl = sehnen(radius, spanne.abs(), grenze)?;
    let w0 = (start.y - mitte.y).atan2(start.x - mitte.x);
    let schritt = spanne / anzahl as f64;
    let weitere = (1..anzahl).map(|i| {
        let (sin, cos) = (w0 + schritt * i as f64).sin_cos();
        Coord {
            x: mitte.x + radius * cos,
            y: mitte.y + radius * sin,
        }
    });
    Some(std::iter::once(start).chain(weitere).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, LineString, Polygon};
    use proptest::prelude::*;

    fn c(x: f64, y: f64) -> Coord<f64> {
        Coord { x, y }
    }
    const E: f64 = 638_000.0;
    const N: f64 = 5_321_000.0;

    fn flaeche(v: Vec<Coord<f64>>) -> f64 {
        Polygon::new(LineString::new(v), vec![]).signed_area()
    }

    #[test]
    fn a_disc_of_100_m_has_its_area_within_the_sagitta() {
        let v = kreis(c(E + 100.0, N), c(E, N + 100.0), c(E - 100.0, N), 1 << 20)
            .expect("no line")
            .expect("within limit");
        assert_eq!(v.first(), v.last());
        let soll = std::f64::consts::PI * 1e4;
        let ist = flaeche(v);
        // At most 1 mm over 628 m of circumference, and two thirds of it on average.
        assert!(ist < soll && soll - ist < 0.63, "{ist}");
    }

    #[test]
    fn a_circle_keeps_its_direction_but_not_its_start() {
        let (p, q, r) = (c(E + 5.0, N), c(E, N + 5.0), c(E - 5.0, N));
        let links = kreis(p, q, r, 1 << 20).expect("circle").expect("limit");
        let mut rechts = kreis(r, q, p, 1 << 20).expect("circle").expect("limit");
        assert!(flaeche(links.clone()) > 0.0 && flaeche(rechts.clone()) < 0.0);
        rechts.reverse();
        assert_eq!(links, rechts);
        assert!(kreis(c(0.0, 0.0), c(1.0, 1.0), c(2.0, 2.0), 100).is_err());
    }

    #[test]
    fn points_on_a_line_stay() {
        let v = [c(E, N), c(E + 50.0, N + 50.0), c(E + 100.0, N + 100.0)];
        assert_eq!(bogen(v[0], v[1], v[2], 1 << 20).expect("limit"), v);
    }

    #[test]
    fn a_closed_arc_is_a_circle() {
        let v = bogen(c(E, N), c(E + 20.0, N), c(E, N), 1 << 20).expect("limit");
        assert_eq!(v.first(), v.last());
        assert!((flaeche(v).abs() - std::f64::consts::PI * 100.0).abs() < 0.1);
    }

    #[test]
    fn the_limit_holds() {
        assert!(bogen(c(0.0, 0.0), c(1e5, 1e5), c(2e5, 0.0), 100).is_none());
    }

    proptest! {
        #[test]
        fn both_directions_give_the_same_bits_and_keep_the_sagitta(
            r in 0.5f64..5000.0, w in 0.0f64..TAU, spanne in 0.01f64..6.2, anteil in 0.1f64..0.9,
        ) {
            let auf = |winkel: f64| c(E + r * winkel.cos(), N + r * winkel.sin());
            let (a, b, e) = (auf(w), auf(w + spanne * anteil), auf(w + spanne));
            let hin = bogen(a, b, e, 1 << 20).expect("limit");
            let mut her = bogen(e, b, a, 1 << 20).expect("limit");
            her.reverse();
            prop_assert_eq!(&hin, &her);
            prop_assert_eq!((hin[0], hin[hin.len() - 1]), (a, e));
            for s in hin.windows(2) {
                let m = (s[0] + s[1]) / 2.0;
                let abstand = r - (m.x - E).hypot(m.y - N);
                prop_assert!(abstand.abs() < STICHHOEHE * 1.01 + 1e-6, "{}", abstand);
            }
            // The arc goes the way of the middle point.
            let naechster = hin.iter().map(|p| (p.x - b.x).hypot(p.y - b.y)).fold(f64::MAX, f64::min);
            prop_assert!(naechster <= r * spanne / (hin.len() - 1) as f64 + 1e-6);
        }
    }
}
