//! Links between goals, measures, indicators and what stands around them: Fachplan,
//! Beschluss, Trend, Akteur, SDG. One shape for all of them, so that every page lists them alike.

pub mod store;

use serde::Serialize;

use crate::http::link::kodiere;

/// One end of a link, seen from the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bezug {
    /// What it is: `ziel`, `massnahme`, `kennzahl`, `fachplan`, `beschluss`, `trend`, `akteur`,
    /// `sdg`, `gebiet`, `plan`, `strategiefassung`.
    pub art: String,
    /// Kennung, part of its address.
    pub kennung: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// What the link says (`widerspricht`, `federfuehrend`, `verstaerkt`, `beschliesst` …).
    pub wie: Option<String>,
    /// Page or chapter, council and day.
    pub stelle: Option<String>,
    /// Quotation or reason.
    pub text: Option<String>,
}

impl Bezug {
    /// Address of its page, where it has one.
    #[must_use]
    pub fn adresse(&self, wurzel: &str) -> Option<String> {
        let pfad = match self.art.as_str() {
            "ziel" => "ziele",
            "massnahme" => "massnahmen",
            "kennzahl" => "kennzahlen",
            "fachplan" => "fachplaene",
            "beschluss" => "beschluesse",
            "trend" => "trends",
            "akteur" => "akteure",
            "sdg" => "sdg",
            "gebiet" => "dorferneuerung",
            _ => return None,
        };
        Some(format!("{wurzel}/{pfad}/{}?f=html", kodiere(&self.kennung)))
    }

    /// What the link says, in words.
    #[must_use]
    pub fn worte(&self) -> &str {
        let wie = self.wie.as_deref().unwrap_or_default();
        match wie {
            "uebernommen" => "übernommen",
            "konkretisiert" => "konkretisiert",
            "widerspricht" => "⚠ widerspricht",
            "ersetzt" => "ersetzt",
            "federfuehrend" => "federführend",
            "verstaerkt" => "▲ verstärkt",
            "erschwert" => "▼ erschwert",
            "beschliesst" => "beschließt",
            "aendert" => "ändert",
            "lehnt_ab" => "✖ lehnt ab",
            "erhoeht" => "▲ erhöht",
            "senkt" => "▼ senkt",
            "teil_von" => "Teil von",
            "setzt_voraus" => "setzt voraus",
            "ergaenzt" => "ergänzt",
            "alternative_zu" => "Alternative zu",
            "konkurriert" => "⚠ konkurriert mit",
            "ersetzt_durch" => "ersetzt durch",
            "zusammengefuehrt_mit" => "zusammengeführt mit",
            andere => andere,
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn gattung(&self) -> &str {
        match self.art.as_str() {
            "ziel" => "Ziel",
            "massnahme" => "Maßnahme",
            "kennzahl" => "Kennzahl",
            "fachplan" => "Fachplan",
            "beschluss" => "Beschluss",
            "trend" => "Trend",
            "akteur" => "Stelle",
            "sdg" => "SDG",
            "gebiet" => "Dorferneuerung",
            "plan" => "Flächennutzungsplan",
            "strategiefassung" => "Fassung der Strategie",
            andere => andere,
        }
    }
}

/// Everything linked to a goal, a measure or an indicator.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Bezuege {
    /// Where sector plans speak of it.
    pub fundstellen: Vec<Bezug>,
    /// Public decisions about it, newest first.
    pub beschluesse: Vec<Bezug>,
    /// Trends that strengthen or hamper it.
    pub trends: Vec<Bezug>,
    /// Who is responsible, the leading unit first.
    pub zustaendig: Vec<Bezug>,
    /// Sustainable development goals.
    pub sdg: Vec<Bezug>,
    /// Other measures it rests on, completes or competes with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub massnahmen: Vec<Bezug>,
    /// Indicators it moves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kennzahlen: Vec<Bezug>,
}

impl Bezuege {
    /// Sorts links by what they lead to.
    #[must_use]
    pub fn aus(alle: Vec<Bezug>) -> Self {
        let mut bezuege = Self::default();
        for bezug in alle {
            let liste = match bezug.art.as_str() {
                "fachplan" => &mut bezuege.fundstellen,
                "beschluss" => &mut bezuege.beschluesse,
                "trend" => &mut bezuege.trends,
                "akteur" => &mut bezuege.zustaendig,
                "sdg" => &mut bezuege.sdg,
                "kennzahl" => &mut bezuege.kennzahlen,
                _ => &mut bezuege.massnahmen,
            };
            liste.push(bezug);
        }
        bezuege
    }

    /// True when one sector plan contradicts it.
    #[must_use]
    pub fn widersprochen(&self) -> bool {
        self.fundstellen
            .iter()
            .any(|stelle| stelle.wie.as_deref() == Some("widerspricht"))
    }
}

/// What it is, what it is linked with, by heading: the sections of a page.
#[must_use]
pub fn abschnitte(alle: &[Bezug]) -> Vec<(String, Vec<Bezug>)> {
    let mut abschnitte: Vec<(String, Vec<Bezug>)> = Vec::new();
    for bezug in alle {
        let titel = match bezug.art.as_str() {
            "ziel" => "Ziele",
            "massnahme" => "Maßnahmen",
            "kennzahl" => "Kennzahlen",
            "gebiet" => "Dorferneuerung",
            "plan" => "Flächennutzungspläne",
            "strategiefassung" => "Fassungen der Strategie",
            "fachplan" => "Fachpläne",
            _ => "Weiteres",
        };
        match abschnitte.iter_mut().find(|(t, _)| t == titel) {
            Some((_, liste)) => liste.push(bezug.clone()),
            None => abschnitte.push((titel.to_owned(), vec![bezug.clone()])),
        }
    }
    abschnitte
}
