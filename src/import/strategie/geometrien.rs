//! `--geometrien DATEI`: places of measures from a vector file, joined on the kennung.
//! The features become rows of the sheet Raumbezüge and go the way of all rows.

use std::path::Path;

use geozero::ToWkt as _;

use crate::error::{Error, Result};
use crate::fnp::objekt::{Geometrie, Schwere};
use crate::import::datei::Datei;
use crate::import::table::{Feld, Kodierung, Tabelle, Zeile};
use crate::import::vector::{self, Lesen, Merkmal};

/// Names of the field with the kennung (or number, or title) of the measure.
const KENNUNG: [&str; 4] = ["kennung", "massnahme", "massnahme_kennung", "m_kennung"];

/// Reads the features of all kinds of a file as rows; the row number is that of the feature.
/// Blocks.
///
/// # Errors
/// [`Error::Eingabe`]: not readable, several layers, no CRS, no field with the kennung, a
/// feature whose geometry cannot be read.
pub fn lies(pfad: &Path) -> Result<Tabelle> {
    let datei = Datei::oeffne(pfad)?;
    let mut zeilen = Vec::new();
    let kopf = vector::strom(&datei, &Lesen::default(), &mut |merkmal| {
        zeilen.push(zeile(merkmal, &datei.name)?);
        Ok(())
    })?;
    if let Some(befund) = kopf.befunde.iter().find(|b| b.schwere == Schwere::Fehler) {
        return Err(Error::eingabe(format!("{}: {}", datei.name, befund.text)));
    }
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

fn zeile(merkmal: Merkmal, datei: &str) -> Result<Zeile> {
    let feld = |namen: &[&str]| {
        let stelle = merkmal
            .namen()
            .iter()
            .position(|name| namen.contains(&name.to_lowercase().as_str()))?;
        Some(Feld::from(merkmal.wert(stelle).unwrap_or_default()))
    };
    let kennung = feld(&KENNUNG).ok_or_else(|| {
        Error::eingabe(format!(
            "Die Objekte von „{datei}“ haben kein Feld mit der Kennung der Maßnahme; gesucht wird {}.",
            KENNUNG.join(", ")
        ))
    })?;
    let (rolle, genauigkeit) = (feld(&["rolle"]), feld(&["genauigkeit"]));
    let (art, form): (_, geo_types::Geometry<f64>) = match merkmal.geom {
        Geometrie::Flaeche(form) => ("flaeche", form.into()),
        Geometrie::Linie(form) => ("linie", form.into()),
        Geometrie::Punkt(form) => ("punkt", form.into()),
    };
    let wkt = form.to_wkt().map_err(Error::intern)?;
    Ok(Zeile {
        nummer: merkmal.nr,
        felder: vec![
            kennung,
            Feld::from(art),
            Feld::from(format!("SRID=25832;{wkt}")),
            rolle.unwrap_or_default(),
            genauigkeit.unwrap_or_default(),
        ],
    })
}
