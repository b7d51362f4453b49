//! What somebody chose on the page of a comparison, or by JSON.

use std::collections::HashMap;

use serde_json::Value;

use super::uebernahme::{Seite, Wahlen};
use crate::http::extract::Parameter;
use crate::http::problem::{self, Problem};

/// Choices and the reason.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Auswahl {
    /// By number of the object.
    pub wahlen: Wahlen,
    /// Why.
    pub warum: String,
}

/// Longest reason, in characters.
const WARUM_MAX: usize = 500;

fn seite(wort: &str) -> Result<Seite, Problem> {
    match wort {
        "datei" => Ok(Seite::Datei),
        "heute" => Ok(Seite::Heute),
        _ => Err(problem::EINGABE.mit(format!(
            "„{wort}“ ist keine Seite eines Konflikts; möglich sind datei und heute."
        ))),
    }
}

fn nummer(text: &str) -> Result<usize, Problem> {
    text.parse().map_err(|_| {
        problem::EINGABE.mit(format!(
            "„{text}“ ist keine Nummer eines Objekts dieses Vergleichs."
        ))
    })
}

impl Auswahl {
    /// As a browser sends the form: `n3=ja`, `k4.titel=datei`, `m3=7`.
    ///
    /// # Errors
    /// 400 for a name the form has not.
    pub fn aus_formular(formular: &Parameter) -> Result<Self, Problem> {
        let mut auswahl = Self::default();
        for (name, wert) in formular.ohne(&["formular"]) {
            let fremd =
                || problem::EINGABE.mit(format!("Das Feld „{name}“ hat das Formular nicht."));
            if name == "warum" {
                wert.trim().clone_into(&mut auswahl.warum);
                continue;
            }
            let (art, rest) = name.split_at_checked(1).ok_or_else(fremd)?;
            let (zahl, feld) = rest.split_once('.').unwrap_or((rest, ""));
            let wahl = auswahl.wahlen.entry(nummer(zahl)?).or_default();
            match art {
                "n" => wahl.ja = true,
                "m" => wahl.gesehen = Some(wert.to_owned()),
                "k" => {
                    wahl.seiten.insert(feld.to_owned(), seite(wert)?);
                }
                _ => return Err(fremd()),
            }
        }
        auswahl.pruefe()
    }

    /// `{"warum": "…", "wahl": {"1": true, "2": {"titel": "datei"}}, "versionen": {"1": "3"}}`.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn aus_json(doc: &Value) -> Result<Self, Problem> {
        let form = || {
            problem::EINGABE
                .mit("Erwartet wird {\"wahl\": {\"NUMMER\": true oder {\"FELD\": \"datei\" oder \"heute\"}}}; die Nummern und Felder nennt der Vergleich.")
                .stelle("/wahl")
        };
        let mut auswahl = Self {
            warum: doc["warum"].as_str().unwrap_or_default().trim().to_owned(),
            ..Self::default()
        };
        for (nr, wert) in doc["wahl"].as_object().ok_or_else(form)? {
            let wahl = auswahl.wahlen.entry(nummer(nr)?).or_default();
            match wert {
                Value::Bool(ja) => wahl.ja = *ja,
                Value::Object(seiten) => {
                    let eine = |(feld, wort): (&String, &Value)| {
                        Ok((feld.clone(), seite(wort.as_str().unwrap_or_default())?))
                    };
                    let alle: Result<HashMap<_, _>, Problem> = seiten.iter().map(eine).collect();
                    wahl.seiten = alle?;
                    wahl.ja = true;
                }
                _ => return Err(form()),
            }
        }
        for (nr, version) in doc["versionen"].as_object().into_iter().flatten() {
            let wahl = auswahl.wahlen.entry(nummer(nr)?).or_default();
            wahl.gesehen = Some(version.as_str().unwrap_or_default().to_owned());
        }
        auswahl.pruefe()
    }

    fn pruefe(self) -> Result<Self, Problem> {
        if self.warum.chars().count() > WARUM_MAX {
            return Err(
                problem::EINGABE.mit(format!("Der Anlass hat höchstens {WARUM_MAX} Zeichen."))
            );
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_form_and_json_say_the_same() {
        let formular =
            Parameter::lies("formular=x&n1=ja&m1=4&k2.titel=datei&warum=+Begehung+").unwrap();
        let json = json!({"warum": "Begehung", "wahl": {"1": true, "2": {"titel": "datei"}}, "versionen": {"1": "4"}});
        let mut aus_json = Auswahl::aus_json(&json).unwrap();
        // A side is a choice by itself; the form has no box there.
        aus_json.wahlen.get_mut(&2).unwrap().ja = false;
        assert_eq!(Auswahl::aus_formular(&formular).unwrap(), aus_json);
        for falsch in ["x1=ja", "n=ja", "k1.titel=beide", "n1x=ja", "ä=1"] {
            let formular = Parameter::lies(falsch).unwrap();
            assert!(Auswahl::aus_formular(&formular).is_err(), "{falsch}");
        }
        assert!(Auswahl::aus_json(&json!({"wahl": {"1": "ja"}})).is_err());
        assert!(Auswahl::aus_json(&json!({})).is_err());
    }
}
