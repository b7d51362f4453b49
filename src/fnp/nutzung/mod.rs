//! Which XPlanung class (and, for Bauflächen, which code) is which land use: the
//! one table behind `fnp.nutzung`, for every importer.
//!
//! Decisions where XPlanung leaves room:
//! * Only a Bebauungsfläche needs a code to find its key (W, M, G, S). A delivered
//!   `allgArtDerBaulNutzung` decides; without it `besondereArtDerBaulNutzung` does,
//!   by the groups of § 1 Abs. 2 `BauNVO`. When both are given and disagree the
//!   delivered allgArt still decides and [`pruefe`] says so.
//! * Code 9999 ("Sonstige") of the deciding attribute is `sonstiges`; an unknown
//!   deciding code, or none at all, is `nicht_zugeordnet`.
//! * Every other class carries its use in its name: an unknown or missing
//!   Zweckbestimmung does not turn a Grünfläche into anything else. It keeps the
//!   key of its class and [`pruefe`] reports the code.
//! * A class of XPlanung without a land use of its own is `sonstiges`, also one of an
//!   integrated Landschaftsplan; a class the table does not know is `nicht_zugeordnet`.
//! * A class or code that exists in another version than the file's is taken as it is
//!   ([`pruefe_in`] reports it): tools convert plans and forget a code.

mod klassen;
mod pruefung;

use serde_json::{Map, Value};

use super::codeliste;

use klassen::{BAUFLAECHE, SONSTIGES};
pub use klassen::{Basis, Klasse, klasse};
pub use pruefung::{Auffaelligkeit, pruefe, pruefe_in};

/// Unknown class or code, or a Bebauungsfläche without any Art.
const NICHT_ZUGEORDNET: &str = "nicht_zugeordnet";

/// Keys of `fnp.nutzung`, each with the XPlanung class it stands for by default, and the
/// code of a Baufläche.
pub const REGELKLASSEN: [(&str, &str, Option<&str>); 20] = [
    ("W", "FP_BebauungsFlaeche", Some("1000")),
    ("M", "FP_BebauungsFlaeche", Some("2000")),
    ("G", "FP_BebauungsFlaeche", Some("3000")),
    ("S", "FP_BebauungsFlaeche", Some("4000")),
    ("gemeinbedarf", "FP_Gemeinbedarf", None),
    ("sport", "FP_SpielSportanlage", None),
    ("verkehr_strasse", "FP_Strassenverkehr", None),
    ("verkehr_bahn", "SO_Schienenverkehrsrecht", None),
    ("verkehr_luft", "SO_Luftverkehrsrecht", None),
    ("ver_entsorgung", "FP_VerEntsorgung", None),
    ("gruen", "FP_Gruen", None),
    ("wasser", "FP_Gewaesser", None),
    ("wasserwirtschaft", "FP_Wasserwirtschaft", None),
    ("abgrabung", "FP_Abgrabung", None),
    ("landwirtschaft", "FP_Landwirtschaft", None),
    ("wald", "FP_WaldFlaeche", None),
    ("klima", "FP_AnpassungKlimawandel", None),
    ("ohne_darstellung", "FP_FlaecheOhneDarstellung", None),
    ("sonstiges", "FP_GenerischesObjekt", None),
    (NICHT_ZUGEORDNET, "FP_GenerischesObjekt", None),
];
/// The class an object of a land use is of by default, with its allgArt where it is a
/// Baufläche; none where the land use says nothing.
#[must_use]
pub fn regelklasse(nutzung: &str) -> Option<(&'static str, Option<&'static str>)> {
    REGELKLASSEN
        .iter()
        .find(|(schluessel, ..)| *schluessel == nutzung)
        .filter(|(_, klasse, _)| *klasse != "FP_GenerischesObjekt")
        .map(|(_, klasse, code)| (*klasse, *code))
}

/// Key of `fnp.nutzung` for an object of `klasse` with the raw `codes`
/// (attribute name → string or array of strings).
#[must_use]
pub fn zuordnen(klasse: &str, codes: &Map<String, Value>) -> &'static str {
    match self::klasse(klasse).map(|zeile| zeile.nutzung) {
        None if klassen::ist_landschaftsplan(klasse) => SONSTIGES,
        None => NICHT_ZUGEORDNET,
        Some(BAUFLAECHE) => match bauliche_nutzung(codes) {
            Art::Bekannt(art) => baugruppe(art),
            Art::Unbekannt | Art::Fehlt => NICHT_ZUGEORDNET,
        },
        Some(nutzung) => nutzung,
    }
}

/// `XP_AllgArtDerBaulNutzung` → key (§ 1 Abs. 1 `BauNVO`).
fn baugruppe(allg_art: &str) -> &'static str {
    match allg_art {
        "1000" => "W",
        "2000" => "M",
        "3000" => "G",
        "4000" => "S",
        _ => SONSTIGES, // 9999, the only other code of the list
    }
}

enum Art {
    Bekannt(&'static str),
    Unbekannt,
    Fehlt,
}

const ALLG_ART: &str = "allgArtDerBaulNutzung";
const BESONDERE_ART: &str = "besondereArtDerBaulNutzung";

/// The allgArt that counts: delivered, else derived.
fn bauliche_nutzung(codes: &Map<String, Value>) -> Art {
    let art = match (code(codes, ALLG_ART), code(codes, BESONDERE_ART)) {
        (Some(allg), _) => codeliste::allg_art(allg),
        (None, Some(besondere)) => codeliste::allg_art_von(besondere),
        (None, None) => return Art::Fehlt,
    };
    art.map_or(Art::Unbekannt, Art::Bekannt)
}

/// First value of an attribute.
fn code<'a>(codes: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    werte(codes.get(name)?).next()
}

fn werte(wert: &Value) -> impl Iterator<Item = &str> {
    let (einer, viele) = match wert {
        Value::Array(liste) => (None, Some(liste)),
        andere => (andere.as_str(), None),
    };
    einer
        .into_iter()
        .chain(viele.into_iter().flatten().filter_map(Value::as_str))
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nutzung(klasse: &str, codes: &Value) -> &'static str {
        zuordnen(klasse, codes.as_object().expect("object"))
    }

    #[test]
    fn bauflaechen_follow_allg_art_then_besondere_art() {
        let f = "FP_BebauungsFlaeche";
        assert_eq!(nutzung(f, &json!({ALLG_ART: "1000"})), "W");
        for (besondere, soll) in [
            ("1000", "W"),
            ("1300", "W"),
            ("1400", "M"),
            ("1450", "M"),
            ("1550", "M"),
            ("1600", "M"),
            ("1700", "G"),
            ("1800", "G"),
            ("2000", "S"),
            ("2100", "S"),
            ("3000", "S"),
            ("4000", "S"),
            ("9999", "sonstiges"),
            ("1750", "nicht_zugeordnet"),
        ] {
            assert_eq!(
                nutzung(f, &json!({BESONDERE_ART: besondere})),
                soll,
                "{besondere}"
            );
        }
        assert_eq!(
            nutzung(f, &json!({ALLG_ART: "2000", BESONDERE_ART: "1200"})),
            "M"
        );
        assert_eq!(nutzung(f, &json!({ALLG_ART: "9999"})), "sonstiges");
        assert_eq!(
            nutzung(f, &json!({ALLG_ART: "5555", BESONDERE_ART: "1200"})),
            "nicht_zugeordnet"
        );
        assert_eq!(
            nutzung(f, &json!({"sondernutzung": ["1900"]})),
            "nicht_zugeordnet"
        );
        assert_eq!(nutzung(f, &json!({})), "nicht_zugeordnet");
    }

    #[test]
    fn other_classes_keep_their_key_whatever_the_code() {
        assert_eq!(
            nutzung("FP_Gruen", &json!({"zweckbestimmung": ["9999"]})),
            "gruen"
        );
        assert_eq!(
            nutzung("FP_Gruen", &json!({"zweckbestimmung": ["7777"]})),
            "gruen"
        );
        assert_eq!(
            nutzung("FP_LandwirtschaftsFlaeche", &json!({})),
            "landwirtschaft"
        );
        assert_eq!(
            nutzung("SO_Strassenverkehrsrecht", &json!({})),
            "verkehr_strasse"
        );
        assert_eq!(nutzung("FP_Kennzeichnung", &json!({})), "sonstiges");
        assert_eq!(
            nutzung("BP_BaugebietsTeilFlaeche", &json!({})),
            "nicht_zugeordnet"
        );
        assert_eq!(nutzung("FP_Neuerfunden", &json!({})), "nicht_zugeordnet");
        assert_eq!(
            nutzung("LP_SchutzPflegeEntwicklung", &json!({})),
            "sonstiges"
        );
    }
}
