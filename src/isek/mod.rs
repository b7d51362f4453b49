//! The ISEK-Nachweis: Kosten- und Finanzierungsübersicht of the measures (§ 149 `BauGB`; an
//! ISEK is a condition of urban renewal funding, `StBauFR` Nr. 4.1).
//!
//! Measures by horizon with cost, funding, own share, Handlungsfeld, place, state and their
//! place in the ISEK, and what is missing. Which figure of several counts is said in
//! [`crate::haushalt`]; every sum here is computed from the rows shown.

pub mod ausgabe;
pub mod routes;
pub mod store;
pub mod tabelle;

use chrono::NaiveDate;
use serde::Serialize;

use crate::haushalt::auswertung::Betraege;
use crate::haushalt::foerderung::Programmsumme;
use crate::strategie::massnahme::Benannt;

/// What may be missing: key and title.
pub const FEHLENDES: [(&str, &str); 5] = [
    ("kosten", "Kosten"),
    ("foerderung", "Prüfung der Förderung"),
    ("fundstelle", "Fundstelle im ISEK"),
    ("ort", "Ort"),
    ("horizont", "Zeithorizont"),
];

/// One measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Zeile {
    /// Kennung.
    pub kennung: String,
    /// Number.
    pub nummer: Option<String>,
    /// Title.
    pub titel: String,
    /// kurz, mittel, lang, dauerhaft, offen.
    pub horizont: String,
    /// First day.
    pub beginn: Option<NaiveDate>,
    /// Last day.
    pub ende: Option<NaiveDate>,
    /// Title of the state of decision.
    pub beschlussstand: String,
    /// Title of the phase.
    pub umsetzungsphase: String,
    /// Handlungsfeld of the main goal.
    pub handlungsfeld: Option<String>,
    /// Main goal.
    pub ziel: String,
    /// Ortsteile, whole town; empty when there is no place.
    pub ort: String,
    /// Why it has no place.
    pub ort_grund: Option<String>,
    /// Areas whose project it is.
    pub gebiet: Option<String>,
    /// Places in an ISEK.
    pub fundstelle: Option<String>,
    /// Money.
    #[serde(flatten)]
    pub betraege: Betraege,
    /// `kostenschaetzung` or `jahre`.
    pub kosten_aus: Option<String>,
    /// `bewilligt`, `jahre` or `kostenschaetzung`.
    pub foerderung_aus: Option<String>,
    /// Applied for or examined; counts nowhere.
    pub erwartet_ct: Option<i64>,
    /// Day of the newest figure.
    pub stand: Option<NaiveDate>,
    /// Keys of [`FEHLENDES`].
    pub fehlt: Vec<&'static str>,
}

impl Zeile {
    /// Missing things in words.
    #[must_use]
    pub fn fehlt_worte(&self) -> String {
        let worte = FEHLENDES.iter().filter(|(s, _)| self.fehlt.contains(s));
        worte
            .map(|(_, titel)| *titel)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Place in words, or why there is none.
    #[must_use]
    pub fn ort_worte(&self) -> String {
        match &self.ort_grund {
            _ if !self.ort.is_empty() => self.ort.clone(),
            Some(grund) => format!("ohne Ort: {grund}"),
            None => String::new(),
        }
    }
}

/// Measures of a horizon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Abschnitt {
    /// kurz, mittel, lang, dauerhaft, offen.
    pub horizont: String,
    /// Title with the years it means.
    pub titel: String,
    /// Measures.
    pub zeilen: Vec<Zeile>,
    /// Sum of the rows.
    pub summe: Betraege,
}

/// How much is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fehlt {
    /// Key of [`FEHLENDES`].
    pub was: &'static str,
    /// Title.
    pub titel: &'static str,
    /// Measures without it.
    pub massnahmen: usize,
}

/// Where the money comes from; together these are the costs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Finanzierung {
    /// Granted funding.
    pub bewilligt_ct: i64,
    /// Funding planned in years or estimated.
    pub geplant_ct: i64,
    /// Own share of the measures whose costs are known.
    pub eigenanteil_ct: i64,
    /// Funding of measures without known costs: it covers nothing yet.
    pub ohne_kosten_ct: i64,
    /// Applied for or examined; not counted.
    pub erwartet_ct: i64,
}

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nachweis {
    /// Day of view.
    pub stichtag: NaiveDate,
    /// Area asked for.
    pub gebiet: Option<Benannt>,
    /// Handlungsfeld asked for.
    pub handlungsfeld: Option<Benannt>,
    /// Only measures named in an ISEK.
    pub nur_isek: bool,
    /// Measures by horizon.
    pub abschnitte: Vec<Abschnitt>,
    /// Measures in all.
    pub massnahmen: usize,
    /// Sum of all rows.
    pub summe: Betraege,
    /// Where the money comes from.
    pub finanzierung: Finanzierung,
    /// Grants of these measures, and of the area asked for, by programme.
    pub programme: Vec<Programmsumme>,
    /// What is missing.
    pub fehlt: Vec<Fehlt>,
    /// Day of the newest figure.
    pub stand: Option<NaiveDate>,
}

/// Years up to which a measure counts as short and as medium term.
pub type Grenzen = (i32, i32);

/// Title of a horizon.
#[must_use]
pub fn horizont(schluessel: &str, (kurz, mittel): Grenzen) -> String {
    match schluessel {
        "kurz" => format!("Kurzfristig (bis {kurz} Jahre)"),
        "mittel" => format!("Mittelfristig ({kurz} bis {mittel} Jahre)"),
        "lang" => format!("Langfristig (über {mittel} Jahre)"),
        "dauerhaft" => "Dauerhaft".to_owned(),
        _ => "Ohne Zeithorizont".to_owned(),
    }
}

/// Groups rows that come in the order of their horizon.
#[must_use]
pub fn abschnitte(zeilen: Vec<Zeile>, grenzen: Grenzen) -> Vec<Abschnitt> {
    let mut abschnitte: Vec<Abschnitt> = Vec::new();
    for zeile in zeilen {
        if abschnitte.last().map(|a| &a.horizont) != Some(&zeile.horizont) {
            abschnitte.push(Abschnitt {
                titel: horizont(&zeile.horizont, grenzen),
                horizont: zeile.horizont.clone(),
                zeilen: Vec::new(),
                summe: Betraege::default(),
            });
        }
        if let Some(a) = abschnitte.last_mut() {
            a.summe = a.summe.plus(zeile.betraege);
            a.zeilen.push(zeile);
        }
    }
    abschnitte
}

impl Nachweis {
    /// From the rows; sums, gaps and financing follow.
    #[must_use]
    pub fn neu(
        stichtag: NaiveDate,
        zeilen: Vec<Zeile>,
        grenzen: Grenzen,
        programme: Vec<Programmsumme>,
    ) -> Self {
        let mut finanzierung = Finanzierung::default();
        for zeile in &zeilen {
            let foerderung = zeile.betraege.foerderung_ct.unwrap_or(0);
            match zeile.betraege.eigenanteil_ct {
                None => finanzierung.ohne_kosten_ct += foerderung,
                Some(eigenanteil) => {
                    finanzierung.eigenanteil_ct += eigenanteil;
                    if zeile.foerderung_aus.as_deref() == Some("bewilligt") {
                        finanzierung.bewilligt_ct += foerderung;
                    } else {
                        finanzierung.geplant_ct += foerderung;
                    }
                }
            }
            finanzierung.erwartet_ct += zeile.erwartet_ct.unwrap_or(0);
        }
        let fehlt = FEHLENDES
            .iter()
            .map(|&(was, titel)| Fehlt {
                was,
                titel,
                massnahmen: zeilen.iter().filter(|z| z.fehlt.contains(&was)).count(),
            })
            .collect();
        let massnahmen = zeilen.len();
        let stand = zeilen.iter().filter_map(|z| z.stand).max();
        let abschnitte = abschnitte(zeilen, grenzen);
        Self {
            stichtag,
            gebiet: None,
            handlungsfeld: None,
            nur_isek: false,
            summe: abschnitte
                .iter()
                .fold(Betraege::default(), |summe, a| summe.plus(a.summe)),
            abschnitte,
            massnahmen,
            finanzierung,
            programme,
            fehlt,
            stand,
        }
    }

    /// What the document is about, for headings.
    #[must_use]
    pub fn titel(&self) -> String {
        let mut titel = "Kosten- und Finanzierungsübersicht".to_owned();
        for benannt in [&self.gebiet, &self.handlungsfeld].into_iter().flatten() {
            titel.push_str(": ");
            titel.push_str(&benannt.name);
        }
        titel
    }
}
