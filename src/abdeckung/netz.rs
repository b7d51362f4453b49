//! The network of a layer's borders on its way from fine to coarse.

use std::collections::HashMap;

use super::aufgehen::Verbleib;
use super::bogen::{Boegen, OBJEKTE_HOECHSTENS};
use super::eingang::Eingang;
use super::rasten::{Raster, raste};
use super::seiten::{Seite, seiten};
use super::straffen::straffe;
use super::stufe::Stufe;
use super::{Punkt, WELT_BITS, id};

/// Cells of the grid across a tile of the zoom.
pub const KACHEL: i64 = 4096;
/// Cells of the buffer around a tile: 8 of its 512 pixels.
pub const RAND: i64 = 64;
/// From here on every zoom of a world as large as the earth shows the finest shapes
/// ([`fein_bits`]).
pub const FEIN_AB: u8 = 16;
/// Grid of the finest shapes, where these begin at `fein_ab`: that of two zooms closer, 4 cm at
/// the equator for [`FEIN_AB`].
#[must_use]
pub const fn fein_bits(fein_ab: u8) -> u32 {
    fein_ab as u32 + 14
}
/// A vertex goes when its triangle is at most this many cells large: a quarter of a pixel.
const DREIECK: f64 = 16.0;
/// From so many zooms before the finest shapes on what is smaller than a pixel goes to its
/// neighbour: below zoom 12 of the earth.
pub const AUFGEHEN_VOR: u8 = 4;
/// A pixel: 8 × 8 cells.
const PIXEL: f64 = 64.0;
/// Objects in a tile; with more the smallest go to their neighbours, at any zoom.
pub const OBJEKTE_JE_KACHEL: usize = 20_000;
/// Positions in a tile, about what 500 kB hold beside the attributes.
const POSITIONEN_JE_KACHEL: usize = 150_000;

/// The borders of a layer, each once, and what became of its objects. Zooms are made from fine
/// to coarse, each from the one before.
#[derive(Debug)]
pub struct Netz {
    punkte: Vec<Punkt>,
    boegen: Boegen,
    verbleib: Verbleib,
    objekte: usize,
    fein_ab: u8,
}

/// How coordinates of the input become parts of the world: 0 to 1 from west to east and from
/// north to south.
pub trait Abbildung {
    /// One position.
    fn welt(&self, x: f64, y: f64) -> (f64, f64);
    /// An edge longer than this (in units of the input) is bent by the projection and gets
    /// vertices between; infinite where it stays straight.
    fn gerade_bis(&self) -> f64;
    /// From this zoom on every zoom shows the finest shapes: where a part of the earth is the
    /// world, earlier than [`FEIN_AB`].
    fn fein_ab(&self) -> u8 {
        FEIN_AB
    }
}

impl Netz {
    /// Nodes the shapes of `objekte` numbered objects and puts them on the world grid.
    #[must_use]
    pub fn neu(eingang: Eingang, objekte: usize, abbildung: &dyn Abbildung) -> Self {
        let objekte = objekte.min(OBJEKTE_HOECHSTENS as usize);
        let verknotet = eingang.verknote();
        let raster = verknotet.raster;
        let mut seiten = seiten(&verknotet);
        let mut roh = verknotet.punkte;
        drop(verknotet.zuege);
        unterteile(&mut seiten, &mut roh, abbildung.gerade_bis() / raster);
        let punkte: Vec<Punkt> = roh
            .iter()
            .map(|p| {
                let (x, y) = abbildung.welt(p.x as f64 * raster, p.y as f64 * raster);
                Punkt {
                    x: welt(x),
                    y: welt(y),
                }
            })
            .collect();
        drop(roh);
        // North was up, now south is: left and right have changed.
        for seite in &mut seiten {
            std::mem::swap(&mut seite.von, &mut seite.nach);
        }
        let boegen = Boegen::aus_seiten(&seiten).verbinde(&punkte);
        let verbleib = Verbleib::neu(objekte, &boegen, &punkte);
        Self {
            punkte,
            boegen,
            verbleib,
            objekte,
            fein_ab: abbildung.fein_ab(),
        }
    }

    /// From this zoom on all have the finest shapes.
    #[must_use]
    pub fn fein_ab(&self) -> u8 {
        self.fein_ab
    }

    /// Vertices the network still has.
    #[must_use]
    pub fn positionen(&self) -> usize {
        self.boegen.punkte.len()
    }

    /// Bytes held, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.punkte.len() * size_of::<Punkt>()
            + self.boegen.punkte.len() * 4
            + self.boegen.len() * 16
            + self.objekte * 14
    }

    /// The object that shows this one's area since the last zoom made; itself while it stands.
    pub fn wirt(&mut self, objekt: u32) -> u32 {
        self.verbleib.wirt(objekt)
    }

    /// The finest shapes. To be asked for first.
    #[must_use]
    pub fn fein(&mut self) -> Stufe {
        self.glaette();
        self.stufe(self.fein_ab)
    }

    /// The next coarser shapes, for one zoom below the finest.
    #[must_use]
    pub fn vergroebere(&mut self, zoom: u8) -> Stufe {
        self.raeume(zoom);
        self.stufe(zoom)
    }

    /// The shapes of one zoom alone, on the way through all finer ones. Instead of
    /// [`Self::fein`] and [`Self::vergroebere`], not after them.
    #[must_use]
    pub fn nur(mut self, zoom: u8) -> Stufe {
        self.glaette();
        for zwischen in (zoom..self.fein_ab).rev() {
            self.raeume(zwischen);
        }
        self.stufe(zoom.min(self.fein_ab))
    }

    fn glaette(&mut self) {
        let shift = WELT_BITS - fein_bits(self.fein_ab);
        self.boegen = straffe(&self.boegen, &self.punkte, 1 << (2 * shift));
    }

    fn raeume(&mut self, zoom: u8) {
        let bits = u32::from(zoom) + 12;
        let zelle = 4_f64.powi((WELT_BITS - bits).cast_signed());
        let klein = zoom + AUFGEHEN_VOR < self.fein_ab;
        let mut mindestens = if klein { PIXEL } else { 0.0 };
        let mut dreieck = DREIECK;
        // Each turn leaves clearly less; far above that something else is wrong.
        for _ in 0..20 {
            if mindestens > 0.0
                && let Some(weniger) =
                    self.verbleib
                        .raeume_auf(&self.boegen, &self.punkte, mindestens * zelle)
            {
                self.boegen = weniger.verbinde(&self.punkte);
            }
            let schwelle = (2.0 * dreieck * zelle).min(1e18);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "below 2^63"
            )]
            let schwelle = schwelle as u64;
            self.boegen = straffe(&self.boegen, &self.punkte, schwelle);
            let zuviel = self.gedraenge(WELT_BITS - u32::from(zoom));
            if zuviel <= 1.0 {
                break;
            }
            mindestens = mindestens.max(4.0) * (zuviel * 1.5).clamp(2.0, 8.0);
            dreieck = mindestens.max(DREIECK) / 4.0;
        }
    }

    /// How much fuller the fullest tile (of 2^shift units) is than it may be; 1 is full.
    fn gedraenge(&self, shift: u32) -> f64 {
        let mut kacheln: HashMap<(i64, i64), (usize, usize)> = HashMap::new();
        let mut gesehen = vec![false; self.objekte];
        for bogen in 0..self.boegen.len() {
            let folge = self.boegen.folge(bogen);
            let nutzungen = self.boegen.nutzungen(bogen);
            let Some(ort) = folge.first().map(|i| self.punkte[*i as usize]) else {
                continue;
            };
            let kachel = kacheln.entry((ort.x >> shift, ort.y >> shift)).or_default();
            kachel.1 += folge.len() * nutzungen.len();
            for nutzung in nutzungen {
                let schon = &mut gesehen[nutzung.objekt() as usize];
                kachel.0 += usize::from(!std::mem::replace(schon, true));
            }
        }
        let voll = |(objekte, positionen): (usize, usize)| {
            (objekte as f64 / OBJEKTE_JE_KACHEL as f64)
                .max(positionen as f64 / POSITIONEN_JE_KACHEL as f64)
        };
        kacheln.into_values().map(voll).fold(0.0, f64::max)
    }

    fn stufe(&self, zoom: u8) -> Stufe {
        // Of the finest the tiles of that zoom; closer ones are cut from it.
        let (bits, mal) = if zoom >= self.fein_ab {
            (fein_bits(self.fein_ab), 2)
        } else {
            (u32::from(zoom) + 12, 0)
        };
        let raster = Raster {
            shift: WELT_BITS - bits,
            kachel: KACHEL << mal,
            rand: RAND << mal,
        };
        let gerastet = raste(&self.boegen, &self.punkte, raster);
        Stufe::aus_boegen(&self.boegen, &gerastet, self.objekte, bits)
    }
}

fn welt(anteil: f64) -> i64 {
    let breite = (1_i64 << WELT_BITS) as f64;
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 2^36")]
    let ganz = (anteil.clamp(0.0, 1.0) * breite).round() as i64;
    ganz
}

/// Long edges get vertices, the same from both ends.
fn unterteile(seiten: &mut Vec<Seite>, punkte: &mut Vec<Punkt>, laenge: f64) {
    let mut schon: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
    let mut neu = Vec::new();
    seiten.retain(|seite| {
        let (k, g) = (seite.von.min(seite.nach), seite.von.max(seite.nach));
        let (a, b) = (punkte[k as usize], punkte[g as usize]);
        let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
        let teile = (dx.hypot(dy) / laenge).ceil().min(1000.0);
        if !teile.is_finite() || teile < 2.0 {
            return true;
        }
        let folge = schon.entry((k, g)).or_insert_with(|| {
            // By position, not by number: the same edge in other company has other numbers.
            let ((a, b), gewendet) = if a < b {
                ((a, b), false)
            } else {
                ((b, a), true)
            };
            let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
            let mut zwischen = Vec::new();
            let mut i = 1.0;
            while i < teile {
                #[expect(clippy::cast_possible_truncation, reason = "between the ends")]
                punkte.push(Punkt {
                    x: a.x + (dx * i / teile).round() as i64,
                    y: a.y + (dy * i / teile).round() as i64,
                });
                zwischen.push(id(punkte.len() - 1));
                i += 1.0;
            }
            if gewendet {
                zwischen.reverse();
            }
            zwischen.insert(0, k);
            zwischen.push(g);
            zwischen
        });
        for paar in folge.windows(2) {
            let (von, nach) = if seite.von < seite.nach {
                (paar[0], paar[1])
            } else {
                (paar[1], paar[0])
            };
            neu.push(Seite {
                von,
                nach,
                ..*seite
            });
        }
        false
    });
    seiten.append(&mut neu);
}
