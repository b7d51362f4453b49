//! The ISEK-Nachweis as CSV: the cells of a row stand here once, for CSV and XLSX.

use super::{Nachweis, Zeile};
use crate::haushalt::ausgabe::betrag;
use crate::haushalt::finanzwert::herkunft;
use crate::strategie::zahl::tag_oder;
use crate::tabelle::csv;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zelle {
    /// Text.
    Text(String),
    /// An amount; None stays empty.
    Betrag(Option<i64>),
}

/// Headings, with the width of the column in characters.
pub const KOPF: [(&str, u16); 19] = [
    ("Nr.", 8),
    ("Maßnahme", 34),
    ("Handlungsfeld", 20),
    ("Ziel", 24),
    ("Ort", 18),
    ("Gebiet", 18),
    ("Beginn", 11),
    ("Ende", 11),
    ("Beschlussstand", 14),
    ("Umsetzung", 14),
    ("Kosten €", 15),
    ("Förderung €", 15),
    ("Eigenanteil €", 15),
    ("Ertrag €", 13),
    ("Folgekosten je Jahr €", 13),
    ("Förderung aus", 16),
    ("Fundstelle im ISEK", 24),
    ("Es fehlt", 24),
    ("Stand", 11),
];

/// First column with an amount that is summed, and how many there are.
pub const BETRAEGE: std::ops::Range<usize> = 10..15;

/// The cells of a row under [`KOPF`].
#[must_use]
pub fn zellen(z: &Zeile) -> Vec<Zelle> {
    let text = |wert: &Option<String>| Zelle::Text(wert.clone().unwrap_or_default());
    let tag = |tag| Zelle::Text(Some(tag_oder(tag)).filter(|t| t != "–").unwrap_or_default());
    let b = &z.betraege;
    vec![
        text(&z.nummer),
        Zelle::Text(z.titel.clone()),
        text(&z.handlungsfeld),
        Zelle::Text(z.ziel.clone()),
        Zelle::Text(z.ort_worte()),
        text(&z.gebiet),
        tag(z.beginn),
        tag(z.ende),
        Zelle::Text(z.beschlussstand.clone()),
        Zelle::Text(z.umsetzungsphase.clone()),
        Zelle::Betrag(b.kosten_ct),
        Zelle::Betrag(b.foerderung_ct),
        Zelle::Betrag(b.eigenanteil_ct),
        Zelle::Betrag(b.ertrag_ct),
        Zelle::Betrag(b.folgekosten_ct),
        Zelle::Text(herkunft(z.foerderung_aus.as_deref())),
        text(&z.fundstelle),
        Zelle::Text(z.fehlt_worte()),
        tag(z.stand),
    ]
}

/// One line per measure, headed by its horizon.
#[must_use]
pub fn als_csv(nachweis: &Nachweis) -> String {
    let mut kopf = vec!["Kennung", "Zeithorizont"];
    kopf.extend(KOPF.iter().map(|(name, _)| *name));
    let mut zeilen = Vec::new();
    for abschnitt in &nachweis.abschnitte {
        for z in &abschnitt.zeilen {
            let mut zeile = vec![z.kennung.clone(), abschnitt.titel.clone()];
            zeile.extend(zellen(z).into_iter().map(|zelle| match zelle {
                Zelle::Text(text) => text,
                Zelle::Betrag(ct) => betrag(ct),
            }));
            zeilen.push(zeile);
        }
    }
    csv(&kopf, &zeilen)
}
