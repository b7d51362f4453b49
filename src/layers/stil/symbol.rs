//! Symbols of QGIS: what one class of a layer looks like, in the XML of QML files and projects.

use super::element::{Element, karte, option, textwert};
use super::zeichen::{self, Zeichen};
use super::{Klasse, NEUTRAL, RAND, Stil, rgb};
use crate::layers::catalog::Darstellung;
use crate::layers::formate::form::Art;

/// Side of a sign on an area, millimetres.
const ZEICHEN_MM: &str = "5";
/// An area shows its sign where it is at least this wide, in metres per scale denominator:
/// 9 mm on the sheet.
const PLATZ: &str = "0.009";

/// What stands where a class has no sign: without it QGIS would draw a question mark.
const LEER: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"24\" height=\"24\" viewBox=\"0 0 24 24\"/>";

/// The symbol of a class; None: of what belongs to none, or of a layer without classes.
#[must_use]
pub fn symbol(stil: &Stil, name: &str, klasse: Option<&Klasse>) -> Element {
    let farbe = klasse.map_or(NEUTRAL, |klasse| klasse.farbe.as_str());
    let zeichen = stil.zeichen(klasse);
    match stil.art {
        Some(Art::Punkte) => huelle(name, "marker", punkt(stil, farbe, zeichen)),
        Some(Art::Linien) => huelle(name, "line", [linie(farbe, "0.8", "solid")]),
        _ => huelle(name, "fill", flaeche(stil, farbe, zeichen)),
    }
}

/// The symbol of a class for tiles: its plain fill, as pale as a background must be.
#[must_use]
pub fn blass(farbe: &str) -> Element {
    let [r, g, b] = rgb(farbe);
    let farbe = format!("{r},{g},{b},110");
    let fuellung = schicht(
        "SimpleFill",
        &[
            ("color", &farbe),
            ("style", "solid"),
            ("outline_style", "no"),
        ],
    );
    huelle("0", "fill", [fuellung])
}

/// A fill of one colour without outline: the page of a print layout.
#[must_use]
pub fn papier() -> Element {
    let fuellung = schicht(
        "SimpleFill",
        &[
            ("color", "255,255,255,255"),
            ("style", "solid"),
            ("outline_style", "no"),
        ],
    );
    huelle("", "fill", [fuellung])
}

fn huelle(name: &str, typ: &'static str, schichten: impl IntoIterator<Item = Element>) -> Element {
    Element::neu("symbol")
        .a("name", name)
        .a("type", typ)
        .alle(&[("alpha", "1"), ("clip_to_extent", "1"), ("force_rhr", "0")])
        .kinder(schichten)
}

fn schicht(klasse: &'static str, eigenschaften: &[(&'static str, &str)]) -> Element {
    let layer = Element::neu("layer")
        .a("class", klasse)
        .alle(&[("enabled", "1"), ("locked", "0"), ("pass", "0")])
        .kind(
            Element::neu("Option").a("type", "Map").kinder(
                eigenschaften
                    .iter()
                    .map(|(name, wert)| textwert(name, wert)),
            ),
        );
    // Releases before 3.26 write and read these as well.
    layer.kinder(
        eigenschaften
            .iter()
            .map(|(name, wert)| Element::neu("prop").a("k", name).a("v", wert)),
    )
}

/// Properties that an expression decides.
fn nach_ausdruck(ausdruecke: &[(&str, String)]) -> Element {
    let eine = |(name, ausdruck): &(&str, String)| {
        karte(
            name,
            [
                option("active", "bool", "true"),
                textwert("expression", ausdruck),
                option("type", "int", 3),
            ],
        )
    };
    Element::neu("data_defined_properties").kind(Element::neu("Option").a("type", "Map").kinder([
        textwert("name", ""),
        karte("properties", ausdruecke.iter().map(eine)),
        textwert("type", "collection"),
    ]))
}

fn farbwert(farbe: &str, deckung: u8) -> String {
    let [r, g, b] = rgb(farbe);
    format!("{r},{g},{b},{deckung}")
}

fn linie(farbe: &str, breite: &str, strich: &str) -> Element {
    schicht(
        "SimpleLine",
        &[
            ("line_color", &farbwert(farbe, 255)),
            ("line_style", strich),
            ("line_width", breite),
            ("line_width_unit", "MM"),
            ("joinstyle", "round"),
            ("capstyle", "round"),
        ],
    )
}

fn punkt(stil: &Stil, farbe: &str, zeichen: Option<&Zeichen>) -> Vec<Element> {
    let bild = bild(stil, zeichen);
    // A sign stands on a disc of its class's colour: on a plan of many colours it would drown.
    let (groesse, rand) = if bild.is_some() {
        ("6", RAND)
    } else {
        ("3", "#FFFFFF")
    };
    let mut schichten = vec![schicht(
        "SimpleMarker",
        &[
            ("name", "circle"),
            ("color", &farbwert(farbe, 255)),
            ("outline_color", &farbwert(rand, 255)),
            ("outline_style", "solid"),
            ("outline_width", "0.3"),
            ("outline_width_unit", "MM"),
            ("size", groesse),
            ("size_unit", "MM"),
        ],
    )];
    if let Some((bild, mut ausdruecke)) = bild {
        if let Some(drehung) = &stil.drehung {
            ausdruecke.push(("angle", format!("-coalesce({}, 0)", spalte(drehung))));
        }
        schichten.push(svg(&bild, "4", &ausdruecke));
    }
    schichten
}

fn flaeche(stil: &Stil, farbe: &str, zeichen: Option<&Zeichen>) -> Vec<Element> {
    let (fuellung, rand, breite, strich) = match stil.darstellung {
        Darstellung::Fill => (farbwert(farbe, 255), RAND, "0.1", "solid"),
        Darstellung::Overlay => (farbwert(farbe, 36), farbe, "0.5", "solid"),
        Darstellung::Border => (farbwert(farbe, 0), RAND, "0.4", "dash dot"),
    };
    let mut schichten = vec![schicht(
        "SimpleFill",
        &[
            ("color", &fuellung),
            ("style", "solid"),
            ("outline_color", &farbwert(rand, 255)),
            ("outline_style", strich),
            ("outline_width", breite),
            ("outline_width_unit", "MM"),
            ("joinstyle", "bevel"),
        ],
    )];
    if let Some(schraffur) = zeichen.and_then(|z| z.schraffur) {
        let muster = schicht(
            "LinePatternFill",
            &[
                ("angle", &schraffur.winkel.to_string()),
                ("distance", &schraffur.abstand.to_string()),
                ("distance_unit", "MM"),
                ("color", &farbwert(farbe, 255)),
            ],
        );
        let farbe = if stil.darstellung == Darstellung::Fill {
            RAND
        } else {
            farbe
        };
        schichten.push(muster.kind(huelle("@0@1", "line", [linie(farbe, "0.2", "solid")])));
    }
    if let Some(rand) = zeichen.and_then(|z| z.rand.as_deref())
        && let Some(bild) = zeichen::eingebettet(rand)
    {
        let folge = schicht(
            "MarkerLine",
            &[
                ("placement", "interval"),
                ("interval", "5"),
                ("interval_unit", "MM"),
                ("rotate", "1"),
                ("offset", "0"),
            ],
        );
        schichten.push(folge.kind(huelle("@0@2", "marker", [svg(&bild, "3.5", &[])])));
    }
    if let Some((bild, mut ausdruecke)) = bild(stil, zeichen) {
        ausdruecke.push((
            "enabled",
            format!("coalesce(sqrt($area) > {PLATZ} * @map_scale, true)"),
        ));
        let mitte = schicht(
            "CentroidFill",
            &[
                ("point_on_surface", "1"),
                ("point_on_all_parts", "0"),
                ("clip_points", "0"),
                ("clip_on_current_part_only", "0"),
            ],
        );
        let marke = huelle("@0@3", "marker", [svg(&bild, ZEICHEN_MM, &ausdruecke)]);
        schichten.push(mitte.kind(marke));
    }
    schichten
}

fn svg(bild: &str, groesse: &str, ausdruecke: &[(&str, String)]) -> Element {
    let marke = schicht(
        "SvgMarker",
        &[
            ("name", bild),
            ("size", groesse),
            ("size_unit", "MM"),
            ("color", "0,0,0,255"),
            ("outline_color", "0,0,0,255"),
            ("outline_width", "0"),
            ("fixedAspectRatio", "0"),
        ],
    );
    if ausdruecke.is_empty() {
        return marke;
    }
    marke.kind(nach_ausdruck(ausdruecke))
}

type Bild = (String, Vec<(&'static str, String)>);

/// The sign of a class, and where the layer has codes the expression that finds the nearer one.
fn bild(stil: &Stil, zeichen: Option<&Zeichen>) -> Option<Bild> {
    let zeichen = zeichen?;
    let allgemein = zeichen.bild.as_deref().and_then(zeichen::eingebettet);
    let Some(zweck) = stil.zweck.as_ref().filter(|_| !zeichen.codes.is_empty()) else {
        return allgemein.map(|bild| (bild, Vec::new()));
    };
    let allgemein = allgemein.unwrap_or_else(|| zeichen::einbetten(LEER.as_bytes()));
    let paare: Vec<String> = zeichen
        .codes
        .iter()
        .filter_map(|(code, name)| Some(format!("'{code}', '{}'", zeichen::eingebettet(name)?)))
        .collect();
    // The first code counts; an unknown detail has the sign of what it is a detail of.
    let ausdruck = format!(
        "with_variable('m', map({}), with_variable('c', coalesce(regexp_substr(to_string({}), '([0-9]+)'), ''), coalesce(map_get(@m, @c), map_get(@m, left(@c, 4)), '{}')))",
        paare.join(", "),
        spalte(zweck),
        allgemein
    );
    Some((allgemein, vec![("name", ausdruck)]))
}

/// A column in an expression.
#[must_use]
pub fn spalte(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in an expression.
#[must_use]
pub fn zeichenkette(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::stil::muster;

    #[test]
    fn a_class_shows_colour_sign_and_code() {
        let mut stil = muster(Some(Art::Flaechen));
        stil.klassen[1].wert = "gemeinbedarf".into();
        let text = symbol(&stil, "0", Some(&stil.klassen[0])).ausschnitt();
        assert!(
            text.contains("207,147,119,255") && text.contains("base64:"),
            "{text}"
        );
        assert!(!text.contains("map_get"), "{text}");
        let text = symbol(&stil, "1", Some(&stil.klassen[1])).ausschnitt();
        assert!(
            text.contains("map_get(@m, left(@c, 4))") && text.contains("1200"),
            "{text}"
        );
        // Without the column there is nothing to ask.
        stil.zweck = None;
        let text = symbol(&stil, "1", Some(&stil.klassen[1])).ausschnitt();
        assert!(
            !text.contains("map_get") && text.contains("base64:"),
            "{text}"
        );
    }

    #[test]
    fn overlays_let_the_plan_through() {
        let mut stil = muster(Some(Art::Flaechen));
        stil.darstellung = Darstellung::Overlay;
        let text = symbol(&stil, "0", Some(&stil.klassen[0])).ausschnitt();
        assert!(
            text.contains("207,147,119,36") && text.contains("207,147,119,255"),
            "{text}"
        );
        stil.darstellung = Darstellung::Border;
        stil.klassen.clear();
        stil.tafel = "fnp.plan_sicht".into();
        let text = symbol(&stil, "0", None).ausschnitt();
        assert!(text.contains("MarkerLine"), "{text}");
    }

    #[test]
    fn names_stay_names() {
        assert_eq!(spalte("a\"b"), "\"a\"\"b\"");
        assert_eq!(zeichenkette("O'Neill \\"), "'O''Neill \\\\'");
    }
}
