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
//! * A class of XPlanung without a land use of its own is `sonstiges`, a class the
//!   table does not know is `nicht_zugeordnet`.

use serde_json::{Map, Value};

use super::codeliste;
use super::objekt::Schwere;

/// What the model demands of `flaechenschluss` for polygons of a class on ebene 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// `FP_Flaechenschlussobjekt`: must be true.
    Flaechenschluss,
    /// `FP_Ueberlagerungsobjekt`: must be false.
    Ueberlagerung,
    /// `FP_Flaechenobjekt`, `FP_Geometrieobjekt`, SO objects: either.
    Frei,
}

/// One known class.
#[derive(Debug, Clone, Copy)]
pub struct Klasse {
    /// Name as in the schema, e.g. `FP_Gruen`.
    pub name: &'static str,
    /// Key of `fnp.nutzung`, or [`BAUFLAECHE`] where the codes decide.
    nutzung: &'static str,
    /// Rule for `flaechenschluss`.
    pub basis: Basis,
}

/// Marks the class whose key is found by its codes.
const BAUFLAECHE: &str = "";
/// Known, but without a key of its own.
const SONSTIGES: &str = "sonstiges";
/// Unknown class or code, or a Bebauungsfläche without any Art.
const NICHT_ZUGEORDNET: &str = "nicht_zugeordnet";

const fn k(name: &'static str, nutzung: &'static str, basis: Basis) -> Klasse {
    Klasse {
        name,
        nutzung,
        basis,
    }
}

use Basis::{Flaechenschluss, Frei, Ueberlagerung};

/// XPlanGML 4.1 to 6.1, sorted by name (FP classes of § 5 BauGB, then SO classes of
/// other law that stand in a Flächennutzungsplan).
#[rustfmt::skip]
const KLASSEN: &[Klasse] = &[
    k("FP_Abgrabung", "abgrabung", Frei),
    k("FP_AbgrabungsFlaeche", "abgrabung", Frei),
    k("FP_AnpassungKlimawandel", "klima", Frei),
    k("FP_Aufschuettung", "abgrabung", Frei),
    k("FP_AufschuettungsFlaeche", "abgrabung", Frei),
    k("FP_AusgleichsFlaeche", SONSTIGES, Frei),
    k("FP_BebauungsFlaeche", BAUFLAECHE, Flaechenschluss),
    k("FP_Bodenschaetze", "abgrabung", Frei),
    k("FP_BodenschaetzeFlaeche", "abgrabung", Frei),
    k("FP_DarstellungNachLandesrecht", SONSTIGES, Frei),
    k("FP_FlaecheOhneDarstellung", "ohne_darstellung", Flaechenschluss),
    k("FP_Gemeinbedarf", "gemeinbedarf", Frei),
    k("FP_GenerischesObjekt", SONSTIGES, Frei),
    k("FP_Gewaesser", "wasser", Frei),
    k("FP_Gruen", "gruen", Frei),
    k("FP_KeineZentrAbwasserBeseitigungFlaeche", SONSTIGES, Frei),
    k("FP_Kennzeichnung", SONSTIGES, Frei),
    k("FP_Landwirtschaft", "landwirtschaft", Frei),
    k("FP_LandwirtschaftsFlaeche", "landwirtschaft", Flaechenschluss),
    k("FP_NatuerlicherKlimaschutz", "klima", Frei),
    k("FP_Nutzungsbeschraenkung", SONSTIGES, Frei),
    k("FP_NutzungsbeschraenkungsFlaeche", SONSTIGES, Ueberlagerung),
    k("FP_PrivilegiertesVorhaben", SONSTIGES, Frei),
    k("FP_SchutzPflegeEntwicklung", SONSTIGES, Frei),
    k("FP_SpielSportanlage", "sport", Frei),
    k("FP_Strassenverkehr", "verkehr_strasse", Frei),
    k("FP_TextAbschnittFlaeche", SONSTIGES, Ueberlagerung),
    k("FP_TextlicheDarstellungsFlaeche", SONSTIGES, Ueberlagerung),
    k("FP_UnverbindlicheVormerkung", SONSTIGES, Frei),
    k("FP_VerEntsorgung", "ver_entsorgung", Frei),
    k("FP_VorbehalteFlaeche", SONSTIGES, Frei),
    k("FP_WaldFlaeche", "wald", Flaechenschluss),
    k("FP_Wasserwirtschaft", "wasserwirtschaft", Frei),
    k("FP_ZentralerVersorgungsbereich", SONSTIGES, Ueberlagerung),
    k("SO_Baubeschraenkung", SONSTIGES, Frei),
    k("SO_Bauverbotszone", SONSTIGES, Frei),
    k("SO_Bodenschutzrecht", SONSTIGES, Frei),
    k("SO_Denkmalschutzrecht", SONSTIGES, Frei),
    k("SO_Forstrecht", SONSTIGES, Frei),
    k("SO_Gebiet", SONSTIGES, Frei),
    k("SO_Gelaendemorphologie", SONSTIGES, Frei),
    k("SO_Gewaesser", "wasser", Frei),
    k("SO_Grenze", SONSTIGES, Frei),
    k("SO_Luftverkehrsrecht", "verkehr_luft", Frei),
    k("SO_Schienenverkehrsrecht", "verkehr_bahn", Frei),
    k("SO_SchutzgebietNaturschutzrecht", SONSTIGES, Frei),
    k("SO_SchutzgebietSonstigesRecht", SONSTIGES, Frei),
    k("SO_SchutzgebietWasserrecht", SONSTIGES, Frei),
    k("SO_Sichtflaeche", SONSTIGES, Frei),
    k("SO_SonstigesRecht", SONSTIGES, Frei),
    k("SO_Strassenverkehr", "verkehr_strasse", Frei),
    k("SO_Strassenverkehrsrecht", "verkehr_strasse", Frei),
    k("SO_TextAbschnittFlaeche", SONSTIGES, Frei),
    k("SO_Wasserrecht", SONSTIGES, Frei),
    k("SO_Wasserwirtschaft", "wasserwirtschaft", Frei),
];

/// The class of that name, if XPlanung knows it in a Flächennutzungsplan.
#[must_use]
pub fn klasse(name: &str) -> Option<&'static Klasse> {
    KLASSEN
        .binary_search_by(|zeile| zeile.name.cmp(name))
        .ok()
        .map(|i| &KLASSEN[i])
}

/// Key of `fnp.nutzung` for an object of `klasse` with the raw `codes`
/// (attribute name → string or array of strings).
#[must_use]
pub fn zuordnen(klasse: &str, codes: &Map<String, Value>) -> &'static str {
    match self::klasse(klasse).map(|zeile| zeile.nutzung) {
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

/// Something odd about class or codes of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auffaelligkeit {
    /// Slug of the finding.
    pub code: &'static str,
    /// Severity.
    pub schwere: Schwere,
    /// German sentence.
    pub text: String,
}

/// Findings about the class and the codes of one object: `klasse-unbekannt`,
/// `art-fehlt`, `art-widerspruch`, `code-unbekannt` (all warnings).
#[must_use]
pub fn pruefe(klasse: &str, codes: &Map<String, Value>) -> Vec<Auffaelligkeit> {
    let mut liste = Vec::new();
    let mut melde = |code, text| {
        liste.push(Auffaelligkeit {
            code,
            schwere: Schwere::Warnung,
            text,
        });
    };
    let Some(zeile) = self::klasse(klasse) else {
        melde(
            "klasse-unbekannt",
            format!(
                "Die Klasse {klasse} gehört nicht zum Flächennutzungsplan; das Objekt wird als \
                 „nicht zugeordnet“ übernommen. Bitte prüfen, ob es in diesen Plan gehört."
            ),
        );
        return liste;
    };
    if zeile.nutzung == BAUFLAECHE {
        let (allg, besondere) = (code(codes, ALLG_ART), code(codes, BESONDERE_ART));
        if allg.is_none() && besondere.is_none() {
            melde(
                "art-fehlt",
                "Die Baufläche hat weder eine allgemeine noch eine besondere Art der baulichen \
                 Nutzung; sie steht in der Bilanz unter „nicht zugeordnet“."
                    .to_owned(),
            );
        }
        // 9999 as besondere Art says nothing about the group, so it contradicts none.
        if let (Some(allg), Some(besondere)) = (allg, besondere)
            && let Some(abgeleitet) = codeliste::allg_art_von(besondere)
            && abgeleitet != "9999"
            && codeliste::allg_art(allg).is_some_and(|geliefert| geliefert != abgeleitet)
        {
            melde(
                "art-widerspruch",
                format!(
                    "Allgemeine Art {allg} und besondere Art {besondere} der baulichen Nutzung \
                     passen nicht zusammen (zu {besondere} gehört {abgeleitet}); gerechnet wird \
                     mit der allgemeinen Art {allg}."
                ),
            );
        }
    }
    for (attribut, wert) in codes {
        let Some(bekannt) = codeliste::codes_von(klasse, attribut) else {
            continue;
        };
        for code in werte(wert).filter(|code| !bekannt.split(' ').any(|b| b == *code)) {
            let folge = if zeile.nutzung == BAUFLAECHE {
                match bauliche_nutzung(codes) {
                    Art::Unbekannt => "die Fläche steht in der Bilanz unter „nicht zugeordnet“",
                    _ => "der Code wird übernommen, die Zuordnung bleibt",
                }
            } else {
                "der Code wird übernommen, die Zuordnung folgt der Klasse"
            };
            melde(
                "code-unbekannt",
                format!(
                    "Der Code {code} steht nicht in der Codeliste von {klasse}.{attribut}; {folge}."
                ),
            );
        }
    }
    liste
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nutzung(klasse: &str, codes: &Value) -> &'static str {
        zuordnen(klasse, codes.as_object().expect("object"))
    }
    fn slugs(klasse: &str, codes: &Value) -> Vec<&'static str> {
        pruefe(klasse, codes.as_object().expect("object"))
            .into_iter()
            .map(|a| a.code)
            .collect()
    }

    #[test]
    fn table_is_sorted_for_the_binary_search() {
        assert!(KLASSEN.is_sorted_by(|a, b| a.name < b.name));
        assert!(KLASSEN.iter().all(|z| klasse(z.name).is_some()));
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
    }

    #[test]
    fn findings_name_what_is_odd() {
        let f = "FP_BebauungsFlaeche";
        assert_eq!(
            slugs(f, &json!({ALLG_ART: "2000", BESONDERE_ART: "1200"})),
            ["art-widerspruch"]
        );
        assert!(slugs(f, &json!({ALLG_ART: "2000", BESONDERE_ART: "9999"})).is_empty());
        assert!(slugs(f, &json!({ALLG_ART: "2000", BESONDERE_ART: "1450"})).is_empty());
        assert_eq!(slugs(f, &json!({})), ["art-fehlt"]);
        assert_eq!(slugs(f, &json!({ALLG_ART: "5555"})), ["code-unbekannt"]);
        assert_eq!(
            slugs("FP_Gruen", &json!({"zweckbestimmung": ["1000", "1234"]})),
            ["code-unbekannt"]
        );
        // Free code lists are anybody's: no finding.
        assert!(
            slugs(
                "FP_Gruen",
                &json!({"detaillierteZweckbestimmung": ["1600_1"]})
            )
            .is_empty()
        );
        assert_eq!(slugs("XY_Neu", &json!({})), ["klasse-unbekannt"]);
    }
}
