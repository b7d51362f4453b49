//! Rules over rows that need more than one cell; each finding names its cell.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::lesen::{Saetze, Satz};
use super::spalten::{Art, Weise, tabelle};
use super::verzeichnis::Verzeichnis;
use crate::import::bericht::Bericht;
use crate::strategie::ziel;

/// Checks all rows; drops list entries that a sheet repeats.
pub fn pruefe(saetze: &mut Saetze, verzeichnis: &Verzeichnis, bericht: &mut Bericht) {
    for (art, liste) in &mut saetze.alle {
        einmal(*art, liste, bericht);
    }
    unverortet_allein(saetze, bericht);
    for satz in saetze.von(Art::Ziel) {
        pruefe_ziel(satz, verzeichnis, bericht);
    }
    for satz in saetze.alle.entry(Art::Massnahme).or_default() {
        pruefe_massnahme(satz, verzeichnis, bericht);
    }
    for satz in saetze.von(Art::Gebiet) {
        let neu = verzeichnis
            .finde("gebiet", &satz.kennung)
            .is_some_and(|g| !g.gespeichert);
        if neu && satz.felder.get("geom").is_none_or(Value::is_null) {
            bericht.fehler(
                satz.zelle("kennung"),
                "Dieses Gebiet gibt es noch nicht, und seine Grenze fehlt. Bitte die Spalte Geometrie (WKT) füllen oder zuerst „zielraum import dorferneuerung“.",
            );
        }
    }
    foerderquoten(saetze, bericht);
    saetze.alle.retain(|_, liste| !liste.is_empty());
}

/// What tells two rows of a kind apart, and what the second is called.
fn identitaet(art: Art) -> (&'static [&'static str], &'static str) {
    match art {
        Art::ZielMassnahme => (
            &["massnahme_id", "ziel_id"],
            "Dieser Beitrag der Maßnahme zu diesem Ziel",
        ),
        Art::GebietMassnahme => (&["gebiet_id", "massnahme_id"], "Dieses Projekt des Gebiets"),
        Art::ZielNutzung => (&["ziel_id", "nutzung"], "Diese Nutzung zu diesem Ziel"),
        Art::ZielKennzahl => (&["ziel_id", "kennzahl_id"], "Diese Kennzahl des Ziels"),
        Art::MassnahmeKennzahl => (
            &["massnahme_id", "kennzahl_id"],
            "Diese Kennzahl der Maßnahme",
        ),
        Art::KennzahlKennzahl => (&["kennzahl_id", "andere_id"], "Dieser Zusammenhang"),
        Art::MassnahmeMassnahme => (&["massnahme_id", "andere_id", "art"], "Dieser Zusammenhang"),
        Art::Zustaendigkeit => (
            &[
                "ziel_id",
                "massnahme_id",
                "kennzahl_id",
                "akteur_id",
                "rolle",
            ],
            "Diese Zuständigkeit",
        ),
        Art::Sdg => (
            &["ziel_id", "massnahme_id", "kennzahl_id", "sdg"],
            "Dieses SDG",
        ),
        _ => match tabelle(art).weise {
            Weise::Schluessel(felder) => (felder, "Dieser Eintrag"),
            _ => (&["kennung"], "Diese Kennung"),
        },
    }
}

/// Nothing may stand twice: a kennung, a link, gesamtstadt of a measure.
fn einmal(art: Art, saetze: &mut Vec<Satz>, bericht: &mut Bericht) {
    let (felder, was) = identitaet(art);
    // Sheets first: a list that says the same is no mistake.
    saetze.sort_by_key(|satz| satz.aus_liste);
    let mut gesehen: HashMap<String, usize> = HashMap::new();
    let mut doppelt = Vec::new();
    for (n, satz) in saetze.iter().enumerate() {
        let (schluessel, was) = if art == Art::Raumbezug {
            match satz.wert("art") {
                Some(ort @ ("gesamtstadt" | "unverortet")) => (
                    format!("{} {ort}", satz.besitzer),
                    "Diese Art zu dieser Maßnahme",
                ),
                _ => continue,
            }
        } else {
            let werte: Vec<&Value> = felder
                .iter()
                .map(|f| satz.felder.get(*f).unwrap_or(&Value::Null))
                .collect();
            (json!(werte).to_string(), was)
        };
        let Some(erster) = gesehen.insert(schluessel, n) else {
            continue;
        };
        if satz.aus_liste {
            doppelt.push(n);
            continue;
        }
        let erste = &saetze[erster].stelle;
        let wo = if (&erste.datei, &erste.blatt) == (&satz.stelle.datei, &satz.stelle.blatt) {
            format!("in Zeile {}", erste.zeile)
        } else {
            format!("in {erste}")
        };
        let spalte = if tabelle(art).weise == Weise::Kennung {
            "kennung"
        } else {
            tabelle(art).spalten[0].name
        };
        bericht.fehler(
            satz.zelle(spalte),
            format!("{was} steht schon {wo}. Bitte eine der beiden Zeilen löschen."),
        );
    }
    for n in doppelt.into_iter().rev() {
        saetze.remove(n);
    }
}

fn unverortet_allein(saetze: &Saetze, bericht: &mut Bericht) {
    let mut verortet: HashMap<_, &Satz> = HashMap::new();
    let ohne_ort = |satz: &&Satz| satz.wert("art") == Some("unverortet");
    for satz in saetze.von(Art::Raumbezug).filter(|satz| !ohne_ort(satz)) {
        verortet.entry(satz.besitzer).or_insert(satz);
    }
    for satz in saetze.von(Art::Raumbezug).filter(ohne_ort) {
        if let Some(ort) = verortet.get(&satz.besitzer) {
            bericht.fehler(
                satz.zelle("art"),
                format!(
                    "Die Maßnahme „{}“ hat einen Ort ({}) und kann nicht zugleich unverortet sein.",
                    satz.kennung, ort.stelle
                ),
            );
        }
    }
}

fn pruefe_ziel(satz: &Satz, verzeichnis: &Verzeichnis, bericht: &mut Bericht) {
    let ebene = satz.wert("ebene").unwrap_or_default();
    // Without the column a stored goal keeps the goal above it.
    if !satz.zellen.contains_key("uebergeordnet") {
        if ebene == "operativ"
            && verzeichnis
                .finde("ziel", &satz.kennung)
                .is_none_or(|z| !z.gespeichert)
        {
            bericht.fehler(satz.stelle.clone(), "Ein operatives Ziel braucht ein übergeordnetes Ziel; die Spalte uebergeordnet fehlt.");
        }
        return;
    }
    let oben = satz.text("uebergeordnet");
    let ebene_oben = verzeichnis
        .verweis("ziel", oben)
        .ok()
        .map(|ziel| ziel.zusatz.as_deref().unwrap_or("strategisch"));
    if let Err(text) = ziel::pruefe_ebene(ebene, ebene_oben) {
        bericht.fehler(satz.zelle("uebergeordnet"), text);
    }
}

fn pruefe_massnahme(satz: &mut Satz, verzeichnis: &Verzeichnis, bericht: &mut Bericht) {
    // ISO days compare as text.
    if let (Some(beginn), Some(ende)) = (satz.wert("beginn"), satz.wert("ende"))
        && ende < beginn
    {
        bericht.fehler(
            satz.zelle("ende"),
            "Das Ende der Maßnahme liegt vor ihrem Beginn.",
        );
    }
    if satz.wert("umsetzungsphase") == Some("abgeschlossen") {
        if satz.felder.get("ende").is_some_and(Value::is_null) {
            bericht.fehler(
                satz.zelle("ende"),
                "Eine abgeschlossene Maßnahme braucht ein Ende.",
            );
        } else if satz
            .felder
            .get("schlussbewertung")
            .is_some_and(Value::is_null)
        {
            bericht.fehler(
                satz.zelle("schlussbewertung"),
                "Eine abgeschlossene Maßnahme braucht eine Schlussbewertung; ein Satz genügt.",
            );
        }
    }
    let Some(ampel) = satz.wert("ampel").map(str::to_owned) else {
        return;
    };
    let neu = verzeichnis
        .finde("massnahme", &satz.kennung)
        .is_none_or(|m| !m.gespeichert);
    let ohne_grund = match satz.felder.get("ampel_grund") {
        Some(grund) => grund.is_null(),
        None => neu,
    };
    let gesetzt = ampel != "unbekannt" && !ohne_grund;
    if ampel != "unbekannt" && ohne_grund {
        // Offices keep such a column; refusing every row of it would help nobody.
        bericht.hinweis(
            satz.zelle("ampel"),
            "Die Ampel wird aus Terminen, Teilschritten und Kennzahlen abgeleitet; von Hand gilt sie nur mit einem Grund (Spalte ampel_grund). Dieser Wert wird nicht übernommen.",
        );
        satz.felder.insert("ampel".into(), json!("unbekannt"));
    }
    satz.felder.insert("ampel_manuell".into(), json!(gesetzt));
}

/// Shares of one measure or area that are granted together above its cost.
fn foerderquoten(saetze: &Saetze, bericht: &mut Bericht) {
    let mut summe: HashMap<String, f64> = HashMap::new();
    for satz in saetze.von(Art::Foerderung) {
        let gegenstand = satz.wert("massnahme_id").or_else(|| satz.wert("gebiet_id"));
        let (Some(gegenstand), Some(quote)) =
            (gegenstand, satz.felder.get("quote").and_then(Value::as_f64))
        else {
            continue;
        };
        if satz.wert("stand") == Some("abgelehnt") {
            continue;
        }
        let alle = summe.entry(gegenstand.to_owned()).or_default();
        *alle += quote;
        if *alle > 1.0 + 1e-9 {
            bericht.fehler(
                satz.zelle("quote"),
                format!(
                    "Die Förderquoten dieses Gegenstands ergeben zusammen {:.0} %, mehr als 100 %.",
                    *alle * 100.0
                ),
            );
        }
    }
}
