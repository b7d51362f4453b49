//! What cells may refer to: stored rows, rows of the same call, code tables.

use std::collections::{BTreeMap, HashMap};

use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::import::bericht::{gemeint, oder};

/// Something that has a kennung.
#[derive(Debug, Clone)]
pub struct Ziel {
    /// Its key in the database, as text: a uuid, or the number of an Ortsteil.
    pub id: String,
    /// Level of a goal, name of an Ortsteil, current Fassung of a plan.
    pub zusatz: Option<String>,
    /// Stored before this call.
    pub gespeichert: bool,
}

/// Everything a cell may name.
#[derive(Debug, Default)]
pub struct Verzeichnis {
    kennungen: HashMap<&'static str, BTreeMap<String, Ziel>>,
    codes: HashMap<String, Vec<(String, String)>>,
}

/// Kinds of references: key, German noun with article, with the pronoun of a refusal.
const ARTEN: [(&str, &str, &str); 6] = [
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
            verzeichnis.kennungen.entry(art).or_default().insert(
                zeile.kennung,
                Ziel {
                    id: zeile.id,
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

    /// What has this kennung.
    #[must_use]
    pub fn finde(&self, art: &str, kennung: &str) -> Option<&Ziel> {
        self.kennungen.get(art)?.get(kennung)
    }

    /// Names a row of this call. A stored one keeps its key; its level is now the file's.
    pub fn nenne(&mut self, art: &'static str, kennung: &str, zusatz: Option<String>) {
        let liste = self.kennungen.entry(art).or_default();
        if let Some(bekannt) = liste.get_mut(kennung) {
            bekannt.zusatz = zusatz;
        } else {
            liste.insert(
                kennung.to_owned(),
                Ziel {
                    id: Uuid::now_v7().to_string(),
                    zusatz,
                    gespeichert: false,
                },
            );
        }
    }

    /// The key behind a kennung; an Ortsteil may also be given by its name.
    /// Error: German sentence with the nearest known kennung.
    pub fn verweis(&self, art: &str, text: &str) -> Result<&Ziel, String> {
        static LEER: BTreeMap<String, Ziel> = BTreeMap::new();
        let liste = self.kennungen.get(art).unwrap_or(&LEER);
        if let Some(ziel) = liste.get(text) {
            return Ok(ziel);
        }
        if art == "ortsteil" {
            let mut gleiche = liste.values().filter(|ziel| {
                ziel.zusatz
                    .as_deref()
                    .is_some_and(|name| name.to_lowercase() == text.to_lowercase())
            });
            if let (Some(ziel), None) = (gleiche.next(), gleiche.next()) {
                return Ok(ziel);
            }
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
        let rat = gemeint(text, liste.keys().map(String::as_str));
        let alle = if rat.is_empty() && liste.len() <= 12 {
            format!(
                " Bekannt sind {}.",
                oder(liste.keys().map(String::as_str)).replace(" oder ", " und ")
            )
        } else {
            rat
        };
        Err(format!(
            "{nomen} mit dieser Kennung gibt es weder in diesen Dateien noch gespeichert.{alle}"
        ))
    }

    /// Key of a code given by key or title, whatever its case. Error: what is possible.
    pub fn code(&self, tabelle: &str, text: &str) -> Result<&str, String> {
        let codes = self.codes(tabelle);
        let gesucht = text.to_lowercase();
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
                codes
                    .iter()
                    .find(|(_, titel)| titel.to_lowercase() == gesucht)
            })
            .map(|(schluessel, _)| schluessel.as_str())
            .ok_or_else(|| {
                format!(
                    "Diesen Wert gibt es nicht. Möglich sind {}.",
                    oder(codes.iter().map(|(schluessel, _)| schluessel.as_str()))
                )
            })
    }

    /// Keys and titles of a code table, in its order.
    #[must_use]
    pub fn codes(&self, tabelle: &str) -> &[(String, String)] {
        self.codes.get(tabelle).map_or(&[], Vec::as_slice)
    }
}
