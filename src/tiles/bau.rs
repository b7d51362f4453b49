//! A layer on its way into memory: rows of the database or of a snapshot become numbered
//! objects with values and positions. Bounded: what is too large is given up, not kept.

use std::collections::HashMap;

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::filter::Gefragt;
use super::matrix::Satz;
use super::mvt::Wert;
use super::schicht::{Netzstand, Schicht};
use super::teile;
use super::wkb::{self, Fund};
use crate::abdeckung::WELT_BITS;
use crate::abdeckung::eingang::{Art, Eingang};
use crate::abdeckung::netz::{Abbildung, Netz};
use crate::error::{Error, Result};
use crate::layers::crs::Lage;
use crate::layers::query::Zeile;
use crate::layers::relation::Spalte;
use crate::layers::sammlung::Sammlung;
use crate::layers::snapshot::{Objekt, Wert as Gemerkt, gerundet};
use crate::layers::wert::{self, Klasse};

/// Positions of a layer taken at most: some 800 MB while it is put together.
pub const POSITIONEN_HOECHSTENS: usize = 12_000_000;
/// Bytes of all different values at most.
const WERTE_HOECHSTENS: usize = 256 << 20;

/// No value.
pub(super) const LEER: u32 = u32::MAX;

/// Stored coordinates on the square of a tile matrix set.
struct Projektion(Lage, Satz);

impl Projektion {
    /// The unit of the stored coordinates that counts: a millimetre.
    fn raster(&self) -> f64 {
        match self.0 {
            Lage::Geografisch => 1e-8,
            Lage::Utm(_) | Lage::GaussKrueger(_) | Lage::Mercator => 0.001,
        }
    }
}

impl Abbildung for Projektion {
    fn welt(&self, x: f64, y: f64) -> (f64, f64) {
        self.1.teil(self.0, x, y)
    }

    /// The bow of an edge of 250 m is a millimetre.
    fn gerade_bis(&self) -> f64 {
        match self.0 {
            Lage::Geografisch => 0.0025,
            Lage::Utm(32) if self.1 == Satz::Utm32 => f64::INFINITY,
            Lage::Mercator if self.1 == Satz::WebMercator => f64::INFINITY,
            Lage::Utm(_) | Lage::GaussKrueger(_) | Lage::Mercator => 250.0,
        }
    }

    fn fein_ab(&self) -> u8 {
        self.1.fein_ab()
    }
}

/// A layer while its rows arrive.
#[derive(Debug)]
pub(super) struct Bau {
    name: String,
    satz: Satz,
    hoechstens: usize,
    zu_gross: bool,
    spalten: Vec<Spalte>,
    schluesselklasse: Klasse,
    wenige: Vec<usize>,
    lage: Option<Lage>,
    eingang: Option<Eingang>,
    punkte: Vec<(f64, f64, u32)>,
    nummern: Vec<Option<u64>>,
    schluessel: HashMap<String, u32>,
    marken: Vec<u32>,
    werte: HashMap<Vec<u8>, u32>,
    wertbytes: usize,
}

/// Columns that name a thing: labels need them at every zoom.
const NAMEN: [&str; 3] = ["name", "titel", "bezeichnung"];

impl Bau {
    /// For a set; at most so many positions.
    pub(super) fn neu(sammlung: &Sammlung, satz: Satz, hoechstens: usize) -> Self {
        let ebene = &sammlung.ebene;
        let gefaerbt = ebene.legende.as_ref().map(|l| l.column.as_str());
        let noetig = |name: &str| {
            name == ebene.schluessel.name || Some(name) == gefaerbt || NAMEN.contains(&name)
        };
        Self {
            name: sammlung.id.clone(),
            satz,
            hoechstens,
            zu_gross: false,
            wenige: (0..ebene.spalten.len())
                .filter(|i| noetig(&ebene.spalten[*i].name))
                .collect(),
            spalten: ebene.spalten.clone(),
            schluesselklasse: ebene.schluessel.klasse,
            lage: None,
            eingang: None,
            punkte: Vec::new(),
            nummern: Vec::new(),
            schluessel: HashMap::new(),
            marken: Vec::new(),
            werte: HashMap::new(),
            wertbytes: 0,
        }
    }

    /// It was given up: there is more than memory may hold.
    pub(super) fn ist_zu_gross(&self) -> bool {
        self.zu_gross
    }

    /// Takes one row.
    pub(super) fn lies(&mut self, zeile: &Zeile, lage: Lage) -> Result<()> {
        let Some(ewkb) = zeile.geometrie()? else {
            return Ok(());
        };
        let mut formen = self.beginne(lage);
        wkb::lies(ewkb, &mut |fund, orte| match lage {
            // To the same millimetre, wherever the row comes from.
            Lage::Utm(32) => formen.nimm(fund, &mut orte.map(|(x, y)| gerundet(x, y))),
            _ => formen.nimm(fund, orte),
        });
        formen.beende();
        self.benenne(zeile.schluessel()?);
        for i in 0..self.spalten.len() {
            let wert = wert_von(self.spalten[i].klasse, zeile.eigenschaft(i)?);
            self.merke(wert);
        }
        self.pruefe()
    }

    /// Takes one feature of a snapshot.
    pub(super) fn lies_objekt(&mut self, objekt: &Objekt<'_>) -> Result<()> {
        if !objekt.mit_geometrie() {
            return Ok(());
        }
        let mut formen = self.beginne(Lage::Utm(32));
        for teil in objekt.teile() {
            for (i, ring) in teil.ringe().enumerate() {
                let fund = match teil.dimension() {
                    0 => Fund::Punkt,
                    1 => Fund::Linie,
                    _ => Fund::Ring { erster: i == 0 },
                };
                formen.nimm(fund, &mut ring.meter());
            }
        }
        formen.beende();
        self.benenne(objekt.schluessel().into_owned());
        for i in 0..self.spalten.len() {
            let wert = match objekt.wert(i) {
                Gemerkt::Leer => None,
                Gemerkt::Ganzzahl(zahl) => Some(Wert::Ganzzahl(zahl).kodiert()),
                Gemerkt::Zahl(zahl) => Some(Wert::Zahl(zahl).kodiert()),
                Gemerkt::Wahr(wahr) => Some(Wert::Wahr(wahr).kodiert()),
                Gemerkt::Text(text) => Some(Wert::Text(&text).kodiert()),
                Gemerkt::Json(text) => Some(Wert::Text(text).kodiert()),
            };
            self.merke(wert);
        }
        self.pruefe()
    }

    /// Shapes of the next object.
    fn beginne(&mut self, lage: Lage) -> Formensammler<'_> {
        self.lage = Some(lage);
        let raster = Projektion(lage, self.satz).raster();
        Formensammler {
            objekt: u32::try_from(self.nummern.len()).unwrap_or(u32::MAX),
            eingang: self.eingang.get_or_insert_with(|| Eingang::new(raster)),
            punkte: &mut self.punkte,
            flaechen: Vec::new(),
        }
    }

    fn benenne(&mut self, schluessel: String) {
        let objekt = u32::try_from(self.nummern.len()).unwrap_or(u32::MAX);
        self.nummern
            .push(Some(nummer(self.schluesselklasse, &schluessel)));
        self.schluessel.insert(schluessel, objekt);
    }

    fn merke(&mut self, wert: Option<Vec<u8>>) {
        let marke = wert.map_or(LEER, |bytes| {
            if let Some(schon) = self.werte.get(&bytes) {
                return *schon;
            }
            let naechste = u32::try_from(self.werte.len()).unwrap_or(LEER);
            self.wertbytes += bytes.len();
            self.werte.insert(bytes, naechste);
            naechste
        });
        self.marken.push(marke);
    }

    fn pruefe(&mut self) -> Result<()> {
        let umfang = self.eingang.as_ref().map_or(0, Eingang::umfang) + self.punkte.len();
        if umfang <= self.hoechstens && self.wertbytes <= WERTE_HOECHSTENS {
            return Ok(());
        }
        self.zu_gross = true;
        Err(Error::umgebung(format!(
            "Die Ebene „{}“ ist zu groß, um sie im Ganzen zu vereinfachen.",
            self.name
        )))
    }

    /// Puts the shapes together: seconds of work for a large layer.
    pub(super) fn fertig(self) -> Schicht {
        self.baue(Netzstand::ganz)
    }

    /// The same with the shapes of one zoom alone.
    pub(super) fn fertig_fuer(self, zoom: u8) -> Schicht {
        self.baue(|netz| Netzstand::nur(netz, zoom))
    }

    fn baue(self, stand: impl FnOnce(Netz) -> Netzstand) -> Schicht {
        let mut werte: Vec<(Vec<u8>, u32)> = self.werte.into_iter().collect();
        werte.sort_unstable_by_key(|(_, i)| *i);
        let projektion = Projektion(self.lage.unwrap_or(Lage::Geografisch), self.satz);
        let eingang = self
            .eingang
            .unwrap_or_else(|| Eingang::new(projektion.raster()));
        let netz = Netz::neu(eingang, self.nummern.len(), &projektion);
        let breite = (1_i64 << WELT_BITS) as f64;
        #[expect(clippy::cast_possible_truncation, reason = "parts of the world")]
        let auf_welt = |(x, y, objekt): (f64, f64, u32)| {
            let (x, y) = projektion.welt(x, y);
            ([(x * breite) as i64, (y * breite) as i64], objekt)
        };
        let mit_punkten = self.punkte.iter().map(|(.., objekt)| *objekt).collect();
        let punkte = self.punkte.into_iter().map(auf_welt);
        let punkte = punkte
            .map(|(ort, objekt)| GeomWithData::new(ort, objekt))
            .collect();
        Schicht {
            name: self.name,
            spalten: self.spalten.into_iter().map(|s| s.name).collect(),
            wenige: self.wenige,
            nummern: self.nummern,
            schluessel: self.schluessel,
            marken: self.marken,
            werte: werte
                .into_iter()
                .map(|(bytes, _)| bytes.into_boxed_slice())
                .collect(),
            punkte: RTree::bulk_load(punkte),
            mit_punkten,
            satz: self.satz,
            netzstand: stand(netz),
            gefragt: Gefragt::default(),
        }
    }
}

/// Takes the parts of one object.
struct Formensammler<'a> {
    objekt: u32,
    eingang: &'a mut Eingang,
    punkte: &'a mut Vec<(f64, f64, u32)>,
    flaechen: Vec<Vec<teile::Ring>>,
}

impl Formensammler<'_> {
    fn nimm(&mut self, fund: Fund, orte: &mut dyn Iterator<Item = (f64, f64)>) {
        match fund {
            Fund::Punkt => self.punkte.extend(orte.map(|(x, y)| (x, y, self.objekt))),
            Fund::Linie => self.eingang.zug(self.objekt, Art::Linie, orte),
            Fund::Ring { erster } => {
                if erster {
                    self.flaechen.push(Vec::new());
                }
                if let Some(flaeche) = self.flaechen.last_mut() {
                    flaeche.push(orte.collect());
                }
            }
        }
    }

    fn beende(self) {
        for ring in teile::vereint(self.flaechen) {
            self.eingang
                .zug(self.objekt, Art::Flaeche, ring.into_iter());
        }
    }
}

/// Whole numbers as they are, so that `feature-state` and the database speak of the same; of
/// everything else 53 bits (what JavaScript can hold) of a hash that stays.
fn nummer(klasse: Klasse, schluessel: &str) -> u64 {
    if klasse == Klasse::Ganzzahl
        && let Ok(zahl) = schluessel.parse::<u64>()
        && zahl < 1 << 53
    {
        return zahl;
    }
    // FNV-1a.
    let hash = schluessel.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ hash >> 53) & ((1 << 53) - 1)
}

/// As GeoJSON writes it, typed.
fn wert_von(klasse: Klasse, bytes: Option<&[u8]>) -> Option<Vec<u8>> {
    let mut json = Vec::new();
    wert::schreibe(&mut json, klasse, bytes);
    let text = str::from_utf8(&json).ok()?;
    match klasse {
        _ if text == "null" => None,
        Klasse::Ganzzahl => Some(Wert::Ganzzahl(text.parse().ok()?).kodiert()),
        Klasse::Gleitkomma | Klasse::Dezimal | Klasse::Geld => {
            Some(Wert::Zahl(text.parse().ok()?).kodiert())
        }
        Klasse::Wahrheit => Some(Wert::Wahr(text == "true").kodiert()),
        // Tiles know no objects: the JSON as text.
        Klasse::Json | Klasse::Feld | Klasse::Objekt => Some(Wert::Text(text).kodiert()),
        _ => Some(Wert::Text(&serde_json::from_slice::<String>(&json).ok()?).kodiert()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_keys_or_hold_in_a_double() {
        assert_eq!(nummer(Klasse::Ganzzahl, "4711"), 4711);
        assert_ne!(
            nummer(Klasse::Ganzzahl, "-1"),
            nummer(Klasse::Ganzzahl, "-2")
        );
        let texte = ["", "W-1", "W-2", "99999999999999999999"];
        for (i, a) in texte.iter().enumerate() {
            assert!(nummer(Klasse::Text, a) < 1 << 53);
            for b in &texte[i + 1..] {
                assert_ne!(nummer(Klasse::Text, a), nummer(Klasse::Text, b));
            }
        }
        assert_eq!(nummer(Klasse::Text, "W-1"), nummer(Klasse::Text, "W-1"));
    }
}
