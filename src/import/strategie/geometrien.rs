//! `--geometrien DATEI`: places of measures from a GeoPackage or GeoJSON, joined on the
//! kennung. The features become rows of the sheet Raumbezüge and go the way of all rows.

use std::path::Path;

use gdal::vector::{Layer, LayerAccess as _};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use crate::error::{Error, Result};
use crate::import::datei::{Datei, Format};
use crate::import::table::{Feld, Kodierung, Tabelle, Zeile};
use crate::import::vector::lehne_verweis_ab;

/// Names of the field with the kennung (or number, or title) of the measure.
const KENNUNG: [&str; 4] = ["kennung", "massnahme", "massnahme_kennung", "m_kennung"];

/// Reads the features of all kinds of a file as rows; the row number is that of the feature.
/// Blocks.
///
/// # Errors
/// [`Error::Eingabe`]: not readable, several layers, no CRS, no field with the kennung.
pub fn lies(pfad: &Path) -> Result<Tabelle> {
    let datei = Datei::oeffne(pfad)?;
    let treiber = match datei.format {
        Format::GeoJson => {
            lehne_verweis_ab(datei.pfad())?;
            "GeoJSON"
        }
        Format::GeoPackage => "GPKG",
        Format::Xml => {
            return Err(Error::eingabe(
                "--geometrien erwartet GeoPackage oder GeoJSON, diese Datei ist XML.",
            ));
        }
    };
    let dataset = Dataset::open_ex(
        datei.pfad(),
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: Some(&[treiber]),
            ..DatasetOptions::default()
        },
    )
    .map_err(|cause| {
        Error::eingabe(format!(
            "Die Datei „{}“ lässt sich nicht als {treiber} lesen: {cause}",
            datei.name
        ))
    })?;
    let [mut layer] = dataset
        .layers()
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|alle: Vec<_>| {
            Error::eingabe(format!(
                "Die Datei „{}“ enthält {} Ebenen; erwartet wird genau eine.",
                datei.name,
                alle.len()
            ))
        })?;
    let epsg = layer
        .spatial_ref()
        .and_then(|system| system.auth_code().ok())
        .ok_or_else(|| {
            Error::eingabe(format!(
                "Die Datei „{}“ nennt kein Koordinatenreferenzsystem.",
                datei.name
            ))
        })?;
    let zeilen = zeilen(&mut layer, epsg, &datei.name)?;
    Ok(Tabelle {
        sha256: datei.sha256.clone(),
        datei: datei.name,
        blatt: None,
        kodierung: Kodierung::Utf8,
        trenner: ' ',
        kopf: ["massnahme", "art", "wkt", "rolle", "genauigkeit"]
            .map(str::to_owned)
            .to_vec(),
        zeilen,
    })
}

fn zeilen(layer: &mut Layer<'_>, epsg: i32, name: &str) -> Result<Vec<Zeile>> {
    let mut zeilen = Vec::new();
    for (n, feature) in layer.features().enumerate() {
        let felder: Vec<(String, String)> = feature
            .fields()
            .filter_map(|(name, wert)| Some((name.to_lowercase(), wert?.into_string()?)))
            .collect();
        let feld = |namen: &[&str]| -> Feld {
            namen
                .iter()
                .find_map(|name| felder.iter().find(|(feld, _)| feld == name))
                .map(|(_, wert)| Feld::from(wert.trim()))
                .unwrap_or_default()
        };
        if n == 0
            && !KENNUNG
                .iter()
                .any(|name| felder.iter().any(|(feld, _)| feld == name))
        {
            return Err(Error::eingabe(format!(
                "Die Objekte von „{}“ haben kein Feld mit der Kennung der Maßnahme; gesucht wird {}.",
                name,
                KENNUNG.join(", ")
            )));
        }
        let wkt = feature
            .geometry()
            .and_then(|form| form.wkt().ok())
            .unwrap_or_default();
        let art = match wkt.trim_start_matches("MULTI").get(..4) {
            Some("POIN") => "punkt",
            Some("LINE") => "linie",
            _ => "flaeche",
        };
        zeilen.push(Zeile {
            nummer: n + 1,
            felder: vec![
                feld(&KENNUNG),
                Feld::from(art),
                Feld::from(format!("SRID={epsg};{wkt}")),
                feld(&["rolle"]),
                feld(&["genauigkeit"]),
            ],
        });
    }
    Ok(zeilen)
}
