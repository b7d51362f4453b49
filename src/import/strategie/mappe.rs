//! Writes sheets as a workbook a clerk can work in, or as a folder of CSV files.
//!
//! The bytes depend on the content alone: no time, no random order.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign,
    Formula, Note, Workbook, Worksheet, XlsxError,
};

use super::spalten::{Spalte, Tabellenart, Typ};
use super::verzeichnis::Verzeichnis;
use crate::error::{Error, Result};

/// Longest text of a cell, a limit of the format.
pub const ZELLE_MAX: usize = 32_767;
/// Rows that get drop-down lists and formats below the last one.
const VORRAT: u32 = 500;

/// The content of one cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Wert {
    /// Nothing.
    Leer,
    /// Text.
    Text(String),
    /// Number.
    Zahl(f64),
    /// Day, 2026-03-01.
    Tag(String),
}

/// A sheet to write.
#[derive(Debug)]
pub struct Blatt {
    /// What it is.
    pub art: &'static Tabellenart,
    /// Its columns.
    pub spalten: Vec<&'static Spalte>,
    /// Its rows, as wide as its columns.
    pub zeilen: Vec<Vec<Wert>>,
}

/// A note that stands on the first sheet, line by line; a line beginning with „!“ is a heading.
pub type Anleitung = Vec<(String, String, String)>;

/// A workbook of these sheets as bytes; with the explained example rows when `beispiele`.
///
/// # Errors
/// [`Error::Intern`] when a name or text breaks a limit of the format.
pub fn mappe(
    blaetter: &[Blatt],
    anleitung: &Anleitung,
    verzeichnis: &Verzeichnis,
    beispiele: bool,
) -> Result<Vec<u8>> {
    schreibe(blaetter, anleitung, verzeichnis, beispiele).map_err(Error::intern)
}

fn schreibe(
    blaetter: &[Blatt],
    anleitung: &Anleitung,
    verzeichnis: &Verzeichnis,
    beispiele: bool,
) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut mappe = Workbook::new();
    mappe.set_properties(
        &DocProperties::new()
            .set_title("Zielraum: Strategie")
            .set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?),
    );
    let kopf = Format::new()
        .set_bold()
        .set_background_color("DCE6F1")
        .set_text_wrap();
    let pflicht = Format::new()
        .set_bold()
        .set_background_color("F8CBAD")
        .set_text_wrap();
    let grau = Format::new().set_italic().set_font_color("7F7F7F");
    let listen = listen(blaetter, verzeichnis);
    {
        let blatt = mappe.add_worksheet().set_name("Anleitung")?;
        let fett = Format::new().set_bold();
        let oben = Format::new().set_align(FormatAlign::Top).set_text_wrap();
        blatt
            .set_column_width(0, 26)?
            .set_column_width(1, 30)?
            .set_column_width(2, 100)?;
        for (n, (a, b, c)) in (0..).zip(anleitung) {
            let format = if b.is_empty() && c.is_empty() {
                &fett
            } else {
                &oben
            };
            blatt.write_string_with_format(n, 0, a, format)?;
            blatt.write_string_with_format(n, 1, b, format)?;
            blatt.write_string_with_format(n, 2, c, format)?;
        }
    }
    for blatt in blaetter {
        let ziel = mappe.add_worksheet().set_name(blatt.art.blatt)?;
        ziel.set_freeze_panes(1, 0)?;
        for (n, spalte) in (0u16..).zip(&blatt.spalten) {
            ziel.write_string_with_format(
                0,
                n,
                spalte.titel,
                if spalte.pflicht { &pflicht } else { &kopf },
            )?;
            ziel.set_column_width(n, breite(spalte))?;
            let note = super::vorlage::inhalt(spalte, verzeichnis);
            if !note.trim().is_empty() {
                let note: String = note.trim().chars().take(1_500).collect();
                ziel.insert_note(
                    0,
                    n,
                    &Note::new(note)
                        .add_author_prefix(false)
                        .set_width(320)
                        .set_height(110),
                )?;
            }
        }
        let mut zeile = 1;
        if beispiele {
            for (n, spalte) in (0u16..).zip(&blatt.spalten) {
                let text = if n == 0 {
                    format!("Beispiel: {}", spalte.beispiel)
                } else {
                    spalte.beispiel.to_owned()
                };
                ziel.write_string_with_format(zeile, n, text, &grau)?;
            }
            zeile += 1;
        }
        for werte in &blatt.zeilen {
            schreibe_zeile(ziel, zeile, &blatt.spalten, werte)?;
            zeile += 1;
        }
        for (n, spalte) in (0u16..).zip(&blatt.spalten) {
            if let Some((spalte_nr, anzahl)) = listen
                .iter()
                .position(|(name, _)| *name == listenname(spalte))
                .map(|nr| (nr, listen[nr].1.len()))
                && anzahl > 0
            {
                let buchstabe = crate::import::bericht::buchstaben(spalte_nr);
                let quelle = format!("=Listen!${buchstabe}$2:${buchstabe}${}", anzahl + 1);
                let pruefung = DataValidation::new()
                    .allow_list_formula(Formula::new(quelle))
                    .set_error_style(DataValidationErrorStyle::Warning);
                ziel.add_data_validation(1, n, zeile + VORRAT, n, &pruefung)?;
            }
        }
    }
    let ziel = mappe.add_worksheet().set_name("Listen")?;
    ziel.set_hidden(true);
    for (n, (name, worte)) in (0u16..).zip(&listen) {
        ziel.write_string(0, n, name)?;
        for (zeile, wort) in (1u32..).zip(worte) {
            ziel.write_string(zeile, n, wort)?;
        }
    }
    mappe.save_to_buffer()
}

fn schreibe_zeile(
    ziel: &mut Worksheet,
    zeile: u32,
    spalten: &[&Spalte],
    werte: &[Wert],
) -> std::result::Result<(), XlsxError> {
    let tag = Format::new().set_num_format("dd.mm.yyyy");
    let geld = Format::new().set_num_format("#,##0.00");
    let prozent = Format::new().set_num_format("0.##%");
    let text_format = Format::new().set_num_format("@");
    for ((n, wert), spalte) in (0u16..).zip(werte).zip(spalten) {
        match wert {
            Wert::Leer => {}
            Wert::Text(text) => {
                ziel.write_string_with_format(zeile, n, text, &text_format)?;
            }
            Wert::Zahl(zahl) => {
                match spalte.typ {
                    Typ::Betrag => ziel.write_number_with_format(zeile, n, *zahl, &geld)?,
                    Typ::Anteil => ziel.write_number_with_format(zeile, n, *zahl, &prozent)?,
                    _ => ziel.write_number(zeile, n, *zahl)?,
                };
            }
            Wert::Tag(text) => {
                ziel.write_datetime_with_format(
                    zeile,
                    n,
                    ExcelDateTime::parse_from_str(text)?,
                    &tag,
                )?;
            }
        }
    }
    Ok(())
}

fn breite(spalte: &Spalte) -> f64 {
    match spalte.typ {
        Typ::Text
            if ["text", "beschreibung", "kurztext", "begruendung", "titel"]
                .contains(&spalte.name) =>
        {
            48.0
        }
        Typ::Kennung | Typ::Verweis(_) | Typ::Liste(..) | Typ::Wkt => 28.0,
        Typ::Text => 24.0,
        _ => 16.0,
    }
}

fn listenname(spalte: &Spalte) -> String {
    match spalte.typ {
        Typ::Code(tabelle) => tabelle.to_owned(),
        Typ::Wahl(worte) => worte.join("_"),
        Typ::Wahr => "ja_nein".to_owned(),
        _ => String::new(),
    }
}

/// The drop-down lists, each once.
fn listen(blaetter: &[Blatt], verzeichnis: &Verzeichnis) -> Vec<(String, Vec<String>)> {
    let mut listen: Vec<(String, Vec<String>)> = Vec::new();
    for spalte in blaetter.iter().flat_map(|b| &b.spalten) {
        let name = listenname(spalte);
        if name.is_empty() || listen.iter().any(|(n, _)| *n == name) {
            continue;
        }
        let worte = match spalte.typ {
            Typ::Code(tabelle) => verzeichnis
                .codes(tabelle)
                .iter()
                .map(|(_, titel)| titel.clone())
                .collect(),
            Typ::Wahl(worte) => worte.iter().map(|w| (*w).to_owned()).collect(),
            _ => vec!["ja".to_owned(), "nein".to_owned()],
        };
        listen.push((name, worte));
    }
    listen
}

/// One CSV file per sheet: byte order mark, semicolons, as German Excel reads it.
pub fn ordner(blaetter: &[Blatt], ordner: &Path) -> Result<Vec<PathBuf>> {
    let mut dateien = Vec::new();
    std::fs::create_dir_all(ordner)?;
    for blatt in blaetter {
        let mut text = String::from("\u{feff}");
        let namen: Vec<String> = blatt.spalten.iter().map(|s| s.name.to_owned()).collect();
        text += &namen.join(";");
        text += "\r\n";
        for zeile in &blatt.zeilen {
            let felder: Vec<String> = zeile
                .iter()
                .zip(&blatt.spalten)
                .map(|(wert, spalte)| csv_feld(wert, spalte))
                .collect();
            text += &felder.join(";");
            text += "\r\n";
        }
        let pfad = ordner.join(blatt.art.datei);
        std::fs::write(&pfad, text)?;
        dateien.push(pfad);
    }
    Ok(dateien)
}

fn csv_feld(wert: &Wert, spalte: &Spalte) -> String {
    let text = match wert {
        Wert::Leer => String::new(),
        Wert::Text(text) | Wert::Tag(text) => text.clone(),
        Wert::Zahl(zahl) if spalte.typ == Typ::Anteil => {
            format!("{} %", (zahl * 1e6).round() / 1e4).replace('.', ",")
        }
        Wert::Zahl(zahl) => zahl.to_string().replace('.', ","),
    };
    if text.contains(['"', ';', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
