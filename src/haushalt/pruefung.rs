//! What does not fit in the money of measures: findings with a sentence to act on.

use std::collections::HashMap;

use serde::Serialize;

use super::foerderung::Foerderzeile;
use crate::strategie::zahl::{euro, prozent};

/// A measure as the checks see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruefposten {
    /// Kennung of the measure.
    pub kennung: String,
    /// Its number.
    pub nummer: Option<String>,
    /// Its title.
    pub titel: String,
    /// Key of its state of decision.
    pub beschlussstand: String,
    /// Total costs.
    pub kosten_ct: Option<i64>,
    /// Newest estimate.
    pub schaetzung_ct: Option<i64>,
    /// Sum of the years.
    pub jahre_ct: Option<i64>,
    /// Funding that counts.
    pub foerderung_ct: Option<i64>,
    /// Where it comes from.
    pub foerderung_aus: Option<String>,
    /// Grants of any state.
    pub foerderungen: i32,
    /// Has costs in Ansatz, Nachtrag or Finanzplan.
    pub ansatz: bool,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Befund {
    /// Key of the rule.
    pub regel: &'static str,
    /// `fehler` (cannot be right), `hinweis` (look at it), `luecke` (missing).
    pub schwere: &'static str,
    /// Kennung of the measure; None: an area.
    pub massnahme: Option<String>,
    /// Number of the measure.
    pub nummer: Option<String>,
    /// Title of measure or area.
    pub titel: String,
    /// What is wrong and what to do.
    pub text: String,
}

/// All rules with their titles, in the order of the page.
pub const REGELN: [(&str, &str); 8] = [
    ("foerderung_ueber_kosten", "Förderung höher als die Kosten"),
    (
        "jahre_ueber_schaetzung",
        "Jahre ergeben mehr als die Kostenschätzung",
    ),
    ("quote_ueber_programm", "Quote über der des Programms"),
    (
        "betrag_ueber_hoechstbetrag",
        "Betrag über dem Höchstbetrag des Programms",
    ),
    ("im_haushalt_ohne_ansatz", "Im Haushalt, aber ohne Ansatz"),
    (
        "jahre_unter_schaetzung",
        "Kostenschätzung noch nicht ganz auf Jahre verteilt",
    ),
    ("ohne_kosten", "Ohne Kosten"),
    ("ohne_foerderpruefung", "Förderung nicht geprüft"),
];

/// Applies all rules; `toleranz` is the part of the estimate that may differ from the years.
#[must_use]
pub fn pruefe(posten: &[Pruefposten], foerderungen: &[Foerderzeile], toleranz: f64) -> Vec<Befund> {
    let mut befunde = Vec::new();
    for p in posten {
        let mut melde = |regel, schwere, text| {
            befunde.push(Befund {
                regel,
                schwere,
                massnahme: Some(p.kennung.clone()),
                nummer: p.nummer.clone(),
                titel: p.titel.clone(),
                text,
            });
        };
        if let (Some(kosten), Some(foerderung)) = (p.kosten_ct, p.foerderung_ct)
            && foerderung > kosten
        {
            melde(
                "foerderung_ueber_kosten",
                "fehler",
                format!(
                    "Förderung {} bei Kosten von {}. Bitte einen der Beträge berichtigen.",
                    euro(foerderung),
                    euro(kosten)
                ),
            );
        }
        if let (Some(schaetzung), Some(jahre)) = (p.schaetzung_ct, p.jahre_ct) {
            let unterschied = jahre - schaetzung;
            if unterschied.unsigned_abs() as f64 > schaetzung as f64 * toleranz.max(0.0) {
                let (regel, schwere, rat) = if unterschied > 0 {
                    (
                        "jahre_ueber_schaetzung",
                        "fehler",
                        "Bitte die Schätzung fortschreiben oder die Jahre prüfen.",
                    )
                } else {
                    (
                        "jahre_unter_schaetzung",
                        "hinweis",
                        "Der Rest ist noch keinem Jahr zugeordnet.",
                    )
                };
                melde(
                    regel,
                    schwere,
                    format!(
                        "Schätzung {}, Summe der Jahre {}: {} {}. {rat}",
                        euro(schaetzung),
                        euro(jahre),
                        euro(unterschied.abs()),
                        if unterschied > 0 { "mehr" } else { "weniger" }
                    ),
                );
            }
        }
        if p.beschlussstand == "im_haushalt" && !p.ansatz {
            melde(
                "im_haushalt_ohne_ansatz",
                "fehler",
                "Kein Ansatz, Nachtrag oder Finanzplan mit Kosten ist sichtbar. Bitte den Betrag angeben; vertrauliche Beträge erscheinen hier nicht.".to_owned(),
            );
        }
        if p.kosten_ct.is_none() {
            melde(
                "ohne_kosten",
                "luecke",
                "Keine Schätzung und kein Betrag in einem Jahr. Bitte die Kosten schätzen, auch 0 ist eine Angabe.".to_owned(),
            );
        }
        if p.foerderungen == 0 && p.foerderung_ct.is_none() {
            melde(
                "ohne_foerderpruefung",
                "luecke",
                "Keine Förderung angegeben, auch keine geprüfte oder abgelehnte. Bitte die Förderfähigkeit prüfen.".to_owned(),
            );
        }
    }
    let je_kennung: HashMap<&str, &Pruefposten> =
        posten.iter().map(|p| (p.kennung.as_str(), p)).collect();
    befunde.extend(foerderungen.iter().flat_map(|f| {
        let massnahme = f.massnahme.as_deref().and_then(|k| je_kennung.get(k));
        pruefe_foerderung(f, massnahme.copied())
    }));
    befunde.sort_by_key(|b| REGELN.iter().position(|(regel, _)| *regel == b.regel));
    befunde
}

/// A grant against its programme; a refused one is past.
fn pruefe_foerderung(f: &Foerderzeile, massnahme: Option<&Pruefposten>) -> Vec<Befund> {
    let mut befunde = Vec::new();
    if f.stand == "abgelehnt" {
        return befunde;
    }
    let mut melde = |regel, text| {
        befunde.push(Befund {
            regel,
            schwere: "hinweis",
            massnahme: f.massnahme.clone(),
            nummer: massnahme.and_then(|p| p.nummer.clone()),
            titel: f
                .massnahme_titel
                .clone()
                .or_else(|| f.gebiet_name.clone())
                .unwrap_or_default(),
            text,
        });
    };
    // Rounding of rates to a hundredth of a percent is no excess.
    let ueber = |quote: f64| f.programm_quote.filter(|grenze| quote > grenze + 5e-5);
    if let Some((quote, grenze)) = f.quote.and_then(|quote| Some((quote, ueber(quote)?))) {
        melde(
            "quote_ueber_programm",
            format!(
                "Quote {} %, das Programm „{}“ gibt {} %. Bitte prüfen, ob ein erhöhter Satz gilt.",
                prozent(quote),
                f.programm_titel,
                prozent(grenze)
            ),
        );
    } else if let (Some(betrag), Some(kosten)) = (f.betrag_ct, massnahme.and_then(|p| p.kosten_ct))
        && kosten > 0
        && let Some(grenze) = ueber(betrag as f64 / kosten as f64)
    {
        melde(
            "quote_ueber_programm",
            format!(
                "{} sind {} % der Kosten von {}, das Programm „{}“ gibt {} %.",
                euro(betrag),
                prozent(betrag as f64 / kosten as f64),
                euro(kosten),
                f.programm_titel,
                prozent(grenze)
            ),
        );
    }
    if let (Some(betrag), Some(grenze)) = (f.betrag_ct, f.hoechstbetrag_ct)
        && betrag > grenze
    {
        melde(
            "betrag_ueber_hoechstbetrag",
            format!(
                "{}, das Programm „{}“ gibt höchstens {}.",
                euro(betrag),
                f.programm_titel,
                euro(grenze)
            ),
        );
    }
    befunde
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posten() -> Pruefposten {
        Pruefposten {
            kennung: "m".into(),
            titel: "M".into(),
            beschlussstand: "beschlossen".into(),
            kosten_ct: Some(10_000),
            schaetzung_ct: Some(10_000),
            jahre_ct: Some(10_050),
            foerderung_ct: Some(6_000),
            foerderungen: 1,
            ansatz: true,
            ..Pruefposten::default()
        }
    }

    fn foerderung() -> Foerderzeile {
        Foerderzeile {
            programm: "f".into(),
            programm_titel: "Programm".into(),
            geber: None,
            programm_quote: Some(0.6),
            hoechstbetrag_ct: Some(6_000),
            massnahme: Some("m".into()),
            massnahme_titel: Some("M".into()),
            gebiet: None,
            gebiet_name: None,
            stand: "bewilligt".into(),
            quote: None,
            betrag_ct: Some(6_000),
            bewilligt_am: None,
            bindefrist: None,
        }
    }

    fn regeln(p: Pruefposten, f: Foerderzeile) -> Vec<&'static str> {
        pruefe(&[p], &[f], 0.01).iter().map(|b| b.regel).collect()
    }

    #[test]
    fn what_fits_is_silent() {
        assert!(regeln(posten(), foerderung()).is_empty());
        let leer = Pruefposten {
            kosten_ct: None,
            schaetzung_ct: None,
            jahre_ct: None,
            foerderung_ct: None,
            ..posten()
        };
        // a refused grant was examined
        let abgelehnt = Foerderzeile {
            stand: "abgelehnt".into(),
            quote: Some(0.9),
            betrag_ct: Some(99_999_999),
            ..foerderung()
        };
        assert_eq!(regeln(leer, abgelehnt), ["ohne_kosten"]);
    }

    #[test]
    fn each_rule_speaks() {
        let zu_viel = Pruefposten {
            foerderung_ct: Some(10_001),
            ..posten()
        };
        assert_eq!(regeln(zu_viel, foerderung()), ["foerderung_ueber_kosten"]);
        for (jahre, regel) in [
            (10_101, "jahre_ueber_schaetzung"),
            (9_899, "jahre_unter_schaetzung"),
        ] {
            let p = Pruefposten {
                jahre_ct: Some(jahre),
                ..posten()
            };
            assert_eq!(regeln(p, foerderung()), [regel]);
        }
        let p = Pruefposten {
            beschlussstand: "im_haushalt".into(),
            ansatz: false,
            ..posten()
        };
        assert_eq!(regeln(p, foerderung()), ["im_haushalt_ohne_ansatz"]);
        let ohne = Pruefposten {
            foerderung_ct: None,
            foerderungen: 0,
            ..posten()
        };
        assert_eq!(regeln(ohne, foerderung()), ["ohne_foerderpruefung"]);
        let mut f = foerderung();
        f.quote = Some(0.61);
        assert_eq!(regeln(posten(), f.clone()), ["quote_ueber_programm"]);
        f.quote = None;
        f.betrag_ct = Some(6_001);
        assert_eq!(
            regeln(posten(), f),
            ["quote_ueber_programm", "betrag_ueber_hoechstbetrag"]
        );
    }
}
