//! Where the measures of the demonstration lie; their texts stand in `geodata/demo/massnahmen.csv`.

use super::form::{P, V, kurve};
use super::inhalt::umgrenzung;
use super::plan::Flaeche;

enum Ort {
    Gesamtstadt,
    Ortsteil(&'static str),
    /// Areas of the draft whose id holds this.
    Fnp(&'static str),
    Flaeche(&'static [(f64, f64)]),
    Linien(&'static [&'static [(f64, f64)]]),
    Punkte(&'static [(f64, f64)]),
    Unverortet(&'static str),
}

/// massnahme, where, rolle, genauigkeit
type Raumbezug = (&'static str, Ort, &'static str, &'static str);

#[rustfmt::skip] // a table: one row a line
const RAUMBEZUEGE: &[Raumbezug] = &[
    ("m-erpfting-alte-schule", Ort::Punkte(&[(2.06, 4.34)]), "standort", "lagegenau"),
    ("m-erpfting-grundschule", Ort::Punkte(&[(2.27, 4.50)]), "standort", "lagegenau"),
    ("m-querung-ellighofen", Ort::Linien(&[&[(2.95, 2.05), (3.36, 2.42), (3.85, 2.70), (4.90, 2.85), (5.95, 2.95)]]), "standort", "schematisch"),
    ("m-pitzling-dorfmitte", Ort::Flaeche(&[(6.34, 3.46), (6.50, 3.44), (6.54, 3.60), (6.40, 3.66)]), "standort", "lagegenau"),
    ("m-reisch-feuerwehrhaus", Ort::Punkte(&[(8.76, 7.54)]), "standort", "lagegenau"),
    ("m-reisch-feuerwehrhaus", Ort::Ortsteil("reisch"), "wirkraum", "ortsteilgenau"),
    ("m-radrundweg", Ort::Linien(&[&[(6.00, 7.30), (5.55, 5.30), (6.30, 3.60), (5.60, 4.60), (3.60, 4.80), (2.10, 4.30), (3.60, 6.10), (4.90, 7.00), (6.00, 7.30)], &[(6.52, 7.62), (7.40, 7.66), (8.10, 7.54), (8.80, 7.62)]]), "standort", "schematisch"),
    ("m-lechsteg", Ort::Linien(&[&[(5.56, 6.90), (5.70, 6.92), (5.86, 6.96)]]), "standort", "lagegenau"),
    ("m-wohngebiet-suedwest", Ort::Fnp("w-suedwest-"), "standort", "lagegenau"),
    ("m-wohngebiet-suedwest", Ort::Flaeche(&[(4.00, 5.00), (4.45, 4.96), (4.50, 5.35), (4.05, 5.40)]), "ausgleich", "schematisch"),
    ("m-industriebrache-ost", Ort::Flaeche(&[(7.18, 7.50), (7.60, 7.44), (7.64, 8.00), (7.24, 8.03)]), "standort", "lagegenau"),
    ("m-gewerbe-nord-2", Ort::Fnp("g-nord-stufe2-"), "standort", "lagegenau"),
    ("m-baulueckenkataster", Ort::Gesamtstadt, "wirkraum", "schematisch"),
    ("m-stadtbus", Ort::Linien(&[&[(4.60, 8.60), (4.90, 7.95), (5.30, 7.36), (5.95, 7.42), (6.60, 7.66), (7.00, 8.10), (7.30, 8.45)], &[(4.80, 5.80), (5.05, 6.60), (5.30, 7.34), (5.95, 7.44), (6.30, 6.80), (6.44, 3.55)]]), "standort", "schematisch"),
    ("m-pv-daecher", Ort::Punkte(&[(5.00, 7.92), (6.85, 7.75), (7.00, 8.12), (5.42, 6.85), (5.32, 9.72), (2.27, 4.50)]), "standort", "lagegenau"),
    ("m-stadtwald", Ort::Flaeche(&[(7.40, 4.95), (8.10, 4.85), (8.50, 5.35), (8.25, 6.10), (7.60, 6.15)]), "standort", "schematisch"),
    ("m-quartierspflege-erpfting", Ort::Ortsteil("erpfting"), "wirkraum", "ortsteilgenau"),
    ("m-auenrenaturierung", Ort::Flaeche(&[(5.86, 4.90), (6.24, 4.92), (6.30, 5.45), (6.16, 5.98), (5.86, 6.40), (5.64, 6.34), (5.80, 5.80)]), "standort", "lagegenau"),
    ("m-freizeitufer", Ort::Flaeche(&[(5.72, 6.20), (5.98, 6.14), (5.92, 6.62), (5.66, 6.60)]), "standort", "lagegenau"),
    ("m-buergerdienste", Ort::Gesamtstadt, "wirkraum", "schematisch"),
    ("m-entwurf-dorfladen-ellighofen", Ort::Ortsteil("ellighofen"), "suchraum", "ortsteilgenau"),
    ("m-entwurf-stellplatzsatzung", Ort::Unverortet("Der räumliche Geltungsbereich der Satzung ist noch offen."), "wirkraum", "schematisch"),
];

const ENTWURF: &str = "fnp-2025-entwurf";

/// `raumbezug.csv` as German Excel reads it: byte order mark, semicolons.
pub fn raumbezug_csv(entwurf: &[Flaeche]) -> String {
    let mut csv =
        String::from("\u{feff}massnahme;art;ortsteil;plan;flaeche;wkt;grund;rolle;genauigkeit\r\n");
    for (massnahme, ort, rolle, genauigkeit) in RAUMBEZUEGE {
        for bezug in bezug(ort, entwurf) {
            csv += &[massnahme, bezug.join(";").as_str(), rolle, genauigkeit].join(";");
            csv += "\r\n";
        }
    }
    csv
}

/// art, ortsteil, plan, flaeche, wkt, grund; one row per place.
fn bezug(ort: &Ort, entwurf: &[Flaeche]) -> Vec<[String; 6]> {
    let leer = String::new;
    let geometrie =
        |art: &str, wkt: String| vec![[art.into(), leer(), leer(), leer(), wkt, leer()]];
    match ort {
        Ort::Gesamtstadt => geometrie("gesamtstadt", leer()),
        Ort::Ortsteil(o) => vec![[
            "ortsteil".into(),
            (*o).into(),
            leer(),
            leer(),
            leer(),
            leer(),
        ]],
        Ort::Fnp(name) => entwurf
            .iter()
            .filter(|f| f.id.starts_with(name))
            .map(|f| {
                let kennung = format!("{ENTWURF}.{}", f.id);
                [
                    "fnp_flaeche".into(),
                    leer(),
                    ENTWURF.into(),
                    kennung,
                    leer(),
                    leer(),
                ]
            })
            .collect(),
        Ort::Flaeche(anker) => {
            let mut ring = umgrenzung("massnahme", anker, 55.0, 0.06);
            ring.push(ring[0]);
            geometrie("flaeche", format!("MULTIPOLYGON ((({})))", folge(&ring)))
        }
        Ort::Linien(linien) => {
            let linien: Vec<String> = linien
                .iter()
                .map(|l| {
                    let orte: Vec<V> = l.iter().map(|a| V::km(a.0, a.1)).collect();
                    let punkte: Vec<P> = kurve(&orte, 140.0).iter().map(|v| v.mm()).collect();
                    format!("({})", folge(&punkte))
                })
                .collect();
            geometrie("linie", format!("MULTILINESTRING ({})", linien.join(", ")))
        }
        Ort::Punkte(punkte) => {
            let punkte: Vec<P> = punkte.iter().map(|p| V::km(p.0, p.1).mm()).collect();
            let punkte: Vec<String> = punkte
                .iter()
                .map(|p| format!("({})", folge(&[*p])))
                .collect();
            geometrie("punkt", format!("MULTIPOINT ({})", punkte.join(", ")))
        }
        Ort::Unverortet(grund) => vec![[
            "unverortet".into(),
            leer(),
            leer(),
            leer(),
            leer(),
            (*grund).into(),
        ]],
    }
}

fn folge(punkte: &[P]) -> String {
    let punkte: Vec<String> = punkte
        .iter()
        .map(|p| format!("{} {}", p.ost(), p.nord()))
        .collect();
    punkte.join(", ")
}
