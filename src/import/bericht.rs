//! What an import of tables has to say: one sentence per place, collected over all files.

use std::collections::HashMap;
use std::fmt::Write as _;

/// Sentences shown at most; the rest is counted.
const GRENZE: usize = 200;
/// Findings kept at most; beyond they are only counted, so that a large bad file costs no memory.
const AUFHEBEN: usize = 10_000;
/// From so many alike findings in a column on, they are told together.
const GRUPPE: usize = 4;
/// Longest part of a value that is shown, in characters.
const WERT_MAX: usize = 60;

/// Where in the delivered files a sentence belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stelle {
    /// File name as given, without its folder.
    pub datei: String,
    /// Sheet of a workbook.
    pub blatt: Option<String>,
    /// Line of the file, from 1; 0 for the whole file.
    pub zeile: usize,
    /// Position of the column in a workbook, from 0.
    pub position: Option<usize>,
    /// Heading of the column.
    pub spalte: Option<String>,
    /// Value as delivered.
    pub wert: Option<String>,
}

impl Stelle {
    /// The whole file.
    #[must_use]
    pub fn datei(datei: &str) -> Self {
        Self::zeile(datei, 0)
    }
    /// One line.
    #[must_use]
    pub fn zeile(datei: &str, zeile: usize) -> Self {
        Self {
            datei: datei.to_owned(),
            zeile,
            ..Self::default()
        }
    }
    /// Its column in a workbook, from 0.
    #[must_use]
    pub fn an(mut self, position: Option<usize>) -> Self {
        self.position = self.blatt.is_some().then_some(position).flatten();
        self
    }
    /// The cell as spreadsheets name it: `C7`.
    #[must_use]
    pub fn a1(&self) -> Option<String> {
        Some(format!("{}{}", buchstaben(self.position?), self.zeile))
    }
    /// One cell of that line.
    #[must_use]
    pub fn zelle(mut self, spalte: &str, wert: &str) -> Self {
        self.spalte = Some(spalte.to_owned());
        self.wert = (!wert.is_empty()).then(|| kurz(wert));
        self
    }
}

impl std::fmt::Display for Stelle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.datei)?;
        if let Some(blatt) = &self.blatt {
            write!(f, ", Blatt „{blatt}“")?;
        }
        match (self.a1(), &self.spalte) {
            (Some(a1), Some(spalte)) => write!(f, ", Zelle {a1} (Spalte {spalte})")?,
            (_, spalte) => {
                if self.zeile > 0 {
                    write!(f, ", Zeile {}", self.zeile)?;
                }
                if let Some(spalte) = spalte {
                    write!(f, ", Spalte {spalte}")?;
                }
            }
        }
        if let Some(wert) = &self.wert {
            write!(f, ", Wert „{wert}“")?;
        }
        Ok(())
    }
}

/// A column as spreadsheets name it: 0 is A, 26 is AA.
#[must_use]
pub fn buchstaben(mut position: usize) -> String {
    let mut text = Vec::new();
    loop {
        text.push(char::from(
            b'A' + u8::try_from(position % 26).unwrap_or_default(),
        ));
        if position < 26 {
            break;
        }
        position = position / 26 - 1;
    }
    text.iter().rev().collect()
}

/// The value as it is shown: one line, not too long.
fn kurz(wert: &str) -> String {
    let mut zeichen = wert.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut text: String = zeichen.by_ref().take(WERT_MAX).collect();
    if zeichen.next().is_some() {
        text.push('…');
    }
    text
}

/// Everything found in the files of one call. Errors refuse them all.
#[derive(Debug, Default)]
pub struct Bericht {
    fehler: Vec<(Stelle, String)>,
    hinweise: Vec<(Stelle, String)>,
    /// Errors found beyond those kept.
    weitere: usize,
}

impl Bericht {
    /// Something that refuses the import: what is wrong and what to do.
    pub fn fehler(&mut self, stelle: Stelle, text: impl Into<String>) {
        if self.fehler.len() < AUFHEBEN {
            self.fehler.push((stelle, text.into()));
        } else {
            self.weitere += 1;
        }
    }
    /// Something to know that refuses nothing.
    pub fn hinweis(&mut self, stelle: Stelle, text: impl Into<String>) {
        if self.hinweise.len() < AUFHEBEN {
            self.hinweise.push((stelle, text.into()));
        }
    }
    /// True when the import is refused.
    #[must_use]
    pub fn abgelehnt(&self) -> bool {
        !self.fehler.is_empty()
    }
    /// Enough has been found; looking for more costs time and nobody reads it.
    #[must_use]
    pub fn voll(&self) -> bool {
        self.fehler.len() >= GRENZE
    }

    /// The refusal: errors by file and line, then the hints, which often explain them.
    #[must_use]
    pub fn ablehnung(&self) -> String {
        let mut text = format!(
            "Nichts wurde übernommen, weil {} gefunden wurde{}.\n",
            anzahl(self.fehler.len() + self.weitere, "Fehler", "Fehler"),
            if self.fehler.len() == 1 { "" } else { "n" },
        );
        liste(&mut text, &self.fehler);
        if !self.hinweise.is_empty() {
            text.push_str("Hinweise:\n");
            liste(&mut text, &self.hinweise);
        }
        text.push_str("Bitte die Dateien berichtigen und alle noch einmal zusammen einlesen.");
        text
    }

    /// Everything found, for programs.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let eintrag = |(stelle, satz): &(Stelle, String), schwere: &str| {
            serde_json::json!({
                "schwere": schwere, "datei": stelle.datei, "blatt": stelle.blatt, "zeile": (stelle.zeile > 0).then_some(stelle.zeile),
                "zelle": stelle.a1(), "spalte": stelle.spalte, "wert": stelle.wert, "text": satz,
            })
        };
        let mut alle: Vec<_> = self.fehler.iter().map(|f| eintrag(f, "fehler")).collect();
        alle.extend(self.hinweise.iter().map(|h| eintrag(h, "hinweis")));
        serde_json::json!({ "abgelehnt": self.abgelehnt(), "fehler": self.fehler.len() + self.weitere, "hinweise": self.hinweise.len(), "befunde": alle })
    }

    /// The hints of an import that went through; empty without any.
    #[must_use]
    pub fn hinweistext(&self) -> String {
        let mut text = String::new();
        liste(&mut text, &self.hinweise);
        text
    }
}

fn liste(text: &mut String, eintraege: &[(Stelle, String)]) {
    let mut sortiert: Vec<_> = eintraege.iter().collect();
    sortiert.sort();
    sortiert.dedup();
    // Alike: the same sentence in the same column of the same sheet.
    let mut gruppen: Vec<Vec<&(Stelle, String)>> = Vec::new();
    let mut bekannt: HashMap<_, usize> = HashMap::new();
    for eintrag in &sortiert {
        let (stelle, satz) = eintrag;
        let schluessel = (&stelle.datei, &stelle.blatt, &stelle.spalte, satz);
        let nr = *bekannt.entry(schluessel).or_insert_with(|| {
            gruppen.push(Vec::new());
            gruppen.len() - 1
        });
        gruppen[nr].push(eintrag);
    }
    let mut gezeigt = 0;
    let mut erzaehlt = 0;
    for gruppe in gruppen {
        let zusammen = gruppe.len() >= GRUPPE;
        for (stelle, satz) in gruppe.iter().take(if zusammen { 1 } else { gruppe.len() }) {
            if gezeigt == GRENZE {
                break;
            }
            gezeigt += 1;
            erzaehlt += if zusammen { gruppe.len() } else { 1 };
            let _ = write!(text, "  {stelle}: {satz}");
            if zusammen {
                let zeilen: Vec<String> = gruppe
                    .iter()
                    .skip(1)
                    .take(8)
                    .map(|(s, _)| s.a1().unwrap_or_else(|| s.zeile.to_string()))
                    .collect();
                let mehr = if gruppe.len() > 9 { " …" } else { "" };
                let _ = write!(
                    text,
                    " Ebenso in {} weiteren Zeilen: {}{mehr}.",
                    gruppe.len() - 1,
                    zeilen.join(", ")
                );
            }
            text.push('\n');
        }
    }
    if sortiert.len() > erzaehlt {
        let _ = writeln!(text, "  … und {} weitere.", sortiert.len() - erzaehlt);
    }
}

/// A number with its noun.
#[must_use]
pub fn anzahl(zahl: usize, einzahl: &str, mehrzahl: &str) -> String {
    format!("{zahl} {}", if zahl == 1 { einzahl } else { mehrzahl })
}

/// „a“, „b“ oder „c“.
#[must_use]
pub fn oder<'a>(worte: impl IntoIterator<Item = &'a str>) -> String {
    let mut worte: Vec<String> = worte.into_iter().map(|wort| format!("„{wort}“")).collect();
    match worte.pop() {
        None => String::new(),
        Some(letztes) if worte.is_empty() => letztes,
        Some(letztes) => format!("{} oder {letztes}", worte.join(", ")),
    }
}

/// The known word closest to a mistyped one, where it is close enough to be meant.
#[must_use]
pub fn naechstes<'a>(wort: &str, bekannt: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let gesucht = wort.to_lowercase();
    bekannt
        .into_iter()
        .map(|kandidat| {
            (
                strsim::osa_distance(&gesucht, &kandidat.to_lowercase()),
                kandidat,
            )
        })
        .filter(|(abstand, kandidat)| {
            *abstand * 5 <= 2 * gesucht.chars().count().max(kandidat.chars().count())
        })
        .min()
        .map(|(_, kandidat)| kandidat)
}

/// „ Gemeint ist vielleicht „x“.“, or nothing.
#[must_use]
pub fn gemeint<'a>(wort: &str, bekannt: impl IntoIterator<Item = &'a str>) -> String {
    naechstes(wort, bekannt)
        .map(|nah| format!(" Gemeint ist vielleicht „{nah}“."))
        .unwrap_or_default()
}
