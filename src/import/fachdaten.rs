//! `import fachdaten --art …`: subject data of other authorities with source, state and legal
//! basis. Importing a kind again from the same source replaces what that source delivered;
//! objects that are the same keep their kennung and stay untouched.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use geo_types::Geometry;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::beginne;
use super::bericht::gemeint;
use super::datei::Datei;
use super::flurstuecke::gueltig;
use super::sachmerkmal::{self, Sachmerkmal, Umkreis};
use super::table::schreibweise;
use super::vector::Lesen;
use crate::db::Database;
use crate::db::geom::ewkb;
use crate::error::{Error, Result};
use crate::fachdaten::store::{self, Angabe, Fachart, Lieferung, Zugang};
use crate::gemeinde::flurstueck_store::umkreis;
use crate::gemeinde::kennung::{ist_kennung, slug};

/// How far around the Gemeinde objects are kept, in metres: a planner looks over the border.
const RAND_M: f64 = 2000.0;
/// Errors named at most.
const FEHLER_MAX: usize = 50;
/// Fields a name is looked for in, in this order.
const NAMENSFELDER: [&str; 10] = [
    "name",
    "gebietsname",
    "bezeichnung",
    "objektname",
    "gebiet",
    "titel",
    "bezeichn",
    "bez",
    "gewaesser",
    "strassenname",
];

/// What to import.
#[derive(Debug, Clone, Default)]
pub struct Auftrag {
    /// The file.
    pub datei: PathBuf,
    /// Layer, where the file has several.
    pub lesen: Lesen,
    /// Key of the kind.
    pub art: String,
    /// Source.
    pub quelle: String,
    /// State of the data.
    pub stand: NaiveDate,
    /// Legal basis, where it is not that of the kind.
    pub rechtsgrundlage: Option<String>,
    /// Field of the name.
    pub name: Option<String>,
    /// Field of the key.
    pub schluessel: Option<String>,
    /// (`FELD`, `WERT`): only features with this value; several values of one field are alternatives.
    pub nur: Vec<(String, String)>,
    /// Published (true), kept back (false), or as the kind says.
    pub oeffentlich: Option<bool>,
    /// Take objects far from the Gemeinde too.
    pub alle: bool,
    /// Repair invalid areas.
    pub reparieren: bool,
    /// Author.
    pub wer: String,
}

/// What happened.
#[derive(Debug, Clone)]
pub struct Ergebnis {
    /// The kind.
    pub art: Fachart,
    /// Features of the file.
    pub gelesen: usize,
    /// Features that `nur` left out.
    pub anders: usize,
    /// Features far from the Gemeinde.
    pub ausserhalb: usize,
    /// Features without geometry.
    pub ohne_geometrie: usize,
    /// Field the name was taken from.
    pub namensfeld: Option<String>,
    /// Fields about people, not stored.
    pub nicht_gelesen: Vec<String>,
    /// Repaired areas, a sentence each.
    pub repariert: Vec<String>,
    /// What the reader noticed, a sentence each.
    pub hinweise: Vec<String>,
    /// Public now.
    pub oeffentlich: bool,
    /// What became of the table.
    pub zugang: Zugang,
}

/// Imports one kind from one source, all or nothing.
///
/// # Errors
/// [`Error::Aufruf`] for an unknown kind or field, [`Error::Eingabe`] with every bad feature
/// (the first fifty), or when nothing is left to import.
pub async fn fuehre_aus(db: &Database, auftrag: &Auftrag) -> Result<Ergebnis> {
    if auftrag.quelle.trim().is_empty() {
        return Err(Error::aufruf("--quelle darf nicht leer sein."));
    }
    let mut conn = db.write.acquire().await?;
    let art = waehle_art(store::arten(&mut conn, false).await?, &auftrag.art)?;
    let kasten = if auftrag.alle {
        None
    } else {
        umkreis(&mut conn).await?
    };
    drop(conn);
    let kopie = auftrag.clone();
    let kuerzel = art.schluessel.clone();
    let (datei, gelesen) = tokio::task::spawn_blocking(move || {
        let datei = Datei::oeffne(&kopie.datei)?;
        let gelesen = lies(&datei, &kopie, &kuerzel, Umkreis::neu(kasten, RAND_M))?;
        Ok::<_, Error>((datei, gelesen))
    })
    .await
    .map_err(Error::intern)??;
    if gelesen.angaben.is_empty() {
        return Err(Error::eingabe(leer(&gelesen)));
    }
    let was = format!("{} {}", art.schluessel, datei.name);
    let mut tx = beginne(db, &auftrag.wer, &was, &datei.sha256).await?;
    let lieferung = Lieferung {
        art: art.schluessel.clone(),
        quelle: auftrag.quelle.trim().to_owned(),
        stand: auftrag.stand,
        rechtsgrundlage: auftrag.rechtsgrundlage.clone(),
        oeffentlich: auftrag.oeffentlich.unwrap_or(art.oeffentlich),
    };
    let zugang = store::ersetze(&mut tx, &lieferung, &gelesen.angaben).await?;
    tx.commit().await?;
    Ok(Ergebnis {
        art,
        gelesen: gelesen.anzahl,
        anders: gelesen.anders,
        ausserhalb: gelesen.ausserhalb,
        ohne_geometrie: gelesen.ohne_geometrie,
        namensfeld: gelesen.namensfeld,
        nicht_gelesen: gelesen.ausgelassen.into_iter().collect(),
        repariert: gelesen.repariert,
        hinweise: gelesen.hinweise,
        oeffentlich: lieferung.oeffentlich,
        zugang,
    })
}

fn leer(gelesen: &Gelesen) -> String {
    if gelesen.ausserhalb > 0 {
        format!(
            "Kein Objekt der Datei liegt in der Nähe der Gemeinde ({} liegen weiter als {} km entfernt); nichts wurde geändert. Mit --alle werden auch sie übernommen.",
            gelesen.ausserhalb,
            RAND_M / 1000.0
        )
    } else if gelesen.anders > 0 {
        "Kein Objekt der Datei hat den mit --nur verlangten Wert; nichts wurde geändert.".to_owned()
    } else {
        "Kein Objekt der Datei hat eine Geometrie; nichts wurde geändert.".to_owned()
    }
}

/// By key or title, however it is written.
fn waehle_art(arten: Vec<Fachart>, gesucht: &str) -> Result<Fachart> {
    let wort = schreibweise(gesucht);
    let namen: Vec<String> = arten.iter().map(|a| a.schluessel.clone()).collect();
    let passt = |a: &Fachart| a.schluessel == wort || schreibweise(&a.titel) == wort;
    arten.into_iter().find(passt).ok_or_else(|| {
        Error::aufruf(format!(
            "Die Art „{gesucht}“ gibt es nicht.{} Möglich sind: {}.",
            gemeint(&wort, namen.iter().map(String::as_str)),
            namen.join(", ")
        ))
    })
}

#[derive(Default)]
struct Gelesen {
    anzahl: usize,
    anders: usize,
    ausserhalb: usize,
    ohne_geometrie: usize,
    namensfeld: Option<String>,
    ausgelassen: Vec<String>,
    repariert: Vec<String>,
    hinweise: Vec<String>,
    angaben: Vec<Angabe>,
}

fn lies(datei: &Datei, auftrag: &Auftrag, art: &str, umkreis: Umkreis) -> Result<Gelesen> {
    let mut fehler = Vec::new();
    let mut kopf = (None, Vec::new());
    let mut merkmale = Vec::new();
    let (mut anders, mut ausserhalb) = (0, 0);
    let quelle = sachmerkmal::lies(
        datei,
        &auftrag.lesen,
        &mut |namen| {
            kopf = pruefe_felder(namen, auftrag)?;
            Ok(())
        },
        &mut |merkmal| {
            if !gemeintes(&merkmal, &auftrag.nur) {
                anders += 1;
            } else if umkreis.trifft(&merkmal.geom) {
                merkmale.push(merkmal);
            } else {
                ausserhalb += 1;
            }
            Ok(())
        },
    )?;
    let (namensfeld, nicht_gelesen) = kopf;
    let mut gelesen = Gelesen {
        anzahl: quelle.anzahl,
        anders,
        ausserhalb,
        ohne_geometrie: quelle.ohne_geometrie,
        hinweise: quelle.hinweise,
        namensfeld,
        ausgelassen: nicht_gelesen,
        ..Gelesen::default()
    };
    let mut vergeben: BTreeMap<String, usize> = BTreeMap::new();
    for merkmal in merkmale {
        let nr = merkmal.nr;
        match angabe(merkmal, auftrag, art, &mut gelesen) {
            Err(satz) => fehler.push(format!("  Objekt {nr}: {satz}")),
            Ok(mut angabe) => {
                let mal = vergeben.entry(angabe.kennung.clone()).or_default();
                *mal += 1;
                // Two features of one key, or the same shape twice: both are kept.
                if *mal > 1 {
                    angabe.kennung = format!("{}-{mal}", angabe.kennung);
                }
                gelesen.angaben.push(angabe);
            }
        }
    }
    if fehler.is_empty() {
        return Ok(gelesen);
    }
    let weitere = fehler.len().saturating_sub(FEHLER_MAX);
    fehler.truncate(FEHLER_MAX);
    if weitere > 0 {
        fehler.push(format!("  … und {weitere} weitere."));
    }
    Err(Error::eingabe(format!(
        "Nichts wurde übernommen:\n{}",
        fehler.join("\n")
    )))
}

/// The field of the name, and the fields that are not stored.
fn pruefe_felder(felder: &[String], auftrag: &Auftrag) -> Result<(Option<String>, Vec<String>)> {
    let genannt = [
        ("--name", &auftrag.name),
        ("--schluessel", &auftrag.schluessel),
    ];
    let genannt = genannt
        .into_iter()
        .filter_map(|(option, feld)| Some((option, feld.as_ref()?)))
        .chain(auftrag.nur.iter().map(|(feld, _)| ("--nur", feld)));
    for (option, feld) in genannt {
        if !felder.contains(feld) {
            return Err(Error::aufruf(format!(
                "Das Feld „{feld}“ ({option}) gibt es in der Datei nicht. Vorhanden sind: {}.",
                felder.join(", ")
            )));
        }
    }
    let namensfeld = auftrag.name.clone().or_else(|| {
        NAMENSFELDER
            .iter()
            .find_map(|name| felder.iter().find(|feld| schreibweise(feld) == *name))
            .cloned()
    });
    let nicht_gelesen = sachmerkmal::personenbezogen(felder.iter().map(String::as_str));
    Ok((
        namensfeld,
        nicht_gelesen.into_iter().map(str::to_owned).collect(),
    ))
}

fn gemeintes(merkmal: &Sachmerkmal, nur: &[(String, String)]) -> bool {
    nur.iter().all(|(feld, _)| {
        nur.iter().any(|(anderes, wert)| {
            anderes == feld
                && merkmal
                    .felder
                    .get(feld)
                    .is_some_and(|w| w.trim() == wert.trim())
        })
    })
}

fn angabe(
    merkmal: Sachmerkmal,
    auftrag: &Auftrag,
    art: &str,
    gelesen: &mut Gelesen,
) -> std::result::Result<Angabe, String> {
    let Sachmerkmal { nr, felder, geom } = merkmal;
    let wert = |feld: Option<&String>| {
        let text = felder.get(feld?)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let name = wert(gelesen.namensfeld.as_ref());
    let bezeichnet = name.clone().unwrap_or_else(|| format!("Objekt {nr}"));
    let geom = match geom {
        Geometry::MultiPolygon(flaeche) => gueltig(
            flaeche,
            auftrag.reparieren,
            &bezeichnet,
            &mut gelesen.repariert,
        )?
        .into(),
        andere => andere,
    };
    let schluessel = match &auftrag.schluessel {
        // Without a key the shape is it: unchanged objects keep their kennung.
        None => fingerabdruck(&geom, &auftrag.quelle, name.as_deref())
            .map_err(|fehler| fehler.to_string())?,
        Some(feld) => match wert(Some(feld)) {
            Some(text) if ist_kennung(&text) => text,
            Some(text) => slug(&text),
            None => return Err(format!("das Feld „{feld}“ (Schlüssel) ist leer.")),
        },
    };
    if schluessel.is_empty() {
        return Err("aus dem Schlüssel lässt sich keine Kennung bilden.".to_owned());
    }
    let attribute: Map<String, Value> = felder
        .into_iter()
        .filter(|(feld, _)| !gelesen.ausgelassen.contains(feld))
        .map(|(feld, text)| (feld, Value::String(text.replace('\0', ""))))
        .collect();
    Ok(Angabe {
        kennung: format!("{art}-{schluessel}"),
        name,
        attribute: Value::Object(attribute),
        geom,
    })
}

fn fingerabdruck(geom: &Geometry<f64>, quelle: &str, name: Option<&str>) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(ewkb(geom)?);
    hash.update(quelle.trim());
    hash.update(name.unwrap_or_default());
    Ok(hash
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merkmal(feld: &str, wert: &str) -> Sachmerkmal {
        Sachmerkmal {
            nr: 1,
            felder: [(feld.to_owned(), wert.to_owned())].into(),
            geom: geo_types::point!(x: 0.0, y: 0.0).into(),
        }
    }

    #[test]
    fn values_of_one_field_are_alternatives() {
        let paar = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let zonen = [paar("zone", "III A"), paar("zone", "III B")];
        assert!(gemeintes(&merkmal("zone", "III B "), &zonen));
        assert!(!gemeintes(&merkmal("zone", "II"), &zonen));
        assert!(!gemeintes(&merkmal("art", "III A"), &zonen));
        assert!(gemeintes(&merkmal("zone", "II"), &[]));
    }
}
