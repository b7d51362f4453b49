//! What QGIS 3.22 and newer knows of a layer: renderer with a symbol per class, labels, form,
//! map tip. The same elements stand in a QML file and in the layers of a project.

use super::Stil;
use super::element::Element;
use super::formular::Formular;
use super::symbol::{spalte, symbol};
use crate::http::link::Basis;
use crate::layers::formate::Feld;
use crate::layers::formate::form::Art;

/// Version of QGIS whose XML is written; newer ones read it.
pub const FASSUNG: &str = "3.22.16-Białowieża";
/// QGIS's name of what reads OGC API Features.
pub const PROVIDER: &str = "OAPIF";
/// Kind of document, before its first element.
pub const KOPF: &str = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n";

/// The style document of a layer whose fields are only read.
#[must_use]
pub fn dokument(stil: &Stil, felder: &[Feld]) -> String {
    mit_formular(stil, &Formular::from(felder))
}

/// The style document of a layer with its form.
#[must_use]
pub fn mit_formular(stil: &Stil, formular: &Formular) -> String {
    let mut qgis = Element::neu("qgis").a("version", FASSUNG).a(
        "styleCategories",
        "Symbology|Labeling|Fields|Forms|MapTips|Rendering",
    );
    for (name, wert) in attribute(stil) {
        qgis = qgis.a(name, wert);
    }
    let geometrie = stil.art.map_or(4, |art| match art {
        Art::Punkte => 0,
        Art::Linien => 1,
        Art::Flaechen => 2,
        Art::Gemischt => 3,
    });
    qgis.kinder(elemente(stil, formular))
        .kind(Element::neu("layerGeometryType").text(geometrie))
        .dokument(KOPF)
}

/// Attributes of a style and of a layer: visibility by scale, labels.
#[must_use]
pub fn attribute(stil: &Stil) -> Vec<(&'static str, String)> {
    let massstab = stil.massstab;
    vec![
        ("readOnly", "0".to_owned()),
        (
            "hasScaleBasedVisibilityFlag",
            u8::from(massstab.is_some()).to_string(),
        ),
        ("minScale", massstab.unwrap_or(100_000_000).to_string()),
        ("maxScale", "0".to_owned()),
        (
            "labelsEnabled",
            u8::from(stil.beschriftung.is_some()).to_string(),
        ),
        ("symbologyReferenceScale", "-1".to_owned()),
        ("simplifyDrawingHints", "1".to_owned()),
        ("simplifyDrawingTol", "1".to_owned()),
        ("simplifyLocal", "1".to_owned()),
        ("simplifyMaxScale", "1".to_owned()),
        ("simplifyAlgorithm", "0".to_owned()),
    ]
}

/// Address of a collection as the provider takes it, in degrees: what QGIS 3.22 gets always,
/// and newer ones when they are told so. A project must name one system for both; with another
/// one of them would draw the layer in the wrong place.
#[must_use]
pub fn quelle(basis: &Basis, id: &str) -> String {
    format!(
        "url='{}' typename='{id}' pagingEnabled='true' pageSize='1000' restrictToRequestBBOX='1' srsname='OGC:CRS84'",
        basis.0
    )
}

/// Id of a collection's layer in our projects. QGIS gives a new one to a layer whose id is of
/// ten letters or less, and forms and themes would miss it.
#[must_use]
pub fn layer_id(sammlung: &str) -> String {
    format!("zielraum_ebene_{sammlung}")
}

/// Everything a style and a layer of a project have in common.
#[must_use]
pub fn elemente(stil: &Stil, formular: &Formular) -> Vec<Element> {
    let mut alle = vec![
        Element::neu("flags").kinder(
            [
                ("Identifiable", 1),
                ("Removable", 1),
                ("Searchable", 1),
                ("Private", 0),
            ]
            .map(|(name, wert)| Element::neu(name).text(wert)),
        ),
    ];
    if stil.art.is_some() {
        alle.push(renderer(stil));
        alle.extend(
            stil.beschriftung
                .as_deref()
                .map(|spalte| labels(stil, spalte)),
        );
    }
    alle.push(Element::neu("blendMode").text(0));
    alle.push(Element::neu("featureBlendMode").text(0));
    alle.push(Element::neu("layerOpacity").text(1));
    alle.extend(formular.elemente());
    let anzeige = anzeige(stil, formular);
    alle.push(Element::neu("mapTip").text(tipp(stil, formular, &anzeige)));
    alle.push(Element::neu("previewExpression").text(anzeige));
    alle
}

fn renderer(stil: &Stil) -> Element {
    let kopf = |typ: &'static str| {
        Element::neu("renderer-v2").a("type", typ).alle(&[
            ("symbollevels", "0"),
            ("enableorderby", "0"),
            ("forceraster", "0"),
            ("referencescale", "-1"),
        ])
    };
    let Some(spalte) = stil.spalte().filter(|_| !stil.klassen.is_empty()) else {
        let symbole = Element::neu("symbols").kind(symbol(stil, "0", None));
        return kopf("singleSymbol").kind(symbole);
    };
    let typ = if stil.zahlen() { "double" } else { "string" };
    let eintrag = |typ: &'static str, wert: &str, nr: usize, titel: &str| {
        Element::neu("category")
            .a("type", typ)
            .a("value", wert)
            .a("symbol", nr)
            .a("label", titel)
            .a("render", "true")
    };
    let rest = stil.klassen.len();
    let klassen = stil.klassen.iter().enumerate();
    let eintraege = klassen
        .clone()
        .map(|(nr, klasse)| eintrag(typ, &klasse.wert, nr, &klasse.titel))
        .chain([eintrag("NULL", "", rest, stil.rest_titel())]);
    let symbole = klassen
        .map(|(nr, klasse)| symbol(stil, &nr.to_string(), Some(klasse)))
        .chain([symbol(stil, &rest.to_string(), None)]);
    kopf("categorizedSymbol")
        .a("attr", spalte)
        .kind(Element::neu("categories").kinder(eintraege))
        .kind(Element::neu("symbols").kinder(symbole))
}

/// Labels with a white halo, from the scale of the layer on.
fn labels(stil: &Stil, feld: &str) -> Element {
    let massstab = stil.schriftmassstab.or(stil.massstab).unwrap_or(100_000);
    // 6 beside a point, 2 along a line, 1 over the middle of an area.
    let lage = match stil.art {
        Some(Art::Linien) => "2",
        Some(Art::Punkte) => "6",
        _ => "1",
    };
    let schrift = Element::neu("text-style")
        .a("fieldName", feld)
        .alle(&[
            ("isExpression", "0"),
            ("fontSize", "8"),
            ("fontSizeUnit", "Point"),
            ("fontWeight", "50"),
            ("textColor", "20,26,28,255"),
            ("textOpacity", "1"),
            ("multilineHeight", "1"),
        ])
        .kind(Element::neu("text-buffer").alle(&[
            ("bufferDraw", "1"),
            ("bufferSize", "0.8"),
            ("bufferSizeUnits", "MM"),
            ("bufferColor", "255,255,255,255"),
            ("bufferOpacity", "0.85"),
            ("bufferNoFill", "1"),
            ("bufferJoinStyle", "128"),
        ]));
    let settings = Element::neu("settings")
        .a("calloutType", "simple")
        .kind(schrift)
        .kind(Element::neu("text-format").alle(&[
            ("wrapChar", ""),
            ("autoWrapLength", "24"),
            ("useMaxLineLengthForAutoWrap", "1"),
            ("multilineAlign", "1"),
        ]))
        .kind(Element::neu("placement").a("placement", lage).alle(&[
            ("dist", "1.5"),
            ("distUnits", "MM"),
            ("priority", "5"),
            ("placementFlags", "10"),
            ("polygonPlacementFlags", "2"),
            ("centroidInside", "1"),
            ("centroidWhole", "0"),
            ("predefinedPositionOrder", "TR,TL,BR,BL,R,L,TSR,BSR"),
        ]))
        .kind(
            Element::neu("rendering")
                .alle(&[
                    ("scaleVisibility", "1"),
                    ("scaleMin", "1"),
                    ("obstacle", "1"),
                    ("displayAll", "0"),
                    ("labelPerPart", "0"),
                    ("drawLabels", "1"),
                ])
                .a("scaleMax", massstab),
        );
    Element::neu("labeling").a("type", "simple").kind(settings)
}

/// What names a feature in lists: its label, else name, title, kennung.
fn anzeige(stil: &Stil, formular: &Formular) -> String {
    let namen = ["name", "titel", "kennung", "id"];
    let mut gewaehlt: Vec<String> = stil.beschriftung.iter().map(|s| spalte(s)).collect();
    for name in namen {
        let da = formular.felder().any(|feld| feld.name == name);
        if da && !gewaehlt.contains(&spalte(name)) {
            gewaehlt.push(spalte(name));
        }
    }
    match gewaehlt.as_slice() {
        [] => formular
            .felder()
            .next()
            .map_or_else(String::new, |f| spalte(&f.name)),
        [eines] => eines.clone(),
        mehrere => format!("coalesce({})", mehrere.join(", ")),
    }
}

/// Fields of a map tip at most.
const TIPP: usize = 8;

/// HTML shown where the pointer rests: what is filled of the first fields.
fn tipp(stil: &Stil, formular: &Formular, anzeige: &str) -> String {
    // A tip is HTML: what people wrote must stay text.
    let sicher = |ausdruck: &str| {
        format!("replace(replace(to_string({ausdruck}), '&', '&amp;'), '<', '&lt;')")
    };
    let mut html = format!(
        "<b>[% {} %]</b>",
        sicher(&format!("coalesce({anzeige}, '')"))
    );
    let felder = formular.felder().filter(|feld| {
        !matches!(
            feld.name.as_str(),
            "name" | "titel" | "id" | "klasse" | "gml_id"
        ) && stil.beschriftung.as_deref() != Some(feld.name.as_str())
            && !feld.name.ends_with("_farbe")
    });
    for feld in felder.take(TIPP) {
        let name = spalte(&feld.name);
        let wert = if feld.klasse.ist_zahl() && feld.einheit.is_some() {
            format!("format_number({name}, 0, 'de')")
        } else {
            format!("represent_value({name})")
        };
        let titel = super::xml(&feld.kopf()).replace("[%", "").replace("%]", "");
        let vor = super::symbol::zeichenkette(&format!("<br>{titel}: "));
        let wert = sicher(&wert);
        html.extend([
            "[% CASE WHEN ",
            &name,
            " IS NULL THEN '' ELSE ",
            &vor,
            " || ",
            &wert,
            " END %]",
        ]);
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::stil::muster;
    use crate::layers::wert::Klasse;

    #[test]
    fn every_class_has_its_symbol_and_the_rest_one() {
        let text = dokument(&muster(Some(Art::Flaechen)), &[]);
        assert_eq!(text.matches("<category ").count(), 3);
        assert_eq!(text.matches("<symbol name=\"@").count(), 1, "the sign of W");
        assert_eq!(text.matches("<symbol name=").count(), 4);
        assert!(text.contains("value=\"a&apos;b&quot;&lt;\""), "{text}");
        assert!(text.contains("207,147,119,255"), "{text}");
        let mut leser = quick_xml::Reader::from_str(&text);
        while !matches!(leser.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    }

    #[test]
    fn tips_show_text_as_text() {
        let feld = Feld {
            name: "flaeche_m2".into(),
            titel: "Fläche".into(),
            beschreibung: None,
            einheit: Some("m²".into()),
            klasse: Klasse::Gleitkomma,
        };
        let formular = Formular::from(&[feld][..]);
        let stil = muster(Some(Art::Flaechen));
        let html = tipp(&stil, &formular, "\"name\"");
        assert!(
            html.contains("format_number(\"flaeche_m2\", 0, 'de')"),
            "{html}"
        );
        assert!(html.contains("'&lt;'"), "{html}");
    }
}
