//! Geometries a client sends: read from GeoJSON in any system of the layer, made Multi,
//! compared with what was sent to the client, put back on stored corners, checked.
//!
//! Answers carry rounded coordinates (1 cm in degrees, 1 mm in metres). A client that
//! changes one corner sends all others back rounded; a corner equal to a stored one as the
//! client sees it is that stored corner. Without this every edit would open gaps to the
//! neighbours. Nothing else is moved, and nothing is repaired.

use std::collections::HashMap;

use geo::{CoordsIter, MapCoords};
use geo_types::{
    Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};
use serde_json::Value;

use crate::http::problem::{self, Problem};
use crate::layers::crs::{Lage, Wandler, Ziel};

/// Most corners of one geometry.
const ECKEN_MAX: usize = 100_000;
/// System everything is stored in.
const GESPEICHERT: Lage = Lage::Utm(32);

/// A geometry as sent: Multi, x before y, in the coordinates of the request.
#[derive(Debug, Clone, PartialEq)]
pub struct Gesendet {
    /// Its system.
    pub crs: Ziel,
    /// x easting or longitude, y northing or latitude.
    pub form: Geometry<f64>,
    /// Third ordinates were there and are not kept.
    pub hoehen: bool,
}

/// What the layer takes: 0 points, 1 lines, 2 areas.
fn nomen(dimension: u8) -> &'static str {
    match dimension {
        0 => "Punkte (Point oder MultiPoint)",
        1 => "Linien (LineString oder MultiLineString)",
        _ => "Flächen (Polygon oder MultiPolygon)",
    }
}

pub(super) fn falsch(stelle: &str, text: impl Into<String>) -> Problem {
    problem::EINGABE.mit(text).stelle(stelle)
}

struct Leser {
    crs: Ziel,
    ecken: usize,
    hoehen: bool,
}

/// Reads a GeoJSON geometry for a layer of this dimension.
pub fn lies(wert: &Value, dimension: u8, crs: Ziel, stelle: &str) -> Result<Gesendet, Problem> {
    let Some(objekt) = wert.as_object() else {
        return Err(falsch(
            stelle,
            "Die Geometrie fehlt oder ist kein GeoJSON-Objekt.",
        ));
    };
    let typ = objekt
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let orte = format!("{stelle}/coordinates");
    let Some(koordinaten) = objekt.get("coordinates") else {
        return Err(falsch(
            stelle,
            match typ {
                "GeometryCollection" => format!(
                    "Diese Ebene nimmt {}, keine GeometryCollection.",
                    nomen(dimension)
                ),
                "Curve" | "CurvePolygon" | "CircularString" => {
                    "Bögen werden nicht angenommen; bitte vor dem Senden in Linien umwandeln."
                        .into()
                }
                _ => "Der Geometrie fehlt „coordinates“.".into(),
            },
        ));
    };
    let mut leser = Leser {
        crs,
        ecken: 0,
        hoehen: false,
    };
    let form = match (dimension, typ) {
        (0, "Point") => MultiPoint(vec![Point(leser.ort(koordinaten, &orte)?)]).into(),
        (0, "MultiPoint") => {
            let punkte = leser.liste(koordinaten, &orte, "Punkte", Leser::ort)?;
            MultiPoint(punkte.into_iter().map(Point).collect()).into()
        }
        (1, "LineString") => MultiLineString(vec![leser.linie(koordinaten, &orte)?]).into(),
        (1, "MultiLineString") => {
            MultiLineString(leser.liste(koordinaten, &orte, "Linien", Leser::linie)?).into()
        }
        (2, "Polygon") => MultiPolygon(vec![leser.flaeche(koordinaten, &orte)?]).into(),
        (2, "MultiPolygon") => {
            MultiPolygon(leser.liste(koordinaten, &orte, "Flächen", Leser::flaeche)?).into()
        }
        _ => {
            return Err(falsch(
                stelle,
                format!(
                    "Diese Ebene nimmt {}, nicht „{}“.",
                    nomen(dimension),
                    typ.chars().take(40).collect::<String>()
                ),
            ));
        }
    };
    Ok(Gesendet {
        crs,
        form,
        hoehen: leser.hoehen,
    })
}

impl Leser {
    fn liste<T>(
        &mut self,
        wert: &Value,
        stelle: &str,
        was: &str,
        lies: impl Fn(&mut Self, &Value, &str) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        match wert.as_array() {
            Some(teile) if !teile.is_empty() => teile
                .iter()
                .enumerate()
                .map(|(n, teil)| lies(self, teil, &format!("{stelle}/{n}")))
                .collect(),
            Some(_) => Err(falsch(stelle, "Die Geometrie ist leer.")),
            None => Err(falsch(stelle, format!("Erwartet wird eine Liste ({was})."))),
        }
    }

    fn ort(&mut self, wert: &Value, stelle: &str) -> Result<Coord<f64>, Problem> {
        let zahlen: Option<Vec<f64>> = wert
            .as_array()
            .and_then(|z| z.iter().map(Value::as_f64).collect());
        let Some(zahlen) =
            zahlen.filter(|z| (2..=4).contains(&z.len()) && z.iter().all(|z| z.is_finite()))
        else {
            return Err(falsch(
                stelle,
                "Ein Ort besteht aus zwei Zahlen [Rechtswert, Hochwert] oder [Länge, Breite].",
            ));
        };
        self.ecken += 1;
        if self.ecken > ECKEN_MAX {
            return Err(falsch(
                stelle,
                format!("Die Geometrie hat mehr als {ECKEN_MAX} Ecken. Bitte vereinfachen."),
            ));
        }
        self.hoehen |= zahlen.len() > 2;
        let (x, y) = if self.crs.norden_zuerst() {
            (zahlen[1], zahlen[0])
        } else {
            (zahlen[0], zahlen[1])
        };
        let [west, sued, ost, nord] = [-180.0, -90.0, 180.0, 90.0];
        if self.crs.lage() == Lage::Geografisch
            && !(((west..=ost).contains(&x)) && (sued..=nord).contains(&y))
        {
            return Err(falsch(
                stelle,
                format!(
                    "[{}, {}] sind keine Grad. {}",
                    zahlen[0],
                    zahlen[1],
                    if x.abs() > 1000.0 {
                        "Das sind wohl Meter: dann gehört Content-Crs (etwa <http://www.opengis.net/def/crs/EPSG/0/25832>) dazu."
                    } else {
                        "Erwartet wird [Länge, Breite], bei EPSG:4326 und EPSG:4258 [Breite, Länge]."
                    }
                ),
            ));
        }
        Ok(Coord { x, y })
    }

    fn linie(&mut self, wert: &Value, stelle: &str) -> Result<LineString<f64>, Problem> {
        let orte = self.liste(wert, stelle, "Orte", Self::ort)?;
        if orte.len() < 2 || orte.iter().all(|o| *o == orte[0]) {
            return Err(falsch(
                stelle,
                "Eine Linie braucht mindestens zwei verschiedene Orte.",
            ));
        }
        Ok(LineString(orte))
    }

    fn ring(&mut self, wert: &Value, stelle: &str) -> Result<LineString<f64>, Problem> {
        let orte = self.liste(wert, stelle, "Orte", Self::ort)?;
        if orte.len() < 4 {
            return Err(falsch(
                stelle,
                "Ein Ring braucht mindestens vier Orte, der letzte gleich dem ersten.",
            ));
        }
        if orte.first() != orte.last() {
            return Err(falsch(
                stelle,
                "Der Ring ist nicht geschlossen: der letzte Ort muss gleich dem ersten sein.",
            ));
        }
        Ok(LineString(orte))
    }

    fn flaeche(&mut self, wert: &Value, stelle: &str) -> Result<Polygon<f64>, Problem> {
        let mut ringe = self.liste(wert, stelle, "Ringe", Self::ring)?.into_iter();
        let aussen = ringe.next().unwrap_or(LineString(Vec::new()));
        Ok(Polygon::new(aussen, ringe.collect()))
    }
}

impl Gesendet {
    /// Equal to another as a client sees it: half a unit of the last digit sent.
    #[must_use]
    pub fn gleich(&self, andere: &Self) -> bool {
        let eins = einheit(self.crs) * 0.51;
        std::mem::discriminant(&self.form) == std::mem::discriminant(&andere.form)
            && aufbau(&self.form) == aufbau(&andere.form)
            && self
                .form
                .coords_iter()
                .zip(andere.form.coords_iter())
                .all(|(a, b)| (a.x - b.x).abs() < eins && (a.y - b.y).abs() < eins)
    }

    /// In EPSG:25832, straight from the numbers.
    #[must_use]
    pub fn gespeichert(&self) -> Geometry<f64> {
        self.form.map_coords(|ort| self.meter(ort))
    }

    fn meter(&self, ort: Coord<f64>) -> Coord<f64> {
        let lage = self.crs.lage();
        if lage == GESPEICHERT {
            return ort;
        }
        let (lon, lat) = lage.zu_grad(ort.x, ort.y);
        let (x, y) = GESPEICHERT.von_grad(lon, lat);
        Coord { x, y }
    }

    /// In EPSG:25832, each corner that a stored one looks like put on it.
    #[must_use]
    pub(super) fn auf_ecken(&self, ecken: &[(f64, f64)]) -> Geometry<f64> {
        let eins = einheit(self.crs);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "millimetres of coordinates fit"
        )]
        let raster = |x: f64, y: f64| ((x / eins).round() as i64, (y / eins).round() as i64);
        let wandler = Wandler::new(GESPEICHERT, self.crs);
        let mut bekannt = HashMap::with_capacity(ecken.len());
        for (x, y) in ecken {
            let (mut a, mut b) = wandler.wandle(*x, *y);
            if self.crs.norden_zuerst() {
                (a, b) = (b, a);
            }
            bekannt.insert(raster(a, b), Coord { x: *x, y: *y });
        }
        self.form.map_coords(|ort| {
            bekannt
                .get(&raster(ort.x, ort.y))
                .copied()
                .unwrap_or_else(|| self.meter(ort))
        })
    }

    /// A corner as the client wrote it.
    pub(super) fn wie_gesendet(&self, x: f64, y: f64) -> String {
        let (a, b) = Wandler::new(GESPEICHERT, self.crs).wandle(x, y);
        let stellen = if self.crs.lage() == Lage::Geografisch {
            7
        } else {
            2
        };
        format!("[{a:.stellen$}, {b:.stellen$}]")
    }
}

/// Last digit that is sent in a system.
fn einheit(crs: Ziel) -> f64 {
    10f64.powi(-(Wandler::new(GESPEICHERT, crs).stellen().cast_signed()))
}

/// Corners of each ring, line or point: two shapes with the same list differ in places alone.
fn aufbau(form: &Geometry<f64>) -> Vec<usize> {
    match form {
        Geometry::MultiPolygon(flaechen) => flaechen
            .iter()
            .flat_map(|f| {
                std::iter::once(0)
                    .chain(std::iter::once(f.exterior().0.len()))
                    .chain(f.interiors().iter().map(|r| r.0.len()))
            })
            .collect(),
        Geometry::MultiLineString(linien) => linien.iter().map(|l| l.0.len()).collect(),
        Geometry::MultiPoint(punkte) => vec![punkte.0.len()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn refusals_name_the_place() {
        for (geometrie, dimension, stelle, wort) in [
            (json!(null), 2, "/geometry", "fehlt"),
            (
                json!({"type": "Point", "coordinates": [10, 48]}),
                2,
                "/geometry",
                "Flächen",
            ),
            (
                json!({"type": "GeometryCollection", "geometries": []}),
                2,
                "/geometry",
                "GeometryCollection",
            ),
            (
                json!({"type": "Polygon", "coordinates": [[[10, 48], [10.1, 48], [10, 48]]]}),
                2,
                "/geometry/coordinates/0",
                "vier Orte",
            ),
            (
                json!({"type": "Polygon", "coordinates": [[[10, 48], [10.1, 48], [10, 48.1], [10, 48.2]]]}),
                2,
                "/geometry/coordinates/0",
                "geschlossen",
            ),
            (
                json!({"type": "MultiPoint", "coordinates": [[10, 48], [10]]}),
                0,
                "/geometry/coordinates/1",
                "zwei Zahlen",
            ),
            (
                json!({"type": "Point", "coordinates": [640_000, 5_320_000]}),
                0,
                "/geometry/coordinates",
                "Content-Crs",
            ),
            (
                json!({"type": "LineString", "coordinates": [[10, 48], [10, 48]]}),
                1,
                "/geometry/coordinates",
                "zwei verschiedene",
            ),
            (
                json!({"type": "MultiPolygon", "coordinates": []}),
                2,
                "/geometry/coordinates",
                "leer",
            ),
        ] {
            let problem = lies(&geometrie, dimension, Ziel::Crs84, "/geometry").unwrap_err();
            assert_eq!(problem.stelle.as_deref(), Some(stelle), "{geometrie}");
            assert!(
                problem.detail.contains(wort),
                "{geometrie}: {}",
                problem.detail
            );
        }
    }

    #[test]
    fn axes_follow_the_system() {
        let in_utm = |koordinaten: Value, crs| {
            let g = lies(
                &json!({"type": "Point", "coordinates": koordinaten}),
                0,
                crs,
                "",
            )
            .unwrap();
            let ort = g.gespeichert().coords_iter().next().unwrap();
            (ort.x.round(), ort.y.round())
        };
        let soll = in_utm(json!([10.87, 48.05]), Ziel::Crs84);
        assert_eq!(in_utm(json!([48.05, 10.87]), Ziel::Epsg4326), soll);
        assert_eq!(in_utm(json!([48.05, 10.87]), Ziel::Epsg4258), soll);
        assert_eq!(in_utm(json!([soll.0, soll.1]), Ziel::Epsg25832), soll);
        let (x, y) = Lage::Mercator.von_grad(10.87, 48.05);
        assert_eq!(in_utm(json!([x, y]), Ziel::Epsg3857), soll);
    }

    /// What a client sends back unchanged is the stored shape to the last bit, in every system.
    #[test]
    fn rounded_corners_go_back_to_where_they_are() {
        let ecken = [
            (639_123.456_78, 5_321_987.654_32),
            (639_200.1, 5_321_987.9),
            (639_150.333_3, 5_322_050.777_7),
        ];
        for crs in Ziel::ALLE {
            let wandler = Wandler::new(GESPEICHERT, crs);
            let stellen = 10f64.powi(wandler.stellen().cast_signed());
            let gerundet: Vec<_> = ecken
                .iter()
                .chain(&ecken[..1])
                .map(|(x, y)| {
                    let (a, b) = wandler.wandle(*x, *y);
                    json!([
                        (a * stellen).round() / stellen,
                        (b * stellen).round() / stellen
                    ])
                })
                .collect();
            let gesendet = lies(
                &json!({"type": "Polygon", "coordinates": [gerundet]}),
                2,
                crs,
                "",
            )
            .unwrap();
            let zurueck: Vec<_> = gesendet
                .auf_ecken(&ecken)
                .coords_iter()
                .map(|o| (o.x, o.y))
                .collect();
            assert_eq!(zurueck[..3], ecken, "{crs:?}");
            let ohne: Vec<_> = gesendet
                .auf_ecken(&[])
                .coords_iter()
                .map(|o| (o.x, o.y))
                .collect();
            assert!(ohne[..3] != ecken, "{crs:?}: the test would not notice");
        }
    }
}
