//! Geometries as GML 3.2: short srsName, easting before northing, as nearly all programs
//! write and read XPlanGML.
//!
//! Coordinates are written with all their digits: a plan read back is the same plan, and
//! neighbours that share a point still share it.

use geo_types::Geometry;

use super::kennung::Kennungen;
use crate::error::{Error, Result};
use crate::gml::geometrie::{Feder, Schrift};
use crate::gml::xml::Xml;

/// How every geometry names its reference system.
pub(super) const SRS: &str = "EPSG:25832";

const SCHRIFT: Schrift = Schrift {
    system: SRS,
    norden_zuerst: false,
    stellen: None,
    einzeln: true,
};

/// Appends a geometry; its parts get ids of their own.
pub(super) fn schreibe(
    xml: &mut Xml,
    geometrie: &Geometry<f64>,
    kennungen: &mut Kennungen<'_>,
) -> Result<()> {
    let mut feder = Feder {
        xml,
        schrift: SCHRIFT,
        kennung: &mut || kennungen.naechste(),
    };
    match geometrie {
        Geometry::MultiPolygon(g) => feder.flaechen(g.0.iter().map(|flaeche| {
            std::iter::once(flaeche.exterior())
                .chain(flaeche.interiors())
                .map(|ring| ring.0.as_slice())
        })),
        Geometry::MultiLineString(g) => feder.linien(g.0.iter().map(|linie| linie.0.as_slice())),
        Geometry::MultiPoint(g) => {
            let orte: Vec<_> = g.0.iter().map(|punkt| punkt.0).collect();
            feder.punkte(&orte);
        }
        _ => return Err(Error::intern("an object of a plan of no known geometry")),
    }
    Ok(())
}

/// Appends the `boundedBy` of a collection: west, south, east, north.
pub(super) fn umschlag(xml: &mut Xml, kasten: [f64; 4]) {
    let mut feder = Feder {
        xml,
        schrift: SCHRIFT,
        kennung: &mut String::new,
    };
    feder.umschlag(kasten);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_turn_against_the_clock_and_keep_their_digits() {
        // Clockwise outside, counter-clockwise hole.
        let g = geo::wkt!(MULTIPOLYGON(((0. 0.,0. 9.,9.000_000_001 9.,9. 0.,0. 0.),(1. 1.,2. 1.,2. 2.,1. 1.))));
        let mut xml = Xml::default();
        schreibe(&mut xml, &g.into(), &mut Kennungen::neu("x")).unwrap();
        let text = xml.text;
        assert!(
            text.contains("<gml:posList>0 0 9 0 9.000000001 9 0 9 0 0</gml:posList>"),
            "{text}"
        );
        assert!(
            text.contains("<gml:posList>1 1 2 2 2 1 1 1</gml:posList>"),
            "{text}"
        );
        assert!(
            text.trim_start()
                .starts_with("<gml:Polygon srsName=\"EPSG:25832\" gml:id=\"GML_")
        );
    }

    #[test]
    fn several_parts_are_one_geometry_with_ids_of_their_own() {
        let g = geo::wkt!(MULTIPOINT(1. 2., 3. 4.));
        let mut xml = Xml::default();
        schreibe(&mut xml, &g.into(), &mut Kennungen::neu("x")).unwrap();
        let ids: std::collections::HashSet<_> = xml
            .text
            .match_indices("gml:id=\"")
            .map(|(i, m)| &xml.text[i + m.len()..i + m.len() + 40])
            .collect();
        assert_eq!(ids.len(), 3, "{}", xml.text);
        assert!(xml.text.contains("gml:MultiPoint"));
    }
}
