//! A polygon somebody drew or keeps in a file: GeoJSON or WKT.

use geo_types::{Geometry, MultiPolygon, Point, Rect};
use sqlx::PgConnection;

use super::geometrie;
use crate::db::geom::{Geom, SRID};
use crate::error::{Error, Result};
use crate::gemeinde::store::multipolygon;
use crate::verschneidung::gueltigkeit;

/// Largest body with a polygon, in bytes.
pub const BYTES_MAX: usize = 4 << 20;
/// Most coordinates of a polygon to ask with.
const KOORDINATEN_MAX: usize = 50_000;

/// Reads a polygon and brings it to EPSG:25832. GeoJSON (geometry, feature or collection)
/// is longitude, latitude unless its `crs` member names EPSG:25832, as QGIS writes it;
/// WKT is EPSG:25832, or longitude, latitude where the numbers say so.
///
/// # Errors
/// [`Error::Eingabe`] with the place of what is wrong.
pub async fn lies(conn: &mut PgConnection, text: &str) -> Result<MultiPolygon<f64>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(Error::eingabe(
            "Das Polygon ist leer. Gebraucht wird GeoJSON oder WKT.",
        ));
    }
    let (flaeche, in_metern) = if text.starts_with('{') {
        geojson(text)?
    } else {
        wkt(text)?
    };
    let koordinaten: usize = flaeche
        .iter()
        .map(|teil| {
            teil.exterior().0.len()
                + teil
                    .interiors()
                    .iter()
                    .map(|ring| ring.0.len())
                    .sum::<usize>()
        })
        .sum();
    if koordinaten == 0 {
        return Err(Error::eingabe("Das Polygon ist leer."));
    }
    if koordinaten > KOORDINATEN_MAX {
        return Err(Error::eingabe(format!(
            "Das Polygon hat {koordinaten} Eckpunkte, erlaubt sind {KOORDINATEN_MAX}. Bitte vereinfachen."
        )));
    }
    if let Some((grund, [x, y])) = gueltigkeit::fehler(&flaeche) {
        return Err(Error::eingabe(format!(
            "Das Polygon ist ungültig: {grund} Koordinate: {x} {y}."
        )));
    }
    if in_metern {
        return Ok(flaeche);
    }
    multipolygon(umgerechnet(conn, flaeche.into()).await?)
}

/// Longitude, latitude to EPSG:25832.
async fn umgerechnet(conn: &mut PgConnection, form: Geometry<f64>) -> Result<Geom> {
    let grad = Geom {
        srid: 4326,
        geometry: form,
    };
    Ok(sqlx::query_scalar!(
        r#"SELECT st_transform($1::geometry, $2::int) AS "geom!: Geom""#,
        grad as Geom,
        SRID
    )
    .fetch_one(conn)
    .await?)
}

/// A rectangle between two corners, degrees or metres told apart by the numbers; EPSG:25832.
///
/// # Errors
/// [`Error::Eingabe`] when a corner lies in neither system.
pub async fn rechteck(conn: &mut PgConnection, ecken: Rect<f64>) -> Result<MultiPolygon<f64>> {
    let systeme = [ecken.min(), ecken.max()].map(|ecke| system(ecke.x, ecke.y));
    let flaeche = MultiPolygon(vec![ecken.to_polygon()]);
    match systeme {
        [Ok(System::Grad), Ok(System::Grad)] => {
            multipolygon(umgerechnet(conn, flaeche.into()).await?)
        }
        [Ok(System::Meter), Ok(System::Meter)] => Ok(flaeche),
        [Err(fehler), _] | [_, Err(fehler)] => Err(fehler),
        _ => Err(Error::eingabe(
            "Die Ecken stehen in verschiedenen Koordinatensystemen.",
        )),
    }
}

/// A point as longitude, latitude or as easting, northing of EPSG:25832; EPSG:25832.
///
/// # Errors
/// [`Error::Eingabe`] when it lies in neither system; swapped numbers are named.
pub async fn punkt(conn: &mut PgConnection, x: f64, y: f64) -> Result<Point<f64>> {
    // The zone before the easting is usual in Germany.
    let x = if (32_100_000.0..=33_000_000.0).contains(&x) {
        x - 32_000_000.0
    } else {
        x
    };
    if let System::Meter = system(x, y)? {
        return Ok(Point::new(x, y));
    }
    let meter = umgerechnet(conn, Point::new(x, y).into()).await?;
    match meter.geometry {
        Geometry::Point(punkt) => Ok(punkt),
        andere => Err(Error::intern(format!("point expected, got {andere:?}"))),
    }
}

/// What a pair of numbers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Grad,
    Meter,
}

/// Told apart by where Germany lies in each.
fn system(x: f64, y: f64) -> Result<System> {
    let grad = |x: f64, y: f64| (4.0..=17.0).contains(&x) && (46.0..=56.5).contains(&y);
    let meter = |x: f64, y: f64| {
        (100_000.0..=1_000_000.0).contains(&x) && (5_100_000.0..=6_250_000.0).contains(&y)
    };
    if grad(x, y) {
        Ok(System::Grad)
    } else if meter(x, y) {
        Ok(System::Meter)
    } else if grad(y, x) || meter(y, x) {
        Err(Error::eingabe(format!(
            "Die Koordinate {x} {y} scheint vertauscht: zuerst steht die Länge (der Ostwert), dann die Breite (der Nordwert)."
        )))
    } else {
        Err(Error::eingabe(format!(
            "Die Koordinate {x} {y} liegt weder in Länge und Breite noch in EPSG:25832 in Deutschland."
        )))
    }
}

fn wkt(text: &str) -> Result<(MultiPolygon<f64>, bool)> {
    match geometrie::flaeche_grad(text) {
        Some(flaeche) => Ok((flaeche, false)),
        None => match geometrie::lies(text, 2).map_err(Error::Eingabe)? {
            Geometry::MultiPolygon(flaeche) => Ok((flaeche, true)),
            andere => Err(Error::intern(format!("polygon expected, got {andere:?}"))),
        },
    }
}

fn geojson(text: &str) -> Result<(MultiPolygon<f64>, bool)> {
    let lesefehler =
        |grund: String| Error::eingabe(format!("Das ist kein lesbares GeoJSON: {grund}."));
    let wert: serde_json::Value = serde_json::from_str(text).map_err(|cause| {
        lesefehler(format!(
            "Zeile {}, Zeichen {}",
            cause.line(),
            cause.column()
        ))
    })?;
    let crs = wert
        .pointer("/crs/properties/name")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    let in_metern = match crs.rsplit([':', '/']).next() {
        Some("25832") => true,
        Some("" | "CRS84" | "4326" | "4258") | None => false,
        Some(anderes) => {
            return Err(Error::eingabe(format!(
                "Das Koordinatensystem „{anderes}“ wird hier nicht gelesen; bitte GeoJSON in Länge und Breite (WGS 84) oder EPSG:25832."
            )));
        }
    };
    let geojson: geojson::GeoJson = text
        .parse()
        .map_err(|cause: geojson::Error| lesefehler(cause.to_string()))?;
    let geometrien: Vec<geojson::Geometry> = match geojson {
        geojson::GeoJson::Geometry(geometrie) => vec![geometrie],
        geojson::GeoJson::Feature(feature) => feature.geometry.into_iter().collect(),
        geojson::GeoJson::FeatureCollection(sammlung) => sammlung
            .features
            .into_iter()
            .filter_map(|f| f.geometry)
            .collect(),
    };
    let mut flaechen = Vec::new();
    for geometrie in geometrien {
        match Geometry::<f64>::try_from(geometrie).map_err(|cause| lesefehler(cause.to_string()))? {
            Geometry::Polygon(flaeche) => flaechen.push(flaeche),
            Geometry::MultiPolygon(mehrere) => flaechen.extend(mehrere),
            _ => {
                return Err(Error::eingabe(
                    "Gebraucht wird eine Fläche (Polygon oder MultiPolygon), nicht ein Punkt oder eine Linie.",
                ));
            }
        }
    }
    let flaechen = geometrie::vereinigt(flaechen);
    let bereich = |x: f64, y: f64| {
        if in_metern {
            x.is_finite() && y.is_finite()
        } else {
            x.abs() <= 180.0 && y.abs() <= 90.0
        }
    };
    for flaeche in &flaechen {
        if let Some(ort) = flaeche
            .exterior()
            .0
            .iter()
            .find(|ort| !bereich(ort.x, ort.y))
        {
            return Err(Error::eingabe(format!(
                "Die Koordinate {} {} ist nicht Länge und Breite in Grad. GeoJSON ohne crs-Angabe steht in WGS 84.",
                ort.x, ort.y
            )));
        }
    }
    Ok((flaechen, in_metern))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_and_metres_are_told_apart() {
        assert_eq!(system(10.88, 48.05).unwrap(), System::Grad);
        assert_eq!(system(640_300.0, 5_324_500.0).unwrap(), System::Meter);
        for (x, y, teil) in [
            (48.05, 10.88, "vertauscht"),
            (5_324_500.0, 640_300.0, "vertauscht"),
            (0.0, 0.0, "Deutschland"),
            (f64::NAN, 48.0, "Deutschland"),
        ] {
            let fehler = system(x, y).unwrap_err().to_string();
            assert!(fehler.contains(teil), "{fehler}");
        }
    }
}
