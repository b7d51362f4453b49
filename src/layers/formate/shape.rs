//! Shapefile in a ZIP: one file per kind of geometry, names of ten letters, UTF-8 with its
//! `.cpg`, and a LIESMICH.txt that says what the short names mean and what the format cost.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use gdal::vector::{
    Feature, FieldDefn, LayerAccess as _, LayerOptions, OGRFieldType, OGRwkbGeometryType,
    OwnedLayer,
};
use gdal::{Dataset, DriverManager};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::form::{Art, Form};
use super::ogr::{self, fehler};
use super::satz::{Feld, Satz, Wert};
use super::{Auftrag, Saetze, eindeutig};
use crate::error::{Error, Result};
use crate::layers::wert::Klasse;

/// Longest text of a dBase column, bytes.
const TEXT_MAX: usize = 254;
/// dBase ends here.
const SPALTEN_MAX: usize = 255;

/// What one file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sorte {
    Punkt,
    Mehrpunkt,
    Linie,
    Flaeche,
    Ohne,
}

impl Sorte {
    fn von(form: &Form) -> Self {
        match form {
            Form::Punkte(punkte) if punkte.len() == 1 => Self::Punkt,
            Form::Punkte(_) => Self::Mehrpunkt,
            Form::Linien(_) => Self::Linie,
            Form::Flaechen(_) | Form::Sammlung(_) => Self::Flaeche,
        }
    }

    /// End of the file's name, its kind for GDAL, what it is called.
    fn angaben(self) -> (&'static str, OGRwkbGeometryType::Type, &'static str) {
        match self {
            Self::Punkt => ("_punkte", OGRwkbGeometryType::wkbPoint, "einzelne Punkte"),
            Self::Mehrpunkt => (
                "_mehrpunkte",
                OGRwkbGeometryType::wkbMultiPoint,
                "Objekte aus mehreren Punkten",
            ),
            Self::Linie => ("_linien", OGRwkbGeometryType::wkbLineString, "Linien"),
            Self::Flaeche => ("_flaechen", OGRwkbGeometryType::wkbPolygon, "Flächen"),
            Self::Ohne => (
                "_ohne_geometrie",
                OGRwkbGeometryType::wkbNone,
                "Objekte ohne Geometrie",
            ),
        }
    }
}

struct Datei {
    sorte: Sorte,
    ebene: OwnedLayer,
    anzahl: usize,
}

/// Writes the file.
pub fn schreibe(auftrag: &Auftrag, ziel: &Path, saetze: &mut Saetze<'_>) -> Result<()> {
    let felder = &auftrag.aufbau.felder;
    if felder.len() > SPALTEN_MAX {
        return Err(Error::eingabe(format!(
            "„{}“ hat {} Spalten; ein Shapefile fasst {SPALTEN_MAX}. Nehmen Sie GeoPackage.",
            auftrag.titel,
            felder.len()
        )));
    }
    let namen = ogr::namen(felder.iter().map(|f| f.name.as_str()), 10, &[], ogr::ascii);
    let ordner = ziel.with_extension("teile");
    std::fs::create_dir(&ordner)?;
    let stamm = ogr::ascii(&auftrag.id);
    let mut dateien: Vec<Datei> = Vec::new();
    let mut gekuerzt = BTreeSet::new();
    for satz in saetze {
        let Satz { werte, form } = satz?;
        let formen = form.map(Form::nach_art).unwrap_or_default();
        let teile: Vec<Option<Form>> = if formen.is_empty() {
            vec![None]
        } else {
            formen.into_iter().map(Some).collect()
        };
        for form in teile {
            let sorte = form.as_ref().map_or_else(|| ohne(auftrag), Sorte::von);
            let nr = match dateien.iter().position(|datei| datei.sorte == sorte) {
                Some(nr) => nr,
                None => {
                    dateien.push(lege_an(auftrag, &ordner, &stamm, sorte, &namen)?);
                    dateien.len() - 1
                }
            };
            let datei = &mut dateien[nr];
            let mut objekt = Feature::new(datei.ebene.defn()).map_err(fehler)?;
            for (n, wert) in werte.iter().enumerate() {
                if !setze(&mut objekt, n, wert).map_err(fehler)? {
                    gekuerzt.insert(n);
                }
            }
            if let Some(form) = form {
                let geometrie = match form.punkt() {
                    Some(punkt) => ogr::punkt(punkt)?,
                    None => ogr::geometrie(&form)?,
                };
                objekt.set_geometry(geometrie).map_err(fehler)?;
            }
            objekt.create(&datei.ebene).map_err(fehler)?;
            datei.anzahl += 1;
        }
    }
    if dateien.is_empty() {
        let sorte = leer(auftrag.aufbau.art);
        dateien.push(lege_an(auftrag, &ordner, &stamm, sorte, &namen)?);
    }
    let einzeln = dateien.len() == 1;
    let mut inhalt = Vec::new();
    for Datei {
        sorte,
        ebene,
        anzahl,
    } in dateien
    {
        Dataset::from(ebene).close().map_err(fehler)?;
        inhalt.push((sorte, anzahl));
    }
    let liesmich = liesmich(auftrag, &namen, &inhalt, &gekuerzt);
    packe(
        ziel,
        &ordner,
        &stamm,
        einzeln.then_some(inhalt[0].0),
        &liesmich,
    )?;
    Ok(std::fs::remove_dir_all(&ordner)?)
}

/// Where an object without geometry goes: an empty shape beside the others of its layer.
fn ohne(auftrag: &Auftrag) -> Sorte {
    match auftrag.aufbau.art {
        Some(Art::Punkte) => Sorte::Punkt,
        Some(Art::Linien) => Sorte::Linie,
        Some(Art::Flaechen) => Sorte::Flaeche,
        Some(Art::Gemischt) | None => Sorte::Ohne,
    }
}

/// The only file of a layer without objects.
fn leer(art: Option<Art>) -> Sorte {
    match art {
        Some(Art::Punkte) => Sorte::Punkt,
        Some(Art::Linien) => Sorte::Linie,
        Some(Art::Flaechen | Art::Gemischt) => Sorte::Flaeche,
        None => Sorte::Ohne,
    }
}

fn lege_an(
    auftrag: &Auftrag,
    ordner: &Path,
    stamm: &str,
    sorte: Sorte,
    namen: &[String],
) -> Result<Datei> {
    let (ende, typ, _) = sorte.angaben();
    let name = format!("{stamm}{ende}");
    let endung = if sorte == Sorte::Ohne { "dbf" } else { "shp" };
    let treiber = DriverManager::get_driver_by_name("ESRI Shapefile").map_err(fehler)?;
    let mut dataset = treiber
        .create_vector_only(ordner.join(format!("{name}.{endung}")))
        .map_err(fehler)?;
    let system = ogr::system(auftrag)?;
    {
        let ebene = dataset
            .create_layer(LayerOptions {
                name: &name,
                srs: (sorte != Sorte::Ohne).then_some(&system),
                ty: typ,
                // Columns shrink at the end to what they hold.
                options: Some(&["ENCODING=UTF-8", "RESIZE=YES"]),
            })
            .map_err(fehler)?;
        for (name, feld) in namen.iter().zip(&auftrag.aufbau.felder) {
            spalte(name, feld)?.add_to_layer(&ebene).map_err(fehler)?;
        }
    }
    Ok(Datei {
        sorte,
        ebene: dataset.into_layer(0).map_err(fehler)?,
        anzahl: 0,
    })
}

fn spalte(name: &str, feld: &Feld) -> Result<FieldDefn> {
    let (typ, breite) = match feld.klasse {
        Klasse::Ganzzahl => (OGRFieldType::OFTInteger64, 18),
        Klasse::Gleitkomma | Klasse::Dezimal | Klasse::Geld => (OGRFieldType::OFTReal, 0),
        Klasse::Datum => (OGRFieldType::OFTDate, 0),
        Klasse::Wahrheit => (OGRFieldType::OFTString, 4),
        Klasse::Zeitpunkt | Klasse::Ortszeit => (OGRFieldType::OFTString, 30),
        _ => (OGRFieldType::OFTString, 254),
    };
    let spalte = FieldDefn::new(name, typ).map_err(fehler)?;
    if breite > 0 {
        spalte.set_width(breite);
    }
    Ok(spalte)
}

/// False when the text was too long for its column.
fn setze(objekt: &mut Feature<'_>, stelle: usize, wert: &Wert) -> gdal::errors::Result<bool> {
    match wert {
        Wert::Leer => objekt.set_field_null(stelle)?,
        Wert::Ganz(zahl) => objekt.set_field_integer64(stelle, *zahl)?,
        Wert::Bruch(_) | Wert::Dezimal(_) => match wert.zahl() {
            Some(zahl) => objekt.set_field_double(stelle, zahl)?,
            None => objekt.set_field_null(stelle)?,
        },
        Wert::Wahr(wahr) => objekt.set_field_string(stelle, if *wahr { "ja" } else { "nein" })?,
        Wert::Json(_) => return kurz(objekt, stelle, &wert.deutsch()),
        _ => return kurz(objekt, stelle, &wert.roh().unwrap_or_default()),
    }
    Ok(true)
}

fn kurz(objekt: &mut Feature<'_>, stelle: usize, text: &str) -> gdal::errors::Result<bool> {
    let teil = &text[..text.floor_char_boundary(TEXT_MAX)];
    objekt.set_field_string(stelle, teil)?;
    Ok(teil.len() == text.len())
}

fn liesmich(
    auftrag: &Auftrag,
    namen: &[String],
    inhalt: &[(Sorte, usize)],
    gekuerzt: &BTreeSet<usize>,
) -> String {
    let mut text = format!("{}\n\n", auftrag.titel);
    // Writing into a String cannot fail.
    if let Some(beschreibung) = &auftrag.beschreibung {
        let _ = writeln!(text, "{beschreibung}\n");
    }
    for (name, wert) in &auftrag.hinweise {
        let _ = writeln!(text, "{name}: {wert}");
    }
    text.push_str("\nInhalt\n");
    for (sorte, anzahl) in inhalt {
        let _ = writeln!(text, "  {}: {anzahl}", sorte.angaben().2);
    }
    text.push_str("\nSpalten (ein Shapefile fasst nur zehn Zeichen je Name)\n");
    let felder = &auftrag.aufbau.felder;
    for (n, ((kurz, feld), titel)) in namen.iter().zip(felder).zip(eindeutig(felder)).enumerate() {
        let _ = write!(text, "  {kurz:<10}  {titel}");
        if feld.name != *kurz {
            let _ = write!(text, " ({})", feld.name);
        }
        if gekuerzt.contains(&n) {
            text.push_str(" – ACHTUNG: lange Texte sind nach 254 Bytes abgeschnitten");
        }
        text.push('\n');
    }
    text.push_str("\nTexte sind UTF-8 (siehe .cpg). Zeitpunkte stehen als Text in UTC. Vollständig und mit Darstellung gibt es die Ebene als GeoPackage.\n");
    format!("\u{feff}{}", text.replace('\n', "\r\n"))
}

/// With a single kind its ending is left out of the names.
fn packe(
    ziel: &Path,
    ordner: &Path,
    stamm: &str,
    einzige: Option<Sorte>,
    liesmich: &str,
) -> Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(ziel)?));
    let einstellung = SimpleFileOptions::default().large_file(true);
    let start = |zip: &mut ZipWriter<BufWriter<File>>, name: &str| {
        zip.start_file(name, einstellung).map_err(Error::intern)
    };
    start(&mut zip, "LIESMICH.txt")?;
    zip.write_all(liesmich.as_bytes())?;
    let mut teile: Vec<PathBuf> = std::fs::read_dir(ordner)?
        .map(|teil| Ok(teil?.path()))
        .collect::<Result<_>>()?;
    teile.sort();
    for teil in teile {
        let name = teil
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        let name = match einzige {
            Some(sorte) => name.replacen(&format!("{stamm}{}", sorte.angaben().0), stamm, 1),
            None => name.to_owned(),
        };
        start(&mut zip, &name)?;
        std::io::copy(&mut File::open(&teil)?, &mut zip)?;
    }
    zip.finish().map_err(Error::intern)?.flush()?;
    Ok(())
}
