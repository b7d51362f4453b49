//! XLSX: the objects as a table with typed cells and German heads, a second sheet with Stand
//! and source. Written row by row in constant memory.

use std::path::Path;

use chrono::Datelike as _;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::form::Art;
use super::satz::{Satz, Wert};
use super::{Auftrag, Saetze, csv, eindeutig};
use crate::error::{Error, Result};
use crate::ortszeit::ohne_versatz;

/// A cell takes 32,767 characters.
const TEXT_MAX: usize = 32_000;
/// Rows of a sheet, its head among them.
const ZEILEN_MAX: u32 = 1_048_576;
/// Whole numbers Excel keeps exactly.
const GENAU: i64 = 1 << 53;

struct Formate {
    kopf: Format,
    tag: Format,
    moment: Format,
}

/// Writes the file.
pub fn schreibe(auftrag: &Auftrag, ziel: &Path, saetze: &mut Saetze<'_>) -> Result<()> {
    let formate = Formate {
        kopf: Format::new()
            .set_bold()
            .set_text_wrap()
            .set_background_color("F4F6F6")
            .set_border_bottom(FormatBorder::Thin),
        tag: Format::new().set_num_format("dd.mm.yyyy"),
        moment: Format::new().set_num_format("dd.mm.yyyy hh:mm:ss"),
    };
    let mut mappe = Workbook::new();
    mappe.set_properties(&DocProperties::new().set_title(&auftrag.titel));
    if let Some(ordner) = ziel.parent() {
        mappe.set_tempdir(ordner).map_err(Error::intern)?;
    }
    let blatt = mappe.add_worksheet_with_constant_memory();
    let anzahl = objekte(blatt.map_err(Error::intern)?, auftrag, &formate, saetze)?;
    let blatt = mappe.add_worksheet_with_constant_memory();
    angaben(blatt.map_err(Error::intern)?, auftrag, &formate, anzahl).map_err(Error::intern)?;
    mappe.save(ziel).map_err(Error::intern)
}

fn objekte(
    blatt: &mut Worksheet,
    auftrag: &Auftrag,
    formate: &Formate,
    saetze: &mut Saetze<'_>,
) -> Result<u32> {
    let punkte = auftrag.aufbau.art == Some(Art::Punkte);
    let mut koepfe = eindeutig(&auftrag.aufbau.felder);
    if punkte {
        koepfe.extend(csv::koordinaten(auftrag));
    }
    kopf(blatt, auftrag, &koepfe, formate).map_err(Error::intern)?;
    let mut nr = 0;
    for satz in saetze {
        let Satz { werte, form } = satz?;
        nr += 1;
        if nr >= ZEILEN_MAX {
            return Err(Error::eingabe(format!(
                "„{}“ hat mehr Objekte, als eine Excel-Tabelle Zeilen hat (1.048.576). Wählen Sie einen engeren Ausschnitt oder CSV oder GeoPackage.",
                auftrag.titel
            )));
        }
        let mut spalte = 0;
        for wert in &werte {
            zelle(blatt, (nr, spalte), wert, formate).map_err(Error::intern)?;
            spalte += 1;
        }
        if let Some(punkt) = form.filter(|_| punkte).and_then(|form| form.punkt()) {
            for zahl in punkt {
                blatt
                    .write_number(nr, spalte, zahl)
                    .map_err(Error::intern)?;
                spalte += 1;
            }
        }
    }
    Ok(nr)
}

fn kopf(
    blatt: &mut Worksheet,
    auftrag: &Auftrag,
    koepfe: &[String],
    formate: &Formate,
) -> std::result::Result<(), XlsxError> {
    blatt.set_name("Objekte")?;
    blatt.set_freeze_panes(1, 0)?;
    blatt.set_landscape();
    blatt.set_paper_size(9); // A4
    blatt.set_repeat_rows(0, 0)?;
    blatt.set_header(format!(
        "&L{}&RSeite &P von &N",
        auftrag.titel.replace('&', "&&")
    ));
    for (spalte, titel) in (0u16..).zip(koepfe) {
        blatt.set_column_width(
            spalte,
            (titel.chars().count() as f64 + 3.0).clamp(12.0, 40.0),
        )?;
        blatt.write_string_with_format(0, spalte, titel, &formate.kopf)?;
    }
    let letzte = u16::try_from(koepfe.len().saturating_sub(1)).unwrap_or(u16::MAX);
    blatt.autofilter(0, 0, ZEILEN_MAX - 1, letzte)?;
    Ok(())
}

fn zelle(
    blatt: &mut Worksheet,
    (zeile, spalte): (u32, u16),
    wert: &Wert,
    formate: &Formate,
) -> std::result::Result<(), XlsxError> {
    match wert {
        Wert::Leer => {}
        Wert::Ganz(zahl) if (-GENAU..=GENAU).contains(zahl) => {
            blatt.write_number(zeile, spalte, *zahl as f64)?;
        }
        Wert::Bruch(_) | Wert::Dezimal(_) if wert.zahl().is_some() => {
            blatt.write_number(zeile, spalte, wert.zahl().unwrap_or_default())?;
        }
        // Excel's days begin in 1900; older ones stay text.
        Wert::Tag(tag) if (1900..10_000).contains(&tag.year()) => {
            let tag = ExcelDateTime::parse_from_str(&tag.format("%Y-%m-%d").to_string())?;
            blatt.write_datetime_with_format(zeile, spalte, &tag, &formate.tag)?;
        }
        Wert::Moment(zeit) => {
            let hier = Wert::Ortszeit(ohne_versatz(*zeit));
            zelle(blatt, (zeile, spalte), &hier, formate)?;
        }
        Wert::Ortszeit(zeit) if (1900..10_000).contains(&zeit.year()) => {
            let zeit = zeit.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
            let zeit = ExcelDateTime::parse_from_str(&zeit)?;
            blatt.write_datetime_with_format(zeile, spalte, &zeit, &formate.moment)?;
        }
        _ => {
            let text = wert.deutsch();
            let text = match text.char_indices().nth(TEXT_MAX) {
                Some((ende, _)) => format!("{} … [gekürzt]", &text[..ende]),
                None => text,
            };
            blatt.write_string(zeile, spalte, text)?;
        }
    }
    Ok(())
}

fn angaben(
    blatt: &mut Worksheet,
    auftrag: &Auftrag,
    formate: &Formate,
    anzahl: u32,
) -> std::result::Result<(), XlsxError> {
    blatt.set_name("Angaben")?;
    blatt.set_column_width(0, 24)?;
    blatt.set_column_width(1, 90)?;
    let mut zeilen = vec![("Ebene".to_owned(), auftrag.titel.clone())];
    zeilen.extend(
        auftrag
            .beschreibung
            .iter()
            .map(|text| ("Beschreibung".to_owned(), text.clone())),
    );
    zeilen.extend(auftrag.hinweise.iter().cloned());
    zeilen.push(("Objekte".to_owned(), anzahl.to_string()));
    for (nr, (name, wert)) in (0u32..).zip(&zeilen) {
        blatt.write_string_with_format(nr, 0, name, &formate.kopf)?;
        blatt.write_string(nr, 1, wert.chars().take(TEXT_MAX).collect::<String>())?;
    }
    Ok(())
}
