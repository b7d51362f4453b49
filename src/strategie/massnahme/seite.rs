//! The pages of measures: list and Steckbrief. JSON and GeoJSON stand in `strategie::routes`.

use askama::Template;
use axum::response::Response;
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::frage::{FILTER, HORIZONTE, OHNE};
use super::steckbrief::Steckbrief;
use super::werte::verzeichnis;
use super::{Antwort, Frage, MassnahmeKurz};
use crate::error::Result;
use crate::http::link::kodiere;
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;
use crate::strategie::bezug::Bezug;
use crate::strategie::{ausgabe, zahl};

impl MassnahmeKurz {
    /// As the end of a link.
    #[must_use]
    pub fn als_bezug(&self) -> Bezug {
        Bezug {
            art: "massnahme".to_owned(),
            kennung: self.kennung.clone(),
            nummer: self.nummer.clone(),
            titel: self.titel.clone(),
            wie: None,
            stelle: None,
            text: Some(format!(
                "{} {} · {}",
                self.ampel.symbol.as_deref().unwrap_or_default(),
                self.ampel.titel,
                self.umsetzungsphase.titel
            )),
        }
    }
    /// Address of the Steckbrief.
    #[must_use]
    pub fn adresse(&self, wurzel: &str) -> String {
        format!("{wurzel}/massnahmen/{}?f=html", kodiere(&self.kennung))
    }
}

/// Horizon in words.
#[must_use]
pub fn horizont(schluessel: &str) -> &str {
    match schluessel {
        "kurz" => "kurzfristig",
        "mittel" => "mittelfristig",
        "lang" => "langfristig",
        "offen" => "ohne Endtermin",
        anderer => anderer,
    }
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "strategie/templates/massnahmen.html")]
pub struct ListeSeite {
    /// Frame.
    pub seite: Seite,
    /// The answer to the question asked.
    pub antwort: Antwort,
    /// The same as JSON.
    pub json: String,
    /// The same as GeoJSON.
    pub geojson: String,
    /// The same as CSV.
    pub csv: String,
    /// The same filter on the map.
    pub karte: String,
    /// The next page.
    pub naechste: Option<String>,
    /// The form.
    pub felder: Vec<Feld>,
}

/// A field of the form.
#[derive(Debug)]
pub struct Feld {
    /// Parameter.
    pub name: &'static str,
    /// What it asks.
    pub titel: &'static str,
    /// What was asked.
    pub wert: String,
    /// Values to choose from with their titles; none: any text.
    pub auswahl: Vec<(String, String)>,
}

/// The form with what was asked. A value that is no choice of its own (several, a name) stays one.
pub async fn felder(conn: &mut PgConnection, frage: &Frage) -> Result<Vec<Feld>> {
    let mut felder = Vec::new();
    for (name, was) in FILTER {
        let fest: &[&str] = match *name {
            "horizont" => HORIZONTE,
            "ohne" => OHNE,
            "raumbezug" => crate::strategie::raumbezug::ARTEN,
            "leitprojekt" => &["ja", "nein"],
            _ => &[],
        };
        let mut auswahl: Vec<(String, String)> = if fest.is_empty() {
            let eintraege = verzeichnis(conn, name).await?;
            eintraege
                .into_iter()
                .map(|e| match e.nummer {
                    Some(nummer) => (e.schluessel, format!("{nummer} {}", e.titel)),
                    None => (e.schluessel, e.titel),
                })
                .collect()
        } else {
            fest.iter()
                .map(|wert| ((*wert).to_owned(), (*wert).to_owned()))
                .collect()
        };
        let wert = frage.wert(name);
        if !auswahl.is_empty() && !wert.is_empty() && !auswahl.iter().any(|(w, _)| *w == wert) {
            auswahl.insert(0, (wert.clone(), wert.clone()));
        }
        felder.push(Feld {
            name,
            titel: was,
            wert,
            auswahl,
        });
    }
    Ok(felder)
}

impl ListeSeite {
    fn teile(&self) -> [(&'static str, &[MassnahmeKurz]); 2] {
        [
            ("", self.antwort.massnahmen.as_slice()),
            ("Für die gesamte Stadt", self.antwort.gesamtstadt.as_slice()),
        ]
    }
    fn lage(&self, massnahme: &MassnahmeKurz) -> String {
        ausgabe::lage_text(massnahme)
    }
}

/// The Steckbrief.
#[derive(Debug, Template)]
#[template(path = "strategie/templates/steckbrief.html")]
pub struct SteckbriefSeite {
    /// Frame.
    pub seite: Seite,
    /// Leads to the form: its content would be accepted from this person.
    pub bearbeiten: bool,
    /// What it says.
    pub s: Steckbrief,
    /// Small map.
    pub lageplan: Option<String>,
    /// The same as JSON.
    pub json: String,
    /// Its places as GeoJSON.
    pub geojson: String,
}

#[expect(clippy::ref_option, reason = "askama passes references")]
impl SteckbriefSeite {
    fn tag(&self, tag: &Option<NaiveDate>) -> String {
        zahl::tag_oder(*tag)
    }
    fn breite(&self, ct: &Option<i64>) -> String {
        let teil = ct.unwrap_or(0) as f64 / self.s.groesstes_jahr() as f64;
        format!("{:.1}", teil * 100.0)
    }
    fn lage(&self, flaeche: &super::steckbrief::Planflaeche) -> String {
        let mut teile = Vec::new();
        if let Some(m2) = flaeche.schnitt_m2 {
            teile.push(format!("{} m²", zahl::dezimal(m2, 0)));
        }
        if let Some(m) = flaeche.schnitt_m {
            teile.push(format!("{} m", zahl::dezimal(m, 0)));
        }
        if let Some(n) = flaeche.punkte {
            teile.push(format!("{n} {}", if n == 1 { "Punkt" } else { "Punkte" }));
        }
        teile.join(", ")
    }
    fn veroeffentlichung(&self) -> &str {
        match self.s.veroeffentlichung.as_str() {
            "veroeffentlicht" => "● veröffentlicht",
            "in_freigabe" => "◐ in Freigabe",
            "entwurf" => "○ Entwurf",
            anderer => anderer,
        }
    }
    fn genau(&self, ort: &super::Ort) -> String {
        let genau = match ort.genauigkeit.as_str() {
            "flurstuecksscharf" => "auf das Flurstück genau",
            "ortsteilgenau" => "auf den Ortsteil genau",
            andere => andere,
        };
        format!("{}, {genau}", ort.rolle)
    }
    fn flaeche_adresse(&self, flaeche: &super::steckbrief::Planflaeche) -> String {
        format!(
            "{}/flaechen/{}?plan={}&f=html",
            self.seite.wurzel,
            kodiere(&flaeche.flaeche),
            kodiere(&flaeche.plan)
        )
    }
    fn ort_adresse(&self, ortsteil: &str) -> String {
        format!(
            "{}/ortsteil/{}?f=html",
            self.seite.wurzel,
            kodiere(ortsteil)
        )
    }
}

/// Renders the list.
pub fn liste(seite: &ListeSeite) -> Result<Response, Problem> {
    html(seite)
}

/// Renders the Steckbrief.
pub fn steckbrief(seite: &SteckbriefSeite) -> Result<Response, Problem> {
    html(seite)
}
