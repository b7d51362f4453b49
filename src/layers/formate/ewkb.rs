//! EWKB, as PostGIS sends it, into a [`Form`].

use super::form::{Folge, Form};
use crate::layers::crs::Wandler;

/// Deepest nesting of collections we follow.
const TIEFE_MAX: u8 = 8;

/// None when it is empty, broken or not finite.
pub(super) fn lies(ewkb: &[u8], wandler: Wandler) -> Option<Form> {
    let mut leser = Leser {
        bytes: ewkb,
        little: true,
        wandler,
    };
    leser.geometrie(0).ok().flatten()
}

/// The bytes are no geometry.
struct Kaputt;

/// What was read; None is an empty part.
type Gelesen<T> = Result<Option<T>, Kaputt>;

/// Reads EWKB; every read is checked, so broken bytes end in [`Kaputt`].
struct Leser<'a> {
    bytes: &'a [u8],
    little: bool,
    wandler: Wandler,
}

impl Leser<'_> {
    fn nimm<const N: usize>(&mut self) -> Result<[u8; N], Kaputt> {
        let (vorn, rest) = self.bytes.split_first_chunk::<N>().ok_or(Kaputt)?;
        self.bytes = rest;
        Ok(*vorn)
    }

    fn u32(&mut self) -> Result<u32, Kaputt> {
        let bytes = self.nimm::<4>()?;
        Ok(if self.little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn f64(&mut self) -> Result<f64, Kaputt> {
        let bytes = self.nimm::<8>()?;
        Ok(if self.little {
            f64::from_le_bytes(bytes)
        } else {
            f64::from_be_bytes(bytes)
        })
    }

    /// Type without flags, number of dimensions.
    fn kopf(&mut self) -> Result<(u32, u32), Kaputt> {
        self.little = self.nimm::<1>()? == [1];
        let roh = self.u32()?;
        if roh & 0x2000_0000 != 0 {
            self.u32()?; // SRID: the column's, known already
        }
        let dimensionen = 2 + u32::from(roh & 0x8000_0000 != 0) + u32::from(roh & 0x4000_0000 != 0);
        Ok((roh & 0xff, dimensionen))
    }

    fn geometrie(&mut self, tiefe: u8) -> Gelesen<Form> {
        let kopf = self.kopf()?;
        let mut teile = Teile::default();
        match kopf.0 {
            1..=3 | 17 => self.teil(kopf, &mut teile)?,
            // 15 polyhedral surface, 16 TIN: areas side by side.
            4..=6 | 15 | 16 => {
                for _ in 0..self.u32()? {
                    let kopf = self.kopf()?;
                    self.teil(kopf, &mut teile)?;
                }
            }
            7 if tiefe < TIEFE_MAX => {
                let mut formen = Vec::new();
                for _ in 0..self.u32()? {
                    formen.extend(self.geometrie(tiefe + 1)?);
                }
                return Ok((!formen.is_empty()).then_some(Form::Sammlung(formen)));
            }
            _ => return Err(Kaputt), // curves were drawn as lines by PostGIS
        }
        Ok(if !teile.flaechen.is_empty() {
            Some(Form::Flaechen(teile.flaechen))
        } else if !teile.linien.is_empty() {
            Some(Form::Linien(teile.linien))
        } else {
            (!teile.punkte.is_empty()).then_some(Form::Punkte(teile.punkte))
        })
    }

    /// One point, line or area.
    fn teil(&mut self, (typ, dimensionen): (u32, u32), teile: &mut Teile) -> Result<(), Kaputt> {
        match typ {
            1 => teile.punkte.extend(self.punkt(dimensionen)?),
            2 => teile.linien.extend(self.linie(dimensionen)?),
            3 | 17 => teile.flaechen.extend(self.polygon(dimensionen)?),
            _ => return Err(Kaputt),
        }
        Ok(())
    }

    fn position(&mut self, dimensionen: u32) -> Result<[f64; 2], Kaputt> {
        let (x, y) = (self.f64()?, self.f64()?);
        for _ in 2..dimensionen {
            self.f64()?;
        }
        let (x, y) = self.wandler.wandle(x, y);
        Ok([x, y])
    }

    fn punkt(&mut self, dimensionen: u32) -> Gelesen<[f64; 2]> {
        let [x, y] = self.position(dimensionen)?;
        if x.is_nan() || y.is_nan() {
            return Ok(None); // how EWKB writes `POINT EMPTY`
        }
        if x.is_finite() && y.is_finite() {
            Ok(Some([x, y]))
        } else {
            Err(Kaputt)
        }
    }

    fn folge(&mut self, dimensionen: u32) -> Result<Folge, Kaputt> {
        let anzahl = self.u32()?;
        // A count that lies reserves no memory.
        let mut folge = Folge::with_capacity((anzahl as usize).min(self.bytes.len() / 16));
        for _ in 0..anzahl {
            let [x, y] = self.position(dimensionen)?;
            if !x.is_finite() || !y.is_finite() {
                return Err(Kaputt);
            }
            folge.push([x, y]);
        }
        Ok(folge)
    }

    fn linie(&mut self, dimensionen: u32) -> Gelesen<Folge> {
        let folge = self.folge(dimensionen)?;
        Ok((!folge.is_empty()).then_some(folge))
    }

    fn polygon(&mut self, dimensionen: u32) -> Gelesen<Vec<Folge>> {
        let mut ringe = Vec::new();
        for _ in 0..self.u32()? {
            let ring = self.folge(dimensionen)?;
            if !ring.is_empty() {
                ringe.push(ring);
            }
        }
        Ok((!ringe.is_empty()).then_some(ringe))
    }
}

#[derive(Default)]
struct Teile {
    punkte: Folge,
    linien: Vec<Folge>,
    flaechen: Vec<Vec<Folge>>,
}
