//! Parcels of one village, subject data and inhabitants. All invented.

use super::form::{P, V, kurve};
use super::geojson::{Merkmal, sammlung};
use super::inhalt::umgrenzung;
use super::karte::LECH;
use super::zufall::{Zufall, streuwert};
use geo::Validation;
use std::fmt::Write;
use std::io::{Error, Result};

const HINWEIS: &str = "Demodaten – keine amtlichen Angaben";

/// Columns and rows of the parcels, and how wide they are, metres.
const RASTER: (i64, i64, f64) = (18, 17, 47.0);
/// South-west corner of the first parcel, kilometres.
const BEGINN: (f64, f64) = (1.70, 3.98);

/// Some three hundred parcels of Erpfting in the fields of the `AdV`'s simplified schema.
pub fn flurstuecke_geojson() -> String {
    let (breit, hoch, weite) = RASTER;
    let ecke = |i: i64, j: i64| {
        let mut zufall = Zufall::neu(streuwert("flurstueck", &[i, j]));
        let ort = V::km(BEGINN.0, BEGINN.1).plus(i as f64 * weite, j as f64 * weite);
        ort.plus(zufall.um_null(weite * 0.22), zufall.um_null(weite * 0.22))
            .mm()
    };
    let mut merkmale = Vec::new();
    let mut zaehler = 0;
    let mut nenner = 0;
    for j in 0..hoch {
        for i in 0..breit {
            let ring = vec![
                ecke(i, j),
                ecke(i + 1, j),
                ecke(i + 1, j + 1),
                ecke(i, j + 1),
            ];
            // Every third number was divided once.
            if zaehler % 3 == 0 && nenner == 1 {
                nenner = 2;
            } else {
                zaehler += 1;
                nenner = i64::from(zaehler % 3 == 0);
            }
            let teil = if nenner == 0 {
                "____".to_owned()
            } else {
                format!("{nenner:04}")
            };
            // The cadastre's area is that on the ground, a little more than in the projection.
            let amtlich = super::form::doppelflaeche(&ring) as f64 / 2.0e6 * 1.000_32;
            let nenner_feld = if nenner == 0 {
                String::new()
            } else {
                format!("\"flstnrnen\":\"{nenner}\",")
            };
            merkmale.push(Merkmal {
                eigenschaften: format!("{{\"flstkennz\":\"099903___{zaehler:05}{teil}__\",\"gemarkung\":\"Erpfting\",\"gemaschl\":\"099903\",\"flstnrzae\":\"{zaehler}\",{nenner_feld}\"flaeche\":{amtlich:.0}}}"),
                polygone: vec![vec![ring]],
            });
        }
    }
    sammlung("flurstuecke", &merkmale)
}

enum Form {
    Vieleck(&'static [(f64, f64)]),
    /// Along the Lech, half as wide as given, metres.
    Lech(f64),
    Linie(&'static [(f64, f64)]),
}

/// art, name, shape in kilometres
type Objekt = (&'static str, &'static str, Form);

#[rustfmt::skip] // a table: one row a line
const OBJEKTE: &[Objekt] = &[
    ("hq100", "Lech", Form::Lech(210.0)),
    ("hq_extrem", "Lech", Form::Lech(330.0)),
    ("uesg", "Lech", Form::Lech(190.0)),
    ("wsg_1", "Brunnen Stadtwald", Form::Vieleck(&[(7.62, 5.48), (7.72, 5.48), (7.72, 5.58), (7.62, 5.58)])),
    ("wsg_2", "Brunnen Stadtwald", Form::Vieleck(&[(7.45, 5.20), (7.90, 5.22), (8.00, 5.60), (7.80, 5.85), (7.48, 5.75)])),
    ("wsg_3", "Brunnen Stadtwald", Form::Vieleck(&[(7.15, 4.85), (7.90, 4.60), (8.45, 5.30), (8.30, 6.10), (7.60, 6.30), (7.20, 5.90)])),
    ("lsg", "Lechtal", Form::Lech(620.0)),
    ("ffh", "Lechauen", Form::Lech(260.0)),
    ("biotop", "Streuobst am Ortsrand Erpfting", Form::Vieleck(&[(2.42, 4.44), (2.58, 4.42), (2.60, 4.58), (2.46, 4.60)])),
    ("biotop", "Hecke bei Friedheim", Form::Vieleck(&[(1.98, 3.78), (2.24, 3.72), (2.25, 3.75), (1.99, 3.82)])),
    ("ensemble", "Ortskern Erpfting", Form::Vieleck(&[(1.98, 4.28), (2.18, 4.24), (2.28, 4.38), (2.20, 4.52), (2.00, 4.48)])),
    ("ensemble", "Altstadt Landsberg", Form::Vieleck(&[(5.72, 7.10), (6.20, 7.05), (6.32, 7.42), (6.22, 7.92), (5.78, 7.92)])),
    ("altlast", "Ehemalige Deponie Kiesgrube", Form::Vieleck(&[(2.70, 6.60), (2.95, 6.55), (3.00, 6.78), (2.78, 6.85)])),
    ("laerm", "Bundesstraße 17", Form::Vieleck(&[(4.10, 1.30), (4.40, 1.32), (4.55, 3.20), (4.66, 5.00), (4.22, 6.40), (3.92, 6.40), (4.34, 4.95), (4.22, 3.20)])),
    ("strasse_bundesfern", "Bundesstraße 17", Form::Linie(&[(4.25, 1.10), (4.38, 3.20), (4.50, 4.98), (4.08, 6.40), (4.40, 8.80), (4.60, 10.60)])),
    ("strasse_kreis", "Erpfting – Landsberg", Form::Linie(&[(2.12, 4.38), (2.90, 4.80), (3.90, 5.60), (4.90, 6.40)])),
    ("bahn", "Bahnstrecke Lechtal", Form::Linie(&[(4.90, 1.10), (5.10, 3.80), (5.20, 5.60), (5.34, 7.38), (5.60, 9.20), (5.20, 10.60)])),
    ("sanierungsgebiet", "Altstadt und Lechvorstadt", Form::Vieleck(&[(5.70, 7.08), (6.05, 7.05), (6.10, 7.60), (5.74, 7.70)])),
];

/// One file per kind, as offices deliver them: name and text.
pub fn fachdaten() -> Result<Vec<(String, String)>> {
    let mut arten: Vec<&str> = OBJEKTE.iter().map(|(art, ..)| *art).collect();
    arten.dedup();
    arten
        .into_iter()
        .map(|art| {
            let merkmale = OBJEKTE.iter().filter(|(anderes, ..)| *anderes == art);
            let merkmale: Vec<String> = merkmale.map(merkmal).collect::<Result<_>>()?;
            let text = format!(
                "{{\"type\":\"FeatureCollection\",\"name\":\"{art}\",\"hinweis\":\"{HINWEIS}\",\n\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"urn:ogc:def:crs:EPSG::25832\"}}}},\n\"features\":[\n{}\n]}}\n",
                merkmale.join(",\n")
            );
            Ok((format!("fachdaten-{art}.geojson"), text))
        })
        .collect()
}

fn merkmal((art, name, form): &Objekt) -> Result<String> {
    let (typ, punkte) = match form {
        Form::Linie(anker) => {
            let anker: Vec<V> = anker.iter().map(|(x, y)| V::km(*x, *y)).collect();
            let linie = kurve(&anker, 120.0);
            ("LineString", linie.iter().map(|v| v.mm()).collect())
        }
        Form::Vieleck(anker) => {
            let keim = format!("{art} {name}");
            ("Polygon", geschlossen(umgrenzung(&keim, anker, 60.0, 0.05)))
        }
        Form::Lech(breite) => ("Polygon", geschlossen(ufer(*breite))),
    };
    if typ == "Polygon" {
        let ring: geo::LineString = punkte.iter().map(|p: &P| (p.v().x, p.v().y)).collect();
        if !geo::Polygon::new(ring, Vec::new()).is_valid() {
            return Err(Error::other(format!("{art} {name} is not valid")));
        }
    }
    let ecken: Vec<String> = punkte
        .iter()
        .map(|p| format!("[{},{}]", p.ost(), p.nord()))
        .collect();
    let ecken = ecken.join(",");
    let koordinaten = if typ == "Polygon" {
        format!("[[{ecken}]]")
    } else {
        format!("[{ecken}]")
    };
    Ok(format!(
        "{{\"type\":\"Feature\",\"properties\":{{\"name\":\"{name}\",\"hinweis\":\"{HINWEIS}\"}},\"geometry\":{{\"type\":\"{typ}\",\"coordinates\":{koordinaten}}}}}"
    ))
}

fn geschlossen(mut ring: Vec<P>) -> Vec<P> {
    ring.push(ring[0]);
    ring
}

/// Both banks at about this distance from the axis of the Lech.
fn ufer(breite: f64) -> Vec<P> {
    let anker: Vec<V> = LECH.iter().map(|(x, y)| V::km(*x, *y)).collect();
    let achse = kurve(&anker, 220.0);
    let seite = |richtung: f64| -> Vec<P> {
        achse
            .iter()
            .enumerate()
            .map(|(i, v)| {
                let (a, b) = (
                    achse[i.saturating_sub(2)],
                    achse[(i + 2).min(achse.len() - 1)],
                );
                let (rx, ry) = a.richtung(b);
                let abstand = breite * richtung;
                v.plus(ry * abstand, -rx * abstand).mm()
            })
            .collect()
    };
    let mut ring = seite(1.0);
    ring.extend(seite(-1.0).into_iter().rev());
    ring
}

/// Ortsteil, inhabitants of 2025, growth a year in per mille
const EINWOHNER: [(&str, i64, i64); 5] = [
    ("kernstadt", 26_100, 6),
    ("ellighofen", 420, 2),
    ("erpfting", 1_350, 5),
    ("pitzling", 690, 7),
    ("reisch", 600, -2),
];
/// Age group and its share in 2011 and in 2042, per mille; the last one takes the rest.
const GRUPPEN: [(&str, i64, i64); 4] = [
    ("0-5", 58, 52),
    ("6-17", 124, 108),
    ("18-64", 620, 552),
    ("65+", 198, 288),
];

/// Counted 2011 to 2025, forecast to 2042.
pub fn einwohner_csv() -> String {
    let mut text =
        "\u{feff}ortsteil;stichtag;altersgruppe;art;anzahl;variante;quelle\r\n".to_owned();
    for (ortsteil, heute, promille) in EINWOHNER {
        for jahr in (2011..=2025).chain([2030, 2035, 2042]) {
            let seit = jahr - 2025;
            let gezaehlt = seit <= 0;
            let mut zufall = Zufall::neu(streuwert(ortsteil, &[jahr]));
            let schwankung = if gezaehlt && seit < 0 {
                zufall.um_null(0.004)
            } else {
                0.0
            };
            #[expect(clippy::cast_possible_truncation, reason = "some ten thousand people")]
            let gesamt = (heute as f64
                * (1.0 + promille as f64 * seit as f64 / 1000.0 + schwankung))
                .round() as i64;
            let (art, variante, quelle) = if gezaehlt {
                ("ist", "", "Melderegister (Demodaten, erfunden)")
            } else {
                (
                    "prognose",
                    "mittlere",
                    "Vorausberechnung 2025 (Demodaten, erfunden)",
                )
            };
            let mut zeile = |gruppe: &str, anzahl: i64| {
                let _ = write!(
                    text,
                    "{ortsteil};31.12.{jahr};{gruppe};{art};{anzahl};{variante};{quelle}\r\n"
                );
            };
            zeile("gesamt", gesamt);
            let mut rest = gesamt;
            for (i, (gruppe, frueher, spaeter)) in GRUPPEN.iter().enumerate() {
                let anteil = frueher + (spaeter - frueher) * (jahr - 2011) / 31;
                let anzahl = if i + 1 == GRUPPEN.len() {
                    rest
                } else {
                    gesamt * anteil / 1000
                };
                rest -= anzahl;
                zeile(gruppe, anzahl);
            }
        }
    }
    text
}
