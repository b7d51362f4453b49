//! Areas along a line: roads and railways with true arcs in their bends, the river without.

use super::form::{P, Ring, V, kurve};
use super::zufall::Zufall;

/// A band cut into sections that share their end edges.
pub struct Band {
    pub abschnitte: Vec<Ring>,
    /// Centre line, for lines in the plan.
    pub achse: Vec<V>,
}

/// Hands out the numbers of arcs.
#[derive(Default)]
pub struct Bogenzaehler(u32);

impl Bogenzaehler {
    fn naechster(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

struct Station {
    ort: V,
    /// Unit vector along the line.
    dir: (f64, f64),
    /// Arc the piece to the next station belongs to.
    bogen: Option<u32>,
}

/// Straight pieces joined by arcs of (at most) the radius given with each anchor, metres.
pub fn trasse(
    anker: &[(f64, f64, f64)],
    breite: f64,
    abschnitt: f64,
    zaehler: &mut Bogenzaehler,
) -> Band {
    let orte: Vec<V> = anker.iter().map(|a| V::km(a.0, a.1)).collect();
    let mut stationen = Vec::new();
    let mut start = orte[0];
    for i in 1..orte.len() {
        let (a, b) = (orte[i - 1], orte[i]);
        let dir = a.richtung(b);
        let Some(&c) = orte.get(i + 1) else {
            gerade(&mut stationen, start, b, dir);
            stationen.push(Station {
                ort: b,
                dir,
                bogen: None,
            });
            break;
        };
        let danach = b.richtung(c);
        let kreuz = dir.0 * danach.1 - dir.1 * danach.0;
        let winkel = kreuz.atan2(dir.0 * danach.0 + dir.1 * danach.1);
        let tangente = (anker[i].2 * (winkel.abs() / 2.0).tan())
            .min(0.45 * a.abstand(b))
            .min(0.45 * b.abstand(c));
        let radius = tangente / (winkel.abs() / 2.0).tan();
        let anfang = b.plus(-dir.0 * tangente, -dir.1 * tangente);
        gerade(&mut stationen, start, anfang, dir);
        let seite = winkel.signum();
        let mitte = anfang.plus(-dir.1 * radius * seite, dir.0 * radius * seite);
        let mut schritte = 8.0;
        while radius * winkel.abs() / schritte > 12.0 {
            schritte += 2.0;
        }
        let nummer = zaehler.naechster();
        let mut k = 0.0;
        while k < schritte {
            let (s, c) = (winkel * k / schritte).sin_cos();
            let d = (dir.0 * c - dir.1 * s, dir.0 * s + dir.1 * c);
            stationen.push(Station {
                ort: mitte.plus(d.1 * radius * seite, -d.0 * radius * seite),
                dir: d,
                bogen: Some(nummer),
            });
            k += 1.0;
        }
        start = b.plus(danach.0 * tangente, danach.1 * tangente);
    }
    streifen(&stationen, |_| breite / 2.0, abschnitt)
}

fn gerade(stationen: &mut Vec<Station>, a: V, b: V, dir: (f64, f64)) {
    let mut teile = 1.0;
    while a.abstand(b) / teile > 260.0 {
        teile += 1.0;
    }
    let mut k = 0.0;
    while k < teile {
        stationen.push(Station {
            ort: a.zu(b, k / teile),
            dir,
            bogen: None,
        });
        k += 1.0;
    }
}

/// A river: smooth banks of changing width, metres.
pub fn fluss(
    anker: &[(f64, f64)],
    breite: (f64, f64),
    abschnitt: f64,
    zufall: &mut Zufall,
) -> Band {
    let orte: Vec<V> = anker.iter().map(|a| V::km(a.0, a.1)).collect();
    let achse = kurve(&orte, 62.0);
    let n = achse.len();
    let halb: Vec<f64> = (0..n)
        .map(|_| breite.0 / 2.0 + zufall.anteil() * (breite.1 - breite.0) / 2.0)
        .collect();
    let stationen: Vec<Station> = (0..n)
        .map(|i| Station {
            ort: achse[i],
            dir: achse[i.saturating_sub(1)].richtung(achse[(i + 1).min(n - 1)]),
            bogen: None,
        })
        .collect();
    streifen(
        &stationen,
        |i| (halb[i] + halb[i.saturating_sub(1)] + halb[(i + 1).min(n - 1)]) / 3.0,
        abschnitt,
    )
}

fn streifen(stationen: &[Station], halbe_breite: impl Fn(usize) -> f64, abschnitt: f64) -> Band {
    let seite = |i: usize, vorzeichen: f64| -> P {
        let s = &stationen[i];
        let w = halbe_breite(i) * vorzeichen;
        s.ort.plus(-s.dir.1 * w, s.dir.0 * w).mm()
    };
    let bogen = |i: usize, innen: bool| stationen.get(i).filter(|_| innen).and_then(|s| s.bogen);
    let mut abschnitte = Vec::new();
    let (mut von, mut lang) = (0, 0.0);
    for i in 1..stationen.len() {
        lang += stationen[i - 1].ort.abstand(stationen[i].ort);
        let ende = i + 1 == stationen.len();
        // Arcs stay whole: a section ends on a straight piece.
        if !ende && (lang < abschnitt || stationen[i].bogen.is_some()) {
            continue;
        }
        let mut ring = Ring::default();
        for k in von..=i {
            ring.ecken.push(seite(k, -1.0));
            ring.bogen.push(bogen(k, k < i).map(|b| b * 2));
        }
        for k in (von..=i).rev() {
            ring.ecken.push(seite(k, 1.0));
            ring.bogen
                .push(bogen(k.wrapping_sub(1), k > von).map(|b| b * 2 + 1));
        }
        abschnitte.push(ring);
        von = i;
        lang = 0.0;
    }
    Band {
        abschnitte,
        achse: stationen.iter().map(|s| s.ort).collect(),
    }
}

/// Circle of four quarter arcs; centre in kilometres, radius in metres.
pub fn kreis(mitte: (f64, f64), radius: f64, zaehler: &mut Bogenzaehler) -> Ring {
    let m = V::km(mitte.0, mitte.1);
    let mut ring = Ring::default();
    for viertel in 0..4_u8 {
        let nummer = zaehler.naechster() * 2;
        for k in 0..8_u8 {
            let w = (f64::from(viertel) + f64::from(k) / 8.0) * std::f64::consts::FRAC_PI_2;
            ring.ecken
                .push(m.plus(radius * w.cos(), radius * w.sin()).mm());
            ring.bogen.push(Some(nummer));
        }
    }
    ring
}
