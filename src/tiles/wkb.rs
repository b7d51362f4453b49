//! Reads EWKB as PostGIS sends it: points, lines and rings, whatever they are wrapped in.
//! Every read is checked; broken bytes end the geometry.

/// What is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fund {
    Punkt,
    Linie,
    /// A ring of an area; the first of each area is its shell.
    Ring {
        erster: bool,
    },
}

/// Who takes the parts.
type Abnehmer<'a> = dyn FnMut(Fund, &mut dyn Iterator<Item = (f64, f64)>) + 'a;

/// Deepest nesting of collections we follow.
const TIEFE_MAX: u8 = 8;

struct Leser<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> Leser<'a> {
    fn nimm(&mut self, anzahl: usize) -> Option<&'a [u8]> {
        let (vorn, rest) = self.bytes.split_at_checked(anzahl)?;
        self.bytes = rest;
        Some(vorn)
    }

    fn u32(&mut self) -> Option<u32> {
        let bytes: [u8; 4] = self.nimm(4)?.try_into().ok()?;
        Some(if self.little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn positionen(
        &mut self,
        anzahl: u32,
        dimensionen: usize,
    ) -> Option<impl Iterator<Item = (f64, f64)> + use<'a>> {
        let schritt = dimensionen * 8;
        let bytes = self.nimm((anzahl as usize).checked_mul(schritt)?)?;
        let little = self.little;
        let zahl = move |teil: &[u8]| {
            let mut acht = [0; 8];
            acht.copy_from_slice(teil);
            if little {
                f64::from_le_bytes(acht)
            } else {
                f64::from_be_bytes(acht)
            }
        };
        Some(
            bytes
                .chunks_exact(schritt)
                .map(move |ort| (zahl(&ort[..8]), zahl(&ort[8..16]))),
        )
    }
}

/// Hands every part to `nimm`.
pub(super) fn lies(ewkb: &[u8], nimm: &mut Abnehmer<'_>) -> Option<()> {
    let mut leser = Leser {
        bytes: ewkb,
        little: true,
    };
    geometrie(&mut leser, 0, nimm)
}

fn geometrie(leser: &mut Leser<'_>, tiefe: u8, nimm: &mut Abnehmer<'_>) -> Option<()> {
    if tiefe > TIEFE_MAX {
        return None;
    }
    leser.little = leser.nimm(1)?.first()? == &1;
    let roh = leser.u32()?;
    if roh & 0x2000_0000 != 0 {
        leser.u32()?; // SRID: the column's, known already
    }
    let dimensionen = 2 + usize::from(roh & 0x8000_0000 != 0) + usize::from(roh & 0x4000_0000 != 0);
    match roh & 0xff {
        1 => {
            // POINT EMPTY is written as NaN.
            let mut ort = leser
                .positionen(1, dimensionen)?
                .filter(|(x, y)| x.is_finite() && y.is_finite());
            nimm(Fund::Punkt, &mut ort);
        }
        2 => {
            let anzahl = leser.u32()?;
            nimm(Fund::Linie, &mut leser.positionen(anzahl, dimensionen)?);
        }
        3 | 17 => {
            for i in 0..leser.u32()? {
                let anzahl = leser.u32()?;
                nimm(
                    Fund::Ring { erster: i == 0 },
                    &mut leser.positionen(anzahl, dimensionen)?,
                );
            }
        }
        // Multi*, collections, polyhedral surface, TIN.
        4..=7 | 15 | 16 => {
            for _ in 0..leser.u32()? {
                geometrie(leser, tiefe + 1, nimm)?;
            }
        }
        _ => return None, // curves were drawn as lines by PostGIS
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use geo_types::{Geometry, GeometryCollection, LineString, MultiPolygon, Point, polygon};
    use geozero::{CoordDimensions, ToWkb};

    use super::*;

    #[test]
    fn parts_of_a_collection_and_broken_bytes() {
        let flaeche = polygon!(exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)], interiors: [[(x: 5., y: 2.), (x: 6., y: 2.), (x: 6., y: 3.)]]);
        let alle = GeometryCollection::from(vec![
            Geometry::from(Point::new(1.0, 2.0)),
            LineString::from(vec![(0.0, 0.0), (1.0, 1.0)]).into(),
            MultiPolygon::new(vec![flaeche.clone(), flaeche]).into(),
        ]);
        let ewkb = Geometry::GeometryCollection(alle)
            .to_ewkb(CoordDimensions::xy(), Some(25832))
            .unwrap();
        let mut funde = Vec::new();
        assert_eq!(
            lies(&ewkb, &mut |fund, orte| funde.push((fund, orte.count()))),
            Some(())
        );
        let ring = |erster| Fund::Ring { erster };
        assert_eq!(
            funde,
            [
                (Fund::Punkt, 1),
                (Fund::Linie, 2),
                (ring(true), 4),
                (ring(false), 4),
                (ring(true), 4),
                (ring(false), 4)
            ]
        );
        for ende in 0..ewkb.len() {
            assert_eq!(lies(&ewkb[..ende], &mut |_, _| {}), None);
        }
    }
}
