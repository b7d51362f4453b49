//! The Flächenbilanz: sums over `fnp.anteil`, so that Ortsteile and Gemeinde are the same
//! figures grouped differently. All areas in m², plane in EPSG:25832, unrounded.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::plan::Fassung;
use super::store;
use crate::error::Result;
use crate::gemeinde;

/// `fnp.pruefung.ortsteil_id` of the whole plan.
pub const GANZER_PLAN: i32 = -1;
/// Ortsteil id of what lies in no Ortsteil.
pub const OHNE_ORTSTEIL: i32 = 0;
/// Less than this (m²) in no Ortsteil is the noise of borders drawn twice.
const NENNENSWERT_M2: f64 = 0.01;

/// Balance of one area of one plan version.
#[derive(Debug, Clone, Serialize)]
pub struct Bilanz {
    /// The plan version.
    pub plan: Fassung,
    /// What is summed up.
    pub gebiet: Gebiet,
    /// When the data were read in.
    pub stand: DateTime<Utc>,
    /// One row per Nutzung, in the order of the code table.
    pub zeilen: Vec<Zeile>,
    /// Overlays by class; never part of the sums.
    pub ueberlagerungen: Vec<Ueberlagerung>,
    /// Check rows.
    pub pruefung: Pruefung,
}

/// The area a balance speaks of.
#[derive(Debug, Clone, Serialize)]
pub struct Gebiet {
    /// gemeinde, ortsteil, `ohne_ortsteil`.
    pub art: &'static str,
    /// Kennung of the Ortsteil or Gemeinde.
    pub kennung: Option<String>,
    /// Name.
    pub name: String,
    /// Ortsteil id, None for the whole plan.
    #[serde(skip)]
    pub ortsteil_id: Option<i32>,
}

/// One row.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Zeile {
    /// Key of `fnp.nutzung`.
    pub nutzung: String,
    /// Its name.
    pub name: String,
    /// Title of its group.
    pub gruppe: String,
    /// Areas with a part in the Gebiet.
    pub anzahl: i64,
    /// Present state, what will cease included.
    pub bestand_m2: f64,
    /// Of these, what will cease.
    pub davon_fortfallend_m2: f64,
    /// Planned.
    pub planung_m2: f64,
    /// Without a legal state.
    pub ohne_angabe_m2: f64,
    /// All of it.
    pub summe_m2: f64,
    /// 0..1 of the Gebiet.
    pub anteil: f64,
    /// Position in the code table.
    #[serde(skip)]
    pub reihenfolge: i32,
}

/// Overlays of one class.
#[derive(Debug, Clone, Serialize)]
pub struct Ueberlagerung {
    /// XPlanung class.
    pub klasse: String,
    /// Objects with a part in the Gebiet.
    pub anzahl: i64,
    /// m² inside the Gebiet.
    pub flaeche_m2: f64,
}

/// Check rows: summe = gebiet + ueberlappung − luecke.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pruefung {
    /// Geltungsbereich, for an Ortsteil its part in it.
    pub gebiet_m2: f64,
    /// Sum of the rows.
    pub summe_m2: f64,
    /// Covered more than once.
    pub ueberlappung_m2: f64,
    /// Covered by no valid area.
    pub luecke_m2: f64,
    /// Areas outside the Geltungsbereich (whole plan only).
    pub ausserhalb_m2: f64,
    /// Invalid polygons, after a repair for this figure only.
    pub ungueltig_m2: f64,
    /// Row `nicht_zugeordnet`.
    pub nicht_zugeordnet_m2: f64,
}

/// The balance of the whole plan or of one Ortsteil.
///
/// # Errors
/// [`crate::error::Error::NichtGefunden`] for an unknown Ortsteil.
pub async fn eine(
    conn: &mut PgConnection,
    plan: &Fassung,
    ortsteil: Option<&str>,
) -> Result<Bilanz> {
    let gebiet = match ortsteil {
        None => store::gebiet_des_plans(conn, plan).await?,
        Some(kennung) => {
            let (id, name) = gemeinde::store::ortsteil(conn, kennung).await?;
            Gebiet {
                art: "ortsteil",
                kennung: Some(kennung.to_owned()),
                name,
                ortsteil_id: Some(id),
            }
        }
    };
    rechne(conn, plan, gebiet).await
}

/// All Ortsteile side by side; ends with what lies in none, where there is such a part.
pub async fn alle(conn: &mut PgConnection, plan: &Fassung) -> Result<Vec<Bilanz>> {
    let mut bilanzen = Vec::new();
    for gebiet in store::gebiete(conn, plan.id, NENNENSWERT_M2).await? {
        bilanzen.push(rechne(conn, plan, gebiet).await?);
    }
    Ok(bilanzen)
}

async fn rechne(conn: &mut PgConnection, plan: &Fassung, gebiet: Gebiet) -> Result<Bilanz> {
    let mut pruefung =
        store::pruefung(conn, plan.id, gebiet.ortsteil_id.unwrap_or(GANZER_PLAN)).await?;
    let mut zeilen = store::zeilen(conn, plan.id, gebiet.ortsteil_id).await?;
    for zeile in &mut zeilen {
        pruefung.summe_m2 += zeile.summe_m2;
        if zeile.nutzung == "nicht_zugeordnet" {
            pruefung.nicht_zugeordnet_m2 = zeile.summe_m2;
        }
        if pruefung.gebiet_m2 > 0.0 {
            zeile.anteil = zeile.summe_m2 / pruefung.gebiet_m2;
        }
    }
    Ok(Bilanz {
        plan: plan.clone(),
        ueberlagerungen: store::ueberlagerungen(conn, plan.id, gebiet.ortsteil_id).await?,
        gebiet,
        stand: plan.eingelesen_am,
        zeilen,
        pruefung,
    })
}

/// Column of the balance a figure stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spalte {
    /// bestand and entfaellt.
    Bestand,
    /// entfaellt alone.
    DavonFortfallend,
    /// planung.
    Planung,
    /// `ohne_angabe`.
    OhneAngabe,
    /// All.
    Summe,
}

impl Spalte {
    /// Reads the name used in URLs.
    #[must_use]
    pub fn lies(name: &str) -> Option<Self> {
        Some(match name {
            "bestand" => Self::Bestand,
            "davon_fortfallend" => Self::DavonFortfallend,
            "planung" => Self::Planung,
            "ohne_angabe" => Self::OhneAngabe,
            "summe" => Self::Summe,
            _ => return None,
        })
    }

    /// Values of `anteil.rechtsstand` it adds up.
    #[must_use]
    pub fn rechtsstaende(self) -> &'static [&'static str] {
        match self {
            Self::Bestand => &["bestand", "entfaellt"],
            Self::DavonFortfallend => &["entfaellt"],
            Self::Planung => &["planung"],
            Self::OhneAngabe => &["ohne_angabe"],
            Self::Summe => &["bestand", "entfaellt", "planung", "ohne_angabe"],
        }
    }
}

/// One area behind a figure.
#[derive(Debug, Clone, Serialize)]
pub struct Beitrag {
    /// Kennung of the area.
    pub kennung: String,
    /// Its Nutzung.
    pub nutzung: String,
    /// Its legal state.
    pub rechtsstand: String,
    /// Its whole area.
    pub flaeche_m2: f64,
    /// The part in the Gebiet.
    pub m2: f64,
    /// m2 / `flaeche_m2`.
    pub anteil: f64,
}
