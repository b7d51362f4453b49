//! What a plan draws as lines and points at a place: main roads and pipes, symbols of uses.

use serde::Serialize;
use sqlx::PgConnection;

use super::ort::Ort;
use crate::db::geom::Geom;
use crate::error::Result;
use crate::fnp::zahl::dezimal;

/// A line or point of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Darstellung {
    /// linie or punkt.
    pub form: String,
    /// Kennung.
    pub kennung: String,
    /// Key of its land use.
    pub nutzung: String,
    /// Name of its land use.
    pub nutzung_name: String,
    /// XPlanung class.
    pub klasse: String,
    /// Label.
    pub name: Option<String>,
    /// Text.
    pub text: Option<String>,
    /// bestand, planung, entfaellt, `ohne_angabe`.
    pub rechtsstand: String,
    /// Legal basis of the land use.
    pub rechtsgrundlage: Option<String>,
    /// Of a line: m inside a polygon; at a point the whole line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub laenge_m: Option<f64>,
    /// Of a point object: places inside a polygon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anzahl: Option<i64>,
    /// Metres to the point asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abstand_m: Option<f64>,
}

impl Darstellung {
    /// Size or distance in words.
    #[must_use]
    pub fn lage(&self) -> String {
        match (self.abstand_m, self.laenge_m, self.anzahl) {
            (Some(abstand), ..) => format!("{} m entfernt", dezimal(abstand, 1)),
            (None, Some(laenge), _) => format!("{} m hier", dezimal(laenge, 1)),
            (None, None, Some(anzahl)) if anzahl > 1 => format!("{anzahl} Orte hier"),
            _ => "liegt hier".to_owned(),
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn titel(&self) -> String {
        let form = if self.form == "linie" {
            "Linie"
        } else {
            "Punkt"
        };
        match self.name.as_deref().or(self.text.as_deref()) {
            Some(name) => format!("{form}: {}, {name}", self.nutzung_name),
            None => format!("{form}: {}", self.nutzung_name),
        }
    }
}

/// Lines before points, the nearest or longest first.
pub async fn lies(conn: &mut PgConnection, fassung: i32, ort: &Ort) -> Result<Vec<Darstellung>> {
    Ok(sqlx::query_file_as!(
        Darstellung,
        "src/hier/darstellungen.sql",
        Geom::utm32(ort.form.clone()) as Geom,
        fassung,
        ort.umkreis_m.unwrap_or_default()
    )
    .fetch_all(conn)
    .await?)
}
