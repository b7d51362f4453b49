//! Border of the Gemeinde and of its Ortsteile: places and names are real, lines invented.

use super::form::{P, Ring, V, bruchlinie, enthaelt};
use super::teilung::{Regeln, Teilung};
use super::zerlegung::Strecke;
use super::zufall::{Zufall, streuwert};

/// One Ortsteil as delivered.
pub struct Ortsteil {
    pub name: &'static str,
    pub kennung: &'static str,
    pub schluessel: &'static str,
    pub typ: &'static str,
    /// A place inside, kilometres.
    pub ort: (f64, f64),
}

/// In the order of their keys.
#[rustfmt::skip] // a table: one row a line
pub const ORTSTEILE: [Ortsteil; 5] = [
    ort("Kernstadt", "kernstadt", "09181130-01", "Stadtteil", (6.325, 7.573)),
    ort("Ellighofen", "ellighofen", "09181130-02", "Ortsteil", (2.715, 1.959)),
    ort("Erpfting", "erpfting", "09181130-03", "Ortsteil", (2.121, 4.380)),
    ort("Pitzling", "pitzling", "09181130-04", "Ortsteil", (6.379, 3.515)),
    ort("Reisch", "reisch", "09181130-05", "Ortsteil", (8.836, 7.635)),
];

const fn ort(
    name: &'static str,
    kennung: &'static str,
    schluessel: &'static str,
    typ: &'static str,
    ort: (f64, f64),
) -> Ortsteil {
    Ortsteil {
        name,
        kennung,
        schluessel,
        typ,
        ort,
    }
}

/// Corners of the Gemeinde, kilometres, counterclockwise; Ortsteil borders end in some of them.
#[rustfmt::skip] // a table: one row a line
const GEMEINDE: [(f64, f64); 42] = [
    (1.45, 1.30), (2.35, 0.93), (3.40, 1.15), (4.45, 1.32), (5.35, 1.15), (6.52, 0.98), (7.20, 1.35),
    (7.62, 2.15), (7.45, 3.05), (7.75, 3.75), (8.05, 4.55), (8.62, 5.10), (9.05, 5.75), (9.30, 6.50),
    (9.365, 7.40), (9.20, 8.15), (8.75, 8.55), (8.25, 8.75), (8.00, 9.25), (7.42, 9.62), (6.95, 10.05),
    (6.45, 10.677), (5.55, 10.50), (4.80, 10.35), (4.35, 9.80), (3.80, 9.55), (3.55, 8.95), (3.65, 8.45),
    (3.05, 8.10), (2.75, 7.55), (2.30, 7.15), (1.90, 6.75), (1.40, 6.50), (1.20, 5.85), (0.95, 5.35),
    (0.83, 4.75), (1.05, 4.20), (0.90, 3.70), (1.00, 3.10), (0.86, 2.55), (1.10, 2.20), (1.20, 1.65),
];

/// Borders between the Ortsteile, kilometres.
#[rustfmt::skip] // a table: one row a line
const INNEN: [&[(f64, f64)]; 7] = [
    // Erpfting – Kernstadt
    &[(3.05, 8.10), (3.62, 7.78), (3.98, 7.35), (3.95, 6.80), (4.18, 6.20), (4.34, 5.65), (4.62, 5.15)],
    // Erpfting – Pitzling
    &[(4.62, 5.15), (4.55, 4.55), (4.50, 4.00)],
    // Erpfting – Ellighofen
    &[(0.90, 3.70), (1.60, 3.25), (2.30, 3.20), (3.00, 3.05), (3.75, 3.45), (4.50, 4.00)],
    // Ellighofen – Pitzling
    &[(4.50, 4.00), (5.05, 3.72), (5.60, 3.62), (5.98, 3.42), (6.02, 2.85), (6.24, 2.45), (6.36, 1.95), (6.30, 1.45), (6.52, 0.98)],
    // Kernstadt – Pitzling
    &[(4.62, 5.15), (5.30, 5.58), (6.02, 5.62), (6.72, 5.15), (7.40, 5.25)],
    // Pitzling – Reisch
    &[(7.40, 5.25), (7.75, 4.90), (8.05, 4.55)],
    // Kernstadt – Reisch
    &[(7.40, 5.25), (7.50, 5.95), (7.44, 6.60), (7.32, 7.20), (7.36, 7.85), (7.46, 8.32), (8.25, 8.75)],
];

fn ausgefranst(anker: &[(f64, f64)], name: &str) -> Vec<P> {
    let mut linie = Vec::new();
    for (i, w) in anker.windows(2).enumerate() {
        let (a, b) = (V::km(w[0].0, w[0].1), V::km(w[1].0, w[1].1));
        let mut zufall = Zufall::neu(streuwert(name, &[i.cast_signed() as i64]));
        linie.push(a.mm());
        linie.extend(
            bruchlinie(a, b, 85.0, 0.11, &mut zufall)
                .iter()
                .map(|v| v.mm()),
        );
    }
    let letzter = anker[anker.len() - 1];
    linie.push(V::km(letzter.0, letzter.1).mm());
    linie
}

/// Border of the Gemeinde before the plans put their corners on it.
pub fn gemeinde() -> Ring {
    let mut anker = GEMEINDE.to_vec();
    anker.push(GEMEINDE[0]);
    let mut ecken = ausgefranst(&anker, "gemeinde");
    ecken.pop();
    Ring::gerade(ecken)
}

/// The Ortsteile as rings, in the order of [`ORTSTEILE`]; they share every corner with each
/// other and with `gemeinde`.
pub fn ortsteile(gemeinde: &Ring) -> Vec<Vec<P>> {
    let mut linien = strecken(gemeinde);
    let mut innen = Vec::new();
    for (i, anker) in INNEN.iter().enumerate() {
        let linie = ausgefranst(anker, &format!("ortsteile {i}"));
        innen.extend(linie.windows(2).map(|w| Strecke {
            a: w[0],
            b: w[1],
            bogen: None,
        }));
    }
    linien.extend(innen);
    let zaehler = std::cell::Cell::new(0);
    let teilung = Teilung::neu(
        &linien,
        &Regeln {
            marke: &|v| {
                zaehler.set(zaehler.get() + 1);
                gemeinde.enthaelt(v).then(|| zaehler.get())
            },
            mindestens: &|_| 100_000.0,
            schmal: &|_| false,
        },
    );
    let teile: Vec<Vec<P>> = teilung
        .teile()
        .iter()
        .map(|t| t.ringe[0].iter().map(|i| teilung.ecken[*i]).collect())
        .collect();
    assert_eq!(teile.len(), ORTSTEILE.len(), "one face per Ortsteil");
    ORTSTEILE
        .iter()
        .map(|o| {
            let innen = |t: &&Vec<P>| enthaelt(t, V::km(o.ort.0, o.ort.1));
            teile.iter().find(innen).cloned().unwrap_or_default()
        })
        .collect()
}

/// The edges of a ring.
pub fn strecken(ring: &Ring) -> Vec<Strecke> {
    let n = ring.ecken.len();
    (0..n)
        .map(|i| Strecke {
            a: ring.ecken[i],
            b: ring.ecken[(i + 1) % n],
            bogen: ring.bogen[i],
        })
        .collect()
}
