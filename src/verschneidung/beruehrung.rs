//! Finds where the edges of a polygon's rings meet each other, with exact
//! orientation tests: the part of the validity check that needs all edges.

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo_types::Coord;

use super::ring::Kasten;

type Punkt = Coord<f64>;

/// A ring of the polygon under test, without closing point and repeated points.
pub(super) struct Pruefring {
    /// Part of the multipolygon.
    pub teil: usize,
    pub punkte: Vec<Punkt>,
}

/// Two rings touch in one point without crossing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beruehrung {
    pub ringe: [usize; 2],
    pub ort: Punkt,
}

/// Why edges may not meet as they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anstoss {
    /// A ring cuts or covers itself, or runs back on itself.
    Selbst,
    /// A ring touches itself in a point.
    SelbstBeruehrt,
    /// Two rings cross or share a stretch.
    Ringe([usize; 2]),
}

struct Kante {
    a: Punkt,
    b: Punkt,
    kasten: Kasten,
    ring: usize,
    nr: usize,
}

/// All touches between different rings, or the first offence.
pub(super) fn suche(ringe: &[Pruefring]) -> Result<Vec<Beruehrung>, (Anstoss, Punkt)> {
    for ring in ringe {
        if let Some(ort) = dorn(&ring.punkte) {
            return Err((Anstoss::Selbst, ort));
        }
    }
    let (kanten, achse) = sortierte_kanten(ringe);
    let quer = 1 - achse;
    let mut treffer = Vec::new();
    for (i, s) in kanten.iter().enumerate() {
        for t in &kanten[i + 1..] {
            if t.kasten.min[achse] > s.kasten.max[achse] {
                break;
            }
            if t.kasten.min[quer] > s.kasten.max[quer] || t.kasten.max[quer] < s.kasten.min[quer] {
                continue;
            }
            if s.ring == t.ring && benachbart(s.nr, t.nr, ringe[s.ring].punkte.len()) {
                continue;
            }
            match treffen(s, t) {
                Treffen::Nicht => {}
                Treffen::Punkt(ort) if s.ring == t.ring => {
                    return Err((Anstoss::SelbstBeruehrt, ort));
                }
                Treffen::Punkt(ort) => {
                    let [x, y] = [umgebung(s, ort, ringe), umgebung(t, ort, ringe)];
                    if seite(ort, x, y[0]) != seite(ort, x, y[1]) {
                        return Err((Anstoss::Ringe([s.ring, t.ring]), ort));
                    }
                    treffer.push(Beruehrung {
                        ringe: [s.ring, t.ring],
                        ort,
                    });
                }
                Treffen::Mehr(ort) if s.ring == t.ring => return Err((Anstoss::Selbst, ort)),
                Treffen::Mehr(ort) => return Err((Anstoss::Ringe([s.ring, t.ring]), ort)),
            }
        }
    }
    Ok(treffer)
}

/// Sorted along the longer axis, for the sweep.
fn sortierte_kanten(ringe: &[Pruefring]) -> (Vec<Kante>, usize) {
    let mut alles = Kasten::LEER;
    let mut kanten = Vec::with_capacity(ringe.iter().map(|r| r.punkte.len()).sum());
    for (nummer, ring) in ringe.iter().enumerate() {
        let n = ring.punkte.len();
        for nr in 0..n {
            let (a, b) = (ring.punkte[nr], ring.punkte[(nr + 1) % n]);
            alles.nimm(a);
            kanten.push(Kante {
                a,
                b,
                kasten: Kasten::um(&[a, b]),
                ring: nummer,
                nr,
            });
        }
    }
    let achse = usize::from(alles.breite(1) > alles.breite(0));
    kanten.sort_unstable_by(|s, t| s.kasten.min[achse].total_cmp(&t.kasten.min[achse]));
    (kanten, achse)
}

fn benachbart(i: usize, j: usize, n: usize) -> bool {
    (i + 1) % n == j || (j + 1) % n == i
}

/// A place where the ring turns back on its own edge.
fn dorn(punkte: &[Punkt]) -> Option<Punkt> {
    let n = punkte.len();
    (0..n)
        .map(|i| (punkte[i], punkte[(i + 1) % n], punkte[(i + 2) % n]))
        .find(|&(a, b, c)| {
            (a.x - b.x) * (c.x - b.x) + (a.y - b.y) * (c.y - b.y) > 0.0
                && lage(a, b, c) == Orientation::Collinear
        })
        .map(|(_, b, _)| b)
}

fn lage(a: Punkt, b: Punkt, c: Punkt) -> Orientation {
    RobustKernel::orient2d(a, b, c)
}

enum Treffen {
    Nicht,
    Punkt(Punkt),
    /// Crossing, or a shared stretch.
    Mehr(Punkt),
}

fn treffen(s: &Kante, t: &Kante) -> Treffen {
    use Orientation::Collinear;
    let t_zu_s = [lage(s.a, s.b, t.a), lage(s.a, s.b, t.b)];
    if t_zu_s[0] == t_zu_s[1] && t_zu_s[0] != Collinear {
        return Treffen::Nicht;
    }
    let s_zu_t = [lage(t.a, t.b, s.a), lage(t.a, t.b, s.b)];
    if s_zu_t[0] == s_zu_t[1] && s_zu_t[0] != Collinear {
        return Treffen::Nicht;
    }
    if t_zu_s == [Collinear; 2] {
        let gemeinsam = s.kasten.schnitt(&t.kasten);
        return if gemeinsam.ist_leer() {
            Treffen::Nicht
        } else if gemeinsam.laengste_seite() > 0.0 {
            Treffen::Mehr(gemeinsam.mitte())
        } else {
            Treffen::Punkt(gemeinsam.mitte())
        };
    }
    let enden = [(t.a, s), (t.b, s), (s.a, t), (s.b, t)];
    for (lage, (p, k)) in t_zu_s.into_iter().chain(s_zu_t).zip(enden) {
        if lage == Collinear && k.kasten.enthaelt(&Kasten::um(&[p])) {
            return Treffen::Punkt(p);
        }
    }
    if t_zu_s.contains(&Collinear) || s_zu_t.contains(&Collinear) {
        return Treffen::Nicht;
    }
    let (entlang_s, entlang_t, versatz) = (s.b - s.a, t.b - t.a, t.a - s.a);
    let kreuz = |u: Punkt, v: Punkt| u.x * v.y - u.y * v.x;
    Treffen::Mehr(s.a + entlang_s * (kreuz(versatz, entlang_t) / kreuz(entlang_s, entlang_t)))
}

/// The two points between which the ring passes through `ort`, along the ring.
fn umgebung(k: &Kante, ort: Punkt, ringe: &[Pruefring]) -> [Punkt; 2] {
    let punkte = &ringe[k.ring].punkte;
    let n = punkte.len();
    if ort == k.a {
        [punkte[(k.nr + n - 1) % n], k.b]
    } else if ort == k.b {
        [k.a, punkte[(k.nr + 2) % n]]
    } else {
        [k.a, k.b]
    }
}

/// Is the direction `ort → q` to the left of the way `von → ort → nach`?
fn seite(ort: Punkt, [von, nach]: [Punkt; 2], q: Punkt) -> bool {
    let links = |u, v| lage(ort, u, v) == Orientation::CounterClockwise;
    match lage(ort, nach, von) {
        Orientation::CounterClockwise => links(nach, q) && links(q, von),
        Orientation::Clockwise => !(links(von, q) && links(q, nach)),
        Orientation::Collinear => links(nach, q),
    }
}
