//! SQL of the gaps. Names no schema: the connection decides the world.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::error::Result;
use crate::fnp::plan::Fassung;
use crate::tabelle::{csv, spalten};

/// Kinds of gaps with their titles, in the order of the page.
pub const ARTEN: [(&str, &str); 9] = [
    ("ziel_ohne_massnahme", "Ziele ohne Maßnahme"),
    ("ziel_ohne_kennzahl", "Ziele ohne Kennzahl"),
    ("massnahme_ohne_ort", "Maßnahmen ohne Ort"),
    ("massnahme_ohne_ziel", "Maßnahmen ohne Ziel"),
    (
        "massnahme_ohne_zustaendigkeit",
        "Maßnahmen ohne zuständige Stelle",
    ),
    ("ortsteil_ohne_massnahme", "Ortsteile ohne Maßnahme"),
    ("ortsteil_ohne_geld", "Ortsteile ohne Geld"),
    ("kennzahl_ohne_wert", "Kennzahlen ohne Wert"),
    ("kennzahl_ohne_ziel", "Kennzahlen ohne Zielwert"),
];

/// Something missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Luecke {
    /// Key of [`ARTEN`].
    pub art: String,
    /// Kennung of what it is missing at.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// What is missing.
    pub grund: String,
}

impl Luecke {
    /// Page of what it is missing at.
    #[must_use]
    pub fn adresse(&self, wurzel: &str) -> String {
        let ordner = match self.art.split('_').next() {
            Some("ziel") => "ziele",
            Some("massnahme") => "massnahmen",
            Some("kennzahl") => "kennzahlen",
            _ => "ortsteil",
        };
        format!(
            "{wurzel}/{ordner}/{}?f=html",
            crate::http::link::kodiere(&self.kennung)
        )
    }
}

/// All gaps, or those of one kind.
pub async fn luecken(conn: &mut PgConnection, art: Option<&str>) -> Result<Vec<Luecke>> {
    let mut alle = sqlx::query_file_as!(Luecke, "src/luecken/luecken.sql")
        .fetch_all(conn)
        .await?;
    if let Some(art) = art {
        alle.retain(|luecke| luecke.art == art);
    }
    Ok(alle)
}

/// An area of a plan and how it stands to the goals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flaeche {
    /// Kennung.
    pub kennung: String,
    /// Key of its land use.
    pub nutzung: String,
    /// Name of it.
    pub nutzung_name: String,
    /// bestand, planung …
    pub rechtsstand: String,
    /// m², EPSG:25832.
    pub flaeche_m2: f64,
    /// Sum of effect × weight of the goals; above 0 it serves more than it strains. None: no effect is entered.
    pub zielbilanz: Option<f64>,
    /// Titles of goals it serves.
    pub dient_zielen: Option<String>,
    /// Titles of goals it strains.
    pub belastet_ziele: Option<String>,
    /// Measures on it.
    pub massnahmen: i64,
    /// Longitude and latitude.
    #[serde(skip)]
    pub geometrie: Option<Value>,
}

/// Areas of a version with their goal balance, the most straining first.
pub async fn flaechen(
    conn: &mut PgConnection,
    plan: &Fassung,
    mit_geometrie: bool,
    hoechstens: i64,
) -> Result<Vec<Flaeche>> {
    Ok(sqlx::query_file_as!(
        Flaeche,
        "src/luecken/flaechen.sql",
        plan.id,
        mit_geometrie,
        hoechstens
    )
    .fetch_all(conn)
    .await?)
}

/// Gaps for the screen.
#[must_use]
pub fn text(luecken: &[Luecke]) -> String {
    let mut text = String::new();
    for (art, titel) in ARTEN {
        let zeilen: Vec<Vec<String>> = luecken
            .iter()
            .filter(|l| l.art == art)
            .map(|l| {
                vec![
                    l.nummer.clone().unwrap_or_default(),
                    l.titel.clone(),
                    l.kennung.clone(),
                    l.grund.clone(),
                ]
            })
            .collect();
        if !zeilen.is_empty() {
            let tabelle = spalten(&["Nr.", "Titel", "Kennung", "Was fehlt"], &zeilen);
            let _ = writeln!(text, "{titel}: {}\n{tabelle}", zeilen.len());
        }
    }
    if text.is_empty() {
        text.push_str("Keine Lücken.\n");
    }
    text
}

/// Gaps as CSV for German Excel.
#[must_use]
pub fn als_csv(luecken: &[Luecke]) -> String {
    let zeilen: Vec<Vec<String>> = luecken
        .iter()
        .map(|l| {
            vec![
                l.art.clone(),
                l.kennung.clone(),
                l.nummer.clone().unwrap_or_default(),
                l.titel.clone(),
                l.grund.clone(),
            ]
        })
        .collect();
    csv(&["art", "kennung", "nummer", "titel", "was_fehlt"], &zeilen)
}

/// Areas as GeoJSON.
#[must_use]
pub fn geojson(flaechen: &[Flaeche]) -> Value {
    let features: Vec<Value> = flaechen
        .iter()
        .map(|f| json!({"type": "Feature", "id": f.kennung, "geometry": f.geometrie, "properties": f}))
        .collect();
    json!({"type": "FeatureCollection", "numberReturned": features.len(), "features": features})
}
