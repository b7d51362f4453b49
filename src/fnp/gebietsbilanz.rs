//! What a plan says at a place nobody stored: the balance of a drawn polygon, the areas
//! under a point. All areas in m², plane in EPSG:25832, unrounded.
//!
//! Of a polygon: `summe_m2` + `luecke_m2` − `ueberlappung_m2` is its part in the plan, and that
//! part + `ausserhalb_m2` is the polygon. As in the stored balance invalid areas stand in
//! no sum; their size is named.

use chrono::{DateTime, Utc};
use geo_types::Geometry;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;

use super::bilanz::Zeile;
use super::plan::Fassung;
use crate::db::geom::Geom;
use crate::error::Result;
use crate::tabelle::{self, komma, komma_ha};

/// Less than this (m²) is the arithmetic of borders drawn twice.
const STAUB_M2: f64 = 0.01;

/// An area of a plan at the place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flaeche {
    /// Kennung.
    pub kennung: String,
    /// Key of its land use.
    pub nutzung: String,
    /// Name of its land use.
    pub nutzung_name: String,
    /// Title of the group.
    pub gruppe: String,
    /// `#RRGGBB`.
    pub farbe: String,
    /// Number in the Anlage to the `PlanZV`.
    pub planzv: Option<String>,
    /// Legal basis of the land use.
    pub rechtsgrundlage: Option<String>,
    /// Position in the code table.
    #[serde(skip)]
    pub reihenfolge: i32,
    /// bestand, planung, entfaellt, `ohne_angabe`.
    pub rechtsstand: String,
    /// XPlanung class.
    pub klasse: String,
    /// Codes as delivered.
    pub codes: Value,
    /// Label.
    pub name: Option<String>,
    /// Text.
    pub text: Option<String>,
    /// Its polygon is valid; else it stands in no sum.
    pub gueltig: bool,
    /// The whole area, m².
    pub flaeche_m2: f64,
    /// Its part at the place, m²; None for a point.
    pub m2: Option<f64>,
}

/// An overlay at the place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ueberlagerung {
    /// Kennung.
    pub kennung: String,
    /// XPlanung class.
    pub klasse: String,
    /// Kind.
    pub art: String,
    /// Label.
    pub name: Option<String>,
    /// Text.
    pub text: Option<String>,
    /// bestand, planung, entfaellt, `ohne_angabe`.
    pub rechtsstand: String,
    /// Its part at the place, m²; None for a point.
    pub m2: Option<f64>,
}

/// What one plan says at the place.
#[derive(Debug, Clone, Serialize)]
pub struct Gebietsbilanz {
    /// Plan and version.
    pub plan: Fassung,
    /// When the plan was read in.
    pub stand: DateTime<Utc>,
    /// By land use, in the order of the code table; empty for a point.
    pub zeilen: Vec<Zeile>,
    /// The areas behind it (Rechenweg), largest part first.
    pub flaechen: Vec<Flaeche>,
    /// Overlays, never part of the sums.
    pub ueberlagerungen: Vec<Ueberlagerung>,
    /// How the figures add up; None for a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summen: Option<Summen>,
}

/// Check rows, m².
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summen {
    /// The polygon.
    pub gebiet_m2: f64,
    /// Its part in the Geltungsbereich.
    pub im_plan_m2: f64,
    /// Its part outside.
    pub ausserhalb_m2: f64,
    /// Sum of the rows.
    pub summe_m2: f64,
    /// In the Geltungsbereich, covered by no valid area.
    pub luecke_m2: f64,
    /// Counted more than once.
    pub ueberlappung_m2: f64,
    /// Invalid areas, repaired for this figure only.
    pub ungueltig_m2: f64,
}

/// What the plan says at a point or polygon in EPSG:25832.
pub async fn rechne(
    conn: &mut PgConnection,
    plan: &Fassung,
    ort: &Geometry<f64>,
) -> Result<Gebietsbilanz> {
    let geom = || Geom::utm32(ort.clone());
    let flaechen = sqlx::query_file_as!(
        Flaeche,
        "src/fnp/gebiet_flaechen.sql",
        geom() as Geom,
        plan.id
    )
    .fetch_all(&mut *conn)
    .await?;
    let ueberlagerungen = sqlx::query_file_as!(
        Ueberlagerung,
        "src/fnp/gebiet_ueberlagerungen.sql",
        geom() as Geom,
        plan.id
    )
    .fetch_all(&mut *conn)
    .await?;
    let flaechenhaft = matches!(ort, Geometry::Polygon(_) | Geometry::MultiPolygon(_));
    let (zeilen, summen) = if flaechenhaft {
        let mut zeilen = zeilen(&flaechen);
        let summen = summen(conn, plan, geom(), &flaechen).await?;
        for zeile in &mut zeilen {
            zeile.anteil = if summen.gebiet_m2 > 0.0 {
                zeile.summe_m2 / summen.gebiet_m2
            } else {
                0.0
            };
        }
        (zeilen, Some(summen))
    } else {
        (Vec::new(), None)
    };
    Ok(Gebietsbilanz {
        plan: plan.clone(),
        stand: plan.eingelesen_am,
        zeilen,
        flaechen,
        ueberlagerungen,
        summen,
    })
}

fn zeilen(flaechen: &[Flaeche]) -> Vec<Zeile> {
    let mut zeilen = std::collections::BTreeMap::new();
    for flaeche in flaechen.iter().filter(|f| f.gueltig) {
        let m2 = flaeche.m2.unwrap_or_default();
        let zeile = zeilen.entry(flaeche.reihenfolge).or_insert_with(|| Zeile {
            nutzung: flaeche.nutzung.clone(),
            name: flaeche.nutzung_name.clone(),
            gruppe: flaeche.gruppe.clone(),
            anzahl: 0,
            bestand_m2: 0.0,
            davon_fortfallend_m2: 0.0,
            planung_m2: 0.0,
            ohne_angabe_m2: 0.0,
            summe_m2: 0.0,
            anteil: 0.0,
            reihenfolge: flaeche.reihenfolge,
        });
        zeile.anzahl += 1;
        zeile.summe_m2 += m2;
        match flaeche.rechtsstand.as_str() {
            "planung" => zeile.planung_m2 += m2,
            "ohne_angabe" => zeile.ohne_angabe_m2 += m2,
            "entfaellt" => {
                zeile.bestand_m2 += m2;
                zeile.davon_fortfallend_m2 += m2;
            }
            _ => zeile.bestand_m2 += m2,
        }
    }
    zeilen.into_values().collect()
}

async fn summen(
    conn: &mut PgConnection,
    plan: &Fassung,
    gebiet: Geom,
    flaechen: &[Flaeche],
) -> Result<Summen> {
    let summe = |gueltig: bool| {
        let teile = flaechen.iter().filter(|f| f.gueltig == gueltig);
        teile.fold(0.0, |summe, f| summe + f.m2.unwrap_or_default())
    };
    let decke = |gebiet: Geom, vereinigt: bool| {
        sqlx::query_file!(
            "src/fnp/gebiet_decke.sql",
            gebiet as Geom,
            plan.id,
            vereinigt
        )
    };
    let summe_m2 = summe(true);
    let mut zeile = decke(gebiet.clone(), false).fetch_one(&mut *conn).await?;
    // Where the plan has no overlaps the sum is what is covered: a union of all areas costs seconds.
    if zeile.ueberlappung_m2 > STAUB_M2 || summe_m2 > zeile.im_plan_m2 + STAUB_M2 {
        zeile = decke(gebiet, true).fetch_one(conn).await?;
    }
    let bedeckt = zeile.bedeckt_m2.unwrap_or(summe_m2);
    let ohne_staub = |m2: f64| if m2 < STAUB_M2 { 0.0 } else { m2 };
    Ok(Summen {
        gebiet_m2: zeile.gebiet_m2,
        im_plan_m2: zeile.im_plan_m2,
        ausserhalb_m2: ohne_staub(zeile.gebiet_m2 - zeile.im_plan_m2),
        summe_m2,
        luecke_m2: ohne_staub(zeile.im_plan_m2 - bedeckt),
        ueberlappung_m2: ohne_staub(summe_m2 - bedeckt),
        ungueltig_m2: summe(false),
    })
}

/// CSV for a German Excel: the rows of each plan, then how they add up, then the Rechenweg.
#[must_use]
pub fn csv(bilanzen: &[Gebietsbilanz]) -> String {
    let mut zeilen = Vec::new();
    for b in bilanzen {
        let mut zeile = |art: &str, woerter: [&str; 3], m2: f64, anteil: Option<f64>| {
            let mut zellen = vec![
                b.plan.kennung.clone(),
                b.plan.fassung.to_string(),
                art.to_owned(),
            ];
            zellen.extend(woerter.map(str::to_owned));
            zellen.push(komma_ha(m2));
            zellen.push(anteil.map_or_else(String::new, |a| komma(a * 100.0, 4)));
            zeilen.push(zellen);
        };
        for z in &b.zeilen {
            zeile(
                "Nutzung",
                [&z.nutzung, &z.name, ""],
                z.summe_m2,
                Some(z.anteil),
            );
        }
        for (name, m2) in b.summen.iter().flat_map(pruefzeilen) {
            zeile("Prüfung", ["", name, ""], m2, None);
        }
        for f in &b.flaechen {
            let woerter = [&f.nutzung, &f.kennung, &f.rechtsstand].map(String::as_str);
            zeile("Fläche", woerter, f.m2.unwrap_or_default(), None);
        }
    }
    tabelle::csv(
        &[
            "plan",
            "fassung",
            "zeile",
            "nutzung",
            "name",
            "rechtsstand",
            "ha",
            "anteil_prozent",
        ],
        &zeilen,
    )
}

/// Check rows with their German names, m².
#[must_use]
pub fn pruefzeilen(s: &Summen) -> [(&'static str, f64); 7] {
    [
        ("Gebiet", s.gebiet_m2),
        ("davon im Geltungsbereich", s.im_plan_m2),
        ("davon außerhalb des Geltungsbereichs", s.ausserhalb_m2),
        ("Summe der Flächen", s.summe_m2),
        ("nicht belegt (Lücke)", s.luecke_m2),
        ("mehrfach belegt (Überlappung)", s.ueberlappung_m2),
        ("ungültige Flächen (in keiner Summe)", s.ungueltig_m2),
    ]
}
