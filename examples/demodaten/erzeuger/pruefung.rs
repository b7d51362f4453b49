//! What must hold before a plan is written: valid areas that close to the Gemeinde.

use super::form::{P, Ring, doppelflaeche};
use super::plan::{Flaeche, Zug, umkreis};
use geo::Validation;
use std::io::{Error, Result};

/// Tolerance of the sum of all areas, m².
const TOLERANZ_M2: f64 = 0.01;

/// Refuses invalid areas, double ids and a sum other than the Gemeinde.
pub fn pruefe(gemeinde: &Ring, flaechen: &[Flaeche]) -> Result<()> {
    let mut kennungen: Vec<&str> = flaechen.iter().map(|f| f.id.as_str()).collect();
    kennungen.sort_unstable();
    if let Some([id, ..]) = kennungen.windows(2).find(|w| w[0] == w[1]) {
        return Err(Error::other(format!("{id} occurs twice")));
    }
    for f in flaechen {
        let polygone: Vec<geo::Polygon> = f.polygone.iter().map(|p| vieleck(&p.ringe)).collect();
        let flaeche = geo::MultiPolygon::new(polygone);
        if !flaeche.is_valid() {
            return Err(Error::other(format!("{} is not valid", f.id)));
        }
    }
    let summe: f64 = flaechen
        .iter()
        .flat_map(|f| &f.polygone)
        .flat_map(|p| &p.ringe)
        .map(|r| flaeche(r))
        .sum();
    let soll = doppelflaeche(&gemeinde.ecken) as f64 / 2.0e6;
    if (summe - soll).abs() > TOLERANZ_M2 {
        return Err(Error::other(format!(
            "areas {summe:.4} m², Gemeinde {soll:.4} m²"
        )));
    }
    Ok(())
}

/// Corners of a ring, of an arc its three.
pub fn stuetzpunkte(zuege: &[Zug]) -> Vec<P> {
    zuege
        .iter()
        .flat_map(|z| match z {
            Zug::Linie(l) => l[..l.len() - 1].to_vec(),
            Zug::Bogen(b) => b[..2].to_vec(),
        })
        .collect()
}

fn vieleck(ringe: &[Vec<Zug>]) -> geo::Polygon {
    let mut ringe = ringe.iter().map(|r| {
        let ecken = stuetzpunkte(r);
        let ecken = ecken.iter().map(|p| (p.v().x, p.v().y));
        ecken.collect::<geo::LineString>()
    });
    let aussen = ringe
        .next()
        .unwrap_or_else(|| geo::LineString::new(Vec::new()));
    geo::Polygon::new(aussen, ringe.collect())
}

/// Signed area with the segments of circles between arc and chords, m².
fn flaeche(zuege: &[Zug]) -> f64 {
    let sehnen = doppelflaeche(&stuetzpunkte(zuege)) as f64 / 2.0e6;
    let boegen: f64 = zuege
        .iter()
        .map(|z| match z {
            Zug::Linie(_) => 0.0,
            Zug::Bogen([a, m, b]) => segment(*a, *m, *b),
        })
        .sum();
    sehnen + boegen
}

/// Area between an arc and its two chords a–m and m–b, positive for an arc that turns left.
fn segment(a: P, m: P, b: P) -> f64 {
    let (_, r) = umkreis(a.v(), m.v(), b.v());
    let kappe = |p: P, q: P| {
        let w = 2.0 * (p.v().abstand(q.v()) / (2.0 * r)).clamp(-1.0, 1.0).asin();
        r * r * (w - w.sin()) / 2.0
    };
    let links = doppelflaeche(&[a, m, b]).signum();
    (kappe(a, m) + kappe(m, b)) * if links > 0 { 1.0 } else { -1.0 }
}
