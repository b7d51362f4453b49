//! A polygon somebody drew or keeps in a file: GeoJSON or WKT.

use geo_types::{Geometry, MultiPolygon};
use sqlx::PgConnection;

use super::geometrie;
use crate::db::geom::{Geom, SRID};
use crate::error::{Error, Result};
use crate::gemeinde::store::multipolygon;
use crate::verschneidung::gueltigkeit;

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
    let grad = Geom {
        srid: 4326,
        geometry: flaeche.into(),
    };
    let umgerechnet = sqlx::query_scalar!(
        r#"SELECT st_transform($1::geometry, $2::int) AS "geom!: Geom""#,
        grad as Geom,
        SRID
    )
    .fetch_one(conn)
    .await?;
    multipolygon(umgerechnet)
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
