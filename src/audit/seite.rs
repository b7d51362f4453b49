//! The page of a history.

use std::collections::HashSet;

use askama::Template;
use chrono::{DateTime, Utc};

use super::verlauf::Verlauf;
use crate::http::link::kodiere;
use crate::http::page::Seite;
use crate::ortszeit::ortszeit;

/// One history as a page.
#[derive(Debug, Template)]
#[template(path = "audit/templates/verlauf.html")]
pub struct VerlaufSeite {
    /// Frame.
    pub seite: Seite,
    /// What is shown.
    pub verlauf: Verlauf,
    /// Changes this reader may take back.
    pub zuruecknehmbar: HashSet<i64>,
    /// The same as JSON.
    pub json: String,
}

/// Objects with a page of their own, and where it is.
const SEITEN: [(&str, &str); 10] = [
    ("massnahme", "massnahmen"),
    ("ziel", "ziele"),
    ("kennzahl", "kennzahlen"),
    ("fachplan", "fachplaene"),
    ("trend", "trends"),
    ("beschluss", "beschluesse"),
    ("akteur", "akteure"),
    ("gebiet", "dorferneuerung"),
    ("ortsteil", "ortsteile"),
    ("flaeche", "flaechen"),
];

#[expect(clippy::ref_option, reason = "askama passes references")]
impl VerlaufSeite {
    /// The object's own page, while it is there.
    fn zurueck(&self) -> Option<String> {
        let (_, wo) = SEITEN.iter().find(|(art, _)| *art == self.verlauf.art)?;
        self.verlauf.vorhanden.then(|| {
            let kennung = kodiere(&self.verlauf.kennung);
            format!("{}/{wo}/{kennung}?f=html", self.seite.wurzel)
        })
    }

    fn ueberschrift(&self) -> &str {
        self.verlauf
            .titel
            .as_deref()
            .unwrap_or(&self.verlauf.kennung)
    }

    /// Where a change is taken back, and what its form must repeat; None without right or session.
    fn ruecknahme(&self, lfd: &Option<i64>) -> Option<(String, &str)> {
        let lfd = (*lfd).filter(|lfd| self.zuruecknehmbar.contains(lfd))?;
        let schutz = self.seite.person.as_ref()?.formularschutz.as_str();
        let (art, kennung) = (kodiere(&self.verlauf.art), kodiere(&self.verlauf.kennung));
        let adresse = format!(
            "{}/verlauf/{art}/{kennung}/{lfd}/zuruecknehmen",
            self.seite.wurzel
        );
        (!schutz.is_empty() && self.seite.stand.is_none()).then_some((adresse, schutz))
    }

    fn zeit(&self, zeit: &DateTime<Utc>) -> String {
        ortszeit(*zeit).format("%-d.%-m.%Y, %H:%M Uhr").to_string()
    }

    fn wort(&self, art: &str) -> &'static str {
        match art {
            "neu" => "neu",
            "geloescht" => "entfernt",
            _ => "geändert",
        }
    }
}

/// Address of the history of an object.
#[must_use]
pub fn adresse(wurzel: &str, art: &str, kennung: &str) -> String {
    format!("{wurzel}/verlauf/{art}/{}?f=html", kodiere(kennung))
}

/// The same for a page below `pfad` (`/trends`); none for what nobody changes.
#[must_use]
pub fn adresse_zu(wurzel: &str, pfad: &str, kennung: &str) -> Option<String> {
    let (art, _) = SEITEN
        .iter()
        .find(|(_, wo)| pfad.strip_prefix('/') == Some(wo))?;
    Some(adresse(wurzel, art, kennung))
}
