//! CSV for German Excel, as [`crate::tabelle`] writes it. The geometry comes last: for layers
//! of points two columns of coordinates, and for all layers `WKT`, which QGIS and GDAL take
//! for the geometry by its name; the head of the coordinates names their system.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::form::{Art, kurz};
use super::satz::Satz;
use super::{Auftrag, Saetze, eindeutig};
use crate::error::Result;
use crate::layers::crs::{Lage, STELLEN_GRAD, STELLEN_METER};
use crate::tabelle::csv_zeile;

/// Writes the file.
pub fn schreibe(auftrag: &Auftrag, ziel: &Path, saetze: &mut Saetze<'_>) -> Result<()> {
    let mut out = BufWriter::new(File::create(ziel)?);
    let punkte = auftrag.aufbau.art == Some(Art::Punkte);
    let stellen = stellen(auftrag.aufbau.system.lage());
    let mut kopf = eindeutig(&auftrag.aufbau.felder);
    if punkte {
        kopf.extend(koordinaten(auftrag));
    }
    if auftrag.aufbau.art.is_some() {
        kopf.push("WKT".to_owned());
    }
    write!(out, "\u{feff}{}", kopfzeile(&kopf))?;
    for satz in saetze {
        let Satz { werte, form } = satz?;
        let mut zeile: Vec<String> = werte.iter().map(super::Wert::deutsch).collect();
        if punkte {
            let punkt = form.as_ref().and_then(super::Form::punkt);
            zeile.extend(match punkt {
                Some(punkt) => punkt.map(|zahl| kurz(zahl, stellen).replace('.', ",")),
                None => [String::new(), String::new()],
            });
        }
        if auftrag.aufbau.art.is_some() {
            zeile.push(form.map_or_else(String::new, |form| form.wkt(stellen)));
        }
        out.write_all(csv_zeile(&zeile).as_bytes())?;
    }
    Ok(out.flush()?)
}

/// Readers guess the separator from the first line: any other that stands in a title is quoted.
fn kopfzeile(kopf: &[String]) -> String {
    let zellen: Vec<String> = kopf
        .iter()
        .map(|titel| {
            let zelle = csv_zeile(std::slice::from_ref(titel));
            let zelle = zelle.trim_end_matches("\r\n");
            if zelle.starts_with('"') || !zelle.contains([',', '|', '\t', ':']) {
                zelle.to_owned()
            } else {
                format!("\"{zelle}\"")
            }
        })
        .collect();
    format!("{}\r\n", zellen.join(";"))
}

/// Decimals of a coordinate.
#[must_use]
pub fn stellen(lage: Lage) -> usize {
    let stellen = match lage {
        Lage::Geografisch => STELLEN_GRAD,
        Lage::Utm(_) | Lage::GaussKrueger(_) | Lage::Mercator => STELLEN_METER,
    };
    stellen as usize
}

/// Heads of the two columns of a point.
#[must_use]
pub fn koordinaten(auftrag: &Auftrag) -> [String; 2] {
    match auftrag.aufbau.system.lage() {
        Lage::Geografisch => ["Länge [°]".to_owned(), "Breite [°]".to_owned()],
        Lage::Utm(_) | Lage::GaussKrueger(_) | Lage::Mercator => {
            ["Ost", "Nord"].map(|achse| format!("{achse} [m, EPSG:{}]", auftrag.epsg()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_has_one_separator() {
        let kopf = ["a", "Ost [m, EPSG:1]", "b;c", "=1"].map(str::to_owned);
        assert_eq!(kopfzeile(&kopf), "a;\"Ost [m, EPSG:1]\";\"b;c\";'=1\r\n");
    }
}
