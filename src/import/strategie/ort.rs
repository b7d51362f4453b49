//! Places as clerks give them: WKT, with SRID too, or a pair of coordinates.
//!
//! Everything becomes EPSG:25832 (easting, northing; metres). Numbers tell themselves
//! apart: metres are six and seven digits long, and in Germany no latitude (46 to 56) can
//! be a longitude (4 to 17).

use geo::{CoordsIter as _, MapCoordsInPlace as _};
use geo_types::{Coord, Geometry, MultiPoint, Point};

use crate::import::crs::{self, Umrechner};
use crate::strategie::geometrie;

/// WKT of the wanted dimension, `SRID=4326;…` converted.
pub fn wkt(text: &str, dimension: u8, umrechner: &mut Umrechner) -> Result<Geometry<f64>, String> {
    let glatt = text.trim();
    let fremd = glatt
        .get(..5)
        .filter(|anfang| anfang.eq_ignore_ascii_case("SRID="))
        .and_then(|_| glatt[5..].split_once(';'))
        .filter(|(srid, _)| srid.trim() != "25832");
    let Some((srid, rest)) = fremd else {
        return geometrie::lies(text, dimension);
    };
    let angabe = crs::erkenne(&format!("EPSG:{}", srid.trim())).ok_or_else(|| {
        format!(
            "Das Bezugssystem EPSG:{} ist unbekannt. Unterstützt werden: {}.",
            srid.trim(),
            crs::unterstuetzte()
        )
    })?;
    let mut form = geometrie::lies_form(rest.trim(), dimension)?;
    let mut punkte: Vec<Coord<f64>> = form.coords_iter().collect();
    let lage = umrechner
        .nach_25832(angabe, &mut punkte)
        .map_err(|cause| cause.to_string())?;
    if lage.ausserhalb {
        return Err(format!(
            "Die Koordinaten liegen in EPSG:{} nicht in Deutschland; stimmt das Bezugssystem?",
            srid.trim()
        ));
    }
    // The closure must be Copy.
    let neu = std::cell::RefCell::new(punkte.into_iter());
    form.map_coords_in_place(|alt| neu.borrow_mut().next().unwrap_or(alt));
    geometrie::pruefe(&form)?;
    Ok(form)
}

/// How a pair of coordinates was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deutung {
    /// Easting, northing in EPSG:25832.
    Meter,
    /// The same, but the northing stood first.
    MeterVertauscht,
    /// Latitude, longitude (or the other way round) in WGS 84.
    Grad,
}

/// A point from a pair like `640123 5324987`, `48,0222 10,8256`, `48.0222N 10.8256E`,
/// `48°01'20"N 10°49'32"O`.
pub fn punkt(text: &str, umrechner: &mut Umrechner) -> Result<(Geometry<f64>, Deutung), String> {
    let (a, b, richtungen) = paar(text)?;
    let norden_zuerst = match richtungen.first() {
        Some('N') => Some(true),
        Some(_) => Some(false),
        None => None,
    };
    // No number is a northing (a latitude) in one of these and an easting in another.
    for epsg in ["EPSG:25832", "EPSG:4647", "EPSG:4326"] {
        let angabe =
            crs::erkenne(epsg).ok_or_else(|| format!("Das Bezugssystem {epsg} ist unbekannt."))?;
        let system = angabe.system;
        let vertauscht = system.enthaelt(b, a);
        if !vertauscht && !system.enthaelt(a, b) {
            continue;
        }
        let (x, y) = if vertauscht { (b, a) } else { (a, b) };
        let mut punkte = [Coord { x, y }];
        umrechner
            .nach_25832(angabe, &mut punkte)
            .map_err(|cause| cause.to_string())?;
        let deutung = if system.geographisch() {
            Deutung::Grad
        } else if vertauscht && norden_zuerst != Some(true) {
            Deutung::MeterVertauscht
        } else {
            Deutung::Meter
        };
        return Ok((MultiPoint(vec![Point::from(punkte[0])]).into(), deutung));
    }
    Err(format!(
        "Die Koordinaten {a} und {b} liegen nicht in Deutschland. Gebraucht wird Ostwert und Nordwert in EPSG:25832 (640123 5324987) oder Breite und Länge (48,0222 10,8256)."
    ))
}

/// Two numbers and the letters of direction, first coordinate first.
fn paar(text: &str) -> Result<(f64, f64, Vec<char>), String> {
    let falsch = || {
        "Das ist kein Koordinatenpaar. Gebraucht wird etwa „640123 5324987“ (EPSG:25832), „48,0222 10,8256“ oder „48.0222N 10.8256E“.".to_owned()
    };
    // A comma is decimal where no point is; as separator where that leaves one number alone.
    let varianten: &[bool] = if text.contains('.') {
        &[false]
    } else {
        &[true, false]
    };
    for komma_dezimal in varianten {
        let (werte, richtungen) = zahlen(text, *komma_dezimal).ok_or_else(falsch)?;
        if let [a, b] = werte[..] {
            return Ok((a, b, richtungen));
        }
    }
    Err(falsch())
}

fn zahlen(text: &str, komma_dezimal: bool) -> Option<(Vec<f64>, Vec<char>)> {
    let mut werte: Vec<f64> = Vec::new();
    let mut richtungen = Vec::new();
    let mut zeichen = text.chars().peekable();
    // What the next number is a part of: 60 minutes, 3600 seconds of the last one.
    let mut in_grad = false;
    while let Some(c) = zeichen.next() {
        match c {
            '0'..='9' => {
                let mut zahl = c.to_string();
                while let Some(n) = zeichen.peek().copied() {
                    let dezimal = n == '.' || (n == ',' && komma_dezimal);
                    if n.is_ascii_digit() {
                        zahl.push(n);
                    } else if dezimal
                        && !zahl.contains('.')
                        && zeichen.clone().nth(1).is_some_and(|m| m.is_ascii_digit())
                    {
                        zahl.push('.');
                    } else {
                        break;
                    }
                    zeichen.next();
                }
                let wert: f64 = zahl.parse().ok()?;
                while zeichen.next_if(|c| c.is_whitespace()).is_some()
                    && matches!(zeichen.peek(), Some(' '))
                {}
                match zeichen.peek() {
                    Some('°' | 'º') => {
                        werte.push(wert);
                        in_grad = true;
                    }
                    Some('\'' | '′' | '’') if in_grad => {
                        zeichen.next();
                        // Two strokes are seconds.
                        let sekunden = matches!(zeichen.peek(), Some('\'' | '′' | '’'));
                        *werte.last_mut()? += wert / if sekunden { 3600.0 } else { 60.0 };
                    }
                    Some('"' | '″' | '”') if in_grad => *werte.last_mut()? += wert / 3600.0,
                    _ => {
                        werte.push(wert);
                        in_grad = false;
                    }
                }
            }
            'N' | 'n' => richtungen.push('N'),
            'E' | 'e' | 'O' | 'o' => richtungen.push('O'),
            c if c.is_whitespace() || ",;/()[]°º'′’\"″”:|".contains(c) => {}
            _ => return None,
        }
    }
    Some((werte, richtungen))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ort(text: &str) -> Result<(f64, f64, Deutung), String> {
        let (geom, deutung) = punkt(text, &mut Umrechner::default())?;
        let Geometry::MultiPoint(punkte) = geom else {
            panic!("a point")
        };
        Ok((punkte.0[0].x(), punkte.0[0].y(), deutung))
    }

    #[test]
    fn pairs_in_every_form_are_the_same_place() {
        let (x, y, deutung) = ort("48.0222 10.8256").unwrap();
        assert_eq!(deutung, Deutung::Grad);
        assert!(
            (x - 636_108.0).abs() < 600.0 && (y - 5_320_400.0).abs() < 1_500.0,
            "{x} {y}"
        );
        for text in [
            "48,0222 10,8256",
            "10.8256, 48.0222",
            "48.0222,10.8256",
            "48.0222N 10.8256E",
            "48,0222° N; 10,8256° O",
            "48°01'19.92\"N 10°49'32.16\"O",
            "48° 1′ 19.92″ N, 10° 49′ 32.16″ E",
            "48°01'19.92''N 10°49'32.16''E",
        ] {
            let (a, b, deutung) = ort(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(deutung, Deutung::Grad, "{text}");
            assert!(
                (a - x).abs() < 0.5 && (b - y).abs() < 0.5,
                "{text}: {a} {b}"
            );
        }
        for (text, deutung) in [
            ("640123 5324987", Deutung::Meter),
            ("640123,5324987", Deutung::Meter),
            ("640123,0 / 5324987,0", Deutung::Meter),
            ("32640123 5324987", Deutung::Meter),
            ("5324987 640123", Deutung::MeterVertauscht),
            ("N 5324987 E 640123", Deutung::Meter),
        ] {
            assert_eq!(
                ort(text).unwrap(),
                (640_123.0, 5_324_987.0, deutung),
                "{text}"
            );
        }
        for falsch in [
            "",
            "Rathaus",
            "48.0222",
            "0 0",
            "1 2 3",
            "-33.8 151.2",
            "40.7 -74",
        ] {
            assert!(ort(falsch).is_err(), "{falsch}");
        }
    }

    #[test]
    fn wkt_with_srid_is_converted() {
        let Ok(Geometry::MultiPoint(punkte)) = wkt(
            "SRID=4326;POINT(10.8256 48.0222)",
            0,
            &mut Umrechner::default(),
        ) else {
            panic!("a point")
        };
        let (x, y, _) = ort("48.0222 10.8256").unwrap();
        assert!((punkte.0[0].x() - x).abs() < 0.01 && (punkte.0[0].y() - y).abs() < 0.01);
        let falsch = |text| wkt(text, 2, &mut Umrechner::default()).unwrap_err();
        for (text, satz) in [
            ("SRID=4326;POINT(10.8256 48.0222)", "passend zu art = punkt"),
            (
                "SRID=4326;GEOMETRYCOLLECTION(POINT(10.8256 48.0222))",
                "Sammlung",
            ),
            ("SRID=4326;POLYGON EMPTY", "leer"),
            (
                "SRID=4326;POLYGON((10.8 48,10.9 48.1,10.9 48,10.8 48.1,10.8 48))",
                "ungültig",
            ),
        ] {
            let fehler = falsch(text);
            assert!(fehler.contains(satz), "{text}: {fehler}");
        }
        assert!(
            wkt("SRID=9999;POINT(1 2)", 0, &mut Umrechner::default())
                .unwrap_err()
                .contains("EPSG:9999")
        );
    }
}
