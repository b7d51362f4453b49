//! Objects that can be published, requests, and what publishing would change.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// One object of `freigabe.art`.
#[derive(Debug, Clone, Serialize)]
pub struct Gegenstand {
    /// Key in `freigabe.art`.
    pub art: String,
    /// Its German title.
    pub art_titel: String,
    /// Internal number; never told.
    #[serde(skip)]
    pub id: Uuid,
    /// Key.
    pub kennung: String,
    /// Title or name.
    pub titel: String,
    /// State of the newest revision (`freigabe.zustand`).
    pub zustand: String,
    /// Version of the working row.
    pub version: i32,
    /// The public sees it, in whatever version.
    pub oeffentlich: bool,
    /// The newest revision is not what the public sees.
    pub entwurf: bool,
    /// Last change.
    pub seit: DateTime<Utc>,
}

impl Gegenstand {
    /// State in words a page shows.
    #[must_use]
    pub fn lage(&self) -> &'static str {
        match (self.zustand.as_str(), self.oeffentlich) {
            ("entwurf", true) => "Entwurf über veröffentlichtem Stand",
            ("entwurf", false) => "Entwurf",
            ("in_freigabe", true) => "In Freigabe, früherer Stand öffentlich",
            ("in_freigabe", false) => "In Freigabe",
            ("intern", _) => "Intern",
            ("veroeffentlicht", _) => "Veröffentlicht",
            ("archiviert", _) => "Archiviert",
            _ => "Unbekannt",
        }
    }
}

/// A request for release.
#[derive(Debug, Clone, Serialize)]
pub struct Antrag {
    /// Number.
    pub id: Uuid,
    /// Kind of the object.
    pub art: String,
    /// Its key.
    pub kennung: String,
    /// Version asked for; only this one is released.
    pub version: i32,
    /// Author.
    pub beantragt_von: String,
    /// When.
    pub beantragt_am: DateTime<Utc>,
    /// Why.
    pub begruendung: String,
    /// Who decided.
    pub entschieden_von: Option<String>,
    /// When.
    pub entschieden_am: Option<DateTime<Utc>>,
    /// `freigegeben`, `zurueckgegeben`, `zurueckgenommen` or `ueberholt`; none while open.
    pub entscheid: Option<String>,
    /// Remark of the decision.
    pub anmerkung: Option<String>,
}

impl Antrag {
    /// The decision in words.
    #[must_use]
    pub fn ergebnis(&self) -> &'static str {
        match self.entscheid.as_deref() {
            None => "offen",
            Some("freigegeben") => "freigegeben",
            Some("zurueckgegeben") => "zurückgegeben",
            Some("zurueckgenommen") => "zurückgenommen",
            Some(_) => "überholt",
        }
    }
}

/// What is done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schritt {
    /// Ask for release.
    Beantragen,
    /// Release what was asked for.
    Freigeben,
    /// Return a request, or take one's own back.
    Zurueckgeben,
    /// Out of the public world.
    Zurueckziehen,
    /// Back to what the public sees.
    Verwerfen,
    /// Put aside, out of the public world.
    Archivieren,
    /// Out of the archive: a draft again.
    Aufnehmen,
}

impl Schritt {
    /// All of them with their word and title, in the order of the buttons.
    pub const ALLE: [(Self, &'static str, &'static str); 7] = [
        (Self::Beantragen, "beantragen", "Freigabe beantragen"),
        (Self::Freigeben, "freigeben", "Freigeben"),
        (Self::Zurueckgeben, "zurueckgeben", "Zurückgeben"),
        (Self::Verwerfen, "verwerfen", "Entwurf verwerfen"),
        (Self::Zurueckziehen, "zurueckziehen", "Zurückziehen"),
        (Self::Archivieren, "archivieren", "Archivieren"),
        (Self::Aufnehmen, "aufnehmen", "Wieder aufnehmen"),
    ];

    /// By its word in an address.
    #[must_use]
    pub fn zu(wort: &str) -> Option<Self> {
        Self::ALLE
            .iter()
            .find(|(_, w, _)| *w == wort)
            .map(|(schritt, ..)| *schritt)
    }

    /// The step has a meaning for an object in this state.
    #[must_use]
    pub fn passt(self, g: &Gegenstand, offen: bool) -> bool {
        match self {
            Self::Beantragen => {
                g.entwurf
                    && (matches!(g.zustand.as_str(), "entwurf" | "intern")
                        || g.zustand == "in_freigabe" && !offen)
            }
            Self::Freigeben | Self::Zurueckgeben => offen,
            Self::Zurueckziehen => g.oeffentlich,
            Self::Verwerfen => {
                g.oeffentlich && g.entwurf && g.art != "plan" && g.zustand != "archiviert"
            }
            Self::Archivieren => g.zustand != "archiviert" && g.zustand != "in_freigabe",
            Self::Aufnehmen => g.zustand == "archiviert",
        }
    }
}

/// One row of one side of an object: title of the field → readable value.
#[derive(Debug, Clone)]
pub struct Seite {
    /// Table, 0 the object itself, then its parts.
    pub nr: i32,
    /// German title of the table.
    pub titel: String,
    /// Public side; else what publishing now would copy.
    pub oeffentlich: bool,
    /// Primary key.
    pub schluessel: String,
    /// In the order of the columns.
    pub werte: Map<String, Value>,
}

/// One difference between draft and public copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unterschied {
    /// Title of the table: the object, or one of its parts.
    pub teil: String,
    /// Which row of the part; empty for the object itself.
    pub eintrag: String,
    /// Title of the field; `hinzugefügt` or `entfernt` for a whole row.
    pub feld: String,
    /// Value the public sees.
    pub oeffentlich: Option<String>,
    /// Value after publishing.
    pub entwurf: Option<String>,
}

fn wert(werte: &Map<String, Value>, feld: &str) -> Option<String> {
    werte
        .get(feld)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// A row in one line.
fn kurz(werte: &Map<String, Value>) -> String {
    let felder: Vec<String> = werte
        .keys()
        .filter_map(|feld| wert(werte, feld).map(|wert| format!("{feld}: {wert}")))
        .collect();
    felder.join("; ")
}

/// Pairs both sides by key and lists what differs, field by field.
#[must_use]
pub fn unterschiede(seiten: &[Seite]) -> Vec<Unterschied> {
    let mut liste = Vec::new();
    let gegenstueck = |seite: &Seite| {
        seiten.iter().find(|s| {
            s.nr == seite.nr
                && s.schluessel == seite.schluessel
                && s.oeffentlich != seite.oeffentlich
        })
    };
    for seite in seiten {
        let ganz = |feld: &str, text: String| Unterschied {
            teil: seite.titel.clone(),
            eintrag: String::new(),
            feld: feld.to_owned(),
            oeffentlich: seite.oeffentlich.then(|| text.clone()),
            entwurf: (!seite.oeffentlich).then_some(text),
        };
        match (gegenstueck(seite), seite.oeffentlich) {
            (None, true) => liste.push(ganz("entfernt", kurz(&seite.werte))),
            (None, false) if seite.nr > 0 => liste.push(ganz("hinzugefügt", kurz(&seite.werte))),
            (None, false) => {
                // A new object: every field it has.
                for feld in seite.werte.keys() {
                    if let Some(text) = wert(&seite.werte, feld) {
                        liste.push(ganz(feld, text));
                    }
                }
            }
            (Some(alt), false) => {
                for feld in seite.werte.keys() {
                    let (alt, neu) = (wert(&alt.werte, feld), wert(&seite.werte, feld));
                    if alt != neu {
                        liste.push(Unterschied {
                            teil: seite.titel.clone(),
                            eintrag: if seite.nr > 0 {
                                kurz(&seite.werte).chars().take(80).collect()
                            } else {
                                String::new()
                            },
                            feld: feld.clone(),
                            oeffentlich: alt,
                            entwurf: neu,
                        });
                    }
                }
            }
            (Some(_), true) => {}
        }
    }
    liste
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seite(nr: i32, oeffentlich: bool, schluessel: &str, werte: &Value) -> Seite {
        Seite {
            nr,
            titel: format!("T{nr}"),
            oeffentlich,
            schluessel: schluessel.into(),
            werte: werte.as_object().unwrap().clone(),
        }
    }

    #[test]
    fn fields_and_rows_are_told_apart() {
        let liste = unterschiede(&[
            seite(0, false, "m", &json!({"Titel": "Neu", "Art": "Bau"})),
            seite(0, true, "m", &json!({"Titel": "Alt", "Art": "Bau"})),
            seite(
                1,
                false,
                "a",
                &json!({"Jahr": "2025", "Betrag": "1,00 €", "Quelle": null}),
            ),
            seite(1, true, "b", &json!({"Jahr": "2024"})),
        ]);
        let zeilen: Vec<_> = liste
            .iter()
            .map(|u| {
                (
                    u.feld.as_str(),
                    u.oeffentlich.as_deref(),
                    u.entwurf.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            zeilen,
            [
                ("Titel", Some("Alt"), Some("Neu")),
                ("hinzugefügt", None, Some("Jahr: 2025; Betrag: 1,00 €")),
                ("entfernt", Some("Jahr: 2024"), None),
            ]
        );
    }

    #[test]
    fn a_new_object_lists_every_field() {
        let liste = unterschiede(&[seite(0, false, "m", &json!({"Titel": "Neu", "Ende": null}))]);
        assert_eq!(liste.len(), 1);
        assert_eq!(liste[0].entwurf.as_deref(), Some("Neu"));
    }
}
