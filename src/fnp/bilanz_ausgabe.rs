//! The balance as text table (terminal) and as CSV for a German Excel.

use std::fmt::Write as _;

use super::bilanz::{Beitrag, Bilanz, Zeile};
use super::zahl::{hektar, prozent};
use crate::tabelle::{self, komma, komma_ha};

/// A group's rows with their sums, in the order of the rows.
#[derive(Debug)]
pub struct Gruppe<'a> {
    /// Title.
    pub titel: &'a str,
    /// Its rows.
    pub zeilen: Vec<&'a Zeile>,
    /// Sums: Bestand, Planung, ohne Angabe, Summe in m², Anteil 0..1.
    pub summen: [f64; 5],
}

/// Rows by group.
#[must_use]
pub fn gruppen(bilanz: &Bilanz) -> Vec<Gruppe<'_>> {
    let mut gruppen: Vec<Gruppe<'_>> = Vec::new();
    for zeile in &bilanz.zeilen {
        if gruppen.last().is_none_or(|g| g.titel != zeile.gruppe) {
            gruppen.push(Gruppe {
                titel: &zeile.gruppe,
                zeilen: Vec::new(),
                summen: [0.0; 5],
            });
        }
        if let Some(gruppe) = gruppen.last_mut() {
            gruppe.zeilen.push(zeile);
            for (summe, wert) in gruppe.summen.iter_mut().zip(werte(zeile)) {
                *summe += wert;
            }
        }
    }
    gruppen
}

/// Sums over all rows, columns as in [`Gruppe::summen`].
#[must_use]
pub fn summe(bilanz: &Bilanz) -> [f64; 5] {
    let mut summen = [0.0; 5];
    for zeile in &bilanz.zeilen {
        for (summe, wert) in summen.iter_mut().zip(werte(zeile)) {
            *summe += wert;
        }
    }
    summen
}

fn werte(zeile: &Zeile) -> [f64; 5] {
    [
        zeile.bestand_m2,
        zeile.planung_m2,
        zeile.ohne_angabe_m2,
        zeile.summe_m2,
        zeile.anteil,
    ]
}

/// Check rows with their German names, m².
#[must_use]
pub fn pruefzeilen(bilanz: &Bilanz) -> [(&'static str, f64); 7] {
    let p = &bilanz.pruefung;
    [
        ("Gebiet", p.gebiet_m2),
        ("Summe der Flächen", p.summe_m2),
        ("davon mehrfach belegt (Überlappung)", p.ueberlappung_m2),
        ("nicht belegt (Lücke)", p.luecke_m2),
        ("außerhalb des Geltungsbereichs", p.ausserhalb_m2),
        ("ungültige Flächen", p.ungueltig_m2),
        ("nicht zugeordnet", p.nicht_zugeordnet_m2),
    ]
}

/// One balance for the terminal, hectares with two decimals.
#[must_use]
pub fn tabelle(bilanz: &Bilanz) -> String {
    let mut t = kopf(bilanz);
    let zeile = |t: &mut String, name: &str, w: [f64; 5], einzug: &str| {
        let _ = writeln!(
            t,
            "{:<46}{:>13}{:>13}{:>13}{:>13}{:>9}",
            format!("{einzug}{name}"),
            hektar(w[0], 2),
            hektar(w[1], 2),
            hektar(w[2], 2),
            hektar(w[3], 2),
            prozent(w[4])
        );
    };
    let _ = writeln!(
        t,
        "{:<46}{:>13}{:>13}{:>13}{:>13}{:>9}",
        "Nutzung", "Bestand ha", "Planung ha", "o. Angabe ha", "Summe ha", "%"
    );
    for gruppe in gruppen(bilanz) {
        zeile(&mut t, gruppe.titel, gruppe.summen, "");
        for z in &gruppe.zeilen {
            zeile(&mut t, &z.name, werte(z), "  ");
        }
    }
    zeile(&mut t, "Summe", summe(bilanz), "");
    if !bilanz.ueberlagerungen.is_empty() {
        t.push_str("\nÜberlagernde Darstellungen (nicht in der Summe)\n");
        for u in &bilanz.ueberlagerungen {
            let _ = writeln!(
                t,
                "  {:<44}{:>6} Objekte{:>13} ha",
                u.klasse,
                u.anzahl,
                hektar(u.flaeche_m2, 2)
            );
        }
    }
    t.push_str("\nPrüfung\n");
    for (name, m2) in pruefzeilen(bilanz) {
        let _ = writeln!(t, "  {name:<44}{:>16} ha", hektar(m2, 4));
    }
    t
}

fn kopf(bilanz: &Bilanz) -> String {
    format!(
        "Flächenbilanz: {}\n{} ({}, Fassung {}), Stand {}\nEbene Flächen in EPSG:25832; Summen können durch Rundung abweichen.\n\n",
        bilanz.gebiet.name,
        bilanz.plan.name,
        bilanz.plan.stand,
        bilanz.plan.fassung,
        crate::ortszeit::uhr(&bilanz.stand)
    )
}

/// Key and name of the Nutzungen that occur in any of the balances, in the order of the code table.
fn nutzungen(bilanzen: &[Bilanz]) -> Vec<(&str, &str)> {
    let alle: std::collections::BTreeMap<i32, (&str, &str)> = bilanzen
        .iter()
        .flat_map(|bilanz| &bilanz.zeilen)
        .map(|zeile| {
            (
                zeile.reihenfolge,
                (zeile.nutzung.as_str(), zeile.name.as_str()),
            )
        })
        .collect();
    alle.into_values().collect()
}

/// All Ortsteile side by side, sums in hectares with two decimals.
#[must_use]
pub fn tabelle_alle(bilanzen: &[Bilanz]) -> String {
    let Some(erste) = bilanzen.first() else {
        return "Kein Ortsteil liegt in diesem Plan.\n".to_owned();
    };
    let mut t = format!(
        "Flächenbilanz nach Ortsteilen (ha)\n{} ({}, Fassung {}), Stand {}\n\n{:<46}",
        erste.plan.name,
        erste.plan.stand,
        erste.plan.fassung,
        crate::ortszeit::uhr(&erste.stand),
        "Nutzung"
    );
    for b in bilanzen {
        let name: String = b.gebiet.name.chars().take(14).collect();
        let _ = write!(t, "{name:>16}");
    }
    let _ = writeln!(t, "{:>16}", "Summe");
    let zeile = |t: &mut String, name: &str, werte: &[f64]| {
        let _ = write!(t, "{name:<46}");
        for wert in werte.iter().chain([&werte.iter().sum()]) {
            let _ = write!(t, "{:>16}", hektar(*wert, 2));
        }
        t.push('\n');
    };
    for (nutzung, name) in nutzungen(bilanzen) {
        let werte: Vec<f64> = bilanzen
            .iter()
            .map(|b| {
                b.zeilen
                    .iter()
                    .find(|z| z.nutzung == nutzung)
                    .map_or(0.0, |z| z.summe_m2)
            })
            .collect();
        zeile(&mut t, name, &werte);
    }
    zeile(
        &mut t,
        "Summe",
        &bilanzen
            .iter()
            .map(|b| b.pruefung.summe_m2)
            .collect::<Vec<_>>(),
    );
    zeile(
        &mut t,
        "Gebiet",
        &bilanzen
            .iter()
            .map(|b| b.pruefung.gebiet_m2)
            .collect::<Vec<_>>(),
    );
    t
}

/// The balances as CSV for a German Excel, hectares with four decimals (= m²).
#[must_use]
pub fn csv(bilanzen: &[Bilanz]) -> String {
    let leer = String::new;
    let mut zeilen = Vec::new();
    for b in bilanzen {
        let gebiet = || b.gebiet.name.clone();
        zeilen.extend(b.zeilen.iter().map(|z| {
            vec![
                gebiet(),
                z.gruppe.clone(),
                z.nutzung.clone(),
                z.name.clone(),
                z.anzahl.to_string(),
                komma_ha(z.bestand_m2),
                komma_ha(z.davon_fortfallend_m2),
                komma_ha(z.planung_m2),
                komma_ha(z.ohne_angabe_m2),
                komma_ha(z.summe_m2),
                komma(z.anteil * 100.0, 4),
            ]
        }));
        let ohne_anteil = |gruppe: &str, nutzung: String, name: String, anzahl: String, m2: f64| {
            let kopf = vec![gebiet(), gruppe.to_owned(), nutzung, name, anzahl];
            let flaechen = vec![leer(), leer(), leer(), leer(), komma_ha(m2), leer()];
            [kopf, flaechen].concat()
        };
        zeilen.extend(b.ueberlagerungen.iter().map(|u| {
            let klasse = || u.klasse.clone();
            let anzahl = u.anzahl.to_string();
            ohne_anteil(
                "Überlagernde Darstellungen",
                klasse(),
                klasse(),
                anzahl,
                u.flaeche_m2,
            )
        }));
        let pruefung = pruefzeilen(b);
        zeilen.extend(
            pruefung.map(|(name, m2)| ohne_anteil("Prüfung", leer(), name.to_owned(), leer(), m2)),
        );
    }
    tabelle::csv(
        &[
            "gebiet",
            "gruppe",
            "nutzung",
            "name",
            "anzahl",
            "bestand_ha",
            "davon_fortfallend_ha",
            "planung_ha",
            "ohne_angabe_ha",
            "summe_ha",
            "anteil_prozent",
        ],
        &zeilen,
    )
}

/// The areas behind a figure as CSV for a German Excel.
#[must_use]
pub fn beitraege_csv(liste: &[Beitrag]) -> String {
    let zeilen: Vec<Vec<String>> = liste
        .iter()
        .map(|b| {
            vec![
                b.kennung.clone(),
                b.nutzung.clone(),
                b.rechtsstand.clone(),
                komma_ha(b.flaeche_m2),
                komma_ha(b.m2),
                komma(b.anteil * 100.0, 4),
            ]
        })
        .collect();
    tabelle::csv(
        &[
            "kennung",
            "nutzung",
            "rechtsstand",
            "flaeche_ha",
            "im_gebiet_ha",
            "anteil_prozent",
        ],
        &zeilen,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kennung_of_any_form_stays_in_its_cell() {
        let beitrag = Beitrag {
            kennung: "W;1".to_owned(),
            nutzung: "wohnen".to_owned(),
            rechtsstand: "bestand".to_owned(),
            flaeche_m2: 20_000.0,
            m2: 5_000.0,
            anteil: 0.25,
        };
        assert!(
            beitraege_csv(&[beitrag])
                .ends_with("\r\n\"W;1\";wohnen;bestand;2,0000;0,5000;25,0000\r\n")
        );
    }
}
