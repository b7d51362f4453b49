//! A mapping guessed from the data, to be shown and confirmed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::woerter;
use super::zuordnung::NUTZUNGEN;
use crate::error::{Error, Result};
use crate::fnp::objekt::Geometrie;
use crate::fnp::zahl::hektar;
use crate::import::datei::Datei;
use crate::import::vector::{self, Lesen};

/// A field with more different values than this is no code.
const WERTE: usize = 300;
/// `besondereArtDerBaulNutzung` and `allgArtDerBaulNutzung` in flattened XPlanung data.
const BAULICH: [&str; 2] = ["besondereartderbaulnutzung", "allgartderbaulnutzung"];

/// Number and m² of a value.
#[derive(Debug, Default, Clone, Copy)]
struct Menge {
    anzahl: u64,
    m2: f64,
}

/// Values of one field; None when there are too many.
type Werte = Option<BTreeMap<String, Menge>>;

/// The TOML text, with number and hectares at every value.
pub(super) fn vorschlag(datei: &Datei, lesen: &Lesen) -> Result<String> {
    let mut felder: Vec<(String, Werte)> = Vec::new();
    let kopf = vector::strom(datei, lesen, &mut |merkmal| {
        if felder.is_empty() {
            felder = merkmal
                .namen()
                .iter()
                .map(|name| (name.clone(), Some(BTreeMap::new())))
                .collect();
        }
        let m2 = match &merkmal.geom {
            Geometrie::Flaeche(flaeche) => geo::Area::unsigned_area(flaeche),
            _ => 0.0,
        };
        for (stelle, (_, werte)) in felder.iter_mut().enumerate() {
            let Some(alle) = werte else { continue };
            let wert = merkmal.wert(stelle).unwrap_or("").to_owned();
            let menge = alle.entry(wert).or_default();
            menge.anzahl += 1;
            menge.m2 += m2;
            if alle.len() > WERTE {
                *werte = None;
            }
        }
        Ok(())
    })?;
    let Some((feld, werte)) = bestes(&felder) else {
        let namen: Vec<&str> = felder.iter().map(|(name, _)| name.as_str()).collect();
        return Err(Error::eingabe(format!(
            "Aus den Feldern der Datei ({}) lässt sich keine Nutzung erkennen. Bitte eine Zuordnung schreiben und mit --zuordnung DATEI.toml angeben.",
            namen.join(", ")
        )));
    };
    Ok(schreibe(&kopf.ebene, feld, werte))
}

/// The field whose values are understood for most of the features.
fn bestes(felder: &[(String, Werte)]) -> Option<(&str, &BTreeMap<String, Menge>)> {
    felder
        .iter()
        .filter_map(|(name, werte)| {
            let werte = werte.as_ref()?;
            let alle: u64 = werte.values().map(|menge| menge.anzahl).sum();
            let verstanden: u64 = werte
                .iter()
                .filter(|(wert, _)| nutzung(name, wert).is_some())
                .map(|(_, menge)| menge.anzahl)
                .sum();
            let anteil = verstanden as f64 / alle.max(1) as f64;
            // A telling name decides between fields that are understood equally well.
            let punkte = anteil
                + if woerter::nutzungsfeld(name) {
                    0.2
                } else {
                    0.0
                };
            (anteil >= 0.3).then_some((punkte, name.as_str(), werte))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name, werte)| (name, werte))
}

fn nutzung(feld: &str, wert: &str) -> Option<&'static str> {
    let klein = feld.to_lowercase();
    if BAULICH.iter().any(|name| klein.ends_with(name)) {
        let attribut = if klein.ends_with(BAULICH[0]) {
            "besondereArtDerBaulNutzung"
        } else {
            "allgArtDerBaulNutzung"
        };
        let mut codes = serde_json::Map::new();
        codes.insert(attribut.into(), serde_json::Value::from(wert.trim()));
        let schluessel = crate::fnp::nutzung::zuordnen("FP_BebauungsFlaeche", &codes);
        if schluessel != "nicht_zugeordnet" {
            return Some(schluessel);
        }
    }
    woerter::rate(wert)
}

fn schreibe(ebene: &str, feld: &str, werte: &BTreeMap<String, Menge>) -> String {
    let mut t = String::new();
    let _ = writeln!(
        t,
        "# Vorschlag: die Nutzung steht im Feld {feld}. Bitte prüfen, ergänzen, speichern und mit --zuordnung angeben."
    );
    let _ = writeln!(t, "ebene = {}", text(ebene));
    let _ = writeln!(t, "flaechenschluss = true");
    let _ = writeln!(
        t,
        "# geltungsbereich = {{ ebene = \"NAME\" }} # Ebene derselben Datei mit dem Umriss des Plans; ohne sie: \"vereinigung\" (alle Flächen zusammen)"
    );
    for (schluessel, _, _) in NUTZUNGEN {
        let diese: Vec<(&String, &Menge)> = werte
            .iter()
            .filter(|(wert, _)| nutzung(feld, wert) == Some(schluessel))
            .collect();
        regel(&mut t, feld, schluessel, &diese, "");
    }
    let offen: Vec<(&String, &Menge)> = werte
        .iter()
        .filter(|(wert, _)| nutzung(feld, wert).is_none())
        .collect();
    if !offen.is_empty() {
        let _ = writeln!(
            t,
            "\n# Nicht erkannt; bitte die Nutzung eintragen (ohne Regel: nicht_zugeordnet)."
        );
        regel(&mut t, feld, "nicht_zugeordnet", &offen, "# ");
    }
    t
}

fn regel(t: &mut String, feld: &str, schluessel: &str, werte: &[(&String, &Menge)], vorn: &str) {
    if werte.is_empty() {
        return;
    }
    let _ = writeln!(t, "\n{vorn}[[regel]]\n{vorn}nutzung = {}", text(schluessel));
    let _ = writeln!(t, "{vorn}wenn.{} = [", text(feld));
    for (wert, menge) in werte {
        let _ = writeln!(
            t,
            "{vorn}  {}, # {}, {} ha",
            text(wert),
            super::objekte(menge.anzahl, "Objekt", "Objekte"),
            hektar(menge.m2, 2)
        );
    }
    let _ = writeln!(t, "{vorn}]");
}

/// A TOML string; JSON's escapes are among TOML's.
fn text(wert: &str) -> String {
    // `*` in a value would be read as a pattern, which still matches the value itself.
    serde_json::Value::from(wert)
        .to_string()
        .replace('\u{7F}', "\\u007F")
}
