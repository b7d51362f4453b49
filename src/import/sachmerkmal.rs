//! Features with any geometry, one at a time: what `import flurstuecke` and `import
//! fachdaten` read, and which of it concerns people or places far away.

use std::collections::{BTreeMap, BTreeSet};

use geo::{BoundingRect, Intersects};
use geo_types::{Coord, Geometry, Rect};

use super::datei::Datei;
use super::vector::{self, Lesen, Merkmal};
use crate::error::{Error, Result};
use crate::fnp::objekt::Geometrie;

/// Findings of the reader told at most.
const HINWEISE_MAX: usize = 20;

/// One feature.
#[derive(Debug, Clone)]
pub struct Sachmerkmal {
    /// Position in the layer, from 1.
    pub nr: usize,
    /// Fields as text, names as delivered; empty ones are left out.
    pub felder: BTreeMap<String, String>,
    /// `MultiPolygon`, `MultiLineString` or `MultiPoint` in EPSG:25832 (easting, northing).
    pub geom: Geometry<f64>,
}

impl From<Merkmal> for Sachmerkmal {
    fn from(merkmal: Merkmal) -> Self {
        let felder = merkmal
            .felder()
            .map(|(name, wert)| (name.to_owned(), wert.to_owned()))
            .collect();
        Self {
            nr: merkmal.nr,
            felder,
            geom: match merkmal.geom {
                Geometrie::Flaeche(g) => g.into(),
                Geometrie::Linie(g) => g.into(),
                Geometrie::Punkt(g) => g.into(),
            },
        }
    }
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Gelesen {
    /// Features of the layer.
    pub anzahl: usize,
    /// Of these without a geometry that can be read.
    pub ohne_geometrie: usize,
    /// What the reader noticed, a sentence each.
    pub hinweise: Vec<String>,
}

/// Reads one layer, in order; `aufbau` is called once with the names of the fields before the
/// first feature. Blocks.
///
/// # Errors
/// As [`vector::strom`], and whatever the two callbacks return.
pub fn lies(
    datei: &Datei,
    optionen: &Lesen,
    aufbau: &mut dyn FnMut(&[String]) -> Result<()>,
    senke: &mut dyn FnMut(Sachmerkmal) -> Result<()>,
) -> Result<Gelesen> {
    let mut begonnen = false;
    let kopf = vector::strom(datei, optionen, &mut |merkmal| {
        if !begonnen {
            aufbau(merkmal.namen())?;
            begonnen = true;
        }
        senke(merkmal.into())
    })?;
    if kopf.gelesen == 0 {
        return Err(Error::eingabe("Die Datei enthält kein Objekt."));
    }
    let mut hinweise: Vec<String> = kopf
        .befunde
        .iter()
        .take(HINWEISE_MAX)
        .map(|befund| befund.text.clone())
        .collect();
    if kopf.befunde.len() > HINWEISE_MAX {
        hinweise.push(format!(
            "… und {} weitere.",
            kopf.befunde.len() - HINWEISE_MAX
        ));
    }
    let anzahl = |zahl: u64| usize::try_from(zahl).map_err(Error::intern);
    Ok(Gelesen {
        anzahl: anzahl(kopf.gelesen)?,
        ohne_geometrie: anzahl(kopf.gelesen - kopf.uebernommen)?,
        hinweise,
    })
}

/// The field names that would tell about owners and other people: they are never stored.
#[must_use]
pub fn personenbezogen<'a>(felder: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    const WORTE: [&str; 14] = [
        "eigentuem",
        "eigent_",
        "eigner",
        "owner",
        "besitzer",
        "buchungsblatt",
        "grundbuch",
        "namensnummer",
        "vorname",
        "nachname",
        "geburts",
        "anschrift",
        "telefon",
        "email",
    ];
    felder
        .into_iter()
        .filter(|feld| {
            let feld = super::table::schreibweise(feld);
            WORTE.iter().any(|wort| feld.contains(wort)) || feld == "eigent" || feld == "e_mail"
        })
        .collect()
}

/// Where a delivery is looked at: states deliver whole, a town keeps its own.
#[derive(Debug, Clone, Copy)]
pub struct Umkreis(Option<Rect<f64>>);

impl Umkreis {
    /// The box (EPSG:25832) widened by `rand_m` metres; None takes everything.
    #[must_use]
    pub fn neu(kasten: Option<Rect<f64>>, rand_m: f64) -> Self {
        Self(kasten.map(|k| {
            let rand = Coord {
                x: rand_m,
                y: rand_m,
            };
            Rect::new(k.min() - rand, k.max() + rand)
        }))
    }
    /// The box of the geometry meets it.
    #[must_use]
    pub fn trifft(&self, geom: &Geometry<f64>) -> bool {
        match (self.0, geom.bounding_rect()) {
            (Some(umkreis), Some(kasten)) => umkreis.intersects(&kasten),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::point;

    #[test]
    fn people_are_no_fields() {
        let felder = [
            "flstkennz",
            "Eigentümer",
            "EIGENTUEMER_1",
            "gemarkung",
            "Grundbuchblatt",
            "name",
            "E-Mail",
        ];
        let gefunden: Vec<&str> = personenbezogen(felder).into_iter().collect();
        assert_eq!(
            gefunden,
            ["E-Mail", "EIGENTUEMER_1", "Eigentümer", "Grundbuchblatt"]
        );
    }

    #[test]
    fn a_town_keeps_its_own() {
        let kasten = Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 10.0, y: 10.0 });
        let bei = |x: f64| -> Geometry<f64> { point!(x: x, y: 5.0).into() };
        assert!(Umkreis::neu(Some(kasten), 5.0).trifft(&bei(14.0)));
        assert!(!Umkreis::neu(Some(kasten), 5.0).trifft(&bei(16.0)));
        assert!(Umkreis::neu(None, 5.0).trifft(&bei(1e6)));
    }
}
