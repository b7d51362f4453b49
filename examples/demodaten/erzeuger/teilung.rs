//! A partition of the plane without gap and overlap: lines are cut at their crossings and
//! triangulated; each triangle gets the label of its face, small faces join a neighbour, and an
//! area is the union of the triangles with one label. Neighbours share every corner exactly.

use super::form::{P, V, doppelflaeche};
use super::zerlegung::{Strecke, zerlege};
use spade::{ConstrainedDelaunayTriangulation, HasPosition, Point2, Triangulation};
use std::collections::{BTreeMap, BTreeSet};

/// Number of a label; what it stands for is known to the caller.
pub type Marke = usize;

struct Ecke {
    p: P,
    nr: usize,
}

impl HasPosition for Ecke {
    type Scalar = f64;
    fn position(&self) -> Point2<f64> {
        Point2::new(self.p.x as f64, self.p.y as f64)
    }
}

/// The rules a partition is made by.
pub struct Regeln<'a> {
    /// Label at a place; None outside.
    pub marke: &'a dyn Fn(V) -> Option<Marke>,
    /// Parts smaller than this join a neighbour, m².
    pub mindestens: &'a dyn Fn(Marke) -> f64,
    /// Labels that take in foreign parts only when nothing else is beside (roads).
    pub schmal: &'a dyn Fn(Marke) -> bool,
}

/// Triangles with labels.
pub struct Teilung {
    pub ecken: Vec<P>,
    dreiecke: Vec<[usize; 3]>,
    /// Directed edge to the triangle left of it.
    kante: BTreeMap<(usize, usize), usize>,
    marke: Vec<Option<Marke>>,
    bogen: BTreeMap<(usize, usize), u32>,
    /// Corners where other than two borders meet: no border runs through them unbroken.
    knoten: BTreeSet<usize>,
}

/// One connected part of a label: closed rings of corner numbers, the first one outside
/// (counterclockwise), the others holes.
#[derive(Debug, Clone)]
pub struct Teil {
    pub marke: Marke,
    pub ringe: Vec<Vec<usize>>,
}

impl Teilung {
    pub fn neu(linien: &[Strecke], regeln: &Regeln) -> Self {
        let strecken = zerlege(linien);
        let ecken: Vec<P> = strecken
            .iter()
            .flat_map(|s| [s.a, s.b])
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let nummer: BTreeMap<P, usize> = ecken.iter().enumerate().map(|(i, p)| (*p, i)).collect();
        let zwang: Vec<[usize; 2]> = strecken
            .iter()
            .map(|s| [nummer[&s.a], nummer[&s.b]])
            .collect();
        let netz = ConstrainedDelaunayTriangulation::<Ecke>::bulk_load_cdt(
            ecken
                .iter()
                .enumerate()
                .map(|(nr, p)| Ecke { p: *p, nr })
                .collect(),
            zwang.clone(),
        )
        .expect("finite coordinates");
        let mut dreiecke: Vec<[usize; 3]> = netz
            .inner_faces()
            .map(|f| f.vertices().map(|v| v.data().nr))
            .collect();
        dreiecke.sort_unstable();
        let mut kante = BTreeMap::new();
        for (t, d) in dreiecke.iter().enumerate() {
            for k in 0..3 {
                kante.insert((d[k], d[(k + 1) % 3]), t);
            }
        }
        let bogen = strecken
            .iter()
            .zip(&zwang)
            .filter_map(|(s, z)| s.bogen.map(|b| ((z[0].min(z[1]), z[0].max(z[1])), b)))
            .collect();
        let mut teilung = Self {
            marke: vec![None; dreiecke.len()],
            ecken,
            dreiecke,
            kante,
            bogen,
            knoten: BTreeSet::new(),
        };
        let sperre: BTreeSet<(usize, usize)> = zwang
            .iter()
            .map(|z| (z[0].min(z[1]), z[0].max(z[1])))
            .collect();
        for gesicht in teilung.gruppen(|_, _, k| !sperre.contains(&k)) {
            let groesstes = gesicht
                .iter()
                .copied()
                .max_by(|a, b| teilung.groesse(*a).total_cmp(&teilung.groesse(*b)));
            let marke = groesstes.and_then(|t| (regeln.marke)(teilung.schwerpunkt(t)));
            for t in gesicht {
                teilung.marke[t] = marke;
            }
        }
        teilung.raeume_auf(regeln);
        teilung.suche_knoten();
        teilung
    }

    /// Groups of triangles connected over edges that `offen(triangle, neighbour, edge)` lets pass.
    fn gruppen(&self, offen: impl Fn(usize, usize, (usize, usize)) -> bool) -> Vec<Vec<usize>> {
        let mut gesehen = vec![false; self.dreiecke.len()];
        let mut gruppen = Vec::new();
        for start in 0..self.dreiecke.len() {
            if gesehen[start] {
                continue;
            }
            gesehen[start] = true;
            let (mut gruppe, mut stapel) = (Vec::new(), vec![start]);
            while let Some(t) = stapel.pop() {
                gruppe.push(t);
                for (a, b) in self.kanten(t) {
                    if let Some(&n) = self.kante.get(&(b, a))
                        && !gesehen[n]
                        && offen(t, n, (a.min(b), a.max(b)))
                    {
                        gesehen[n] = true;
                        stapel.push(n);
                    }
                }
            }
            gruppe.sort_unstable();
            gruppen.push(gruppe);
        }
        gruppen
    }

    fn kanten(&self, t: usize) -> [(usize, usize); 3] {
        let d = self.dreiecke[t];
        [(d[0], d[1]), (d[1], d[2]), (d[2], d[0])]
    }

    fn laenge(&self, k: (usize, usize)) -> f64 {
        self.ecken[k.0].v().abstand(self.ecken[k.1].v())
    }

    /// m²
    fn groesse(&self, t: usize) -> f64 {
        let d = self.dreiecke[t];
        doppelflaeche(&[self.ecken[d[0]], self.ecken[d[1]], self.ecken[d[2]]]) as f64 / 2.0e6
    }

    fn schwerpunkt(&self, t: usize) -> V {
        let [a, b, c] = self.dreiecke[t].map(|i| self.ecken[i].v());
        V {
            x: (a.x + b.x + c.x) / 3.0,
            y: (a.y + b.y + c.y) / 3.0,
        }
    }

    /// Lets parts that are too small join the neighbour with the longest common border.
    fn raeume_auf(&mut self, regeln: &Regeln) {
        loop {
            let mut geaendert = false;
            let mut gruppen = self.gruppen(|t, n, _| self.marke[t] == self.marke[n]);
            gruppen.retain(|g| self.marke[g[0]].is_some());
            let flaeche =
                |teilung: &Self, g: &[usize]| g.iter().map(|t| teilung.groesse(*t)).sum::<f64>();
            let mut kleine: Vec<(f64, Vec<usize>)> = gruppen
                .into_iter()
                .map(|g| (flaeche(self, &g), g))
                .filter(|(a, g)| self.marke[g[0]].is_some_and(|m| *a < (regeln.mindestens)(m)))
                .collect();
            kleine.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for (_, gruppe) in kleine {
                let eigene = self.marke[gruppe[0]];
                let mut rand: BTreeMap<Marke, f64> = BTreeMap::new();
                for &t in &gruppe {
                    for (a, b) in self.kanten(t) {
                        let nachbar = self.kante.get(&(b, a)).and_then(|n| self.marke[*n]);
                        if let Some(m) = nachbar
                            && Some(m) != eigene
                        {
                            *rand.entry(m).or_default() += self.laenge((a, b));
                        }
                    }
                }
                let ziel = rand
                    .iter()
                    .max_by(|a, b| {
                        let schmal = |m: &Marke| (regeln.schmal)(*m);
                        schmal(b.0).cmp(&schmal(a.0)).then(a.1.total_cmp(b.1))
                    })
                    .map(|(m, _)| *m);
                if let Some(m) = ziel {
                    for t in gruppe {
                        self.marke[t] = Some(m);
                    }
                    geaendert = true;
                }
            }
            if !geaendert {
                return;
            }
        }
    }

    fn ist_grenze(&self, a: usize, b: usize) -> bool {
        let marke = |k| self.kante.get(&k).and_then(|t| self.marke[*t]);
        marke((a, b)) != marke((b, a))
    }

    fn suche_knoten(&mut self) {
        let mut grad: BTreeMap<usize, usize> = BTreeMap::new();
        for &(a, b) in self.kante.keys() {
            // Each undirected edge once; hull edges have only one direction.
            if (a < b || !self.kante.contains_key(&(b, a))) && self.ist_grenze(a, b) {
                *grad.entry(a).or_default() += 1;
                *grad.entry(b).or_default() += 1;
            }
        }
        self.knoten = grad
            .into_iter()
            .filter(|(_, g)| *g != 2)
            .map(|(e, _)| e)
            .collect();
    }

    pub fn ist_knoten(&self, ecke: usize) -> bool {
        self.knoten.contains(&ecke)
    }

    pub fn bogen(&self, a: usize, b: usize) -> Option<u32> {
        self.bogen.get(&(a.min(b), a.max(b))).copied()
    }

    /// All connected parts, in the order of their first triangle.
    pub fn teile(&self) -> Vec<Teil> {
        self.gruppen(|t, n, _| self.marke[t] == self.marke[n])
            .into_iter()
            .filter_map(|g| {
                self.marke[g[0]].map(|marke| Teil {
                    marke,
                    ringe: self.umringe(&g),
                })
            })
            .collect()
    }

    /// The outer border of everything labelled: one ring.
    pub fn umriss(&self) -> Vec<P> {
        let alle: Vec<usize> = (0..self.dreiecke.len())
            .filter(|t| self.marke[*t].is_some())
            .collect();
        self.umringe(&alle)[0]
            .iter()
            .map(|i| self.ecken[*i])
            .collect()
    }

    fn umringe(&self, gruppe: &[usize]) -> Vec<Vec<usize>> {
        let drin: BTreeSet<usize> = gruppe.iter().copied().collect();
        let innen = |k: (usize, usize)| self.kante.get(&k).is_some_and(|t| drin.contains(t));
        let mut offen: BTreeSet<(usize, usize)> = gruppe
            .iter()
            .flat_map(|t| self.kanten(*t))
            .filter(|(a, b)| !innen((*b, *a)))
            .collect();
        let mut ringe = Vec::new();
        while let Some(&start) = offen.first() {
            let mut zug = Vec::new();
            let mut k = start;
            loop {
                offen.remove(&k);
                zug.push(k.0);
                // Turn around the end corner through the triangles of the group.
                let mut t = self.kante[&k];
                k = loop {
                    let e = self.kanten(t).into_iter().find(|e| e.0 == k.1);
                    let e = e.expect("a triangle has an edge from each corner");
                    if !innen((e.1, e.0)) {
                        break e;
                    }
                    t = self.kante[&(e.1, e.0)];
                };
                if k == start {
                    break;
                }
            }
            ringe.extend(einfache(zug));
        }
        let flaeche = |r: &Vec<usize>| {
            let p: Vec<P> = r.iter().map(|i| self.ecken[*i]).collect();
            doppelflaeche(&p)
        };
        ringe.sort_by_key(|r| std::cmp::Reverse(flaeche(r)));
        ringe
    }
}

/// Splits a walk that visits a corner twice into simple rings.
fn einfache(zug: Vec<usize>) -> Vec<Vec<usize>> {
    let mut fertig = Vec::new();
    let mut weg: Vec<usize> = Vec::new();
    for ecke in zug {
        if let Some(i) = weg.iter().position(|e| *e == ecke) {
            fertig.push(weg.split_off(i));
        }
        weg.push(ecke);
    }
    fertig.push(weg);
    fertig
}
