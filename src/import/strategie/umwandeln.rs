//! CSV files as one workbook, with typed cells: numbers as numbers, days as days.

use super::katalog::TABELLEN;
use super::mappe::{self, Anleitung, Blatt, Wert};
use super::spalten::{self, Spalte, Typ};
use super::verzeichnis::Verzeichnis;
use super::zahl;
use crate::error::{Error, Result};
use crate::import::bericht::Bericht;
use crate::import::table::{self, Feld, schreibweise};

/// The sheets of CSV files, given as name and content, as a workbook. The bytes depend on
/// the content alone.
///
/// # Errors
/// [`Error::Eingabe`] when a file is no table we know.
pub fn mappe_aus_csv(dateien: &[(String, Vec<u8>)], anleitung: &Anleitung) -> Result<Vec<u8>> {
    let mut bericht = Bericht::default();
    let mut blaetter: Vec<Blatt> = Vec::new();
    for (name, inhalt) in dateien {
        let Some(tabelle) = table::lies(name, inhalt, &spalten::bekannt, &mut bericht) else {
            return Err(Error::Eingabe(bericht.ablehnung()));
        };
        let stamm = name.rsplit_once('.').map(|(stamm, _)| stamm);
        let art = spalten::erkenne(&tabelle.kopf, stamm, false)
            .map_err(|grund| Error::Eingabe(format!("{name}: {grund}")))?;
        let spalten: Vec<(usize, &'static Spalte)> = tabelle
            .kopf
            .iter()
            .enumerate()
            .filter_map(|(n, kopf)| Some((n, art.spalte(&schreibweise(kopf))?)))
            .collect();
        let zeilen = tabelle
            .zeilen
            .iter()
            .map(|zeile| {
                spalten
                    .iter()
                    .map(|(n, spalte)| wert(spalte, &zeile.felder[*n]))
                    .collect()
            })
            .collect();
        blaetter.push(Blatt {
            art,
            spalten: spalten.iter().map(|(_, spalte)| *spalte).collect(),
            zeilen,
        });
    }
    blaetter.sort_by_key(|blatt| TABELLEN.iter().position(|t| t.art == blatt.art.art));
    mappe::mappe(&blaetter, anleitung, &Verzeichnis::default(), false)
}

fn wert(spalte: &Spalte, feld: &Feld) -> Wert {
    let text = || Wert::Text(feld.text.clone());
    if feld.is_empty() {
        return Wert::Leer;
    }
    match spalte.typ {
        Typ::Zahl(..) | Typ::Ganzzahl(..) => {
            zahl::dezimal(feld).map_or_else(|_| text(), Wert::Zahl)
        }
        Typ::Betrag => {
            zahl::cent(feld).map_or_else(|_| text(), |cent| Wert::Zahl(cent as f64 / 100.0))
        }
        Typ::Anteil => zahl::anteil(feld).map_or_else(|_| text(), Wert::Zahl),
        Typ::Datum | Typ::Stichtag => {
            zahl::datum(feld).map_or_else(|_| text(), |tag| Wert::Tag(tag.to_string()))
        }
        _ => text(),
    }
}
