//! Reads a file that comes back and keeps what differs from the state it was taken in.

mod kopf;
mod satz;
mod vergleich;

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::basis::{self, Ebene, Kopf};
use super::datei::{self as mitgenommen, misch};
use super::form;
use crate::error::{Error, Result};
use crate::import::datei::{Datei, Grenzen};
use crate::import::vector::tabelle::{self, Form};
use crate::layers::sammlung::Sammlung;
use crate::layers::transactions::Gegenstand;
use crate::layers::wert::Klasse;
use satz::Zuordnung;
pub use satz::wie;
use vergleich::Vergleich;

/// Most differences of one file.
const HOECHSTENS: usize = 2000;

/// What a file says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rueckgabe {
    /// Where it comes from.
    pub kopf: Kopf,
    /// Objects that are as they were taken, in all layers.
    pub unveraendert: u64,
    /// What differs.
    pub eintraege: Vec<Eintrag>,
    /// What to know of the file as a whole.
    pub hinweise: Vec<String>,
}

/// One object that is not as it was taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Eintrag {
    /// Collection.
    pub ebene: String,
    /// Its title.
    pub titel: String,
    /// Feature id; of a new object the one it will get.
    pub kennung: String,
    /// Its key in the file.
    pub fid: Option<u64>,
    /// The feature when it was taken; None: it is new.
    pub basis: Option<Value>,
    /// Properties that were changed (of a new object: all); None: it is gone from the file.
    pub werte: Option<Map<String, Value>>,
    /// GeoJSON, EPSG:25832, where the shape was changed.
    pub geometrie: Option<Value>,
    /// What to know of it.
    pub hinweise: Vec<String>,
    /// Why it cannot be taken.
    pub fehler: Option<String>,
}

/// Layers of a reader's world by id.
pub type Sammlungen = HashMap<String, Sammlung>;

/// A layer as it is today and may be edited through.
#[derive(Debug)]
pub struct Heute {
    /// Collection.
    pub sammlung: Sammlung,
    /// What its features are.
    pub gegenstand: &'static Gegenstand,
}

/// Reads a file. `heute` has the layers of the reader's world by id; `gemeinden` is what this
/// service is known by; `wer` brings it. Blocks.
///
/// # Errors
/// [`Error::Eingabe`] for a file that was not taken here, is damaged, or cannot be compared.
pub fn lies(
    datei: &Datei,
    grenzen: &Grenzen,
    sammlungen: &Sammlungen,
    gemeinden: &[String],
    wer: &str,
) -> Result<Rueckgabe> {
    let namen = tabelle::namen(datei, grenzen)?;
    let fehlt = |name: &str| !namen.iter().any(|n| n == name);
    if fehlt(basis::KOPF) || fehlt(basis::OBJEKTE) {
        return Err(Error::eingabe(kopf::fremd(&datei.name, &namen)));
    }
    let kopf = kopf::kopf(datei, grenzen)?;
    if !gemeinden.is_empty() && !kopf.gemeinden.iter().any(|g| gemeinden.contains(g)) {
        return Err(Error::eingabe(format!(
            "„{}“ wurde bei einem anderen Dienst mitgenommen ({}; Gemeinde {}). Hier geht es um {}. Bitte dort zurückbringen.",
            datei.name,
            kopf.dienst,
            kopf.gemeinden.join(", "),
            gemeinden.join(", ")
        )));
    }
    let mut objekte = kopf::objekte(datei, grenzen)?;
    let mut rueckgabe = Rueckgabe {
        unveraendert: 0,
        eintraege: Vec::new(),
        hinweise: Vec::new(),
        kopf,
    };
    for ebene in rueckgabe.kopf.ebenen.clone() {
        let seine = objekte.remove(&ebene.id).unwrap_or_default();
        let Some(sammlung) = sammlungen.get(&ebene.id) else {
            if ebene.aenderbar {
                rueckgabe.sage(format!("Die Ebene „{}“ gibt es nicht mehr, oder Sie dürfen sie nicht sehen; sie wurde nicht verglichen.", ebene.titel));
            }
            continue;
        };
        if fehlt(&ebene.id) {
            if ebene.aenderbar && !seine.is_empty() {
                rueckgabe.sage(format!(
                    "Die Ebene „{}“ fehlt in der Datei; ihre Objekte bleiben, wie sie sind.",
                    ebene.titel
                ));
            }
            continue;
        }
        match sammlung.bearbeiten.filter(|_| ebene.aenderbar) {
            Some(gegenstand) => {
                let heute = Heute {
                    sammlung: sammlung.clone(),
                    gegenstand,
                };
                rueckgabe.vergleiche(datei, grenzen, &ebene, &heute, seine, wer)?;
            }
            None => rueckgabe.beschaue(datei, grenzen, &ebene, sammlung)?,
        }
        if rueckgabe.eintraege.len() > HOECHSTENS {
            return Err(Error::eingabe(format!(
                "Die Datei weicht in mehr als {HOECHSTENS} Objekten von dem Stand ab, in dem sie mitgenommen wurde. So viele lassen sich nicht einzeln prüfen; bitte in Teilen zurückbringen (Ebenen aus der Datei löschen, die warten können)."
            )));
        }
    }
    if rueckgabe.eintraege.is_empty() && mit_log(datei)? {
        rueckgabe.sage("Die Datei war wohl noch in QGIS geöffnet, als sie kopiert wurde: dann steht in ihr noch nicht, was zuletzt gespeichert wurde. Bitte QGIS schließen und sie noch einmal zurückbringen, falls hier etwas fehlt.".to_owned());
    }
    let bekannt: HashSet<&str> = rueckgabe
        .kopf
        .ebenen
        .iter()
        .map(|e| e.id.as_str())
        .collect();
    let eigene: Vec<&str> = namen
        .iter()
        .map(String::as_str)
        .filter(|name| !bekannt.contains(name) && !UNSERE.contains(name))
        .collect();
    if !eigene.is_empty() {
        rueckgabe.sage(format!(
            "Tabellen, die nicht mitgenommen wurden, bleiben unbeachtet: {}.",
            eigene.join(", ")
        ));
    }
    Ok(rueckgabe)
}

/// `SQLite` was told to write its changes beside the file first, as QGIS does while it is open.
fn mit_log(datei: &Datei) -> Result<bool> {
    use std::io::Read as _;
    let mut vorn = [0; 20];
    let gelesen = std::fs::File::open(datei.pfad())?.read(&mut vorn)?;
    Ok(gelesen == vorn.len() && vorn[18..] == [2, 2])
}

/// Tables of ours that are no layers.
const UNSERE: &[&str] = &[
    basis::KOPF,
    basis::OBJEKTE,
    "angaben",
    "layer_styles",
    "qgis_projects",
    "ziele",
    "kennzahlen",
    "ziele_der_massnahmen",
    "kennzahlen_der_massnahmen",
    "ortsteile_der_massnahmen",
    "codelisten",
];

impl Rueckgabe {
    fn sage(&mut self, satz: String) {
        self.hinweise.push(satz);
    }

    /// A layer that can be changed.
    fn vergleiche(
        &mut self,
        datei: &Datei,
        grenzen: &Grenzen,
        ebene: &Ebene,
        heute: &Heute,
        objekte: Vec<basis::Objekt>,
        wer: &str,
    ) -> Result<()> {
        let mut saetze = Vec::new();
        let mut zuordnung = None;
        let kopf = tabelle::lies(datei, &ebene.id, grenzen, &mut |kopf, zeile| {
            let zuordnung = zuordnung.get_or_insert_with(|| Zuordnung::neu(kopf, heute));
            saetze.push(zuordnung.satz(zeile));
            Ok(())
        })
        .map_err(|fehler| mit_ebene(fehler, &ebene.titel))?;
        let zuordnung = zuordnung.unwrap_or_else(|| Zuordnung::neu(&kopf, heute));
        if zuordnung.schluessel.is_none() {
            self.sage(format!(
                "In der Ebene „{}“ fehlt die Spalte „{}“. Ohne sie ist kein Objekt wiederzuerkennen; die Ebene wurde nicht verglichen.",
                ebene.titel, heute.sammlung.ebene.schluessel.name
            ));
            return Ok(());
        }
        self.hinweise.extend(zuordnung.hinweise(ebene, heute));
        let toleranz = if kopf.epsg.is_none_or(|epsg| epsg == 25832) {
            form::GENAU
        } else {
            let satz = format!(
                "Die Datei kommt in EPSG:{} zurück; verglichen wurde sie in EPSG:25832, Unterschiede unter 2 cm gelten als keine.",
                kopf.epsg.unwrap_or_default()
            );
            // Once, not for every layer.
            if !self.hinweise.contains(&satz) {
                self.sage(satz);
            }
            form::UMGERECHNET
        };
        let vergleich = Vergleich {
            ebene,
            heute,
            toleranz,
            mitnahme: self.kopf.id.clone(),
            wer,
        };
        vergleich.alle(self, objekte, saetze);
        Ok(())
    }

    /// A layer that is only looked at: edits of it would be lost without a word.
    fn beschaue(
        &mut self,
        datei: &Datei,
        grenzen: &Grenzen,
        ebene: &Ebene,
        sammlung: &Sammlung,
    ) -> Result<()> {
        let mut summe = [0; 32];
        let mut anzahl = 0;
        let spalten = &sammlung.ebene;
        let kopf = tabelle::lies(datei, &ebene.id, grenzen, &mut |kopf, zeile| {
            anzahl += 1;
            let form = match zeile.form {
                Form::Geometrie(g) => Some(form::geometrie(g)),
                _ => None,
            };
            let werte = kopf.felder.iter().zip(zeile.werte);
            let werte = werte.filter_map(|(feld, wert)| {
                let spalte = spalten.spalte(&feld.name);
                let klasse = match spalte {
                    Some(spalte) => spalte.klasse,
                    None if feld.name == spalten.schluessel.name => Klasse::Text,
                    None => return None,
                };
                let zaehlt = matches!(klasse, Klasse::Text | Klasse::Ganzzahl);
                Some((feld.name.as_str(), wert.filter(|_| zaehlt)?))
            });
            misch(&mut summe, &mitgenommen::abdruck_aus(werte, form.as_ref()));
            Ok(())
        })
        .map_err(|fehler| mit_ebene(fehler, &ebene.titel))?;
        let gleich = anzahl == ebene.anzahl && mitgenommen::hex(&summe) == ebene.abdruck;
        if !gleich && kopf.epsg.is_none_or(|epsg| epsg == 25832) {
            self.sage(format!("Die Ebene „{}“ wurde nur zum Ansehen mitgenommen, in der Datei aber verändert. Das wird nicht übernommen.", ebene.titel));
        }
        Ok(())
    }
}

fn mit_ebene(fehler: Error, titel: &str) -> Error {
    match fehler {
        Error::Eingabe(text) => Error::eingabe(format!("Ebene „{titel}“: {text}")),
        anderer => anderer,
    }
}

impl Eintrag {
    /// Nothing of it can be written.
    #[must_use]
    pub fn leer(&self) -> bool {
        let werte = self.werte.as_ref().is_some_and(Map::is_empty);
        werte && self.geometrie.is_none() && self.fehler.is_none()
    }
}
