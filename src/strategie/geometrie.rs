//! WKT as clerks and programs write it, checked and made Multi as stored.

use geo_types::{Coord, Geometry, MultiLineString, MultiPoint, MultiPolygon, Polygon};
use geozero::ToGeo as _;
use geozero::wkt::Wkt;

use crate::db::geom::SRID;
use crate::verschneidung::gueltigkeit;

/// Where Germany lies in EPSG:25832: easting, northing; metres.
const OSTWERT: std::ops::RangeInclusive<f64> = 100_000.0..=1_000_000.0;
const NORDWERT: std::ops::RangeInclusive<f64> = 5_100_000.0..=6_250_000.0;

/// Reads WKT (also EWKT with our SRID) of the wanted dimension (0 points, 1 lines,
/// 2 areas). Heights are left out. Error: a German sentence with the coordinate.
pub fn lies(text: &str, dimension: u8) -> Result<Geometry<f64>, String> {
    let geometrie = lies_form(ohne_srid(text)?, dimension)?;
    pruefe(&geometrie)?;
    Ok(geometrie)
}

/// The shape of a WKT without SRID, in whatever system its numbers are; made Multi, heights
/// left out. [`pruefe`] it once it is in EPSG:25832.
pub fn lies_form(wkt: &str, dimension: u8) -> Result<Geometry<f64>, String> {
    let wort: String = wkt
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_ascii_uppercase();
    let erlaubt: &[&str] = match dimension {
        0 => &["POINT", "MULTIPOINT"],
        1 => &["LINESTRING", "MULTILINESTRING"],
        _ => &["POLYGON", "MULTIPOLYGON"],
    };
    // POINTZ is written without a blank by some programs.
    let typ = wort.trim_end_matches(['Z', 'M']);
    if !erlaubt.contains(&typ) && !erlaubt.contains(&wort.as_str()) {
        return Err(falscher_typ(typ, erlaubt));
    }
    if wkt.to_ascii_uppercase().ends_with("EMPTY") {
        return Err(beispiel("Die Geometrie ist leer.", erlaubt));
    }
    let geometrie = Wkt(wkt)
        .to_geo()
        .map_err(|_| beispiel("Das ist kein lesbares WKT.", erlaubt))?;
    let geometrie = match geometrie {
        Geometry::Point(punkt) => MultiPoint(vec![punkt]).into(),
        Geometry::LineString(linie) => MultiLineString(vec![linie]).into(),
        Geometry::Polygon(flaeche) => MultiPolygon(vec![flaeche]).into(),
        andere => andere,
    };
    if koordinaten(&geometrie).is_empty() {
        return Err(beispiel("Die Geometrie ist leer.", erlaubt));
    }
    Ok(geometrie)
}

/// A shape in EPSG:25832 lies in Germany and is valid. Error: a German sentence with the
/// coordinate.
pub fn pruefe(geometrie: &Geometry<f64>) -> Result<(), String> {
    for ort in koordinaten(geometrie) {
        pruefe_lage(ort)?;
    }
    pruefe_form(geometrie)
}

/// The polygon of a WKT in longitude, latitude, where all its numbers are degrees.
#[must_use]
pub fn flaeche_grad(text: &str) -> Option<MultiPolygon<f64>> {
    // Only these are read: a collection could nest until the stack ends.
    let anfang = text.get(..12).unwrap_or(text).to_ascii_uppercase();
    if !anfang.starts_with("POLYGON") && !anfang.starts_with("MULTIPOLYGON") {
        return None;
    }
    let flaeche = match Wkt(text).to_geo().ok()? {
        Geometry::Polygon(flaeche) => MultiPolygon(vec![flaeche]),
        Geometry::MultiPolygon(flaeche) => flaeche,
        _ => return None,
    };
    let orte = koordinaten(&flaeche.clone().into());
    (!orte.is_empty()
        && orte
            .iter()
            .all(|ort| ort.x.abs() <= 180.0 && ort.y.abs() <= 90.0))
    .then_some(flaeche)
}

/// Polygons of several features as one area; features may overlap.
#[must_use]
pub fn vereinigt(flaechen: Vec<Polygon<f64>>) -> MultiPolygon<f64> {
    if flaechen.len() < 2 {
        return MultiPolygon(flaechen);
    }
    geo::algorithm::bool_ops::unary_union(&flaechen)
}

fn ohne_srid(text: &str) -> Result<&str, String> {
    let text = text.trim();
    let Some((srid, rest)) = text
        .get(..5)
        .filter(|anfang| anfang.eq_ignore_ascii_case("SRID="))
        .and_then(|_| text[5..].split_once(';'))
    else {
        return Ok(text);
    };
    if srid.trim().parse() == Ok(SRID) {
        return Ok(rest.trim());
    }
    Err(format!(
        "Die Geometrie steht in EPSG:{}, gebraucht wird EPSG:25832 (ETRS89 / UTM Zone 32N). Bitte umrechnen, etwa in QGIS.",
        srid.trim()
    ))
}

fn falscher_typ(typ: &str, erlaubt: &[&str]) -> String {
    let gefunden = match typ {
        "POINT" | "MULTIPOINT" => "ein Punkt, passend zu art = punkt",
        "LINESTRING" | "MULTILINESTRING" => "eine Linie, passend zu art = linie",
        "POLYGON" | "MULTIPOLYGON" => "eine Fläche, passend zu art = flaeche",
        "GEOMETRYCOLLECTION" => "eine Sammlung; bitte je Teil eine eigene Zeile",
        "CIRCULARSTRING" | "COMPOUNDCURVE" | "CURVEPOLYGON" | "MULTICURVE" | "MULTISURFACE" => {
            "eine Kurvengeometrie; bitte vorher in gerade Stücke umwandeln"
        }
        _ => return beispiel("Das ist kein WKT.", erlaubt),
    };
    format!(
        "Die Geometrie ist {gefunden}. Hier gebraucht: {}.",
        erlaubt.join(" oder ")
    )
}

fn beispiel(satz: &str, erlaubt: &[&str]) -> String {
    let beispiel = match erlaubt.first() {
        Some(&"POINT") => "POINT (640000.5 5324000.2)",
        Some(&"LINESTRING") => "LINESTRING (640000 5324000, 640100 5324050)",
        _ => "POLYGON ((640000 5324000, 640100 5324000, 640100 5324100, 640000 5324000))",
    };
    format!("{satz} So sieht es aus (Ostwert, Nordwert in EPSG:25832): {beispiel}")
}

fn koordinaten(geometrie: &Geometry<f64>) -> Vec<Coord<f64>> {
    match geometrie {
        Geometry::MultiPoint(punkte) => punkte.iter().map(|punkt| punkt.0).collect(),
        Geometry::MultiLineString(linien) => {
            linien.iter().flat_map(|l| l.0.iter().copied()).collect()
        }
        Geometry::MultiPolygon(flaechen) => flaechen
            .iter()
            .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
            .flat_map(|ring| ring.0.iter().copied())
            .collect(),
        _ => Vec::new(),
    }
}

fn pruefe_lage(Coord { x, y }: Coord<f64>) -> Result<(), String> {
    if OSTWERT.contains(&x) && NORDWERT.contains(&y) {
        return Ok(());
    }
    let grund = if OSTWERT.contains(&y) && NORDWERT.contains(&x) {
        "Ostwert und Nordwert sind vertauscht; der Ostwert steht zuerst"
    } else if x.abs() <= 180.0 && y.abs() <= 180.0 {
        "Das sieht nach Länge und Breite in Grad aus (WGS 84); gebraucht wird EPSG:25832 in Metern, bitte umrechnen"
    } else if (32_000_000.0..33_000_000.0).contains(&x) {
        "Der Ostwert trägt die Zonenkennzahl 32 vorweg (EPSG:4647); bitte ohne sie"
    } else if (2_400_000.0..5_600_000.0).contains(&x) && NORDWERT.contains(&y) {
        "Das sieht nach Gauß-Krüger aus; gebraucht wird EPSG:25832, bitte umrechnen"
    } else {
        "Der Ort liegt nicht in Deutschland; gebraucht wird EPSG:25832 (ETRS89 / UTM Zone 32N)"
    };
    Err(format!("{grund}. Koordinate: {x} {y}."))
}

fn pruefe_form(geometrie: &Geometry<f64>) -> Result<(), String> {
    match geometrie {
        Geometry::MultiLineString(linien) => {
            match linien
                .iter()
                .find(|linie| linie.0.windows(2).all(|paar| paar[0] == paar[1]))
            {
                Some(linie) => Err(match linie.0.first() {
                    Some(ort) => format!(
                        "Eine Linie hat keine Länge. Koordinate: {} {}.",
                        ort.x, ort.y
                    ),
                    None => "Eine Linie hat keinen Punkt.".to_owned(),
                }),
                None => Ok(()),
            }
        }
        Geometry::MultiPolygon(flaechen) => match gueltigkeit::fehler(flaechen) {
            Some((grund, [x, y])) => Err(format!(
                "Die Fläche ist ungültig: {grund} Koordinate: {x} {y}. Bitte berichtigen, etwa in QGIS mit „Geometrien reparieren“."
            )),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_kinds_as_multi() {
        for (wkt, dimension) in [
            ("POINT(640000 5324000)", 0),
            (
                "srid=25832;MultiPoint((640000 5324000),(640001 5324000))",
                0,
            ),
            ("POINT Z (640000 5324000 600)", 0),
            ("LINESTRING (640000 5324000, 640100 5324050)", 1),
            (
                "POLYGON ((640000 5324000, 640100 5324000, 640100 5324100, 640000 5324000))",
                2,
            ),
        ] {
            let geometrie = lies(wkt, dimension).unwrap();
            assert!(
                matches!(
                    (&geometrie, dimension),
                    (Geometry::MultiPoint(_), 0)
                        | (Geometry::MultiLineString(_), 1)
                        | (Geometry::MultiPolygon(_), 2)
                ),
                "{wkt}"
            );
        }
    }

    #[test]
    fn refuses_with_a_reason_and_a_place() {
        for (wkt, dimension, teil) in [
            ("POINT(10.87 48.05)", 0, "Länge und Breite"),
            ("POINT(5324000 640000)", 0, "vertauscht"),
            ("POINT(32640000 5324000)", 0, "Zonenkennzahl"),
            ("POINT(4413000 5324000)", 0, "Gauß-Krüger"),
            ("POINT(0 0)", 0, "Grad"),
            ("POINT(1 700)", 0, "nicht in Deutschland"),
            ("SRID=4326;POINT(10 48)", 0, "EPSG:4326"),
            ("POINT EMPTY", 0, "leer"),
            (
                "LINESTRING(640000 5324000, 640100 5324050)",
                0,
                "passend zu art = linie",
            ),
            (
                "COMPOUNDCURVE((640000 5324000, 640100 5324050))",
                1,
                "Kurvengeometrie",
            ),
            (
                "LINESTRING(640000 5324000, 640000 5324000)",
                1,
                "keine Länge",
            ),
            (
                "POLYGON((640000 5324000, 640100 5324100",
                2,
                "kein lesbares WKT",
            ),
            ("Dorfplatz", 0, "kein WKT"),
            (
                "POLYGON((640000 5324000, 640100 5324100, 640100 5324000, 640000 5324100, 640000 5324000))",
                2,
                "Koordinate: 640050 5324050",
            ),
        ] {
            let satz = lies(wkt, dimension).unwrap_err();
            assert!(satz.contains(teil), "{wkt}: {satz}");
        }
    }
}
