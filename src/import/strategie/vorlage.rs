//! `zielraum export vorlage`: an empty CSV file per table and a LIESMICH.txt that explains
//! every column, from the same lists the import reads.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sqlx::PgPool;

use super::spalten::{Spalte, TABELLEN, Tabellenart, Typ};
use super::verzeichnis::Verzeichnis;
use crate::error::{Error, Result};
use crate::import::bericht::oder;

const LIESMICH: &str = "LIESMICH.txt";
const EINLEITUNG: &str = "Vorlagen für Zielraum: Handlungsfelder, Ziele, Maßnahmen und ihre Verknüpfungen

Jede Datei ist eine Tabelle mit Kopfzeile. Füllen Sie die Tabellen, die Sie brauchen, und lesen Sie
alle zusammen ein:

    zielraum import strategie *.csv

- Die Dateien werden an ihrer Kopfzeile erkannt, nicht am Namen. Spalten, die Sie nicht brauchen,
  können Sie löschen, auch umstellen.
- Trennzeichen ist Semikolon, Komma oder Tabulator; Kodierung UTF-8 oder Windows-1252 (Excel).
- Die Kennung ist der bleibende Name einer Zeile (etwa m-dorfmitte); sie ändert sich nie. Dieselbe
  Kennung noch einmal eingelesen ändert die Zeile; fehlende Spalten bleiben, wie sie sind.
- Verknüpfungen nennen die Kennung der anderen Zeile; sie darf in einer anderen Datei desselben
  Aufrufs stehen oder schon gespeichert sein.
- Orte, Beiträge und Wirkungen werden je Maßnahme oder Ziel als Ganzes ersetzt.
- Ist eine Zeile falsch, wird nichts übernommen; der Bericht nennt alle Stellen.
- Mit --veroeffentlichen wird alles Eingelesene öffentlich, außer Zeilen mit veroeffentlichung = entwurf.
";

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
           WHERE n.nspname IN ('strategie', 'dorferneuerung') AND k.relkind = 'r'"#
    )
    .fetch_all(pool)
    .await?;
    Ok(zeilen
        .into_iter()
        .map(|z| ((z.tabelle, z.spalte), z.titel))
        .collect())
}

fn liesmich(verzeichnis: &Verzeichnis, titel: &HashMap<(String, String), String>) -> String {
    let mut text = EINLEITUNG.to_owned();
    for tabelle in &TABELLEN {
        let ueberschrift = titel.get(&(tabelle.tabelle.to_owned(), String::new()));
        let ueberschrift =
            ueberschrift.map_or(tabelle.tabelle, |t| t.lines().next().unwrap_or_default());
        let _ = write!(text, "\n{}: {ueberschrift}\n", tabelle.datei);
        for spalte in tabelle.spalten {
            let beschreibung = titel
                .get(&(tabelle.tabelle.to_owned(), spalte.feld.to_owned()))
                .map(|t| match spalte.typ {
                    // The description of a fixed choice repeats its words.
                    Typ::Wahl(_) => ohne_marken(t.lines().next().unwrap_or_default()),
                    _ => ohne_marken(t),
                })
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "  {:<18} {beschreibung}{}.{}",
                spalte.name,
                if spalte.pflicht { " (Pflicht)" } else { "" },
                inhalt(spalte, verzeichnis)
            );
        }
    }
    text.replace('\n', "\r\n")
}

/// Title and description in one line, without the tags for programs.
fn ohne_marken(comment: &str) -> String {
    let text = comment.split('[').next().unwrap_or_default();
    let mut teile = text
        .lines()
        .map(|zeile| zeile.trim().trim_end_matches('.'))
        .filter(|z| !z.is_empty());
    let erster = teile.next().unwrap_or_default().to_owned();
    teile.fold(erster, |alles, teil| alles + ": " + teil)
}

fn inhalt(spalte: &Spalte, verzeichnis: &Verzeichnis) -> String {
    let mut text = match spalte.typ {
        Typ::Kennung => "Buchstaben, Ziffern, - _ . ~; bleibt für immer.".to_owned(),
        Typ::Text => String::new(),
        Typ::Ganzzahl(von, bis) if bis < 100_000 => format!("Ganze Zahl von {von} bis {bis}."),
        Typ::Ganzzahl(..) => "Ganze Zahl.".to_owned(),
        Typ::Wahr => "ja oder nein.".to_owned(),
        Typ::Datum => "Tag.Monat.Jahr oder 2026-03-01.".to_owned(),
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
            "ortsteil" => "Kennung oder Name des Ortsteils, bei art = ortsteil.".to_owned(),
            "plan" => "Kennung des Plans, bei art = fnp_flaeche.".to_owned(),
            "handlungsfeld" => "Kennung des Handlungsfelds.".to_owned(),
            "gebiet" => "Kennung des Gebiets.".to_owned(),
            "ziel" => "Kennung des Ziels.".to_owned(),
            _ => "Kennung der Maßnahme.".to_owned(),
        },
        Typ::Flaeche => "Kennung der Fläche in der aktuellen Fassung des Plans, bei art = fnp_flaeche.".to_owned(),
        Typ::Wkt => "WKT in EPSG:25832 (Ostwert, Nordwert), etwa POINT (640000.5 5324000.2); bei art = punkt, linie, flaeche.".to_owned(),
        Typ::Veroeffentlichung => "„entwurf“ hält die Zeile zurück; sonst leer.".to_owned(),
    };
    if !text.is_empty() {
        text.insert(0, ' ');
    }
    if let Some(vorgabe) = spalte.vorgabe {
        let vorgabe = match vorgabe.trim_matches('"') {
            "false" => "nein",
            andere => andere,
        };
        let _ = write!(text, " Leer: {vorgabe}.");
    }
    text
}
