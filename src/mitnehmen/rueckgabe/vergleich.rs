//! One layer: the rows of the file against the state they were taken in. Objects are known by
//! their kennung, whatever number a program has given the row.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::satz::{Satz, wie};
use super::{Eintrag, Heute, Rueckgabe};
use crate::import::vector::tabelle::Form;
use crate::mitnehmen::basis::{self, Ebene};
use crate::mitnehmen::{datei as mitgenommen, form};

/// The comparison of one layer.
pub(super) struct Vergleich<'a> {
    pub ebene: &'a Ebene,
    pub heute: &'a Heute,
    pub toleranz: i64,
    pub mitnahme: String,
    pub wer: &'a str,
}

impl Vergleich<'_> {
    pub fn alle(&self, aus: &mut Rueckgabe, objekte: Vec<basis::Objekt>, saetze: Vec<Satz>) {
        let mut nach_kennung: HashMap<String, Vec<Satz>> = HashMap::new();
        let mut neue = Vec::new();
        for satz in saetze {
            match &satz.kennung {
                Some(kennung) => nach_kennung.entry(kennung.clone()).or_default().push(satz),
                None => neue.push(satz),
            }
        }
        let mut nur_abgeleitet = 0;
        for objekt in objekte {
            let Ok(stand) = serde_json::from_str::<Value>(&objekt.inhalt) else {
                aus.sage(format!("Der Ausgangsstand von „{}“ in „{}“ ist unlesbar; das Objekt wurde nicht verglichen.", objekt.kennung, self.ebene.titel));
                continue;
            };
            let mut seine = nach_kennung.remove(&objekt.kennung).unwrap_or_default();
            if seine.is_empty()
                && let Some(stelle) = neue
                    .iter()
                    .position(|satz| self.ist_es(satz, &objekt, &stand))
            {
                // Somebody emptied its kennung; it is the same object all the same.
                seine.push(neue.remove(stelle));
            }
            // A split object leaves its kennung on every part: the first row keeps it.
            let stelle = seine.iter().position(|s| s.fid == Some(objekt.nummer));
            if seine.is_empty() {
                aus.eintraege.push(Eintrag {
                    werte: None,
                    ..self.eintrag(&objekt.kennung, None, Some(stand))
                });
                continue;
            }
            let satz = seine.remove(stelle.unwrap_or(0));
            neue.extend(seine.into_iter().map(|mut kopie| {
                kopie
                    .abgeleitet
                    .insert(KOPIE.to_owned(), json!(objekt.kennung));
                kopie
            }));
            match self.geaendert(&objekt.kennung, satz, stand) {
                Some(eintrag) if eintrag.leer() => nur_abgeleitet += 1,
                Some(eintrag) => aus.eintraege.push(eintrag),
                None => aus.unveraendert += 1,
            }
        }
        if nur_abgeleitet > 0 {
            aus.unveraendert += nur_abgeleitet;
            aus.sage(format!("In „{}“ wurden bei {nur_abgeleitet} Objekten nur Angaben geändert, die abgeleitet oder an anderer Stelle gepflegt werden; sie werden nicht übernommen.", self.ebene.titel));
        }
        // What is left has a kennung that nobody took along.
        let mut rest: Vec<Satz> = nach_kennung.into_values().flatten().collect();
        rest.append(&mut neue);
        rest.sort_by_key(|satz| satz.fid);
        let mut vergeben = HashSet::new();
        for satz in rest {
            aus.eintraege.push(self.neu(satz, &mut vergeben));
        }
    }

    fn eintrag(&self, kennung: &str, fid: Option<u64>, basis: Option<Value>) -> Eintrag {
        Eintrag {
            ebene: self.ebene.id.clone(),
            titel: self.ebene.titel.clone(),
            kennung: kennung.to_owned(),
            fid,
            basis,
            werte: Some(Map::new()),
            geometrie: None,
            hinweise: Vec::new(),
            fehler: None,
        }
    }

    /// The same row of the file, and its shape or one of its texts as they were.
    fn ist_es(&self, satz: &Satz, objekt: &basis::Objekt, stand: &Value) -> bool {
        if satz.fid != Some(objekt.nummer) {
            return false;
        }
        let name = |f: &str| {
            satz.werte
                .get(f)
                .is_some_and(|w| !w.is_null() && wie(w, &stand["properties"][f]))
        };
        let form = match &satz.form {
            Form::Geometrie(g) => form::aus_geojson(&stand["geometry"])
                .is_some_and(|alt| form::gleich(&alt, &form::geometrie(g.clone()), self.toleranz)),
            _ => false,
        };
        form || name("titel") || name("name")
    }

    /// None: as it was.
    fn geaendert(&self, kennung: &str, satz: Satz, stand: Value) -> Option<Eintrag> {
        let mut eintrag = self.eintrag(kennung, satz.fid, None);
        let vorher = &stand["properties"];
        let werte = satz.werte.into_iter();
        let werte: Map<String, Value> = werte.filter(|(n, w)| !wie(w, &vorher[n])).collect();
        let abgeleitet: Vec<String> = satz
            .abgeleitet
            .iter()
            .filter(|(name, wert)| !wie(wert, &vorher[name.as_str()]))
            .filter_map(|(name, _)| Some(self.heute.sammlung.ebene.spalte(name)?.titel.clone()))
            .collect();
        if !abgeleitet.is_empty() {
            eintrag.hinweise.push(format!(
                "Nicht übernommen wird, was abgeleitet oder an anderer Stelle gepflegt wird: {}.",
                abgeleitet.join(", ")
            ));
        }
        let alt = form::aus_geojson(&stand["geometry"]);
        match satz.form {
            Form::Geometrie(g) => {
                let neu = form::geometrie(g);
                if !alt.is_some_and(|alt| form::gleich(&alt, &neu, self.toleranz)) {
                    self.nimm_form(&mut eintrag, &neu);
                }
            }
            Form::Ohne if alt.is_some() => {
                eintrag.fehler = Some("In der Datei hat das Objekt keine Geometrie mehr. Soll es weg, löschen Sie es in der Datei ganz.".to_owned());
            }
            Form::Ohne => {}
            Form::Unlesbar(grund) => eintrag.fehler = Some(unlesbar(&grund)),
        }
        eintrag.werte = Some(werte);
        eintrag.basis = Some(stand);
        let gleich = eintrag.leer() && eintrag.hinweise.is_empty();
        (!gleich).then_some(eintrag)
    }

    fn nimm_form(&self, eintrag: &mut Eintrag, neu: &geo_types::Geometry<f64>) {
        let relation = &self.heute.sammlung.ebene.relation;
        let soll = relation.geometrie.as_ref().and_then(|g| g.dimension);
        let ist = form::dimension(neu);
        if soll.is_some_and(|soll| soll != ist) {
            eintrag.fehler = Some(format!(
                "Die Ebene nimmt {}; in der Datei stehen {}.",
                form::nomen(soll.unwrap_or(2)),
                form::nomen(ist)
            ));
        }
        eintrag.geometrie = Some(form::geojson(neu));
    }

    fn neu(&self, satz: Satz, vergeben: &mut HashSet<String>) -> Eintrag {
        let kopie = satz.abgeleitet.get(KOPIE).and_then(Value::as_str);
        let mut hinweise = Vec::new();
        let mut kennung = match (&satz.kennung, kopie) {
            (Some(kennung), None) => kennung.clone(),
            (_, kopie) => {
                if let Some(von) = kopie {
                    hinweise.push(format!("Trägt dieselbe Kennung wie „{von}“ (kopiert oder geteilt); es wird ein neues Objekt."));
                }
                self.neue_kennung(&satz)
            }
        };
        if !vergeben.insert(kennung.clone()) {
            hinweise.push(format!("Die Kennung „{kennung}“ steht in der Datei mehrfach; dieses Objekt bekommt eine eigene."));
            kennung = self.neue_kennung(&satz);
            vergeben.insert(kennung.clone());
        }
        let mut eintrag = Eintrag {
            hinweise,
            ..self.eintrag(&kennung, satz.fid, None)
        };
        match satz.form {
            Form::Geometrie(g) => self.nimm_form(&mut eintrag, &form::geometrie(g)),
            Form::Ohne => {
                eintrag.fehler = Some(
                    "Das neue Objekt hat keine Geometrie; diese Ebene braucht eine.".to_owned(),
                );
            }
            Form::Unlesbar(grund) => eintrag.fehler = Some(unlesbar(&grund)),
        }
        let werte = satz.werte.into_iter().filter(|(_, w)| !w.is_null());
        eintrag.werte = Some(werte.collect());
        eintrag
    }

    /// The same for the same row of the same file from the same hands: brought back twice, it
    /// is not made twice.
    fn neue_kennung(&self, satz: &Satz) -> String {
        let mut hash = Sha256::new();
        for teil in [
            self.wer,
            &self.mitnahme,
            &self.ebene.id,
            &satz.fid.map_or(String::new(), |fid| fid.to_string()),
        ] {
            hash.update(teil);
            hash.update([0]);
        }
        let ziffern = mitgenommen::hex(&hash.finalize());
        let anfang = match &self.heute.sammlung.plan {
            Some(plan) => format!("{plan}."),
            None => self.heute.gegenstand.anfang.to_owned(),
        };
        format!("{anfang}{}", &ziffern[..10])
    }
}

/// Marks a row that carries another's kennung; no column has such a name.
const KOPIE: &str = "\u{0}kopie";

fn unlesbar(grund: &str) -> String {
    format!("Die Geometrie in der Datei lässt sich nicht lesen: sie {grund}.")
}
