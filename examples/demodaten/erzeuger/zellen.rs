//! Small irregular cells the areas are put together from: jittered places, denser in the
//! built-up town, their Voronoi borders drawn as broken lines. Both plans use the same cells, so
//! an unchanged border is the same line in both.

use super::form::{P, V, bruchlinie, enthaelt};
use super::karte::{ZONEN, Zone, zone_bei};
use super::zufall::{Zufall, streuwert};
use spade::{DelaunayTriangulation, HasPosition, Point2, Triangulation, handles::VoronoiVertex};
use std::collections::BTreeMap;

/// One cell and the area it belongs to: zone and number within the zone.
pub struct Zelle {
    pub ort: V,
    pub zone: usize,
    pub gross: usize,
    ring: Vec<P>,
}

/// Border between two cells.
pub struct Grenze {
    pub zellen: (usize, usize),
    pub ecken: Vec<P>,
}

/// All cells of the map.
pub struct Zellen {
    pub zellen: Vec<Zelle>,
    pub grenzen: Vec<Grenze>,
}

struct Ort {
    v: V,
    nr: usize,
}

impl HasPosition for Ort {
    type Scalar = f64;
    fn position(&self) -> Point2<f64> {
        Point2::new(self.v.x, self.v.y)
    }
}

/// How far a place of a grid strays, in steps.
const UNRUHE: f64 = 0.30;

/// Cells over the whole map; `achse` is the axis of the river.
pub fn zellen(achse: &[V]) -> Zellen {
    let mut zellen: Vec<Zelle> = Vec::new();
    for (nr, zone) in ZONEN.iter().enumerate() {
        let gross = gitter(zone, "gross", zone.grob);
        for ort in gitter(zone, "fein", zone.fein) {
            if zone_bei(ort, &|| abstand(achse, ort)) != nr
                || zellen
                    .iter()
                    .any(|z| z.ort.abstand(ort) < 0.52 * zone.fein.min(ZONEN[z.zone].fein))
            {
                continue;
            }
            let naechster = (0..gross.len())
                .min_by(|a, b| gross[*a].abstand(ort).total_cmp(&gross[*b].abstand(ort)));
            zellen.push(Zelle {
                ort,
                zone: nr,
                gross: naechster.unwrap_or(0),
                ring: Vec::new(),
            });
        }
    }
    let grenzen = grenzen(&mut zellen);
    Zellen { zellen, grenzen }
}

impl Zellen {
    /// Number of the cell at a place.
    pub fn bei(&self, v: V) -> usize {
        let mut nah: Vec<usize> = (0..self.zellen.len())
            .filter(|i| self.zellen[*i].ort.abstand(v) < 500.0)
            .collect();
        nah.sort_by(|a, b| {
            let d = |i: usize| self.zellen[i].ort.abstand(v);
            d(*a).total_cmp(&d(*b))
        });
        let drin = nah.iter().find(|i| enthaelt(&self.zellen[**i].ring, v));
        drin.or(nah.first()).copied().unwrap_or(0)
    }
}

/// Distance to a line, metres.
pub fn abstand(linie: &[V], p: V) -> f64 {
    linie
        .windows(2)
        .map(|w| {
            let (dx, dy) = (w[1].x - w[0].x, w[1].y - w[0].y);
            let t = ((p.x - w[0].x) * dx + (p.y - w[0].y) * dy) / (dx * dx + dy * dy);
            w[0].zu(w[1], t.clamp(0.0, 1.0)).abstand(p)
        })
        .fold(f64::INFINITY, f64::min)
}

/// Jittered, turned grid over the extent of a zone; empty for step 0.
fn gitter(zone: &Zone, zweck: &str, schritt: f64) -> Vec<V> {
    if schritt <= 0.0 {
        return Vec::new();
    }
    let (mitte, weite) = zone.gestalt.ausdehnung();
    let mut zufall = Zufall::neu(streuwert(zone.name, &[zweck.len().cast_signed() as i64]));
    let (s, c) = zufall.um_null(0.6).sin_cos();
    let mut orte = Vec::new();
    let mut j = -weite - schritt;
    while j < weite + schritt {
        let mut i = -weite - schritt;
        while i < weite + schritt {
            let (gx, gy) = (
                i + zufall.um_null(UNRUHE) * schritt,
                j + zufall.um_null(UNRUHE) * schritt,
            );
            let v = mitte.plus(c * gx - s * gy, s * gx + c * gy);
            if (-300.0..10_500.0).contains(&v.x) && (-200.0..11_800.0).contains(&v.y) {
                orte.push(v);
            }
            i += schritt;
        }
        j += schritt;
    }
    orte
}

/// Voronoi borders as broken lines, and the rings of the cells from them.
fn grenzen(zellen: &mut [Zelle]) -> Vec<Grenze> {
    let netz = DelaunayTriangulation::<Ort>::bulk_load(
        zellen
            .iter()
            .enumerate()
            .map(|(nr, z)| Ort { v: z.ort, nr })
            .collect(),
    )
    .expect("finite coordinates");
    let mitten: Vec<V> = netz
        .inner_faces()
        .map(|f| f.circumcenter())
        .map(|p| V { x: p.x, y: p.y })
        .collect();
    let nummer: BTreeMap<_, usize> = netz
        .inner_faces()
        .enumerate()
        .map(|(i, f)| (f.fix().index(), i))
        .collect();
    let ende = |v: &VoronoiVertex<'_, Ort, (), (), ()>| {
        v.as_delaunay_face().map(|f| nummer[&f.fix().index()])
    };
    // Corners less than a few metres apart become one.
    let mut eins: Vec<usize> = (0..mitten.len()).collect();
    for kante in netz.undirected_voronoi_edges() {
        let [a, b] = kante.vertices();
        if let (Some(a), Some(b)) = (ende(&a), ende(&b)) {
            let (a, b) = (wurzel(&eins, a), wurzel(&eins, b));
            if a != b && mitten[a].abstand(mitten[b]) < 14.0 {
                let (a, b) = if mitten[a].mm() < mitten[b].mm() {
                    (a, b)
                } else {
                    (b, a)
                };
                eins[b] = a;
            }
        }
    }
    let mut linien: BTreeMap<(usize, usize), (usize, Vec<P>)> = BTreeMap::new();
    for kante in netz.undirected_voronoi_edges() {
        let [a, b] = kante.vertices();
        let (Some(a), Some(b)) = (ende(&a), ende(&b)) else {
            continue;
        };
        let (a, b) = (wurzel(&eins, a), wurzel(&eins, b));
        // Flat triangles at the rim of the grid have their centres far away.
        let fern = |v: V| v.abstand(V::km(5.0, 5.8)) > 9000.0;
        if fern(mitten[a]) || fern(mitten[b]) {
            continue;
        }
        let paar = kante.as_delaunay_edge().vertices().map(|v| v.data().nr);
        let paar = (paar[0].min(paar[1]), paar[0].max(paar[1]));
        let linie = if a == b {
            Vec::new()
        } else {
            zeichne(zellen, paar, mitten[a], mitten[b])
        };
        linien.insert(paar, (a, linie));
    }
    for flaeche in netz.voronoi_faces() {
        let nr = flaeche.as_delaunay_vertex().data().nr;
        let mut ring: Vec<P> = Vec::new();
        for kante in flaeche.adjacent_edges() {
            let paar = kante.as_undirected().as_delaunay_edge().vertices();
            let paar = paar.map(|v| v.data().nr);
            let von = ende(&kante.from()).map(|a| wurzel(&eins, a));
            let Some((anfang, linie)) = linien.get(&(paar[0].min(paar[1]), paar[0].max(paar[1])))
            else {
                continue;
            };
            if von == Some(*anfang) {
                ring.extend(linie);
            } else {
                ring.extend(linie.iter().rev());
            }
        }
        ring.dedup();
        zellen[nr].ring = ring;
    }
    linien
        .into_iter()
        .map(|(zellen, (_, ecken))| Grenze { zellen, ecken })
        .collect()
}

fn wurzel(eins: &[usize], mut i: usize) -> usize {
    while eins[i] != i {
        i = eins[i];
    }
    i
}

/// Roughness by what meets: woods and open land wind more than blocks of houses.
fn zeichne(zellen: &[Zelle], paar: (usize, usize), a: V, b: V) -> Vec<P> {
    let zone = |i: usize| -> &Zone { &ZONEN[zellen[i].zone] };
    let fein = zone(paar.0).fein.min(zone(paar.1).fein);
    let wald = [paar.0, paar.1]
        .iter()
        .any(|i| zone(*i).alt[0].0.starts_with("wald"));
    let rauheit = if wald {
        0.15
    } else if fein < 120.0 {
        0.05
    } else {
        0.09
    };
    let stueck = if fein < 120.0 { 34.0 } else { 80.0 };
    let mut zufall = Zufall::neu(streuwert(
        "grenze",
        &[a.mm().x + b.mm().x, a.mm().y + b.mm().y],
    ));
    let (von, nach) = if a.mm() < b.mm() { (a, b) } else { (b, a) };
    let mut linie = vec![von.mm()];
    linie.extend(
        bruchlinie(von, nach, stueck, rauheit, &mut zufall)
            .iter()
            .map(|v| v.mm()),
    );
    linie.push(nach.mm());
    if a.mm() >= b.mm() {
        linie.reverse();
    }
    linie
}
