//! File → [`Lieferung`]: objects sorted, numbered, named and checked. No database.

use std::collections::HashSet;

use geo_types::{MultiPolygon, Point};

use super::{Auftrag, vektor};
use crate::error::{Error, Result};
use crate::fnp::objekt::{Befund, Geometrie, Objekt, PlanKopf, Schwere};
use crate::fnp::plan::Stand;
use crate::gemeinde::kennung::{ist_kennung, slug};
use crate::import::datei::{Datei, Format};
use crate::import::xplangml::{self, Klassenzaehlung};
use crate::import::{hilbert, vector};
use crate::verschneidung::gueltigkeit;

/// Everything a plan file says, ready to be stored.
#[derive(Debug)]
pub struct Lieferung {
    /// File name.
    pub datei: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// `XPlanGML`.
    pub format: &'static str,
    /// Kennung of the plan.
    pub kennung: String,
    /// State of the plan.
    pub stand: Stand,
    /// The plan's own attributes.
    pub kopf: PlanKopf,
    /// Objects along the Hilbert curve; the position is their `ordnung`.
    pub objekte: Vec<Eintrag>,
    /// Counts per class.
    pub klassen: Vec<Klassenzaehlung>,
    /// Findings so far.
    pub befunde: Vec<Befund>,
}

/// One object with what was found out about it.
#[derive(Debug)]
pub struct Eintrag {
    /// Kennung within all plans.
    pub kennung: String,
    /// The object.
    pub objekt: Objekt,
    /// None for a valid area (and for lines and points).
    pub ungueltig: Option<Ungueltig>,
}

/// An invalid area.
#[derive(Debug)]
pub struct Ungueltig {
    /// Its shape after a structural repair made for the figures only.
    pub repariert: Option<MultiPolygon<f64>>,
}

/// Reads a plan file. Blocks.
///
/// # Errors
/// [`Error::Eingabe`] for what cannot be read or is no single FNP.
pub fn lies(auftrag: &Auftrag) -> Result<Lieferung> {
    let datei = Datei::oeffne(&auftrag.datei)?;
    let mut objekte = Vec::new();
    let mut senke = |objekt| {
        objekte.push(objekt);
        Ok(())
    };
    let gelesen = if datei.format == Format::Xml {
        let gelesen = xplangml::lies(datei.strom()?, &mut senke)?;
        vektor::Gelesen {
            format: "XPlanGML",
            kopf: gelesen.kopf,
            klassen: gelesen.klassen,
            befunde: gelesen.befunde,
        }
    } else {
        vektor::lies(&datei, &auftrag.vektor, &mut senke)?
    };
    hilbert::ordne(&mut objekte);

    let kopf = gelesen.kopf;
    let kennung = plan_kennung(auftrag.plan.as_deref(), &kopf, datei.stamm())?;
    let mut befunde = gelesen.befunde;
    if kopf.geltungsbereich.0.is_empty() {
        befunde.push(plan_befund("geltungsbereich-fehlt", Schwere::Warnung, "Der Plan hat keinen räumlichen Geltungsbereich; Lücken und Flächen außerhalb lassen sich nicht feststellen."));
    }
    if objekte.is_empty() {
        befunde.push(plan_befund(
            "ohne-objekte",
            Schwere::Hinweis,
            "Der Plan enthält keine Objekte mit Geometrie (teilvektorieller Plan); seine Bilanz ist leer.",
        ));
    }
    let mut eintraege = benenne(objekte, &kennung, &mut befunde);
    for eintrag in &mut eintraege {
        pruefe(eintrag, auftrag.reparieren, &mut befunde)?;
    }
    Ok(Lieferung {
        stand: auftrag
            .stand
            .unwrap_or_else(|| Stand::aus_rechtsstand(kopf.rechtsstand.as_deref())),
        datei: datei.name,
        sha256: datei.sha256,
        format: gelesen.format,
        kennung,
        kopf,
        objekte: eintraege,
        klassen: gelesen.klassen,
        befunde,
    })
}

fn plan_befund(code: &str, schwere: Schwere, text: &str) -> Befund {
    Befund {
        code: code.into(),
        schwere,
        klasse: Some("FP_Plan".into()),
        kennung: None,
        ort: None,
        text: text.into(),
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

/// Kennung = plan kennung + "." + gml:id without `GML_`; unique within the delivery.
fn benenne(objekte: Vec<Objekt>, plan: &str, befunde: &mut Vec<Befund>) -> Vec<Eintrag> {
    let mut vergeben = HashSet::with_capacity(objekte.len());
    objekte
        .into_iter()
        .enumerate()
        .map(|(ordnung, objekt)| {
            let eigen = objekt.gml_id.as_deref().map_or_else(
                || format!("nr-{}", ordnung + 1),
                |id| match id.get(..4) {
                    Some(vorsilbe) if vorsilbe.eq_ignore_ascii_case("GML_") && id.len() > 4 => id[4..].to_owned(),
                    _ => id.to_owned(),
                },
            );
            let mut kennung = format!("{plan}.{eigen}");
            let mut n = 2;
            while !vergeben.insert(kennung.clone()) {
                if n == 2 {
                    befunde.push(Befund {
                        code: "kennung-doppelt".into(),
                        schwere: Schwere::Warnung,
                        klasse: Some(objekt.klasse.clone()),
                        kennung: objekt.gml_id.clone(),
                        ort: ort(&objekt.geometrie),
                        text: format!("Die gml:id „{eigen}“ kommt mehrfach vor; das weitere Objekt ({}) heißt {plan}.{eigen}-2 und so fort.", objekt.klasse),
                    });
                }
                kennung = format!("{plan}.{eigen}-{n}");
                n += 1;
            }
            Eintrag { kennung, objekt, ungueltig: None }
        })
        .collect()
}

fn ort(geometrie: &Geometrie) -> Option<[f64; 2]> {
    let punkt: Option<Point<f64>> = match geometrie {
        Geometrie::Flaeche(g) => geo::InteriorPoint::interior_point(g),
        Geometrie::Linie(g) => geo::InteriorPoint::interior_point(g),
        Geometrie::Punkt(g) => g.0.first().copied(),
    };
    punkt.map(|p| [p.x(), p.y()])
}

/// Invalid areas are kept as delivered and reported; `--reparieren` replaces them, with the area before and after.
fn pruefe(eintrag: &mut Eintrag, reparieren: bool, befunde: &mut Vec<Befund>) -> Result<()> {
    let Geometrie::Flaeche(geom) = &eintrag.objekt.geometrie else {
        return Ok(());
    };
    let Some((grund, stelle)) = gueltigkeit::fehler(geom) else {
        return Ok(());
    };
    let repariert = vector::repariere(geom)?;
    let vorher = geo::Area::unsigned_area(geom);
    let nachher = repariert.as_ref().map_or(0.0, geo::Area::unsigned_area);
    let mut befund = Befund {
        code: "geometrie-ungueltig".into(),
        schwere: Schwere::Fehler,
        klasse: Some(eintrag.objekt.klasse.clone()),
        kennung: Some(eintrag.kennung.clone()),
        ort: Some(stelle),
        text: format!(
            "{} {}: {grund} bei {:.2} {:.2}. Die Fläche steht in keiner Summe; nach einer Reparatur hätte sie {} ha. Bitte in der Quelle berichtigen oder mit --reparieren einlesen.",
            eintrag.objekt.klasse,
            eintrag.kennung,
            stelle[0],
            stelle[1],
            crate::fnp::zahl::hektar(nachher, 4)
        ),
    };
    if let (true, Some(neu)) = (reparieren, &repariert) {
        befund.code = "geometrie-repariert".into();
        befund.schwere = Schwere::Warnung;
        befund.text = format!(
            "{} {}: {grund} bei {:.2} {:.2}. Repariert: {} ha vorher, {} ha nachher.",
            eintrag.objekt.klasse,
            eintrag.kennung,
            stelle[0],
            stelle[1],
            crate::fnp::zahl::hektar(vorher, 4),
            crate::fnp::zahl::hektar(nachher, 4)
        );
        eintrag.objekt.geometrie = Geometrie::Flaeche(neu.clone());
    } else {
        eintrag.ungueltig = Some(Ungueltig { repariert });
    }
    befunde.push(befund);
    Ok(())
}
