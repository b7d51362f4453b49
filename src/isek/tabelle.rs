//! The ISEK-Nachweis as XLSX: one sheet to print and count on, one with what is missing.
//!
//! Sums are formulas (TEILERGEBNIS), so that they follow a filter or an edit; their value is
//! stored as well, for programs that do not calculate.

use std::fmt::Write as _;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError, utility::row_col_to_cell,
};

use super::ausgabe::{BETRAEGE, KOPF, Zelle, zellen};
use super::{Fehlt, Nachweis};
use crate::error::{Error, Result};
use crate::haushalt::auswertung::Betraege;
use crate::strategie::zahl::{tag, tag_oder};

/// A cell takes 32,767 characters.
const TEXT_MAX: usize = 32_000;

struct Formate {
    titel: Format,
    kopf: Format,
    abschnitt: Format,
    text: Format,
    betrag: Format,
    summe: Format,
    summe_text: Format,
    leise: Format,
}

impl Formate {
    fn neu() -> Self {
        let euro = "#,##0.00;[Red]-#,##0.00";
        let umbruch = || {
            Format::new()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_border_bottom(FormatBorder::Hair)
        };
        Self {
            titel: Format::new().set_bold().set_font_size(14),
            kopf: umbruch()
                .set_bold()
                .set_background_color("F4F6F6")
                .set_border_bottom(FormatBorder::Thin),
            abschnitt: Format::new().set_bold().set_background_color("E3EAE9"),
            text: umbruch(),
            betrag: umbruch().set_num_format(euro),
            summe: Format::new()
                .set_bold()
                .set_num_format(euro)
                .set_border_top(FormatBorder::Thin),
            summe_text: Format::new().set_bold().set_border_top(FormatBorder::Thin),
            leise: Format::new().set_font_color("57646A"),
        }
    }
}

/// The workbook as bytes; the same document gives the same bytes.
pub fn xlsx(nachweis: &Nachweis, demo: bool) -> Result<Vec<u8>> {
    schreibe(nachweis, demo).map_err(Error::intern)
}

fn schreibe(nachweis: &Nachweis, demo: bool) -> Result<Vec<u8>, XlsxError> {
    let f = Formate::neu();
    let mut mappe = Workbook::new();
    let heute = nachweis.stichtag.format("%Y-%m-%d").to_string();
    mappe.set_properties(
        &DocProperties::new()
            .set_title(nachweis.titel())
            .set_creation_datetime(&ExcelDateTime::parse_from_str(&heute)?),
    );
    uebersicht(mappe.add_worksheet(), nachweis, demo, &f)?;
    finanzierung(mappe.add_worksheet(), nachweis, &f)?;
    fehlendes(mappe.add_worksheet(), nachweis, &f)?;
    mappe.save_to_buffer()
}

fn blatt(b: &mut Worksheet, name: &str) -> Result<(), XlsxError> {
    b.set_name(name)?;
    b.set_landscape();
    b.set_paper_size(9); // A4
    b.set_print_fit_to_pages(1, 0);
    b.set_footer("&L&A&RSeite &P von &N");
    Ok(())
}

fn text(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "columns are counted by a constant of 19"
)]
fn spalte(n: usize) -> u16 {
    n as u16
}

fn uebersicht(b: &mut Worksheet, n: &Nachweis, demo: bool, f: &Formate) -> Result<(), XlsxError> {
    blatt(b, "Kosten und Finanzierung")?;
    for (i, (_, breite)) in KOPF.iter().enumerate() {
        b.set_column_width(spalte(i), f64::from(*breite))?;
    }
    b.write_string_with_format(0, 0, text(&n.titel()), &f.titel)?;
    let mut hinweis = format!(
        "Stand der Beträge {}, gesehen vom {}. Leere Felder: unbekannt, nicht null. Eigenanteil = Kosten − Förderung.",
        tag_oder(n.stand),
        tag(n.stichtag)
    );
    if demo {
        let _ = write!(hinweis, " Demodaten – keine amtlichen Angaben.");
    }
    b.write_string_with_format(1, 0, hinweis, &f.leise)?;
    for (i, (name, _)) in KOPF.iter().enumerate() {
        b.write_string_with_format(3, spalte(i), *name, &f.kopf)?;
    }
    b.set_freeze_panes(4, 2)?;
    b.set_repeat_rows(3, 3)?;
    let mut zeile = 4;
    for abschnitt in &n.abschnitte {
        for i in 0..KOPF.len() {
            b.write_blank(zeile, spalte(i), &f.abschnitt)?;
        }
        b.write_string_with_format(zeile, 0, abschnitt.titel.as_str(), &f.abschnitt)?;
        zeile += 1;
        let erste = zeile;
        for z in &abschnitt.zeilen {
            for (i, zelle) in zellen(z).into_iter().enumerate() {
                match zelle {
                    Zelle::Text(wert) => {
                        b.write_string_with_format(zeile, spalte(i), text(&wert), &f.text)?
                    }
                    Zelle::Betrag(Some(ct)) => {
                        b.write_number_with_format(zeile, spalte(i), ct as f64 / 100.0, &f.betrag)?
                    }
                    Zelle::Betrag(None) => b.write_blank(zeile, spalte(i), &f.betrag)?,
                };
            }
            zeile += 1;
        }
        let titel = format!("Summe {}", abschnitt.titel);
        summenzeile(b, zeile, &titel, (erste, zeile - 1), &abschnitt.summe, f)?;
        zeile += 1;
    }
    if zeile > 4 {
        summenzeile(b, zeile, "Summe", (4, zeile - 1), &n.summe, f)?;
    }
    Ok(())
}

/// TEILERGEBNIS leaves out the sums between, so the last one may span them.
fn summenzeile(
    b: &mut Worksheet,
    zeile: u32,
    titel: &str,
    (von, bis): (u32, u32),
    summe: &Betraege,
    f: &Formate,
) -> Result<(), XlsxError> {
    for i in 0..KOPF.len() {
        b.write_blank(zeile, spalte(i), &f.summe_text)?;
    }
    b.write_string_with_format(zeile, 0, titel, &f.summe_text)?;
    let werte = [
        summe.kosten_ct,
        summe.foerderung_ct,
        summe.eigenanteil_ct,
        summe.ertrag_ct,
        summe.folgekosten_ct,
    ];
    for (i, wert) in BETRAEGE.zip(werte) {
        let Some(ct) = wert else { continue };
        let (a, z) = (
            row_col_to_cell(von, spalte(i)),
            row_col_to_cell(bis, spalte(i)),
        );
        let formel = Formula::new(format!("=SUBTOTAL(9,{a}:{z})"))
            .set_result(format!("{}", ct as f64 / 100.0));
        b.write_formula_with_format(zeile, spalte(i), formel, &f.summe)?;
    }
    Ok(())
}

fn finanzierung(b: &mut Worksheet, n: &Nachweis, f: &Formate) -> Result<(), XlsxError> {
    blatt(b, "Finanzierung")?;
    b.set_column_width(0, 48)?;
    for i in 1..5 {
        b.set_column_width(i, 18)?;
    }
    b.write_string_with_format(0, 0, "Deckung der Kosten", &f.titel)?;
    let x = &n.finanzierung;
    let zeilen = [
        ("Bewilligte Förderung", x.bewilligt_ct),
        ("Geplante Förderung", x.geplant_ct),
        ("Eigenanteil der Gemeinde", x.eigenanteil_ct),
    ];
    let mut zeile = 1;
    for (titel, ct) in zeilen {
        b.write_string_with_format(zeile, 0, titel, &f.text)?;
        b.write_number_with_format(zeile, 1, ct as f64 / 100.0, &f.betrag)?;
        zeile += 1;
    }
    b.write_string_with_format(zeile, 0, "Kosten", &f.summe_text)?;
    let kosten = x.bewilligt_ct + x.geplant_ct + x.eigenanteil_ct;
    b.write_formula_with_format(
        zeile,
        1,
        Formula::new("=SUM(B2:B4)").set_result(format!("{}", kosten as f64 / 100.0)),
        &f.summe,
    )?;
    zeile += 1;
    for (titel, ct) in [
        (
            "Daneben: Förderung von Maßnahmen ohne Kostenangabe",
            x.ohne_kosten_ct,
        ),
        (
            "Daneben: geprüft oder beantragt, zählt nicht",
            x.erwartet_ct,
        ),
    ] {
        b.write_string_with_format(zeile, 0, titel, &f.leise)?;
        b.write_number_with_format(zeile, 1, ct as f64 / 100.0, &f.betrag)?;
        zeile += 1;
    }
    zeile += 1;
    for (i, name) in [
        "Programm",
        "Geber",
        "bewilligt €",
        "beantragt €",
        "geprüft €",
    ]
    .into_iter()
    .enumerate()
    {
        b.write_string_with_format(zeile, spalte(i), name, &f.kopf)?;
    }
    for p in &n.programme {
        zeile += 1;
        b.write_string_with_format(zeile, 0, text(&p.titel), &f.text)?;
        b.write_string_with_format(zeile, 1, text(p.geber.as_deref().unwrap_or("")), &f.text)?;
        for (i, ct) in [p.bewilligt_ct, p.beantragt_ct, p.geprueft_ct]
            .into_iter()
            .enumerate()
        {
            if let Some(ct) = ct {
                b.write_number_with_format(zeile, spalte(i + 2), ct as f64 / 100.0, &f.betrag)?;
            }
        }
    }
    Ok(())
}

fn fehlendes(b: &mut Worksheet, n: &Nachweis, f: &Formate) -> Result<(), XlsxError> {
    blatt(b, "Was fehlt")?;
    b.set_column_width(0, 12)?;
    b.set_column_width(1, 48)?;
    b.set_column_width(2, 60)?;
    for (i, name) in ["Nr.", "Maßnahme", "Es fehlt"].into_iter().enumerate() {
        b.write_string_with_format(0, spalte(i), name, &f.kopf)?;
    }
    b.set_freeze_panes(1, 0)?;
    let mut zeile = 1;
    for z in n.abschnitte.iter().flat_map(|a| &a.zeilen) {
        if z.fehlt.is_empty() {
            continue;
        }
        let nummer = z.nummer.as_deref().unwrap_or("");
        b.write_string_with_format(zeile, 0, text(nummer), &f.text)?;
        b.write_string_with_format(zeile, 1, text(&z.titel), &f.text)?;
        b.write_string_with_format(zeile, 2, z.fehlt_worte(), &f.text)?;
        zeile += 1;
    }
    for Fehlt {
        titel, massnahmen, ..
    } in &n.fehlt
    {
        zeile += 1;
        let satz = format!("Ohne {titel}: {massnahmen} von {}", n.massnahmen);
        b.write_string_with_format(zeile, 1, satz, &f.summe_text)?;
    }
    Ok(())
}
