//! Geometry between Rust and PostGIS: EWKB with its SRID.

use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use geozero::{CoordDimensions, ToGeo, ToWkb, wkb::Ewkb};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, PgValueRef, Postgres};
use sqlx::{Decode, Encode, Type};

use crate::error::{Error, Result};

/// EPSG code of everything we store: ETRS89 / UTM zone 32N, easting and northing in metres.
pub const SRID: i32 = 25832;

/// A geometry with its SRID: a constant in the type would label foreign coordinates as ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Geom {
    /// EPSG code, 0 when unknown.
    pub srid: i32,
    /// Coordinates in the axis order easting, northing (longitude, latitude).
    pub geometry: Geometry<f64>,
}

impl Geom {
    /// A geometry in EPSG:25832.
    pub fn utm32(geometry: impl Into<Geometry<f64>>) -> Self {
        Self {
            srid: SRID,
            geometry: geometry.into(),
        }
    }
}

/// EWKB of a geometry in EPSG:25832, as COPY BINARY and parameters take it.
pub fn ewkb(geometry: &Geometry<f64>) -> Result<Vec<u8>> {
    geometry
        .to_ewkb(CoordDimensions::xy(), Some(SRID))
        .map_err(Error::intern)
}

/// Little endian, with SRID.
const KENNUNG_MULTIPOLYGON: [u8; 5] = [1, 6, 0, 0, 0x20];
/// A polygon inside a collection carries no SRID.
const KENNUNG_POLYGON: [u8; 5] = [1, 3, 0, 0, 0];

/// Appends the EWKB of areas in EPSG:25832, the same bytes as [`ewkb`] without a copy of the geometry.
///
/// # Errors
/// More than 2^32 rings or points in one part.
pub fn schreibe_flaeche(flaeche: &MultiPolygon<f64>, ziel: &mut Vec<u8>) -> Result<()> {
    let zahl = |n: usize| {
        u32::try_from(n)
            .map(u32::to_le_bytes)
            .map_err(Error::intern)
    };
    ziel.extend_from_slice(&KENNUNG_MULTIPOLYGON);
    ziel.extend_from_slice(&SRID.to_le_bytes());
    ziel.extend_from_slice(&zahl(flaeche.0.len())?);
    for polygon in flaeche {
        ziel.extend_from_slice(&KENNUNG_POLYGON);
        // An empty polygon has no ring at all.
        if polygon.exterior().0.is_empty() {
            ziel.extend_from_slice(&zahl(0)?);
            continue;
        }
        ziel.extend_from_slice(&zahl(1 + polygon.interiors().len())?);
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            ziel.extend_from_slice(&zahl(ring.0.len())?);
            ziel.reserve(ring.0.len() * 16);
            for punkt in &ring.0 {
                ziel.extend_from_slice(&punkt.x.to_le_bytes());
                ziel.extend_from_slice(&punkt.y.to_le_bytes());
            }
        }
    }
    Ok(())
}

/// Reads back what [`schreibe_flaeche`] wrote.
///
/// # Errors
/// [`Error::Intern`] for any other bytes.
pub fn lies_flaeche(bytes: &[u8]) -> Result<MultiPolygon<f64>> {
    let mut rest = bytes;
    flaeche_aus(&mut rest)
        .filter(|_| rest.is_empty())
        .ok_or_else(|| Error::intern("no EWKB of a MultiPolygon of ours"))
}

fn flaeche_aus(rest: &mut &[u8]) -> Option<MultiPolygon<f64>> {
    nimm(rest, 9)?
        .starts_with(&KENNUNG_MULTIPOLYGON)
        .then_some(())?;
    let teile = anzahl(rest)?;
    let mut flaeche = Vec::with_capacity(teile.min(rest.len() / 9));
    for _ in 0..teile {
        nimm(rest, 5)?.eq(&KENNUNG_POLYGON).then_some(())?;
        let ringe = anzahl(rest)?;
        let mut linien = Vec::with_capacity(ringe.min(rest.len() / 4));
        for _ in 0..ringe {
            let punkte = anzahl(rest)?.checked_mul(16)?;
            let koordinaten = nimm(rest, punkte)?.chunks_exact(16).map(|paar| {
                let (x, y) = paar.split_at(8);
                Some(Coord {
                    x: f64::from_le_bytes(x.try_into().ok()?),
                    y: f64::from_le_bytes(y.try_into().ok()?),
                })
            });
            linien.push(LineString(koordinaten.collect::<Option<_>>()?));
        }
        let mut linien = linien.into_iter();
        let aussen = linien.next().unwrap_or(LineString(Vec::new()));
        flaeche.push(Polygon::new(aussen, linien.collect()));
    }
    Some(MultiPolygon(flaeche))
}

fn nimm<'b>(rest: &mut &'b [u8], laenge: usize) -> Option<&'b [u8]> {
    let (kopf, ende) = rest.split_at_checked(laenge)?;
    *rest = ende;
    Some(kopf)
}

fn anzahl(rest: &mut &[u8]) -> Option<usize> {
    let bytes = nimm(rest, 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

impl Type<Postgres> for Geom {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("geometry")
    }
}

impl Encode<'_, Postgres> for Geom {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buf.extend_from_slice(
            &self
                .geometry
                .to_ewkb(CoordDimensions::xy(), Some(self.srid))?,
        );
        Ok(IsNull::No)
    }
}

impl<'r> Decode<'r, Postgres> for Geom {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        if value.format() != PgValueFormat::Binary {
            return Err("geometry is read in binary only".into());
        }
        let bytes = value.as_bytes()?;
        // Byte order, type with flags, SRID when flag 0x20000000 is set.
        let srid = match bytes {
            [1, _, _, _, flags, a, b, c, d, ..] if flags & 0x20 != 0 => {
                i32::from_le_bytes([*a, *b, *c, *d])
            }
            _ => 0,
        };
        Ok(Self {
            srid,
            geometry: Ewkb(bytes).to_geo()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{MultiPolygon, polygon};

    #[test]
    fn ewkb_carries_the_srid() {
        let area = MultiPolygon(vec![
            polygon![(x: 1.0, y: 2.0), (x: 3.0, y: 2.0), (x: 3.0, y: 4.0)],
        ]);
        let bytes = ewkb(&area.clone().into()).unwrap();
        assert_eq!(&bytes[5..9], &SRID.to_le_bytes());
        assert_eq!(Ewkb(bytes).to_geo().unwrap(), Geometry::MultiPolygon(area));
    }

    #[test]
    fn areas_are_written_as_geozero_does_and_read_back() {
        let loch = geo::wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(1. 1.,2. 1.,2. 2.,1. 1.)),((20. 0.,21. 0.,21. 1.,20. 0.))));
        for area in [loch, MultiPolygon(Vec::new())] {
            let mut bytes = Vec::new();
            schreibe_flaeche(&area, &mut bytes).unwrap();
            assert_eq!(bytes, ewkb(&area.clone().into()).unwrap());
            assert_eq!(lies_flaeche(&bytes).unwrap(), area);
            bytes.pop();
            assert!(lies_flaeche(&bytes).is_err());
        }
    }
}
