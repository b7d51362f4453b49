//! What is odd about the class and the codes of an object.

use serde_json::{Map, Value};

use super::{
    ALLG_ART, Art, BAUFLAECHE, BESONDERE_ART, bauliche_nutzung, code, klasse, klassen, werte,
};
use crate::fnp::codeliste::{self, Bekannt, Codeliste, Version};
use crate::fnp::objekt::Schwere;

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

/// [`pruefe_in`] for a source without a version.
#[must_use]
pub fn pruefe(klasse: &str, codes: &Map<String, Value>) -> Vec<Auffaelligkeit> {
    pruefe_in(klasse, codes, None)
}

/// Findings about the class and the codes of one object: `klasse-unbekannt`,
/// `klasse-entlehnt`, `klasse-version`, `art-fehlt`, `art-widerspruch`,
/// `code-unbekannt`, `code-version`.
#[must_use]
pub fn pruefe_in(
    name: &str,
    codes: &Map<String, Value>,
    version: Option<Version>,
) -> Vec<Auffaelligkeit> {
    let mut liste = Liste(Vec::new());
    let Some(zeile) = klasse(name) else {
        liste.unbekannte_klasse(name);
        return liste.0;
    };
    let (von, bis) = zeile.versionen();
    let fremd = version.filter(|v| !(von..=bis).contains(v));
    // Said once, about the class; its codes are then those of another version too.
    let version = version.filter(|_| fremd.is_none());
    if let Some(version) = fremd {
        liste.melde(
            "klasse-version",
            Schwere::Hinweis,
            format!(
                "Die Klasse {name} gibt es in XPlanGML {version} nicht ({}); das Objekt wird wie geliefert \
                 übernommen. Bitte das Programm prüfen lassen, das die Datei geschrieben hat.",
                spanne(von, bis)
            ),
        );
    }
    if zeile.nutzung == BAUFLAECHE {
        liste.bauliche_nutzung(codes);
    }
    for (attribut, wert) in codes {
        let Some(bekannt) = codeliste::liste_von(name, attribut) else {
            continue;
        };
        for code in werte(wert) {
            let folge = if zeile.nutzung == BAUFLAECHE {
                match bauliche_nutzung(codes) {
                    Art::Unbekannt => "die Fläche steht in der Bilanz unter „nicht zugeordnet“",
                    _ => "der Code wird übernommen, die Zuordnung bleibt",
                }
            } else {
                "der Code wird übernommen, die Zuordnung folgt der Klasse"
            };
            liste.code(bekannt, &format!("{name}.{attribut}"), code, version, folge);
        }
    }
    if let Some(bekannt) = version.and_then(|v| codeliste::rechtscharakter(name, v)) {
        for code in codes.get("rechtscharakter").into_iter().flat_map(werte) {
            let wo = format!("{name}.rechtscharakter");
            liste.code(
                bekannt,
                &wo,
                code,
                version,
                "er wird wie geliefert übernommen",
            );
        }
    }
    liste.0
}

fn spanne(von: Version, bis: Version) -> String {
    let (erste, letzte) = (Version::neu(4, 0), Version::neu(6, 1));
    match (von == erste, bis == letzte) {
        (true, _) => format!("nur bis {bis}"),
        (false, true) => format!("erst ab {von}"),
        (false, false) => format!("nur von {von} bis {bis}"),
    }
}

struct Liste(Vec<Auffaelligkeit>);

impl Liste {
    fn melde(&mut self, code: &'static str, schwere: Schwere, text: String) {
        self.0.push(Auffaelligkeit {
            code,
            schwere,
            text,
        });
    }

    fn unbekannte_klasse(&mut self, name: &str) {
        if klassen::ist_landschaftsplan(name) {
            self.melde(
                "klasse-entlehnt",
                Schwere::Hinweis,
                format!(
                    "Die Klasse {name} gehört zum Landschaftsplan; das Objekt wird als „Sonstiges“ übernommen. Ist \
                     der Landschaftsplan in den Flächennutzungsplan integriert, ist das richtig."
                ),
            );
        } else {
            self.melde(
                "klasse-unbekannt",
                Schwere::Warnung,
                format!(
                    "Die Klasse {name} gehört nicht zum Flächennutzungsplan; das Objekt wird als „nicht zugeordnet“ \
                     übernommen. Bitte prüfen, ob es in diesen Plan gehört."
                ),
            );
        }
    }

    fn bauliche_nutzung(&mut self, codes: &Map<String, Value>) {
        let (allg, besondere) = (code(codes, ALLG_ART), code(codes, BESONDERE_ART));
        if allg.is_none() && besondere.is_none() {
            self.melde(
                "art-fehlt",
                Schwere::Warnung,
                "Die Baufläche hat weder eine allgemeine noch eine besondere Art der baulichen Nutzung; sie steht in \
                 der Bilanz unter „nicht zugeordnet“. Bitte im Plan nachtragen."
                    .to_owned(),
            );
        }
        // 9999 as besondere Art says nothing about the group, so it contradicts none.
        if let (Some(allg), Some(besondere)) = (allg, besondere)
            && let Some(abgeleitet) = codeliste::allg_art_von(besondere)
            && abgeleitet != "9999"
            && codeliste::allg_art(allg).is_some_and(|geliefert| geliefert != abgeleitet)
        {
            self.melde(
                "art-widerspruch",
                Schwere::Warnung,
                format!(
                    "Allgemeine Art {allg} und besondere Art {besondere} der baulichen Nutzung passen nicht zusammen \
                     (zu {besondere} gehört {abgeleitet}); gerechnet wird mit der allgemeinen Art {allg}. Bitte im \
                     Plan klären, welche gilt."
                ),
            );
        }
    }

    fn code(
        &mut self,
        bekannt: &Codeliste,
        wo: &str,
        code: &str,
        version: Option<Version>,
        folge: &str,
    ) {
        match (bekannt.kennt(code, version), version) {
            // Without a version every one counts.
            (Bekannt::Ja(_), _) | (Bekannt::AndereVersion(_), None) => {}
            (Bekannt::AndereVersion(c), Some(version)) => {
                let (von, bis) = c.versionen();
                self.melde(
                    "code-version",
                    Schwere::Hinweis,
                    format!(
                        "Den Code {code} ({}) gibt es in der Codeliste von {wo} in XPlanGML {version} nicht ({}); {folge}.",
                        c.name,
                        spanne(von, bis)
                    ),
                );
            }
            (Bekannt::Nein(ober), _) => {
                let rat = ober.map_or_else(
                    || "Bitte im Plan berichtigen".to_owned(),
                    |o| {
                        format!(
                            "Gemeint ist vielleicht {} ({}); bitte im Plan berichtigen",
                            o.code, o.name
                        )
                    },
                );
                self.melde(
                    "code-unbekannt",
                    Schwere::Warnung,
                    format!(
                        "Der Code {} steht nicht in der Codeliste von {wo}; {folge}. {rat}.",
                        code.chars().take(40).collect::<String>()
                    ),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn slugs(klasse: &str, codes: &Value) -> Vec<&'static str> {
        pruefe(klasse, codes.as_object().expect("object"))
            .into_iter()
            .map(|a| a.code)
            .collect()
    }
    fn slugs_in(version: &str, klasse: &str, codes: &Value) -> Vec<&'static str> {
        pruefe_in(
            klasse,
            codes.as_object().expect("object"),
            Version::aus(version),
        )
        .into_iter()
        .map(|a| a.code)
        .collect()
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

    #[test]
    fn classes_and_codes_of_another_version_are_told() {
        let leer = json!({});
        for (version, klasse, soll) in [
            ("4.1", "FP_BodenschaetzeFlaeche", None),
            ("5.0", "FP_BodenschaetzeFlaeche", Some("klasse-version")),
            ("5.0", "FP_Landwirtschaft", Some("klasse-version")),
            ("5.1", "FP_Landwirtschaft", None),
            ("6.0", "FP_Strassenverkehr", Some("klasse-version")),
            ("6.0", "FP_NatuerlicherKlimaschutz", Some("klasse-version")),
            ("6.1", "FP_NatuerlicherKlimaschutz", None),
            ("5.4", "SO_Grenze", None),
            ("5.4", "LP_Biotopverbundflaeche", Some("klasse-entlehnt")),
        ] {
            assert_eq!(
                slugs_in(version, klasse, &leer).first().copied(),
                soll,
                "{version} {klasse}"
            );
        }
        let mdw = json!({BESONDERE_ART: "1450"});
        assert_eq!(
            slugs_in("5.3", "FP_BebauungsFlaeche", &mdw),
            ["code-version"]
        );
        assert!(slugs_in("5.4", "FP_BebauungsFlaeche", &mdw).is_empty());
        assert!(slugs("FP_BebauungsFlaeche", &mdw).is_empty());
    }

    #[test]
    fn the_rechtscharakter_is_read_by_the_version() {
        let gruen =
            |version, code: &str| slugs_in(version, "FP_Gruen", &json!({"rechtscharakter": code}));
        assert!(gruen("5.1", "5000").is_empty());
        assert_eq!(gruen("5.1", "7000"), ["code-unbekannt"]);
        assert!(gruen("6.0", "7000").is_empty());
        // SO classes of 5.x have a list of their own, which is no part of the tables.
        assert!(slugs_in("5.1", "SO_Grenze", &json!({"rechtscharakter": "1800"})).is_empty());
    }
}
