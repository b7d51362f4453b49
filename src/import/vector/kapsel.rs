//! GeoPackage, Shapefile and FlatGeobuf: features off the child's pipe.

use std::borrow::Cow;

use super::dbf::Kodierung;
use super::lage::Lage;
use super::melder::Melder;
use super::{Annahme, Feld, Kopf, Lesen, Merkmal};
use crate::error::{Error, Result};
use crate::fnp::objekt::Schwere;
use crate::import::datei::{Datei, Format};
use crate::import::sandbox;

pub(super) fn strom(
    datei: &Datei,
    optionen: &Lesen,
    senke: &mut dyn FnMut(Merkmal) -> Result<()>,
) -> Result<Kopf> {
    let ebene = optionen.ebene.as_deref();
    let mut melder = Melder::default();
    let mut kodierung = None;
    let mut name = None;
    if datei.format == Format::Shapefile {
        let shapefile = datei.shapefile(ebene)?;
        shapefile.pruefe()?;
        name = Some(shapefile.name.clone());
        kodierung = Some(Kodierung::finde(shapefile, &mut melder)?);
    }
    let text = |bytes: &[u8]| -> Option<String> {
        match &kodierung {
            // What comes is one character per byte of the file.
            Some(kodierung) => Some(kodierung.text(bytes)),
            None => std::str::from_utf8(bytes).ok().map(str::to_owned),
        }
    };
    let mut felder: Vec<Feld> = Vec::new();
    let mut melder = Some(melder);
    let mut senke = Some(senke);
    let mut annahme: Option<Annahme<'_>> = None;
    let gelesen = {
        // Header and features come by two callbacks that share the state.
        let zustand = std::cell::RefCell::new((&mut felder, &mut annahme));
        sandbox::lies(
            datei,
            ebene,
            &optionen.grenzen,
            &mut |kopf, epsg, system| {
                let mut zustand = zustand.borrow_mut();
                let mut melder = melder.take().unwrap_or_default();
                *zustand.0 = kopf
                    .iter()
                    .map(|feld| Feld {
                        name: text(feld.name.as_bytes()).unwrap_or_else(|| feld.name.clone()),
                        typ: feld.typ,
                    })
                    .collect();
                let lage = Lage::neu(optionen.crs.as_deref(), epsg, system, &mut melder)?;
                let senke = senke.take().ok_or_else(|| Error::intern("zwei Köpfe"))?;
                *zustand.1 = Some(Annahme::neu(
                    lage,
                    melder,
                    zustand.0,
                    &optionen.grenzen,
                    senke,
                ));
                Ok(())
            },
            &mut |roh| {
                let mut zustand = zustand.borrow_mut();
                let annahme = zustand
                    .1
                    .as_mut()
                    .ok_or_else(|| Error::intern("kein Kopf"))?;
                let werte = roh
                    .werte
                    .iter()
                    .enumerate()
                    .map(|(stelle, wert)| {
                        let Some(bytes) = wert else { return Ok(None) };
                        if let Some(text) = text(bytes) {
                            return Ok(Some(text));
                        }
                        annahme.melder.objekt("kein-utf8", roh.nr, Schwere::Warnung, None, &format!("hat im {}. Feld Bytes, die kein UTF-8 sind; sie wurden durch „\u{FFFD}“ ersetzt.", stelle + 1));
                        Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
                    })
                    .collect::<Result<Vec<_>>>()?;
                annahme.nimm(roh.fid.map(|fid| fid.to_string()), werte, roh.wkb)
            },
        )?
    };
    let mut annahme = annahme.ok_or_else(|| Error::intern("kein Kopf"))?;
    for warnung in gelesen.warnungen {
        annahme.melder.datei(
            "gdal",
            Schwere::Warnung,
            format!("Beim Lesen gemeldet: {warnung}"),
        );
    }
    let ebene = name
        .map_or(Cow::Borrowed(&gelesen.ebene), Cow::Owned)
        .into_owned();
    annahme.schliesse(ebene, felder)
}
