//! A box of a request against a geometry, in millimetres from anywhere: decided wherever
//! millimetres cannot change the answer, left to PostGIS where they could.

/// What rounding to millimetres may have moved, twice over.
pub(super) const RAND: f64 = 2.0;

/// A position in millimetres.
pub(super) type Punkt = [f64; 2];

/// The answer for one geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Antwort {
    Ja,
    Nein,
    /// PostGIS has to say.
    Fraglich,
}

/// Positions one after the other: a ring (closed), a line, a point.
pub(super) trait Zug {
    /// How many.
    fn anzahl(&self) -> usize;
    /// The n-th.
    fn punkt(&self, n: usize) -> Punkt;
}

/// One box, as it lies in the system of the geometries.
#[derive(Debug)]
pub(super) struct Rahmen {
    ring: Vec<Punkt>,
    aussen: [f64; 4],
    /// A rectangle all of which lies in the ring.
    innen: Option<[f64; 4]>,
}

impl Rahmen {
    /// Left, lower, right, upper.
    pub(super) fn aussen(&self) -> [f64; 4] {
        self.aussen
    }

    /// Of a closed ring.
    pub(super) fn neu(ring: Vec<Punkt>) -> Self {
        let leer = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        let aussen = ring.iter().fold(leer, |k, p| {
            [
                k[0].min(p[0]),
                k[1].min(p[1]),
                k[2].max(p[0]),
                k[3].max(p[1]),
            ]
        });
        let innen = innen(&ring, aussen);
        Self {
            ring,
            aussen,
            innen,
        }
    }

    /// A rectangle all of which lies in the box.
    pub(super) fn innen(&self) -> Option<[f64; 4]> {
        self.innen
    }

    /// What its envelope (left, lower, right, upper) says of a geometry; true whatever is wrong
    /// with it.
    pub(super) fn huelle(&self, kasten: [f64; 4]) -> Antwort {
        let a = self.aussen;
        if kasten[0] > a[2] + RAND
            || kasten[2] < a[0] - RAND
            || kasten[1] > a[3] + RAND
            || kasten[3] < a[1] - RAND
        {
            return Antwort::Nein;
        }
        // All of it lies in the box.
        if let Some(i) = self.innen
            && kasten[0] > i[0] + RAND
            && kasten[2] < i[2] - RAND
            && kasten[1] > i[1] + RAND
            && kasten[3] < i[3] - RAND
        {
            return Antwort::Ja;
        }
        Antwort::Fraglich
    }

    /// One point (a ring of one position), line or polygon (shell, then holes) of a geometry with
    /// this envelope. Of one that is not known to be `gueltig` is left open whether it contains
    /// the box.
    pub(super) fn teil<Z: Zug, I: Iterator<Item = Z>>(
        &self,
        ringe: impl Fn() -> I,
        kasten: [f64; 4],
        (flaechig, gueltig): (bool, bool),
    ) -> Antwort {
        if let Some(i) = self.innen {
            let drin = |[x, y]: Punkt| {
                x > i[0] + RAND && x < i[2] - RAND && y > i[1] + RAND && y < i[3] - RAND
            };
            if ringe().any(|ring| (0..ring.anzahl()).any(|n| drin(ring.punkt(n)))) {
                return Antwort::Ja;
            }
        }
        // A box in degrees has hundreds of edges in metres, one or two of them near.
        let nahe: Vec<[Punkt; 2]> = kanten(&self.ring)
            .filter(|[r, s]| {
                (0..2).all(|i| {
                    r[i].max(s[i]) >= kasten[i] - RAND && r[i].min(s[i]) <= kasten[i + 2] + RAND
                })
            })
            .collect();
        let mut fraglich = false;
        for ring in ringe().filter(|_| !nahe.is_empty()) {
            match self.rand(&ring, &nahe) {
                Antwort::Ja => return Antwort::Ja,
                Antwort::Nein => {}
                Antwort::Fraglich => fraglich = true,
            }
        }
        if fraglich {
            return Antwort::Fraglich;
        }
        // The borders are apart: one lies in the other, or neither.
        let erster = ringe().find(|ring| ring.anzahl() > 0);
        if erster.is_some_and(|ring| innerhalb(ring.punkt(0), kanten(&self.ring))) {
            return Antwort::Ja;
        }
        if !flaechig {
            return Antwort::Nein;
        }
        let ecke = self.ring[0];
        if !gueltig {
            // Around no ring by any rule: outside, however the rings lie to each other.
            let drin = |ring: &Z| innerhalb(ecke, zug(ring)) || umlaeufe(ecke, zug(ring)) != 0;
            let offen = ringe().any(|ring| drin(&ring));
            return if offen {
                Antwort::Fraglich
            } else {
                Antwort::Nein
            };
        }
        if ringe().fold(false, |drin, ring| drin != innerhalb(ecke, zug(&ring))) {
            Antwort::Ja
        } else {
            Antwort::Nein
        }
    }

    /// Whether a ring or line crosses the border of the box.
    fn rand(&self, ring: &impl Zug, nahe: &[[Punkt; 2]]) -> Antwort {
        let a = self.aussen;
        let mut fraglich = false;
        // A point is an edge from itself to itself.
        let einer = (ring.anzahl() == 1).then(|| [ring.punkt(0); 2]);
        for [p, q] in zug(ring).chain(einer) {
            if p[0].max(q[0]) < a[0] - RAND
                || p[0].min(q[0]) > a[2] + RAND
                || p[1].max(q[1]) < a[1] - RAND
                || p[1].min(q[1]) > a[3] + RAND
            {
                continue;
            }
            for [r, s] in nahe {
                match kreuzt(p, q, *r, *s) {
                    Antwort::Ja => return Antwort::Ja,
                    Antwort::Nein => {}
                    Antwort::Fraglich => fraglich = true,
                }
            }
        }
        if fraglich {
            Antwort::Fraglich
        } else {
            Antwort::Nein
        }
    }
}

fn kanten(ring: &[Punkt]) -> impl Iterator<Item = [Punkt; 2]> + '_ {
    ring.windows(2).map(|k| [k[0], k[1]])
}

/// Two edges: crossing beyond doubt, apart beyond doubt, or too near to tell.
fn kreuzt(p: Punkt, q: Punkt, r: Punkt, s: Punkt) -> Antwort {
    let weit =
        |i: usize| p[i].max(q[i]) + RAND < r[i].min(s[i]) || r[i].max(s[i]) + RAND < p[i].min(q[i]);
    if weit(0) || weit(1) {
        return Antwort::Nein;
    }
    let (a, b) = (seite(r, s, p), seite(r, s, q));
    let (c, d) = (seite(p, q, r), seite(p, q, s));
    let getrennt = |x: f64, y: f64| x > RAND && y > RAND || x < -RAND && y < -RAND;
    if getrennt(a, b) || getrennt(c, d) {
        return Antwort::Nein;
    }
    let gegenueber = |x: f64, y: f64| x > RAND && y < -RAND || x < -RAND && y > RAND;
    if gegenueber(a, b) && gegenueber(c, d) {
        return Antwort::Ja;
    }
    Antwort::Fraglich
}

/// Distance of a point from the line through two others, left positive; from the point itself
/// when they are one.
fn seite(r: Punkt, s: Punkt, p: Punkt) -> f64 {
    let (dx, dy) = (s[0] - r[0], s[1] - r[1]);
    let laenge = dx.hypot(dy);
    if laenge == 0.0 {
        return 0.0;
    }
    (dx * (p[1] - r[1]) - dy * (p[0] - r[0])) / laenge
}

/// The edges of a ring or line.
fn zug(ring: &impl Zug) -> impl Iterator<Item = [Punkt; 2]> + '_ {
    (1..ring.anzahl()).map(|n| [ring.punkt(n - 1), ring.punkt(n)])
}

/// How often a ring runs around a position, counter-clockwise.
fn umlaeufe(p: Punkt, kanten: impl Iterator<Item = [Punkt; 2]>) -> i32 {
    kanten
        .map(|[a, b]| {
            let links = seite(a, b, p) > 0.0;
            match (a[1] <= p[1], b[1] <= p[1]) {
                (true, false) if links => 1,
                (false, true) if !links => -1,
                _ => 0,
            }
        })
        .sum()
}

/// Even-odd rule.
fn innerhalb(p: Punkt, kanten: impl Iterator<Item = [Punkt; 2]>) -> bool {
    let mut drin = false;
    for [a, b] in kanten {
        if (a[1] > p[1]) != (b[1] > p[1])
            && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]
        {
            drin = !drin;
        }
    }
    drin
}

/// A rectangle in a ring that is nearly one: each side moved in to the ring's innermost point
/// there, then proved by the edges.
fn innen(ring: &[Punkt], aussen: [f64; 4]) -> Option<[f64; 4]> {
    let (b, h) = (aussen[2] - aussen[0], aussen[3] - aussen[1]);
    if ring.len() < 5 || b <= 0.0 || h <= 0.0 {
        return None;
    }
    let mut k = aussen;
    for p in ring {
        let [links, unten] = [(p[0] - aussen[0]) / b, (p[1] - aussen[1]) / h];
        let (x, y) = (links.min(1.0 - links), unten.min(1.0 - unten));
        // A corner belongs to both its sides.
        if x <= y || x < 0.1 {
            if links < 0.5 {
                k[0] = k[0].max(p[0]);
            } else {
                k[2] = k[2].min(p[0]);
            }
        }
        if y <= x || y < 0.1 {
            if unten < 0.5 {
                k[1] = k[1].max(p[1]);
            } else {
                k[3] = k[3].min(p[1]);
            }
        }
    }
    if k[0] >= k[2] || k[1] >= k[3] {
        return None;
    }
    let mitte = [f64::midpoint(k[0], k[2]), f64::midpoint(k[1], k[3])];
    let ecken = [[k[0], k[1]], [k[2], k[1]], [k[2], k[3]], [k[0], k[3]]];
    let frei = kanten(ring).all(|[r, s]| {
        // The rectangle lies on one side of the edge, or the edge on one side of the rectangle.
        let seiten = ecken.map(|ecke| seite(r, s, ecke));
        seiten.iter().all(|d| *d >= 0.0)
            || seiten.iter().all(|d| *d <= 0.0)
            || r[0].max(s[0]) <= k[0]
            || r[0].min(s[0]) >= k[2]
            || r[1].max(s[1]) <= k[1]
            || r[1].min(s[1]) >= k[3]
    });
    (frei && innerhalb(mitte, kanten(ring))).then_some(k)
}
