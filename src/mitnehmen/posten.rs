//! One object of a comparison, as pages and programs are shown it.

use serde::Serialize;

/// Name of the shape among the fields of an object.
pub const GEOMETRIE: &str = "geometrie";
/// Name of the choice about an object as a whole.
pub const OBJEKT: &str = "objekt";

/// What is to be done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Art {
    /// It is made.
    Neu,
    /// Changed in the file alone.
    Geaendert,
    /// Changed in the file and here, in different fields: both stay.
    Zusammengefuehrt,
    /// It goes.
    Geloescht,
    /// Both sides changed the same: somebody must choose.
    Konflikt,
    /// It is here already as the file has it.
    Erledigt,
    /// It cannot be taken.
    Fehler,
}

impl Art {
    /// German word.
    #[must_use]
    pub fn titel(self) -> &'static str {
        match self {
            Self::Neu => "neu",
            Self::Geaendert => "geändert",
            Self::Zusammengefuehrt => "zusammenführbar",
            Self::Geloescht => "gelöscht",
            Self::Konflikt => "Konflikt",
            Self::Erledigt => "schon so",
            Self::Fehler => "nicht übernehmbar",
        }
    }

    /// Something can be chosen.
    #[must_use]
    pub fn waehlbar(self) -> bool {
        !matches!(self, Self::Erledigt | Self::Fehler)
    }
}

/// Which side a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lage {
    /// The file's, nobody else changed it.
    Datei,
    /// Both changed it.
    Konflikt,
    /// Today's, the file left it alone.
    Heute,
}

/// One field of an object, in words.
#[derive(Debug, Clone, Serialize)]
pub struct Feld {
    /// Property, [`GEOMETRIE`] or [`OBJEKT`].
    pub name: String,
    /// German title.
    pub titel: String,
    /// As it was taken; None: it was not there.
    pub basis: Option<String>,
    /// In the file.
    pub datei: String,
    /// Today.
    pub heute: Option<String>,
    /// Which side counts.
    pub lage: Lage,
}

/// One object.
#[derive(Debug, Clone, Serialize)]
pub struct Posten {
    /// Number in the comparison, from 1.
    pub nr: usize,
    /// Collection.
    pub ebene: String,
    /// Its title.
    pub titel: String,
    /// Feature id.
    pub kennung: String,
    /// Key in the file.
    pub fid: Option<u64>,
    /// What it is called.
    pub name: String,
    /// What is to be done.
    pub art: Art,
    /// Version today; None: it is not there, or the reader knows none.
    pub version: Option<String>,
    /// Fields that differ.
    pub felder: Vec<Feld>,
    /// What to know.
    pub hinweise: Vec<String>,
    /// Why it cannot be taken.
    pub fehler: Option<String>,
    /// It is here today.
    #[serde(skip)]
    pub heute_da: bool,
}

impl Posten {
    /// „Maßnahme an Orten“, kennung and row of the file, for sentences.
    #[must_use]
    pub fn wo(&self) -> String {
        let fid = self.fid.map(|fid| format!(", fid {fid}"));
        format!(
            "Ebene „{}“, {} ({}{})",
            self.titel,
            self.name,
            self.kennung,
            fid.unwrap_or_default()
        )
    }

    /// Fields somebody must choose a side for.
    pub fn streitig(&self) -> impl Iterator<Item = &Feld> {
        self.felder.iter().filter(|f| f.lage == Lage::Konflikt)
    }
}
