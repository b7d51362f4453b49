//! People of a village-renewal area: those of its Ortsteil as counted, those inside as estimated.
//!
//! Nobody counts inside such an area. People live on residential land and not on fields, so
//! the estimate shares the people of an Ortsteil out over its residential land, never over
//! its whole area; every part of it is in the answer.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;

use crate::error::Result;
use crate::fnp::plan::Fassung;
use crate::fnp::zahl::{dezimal, hektar, prozent};
use crate::gemeinde::bevoelkerung::Eckwerte;
use crate::gemeinde::einwohner::{Gruppe, Stichtag};
use crate::gemeinde::einwohner_store;
use crate::strategie::massnahme::Benannt;

/// People of the Ortsteil, not of the area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Einwohner {
    /// The Ortsteil the figure is of.
    pub ortsteil: Benannt,
    /// Day of the newest count.
    pub stichtag: NaiveDate,
    /// Inhabitants.
    pub anzahl: f64,
    /// Where it comes from.
    pub quelle: Option<String>,
    /// Age groups of that day.
    pub altersgruppen: Vec<Gruppe>,
    /// Last day of each variant of the forecast.
    pub prognose: Vec<Stichtag>,
    /// Says that it is the Ortsteil's.
    pub hinweis: &'static str,
}

/// What one Ortsteil gives to the estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Teil {
    /// Kennung of the Ortsteil.
    pub kennung: String,
    /// Its name.
    pub name: String,
    /// People counted in it; None: none were delivered.
    pub einwohner: Option<f64>,
    /// Day of the count.
    pub stichtag: Option<NaiveDate>,
    /// Where it comes from.
    pub quelle: Option<String>,
    /// Its residential land, m².
    pub wohnflaeche_m2: f64,
    /// Of that, inside the area, m².
    pub davon_m2: f64,
}

impl Teil {
    fn anteil(&self) -> f64 {
        if self.wohnflaeche_m2 > 0.0 {
            self.davon_m2 / self.wohnflaeche_m2
        } else {
            0.0
        }
    }
}

/// People inside the area as estimated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Schaetzung {
    /// Estimate, unrounded; None where an Ortsteil has no count.
    pub anzahl: Option<f64>,
    /// Plan and version of the residential land.
    pub plan: String,
    /// By Ortsteil.
    pub ortsteile: Vec<Teil>,
    /// The rule, and the figures put in.
    pub rechenweg: String,
}

impl Schaetzung {
    fn neu(plan: &Fassung, ortsteile: Vec<Teil>) -> Self {
        let anzahl = ortsteile
            .iter()
            .map(|t| Some(t.einwohner? * t.anteil()))
            .sum();
        let zeilen: Vec<String> = ortsteile
            .iter()
            .map(|t| match (t.einwohner, t.stichtag) {
                (Some(einwohner), Some(tag)) => format!(
                    "{}: {} Einwohner am {}{} × {} ha von {} ha ({} %)",
                    t.name,
                    dezimal(einwohner, 0),
                    tag.format("%d.%m.%Y"),
                    t.quelle
                        .as_ref()
                        .map_or_else(String::new, |q| format!(" ({q})")),
                    hektar(t.davon_m2, 2),
                    hektar(t.wohnflaeche_m2, 2),
                    prozent(t.anteil())
                ),
                _ => format!("{}: keine Einwohnerzahl eingelesen", t.name),
            })
            .collect();
        Self {
            anzahl,
            plan: format!("{}@{}", plan.kennung, plan.fassung),
            rechenweg: format!(
                "Geschätzt, nicht gezählt: Einwohner des Ortsteils mal Anteil seiner Wohn- und gemischten Bauflächen (ohne geplante) im Gebiet, nach {}, Fassung {}. {}.",
                plan.name,
                plan.fassung,
                zeilen.join("; ")
            ),
            ortsteile,
        }
    }
}

/// The newest count of the Ortsteil up to the day of view.
pub async fn gezaehlt(
    conn: &mut PgConnection,
    ortsteil: Option<&Benannt>,
) -> Result<Option<Einwohner>> {
    let Some(ortsteil) = ortsteil else {
        return Ok(None);
    };
    let tag = sqlx::query_scalar!(r#"SELECT tag AS "tag!" FROM stichtag"#)
        .fetch_one(&mut *conn)
        .await?;
    let stichtage = einwohner_store::stichtage(conn, &ortsteil.kennung).await?;
    let Eckwerte {
        neueste, prognose, ..
    } = Eckwerte::neu(&stichtage, tag);
    Ok(neueste.map(|s| Einwohner {
        ortsteil: ortsteil.clone(),
        stichtag: s.stichtag,
        anzahl: s.gesamt,
        quelle: s.quelle,
        altersgruppen: s.altersgruppen,
        prognose,
        hinweis: "Zahl des ganzen Ortsteils, nicht nur des Gebiets.",
    }))
}

/// The people inside; None without a plan or where no residential land lies inside.
pub async fn geschaetzt(
    conn: &mut PgConnection,
    gebiet: &str,
    plan: Option<&Fassung>,
) -> Result<Option<Schaetzung>> {
    let Some(plan) = plan else {
        return Ok(None);
    };
    let teile = sqlx::query_file_as!(Teil, "src/dorferneuerung/einwohner.sql", gebiet, plan.id)
        .fetch_all(conn)
        .await?;
    Ok((!teile.is_empty()).then(|| Schaetzung::neu(plan, teile)))
}
