//! What a file remembers of the moment it was taken: `zielraum_mitnahme` (one row) and
//! `zielraum_basis` (one row for each object that can be changed).

use serde::{Deserialize, Serialize};

/// Table with one row: where the file comes from.
pub const KOPF: &str = "zielraum_mitnahme";
/// Table with the state of each object.
pub const OBJEKTE: &str = "zielraum_basis";
/// Columns of [`KOPF`].
pub const KOPF_SPALTEN: &[&str] = &[
    "mitnahme",
    "form",
    "dienst",
    "gemeinden",
    "bereich",
    "stand",
    "wer",
    "ebenen",
];
/// Columns of [`OBJEKTE`]; `inhalt` is the feature as GeoJSON in EPSG:25832.
pub const OBJEKT_SPALTEN: &[&str] = &["ebene", "kennung", "nummer", "version", "stand", "inhalt"];
/// Layout of these tables.
pub const FORM: &str = "1";

/// One layer of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ebene {
    /// Collection, and name of the table.
    pub id: String,
    /// German title.
    pub titel: String,
    /// Its objects can be changed and come back.
    pub aenderbar: bool,
    /// Objects in the file.
    pub anzahl: u64,
    /// Fingerprint of a layer that is only looked at: what is changed in it is noticed.
    pub abdruck: String,
}

/// The row of [`KOPF`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kopf {
    /// Of this file alone.
    pub id: String,
    /// Address of the service.
    pub dienst: String,
    /// Gemeindeschlüssel and kennungen of its Gemeinden.
    pub gemeinden: Vec<String>,
    /// `stadt`, `ortsteil/…`, `dorferneuerung/…`.
    pub bereich: String,
    /// When it was taken, ISO 8601 in UTC.
    pub stand: String,
    /// Who took it; empty: somebody who was not signed in.
    pub wer: String,
    /// Layers of the file.
    pub ebenen: Vec<Ebene>,
}

/// One row of [`OBJEKTE`].
#[derive(Debug, Clone, PartialEq)]
pub struct Objekt {
    /// Feature id.
    pub kennung: String,
    /// fid in the file as it was written.
    pub nummer: u64,
    /// Version (`ETag`) then; empty where the reader knows none.
    pub version: String,
    /// The feature as GeoJSON, EPSG:25832.
    pub inhalt: String,
}
