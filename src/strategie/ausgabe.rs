//! Answers as a table for the screen, CSV for German Excel, and GeoJSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::massnahme::{Antwort, MassnahmeKurz};
use super::ziel::{FlaecheZiele, ZielKurz};
use crate::fnp::zahl::{dezimal, hektar, prozent};
use crate::tabelle::{csv, komma, spalten};

/// Goals of a measure in one cell; hindered ones with a minus sign.
#[must_use]
pub fn ziele_text(massnahme: &MassnahmeKurz) -> String {
    let ziele: Vec<String> = massnahme
        .ziele
        .iter()
        .map(|ziel| {
            let zeichen = match ziel.beitrag {
                n if n < 0 => "(−) ",
                0 => "(0) ",
                _ => "",
            };
            format!("{zeichen}{}", ziel.titel)
        })
        .collect();
    ziele.join(", ")
}

/// How much of a measure lies in the space asked for.
#[must_use]
pub fn lage_text(massnahme: &MassnahmeKurz) -> String {
    let mut teile = Vec::new();
    if let Some(m2) = massnahme.schnitt_m2 {
        teile.push(format!("{} ha", hektar(m2, 2)));
    }
    if let Some(m) = massnahme.schnitt_m {
        teile.push(format!("{} m", dezimal(m, 0)));
    }
    if let Some(n) = massnahme.punkte {
        teile.push(format!("{n} {}", if n == 1 { "Punkt" } else { "Punkte" }));
    }
    if let Some(m) = massnahme.abstand_m.filter(|m| *m > 0.0) {
        teile.push(format!("{} m entfernt", dezimal(m, 0)));
    }
    match (massnahme.anteil, massnahme.herkunft.as_deref()) {
        (Some(anteil), _) if !teile.is_empty() => teile.push(format!("{} %", prozent(anteil))),
        (_, Some("ortsteil")) => teile.push("Ortsteil".to_owned()),
        (_, Some("gesamtstadt")) => teile.push("Gesamtstadt".to_owned()),
        _ => {}
    }
    teile.join(", ")
}

fn zahl_massnahmen(zahl: usize) -> String {
    format!(
        "{zahl} {}",
        if zahl == 1 { "Maßnahme" } else { "Maßnahmen" }
    )
}

fn titel(massnahme: &MassnahmeKurz) -> String {
    let entwurf = if massnahme.entwurf { " [Entwurf]" } else { "" };
    format!("{}{entwurf}", massnahme.titel)
}

/// The list of measures for the screen.
#[must_use]
pub fn massnahmen_tabelle(liste: &[MassnahmeKurz]) -> String {
    let zeilen: Vec<Vec<String>> = liste
        .iter()
        .map(|m| {
            vec![
                m.nummer.clone().unwrap_or_default(),
                titel(m),
                format!(
                    "{} {}",
                    m.ampel.symbol.as_deref().unwrap_or_default(),
                    m.ampel.titel
                ),
                m.umsetzungsphase.titel.clone(),
                lage_text(m),
                ziele_text(m),
                m.kennung.clone(),
            ]
        })
        .collect();
    spalten(
        &[
            "Nr.",
            "Maßnahme",
            "Ampel",
            "Phase",
            "Lage",
            "Ziele",
            "Kennung",
        ],
        &zeilen,
    )
}

/// The answer for the screen.
#[must_use]
pub fn tabelle(antwort: &Antwort) -> String {
    let mut text = String::new();
    for (was, benannt) in [
        ("Ortsteil", &antwort.ortsteil),
        ("Ziel", &antwort.ziel),
        ("Nutzung", &antwort.nutzung),
    ] {
        if let Some(benannt) = benannt {
            let _ = writeln!(text, "{was}: {} ({})", benannt.name, benannt.kennung);
        }
    }
    if let Some(plan) = &antwort.plan {
        let _ = writeln!(
            text,
            "Plan: {} ({}@{})",
            plan.name, plan.kennung, plan.fassung
        );
    }
    let _ = writeln!(text, "{}", zahl_massnahmen(antwort.massnahmen.len()));
    if !antwort.massnahmen.is_empty() {
        text.push_str(&massnahmen_tabelle(&antwort.massnahmen));
    }
    if !antwort.gesamtstadt.is_empty() {
        let _ = write!(
            text,
            "\nDazu {} für die gesamte Stadt\n{}",
            antwort.gesamtstadt.len(),
            massnahmen_tabelle(&antwort.gesamtstadt)
        );
    }
    if antwort.unverortet > 0 {
        let _ = writeln!(
            text,
            "\nOhne Ort in der ganzen Strategie: {} (Liste: --raumbezug unverortet)",
            antwort.unverortet
        );
    }
    text
}

/// The answer as CSV; figures unrounded enough to add up.
#[must_use]
pub fn massnahmen_csv(antwort: &Antwort) -> String {
    let zahl = |wert: Option<f64>, stellen: usize| {
        wert.map_or_else(String::new, |wert| komma(wert, stellen))
    };
    let zeilen: Vec<Vec<String>> = antwort
        .massnahmen
        .iter()
        .chain(&antwort.gesamtstadt)
        .map(|m| {
            vec![
                m.kennung.clone(),
                m.nummer.clone().unwrap_or_default(),
                m.titel.clone(),
                m.kurztext.clone().unwrap_or_default(),
                m.art.clone(),
                m.beschlussstand.titel.clone(),
                m.umsetzungsphase.titel.clone(),
                m.ampel.titel.clone(),
                m.handlungsfeld
                    .as_ref()
                    .map(|h| h.titel.clone())
                    .unwrap_or_default(),
                ziele_text(m),
                m.raumbezug.join(", "),
                m.herkunft.clone().unwrap_or_default(),
                zahl(m.anteil, 6),
                zahl(m.schnitt_m2, 2),
                zahl(m.schnitt_m, 2),
                m.punkte.map(|n| n.to_string()).unwrap_or_default(),
                zahl(m.abstand_m, 1),
                if m.entwurf { "ja" } else { "nein" }.to_owned(),
            ]
        })
        .collect();
    csv(
        &[
            "kennung",
            "nummer",
            "titel",
            "kurztext",
            "art",
            "beschlussstand",
            "umsetzungsphase",
            "ampel",
            "handlungsfeld",
            "ziele",
            "raumbezug",
            "herkunft",
            "anteil",
            "schnitt_m2",
            "schnitt_m",
            "punkte",
            "abstand_m",
            "entwurf",
        ],
        &zeilen,
    )
}

/// One measure as a GeoJSON feature (RFC 7946); `geometry` is null for one of the whole
/// town and one without a place.
fn feature(massnahme: &MassnahmeKurz) -> Value {
    let mut eigenschaften = serde_json::to_value(massnahme).unwrap_or_default();
    if let Value::Object(felder) = &mut eigenschaften {
        // Programs read flat columns; the nested ones stay beside them.
        felder.insert("ampel_titel".into(), json!(massnahme.ampel.titel));
        felder.insert("ampel_farbe".into(), json!(massnahme.ampel.farbe));
        felder.insert("ziele_text".into(), json!(ziele_text(massnahme)));
        felder.insert(
            "handlungsfeld_farbe".into(),
            json!(massnahme.handlungsfeld.as_ref().map(|h| &h.farbe)),
        );
    }
    json!({"type": "Feature", "id": massnahme.kennung, "geometry": massnahme.geometrie, "properties": eigenschaften})
}

/// Measures as GeoJSON; they must have been asked for with their places.
#[must_use]
pub fn massnahmen_geojson<'a>(liste: impl IntoIterator<Item = &'a MassnahmeKurz>) -> Value {
    let features: Vec<Value> = liste.into_iter().map(feature).collect();
    json!({"type": "FeatureCollection", "numberReturned": features.len(), "features": features})
}

fn ziel_zeile(ziel: &ZielKurz) -> Vec<String> {
    let einzug = if ziel.ebene == "operativ" { "  " } else { "" };
    let entwurf = if ziel.entwurf { " [Entwurf]" } else { "" };
    vec![
        ziel.nummer.clone().unwrap_or_default(),
        format!("{einzug}{}{entwurf}", ziel.titel),
        ziel.handlungsfeld.titel.clone(),
        ziel.zieljahr
            .map(|jahr| jahr.to_string())
            .unwrap_or_default(),
        ziel.gefoerdert_durch.to_string(),
        ziel.gehemmt_durch.to_string(),
        ziel.kennung.clone(),
    ]
}

const ZIEL_KOPF: [&str; 7] = [
    "Nr.",
    "Ziel",
    "Handlungsfeld",
    "Jahr",
    "gefördert",
    "gehemmt",
    "Kennung",
];

/// Goals for the screen.
#[must_use]
pub fn ziele_tabelle(ziele: &[ZielKurz]) -> String {
    let zeilen: Vec<Vec<String>> = ziele.iter().map(ziel_zeile).collect();
    spalten(&ZIEL_KOPF, &zeilen)
}

/// Goals as CSV.
#[must_use]
pub fn ziele_csv(ziele: &[ZielKurz]) -> String {
    let zeilen: Vec<Vec<String>> = ziele
        .iter()
        .map(|ziel| {
            let mut zeile = vec![
                ziel.kennung.clone(),
                ziel.ebene.clone(),
                ziel.uebergeordnet.clone().unwrap_or_default(),
            ];
            zeile.extend(
                ziel_zeile(ziel)
                    .into_iter()
                    .take(6)
                    .map(|zelle| zelle.trim().to_owned()),
            );
            zeile
        })
        .collect();
    csv(
        &[
            "kennung",
            "ebene",
            "uebergeordnet",
            "nummer",
            "titel",
            "handlungsfeld",
            "zieljahr",
            "gefoerdert_durch",
            "gehemmt_durch",
        ],
        &zeilen,
    )
}

fn wirkungen(antwort: &FlaecheZiele) -> Vec<Vec<String>> {
    let gruppen = [
        ("dient", &antwort.dient),
        ("belastet", &antwort.belastet),
        ("neutral", &antwort.neutral),
    ];
    gruppen
        .iter()
        .flat_map(|(wort, liste)| liste.iter().map(move |wirkung| (wort, wirkung)))
        .map(|(wort, wirkung)| {
            vec![
                (*wort).to_owned(),
                format!("{:+}", wirkung.wirkung).replace('-', "−"),
                wirkung.ziel.titel.clone(),
                wirkung.begruendung.clone().unwrap_or_default(),
                wirkung.ziel.kennung.clone(),
            ]
        })
        .collect()
}

const WIRKUNG_KOPF: [&str; 5] = ["", "Wirkung", "Ziel", "Begründung", "Kennung"];

/// Goals of an area for the screen.
#[must_use]
pub fn flaeche_tabelle(antwort: &FlaecheZiele) -> String {
    let mut text = format!(
        "Fläche {} im Plan {}@{}: {}, {} ha\n",
        antwort.flaeche,
        antwort.plan.kennung,
        antwort.plan.fassung,
        antwort.nutzung.name,
        hektar(antwort.flaeche_m2, 4)
    );
    let zeilen = wirkungen(antwort);
    if zeilen.is_empty() {
        text.push_str("Für diese Nutzung ist keine Wirkung auf Ziele eingetragen.\n");
    } else {
        text.push_str(&spalten(&WIRKUNG_KOPF, &zeilen));
    }
    let _ = writeln!(
        text,
        "\n{} auf der Fläche",
        zahl_massnahmen(antwort.massnahmen.len())
    );
    if !antwort.massnahmen.is_empty() {
        text.push_str(&massnahmen_tabelle(&antwort.massnahmen));
    }
    text
}

/// Goals of an area as CSV.
#[must_use]
pub fn flaeche_csv(antwort: &FlaecheZiele) -> String {
    csv(
        &["art", "wirkung", "ziel", "begruendung", "kennung"],
        &wirkungen(antwort),
    )
}
