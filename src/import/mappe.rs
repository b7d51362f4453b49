//! Workbooks (XLSX): every sheet as a table, with what only a workbook knows about a cell.
//!
//! The container is checked before it is read: what it inflates to is counted, so that a
//! small file cannot fill the memory.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};

use super::bericht::{Bericht, Stelle, buchstaben};
use super::table::{Feld, Feldart, Kodierung, Tabelle, Zeile, sauber, schreibweise, sha256};

/// Inflated at most, in bytes; 50,000 rows of 20 columns have about 40 MB.
const ENTPACKT_MAX: u64 = 512 << 20;
/// Inflated over packed at most, from 20 MB on.
const VERHAELTNIS_MAX: u64 = 120;
/// Filled cells at most, over all sheets.
const ZELLEN_MAX: usize = 4_000_000;
/// Columns at most: more are stray formats far to the right.
const SPALTEN_MAX: usize = 200;
/// Rows above the headings: titles and notes.
const VORZEILEN: usize = 20;

/// The content is a workbook, or some other office file we name in the report.
#[must_use]
pub fn ist_mappe(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

/// Reads the sheets of a workbook that are tables. `bekannt` says which headings (in the
/// form of [`schreibweise`]) mean something, `blatt` which sheet names do; a sheet without
/// either is left out with a hint.
pub fn lies(
    datei: &str,
    bytes: &[u8],
    bekannt: &dyn Fn(&str) -> bool,
    blatt: &dyn Fn(&str) -> bool,
    bericht: &mut Bericht,
) -> Vec<Tabelle> {
    if let Err(grund) = pruefe_behaelter(bytes) {
        bericht.fehler(Stelle::datei(datei), grund);
        return Vec::new();
    }
    match blaetter(datei, bytes, bekannt, blatt, bericht) {
        Ok(tabellen) => tabellen,
        Err(cause) => {
            bericht.fehler(
                Stelle::datei(datei),
                format!("Die Excel-Datei ist beschädigt oder keine XLSX-Mappe ({cause}). Bitte in Excel oder LibreOffice öffnen und neu als „Excel-Arbeitsmappe (.xlsx)“ speichern."),
            );
            Vec::new()
        }
    }
}

/// What the file is, when it is no readable workbook; and whether it stays small unpacked.
fn pruefe_behaelter(bytes: &[u8]) -> Result<(), String> {
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        // Names in the old container are UTF-16.
        let hat = |name: &str| {
            let gesucht: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes
                .windows(gesucht.len())
                .any(|fenster| fenster == gesucht)
        };
        return Err(if hat("EncryptedPackage") {
            "Die Datei ist mit einem Kennwort geschützt und lässt sich nicht lesen. Bitte in Excel öffnen, unter Datei → Informationen → Arbeitsmappe schützen das Kennwort entfernen und neu speichern.".to_owned()
        } else {
            "Das ist eine Datei des alten Excel-Formats (.xls). Bitte öffnen und als „Excel-Arbeitsmappe (.xlsx)“ speichern.".to_owned()
        });
    }
    let mut archiv = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|cause| format!("Die Datei ist beschädigt ({cause}). Bitte neu speichern."))?;
    if archiv.len() > 5_000 {
        return Err(
            "Die Datei enthält ungewöhnlich viele Teile und wird nicht gelesen.".to_owned(),
        );
    }
    let mut ods = false;
    let mut xlsx = false;
    let mut entpackt: u64 = 0;
    let grenze = (bytes.len() as u64)
        .saturating_mul(VERHAELTNIS_MAX)
        .clamp(20 << 20, ENTPACKT_MAX);
    for nr in 0..archiv.len() {
        let mut eintrag = archiv
            .by_index(nr)
            .map_err(|cause| format!("Die Datei ist beschädigt ({cause}). Bitte neu speichern."))?;
        let name = eintrag
            .name()
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default();
        xlsx |= name == "xl/workbook.xml";
        if name == "mimetype" {
            let mut mime = String::new();
            let _ = eintrag.by_ref().take(200).read_to_string(&mut mime);
            ods |= mime.contains("opendocument");
        }
        // Counted while inflating: the size the file states may be a lie.
        let geschrieben = std::io::copy(
            &mut eintrag.take(grenze.saturating_sub(entpackt) + 1),
            &mut std::io::sink(),
        )
        .map_err(|cause| format!("Die Datei ist beschädigt ({cause}). Bitte neu speichern."))?;
        entpackt += geschrieben;
        if entpackt > grenze {
            return Err("Die Datei entpackt sich auf ein Vielfaches ihrer Größe und wird nicht gelesen. Bitte die Tabellen in eine neue Mappe kopieren (nur Werte) oder als CSV liefern.".to_owned());
        }
    }
    if ods {
        return Err("Das ist eine LibreOffice-Datei (.ods). Bitte als „Excel 2007–365 (.xlsx)“ oder als CSV speichern.".to_owned());
    }
    if !xlsx {
        return Err("Das ist keine Excel-Mappe, sondern ein anderes Zip-Archiv. Gebraucht wird eine .xlsx- oder CSV-Datei.".to_owned());
    }
    Ok(())
}

fn blaetter(
    datei: &str,
    bytes: &[u8],
    bekannt: &dyn Fn(&str) -> bool,
    blatt: &dyn Fn(&str) -> bool,
    bericht: &mut Bericht,
) -> Result<Vec<Tabelle>, calamine::XlsxError> {
    let mut mappe = Xlsx::new(Cursor::new(bytes))?;
    let hash = sha256(bytes);
    let mut tabellen = Vec::new();
    let mut zellen = 0;
    let namen: Vec<_> = mappe.sheets_metadata().to_vec();
    for metadaten in namen {
        let name = metadaten.name;
        // Ours: explanations and the words of the drop-down lists.
        if metadaten.typ != SheetType::WorkSheet
            || ["anleitung", "listen"].contains(&schreibweise(&name).as_str())
        {
            continue;
        }
        let stelle = || Stelle {
            blatt: Some(name.clone()),
            ..Stelle::datei(datei)
        };
        let (zeilen, abgeschnitten) = zeilen(&mut mappe, &name, &mut zellen)?;
        let benannt = blatt(&schreibweise(&name));
        // One known word alone is chance, unless the sheet's name says what it is.
        let Some(kopf_nr) = kopfzeile(&zeilen, bekannt, if benannt { 1 } else { 2 }) else {
            // A chart's data is no mistake; a sheet that is named like one of ours is.
            if benannt && !zeilen.is_empty() {
                bericht.fehler(stelle(), "In den ersten Zeilen dieses Blatts steht keine bekannte Kopfzeile. Die erste Zeile nennt die Spalten.");
            } else if !zeilen.is_empty() {
                bericht.hinweis(
                    stelle(),
                    "Dieses Blatt hat keine bekannte Kopfzeile und wird nicht gelesen.",
                );
            }
            continue;
        };
        if metadaten.visible != SheetVisible::Visible {
            bericht.hinweis(stelle(), "Dieses Blatt ist ausgeblendet; es wird trotzdem gelesen. Soll es nicht, bitte löschen.");
        }
        if abgeschnitten {
            bericht.fehler(stelle(), format!("Das Blatt hat zu viele gefüllte Zellen (mehr als {ZELLEN_MAX} in der Mappe). Bitte aufteilen."));
            continue;
        }
        let kopf: Vec<String> = zeilen[kopf_nr]
            .felder
            .iter()
            .map(|f| f.text.clone())
            .collect();
        pruefe_verbund(&mut mappe, &name, zeilen[kopf_nr].nummer, &stelle, bericht);
        let mut rest: Vec<Zeile> = zeilen.into_iter().skip(kopf_nr + 1).collect();
        for zeile in &mut rest {
            zeile.felder.resize(kopf.len(), Feld::default());
        }
        rest.retain(|zeile| {
            zeile
                .felder
                .iter()
                .any(|feld| !feld.is_empty() || feld.art != Feldart::Text)
        });
        tabellen.push(Tabelle {
            datei: datei.to_owned(),
            blatt: Some(name),
            sha256: hash.clone(),
            kodierung: Kodierung::Mappe,
            trenner: ' ',
            kopf,
            zeilen: rest,
        });
    }
    if tabellen.is_empty() && !bericht.abgelehnt() {
        bericht.fehler(Stelle::datei(datei), "Kein Blatt dieser Mappe hat eine bekannte Kopfzeile. Eine Vorlage schreibt „zielraum import strategie --vorlage DATEI.xlsx“.");
    }
    Ok(tabellen)
}

/// The rows of a sheet that hold something. True when there are too many cells.
fn zeilen(
    mappe: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    zellen: &mut usize,
) -> Result<(Vec<Zeile>, bool), calamine::XlsxError> {
    let mut zeilen: Vec<Zeile> = Vec::new();
    {
        let mut leser = mappe.worksheet_cells_reader(name)?;
        let prozent: Vec<bool> = leser
            .styles()
            .iter()
            .map(|stil| {
                stil.number_format
                    .as_ref()
                    .is_some_and(|f| f.format_code.contains('%'))
            })
            .collect();
        while let Some((zelle, stil)) = leser.next_cell_with_style_id()? {
            let (zeile, spalte) = zelle.get_position();
            let feld = feld(zelle.get_value(), prozent.get(stil) == Some(&true));
            if feld.is_empty() && feld.art == Feldart::Text {
                continue;
            }
            setze(&mut zeilen, zeile, spalte, feld);
            *zellen += 1;
            if *zellen > ZELLEN_MAX {
                return Ok((Vec::new(), true));
            }
        }
    }
    // A second pass: only it sees formulas, and only those without a result matter.
    let mut leser = mappe.worksheet_cells_reader(name)?;
    while let Some(zelle) = leser.next_cell_with_formula()? {
        if zelle.formula.is_some() && zelle.value == DataRef::Empty {
            setze(
                &mut zeilen,
                zelle.pos.0,
                zelle.pos.1,
                Feld {
                    text: String::new(),
                    art: Feldart::Formel,
                },
            );
        }
    }
    zeilen.sort_by_key(|zeile| zeile.nummer);
    Ok((zeilen, false))
}

fn setze(zeilen: &mut Vec<Zeile>, zeile: u32, spalte: u32, feld: Feld) {
    let (nummer, spalte) = (zeile as usize + 1, spalte as usize);
    if spalte >= SPALTEN_MAX {
        return;
    }
    let stelle = if zeilen.last().is_some_and(|z| z.nummer == nummer) {
        zeilen.len() - 1
    } else if zeilen.last().is_none_or(|z| z.nummer < nummer) {
        zeilen.push(Zeile {
            nummer,
            felder: Vec::new(),
        });
        zeilen.len() - 1
    } else {
        match zeilen.binary_search_by_key(&nummer, |z| z.nummer) {
            Ok(stelle) => stelle,
            Err(stelle) => {
                zeilen.insert(
                    stelle,
                    Zeile {
                        nummer,
                        felder: Vec::new(),
                    },
                );
                stelle
            }
        }
    };
    let felder = &mut zeilen[stelle].felder;
    if felder.len() <= spalte {
        felder.resize(spalte + 1, Feld::default());
    }
    felder[spalte] = feld;
}

fn feld(wert: &DataRef<'_>, prozent: bool) -> Feld {
    let zahl = if prozent {
        Feldart::Prozent
    } else {
        Feldart::Zahl
    };
    let (text, art) = match wert {
        DataRef::Empty => (String::new(), Feldart::Text),
        DataRef::Int(zahl_) => (zahl_.to_string(), zahl),
        DataRef::Float(zahl_) => (zahl_.to_string(), zahl),
        DataRef::String(text) => (sauber(text), Feldart::Text),
        DataRef::SharedString(text) => (sauber(text), Feldart::Text),
        DataRef::Bool(wahr) => (if *wahr { "ja" } else { "nein" }.to_owned(), Feldart::Text),
        DataRef::DateTime(tag) => match tag.as_datetime() {
            Some(zeit) if tag.is_datetime() => (zeit.date().to_string(), Feldart::Datum),
            _ => (tag.as_f64().to_string(), Feldart::Zahl),
        },
        DataRef::DateTimeIso(text) => (
            text.split('T').next().unwrap_or_default().to_owned(),
            Feldart::Datum,
        ),
        DataRef::DurationIso(text) => (text.clone(), Feldart::Text),
        DataRef::Error(fehler) => (fehler.to_string(), Feldart::Fehler),
    };
    Feld { text, art }
}

/// The row that names the columns: of the first rows the one with most known headings.
fn kopfzeile(zeilen: &[Zeile], bekannt: &dyn Fn(&str) -> bool, mindestens: usize) -> Option<usize> {
    let treffer: HashMap<usize, usize> = zeilen
        .iter()
        .take(VORZEILEN)
        .enumerate()
        .map(|(n, zeile)| {
            (
                n,
                zeile
                    .felder
                    .iter()
                    .filter(|feld| bekannt(&schreibweise(feld)))
                    .count(),
            )
        })
        .filter(|(_, zahl)| *zahl >= mindestens)
        .collect();
    let beste = treffer.values().max()?;
    treffer
        .iter()
        .filter(|(_, zahl)| *zahl == beste)
        .map(|(n, _)| *n)
        .min()
}

/// Merged cells hold their value in the first one only; the rest would read as empty.
fn pruefe_verbund(
    mappe: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    kopf: usize,
    stelle: &dyn Fn() -> Stelle,
    bericht: &mut Bericht,
) {
    let Ok(verbunden) = mappe.merge_cells_by_sheet_name(name) else {
        return;
    };
    for bereich in verbunden {
        // Above the headings a merged title does no harm.
        if (bereich.end.0 as usize) + 1 < kopf {
            continue;
        }
        let ecke =
            |(zeile, spalte): (u32, u32)| format!("{}{}", buchstaben(spalte as usize), zeile + 1);
        bericht.fehler(
            Stelle { zeile: bereich.start.0 as usize + 1, ..stelle() }.an(Some(bereich.start.1 as usize)),
            format!(
                "Die Zellen {}:{} sind verbunden; ihr Wert steht nur in der ersten, die anderen wären leer. Bitte den Verbund aufheben und den Wert in jede Zelle schreiben.",
                ecke(bereich.start), ecke(bereich.end)
            ),
        );
    }
}
