//! What a new delivery changes, as it stands in the protocol (a contract others script against).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// New delivery beside the one before. Areas in m², plane in EPSG:25832, unrounded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Vergleich {
    /// What it was compared with; None for the first delivery of a plan.
    pub vorgaenger: Option<Vorgaenger>,
    /// Areas, overlays, lines, points.
    pub objekte: Vec<Objektvergleich>,
    /// How the objects came by their kennungen.
    pub kennungen: Kennungen,
    /// The largest changes among the areas, at most 100 of a kind.
    pub stellen: Vec<Stelle>,
    /// Land uses of the whole plan.
    pub nutzungen: Vec<Differenz>,
    /// Land uses by Ortsteil; the last may be what lies in none.
    pub ortsteile: Vec<OrtsteilDifferenz>,
    /// Links of measures to areas of this plan. They may be drafts: never published.
    #[serde(default)]
    pub links: Vec<Link>,
}

/// The version compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vorgaenger {
    /// `fnp.fassung.id`.
    #[serde(skip)]
    pub fassung_id: i32,
    /// Number of the version.
    pub fassung: i32,
    /// When it was read in.
    pub eingelesen_am: DateTime<Utc>,
}

/// Counts of one kind of object.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Objektvergleich {
    /// `flaeche`, `ueberlagerung`, `linie`, `punkt`.
    pub art: String,
    /// Objects before.
    pub vorher: i64,
    /// Objects now.
    pub nachher: i64,
    /// Only now.
    pub neu: i64,
    /// Only before.
    pub entfallen: i64,
    /// In both, changed in one of the ways below.
    pub geaendert: i64,
    /// In both, alike.
    pub unveraendert: i64,
    /// Of the changed ones: another form, from 1 m² or 1 cm on.
    pub geometrie: i64,
    /// … another class.
    pub klasse: i64,
    /// … another land use.
    pub nutzung: i64,
    /// … other codes.
    pub codes: i64,
    /// … another legal state.
    pub rechtsstand: i64,
}

/// How many objects kept their kennung by what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kennungen {
    /// Same class, same geometry.
    pub gleiche_geometrie: i64,
    /// Same class, overlap of 90 % either way.
    pub ueberdeckung: i64,
    /// Same gml:id.
    pub gml_id: i64,
    /// Known from an earlier version.
    pub wieder_da: i64,
    /// New.
    pub neu: i64,
    /// The source keeps its gml:ids between deliveries.
    pub gml_id_verlaesslich: bool,
}

/// One changed area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Stelle {
    /// `neu`, `entfallen`, `geaendert`.
    pub was: String,
    /// Of a changed one: geometrie, klasse, nutzung, codes, rechtsstand, joined by commas.
    pub wie: Option<String>,
    /// Kennung.
    pub kennung: String,
    /// Land use before.
    pub nutzung_vorher: Option<String>,
    /// Land use now.
    pub nutzung_nachher: Option<String>,
    /// m² before.
    pub vorher_m2: Option<f64>,
    /// m² now.
    pub nachher_m2: Option<f64>,
    /// Easting in EPSG:25832, m.
    pub x: Option<f64>,
    /// Northing in EPSG:25832, m.
    pub y: Option<f64>,
}

/// One land use before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Differenz {
    /// Key of `fnp.nutzung`.
    pub nutzung: String,
    /// Its name.
    pub name: String,
    /// m² before.
    pub vorher_m2: f64,
    /// m² now.
    pub nachher_m2: f64,
    /// now − before.
    pub differenz_m2: f64,
}

/// One Ortsteil before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrtsteilDifferenz {
    /// Kennung; None for what lies in no Ortsteil.
    pub kennung: Option<String>,
    /// Name.
    pub name: String,
    /// Its land uses.
    pub nutzungen: Vec<Differenz>,
}

impl OrtsteilDifferenz {
    /// True when no land use differs by a square metre.
    #[must_use]
    pub fn unveraendert(&self) -> bool {
        self.nutzungen.iter().all(|n| n.differenz_m2.abs() < 1.0)
    }
}

/// What becomes of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Linkzustand {
    /// The area is as it was.
    Bleibt,
    /// The area lives on with another size or land use.
    Geaendert,
    /// The area was gone and is back.
    WiederDa,
    /// The area is gone; somebody must look.
    ZuPruefen,
}

/// A measure's link to an area of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Kennung of the measure.
    pub massnahme: String,
    /// Its title.
    pub titel: String,
    /// Kennung of the area.
    pub flaeche: String,
    /// What becomes of it.
    pub zustand: Linkzustand,
    /// Land use as last known.
    pub nutzung: String,
    /// m² as last known.
    pub flaeche_m2: f64,
    /// Land use now.
    pub nutzung_neu: Option<String>,
    /// m² now.
    pub flaeche_m2_neu: Option<f64>,
    /// A point in the area: easting, northing in EPSG:25832.
    pub ort: Option<[f64; 2]>,
    /// What lies there now, by shared area.
    pub nachfolger: Vec<Nachfolger>,
}

/// An area in the place of one that is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Nachfolger {
    /// Its kennung.
    pub kennung: String,
    /// Its land use.
    pub nutzung: String,
    /// Shared m².
    pub schnitt_m2: f64,
    /// Share of the old area, 0..1.
    pub anteil: Option<f64>,
}
