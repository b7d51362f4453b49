//! Cuts lines at their crossings until they only meet at common ends, on the millimetre grid.

use super::form::P;
use std::collections::{BTreeMap, BTreeSet};

/// A piece of a line; pieces of the same circular arc carry its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strecke {
    pub a: P,
    pub b: P,
    pub bogen: Option<u32>,
}

/// A crossing this near to an end of one of the two lines is moved to that end.
const FANG_MM: f64 = 400.0;
/// An end this near to another line lies on it.
const AUF_LINIE_MM: f64 = 5.0;
const ZELLE_MM: i64 = 100_000;

/// All pieces, each once, free of crossings and of ends on other pieces.
pub fn zerlege(strecken: &[Strecke]) -> Vec<Strecke> {
    let mut alle = eindeutig(strecken.iter().copied());
    for _ in 0..30 {
        let schnitte = schnittpunkte(&alle);
        if schnitte.is_empty() {
            return alle;
        }
        alle = eindeutig(
            alle.iter()
                .enumerate()
                .flat_map(|(i, s)| teile(*s, schnitte.get(&i))),
        );
    }
    unreachable!("cutting the lines does not come to an end");
}

fn eindeutig(strecken: impl Iterator<Item = Strecke>) -> Vec<Strecke> {
    let mut bekannt: BTreeMap<(P, P), Strecke> = BTreeMap::new();
    for s in strecken.filter(|s| s.a != s.b) {
        let e = bekannt.entry((s.a.min(s.b), s.a.max(s.b))).or_insert(s);
        e.bogen = e.bogen.or(s.bogen);
    }
    bekannt.into_values().collect()
}

fn teile(s: Strecke, schnitte: Option<&BTreeSet<P>>) -> Vec<Strecke> {
    let Some(schnitte) = schnitte else {
        return vec![s];
    };
    let mut ecken: Vec<P> = schnitte.iter().copied().collect();
    ecken.sort_by_key(|p| {
        i128::from(p.x - s.a.x) * i128::from(s.b.x - s.a.x)
            + i128::from(p.y - s.a.y) * i128::from(s.b.y - s.a.y)
    });
    ecken.insert(0, s.a);
    ecken.push(s.b);
    ecken
        .windows(2)
        .map(|w| Strecke {
            a: w[0],
            b: w[1],
            bogen: s.bogen,
        })
        .collect()
}

fn schnittpunkte(strecken: &[Strecke]) -> BTreeMap<usize, BTreeSet<P>> {
    let mut zellen: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (i, s) in strecken.iter().enumerate() {
        let z = |w: i64| w.div_euclid(ZELLE_MM);
        for x in z(s.a.x.min(s.b.x) - 10)..=z(s.a.x.max(s.b.x) + 10) {
            for y in z(s.a.y.min(s.b.y) - 10)..=z(s.a.y.max(s.b.y) + 10) {
                zellen.entry((x, y)).or_default().push(i);
            }
        }
    }
    let mut schnitte: BTreeMap<usize, BTreeSet<P>> = BTreeMap::new();
    for inhalt in zellen.values() {
        for (k, &i) in inhalt.iter().enumerate() {
            for &j in &inhalt[k + 1..] {
                for (wer, p) in schnitt(strecken, i, j) {
                    let s = strecken[wer];
                    if p != s.a && p != s.b {
                        schnitte.entry(wer).or_default().insert(p);
                    }
                }
            }
        }
    }
    schnitte
}

/// Where the pieces `i` and `j` have to be cut: (which one, at which point).
fn schnitt(strecken: &[Strecke], i: usize, j: usize) -> Vec<(usize, P)> {
    let (s, t) = (strecken[i], strecken[j]);
    if s.a.x.max(s.b.x) + 5 < t.a.x.min(t.b.x)
        || t.a.x.max(t.b.x) + 5 < s.a.x.min(s.b.x)
        || s.a.y.max(s.b.y) + 5 < t.a.y.min(t.b.y)
        || t.a.y.max(t.b.y) + 5 < s.a.y.min(s.b.y)
    {
        return Vec::new();
    }
    let auf: Vec<(usize, P)> = [(i, s, t.a), (i, s, t.b), (j, t, s.a), (j, t, s.b)]
        .into_iter()
        .filter(|(_, l, p)| liegt_auf(*l, *p))
        .map(|(wer, _, p)| (wer, p))
        .collect();
    if !auf.is_empty() {
        return auf;
    }
    let gemeinsam = s.a == t.a || s.a == t.b || s.b == t.a || s.b == t.b;
    if gemeinsam
        || dreh(s.a, s.b, t.a).signum() * dreh(s.a, s.b, t.b).signum() >= 0
        || dreh(t.a, t.b, s.a).signum() * dreh(t.a, t.b, s.b).signum() >= 0
    {
        return Vec::new();
    }
    let (d1, d2) = (dreh(s.a, s.b, t.a) as f64, dreh(s.a, s.b, t.b) as f64);
    let u = d1 / (d1 - d2);
    let (x, y) = (
        t.a.x as f64 + u * (t.b.x - t.a.x) as f64,
        t.a.y as f64 + u * (t.b.y - t.a.y) as f64,
    );
    let nah = |p: P| ((p.x as f64 - x).powi(2) + (p.y as f64 - y).powi(2)).sqrt();
    let ende = [(j, s.a), (j, s.b), (i, t.a), (i, t.b)]
        .into_iter()
        .min_by(|p, q| nah(p.1).total_cmp(&nah(q.1)))
        .filter(|(_, p)| nah(*p) < FANG_MM);
    if let Some(treffer) = ende {
        return vec![treffer];
    }
    let p = super::form::V {
        x: x / 1000.0,
        y: y / 1000.0,
    }
    .mm();
    vec![(i, p), (j, p)]
}

/// Sign of the turn a → b → c, exact.
fn dreh(a: P, b: P, c: P) -> i128 {
    i128::from(b.x - a.x) * i128::from(c.y - a.y) - i128::from(b.y - a.y) * i128::from(c.x - a.x)
}

fn liegt_auf(s: Strecke, p: P) -> bool {
    if p == s.a || p == s.b {
        return false;
    }
    let (dx, dy) = ((s.b.x - s.a.x) as f64, (s.b.y - s.a.y) as f64);
    let l2 = dx * dx + dy * dy;
    let t = ((p.x - s.a.x) as f64 * dx + (p.y - s.a.y) as f64 * dy) / l2;
    if t <= 0.0 || t >= 1.0 {
        return false;
    }
    (dreh(s.a, s.b, p) as f64).abs() / l2.sqrt() < AUF_LINIE_MM
}
