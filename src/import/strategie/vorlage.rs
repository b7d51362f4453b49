//! Templates: a workbook (`import strategie --vorlage DATEI.xlsx`) or a folder of CSV files
//! (`export vorlage ORDNER`), from the same lists the import reads.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sqlx::PgPool;

use super::katalog::TABELLEN;
use super::mappe::{self, Anleitung, Blatt};
use super::spalten::{Art, Spalte, Tabellenart, Typ, Weise, tabelle};
use super::verzeichnis::Verzeichnis;
use crate::error::{Error, Result};
use crate::import::bericht::oder;

const LIESMICH: &str = "LIESMICH.txt";
const EINLEITUNG: &str = "Vorlagen für Zielraum: die Strategie mit allem, was dazugehört

Jede Datei ist eine Tabelle mit Kopfzeile. Füllen Sie die Tabellen, die Sie brauchen, und lesen Sie
alle zusammen ein:

    zielraum import strategie *.csv
";
const REGELN: &[&str] = &[
    "Die Blätter werden an ihrem Namen oder ihrer Kopfzeile erkannt. Blätter und Spalten, die Sie nicht brauchen, können Sie löschen, auch umstellen.",
    "CSV: Trennzeichen Semikolon, Komma oder Tabulator; Kodierung UTF-8 oder Windows-1252 (Excel).",
    "Die Kennung ist der bleibende Name einer Zeile (etwa m-dorfmitte); sie ändert sich nie. Dieselbe Kennung noch einmal eingelesen ändert die Zeile.",
    "Eine fehlende Spalte bleibt, wie sie ist; eine leere Zelle leert das Feld. Fehlende Zeilen bleiben gespeichert, außer mit --ersetze BLATT.",
    "Verknüpfungen nennen Kennung, Nummer oder Titel der anderen Zeile; sie darf in einem anderen Blatt desselben Aufrufs stehen oder schon gespeichert sein.",
    "Orte, Beiträge, Wirkungen und Zuständigkeiten werden je Maßnahme, Ziel oder Gebiet als Ganzes ersetzt; Werte, Beträge und Fundstellen werden einzeln ergänzt.",
    "Listen in einer Zelle trennt ein Semikolon; hinter dem Doppelpunkt steht die Stärke oder Wirkung: 2.1; 2.3:+2; 4.1:-1.",
    "Zahlen: 1.250.000,50 oder 1250000.50. Tage: 01.03.2026 oder 2026-03-01. Anteile: 60 % oder 0,6.",
    "Eine Zeile, die mit „Beispiel:“ oder # beginnt, wird nicht eingelesen.",
    "Ist eine Zeile falsch, wird nichts übernommen; der Bericht nennt alle Stellen. Vorher ansehen, was sich ändert: --probe.",
    "Mit --veroeffentlichen wird alles Eingelesene öffentlich, außer Zeilen mit veroeffentlichung = entwurf.",
];

/// The template as a workbook. An existing file is never overwritten.
///
/// # Errors
/// [`Error::Eingabe`] when the file exists or cannot be written.
pub async fn schreibe_mappe(pool: &PgPool, datei: &Path) -> Result<()> {
    let verzeichnis = Verzeichnis::lade(&mut *pool.acquire().await?).await?;
    let titel = titel(pool).await?;
    let blaetter: Vec<Blatt> = TABELLEN
        .iter()
        .filter(|t| t.art != Art::Sdg)
        .map(|art| Blatt {
            art,
            spalten: art.spalten.iter().collect(),
            zeilen: Vec::new(),
        })
        .collect();
    let bytes = mappe::mappe(
        &blaetter,
        &anleitung(&verzeichnis, &titel),
        &verzeichnis,
        true,
    )?;
    let mut ziel = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(datei)
        .map_err(|cause| {
            Error::eingabe(if cause.kind() == std::io::ErrorKind::AlreadyExists {
                format!(
                    "Die Datei {} gibt es schon, sie wird nicht überschrieben.",
                    datei.display()
                )
            } else {
                format!(
                    "Die Datei {} lässt sich nicht schreiben: {cause}",
                    datei.display()
                )
            })
        })?;
    Ok(ziel.write_all(&bytes)?)
}

/// The sheet „Anleitung“: rules, then every column.
fn anleitung(verzeichnis: &Verzeichnis, titel: &HashMap<(String, String), String>) -> Anleitung {
    let zeile = |a: &str| (a.to_owned(), String::new(), String::new());
    let mut alle = vec![
        zeile("Vorlage für Zielraum: die Strategie"),
        zeile("Einlesen: zielraum import strategie DATEI.xlsx"),
        zeile(""),
    ];
    alle.extend(
        REGELN
            .iter()
            .map(|regel| ("•".to_owned(), String::new(), (*regel).to_owned())),
    );
    for art in TABELLEN.iter().filter(|t| t.art != Art::Sdg) {
        alle.push(zeile(""));
        alle.push(zeile(&format!("{}: {}", art.blatt, weise(art))));
        for spalte in art.spalten {
            let was = beschreibung(art, spalte, titel);
            let pflicht = if spalte.pflicht { " (Pflicht)" } else { "" };
            alle.push((
                String::new(),
                format!("{}{pflicht}", spalte.titel),
                format!("{was}.{}", inhalt(spalte, verzeichnis))
                    .trim_start_matches('.')
                    .trim()
                    .to_owned(),
            ));
        }
    }
    alle
}

fn weise(art: &Tabellenart) -> &'static str {
    match art.weise {
        Weise::Kennung => "je Zeile ein Eintrag mit Kennung",
        Weise::Schluessel(_) => "je Zeile ein Eintrag; derselbe noch einmal ändert ihn",
        Weise::Menge(_) => "die Zeilen eines Gegenstands ersetzen zusammen seine bisherigen",
    }
}

/// Writes the templates into a folder, which is made when missing. Existing files are
/// never overwritten: the call is refused before the first is written.
///
/// # Errors
/// [`Error::Eingabe`] when a file exists or the folder cannot be written.
pub async fn schreibe(pool: &PgPool, ordner: &Path) -> Result<Vec<PathBuf>> {
    let verzeichnis = Verzeichnis::lade(&mut *pool.acquire().await?).await?;
    let titel = titel(pool).await?;
    let mut dateien: Vec<(PathBuf, String)> = TABELLEN
        .iter()
        .filter(|t| t.art != Art::Sdg)
        .map(|tabelle| (ordner.join(tabelle.datei), kopfzeile(tabelle)))
        .collect();
    dateien.push((ordner.join(LIESMICH), liesmich(&verzeichnis, &titel)));

    let vorhanden: Vec<String> = dateien
        .iter()
        .filter(|(pfad, _)| pfad.exists())
        .map(|(pfad, _)| pfad.display().to_string())
        .collect();
    if !vorhanden.is_empty() {
        return Err(Error::eingabe(format!(
            "Diese Dateien gibt es schon, sie werden nicht überschrieben: {}. Bitte einen leeren Ordner nennen.",
            vorhanden.join(", ")
        )));
    }
    let ablehnen = |cause: std::io::Error| {
        Error::eingabe(format!(
            "Der Ordner {} ist nicht beschreibbar: {cause}",
            ordner.display()
        ))
    };
    std::fs::create_dir_all(ordner).map_err(ablehnen)?;
    for (pfad, text) in &dateien {
        let mut datei = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(pfad)
            .map_err(ablehnen)?;
        datei.write_all(text.as_bytes()).map_err(ablehnen)?;
    }
    Ok(dateien.into_iter().map(|(pfad, _)| pfad).collect())
}

/// With byte order mark, or Excel reads umlauts wrongly.
fn kopfzeile(tabelle: &Tabellenart) -> String {
    let namen: Vec<&str> = tabelle.spalten.iter().map(|spalte| spalte.name).collect();
    format!("\u{feff}{}\r\n", namen.join(";"))
}

/// German titles of tables and columns, as the database has them.
async fn titel(pool: &PgPool) -> Result<HashMap<(String, String), String>> {
    let zeilen = sqlx::query!(
        r#"SELECT k.relname::text AS "tabelle!", coalesce(a.attname, '')::text AS "spalte!", d.description AS "titel!"
           FROM pg_description d JOIN pg_class k ON k.oid = d.objoid AND d.classoid = 'pg_class'::regclass
           LEFT JOIN pg_attribute a ON a.attrelid = k.oid AND a.attnum = d.objsubid AND d.objsubid > 0
           JOIN pg_namespace n ON n.oid = k.relnamespace
           WHERE n.nspname IN ('strategie', 'dorferneuerung', 'haushalt') AND k.relkind = 'r'"#
    )
    .fetch_all(pool)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| ((z.tabelle, z.spalte), z.titel))
        .collect())
}

fn beschreibung(
    art: &Tabellenart,
    spalte: &Spalte,
    titel: &HashMap<(String, String), String>,
) -> String {
    titel
        .get(&(art.tabelle.to_owned(), spalte.feld.to_owned()))
        .map(|t| match spalte.typ {
            // The description of a fixed choice repeats its words.
            Typ::Wahl(_) => ohne_marken(t.lines().next().unwrap_or_default()),
            _ => ohne_marken(t),
        })
        .unwrap_or_default()
}

fn liesmich(verzeichnis: &Verzeichnis, titel: &HashMap<(String, String), String>) -> String {
    let mut text = EINLEITUNG.to_owned();
    for regel in REGELN {
        let _ = write!(text, "\n- {regel}");
    }
    text.push('\n');
    for tabelle in TABELLEN.iter().filter(|t| t.art != Art::Sdg) {
        let ueberschrift = titel.get(&(tabelle.tabelle.to_owned(), String::new()));
        let ueberschrift =
            ueberschrift.map_or(tabelle.tabelle, |t| t.lines().next().unwrap_or_default());
        let _ = write!(text, "\n{}: {ueberschrift}\n", tabelle.datei);
        for spalte in tabelle.spalten {
            let _ = writeln!(
                text,
                "  {:<18} {}{}.{}",
                spalte.name,
                beschreibung(tabelle, spalte, titel),
                if spalte.pflicht { " (Pflicht)" } else { "" },
                inhalt(spalte, verzeichnis)
            );
        }
    }
    text.replace('\n', "\r\n")
}

/// Title and description in one line, without the tags for programs.
fn ohne_marken(comment: &str) -> String {
    let mut text = String::new();
    let mut tiefe = 0;
    for c in comment.chars() {
        match c {
            '[' => tiefe += 1,
            ']' => tiefe -= 1,
            _ if tiefe == 0 => text.push(c),
            _ => {}
        }
    }
    let mut teile = text
        .lines()
        .map(|zeile| zeile.trim().trim_end_matches('.'))
        .filter(|z| !z.is_empty());
    let erster = teile.next().unwrap_or_default().to_owned();
    teile.fold(erster, |alles, teil| alles + ": " + teil)
}

/// What may stand in the cells of a column.
#[must_use]
pub fn inhalt(spalte: &Spalte, verzeichnis: &Verzeichnis) -> String {
    let mut text = match spalte.typ {
        Typ::Kennung => "Buchstaben, Ziffern, - _ . ~; bleibt für immer.".to_owned(),
        Typ::Text => String::new(),
        Typ::Ganzzahl(von, bis) if bis < 100_000 => format!("Ganze Zahl von {von} bis {bis}."),
        Typ::Ganzzahl(..) => "Ganze Zahl.".to_owned(),
        Typ::Zahl(..) => "Zahl, etwa 17,5.".to_owned(),
        Typ::Betrag => "Betrag in EUR, etwa 1.250.000,50; auch 2,5 Mio. €.".to_owned(),
        Typ::Anteil => "Anteil: 60 % oder 0,6.".to_owned(),
        Typ::Wahr => "ja oder nein.".to_owned(),
        Typ::Datum => "Tag.Monat.Jahr oder 2026-03-01.".to_owned(),
        Typ::Stichtag => "Tag oder Jahr; ein Jahr meint seinen letzten Tag.".to_owned(),
        Typ::Zeitraum => "Etwa 25.07.2018 bis offen.".to_owned(),
        Typ::Spanne => "Etwa 10 bis 20.".to_owned(),
        Typ::Farbe => "#RRGGBB.".to_owned(),
        Typ::Wahl(worte) => format!("{}.", oder(worte.iter().copied())),
        Typ::Code(tabelle) => {
            let codes: Vec<String> = verzeichnis
                .codes(tabelle)
                .iter()
                .map(|(schluessel, titel)| format!("{schluessel} ({titel})"))
                .collect();
            format!("Schlüssel oder Bezeichnung: {}.", codes.join(", "))
        }
        Typ::Verweis(art) => match art {
            "ortsteil" => "Kennung oder Name des Ortsteils.".to_owned(),
            "plan" => "Kennung oder Name des Plans.".to_owned(),
            _ => "Kennung, Nummer oder Titel.".to_owned(),
        },
        Typ::Flaeche => "Kennung der Fläche in der aktuellen Fassung des Plans, bei art = fnp_flaeche.".to_owned(),
        Typ::Wkt => "WKT in EPSG:25832 (Ostwert, Nordwert), etwa POINT (640000.5 5324000.2), oder mit SRID=4326; davor.".to_owned(),
        Typ::Koordinaten => "Ein Punkt: 640123 5324987 (EPSG:25832), 48,0222 10,8256 oder 48.0222N 10.8256E; statt der Geometrie.".to_owned(),
        Typ::Flurstueck => "Kennzeichen oder Gemarkung und Nummer (Musterdorf 123/4); statt der Geometrie, bei art = flaeche.".to_owned(),
        Typ::Liste(art, _, zusatz) => {
            let mit = zusatz
                .and_then(|feld| tabelle(art).feld(feld))
                .map(|s| format!(", hinter dem Doppelpunkt: {}", s.titel))
                .unwrap_or_default();
            format!("Liste mit Semikolon{mit}; ersetzt die bisherige.")
        }
        Typ::Veroeffentlichung => "„entwurf“ hält die Zeile zurück; sonst leer.".to_owned(),
    };
    if !text.is_empty() {
        text.insert(0, ' ');
    }
    if let Some(vorgabe) = spalte.vorgabe {
        let vorgabe = match vorgabe.trim_matches('"') {
            "false" => "nein",
            "true" => "ja",
            andere => andere,
        };
        let _ = write!(text, " Leer: {vorgabe}.");
    }
    text
}
