//! How much of a user's file is read: uploads and the command line have their own limits.

use std::time::Duration;

/// Limits of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grenzen {
    /// Bytes as delivered.
    pub datei: u64,
    /// Entries of a zip archive (an `XPlanArchiv` brings its attachments).
    pub zip_eintraege: usize,
    /// Bytes of what is unpacked, all together.
    pub entpackt: u64,
    /// Unpacked over packed, from 10 MB on.
    pub verhaeltnis: u64,
    /// Features of one layer.
    pub merkmale: u64,
    /// Vertices of one feature.
    pub ecken: usize,
    /// Files up to this size (bytes) are read into the memory of the reading process,
    /// which can then open no file at all; a larger one lies alone in a folder.
    pub im_speicher: u64,
    /// Bytes of memory of the reading process, beside such a file.
    pub speicher: u64,
    /// Processor time of the reading process.
    pub rechenzeit: Duration,
    /// Time by the clock, the writing of what was read included.
    pub wanduhr: Duration,
}

impl Grenzen {
    /// For uploads by the web.
    pub const HOCHLADEN: Self = Self {
        datei: 100 << 20,
        zip_eintraege: 100,
        entpackt: 500 << 20,
        verhaeltnis: 100,
        merkmale: 500_000,
        ecken: 1_000_000,
        im_speicher: 128 << 20,
        speicher: 1 << 30,
        rechenzeit: Duration::from_mins(2),
        wanduhr: Duration::from_mins(5),
    };
    /// For the command line: whoever may use it may fill the machine anyway; a plan of a
    /// whole Landkreis has some hundred MB.
    pub const BEFEHLSZEILE: Self = Self {
        datei: 16 << 30,
        zip_eintraege: 2000,
        entpackt: 4 << 30,
        verhaeltnis: 200,
        merkmale: 20_000_000,
        ecken: 5_000_000,
        im_speicher: 128 << 20,
        speicher: 2 << 30,
        rechenzeit: Duration::from_mins(30),
        wanduhr: Duration::from_hours(4),
    };
}
