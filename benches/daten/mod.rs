//! Synthetic land use: a planar partition of parcel-like areas that share their
//! borders bit for bit (4 to 40 points, mean 23), and Ortsteile (260 to 460 points)
//! whose borders cut across them. EPSG:25832, coordinates rounded to 1 mm.
//! Deterministic: every random value is a hash of the grid position and a seed.

use std::f64::consts::PI;

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use zielraum::verschneidung::anteil::Gebiet;

/// Mesh of the partition, metres.
pub const SEITE_M: f64 = 76.0;
/// Its south-west corner, EPSG:25832.
pub const ECKE: [f64; 2] = [400_000.0, 5_600_000.0];

/// One area of the partition.
pub struct Flaeche {
    /// 0 to 15.
    pub nutzung: u8,
    /// Valid polygon.
    pub geom: MultiPolygon<f64>,
}

/// A plan with its Ortsteile.
pub struct Daten {
    /// The partition.
    pub flaechen: Vec<Flaeche>,
    /// They cover the plan and reach beyond it.
    pub ortsteile: Vec<Gebiet>,
    /// The outer border of the partition, point for point.
    pub geltungsbereich: MultiPolygon<f64>,
}

/// `spalten` × `zeilen` areas under `ost` × `nord` Ortsteile.
pub fn erzeuge([spalten, zeilen]: [u32; 2], [ost, nord]: [u32; 2]) -> Daten {
    let netz = Gitter {
        saat: 1,
        verzerrung: 1.1,
        punkte: (0, 9),
        ausschlag: 0.10,
        ecke: ECKE,
        masche: [SEITE_M; 2],
    };
    let flaechen = positionen(spalten, zeilen)
        .map(|(i, j)| Flaeche {
            nutzung: nutzung(i, j),
            geom: netz.zelle(i, j),
        })
        .collect();
    let ortsteile = ortsteile([spalten, zeilen], [ost, nord]);
    Daten {
        flaechen,
        ortsteile,
        geltungsbereich: netz.umriss(spalten, zeilen),
    }
}

/// The Ortsteile alone.
fn ortsteile([spalten, zeilen]: [u32; 2], [ost, nord]: [u32; 2]) -> Vec<Gebiet> {
    let grob = |n: u32, m: u32| f64::from(n) * SEITE_M / (f64::from(m) - 0.5);
    let masche = [grob(spalten, ost), grob(zeilen, nord)];
    let grenzen = Gitter {
        saat: 101,
        verzerrung: 0.0,
        punkte: (60, 60),
        ausschlag: 0.02,
        ecke: [ECKE[0] - 0.25 * masche[0], ECKE[1] - 0.25 * masche[1]],
        masche,
    };
    (1..)
        .zip(positionen(ost, nord))
        .map(|(id, (i, j))| Gebiet {
            id,
            geom: grenzen.zelle(i, j),
        })
        .collect()
}

fn positionen(spalten: u32, zeilen: u32) -> impl Iterator<Item = (u32, u32)> {
    (0..zeilen).flat_map(move |j| (0..spalten).map(move |i| (i, j)))
}

/// Uniform in 0..1 from a position and a seed (splitmix64).
pub fn zufall(ort: u64, saat: u64) -> f64 {
    let mut z = ort
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(saat.wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn stelle(i: u32, j: u32) -> u64 {
    u64::from(i) * 1_000_003 + u64::from(j)
}

/// Whole number 0 to `anzahl` - 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and not negative"
)]
fn ganz(zufall: f64, anzahl: u32) -> u32 {
    (zufall * f64::from(anzahl)) as u32
}

/// Half of the areas share the use of their neighbourhood.
#[expect(clippy::cast_possible_truncation, reason = "below 16")]
fn nutzung(i: u32, j: u32) -> u8 {
    let hier = stelle(i, j);
    let z = if zufall(hier, 9) < 0.55 {
        zufall(stelle(i / 5, j / 5), 10)
    } else {
        zufall(hier, 8)
    };
    ganz(z, 16) as u8
}

struct Gitter {
    saat: u64,
    verzerrung: f64,
    /// Points between two nodes: at least, and so many more.
    punkte: (u32, u32),
    /// Deviation of a border from the straight line, share of its length.
    ausschlag: f64,
    ecke: [f64; 2],
    masche: [f64; 2],
}

impl Gitter {
    fn knoten(&self, i: u32, j: u32) -> [f64; 2] {
        let (x, y) = (f64::from(i), f64::from(j));
        let zitter = |saat| 0.20 * (2.0 * zufall(stelle(i, j), saat) - 1.0);
        [
            x + self.verzerrung * (x * 0.3 + y * 0.02).sin() + zitter(self.saat),
            y + self.verzerrung * (y * 0.3 + x * 0.02).sin() + zitter(self.saat + 1),
        ]
    }

    /// The border from node (i, j) one step east or north, both nodes included.
    fn grenze(&self, i: u32, j: u32, nach_norden: bool) -> Vec<Coord<f64>> {
        let von = self.knoten(i, j);
        let bis = if nach_norden {
            self.knoten(i, j + 1)
        } else {
            self.knoten(i + 1, j)
        };
        let weg = [bis[0] - von[0], bis[1] - von[1]];
        let kante = stelle(i, j) * 2 + u64::from(nach_norden);
        let (mindestens, mehr) = self.punkte;
        let punkte = mindestens + ganz(zufall(kante, self.saat + 2), mehr + 1);
        let mm = |v: f64| (v * 1000.0).round() / 1000.0;
        (0..=punkte + 1)
            .map(|nr| {
                let laengs = f64::from(nr) / f64::from(punkte + 1);
                let quer = if nr == 0 || nr == punkte + 1 {
                    0.0
                } else {
                    let zufall = zufall(kante * 101 + u64::from(nr), self.saat + 3);
                    self.ausschlag * (PI * laengs).sin() * (2.0 * zufall - 1.0)
                };
                let ost = von[0] + weg[0] * laengs - weg[1] * quer;
                let nord = von[1] + weg[1] * laengs + weg[0] * quer;
                Coord {
                    x: mm(self.ecke[0] + self.masche[0] * ost),
                    y: mm(self.ecke[1] + self.masche[1] * nord),
                }
            })
            .collect()
    }

    fn zelle(&self, i: u32, j: u32) -> MultiPolygon<f64> {
        fasse([
            self.grenze(i, j, false),
            self.grenze(i + 1, j, true),
            umgekehrt(self.grenze(i, j + 1, false)),
            umgekehrt(self.grenze(i, j, true)),
        ])
    }

    fn umriss(&self, spalten: u32, zeilen: u32) -> MultiPolygon<f64> {
        let unten = (0..spalten).map(|i| self.grenze(i, 0, false));
        let rechts = (0..zeilen).map(|j| self.grenze(spalten, j, true));
        let oben = (0..spalten).rev();
        let oben = oben.map(|i| umgekehrt(self.grenze(i, zeilen, false)));
        let links = (0..zeilen).rev();
        let links = links.map(|j| umgekehrt(self.grenze(0, j, true)));
        fasse(unten.chain(rechts).chain(oben).chain(links))
    }
}

fn umgekehrt(mut linie: Vec<Coord<f64>>) -> Vec<Coord<f64>> {
    linie.reverse();
    linie
}

fn fasse(grenzen: impl IntoIterator<Item = Vec<Coord<f64>>>) -> MultiPolygon<f64> {
    let mut ring: Vec<Coord<f64>> = grenzen.into_iter().flatten().collect();
    ring.dedup();
    MultiPolygon(vec![Polygon::new(LineString(ring), Vec::new())])
}
