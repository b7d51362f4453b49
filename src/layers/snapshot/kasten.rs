//! Does a geometry meet a box? Decided here wherever millimetres cannot change the answer, and
//! left to PostGIS where they could, where the geometry is invalid, or the box has no area.

use super::Schnappschuss;
use super::formen::{Ring, Teil, UNBEKANNT, URSPRUNG};
use crate::layers::bbox::Bbox;
use crate::layers::crs::Lage;
use crate::layers::geojson::Leser;

/// What rounding to millimetres may have moved, twice over.
const RAND: f64 = 2.0;

/// A position in millimetres from the origin of the snapshots.
type Punkt = [f64; 2];

/// The answer for one feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::layers) enum Antwort {
    Ja,
    Nein,
    /// PostGIS has to say.
    Fraglich,
}

/// The boxes of a request in millimetres.
#[derive(Debug)]
pub(in crate::layers) struct Lagefrage {
    ringe: Vec<Rahmen>,
    /// One of the boxes has no area.
    flach: bool,
}

#[derive(Debug)]
struct Rahmen {
    ring: Vec<Punkt>,
    aussen: [f64; 4],
    /// A rectangle all of which lies in the ring.
    innen: Option<[f64; 4]>,
}

impl Lagefrage {
    /// The boxes in EPSG:25832; None when nothing of them lies where that system is usable.
    pub(in crate::layers) fn neu(bbox: &Bbox) -> Option<Self> {
        let ewkb = bbox.ewkb(Lage::Utm(32), 25832)?;
        let mut frage = Self {
            ringe: Vec::new(),
            flach: false,
        };
        let mut leser = Leser::neu(&ewkb);
        leser.kopf()?;
        for _ in 0..leser.u32()? {
            let kopf = leser.kopf()?;
            let folge = match kopf.typ {
                1 => leser.positionen(1, kopf.dimensionen)?,
                2 => leser.folge(kopf.dimensionen)?,
                _ => {
                    leser.u32()?;
                    leser.folge(kopf.dimensionen)?
                }
            };
            frage.flach |= kopf.typ != 3;
            let ring = (0..folge.len()).map(|i| {
                let (x, y) = folge.xy(i);
                [(x - URSPRUNG[0]) * 1000.0, (y - URSPRUNG[1]) * 1000.0]
            });
            frage.ringe.push(Rahmen::neu(ring.collect()));
        }
        Some(frage)
    }

    /// Numbers, ascending, of the features that may meet a box.
    pub(in crate::layers) fn kandidaten(&self, bild: &Schnappschuss) -> Vec<u32> {
        let mut alle: Vec<u32> = Vec::new();
        for rahmen in &self.ringe {
            let meter = [0, 1, 2, 3].map(|i| rahmen.aussen[i] / 1000.0 + URSPRUNG[i % 2]);
            alle.extend(bild.im_kasten(meter));
        }
        if self.ringe.len() > 1 {
            alle.sort_unstable();
            alle.dedup();
        }
        alle
    }

    /// Whether a feature meets one of the boxes.
    pub(in crate::layers) fn trifft(&self, bild: &Schnappschuss, nummer: u32) -> Antwort {
        let objekt = bild.objekt(nummer);
        let kasten = objekt.block.kasten(objekt.n);
        if kasten == UNBEKANNT {
            return Antwort::Fraglich;
        }
        let kasten = kasten.map(f64::from);
        let gueltig = objekt.block.gueltig(objekt.n);
        let mut fraglich = false;
        for rahmen in &self.ringe {
            match rahmen.trifft(kasten, gueltig && !self.flach, || objekt.teile()) {
                Antwort::Ja => return Antwort::Ja,
                Antwort::Nein => {}
                Antwort::Fraglich => fraglich = true,
            }
        }
        if fraglich {
            Antwort::Fraglich
        } else {
            Antwort::Nein
        }
    }
}

impl Rahmen {
    fn neu(ring: Vec<Punkt>) -> Self {
        let leer = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        let aussen = ring.iter().fold(leer, |k, p| {
            [
                k[0].min(p[0]),
                k[1].min(p[1]),
                k[2].max(p[0]),
                k[3].max(p[1]),
            ]
        });
        let innen = innen(&ring, aussen);
        Self {
            ring,
            aussen,
            innen,
        }
    }

    fn trifft<'a, T: Iterator<Item = Teil<'a>>>(
        &self,
        kasten: [f64; 4],
        genau: bool,
        teile: impl Fn() -> T,
    ) -> Antwort {
        let a = self.aussen;
        if kasten[0] > a[2] + RAND
            || kasten[2] < a[0] - RAND
            || kasten[1] > a[3] + RAND
            || kasten[3] < a[1] - RAND
        {
            return Antwort::Nein;
        }
        // All of it lies in the box: true whatever is wrong with it.
        if let Some(i) = self.innen
            && kasten[0] > i[0] + RAND
            && kasten[2] < i[2] - RAND
            && kasten[1] > i[1] + RAND
            && kasten[3] < i[3] - RAND
        {
            return Antwort::Ja;
        }
        if !genau {
            return Antwort::Fraglich;
        }
        let mut fraglich = false;
        for teil in teile() {
            match self.teil(&teil) {
                Antwort::Ja => return Antwort::Ja,
                Antwort::Nein => {}
                Antwort::Fraglich => fraglich = true,
            }
        }
        if fraglich {
            Antwort::Fraglich
        } else {
            Antwort::Nein
        }
    }

    fn teil(&self, teil: &Teil<'_>) -> Antwort {
        if let Some(i) = self.innen {
            let drin = |p: &[i32; 2]| {
                let [x, y] = p.map(f64::from);
                x > i[0] + RAND && x < i[2] - RAND && y > i[1] + RAND && y < i[3] - RAND
            };
            if teil.ringe().any(|ring| ring.millimeter().iter().any(drin)) {
                return Antwort::Ja;
            }
        }
        let mut fraglich = false;
        for ring in teil.ringe() {
            match self.rand(ring) {
                Antwort::Ja => return Antwort::Ja,
                Antwort::Nein => {}
                Antwort::Fraglich => fraglich = true,
            }
        }
        if fraglich {
            return Antwort::Fraglich;
        }
        // The borders are apart: one lies in the other, or neither.
        let erster = teil
            .ringe()
            .next()
            .and_then(|ring| ring.millimeter().first().map(|p| p.map(f64::from)));
        let drin = erster.is_some_and(|p| innerhalb(p, kanten(&self.ring)));
        let umschliesst = teil.dimension() == 2
            && teil.ringe().fold(false, |drin, ring| {
                let ring = ring.millimeter().windows(2);
                let kanten = ring.map(|k| [k[0].map(f64::from), k[1].map(f64::from)]);
                drin != innerhalb(self.ring[0], kanten)
            });
        if drin || umschliesst {
            Antwort::Ja
        } else {
            Antwort::Nein
        }
    }

    /// Whether a ring or line crosses the border of the box.
    fn rand(&self, ring: Ring<'_>) -> Antwort {
        let punkte = ring.millimeter();
        let a = self.aussen;
        let mut fraglich = false;
        // A point is an edge from itself to itself.
        let einer = [punkte[0], punkte[0]];
        let kanten_hier = if punkte.len() > 1 { punkte } else { &einer };
        for kante in kanten_hier.windows(2) {
            let (p, q) = (kante[0].map(f64::from), kante[1].map(f64::from));
            if p[0].max(q[0]) < a[0] - RAND
                || p[0].min(q[0]) > a[2] + RAND
                || p[1].max(q[1]) < a[1] - RAND
                || p[1].min(q[1]) > a[3] + RAND
            {
                continue;
            }
            for [r, s] in kanten(&self.ring) {
                match kreuzt(p, q, r, s) {
                    Antwort::Ja => return Antwort::Ja,
                    Antwort::Nein => {}
                    Antwort::Fraglich => fraglich = true,
                }
            }
        }
        if fraglich {
            Antwort::Fraglich
        } else {
            Antwort::Nein
        }
    }
}

fn kanten(ring: &[Punkt]) -> impl Iterator<Item = [Punkt; 2]> + '_ {
    ring.windows(2).map(|k| [k[0], k[1]])
}

/// Two edges: crossing beyond doubt, apart beyond doubt, or too near to tell.
fn kreuzt(p: Punkt, q: Punkt, r: Punkt, s: Punkt) -> Antwort {
    let weit =
        |i: usize| p[i].max(q[i]) + RAND < r[i].min(s[i]) || r[i].max(s[i]) + RAND < p[i].min(q[i]);
    if weit(0) || weit(1) {
        return Antwort::Nein;
    }
    let (a, b) = (seite(r, s, p), seite(r, s, q));
    let (c, d) = (seite(p, q, r), seite(p, q, s));
    let getrennt = |x: f64, y: f64| x > RAND && y > RAND || x < -RAND && y < -RAND;
    if getrennt(a, b) || getrennt(c, d) {
        return Antwort::Nein;
    }
    let gegenueber = |x: f64, y: f64| x > RAND && y < -RAND || x < -RAND && y > RAND;
    if gegenueber(a, b) && gegenueber(c, d) {
        return Antwort::Ja;
    }
    Antwort::Fraglich
}

/// Distance of a point from the line through two others, left positive; from the point itself
/// when they are one.
fn seite(r: Punkt, s: Punkt, p: Punkt) -> f64 {
    let (dx, dy) = (s[0] - r[0], s[1] - r[1]);
    let laenge = dx.hypot(dy);
    if laenge == 0.0 {
        return 0.0;
    }
    (dx * (p[1] - r[1]) - dy * (p[0] - r[0])) / laenge
}

/// Even-odd rule.
fn innerhalb(p: Punkt, kanten: impl Iterator<Item = [Punkt; 2]>) -> bool {
    let mut drin = false;
    for [a, b] in kanten {
        if (a[1] > p[1]) != (b[1] > p[1])
            && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]
        {
            drin = !drin;
        }
    }
    drin
}

/// A rectangle in a ring that is nearly one: each side moved in to the ring's innermost point
/// there, then proved by the edges.
fn innen(ring: &[Punkt], aussen: [f64; 4]) -> Option<[f64; 4]> {
    let (b, h) = (aussen[2] - aussen[0], aussen[3] - aussen[1]);
    if ring.len() < 5 || b <= 0.0 || h <= 0.0 {
        return None;
    }
    let mut k = aussen;
    for p in ring {
        let [links, unten] = [(p[0] - aussen[0]) / b, (p[1] - aussen[1]) / h];
        let (x, y) = (links.min(1.0 - links), unten.min(1.0 - unten));
        // A corner belongs to both its sides.
        if x <= y || x < 0.1 {
            if links < 0.5 {
                k[0] = k[0].max(p[0]);
            } else {
                k[2] = k[2].min(p[0]);
            }
        }
        if y <= x || y < 0.1 {
            if unten < 0.5 {
                k[1] = k[1].max(p[1]);
            } else {
                k[3] = k[3].min(p[1]);
            }
        }
    }
    if k[0] >= k[2] || k[1] >= k[3] {
        return None;
    }
    let mitte = [f64::midpoint(k[0], k[2]), f64::midpoint(k[1], k[3])];
    let ecken = [[k[0], k[1]], [k[2], k[1]], [k[2], k[3]], [k[0], k[3]]];
    let frei = kanten(ring).all(|[r, s]| {
        // The rectangle lies on one side of the edge, or the edge on one side of the rectangle.
        let seiten = ecken.map(|ecke| seite(r, s, ecke));
        seiten.iter().all(|d| *d >= 0.0)
            || seiten.iter().all(|d| *d <= 0.0)
            || r[0].max(s[0]) <= k[0]
            || r[0].min(s[0]) >= k[2]
            || r[1].max(s[1]) <= k[1]
            || r[1].min(s[1]) >= k[3]
    });
    (frei && innerhalb(mitte, kanten(ring))).then_some(k)
}
