//! What a sheet and a column are. Sheets are known by their headings (or their name in a
//! workbook); the same lists make templates and exports, so they cannot drift.

use super::katalog::TABELLEN;
use crate::import::table::schreibweise;

/// One kind of table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "named as their tables, which have German titles"
)]
pub enum Art {
    Akteur,
    Beschluss,
    Strategie,
    Strategiefassung,
    Leitlinie,
    Produkt,
    Handlungsfeld,
    Kennzahl,
    Ziel,
    Massnahme,
    Teilschritt,
    Fachplan,
    Trend,
    Foerderprogramm,
    Frage,
    Gebiet,
    Kennzahlwert,
    ZielKennzahl,
    MassnahmeKennzahl,
    KennzahlKennzahl,
    MassnahmeMassnahme,
    ZielMassnahme,
    ZielNutzung,
    Raumbezug,
    Zustaendigkeit,
    Sdg,
    BeschlussBezug,
    Fundstelle,
    TrendBezug,
    Finanzwert,
    Foerderung,
    GebietMassnahme,
}

/// What stands in the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Typ {
    /// The row's own immutable name.
    Kennung,
    /// Text.
    Text,
    /// Whole number from … to.
    Ganzzahl(i64, i64),
    /// Decimal number from … to, in German or English form.
    Zahl(f64, f64),
    /// Amount in EUR; stored in cents.
    Betrag,
    /// Share: 60 %, 0,6 or a percent cell; stored as 0 to 1.
    Anteil,
    /// Yes or no.
    Wahr,
    /// Day.
    Datum,
    /// Day, or a year alone for its last day.
    Stichtag,
    /// Days from … to, the end may be open.
    Zeitraum,
    /// Numbers from … to.
    Spanne,
    /// Colour `#RRGGBB`.
    Farbe,
    /// One of few technical words.
    Wahl(&'static [&'static str]),
    /// Key or title of a code table.
    Code(&'static str),
    /// A row of another table by kennung, number or title.
    Verweis(&'static str),
    /// The kennung of an area of a plan.
    Flaeche,
    /// Geometry: WKT in EPSG:25832 or with `SRID=`.
    Wkt,
    /// A point as a pair of coordinates.
    Koordinaten,
    /// A parcel by its Kennzeichen, or Gemarkung and number.
    Flurstueck,
    /// Rows of another sheet, `a; b:+2; c`: the column of the other end, and the one the
    /// part behind the colon fills.
    Liste(Art, &'static str, Option<&'static str>),
    /// `entwurf` keeps the row a draft.
    Veroeffentlichung,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Spalte {
    /// Heading in files.
    pub name: &'static str,
    /// Heading in workbooks.
    pub titel: &'static str,
    /// Column of the table it fills.
    pub feld: &'static str,
    /// Cells may not be empty.
    pub pflicht: bool,
    /// Value of an empty cell, as JSON, where the column cannot be empty.
    pub vorgabe: Option<&'static str>,
    /// Content.
    pub typ: Typ,
    /// Cell of the explained example row.
    pub beispiel: &'static str,
    /// Read, but not written by exports: another sheet holds the same.
    pub nur_eingabe: bool,
    /// Other headings that mean the same.
    auch: &'static [&'static str],
}

/// A column whose heading is the name of its field.
pub(super) const fn spalte(name: &'static str, titel: &'static str, typ: Typ) -> Spalte {
    Spalte {
        name,
        titel,
        feld: name,
        pflicht: false,
        vorgabe: None,
        typ,
        beispiel: "",
        nur_eingabe: false,
        auch: &[],
    }
}

impl Spalte {
    pub(super) const fn pflicht(mut self) -> Self {
        self.pflicht = true;
        self
    }
    pub(super) const fn vorgabe(mut self, wert: &'static str) -> Self {
        self.vorgabe = Some(wert);
        self
    }
    pub(super) const fn feld(mut self, feld: &'static str) -> Self {
        self.feld = feld;
        self
    }
    pub(super) const fn auch(mut self, auch: &'static [&'static str]) -> Self {
        self.auch = auch;
        self
    }
    pub(super) const fn beispiel(mut self, text: &'static str) -> Self {
        self.beispiel = text;
        self
    }
    pub(super) const fn nur_eingabe(mut self) -> Self {
        self.nur_eingabe = true;
        self
    }
    /// `kopf` in the form of [`schreibweise`] means this column.
    #[must_use]
    pub fn heisst(&self, kopf: &str) -> bool {
        kopf == self.name
            || kopf == self.feld
            || self.auch.contains(&kopf)
            || kopf == schreibweise(self.titel)
    }
    /// The column is one of the table, and not a list or a way to write another.
    #[must_use]
    pub fn gespeichert(&self) -> bool {
        !matches!(
            self.typ,
            Typ::Liste(..) | Typ::Koordinaten | Typ::Flurstueck | Typ::Veroeffentlichung
        )
    }
}

/// How the rows of a sheet are told apart and replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weise {
    /// By kennung; what is not delivered stays.
    Kennung,
    /// By these columns together; what is not delivered stays.
    Schluessel(&'static [&'static str]),
    /// Each owner named (the first of these columns that is filled) gets the delivered set.
    Menge(&'static [&'static str]),
}

/// One kind of table with its columns.
#[derive(Debug, Clone, Copy)]
pub struct Tabellenart {
    /// Its kind.
    pub art: Art,
    /// Table in the database.
    pub tabelle: &'static str,
    /// Schema of the table.
    pub schema: &'static str,
    /// Name of its sheet in a workbook.
    pub blatt: &'static str,
    /// Other names of the sheet, in the form of [`schreibweise`].
    pub auch: &'static [&'static str],
    /// File name of the template.
    pub datei: &'static str,
    /// How its rows are told apart.
    pub weise: Weise,
    /// Columns that name what these rows are published with.
    pub eigner: &'static [&'static str],
    /// Exactly one of these columns must be filled.
    pub einer_von: &'static [&'static str],
    /// The table has its own uuid.
    pub mit_id: bool,
    /// Columns in the order of the template.
    pub spalten: &'static [Spalte],
}

impl Tabellenart {
    /// The column of a heading in the form of [`schreibweise`].
    #[must_use]
    pub fn spalte(&self, kopf: &str) -> Option<&'static Spalte> {
        self.spalten.iter().find(|spalte| spalte.heisst(kopf))
    }
    /// The column that fills this field.
    #[must_use]
    pub fn feld(&self, feld: &str) -> Option<&'static Spalte> {
        self.spalten.iter().find(|spalte| spalte.feld == feld)
    }
    /// Table with its schema, as `regclass` reads it.
    #[must_use]
    pub fn relation(&self) -> String {
        format!("{}.{}", self.schema, self.tabelle)
    }
    /// The sheet has this name (in the form of [`schreibweise`]).
    #[must_use]
    pub fn heisst(&self, name: &str) -> bool {
        schreibweise(self.blatt) == name
            || self.tabelle == name
            || self.auch.contains(&name)
            || self.datei.trim_end_matches(".csv") == name
    }
    fn fehlende<'a>(&'a self, kopf: &'a [String]) -> impl Iterator<Item = &'a Spalte> {
        self.spalten
            .iter()
            .filter(|spalte| spalte.pflicht && !kopf.iter().any(|name| spalte.heisst(name)))
    }
}

/// The kind of table of an [`Art`].
#[must_use]
pub fn tabelle(art: Art) -> &'static Tabellenart {
    TABELLEN
        .iter()
        .find(|tabelle| tabelle.art == art)
        .unwrap_or(&TABELLEN[0])
}

/// The relation a field points at: `massnahme_id` → `strategie.massnahme`.
#[must_use]
pub fn ziel_des_felds(feld: &str) -> Option<&'static Tabellenart> {
    let name = feld.strip_suffix("_id")?;
    TABELLEN.iter().find(|tabelle| tabelle.tabelle == name)
}

/// The heading means something in some table.
#[must_use]
pub fn bekannt(kopf: &str) -> bool {
    TABELLEN
        .iter()
        .any(|tabelle| tabelle.spalte(kopf).is_some())
}

/// What short headings mean: `kennung;titel` is a Handlungsfeld, with `art` a measure.
const HAEUFIG: [Art; 3] = [Art::Handlungsfeld, Art::Ziel, Art::Massnahme];

/// Finds out which table a sheet holds. A sheet of a workbook by its name; else the table
/// that knows most of the headings, then the one that misses least. The name of a text
/// file is a hint alone (`mappe` false).
/// Error: why it is none, in German.
pub fn erkenne(
    kopf: &[String],
    name: Option<&str>,
    mappe: bool,
) -> Result<&'static Tabellenart, String> {
    let kopf: Vec<String> = kopf.iter().map(|name| schreibweise(name)).collect();
    let benannt = name.and_then(|name| {
        let name = schreibweise(name);
        TABELLEN.iter().find(|tabelle| tabelle.heisst(&name))
    });
    // A file may be misnamed; a name counts where the headings do not contradict it.
    let benannt = benannt.filter(|b| mappe || b.fehlende(&kopf).next().is_none());
    let beste = TABELLEN
        .iter()
        .filter(|tabelle| benannt.is_none_or(|b| b.art == tabelle.art))
        .map(|tabelle| {
            let bekannt = tabelle
                .spalten
                .iter()
                .filter(|spalte| kopf.iter().any(|name| spalte.heisst(name)))
                .count();
            (tabelle, bekannt, tabelle.fehlende(&kopf).count())
        })
        .max_by_key(|(tabelle, bekannt, fehlend)| {
            (
                *bekannt,
                std::cmp::Reverse(*fehlend),
                // All columns of a table are that table; of those that fit alike the one
                // offices write most is meant.
                *bekannt == tabelle.spalten.len(),
                HAEUFIG.contains(&tabelle.art),
                std::cmp::Reverse(tabelle.spalten.len()),
            )
        });
    let Some((tabelle, bekannt, _)) = beste.filter(|(_, bekannt, _)| *bekannt > 0) else {
        return Err("Keine Spalte dieser Kopfzeile ist bekannt. Die erste Zeile nennt die Spalten; die Vorlage schreibt „zielraum import strategie --vorlage DATEI.xlsx“.".to_owned());
    };
    let fehlend: Vec<&str> = tabelle
        .fehlende(&kopf)
        .map(|spalte| if mappe { spalte.titel } else { spalte.name })
        .collect();
    if fehlend.is_empty() {
        return Ok(tabelle);
    }
    Err(format!(
        "Die Kopfzeile passt zu keiner Tabelle ganz. Am nächsten kommt „{}“ ({bekannt} bekannte Spalten); es fehlt: {}.{} Die Vorlage schreibt „zielraum import strategie --vorlage DATEI.xlsx“.",
        tabelle.tabelle,
        fehlend.join(", "),
        if fehlend.iter().any(|f| schreibweise(f) == "kennung") {
            " Die Kennung ist der bleibende Name einer Zeile (etwa m-dorfmitte) und wird nicht aus dem Titel gebildet."
        } else {
            ""
        }
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn art(kopf: &str) -> Result<Art, String> {
        let kopf: Vec<String> = kopf.split(';').map(str::to_owned).collect();
        erkenne(&kopf, None, false).map(|tabelle| tabelle.art)
    }

    #[test]
    fn every_template_is_recognised() {
        for tabelle in TABELLEN {
            for kopf in [
                tabelle
                    .spalten
                    .iter()
                    .map(|s| s.name.to_owned())
                    .collect::<Vec<_>>(),
                tabelle.spalten.iter().map(|s| s.titel.to_owned()).collect(),
            ] {
                assert_eq!(
                    erkenne(&kopf, None, false).unwrap().art,
                    tabelle.art,
                    "{}",
                    tabelle.blatt
                );
                assert_eq!(
                    erkenne(&kopf, Some(tabelle.blatt), true).unwrap().art,
                    tabelle.art
                );
            }
        }
    }

    #[test]
    fn headings_of_a_sheet_are_unambiguous() {
        for tabelle in TABELLEN {
            for spalte in tabelle.spalten {
                for kopf in [
                    spalte.name.to_owned(),
                    schreibweise(spalte.titel),
                    spalte.feld.to_owned(),
                ] {
                    let gemeint: Vec<_> = tabelle
                        .spalten
                        .iter()
                        .filter(|s| s.heisst(&kopf))
                        .map(|s| s.name)
                        .collect();
                    assert!(
                        gemeint.first() == Some(&spalte.name)
                            || gemeint.len() > 1 && !spalte.gespeichert(),
                        "{} {kopf}: {gemeint:?}",
                        tabelle.blatt
                    );
                }
            }
        }
    }

    #[test]
    fn short_headings_and_missing_columns() {
        assert_eq!(art("ziel;Maßnahme"), Ok(Art::ZielMassnahme));
        assert_eq!(art("Kennung;Titel"), Ok(Art::Handlungsfeld));
        assert_eq!(art("KENNUNG;TITEL;ART;unbekannt"), Ok(Art::Massnahme));
        assert_eq!(
            art("Kennung;Maßnahmentitel;Art der Maßnahme"),
            Ok(Art::Massnahme)
        );
        assert_eq!(art("massnahme;art;Geometrie"), Ok(Art::Raumbezug));
        let ohne_art = art("kennung;titel;kurztext;ampel").unwrap_err();
        assert!(
            ohne_art.contains("„massnahme“") && ohne_art.contains("fehlt: art"),
            "{ohne_art}"
        );
        assert!(
            art("titel;art;kurztext;umsetzungsphase")
                .unwrap_err()
                .contains("bleibende Name")
        );
        assert!(art("a;b").unwrap_err().contains("Keine Spalte"));
    }
}
