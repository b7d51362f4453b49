//! What the parent asks of the child, one JSON document on its standard input.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::import::datei::{Format, Grenzen};

/// Limits of one child.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Schranken {
    /// Address space in bytes, beside a file kept in memory.
    pub speicher: u64,
    /// Processor time.
    pub rechenzeit: Duration,
    /// Time by the clock, kept by the parent.
    pub wanduhr: Duration,
    /// Features of one layer.
    pub merkmale: u64,
}

impl From<&Grenzen> for Schranken {
    fn from(grenzen: &Grenzen) -> Self {
        Self {
            speicher: grenzen.speicher,
            rechenzeit: grenzen.rechenzeit,
            wanduhr: grenzen.wanduhr,
            merkmale: grenzen.merkmale,
        }
    }
}

/// One file (or the files of one Shapefile) and the layer wanted.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Auftrag {
    pub format: Format,
    /// Name in the sandbox (`daten.gpkg`, `daten.shp`, …) and where it lies now; all in one folder.
    pub dateien: Vec<(String, PathBuf)>,
    /// Small enough to be kept in memory.
    pub im_speicher: bool,
    pub ebene: Option<String>,
    /// Only the names of the layers are wanted.
    pub nur_namen: bool,
    pub schranken: Schranken,
}

impl Auftrag {
    /// The file GDAL opens.
    pub fn hauptdatei(&self) -> &str {
        self.dateien.first().map_or("", |(name, _)| name)
    }
}
