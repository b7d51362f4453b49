//! Shapes of two files compared: equal whatever program has written them last, and told apart
//! in words. EPSG:25832, metres.

use geo::{Area as _, Centroid as _, CoordsIter as _, Distance as _, Euclidean, Length as _};
use geo_types::{Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde_json::{Value, json};

use crate::fnp::objekt::Geometrie;
use crate::fnp::zahl::dezimal;

/// Corners in millimetres: parts, each its rings, lines or points, in an order of their own.
pub type Normal = Vec<Vec<Vec<(i64, i64)>>>;

/// So far two corners may differ, in millimetres: what rounding to three decimals leaves.
pub const GENAU: i64 = 1;
/// The same after a detour by another coordinate system.
pub const UMGERECHNET: i64 = 20;

#[expect(
    clippy::cast_possible_truncation,
    reason = "millimetres of coordinates fit; anything else is no place"
)]
fn mm(x: f64) -> i64 {
    (x * 1000.0).round() as i64
}

fn folge(linie: &LineString<f64>) -> Vec<(i64, i64)> {
    let mut punkte: Vec<_> = linie.0.iter().map(|c| (mm(c.x), mm(c.y))).collect();
    punkte.dedup();
    punkte
}

/// A ring from its smallest corner on, outer ones against the clock, inner ones with it.
fn ring(linie: &LineString<f64>, aussen: bool) -> Vec<(i64, i64)> {
    let mut punkte = folge(linie);
    if punkte.len() > 1 && punkte.first() == punkte.last() {
        punkte.pop();
    }
    let doppelt: i128 = (0..punkte.len())
        .map(|n| {
            let (a, b) = (punkte[n], punkte[(n + 1) % punkte.len()]);
            i128::from(a.0) * i128::from(b.1) - i128::from(b.0) * i128::from(a.1)
        })
        .sum();
    if (doppelt > 0) != aussen {
        punkte.reverse();
    }
    let anfang = (0..punkte.len()).min_by_key(|n| punkte[*n]).unwrap_or(0);
    punkte.rotate_left(anfang);
    punkte
}

fn flaeche(polygon: &Polygon<f64>) -> Vec<Vec<(i64, i64)>> {
    let mut innen: Vec<_> = polygon.interiors().iter().map(|r| ring(r, false)).collect();
    innen.sort();
    let mut ringe = vec![ring(polygon.exterior(), true)];
    ringe.extend(innen);
    ringe
}

/// The same for every order of parts, start of rings and direction of areas.
#[must_use]
pub fn normal(form: &Geometry<f64>) -> Normal {
    let mut teile: Normal = match form {
        Geometry::Polygon(p) => vec![flaeche(p)],
        Geometry::MultiPolygon(alle) => alle.iter().map(flaeche).collect(),
        Geometry::LineString(l) => vec![vec![folge(l)]],
        Geometry::MultiLineString(alle) => alle.iter().map(|l| vec![folge(l)]).collect(),
        andere => andere
            .coords_iter()
            .map(|c| vec![vec![(mm(c.x), mm(c.y))]])
            .collect(),
    };
    teile.sort();
    teile
}

/// Equal within so many millimetres at each corner.
#[must_use]
pub fn gleich(a: &Geometry<f64>, b: &Geometry<f64>, toleranz: i64) -> bool {
    let nah = |a: &(i64, i64), b: &(i64, i64)| {
        (a.0 - b.0).abs() <= toleranz && (a.1 - b.1).abs() <= toleranz
    };
    // As it stands first: sorting may tear apart what differs by rounding alone.
    let roh = |g: &Geometry<f64>| -> Vec<(i64, i64)> {
        g.coords_iter().map(|c| (mm(c.x), mm(c.y))).collect()
    };
    let (ra, rb) = (roh(a), roh(b));
    let (na, nb) = (normal(a), normal(b));
    let aufbau = |n: &Normal| -> Vec<Vec<usize>> {
        n.iter()
            .map(|teil| teil.iter().map(Vec::len).collect())
            .collect()
    };
    let mut formen = [aufbau(&na), aufbau(&nb)];
    for form in &mut formen {
        form.sort();
    }
    if formen[0] == formen[1] && ra.len() == rb.len() && ra.iter().zip(&rb).all(|(a, b)| nah(a, b))
    {
        return true;
    }
    aufbau(&na) == aufbau(&nb)
        && na
            .iter()
            .flatten()
            .flatten()
            .zip(nb.iter().flatten().flatten())
            .all(|(a, b)| nah(a, b))
}

/// As geometries of layers are: always Multi.
#[must_use]
pub fn geometrie(form: Geometrie) -> Geometry<f64> {
    match form {
        Geometrie::Flaeche(f) => f.into(),
        Geometrie::Linie(l) => l.into(),
        Geometrie::Punkt(p) => p.into(),
    }
}

/// 0 points, 1 lines, 2 areas.
#[must_use]
pub fn dimension(form: &Geometry<f64>) -> u8 {
    match form {
        Geometry::MultiPolygon(_) | Geometry::Polygon(_) => 2,
        Geometry::MultiLineString(_) | Geometry::LineString(_) => 1,
        _ => 0,
    }
}

/// German noun of a dimension.
#[must_use]
pub fn nomen(dimension: u8) -> &'static str {
    match dimension {
        0 => "Punkte",
        1 => "Linien",
        _ => "Flächen",
    }
}

/// GeoJSON, easting before northing, all digits.
#[must_use]
pub fn geojson(form: &Geometry<f64>) -> Value {
    let ort = |x: f64, y: f64| json!([x, y]);
    let linie = |l: &LineString<f64>| -> Value { l.0.iter().map(|c| ort(c.x, c.y)).collect() };
    let flaeche = |p: &Polygon<f64>| -> Value {
        std::iter::once(p.exterior())
            .chain(p.interiors())
            .map(linie)
            .collect()
    };
    let (typ, orte): (&str, Value) = match form {
        Geometry::MultiPolygon(alle) => ("MultiPolygon", alle.iter().map(flaeche).collect()),
        Geometry::MultiLineString(alle) => ("MultiLineString", alle.iter().map(linie).collect()),
        andere => (
            "MultiPoint",
            andere.coords_iter().map(|c| ort(c.x, c.y)).collect(),
        ),
    };
    json!({"type": typ, "coordinates": orte})
}

/// Reads GeoJSON that we wrote ourselves; None for no geometry.
#[must_use]
pub fn aus_geojson(wert: &Value) -> Option<Geometry<f64>> {
    let geometrie: geojson::Geometry = serde_json::from_value(wert.clone()).ok()?;
    let form = Geometry::<f64>::try_from(geometrie).ok()?;
    Some(match form {
        Geometry::Point(p) => MultiPoint(vec![p]).into(),
        Geometry::LineString(l) => MultiLineString(vec![l]).into(),
        Geometry::Polygon(p) => MultiPolygon(vec![p]).into(),
        andere => andere,
    })
}

/// What one shape measures: „1.234,5 m²“, „310,0 m“, „3 Orte“.
#[must_use]
pub fn mass(form: &Geometry<f64>) -> String {
    match form {
        Geometry::MultiPolygon(f) => format!("{} m²", dezimal(f.unsigned_area(), 1)),
        Geometry::MultiLineString(l) => {
            let meter: f64 = l.iter().map(|l| Euclidean.length(l)).sum();
            format!("{} m", dezimal(meter, 1))
        }
        andere => match andere.coords_iter().count() {
            1 => {
                let ort = andere.coords_iter().next().unwrap_or_default();
                format!("bei {:.1} {:.1}", ort.x, ort.y).replace('.', ",")
            }
            viele => format!("{viele} Orte"),
        },
    }
}

/// How far one lies from the other, by their middles, in metres.
#[must_use]
pub fn versatz(a: &Geometry<f64>, b: &Geometry<f64>) -> Option<f64> {
    let (a, b): (Point<f64>, Point<f64>) = (a.centroid()?, b.centroid()?);
    Some(Euclidean.distance(a, b))
}

/// „100,0 m² → 120,0 m², verschoben um 3,2 m“.
#[must_use]
pub fn unterschied(vorher: &Geometry<f64>, nachher: &Geometry<f64>) -> String {
    let (a, b) = (mass(vorher), mass(nachher));
    let weg = versatz(vorher, nachher).filter(|m| *m >= 0.05);
    let weg = weg.map(|m| format!("Mitte um {} m verschoben", dezimal(m, 1)));
    match (a == b, weg) {
        (true, Some(weg)) => format!("{b}, {weg}"),
        (true, None) => format!("{b}, Ecken verändert"),
        (false, Some(weg)) => format!("{a} → {b}, {weg}"),
        (false, None) => format!("{a} → {b}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(orte: &[(f64, f64)]) -> Geometry<f64> {
        MultiPolygon(vec![Polygon::new(orte.to_vec().into(), vec![])]).into()
    }

    #[test]
    fn order_and_direction_are_no_change_but_a_corner_is() {
        let a = polygon(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
        let gedreht = polygon(&[(10.0, 10.0), (10.0, 0.0), (0.0, 0.0), (0.0, 10.0)]);
        assert!(gleich(&a, &gedreht, GENAU));
        let gerundet = polygon(&[(0.0004, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 9.9996)]);
        assert!(gleich(&a, &gerundet, GENAU));
        let ecke = polygon(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.01), (0.0, 10.0)]);
        assert!(!gleich(&a, &ecke, GENAU));
        assert!(gleich(&a, &ecke, UMGERECHNET));
        let mehr = polygon(&[
            (0.0, 0.0),
            (5.0, 0.0),
            (10.0, 0.0),
            (10.0, 10.0),
            (0.0, 10.0),
        ]);
        assert!(!gleich(&a, &mehr, UMGERECHNET), "one corner more");
    }

    #[test]
    fn differences_in_words() {
        let a = polygon(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
        let weg = polygon(&[(3.0, 4.0), (13.0, 4.0), (13.0, 14.0), (3.0, 14.0)]);
        assert_eq!(unterschied(&a, &weg), "100,0 m², Mitte um 5,0 m verschoben");
        let gross = polygon(&[(0.0, 0.0), (20.0, 0.0), (20.0, 10.0), (0.0, 10.0)]);
        assert_eq!(
            unterschied(&a, &gross),
            "100,0 m² → 200,0 m², Mitte um 5,0 m verschoben"
        );
        assert_eq!(aus_geojson(&geojson(&a)), Some(a));
    }
}
