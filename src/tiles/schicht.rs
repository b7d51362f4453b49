//! One layer in memory: attributes encoded once, shapes of each zoom when first asked for.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::mvt::Wert;
use super::wkb::{self, Fund};
use super::{matrix, teile};
use crate::abdeckung::eingang::{Art, Eingang};
use crate::abdeckung::netz::{Abbildung, FEIN_AB, FEIN_BITS, Netz};
use crate::abdeckung::stufe::Stufe;
use crate::abdeckung::{Gitter, WELT_BITS};
use crate::error::{Error, Result};
use crate::layers::crs::Lage;
use crate::layers::query::Zeile;
use crate::layers::relation::Spalte;
use crate::layers::sammlung::Sammlung;
use crate::layers::wert::{self, Klasse};

/// Positions of a layer kept in memory at most.
pub(super) const POSITIONEN_HOECHSTENS: usize = 12_000_000;

/// No value.
pub(super) const LEER: u32 = u32::MAX;

struct Projektion(Lage);

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
        let (lon, lat) = self.0.zu_grad(x, y);
        matrix::welt(lon, lat.clamp(-86.0, 86.0))
    }

    /// The bow of an edge of 250 m is a millimetre.
    fn gerade_bis(&self) -> f64 {
        match self.0 {
            Lage::Geografisch => 0.0025,
            Lage::Utm(_) | Lage::GaussKrueger(_) => 250.0,
            Lage::Mercator => f64::INFINITY,
        }
    }
}

/// A layer while its rows arrive.
#[derive(Debug)]
pub(super) struct Bau {
    name: String,
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
}

/// Columns that name a thing: labels need them at every zoom.
const NAMEN: [&str; 3] = ["name", "titel", "bezeichnung"];

impl Bau {
    pub(super) fn neu(sammlung: &Sammlung) -> Self {
        let ebene = &sammlung.ebene;
        let gefaerbt = ebene.legende.as_ref().map(|l| l.column.as_str());
        let noetig = |name: &str| {
            name == ebene.schluessel.name || Some(name) == gefaerbt || NAMEN.contains(&name)
        };
        Self {
            name: sammlung.id.clone(),
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
        }
    }

    /// Takes one row.
    pub(super) fn lies(&mut self, zeile: &Zeile, lage: Lage) -> Result<()> {
        let Some(ewkb) = zeile.geometrie()? else {
            return Ok(());
        };
        let objekt = u32::try_from(self.nummern.len()).unwrap_or(u32::MAX);
        self.lage = Some(lage);
        let eingang = self
            .eingang
            .get_or_insert_with(|| Eingang::new(Projektion(lage).raster()));
        let punkte = &mut self.punkte;
        let mut flaechen: Vec<Vec<teile::Ring>> = Vec::new();
        wkb::lies(ewkb, &mut |fund, orte| match fund {
            Fund::Punkt => punkte.extend(orte.map(|(x, y)| (x, y, objekt))),
            Fund::Linie => eingang.zug(objekt, Art::Linie, orte),
            Fund::Ring { erster } => {
                if erster {
                    flaechen.push(Vec::new());
                }
                if let Some(flaeche) = flaechen.last_mut() {
                    flaeche.push(orte.collect());
                }
            }
        });
        for ring in teile::vereint(flaechen) {
            eingang.zug(objekt, Art::Flaeche, ring.into_iter());
        }
        if eingang.umfang() + punkte.len() > POSITIONEN_HOECHSTENS {
            return Err(Error::umgebung(format!(
                "Die Ebene „{}“ ist zu groß für Kacheln; bitte einen Ausschnitt über /items laden.",
                self.name
            )));
        }
        let schluessel = zeile.schluessel()?;
        self.nummern
            .push(Some(nummer(self.schluesselklasse, &schluessel)));
        self.schluessel.insert(schluessel, objekt);
        for i in 0..self.spalten.len() {
            let marke =
                wert_von(self.spalten[i].klasse, zeile.eigenschaft(i)?).map_or(LEER, |bytes| {
                    let naechste = u32::try_from(self.werte.len()).unwrap_or(LEER);
                    *self.werte.entry(bytes).or_insert(naechste)
                });
            self.marken.push(marke);
        }
        Ok(())
    }

    /// Puts the shapes together: seconds of work for a large layer.
    pub(super) fn fertig(self) -> Schicht {
        let mut werte: Vec<(Vec<u8>, u32)> = self.werte.into_iter().collect();
        werte.sort_unstable_by_key(|(_, i)| *i);
        let projektion = Projektion(self.lage.unwrap_or(Lage::Geografisch));
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
            naechste: Mutex::new(Some((netz, FEIN_AB))),
            stufen: Default::default(),
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

type Eintrag = GeomWithData<Rectangle<Gitter>, u32>;

/// Shapes of a zoom with an index.
#[derive(Debug)]
pub(super) struct Formen {
    pub(super) stufe: Stufe,
    index: RTree<Eintrag>,
}

impl Formen {
    fn neu(stufe: Stufe) -> Self {
        let zahl = u32::try_from(stufe.len()).unwrap_or(u32::MAX);
        let eintrag = |objekt| {
            let [x0, y0, x1, y1] = stufe.kasten(objekt)?;
            Some(Eintrag::new(
                Rectangle::from_corners([x0, y0], [x1, y1]),
                objekt,
            ))
        };
        let index = RTree::bulk_load((0..zahl).filter_map(eintrag).collect());
        Self { stufe, index }
    }

    /// Objects whose envelope meets the box, in the order of the layer.
    pub(super) fn im_kasten(&self, [x0, y0, x1, y1]: [i32; 4]) -> Vec<u32> {
        let rahmen = AABB::from_corners([x0, y0], [x1, y1]);
        let mut gefunden: Vec<u32> = self
            .index
            .locate_in_envelope_intersecting(&rahmen)
            .map(|e| e.data)
            .collect();
        gefunden.sort_unstable();
        gefunden
    }
}

/// A layer.
#[derive(Debug)]
pub(super) struct Schicht {
    pub(super) name: String,
    pub(super) spalten: Vec<String>,
    /// Columns sent at low zooms.
    pub(super) wenige: Vec<usize>,
    nummern: Vec<Option<u64>>,
    schluessel: HashMap<String, u32>,
    marken: Vec<u32>,
    werte: Vec<Box<[u8]>>,
    punkte: RTree<GeomWithData<[i64; 2], u32>>,
    mit_punkten: HashSet<u32>,
    /// The network and the zoom it has come to.
    naechste: Mutex<Option<(Netz, u8)>>,
    /// 0 to 15, and the finest.
    stufen: [OnceLock<Arc<Formen>>; FEIN_AB as usize + 1],
}

impl Schicht {
    pub(super) fn nummer(&self, objekt: u32) -> Option<u64> {
        self.nummern.get(objekt as usize).copied().flatten()
    }

    /// Points are part of this object: they are not generalised.
    pub(super) fn hat_punkte(&self, objekt: u32) -> bool {
        self.mit_punkten.contains(&objekt)
    }

    /// Number of the object with this id.
    pub(super) fn objekt(&self, schluessel: &str) -> Option<u32> {
        self.schluessel.get(schluessel).copied()
    }

    /// Places of the object's values, one per column; [`LEER`] for none.
    pub(super) fn marken(&self, objekt: u32) -> &[u32] {
        let ab = objekt as usize * self.spalten.len();
        self.marken
            .get(ab..ab + self.spalten.len())
            .unwrap_or_default()
    }

    pub(super) fn wert(&self, marke: u32) -> &[u8] {
        self.werte.get(marke as usize).map_or(&[], |w| w)
    }

    /// Points in a box of the world grid, by object.
    pub(super) fn punkte(&self, ecken: [[i64; 2]; 2]) -> Vec<(u32, [i64; 2])> {
        let rahmen = AABB::from_corners(ecken[0], ecken[1]);
        let mut gefunden: Vec<(u32, [i64; 2])> = self
            .punkte
            .locate_in_envelope(&rahmen)
            .map(|p| (p.data, *p.geom()))
            .collect();
        gefunden.sort_unstable();
        gefunden
    }

    /// Shapes of a zoom; the first to ask waits while those of the finer zooms are made.
    pub(super) fn formen(&self, zoom: u8) -> Arc<Formen> {
        let stelle = usize::from(zoom.min(FEIN_AB));
        if let Some(formen) = self.stufen[stelle].get() {
            return Arc::clone(formen);
        }
        let mut stand = self.naechste.lock().unwrap_or_else(PoisonError::into_inner);
        while self.stufen[stelle].get().is_none() {
            let Some((netz, naechste)) = stand.as_mut() else {
                break;
            };
            let stufe = if *naechste == FEIN_AB {
                netz.fein()
            } else {
                netz.vergroebere(*naechste)
            };
            self.stufen[usize::from(*naechste)].get_or_init(|| Arc::new(Formen::neu(stufe)));
            match naechste.checked_sub(1) {
                Some(weiter) => *naechste = weiter,
                None => *stand = None,
            }
        }
        let leer = || Arc::new(Formen::neu(Stufe::default()));
        Arc::clone(self.stufen[stelle].get_or_init(leer))
    }

    /// Bytes held, about.
    pub(super) fn bytes(&self) -> usize {
        let formen: usize = self
            .stufen
            .iter()
            .filter_map(OnceLock::get)
            .map(|f| f.stufe.bytes() + f.index.size() * 32)
            .sum();
        let netz = self.naechste.lock().map_or(0, |stand| {
            stand.as_ref().map_or(0, |(netz, _)| netz.bytes())
        });
        let werte: usize = self.werte.iter().map(|w| w.len() + 16).sum();
        let schluessel: usize = self.schluessel.keys().map(|s| s.len() + 48).sum();
        formen
            + netz
            + werte
            + schluessel
            + self.marken.len() * 4
            + self.nummern.len() * 16
            + self.punkte.size() * 40
    }

    /// Bits of the grid and cells across a tile, by zoom.
    pub(super) fn gitter(zoom: u8) -> (u32, i32) {
        if zoom >= FEIN_AB {
            (FEIN_BITS, 1 << (FEIN_BITS - u32::from(zoom)))
        } else {
            (u32::from(zoom) + 12, 4096)
        }
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
