//! Which side of an edge is inside its object. Rings are taken by the even-odd rule, so the
//! direction they are delivered in, their order and their validity do not matter.

use super::eingang::{Art, Verknotet};
use super::feld::Feld;
use super::knoten::paare;
use super::{Punkt, id};

/// An edge of an object; of an area with its inside to the left (x to the right, y up).
#[derive(Debug, Clone, Copy)]
pub(super) struct Seite {
    pub(super) von: u32,
    pub(super) nach: u32,
    pub(super) objekt: u32,
    pub(super) art: Art,
}

/// From here on an index pays for itself.
const VIELE: usize = 64;

pub(super) fn seiten(v: &Verknotet) -> Vec<Seite> {
    let mut seiten = Vec::new();
    let mut anfang = 0;
    let mut folge: Vec<usize> = (0..v.zuege.len()).collect();
    folge.sort_by_key(|i| v.zuege[*i].objekt);
    while anfang < folge.len() {
        let objekt = v.zuege[folge[anfang]].objekt;
        let ende = anfang + folge[anfang..].partition_point(|i| v.zuege[*i].objekt == objekt);
        let zuege = || folge[anfang..ende].iter().map(|i| &v.zuege[*i]);
        let mut linien: Vec<[u32; 2]> = Vec::new();
        for zug in zuege().filter(|zug| zug.art == Art::Linie) {
            paare(&zug.punkte, Art::Linie, |a, b| {
                linien.push([a.min(b), a.max(b)]);
            });
        }
        linien.sort_unstable();
        linien.dedup();
        seiten.extend(linien.into_iter().map(|[von, nach]| Seite {
            von,
            nach,
            objekt,
            art: Art::Linie,
        }));
        let mut ringe = zuege().filter(|zug| zug.art == Art::Flaeche);
        match (ringe.next(), ringe.next()) {
            (Some(ring), None) if einfach(&ring.punkte) => {
                let positiv = doppelte_flaeche(&v.punkte, &ring.punkte) > 0;
                paare(&ring.punkte, Art::Flaeche, |a, b| {
                    let (von, nach) = if positiv { (a, b) } else { (b, a) };
                    seiten.push(Seite {
                        von,
                        nach,
                        objekt,
                        art: Art::Flaeche,
                    });
                });
            }
            (Some(_), _) => {
                let mut kanten = Vec::new();
                for zug in zuege().filter(|zug| zug.art == Art::Flaeche) {
                    paare(&zug.punkte, Art::Flaeche, |a, b| {
                        kanten.push([a.min(b), a.max(b)]);
                    });
                }
                let kanten = ungerade(kanten);
                for [von, nach] in gerichtet(&v.punkte, &kanten) {
                    seiten.push(Seite {
                        von,
                        nach,
                        objekt,
                        art: Art::Flaeche,
                    });
                }
            }
            (None, _) => {}
        }
        anfang = ende;
    }
    seiten
}

fn einfach(ring: &[u32]) -> bool {
    let mut folge = ring.to_vec();
    folge.sort_unstable();
    folge.windows(2).all(|paar| paar[0] != paar[1])
}

fn doppelte_flaeche(punkte: &[Punkt], ring: &[u32]) -> i128 {
    let mitte = punkte[ring[0] as usize];
    ring.windows(2)
        .map(|paar| mitte.kreuz(punkte[paar[0] as usize], punkte[paar[1] as usize]))
        .sum()
}

/// Edges that stand an odd number of times: what is on both sides of the others is the same.
fn ungerade(mut kanten: Vec<[u32; 2]>) -> Vec<[u32; 2]> {
    kanten.sort_unstable();
    let gleiche = kanten.chunk_by(|a, b| a == b);
    gleiche.filter(|g| g.len() % 2 == 1).map(|g| g[0]).collect()
}

/// Turns every edge so that its inside is left. Along a chain the side stays, so one ray per
/// chain decides.
fn gerichtet(punkte: &[Punkt], kanten: &[[u32; 2]]) -> Vec<[u32; 2]> {
    let feld = (kanten.len() > VIELE).then(|| Feld::der_kanten(punkte, kanten));
    let mut enden: Vec<(u32, u32)> = Vec::with_capacity(kanten.len() * 2);
    for (i, [a, b]) in (0..).zip(kanten) {
        enden.extend([(*a, i), (*b, i)]);
    }
    enden.sort_unstable();
    // The other edge at an end with exactly two.
    let weiter = |punkt: u32, kante: u32| -> Option<u32> {
        let ab = enden.partition_point(|(p, _)| *p < punkt);
        let hier: Vec<u32> = enden[ab..]
            .iter()
            .take_while(|(p, _)| *p == punkt)
            .take(3)
            .map(|(_, k)| *k)
            .collect();
        match hier.as_slice() {
            [k, l] if *k == kante => Some(*l),
            [k, l] if *l == kante => Some(*k),
            _ => None,
        }
    };
    let mut gerichtet: Vec<Option<[u32; 2]>> = vec![None; kanten.len()];
    for start in 0..kanten.len() {
        if gerichtet[start].is_some() {
            continue;
        }
        let [von, nach] = nach_innen(punkte, kanten, feld.as_ref(), start);
        gerichtet[start] = Some([von, nach]);
        // Forward from its end, backward from its beginning.
        for (mut punkt, vorwaerts) in [(nach, true), (von, false)] {
            let mut kante = id(start);
            while let Some(naechste) = weiter(punkt, kante) {
                if gerichtet[naechste as usize].is_some() {
                    break;
                }
                let [a, b] = kanten[naechste as usize];
                let anderes = if a == punkt { b } else { a };
                gerichtet[naechste as usize] = Some(if vorwaerts {
                    [punkt, anderes]
                } else {
                    [anderes, punkt]
                });
                (punkt, kante) = (anderes, naechste);
            }
        }
    }
    gerichtet.into_iter().flatten().collect()
}

/// A ray from the middle of the edge, along the axis it crosses better: after an odd number of
/// other edges the side it leaves to is inside.
fn nach_innen(
    punkte: &[Punkt],
    kanten: &[[u32; 2]],
    feld: Option<&Feld>,
    welche: usize,
) -> [u32; 2] {
    let [von, nach] = kanten[welche];
    let (a, b) = (punkte[von as usize], punkte[nach as usize]);
    let steil = (b.y - a.y).abs() >= (b.x - a.x).abs();
    // With x and y exchanged for a flat edge the ray always goes along x.
    let lage = |p: Punkt| if steil { p } else { Punkt { x: p.y, y: p.x } };
    let doppelt = |p: Punkt| Punkt {
        x: 2 * p.x,
        y: 2 * p.y,
    };
    let (a2, b2) = (lage(a), lage(b));
    let mitte = Punkt {
        x: a2.x + b2.x,
        y: a2.y + b2.y,
    };
    let mut inseln = 0;
    let mut pruefe = |k: usize| {
        if k == welche {
            return;
        }
        let [c, d] = kanten[k].map(|i| doppelt(lage(punkte[i as usize])));
        if (c.y > mitte.y) == (d.y > mitte.y) {
            return;
        }
        let (unten, oben) = if c.y < d.y { (c, d) } else { (d, c) };
        if unten.kreuz(oben, mitte) > 0 {
            inseln += 1; // the middle lies left of it: the ray to the right meets it
        }
    };
    match feld {
        None => (0..kanten.len()).for_each(&mut pruefe),
        Some(feld) => {
            let rechts = kanten
                .iter()
                .flatten()
                .map(|i| lage(punkte[*i as usize]).x)
                .max()
                .unwrap_or(a2.x);
            let start = Punkt {
                x: a2.x.min(b2.x),
                y: a2.y.midpoint(b2.y),
            };
            let ziel = Punkt {
                x: rechts,
                y: start.y,
            };
            let mut getroffen = Vec::new();
            feld.besuche(&[lage(start), lage(ziel)], 1, |k| {
                getroffen.push(k);
                true
            });
            getroffen.sort_unstable();
            getroffen.dedup();
            for k in getroffen {
                pruefe(k as usize);
            }
        }
    }
    let rechts_innen = inseln % 2 == 1;
    // Left of an edge that runs up (y grows) lies the smaller x.
    let hinauf = a2.y < b2.y;
    let links_ist_kleiner = hinauf;
    let vorwaerts = links_ist_kleiner != rechts_innen;
    // Exchanging the axes mirrors.
    if vorwaerts == steil {
        [von, nach]
    } else {
        [nach, von]
    }
}

#[cfg(test)]
mod tests {
    use super::super::eingang::Eingang;
    use super::*;

    fn flaeche(ringe: &[&[(i32, i32)]]) -> i128 {
        let mut eingang = Eingang::new(1.0);
        for ring in ringe {
            eingang.zug(
                0,
                Art::Flaeche,
                ring.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))),
            );
        }
        let v = eingang.verknote();
        let null = Punkt::default();
        seiten(&v)
            .iter()
            .map(|s| null.kreuz(v.punkte[s.von as usize], v.punkte[s.nach as usize]))
            .sum()
    }

    #[test]
    fn inside_is_left_whatever_the_input() {
        let aussen: &[(i32, i32)] = &[(0, 0), (90, 0), (90, 90), (0, 90), (0, 0)];
        let loch: &[(i32, i32)] = &[(30, 30), (60, 30), (60, 60), (30, 60)];
        let insel: &[(i32, i32)] = &[(40, 40), (40, 50), (50, 50), (50, 40)];
        let rueck: Vec<_> = aussen.iter().rev().copied().collect();
        assert_eq!(flaeche(&[aussen]), 2 * 8100);
        assert_eq!(flaeche(&[&rueck]), 2 * 8100);
        assert_eq!(flaeche(&[loch, aussen]), 2 * 7200);
        assert_eq!(flaeche(&[insel, loch, aussen]), 2 * 7300);
        // A bow tie has two halves.
        assert_eq!(flaeche(&[&[(0, 0), (40, 40), (40, 0), (0, 40)]]), 2 * 800);
        // A hole that touches its shell, and the same shell twice.
        assert_eq!(
            flaeche(&[aussen, &[(0, 45), (30, 30), (30, 60)]]),
            2 * (8100 - 450)
        );
        assert_eq!(flaeche(&[aussen, aussen]), 0);
    }

    #[test]
    fn many_holes_are_found_by_the_index() {
        let mut ringe = vec![vec![(0, 0), (1000, 0), (1000, 1000), (0, 1000)]];
        for i in 0..100 {
            let (x, y) = (i % 10 * 97 + 20, i / 10 * 97 + 20);
            ringe.push(vec![
                (x, y),
                (x + 30, y + 7),
                (x + 40, y + 50),
                (x + 3, y + 31),
            ]);
        }
        let loecher: i128 = ringe[1..]
            .iter()
            .map(|r| {
                let p: Vec<Punkt> = r
                    .iter()
                    .map(|(x, y)| Punkt {
                        x: i64::from(*x),
                        y: i64::from(*y),
                    })
                    .collect();
                doppelte_flaeche(&p, &[0, 1, 2, 3]).abs()
            })
            .sum();
        let verweise: Vec<&[(i32, i32)]> = ringe.iter().map(Vec::as_slice).collect();
        assert_eq!(flaeche(&verweise), 2_000_000 - loecher);
    }
}
