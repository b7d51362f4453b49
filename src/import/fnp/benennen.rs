//! Kennungen: kennung of the plan + "." + gml:id without `GML_`, unique within the delivery.

use std::collections::{HashMap, HashSet};

use super::spule::{Art, Spule};
use crate::error::Result;
use crate::fnp::objekt::{Befund, Schwere};

/// The kennungen of a delivery; memory holds only those that had to be invented.
#[derive(Debug, Default)]
pub struct Namen {
    plan: String,
    anders: HashMap<usize, String>,
}

impl Namen {
    /// The kennung of an entry, `eigen` being its record's.
    #[must_use]
    pub fn kennung(&self, index: usize, eigen: &str, ohne_id: bool) -> String {
        let plan = &self.plan;
        match self.anders.get(&index) {
            Some(anders) => format!("{plan}.{anders}"),
            None if ohne_id => format!("{plan}.{}", nummer(index)),
            None => format!("{plan}.{eigen}"),
        }
    }

    /// The kennung of an entry, read from the spool.
    ///
    /// # Errors
    /// When the spool cannot be read.
    pub fn lies(&self, spule: &Spule, index: usize) -> Result<String> {
        let ohne_id = spule.eintraege()[index].ohne_id;
        spule.satz(index, |satz| self.kennung(index, satz.eigen, ohne_id))
    }
}

/// An object without id is named by its place.
fn nummer(index: usize) -> String {
    format!("nr-{}", index + 1)
}

/// Finds what is named twice and names it anew, in the order of the entries: the first
/// keeps its name. Reported once per object.
///
/// # Errors
/// When the spool cannot be read.
pub fn benenne(spule: &Spule, plan: &str, befunde: &mut Vec<Befund>) -> Result<Namen> {
    let mut namen = Namen {
        plan: plan.to_owned(),
        anders: HashMap::new(),
    };
    // 16 bytes an object instead of its name; equal hashes are looked at closely.
    let mut hashes: Vec<(u64, usize)> = spule
        .eintraege()
        .iter()
        .enumerate()
        .map(|(index, e)| {
            let hash = if e.ohne_id {
                spule.hash(&nummer(index))
            } else {
                e.hash
            };
            (hash, index)
        })
        .collect();
    hashes.sort_unstable();
    let mut doppelt: Vec<(usize, String)> = Vec::new();
    for gruppe in hashes.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1) {
        let mut gesehen = HashSet::new();
        for (_, index) in gruppe {
            let ohne_id = spule.eintraege()[*index].ohne_id;
            let eigen = if ohne_id {
                nummer(*index)
            } else {
                spule.satz(*index, |satz| satz.eigen.to_owned())?
            };
            if !gesehen.insert(eigen.clone()) {
                doppelt.push((*index, eigen));
            }
        }
    }
    doppelt.sort_unstable();
    let vergeben = |eigen: &str| {
        let hash = spule.hash(eigen);
        // A name that only shares its hash is passed over too; there are more.
        hashes.binary_search_by_key(&hash, |h| h.0).is_ok()
    };
    let mut neu = HashSet::new();
    let mut naechste: HashMap<String, u32> = HashMap::new();
    for (index, eigen) in doppelt {
        let n = naechste.entry(eigen.clone()).or_insert(2);
        let anders = loop {
            let anders = format!("{eigen}-{n}");
            *n += 1;
            if !vergeben(&anders) && neu.insert(anders.clone()) {
                break anders;
            }
        };
        befunde.push(befund(spule, index, plan, &eigen, &anders)?);
        namen.anders.insert(index, anders);
    }
    Ok(namen)
}

fn befund(spule: &Spule, index: usize, plan: &str, eigen: &str, anders: &str) -> Result<Befund> {
    let eintrag = &spule.eintraege()[index];
    let [x0, y0, x1, y1] = eintrag.kasten;
    let mut ort = [f64::midpoint(x0, x1), f64::midpoint(y0, y1)];
    let (klasse, innen) = spule.satz(index, |satz| {
        let innen = match eintrag.art {
            Art::Flaeche | Art::Ueberlagerung => satz.flaeche().ok(),
            Art::Linie | Art::Punkt => None,
        };
        let innen = innen.and_then(|flaeche| geo::InteriorPoint::interior_point(&flaeche));
        (satz.text(1).to_owned(), innen)
    })?;
    if let Some(punkt) = innen {
        ort = [punkt.x(), punkt.y()];
    }
    Ok(Befund {
        code: "kennung-doppelt".into(),
        schwere: Schwere::Warnung,
        text: format!(
            "Die Kennung „{eigen}“ (gml:id oder Schlüsselfeld) kommt mehrfach vor; das weitere Objekt ({klasse}) heißt {plan}.{anders}."
        ),
        klasse: Some(klasse),
        kennung: Some(eigen.to_owned()),
        ort: ort.iter().all(|wert| wert.is_finite()).then_some(ort),
    })
}

#[cfg(test)]
mod tests {
    use super::super::spule::{Eintrag, Satzteile};
    use super::*;
    use crate::fnp::objekt::Rechtsstand;

    #[test]
    fn every_object_has_a_name_of_its_own() {
        let mut spule = Spule::neu().unwrap();
        // Two twins of x, one that is called as the first of them would be, one
        // called as the one without id.
        for eigen in ["x", "x", "x-2", "x", "", "nr-5"] {
            let teile = Satzteile {
                eigen: eigen.to_owned(),
                ..Satzteile::default()
            };
            let mut eintrag = Eintrag::neu(Art::Linie, [0.0; 4], Rechtsstand::Bestand);
            eintrag.ohne_id = eigen.is_empty();
            spule.schreibe(&teile, eintrag).unwrap();
        }
        spule.ordne().unwrap();
        let mut befunde = Vec::new();
        let namen = benenne(&spule, "p", &mut befunde).unwrap();
        let alle: Vec<String> = (0..6).map(|i| namen.lies(&spule, i).unwrap()).collect();
        assert_eq!(
            alle,
            ["p.x", "p.x-3", "p.x-2", "p.x-4", "p.nr-5", "p.nr-5-2"]
        );
        assert_eq!(befunde.len(), 3);
        assert!(
            befunde[0].text.contains("heißt p.x-3"),
            "{}",
            befunde[0].text
        );
    }
}
