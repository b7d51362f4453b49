//! Findings that need one whole object: class, codes, Flächenschluss, duplicates.

use std::hash::{DefaultHasher, Hash, Hasher};

use geo::{Area, InteriorPoint};
use geo_types::{Coord, LineString, MultiPolygon};

use super::baum::Element;
use super::plan::Plan;
use crate::fnp::codeliste::{self, Version};
use crate::fnp::nutzung::{self, Basis};
use crate::fnp::objekt::{Geometrie, Objekt, Schwere};
use crate::fnp::zahl::hektar;

impl Plan<'_> {
    /// Findings about class, codes and Flächenschluss of one object.
    pub(super) fn pruefe(&mut self, el: &Element, objekt: &Objekt, flaechenschluss: Option<bool>) {
        let version = self.version.and_then(Version::aus);
        for a in nutzung::pruefe_in(&objekt.klasse, &objekt.codes, version) {
            self.melde(el, a.code, a.schwere, ort(&objekt.geometrie), a.text);
        }
        self.zaehle_rechtscharakter(objekt, version);
        self.pruefe_doppelt(el, objekt);
        let Geometrie::Flaeche(flaeche) = &objekt.geometrie else {
            return;
        };
        let basis = nutzung::klasse(&objekt.klasse).map_or(Basis::Frei, |k| k.basis);
        let groesse = || hektar(flaeche.unsigned_area(), 4);
        let (code, text) = match (objekt.ebene, flaechenschluss, basis) {
            (ebene, Some(true), _) if ebene != 0 => (
                "flaechenschluss-ebene",
                format!(
                    "{} mit {} ha steht im Flächenschluss, aber auf Ebene {ebene} statt 0. Die Fläche zählt nicht \
                     zur Flächenbilanz und erscheint als Überlagerung. Bitte im Plan ebene oder flaechenschluss \
                     berichtigen.",
                    objekt.klasse,
                    groesse()
                ),
            ),
            (0, Some(true), Basis::Ueberlagerung) => (
                "flaechenschluss-ueberlagerung",
                format!(
                    "{} mit {} ha ist ihrer Art nach eine Überlagerung, steht aber im Flächenschluss; sie zählt wie \
                     angegeben zur Flächenbilanz. Bitte im Plan flaechenschluss auf false setzen.",
                    objekt.klasse,
                    groesse()
                ),
            ),
            (0, angabe @ (None | Some(false)), Basis::Flaechenschluss) => (
                "flaechenschluss-fehlt",
                format!(
                    "{} mit {} ha auf Ebene 0 muss zum Flächenschluss gehören, flaechenschluss {}. Die Fläche zählt \
                     nicht zur Flächenbilanz. Bitte im Plan nachtragen.",
                    objekt.klasse,
                    groesse(),
                    if angabe.is_none() {
                        "fehlt aber"
                    } else {
                        "ist aber false"
                    }
                ),
            ),
            _ => return,
        };
        self.melde(el, code, Schwere::Warnung, punkt_in(flaeche), text);
    }

    /// From 6.0 on `rechtscharakter` also serves other plans. Converted files carry the
    /// digits of 5.x in every object, so one finding for each code tells more than
    /// thousands.
    fn zaehle_rechtscharakter(&mut self, objekt: &Objekt, version: Option<Version>) {
        let code = objekt.codes.get("rechtscharakter").and_then(|c| c.as_str());
        if let (Some(code), Some(version)) = (code, version)
            && version >= Version::neu(6, 0)
            && !codeliste::rechtscharakter_im_fnp(code)
            && let Some(bekannt) =
                codeliste::rechtscharakter(&objekt.klasse, version).and_then(|l| l.finde(code))
        {
            *self.rechtscharakter.entry(bekannt.code).or_default() += 1;
        }
    }

    pub(super) fn melde_rechtscharakter(&mut self) {
        let (neu, alt) = (Version::neu(6, 0), Version::neu(5, 4));
        let name = |version, code: &str| {
            codeliste::rechtscharakter("FP_", version)
                .and_then(|liste| liste.finde(code))
                .map_or("", |c| c.name)
        };
        for (code, anzahl) in std::mem::take(&mut self.rechtscharakter) {
            let frueher = match name(alt, code) {
                "" => String::new(),
                frueher => format!(
                    " Bis XPlanGML 5.4 hieß {code} „{frueher}“; vermutlich wurde die Datei umgesetzt, ohne den Code \
                     anzupassen."
                ),
            };
            self.bericht.melde_datei(
                "rechtscharakter-fremd",
                Schwere::Hinweis,
                format!(
                    "rechtscharakter {code} bedeutet in dieser Version „{}“, was ein Objekt des \
                     Flächennutzungsplans nicht sein kann (Anzahl: {anzahl}).{frueher} Die Objekte sind wie geliefert \
                     übernommen. Bitte im Plan berichtigen (Darstellung im Flächennutzungsplan ist 3000).",
                    name(neu, code)
                ),
            );
        }
    }

    /// The same shape twice: in the Flächenschluss of any two classes, elsewhere with the
    /// same class and codes.
    fn pruefe_doppelt(&mut self, el: &Element, objekt: &Objekt) {
        let mut hasher = DefaultHasher::new();
        abdruck(&objekt.geometrie).hash(&mut hasher);
        let bilanz = objekt.zaehlt_zur_bilanz();
        bilanz.hash(&mut hasher);
        if !bilanz {
            objekt.klasse.hash(&mut hasher);
            objekt.ebene.hash(&mut hasher);
            serde_json::Value::Object(objekt.codes.clone())
                .to_string()
                .hash(&mut hasher);
            objekt.name.hash(&mut hasher);
            objekt.text.hash(&mut hasher);
        }
        let Some(zeile) = self.formen.insert(hasher.finish(), el.zeile) else {
            return;
        };
        let (code, schwere, text) = match &objekt.geometrie {
            Geometrie::Flaeche(flaeche) if bilanz => (
                "flaeche-doppelt",
                Schwere::Warnung,
                format!(
                    "{} hat dieselbe Fläche ({} ha) wie das Objekt in Zeile {zeile}; beide zählen zur Flächenbilanz. \
                     Bitte eines von beiden im Plan löschen.",
                    objekt.klasse,
                    hektar(flaeche.unsigned_area(), 4)
                ),
            ),
            _ => (
                "objekt-doppelt",
                Schwere::Hinweis,
                format!(
                    "{} gleicht dem Objekt in Zeile {zeile} in Geometrie und Angaben; beide sind übernommen. Bitte im \
                     Plan prüfen.",
                    objekt.klasse
                ),
            ),
        };
        self.melde(el, code, schwere, ort(&objekt.geometrie), text);
    }
}

/// Equal for equal shapes, wherever a ring begins and whichever way it runs; numbers
/// to the millimetre.
fn abdruck(geometrie: &Geometrie) -> (u8, u64) {
    fn punkt(p: Coord<f64>) -> u64 {
        let mut hasher = DefaultHasher::new();
        (
            (p.x * 1000.0).round().to_bits(),
            (p.y * 1000.0).round().to_bits(),
        )
            .hash(&mut hasher);
        hasher.finish()
    }
    fn linie(l: &LineString<f64>) -> u64 {
        let punkte = if l.is_closed() { &l.0[1..] } else { &l.0[..] };
        punkte.iter().fold(punkte.len() as u64, |summe, p| {
            summe.wrapping_add(punkt(*p))
        })
    }
    let summe = |werte: &mut dyn Iterator<Item = u64>| werte.fold(0_u64, u64::wrapping_add);
    match geometrie {
        Geometrie::Flaeche(f) => (
            0,
            summe(&mut f.0.iter().map(|p| {
                let innen = summe(&mut p.interiors().iter().map(linie));
                linie(p.exterior()).wrapping_mul(3).wrapping_add(innen)
            })),
        ),
        Geometrie::Linie(l) => (1, summe(&mut l.0.iter().map(linie))),
        Geometrie::Punkt(p) => (2, summe(&mut p.0.iter().map(|p| punkt(p.0)))),
    }
}

/// The place of an object, for a finding.
pub(super) fn ort(geometrie: &Geometrie) -> Option<Coord<f64>> {
    match geometrie {
        Geometrie::Flaeche(f) => punkt_in(f),
        Geometrie::Linie(l) => l.0.first()?.0.first().copied(),
        Geometrie::Punkt(p) => p.0.first().map(|p| p.0),
    }
}

/// A point in the area.
fn punkt_in(flaeche: &MultiPolygon<f64>) -> Option<Coord<f64>> {
    flaeche
        .interior_point()
        .map(Coord::from)
        .or_else(|| flaeche.0.first()?.exterior().0.first().copied())
}
