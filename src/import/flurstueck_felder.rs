//! Which field of a delivery holds what of a parcel. The Länder, NAS converters, the `AdV`'s
//! simplified schema and INSPIRE name them differently; Shapefiles cut names to ten places.

use std::collections::BTreeMap;

use super::bericht::oder;
use super::table::schreibweise;
use crate::error::{Error, Result};
use crate::gemeinde::flurstueck::{Kennzeichen, bruch};

/// What a parcel has, and the names it goes by, without underscores.
const ZIELE: [(&str, &[&str]); 8] = [
    (
        "kennzeichen",
        &[
            "flstkennz",
            "flurstueckskennzeichen",
            "flurstueckkennzeichen",
            "flurstkennz",
            "flurstuckskennzeichen",
            "flurstkz",
            "flstkz",
            "fskennzeichen",
            "fskennz",
            "fsk",
            "fkz",
            "nationalcadastralreference",
            "kennzeichen",
        ],
    ),
    (
        "gemarkungsnummer",
        &[
            "gemaschl",
            "gemarkungsschluessel",
            "gemarkungsnummer",
            "gemarkungsnr",
            "gemarkungschl",
            "gmkschl",
            "gmknr",
            "gmkgnr",
            "gmkgschl",
            "gmk",
        ],
    ),
    (
        "gemarkung",
        &[
            "gemarkungsname",
            "gemarkungname",
            "gmkname",
            "gmkgname",
            "gemarkungsbezeichnung",
            "gemarkung",
        ],
    ),
    ("flur", &["flur", "flurnummer", "flr"]),
    (
        "zaehler",
        &["flstnrzae", "zaehler", "flurstnrz", "fszaehler", "zahler"],
    ),
    ("nenner", &["flstnrnen", "nenner", "flurstnrn", "fsnenner"]),
    (
        "nummer",
        &[
            "flurstnr",
            "flurstuecksnummer",
            "flurstuecknummer",
            "flstnr",
            "flstnummer",
            "flurstueck",
            "label",
        ],
    ),
    (
        "flaeche",
        &[
            "amtlicheflaeche",
            "amtlflaeche",
            "amtlicheflache",
            "areavalue",
            "buchflaeche",
            "flaeche",
            "flaechem2",
            "flaecheqm",
            "afl",
        ],
    ),
];

/// Fields chosen, by what they hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wahl(BTreeMap<&'static str, String>);

impl Wahl {
    /// Chooses among the fields of a layer; `genannt` (`ziel`, `FELD`) wins.
    ///
    /// # Errors
    /// [`Error::Aufruf`] for an unknown target or field; [`Error::Eingabe`] when no field tells
    /// which parcel it is.
    pub fn treffe(felder: &[String], genannt: &[(String, String)]) -> Result<Self> {
        let mut wahl = BTreeMap::new();
        for (ziel, feld) in genannt {
            let Some((ziel, _)) = ZIELE.iter().find(|(name, _)| name == ziel) else {
                return Err(Error::aufruf(format!(
                    "--feld {ziel}=…: Möglich sind {}.",
                    oder(ZIELE.iter().map(|(name, _)| *name))
                )));
            };
            if !felder.contains(feld) {
                return Err(Error::aufruf(format!(
                    "Das Feld „{feld}“ (--feld {ziel}) gibt es in der Datei nicht. Vorhanden sind: {}.",
                    felder.join(", ")
                )));
            }
            wahl.insert(*ziel, feld.clone());
        }
        for (ziel, namen) in ZIELE {
            if wahl.contains_key(ziel) {
                continue;
            }
            let gefunden = namen
                .iter()
                .find_map(|name| felder.iter().find(|feld| heisst(feld, name)));
            if let Some(feld) = gefunden {
                wahl.insert(ziel, feld.clone());
            }
        }
        let wahl = Self(wahl);
        let hat = |ziel: &str| wahl.0.contains_key(ziel);
        let zusammengesetzt =
            (hat("gemarkungsnummer") || hat("gemarkung")) && (hat("zaehler") || hat("nummer"));
        if hat("kennzeichen") || zusammengesetzt {
            return Ok(wahl);
        }
        Err(Error::eingabe(format!(
            "Kein Feld nennt das Flurstück. Gesucht wird ein Flurstückskennzeichen (etwa flstkennz), oder Gemarkungsnummer mit Zähler und Nenner. Vorhanden sind: {}. Bitte mit --feld kennzeichen=NAME das richtige Feld nennen.",
            felder.join(", ")
        )))
    }

    /// One sentence: what was taken for what.
    #[must_use]
    pub fn satz(&self) -> String {
        let paare: Vec<String> = ZIELE
            .iter()
            .filter_map(|(ziel, _)| Some(format!("{ziel} aus „{}“", self.0.get(ziel)?)))
            .collect();
        paare.join(", ")
    }

    fn wert<'a>(&self, felder: &'a BTreeMap<String, String>, ziel: &str) -> Option<&'a str> {
        let wert = felder.get(self.0.get(ziel)?)?.trim();
        (!wert.is_empty()).then_some(wert)
    }
}

fn heisst(feld: &str, name: &str) -> bool {
    let feld = schreibweise(feld).replace('_', "");
    feld == name || (feld.len() == 10 && name.starts_with(&feld))
}

/// What one feature says.
#[derive(Debug, Clone, PartialEq)]
pub struct Angabe {
    /// Which parcel.
    pub kennzeichen: Kennzeichen,
    /// Name of the Gemarkung.
    pub gemarkung: Option<String>,
    /// m².
    pub flaeche_amtlich_m2: Option<f64>,
}

/// Reads the fields of one feature. `land`: two digits put before a four-digit Gemarkung.
/// Error: German sentence.
pub fn lies(
    wahl: &Wahl,
    felder: &BTreeMap<String, String>,
    land: Option<&str>,
) -> std::result::Result<Angabe, String> {
    let zahl = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // Offices put the number into "gemarkung" and the name into "gmk": the content tells.
    let beide = [
        wahl.wert(felder, "gemarkungsnummer"),
        wahl.wert(felder, "gemarkung"),
    ];
    let gemarkung = beide.iter().flatten().rev().find(|text| !zahl(text));
    let kennzeichen = match wahl.wert(felder, "kennzeichen") {
        Some(text) => match Kennzeichen::lies(text) {
            Some(kennzeichen) => kennzeichen,
            // "flurstueck" cut by a Shapefile may be the number instead.
            None => aus_teilen(wahl, felder, land)?.ok_or_else(|| {
                format!("„{text}“ ist kein Flurstückskennzeichen (20 Stellen, etwa 091234___012340005__).")
            })?,
        },
        None => aus_teilen(wahl, felder, land)?
            .ok_or("Kennzeichen, oder Gemarkungsnummer und Zähler, sind leer.")?,
    };
    let flaeche_amtlich_m2 = match wahl.wert(felder, "flaeche") {
        None => None,
        Some(text) => Some(
            quadratmeter(text)
                .ok_or_else(|| format!("Die Fläche „{text}“ ist keine Zahl in Quadratmetern."))?,
        ),
    };
    Ok(Angabe {
        kennzeichen,
        gemarkung: gemarkung.map(|name| (*name).to_owned()),
        flaeche_amtlich_m2: flaeche_amtlich_m2.filter(|m2| *m2 > 0.0),
    })
}

fn aus_teilen(
    wahl: &Wahl,
    felder: &BTreeMap<String, String>,
    land: Option<&str>,
) -> std::result::Result<Option<Kennzeichen>, String> {
    let ziffern = |ziel: &str| {
        wahl.wert(felder, ziel)
            .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
    };
    let Some(gemarkung) = ziffern("gemarkungsnummer").or_else(|| ziffern("gemarkung")) else {
        return Ok(None);
    };
    let gemarkung = match (gemarkung.len(), land) {
        (6, _) => gemarkung.to_owned(),
        // A leading zero a spreadsheet took away.
        (5, _) => format!("0{gemarkung}"),
        (1..=4, Some(land)) => format!("{land}{gemarkung:0>4}"),
        (1..=4, None) => {
            return Err(format!(
                "Die Gemarkungsnummer {gemarkung} nennt kein Land; bitte mit --land angeben (Bayern: --land 09)."
            ));
        }
        _ => return Ok(None),
    };
    let flur = match wahl.wert(felder, "flur") {
        None => None,
        Some(text) => text
            .parse::<u16>()
            .map_err(|_| format!("Die Flur „{text}“ ist keine Zahl."))
            .map(|flur| (flur > 0).then_some(flur))?,
    };
    let nummer = match wahl.wert(felder, "zaehler") {
        Some(zaehler) => match wahl.wert(felder, "nenner") {
            Some(nenner) => bruch(&format!("{zaehler}/{nenner}")),
            None => bruch(zaehler),
        },
        None => wahl.wert(felder, "nummer").and_then(bruch),
    };
    Ok(nummer.map(|(zaehler, nenner)| Kennzeichen {
        gemarkung,
        flur,
        zaehler,
        nenner,
        folge: None,
    }))
}

/// `1234`, `1234.5`, `1.234,5`.
fn quadratmeter(text: &str) -> Option<f64> {
    let text = text.trim_end_matches("m²").trim_end_matches("qm").trim();
    let text = if text.contains(',') {
        text.replace('.', "").replace(',', ".")
    } else {
        text.to_owned()
    };
    let zahl: f64 = text.parse().ok()?;
    (zahl.is_finite() && (0.0..1e12).contains(&zahl)).then_some(zahl)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gelesen(paare: &[(&str, &str)], land: Option<&str>) -> Result<Angabe, String> {
        let namen: Vec<String> = paare.iter().map(|(name, _)| (*name).to_owned()).collect();
        let felder = paare
            .iter()
            .map(|(name, wert)| ((*name).to_owned(), (*wert).to_owned()))
            .collect();
        let wahl = Wahl::treffe(&namen, &[]).map_err(|fehler| fehler.to_string())?;
        lies(&wahl, &felder, land)
    }

    /// Schemas as the Länder and their converters deliver them, one row each.
    #[test]
    fn deliveries_of_the_laender() {
        let erwartet = "091234___012340005__";
        let schemas: [(&str, &[(&str, &str)]); 8] = [
            (
                "AdV vereinfachtes Schema",
                &[
                    ("oid", "DEBY1"),
                    ("flstkennz", "091234___012340005__"),
                    ("land", "Bayern"),
                    ("landschl", "09"),
                    ("gemarkung", "Erpfting"),
                    ("gemaschl", "091234"),
                    ("flstnrzae", "1234"),
                    ("flstnrnen", "5"),
                    ("flaeche", "812"),
                ],
            ),
            (
                "NAS names",
                &[
                    ("flurstueckskennzeichen", "091234___012340005__"),
                    ("gemarkung", "Erpfting"),
                    ("amtlicheFlaeche", "812.0"),
                ],
            ),
            (
                "the same as Shapefile",
                &[
                    ("flurstueck", "091234___012340005__"),
                    ("gmkname", "Erpfting"),
                    ("amtlicheFl", "812"),
                ],
            ),
            (
                "INSPIRE",
                &[
                    ("nationalCadastralReference", "091234___012340005__"),
                    ("label", "1234/5"),
                    ("areaValue", "812"),
                    ("gemarkung", "Erpfting"),
                ],
            ),
            (
                "ALB form",
                &[
                    ("FSK", "091234-000-01234/005"),
                    ("GMK_NAME", "Erpfting"),
                    ("Fläche", "812,0"),
                ],
            ),
            (
                "parts with key",
                &[
                    ("GMK", "Erpfting"),
                    ("gemarkung", "091234"),
                    ("flur", "0"),
                    ("zaehler", "1234"),
                    ("nenner", "5"),
                    ("flaeche", "812"),
                ],
            ),
            (
                "parts without the Land",
                &[
                    ("gmk_nr", "1234"),
                    ("Gemarkung", "Erpfting"),
                    ("flurstnr", "1234/5"),
                    ("buchflaeche", "812"),
                ],
            ),
            (
                "key without leading zero",
                &[
                    ("gemarkungsschluessel", "91234"),
                    ("gemarkungsname", "Erpfting"),
                    ("flstnr", "1234/5"),
                    ("flaeche_m2", "812"),
                ],
            ),
        ];
        for (name, paare) in schemas {
            let angabe = gelesen(paare, Some("09")).unwrap_or_else(|text| panic!("{name}: {text}"));
            assert_eq!(angabe.kennzeichen.to_string(), erwartet, "{name}");
            assert_eq!(angabe.gemarkung.as_deref(), Some("Erpfting"), "{name}");
            assert_eq!(angabe.flaeche_amtlich_m2, Some(812.0), "{name}");
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        let text = gelesen(&[("nr", "5"), ("art", "x")], None).unwrap_err();
        assert!(text.contains("--feld kennzeichen=NAME") && text.contains("nr, art"));
        let text = gelesen(&[("gmk_nr", "1234"), ("flstnr", "7")], None).unwrap_err();
        assert!(text.contains("--land 09"), "{text}");
        let text = gelesen(&[("flstkennz", "Müller")], None).unwrap_err();
        assert!(text.contains("„Müller“"), "{text}");
        let text = gelesen(
            &[("flstkennz", "091234___01234"), ("flaeche", "viel")],
            None,
        )
        .unwrap_err();
        assert!(text.contains("„viel“"), "{text}");
    }

    #[test]
    fn a_named_field_wins() {
        let felder = ["kennzeichen".to_owned(), "mein_feld".to_owned()];
        let paar = |a: &str, b: &str| [(a.to_owned(), b.to_owned())];
        let wahl = Wahl::treffe(&felder, &paar("kennzeichen", "mein_feld")).unwrap();
        assert_eq!(wahl.satz(), "kennzeichen aus „mein_feld“");
        assert!(Wahl::treffe(&felder, &paar("kennzeichen", "fehlt")).is_err());
        assert!(Wahl::treffe(&felder, &paar("farbe", "mein_feld")).is_err());
    }
}
