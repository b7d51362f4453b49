//! What lies in a village-renewal area, as a table and as CSV.

use std::fmt::Write as _;

use super::gebiet::Gebiet;
use crate::fnp::zahl::{hektar, prozent};
use crate::strategie::ausgabe::massnahmen_tabelle;
use crate::tabelle::{self, komma, komma_ha, spalten};

/// For the screen.
#[must_use]
pub fn tabelle(gebiet: &Gebiet) -> String {
    let kurz = &gebiet.kurz;
    let mut text = format!(
        "{}{}\n{}, {} {}, {} ha",
        kurz.name,
        if kurz.entwurf { " [Entwurf]" } else { "" },
        kurz.typ,
        kurz.stand.symbol.as_deref().unwrap_or_default(),
        kurz.stand.titel,
        hektar(kurz.flaeche_m2, 2)
    );
    if let Some(ortsteil) = &kurz.ortsteil {
        let _ = write!(text, ", Ortsteil {}", ortsteil.name);
    }
    if let Some(traeger) = &kurz.traeger {
        let _ = write!(text, ", Träger {traeger}");
    }
    text.push('\n');
    if let Some(plan) = &gebiet.plan {
        let mut zeilen: Vec<Vec<String>> = gebiet
            .nutzungen
            .iter()
            .map(|n| {
                vec![
                    n.name.clone(),
                    n.anzahl.to_string(),
                    format!("{:>10}", hektar(n.m2, 4)),
                    format!("{:>6}", prozent(n.anteil)),
                ]
            })
            .collect();
        let (m2, anteil) = gebiet
            .nutzungen
            .iter()
            .fold((0.0, 0.0), |(m2, anteil), n| (m2 + n.m2, anteil + n.anteil));
        zeilen.push(vec![
            "Summe".into(),
            String::new(),
            format!("{:>10}", hektar(m2, 4)),
            format!("{:>6}", prozent(anteil)),
        ]);
        let _ = write!(
            text,
            "\nNutzung nach {} ({})\n{}",
            plan.name,
            plan.angabe(),
            spalten(&["Nutzung", "Flächen", "        ha", "     %"], &zeilen)
        );
    }
    for (titel, liste) in [
        ("Projekte", &gebiet.projekte),
        ("Weitere Maßnahmen im Gebiet", &gebiet.massnahmen),
    ] {
        let _ = writeln!(text, "\n{titel}: {}", liste.len());
        if !liste.is_empty() {
            text.push_str(&massnahmen_tabelle(liste));
        }
    }
    if !gebiet.gesamtstadt.is_empty() {
        let _ = writeln!(
            text,
            "\nDazu {} für die gesamte Stadt",
            gebiet.gesamtstadt.len()
        );
    }
    if !gebiet.ziele.is_empty() {
        let zeilen: Vec<Vec<String>> = gebiet
            .ziele
            .iter()
            .map(|z| {
                let nummer = z.nummer.clone().unwrap_or_default();
                vec![
                    nummer,
                    z.titel.clone(),
                    z.gefoerdert_durch.to_string(),
                    z.gehemmt_durch.to_string(),
                    z.kennung.clone(),
                ]
            })
            .collect();
        let _ = write!(
            text,
            "\nZiele\n{}",
            spalten(&["Nr.", "Ziel", "gefördert", "gehemmt", "Kennung"], &zeilen)
        );
    }
    text
}

/// Land use for German Excel, ha with four decimals.
#[must_use]
pub fn csv(gebiet: &Gebiet) -> String {
    let zeilen: Vec<Vec<String>> = gebiet
        .nutzungen
        .iter()
        .map(|n| {
            vec![
                n.nutzung.clone(),
                n.name.clone(),
                n.anzahl.to_string(),
                komma_ha(n.m2),
                komma(n.anteil * 100.0, 4),
            ]
        })
        .collect();
    tabelle::csv(
        &["nutzung", "name", "anzahl", "flaeche_ha", "anteil_prozent"],
        &zeilen,
    )
}
