//! What offices write for a use: abbreviations of the `PlanZV` and `BauNVO`, German words,
//! XPlanung classes. The longest word that fits decides.

use super::zuordnung::{NICHT_ZUGEORDNET, NUTZUNGEN};
use crate::fnp::nutzung;

/// Abbreviations, compared as a whole (digits behind them are allowed: `WA1`).
const KUERZEL: &[(&str, &str)] = &[
    ("w", "W"),
    ("ws", "W"),
    ("wr", "W"),
    ("wa", "W"),
    ("wb", "W"),
    ("m", "M"),
    ("md", "M"),
    ("mdw", "M"),
    ("mi", "M"),
    ("mu", "M"),
    ("mk", "M"),
    ("g", "G"),
    ("ge", "G"),
    ("gi", "G"),
    ("gee", "G"),
    ("s", "S"),
    ("so", "S"),
    ("sw", "S"),
    ("sos", "S"),
    ("gb", "gemeinbedarf"),
    ("gem", "gemeinbedarf"),
    ("lw", "landwirtschaft"),
    ("lf", "landwirtschaft"),
    ("ldw", "landwirtschaft"),
    ("wf", "wald"),
    ("gr", "gruen"),
    ("gf", "gruen"),
    ("ve", "ver_entsorgung"),
];

/// Words found anywhere in a value; written with ae, oe, ue, ss.
const WOERTER: &[(&str, &str)] = &[
    ("wohn", "W"),
    ("kleinsiedlung", "W"),
    ("siedlungsgebiet", "W"),
    ("misch", "M"),
    ("gemischt", "M"),
    ("dorfgebiet", "M"),
    ("dorfgeb", "M"),
    ("kerngebiet", "M"),
    ("urbanes", "M"),
    ("doerfliches wohn", "M"),
    ("gewerb", "G"),
    ("industrie", "G"),
    ("sonderbau", "S"),
    ("sondergebiet", "S"),
    ("sonderfl", "S"),
    ("wochenendhaus", "S"),
    ("ferienhaus", "S"),
    ("einzelhandel", "S"),
    ("photovoltaik", "S"),
    ("solarpark", "S"),
    ("windenergie", "S"),
    ("klinikgebiet", "S"),
    ("militaer", "S"),
    ("gemeinbedarf", "gemeinbedarf"),
    ("schule", "gemeinbedarf"),
    ("kindergarten", "gemeinbedarf"),
    ("kirche", "gemeinbedarf"),
    ("feuerwehr", "gemeinbedarf"),
    ("rathaus", "gemeinbedarf"),
    ("krankenhaus", "gemeinbedarf"),
    ("verwaltung", "gemeinbedarf"),
    ("kita", "gemeinbedarf"),
    ("sport- und spiel", "sport"),
    ("sportanlage", "sport"),
    ("spielanlage", "sport"),
    ("verkehr", "verkehr_strasse"),
    ("strasse", "verkehr_strasse"),
    ("parkplatz", "verkehr_strasse"),
    ("parkflaeche", "verkehr_strasse"),
    ("autobahn", "verkehr_strasse"),
    ("bahn", "verkehr_bahn"),
    ("schiene", "verkehr_bahn"),
    ("bahnverkehr", "verkehr_bahn"),
    ("schienenverkehr", "verkehr_bahn"),
    ("autobahnverkehr", "verkehr_strasse"),
    ("flugplatz", "verkehr_luft"),
    ("flughafen", "verkehr_luft"),
    ("luftverkehr", "verkehr_luft"),
    ("flugverkehr", "verkehr_luft"),
    ("landeplatz", "verkehr_luft"),
    ("ver- und entsorg", "ver_entsorgung"),
    ("entsorgung", "ver_entsorgung"),
    ("versorgung", "ver_entsorgung"),
    ("klaeranlage", "ver_entsorgung"),
    ("abwasser", "ver_entsorgung"),
    ("umspannwerk", "ver_entsorgung"),
    ("wasserwerk", "ver_entsorgung"),
    ("deponie", "ver_entsorgung"),
    ("gruen", "gruen"),
    ("park", "gruen"),
    ("parkanlage", "gruen"),
    ("friedhof", "gruen"),
    ("kleingarten", "gruen"),
    ("kleingaerten", "gruen"),
    ("spielplatz", "gruen"),
    ("sportplatz", "gruen"),
    ("zeltplatz", "gruen"),
    ("campingplatz", "gruen"),
    ("badeplatz", "gruen"),
    ("freibad", "gruen"),
    ("gewaesser", "wasser"),
    ("wasserflaeche", "wasser"),
    ("fliessgewaesser", "wasser"),
    ("stillgewaesser", "wasser"),
    ("see", "wasser"),
    ("fluss", "wasser"),
    ("bach", "wasser"),
    ("teich", "wasser"),
    ("weiher", "wasser"),
    ("hafen", "wasser"),
    ("wasserwirtschaft", "wasserwirtschaft"),
    ("hochwasserschutz", "wasserwirtschaft"),
    ("rueckhaltebecken", "wasserwirtschaft"),
    ("abgrabung", "abgrabung"),
    ("aufschuettung", "abgrabung"),
    ("kiesabbau", "abgrabung"),
    ("abbau", "abgrabung"),
    ("bodenschaetze", "abgrabung"),
    ("steinbruch", "abgrabung"),
    ("tagebau", "abgrabung"),
    ("kiesgrube", "abgrabung"),
    ("landwirtschaft", "landwirtschaft"),
    ("acker", "landwirtschaft"),
    ("gruenland", "landwirtschaft"),
    ("wiese", "landwirtschaft"),
    ("weide", "landwirtschaft"),
    ("landw.", "landwirtschaft"),
    ("gartenland", "landwirtschaft"),
    ("weinbau", "landwirtschaft"),
    ("wald", "wald"),
    ("forst", "wald"),
    ("forstwirtschaft", "wald"),
    ("gehoelz", "wald"),
    ("klimaschutz", "klima"),
    ("klimaanpassung", "klima"),
    ("ohne darstellung", "ohne_darstellung"),
    ("keine darstellung", "ohne_darstellung"),
    ("weissflaeche", "ohne_darstellung"),
];

/// Words that stand at the end or alone only; inside another word they mean nothing
/// ("See" in "Seestraße", "Bach" in "Bachmann").
const NUR_ENDE: &[&str] = &["see", "bach", "fluss", "park", "weide", "bahn", "kita"];

/// Key of `fnp.nutzung` a value probably means.
pub(super) fn rate(wert: &str) -> Option<&'static str> {
    let wert = wert.trim();
    // The name of a class says it all, but for the Baufläche.
    if nutzung::klasse(wert).is_some() {
        let schluessel = nutzung::zuordnen(wert, &serde_json::Map::new());
        return (schluessel != "nicht_zugeordnet").then_some(schluessel);
    }
    let klein = wert
        .to_lowercase()
        .replace('ä', "ae")
        .replace('ö', "oe")
        .replace('ü', "ue")
        .replace('ß', "ss");
    if let Some((schluessel, _, _)) = NUTZUNGEN
        .iter()
        .find(|(schluessel, _, _)| *schluessel == klein && klein != NICHT_ZUGEORDNET)
    {
        return Some(schluessel);
    }
    let kuerzel: String = klein
        .trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '_'))
        .to_owned();
    if let Some((_, schluessel)) = KUERZEL.iter().find(|(kurz, _)| *kurz == kuerzel) {
        return Some(schluessel);
    }
    WOERTER
        .iter()
        .filter(|(wort, _)| steht(&klein, wort))
        .max_by_key(|(wort, _)| wort.len())
        .map(|(_, schluessel)| *schluessel)
}

fn steht(text: &str, wort: &str) -> bool {
    if NUR_ENDE.contains(&wort) {
        text.split(|c: char| !c.is_alphanumeric())
            .any(|teil| teil.ends_with(wort))
    } else {
        text.contains(wort)
    }
}

/// The name of a field that probably holds the use.
pub(super) fn nutzungsfeld(name: &str) -> bool {
    let klein = name.to_lowercase();
    [
        "nutz",
        "art",
        "klasse",
        "class",
        "zweck",
        "darst",
        "planz",
        "typ",
        "kategorie",
        "legende",
        "bezeich",
    ]
    .iter()
    .any(|teil| klein.contains(teil))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_offices() {
        for (wert, soll) in [
            ("Wohnbaufläche", Some("W")),
            ("WA", Some("W")),
            ("WA 2", Some("W")),
            ("MI", Some("M")),
            ("Dörfliches Wohngebiet", Some("M")),
            ("GE1", Some("G")),
            ("Fläche für Wald", Some("wald")),
            ("Fläche für die Landwirtschaft", Some("landwirtschaft")),
            ("Grünland", Some("landwirtschaft")),
            ("Grünfläche (Parkanlage)", Some("gruen")),
            ("Parkplatz", Some("verkehr_strasse")),
            ("Bahnverkehr", Some("verkehr_bahn")),
            ("Autobahn", Some("verkehr_strasse")),
            ("Seestraße", Some("verkehr_strasse")),
            ("Sport", Some("sport")),
            ("Transport", None),
            ("Grün", Some("gruen")),
            ("nicht_zugeordnet", None),
            ("FP_WaldFlaeche", Some("wald")),
            ("FP_BebauungsFlaeche", None),
            ("4711", None),
            ("", None),
        ] {
            assert_eq!(rate(wert), soll, "{wert}");
        }
    }
}
