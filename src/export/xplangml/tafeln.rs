//! The tables of [`super::umsetzen`]: what is called otherwise in 5.x and in 6.x, after the
//! rules published with the model ("Änderungen 5.4 → 6.0").

/// Attributes of a purpose, and what they are called where a law decides it.
pub(super) const ZWECK: &[(&str, &str)] = &[
    ("zweckbestimmung", "artDerFestlegung"),
    ("detaillierteZweckbestimmung", "detailArtDerFestlegung"),
];
const EINTEILUNG: &[(&str, &str)] = &[("artDerFestlegung", "einteilung")];

/// Class of 5.x, class of 6.x, attributes that change their name.
pub(super) type Umzug = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Towards 6.x the row of the old class counts, backwards the first row of the new one.
#[rustfmt::skip]
pub(super) const KLASSEN: &[Umzug] = &[
    ("FP_LandwirtschaftsFlaeche", "FP_Landwirtschaft", &[]),
    ("FP_Gewaesser", "SO_Gewaesser", ZWECK),
    ("FP_Wasserwirtschaft", "SO_Wasserwirtschaft", ZWECK),
    ("FP_Strassenverkehr", "SO_Strassenverkehr", ZWECK),
    ("SO_Strassenverkehrsrecht", "SO_Strassenverkehr", EINTEILUNG),
    ("FP_Bodenschaetze", "FP_Abgrabung", &[]),
    ("FP_NutzungsbeschraenkungsFlaeche", "FP_Nutzungsbeschraenkung", &[]),
    ("FP_TextlicheDarstellungsFlaeche", "FP_TextAbschnittFlaeche", &[]),
    ("FP_TextlicheDarstellungsFlaeche", "SO_TextAbschnittFlaeche", &[]),
    ("SO_Bauverbotszone", "SO_Baubeschraenkung", &[]),
    ("SO_SchutzgebietSonstigesRecht", "SO_SonstigesRecht", &[]),
    ("SO_SchutzgebietNaturschutzrecht", "LP_SchutzBestimmterTeileVonNaturUndLandschaft", &[]),
];
/// Classes of 4.x and 6.1, and what all later or earlier versions call them.
pub(super) const ANDERE: &[(&str, &str)] = &[
    ("FP_AbgrabungsFlaeche", "FP_Abgrabung"),
    ("FP_AufschuettungsFlaeche", "FP_Aufschuettung"),
    ("FP_BodenschaetzeFlaeche", "FP_Bodenschaetze"),
    ("FP_NatuerlicherKlimaschutz", "FP_AnpassungKlimawandel"),
];

/// Class (of the old version; a trailing `*`: all that begin so), attribute, codes of 5.x and 6.x.
pub(super) type Schluessel = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

#[rustfmt::skip]
pub(super) const CODES: &[Schluessel] = &[
    ("FP_*", "rechtscharakter", &[("1000", "3000"), ("2000", "2000"), ("3000", "6000"), ("4000", "8000"), ("5000", "7000"), ("9998", "9998")]),
    ("SO_*", "rechtscharakter", &[("1000", "1000"), ("1500", "3000"), ("1800", "5300"), ("2000", "2000"), ("3000", "6000"), ("4000", "8000"), ("5000", "7000"), ("9998", "9998"), ("9999", "9999")]),
    ("FP_Gewaesser", "zweckbestimmung", &[("1000", "4000"), ("10000", "40000"), ("1100", "3000"), ("1200", "2000")]),
    ("SO_Gewaesser", "artDerFestlegung", &[("10000", "20000"), ("10001", "20001"), ("10002", "20002"), ("10003", "3000"), ("2000", "4000")]),
    ("FP_Strassenverkehr", "zweckbestimmung", &[("3000", "16005"), ("3100", "16006"), ("3200", "16003"), ("3300", "16004")]),
    ("SO_SchutzgebietSonstigesRecht", "artDerFestlegung", &[("1000", "1700"), ("2000", "1800")]),
    ("SO_Gebiet", "gebietsArt", &[("1999", "1700"), ("2000", "17000"), ("2100", "17001"), ("2200", "17002")]),
];
/// Codes that 6.0 no longer has; the code they were a sub-value of takes their place.
#[rustfmt::skip]
pub(super) const ENTFALLEN: &[(&str, &[&str])] = &[
    ("FP_Gemeinbedarf", &["10003", "12004", "14003", "16004", "18001", "20002", "22002", "24003", "26001"]),
    ("FP_Gruen", &["14007", "24002"]),
    ("FP_VerEntsorgung", &["18005"]),
];
