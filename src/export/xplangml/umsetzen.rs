//! From one model to the other: which class and which code of 5.x is which of 6.x.
//!
//! Follows the rules published with the model ("Änderungen 5.4 → 6.0") and, backwards,
//! their inverse. Decisions where they leave room:
//! * An object keeps its class wherever the target version has it.
//! * A class without a counterpart becomes `FP_GenerischesObjekt`: the object stays in the
//!   plan, and the export says so.
//! * A code the tables do not name stays as it is, also one no list knows, unless it
//!   would mean something else in the target version (`rechtscharakter`): then it is
//!   "unbekannt" (9998).
//! * What was drawn here, or taken from a file without XPlanung, has no version: its codes
//!   are those of the model that has its class.

use serde_json::{Map, Value};

use super::bericht::{Art, Bericht};
use super::schema::Version;
use super::tafeln::{ANDERE, CODES, ENTFALLEN, KLASSEN, ZWECK};
use crate::export::store::Zeile;
use crate::fnp::nutzung;
use crate::import::xplangml::HERKUNFT;

/// Unknown, in the lists of every version.
pub(super) const UNBEKANNT: &str = "9998";
const GENERISCH: &str = "FP_GenerischesObjekt";

/// An object as the target version knows it.
#[derive(Debug)]
pub(super) struct Umgesetzt {
    /// Class of the target schema.
    pub(super) klasse: String,
    /// Its codes, with the names of the importer.
    pub(super) codes: Map<String, Value>,
}

/// One object, before.
#[derive(Debug)]
pub(super) struct Vorher<'a> {
    pub(super) klasse: &'a str,
    pub(super) nutzung: &'a str,
    pub(super) xplan_version: Option<&'a str>,
    pub(super) codes: &'a Map<String, Value>,
    pub(super) flaeche: bool,
}

impl<'a> Vorher<'a> {
    /// As the database holds it.
    pub(super) fn von(zeile: &'a Zeile) -> Self {
        Self {
            klasse: &zeile.klasse,
            nutzung: &zeile.nutzung,
            xplan_version: zeile.xplan_version.as_deref(),
            codes: &zeile.codes.0,
            flaeche: matches!(zeile.geom.geometry, geo_types::Geometry::MultiPolygon(_)),
        }
    }
}

/// Brings class and codes to the target version; what changed goes to the report.
pub(super) fn setze_um(vorher: &Vorher<'_>, ziel: Version, bericht: &mut Bericht) -> Umgesetzt {
    let mut codes = vorher.codes.clone();
    // The importer took these from a point symbol, which is exported itself.
    if codes.remove(HERKUNFT).is_some() {
        for (zweck, festlegung) in ZWECK {
            codes.remove(*zweck);
            codes.remove(*festlegung);
        }
    }
    let mut klasse = wirkliche_klasse(vorher, &mut codes, bericht);
    let alt = !quelle_ist_neu(vorher.xplan_version, &klasse, ziel);
    // Converters leave old classes in new files; this code is of the version of the file.
    let behalten = generation(vorher.xplan_version) == Some(ziel.ist_neu());
    let charakter = behalten.then(|| codes.remove("rechtscharakter")).flatten();
    if let Some((_, heute)) = ANDERE.iter().find(|(frueher, _)| *frueher == klasse) {
        (*heute).clone_into(&mut klasse);
    }
    match (alt, ziel.ist_neu()) {
        (true, true) => nach_neu(&mut klasse, &mut codes, bericht),
        (false, false) => nach_alt(&mut klasse, &mut codes, vorher.flaeche, bericht),
        _ => {}
    }
    if let Some(charakter) = charakter {
        codes.insert("rechtscharakter".into(), charakter);
    }
    if ziel.schema().klasse(&klasse).is_none() {
        GENERISCH.clone_into(&mut klasse);
        // Another list applies to another class.
        codes.remove("zweckbestimmung");
        codes.remove("detaillierteZweckbestimmung");
    }
    if klasse != vorher.klasse {
        bericht.melde(Art::Klasse, format!("{} → {klasse}", vorher.klasse));
    }
    Umgesetzt { klasse, codes }
}

/// The class by its land use, where an edit gave the area another one than its class has.
fn wirkliche_klasse(
    vorher: &Vorher<'_>,
    codes: &mut Map<String, Value>,
    bericht: &mut Bericht,
) -> String {
    let gleich = nutzung::zuordnen(vorher.klasse, vorher.codes) == vorher.nutzung;
    let Some((klasse, code)) = nutzung::regelklasse(vorher.nutzung).filter(|_| !gleich) else {
        return vorher.klasse.to_owned();
    };
    let weg: Vec<String> = codes
        .keys()
        .filter(|name| name.as_str() != "rechtscharakter")
        .cloned()
        .collect();
    for name in weg {
        bericht.melde(
            Art::Merkmal,
            format!("{}.{name} (andere Nutzung)", vorher.klasse),
        );
        codes.remove(&name);
    }
    if let Some(code) = code {
        codes.insert("allgArtDerBaulNutzung".into(), code.into());
    }
    klasse.to_owned()
}

/// Whether a version is of the new model; none where there is no version.
fn generation(version: Option<&str>) -> Option<bool> {
    let ziffer = version?.trim().chars().next()?;
    ziffer.is_ascii_digit().then_some(ziffer > '5')
}

/// Whether class and codes are those of the new model: a class that only one model has says
/// so, else the version, else the model that is asked for.
fn quelle_ist_neu(version: Option<&str>, klasse: &str, ziel: Version) -> bool {
    let kennt = |version: Version| version.schema().klasse(klasse).is_some();
    match (kennt(Version::V60), kennt(Version::V54)) {
        (true, false) => true,
        (false, true) => false,
        _ => generation(version).unwrap_or(ziel.ist_neu()),
    }
}

fn passt(muster: &str, klasse: &str) -> bool {
    match muster.strip_suffix('*') {
        Some(anfang) => klasse.starts_with(anfang),
        None => muster == klasse,
    }
}

fn nach_neu(klasse: &mut String, codes: &mut Map<String, Value>, bericht: &mut Bericht) {
    for (muster, merkmal, paare) in CODES.iter().filter(|(m, ..)| passt(m, klasse)) {
        ersetze(muster, merkmal, codes, bericht, |code| {
            let neu = paare.iter().find(|(alt, _)| *alt == code);
            neu.map(|(_, neu)| (*neu).to_owned())
        });
    }
    for (_, entfallen) in ENTFALLEN.iter().filter(|(k, _)| k == klasse) {
        ersetze(klasse, "zweckbestimmung", codes, bericht, |code| {
            entfallen
                .contains(&code)
                .then(|| code[..code.len() - 1].to_owned())
        });
    }
    if klasse == "FP_Strassenverkehr" && nimm(codes, "zweckbestimmung", "1300") {
        codes.insert("istOrtsdurchfahrt".into(), "true".into());
    }
    let Some((_, neu, namen)) = KLASSEN.iter().find(|(alt, ..)| alt == klasse) else {
        return;
    };
    (*neu).clone_into(klasse);
    for (alt, neu) in *namen {
        if let Some(wert) = codes.remove(*alt) {
            codes.insert((*neu).to_owned(), wert);
        }
    }
    // What the new class demands and nobody has said.
    if *neu == "LP_SchutzBestimmterTeileVonNaturUndLandschaft" {
        for (name, wert) in [
            ("artDerFestlegung", "9999"),
            ("rechtsstandSchG", "9999"),
            ("raumkonkretisierung", UNBEKANNT),
        ] {
            if !codes.contains_key(name) {
                bericht.melde(Art::Pflicht, format!("{neu}.{name} = {wert}"));
                codes.insert(name.into(), wert.into());
            }
        }
    }
}

fn nach_alt(
    klasse: &mut String,
    codes: &mut Map<String, Value>,
    flaeche: bool,
    bericht: &mut Bericht,
) {
    let erster = |codes: &Map<String, Value>, name: &str| werte(codes.get(name)).next();
    let alt = match klasse.as_str() {
        // A road by its law, unless it has a purpose.
        "SO_Strassenverkehr"
            if codes.contains_key("einteilung") && !codes.contains_key("artDerFestlegung") =>
        {
            Some("SO_Strassenverkehrsrecht")
        }
        // The old law list knows orders of water only, the other one its kinds.
        "SO_Gewaesser" => match erster(codes, "artDerFestlegung").as_deref() {
            Some("2000" | "3000" | "4000" | "40000") => Some("FP_Gewaesser"),
            _ => None,
        },
        "SO_SonstigesRecht" => match erster(codes, "artDerFestlegung").as_deref() {
            Some("1700" | "1800") => Some("SO_SchutzgebietSonstigesRecht"),
            _ => None,
        },
        // Has its old class for areas alone; Bodenschätze are Abgrabungen in both.
        "FP_Nutzungsbeschraenkung" if !flaeche => None,
        "FP_Abgrabung" | "FP_Landwirtschaft" => None,
        neu => KLASSEN.iter().find(|(_, n, _)| *n == neu).map(|k| k.0),
    };
    if let Some((alt, _, namen)) = KLASSEN
        .iter()
        .find(|(a, n, _)| Some(*a) == alt && *n == klasse)
    {
        (*alt).clone_into(klasse);
        for (alt, neu) in *namen {
            if let Some(wert) = codes.remove(*neu) {
                codes.insert((*alt).to_owned(), wert);
            }
        }
    }
    // The old model had no question that could be answered with no.
    nimm_einzeln(codes, "hatDarstellungMitBesondZweckbest", "false");
    if klasse == "FP_Strassenverkehr"
        && matches!(
            codes
                .remove("istOrtsdurchfahrt")
                .as_ref()
                .and_then(Value::as_str),
            Some("true" | "1")
        )
    {
        let liste = codes
            .entry("zweckbestimmung")
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(liste) = liste {
            liste.push("1300".into());
        }
    }
    for (muster, merkmal, paare) in CODES.iter().filter(|(m, ..)| passt(m, klasse)) {
        let rechtscharakter = *merkmal == "rechtscharakter";
        ersetze(muster, merkmal, codes, bericht, |code| {
            if rechtscharakter && *muster == "FP_*" && code == "1000" {
                // Converters leave the old code in new files: it means Darstellung.
                return Some("1000".to_owned());
            }
            let alt = paare.iter().find(|(_, neu)| *neu == code);
            match alt {
                Some((alt, _)) => Some((*alt).to_owned()),
                // The same number means something else here.
                None if rechtscharakter => Some(UNBEKANNT.to_owned()),
                None => None,
            }
        });
    }
}

/// Replaces codes of one attribute.
fn ersetze(
    klasse: &str,
    merkmal: &str,
    codes: &mut Map<String, Value>,
    bericht: &mut Bericht,
    neu: impl Fn(&str) -> Option<String>,
) {
    let mut einer = |wert: &mut Value| {
        if let Some(code) = wert.as_str()
            && let Some(neu) = neu(code)
            && neu != code
        {
            bericht.melde(Art::Code, format!("{klasse}.{merkmal}: {code} → {neu}"));
            *wert = Value::String(neu);
        }
    };
    match codes.get_mut(merkmal) {
        Some(Value::Array(liste)) => liste.iter_mut().for_each(einer),
        Some(wert) => einer(wert),
        None => {}
    }
}

/// Takes an attribute away if it has that value.
fn nimm_einzeln(codes: &mut Map<String, Value>, merkmal: &str, wert: &str) {
    if codes.get(merkmal).and_then(Value::as_str) == Some(wert) {
        codes.remove(merkmal);
    }
}

/// Takes a code out of a list; an empty list goes.
fn nimm(codes: &mut Map<String, Value>, merkmal: &str, code: &str) -> bool {
    let Some(Value::Array(liste)) = codes.get_mut(merkmal) else {
        return false;
    };
    let vorher = liste.len();
    liste.retain(|wert| wert.as_str() != Some(code));
    let gefunden = liste.len() < vorher;
    if liste.is_empty() {
        codes.remove(merkmal);
    }
    gefunden
}

/// The values of an attribute as text: one, a list, or none. Numbers and yes/no come from
/// data that were no XPlanung.
pub(super) fn werte(wert: Option<&Value>) -> impl Iterator<Item = String> + '_ {
    let (einer, viele) = match wert {
        Some(Value::Array(liste)) => (None, Some(liste)),
        andere => (andere, None),
    };
    einer
        .into_iter()
        .chain(viele.into_iter().flatten())
        .filter_map(|wert| match wert {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(zahl) => Some(zahl.to_string()),
            Value::Bool(wahr) => Some(wahr.to_string()),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn um(klasse: &str, version: &str, codes: &Value, ziel: Version) -> (String, Value, Bericht) {
        let codes = codes.as_object().unwrap();
        let mut bericht = Bericht::default();
        let vorher = Vorher {
            klasse,
            nutzung: nutzung::zuordnen(klasse, codes),
            xplan_version: Some(version),
            codes,
            flaeche: true,
        };
        let neu = setze_um(&vorher, ziel, &mut bericht);
        (neu.klasse, Value::Object(neu.codes), bericht)
    }

    #[test]
    fn what_goes_to_the_new_model_comes_back() {
        for (klasse, codes, neu, neue_codes) in [
            (
                "FP_Strassenverkehr",
                json!({"rechtscharakter": "1000", "zweckbestimmung": ["14000", "3100"], "detaillierteZweckbestimmung": ["x"]}),
                "SO_Strassenverkehr",
                json!({"rechtscharakter": "3000", "artDerFestlegung": ["14000", "16006"], "detailArtDerFestlegung": ["x"]}),
            ),
            (
                "SO_Strassenverkehrsrecht",
                json!({"rechtscharakter": "2000", "artDerFestlegung": ["1200"]}),
                "SO_Strassenverkehr",
                json!({"rechtscharakter": "2000", "einteilung": ["1200"]}),
            ),
            (
                "FP_Gewaesser",
                json!({"rechtscharakter": "3000", "zweckbestimmung": ["1100"]}),
                "SO_Gewaesser",
                json!({"rechtscharakter": "6000", "artDerFestlegung": ["3000"]}),
            ),
            (
                "SO_Gewaesser",
                json!({"rechtscharakter": "1500", "artDerFestlegung": ["10001"]}),
                "SO_Gewaesser",
                json!({"rechtscharakter": "3000", "artDerFestlegung": ["20001"]}),
            ),
            (
                "FP_Gemeinbedarf",
                json!({"rechtscharakter": "1000", "zweckbestimmung": ["12000", "7777"]}),
                "FP_Gemeinbedarf",
                json!({"rechtscharakter": "3000", "zweckbestimmung": ["12000", "7777"]}),
            ),
        ] {
            let (k, c, _) = um(klasse, "5.1", &codes, Version::V60);
            assert_eq!((k.as_str(), &c), (neu, &neue_codes));
            let (k, c, _) = um(&k, "6.0", &c, Version::V54);
            // Nothing says any more that a law list had been meant.
            let zurueck = if klasse == "SO_Gewaesser" {
                "SO_Gewaesser"
            } else {
                klasse
            };
            assert_eq!((k.as_str(), &c), (zurueck, &codes));
        }
    }

    #[test]
    fn the_same_version_changes_nothing() {
        let codes = json!({"rechtscharakter": "1000", "zweckbestimmung": ["10003"], "GFZ": "0.8"});
        let (k, c, bericht) = um("FP_Gemeinbedarf", "5.2", &codes, Version::V54);
        assert_eq!((k.as_str(), &c), ("FP_Gemeinbedarf", &codes));
        assert!(bericht.ist_leer());
        let (k, c, _) = um("FP_Gemeinbedarf", "6.1", &codes, Version::V60);
        assert_eq!((k.as_str(), &c), ("FP_Gemeinbedarf", &codes));
    }

    #[test]
    fn codes_without_a_successor_say_so() {
        let codes = json!({"rechtscharakter": "1000", "zweckbestimmung": ["10003"]});
        let (_, c, bericht) = um("FP_Gemeinbedarf", "5.2", &codes, Version::V60);
        assert_eq!(c["zweckbestimmung"], json!(["1000"]));
        assert!(
            bericht.text().contains("10003 → 1000"),
            "{}",
            bericht.text()
        );
        // In 5.4 the number would be a Vermerk.
        let codes = json!({"rechtscharakter": "4000"});
        let (_, c, _) = um("FP_Gruen", "6.0", &codes, Version::V54);
        assert_eq!(c["rechtscharakter"], "9998");
        // The old code in a new file.
        let codes = json!({"rechtscharakter": "1000"});
        let (_, c, _) = um("FP_Gruen", "6.0", &codes, Version::V54);
        assert_eq!(c["rechtscharakter"], "1000");
    }

    #[test]
    fn unknown_classes_stay_in_the_plan() {
        let (k, c, bericht) = um(
            "BP_Irgendwas",
            "5.4",
            &json!({"zweckbestimmung": ["1"]}),
            Version::V60,
        );
        assert_eq!((k.as_str(), c), (GENERISCH, json!({})));
        assert!(
            bericht
                .text()
                .contains("BP_Irgendwas → FP_GenerischesObjekt")
        );
        let (k, ..) = um("FP_AbgrabungsFlaeche", "4.1", &json!({}), Version::V54);
        assert_eq!(k, "FP_Abgrabung");
        let (k, ..) = um("FP_BodenschaetzeFlaeche", "4.1", &json!({}), Version::V60);
        assert_eq!(k, "FP_Abgrabung");
        let (k, ..) = um("FP_Strassenverkehr", "", &json!({}), Version::V60);
        assert_eq!(k, "SO_Strassenverkehr", "drawn here");
    }

    #[test]
    fn a_purpose_taken_from_a_point_goes_back_to_it() {
        let codes =
            json!({"rechtscharakter": "1000", "zweckbestimmung": ["1200"], HERKUNFT: ["GML_1"]});
        let (_, c, _) = um("FP_Gruen", "5.1", &codes, Version::V54);
        assert_eq!(c, json!({"rechtscharakter": "1000"}));
    }

    #[test]
    fn an_edited_use_brings_its_class() {
        let codes = json!({"rechtscharakter": "3000", "zweckbestimmung": ["1200"]});
        let mut bericht = Bericht::default();
        let vorher = Vorher {
            klasse: "FP_Gruen",
            nutzung: "W",
            xplan_version: Some("6.0"),
            codes: codes.as_object().unwrap(),
            flaeche: true,
        };
        let neu = setze_um(&vorher, Version::V60, &mut bericht);
        assert_eq!(neu.klasse, "FP_BebauungsFlaeche");
        assert_eq!(
            Value::Object(neu.codes),
            json!({"rechtscharakter": "3000", "allgArtDerBaulNutzung": "1000"})
        );
    }

    #[test]
    fn every_target_stands_in_its_schema() {
        for (alt, neu, namen) in KLASSEN {
            let alte = Version::V54.schema().klasse(alt).expect(alt);
            let neue = Version::V60.schema().klasse(neu).expect(neu);
            for (a, n) in *namen {
                assert!(alte.merkmal(a).is_some(), "{alt}.{a}");
                // Details of a complex value stand inside it.
                assert!(
                    neue.merkmal(n).is_some() || n.starts_with("detail"),
                    "{neu}.{n}"
                );
            }
        }
        for (_, nach) in ANDERE {
            assert!(Version::V54.schema().klasse(nach).is_some(), "{nach}");
        }
        for (klasse, merkmal, _) in CODES.iter().filter(|(k, ..)| !k.ends_with('*')) {
            let klasse = Version::V54.schema().klasse(klasse).expect(klasse);
            assert!(klasse.merkmal(merkmal).is_some(), "{merkmal}");
        }
    }
}
