//! From the cells of all sheets to rows ready to write: links resolved, lists spread out.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::spalten::{Art, Spalte, Tabellenart, Typ, Weise, tabelle};
use super::verzeichnis::Verzeichnis;
use super::{Datei, zelle};
use crate::import::bericht::{Bericht, Stelle, gemeint};
use crate::import::table::{Feld, schreibweise};

/// One row, ready to write.
#[derive(Debug, Clone)]
pub struct Satz {
    /// Where it stands.
    pub stelle: Stelle,
    /// Its own kennung, or that of the row it belongs to.
    pub kennung: String,
    /// Its own key, or that of the owner of its set.
    pub besitzer: Uuid,
    /// Columns as the table names them.
    pub felder: Map<String, Value>,
    /// Stays a draft whatever the call says.
    pub entwurf: bool,
    /// It comes from a list in a cell of another sheet.
    pub aus_liste: bool,
    /// Cells by column, with their position.
    pub zellen: HashMap<&'static str, (usize, Feld)>,
}

impl Satz {
    /// Where a column of it stands.
    #[must_use]
    pub fn zelle(&self, spalte: &str) -> Stelle {
        let (position, text) = self
            .zellen
            .get(spalte)
            .map_or((None, ""), |(n, feld)| (Some(*n), &**feld));
        self.stelle.clone().an(position).zelle(spalte, text)
    }
    /// Text of a cell; empty when the sheet has no such column.
    #[must_use]
    pub fn text(&self, spalte: &str) -> &str {
        self.zellen.get(spalte).map_or("", |(_, feld)| &**feld)
    }
    /// A value as text.
    #[must_use]
    pub fn wert(&self, feld: &str) -> Option<&str> {
        self.felder.get(feld).and_then(Value::as_str)
    }
}

/// All rows by kind, and the owners whose sets are delivered, also empty ones.
#[derive(Debug, Default)]
pub struct Saetze {
    /// Rows.
    pub alle: HashMap<Art, Vec<Satz>>,
    /// Owners named by a list cell.
    pub eigner: HashMap<Art, HashSet<Uuid>>,
}

impl Saetze {
    /// Rows of a kind.
    pub fn von(&self, art: Art) -> impl Iterator<Item = &Satz> {
        self.alle.get(&art).into_iter().flatten()
    }
}

/// Reads the rows of all sheets.
#[must_use]
pub fn lies(dateien: &[Datei], verzeichnis: &mut Verzeichnis, bericht: &mut Bericht) -> Saetze {
    for datei in dateien {
        nenne(datei, verzeichnis);
    }
    let mut saetze = Saetze::default();
    for datei in dateien {
        for zeile in &datei.tabelle.zeilen {
            if ist_beispiel(&zeile.felder) {
                continue;
            }
            let stelle = datei.tabelle.stelle(zeile.nummer);
            satz(
                datei,
                &stelle,
                &zeile.felder,
                verzeichnis,
                &mut saetze,
                bericht,
            );
        }
    }
    saetze
}

/// The explained row of the template, and remarks.
#[must_use]
pub fn ist_beispiel(felder: &[Feld]) -> bool {
    felder
        .iter()
        .find(|feld| !feld.is_empty())
        .is_some_and(|feld| feld.starts_with("Beispiel:") || feld.starts_with('#'))
}

/// Makes the rows of a sheet known, so that any other may point to them.
fn nenne(datei: &Datei, verzeichnis: &mut Verzeichnis) {
    if datei.art.weise != Weise::Kennung {
        return;
    }
    let Some(kennung) = datei.nummer("kennung") else {
        return;
    };
    for zeile in &datei.tabelle.zeilen {
        if zeile.felder[kennung].is_empty() || ist_beispiel(&zeile.felder) {
            continue;
        }
        let text = |spalte: &str| {
            datei
                .nummer(spalte)
                .map(|n| zeile.felder[n].text.clone())
                .filter(|text| !text.is_empty())
        };
        verzeichnis.nenne(
            datei.art.tabelle,
            &zeile.felder[kennung],
            text("nummer"),
            text("titel").or_else(|| text("name")),
            (datei.art.art == Art::Ziel)
                .then(|| text("ebene").map(|t| schreibweise(&t)))
                .flatten(),
        );
    }
}

fn satz(
    datei: &Datei,
    stelle: &Stelle,
    zellen: &[Feld],
    verzeichnis: &Verzeichnis,
    saetze: &mut Saetze,
    bericht: &mut Bericht,
) {
    let art = datei.art;
    let mut felder = Map::new();
    let mut gelesen = HashMap::new();
    let mut gut = true;
    for spalte in art.spalten {
        let Some(n) = datei.nummer(spalte.name) else {
            continue;
        };
        gelesen.insert(spalte.name, (n, zellen[n].clone()));
        match zelle::lies(spalte, &zellen[n], verzeichnis) {
            Ok(wert) if spalte.gespeichert() || spalte.typ == Typ::Veroeffentlichung => {
                felder.insert(spalte.feld.to_owned(), wert);
            }
            Ok(_) => {}
            Err(satz) => {
                bericht.fehler(
                    stelle.clone().an(Some(n)).zelle(spalte.name, &zellen[n]),
                    satz,
                );
                gut = false;
            }
        }
    }
    if !gut {
        return;
    }
    let entwurf = felder
        .remove("veroeffentlichung")
        .is_some_and(|wert| wert == "entwurf");
    let mut satz = Satz {
        stelle: stelle.clone(),
        kennung: String::new(),
        besitzer: Uuid::nil(),
        felder,
        entwurf,
        aus_liste: false,
        zellen: gelesen,
    };
    if !einer_von(art, &satz, bericht) || !setze_schluessel(art, &mut satz, verzeichnis) {
        return;
    }
    for spalte in art.spalten {
        if let Typ::Liste(anderes, feld, zusatz) = spalte.typ
            && let Some((position, text)) = satz.zellen.get(spalte.name)
        {
            let liste = Liste {
                eltern: art,
                spalte,
                position: *position,
                anderes: tabelle(anderes),
                feld,
                zusatz,
            };
            liste.verteile(text, &satz, verzeichnis, saetze, bericht);
        }
    }
    saetze.alle.entry(art.art).or_default().push(satz);
}

/// Exactly one of the columns that name what the row is about.
fn einer_von(art: &Tabellenart, satz: &Satz, bericht: &mut Bericht) -> bool {
    if art.einer_von.is_empty() {
        return true;
    }
    let gefuellt: Vec<&Spalte> = art
        .einer_von
        .iter()
        .filter(|feld| satz.felder.get(**feld).is_some_and(|wert| !wert.is_null()))
        .filter_map(|feld| art.feld(feld))
        .collect();
    if gefuellt.len() == 1 {
        return true;
    }
    let namen: Vec<&str> = art
        .einer_von
        .iter()
        .filter_map(|feld| art.feld(feld))
        .map(|spalte| spalte.name)
        .collect();
    let (stelle, grund) = match gefuellt.get(1) {
        Some(zweite) => (satz.zelle(zweite.name), "es sind mehrere gefüllt"),
        None => (satz.stelle.clone(), "keine ist gefüllt"),
    };
    bericht.fehler(
        stelle,
        format!(
            "Genau eine der Spalten {} nennt, worum es geht; {grund}.",
            namen.join(", ")
        ),
    );
    false
}

/// Key, owner and name of the row. False when a link did not resolve, which is told already.
fn setze_schluessel(art: &Tabellenart, satz: &mut Satz, verzeichnis: &Verzeichnis) -> bool {
    match art.weise {
        Weise::Kennung => {
            satz.kennung = satz.text("kennung").to_owned();
            let Some(ziel) = verzeichnis.finde(art.tabelle, &satz.kennung) else {
                return false;
            };
            satz.felder.insert("id".into(), json!(ziel.id));
            ziel.id.parse().map(|id| satz.besitzer = id).is_ok()
        }
        Weise::Schluessel(felder) => {
            for feld in felder {
                satz.felder.entry((*feld).to_owned()).or_insert(Value::Null);
            }
            benenne(art, satz);
            true
        }
        Weise::Menge(eigner) => {
            // A set is replaced as a whole: what the sheet does not say is empty.
            for spalte in art.spalten.iter().filter(|s| s.gespeichert()) {
                satz.felder
                    .entry(spalte.feld.to_owned())
                    .or_insert_with(|| zelle::vorgabe(spalte));
            }
            if art.mit_id {
                satz.felder.insert("id".into(), json!(Uuid::now_v7()));
            }
            benenne(art, satz);
            let id = eigner.iter().find_map(|feld| satz.wert(feld));
            id.and_then(|id| id.parse().ok())
                .map(|id| satz.besitzer = id)
                .is_some()
        }
    }
}

/// Name for messages: what the first link column says.
fn benenne(art: &Tabellenart, satz: &mut Satz) {
    satz.kennung = art
        .spalten
        .iter()
        .filter(|spalte| matches!(spalte.typ, Typ::Verweis(_)))
        .map(|spalte| satz.text(spalte.name))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned();
}

/// A cell like `2.1; 2.3:+2; 4.1:-1`: rows of another sheet that belong to this row.
struct Liste {
    eltern: &'static Tabellenart,
    spalte: &'static Spalte,
    position: usize,
    anderes: &'static Tabellenart,
    feld: &'static str,
    zusatz: Option<&'static str>,
}

impl Liste {
    fn verteile(
        &self,
        text: &Feld,
        eltern: &Satz,
        verzeichnis: &Verzeichnis,
        saetze: &mut Saetze,
        bericht: &mut Bericht,
    ) {
        let eigner = format!("{}_id", self.eltern.tabelle);
        if matches!(self.anderes.weise, Weise::Menge(_)) {
            saetze
                .eigner
                .entry(self.anderes.art)
                .or_default()
                .insert(eltern.besitzer);
        }
        let teile: Vec<&str> = if text.contains(';') || text.contains('\n') {
            text.split([';', '\n']).collect()
        } else if verzeichnis.verweis(self.art(), text).is_ok() {
            vec![text]
        } else {
            text.split(',').collect()
        };
        for teil in teile
            .into_iter()
            .map(str::trim)
            .filter(|teil| !teil.is_empty())
        {
            let stelle = || {
                eltern
                    .stelle
                    .clone()
                    .an(Some(self.position))
                    .zelle(self.spalte.name, teil)
            };
            match self.eintrag(teil, &eigner, eltern, verzeichnis) {
                Ok(felder) => {
                    let satz = Satz {
                        stelle: stelle(),
                        kennung: eltern.kennung.clone(),
                        besitzer: eltern.besitzer,
                        felder,
                        entwurf: false,
                        aus_liste: true,
                        zellen: HashMap::new(),
                    };
                    saetze.alle.entry(self.anderes.art).or_default().push(satz);
                }
                Err(satz) => bericht.fehler(stelle(), satz),
            }
        }
    }

    /// What the entries name.
    fn art(&self) -> &'static str {
        match self.anderes.feld(self.feld).map(|spalte| spalte.typ) {
            Some(Typ::Verweis(art)) => art,
            _ => "",
        }
    }

    fn eintrag(
        &self,
        teil: &str,
        eigner: &str,
        eltern: &Satz,
        verzeichnis: &Verzeichnis,
    ) -> Result<Map<String, Value>, String> {
        let (name, wert) = match teil.rsplit_once(':') {
            // A title may hold a colon itself.
            Some((name, wert))
                if self.zusatz.is_some() && verzeichnis.verweis(self.art(), teil).is_err() =>
            {
                (name.trim(), Some(wert.trim()))
            }
            _ => (teil, None),
        };
        let mut felder = Map::new();
        felder.insert(eigner.to_owned(), json!(eltern.besitzer));
        felder.insert(
            self.feld.to_owned(),
            zelle::verweis(self.art(), &Feld::from(name), verzeichnis)?,
        );
        for spalte in self.anderes.spalten.iter().filter(|s| s.gespeichert()) {
            if felder.contains_key(spalte.feld) {
                continue;
            }
            let wert = if self.zusatz == Some(spalte.feld) {
                match wert {
                    Some(text) => zelle::lies(spalte, &Feld::from(text), verzeichnis)?,
                    None if spalte.pflicht => {
                        return Err(format!(
                            "Hinter dem Doppelpunkt fehlt die Angabe „{}“, etwa {name}:{}.",
                            spalte.titel, spalte.beispiel
                        ));
                    }
                    None => zelle::vorgabe(spalte),
                }
            } else {
                zelle::vorgabe(spalte)
            };
            felder.insert(spalte.feld.to_owned(), wert);
        }
        if self.anderes.mit_id && matches!(self.anderes.weise, Weise::Menge(_)) {
            felder.insert("id".into(), json!(Uuid::now_v7()));
        }
        Ok(felder)
    }
}

/// Unknown headings and such: what the reader should know about a sheet.
pub fn pruefe_kopf(tabelle: &Tabellenart, datei: &Datei, bericht: &mut Bericht) {
    let stelle = || datei.tabelle.stelle(0);
    let mut gesehen: HashMap<&str, &str> = HashMap::new();
    for (n, kopf) in datei.tabelle.kopf.iter().enumerate() {
        let gefuellt = || {
            datei
                .tabelle
                .zeilen
                .iter()
                .any(|zeile| !zeile.felder[n].is_empty())
        };
        match tabelle.spalte(&schreibweise(kopf)) {
            Some(spalte) => {
                if let Some(andere) = gesehen.insert(spalte.name, kopf) {
                    bericht.fehler(
                        stelle(),
                        format!("Die Spalte {} steht zweimal in der Kopfzeile („{andere}“ und „{kopf}“). Bitte eine löschen.", spalte.name),
                    );
                }
            }
            None if kopf.is_empty() && !gefuellt() => {}
            None => {
                let rat = gemeint(
                    &schreibweise(kopf),
                    tabelle.spalten.iter().map(|spalte| spalte.name),
                );
                bericht.hinweis(
                    stelle(),
                    format!("Die Spalte „{kopf}“ gibt es in der Tabelle {} nicht; sie wird nicht übernommen.{rat}", tabelle.tabelle),
                );
            }
        }
    }
    if datei.tabelle.zeilen.is_empty() && datei.tabelle.blatt.is_none() {
        bericht.hinweis(
            stelle(),
            "Die Datei hat nur eine Kopfzeile und keine Einträge.",
        );
    }
}
