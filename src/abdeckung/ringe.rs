//! Valid polygons from directed edges (inside to the left): edges there and back vanish, rings
//! touch themselves and each other in points at most. And the exact cut at a box.

use std::collections::HashMap;

/// A position on the grid of a zoom: x to the east, y to the south.
pub type Gitter = [i32; 2];

fn kreuz(a: [i64; 2], b: [i64; 2]) -> i64 {
    a[0] * b[1] - a[1] * b[0]
}

fn richtung(von: Gitter, nach: Gitter) -> [i64; 2] {
    [
        i64::from(nach[0]) - i64::from(von[0]),
        i64::from(nach[1]) - i64::from(von[1]),
    ]
}

/// Twice the signed area of a ring.
pub(super) fn doppelte_flaeche(ring: &[Gitter]) -> i64 {
    let Some(erster) = ring.first() else { return 0 };
    ring.windows(2)
        .map(|paar| kreuz(richtung(*erster, paar[0]), richtung(*erster, paar[1])))
        .sum()
}

/// Simple rings, none with a repeated point; shells positive, holes negative.
pub(super) fn aus_kanten(mut kanten: Vec<(Gitter, Gitter)>) -> Vec<Vec<Gitter>> {
    kanten.retain(|(a, b)| a != b);
    kanten.sort_unstable_by_key(|(a, b)| (*a.min(b), *a.max(b)));
    let mut netto: Vec<(Gitter, Gitter)> = Vec::with_capacity(kanten.len());
    for gleiche in kanten.chunk_by(|(a, b), (c, d)| (a.min(b), a.max(b)) == (c.min(d), c.max(d))) {
        let vorwaerts = gleiche.iter().filter(|(a, b)| a < b).count();
        let rueckwaerts = gleiche.len() - vorwaerts;
        let (a, b) = (
            gleiche[0].0.min(gleiche[0].1),
            gleiche[0].0.max(gleiche[0].1),
        );
        netto.extend(std::iter::repeat_n(
            (a, b),
            vorwaerts.saturating_sub(rueckwaerts),
        ));
        netto.extend(std::iter::repeat_n(
            (b, a),
            rueckwaerts.saturating_sub(vorwaerts),
        ));
    }
    netto.sort_unstable();
    let mut benutzt = vec![false; netto.len()];
    let mut ringe = Vec::new();
    for start in 0..netto.len() {
        if benutzt[start] {
            continue;
        }
        benutzt[start] = true;
        let mut pfad = vec![netto[start].0];
        let mut stelle: HashMap<Gitter, usize> = HashMap::from([(netto[start].0, 0)]);
        let mut kante = netto[start];
        loop {
            let hier = kante.1;
            if let Some(ab) = stelle.get(&hier).copied() {
                let ring: Vec<Gitter> = pfad.drain(ab..).collect();
                for p in &ring {
                    stelle.remove(p);
                }
                if ring.len() > 2 {
                    ringe.push(ring);
                }
            }
            let Some(naechste) = weiter(&netto, &benutzt, kante) else {
                break;
            };
            benutzt[naechste] = true;
            stelle.insert(hier, pfad.len());
            pfad.push(hier);
            kante = netto[naechste];
        }
    }
    ringe
}

/// The next edge to the right of where we came from: it bounds the same piece of the inside.
fn weiter(
    kanten: &[(Gitter, Gitter)],
    benutzt: &[bool],
    (vorher, hier): (Gitter, Gitter),
) -> Option<usize> {
    let ab = kanten.partition_point(|(a, _)| *a < hier);
    let zurueck = richtung(hier, vorher);
    let mut beste: Option<(usize, u8, [i64; 2])> = None;
    for (i, (a, b)) in kanten.iter().enumerate().skip(ab) {
        if *a != hier {
            break;
        }
        if benutzt[i] {
            continue;
        }
        let d = richtung(hier, *b);
        let quer = kreuz(zurueck, d);
        let laengs = zurueck[0] * d[0] + zurueck[1] * d[1];
        // Clockwise from where we came: less than half a turn, half, more, a whole one.
        let drittel = match quer.signum() {
            -1 => 0,
            0 if laengs < 0 => 1,
            1 => 2,
            _ => 3,
        };
        let frueher = beste.is_none_or(|(_, anderes, e)| {
            drittel < anderes || (drittel == anderes && kreuz(d, e) < 0)
        });
        if frueher {
            beste = Some((i, drittel, d));
        }
    }
    beste.map(|(i, ..)| i)
}

/// Rings in the order tiles want them: each shell, then its holes.
pub(super) fn ordne(ringe: Vec<Vec<Gitter>>) -> Vec<(bool, Vec<Gitter>)> {
    let (mut aussen, mut innen) = (Vec::new(), Vec::new());
    for ring in ringe {
        match doppelte_flaeche(&ring) {
            0 => {}
            f if f > 0 => aussen.push((f, ring)),
            _ => innen.push(ring),
        }
    }
    if aussen.len() == 1 || innen.is_empty() {
        let aussen = aussen.into_iter().map(|(_, ring)| (true, ring));
        return aussen
            .chain(innen.into_iter().map(|ring| (false, ring)))
            .collect();
    }
    let kaesten: Vec<[i32; 4]> = aussen.iter().map(|(_, ring)| kasten(ring)).collect();
    let mut loecher: Vec<Vec<Vec<Gitter>>> = vec![Vec::new(); aussen.len()];
    for loch in innen {
        let k = kasten(&loch);
        let wirt = (0..aussen.len())
            .filter(|i| umfasst(kaesten[*i], k) && enthaelt(&aussen[*i].1, [loch[0], loch[1]]))
            .min_by_key(|i| aussen[*i].0);
        if let Some(wirt) = wirt {
            loecher[wirt].push(loch);
        }
    }
    let mut alle = Vec::new();
    for ((_, ring), loecher) in aussen.into_iter().zip(loecher) {
        alle.push((true, ring));
        alle.extend(loecher.into_iter().map(|loch| (false, loch)));
    }
    alle
}

/// min x, min y, max x, max y.
pub(super) fn kasten(ring: &[Gitter]) -> [i32; 4] {
    ring.iter()
        .fold([i32::MAX, i32::MAX, i32::MIN, i32::MIN], |k, p| {
            [
                k[0].min(p[0]),
                k[1].min(p[1]),
                k[2].max(p[0]),
                k[3].max(p[1]),
            ]
        })
}

fn umfasst(a: [i32; 4], b: [i32; 4]) -> bool {
    a[0] <= b[0] && a[1] <= b[1] && a[2] >= b[2] && a[3] >= b[3]
}

/// The middle of the edge, which is no edge of the ring, lies in the ring.
fn enthaelt(ring: &[Gitter], [a, b]: [Gitter; 2]) -> bool {
    let mitte = [
        i64::from(a[0]) + i64::from(b[0]),
        i64::from(a[1]) + i64::from(b[1]),
    ];
    let mut drin = false;
    for (i, c) in ring.iter().enumerate() {
        let d = ring[(i + 1) % ring.len()];
        let (c, d) = (
            [2 * i64::from(c[0]), 2 * i64::from(c[1])],
            [2 * i64::from(d[0]), 2 * i64::from(d[1])],
        );
        if (c[1] > mitte[1]) != (d[1] > mitte[1]) {
            let (u, o) = if c[1] < d[1] { (c, d) } else { (d, c) };
            let quer = kreuz(
                [o[0] - u[0], o[1] - u[1]],
                [mitte[0] - u[0], mitte[1] - u[1]],
            );
            drin ^= quer > 0;
        }
    }
    drin
}

/// The rings of one object cut at a box (min x, min y, max x, max y). Where an edge meets the
/// side of the box, the position is rounded the same whichever object it belongs to.
#[must_use]
pub fn beschneide<'a>(
    ringe: impl Iterator<Item = &'a [Gitter]>,
    kasten: [i32; 4],
) -> Vec<(bool, Vec<Gitter>)> {
    let ringe: Vec<Vec<Gitter>> = ringe
        .map(|ring| {
            let mut ring = ring.to_vec();
            for (achse, grenze, groesser) in [
                (0, kasten[0], true),
                (0, kasten[2], false),
                (1, kasten[1], true),
                (1, kasten[3], false),
            ] {
                ring = halbiere(ring, achse, grenze, groesser);
            }
            ring
        })
        .filter(|ring| !ring.is_empty())
        .collect();
    match einfache(ringe, kasten) {
        Ok(ringe) => ordne(ringe),
        Err(ringe) => ordne(aus_kanten(teile_am_rand(kanten(&ringe), kasten))),
    }
}

fn kanten(ringe: &[Vec<Gitter>]) -> Vec<(Gitter, Gitter)> {
    let von = |ring: &[Gitter], i: usize| (ring[i], ring[(i + 1) % ring.len()]);
    let alle = ringe.iter();
    alle.flat_map(|ring| (0..ring.len()).map(move |i| von(ring, i)))
        .collect()
}

/// The rings as [`aus_kanten`] would give them, where that is plain to see: no position comes
/// twice, and no side of the box has two edges along it. Else they are given back.
fn einfache(
    mut ringe: Vec<Vec<Gitter>>,
    kasten: [i32; 4],
) -> Result<Vec<Vec<Gitter>>, Vec<Vec<Gitter>>> {
    let mut entlang = [0_u8; 4];
    for (a, b) in ringe
        .iter()
        .flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)))
    {
        for seite in 0..4 {
            if a[seite % 2] == kasten[seite] && b[seite % 2] == kasten[seite] {
                entlang[seite] = entlang[seite].saturating_add(1);
            }
        }
    }
    let mut punkte: Vec<Gitter> = ringe.iter().flatten().copied().collect();
    punkte.sort_unstable();
    let doppelt = punkte.windows(2).any(|paar| paar[0] == paar[1]);
    if doppelt || entlang.iter().any(|n| *n > 1) || ringe.iter().any(|ring| ring.len() < 3) {
        return Err(ringe);
    }
    for ring in &mut ringe {
        let erster = (0..ring.len()).min_by_key(|i| ring[*i]).unwrap_or_default();
        ring.rotate_left(erster);
    }
    ringe.sort_unstable_by_key(|ring| ring[0]);
    Ok(ringe)
}

/// Keeps what lies on one side of a line (Sutherland and Hodgman).
fn halbiere(ring: Vec<Gitter>, achse: usize, grenze: i32, groesser: bool) -> Vec<Gitter> {
    let drin = |p: &Gitter| {
        if groesser {
            p[achse] >= grenze
        } else {
            p[achse] <= grenze
        }
    };
    if ring.iter().all(drin) {
        return ring;
    }
    let mut neu = Vec::with_capacity(ring.len());
    for (i, b) in ring.iter().enumerate() {
        let a = &ring[(i + ring.len() - 1) % ring.len()];
        if drin(a) != drin(b) && a[achse] != grenze && b[achse] != grenze {
            neu.push(schnitt(*a, *b, achse, grenze));
        }
        if drin(b) {
            neu.push(*b);
        }
    }
    neu.dedup();
    neu
}

/// Rounded to the nearest, from the smaller end.
pub(super) fn schnitt(a: Gitter, b: Gitter, achse: usize, grenze: i32) -> Gitter {
    let (a, b) = (a.min(b), a.max(b));
    let quer = 1 - achse;
    let (d, e) = (
        i128::from(b[achse]) - i128::from(a[achse]),
        i128::from(b[quer]) - i128::from(a[quer]),
    );
    let zaehler = (2 * e * (i128::from(grenze) - i128::from(a[achse])) + d) * d.signum();
    let ort = i128::from(a[quer]) + zaehler.div_euclid(2 * d.abs());
    let mut p = [0; 2];
    p[achse] = grenze;
    p[quer] = i32::try_from(ort).unwrap_or_default();
    p
}

/// Cuts edges along the sides of the box at all points there, so that those there and back meet.
fn teile_am_rand(kanten: Vec<(Gitter, Gitter)>, kasten: [i32; 4]) -> Vec<(Gitter, Gitter)> {
    let mut geteilt = Vec::with_capacity(kanten.len());
    let mut am_rand: [Vec<(Gitter, Gitter)>; 4] = Default::default();
    for (a, b) in kanten {
        let seite = (0..4).find(|s| a[s % 2] == kasten[*s] && b[s % 2] == kasten[*s]);
        match seite {
            Some(seite) => am_rand[seite].push((a, b)),
            None => geteilt.push((a, b)),
        }
    }
    for (seite, kanten) in am_rand.into_iter().enumerate() {
        let quer = 1 - seite % 2;
        let mut orte: Vec<i32> = kanten
            .iter()
            .flat_map(|(a, b)| [a[quer], b[quer]])
            .collect();
        orte.sort_unstable();
        orte.dedup();
        for (a, b) in kanten {
            let (u, o) = (a[quer].min(b[quer]), a[quer].max(b[quer]));
            let ab = orte.partition_point(|ort| *ort < u);
            let bis = orte.partition_point(|ort| *ort <= o);
            for paar in orte[ab..bis].windows(2) {
                let punkt = |ort: i32| {
                    let mut p = a;
                    p[quer] = ort;
                    p
                };
                let (von, nach) = (punkt(paar[0]), punkt(paar[1]));
                geteilt.push(if a[quer] < b[quer] {
                    (von, nach)
                } else {
                    (nach, von)
                });
            }
        }
    }
    geteilt
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kanten(ringe: &[&[Gitter]]) -> Vec<(Gitter, Gitter)> {
        let ringe: Vec<_> = ringe.iter().map(|ring| ring.to_vec()).collect();
        super::kanten(&ringe)
    }

    fn flaechen(mut ringe: Vec<Vec<Gitter>>) -> Vec<i64> {
        ringe.sort();
        let mut f: Vec<i64> = ringe.iter().map(|r| doppelte_flaeche(r)).collect();
        f.sort_unstable();
        f
    }

    #[test]
    fn spikes_vanish_and_touching_rings_part() {
        let spitze: &[Gitter] = &[[0, 0], [10, 0], [20, 0], [10, 0], [10, 10], [0, 10]];
        assert_eq!(flaechen(aus_kanten(kanten(&[spitze]))), [200]);
        // A hole touching the shell in one corner stays a hole …
        let aussen: &[Gitter] = &[[0, 0], [30, 0], [30, 30], [0, 30]];
        let loch: &[Gitter] = &[[0, 0], [10, 20], [20, 10]];
        assert_eq!(flaechen(aus_kanten(kanten(&[aussen, loch]))), [-300, 1800]);
        // … in two it parts the area.
        let quer: &[Gitter] = &[[0, 0], [10, 20], [30, 30], [20, 10]];
        let teile = aus_kanten(kanten(&[aussen, quer]));
        assert_eq!(flaechen(teile), [600, 600]);
        // Two areas in one point.
        let acht: &[Gitter] = &[[0, 0], [10, 10], [20, 10], [20, 20], [10, 10], [0, 10]];
        assert_eq!(aus_kanten(kanten(&[acht])).len(), 2);
        assert!(aus_kanten(kanten(&[&[[0, 0], [5, 5], [9, 9], [5, 5]]])).is_empty());
    }

    #[test]
    fn a_comb_cut_at_its_teeth_falls_apart() {
        let kamm: &[Gitter] = &[
            [0, 0],
            [50, 0],
            [50, 10],
            [40, 10],
            [40, 30],
            [30, 30],
            [30, 10],
            [20, 10],
            [20, 30],
            [10, 30],
            [10, 10],
            [0, 10],
        ];
        assert!(doppelte_flaeche(kamm) > 0);
        let teile = beschneide([kamm].into_iter(), [0, 20, 50, 50]);
        assert_eq!(
            teile
                .iter()
                .map(|(aussen, r)| (*aussen, doppelte_flaeche(r)))
                .collect::<Vec<_>>(),
            [(true, 200), (true, 200)]
        );
        assert_eq!(beschneide([kamm].into_iter(), [-5, -5, 60, 60]).len(), 1);
        assert!(beschneide([kamm].into_iter(), [60, 60, 70, 70]).is_empty());
        // Only along the side: nothing of it is inside.
        assert!(beschneide([kamm].into_iter(), [0, -9, 50, 0]).is_empty());
    }

    #[test]
    fn the_short_way_gives_what_the_long_one_gives() {
        let mut zufall = 7_u32;
        let mut naechste = |bis: i32| {
            zufall = zufall.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i32::try_from(zufall >> 12).unwrap() % bis
        };
        let (mut kurz, mut lang) = (0, 0);
        for _ in 0..4000 {
            // A star about a middle, so that it does not cross itself; and a hole at times.
            let mitte = [naechste(60), naechste(60)];
            let mut stern = |weit: f64, um: f64| -> Vec<Gitter> {
                let ring = (0..12).map(|n| {
                    let r = weit * (0.5 + f64::from(naechste(100)) / 200.0);
                    let winkel = um * f64::from(n) * std::f64::consts::TAU / 12.0;
                    #[expect(clippy::cast_possible_truncation, reason = "small")]
                    let ort = |wert: f64| wert.round() as i32;
                    [
                        mitte[0] + ort(r * winkel.cos()),
                        mitte[1] + ort(r * winkel.sin()),
                    ]
                });
                ring.collect()
            };
            let mut ringe = vec![stern(30.0, 1.0), stern(9.0, -1.0)];
            for ring in &mut ringe {
                ring.dedup();
            }
            let kasten = [10, 10, 50, 50];
            let geschnitten: Vec<Vec<Gitter>> = ringe
                .into_iter()
                .map(|ring| {
                    let ring = halbiere(ring, 0, kasten[0], true);
                    let ring = halbiere(ring, 0, kasten[2], false);
                    let ring = halbiere(ring, 1, kasten[1], true);
                    halbiere(ring, 1, kasten[3], false)
                })
                .filter(|ring| !ring.is_empty())
                .collect();
            let soll = aus_kanten(teile_am_rand(super::kanten(&geschnitten), kasten));
            match einfache(geschnitten, kasten) {
                Ok(ist) => {
                    assert_eq!(ist, soll);
                    kurz += 1;
                }
                Err(_) => lang += 1,
            }
        }
        assert!(kurz > 400 && lang > 400, "{kurz} {lang}");
    }

    #[test]
    fn a_cut_is_the_same_from_both_ends() {
        for (a, b) in [([0, 0], [7, 3]), ([-9, 5], [4, -8]), ([3, 9], [-5, 2])] {
            for grenze in -4..4 {
                for achse in [0, 1] {
                    if (a[achse] < grenze) == (b[achse] < grenze) {
                        continue;
                    }
                    let p = schnitt(a, b, achse, grenze);
                    assert_eq!(p, schnitt(b, a, achse, grenze));
                    let soll = f64::from(a[1 - achse])
                        + f64::from(b[1 - achse] - a[1 - achse]) * f64::from(grenze - a[achse])
                            / f64::from(b[achse] - a[achse]);
                    assert!(
                        (f64::from(p[1 - achse]) - soll).abs() <= 0.5,
                        "{p:?} {soll}"
                    );
                }
            }
        }
    }
}
