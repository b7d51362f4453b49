//! Noding: after it, edges meet at common points only. A vertex at most one unit off another's
//! edge is put into that edge (T-junctions); edges that cross get the crossing.

use std::collections::HashMap;

use super::eingang::{Art, Verknotet};
use super::feld::Feld;
use super::{Punkt, id};

/// Rounds until nothing changes; a clean plan needs one, or two with T-junctions.
const RUNDEN: usize = 12;
/// With more crossings than this many per edge the shapes are no coverage; then they stay as
/// they are, and only what they share is kept equal.
const KREUZUNGEN_JE_KANTE: usize = 4;

type Kante = [u32; 2];

/// What is put into an edge, from its smaller number to the larger.
type Einschub = HashMap<Kante, Vec<u32>>;

pub(super) fn verknote(v: &mut Verknotet) {
    for _ in 0..RUNDEN {
        let kanten = kanten(v);
        let einschub = auf_kanten(&v.punkte, &kanten);
        let ruhig = einschub.is_empty();
        setze_ein(v, &einschub);
        let kanten = if ruhig { kanten } else { self::kanten(v) };
        let einschub = kreuzungen(&mut v.punkte, &kanten);
        setze_ein(v, &einschub);
        if einschub.is_empty() {
            return;
        }
    }
}

fn kanten(v: &Verknotet) -> Vec<Kante> {
    let mut kanten = Vec::new();
    for zug in &v.zuege {
        paare(&zug.punkte, zug.art, |a, b| {
            kanten.push([a.min(b), a.max(b)]);
        });
    }
    kanten.sort_unstable();
    kanten.dedup();
    kanten
}

/// Consecutive points of a run; the last and the first of a ring too.
pub(super) fn paare(punkte: &[u32], art: Art, mut f: impl FnMut(u32, u32)) {
    for paar in punkte.windows(2) {
        f(paar[0], paar[1]);
    }
    if let (Art::Flaeche, [erster, .., letzter]) = (art, punkte) {
        f(*letzter, *erster);
    }
}

fn auf_kanten(punkte: &[Punkt], kanten: &[Kante]) -> Einschub {
    let mut benutzt: Vec<u32> = kanten.iter().flatten().copied().collect();
    benutzt.sort_unstable();
    benutzt.dedup();
    let feld = Feld::der_punkte(punkte, &benutzt);
    let mut einschub = Einschub::new();
    for kante in kanten {
        let [a, b] = kante.map(|i| punkte[i as usize]);
        let mut gefunden = Vec::new();
        feld.besuche(&[a, b], 1, |i| {
            if !kante.contains(&i)
                && let Some(stelle) = liegt_auf(a, b, punkte[i as usize])
            {
                gefunden.push((stelle, i));
            }
            true
        });
        if !gefunden.is_empty() {
            einschub.insert(*kante, geordnet(gefunden));
        }
    }
    einschub
}

/// Where along the edge the point lies, if at most one unit beside it and between its ends.
fn liegt_auf(a: Punkt, b: Punkt, p: Punkt) -> Option<f64> {
    let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
    let (px, py) = ((p.x - a.x) as f64, (p.y - a.y) as f64);
    let quadrat = dx * dx + dy * dy;
    let stelle = dx * px + dy * py;
    let abseits = dx * py - dy * px;
    (stelle > 0.0 && stelle < quadrat && abseits * abseits <= quadrat).then_some(stelle)
}

fn geordnet(mut gefunden: Vec<(f64, u32)>) -> Vec<u32> {
    gefunden.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    gefunden.dedup_by_key(|(_, i)| *i);
    gefunden.into_iter().map(|(_, i)| i).collect()
}

fn kreuzungen(punkte: &mut Vec<Punkt>, kanten: &[Kante]) -> Einschub {
    let feld = Feld::der_kanten(punkte, kanten);
    let mut gefunden: Vec<(u32, u32, Punkt)> = Vec::new();
    let grenze = kanten.len() * KREUZUNGEN_JE_KANTE + 1000;
    for (i, kante) in (0..).zip(kanten) {
        let [a, b] = kante.map(|i| punkte[i as usize]);
        let (links, rechts) = (a.x.min(b.x), a.x.max(b.x));
        let (oben, unten) = (a.y.min(b.y), a.y.max(b.y));
        feld.besuche(&[a, b], 0, |j| {
            let andere = kanten[j as usize];
            if j <= i || kante.contains(&andere[0]) || kante.contains(&andere[1]) {
                return true;
            }
            let [c, d] = andere.map(|i| punkte[i as usize]);
            let beruehrt = c.x.min(d.x) <= rechts
                && c.x.max(d.x) >= links
                && c.y.min(d.y) <= unten
                && c.y.max(d.y) >= oben;
            if beruehrt && let Some(ort) = kreuzung(a, b, c, d) {
                gefunden.push((i, j, ort));
            }
            true
        });
        // An edge meets another in several cells: each crossing counts once.
        if gefunden.len() > 2 * grenze {
            gefunden.sort_unstable();
            gefunden.dedup();
        }
        if gefunden.len() > 2 * grenze {
            tracing::debug!(kanten = kanten.len(), "too many crossings for a coverage");
            return Einschub::new();
        }
    }
    gefunden.sort_unstable();
    gefunden.dedup();
    // A crossing where a vertex lies already is that vertex.
    let mut neue: HashMap<Punkt, u32> = HashMap::new();
    if !gefunden.is_empty() {
        let benutzt = kanten.iter().flatten();
        neue.extend(benutzt.map(|i| (punkte[*i as usize], *i)));
    }
    let mut stellen: HashMap<Kante, Vec<(f64, u32)>> = HashMap::new();
    for (i, j, ort) in gefunden {
        let nummer = *neue.entry(ort).or_insert_with(|| {
            punkte.push(ort);
            id(punkte.len() - 1)
        });
        for k in [i, j] {
            let kante = kanten[k as usize];
            let [a, b] = kante.map(|i| punkte[i as usize]);
            // Rounded onto an end there is nothing to cut.
            if ort == a || ort == b {
                continue;
            }
            let stelle = (b.x - a.x) as f64 * (ort.x - a.x) as f64
                + (b.y - a.y) as f64 * (ort.y - a.y) as f64;
            stellen.entry(kante).or_default().push((stelle, nummer));
        }
    }
    stellen
        .into_iter()
        .map(|(kante, orte)| (kante, geordnet(orte)))
        .collect()
}

/// The crossing of two edges inside both, rounded.
fn kreuzung(a: Punkt, b: Punkt, c: Punkt, d: Punkt) -> Option<Punkt> {
    let (u, v) = (a.kreuz(b, c), a.kreuz(b, d));
    let (r, s) = (c.kreuz(d, a), c.kreuz(d, b));
    let verschieden = |p: i128, q: i128| (p < 0 && q > 0) || (p > 0 && q < 0);
    if !verschieden(u, v) || !verschieden(r, s) {
        return None;
    }
    let t = r as f64 / (r - s) as f64;
    #[expect(clippy::cast_possible_truncation, reason = "between the ends")]
    Some(Punkt {
        x: a.x + ((b.x - a.x) as f64 * t).round() as i64,
        y: a.y + ((b.y - a.y) as f64 * t).round() as i64,
    })
}

fn setze_ein(v: &mut Verknotet, einschub: &Einschub) {
    if einschub.is_empty() {
        return;
    }
    for zug in &mut v.zuege {
        let mut neu = Vec::with_capacity(zug.punkte.len());
        let mut geaendert = false;
        neu.extend(zug.punkte.first());
        paare(&zug.punkte, zug.art, |a, b| {
            if let Some(dazwischen) = einschub.get(&[a.min(b), a.max(b)]) {
                geaendert = true;
                if a < b {
                    neu.extend(dazwischen.iter());
                } else {
                    neu.extend(dazwischen.iter().rev());
                }
            }
            neu.push(b);
        });
        if zug.art == Art::Flaeche {
            neu.pop(); // the first again
        }
        if geaendert {
            neu.dedup();
            zug.punkte = neu;
        }
    }
}
