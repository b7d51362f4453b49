//! Tables of a GeoPackage row by row, as they are: with or without a geometry, nothing left
//! out. What comes back from an office is compared, not loaded, so a row that cannot be read is
//! told beside the others.

use super::lage::Lage;
use super::melder::Melder;
use super::{Feld, wkb};
use crate::error::{Error, Result};
use crate::fnp::objekt::Geometrie;
use crate::import::datei::{Datei, Format, Grenzen};
use crate::import::sandbox;

/// Shape of a row.
#[derive(Debug, Clone)]
pub enum Form {
    /// None.
    Ohne,
    /// EPSG:25832, easting before northing, metres.
    Geometrie(Geometrie),
    /// It is there and cannot be taken; German reason, the end of a sentence about the object.
    Unlesbar(String),
}

/// One row.
#[derive(Debug)]
pub struct Zeile {
    /// Key in the file.
    pub fid: Option<u64>,
    /// Values in the order of the fields, as text.
    pub werte: Vec<Option<String>>,
    /// Shape.
    pub form: Form,
}

/// A table before its rows.
#[derive(Debug, Clone, Default)]
pub struct Kopf {
    /// Fields in the order of the file.
    pub felder: Vec<Feld>,
    /// EPSG code of its coordinates, where the file names one.
    pub epsg: Option<u32>,
}

/// Names of the tables of a file. Blocks.
///
/// # Errors
/// [`Error::Eingabe`] for a damaged file, [`Error::Umgebung`] without a sandbox.
pub fn namen(datei: &Datei, grenzen: &Grenzen) -> Result<Vec<String>> {
    if datei.format != Format::GeoPackage {
        return Err(Error::eingabe(format!(
            "„{}“ ist kein GeoPackage.",
            datei.name
        )));
    }
    sandbox::ebenen(datei, grenzen)
}

/// Reads a table and calls `senke` for every row. Blocks.
///
/// # Errors
/// [`Error::Eingabe`] for a damaged file, a table that is none, a coordinate system we do not
/// read or, with shapes, none; [`Error::Umgebung`] without a sandbox; an error of `senke`.
pub fn lies(
    datei: &Datei,
    name: &str,
    grenzen: &Grenzen,
    senke: &mut dyn FnMut(&Kopf, Zeile) -> Result<()>,
) -> Result<Kopf> {
    let mut melder = Melder::default();
    // Header and rows come by two callbacks that share the state.
    let zustand = std::cell::RefCell::new((Kopf::default(), None::<Lage>));
    sandbox::lies(
        datei,
        Some(name),
        grenzen,
        &mut |felder, epsg, system| {
            let lage = Lage::neu(None, epsg, system, &mut melder)?;
            let kopf = Kopf {
                felder: felder.to_vec(),
                epsg,
            };
            *zustand.borrow_mut() = (kopf, Some(lage));
            Ok(())
        },
        &mut |roh| {
            let mut zustand = zustand.borrow_mut();
            let (kopf, lage) = &mut *zustand;
            let lage = lage.as_mut().ok_or_else(|| Error::intern("kein Kopf"))?;
            let werte = roh
                .werte
                .iter()
                .map(|wert| wert.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
                .collect();
            let form = match roh.wkb {
                None => Form::Ohne,
                Some(wkb) => form(wkb, lage, grenzen.ecken)?,
            };
            senke(
                kopf,
                Zeile {
                    fid: roh.fid,
                    werte,
                    form,
                },
            )
        },
    )?;
    Ok(zustand.into_inner().0)
}

fn form(bytes: &[u8], lage: &mut Lage, ecken: usize) -> Result<Form> {
    lage.beginne();
    Ok(
        match wkb::lies(bytes, ecken, &mut |punkte| lage.rechne_um(punkte)) {
            Ok(_) if lage.ausserhalb() => Form::Unlesbar(format!(
                "liegt nach seinen Koordinaten nicht in Deutschland{}",
                lage.stelle()
            )),
            Ok(gelesen) => Form::Geometrie(gelesen.geometrie),
            Err(wkb::Grund::Leer) => Form::Ohne,
            Err(wkb::Grund::Unlesbar(grund)) => Form::Unlesbar(grund),
            Err(wkb::Grund::Fehler(fehler)) => return Err(fehler),
        },
    )
}
