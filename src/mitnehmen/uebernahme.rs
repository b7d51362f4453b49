//! What was chosen of a comparison becomes real: one transaction, through the same steps a
//! client of the layers would take one by one. One refusal undoes everything.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::posten::{Art, GEOMETRIE, Lage, OBJEKT, Posten};
use super::rueckgabe::Eintrag;
use super::store;
use crate::auth::Akteur;
use crate::bearbeiten::kopf::Kopf;
use crate::bearbeiten::objekt::{Auftrag, Was};
use crate::bearbeiten::store as bearbeitet;
use crate::bearbeiten::vorgang::{Antwort, Schritt};
use crate::error::{Error, Result};
use crate::http::link::Basis;
use crate::http::problem::{self, Problem};
use crate::layers::crs::Ziel;
use crate::layers::sammlung::Sammlung;

/// A side of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seite {
    /// The file's.
    Datei,
    /// Today's.
    Heute,
}

/// What somebody chose for one object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wahl {
    /// It is to be accepted.
    pub ja: bool,
    /// Sides of its conflicts.
    pub seiten: HashMap<String, Seite>,
    /// Version they saw; None: not said.
    pub gesehen: Option<String>,
}

/// Choices by number.
pub type Wahlen = HashMap<usize, Wahl>;

/// One step.
#[derive(Debug)]
pub struct Tat {
    posten: Posten,
    was: Tun,
}

#[derive(Debug, Clone)]
enum Tun {
    Anlegen(Value),
    Aendern(Value),
    Loeschen,
}

/// What is to be done, by what was chosen.
///
/// # Errors
/// 409 for a conflict half decided, an object changed since it was seen, or one object changed
/// in two layers in two ways; 400 when nothing was chosen.
pub fn plane(
    posten: Vec<Posten>,
    eintraege: &[Eintrag],
    wahlen: &Wahlen,
) -> std::result::Result<Vec<Tat>, Problem> {
    let mut taten = Vec::new();
    for (posten, eintrag) in posten.into_iter().zip(eintraege) {
        let Some(wahl) = wahlen.get(&posten.nr) else {
            continue;
        };
        if !posten.art.waehlbar() {
            if wahl.ja || !wahl.seiten.is_empty() {
                return Err(problem::KONFLIKT.mit(format!(
                    "{}: {}",
                    posten.wo(),
                    posten.fehler.as_deref().unwrap_or(
                        "Das Objekt ist inzwischen schon so, wie es in der Datei steht. Bitte die Seite neu laden."
                    )
                )));
            }
            continue;
        }
        if let Some(was) = tun(&posten, eintrag, wahl)? {
            if wahl
                .gesehen
                .as_deref()
                .is_some_and(|g| g != posten.version.as_deref().unwrap_or_default())
            {
                return Err(problem::KONFLIKT.mit(format!("{}: Das Objekt wurde noch einmal geändert, seit Sie den Vergleich gesehen haben. Übernommen wurde nichts; der Vergleich zeigt jetzt den neuen Stand.", posten.wo())));
            }
            taten.push(Tat { posten, was });
        }
    }
    if taten.is_empty() {
        return Err(problem::EINGABE.mit("Es ist nichts zum Übernehmen ausgewählt. Bitte Objekte ankreuzen und bei Konflikten eine Seite wählen."));
    }
    Ok(taten)
}

/// None: it stays as it is today.
fn tun(
    posten: &Posten,
    eintrag: &Eintrag,
    wahl: &Wahl,
) -> std::result::Result<Option<Tun>, Problem> {
    if posten.art == Art::Konflikt {
        let offen: Vec<&str> = posten
            .streitig()
            .filter(|f| !wahl.seiten.contains_key(&f.name))
            .map(|f| f.titel.as_str())
            .collect();
        if wahl.seiten.is_empty() && !wahl.ja {
            return Ok(None);
        }
        if !offen.is_empty() {
            return Err(problem::KONFLIKT.mit(format!(
                "{}: Bitte bei jedem Konflikt eine Seite wählen; offen ist {}.",
                posten.wo(),
                offen.join(", ")
            )));
        }
        if let Some(seite) = wahl.seiten.get(OBJEKT) {
            return Ok(match (seite, &eintrag.werte) {
                (Seite::Heute, _) => None,
                (Seite::Datei, None) => Some(Tun::Loeschen),
                (Seite::Datei, Some(_)) => Some(Tun::Anlegen(wieder(eintrag))),
            });
        }
    } else if !wahl.ja {
        return Ok(None);
    }
    Ok(match posten.art {
        Art::Neu => Some(Tun::Anlegen(wieder(eintrag))),
        Art::Geloescht => Some(Tun::Loeschen),
        _ => {
            let mut eigenschaften = Map::new();
            let mut doc = json!({"type": "Feature"});
            let genommen = posten.felder.iter().filter(|feld| match feld.lage {
                Lage::Datei => true,
                Lage::Konflikt => wahl.seiten.get(&feld.name) == Some(&Seite::Datei),
                Lage::Heute => false,
            });
            for feld in genommen {
                if feld.name == GEOMETRIE {
                    doc["geometry"] = eintrag.geometrie.clone().unwrap_or_default();
                } else if let Some(wert) = eintrag.werte.as_ref().and_then(|w| w.get(&feld.name)) {
                    eigenschaften.insert(feld.name.clone(), wert.clone());
                }
            }
            if eigenschaften.is_empty() && doc.get("geometry").is_none() {
                return Ok(None);
            }
            if !eigenschaften.is_empty() {
                doc["properties"] = Value::Object(eigenschaften);
            }
            Some(Tun::Aendern(doc))
        }
    })
}

/// The whole object as the file has it.
fn wieder(eintrag: &Eintrag) -> Value {
    let mut eigenschaften = match &eintrag.basis {
        Some(basis) => basis["properties"].as_object().cloned().unwrap_or_default(),
        None => Map::new(),
    };
    eigenschaften.extend(eintrag.werte.clone().unwrap_or_default());
    eigenschaften.insert("kennung".to_owned(), json!(eintrag.kennung));
    let alt = eintrag.basis.as_ref().map(|b| b["geometry"].clone());
    let geometrie = eintrag.geometrie.clone().or(alt);
    json!({"type": "Feature", "properties": eigenschaften, "geometry": geometrie})
}

/// Everything in one transaction.
#[derive(Debug)]
pub struct Uebernahme<'a> {
    /// The comparison.
    pub id: Uuid,
    /// Who brought it, as it is stored with the comparison.
    pub wer: &'a str,
    /// Who asks.
    pub akteur: &'a Akteur,
    /// Our address.
    pub basis: &'a Basis,
    /// Layers as the writing role reads them, by id.
    pub ebenen: HashMap<String, Sammlung>,
    /// What is done.
    pub taten: Vec<Tat>,
}

impl<'a> Uebernahme<'a> {
    /// Looks the layers up.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn neu(
        dienst: &Arc<crate::bearbeiten::Dienst>,
        (id, wer): (Uuid, &'a str),
        akteur: &'a Akteur,
        basis: &'a Basis,
        taten: Vec<Tat>,
    ) -> Result<Self> {
        let mut ebenen = HashMap::new();
        for tat in &taten {
            let ebene = &tat.posten.ebene;
            if !ebenen.contains_key(ebene) {
                let sammlung = dienst
                    .arbeit
                    .oeffentliche_sammlung(&dienst.schreiben, ebene)
                    .await?;
                ebenen.insert(ebene.clone(), sammlung);
            }
        }
        Ok(Self {
            id,
            wer,
            akteur,
            basis,
            ebenen,
            taten,
        })
    }

    /// One object shown in two layers must not be changed in two ways.
    fn pruefe_doppelte(&self) -> std::result::Result<(), Problem> {
        let mut gesetzt: HashMap<(&str, &str, &str), (&Value, &Tat)> = HashMap::new();
        for tat in &self.taten {
            let Some(gegenstand) = self
                .ebenen
                .get(&tat.posten.ebene)
                .and_then(|s| s.bearbeiten)
            else {
                continue;
            };
            let (Tun::Aendern(doc) | Tun::Anlegen(doc)) = &tat.was else {
                continue;
            };
            for (name, wert) in doc["properties"].as_object().into_iter().flatten() {
                let was = (
                    gegenstand.relation,
                    tat.posten.kennung.as_str(),
                    name.as_str(),
                );
                if let Some((anderer, dort)) = gesetzt.insert(was, (wert, tat))
                    && anderer != wert
                    && gegenstand.traeger == crate::layers::transactions::Traeger::Ort
                {
                    return Err(problem::KONFLIKT.mit(format!(
                        "{}: „{name}“ ist in der Ebene „{}“ anders geändert als in der Ebene „{}“, es ist aber dasselbe Objekt. Bitte nur eine der beiden Änderungen ankreuzen.",
                        tat.posten.wo(), tat.posten.titel, dort.posten.titel
                    )));
                }
            }
        }
        Ok(())
    }
}

/// The refusal, with the object it is about.
fn mit_ort(posten: &Posten, mut problem: Problem) -> Problem {
    // A transaction that lost against another is tried again as it is.
    if problem.ursache.is_none() {
        problem.detail = format!(
            "{}: {} Übernommen wurde nichts.",
            posten.wo(),
            problem.detail
        );
        if problem.art.slug == problem::VERSION.slug {
            problem.art = &problem::KONFLIKT;
            problem.detail = format!(
                "{}: Das Objekt wurde eben von jemand anderem geändert. Übernommen wurde nichts; der Vergleich zeigt jetzt den neuen Stand.",
                posten.wo()
            );
        }
    }
    problem
}

impl Schritt for Uebernahme<'_> {
    async fn tue(&self, conn: &mut PgConnection) -> std::result::Result<Antwort, Problem> {
        let abgelegt = store::sperre(conn, self.wer, self.id).await?;
        let abgelegt = abgelegt.ok_or_else(|| nicht_da(self.id))?;
        if abgelegt.uebernommen_am.is_some() {
            // A second click, or a second tab: nothing of this transaction is to stay.
            return Err(Problem {
                ursache: Some(SCHON.to_owned()),
                ..problem::KONFLIKT.mit("Aus diesem Vergleich wurde schon übernommen.")
            });
        }
        self.pruefe_doppelte()?;
        let mut versionen: HashMap<(&str, String), String> = HashMap::new();
        let mut getan = Vec::new();
        for tat in &self.taten {
            let posten = &tat.posten;
            let fehlt = || Error::intern("a layer that was there a moment ago");
            let sammlung = self.ebenen.get(&posten.ebene).ok_or_else(fehlt)?;
            let gegenstand = sammlung.bearbeiten.ok_or_else(fehlt)?;
            let wo = gegenstand.schluessel(sammlung, &posten.kennung);
            let zeile = (gegenstand.relation, wo.to_string());
            // A measure in two layers: our own first step is no change by another.
            let version = versionen.get(&zeile).or(posten.version.as_ref());
            let kopf = match tat.was {
                Tun::Anlegen(_) => Kopf::default(),
                _ => Kopf::fuer_version(version.map(String::as_str)),
            };
            let auftrag = Auftrag {
                sammlung,
                gegenstand,
                akteur: self.akteur,
                kopf: &kopf,
                basis: self.basis,
                crs: Ziel::Epsg25832,
                was: match &tat.was {
                    Tun::Anlegen(doc) => Was::Anlegen(doc.clone()),
                    Tun::Aendern(doc) => Was::Aendern(posten.kennung.clone(), doc.clone(), false),
                    Tun::Loeschen => Was::Loeschen(posten.kennung.clone()),
                },
            };
            auftrag
                .tue(conn)
                .await
                .map_err(|problem| mit_ort(posten, problem))?;
            if let Some(neu) = bearbeitet::sperre(conn, gegenstand.relation, &wo).await? {
                versionen.insert(zeile, neu.marke);
            }
            getan.push(json!({
                "nr": posten.nr,
                "ebene": posten.ebene,
                "titel": posten.titel,
                "kennung": posten.kennung,
                "name": posten.name,
                "getan": match tat.was {
                    Tun::Anlegen(_) => "angelegt",
                    Tun::Aendern(_) => "geändert",
                    Tun::Loeschen => "gelöscht",
                },
            }));
        }
        let ergebnis = json!({"objekte": getan});
        store::abgeschlossen(conn, self.id, &ergebnis).await?;
        Ok(Antwort {
            status: StatusCode::OK,
            kopf: vec![("content-type", "application/json".to_owned())],
            inhalt: dokument(false, &ergebnis).to_string(),
        })
    }
}

/// What an acceptance answers; `schon`: it was written before.
#[must_use]
pub fn dokument(schon: bool, ergebnis: &Value) -> Value {
    json!({"schon_uebernommen": schon, "ergebnis": ergebnis})
}

/// Marks a comparison that was accepted before.
pub const SCHON: &str = "the comparison was accepted before";

/// An unknown comparison.
#[must_use]
pub fn nicht_da(id: Uuid) -> Problem {
    problem::NICHT_GEFUNDEN.mit(format!("Einen Vergleich {id} gibt es für Sie nicht (mehr); Vergleiche bleiben sieben Tage. Bitte die Datei noch einmal hochladen."))
}
