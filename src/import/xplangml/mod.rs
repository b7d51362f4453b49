//! XPlanGML → plan objects, streamed.
//!
//! Reading order for the engineer: [`lies`] here; `quelle` (bytes → UTF-8), `baum`
//! (XML → one feature as a tree), `version` (namespaces), `plan` (what a feature is
//! and where it goes), `eigenschaften` and `kopf` (attributes), `gml`, `kurve`,
//! `bogen`, `mittelpunkt`, `koordinaten`, `zahlen` and `lage` (geometry), `befunde`,
//! `abschluss` and `bericht` (findings and counts), `zweck` and `umrisse` (use symbols
//! of areas).
//!
//! Memory holds one feature at a time, sixteen bytes of fingerprint for each one seen,
//! and the bounded stores of `zweck` and of features before the first srsName. Nothing is fetched: no schema, no xlink, no
//! DTD. The file is refused ([`Error::Eingabe`], with line) only when it cannot be
//! read or holds no single Flächennutzungsplan; whatever is wrong with one object is
//! a finding, and the object is counted as skipped with its reason.

use std::io::BufRead;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::fnp::objekt::{Befund, Objekt, PlanKopf};

mod abschluss;
mod baum;
mod befunde;
mod bericht;
pub(in crate::import) mod bogen;
mod eigenschaften;
mod gml;
mod koordinaten;
mod kopf;
mod kurve;
mod lage;
mod mittelpunkt;
mod plan;
mod quelle;
mod umrisse;
mod version;
mod zahlen;
mod zweck;

use baum::{Dokument, Element, Ereignis};
use version::Raum;
pub use zweck::{HERKUNFT, Nachtrag};

/// How often a class was met and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Klassenzaehlung {
    /// XPlanung class.
    pub klasse: String,
    /// Features of that class in the file.
    pub gelesen: u64,
    /// Of these, taken over.
    pub uebernommen: u64,
    /// Of these, skipped.
    pub uebergangen: u64,
    /// German reasons for skipping, joined by `; `.
    pub grund: Option<String>,
}

/// What a file held besides the objects already handed over.
#[derive(Debug)]
pub struct Gelesen {
    /// The plan.
    pub kopf: PlanKopf,
    /// Counts per class in order of appearance.
    pub klassen: Vec<Klassenzaehlung>,
    /// Findings in file order, at most 1000 of one code and then a closing one.
    pub befunde: Vec<Befund>,
    /// Codes for areas already handed over, found at points in them; by running number.
    pub nachtrag: Vec<Nachtrag>,
}

/// Reads XPlanGML 4.0 to 6.1 (`XPlanAuszug` or a WFS `FeatureCollection`) and calls
/// `senke` for every object with a geometry, in file order. Geometries are in
/// EPSG:25832, metres.
///
/// An error of `senke` ends the reading and is returned as it is. Because the plan
/// may stand at the end of the file, objects can be handed over before the file turns
/// out to hold no Flächennutzungsplan: write them in a transaction.
pub fn lies(quelle: impl BufRead, senke: &mut dyn FnMut(Objekt) -> Result<()>) -> Result<Gelesen> {
    let mut dokument = Dokument::neu(quelle)?;
    let mut plan = plan::Plan::neu(senke);
    let Ereignis::Anfang(wurzel) = dokument.naechstes(None)? else {
        return Err(kein_xplangml("kein Wurzelelement"));
    };
    match (wurzel.raum, wurzel.name.as_str()) {
        (Raum::XPlan(version), "XPlanAuszug") => plan.version(version, &wurzel)?,
        (Raum::Wfs | Raum::Gml, "FeatureCollection") => {
            let zahl = |name| wurzel.attribut(name).and_then(|z| z.parse::<u64>().ok());
            if let (Some(alle), Some(da)) = (zahl("numberMatched"), zahl("numberReturned"))
                && alle > da
            {
                plan.unvollstaendig(wurzel.zeile, &format!("{da} von {alle} Objekten"));
            }
        }
        (_, name) => return Err(kein_xplangml(&format!("das Wurzelelement heißt „{name}“"))),
    }
    // Elements open around the features: root, featureMember, nested collections.
    let mut offen = 1_usize;
    while offen > 0 {
        match dokument.naechstes(None)? {
            Ereignis::Anfang(el) => match rolle(&el) {
                Rolle::Behaelter => offen += 1,
                Rolle::Umschlag => {
                    let umschlag = dokument.teilbaum(el)?;
                    plan.umschlag(&umschlag)?;
                }
                Rolle::Objekt(version) => {
                    plan.version(version, &el)?;
                    let objekt = dokument.teilbaum(el)?;
                    plan.objekt(objekt)?;
                }
                Rolle::Fremd => {
                    plan.fremdes(&el)?;
                    dokument.ueberspringe()?;
                }
                Rolle::Beiwerk => {
                    if el.name == "truncatedResponse" {
                        plan.unvollstaendig(el.zeile, "truncatedResponse");
                    }
                    dokument.ueberspringe()?;
                }
            },
            Ereignis::Ende => offen -= 1,
            Ereignis::Schluss => break,
        }
    }
    // What follows the root must be nothing; a second root is malformed XML.
    while !matches!(dokument.naechstes(None)?, Ereignis::Schluss) {}
    plan.schliesse()
}

enum Rolle {
    Behaelter,
    Umschlag,
    Objekt(&'static str),
    Fremd,
    Beiwerk,
}

/// What an element directly in a collection is.
fn rolle(el: &Element) -> Rolle {
    match (el.raum, el.name.as_str()) {
        (Raum::XPlan(version), _) => Rolle::Objekt(version),
        (
            Raum::Gml | Raum::Wfs,
            "featureMember"
            | "featureMembers"
            | "member"
            | "additionalObjects"
            | "Tuple"
            | "FeatureCollection"
            | "SimpleFeatureCollection",
        ) => Rolle::Behaelter,
        (Raum::Gml | Raum::Wfs, "boundedBy") => Rolle::Umschlag,
        (Raum::Fremd, _) => Rolle::Fremd,
        (Raum::Gml | Raum::Wfs, _) => Rolle::Beiwerk,
    }
}

fn kein_xplangml(was: &str) -> Error {
    Error::eingabe(format!(
        "Die Datei ist kein XPlanGML ({was}). Erwartet wird XPlanAuszug oder eine WFS-FeatureCollection \
         in einer der Versionen {}.",
        version::lesbare()
    ))
}
