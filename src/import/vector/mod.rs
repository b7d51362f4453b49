//! Vector files of an office: GeoPackage, Shapefile, FlatGeobuf (through GDAL in a
//! child process, [`super::sandbox`]) and GeoJSON (read here) as features in EPSG:25832.
//!
//! [`strom`] hands over one feature at a time and reports what it had to leave out;
//! [`lies`] is for small files of areas that must be right altogether.

mod dbf;
mod geojson;
mod kapsel;
mod lage;
mod melder;
mod reparatur;
pub mod tabelle;
mod wkb;

use std::sync::Arc;

use geo_types::MultiPolygon;

pub use reparatur::repariere;

pub use super::sandbox::{Feld, Typ};

use super::datei::{Datei, Format, Grenzen};
use crate::error::{Error, Result};
use crate::fnp::objekt::{Befund, Geometrie, Schwere};
use melder::Melder;

/// One feature; `geom` in EPSG:25832 (easting, northing; metres).
#[derive(Debug, Clone)]
pub struct Merkmal<G = Geometrie> {
    /// Position in the layer, from 1.
    pub nr: usize,
    /// Key in the file (fid of a GeoPackage, `id` of a GeoJSON feature), where it has one.
    pub id: Option<String>,
    /// Geometry.
    pub geom: G,
    namen: Arc<[String]>,
    werte: Vec<Option<String>>,
}

impl<G> Merkmal<G> {
    /// The first non-empty field of these names (exactly as delivered), trimmed.
    #[must_use]
    pub fn feld(&self, namen: &[&str]) -> Option<&str> {
        namen.iter().find_map(|name| {
            let stelle = self.namen.iter().position(|n| n == name)?;
            self.wert(stelle)
        })
    }

    /// The value at a position of [`Merkmal::namen`], trimmed; None when empty.
    #[must_use]
    pub fn wert(&self, stelle: usize) -> Option<&str> {
        self.werte
            .get(stelle)?
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// Field names as delivered, in the order of the file.
    #[must_use]
    pub fn namen(&self) -> &[String] {
        &self.namen
    }

    /// Names and non-empty values.
    pub fn felder(&self) -> impl Iterator<Item = (&str, &str)> {
        self.namen
            .iter()
            .enumerate()
            .filter_map(|(stelle, name)| Some((name.as_str(), self.wert(stelle)?)))
    }

    /// The same feature with another geometry.
    pub fn mit<H>(self, geom: H) -> Merkmal<H> {
        Merkmal {
            nr: self.nr,
            id: self.id,
            geom,
            namen: self.namen,
            werte: self.werte,
        }
    }
}

/// How to read.
#[derive(Debug, Clone)]
pub struct Lesen {
    /// `--ebene`: the layer, when the file has several.
    pub ebene: Option<String>,
    /// `--crs EPSG:…`: the CRS, when the file names none (or a wrong one).
    pub crs: Option<String>,
    /// Limits.
    pub grenzen: Grenzen,
}

impl Default for Lesen {
    fn default() -> Self {
        Self {
            ebene: None,
            crs: None,
            grenzen: Grenzen::BEFEHLSZEILE,
        }
    }
}

/// What was read.
#[derive(Debug)]
pub struct Kopf {
    /// Layer, as the file calls it.
    pub ebene: String,
    /// Fields in the order of the file.
    pub felder: Vec<Feld>,
    /// EPSG code the coordinates were read in.
    pub epsg: u32,
    /// Features in the layer: delivered + left out.
    pub gelesen: u64,
    /// Of these, handed over.
    pub uebernommen: u64,
    /// What was noticed; a feature left out has a Befund of severity `Fehler`.
    pub befunde: Vec<Befund>,
}

/// Reads a layer and calls `senke` for every feature with a geometry, in file order. Blocks.
///
/// A feature without a readable geometry, or outside Germany, is left out and reported;
/// the file as a whole is refused when it is damaged, when its layer or CRS is not
/// certain, or when more than half of the features lie outside Germany. Features may have
/// been handed over by then: write them in a transaction.
///
/// # Errors
/// [`Error::Eingabe`] as said, [`Error::Umgebung`] without a sandbox; an error of `senke` as it is.
pub fn strom(
    datei: &Datei,
    optionen: &Lesen,
    senke: &mut dyn FnMut(Merkmal) -> Result<()>,
) -> Result<Kopf> {
    match datei.format {
        Format::Xml => Err(Error::eingabe(
            "Diese Datei ist XML. Erwartet wird GeoJSON, GeoPackage, Shapefile oder FlatGeobuf; einen Flächennutzungsplan in XPlanGML liest „zielraum import fnp“.",
        )),
        Format::GeoJson => geojson::strom(datei, optionen, senke),
        Format::GeoPackage | Format::Shapefile | Format::FlatGeobuf => {
            kapsel::strom(datei, optionen, senke)
        }
    }
}

/// Reads a small file of areas that must all be right. Blocks.
///
/// # Errors
/// As [`strom`], and for every feature that is no readable area.
pub fn lies(datei: &Datei, optionen: &Lesen) -> Result<Vec<Merkmal<MultiPolygon<f64>>>> {
    let mut merkmale = Vec::new();
    let mut fehler = Vec::new();
    let kopf = strom(datei, optionen, &mut |merkmal| {
        match merkmal.geom.clone() {
            Geometrie::Flaeche(flaeche) => merkmale.push(merkmal.mit(flaeche)),
            _ => fehler.push(format!(
                "Objekt {} ist keine Fläche (erwartet: Polygon oder MultiPolygon).",
                merkmal.nr
            )),
        }
        Ok(())
    })?;
    let mut meldungen: Vec<String> = Vec::new();
    for befund in kopf.befunde {
        if befund.schwere == Schwere::Fehler {
            meldungen.push(befund.text);
        } else {
            tracing::warn!("{}", befund.text);
        }
    }
    meldungen.extend(fehler);
    if !meldungen.is_empty() {
        return Err(Error::eingabe(meldungen.join("\n")));
    }
    if merkmale.is_empty() {
        return Err(Error::eingabe("Die Datei enthält kein Objekt."));
    }
    Ok(merkmale)
}

/// What both readers do with one feature: geometry, then the sink.
struct Annahme<'a> {
    lage: lage::Lage,
    melder: Melder,
    namen: Arc<[String]>,
    ecken: usize,
    gelesen: u64,
    uebernommen: u64,
    ausserhalb: u64,
    hoehen: u64,
    senke: &'a mut dyn FnMut(Merkmal) -> Result<()>,
}

impl<'a> Annahme<'a> {
    fn neu(
        lage: lage::Lage,
        melder: Melder,
        felder: &[Feld],
        grenzen: &Grenzen,
        senke: &'a mut dyn FnMut(Merkmal) -> Result<()>,
    ) -> Self {
        Self {
            lage,
            melder,
            namen: felder.iter().map(|feld| feld.name.clone()).collect(),
            ecken: grenzen.ecken,
            gelesen: 0,
            uebernommen: 0,
            ausserhalb: 0,
            hoehen: 0,
            senke,
        }
    }

    fn nimm(
        &mut self,
        id: Option<String>,
        werte: Vec<Option<String>>,
        wkb: Option<&[u8]>,
    ) -> Result<()> {
        self.gelesen += 1;
        let nr = self.gelesen;
        let Some(wkb) = wkb else {
            self.melder.objekt(
                "geometrie-fehlt",
                nr,
                Schwere::Fehler,
                None,
                "hat keine Geometrie und wurde ausgelassen.",
            );
            return Ok(());
        };
        self.lage.beginne();
        let lage = &mut self.lage;
        match wkb::lies(wkb, self.ecken, &mut |punkte| lage.rechne_um(punkte)) {
            Ok(_) if self.lage.ausserhalb() => {
                self.ausserhalb += 1;
                let text = format!(
                    "liegt nach seinen Koordinaten nicht in Deutschland{} und wurde ausgelassen; bitte das Koordinatenreferenzsystem der Datei prüfen.",
                    self.lage.stelle()
                );
                self.melder
                    .objekt("ausserhalb-deutschlands", nr, Schwere::Fehler, None, &text);
                Ok(())
            }
            Ok(gelesen) => {
                if self.lage.vertauscht() {
                    self.melder.objekt(
                        "achsen-vertauscht",
                        nr,
                        Schwere::Warnung,
                        None,
                        "hatte Rechts- und Hochwert vertauscht und wurde richtig herum gelesen.",
                    );
                }
                self.hoehen += u64::from(gelesen.hoehe);
                self.uebernommen += 1;
                (self.senke)(Merkmal {
                    nr: usize::try_from(nr).map_err(Error::intern)?,
                    id,
                    geom: gelesen.geometrie,
                    namen: Arc::clone(&self.namen),
                    werte,
                })
            }
            Err(wkb::Grund::Fehler(error)) => Err(error),
            Err(wkb::Grund::Leer) => {
                self.melder.objekt(
                    "geometrie-leer",
                    nr,
                    Schwere::Fehler,
                    None,
                    "hat eine leere Geometrie und wurde ausgelassen.",
                );
                Ok(())
            }
            Err(wkb::Grund::Unlesbar(grund)) => {
                let text =
                    format!("{grund} und wurde ausgelassen. Bitte in der Quelle berichtigen.");
                self.melder
                    .objekt("geometrie-unlesbar", nr, Schwere::Fehler, None, &text);
                Ok(())
            }
        }
    }

    fn schliesse(mut self, ebene: String, felder: Vec<Feld>) -> Result<Kopf> {
        if self.ausserhalb * 2 > self.gelesen {
            return Err(Error::eingabe(format!(
                "{} von {} Objekten liegen nach ihren Koordinaten nicht in Deutschland{}. {}",
                self.ausserhalb,
                self.gelesen,
                self.lage.stelle(),
                self.lage.vorschlag()
            )));
        }
        if self.hoehen > 0 {
            self.melder.datei("hoehen-uebergangen", Schwere::Hinweis, format!("{} Objekte haben Höhen oder Messwerte an ihren Punkten; gelesen werden nur Rechts- und Hochwert.", self.hoehen));
        }
        Ok(Kopf {
            ebene,
            felder,
            epsg: self.lage.epsg(),
            gelesen: self.gelesen,
            uebernommen: self.uebernommen,
            befunde: self.melder.schliesse(),
        })
    }
}
