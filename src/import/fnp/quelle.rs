//! Where the objects of a plan come from: one contract for every format.
//!
//! A reader hands its objects over one by one, in the order of the file, and gives back
//! what is known only at the end. Whoever takes the objects must not act on them before
//! the reader has ended well: the head, and with it the refusal of a file that is no
//! single Flächennutzungsplan, may stand behind the last object.

use super::{Auftrag, vektor};
use crate::error::Result;
use crate::fnp::objekt::{Befund, Objekt, PlanKopf};
use crate::import::datei::{Datei, Format};
use crate::import::xplangml::{self, Klassenzaehlung, Nachtrag};

/// Takes the objects of a file one by one; its error ends the reading.
pub type Senke<'a> = dyn FnMut(Objekt) -> Result<()> + 'a;

/// What a file says besides the objects already handed over.
#[derive(Debug)]
pub struct Gelesen {
    /// `XPlanGML`, `GeoPackage` …
    pub format: &'static str,
    /// The plan.
    pub kopf: PlanKopf,
    /// Counts per class in order of appearance.
    pub klassen: Vec<Klassenzaehlung>,
    /// Findings in file order.
    pub befunde: Vec<Befund>,
    /// Codes that belong to objects handed over before.
    pub nachtrag: Vec<Nachtrag>,
}

/// A producer of plan objects.
pub trait Quelle {
    /// Reads everything, handing over each object. Blocks.
    ///
    /// # Errors
    /// [`Error::Eingabe`] for what cannot be read or is no single FNP; errors of `senke` as they are.
    fn lies(&mut self, senke: &mut Senke<'_>) -> Result<Gelesen>;
}

/// The reader for a file, by its content.
#[must_use]
pub fn zu<'a>(auftrag: &'a Auftrag, datei: &'a Datei) -> Box<dyn Quelle + 'a> {
    if datei.format == Format::Xml {
        Box::new(XPlan(datei))
    } else {
        Box::new(Vektor(datei, &auftrag.vektor))
    }
}

struct XPlan<'a>(&'a Datei);

impl Quelle for XPlan<'_> {
    fn lies(&mut self, senke: &mut Senke<'_>) -> Result<Gelesen> {
        let gelesen = xplangml::lies(self.0.strom()?, senke)?;
        Ok(Gelesen {
            format: "XPlanGML",
            kopf: gelesen.kopf,
            klassen: gelesen.klassen,
            befunde: gelesen.befunde,
            nachtrag: gelesen.nachtrag,
        })
    }
}

/// An office's own data.
struct Vektor<'a>(&'a Datei, &'a vektor::Angaben);

impl Quelle for Vektor<'_> {
    fn lies(&mut self, senke: &mut Senke<'_>) -> Result<Gelesen> {
        vektor::lies(self.0, self.1, senke)
    }
}
