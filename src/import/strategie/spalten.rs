//! Which tables there are and which columns they have. Files are known by their
//! headings; the same list makes the templates, so the two cannot drift.

use crate::import::table::schreibweise;

/// One kind of table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Art {
    /// Fields of action.
    Handlungsfeld,
    /// Goals of both levels.
    Ziel,
    /// Measures.
    Massnahme,
    /// Contribution of measures to goals.
    ZielMassnahme,
    /// Goal × land use.
    ZielNutzung,
    /// Where measures lie.
    Raumbezug,
    /// Projects of village-renewal areas.
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
    /// Yes or no.
    Wahr,
    /// Day.
    Datum,
    /// Colour `#RRGGBB`.
    Farbe,
    /// One of few technical words.
    Wahl(&'static [&'static str]),
    /// Key or title of a code table.
    Code(&'static str),
    /// The kennung of a row of another table: of a kind above, or `ortsteil`, `plan`, `gebiet`.
    Verweis(&'static str),
    /// The kennung of an area of a plan.
    Flaeche,
    /// Geometry as WKT in EPSG:25832.
    Wkt,
    /// `entwurf` keeps the row a draft.
    Veroeffentlichung,
}

/// One column.
#[derive(Debug)]
pub struct Spalte {
    /// Heading.
    pub name: &'static str,
    /// Column of the table it fills.
    pub feld: &'static str,
    /// Cells may not be empty.
    pub pflicht: bool,
    /// Value of an empty cell, as JSON, where the column cannot be empty.
    pub vorgabe: Option<&'static str>,
    /// Content.
    pub typ: Typ,
    /// Other headings that mean the same.
    auch: &'static [&'static str],
}

const fn spalte(name: &'static str, typ: Typ) -> Spalte {
    Spalte {
        name,
        feld: name,
        pflicht: false,
        vorgabe: None,
        typ,
        auch: &[],
    }
}

impl Spalte {
    const fn pflicht(mut self) -> Self {
        self.pflicht = true;
        self
    }
    const fn vorgabe(mut self, wert: &'static str) -> Self {
        self.vorgabe = Some(wert);
        self
    }
    const fn feld(mut self, feld: &'static str, auch: &'static [&'static str]) -> Self {
        self.feld = feld;
        self.auch = auch;
        self
    }
    fn heisst(&self, kopf: &str) -> bool {
        kopf == self.name || kopf == self.feld || self.auch.contains(&kopf)
    }
}

/// One kind of table with its columns.
#[derive(Debug)]
pub struct Tabellenart {
    /// Its kind.
    pub art: Art,
    /// Table in the database.
    pub tabelle: &'static str,
    /// Schema of the table.
    pub schema: &'static str,
    /// File name of the template.
    pub datei: &'static str,
    /// Columns in the order of the template.
    pub spalten: &'static [Spalte],
}

const KENNUNG: Spalte = spalte("kennung", Typ::Kennung).pflicht();
const NUMMER: Spalte = spalte("nummer", Typ::Text).feld("nummer", &["nr"]);
const TITEL: Spalte = spalte("titel", Typ::Text).pflicht();
const MASSNAHME: Spalte = spalte("massnahme", Typ::Verweis("massnahme"))
    .feld("massnahme_id", &["massnahme_kennung"])
    .pflicht();
const ZIEL: Spalte = spalte("ziel", Typ::Verweis("ziel"))
    .feld("ziel_id", &["ziel_kennung"])
    .pflicht();
const VEROEFFENTLICHUNG: Spalte = spalte("veroeffentlichung", Typ::Veroeffentlichung);

/// All kinds, in the order in which they are written.
pub static TABELLEN: [Tabellenart; 7] = [
    Tabellenart {
        art: Art::Handlungsfeld,
        tabelle: "handlungsfeld",
        schema: "strategie",
        datei: "handlungsfelder.csv",
        spalten: &[
            KENNUNG,
            NUMMER,
            TITEL,
            spalte("farbe", Typ::Farbe).vorgabe("\"#607D8B\""),
            spalte("symbol", Typ::Text),
            spalte("reihenfolge", Typ::Ganzzahl(-1_000_000, 1_000_000)).vorgabe("0"),
            VEROEFFENTLICHUNG,
        ],
    },
    Tabellenart {
        art: Art::Ziel,
        tabelle: "ziel",
        schema: "strategie",
        datei: "ziele.csv",
        spalten: &[
            KENNUNG,
            spalte("handlungsfeld", Typ::Verweis("handlungsfeld"))
                .feld("handlungsfeld_id", &["handlungsfeld_kennung"])
                .pflicht(),
            spalte("ebene", Typ::Wahl(crate::strategie::ziel::EBENEN)).pflicht(),
            spalte("uebergeordnet", Typ::Verweis("ziel")).feld(
                "uebergeordnet_id",
                &["uebergeordnetes_ziel", "uebergeordnet_kennung"],
            ),
            NUMMER,
            TITEL,
            spalte("text", Typ::Text),
            spalte("begruendung", Typ::Text),
            spalte("zieljahr", Typ::Ganzzahl(1990, 2200)),
            spalte(
                "raumwirksam",
                Typ::Wahl(crate::strategie::ziel::RAUMWIRKSAM),
            )
            .vorgabe("\"mittelbar\""),
            VEROEFFENTLICHUNG,
        ],
    },
    Tabellenart {
        art: Art::Massnahme,
        tabelle: "massnahme",
        schema: "strategie",
        datei: "massnahmen.csv",
        spalten: &[
            KENNUNG,
            NUMMER,
            TITEL,
            spalte("kurztext", Typ::Text),
            spalte("beschreibung", Typ::Text),
            spalte("art", Typ::Code("massnahme_art")).pflicht(),
            spalte("beginn", Typ::Datum),
            spalte("ende", Typ::Datum),
            spalte("dauerhaft", Typ::Wahr).vorgabe("false"),
            spalte("prioritaet", Typ::Ganzzahl(0, 1_000_000)),
            spalte("leitprojekt", Typ::Wahr).vorgabe("false"),
            spalte("beschlussstand", Typ::Code("beschlussstand")).vorgabe("\"idee\""),
            spalte("umsetzungsphase", Typ::Code("umsetzungsphase")).vorgabe("\"nicht_begonnen\""),
            spalte("ampel", Typ::Code("ampel")).vorgabe("\"unbekannt\""),
            spalte("intern_notiz", Typ::Text),
            VEROEFFENTLICHUNG,
        ],
    },
    Tabellenart {
        art: Art::ZielMassnahme,
        tabelle: "ziel_massnahme",
        schema: "strategie",
        datei: "ziel_massnahme.csv",
        spalten: &[
            MASSNAHME,
            ZIEL,
            spalte("beitrag", Typ::Ganzzahl(-2, 2)).vorgabe("1"),
            spalte("haupt", Typ::Wahr)
                .feld("haupt", &["hauptziel"])
                .vorgabe("false"),
        ],
    },
    Tabellenart {
        art: Art::ZielNutzung,
        tabelle: "ziel_nutzungsart_wirkung",
        schema: "strategie",
        datei: "ziel_nutzungsart_wirkung.csv",
        spalten: &[
            ZIEL,
            spalte("nutzung", Typ::Code("nutzung"))
                .feld("nutzung", &["nutzungsart"])
                .pflicht(),
            spalte("wirkung", Typ::Ganzzahl(-2, 2)).pflicht(),
            spalte("begruendung", Typ::Text),
        ],
    },
    Tabellenart {
        art: Art::Raumbezug,
        tabelle: "raumbezug",
        schema: "strategie",
        datei: "raumbezug.csv",
        spalten: &[
            MASSNAHME,
            spalte("art", Typ::Wahl(crate::strategie::raumbezug::ARTEN)).pflicht(),
            spalte("ortsteil", Typ::Verweis("ortsteil")).feld("ortsteil_id", &["ortsteil_kennung"]),
            spalte("plan", Typ::Verweis("plan")).feld("plan_id", &["plan_kennung"]),
            spalte("flaeche", Typ::Flaeche).feld("flaeche_kennung", &["fnp_flaeche"]),
            spalte("wkt", Typ::Wkt).feld("geom", &["geometrie", "wkt_geom", "geometry"]),
            spalte("grund", Typ::Text),
            spalte("rolle", Typ::Wahl(crate::strategie::raumbezug::ROLLEN)).vorgabe("\"standort\""),
            spalte(
                "genauigkeit",
                Typ::Wahl(crate::strategie::raumbezug::GENAUIGKEITEN),
            )
            .vorgabe("\"lagegenau\""),
        ],
    },
    Tabellenart {
        art: Art::GebietMassnahme,
        tabelle: "gebiet_massnahme",
        schema: "dorferneuerung",
        datei: "gebiet_massnahme.csv",
        spalten: &[
            spalte("gebiet", Typ::Verweis("gebiet"))
                .feld("gebiet_id", &["gebiet_kennung", "dorferneuerungsgebiet"])
                .pflicht(),
            MASSNAHME,
        ],
    },
];

/// The heading means something in some table.
#[must_use]
pub fn bekannt(kopf: &str) -> bool {
    TABELLEN
        .iter()
        .any(|tabelle| tabelle.spalte(kopf).is_some())
}

impl Tabellenart {
    /// The column of a heading in the form of [`schreibweise`].
    #[must_use]
    pub fn spalte(&self, kopf: &str) -> Option<&'static Spalte> {
        self.spalten.iter().find(|spalte| spalte.heisst(kopf))
    }

    fn fehlende<'a>(&'a self, kopf: &'a [String]) -> impl Iterator<Item = &'a Spalte> {
        self.spalten
            .iter()
            .filter(|spalte| spalte.pflicht && !kopf.iter().any(|name| spalte.heisst(name)))
    }
}

/// Finds out which table a file holds: the one that knows most of its headings, then
/// the one that misses least. Error: why it is none, in German.
pub fn erkenne(kopf: &[String]) -> Result<&'static Tabellenart, String> {
    let kopf: Vec<String> = kopf.iter().map(|name| schreibweise(name)).collect();
    let beste = TABELLEN
        .iter()
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
                std::cmp::Reverse(tabelle.art),
            )
        });
    let Some((tabelle, bekannt, _)) = beste.filter(|(_, bekannt, _)| *bekannt > 0) else {
        return Err("Keine Spalte dieser Kopfzeile ist bekannt. Die erste Zeile nennt die Spalten; Vorlagen schreibt „zielraum export vorlage ORDNER“.".to_owned());
    };
    let fehlend: Vec<&str> = tabelle.fehlende(&kopf).map(|spalte| spalte.name).collect();
    if fehlend.is_empty() {
        return Ok(tabelle);
    }
    Err(format!(
        "Die Kopfzeile passt zu keiner Tabelle ganz. Am nächsten kommt „{}“ ({bekannt} bekannte Spalten); es fehlt: {}.{} Vorlagen schreibt „zielraum export vorlage ORDNER“.",
        tabelle.tabelle,
        fehlend.join(", "),
        if fehlend.contains(&"kennung") {
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
        erkenne(&kopf).map(|tabelle| tabelle.art)
    }

    #[test]
    fn every_template_is_recognised() {
        for tabelle in &TABELLEN {
            let kopf: Vec<String> = tabelle.spalten.iter().map(|s| s.name.to_owned()).collect();
            assert_eq!(erkenne(&kopf).unwrap().art, tabelle.art);
            let felder: Vec<String> = tabelle.spalten.iter().map(|s| s.feld.to_owned()).collect();
            assert_eq!(erkenne(&felder).unwrap().art, tabelle.art);
        }
    }

    #[test]
    fn short_headings_and_missing_columns() {
        assert_eq!(art("Kennung;Titel"), Ok(Art::Handlungsfeld));
        assert_eq!(art("ziel;Maßnahme"), Ok(Art::ZielMassnahme));
        assert_eq!(art("KENNUNG;TITEL;ART;unbekannt"), Ok(Art::Massnahme));
        assert_eq!(art("massnahme;art;Geometrie"), Ok(Art::Raumbezug));
        let ohne_art = art("kennung;titel;kurztext;ampel").unwrap_err();
        assert!(
            ohne_art.contains("„massnahme“") && ohne_art.contains("fehlt: art"),
            "{ohne_art}"
        );
        assert!(
            art("titel;art;kurztext")
                .unwrap_err()
                .contains("bleibende Name")
        );
        assert!(art("a;b").unwrap_err().contains("Keine Spalte"));
    }
}
