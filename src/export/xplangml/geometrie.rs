//! Geometries as GML 3.2: short srsName, easting before northing, as nearly all programs
//! write and read XPlanGML.
//!
//! Coordinates are written with all their digits: a plan read back is the same plan, and
//! neighbours that share a point still share it. Rings turn the way GML wants them (outside
//! against the clock), which readers of XPlanGML check.

use std::fmt::Write as _;

use geo::orient::{Direction, Orient as _};
use geo_types::{Coord, Geometry, LineString, Point, Polygon};

use super::kennung::Kennungen;
use super::xml::Xml;
use crate::error::{Error, Result};

/// How every geometry names its reference system.
pub(super) const SRS: &str = "EPSG:25832";

/// Appends a geometry; its parts get ids of their own.
pub(super) fn schreibe(
    xml: &mut Xml,
    geometrie: &Geometry<f64>,
    kennungen: &mut Kennungen<'_>,
) -> Result<()> {
    match geometrie {
        Geometry::MultiPolygon(g) => {
            teile(
                xml,
                "MultiSurface",
                "surfaceMember",
                &g.0,
                kennungen,
                polygon,
            );
        }
        Geometry::MultiLineString(g) => {
            teile(xml, "MultiCurve", "curveMember", &g.0, kennungen, linie);
        }
        Geometry::MultiPoint(g) => {
            teile(xml, "MultiPoint", "pointMember", &g.0, kennungen, punkt);
        }
        _ => return Err(Error::intern("an object of a plan of no known geometry")),
    }
    Ok(())
}

/// One part is a geometry by itself, several are a collection.
fn teile<T>(
    xml: &mut Xml,
    art: &str,
    glied: &str,
    teile: &[T],
    kennungen: &mut Kennungen<'_>,
    einer: fn(&mut Xml, &T, &mut Kennungen<'_>),
) {
    if let [einziger] = teile {
        einer(xml, einziger, kennungen);
        return;
    }
    let (art, glied) = (format!("gml:{art}"), format!("gml:{glied}"));
    xml.anfang(&art, &[("srsName", SRS), ("gml:id", &kennungen.naechste())]);
    for teil in teile {
        xml.anfang(&glied, &[]);
        einer(xml, teil, kennungen);
        xml.ende(&glied);
    }
    xml.ende(&art);
}

fn polygon(xml: &mut Xml, flaeche: &Polygon<f64>, kennungen: &mut Kennungen<'_>) {
    let flaeche = flaeche.orient(Direction::Default);
    xml.anfang(
        "gml:Polygon",
        &[("srsName", SRS), ("gml:id", &kennungen.naechste())],
    );
    ring(xml, "gml:exterior", flaeche.exterior());
    for loch in flaeche.interiors() {
        ring(xml, "gml:interior", loch);
    }
    xml.ende("gml:Polygon");
}

fn ring(xml: &mut Xml, rand: &str, ring: &LineString<f64>) {
    xml.anfang(rand, &[]);
    xml.anfang("gml:LinearRing", &[]);
    xml.blatt_mit("gml:posList", &[], |text| koordinaten(text, &ring.0));
    xml.ende("gml:LinearRing");
    xml.ende(rand);
}

fn linie(xml: &mut Xml, linie: &LineString<f64>, kennungen: &mut Kennungen<'_>) {
    xml.anfang(
        "gml:LineString",
        &[("srsName", SRS), ("gml:id", &kennungen.naechste())],
    );
    xml.blatt_mit("gml:posList", &[], |text| koordinaten(text, &linie.0));
    xml.ende("gml:LineString");
}

fn punkt(xml: &mut Xml, ort: &Point<f64>, kennungen: &mut Kennungen<'_>) {
    xml.anfang(
        "gml:Point",
        &[("srsName", SRS), ("gml:id", &kennungen.naechste())],
    );
    xml.blatt_mit("gml:pos", &[], |text| koordinaten(text, &[ort.0]));
    xml.ende("gml:Point");
}

/// Appends the `boundedBy` of a collection: west, south, east, north.
pub(super) fn umschlag(xml: &mut Xml, [x0, y0, x1, y1]: [f64; 4]) {
    xml.anfang("gml:boundedBy", &[]);
    xml.anfang("gml:Envelope", &[("srsName", SRS)]);
    for (ecke, x, y) in [("gml:lowerCorner", x0, y0), ("gml:upperCorner", x1, y1)] {
        xml.blatt_mit(ecke, &[], |text| koordinaten(text, &[Coord { x, y }]));
    }
    xml.ende("gml:Envelope");
    xml.ende("gml:boundedBy");
}

/// The shortest text that is read as the same numbers, never with an exponent.
fn koordinaten(text: &mut String, punkte: &[Coord<f64>]) {
    text.reserve(punkte.len() * 24);
    for (nr, punkt) in punkte.iter().enumerate() {
        let luecke = if nr == 0 { "" } else { " " };
        let _ = write!(text, "{luecke}{} {}", punkt.x, punkt.y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_turn_against_the_clock_and_keep_their_digits() {
        // Clockwise outside, counter-clockwise hole.
        let g = geo::wkt!(MULTIPOLYGON(((0. 0.,0. 9.,9.000000001 9.,9. 0.,0. 0.),(1. 1.,2. 1.,2. 2.,1. 1.))));
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
