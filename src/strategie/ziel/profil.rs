//! The profile of a goal: one document with everything that bears on it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::PgConnection;

use super::{Ziel, ZielStand, store};
use crate::error::{Error, Result};
use crate::fnp::plan::{self, Fassung};
use crate::http::link::kodiere_parameter;
use crate::strategie::bezug::Bezuege;
use crate::strategie::bezug::store::{self as bezuege, Gegenstand};
use crate::strategie::geld::{self, Summe};
use crate::strategie::kennzahl::{self, Stand};
use crate::strategie::massnahme::Code;

/// An indicator's part in the attainment of a goal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kennzahlgewicht {
    /// Kennung of the indicator.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// Weight of the link, times that of the goal below.
    pub gewicht: f64,
    /// Linked with the goal itself, not only with one below.
    pub eigene: bool,
    /// Attainment, at most 1, below 0 a step back; None without a value.
    pub grad: Option<f64>,
    /// Places it is the mean of.
    pub raeume: i32,
    /// The town's own figure; else the mean of Ortsteile.
    pub ganze_stadt: bool,
    /// Places with a step back.
    pub rueckschritte: i32,
}

/// Land of one use in one Ortsteil that serves or strains a goal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Landnutzung {
    /// Key of the land use.
    pub nutzung: String,
    /// Its title.
    pub name: String,
    /// Its colour.
    pub farbe: String,
    /// −2 … +2.
    pub wirkung: i16,
    /// Why.
    pub begruendung: Option<String>,
    /// Kennung of the Ortsteil; None for land in none.
    pub ortsteil: Option<String>,
    /// Its name.
    pub ortsteil_name: Option<String>,
    /// Areas of the plan.
    pub flaechen: i64,
    /// m², EPSG:25832.
    pub m2: f64,
    /// Address of the list of these areas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rechenweg: Option<String>,
}

/// A goal and the land that serves or strains it in one Ortsteil.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flaechenziel {
    /// Kennung of the goal.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// m² that serve it.
    pub dient_m2: f64,
    /// m² that strain it.
    pub belastet_m2: f64,
}

/// Goal × land use in one plan version.
#[derive(Debug, Clone, Serialize)]
pub struct Flaechenwirkung {
    /// The plan version.
    pub plan: Fassung,
    /// When the plan was read in.
    pub stand: DateTime<Utc>,
    /// Land that serves the goal, m².
    pub dient_m2: f64,
    /// Land that strains it, m².
    pub belastet_m2: f64,
    /// By land use and Ortsteil.
    pub zeilen: Vec<Landnutzung>,
}

/// The document.
#[derive(Debug, Clone, Serialize)]
pub struct Profil {
    /// Day of view.
    pub stichtag: NaiveDate,
    /// The goal with the goals below, its measures and the matrix.
    #[serde(flatten)]
    pub ziel: Ziel,
    /// State (beschlossen, erreicht …).
    pub zustand: Code,
    /// Weight among the goals.
    pub gewicht: f64,
    /// Product of the budget.
    pub produkt: Option<String>,
    /// Day the goal itself was changed.
    pub geaendert_am: DateTime<Utc>,
    /// Where it stands.
    pub stand: ZielStand,
    /// Where its indicators stand, the whole town and Ortsteile.
    pub kennzahlen: Vec<Stand>,
    /// How its attainment is reckoned.
    pub rechenweg: Vec<Kennzahlgewicht>,
    /// Goal × land use; None when no plan is there for this caller.
    pub flaechenwirkung: Option<Flaechenwirkung>,
    /// Links.
    pub bezuege: Bezuege,
    /// A sector plan contradicts it.
    pub widerspruch: bool,
    /// Money of the furthering measures; each once.
    pub geld: Summe,
}

/// Reads the profile of a goal by the plan of `KENNUNG[@FASSUNG]` or the one in force.
///
/// # Errors
/// [`Error::NichtGefunden`] for an unknown goal or a plan named but unknown.
pub async fn lies(
    conn: &mut PgConnection,
    kennung: &str,
    plan: Option<&str>,
    stichtag: NaiveDate,
) -> Result<Profil> {
    let ziel = crate::strategie::store::ziel(conn, kennung).await?;
    let id = store::id(conn, kennung).await?;
    let (zustand, gewicht, produkt, geaendert_am) = store::zustand(conn, id).await?;
    let stand = store::staende(conn, Some(id))
        .await?
        .remove(kennung)
        .ok_or_else(|| Error::intern(format!("goal {kennung} without state")))?;
    let auswahl = kennzahl::store::Auswahl {
        ziel: Some(id),
        ..kennzahl::store::Auswahl::default()
    };
    let foerdernd: Vec<String> = ziel
        .massnahmen
        .iter()
        .filter(|m| {
            m.ziele.iter().any(|b| {
                b.beitrag > 0
                    && (b.kennung == kennung
                        || ziel.unterziele.iter().any(|u| u.kennung == b.kennung))
            })
        })
        .map(|m| m.kennung.clone())
        .collect();
    let gegenstand = Gegenstand {
        ziel: Some(id),
        ..Gegenstand::default()
    };
    let bezuege = bezuege::von(conn, gegenstand).await?;
    Ok(Profil {
        stichtag,
        kennzahlen: kennzahl::store::staende(conn, auswahl).await?,
        rechenweg: store::gewichte(conn, id).await?,
        flaechenwirkung: flaechenwirkung(conn, id, plan).await?,
        widerspruch: bezuege.widersprochen(),
        bezuege,
        geld: geld::store::summe(conn, &foerdernd).await?,
        ziel,
        zustand,
        gewicht,
        produkt,
        geaendert_am,
        stand,
    })
}

async fn flaechenwirkung(
    conn: &mut PgConnection,
    ziel: uuid::Uuid,
    plan: Option<&str>,
) -> Result<Option<Flaechenwirkung>> {
    let fassung = match plan::waehle(conn, plan).await {
        Ok(fassung) => fassung,
        // Without a plan, or with several in force, the goal still has its measures.
        Err(Error::NichtGefunden(_) | Error::Aufruf { .. }) if plan.is_none() => return Ok(None),
        Err(andere) => return Err(andere),
    };
    let zeilen = store::landnutzung(conn, ziel, fassung.id).await?;
    let summe = |gemeint: fn(i16) -> bool| {
        zeilen
            .iter()
            .filter(|z| gemeint(z.wirkung))
            .fold(0.0, |summe, z| summe + z.m2)
    };
    Ok(Some(Flaechenwirkung {
        dient_m2: summe(|w| w > 0),
        belastet_m2: summe(|w| w < 0),
        stand: fassung.eingelesen_am,
        plan: fassung,
        zeilen,
    }))
}

impl Profil {
    /// Gives every figure the address of its Rechenweg.
    pub fn verlinke(&mut self, wurzel: &str) {
        kennzahl::verlinke(&mut self.kennzahlen, wurzel);
        if let Some(wirkung) = &mut self.flaechenwirkung {
            for n in 0..wirkung.zeilen.len() {
                let weg = wirkung.rechenweg(wurzel, &wirkung.zeilen[n]);
                wirkung.zeilen[n].rechenweg = Some(weg);
            }
        }
    }
}

impl Flaechenwirkung {
    /// Where the areas behind a row stand.
    fn rechenweg(&self, wurzel: &str, zeile: &Landnutzung) -> String {
        let plan = self.plan.angabe();
        let paare = [
            ("plan", Some(plan.as_str())),
            ("ortsteil", zeile.ortsteil.as_deref()),
            ("nutzung", Some(zeile.nutzung.as_str())),
            ("spalte", Some("summe")),
            ("f", Some("html")),
        ];
        let paare = paare
            .into_iter()
            .filter_map(|(name, wert)| Some((name, wert?)));
        format!("{wurzel}/bilanz/flaechen?{}", kodiere_parameter(paare))
    }
}
