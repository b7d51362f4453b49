//! Attributes of a plan object. 5.x and 6.x come out alike: simple codes and complex
//! elements (`zweckbestimmung/FP_Komplexe…/allgemein`) both end as lists of raw
//! codes under the attribute's 5.x name. So do the many names of 4.x:
//! `weitereZweckbestimmung1` and `besondereZweckbestimmung` are further values of
//! `zweckbestimmung`.

use serde_json::{Map, Value};

use super::baum::Element;
use super::version::Raum;
use crate::fnp::objekt::Rechtsstand;

/// Attributes of the model with cardinality 0..*: always a list, so that the type of
/// a column does not hang on the file.
const LISTEN: &[&str] = &[
    "zweckbestimmung",
    "detaillierteZweckbestimmung",
    "sondernutzung",
    "detaillierteSondernutzung",
    "artDerFestlegung",
    "detailArtDerFestlegung",
    "massnahme",
    "betreten",
];
/// Names that changed between versions, without the number 4.x puts behind them.
const UMBENANNT: &[(&str, &str)] = &[
    ("sonderNutzung", "sondernutzung"),
    ("weitereSonderNutzung", "sondernutzung"),
    ("weitereDetailSonderNutzung", "detaillierteSondernutzung"),
    ("besondereZweckbestimmung", "zweckbestimmung"),
    ("weitereZweckbestimmung", "zweckbestimmung"),
    ("weitereBesondZweckbestimmung", "zweckbestimmung"),
    (
        "weitereDetailZweckbestimmung",
        "detaillierteZweckbestimmung",
    ),
    ("besondereArtDerFestlegung", "artDerFestlegung"),
    ("weitereArtDerFestlegung", "artDerFestlegung"),
    ("weitereBesondArtDerFestlegung", "artDerFestlegung"),
    ("weitereDetailArtDerFestlegung", "detailArtDerFestlegung"),
    ("weitereMassnahme", "massnahme"),
];
/// Where `detail` of a complex element goes; else `detail` + attribute name.
const DETAIL: &[(&str, &str)] = &[
    ("zweckbestimmung", "detaillierteZweckbestimmung"),
    ("sondernutzung", "detaillierteSondernutzung"),
    ("artDerFestlegung", "detailArtDerFestlegung"),
];
/// Fields of their own in `Objekt`, or identifiers without meaning for a plan.
const EIGENE: &[&str] = &[
    "text",
    "aufschrift",
    "rechtsstand",
    "ebene",
    "flaechenschluss",
    "uuid",
    "position",
];

/// See [`lies`].
#[derive(Debug, Default)]
pub(super) struct Eigenschaften {
    pub codes: Map<String, Value>,
    pub codespace: Option<String>,
    pub rechtsstand: Rechtsstand,
    pub ebene: i16,
    /// None: not given.
    pub flaechenschluss: Option<bool>,
    pub name: Option<String>,
    pub text: Option<String>,
    /// gml:id of the Bereich it belongs to.
    pub bereich: Option<String>,
    /// Values that could not be read, as German sentences.
    pub unlesbar: Vec<String>,
}

/// Reads everything but the geometry.
pub(super) fn lies(el: &Element) -> Eigenschaften {
    let mut e = Eigenschaften::default();
    for kind in el
        .kinder
        .iter()
        .filter(|k| matches!(k.raum, Raum::XPlan(_)))
    {
        e.nimm(kind);
    }
    e
}

impl Eigenschaften {
    fn nimm(&mut self, kind: &Element) {
        let name = kind.name.as_str();
        if name == "gehoertZuBereich" || name == "gehoertZuFP_Bereich" {
            self.bereich = kind
                .attribut("href")
                .and_then(|h| h.strip_prefix('#'))
                .map(str::to_owned);
            return;
        }
        if let [komplex] = kind.kinder.as_slice() {
            self.komplex(umbenannt(name), komplex);
            return;
        }
        let Some(inhalt) = kind.inhalt() else { return };
        match name {
            "text" => self.text = Some(inhalt.to_owned()),
            "aufschrift" => self.name = Some(inhalt.to_owned()),
            // Also among the codes: an export tells by it which of the two it was.
            "name" => {
                self.name.get_or_insert_with(|| inhalt.to_owned());
                self.code(name, kind, inhalt);
            }
            "rechtsstand" => match rechtsstand(inhalt) {
                Some(wert) => self.rechtsstand = wert,
                None => self.beanstande(kind, inhalt, "gilt als „ohne Angabe“"),
            },
            "ebene" => match inhalt.parse() {
                Ok(wert) => self.ebene = wert,
                Err(_) => self.beanstande(kind, inhalt, "gilt als 0"),
            },
            "flaechenschluss" => match inhalt {
                "true" | "1" => self.flaechenschluss = Some(true),
                "false" | "0" => self.flaechenschluss = Some(false),
                _ => self.beanstande(kind, inhalt, "gilt als false"),
            },
            _ if EIGENE.contains(&name) || !kind.kinder.is_empty() => {}
            _ => self.code(umbenannt(name), kind, inhalt),
        }
    }

    /// `FP_KomplexeZweckbest…`, `SO_Komplexe…`, `XP_SPEMassnahmenDaten`; any other
    /// complex value (hoehenangabe, externeReferenz …) is left alone.
    fn komplex(&mut self, name: &str, komplex: &Element) {
        for teil in &komplex.kinder {
            let Some(inhalt) = teil.inhalt() else {
                continue;
            };
            let hat_allgemein = komplex.kind("allgemein").is_some();
            match teil.name.as_str() {
                "allgemein" | "klassifizMassnahme" => self.code(name, teil, inhalt),
                "detail" => {
                    let ziel = DETAIL.iter().find(|(n, _)| *n == name).map(|(_, z)| *z);
                    self.code(ziel.unwrap_or(&format!("detail{name}")), teil, inhalt);
                }
                "aufschrift" if hat_allgemein && self.name.is_none() => {
                    self.name = Some(inhalt.to_owned());
                }
                "textlicheErgaenzung" | "nutzungText" | "massnahmeText" => {
                    self.code(&teil.name, teil, inhalt);
                }
                _ => {}
            }
        }
    }

    fn code(&mut self, name: &str, el: &Element, inhalt: &str) {
        if self.codespace.is_none() {
            self.codespace = el.attribut("codeSpace").map(str::to_owned);
        }
        let neu = Value::String(inhalt.to_owned());
        match self.codes.get_mut(name) {
            Some(Value::Array(liste)) => liste.push(neu),
            Some(einzeln) => *einzeln = Value::Array(vec![einzeln.take(), neu]),
            None if LISTEN.contains(&name) => {
                self.codes.insert(name.to_owned(), Value::Array(vec![neu]));
            }
            None => {
                self.codes.insert(name.to_owned(), neu);
            }
        }
    }

    fn beanstande(&mut self, el: &Element, inhalt: &str, folge: &str) {
        self.unlesbar.push(format!(
            "Zeile {}: {} = „{}“ ist kein gültiger Wert; das Attribut {folge}. Bitte im Plan berichtigen.",
            el.zeile,
            el.name,
            inhalt.chars().take(60).collect::<String>()
        ));
    }
}

fn umbenannt(name: &str) -> &str {
    let ohne_zahl = name.trim_end_matches(|c: char| c.is_ascii_digit());
    UMBENANNT
        .iter()
        .find(|(alt, _)| *alt == ohne_zahl)
        .map_or(name, |(_, neu)| neu)
}

/// `XP_Rechtsstand` (of an object; the plan has other codes).
fn rechtsstand(code: &str) -> Option<Rechtsstand> {
    match code {
        "1000" => Some(Rechtsstand::Planung),
        "2000" => Some(Rechtsstand::Bestand),
        "3000" => Some(Rechtsstand::Entfaellt),
        _ => None,
    }
}
