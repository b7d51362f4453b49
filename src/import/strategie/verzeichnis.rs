//! What cells may refer to: stored rows, rows of the same call, code tables.

use std::collections::{BTreeMap, HashMap};

use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::import::bericht::{gemeint, naechstes, oder};
use crate::import::table::schreibweise;

/// Something that has a kennung.
#[derive(Debug, Clone)]
pub struct Ziel {
    /// Its key in the database, as text: a uuid, or the number of an Ortsteil or SDG.
    pub id: String,
    /// Number for display.
    pub nummer: Option<String>,
    /// Title or name.
    pub titel: Option<String>,
    /// Level of a goal, current Fassung of a plan.
    pub zusatz: Option<String>,
    /// Stored before this call.
    pub gespeichert: bool,
}

/// Everything a cell may name.
#[derive(Debug, Default)]
pub struct Verzeichnis {
    kennungen: HashMap<&'static str, BTreeMap<String, Ziel>>,
    /// Numbers and titles in comparable form → kennungen.
    andere: HashMap<&'static str, HashMap<String, Vec<String>>>,
    codes: HashMap<String, Vec<(String, String)>>,
}

/// Kinds of references: key, German noun with article, command that brings them.
const ARTEN: &[(&str, &str, &str)] = &[
    ("handlungsfeld", "Ein Handlungsfeld", "import strategie"),
    ("ziel", "Ein Ziel", "import strategie"),
    ("massnahme", "Eine Maßnahme", "import strategie"),
    (
        "gebiet",
        "Ein Dorferneuerungsgebiet",
        "import dorferneuerung",
    ),
    ("ortsteil", "Einen Ortsteil", "import ortsteile"),
    ("plan", "Einen Plan", "import fnp"),
    ("akteur", "Einen Akteur", "import strategie"),
    ("beschluss", "Einen Beschluss", "import strategie"),
    ("strategie", "Eine Strategie", "import strategie"),
    (
        "strategiefassung",
        "Eine Strategiefassung",
        "import strategie",
    ),
    ("leitlinie", "Eine Leitlinie", "import strategie"),
    ("produkt", "Ein Produkt", "import strategie"),
    ("kennzahl", "Eine Kennzahl", "import strategie"),
    ("teilschritt", "Einen Teilschritt", "import strategie"),
    ("fachplan", "Einen Fachplan", "import strategie"),
    ("trend", "Einen Trend", "import strategie"),
    ("foerderprogramm", "Ein Förderprogramm", "import strategie"),
    ("frage", "Eine Frage", "import strategie"),
    ("sdg", "Ein SDG", "import strategie"),
];

impl Verzeichnis {
    /// Loads all of it: some thousand short rows.
    pub async fn lade(conn: &mut PgConnection) -> Result<Self> {
        let mut verzeichnis = Self::default();
        let zeilen = sqlx::query_file!("src/import/strategie/verzeichnis.sql")
            .fetch_all(&mut *conn)
            .await?;
        for zeile in zeilen {
            let Some((art, ..)) = ARTEN.iter().find(|(art, ..)| *art == zeile.art) else {
                continue;
            };
            verzeichnis.merke(
                art,
                zeile.kennung,
                Ziel {
                    id: zeile.id,
                    nummer: zeile.nummer,
                    titel: zeile.titel,
                    zusatz: zeile.zusatz,
                    gespeichert: true,
                },
            );
        }
        let codes = sqlx::query_file!("src/import/strategie/codes.sql")
            .fetch_all(conn)
            .await?;
        for code in codes {
            verzeichnis
                .codes
                .entry(code.tabelle)
                .or_default()
                .push((code.schluessel, code.titel));
        }
        Ok(verzeichnis)
    }

    fn merke(&mut self, art: &'static str, kennung: String, ziel: Ziel) {
        for name in [&ziel.nummer, &ziel.titel].into_iter().flatten() {
            let namen = self
                .andere
                .entry(art)
                .or_default()
                .entry(schreibweise(name))
                .or_default();
            if !namen.contains(&kennung) {
                namen.push(kennung.clone());
            }
        }
        self.kennungen.entry(art).or_default().insert(kennung, ziel);
    }

    /// What has this kennung.
    #[must_use]
    pub fn finde(&self, art: &str, kennung: &str) -> Option<&Ziel> {
        self.kennungen.get(art)?.get(kennung)
    }

    /// The kennung of a row by its key, for exports.
    #[must_use]
    pub fn kennungen_nach_id(&self, art: &str) -> HashMap<&str, &str> {
        self.kennungen
            .get(art)
            .into_iter()
            .flatten()
            .map(|(kennung, ziel)| (ziel.id.as_str(), kennung.as_str()))
            .collect()
    }

    /// Names a row of this call. A stored one keeps its key; what the file says of it counts.
    pub fn nenne(
        &mut self,
        art: &'static str,
        kennung: &str,
        nummer: Option<String>,
        titel: Option<String>,
        zusatz: Option<String>,
    ) {
        let alt = self.finde(art, kennung).cloned();
        let ziel = Ziel {
            id: alt
                .as_ref()
                .map_or_else(|| Uuid::now_v7().to_string(), |z| z.id.clone()),
            nummer: nummer.or_else(|| alt.as_ref().and_then(|z| z.nummer.clone())),
            titel: titel.or_else(|| alt.as_ref().and_then(|z| z.titel.clone())),
            zusatz: zusatz.or_else(|| alt.as_ref().and_then(|z| z.zusatz.clone())),
            gespeichert: alt.is_some_and(|z| z.gespeichert),
        };
        self.merke(art, kennung.to_owned(), ziel);
    }

    /// The kennung meant by a kennung, a number or a title.
    /// Error: German sentence with the nearest known kennung.
    pub fn kennung<'a>(&'a self, art: &str, text: &str) -> Result<&'a str, String> {
        static LEER: BTreeMap<String, Ziel> = BTreeMap::new();
        let liste = self.kennungen.get(art).unwrap_or(&LEER);
        if let Some((kennung, _)) = liste.get_key_value(text) {
            return Ok(kennung);
        }
        match self
            .andere
            .get(art)
            .and_then(|namen| namen.get(&schreibweise(text)))
            .map(Vec::as_slice)
        {
            Some([kennung]) => return Ok(kennung),
            Some(mehrere) => {
                return Err(format!(
                    "Das ist nicht eindeutig: Nummer oder Titel tragen mehrere. Bitte die Kennung angeben: {}.",
                    oder(mehrere.iter().map(String::as_str))
                ));
            }
            None => {}
        }
        let (_, nomen, befehl) = ARTEN
            .iter()
            .find(|(name, ..)| *name == art)
            .unwrap_or(&ARTEN[0]);
        if liste.is_empty() {
            return Err(format!(
                "{nomen} mit dieser Kennung gibt es nicht; es ist noch keiner der Art gespeichert. Zuerst „zielraum {befehl}“."
            ));
        }
        let mut rat = gemeint(text, liste.keys().map(String::as_str));
        if rat.is_empty()
            && let Some(titel) = naechstes(text, liste.values().filter_map(|z| z.titel.as_deref()))
            && let Some((kennung, _)) = liste
                .iter()
                .find(|(_, z)| z.titel.as_deref() == Some(titel))
        {
            rat = format!(" Gemeint ist vielleicht „{kennung}“ ({titel}).");
        }
        if rat.is_empty() && liste.len() <= 12 {
            rat = format!(
                " Bekannt sind {}.",
                oder(liste.keys().map(String::as_str)).replace(" oder ", " und ")
            );
        }
        Err(format!(
            "{nomen} mit dieser Kennung gibt es weder in diesen Dateien noch gespeichert.{rat}"
        ))
    }

    /// The row meant by a kennung, a number or a title.
    pub fn verweis(&self, art: &str, text: &str) -> Result<&Ziel, String> {
        let kennung = self.kennung(art, text)?;
        self.finde(art, kennung)
            .ok_or_else(|| "Diese Zeile gibt es nicht.".to_owned())
    }

    /// Key of a code given by key or title, whatever its case. Error: what is possible.
    pub fn code(&self, tabelle: &str, text: &str) -> Result<&str, String> {
        let codes = self.codes(tabelle);
        let gesucht = text.to_lowercase();
        let glatt = schreibweise(text);
        // Keys first: they are unique, titles belong to the town. Keys differ by case only in „W“.
        codes
            .iter()
            .find(|(schluessel, _)| schluessel == text)
            .or_else(|| {
                codes
                    .iter()
                    .find(|(schluessel, _)| schluessel.to_lowercase() == gesucht)
            })
            .or_else(|| {
                codes.iter().find(|(schluessel, titel)| {
                    titel.to_lowercase() == gesucht
                        || schreibweise(titel) == glatt
                        || schreibweise(schluessel) == glatt
                })
            })
            .map(|(schluessel, _)| schluessel.as_str())
            .ok_or_else(|| {
                format!(
                    "Diesen Wert gibt es nicht. Möglich sind {}.{}",
                    oder(codes.iter().map(|(schluessel, _)| schluessel.as_str())),
                    gemeint(
                        text,
                        codes.iter().flat_map(|(s, t)| [s.as_str(), t.as_str()])
                    )
                )
            })
    }

    /// Keys and titles of a code table, in its order.
    #[must_use]
    pub fn codes(&self, tabelle: &str) -> &[(String, String)] {
        self.codes.get(tabelle).map_or(&[], Vec::as_slice)
    }
}
