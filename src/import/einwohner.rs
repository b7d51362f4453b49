//! `import einwohner`: inhabitants and forecasts per Ortsteil from a table.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use chrono::NaiveDate;

use super::beginne;
use super::bericht::{Bericht, Stelle, gemeint};
use super::datei::lies_ganz;
use super::einwohner_zelle::{tag, zahl};
use super::ortsteil;
use super::table::{self, Tabelle, schreibweise};
use crate::db::Database;
use crate::error::{Error, Result};
use crate::gemeinde::einwohner::{GESAMT, altersgruppe, schluessel, spanne, ueberlappen};
use crate::gemeinde::einwohner_store::{self as store, Angabe};
use crate::ortszeit::heute;

/// A table to fill in, UTF-8 with byte order mark for Excel.
pub const VORLAGE: &str = "\u{feff}ortsteil;stichtag;altersgruppe;art;anzahl;variante;quelle\r\n\
nordheim;31.12.2025;gesamt;ist;1310;;Melderegister\r\n\
nordheim;31.12.2025;unter 6;ist;84;;Melderegister\r\n\
nordheim;31.12.2025;6-17;ist;167;;Melderegister\r\n\
nordheim;31.12.2025;65 und älter;ist;248;;Melderegister\r\n\
nordheim;31.12.2035;gesamt;prognose;1342,5;mittlere;Vorausberechnung 2025\r\n";

/// Columns: name and what else they are called, in the form of [`schreibweise`].
const SPALTEN: [(&str, &[&str]); 8] = [
    (
        "ortsteil",
        &[
            "ortsteil",
            "ortsteilname",
            "stadtteil",
            "kennung",
            "ort",
            "gemeindeteil",
        ],
    ),
    ("stichtag", &["stichtag", "datum", "stand"]),
    ("jahr", &["jahr"]),
    ("altersgruppe", &["altersgruppe", "alter", "altersklasse"]),
    ("art", &["art", "datenart"]),
    (
        "anzahl",
        &["anzahl", "einwohner", "einwohnerzahl", "personen", "wert"],
    ),
    ("variante", &["variante", "szenario"]),
    ("quelle", &["quelle"]),
];

/// What happened.
#[derive(Debug, Clone, Default)]
pub struct Ergebnis {
    /// Rows of the table.
    pub zeilen: usize,
    /// New figures.
    pub neu: i64,
    /// Changed figures.
    pub geaendert: i64,
    /// What to know besides.
    pub hinweise: String,
}

/// Imports a table, all or nothing; a figure of the same Ortsteil, day, age group, kind and
/// variant is replaced.
///
/// # Errors
/// [`Error::Eingabe`] with every wrong cell and its line.
pub async fn fuehre_aus(db: &Database, datei: &Path, wer: &str) -> Result<Ergebnis> {
    let pfad = datei.to_owned();
    let (name, bytes) = tokio::task::spawn_blocking(move || lies_ganz(&pfad, table::GROESSE_MAX))
        .await
        .map_err(Error::intern)??;
    let mut bericht = Bericht::default();
    let bekannt = |kopf: &str| spalte(kopf).is_some();
    let Some(tabelle) = table::lies(&name, &bytes, &bekannt, &mut bericht) else {
        return Err(Error::eingabe(bericht.ablehnung()));
    };
    let mut tx = beginne(db, wer, &name, &tabelle.sha256).await?;
    let ortsteile = store::ortsteile(&mut tx).await?;
    let angaben = lies(&tabelle, &ortsteile, &mut bericht);
    if bericht.abgelehnt() {
        return Err(Error::eingabe(bericht.ablehnung()));
    }
    if angaben.is_empty() {
        return Err(Error::eingabe(format!(
            "„{name}“ enthält unter der Kopfzeile keine Zahl."
        )));
    }
    let (neu, geaendert) = store::schreibe(&mut tx, &angaben).await?;
    tx.commit().await?;
    Ok(Ergebnis {
        zeilen: angaben.len(),
        neu,
        geaendert,
        hinweise: bericht.hinweistext(),
    })
}

fn spalte(kopf: &str) -> Option<&'static str> {
    let kopf = schreibweise(kopf);
    SPALTEN
        .iter()
        .find(|(_, namen)| namen.contains(&kopf.as_str()))
        .map(|(name, _)| *name)
}

/// Where each column stands; reports missing, doubled and unknown ones.
fn spalten(tabelle: &Tabelle, bericht: &mut Bericht) -> HashMap<&'static str, usize> {
    let mut wo = HashMap::new();
    for (i, kopf) in tabelle.kopf.iter().enumerate() {
        match spalte(kopf) {
            Some(name) => {
                if let Some(erste) = wo.insert(name, i) {
                    bericht.fehler(
                        Stelle::zeile(&tabelle.datei, 1),
                        format!(
                            "Die Spalten „{}“ und „{kopf}“ bedeuten beide {name}; bitte eine entfernen.",
                            tabelle.kopf[erste]
                        ),
                    );
                }
            }
            None if kopf.is_empty() => {}
            None => bericht.hinweis(
                Stelle::zeile(&tabelle.datei, 1),
                format!(
                    "Die Spalte „{kopf}“ ist unbekannt und bleibt unbeachtet.{}",
                    gemeint(&schreibweise(kopf), SPALTEN.iter().map(|(name, _)| *name))
                ),
            ),
        }
    }
    let mut fehlt: Vec<&str> = ["ortsteil", "anzahl"]
        .into_iter()
        .filter(|name| !wo.contains_key(name))
        .collect();
    if !wo.contains_key("stichtag") && !wo.contains_key("jahr") {
        fehlt.push("stichtag (oder jahr)");
    }
    if !fehlt.is_empty() {
        bericht.fehler(
            Stelle::zeile(&tabelle.datei, 1),
            format!(
                "Es fehlt: {}. Eine Vorlage schreibt „zielraum import einwohner --vorlage“.",
                fehlt.join(", ")
            ),
        );
    }
    wo
}

fn lies(
    tabelle: &Tabelle,
    ortsteile: &[(i32, String, String)],
    bericht: &mut Bericht,
) -> Vec<Angabe> {
    let wo = spalten(tabelle, bericht);
    if bericht.abgelehnt() {
        return Vec::new();
    }
    let mut gelesen: Vec<(usize, Angabe)> = Vec::new();
    for zeile in &tabelle.zeilen {
        if bericht.voll() {
            break;
        }
        let zelle = |name: &str| wo.get(name).map_or("", |i| &*zeile.felder[*i]);
        // Spreadsheets end in rows with the source alone.
        if zelle("ortsteil").is_empty() && zelle("anzahl").is_empty() {
            bericht.hinweis(
                Stelle::zeile(&tabelle.datei, zeile.nummer),
                "Die Zeile hat weder Ortsteil noch Anzahl und bleibt unbeachtet.",
            );
            continue;
        }
        let mut fehler = Vec::new();
        let angabe = angabe(&zelle, ortsteile, &mut fehler);
        for (name, satz) in fehler {
            let kopf = wo.get(name).map_or(name, |i| tabelle.kopf[*i].as_str());
            bericht.fehler(
                Stelle::zeile(&tabelle.datei, zeile.nummer).zelle(kopf, zelle(name)),
                satz,
            );
        }
        if let Some(angabe) = angabe {
            gelesen.push((zeile.nummer, angabe));
        }
    }
    pruefe_zusammen(tabelle, &gelesen, ortsteile, bericht);
    gelesen.into_iter().map(|(_, angabe)| angabe).collect()
}

type Fehler = Vec<(&'static str, String)>;

fn angabe<'a>(
    zelle: &impl Fn(&str) -> &'a str,
    ortsteile: &[(i32, String, String)],
    fehler: &mut Fehler,
) -> Option<Angabe> {
    let ortsteil_id = ortsteil::finde(zelle("ortsteil"), ortsteile)
        .map_err(|satz| fehler.push(("ortsteil", satz)))
        .ok();
    let art = match schreibweise(zelle("art")).as_str() {
        "" | "ist" | "bestand" | "gezaehlt" => Some("ist"),
        "prognose" | "vorausberechnung" | "vorausschaetzung" => Some("prognose"),
        anderes => {
            fehler.push((
                "art",
                format!(
                    "Die Art ist „ist“ oder „prognose“.{}",
                    gemeint(anderes, ["ist", "prognose"])
                ),
            ));
            None
        }
    };
    let stichtag = match (zelle("stichtag"), zelle("jahr")) {
        ("", "") => Err((
            "stichtag",
            "Der Stichtag fehlt (31.12.2025, oder nur das Jahr).".to_owned(),
        )),
        ("", jahr) => tag(jahr).map_err(|satz| ("jahr", satz)),
        (stichtag, _) => tag(stichtag).map_err(|satz| ("stichtag", satz)),
    };
    let stichtag = stichtag.map_err(|f| fehler.push(f)).ok();
    if let (Some("ist"), Some(tag)) = (art, stichtag)
        && tag > heute()
    {
        fehler.push((
            "stichtag",
            "Der Stichtag liegt in der Zukunft; gezählt werden kann dann noch niemand. Ist die Zahl eine Prognose (Spalte art)?".to_owned(),
        ));
    }
    let gruppe = altersgruppe(zelle("altersgruppe"));
    if gruppe.is_none() {
        fehler.push((
            "altersgruppe",
            "Die Altersgruppe ist nicht zu verstehen. Gebraucht wird gesamt, 6-17, unter 6 oder 65 und älter.".to_owned(),
        ));
    }
    let anzahl = zahl(zelle("anzahl"))
        .and_then(|zahl| {
            if art == Some("ist") && zahl.fract() != 0.0 {
                Err("Gezählte Einwohner sind eine ganze Zahl; Nachkommastellen hat nur eine Prognose.".to_owned())
            } else {
                Ok(zahl)
            }
        })
        .map_err(|satz| fehler.push(("anzahl", satz)))
        .ok();
    let text = |name: &str| Some(zelle(name).to_owned()).filter(|text| !text.is_empty());
    let variante = text("variante");
    if art == Some("ist") && variante.is_some() {
        fehler.push((
            "variante",
            "Nur eine Prognose hat eine Variante.".to_owned(),
        ));
    }
    if !fehler.is_empty() {
        return None;
    }
    Some(Angabe {
        ortsteil_id: ortsteil_id?,
        stichtag: stichtag?,
        altersgruppe: schluessel(gruppe?),
        art: art?.to_owned(),
        variante,
        anzahl: anzahl?,
        quelle: text("quelle"),
    })
}

/// Ortsteil, day, kind and variant: what belongs together.
type Tag<'a> = (i32, NaiveDate, &'a str, Option<&'a str>);

/// What no single row can show: a figure twice, age groups that share an age, totals that
/// are not the sum.
fn pruefe_zusammen(
    tabelle: &Tabelle,
    gelesen: &[(usize, Angabe)],
    ortsteile: &[(i32, String, String)],
    bericht: &mut Bericht,
) {
    let mut tage: BTreeMap<Tag<'_>, Vec<&(usize, Angabe)>> = BTreeMap::new();
    for zeile in gelesen {
        let a = &zeile.1;
        tage.entry((a.ortsteil_id, a.stichtag, &a.art, a.variante.as_deref()))
            .or_default()
            .push(zeile);
    }
    for ((ortsteil, stichtag, ..), zeilen) in tage {
        let mut schon: Vec<&(usize, Angabe)> = Vec::new();
        let mut gestoert = false;
        for zeile in zeilen.iter().copied() {
            let (nummer, a) = zeile;
            let stoert = schon.iter().find(|(_, b)| {
                a.altersgruppe == b.altersgruppe
                    || matches!((spanne(&a.altersgruppe), spanne(&b.altersgruppe)), (Some(x), Some(y)) if ueberlappen(x, y))
            });
            if let Some((anderer, b)) = stoert {
                gestoert = true;
                let satz = if a.altersgruppe == b.altersgruppe {
                    format!(
                        "Dieselbe Zahl (Ortsteil, Stichtag, Altersgruppe, Art, Variante) steht schon in Zeile {anderer}."
                    )
                } else {
                    format!(
                        "Die Altersgruppe {} überschneidet sich mit {} in Zeile {anderer}; Einwohner zählten doppelt.",
                        a.altersgruppe, b.altersgruppe
                    )
                };
                bericht.fehler(Stelle::zeile(&tabelle.datei, *nummer), satz);
            }
            schon.push(zeile);
        }
        let summe: f64 = zeilen
            .iter()
            .filter(|(_, a)| a.altersgruppe != GESAMT)
            .map(|(_, a)| a.anzahl)
            .sum();
        let gesamt = zeilen.iter().find(|(_, a)| a.altersgruppe == GESAMT);
        if let Some((nummer, gesamt)) = gesamt
            && !gestoert
            && zeilen.len() > 1
            && (gesamt.anzahl - summe).abs() > 0.5
        {
            let name = ortsteile
                .iter()
                .find(|(id, ..)| *id == ortsteil)
                .map_or("", |(_, _, name)| name.as_str());
            bericht.hinweis(
                Stelle::zeile(&tabelle.datei, *nummer),
                format!(
                    "{name}, {}: insgesamt {}, die Altersgruppen ergeben {summe}. Gezeigt wird die genannte Summe.",
                    stichtag.format("%d.%m.%Y"),
                    gesamt.anzahl
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gelesen(text: &str) -> std::result::Result<(Vec<Angabe>, String), String> {
        let mut bericht = Bericht::default();
        let ortsteile = [
            (1, "erpfting".to_owned(), "Erpfting".to_owned()),
            (2, "suedstadt".to_owned(), "Südstadt".to_owned()),
        ];
        let bekannt = |kopf: &str| spalte(kopf).is_some();
        let Some(tabelle) = table::lies("e.csv", text.as_bytes(), &bekannt, &mut bericht) else {
            return Err(bericht.ablehnung());
        };
        let angaben = lies(&tabelle, &ortsteile, &mut bericht);
        if bericht.abgelehnt() {
            return Err(bericht.ablehnung());
        }
        Ok((angaben, bericht.hinweistext()))
    }

    #[test]
    fn tables_of_german_offices() {
        let (angaben, hinweise) = gelesen(
            "Ortsteil;Jahr;Altersgruppe;Einwohner;Art;Variante\nErpfting;2024;;1.310;;\nSüdstadt;2024;unter 6;84;Ist;\nsuedstadt;2035;0-5;90,5;Prognose;obere\n",
        )
        .unwrap();
        assert_eq!(hinweise, "");
        let kurz: Vec<(i32, String, &str, f64)> = angaben
            .iter()
            .map(|a| {
                (
                    a.ortsteil_id,
                    a.stichtag.to_string(),
                    a.altersgruppe.as_str(),
                    a.anzahl,
                )
            })
            .collect();
        assert_eq!(
            kurz,
            [
                (1, "2024-12-31".into(), "gesamt", 1310.0),
                (2, "2024-12-31".into(), "0-5", 84.0),
                (2, "2035-12-31".into(), "0-5", 90.5),
            ]
        );
    }

    #[test]
    fn mistakes_name_line_and_way_out() {
        for (zeile, erwartet) in [
            (
                "Erpfingt;2024;gesamt;5;ist",
                "Gemeint ist vielleicht „Erpfting“",
            ),
            (
                "Hamburg;2024;gesamt;5;ist",
                "Vorhanden sind: Erpfting, Südstadt",
            ),
            ("Erpfting;24;gesamt;5;ist", "Das ist kein Datum"),
            (
                "Erpfting;2024;Kinder;5;ist",
                "Altersgruppe ist nicht zu verstehen",
            ),
            ("Erpfting;2024;gesamt;viele;ist", "Das ist keine Anzahl"),
            ("Erpfting;2024;gesamt;-5;ist", "Das ist keine Anzahl"),
            ("Erpfting;2024;gesamt;5,5;ist", "ganze Zahl"),
            ("Erpfting;2190;gesamt;5;ist", "liegt in der Zukunft"),
            (
                "Erpfting;2024;gesamt;5;progonse",
                "Gemeint ist vielleicht „prognose“",
            ),
        ] {
            let text = gelesen(&format!(
                "ortsteil;jahr;altersgruppe;anzahl;art\n\n{zeile}\n"
            ))
            .unwrap_err();
            assert!(
                text.contains(erwartet) && text.contains("Zeile 3"),
                "{zeile}: {text}"
            );
        }
        let text = gelesen("ortsteil;anzahl\nErpfting;5\n").unwrap_err();
        assert!(text.contains("stichtag (oder jahr)"), "{text}");
    }

    #[test]
    fn nobody_counts_twice() {
        let kopf = "ortsteil;jahr;altersgruppe;anzahl\n";
        let text =
            gelesen(&format!("{kopf}Erpfting;2024;0-5;1\nErpfting;2024;5-9;1\n")).unwrap_err();
        assert!(
            text.contains("Zeile 3") && text.contains("Zeile 2") && text.contains("überschneidet"),
            "{text}"
        );
        let text = gelesen(&format!(
            "{kopf}Erpfting;2024;0-5;1\nerpfting;31.12.2024;unter 6;1\n"
        ));
        assert!(text.is_err(), "a year column holds days too: {text:?}");
        let (_, hinweis) = gelesen(&format!(
            "{kopf}Erpfting;2024;gesamt;9\nErpfting;2024;0-5;1\n"
        ))
        .unwrap();
        assert!(
            hinweis.contains("insgesamt 9, die Altersgruppen ergeben 1"),
            "{hinweis}"
        );
    }

    #[test]
    fn the_template_can_be_read() {
        let vorlage = VORLAGE.replace("nordheim", "erpfting");
        let text = vorlage.trim_start_matches('\u{feff}');
        let (angaben, _) = gelesen(text).unwrap();
        assert_eq!(angaben.len(), 5);
    }
}
