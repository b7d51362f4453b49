//! Geometry between Rust and PostGIS: EWKB with its SRID.

use geo_types::Geometry;
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
}
