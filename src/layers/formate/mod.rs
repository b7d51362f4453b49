//! Layers as files: one table of formats ([`FORMATE`]), one writer each. Pages of items come
//! as FlatGeobuf and CSV besides GeoJSON ([`seite`]); whole layers and what a filter leaves of
//! them as downloads ([`download`]), written to disk first ([`lager`]), sent in ranges
//! ([`bereich`]).
//!
//! Writers know [`satz::Satz`] and nothing of the database.

use std::path::Path;

use crate::error::Result;
use crate::http::link::Link;
use crate::http::negotiate::Ausgabe;
use crate::layers::query;
use crate::layers::stil::formular::Formular;

pub mod bereich;
pub mod csv;
pub mod download;
pub mod einzeln;
mod ewkb;
pub mod fgb;
pub mod form;
pub mod gml;
pub mod gpkg;
pub mod jsonfg;
pub mod lager;
pub mod ogr;
pub mod satz;
pub mod seite;
pub mod shape;
pub mod strom;
pub mod verweise;
pub mod wahl;
pub mod xlsx;

pub use form::Form;
pub use satz::{Aufbau, Feld, Satz, Wert};

/// The objects of a file, read while it is written.
pub type Saetze<'a> = dyn Iterator<Item = Result<Satz>> + 'a;

/// Writes one file.
pub type Schreiber = fn(&Auftrag, &Path, &mut Saetze<'_>) -> Result<()>;

/// What a file says besides its objects.
#[derive(Debug, Clone)]
pub struct Auftrag {
    /// Id of the collection.
    pub id: String,
    /// German title.
    pub titel: String,
    /// German description.
    pub beschreibung: Option<String>,
    /// Columns and geometry.
    pub aufbau: Aufbau,
    /// Stand, source, licence, filter: name and value.
    pub hinweise: Vec<(String, String)>,
    /// Style of the layer.
    pub stil: Option<crate::layers::stil::Stil>,
    /// Address of the collection.
    pub hier: String,
    /// One page of many: its order is kept.
    pub seite: Option<Seite>,
    /// Code lists of its columns.
    pub codes: query::Codes,
    /// Where it is one table of a file with several: the form that its style brings along.
    pub teil: Option<Formular>,
}

/// What a page says of the others.
#[derive(Debug, Clone)]
pub struct Seite {
    /// Objects of the whole request, where they were counted.
    pub gesamt: Option<i64>,
    /// Objects of this page.
    pub anzahl: usize,
    /// Links of the page, `next` among them.
    pub links: Vec<Link>,
}

impl Auftrag {
    /// EPSG code of the coordinates; CRS84 is EPSG:4326 where x comes before y anyway.
    #[must_use]
    pub fn epsg(&self) -> i32 {
        use crate::layers::crs::Ziel;
        match self.aufbau.system {
            Ziel::Crs84 | Ziel::Epsg4326 => 4326,
            Ziel::Epsg4258 => 4258,
            Ziel::Epsg25832 => 25832,
            Ziel::Epsg25833 => 25833,
            Ziel::Epsg3857 => 3857,
            Ziel::Epsg31468 => 31468,
        }
    }
}

/// One format.
#[derive(Debug)]
pub struct Format {
    /// Value of `f`.
    pub kuerzel: &'static str,
    /// Ending of the file.
    pub endung: &'static str,
    /// Media type, without parameters.
    pub medium: &'static str,
    /// German name.
    pub titel: &'static str,
    /// Pages of items come in it too.
    pub seitenweise: bool,
    /// Its writer.
    pub schreibe: Schreiber,
}

/// GML as OGC 17-069r4, 8.4 names it.
pub const GML: &str =
    "application/gml+xml;version=3.2;profile=http://www.opengis.net/def/profile/ogc/2.0/gml-sf0";

/// All formats but GeoJSON and the page, in the order of their links.
pub static FORMATE: &[Format] = &[
    Format {
        kuerzel: "fgb",
        endung: "fgb",
        medium: "application/flatgeobuf",
        titel: "FlatGeobuf",
        seitenweise: true,
        schreibe: fgb::schreibe,
    },
    Format {
        kuerzel: "csv",
        endung: "csv",
        medium: Ausgabe::Csv.medium(),
        titel: "CSV",
        seitenweise: true,
        schreibe: csv::schreibe,
    },
    Format {
        kuerzel: "jsonfg",
        endung: "fg.json",
        medium: "application/vnd.ogc.fg+json",
        titel: "JSON-FG",
        seitenweise: true,
        schreibe: jsonfg::schreibe,
    },
    Format {
        kuerzel: "gml",
        endung: "gml",
        medium: "application/gml+xml",
        titel: "GML",
        seitenweise: true,
        schreibe: gml::schreibe,
    },
    Format {
        kuerzel: "gpkg",
        endung: "gpkg",
        medium: "application/geopackage+sqlite3",
        titel: "GeoPackage",
        seitenweise: false,
        schreibe: gpkg::schreibe,
    },
    Format {
        kuerzel: "shp",
        endung: "shp.zip",
        medium: "application/zip",
        titel: "Shapefile (ZIP)",
        seitenweise: false,
        schreibe: shape::schreibe,
    },
    Format {
        kuerzel: "xlsx",
        endung: "xlsx",
        medium: Ausgabe::Xlsx.medium(),
        titel: "Excel (XLSX)",
        seitenweise: false,
        schreibe: xlsx::schreibe,
    },
];

impl Format {
    /// The format with this value of `f`.
    #[must_use]
    pub fn zu_kuerzel(kuerzel: &str) -> Option<&'static Self> {
        FORMATE.iter().find(|format| format.kuerzel == kuerzel)
    }

    /// Media type with the parameters that say which kind of it.
    #[must_use]
    pub fn typ(&self) -> &'static str {
        match self.kuerzel {
            "gml" => GML,
            _ => self.medium,
        }
    }
}

/// Heads of a table: titles, with the column's name where two are the same.
#[must_use]
pub fn eindeutig(felder: &[Feld]) -> Vec<String> {
    let koepfe: Vec<String> = felder.iter().map(Feld::kopf).collect();
    let doppelt = |kopf: &String| {
        koepfe
            .iter()
            .filter(|k| k.eq_ignore_ascii_case(kopf))
            .count()
            > 1
    };
    felder
        .iter()
        .zip(&koepfe)
        .map(|(feld, kopf)| {
            if doppelt(kopf) {
                format!("{kopf} ({})", feld.name)
            } else {
                kopf.clone()
            }
        })
        .collect()
}
