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

fn polygone(stufe: &Stufe, objekt: u32) -> MultiPolygon<f64> {
    let linie = |zug: &[Gitter]| -> LineString<f64> {
        zug.iter()
            .map(|p| (f64::from(p[0]), f64::from(p[1])))
            .collect()
    };
    let mut polygone: Vec<Polygon<f64>> = Vec::new();
    for (art, zug) in stufe.zuege(objekt) {
        match (art, polygone.last_mut()) {
            (Zugart::Innen, Some(polygon)) => polygon.interiors_push(linie(zug)),
            _ => polygone.push(Polygon::new(linie(zug), Vec::new())),
        }
    }
    MultiPolygon::new(polygone)
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
        let flaeche = polygone(stufe, objekt);
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

#[test]
fn outlines_stay_closed_where_nothing_is_outside() {
    // The first and the finest zoom keep every area, and the straight outline exactly.
    let mut wuerfel = Wuerfel(77);
    let gebiete = aufteilung(&mut wuerfel, 12, 30);
    let mut netz = netz(&gebiete, &EBENE);
    let fein = netz.fein();
    assert_eq!(fein.len(), gebiete.len());
    for objekt in 0..u32::try_from(gebiete.len()).unwrap() {
        assert!(fein.kasten(objekt).is_some());
    }
}
