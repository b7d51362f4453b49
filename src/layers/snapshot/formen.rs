//! Geometries of a block in whole millimetres: 8 bytes a position instead of 40 of text.
//!
//! Relative to one fixed origin, so that equal positions are equal numbers in all blocks and
//! after every edit; ±2,147 km around it hold all of central Europe in EPSG:25832.

use crate::layers::geojson::{Folge, Kopf, Leser};

/// Easting and northing of the origin, metres.
pub(super) const URSPRUNG: [f64; 2] = [500_000.0, 5_400_000.0];
/// Deepest nesting of collections we follow.
const TIEFE_MAX: u8 = 8;
/// What no box excludes: the geometry could not be kept, PostGIS is asked.
pub(super) const UNBEKANNT: [i32; 4] = [i32::MIN, i32::MIN, i32::MAX, i32::MAX];
/// What no box meets: there is no geometry.
pub(super) const OHNE: [i32; 4] = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];

/// Positions, rings and parts of many features, each level by the end of the one below.
#[derive(Debug, Default)]
pub(super) struct Formen {
    punkte: Vec<[i32; 2]>,
    ringe: Vec<u32>,
    teile: Vec<(u32, u8)>,
    /// End in `teile`, per feature.
    objekte: Vec<u32>,
}

/// One coordinate in millimetres from the origin; None beyond the range.
pub(super) fn millimeter(wert: f64, achse: usize) -> Option<i32> {
    let mm = ((wert - URSPRUNG[achse]) * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "checked against the range")]
    (mm.abs() < 2_147_000_000.0).then_some(mm as i32)
}

fn meter(mm: [i32; 2]) -> (f64, f64) {
    // Whole millimetres first: the sum in metres would carry the error of the division.
    let [x, y] = [0, 1].map(|i| (URSPRUNG[i] * 1000.0 + f64::from(mm[i])) / 1000.0);
    (x, y)
}

/// A position in metres as a snapshot keeps it, in whole millimetres; beyond its range as it is.
#[must_use]
pub fn gerundet(x: f64, y: f64) -> (f64, f64) {
    match (millimeter(x, 0), millimeter(y, 1)) {
        (Some(x), Some(y)) => meter([x, y]),
        _ => (x, y),
    }
}

/// A box in metres, widened by what rounding may have moved.
pub(super) fn kasten_mm(kasten: [f64; 4]) -> [i32; 4] {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to the range of i32"
    )]
    let grenze = |wert: f64, achse: usize, rand: f64| {
        ((wert - URSPRUNG[achse]) * 1000.0 + rand).clamp(-2_147_483_000.0, 2_147_483_000.0) as i32
    };
    [
        grenze(kasten[0], 0, -1.0),
        grenze(kasten[1], 1, -1.0),
        grenze(kasten[2], 0, 1.0),
        grenze(kasten[3], 1, 1.0),
    ]
}

/// The envelope in metres.
pub(super) fn kasten_meter(k: [i32; 4]) -> Option<[f64; 4]> {
    if k == OHNE || k == UNBEKANNT {
        return None;
    }
    let ((x0, y0), (x1, y1)) = (meter([k[0], k[1]]), meter([k[2], k[3]]));
    Some([x0, y0, x1, y1])
}

/// A point (one ring of one position), a line (one ring) or a polygon (shell, then holes,
/// closed, in stored direction).
#[derive(Debug, Clone, Copy)]
pub struct Teil<'a> {
    dimension: u8,
    punkte: &'a [[i32; 2]],
    ringe: &'a [u32],
    /// Start of the first ring in `punkte`.
    anfang: u32,
}

impl<'a> Teil<'a> {
    /// 0 point, 1 line, 2 polygon.
    #[must_use]
    pub fn dimension(&self) -> u8 {
        self.dimension
    }

    /// Its rings.
    pub fn ringe(&self) -> impl Iterator<Item = Ring<'a>> + use<'a> {
        let (punkte, mut anfang) = (self.punkte, self.anfang);
        self.ringe.iter().map(move |ende| {
            let ring = Ring(&punkte[anfang as usize..*ende as usize]);
            anfang = *ende;
            ring
        })
    }
}

/// Positions of a ring or line.
#[derive(Debug, Clone, Copy)]
pub struct Ring<'a>(&'a [[i32; 2]]);

impl<'a> Ring<'a> {
    /// Easting, northing in metres.
    #[must_use]
    pub fn meter(
        self,
    ) -> impl ExactSizeIterator<Item = (f64, f64)> + DoubleEndedIterator + use<'a> {
        self.0.iter().map(|mm| meter(*mm))
    }

    /// Whole millimetres from an origin all snapshots share: for exact comparison.
    #[must_use]
    pub fn millimeter(self) -> &'a [[i32; 2]] {
        self.0
    }
}

impl Formen {
    /// Takes the geometry of the next feature; gives its envelope. What cannot be kept
    /// (not finite, too far away, an unknown type) is [`UNBEKANNT`] and has no parts.
    pub(super) fn nimm(&mut self, ewkb: Option<&[u8]>) -> [i32; 4] {
        let stand = (self.punkte.len(), self.ringe.len(), self.teile.len());
        let kasten = match ewkb {
            None => OHNE,
            Some(bytes) => {
                let mut leser = Leser::neu(bytes);
                if self.geometrie(&mut leser, 0).is_some() {
                    huelle(&self.punkte[stand.0..])
                } else {
                    self.punkte.truncate(stand.0);
                    self.ringe.truncate(stand.1);
                    self.teile.truncate(stand.2);
                    UNBEKANNT
                }
            }
        };
        self.objekte.push(zahl(self.teile.len()));
        kasten
    }

    fn geometrie(&mut self, leser: &mut Leser<'_>, tiefe: u8) -> Option<()> {
        let kopf = leser.kopf()?;
        match kopf.typ {
            1 | 2 | 3 | 17 => self.teil(leser, &kopf),
            4..=6 | 15 | 16 => {
                for _ in 0..leser.u32()? {
                    let kopf = leser.kopf()?;
                    self.teil(leser, &kopf)?;
                }
                Some(())
            }
            7 if tiefe < TIEFE_MAX => {
                for _ in 0..leser.u32()? {
                    self.geometrie(leser, tiefe + 1)?;
                }
                Some(())
            }
            _ => None,
        }
    }

    fn teil(&mut self, leser: &mut Leser<'_>, kopf: &Kopf) -> Option<()> {
        let vorher = self.ringe.len();
        match kopf.typ {
            1 => {
                let punkt = leser.positionen(1, kopf.dimensionen)?;
                let (x, y) = punkt.xy(0);
                // How EWKB writes POINT EMPTY.
                if !(x.is_nan() || y.is_nan()) {
                    self.ring(&punkt)?;
                }
            }
            2 => self.ring(&leser.folge(kopf.dimensionen)?)?,
            3 | 17 => {
                for _ in 0..leser.u32()? {
                    self.ring(&leser.folge(kopf.dimensionen)?)?;
                }
            }
            _ => return None,
        }
        if self.ringe.len() > vorher {
            let dimension = match kopf.typ {
                1 => 0,
                2 => 1,
                _ => 2,
            };
            self.teile.push((zahl(self.ringe.len()), dimension));
        }
        Some(())
    }

    fn ring(&mut self, folge: &Folge<'_>) -> Option<()> {
        for i in 0..folge.len() {
            let (x, y) = folge.xy(i);
            self.punkte.push([millimeter(x, 0)?, millimeter(y, 1)?]);
        }
        if folge.len() > 0 {
            self.ringe.push(zahl(self.punkte.len()));
        }
        Some(())
    }

    /// Parts of the n-th feature.
    pub(super) fn teile(&self, n: usize) -> impl Iterator<Item = Teil<'_>> {
        let von = if n == 0 { 0 } else { self.objekte[n - 1] } as usize;
        (von..self.objekte[n] as usize).map(|i| {
            let (ende, dimension) = self.teile[i];
            let anfang = if i == 0 { 0 } else { self.teile[i - 1].0 } as usize;
            let erster = if anfang == 0 {
                0
            } else {
                self.ringe[anfang - 1]
            };
            Teil {
                dimension,
                punkte: &self.punkte,
                ringe: &self.ringe[anfang..ende as usize],
                anfang: erster,
            }
        })
    }

    pub(super) fn schrumpfe(&mut self) {
        self.punkte.shrink_to_fit();
        self.ringe.shrink_to_fit();
        self.teile.shrink_to_fit();
        self.objekte.shrink_to_fit();
    }

    pub(super) fn bytes(&self) -> usize {
        self.punkte.capacity() * 8
            + self.ringe.capacity() * 4
            + self.teile.capacity() * 8
            + self.objekte.capacity() * 4
    }
}

fn zahl(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn huelle(punkte: &[[i32; 2]]) -> [i32; 4] {
    punkte.iter().fold(OHNE, |k, p| {
        [
            k[0].min(p[0]),
            k[1].min(p[1]),
            k[2].max(p[0]),
            k[3].max(p[1]),
        ]
    })
}

/// The boxes share a position.
pub(super) fn beruehrt(a: [i32; 4], b: [i32; 4]) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/// The envelope of both.
pub(super) fn vereint(a: [i32; 4], b: [i32; 4]) -> [i32; 4] {
    [
        a[0].min(b[0]),
        a[1].min(b[1]),
        a[2].max(b[2]),
        a[3].max(b[3]),
    ]
}
