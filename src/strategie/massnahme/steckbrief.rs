//! The Steckbrief of a measure: one document with everything that bears on it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Code, Massnahme};
use crate::error::Result;
use crate::strategie::bezug::Bezuege;
use crate::strategie::bezug::store::{self as bezuege, Gegenstand};
use crate::strategie::geld::{self, Foerderung, Jahr, Kosten};
use crate::strategie::store;

/// A milestone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Teilschritt {
    /// Kennung.
    pub kennung: String,
    /// Title.
    pub titel: String,
    /// Due on.
    pub faellig_am: Option<NaiveDate>,
    /// Done on.
    pub erledigt_am: Option<NaiveDate>,
    /// Title of its state.
    pub zustand: String,
    /// Weight in the progress.
    pub gewicht: f64,
    /// Open after its day, seen from the day of view.
    pub ueberfaellig: bool,
}

/// An area of a plan the measure lies on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Planflaeche {
    /// Kennung of the plan.
    pub plan: String,
    /// wirksam, entwurf, frueher.
    pub plan_stand: String,
    /// Version of the plan.
    pub fassung: i32,
    /// Kennung of the area.
    pub flaeche: String,
    /// Key of its land use.
    pub nutzung: String,
    /// Title of it.
    pub name: String,
    /// Its colour.
    pub farbe: String,
    /// Legal state of the area.
    pub rechtsstand: String,
    /// m² in common.
    pub schnitt_m2: Option<f64>,
    /// m in common.
    pub schnitt_m: Option<f64>,
    /// Points on it.
    pub punkte: Option<i32>,
    /// Part of the measure, 0..1.
    pub anteil: Option<f64>,
}

/// The document.
#[derive(Debug, Clone, Serialize)]
pub struct Steckbrief {
    /// Day of view.
    pub stichtag: NaiveDate,
    /// The measure with states, places, Ortsteile and land use.
    #[serde(flatten)]
    pub massnahme: Massnahme,
    /// State of publication; what is public is published.
    pub veroeffentlichung: String,
    /// The traffic light was set by hand; the reason stands in `ampel_anlass`.
    pub ampel_manuell: bool,
    /// Product of the budget.
    pub produkt: Option<String>,
    /// What it brings besides.
    pub zusatznutzen: Option<String>,
    /// What came of it.
    pub schlussbewertung: Option<String>,
    /// Milestones by day.
    pub teilschritte: Vec<Teilschritt>,
    /// Areas of every plan it lies on.
    pub flaechen: Vec<Planflaeche>,
    /// Total costs.
    pub kosten: Option<Kosten>,
    /// Money by year.
    pub geld: Vec<Jahr>,
    /// Grants.
    pub foerderungen: Vec<Foerderung>,
    /// Links.
    pub bezuege: Bezuege,
    /// Days on which a version of it was published or changed.
    pub verlauf: Vec<DateTime<Utc>>,
    /// Phases in their order, for the bar.
    #[serde(skip)]
    pub phasen: Vec<Code>,
}

impl Steckbrief {
    /// Position of its phase, from 1.
    #[must_use]
    pub fn phase(&self) -> usize {
        let jetzt = &self.massnahme.kurz.umsetzungsphase.schluessel;
        self.phasen
            .iter()
            .position(|p| p.schluessel == *jetzt)
            .map_or(0, |n| n + 1)
    }
    /// The widest bar of the money table, in cents.
    #[must_use]
    pub fn groesstes_jahr(&self) -> i64 {
        self.geld
            .iter()
            .filter_map(|j| j.kosten_ct)
            .max()
            .unwrap_or(0)
            .max(1)
    }
}

/// Reads the Steckbrief of a measure.
///
/// # Errors
/// [`crate::error::Error::NichtGefunden`] when there is none, or none for this caller.
pub async fn lies(
    conn: &mut PgConnection,
    kennung: &str,
    stichtag: NaiveDate,
) -> Result<Steckbrief> {
    let massnahme = store::massnahme(conn, kennung, true).await?;
    let m = sqlx::query!(
        r#"SELECT m.id, coalesce(to_jsonb(m) ->> 'veroeffentlichung', 'veroeffentlicht') AS "veroeffentlichung!", m.ampel_manuell, m.zusatznutzen, m.schlussbewertung, p.nummer || ' ' || p.titel AS produkt
           FROM massnahme m LEFT JOIN produkt p ON p.id = m.produkt_id WHERE m.kennung = $1"#,
        kennung
    )
    .fetch_one(&mut *conn)
    .await?;
    let gegenstand = Gegenstand {
        massnahme: Some(m.id),
        ..Gegenstand::default()
    };
    Ok(Steckbrief {
        stichtag,
        veroeffentlichung: m.veroeffentlichung,
        ampel_manuell: m.ampel_manuell,
        produkt: m.produkt,
        zusatznutzen: m.zusatznutzen,
        schlussbewertung: m.schlussbewertung,
        teilschritte: teilschritte(conn, m.id).await?,
        flaechen: flaechen(conn, m.id).await?,
        kosten: geld::store::kosten(conn, m.id).await?,
        geld: geld::store::jahre(conn, m.id).await?,
        foerderungen: geld::store::foerderungen(conn, Some(m.id), None).await?,
        bezuege: bezuege::von(conn, gegenstand).await?,
        verlauf: verlauf(conn, m.id).await?,
        phasen: sqlx::query_as!(
            Code,
            "SELECT schluessel, titel, symbol, farbe FROM umsetzungsphase ORDER BY reihenfolge"
        )
        .fetch_all(&mut *conn)
        .await?,
        massnahme,
    })
}

async fn teilschritte(conn: &mut PgConnection, massnahme: Uuid) -> Result<Vec<Teilschritt>> {
    Ok(sqlx::query_as!(
        Teilschritt,
        r#"SELECT s.kennung, s.titel, s.faellig_am, s.erledigt_am, z.titel AS zustand, s.gewicht::double precision AS "gewicht!",
             s.zustand <> 'entfallen' AND coalesce(s.faellig_am < t.tag, false) AND coalesce(s.erledigt_am > t.tag, true) AS "ueberfaellig!"
           FROM teilschritt s JOIN teilschrittzustand z ON z.schluessel = s.zustand CROSS JOIN stichtag t WHERE s.massnahme_id = $1
           ORDER BY coalesce(s.faellig_am, s.erledigt_am) NULLS LAST, s.kennung"#,
        massnahme
    )
    .fetch_all(conn)
    .await?)
}

async fn flaechen(conn: &mut PgConnection, massnahme: Uuid) -> Result<Vec<Planflaeche>> {
    Ok(sqlx::query_as!(
        Planflaeche,
        "SELECT p.kennung AS plan, p.stand AS plan_stand, fa.nummer AS fassung, f.kennung AS flaeche, f.nutzung, n.name, n.farbe, f.rechtsstand, mf.schnitt_m2, mf.schnitt_m, mf.punkte, mf.anteil
         FROM massnahme_flaeche mf JOIN fassung fa ON fa.id = mf.fassung_id AND fa.aktuell JOIN plan p ON p.id = fa.plan_id
         JOIN flaeche f ON f.fassung_id = mf.fassung_id AND f.ordnung = mf.ordnung JOIN nutzung n ON n.schluessel = f.nutzung WHERE mf.massnahme_id = $1
         ORDER BY array_position(ARRAY['wirksam', 'entwurf', 'frueher'], p.stand), p.kennung, mf.anteil DESC NULLS LAST, f.kennung",
        massnahme
    )
    .fetch_all(conn)
    .await?)
}

async fn verlauf(conn: &mut PgConnection, massnahme: Uuid) -> Result<Vec<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT seit AS "seit!" FROM (SELECT seit FROM massnahme WHERE id = $1 UNION SELECT seit FROM massnahme_historie WHERE id = $1) v ORDER BY 1 DESC"#,
        massnahme
    )
    .fetch_all(conn)
    .await?)
}
