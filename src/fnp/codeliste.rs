//! Closed code lists of XPlanung, as far as a Flächennutzungsplan uses them: which
//! codes exist in any version from 4.1 to 6.1. Free lists (`detaillierte…`,
//! `codeSpace`) are the author's own and stand in no table.

/// `XP_AllgArtDerBaulNutzung`.
const ALLG_ART: &str = "1000 2000 3000 4000 9999";
/// `XP_BesondereArtDerBaulNutzung` with the allgArt it belongs to (§ 1 Abs. 2 `BauNVO`).
const BESONDERE_ART: &[(&str, &str)] = &[
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
const BESONDERE_ART_CODES: &str =
    "1000 1100 1200 1300 1400 1450 1500 1550 1600 1700 1800 2000 2100 3000 4000 9999";
const SONDERNUTZUNG: &str = "1000 1100 1200 1300 1400 1500 1600 16000 16001 16002 1650 1700 1800 \
    1900 2000 2100 2200 2300 23000 2400 2500 2600 2700 2720 2800 2900 9999";
const GEMEINBEDARF: &str = "1000 10000 10001 10002 10003 1200 12000 12001 12002 12003 12004 1400 \
    14000 14001 14002 14003 1600 16000 16001 16002 16003 16004 16005 1800 18000 18001 2000 20000 \
    20001 20002 2200 22000 22001 22002 2400 24000 24001 24002 24003 2600 26000 26001 9999";
const SPIEL_SPORT: &str = "1000 2000 3000 9999";
const GRUEN: &str = "1000 10000 10001 10002 10003 1200 12000 1400 14000 14001 14002 14003 14004 \
    14005 14006 14007 1600 16000 16001 1800 18000 2000 2200 22000 22001 2400 24000 24001 24002 \
    24003 24004 24005 24006 2600 2700 9999 99990";
const VER_ENTSORGUNG: &str = "1000 10000 10001 100010 100011 100012 100013 10002 10003 10004 \
    10005 10006 10007 10008 10009 1200 12000 12001 12002 12003 12004 12005 1300 13000 13001 13002 \
    13003 1400 14000 14001 14002 1600 16000 16001 16002 16003 16004 16005 1800 18000 18001 18002 \
    18003 18004 18005 18006 2000 20000 20001 2200 22000 22001 22002 22003 2400 24000 24001 24002 \
    24003 24004 24005 2600 26000 26001 26002 2800 3000 9999 99990";
const STRASSE_FP: &str = "1000 1200 1300 1400 14000 14001 140010 140011 140012 140013 14002 14003 \
    14004 14005 14006 14007 14008 14009 1600 16000 16001 16002 3000 3100 3200 3300 3400 3500 9999";
const STRASSE_SO: &str = "1000 1200 1400 14000 14001 140010 140011 140012 140013 14002 14003 14004 \
    14005 14006 14007 14008 14009 14014 14015 1600 16000 16001 16002 16003 16004 16005 16006 3400 \
    3500 9999";
const VORHABEN: &str = "1000 10000 10001 10002 10003 10004 1200 12000 12001 12002 12003 12004 \
    12005 1400 1600 16000 16001 16002 1800 18000 18001 18002 18003 2000 20000 20001 9999 99990 99991";
const LANDWIRTSCHAFT: &str = "1000 1100 1200 1300 1400 1500 1600 1700 9999";
const WALD: &str = "1000 10000 1200 1400 1600 16000 16001 16002 16003 16004 1700 1800 1900 9999";
const WALD_EIGENTUM: &str = "1000 1100 1200 12000 12001 2000 20000 20001 3000 9999";
const GEWAESSER_FP: &str = "1000 10000 1100 1200 9999";
const GEWAESSER_SO: &str =
    "1000 10000 10001 10002 10003 2000 20000 20001 20002 3000 4000 40000 5000 6000 9999";
const WASSERWIRTSCHAFT_FP: &str = "1000 1100 1200 1300 1400 1500 9999";
/// 1450 Hochwasserschutzanlage came with 6.1.
const WASSERWIRTSCHAFT_SO: &str = "1000 1100 1200 1300 1400 1450 1500 9999";
const SCHIENE: &str = "1000 10000 10001 10002 10003 1200 12000 12001 12002 12003 12004 12005 1400 \
    14000 14001 14002 14003 9999";
const LUFT: &str = "1000 2000 3000 4000 5000 5200 5400 6000 7000 9999";
const KENNZEICHNUNG: &str = "1000 2000 3000 4000 5000 6000 7000 8000 9999";
const NUTZUNGSFORM: &str = "1000 2000";
const SPE_ZIELE: &str = "1000 2000 3000 4000 9999";

/// The delivered allgArt, if it is one of the list.
#[must_use]
pub fn allg_art(code: &str) -> Option<&'static str> {
    ALLG_ART.split(' ').find(|bekannt| *bekannt == code)
}

/// The allgArt a besondere Art belongs to; None for an unknown code.
#[must_use]
pub fn allg_art_von(besondere: &str) -> Option<&'static str> {
    BESONDERE_ART
        .iter()
        .find(|(code, _)| *code == besondere)
        .map(|(_, allg)| *allg)
}

/// Every code of the closed list behind `klasse.attribut`, separated by single
/// spaces; None where there is no closed list.
#[must_use]
pub fn codes_von(klasse: &str, attribut: &str) -> Option<&'static str> {
    Some(match (klasse, attribut) {
        ("FP_BebauungsFlaeche", "allgArtDerBaulNutzung") => ALLG_ART,
        ("FP_BebauungsFlaeche", "besondereArtDerBaulNutzung") => BESONDERE_ART_CODES,
        ("FP_BebauungsFlaeche", "sondernutzung") => SONDERNUTZUNG,
        ("FP_Gemeinbedarf", "zweckbestimmung") => GEMEINBEDARF,
        ("FP_SpielSportanlage", "zweckbestimmung") => SPIEL_SPORT,
        ("FP_Gruen", "zweckbestimmung") => GRUEN,
        ("FP_Gruen", "nutzungsform") => NUTZUNGSFORM,
        ("FP_VerEntsorgung", "zweckbestimmung") => VER_ENTSORGUNG,
        ("FP_Strassenverkehr", "zweckbestimmung") => STRASSE_FP,
        ("SO_Strassenverkehr", "artDerFestlegung") => STRASSE_SO,
        ("FP_PrivilegiertesVorhaben", "zweckbestimmung") => VORHABEN,
        ("FP_Landwirtschaft" | "FP_LandwirtschaftsFlaeche", "zweckbestimmung") => LANDWIRTSCHAFT,
        ("FP_WaldFlaeche", "zweckbestimmung") => WALD,
        ("FP_WaldFlaeche", "eigentumsart") => WALD_EIGENTUM,
        ("FP_Gewaesser", "zweckbestimmung") => GEWAESSER_FP,
        ("SO_Gewaesser", "artDerFestlegung") => GEWAESSER_SO,
        ("FP_Wasserwirtschaft", "zweckbestimmung") => WASSERWIRTSCHAFT_FP,
        ("SO_Wasserwirtschaft", "artDerFestlegung") => WASSERWIRTSCHAFT_SO,
        ("SO_Schienenverkehrsrecht", "artDerFestlegung") => SCHIENE,
        ("SO_Luftverkehrsrecht", "artDerFestlegung") => LUFT,
        ("FP_Kennzeichnung", "zweckbestimmung") => KENNZEICHNUNG,
        ("FP_SchutzPflegeEntwicklung" | "FP_AusgleichsFlaeche", "ziel") => SPE_ZIELE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_besondere_art_agree() {
        let codes: Vec<_> = BESONDERE_ART.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.join(" "), BESONDERE_ART_CODES);
        assert!(
            BESONDERE_ART
                .iter()
                .all(|(_, allg)| allg_art(allg).is_some())
        );
    }

    #[test]
    fn lists_hold_four_to_six_digits_each() {
        for (klasse, attribut) in [
            ("FP_BebauungsFlaeche", "sondernutzung"),
            ("FP_Gemeinbedarf", "zweckbestimmung"),
            ("FP_Gruen", "zweckbestimmung"),
            ("FP_VerEntsorgung", "zweckbestimmung"),
            ("FP_Strassenverkehr", "zweckbestimmung"),
            ("SO_Schienenverkehrsrecht", "artDerFestlegung"),
        ] {
            let liste = codes_von(klasse, attribut).expect("closed list");
            assert!(
                liste
                    .split(' ')
                    .all(|c| (4..=6).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_digit())),
                "{klasse}.{attribut}: {liste}"
            );
        }
    }
}
