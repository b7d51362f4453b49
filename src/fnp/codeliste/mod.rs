//! Closed code lists of XPlanung, as far as a Flächennutzungsplan uses them: which
//! codes exist, what they are called and in which versions. Free lists
//! (`detaillierte…`, `codeSpace`) are the author's own and stand in no table.
//!
//! A code is a string of four to six digits; one with more than four is a sub-value
//! of its first four. XPlanGML 4.x wrote sub-values in lists of their own
//! (`besondereZweckbestimmung`), which no public table gives: there a sub-value is
//! taken as known when 5.0 knows it.

mod bauland;
mod freiraum;
mod recht;
mod technik;

use serde::Serialize;

/// A version of XPlanGML, e.g. 5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u8);

const V40: Version = Version(40);
const V50: Version = Version(50);
const V51: Version = Version(51);
const V52: Version = Version(52);
const V53: Version = Version(53);
const V54: Version = Version(54);
const V60: Version = Version(60);
const V61: Version = Version(61);

impl Version {
    /// From `5.1`; None for anything that is no version.
    #[must_use]
    pub fn aus(text: &str) -> Option<Self> {
        let (haupt, neben) = text.split_once('.')?;
        let (haupt, neben): (u8, u8) = (haupt.parse().ok()?, neben.parse().ok()?);
        (haupt < 10 && neben < 10).then_some(Self(haupt * 10 + neben))
    }
    /// From its two numbers, each below ten.
    pub(crate) const fn neu(haupt: u8, neben: u8) -> Self {
        Self(haupt * 10 + neben)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// One code of a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Code {
    /// As written in a file.
    pub code: &'static str,
    /// German name.
    pub name: &'static str,
    #[serde(skip)]
    von: Version,
    #[serde(skip)]
    bis: Version,
}

impl Code {
    /// First and last version that has the code.
    #[must_use]
    pub fn versionen(&self) -> (Version, Version) {
        (self.von, self.bis)
    }
    fn gilt_in(&self, version: Version) -> bool {
        // Sub-values of 4.x: see the module.
        let von = if self.von == V50 && self.code.len() > 4 {
            V40
        } else {
            self.von
        };
        (von..=self.bis).contains(&version)
    }
}

/// A closed list.
#[derive(Debug)]
pub struct Codeliste {
    /// Name of the type in the schema.
    pub name: &'static str,
    /// In the order of the schema.
    pub codes: &'static [Code],
}

const fn liste(name: &'static str, codes: &'static [Code]) -> Codeliste {
    Codeliste { name, codes }
}

const fn c(code: &'static str, name: &'static str, von: Version, bis: Version) -> Code {
    Code {
        code,
        name,
        von,
        bis,
    }
}

/// What a list says about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bekannt {
    /// It exists in that version.
    Ja(&'static Code),
    /// It exists in other versions only.
    AndereVersion(&'static Code),
    /// It exists in none; the code it is a sub-value of may.
    Nein(Option<&'static Code>),
}

impl Codeliste {
    /// The code in any version.
    #[must_use]
    pub fn finde(&self, code: &str) -> Option<&'static Code> {
        self.codes.iter().find(|c| c.code == code)
    }
    /// The code in a version; without one every version counts.
    #[must_use]
    pub fn kennt(&self, code: &str, version: Option<Version>) -> Bekannt {
        match self.finde(code) {
            Some(c) if version.is_none_or(|v| c.gilt_in(v)) => Bekannt::Ja(c),
            Some(c) => Bekannt::AndereVersion(c),
            None => Bekannt::Nein(code.get(..4).and_then(|kurz| self.finde(kurz))),
        }
    }
}

/// The allgArt each besondere Art belongs to (§ 1 Abs. 2 `BauNVO`).
const GRUPPEN: &[(&str, &str)] = &[
    ("1000", "1000"),
    ("1100", "1000"),
    ("1200", "1000"),
    ("1300", "1000"),
    ("1400", "2000"),
    ("1450", "2000"),
    ("1500", "2000"),
    ("1550", "2000"),
    ("1600", "2000"),
    ("1700", "3000"),
    ("1800", "3000"),
    ("2000", "4000"),
    ("2100", "4000"),
    ("3000", "4000"),
    ("4000", "4000"),
    ("9999", "9999"),
];

/// The delivered allgArt, if it is one of the list.
#[must_use]
pub fn allg_art(code: &str) -> Option<&'static str> {
    bauland::ALLG_ART.finde(code).map(|c| c.code)
}

/// The allgArt a besondere Art belongs to; None for an unknown code.
#[must_use]
pub fn allg_art_von(besondere: &str) -> Option<&'static str> {
    GRUPPEN
        .iter()
        .find(|(code, _)| *code == besondere)
        .map(|(_, allg)| *allg)
}

/// The closed list behind `klasse.attribut`; None where there is none. Attributes by
/// their name in 5.x, where the versions differ.
#[must_use]
pub fn liste_von(klasse: &str, attribut: &str) -> Option<&'static Codeliste> {
    use {bauland as b, freiraum as f, recht as r, technik as t};
    Some(match (klasse, attribut) {
        ("FP_BebauungsFlaeche", "allgArtDerBaulNutzung") => &b::ALLG_ART,
        ("FP_BebauungsFlaeche", "besondereArtDerBaulNutzung") => &b::BESONDERE_ART,
        ("FP_BebauungsFlaeche", "sondernutzung") => &b::SONDERNUTZUNG,
        ("FP_Gemeinbedarf", "zweckbestimmung") => &b::GEMEINBEDARF,
        ("FP_SpielSportanlage", "zweckbestimmung") => &b::SPIEL_SPORT,
        ("FP_PrivilegiertesVorhaben", "zweckbestimmung") => &b::VORHABEN,
        ("FP_Kennzeichnung", "zweckbestimmung") => &b::KENNZEICHNUNG,
        ("FP_Gruen", "zweckbestimmung") => &f::GRUEN,
        ("FP_Gruen" | "FP_SchutzPflegeEntwicklung", "nutzungsform") => &f::NUTZUNGSFORM,
        ("FP_Landwirtschaft" | "FP_LandwirtschaftsFlaeche", "zweckbestimmung") => {
            &f::LANDWIRTSCHAFT
        }
        ("FP_WaldFlaeche", "zweckbestimmung") => &f::WALD,
        ("FP_WaldFlaeche", "eigentumsart") => &f::WALD_EIGENTUM,
        ("FP_Gewaesser", "zweckbestimmung") => &f::GEWAESSER_FP,
        ("SO_Gewaesser", "artDerFestlegung") => &f::GEWAESSER_SO,
        ("FP_Wasserwirtschaft", "zweckbestimmung") => &f::WASSERWIRTSCHAFT_FP,
        ("SO_Wasserwirtschaft", "artDerFestlegung") => &f::WASSERWIRTSCHAFT_SO,
        ("FP_SchutzPflegeEntwicklung" | "FP_AusgleichsFlaeche", "ziel") => &f::SPE_ZIELE,
        ("FP_AnpassungKlimawandel", "massnahme") => &f::KLIMAWANDEL,
        ("FP_VerEntsorgung", "zweckbestimmung") => &t::VER_ENTSORGUNG,
        ("FP_Strassenverkehr", "zweckbestimmung") => &t::STRASSE_FP,
        ("SO_Strassenverkehr", "artDerFestlegung") => &t::STRASSE_SO,
        ("SO_Schienenverkehrsrecht", "artDerFestlegung") => &t::SCHIENE,
        ("SO_Luftverkehrsrecht", "artDerFestlegung") => &t::LUFT,
        ("FP_Plan", "planArt") => &r::PLAN_ART,
        ("FP_Plan", "rechtsstand") => &r::PLAN_RECHTSSTAND,
        ("FP_Plan", "verfahren") => &r::PLAN_VERFAHREN,
        (_, "rechtsstand") => &r::RECHTSSTAND,
        _ => return None,
    })
}

/// The list `rechtscharakter` of a class is taken from. The same digits mean other
/// things from 6.0 on: 1000 was "Darstellung im Flächennutzungsplan" and became
/// "Festsetzung in einem Bebauungsplan". None: not known (SO classes up to 5.4 have a
/// list of their own).
#[must_use]
pub fn rechtscharakter(klasse: &str, version: Version) -> Option<&'static Codeliste> {
    if version >= V60 {
        Some(&recht::RECHTSCHARAKTER_XP)
    } else if klasse.starts_with("FP_") {
        Some(&recht::RECHTSCHARAKTER_FP)
    } else {
        None
    }
}

/// `rechtscharakter` of 6.x that an object of a Flächennutzungsplan can have.
#[must_use]
pub fn rechtscharakter_im_fnp(code: &str) -> bool {
    matches!(
        code,
        "2000" | "3000" | "6000" | "7000" | "8000" | "9998" | "9999"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLE: &[&Codeliste] = &[
        &bauland::ALLG_ART,
        &bauland::BESONDERE_ART,
        &bauland::SONDERNUTZUNG,
        &bauland::GEMEINBEDARF,
        &bauland::SPIEL_SPORT,
        &bauland::VORHABEN,
        &bauland::KENNZEICHNUNG,
        &freiraum::GRUEN,
        &freiraum::LANDWIRTSCHAFT,
        &freiraum::WALD,
        &freiraum::WALD_EIGENTUM,
        &freiraum::GEWAESSER_FP,
        &freiraum::GEWAESSER_SO,
        &freiraum::WASSERWIRTSCHAFT_FP,
        &freiraum::WASSERWIRTSCHAFT_SO,
        &freiraum::NUTZUNGSFORM,
        &freiraum::SPE_ZIELE,
        &freiraum::KLIMAWANDEL,
        &technik::VER_ENTSORGUNG,
        &technik::STRASSE_FP,
        &technik::STRASSE_SO,
        &technik::SCHIENE,
        &technik::LUFT,
        &recht::RECHTSSTAND,
        &recht::PLAN_ART,
        &recht::PLAN_RECHTSSTAND,
        &recht::PLAN_VERFAHREN,
        &recht::RECHTSCHARAKTER_FP,
        &recht::RECHTSCHARAKTER_XP,
    ];

    #[test]
    fn every_list_is_well_formed() {
        for liste in ALLE {
            for (i, c) in liste.codes.iter().enumerate() {
                let wo = format!("{} {}", liste.name, c.code);
                assert!((4..=6).contains(&c.code.len()), "{wo}");
                assert!(c.code.bytes().all(|b| b.is_ascii_digit()), "{wo}");
                assert!(!c.name.is_empty() && !c.name.contains('…'), "{wo}");
                assert!(c.von <= c.bis, "{wo}");
                assert!(
                    liste.codes[i + 1..].iter().all(|d| d.code != c.code),
                    "{wo} twice"
                );
            }
        }
    }

    #[test]
    fn every_besondere_art_has_its_group() {
        let arten: Vec<_> = bauland::BESONDERE_ART
            .codes
            .iter()
            .map(|c| c.code)
            .collect();
        let gruppen: Vec<_> = GRUPPEN.iter().map(|(code, _)| *code).collect();
        assert_eq!(arten, gruppen);
        assert!(GRUPPEN.iter().all(|(_, allg)| allg_art(allg).is_some()));
    }

    #[test]
    fn codes_exist_in_their_versions_only() {
        let art = &bauland::BESONDERE_ART;
        let in_version = |liste: &Codeliste, code, v| liste.kennt(code, Version::aus(v));
        assert!(matches!(in_version(art, "1450", "5.4"), Bekannt::Ja(_)));
        assert!(matches!(
            in_version(art, "1450", "5.3"),
            Bekannt::AndereVersion(_)
        ));
        assert!(matches!(art.kennt("1450", None), Bekannt::Ja(_)));
        assert!(matches!(art.kennt("1451", None), Bekannt::Nein(None)));
        let gruen = &freiraum::GRUEN;
        // A sub-value in 4.1 stood in besondereZweckbestimmung.
        assert!(matches!(in_version(gruen, "14000", "4.1"), Bekannt::Ja(_)));
        assert!(matches!(
            in_version(gruen, "2700", "4.1"),
            Bekannt::AndereVersion(_)
        ));
        assert!(matches!(
            in_version(gruen, "14007", "6.0"),
            Bekannt::AndereVersion(_)
        ));
        assert!(matches!(
            in_version(gruen, "16009", "6.0"),
            Bekannt::Nein(Some(Code {
                name: "Spielplatz",
                ..
            }))
        ));
        let wasser = &freiraum::WASSERWIRTSCHAFT_SO;
        assert!(matches!(
            in_version(wasser, "1450", "6.0"),
            Bekannt::AndereVersion(_)
        ));
        assert!(matches!(in_version(wasser, "1450", "6.1"), Bekannt::Ja(_)));
    }

    #[test]
    fn the_rechtscharakter_means_what_its_version_says() {
        let name = |klasse, version, code| {
            rechtscharakter(klasse, Version::aus(version)?)?
                .finde(code)
                .map(|c| c.name)
        };
        assert_eq!(
            name("FP_Gruen", "5.4", "1000"),
            Some("Darstellung im Flächennutzungsplan")
        );
        assert_eq!(
            name("FP_Gruen", "6.0", "1000"),
            Some("Festsetzung in einem Bebauungsplan")
        );
        assert_eq!(name("FP_Gruen", "5.4", "3000"), Some("Hinweis"));
        assert_eq!(
            name("FP_Gruen", "6.1", "3000"),
            Some("Darstellung im Flächennutzungsplan")
        );
        assert_eq!(name("SO_Grenze", "5.4", "1000"), None);
        assert_eq!(Version::aus("5.10"), None);
        assert_eq!(
            Version::aus("6.1").map(|v| v.to_string()).as_deref(),
            Some("6.1")
        );
    }
}
