//! Geometries for files: read once from EWKB, always Multi*, two dimensions, x before y
//! whatever the system says (GeoPackage, Shapefile and FlatGeobuf ask for that), then written
//! as WKB or WKT.

use std::fmt::Write as _;

use crate::layers::crs::Wandler;

/// A run of positions, x before y.
pub type Folge = Vec<[f64; 2]>;

/// One geometry with at least one position.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// Points.
    Punkte(Folge),
    /// Lines.
    Linien(Vec<Folge>),
    /// Areas, each its rings, the outer one first.
    Flaechen(Vec<Vec<Folge>>),
    /// Parts of several kinds.
    Sammlung(Vec<Form>),
}

/// What a layer's geometries are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Art {
    /// Points.
    Punkte,
    /// Lines.
    Linien,
    /// Areas.
    Flaechen,
    /// Mixed or unknown.
    Gemischt,
}

impl Art {
    /// By dimension, as the database declares it.
    #[must_use]
    pub fn von(dimension: Option<u8>) -> Self {
        match dimension {
            Some(0) => Self::Punkte,
            Some(1) => Self::Linien,
            Some(2) => Self::Flaechen,
            _ => Self::Gemischt,
        }
    }
}

impl Form {
    /// Reads EWKB whose arcs were drawn as lines; None when it is empty, broken or not finite.
    #[must_use]
    pub fn lies(ewkb: &[u8], wandler: Wandler) -> Option<Self> {
        super::ewkb::lies(ewkb, wandler)
    }

    /// What it is.
    #[must_use]
    pub fn art(&self) -> Art {
        match self {
            Self::Punkte(_) => Art::Punkte,
            Self::Linien(_) => Art::Linien,
            Self::Flaechen(_) => Art::Flaechen,
            Self::Sammlung(_) => Art::Gemischt,
        }
    }

    /// The same without collections: one form for each kind that occurs, points first.
    #[must_use]
    pub fn nach_art(self) -> Vec<Self> {
        let (mut punkte, mut linien, mut flaechen) = (Vec::new(), Vec::new(), Vec::new());
        let mut offen = vec![self];
        while let Some(form) = offen.pop() {
            match form {
                Self::Punkte(mut p) => punkte.append(&mut p),
                Self::Linien(mut l) => linien.append(&mut l),
                Self::Flaechen(mut f) => flaechen.append(&mut f),
                Self::Sammlung(teile) => offen.extend(teile.into_iter().rev()),
            }
        }
        let mut formen = Vec::new();
        if !punkte.is_empty() {
            formen.push(Self::Punkte(punkte));
        }
        if !linien.is_empty() {
            formen.push(Self::Linien(linien));
        }
        if !flaechen.is_empty() {
            formen.push(Self::Flaechen(flaechen));
        }
        formen
    }

    /// The only point, where it is one.
    #[must_use]
    pub fn punkt(&self) -> Option<[f64; 2]> {
        match self {
            Self::Punkte(punkte) => <[[f64; 2]; 1]>::try_from(punkte.as_slice())
                .ok()
                .map(|[punkt]| punkt),
            _ => None,
        }
    }

    /// WKB, little endian.
    #[must_use]
    pub fn wkb(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.schreibe_wkb(&mut out);
        out
    }

    fn schreibe_wkb(&self, out: &mut Vec<u8>) {
        match self {
            Self::Punkte(punkte) => {
                kopf(out, 4, punkte.len());
                for punkt in punkte {
                    out.push(1);
                    zahl(out, 1);
                    position(out, punkt);
                }
            }
            Self::Linien(linien) => {
                kopf(out, 5, linien.len());
                for linie in linien {
                    kopf(out, 2, linie.len());
                    for punkt in linie {
                        position(out, punkt);
                    }
                }
            }
            Self::Flaechen(flaechen) => {
                kopf(out, 6, flaechen.len());
                for ringe in flaechen {
                    kopf(out, 3, ringe.len());
                    for ring in ringe {
                        zahl(out, ring.len());
                        for punkt in ring {
                            position(out, punkt);
                        }
                    }
                }
            }
            Self::Sammlung(teile) => {
                kopf(out, 7, teile.len());
                for teil in teile {
                    teil.schreibe_wkb(out);
                }
            }
        }
    }

    /// WKT with so many decimals; a single part is written as `POINT`, `LINESTRING` or `POLYGON`.
    #[must_use]
    pub fn wkt(&self, stellen: usize) -> String {
        let mut text = String::new();
        self.schreibe_wkt(&mut text, stellen);
        text
    }

    fn schreibe_wkt(&self, text: &mut String, stellen: usize) {
        let folge = |text: &mut String, folge: &Folge| {
            liste(text, folge, |text, [x, y]| {
                // Writing into a String cannot fail.
                let _ = write!(text, "{} {}", kurz(*x, stellen), kurz(*y, stellen));
            });
        };
        let polygon = |text: &mut String, ringe: &Vec<Folge>| liste(text, ringe, folge);
        match self {
            Self::Punkte(punkte) => {
                text.push_str(if punkte.len() == 1 {
                    "POINT "
                } else {
                    "MULTIPOINT "
                });
                folge(text, punkte);
            }
            Self::Linien(linien) => match linien.as_slice() {
                [eine] => {
                    text.push_str("LINESTRING ");
                    folge(text, eine);
                }
                _ => {
                    text.push_str("MULTILINESTRING ");
                    liste(text, linien, folge);
                }
            },
            Self::Flaechen(flaechen) => match flaechen.as_slice() {
                [eine] => {
                    text.push_str("POLYGON ");
                    polygon(text, eine);
                }
                _ => {
                    text.push_str("MULTIPOLYGON ");
                    liste(text, flaechen, polygon);
                }
            },
            Self::Sammlung(teile) => {
                text.push_str("GEOMETRYCOLLECTION ");
                liste(text, teile, |text, teil| teil.schreibe_wkt(text, stellen));
            }
        }
    }
}

fn liste<T>(text: &mut String, teile: &[T], mut schreibe: impl FnMut(&mut String, &T)) {
    text.push('(');
    for (n, teil) in teile.iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        schreibe(text, teil);
    }
    text.push(')');
}

/// A number with at most so many decimals, without trailing zeros.
#[must_use]
pub fn kurz(wert: f64, stellen: usize) -> String {
    let text = format!("{wert:.stellen$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn kopf(out: &mut Vec<u8>, typ: usize, anzahl: usize) {
    out.push(1);
    zahl(out, typ);
    zahl(out, anzahl);
}

fn zahl(out: &mut Vec<u8>, wert: usize) {
    out.extend_from_slice(&u32::try_from(wert).unwrap_or(u32::MAX).to_le_bytes());
}

fn position(out: &mut Vec<u8>, [x, y]: &[f64; 2]) {
    out.extend_from_slice(&x.to_le_bytes());
    out.extend_from_slice(&y.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use geo_types::{Geometry, GeometryCollection, LineString, Point, polygon};
    use geozero::{CoordDimensions, ToGeo as _, ToWkb as _, wkb::Wkb};

    use super::*;
    use crate::layers::crs::{Lage, Ziel};

    fn form(geometrie: &Geometry<f64>) -> Option<Form> {
        let ewkb = geometrie
            .to_ewkb(CoordDimensions::xy(), Some(4326))
            .unwrap();
        Form::lies(&ewkb, Wandler::new(Lage::Geografisch, Ziel::Crs84))
    }

    #[test]
    fn wkb_and_wkt_say_the_same() {
        let flaeche = polygon![
            exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.5), (x: 0., y: 0.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 1.)]]
        ];
        let linie = LineString::from(vec![(0.25, -1.0), (3.0, 4.0)]);
        let alle = GeometryCollection(vec![
            flaeche.clone().into(),
            linie.into(),
            Point::new(7.0, 8.0).into(),
        ]);
        let form = form(&Geometry::GeometryCollection(alle)).unwrap();
        assert_eq!(
            form.wkt(3),
            "GEOMETRYCOLLECTION (POLYGON ((0 0,9 0,9 9.5,0 0),(1 1,2 1,2 2,1 1)),LINESTRING (0.25 -1,3 4),POINT (7 8))"
        );
        let Geometry::GeometryCollection(gelesen) = Wkb(form.wkb()).to_geo().unwrap() else {
            panic!("no collection");
        };
        assert_eq!(gelesen[0], Geometry::MultiPolygon(flaeche.into()));
        let arten: Vec<Art> = form.nach_art().iter().map(Form::art).collect();
        assert_eq!(arten, [Art::Punkte, Art::Linien, Art::Flaechen]);
    }

    #[test]
    fn broken_and_empty_are_none() {
        assert_eq!(form(&Point::new(f64::NAN, f64::NAN).into()), None);
        assert_eq!(form(&Point::new(f64::INFINITY, 1.0).into()), None);
        assert_eq!(
            form(&Geometry::GeometryCollection(GeometryCollection(vec![]))),
            None
        );
        let linie: Geometry = LineString::from(vec![(1.0, 2.0), (3.0, 4.0)]).into();
        let mut ewkb = linie.to_ewkb(CoordDimensions::xy(), Some(4326)).unwrap();
        let wandler = Wandler::new(Lage::Geografisch, Ziel::Crs84);
        for ende in 0..ewkb.len() {
            assert_eq!(Form::lies(&ewkb[..ende], wandler), None);
        }
        ewkb[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Form::lies(&ewkb, wandler), None);
    }

    #[test]
    fn numbers_lose_only_zeros() {
        assert_eq!(kurz(1000.0, 3), "1000");
        assert_eq!(kurz(1000.0, 0), "1000");
        assert_eq!(kurz(-0.125, 2), "-0.12");
    }
}
