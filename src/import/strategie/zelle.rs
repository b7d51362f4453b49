//! One cell: from what a clerk wrote to the value the column stores.

use serde_json::{Value, json};

use super::spalten::{Spalte, Typ};
use super::verzeichnis::Verzeichnis;
use super::zahl;
use crate::import::bericht::{gemeint, oder};
use crate::import::table::{Feld, Feldart};

/// Longest kennung, in characters: it is part of addresses.
const KENNUNG_MAX: usize = 100;

/// The value of a cell as JSON for the column, Null for an empty optional one. Areas,
/// geometries, coordinates and lists stay text: they are read with their row.
/// Error: German sentence.
pub fn lies(spalte: &Spalte, feld: &Feld, verzeichnis: &Verzeichnis) -> Result<Value, String> {
    match feld.art {
        Feldart::Formel => {
            return Err("Die Zelle enthält eine Formel ohne gespeichertes Ergebnis. Bitte in Excel oder LibreOffice öffnen und speichern oder die Formel durch ihren Wert ersetzen (Inhalte einfügen → Werte).".to_owned());
        }
        Feldart::Fehler => {
            return Err("Die Zelle enthält einen Rechenfehler. Bitte die Formel berichtigen oder durch den Wert ersetzen.".to_owned());
        }
        _ => {}
    }
    let text: &str = feld;
    if text.is_empty() {
        if spalte.pflicht {
            return Err(if spalte.typ == Typ::Kennung {
                "Die Kennung fehlt. Sie ist der bleibende Name der Zeile (etwa m-dorfmitte) und wird nicht aus dem Titel gebildet.".to_owned()
            } else {
                "Das Feld darf nicht leer sein.".to_owned()
            });
        }
        return Ok(vorgabe(spalte));
    }
    if text.contains('\0') {
        return Err("Das Feld enthält ein Nullzeichen.".to_owned());
    }
    match spalte.typ {
        Typ::Kennung => pruefe_kennung(text).map(|()| json!(text)),
        Typ::Flurstueck if feld.art == Feldart::Datum => Err(
            "Excel hat diese Flurstücksnummer in ein Datum verwandelt. Bitte die Spalte als „Text“ formatieren und die Nummer neu eingeben.".to_owned(),
        ),
        Typ::Text if feld.art == Feldart::Datum && spalte.name == "nummer" => Err(
            "Excel hat diese Nummer in ein Datum verwandelt. Bitte die Spalte als „Text“ formatieren und die Nummer neu eingeben.".to_owned(),
        ),
        Typ::Text | Typ::Flaeche | Typ::Wkt | Typ::Koordinaten | Typ::Flurstueck | Typ::Liste(..) => Ok(json!(text)),
        Typ::Ganzzahl(von, bis) => ganzzahl(text, von, bis),
        Typ::Zahl(von, bis) => {
            let zahl = zahl::dezimal(feld)?;
            if (von..=bis).contains(&zahl) {
                Ok(json!(zahl))
            } else {
                Err(format!("Die Zahl liegt nicht zwischen {von} und {bis}."))
            }
        }
        Typ::Betrag => zahl::cent(feld).map(|cent| json!(cent)),
        Typ::Anteil => zahl::anteil(feld).map(|anteil| json!(anteil)),
        Typ::Wahr => wahr(text),
        Typ::Datum => zahl::datum(feld).map(|tag| json!(tag)),
        Typ::Stichtag => zahl::stichtag(feld).map(|tag| json!(tag)),
        Typ::Zeitraum => zahl::zeitraum(feld).map(|bereich| json!(bereich)),
        Typ::Spanne => zahl::spanne(feld).map(|bereich| json!(bereich)),
        Typ::Farbe => farbe(text),
        Typ::Wahl(worte) => wahl(text, worte),
        Typ::Code(tabelle) => verzeichnis.code(tabelle, text).map(|code| json!(code)),
        Typ::Verweis(art) => verweis(art, feld, verzeichnis),
        Typ::Veroeffentlichung => wahl(text, &["entwurf", "veroeffentlicht"]).map_err(|satz| {
            format!("{satz} „entwurf“ hält die Zeile zurück, alles andere entscheidet --veroeffentlichen.")
        }),
    }
}

/// The key of the row a cell names, as JSON.
pub fn verweis(art: &str, feld: &Feld, verzeichnis: &Verzeichnis) -> Result<Value, String> {
    if feld.art == Feldart::Datum {
        return Err("Excel hat diese Angabe in ein Datum verwandelt. Bitte die Spalte als „Text“ formatieren und neu eingeben.".to_owned());
    }
    let ziel = verzeichnis.verweis(art, feld)?;
    // An Ortsteil has a number, everything else a uuid.
    Ok(ziel
        .id
        .parse::<i32>()
        .map_or_else(|_| json!(ziel.id), |nummer| json!(nummer)))
}

/// Value of an empty cell, and of a missing column of a new row.
#[must_use]
pub fn vorgabe(spalte: &Spalte) -> Value {
    spalte
        .vorgabe
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or(Value::Null)
}

fn pruefe_kennung(text: &str) -> Result<(), String> {
    if text.chars().count() > KENNUNG_MAX {
        return Err(format!("Die Kennung ist länger als {KENNUNG_MAX} Zeichen."));
    }
    match text.chars().find(|c| !c.is_alphanumeric() && !"-_.~".contains(*c)) {
        None => Ok(()),
        Some(' ') => Err("Eine Kennung enthält kein Leerzeichen; sie ist Teil von Adressen. Bitte etwa m-dorfmitte.".to_owned()),
        Some(c) => Err(format!(
            "Eine Kennung besteht aus Buchstaben, Ziffern und - _ . ~, nicht aus „{c}“; sie ist Teil von Adressen."
        )),
    }
}

fn ganzzahl(text: &str, von: i64, bis: i64) -> Result<Value, String> {
    // The real minus sign, and the decimals a spreadsheet adds to whole numbers.
    let glatt = text.replace(['\u{2212}', '\u{2013}'], "-");
    let (ganz, rest) = glatt.split_once([',', '.']).unwrap_or((&glatt, ""));
    let zahl = ganz.trim_start_matches('+').parse::<i64>().ok();
    match zahl.filter(|_| rest.chars().all(|c| c == '0') && rest.len() < 3) {
        Some(zahl) if (von..=bis).contains(&zahl) => Ok(json!(zahl)),
        Some(_) => Err(format!("Die Zahl liegt nicht zwischen {von} und {bis}.")),
        None => Err(format!(
            "Das ist keine ganze Zahl. Gebraucht wird eine zwischen {von} und {bis}."
        )),
    }
}

fn wahr(text: &str) -> Result<Value, String> {
    match text.to_lowercase().as_str() {
        "ja" | "j" | "wahr" | "true" | "1" | "x" | "✓" => Ok(json!(true)),
        "nein" | "n" | "falsch" | "false" | "0" | "-" => Ok(json!(false)),
        _ => Err("Gebraucht wird ja oder nein (auch x, 1, 0, true, false).".to_owned()),
    }
}

fn farbe(text: &str) -> Result<Value, String> {
    let ziffern = text.strip_prefix('#').unwrap_or_default();
    if ziffern.len() == 6 && ziffern.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(json!(text.to_ascii_uppercase()))
    } else {
        Err("Eine Farbe wird als #RRGGBB angegeben, etwa #2E7D32.".to_owned())
    }
}

fn wahl(text: &str, worte: &'static [&'static str]) -> Result<Value, String> {
    let gesucht = crate::import::table::schreibweise(text);
    worte
        .iter()
        .find(|wort| **wort == gesucht)
        .map(|wort| json!(wort))
        .ok_or_else(|| {
            format!(
                "Diesen Wert gibt es nicht. Möglich sind {}.{}",
                oder(worte.iter().copied()),
                gemeint(&gesucht, worte.iter().copied())
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_values() {
        for (text, zahl) in [
            ("-2", -2),
            ("\u{2212}1", -1),
            ("+2", 2),
            ("1,0", 1),
            ("0.00", 0),
        ] {
            assert_eq!(ganzzahl(text, -2, 2).unwrap(), json!(zahl));
        }
        for falsch in ["3", "1,5", "1.000", "zwei", "", "1 "] {
            assert!(ganzzahl(falsch, -2, 2).is_err(), "{falsch}");
        }
        assert_eq!(wahr("Ja").unwrap(), json!(true));
        assert_eq!(wahr("FALSCH").unwrap(), json!(false));
        assert!(wahr("vielleicht").is_err());
        assert_eq!(
            wahl("FNP-Fläche", &["fnp_flaeche"]).unwrap(),
            json!("fnp_flaeche")
        );
        assert!(farbe("rot").is_err() && farbe("2E7D32").is_err());
        assert_eq!(farbe("#2e7d32").unwrap(), json!("#2E7D32"));
        assert!(pruefe_kennung("m-dorf_1.a").is_ok());
        assert!(pruefe_kennung("a/b").is_err() && pruefe_kennung("a b").is_err());
    }
}
