//! Pages: what there is to take along, and what came back.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ausgabe::{REIHENFOLGE, zaehle};
use super::posten::{Art, Lage, Posten};
use super::rueckgabe::Rueckgabe;
use super::store::Abgelegt;
use super::uebernahme::{Seite as Wahlseite, Wahlen};
use crate::http::page::{Seite, html};
use crate::http::problem::Problem;

/// One file of the list.
#[derive(Debug)]
pub struct Angebot {
    /// German name.
    pub titel: String,
    /// Address.
    pub adresse: String,
}

/// `/mitnehmen`.
#[derive(Debug, Template)]
#[template(path = "mitnehmen/templates/mitnehmen.html")]
pub struct Liste {
    /// Frame.
    pub seite: Seite,
    /// The whole town.
    pub stadt: Angebot,
    /// Ortsteile by name.
    pub ortsteile: Vec<Angebot>,
    /// Areas of village renewal by name.
    pub gebiete: Vec<Angebot>,
    /// What every form repeats; empty: this person brings nothing back.
    pub formular: String,
    /// Comparisons not accepted yet.
    pub offene: Vec<(Uuid, String, DateTime<Utc>)>,
    /// Why an upload was refused.
    pub meldung: Option<String>,
}

/// One comparison.
#[derive(Debug, Template)]
#[template(path = "mitnehmen/templates/vergleich.html")]
pub struct Vergleich<'a> {
    /// Frame.
    pub seite: Seite,
    /// Address of the comparison.
    pub adresse: String,
    /// What every form repeats.
    pub formular: String,
    /// As it is stored.
    pub abgelegt: &'a Abgelegt,
    /// What the file says.
    pub rueckgabe: &'a Rueckgabe,
    /// The objects.
    pub posten: &'a [Posten],
    /// What was chosen before a refusal.
    pub wahlen: &'a Wahlen,
    /// The reason given before a refusal.
    pub warum: String,
    /// Why nothing was written.
    pub meldung: Option<String>,
}

impl Vergleich<'_> {
    /// Objects by kind, those that need a decision first.
    fn gruppen(&self) -> Vec<(Art, Vec<&Posten>)> {
        let gruppe = |art: &Art| {
            let seine: Vec<&Posten> = self.posten.iter().filter(|p| p.art == *art).collect();
            (*art, seine)
        };
        let alle = REIHENFOLGE.iter().map(gruppe);
        alle.filter(|(_, seine)| !seine.is_empty()).collect()
    }

    fn zahlen(&self) -> String {
        let mut teile: Vec<String> = zaehle(self.posten)
            .into_iter()
            .map(|(titel, zahl)| format!("{zahl} {titel}"))
            .collect();
        teile.push(format!("{} unverändert", self.rueckgabe.unveraendert));
        teile.join(" · ")
    }

    fn ueberschrift(art: &Art) -> &'static str {
        match art {
            Art::Konflikt => "Konflikte: hier und in der Datei verschieden geändert",
            Art::Neu => "Neu in der Datei",
            Art::Geaendert => "In der Datei geändert",
            Art::Zusammengefuehrt => {
                "In der Datei und hier geändert, in verschiedenen Feldern: beides bleibt"
            }
            Art::Geloescht => "In der Datei gelöscht",
            Art::Fehler => "Nicht übernehmbar",
            Art::Erledigt => "Schon so, wie die Datei es hat",
        }
    }

    /// Ticked at first: what is plain; what would be lost is asked for.
    fn an(&self, posten: &Posten) -> bool {
        if self.wahlen.is_empty() {
            return !matches!(posten.art, Art::Geloescht | Art::Konflikt);
        }
        self.wahlen.get(&posten.nr).is_some_and(|wahl| wahl.ja)
    }

    fn gewaehlt(&self, posten: &Posten, feld: &str, seite: Wahlseite) -> bool {
        let wahl = self.wahlen.get(&posten.nr);
        wahl.and_then(|w| w.seiten.get(feld)) == Some(&seite)
    }

    fn stand(&self) -> String {
        let stand = DateTime::parse_from_rfc3339(&self.rueckgabe.kopf.stand);
        stand.map_or_else(
            |_| self.rueckgabe.kopf.stand.clone(),
            |tag| crate::ortszeit::uhr(&tag.to_utc()),
        )
    }

    /// What was written, by object.
    fn getan(&self) -> Vec<(String, String, String)> {
        let objekte = self.abgelegt.ergebnis.as_ref();
        let objekte = objekte.and_then(|e| e["objekte"].as_array());
        let text = |wert: &serde_json::Value| wert.as_str().unwrap_or_default().to_owned();
        objekte
            .into_iter()
            .flatten()
            .map(|o| (text(&o["name"]), text(&o["titel"]), text(&o["getan"])))
            .collect()
    }

    fn offen(&self) -> bool {
        self.posten.iter().any(|p| p.art.waehlbar())
    }
}

/// A page of drafts: kept nowhere.
pub fn vertraulich(vorlage: &impl Template) -> Result<Response, Problem> {
    let mut antwort = html(vorlage)?;
    antwort.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    Ok(antwort)
}
