//! From the map to the areas of one plan: bands and circles over cells, partitioned exactly.

use super::band::{Band, Bogenzaehler, fluss, kreis, trasse};
use super::form::{P, Ring, V};
use super::grenzen::strecken;
use super::karte::{LECH, Mischung, ZONEN};
use super::teilung::{Marke, Regeln, Teil, Teilung};
use super::zellen::{Zellen, abstand, zellen};
use super::zerlegung::Strecke;
use super::zufall::{Zufall, streuwert};
use std::collections::BTreeMap;

/// Which of the two plans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stand {
    /// In force, 2001.
    Wirksam,
    /// Draft, 2025.
    Entwurf,
}

/// One area of the plan.
pub struct Flaeche {
    /// `gml:id` without its prefix.
    pub id: String,
    /// Key of the land use, after a colon the code.
    pub art: &'static str,
    pub rechtsstand: Option<&'static str>,
    pub aufschrift: Option<&'static str>,
    pub polygone: Vec<Polygon>,
}

/// Rings, the first one outside.
pub struct Polygon {
    pub ringe: Vec<Vec<Zug>>,
}

/// A piece of a ring; the next one starts where it ends.
#[derive(Clone)]
pub enum Zug {
    /// Straight pieces through these corners.
    Linie(Vec<P>),
    /// Circular arc through three corners.
    Bogen([P; 3]),
}

/// What lies over the cells: a ring with its own label.
struct Auflage {
    name: String,
    art: &'static str,
    aufschrift: Option<&'static str>,
    ring: Ring,
}

/// Everything both plans are drawn from.
pub struct Grundlage {
    zellen: Zellen,
    auflagen: Vec<Auflage>,
}

/// A96, B17, roads and railway: name, use, title, width in metres, anchors with radius.
type Trasse = (
    &'static str,
    &'static str,
    &'static str,
    f64,
    &'static [(f64, f64, f64)],
);

#[rustfmt::skip] // a table: one row a line
const TRASSEN: &[Trasse] = &[
    ("a96", "verkehr_strasse:1000", "A 96", 46.0, &[(2.80, 8.60, 0.0), (3.75, 8.98, 1400.0), (4.45, 9.07, 2000.0), (5.65, 9.20, 1800.0), (6.90, 9.08, 1600.0), (7.95, 8.98, 1500.0), (9.40, 8.45, 0.0)]),
    ("b17", "verkehr_strasse:1200", "B 17", 28.0, &[(4.62, 10.95, 0.0), (4.42, 9.85, 800.0), (4.46, 8.75, 900.0), (4.33, 7.45, 900.0), (4.29, 6.40, 900.0), (4.06, 5.20, 900.0), (3.66, 3.70, 1000.0), (3.38, 2.40, 900.0), (3.25, 0.60, 0.0)]),
    ("st-erpfting", "verkehr_strasse:1200", "St 2054", 19.0, &[(0.40, 4.55, 0.0), (1.45, 4.64, 260.0), (2.12, 4.46, 220.0), (2.90, 4.78, 260.0), (3.62, 5.75, 300.0), (4.29, 6.33, 0.0)]),
    ("st-landsberg-reisch", "verkehr_strasse:1200", "St 2450", 18.0, &[(4.29, 6.33, 0.0), (4.74, 7.14, 240.0), (5.24, 7.33, 200.0), (5.66, 7.40, 300.0), (6.05, 7.43, 150.0), (6.52, 7.62, 240.0), (7.40, 7.62, 300.0), (8.10, 7.50, 300.0), (8.84, 7.58, 250.0), (9.60, 7.42, 0.0)]),
    ("st-pitzling", "verkehr_strasse:1200", "St 2054 Süd", 17.0, &[(6.30, 7.53, 0.0), (6.40, 6.48, 260.0), (6.20, 5.10, 300.0), (6.50, 4.30, 240.0), (6.36, 3.50, 200.0), (6.78, 2.60, 260.0), (6.72, 1.75, 260.0), (7.02, 0.60, 0.0)]),
    ("kr-nord", "verkehr_strasse:1200", "LL 11", 16.0, &[(6.30, 7.53, 0.0), (6.48, 8.32, 240.0), (6.88, 9.00, 260.0), (7.20, 10.20, 0.0)]),
    ("kr-ellighofen", "verkehr_strasse:1200", "LL 22", 16.0, &[(0.60, 1.98, 0.0), (1.85, 2.20, 260.0), (2.70, 1.92, 200.0), (3.36, 2.18, 0.0)]),
    ("segelfluggelaende", "verkehr_luft:3000", "Segelfluggelände", 120.0, &[(2.36, 5.46, 0.0), (2.68, 5.74, 3000.0), (3.02, 6.02, 0.0)]),
    ("bahn", "verkehr_bahn:12000", "Lechfeldbahn", 22.0, &[(4.98, 11.00, 0.0), (5.10, 10.00, 900.0), (5.22, 8.90, 900.0), (5.36, 7.80, 900.0), (5.34, 7.10, 600.0), (5.06, 6.30, 800.0), (4.86, 5.60, 900.0), (4.62, 4.60, 900.0), (4.10, 3.30, 900.0), (3.76, 2.20, 900.0), (3.58, 0.60, 0.0)]),
];

/// Circle: name, use, title, centre in kilometres, radius in metres.
type Rund = (&'static str, &'static str, &'static str, (f64, f64), f64);

/// The first one wins.
#[rustfmt::skip] // a table: one row a line
const KREISE: &[Rund] = &[
    ("kreisel-west", "verkehr_strasse:1200", "Kreisverkehr West", (4.29, 6.33), 30.0),
    ("kreisel-ost", "verkehr_strasse:1200", "Kreisverkehr Ost", (6.30, 7.53), 28.0),
    ("schleife-gruen", "gruen:24000", "Verkehrsgrün", (4.60, 8.955), 78.0),
    ("schleife", "verkehr_strasse:1400", "Anschlussstelle", (4.60, 8.955), 96.0),
    ("schleife-nord-gruen", "gruen:24000", "Verkehrsgrün", (4.28, 9.19), 74.0),
    ("schleife-nord", "verkehr_strasse:1400", "Anschlussstelle", (4.28, 9.19), 92.0),
    ("hochbehaelter", "ver_entsorgung:16002", "Hochbehälter", (7.72, 5.55), 44.0),
    ("wasserwerk", "ver_entsorgung:16000", "Wasserwerk", (6.78, 5.42), 52.0),
    ("kirche-erpfting", "gemeinbedarf:14000", "Kirche", (2.13, 4.36), 26.0),
    ("dorfplatz-reisch", "gruen:1000", "Dorfanger", (8.86, 7.67), 24.0),
];

impl Grundlage {
    pub fn neu() -> Self {
        let mut zaehler = Bogenzaehler::default();
        let mut auflagen = Vec::new();
        for (name, art, aufschrift, mitte, radius) in KREISE {
            auflagen.push(Auflage {
                name: (*name).into(),
                art,
                aufschrift: Some(aufschrift),
                ring: kreis(*mitte, *radius, &mut zaehler),
            });
        }
        for (name, art, aufschrift, breite, anker) in TRASSEN {
            let band = trasse(anker, *breite, 1250.0, &mut zaehler);
            lege_auf(&mut auflagen, name, art, aufschrift, band);
        }
        let lech = fluss(LECH, (62.0, 92.0), 900.0, &mut Zufall::neu(2001));
        let achse = lech.achse.clone();
        lege_auf(&mut auflagen, "lech", "wasser:2000", "Lech", lech);
        Self {
            zellen: zellen(&achse),
            auflagen,
        }
    }

    /// Use of an area of cells.
    fn art(stand: Stand, zone: usize, gross: usize) -> &'static str {
        let z = &ZONEN[zone];
        let alt = gezogen(z.alt, z.name, gross);
        // Where both plans mix alike, an area keeps its use.
        match stand {
            Stand::Wirksam => alt,
            Stand::Entwurf if z.alt == z.neu => alt,
            Stand::Entwurf => gezogen(z.neu, z.name, gross),
        }
    }

    /// The areas of a plan and the border of the Gemeinde with every corner they have on it.
    pub fn plan(&self, stand: Stand, gemeinde: &Ring) -> (Vec<Flaeche>, Ring) {
        let mut marken: Vec<(usize, usize)> = Vec::new();
        let mut nummer: BTreeMap<(usize, usize), Marke> = BTreeMap::new();
        for z in &self.zellen.zellen {
            nummer.entry((z.zone, z.gross)).or_insert_with(|| {
                marken.push((z.zone, z.gross));
                marken.len() - 1 + self.auflagen.len()
            });
        }
        let marke_der_zelle = |i: usize| {
            let z = &self.zellen.zellen[i];
            nummer[&(z.zone, z.gross)]
        };
        let mut linien = strecken(gemeinde);
        for a in &self.auflagen {
            linien.extend(strecken(&a.ring));
        }
        for g in &self.zellen.grenzen {
            if marke_der_zelle(g.zellen.0) != marke_der_zelle(g.zellen.1) {
                linien.extend(g.ecken.windows(2).map(|w| Strecke {
                    a: w[0],
                    b: w[1],
                    bogen: None,
                }));
            }
        }
        let marke = |v: V| {
            gemeinde.enthaelt(v).then(|| {
                self.auflagen
                    .iter()
                    .position(|a| a.ring.enthaelt(v))
                    .unwrap_or_else(|| marke_der_zelle(self.zellen.bei(v)))
            })
        };
        let zone = |m: Marke| {
            m.checked_sub(self.auflagen.len())
                .map(|i| &ZONEN[marken[i].0])
        };
        let teilung = Teilung::neu(
            &linien,
            &Regeln {
                marke: &marke,
                mindestens: &|m| match zone(m) {
                    None => 700.0,
                    Some(z) if z.fein >= 120.0 => 12_000.0,
                    Some(_) => 2200.0,
                },
                schmal: &|m| m < self.auflagen.len(),
            },
        );
        let umriss = Ring::gerade(teilung.umriss());
        let mut nach_marke: BTreeMap<Marke, Vec<Teil>> = BTreeMap::new();
        for teil in teilung.teile() {
            nach_marke.entry(teil.marke).or_default().push(teil);
        }
        let mut zaehler: BTreeMap<String, usize> = BTreeMap::new();
        let mut flaechen = Vec::new();
        for (m, teile) in nach_marke {
            let (name, art, aufschrift, ist_zone) = match m.checked_sub(self.auflagen.len()) {
                None => {
                    let a = &self.auflagen[m];
                    (a.name.clone(), a.art, a.aufschrift, None)
                }
                Some(i) => {
                    let (z, gross) = marken[i];
                    let art = Self::art(stand, z, gross);
                    let kurz = art.split(':').next().unwrap_or(art).to_lowercase();
                    let name = format!("{}-{}", kurz.replace('_', "-"), ZONEN[z].name);
                    (name, art, None, Some((z, gross)))
                }
            };
            let gruppen: Vec<Vec<&Teil>> = if mehrteilig(art, &name, teile.len()) {
                vec![teile.iter().collect()]
            } else {
                teile.iter().map(|t| vec![t]).collect()
            };
            for gruppe in gruppen {
                let n = zaehler.entry(name.clone()).or_default();
                *n += 1;
                flaechen.push(Flaeche {
                    id: format!("{name}-{n}"),
                    art,
                    rechtsstand: rechtsstand(stand, art, ist_zone, *n),
                    aufschrift,
                    polygone: gruppe.iter().map(|t| polygon(&teilung, t)).collect(),
                });
            }
        }
        (flaechen, umriss)
    }
}

fn lege_auf(
    auflagen: &mut Vec<Auflage>,
    name: &str,
    art: &'static str,
    aufschrift: &'static str,
    band: Band,
) {
    for (i, ring) in band.abschnitte.into_iter().enumerate() {
        auflagen.push(Auflage {
            name: format!("{name}-{}", i + 1),
            art,
            aufschrift: Some(aufschrift),
            ring,
        });
    }
}

fn gezogen(mischung: Mischung, zone: &str, gross: usize) -> &'static str {
    let summe: u64 = mischung.iter().map(|m| u64::from(m.1)).sum();
    let mut los = streuwert(zone, &[gross.cast_signed() as i64, 7]) % summe.max(1);
    for (art, gewicht) in mischung {
        if los < u64::from(*gewicht) {
            return art;
        }
        los -= u64::from(*gewicht);
    }
    "sonstiges"
}

/// Parts of open land and water cut by a road stay one area more often than blocks do.
fn mehrteilig(art: &str, name: &str, teile: usize) -> bool {
    let los = streuwert(name, &[teile.cast_signed() as i64]) % 3;
    teile > 1
        && match art.split(':').next().unwrap_or(art) {
            "W" | "M" | "gruen" => los < 2,
            _ => true,
        }
}

/// Code of the legal state of an area, None where the file gives none.
fn rechtsstand(
    stand: Stand,
    art: &str,
    zone: Option<(usize, usize)>,
    n: usize,
) -> Option<&'static str> {
    let nutzung = art.split(':').next().unwrap_or(art);
    let los = zone.map_or(50, |(z, gross)| {
        streuwert(
            ZONEN[z].name,
            &[gross.cast_signed() as i64, n.cast_signed() as i64],
        ) % 100
    });
    if let Some((z, _)) = zone {
        let z = &ZONEN[z];
        if z.alt != z.neu && stand == Stand::Entwurf {
            let geblieben = z.alt.iter().any(|a| a.0 == art);
            return Some(if geblieben && nutzung == "abgrabung" {
                "3000"
            } else if geblieben {
                "2000"
            } else {
                "1000"
            });
        }
        if z.name == "industriebrache-ost" {
            return Some("3000");
        }
    }
    match nutzung {
        "landwirtschaft" | "wald" if los < 34 => None,
        "gruen" if los < 15 => None,
        "W" | "G" | "M" | "gruen" | "gemeinbedarf" if los >= 88 => Some("1000"),
        "S" | "W" if (15..18).contains(&los) => Some("3000"),
        _ => Some("2000"),
    }
}

fn polygon(teilung: &Teilung, teil: &Teil) -> Polygon {
    Polygon {
        ringe: teil.ringe.iter().map(|r| zuege(teilung, r)).collect(),
    }
}

/// Shortest rise of an arc over its chord that is worth an arc, metres.
const PFEIL: f64 = 0.4;

/// Straight pieces and arcs of a ring. An arc ends where the arc of the map ends or another
/// border meets it, so both neighbours find the same one.
fn zuege(teilung: &Teilung, ring: &[usize]) -> Vec<Zug> {
    let n = ring.len();
    let bogen = |i: usize| teilung.bogen(ring[i % n], ring[(i + 1) % n]);
    let bruch = |i: usize| {
        teilung.ist_knoten(ring[i % n]) || bogen(i) != bogen(i + n - 1) || bogen(i).is_none()
    };
    let Some(start) = (0..n).find(|i| bruch(*i)) else {
        return vec![Zug::Linie(
            ring.iter()
                .chain(&ring[..1])
                .map(|e| teilung.ecken[*e])
                .collect(),
        )];
    };
    let mut zuege: Vec<Zug> = Vec::new();
    let mut i = start;
    while i < start + n {
        let mut ende = i + 1;
        while ende < start + n && !bruch(ende) {
            ende += 1;
        }
        let lauf: Vec<P> = (i..=ende).map(|k| teilung.ecken[ring[k % n]]).collect();
        match (bogen(i), als_bogen(&lauf)) {
            (Some(_), Some(b)) => zuege.push(Zug::Bogen(b)),
            _ => match zuege.last_mut() {
                Some(Zug::Linie(l)) => l.extend(&lauf[1..]),
                _ => zuege.push(Zug::Linie(lauf)),
            },
        }
        i = ende;
    }
    zuege
}

/// Start, middle and end of a run of corners on a circle, the same seen from both sides.
fn als_bogen(lauf: &[P]) -> Option<[P; 3]> {
    if lauf.len() < 5 {
        return None;
    }
    let (a, b) = (lauf[0], lauf[lauf.len() - 1]);
    let k = (lauf.len() - 1) / 2;
    let m = if a < b {
        lauf[k]
    } else {
        lauf[lauf.len() - 1 - k]
    };
    let pfeil = abstand(&[a.v(), b.v()], m.v());
    if pfeil < PFEIL {
        return None;
    }
    let (mitte, radius) = umkreis(a.v(), m.v(), b.v());
    lauf.iter()
        .all(|p| (p.v().abstand(mitte) - radius).abs() < 0.12)
        .then_some([a, m, b])
}

/// Centre and radius of the circle through three points.
pub fn umkreis(a: V, b: V, c: V) -> (V, f64) {
    let (bx, by, cx, cy) = (b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y);
    let d = 2.0 * (bx * cy - by * cx);
    let (b2, c2) = (bx * bx + by * by, cx * cx + cy * cy);
    let (ux, uy) = ((cy * b2 - by * c2) / d, (bx * c2 - cx * b2) / d);
    (a.plus(ux, uy), (ux * ux + uy * uy).sqrt())
}
