//! File → [`Lieferung`]: objects checked, spooled, sorted and named. No database.
//!
//! The reader runs on one thread, validity and encoding on another; between them wait
//! a few batches, never the file.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, sync_channel};

use geo::CoordsIter as _;
use geo_types::MultiPolygon;

use super::Auftrag;
use super::benennen::{self, Namen};
use super::quelle::{self, Quelle};
use super::spule::{Satzteile, Spule};
use super::zeile;
use crate::error::{Error, Result};
use crate::fnp::objekt::{Befund, Geometrie, Objekt, PlanKopf, Schwere};
use crate::fnp::plan::Stand;
use crate::fnp::zahl::hektar;
use crate::gemeinde::kennung::{ist_kennung, slug};
use crate::import::crs;
use crate::import::datei::Datei;
use crate::import::fortschritt::Phase;
use crate::import::vector;
use crate::import::xplangml::Klassenzaehlung;
use crate::verschneidung::gueltigkeit;

/// A batch ends with so many objects or points, whichever comes first.
const STAPEL_OBJEKTE: usize = 128;
const STAPEL_PUNKTE: usize = 50_000;
/// So many batches may wait.
const STAPEL_WARTEND: usize = 4;

/// Everything a plan file says, ready to be stored.
#[derive(Debug)]
pub struct Lieferung {
    /// File name.
    pub datei: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// `XPlanGML` …
    pub format: &'static str,
    /// Kennung of the plan.
    pub kennung: String,
    /// State of the plan.
    pub stand: Stand,
    /// The plan's own attributes.
    pub kopf: PlanKopf,
    /// Objects along the Hilbert curve; the position from 1 is their `ordnung`.
    pub spule: Spule,
    /// Their kennungen.
    pub namen: Namen,
    /// Counts per class.
    pub klassen: Vec<Klassenzaehlung>,
    /// Findings so far.
    pub befunde: Vec<Befund>,
    /// Codes found out after an object was spooled, by where its record begins.
    pub nachtrag: HashMap<u64, serde_json::Map<String, serde_json::Value>>,
}

impl Lieferung {
    /// Codes of an entry that were found out after it was spooled.
    #[must_use]
    pub fn nachtrag(&self, index: usize) -> Option<&serde_json::Map<String, serde_json::Value>> {
        self.nachtrag.get(&self.spule.eintraege()[index].stelle)
    }
}

/// An invalid area, reported once the kennungen are known.
struct Mangel {
    stelle: u64,
    klasse: String,
    grund: String,
    ort: [f64; 2],
    vorher: f64,
    nachher: f64,
    repariert: bool,
}

/// Reads a plan file. Blocks.
///
/// # Errors
/// [`Error::Eingabe`] for what cannot be read or is no single FNP, [`Error::Umgebung`]
/// when there is no room for the spool.
pub fn lies(auftrag: &Auftrag) -> Result<Lieferung> {
    let datei = Datei::oeffne(&auftrag.datei)?;
    let mut quelle = quelle::zu(auftrag, &datei);
    lies_aus(auftrag, quelle.as_mut(), &datei)
}

/// The same from any producer of objects; `datei` is what is recorded as their origin.
///
/// # Errors
/// As [`lies`].
pub fn lies_aus(auftrag: &Auftrag, quelle: &mut dyn Quelle, datei: &Datei) -> Result<Lieferung> {
    let phase = auftrag.fortschritt.phase("Lesen und prüfen", None);
    let (gelesen, mut spule, maengel) = spule_auf(quelle, auftrag.reparieren, &phase)?;
    drop(phase);
    let phase = auftrag.fortschritt.phase("Ordnen", None);
    // Before the sorting an entry stands where its object was handed over.
    let nachtrag = gelesen
        .nachtrag
        .into_iter()
        .filter_map(|n| {
            let eintrag = spule.eintraege().get(usize::try_from(n.nummer).ok()?)?;
            Some((eintrag.stelle, n.codes))
        })
        .collect();
    spule.ordne()?;
    let kopf = gelesen.kopf;
    let kennung = plan_kennung(auftrag.plan.as_deref(), &kopf, datei.stamm())?;
    let mut befunde = gelesen.befunde;
    // A reader that knows why, or what to do, has said so itself.
    if kopf.geltungsbereich.0.is_empty()
        && !befunde.iter().any(|b| b.code == "geltungsbereich-fehlt")
    {
        befunde.push(plan_befund("geltungsbereich-fehlt", Schwere::Warnung, "Der Plan hat keinen räumlichen Geltungsbereich; Lücken und Flächen außerhalb lassen sich nicht feststellen."));
    }
    if spule.eintraege().is_empty() {
        befunde.push(plan_befund(
            "ohne-objekte",
            Schwere::Hinweis,
            "Der Plan enthält keine Objekte mit Geometrie (teilvektorieller Plan); seine Bilanz ist leer.",
        ));
    }
    // A plan in the wrong place altogether would take the place of the right one.
    if let Some(lage) = befunde.iter().find(|b| b.code == "lage-ausserhalb")
        && !spule.eintraege().is_empty()
        && !spule
            .eintraege()
            .iter()
            .any(|eintrag| crs::bei_deutschland(eintrag.kasten))
    {
        return Err(Error::eingabe(format!(
            "Kein Objekt des Plans liegt in Deutschland. {}",
            lage.text
        )));
    }
    let namen = benennen::benenne(&spule, &kennung, &mut befunde)?;
    melde_maengel(&spule, &namen, maengel, &mut befunde)?;
    drop(phase);
    Ok(Lieferung {
        stand: auftrag
            .stand
            .unwrap_or_else(|| Stand::aus_rechtsstand(kopf.rechtsstand.as_deref())),
        datei: datei.name.clone(),
        sha256: datei.sha256.clone(),
        format: gelesen.format,
        kennung,
        kopf,
        spule,
        namen,
        klassen: gelesen.klassen,
        befunde,
        nachtrag,
    })
}

/// Reader here, check and spool on a second thread.
fn spule_auf(
    quelle: &mut dyn Quelle,
    reparieren: bool,
    phase: &Phase,
) -> Result<(quelle::Gelesen, Spule, Vec<Mangel>)> {
    std::thread::scope(|s| {
        let (an, von) = sync_channel(STAPEL_WARTEND);
        let arbeit = s.spawn(move || pruefe_stapel(&von, reparieren, phase));
        let mut stapel = Vec::with_capacity(STAPEL_OBJEKTE);
        let mut punkte = 0;
        let gelesen = quelle.lies(&mut |objekt| {
            punkte += anzahl_punkte(&objekt.geometrie);
            stapel.push(objekt);
            if stapel.len() < STAPEL_OBJEKTE && punkte < STAPEL_PUNKTE {
                return Ok(());
            }
            punkte = 0;
            let voll = std::mem::replace(&mut stapel, Vec::with_capacity(STAPEL_OBJEKTE));
            an.send(voll)
                .map_err(|_| Error::intern("the spool has ended early"))
        });
        let rest = an.send(stapel);
        drop(an);
        let fertig = arbeit
            .join()
            .map_err(|_| Error::intern("the check of the areas panicked"))?;
        // When the spool failed, the reader only reports that nobody listens any more.
        let (spule, maengel) = fertig?;
        let gelesen = gelesen?;
        rest.map_err(Error::intern)?;
        Ok((gelesen, spule, maengel))
    })
}

fn anzahl_punkte(geometrie: &Geometrie) -> usize {
    match geometrie {
        Geometrie::Flaeche(g) => g.coords_count(),
        Geometrie::Linie(g) => g.coords_count(),
        Geometrie::Punkt(g) => g.0.len(),
    }
}

fn pruefe_stapel(
    von: &Receiver<Vec<Objekt>>,
    reparieren: bool,
    phase: &Phase,
) -> Result<(Spule, Vec<Mangel>)> {
    let mut spule = Spule::neu()?;
    let mut teile = Satzteile::default();
    let mut maengel = Vec::new();
    for stapel in von {
        let anzahl = stapel.len() as u64;
        for mut objekt in stapel {
            let (ungueltig, mangel) = pruefe(&mut objekt, reparieren)?;
            let eintrag = zeile::schreibe(&objekt, ungueltig.as_ref(), &mut teile)?;
            let stelle = spule.schreibe(&teile, eintrag)?;
            maengel.extend(mangel.map(|mangel| Mangel { stelle, ..mangel }));
        }
        phase.weiter(anzahl);
    }
    Ok((spule, maengel))
}

fn plan_befund(code: &str, schwere: Schwere, text: &str) -> Befund {
    Befund {
        klasse: Some("FP_Plan".into()),
        ..Befund::neu(code, schwere, text)
    }
}

/// `--plan`, else a slug of nummer, name or file name.
fn plan_kennung(gegeben: Option<&str>, kopf: &PlanKopf, stamm: &str) -> Result<String> {
    if let Some(kennung) = gegeben {
        return if ist_kennung(kennung) {
            Ok(kennung.to_owned())
        } else {
            Err(Error::aufruf(format!(
                "„{kennung}“ ist keine Kennung; erlaubt sind Buchstaben ohne Umlaute, Ziffern, Punkt, Unter- und Bindestrich."
            )))
        };
    }
    [kopf.nummer.as_deref(), kopf.name.as_deref(), Some(stamm)]
        .into_iter()
        .flatten()
        .map(slug)
        .find(|slug| !slug.is_empty())
        .ok_or_else(|| Error::eingabe("Aus Nummer, Name und Dateiname lässt sich keine Kennung bilden; bitte mit --plan eine nennen."))
}

/// Invalid areas are kept as delivered and reported; `--reparieren` replaces them, with
/// the area before and after. The first answer is the repaired shape of what stays invalid.
#[expect(clippy::type_complexity, reason = "invalid or not, repaired or not")]
fn pruefe(
    objekt: &mut Objekt,
    reparieren: bool,
) -> Result<(Option<Option<MultiPolygon<f64>>>, Option<Mangel>)> {
    let Geometrie::Flaeche(geom) = &objekt.geometrie else {
        return Ok((None, None));
    };
    let Some((grund, ort)) = gueltigkeit::fehler(geom) else {
        return Ok((None, None));
    };
    let repariert = vector::repariere(geom)?;
    let mut mangel = Mangel {
        stelle: 0,
        klasse: objekt.klasse.clone(),
        grund,
        ort,
        vorher: geo::Area::unsigned_area(geom),
        nachher: repariert.as_ref().map_or(0.0, geo::Area::unsigned_area),
        repariert: false,
    };
    if !reparieren {
        return Ok((Some(repariert), Some(mangel)));
    }
    match repariert {
        Some(neu) => {
            objekt.geometrie = Geometrie::Flaeche(neu);
            mangel.repariert = true;
            Ok((None, Some(mangel)))
        }
        None => Ok((Some(None), Some(mangel))),
    }
}

fn melde_maengel(
    spule: &Spule,
    namen: &Namen,
    maengel: Vec<Mangel>,
    befunde: &mut Vec<Befund>,
) -> Result<()> {
    if maengel.is_empty() {
        return Ok(());
    }
    let mut offen: HashMap<u64, Mangel> = maengel.into_iter().map(|m| (m.stelle, m)).collect();
    for (index, eintrag) in spule.eintraege().iter().enumerate() {
        if let Some(mangel) = offen.remove(&eintrag.stelle) {
            befunde.push(mangel.befund(namen.lies(spule, index)?));
        }
    }
    Ok(())
}

impl Mangel {
    fn befund(self, kennung: String) -> Befund {
        let wo = format!(
            "{} {kennung}: {} bei {:.2} {:.2}.",
            self.klasse, self.grund, self.ort[0], self.ort[1]
        );
        let nachher = hektar(self.nachher, 4);
        let (code, schwere, text) = if self.repariert {
            let vorher = hektar(self.vorher, 4);
            (
                "geometrie-repariert",
                Schwere::Warnung,
                format!("{wo} Repariert: {vorher} ha vorher, {nachher} ha nachher."),
            )
        } else {
            (
                "geometrie-ungueltig",
                Schwere::Fehler,
                format!(
                    "{wo} Die Fläche steht in keiner Summe; nach einer Reparatur hätte sie {nachher} ha. Bitte in der Quelle berichtigen oder mit --reparieren einlesen."
                ),
            )
        };
        Befund {
            code: code.into(),
            schwere,
            klasse: Some(self.klasse),
            kennung: Some(kennung),
            ort: Some(self.ort),
            text,
        }
    }
}
