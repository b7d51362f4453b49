//! The answer for the screen, as CSV and as GeoJSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::auskunft::{Auskunft, Raum};
use crate::error::Result;
use crate::fnp::gebietsbilanz::pruefzeilen;
use crate::fnp::zahl::{dezimal, prozent};
use crate::strategie::ausgabe::{lage_text, massnahmen_tabelle};
use crate::strategie::zahl;
use crate::tabelle::{csv, komma};

/// A size, or nothing for a point.
#[must_use]
pub fn groesse(m2: Option<f64>) -> String {
    m2.map_or_else(String::new, |m2| format!("{} m²", dezimal(m2, 2)))
}

/// The day of a moment, in German.
#[must_use]
pub fn tag(moment: &chrono::DateTime<chrono::Utc>) -> String {
    zahl::tag(moment.date_naive())
}

fn raeume(t: &mut String, titel: &str, raeume: &[Raum]) {
    if raeume.is_empty() {
        return;
    }
    let _ = writeln!(t, "\n{titel}");
    for raum in raeume {
        let zusatz = raum
            .zusatz
            .as_ref()
            .map_or_else(String::new, |z| format!(", {z}"));
        let _ = writeln!(
            t,
            "  {} ({}){zusatz}  {}",
            raum.name,
            raum.kennung,
            groesse(raum.m2)
        );
    }
}

/// For the screen.
#[must_use]
pub fn text(a: &Auskunft) -> String {
    let mut t = format!(
        "Was gilt hier? {}  {}\nLänge {:.6}, Breite {:.6}; Stichtag {}. Ebene Flächen in EPSG:25832.\n",
        a.ort.titel,
        groesse(a.ort.flaeche_m2),
        a.ort.lage[0],
        a.ort.lage[1],
        zahl::tag(a.stichtag)
    );
    raeume(&mut t, "Ortsteil", &a.ortsteile);
    raeume(&mut t, "Flurstücke", &a.flurstuecke);
    raeume(&mut t, "Dorferneuerung", &a.dorferneuerung);
    for p in &a.plaene {
        let b = &p.bilanz;
        let _ = writeln!(
            t,
            "\n{} ({}, Fassung {}), eingelesen {}",
            b.plan.name,
            b.plan.stand,
            b.plan.fassung,
            tag(&b.stand)
        );
        if b.flaechen.is_empty() {
            t.push_str("  keine Fläche dieses Plans\n");
        }
        for f in &b.flaechen {
            let _ = writeln!(
                t,
                "  {}, {} [{}] {}",
                f.nutzung_name,
                f.rechtsstand,
                f.kennung,
                groesse(f.m2)
            );
        }
        if let Some(summen) = &b.summen {
            for (name, m2) in pruefzeilen(summen) {
                let _ = writeln!(t, "    {name}: {} m²", dezimal(m2, 2));
            }
        }
        for u in &b.ueberlagerungen {
            let _ = writeln!(
                t,
                "  überlagert: {} {} [{}] {}",
                u.art,
                u.name.as_deref().unwrap_or_default(),
                u.kennung,
                groesse(u.m2)
            );
        }
        for z in &p.ziele {
            let wort = if z.wirkung > 0 { "dient" } else { "belastet" };
            let _ = writeln!(
                t,
                "  {wort} ({:+}): {} durch {} {}",
                z.wirkung,
                z.titel,
                z.nutzung,
                groesse(z.m2)
            );
        }
    }
    t.push_str("\nFachdaten\n");
    if a.fachdaten.is_empty() {
        t.push_str("  Keine eingelesenen Fachdaten treffen diesen Ort. Das heißt nicht, dass nichts gilt.\n");
    }
    for f in &a.fachdaten {
        let anteil = f
            .anteil
            .map_or_else(String::new, |a| format!(" ({} %)", prozent(a)));
        let _ = writeln!(
            t,
            "  {} {}{anteil}; {}; {}, Stand {}",
            f.titel,
            groesse(f.m2),
            f.rechtsgrundlage
                .as_deref()
                .unwrap_or("ohne Rechtsgrundlage"),
            f.quelle.as_deref().unwrap_or("ohne Quelle"),
            f.stand.map_or_else(|| "unbekannt".to_owned(), zahl::tag)
        );
    }
    let _ = writeln!(t, "\nMaßnahmen hier: {}", a.massnahmen.len());
    if !a.massnahmen.is_empty() {
        t.push_str(&massnahmen_tabelle(&a.massnahmen));
    }
    let _ = writeln!(t, "Für die gesamte Stadt: {}", a.gesamtstadt.len());
    for b in &a.beschluesse {
        let _ = writeln!(
            t,
            "Beschluss {} {}: {} ({})",
            zahl::tag(b.datum),
            b.gremium,
            b.titel,
            b.massnahmen.join(", ")
        );
    }
    t
}

/// CSV: one row per statement.
#[must_use]
pub fn als_csv(a: &Auskunft) -> String {
    let m2 = |wert: Option<f64>| wert.map_or_else(String::new, |m2| komma(m2, 2));
    let mut zeilen: Vec<Vec<String>> = Vec::new();
    let mut zeile =
        |was: &str, kennung: &str, text: String, groesse: Option<f64>, quelle: String| {
            zeilen.push(vec![
                was.to_owned(),
                kennung.to_owned(),
                text,
                m2(groesse),
                quelle,
            ]);
        };
    for (was, liste) in [
        ("Ortsteil", &a.ortsteile),
        ("Flurstück", &a.flurstuecke),
        ("Dorferneuerung", &a.dorferneuerung),
    ] {
        for raum in liste {
            zeile(
                was,
                &raum.kennung,
                raum.name.clone(),
                raum.m2,
                String::new(),
            );
        }
    }
    for p in &a.plaene {
        let quelle = format!(
            "{} Fassung {}, eingelesen {}",
            p.bilanz.plan.name,
            p.bilanz.plan.fassung,
            tag(&p.bilanz.stand)
        );
        for f in &p.bilanz.flaechen {
            zeile(
                "Fläche",
                &f.kennung,
                format!("{}, {}", f.nutzung_name, f.rechtsstand),
                f.m2,
                quelle.clone(),
            );
        }
        for u in &p.bilanz.ueberlagerungen {
            zeile(
                "Überlagerung",
                &u.kennung,
                u.art.clone(),
                u.m2,
                quelle.clone(),
            );
        }
        for z in &p.ziele {
            zeile(
                "Ziel",
                &z.kennung,
                format!("{:+} {} durch {}", z.wirkung, z.titel, z.nutzung),
                z.m2,
                quelle.clone(),
            );
        }
    }
    for f in &a.fachdaten {
        let stand = f
            .stand
            .map_or_else(String::new, |s| format!(", {}", zahl::tag(s)));
        zeile(
            "Fachdaten",
            &f.art,
            f.titel.clone(),
            f.m2,
            format!("{}{stand}", f.quelle.as_deref().unwrap_or_default()),
        );
    }
    for (was, liste) in [
        ("Maßnahme", &a.massnahmen),
        ("Maßnahme der Gesamtstadt", &a.gesamtstadt),
    ] {
        for m in liste {
            zeile(
                was,
                &m.kennung,
                format!("{} ({})", m.titel, lage_text(m)),
                m.schnitt_m2,
                String::new(),
            );
        }
    }
    for b in &a.beschluesse {
        zeile(
            "Beschluss",
            &b.kennung,
            b.titel.clone(),
            None,
            format!("{} {}", b.gremium, zahl::tag(b.datum)),
        );
    }
    csv(&["was", "kennung", "text", "m2", "quelle"], &zeilen)
}

/// The place as one GeoJSON feature with the answer as its properties, longitude and latitude.
pub fn feature(a: &Auskunft, form: &Value) -> Result<Value> {
    Ok(
        json!({"type": "Feature", "id": a.ort.kennung, "geometry": form, "properties": serde_json::to_value(a)?}),
    )
}
