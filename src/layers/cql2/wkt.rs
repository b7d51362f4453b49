//! Geometry literals in CQL2 text: Well-Known Text and `BBOX`. Heights and measures are read
//! and dropped; our data are plane.

use geo_types::{Coord, Geometry, LineString, MultiPoint, Point, Polygon};

use super::baum::{Art, Ausdruck, Stelle};
use super::lexer;
use super::parser::Parser;
use super::{Fehler, Grenzen, raum};

/// What kind of literal begins here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kopf {
    Kasten,
    Punkt,
    Linie,
    Flaeche,
    Punkte,
    Linien,
    Flaechen,
    Sammlung,
}

fn kopf(wort: &str) -> Option<Kopf> {
    Some(match wort.trim_end_matches(['Z', 'M']) {
        "BBOX" => Kopf::Kasten,
        "POINT" => Kopf::Punkt,
        "LINESTRING" => Kopf::Linie,
        "POLYGON" => Kopf::Flaeche,
        "MULTIPOINT" => Kopf::Punkte,
        "MULTILINESTRING" => Kopf::Linien,
        "MULTIPOLYGON" => Kopf::Flaechen,
        "GEOMETRYCOLLECTION" => Kopf::Sammlung,
        _ => return None,
    })
}

/// A literal begins with its name and a bracket, `Z` or `M` between them; a column may have
/// the same name.
pub(super) fn beginnt(parser: &Parser, wort: &str) -> Option<Kopf> {
    let kopf = kopf(wort)?;
    match parser.wort_hinter() {
        lexer::Art::Zeichen("(") => Some(kopf),
        lexer::Art::Wort(w) if ist_dimension(w) => Some(kopf),
        _ => None,
    }
}

fn ist_dimension(wort: &str) -> bool {
    ["Z", "M", "ZM"]
        .iter()
        .any(|d| wort.eq_ignore_ascii_case(d))
}

/// Reads a literal from its name on.
pub(super) fn lies(parser: &mut Parser, kopf: Kopf, stelle: Stelle) -> Result<Ausdruck, Fehler> {
    if kopf == Kopf::Kasten {
        parser.weiter();
        let zahlen = liste(parser, zahl)?;
        raum::kasten(&zahlen, &stelle)?;
        return Ok(Ausdruck {
            art: Art::Kasten(zahlen),
            stelle,
        });
    }
    let geometrie = geometrie(parser, kopf)?;
    Ok(Ausdruck {
        art: Art::Geometrie(geometrie),
        stelle,
    })
}

fn geometrie(parser: &mut Parser, kopf: Kopf) -> Result<Geometry<f64>, Fehler> {
    parser.weiter();
    if matches!(&parser.hier().art, lexer::Art::Wort(w) if ist_dimension(w)) {
        parser.weiter();
    }
    Ok(match kopf {
        Kopf::Punkt => {
            parser.muss_zeichen("(")?;
            let punkt = ort(parser)?;
            parser.muss_zeichen(")")?;
            Geometry::Point(Point(punkt))
        }
        Kopf::Linie => Geometry::LineString(linie(parser)?),
        Kopf::Flaeche => Geometry::Polygon(flaeche(parser)?),
        Kopf::Punkte => {
            let punkte = liste(parser, |p| {
                // Both MULTIPOINT(1 2, 3 4) and MULTIPOINT((1 2), (3 4)) are written.
                let klammer = p.nimm_zeichen("(");
                let punkt = ort(p)?;
                if klammer {
                    p.muss_zeichen(")")?;
                }
                Ok(Point(punkt))
            })?;
            Geometry::MultiPoint(MultiPoint(punkte))
        }
        Kopf::Linien => {
            Geometry::MultiLineString(geo_types::MultiLineString(liste(parser, linie)?))
        }
        Kopf::Flaechen => Geometry::MultiPolygon(geo_types::MultiPolygon(liste(parser, flaeche)?)),
        Kopf::Sammlung => {
            let teile = liste(parser, |p| {
                let lexer::Art::Wort(wort) = p.hier().art.clone() else {
                    return Err(p.erwartet("eine Geometrie"));
                };
                match beginnt(p, &wort.to_ascii_uppercase()) {
                    Some(kopf) if kopf != Kopf::Kasten => p.tiefer(|p| geometrie(p, kopf)),
                    _ => Err(p.erwartet("eine Geometrie")),
                }
            })?;
            Geometry::GeometryCollection(geo_types::GeometryCollection(teile))
        }
        Kopf::Kasten => return Err(parser.erwartet("eine Geometrie")),
    })
}

fn linie(parser: &mut Parser) -> Result<LineString<f64>, Fehler> {
    let stelle = parser.stelle();
    raum::linie(liste(parser, ort)?, &stelle)
}

fn flaeche(parser: &mut Parser) -> Result<Polygon<f64>, Fehler> {
    let ringe = liste(parser, |p| {
        let stelle = p.stelle();
        raum::ring(liste(p, ort)?, &stelle)
    })?;
    let mut ringe = ringe.into_iter();
    let aussen = ringe.next().unwrap_or_else(LineString::empty);
    Ok(Polygon::new(aussen, ringe.collect()))
}

/// `( … , … )`, at least one.
fn liste<T>(
    parser: &mut Parser,
    lies: impl Fn(&mut Parser) -> Result<T, Fehler>,
) -> Result<Vec<T>, Fehler> {
    parser.muss_zeichen("(")?;
    let mut werte = vec![lies(parser)?];
    while parser.nimm_zeichen(",") {
        if werte.len() > Grenzen::PUNKTE {
            return Err(parser.erwartet(&format!("höchstens {} Stützpunkte", Grenzen::PUNKTE)));
        }
        werte.push(lies(parser)?);
    }
    if parser.nimm_zeichen(")") {
        return Ok(werte);
    }
    Err(parser.erwartet("„,“ oder „)“"))
}

fn ort(parser: &mut Parser) -> Result<Coord<f64>, Fehler> {
    let (x, y) = (zahl(parser)?, zahl(parser)?);
    let mut weitere = 0;
    while weitere < 2 && !parser.ist_zeichen(",") && !parser.ist_zeichen(")") {
        zahl(parser)?;
        weitere += 1;
    }
    Ok(Coord { x, y })
}

fn zahl(parser: &mut Parser) -> Result<f64, Fehler> {
    let minus = parser.nimm_zeichen("-");
    if !minus {
        parser.nimm_zeichen("+");
    }
    let zahl = match parser.hier().art {
        lexer::Art::Ganz(zahl) => zahl as f64,
        lexer::Art::Zahl(zahl) => zahl,
        _ => return Err(parser.erwartet("eine Zahl")),
    };
    parser.weiter();
    Ok(if minus { -zahl } else { zahl })
}
