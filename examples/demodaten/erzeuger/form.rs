//! Points, rings and how they are drawn. Local coordinates: metres (or millimetres as
//! integers) east and north of E 634000, N 5316000 in EPSG:25832.

use super::zufall::Zufall;

/// South-west origin in EPSG:25832, metres.
pub const URSPRUNG: (i64, i64) = (634_000, 5_316_000);

/// Point in local metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct V {
    pub x: f64,
    pub y: f64,
}

impl V {
    /// From kilometres, the unit the map is drawn in.
    pub fn km(x: f64, y: f64) -> Self {
        Self {
            x: x * 1000.0,
            y: y * 1000.0,
        }
    }

    pub fn zu(self, b: Self, t: f64) -> Self {
        Self {
            x: self.x + (b.x - self.x) * t,
            y: self.y + (b.y - self.y) * t,
        }
    }

    pub fn abstand(self, b: Self) -> f64 {
        ((b.x - self.x).powi(2) + (b.y - self.y).powi(2)).sqrt()
    }

    pub fn plus(self, dx: f64, dy: f64) -> Self {
        Self {
            x: self.x + dx,
            y: self.y + dy,
        }
    }

    /// Unit vector to `b`.
    pub fn richtung(self, b: Self) -> (f64, f64) {
        let l = self.abstand(b);
        ((b.x - self.x) / l, (b.y - self.y) / l)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a town is 10,000,000 mm wide"
    )]
    pub fn mm(self) -> P {
        P {
            x: (self.x * 1000.0).round() as i64,
            y: (self.y * 1000.0).round() as i64,
        }
    }
}

/// Point in local millimetres: the grid of the delivered coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct P {
    pub x: i64,
    pub y: i64,
}

impl P {
    pub fn v(self) -> V {
        V {
            x: self.x as f64 / 1000.0,
            y: self.y as f64 / 1000.0,
        }
    }

    /// Easting in EPSG:25832 with three decimals.
    pub fn ost(self) -> String {
        dezimal(self.x + URSPRUNG.0 * 1000)
    }

    /// Northing in EPSG:25832 with three decimals.
    pub fn nord(self) -> String {
        dezimal(self.y + URSPRUNG.1 * 1000)
    }
}

fn dezimal(mm: i64) -> String {
    format!("{}.{:03}", mm / 1000, mm % 1000)
}

/// Closed line; `bogen[i]` names the circular arc the edge from corner i to i + 1 is part of.
#[derive(Debug, Clone, Default)]
pub struct Ring {
    pub ecken: Vec<P>,
    pub bogen: Vec<Option<u32>>,
}

impl Ring {
    pub fn gerade(ecken: Vec<P>) -> Self {
        let bogen = vec![None; ecken.len()];
        Self { ecken, bogen }
    }

    pub fn enthaelt(&self, p: V) -> bool {
        enthaelt(&self.ecken, p)
    }
}

/// Even-odd test on corners in millimetres.
pub fn enthaelt(ecken: &[P], p: V) -> bool {
    let (px, py) = (p.x * 1000.0, p.y * 1000.0);
    let mut drin = false;
    for (i, a) in ecken.iter().enumerate() {
        let b = ecken[(i + 1) % ecken.len()];
        let (ax, ay, bx, by) = (a.x as f64, a.y as f64, b.x as f64, b.y as f64);
        if (ay > py) != (by > py) && px < (bx - ax) * (py - ay) / (by - ay) + ax {
            drin = !drin;
        }
    }
    drin
}

/// Twice the signed area in mm² (positive: counterclockwise).
pub fn doppelflaeche(ecken: &[P]) -> i128 {
    (0..ecken.len())
        .map(|i| {
            let (a, b) = (ecken[i], ecken[(i + 1) % ecken.len()]);
            i128::from(a.x) * i128::from(b.y) - i128::from(b.x) * i128::from(a.y)
        })
        .sum()
}

/// Points strictly between `a` and `b` of a broken line with pieces of about `stueck` metres;
/// each level displaces its middle by up to `rauheit` of its length.
pub fn bruchlinie(a: V, b: V, stueck: f64, rauheit: f64, zufall: &mut Zufall) -> Vec<V> {
    let laenge = a.abstand(b);
    if laenge < stueck * 1.5 {
        return Vec::new();
    }
    let t = 0.5 + zufall.um_null(0.08);
    let versatz = zufall.um_null(rauheit) * laenge;
    let (rx, ry) = a.richtung(b);
    let mitte = a.zu(b, t).plus(-ry * versatz, rx * versatz);
    let mut punkte = bruchlinie(a, mitte, stueck, rauheit, zufall);
    punkte.push(mitte);
    punkte.extend(bruchlinie(mitte, b, stueck, rauheit, zufall));
    punkte
}

/// Smooth line through the anchors (Catmull-Rom), a point every `schritt` metres or so.
pub fn kurve(anker: &[V], schritt: f64) -> Vec<V> {
    let mut punkte = Vec::new();
    let n = anker.len();
    for i in 0..n - 1 {
        let (p0, p1, p2, p3) = (
            anker[i.saturating_sub(1)],
            anker[i],
            anker[i + 1],
            anker[(i + 2).min(n - 1)],
        );
        let mut teile = 1.0;
        while p1.abstand(p2) / teile > schritt {
            teile += 1.0;
        }
        let mut k = 0.0;
        while k < teile {
            let t: f64 = k / teile;
            let f = |a: f64, b: f64, c: f64, d: f64| {
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            punkte.push(V {
                x: f(p0.x, p1.x, p2.x, p3.x),
                y: f(p0.y, p1.y, p2.y, p3.y),
            });
            k += 1.0;
        }
    }
    punkte.push(anker[n - 1]);
    punkte
}
