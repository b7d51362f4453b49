//! The balance as text table (terminal) and as CSV for a German Excel.

use std::fmt::Write as _;

use super::bilanz::{Bilanz, Zeile};
use super::zahl::{hektar, prozent};

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
        bilanz.stand.format("%d.%m.%Y %H:%M UTC")
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
        erste.stand.format("%d.%m.%Y %H:%M UTC"),
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

/// CSV for a German Excel: BOM, `;`, decimal comma, hectares with four decimals (= m²).
#[must_use]
pub fn csv(bilanzen: &[Bilanz]) -> String {
    let mut t = String::from(
        "\u{feff}gebiet;gruppe;nutzung;name;anzahl;bestand_ha;davon_fortfallend_ha;planung_ha;ohne_angabe_ha;summe_ha;anteil_prozent\r\n",
    );
    let ha = |m2: f64| format!("{:.4}", m2 / 10_000.0).replace('.', ",");
    for b in bilanzen {
        let gebiet = zelle(&b.gebiet.name);
        for z in &b.zeilen {
            let _ = write!(
                t,
                "{gebiet};{};{};{};{};{};{};{};{};{};{}\r\n",
                zelle(&z.gruppe),
                z.nutzung,
                zelle(&z.name),
                z.anzahl,
                ha(z.bestand_m2),
                ha(z.davon_fortfallend_m2),
                ha(z.planung_m2),
                ha(z.ohne_angabe_m2),
                ha(z.summe_m2),
                format!("{:.4}", z.anteil * 100.0).replace('.', ",")
            );
        }
        for u in &b.ueberlagerungen {
            let _ = write!(
                t,
                "{gebiet};Überlagernde Darstellungen;{};{};{};;;;;{};\r\n",
                u.klasse,
                u.klasse,
                u.anzahl,
                ha(u.flaeche_m2)
            );
        }
        for (name, m2) in pruefzeilen(b) {
            let _ = write!(t, "{gebiet};Prüfung;;{};;;;;;{};\r\n", zelle(name), ha(m2));
        }
    }
    t
}

/// A text cell: quoted where needed; a leading `=` and the like would run as a formula.
fn zelle(text: &str) -> String {
    let sicher = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if sicher.contains([';', '"', '\n', '\r']) {
        format!("\"{}\"", sicher.replace('"', "\"\""))
    } else {
        sicher
    }
}
