//! Random partitions of a rectangle, with T-junctions, holes, enclaves and wiggly borders,
//! through every zoom.

use std::collections::HashMap;

use geo::{Area as _, Validation as _, unary_union};
use geo_types::{LineString, MultiPolygon, Polygon};

use super::eingang::{Art, Eingang};
use super::netz::{Abbildung, FEIN_AB, Netz};
use super::ringe::{Gitter, aus_kanten};
use super::stufe::{Stufe, Zugart};

/// Metres to the Web Mercator square, near 48° north, with `massstab` to stretch them.
struct Ebene {
    ost: f64,
    massstab: f64,
}

impl Abbildung for Ebene {
    fn welt(&self, x: f64, y: f64) -> (f64, f64) {
        let breite = 40_075_016.7;
        (
            0.53 + (x - self.ost) * self.massstab / breite,
            0.34 - (y - 5_300_000.0) * self.massstab / breite,
        )
    }
    fn gerade_bis(&self) -> f64 {
        f64::INFINITY
    }
}

const EBENE: Ebene = Ebene {
    ost: 600_000.0,
    massstab: 1.5,
};

/// A repeatable source of numbers.
struct Wuerfel(u64);

impl Wuerfel {
    fn bis(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
    fn zahl(&mut self, n: usize) -> usize {
        usize::try_from(self.bis(n as u64)).unwrap()
    }
}

type Ring = Vec<(f64, f64)>;

/// `n` × `n` fields of 100 m, shared out among regions that grow from seeds, with some fields
/// given to a far region (enclaves, holes). Each border of two fields is one wiggly line, or a
/// straight one with points that either neighbour may lack.
fn aufteilung(wuerfel: &mut Wuerfel, n: usize, regionen: usize) -> Vec<Vec<Ring>> {
    let mut besitz = vec![usize::MAX; n * n];
    let mut offen: Vec<usize> = Vec::new();
    for region in 0..regionen {
        let feld = wuerfel.zahl(n * n);
        if besitz[feld] == usize::MAX {
            besitz[feld] = region;
            offen.push(feld);
        }
    }
    while !offen.is_empty() {
        let i = wuerfel.zahl(offen.len());
        let feld = offen.swap_remove(i);
        let (x, y) = (feld % n, feld / n);
        for (dx, dy) in [(0, 1), (1, 0), (2, 1), (1, 2)] {
            let (nx, ny) = (x + dx, y + dy);
            if (1..=n).contains(&nx) && (1..=n).contains(&ny) {
                let nachbar = (ny - 1) * n + nx - 1;
                if besitz[nachbar] == usize::MAX {
                    besitz[nachbar] = besitz[feld];
                    offen.push(nachbar);
                }
            }
        }
    }
    for _ in 0..n {
        besitz[wuerfel.zahl(n * n)] = wuerfel.zahl(regionen);
    }
    let saat = wuerfel.bis(1 << 30);
    let mut gebiete = Vec::new();
    for region in 0..regionen {
        let mut kanten: Vec<(Gitter, Gitter)> = Vec::new();
        let zahl = |i: usize| i32::try_from(i).unwrap();
        for feld in (0..n * n).filter(|f| besitz[*f] == region) {
            let (x, y) = (zahl(feld % n), zahl(feld / n));
            let ecken = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]];
            kanten.extend((0..4).map(|i| (ecken[i], ecken[(i + 1) % 4])));
        }
        let ringe: Vec<Ring> = aus_kanten(kanten)
            .into_iter()
            .map(|ring| {
                let mut folge = Ring::new();
                for (i, a) in ring.iter().enumerate() {
                    folge.extend(grenze(*a, ring[(i + 1) % ring.len()], saat, wuerfel));
                }
                folge.push(folge[0]);
                if wuerfel.bis(2) == 0 {
                    folge.reverse();
                }
                folge
            })
            .collect();
        if !ringe.is_empty() {
            gebiete.push(ringe);
        }
    }
    gebiete
}

/// The border between two corners, without its end.
fn grenze(a: Gitter, b: Gitter, saat: u64, wuerfel: &mut Wuerfel) -> Ring {
    let (u, o) = (a.min(b), a.max(b));
    let mut eigen = Wuerfel(
        saat ^ (u64::from(u[0].unsigned_abs()) << 40
            | u64::from(u[1].unsigned_abs()) << 20
            | u64::from(o[0].unsigned_abs() << 8 | o[1].unsigned_abs())),
    );
    eigen.bis(9);
    let gerade = eigen.bis(3) == 0;
    let teile = 2 + eigen.bis(9);
    let waagrecht = u[1] == o[1];
    let mut punkte: Ring = (0..=teile)
        .map(|i| {
            let laengs = 100.0 * i as f64 / teile as f64;
            let quer = if gerade || i == 0 || i == teile {
                0.0
            } else {
                (eigen.bis(900) as f64 / 1000.0 - 0.45) * 100.0 / teile as f64
            };
            let (dx, dy) = if waagrecht {
                (laengs, quer)
            } else {
                (quer, laengs)
            };
            (
                600_000.0 + f64::from(u[0]) * 100.0 + dx,
                5_300_000.0 + f64::from(u[1]) * 100.0 + dy,
            )
        })
        .collect();
    if gerade {
        let letzter = punkte.len() - 1;
        let mut i = 0;
        punkte.retain(|_| {
            i += 1;
            i == 1 || i == letzter + 1 || wuerfel.bis(2) == 0
        });
    }
    if u != a {
        punkte.reverse();
    }
    punkte.pop();
    punkte
}

fn netz(gebiete: &[Vec<Ring>], ebene: &Ebene) -> Netz {
    let mut eingang = Eingang::new(0.001);
    for (i, ringe) in (0..).zip(gebiete) {
        for ring in ringe {
            eingang.zug(i, Art::Flaeche, ring.iter().copied());
        }
    }
    Netz::neu(eingang, gebiete.len(), ebene)
}

/// All zooms from fine to coarse.
fn stufen(netz: &mut Netz) -> Vec<Stufe> {
    let mut stufen = vec![netz.fein()];
    stufen.extend((0..FEIN_AB).rev().map(|zoom| netz.vergroebere(zoom)));
    stufen
}

/// Every edge is there once in each direction or lies on the outline; nothing overlaps and
/// nothing is open: the areas add up to the area of their union, which has no hole.
fn pruefe(stufe: &Stufe, was: &str) -> f64 {
    let mut kanten: HashMap<(Gitter, Gitter), i32> = HashMap::new();
    let mut summe = 0.0;
    let mut alle = Vec::new();
    for objekt in 0..u32::try_from(stufe.len()).unwrap() {
        for (_, zug) in stufe.zuege(objekt) {
            for (i, a) in zug.iter().enumerate() {
                let kante = (*a, zug[(i + 1) % zug.len()]);
                let zahl = kanten.entry(kante).or_default();
                *zahl += 1;
                assert_eq!(*zahl, 1, "{was}: {kante:?} twice");
            }
        }
        let flaeche = flaechen_von(stufe, objekt);
        assert!(
            flaeche.is_valid(),
            "{was}, object {objekt}: {:?} {flaeche:?}",
            flaeche.validation_errors()
        );
        summe += flaeche.unsigned_area();
        alle.extend(flaeche.0);
    }
    let verbund = unary_union(alle.iter());
    assert!(
        (verbund.unsigned_area() - summe).abs() <= 1e-6 * summe.max(1.0),
        "{was}: {} of {summe}",
        verbund.unsigned_area()
    );
    // The rest of the edges is the outline: it encloses exactly the sum.
    let rand: Vec<_> = kanten
        .keys()
        .filter(|(a, b)| !kanten.contains_key(&(*b, *a)))
        .map(|(a, b)| (*a, *b))
        .collect();
    let umriss: f64 = aus_kanten(rand)
        .iter()
        .map(|r| super::ringe::doppelte_flaeche(r) as f64 / 2.0)
        .sum();
    assert!(
        (umriss - summe).abs() < 0.6,
        "{was}: outline {umriss}, areas {summe}"
    );
    summe
}

#[test]
fn no_gap_and_no_overlap_at_any_zoom() {
    for saat in 0..25 {
        let mut wuerfel = Wuerfel(saat);
        let (n, regionen) = (4 + wuerfel.zahl(12), 2 + wuerfel.zahl(40));
        let gebiete = aufteilung(&mut wuerfel, n, regionen);
        let mut netz = netz(&gebiete, &EBENE);
        let soll = (n * n) as f64 * 10_000.0 * EBENE.massstab.powi(2);
        let mut vorher = usize::MAX;
        for stufe in stufen(&mut netz) {
            let was = format!("seed {saat}, 2^{}", stufe.bits());
            let summe = pruefe(&stufe, &was);
            let zelle = 40_075_016.7 / 2_f64.powi(stufe.bits().cast_signed());
            // The outline wiggles too; what it loses is a few pixels along it.
            let pixel = 8.0 * zelle;
            let spiel = 4.0 * (n as f64) * 150.0 * (pixel + 23.0) + pixel * pixel;
            assert!(
                (summe * zelle * zelle - soll).abs() < spiel,
                "{was}: {} of {soll}",
                summe * zelle * zelle
            );
            assert!(stufe.positionen() <= vorher.saturating_mul(2), "{was}");
            vorher = stufe.positionen();
        }
        assert!(
            vorher < 60,
            "seed {saat}: {vorher} positions of the whole world"
        );
    }
}

/// Edges of all objects, whoever they belong to.
fn kanten(stufe: &Stufe, objekte: std::ops::Range<usize>) -> Vec<(Gitter, Gitter)> {
    let mut alle = Vec::new();
    for objekt in objekte {
        for (_, zug) in stufe.zuege(u32::try_from(objekt).unwrap()) {
            alle.extend((0..zug.len()).map(|i| (zug[i], zug[(i + 1) % zug.len()])));
        }
    }
    alle.sort_unstable();
    alle
}

#[test]
fn what_else_is_loaded_changes_nothing() {
    let mut wuerfel = Wuerfel(5);
    let gebiete = aufteilung(&mut wuerfel, 9, 14);
    let zahl = gebiete.len();
    // Far away another plan; the rings of the first begin elsewhere and run the other way.
    let mut alle: Vec<Vec<Ring>> = gebiete
        .iter()
        .map(|ringe| {
            let gewendet = ringe.iter().map(|ring| {
                let mut ring: Ring = ring[1..].iter().rev().copied().collect();
                let mitte = ring.len() / 3;
                ring.rotate_left(mitte);
                ring
            });
            gewendet.collect()
        })
        .collect();
    let fern = aufteilung(&mut wuerfel, 12, 30).into_iter();
    alle.extend(fern.map(|ringe| {
        let verschiebe = |ring: Ring| ring.into_iter().map(|(x, y)| (x + 40_000.0, y)).collect();
        ringe.into_iter().map(verschiebe).collect::<Vec<Ring>>()
    }));
    let (mut eines, mut beide) = (netz(&gebiete, &EBENE), netz(&alle, &EBENE));
    for (a, b) in stufen(&mut eines).iter().zip(&stufen(&mut beide)) {
        assert_eq!(kanten(a, 0..zahl), kanten(b, 0..zahl), "2^{}", a.bits());
    }
}

#[test]
fn small_areas_go_to_a_neighbour_and_none_is_lost_before() {
    // A hundred slivers of 2 m between two large areas.
    let mut gebiete: Vec<Vec<Ring>> = Vec::new();
    let (x, y) = (600_000.0, 5_300_000.0);
    let kasten = |x0: f64, y0: f64, x1: f64, y1: f64| {
        vec![vec![
            (x + x0, y + y0),
            (x + x1, y + y0),
            (x + x1, y + y1),
            (x + x0, y + y1),
        ]]
    };
    gebiete.push(kasten(0.0, 0.0, 1000.0, 400.0));
    gebiete.push(kasten(0.0, 402.0, 1000.0, 800.0));
    gebiete.extend((0..100).map(|i| {
        kasten(
            f64::from(i) * 10.0,
            400.0,
            f64::from(i) * 10.0 + 10.0,
            402.0,
        )
    }));
    let mut netz = netz(&gebiete, &EBENE);
    for stufe in stufen(&mut netz) {
        let da = (0..102).filter(|i| stufe.kasten(*i).is_some()).count();
        let summe = pruefe(&stufe, &format!("2^{}", stufe.bits()));
        match stufe.bits() {
            30 | 27 => assert_eq!(da, 102),
            ..=23 if summe > 0.0 => assert!(da <= 2, "{da} at 2^{}", stufe.bits()),
            _ => {}
        }
    }
}

#[test]
fn any_input_gives_valid_areas() {
    for saat in 0..40 {
        let mut wuerfel = Wuerfel(saat);
        let mut eingang = Eingang::new(0.001);
        let objekte = wuerfel.bis(30);
        for objekt in 0..objekte {
            for _ in 0..=wuerfel.bis(3) {
                let ecken = wuerfel.bis(12);
                let weite = [0.01, 10.0, 3000.0][wuerfel.zahl(3)];
                let (mx, my) = (
                    600_000.0 + wuerfel.bis(3000) as f64,
                    5_300_000.0 + wuerfel.bis(3000) as f64,
                );
                let orte: Ring = (0..ecken)
                    .map(|_| {
                        (
                            mx + wuerfel.bis(1000) as f64 / 1000.0 * weite,
                            my + wuerfel.bis(1000) as f64 / 1000.0 * weite,
                        )
                    })
                    .collect();
                let art = if wuerfel.bis(5) == 0 {
                    Art::Linie
                } else {
                    Art::Flaeche
                };
                eingang.zug(u32::try_from(objekt).unwrap(), art, orte.into_iter());
            }
        }
        if saat % 4 == 0 {
            // Swapped axes, nothing, nonsense.
            eingang.zug(
                0,
                Art::Flaeche,
                [(0.0, 0.0), (5e6, 6e5), (5.1e6, 6e5)].into_iter(),
            );
            eingang.zug(
                0,
                Art::Flaeche,
                [(f64::NAN, 0.0), (f64::INFINITY, 1.0), (1e300, 2.0)].into_iter(),
            );
        }
        let mut netz = Netz::neu(eingang, usize::try_from(objekte.max(1)).unwrap(), &EBENE);
        for stufe in stufen(&mut netz) {
            for objekt in 0..u32::try_from(objekte).unwrap() {
                let nur: MultiPolygon<f64> = flaechen_von(&stufe, objekt);
                // Across half the continent there are too many cuts for the check.
                if geo::CoordsIter::coords_count(&nur) > 3000 {
                    continue;
                }
                assert!(
                    nur.is_valid(),
                    "seed {saat}, 2^{}, {objekt}: {:?}",
                    stufe.bits(),
                    nur.validation_errors()
                );
            }
        }
    }
}

/// Without the lines.
fn flaechen_von(stufe: &Stufe, objekt: u32) -> MultiPolygon<f64> {
    let mut polygone: Vec<Polygon<f64>> = Vec::new();
    for (art, zug) in stufe.zuege(objekt) {
        let linie: LineString<f64> = zug
            .iter()
            .map(|p| (f64::from(p[0]), f64::from(p[1])))
            .collect();
        match (art, polygone.last_mut()) {
            (Zugart::Linie, _) => {}
            (Zugart::Innen, Some(polygon)) => polygon.interiors_push(linie),
            _ => polygone.push(Polygon::new(linie, Vec::new())),
        }
    }
    MultiPolygon::new(polygone)
}
