//! QML for QGIS 3.22 and newer: a categorised renderer with one symbol per class, German
//! aliases. What QGIS would write itself, without what it can fill in.

use std::fmt::Write as _;

use super::{NEUTRAL, RAND, Stil, rgb, xml};
use crate::layers::formate::form::Art;
use crate::layers::formate::satz::Feld;
use crate::layers::wert::Klasse;

/// The style document of a layer.
#[must_use]
pub fn dokument(stil: &Stil, felder: &[Feld]) -> String {
    let mut out = String::from(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version=\"3.22.16-Białowieża\" styleCategories=\"Symbology|Fields|Forms\" readOnly=\"0\">\n",
    );
    // Writing into a String cannot fail.
    if stil.art.is_some() {
        renderer(&mut out, stil);
    }
    out.push_str(" <fieldConfiguration>\n");
    for feld in felder {
        let _ = writeln!(
            out,
            "  <field name=\"{}\" configurationFlags=\"None\">{}</field>",
            xml(&feld.name),
            werkzeug(feld)
        );
    }
    out.push_str(" </fieldConfiguration>\n <aliases>\n");
    for (nr, feld) in felder.iter().enumerate() {
        let _ = writeln!(
            out,
            "  <alias index=\"{nr}\" field=\"{}\" name=\"{}\"/>",
            xml(&feld.name),
            xml(&feld.kopf())
        );
    }
    out.push_str(" </aliases>\n");
    let geometrie = stil.art.map_or(4, |art| match art {
        Art::Punkte => 0,
        Art::Linien => 1,
        Art::Flaechen => 2,
        Art::Gemischt => 3,
    });
    let _ = writeln!(
        out,
        " <layerGeometryType>{geometrie}</layerGeometryType>\n</qgis>"
    );
    out
}

fn renderer(out: &mut String, stil: &Stil) {
    match stil.spalte().filter(|_| !stil.klassen.is_empty()) {
        None => {
            out.push_str(" <renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\">\n  <symbols>\n");
            symbol(out, 0, stil.art, NEUTRAL);
            out.push_str("  </symbols>\n </renderer-v2>\n");
        }
        Some(spalte) => {
            let _ = writeln!(
                out,
                " <renderer-v2 type=\"categorizedSymbol\" attr=\"{}\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\">\n  <categories>",
                xml(spalte)
            );
            let typ = if stil.zahlen() { "double" } else { "string" };
            for (nr, klasse) in stil.klassen.iter().enumerate() {
                let _ = writeln!(
                    out,
                    "   <category type=\"{typ}\" value=\"{}\" symbol=\"{nr}\" label=\"{}\" render=\"true\"/>",
                    xml(&klasse.wert),
                    xml(&klasse.titel)
                );
            }
            let rest = stil.klassen.len();
            let _ = writeln!(
                out,
                "   <category type=\"NULL\" value=\"\" symbol=\"{rest}\" label=\"{}\" render=\"true\"/>\n  </categories>\n  <symbols>",
                xml(stil.rest_titel())
            );
            for (nr, klasse) in stil.klassen.iter().enumerate() {
                symbol(out, nr, stil.art, &klasse.farbe);
            }
            symbol(out, rest, stil.art, NEUTRAL);
            out.push_str("  </symbols>\n </renderer-v2>\n");
        }
    }
}

fn symbol(out: &mut String, nr: usize, art: Option<Art>, farbe: &str) {
    let (typ, klasse) = match art {
        Some(Art::Punkte) => ("marker", "SimpleMarker"),
        Some(Art::Linien) => ("line", "SimpleLine"),
        _ => ("fill", "SimpleFill"),
    };
    let [r, g, b] = rgb(farbe);
    let [ra, ga, ba] = rgb(RAND);
    let (farbe, rand) = (format!("{r},{g},{b},255"), format!("{ra},{ga},{ba},255"));
    let eigenschaften: Vec<(&str, &str)> = match typ {
        "marker" => vec![
            ("name", "circle"),
            ("color", &farbe),
            ("outline_color", "255,255,255,255"),
            ("outline_style", "solid"),
            ("outline_width", "0.4"),
            ("outline_width_unit", "MM"),
            ("size", "3"),
            ("size_unit", "MM"),
        ],
        "line" => vec![
            ("line_color", &farbe),
            ("line_style", "solid"),
            ("line_width", "0.8"),
            ("line_width_unit", "MM"),
            ("joinstyle", "round"),
            ("capstyle", "round"),
        ],
        _ => vec![
            ("color", &farbe),
            ("style", "solid"),
            ("outline_color", &rand),
            ("outline_style", "solid"),
            ("outline_width", "0.1"),
            ("outline_width_unit", "MM"),
            ("joinstyle", "bevel"),
        ],
    };
    let _ = writeln!(
        out,
        "   <symbol name=\"{nr}\" type=\"{typ}\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\n    <layer class=\"{klasse}\" enabled=\"1\" locked=\"0\" pass=\"0\">\n     <Option type=\"Map\">"
    );
    for (name, wert) in &eigenschaften {
        let _ = writeln!(
            out,
            "      <Option type=\"QString\" name=\"{name}\" value=\"{wert}\"/>"
        );
    }
    out.push_str("     </Option>\n");
    // Releases before 3.26 read these.
    for (name, wert) in &eigenschaften {
        let _ = writeln!(out, "     <prop k=\"{name}\" v=\"{wert}\"/>");
    }
    out.push_str("    </layer>\n   </symbol>\n");
}

/// Yes and no as a box to tick; everything else QGIS chooses by type.
fn werkzeug(feld: &Feld) -> &'static str {
    match feld.klasse {
        Klasse::Wahrheit => "<editWidget type=\"CheckBox\"><config><Option/></config></editWidget>",
        _ => "<editWidget type=\"TextEdit\"><config><Option/></config></editWidget>",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::stil::muster;

    #[test]
    fn every_class_has_its_symbol_and_the_rest_one() {
        let text = dokument(&muster(Some(Art::Flaechen)), &[]);
        assert_eq!(text.matches("<category ").count(), 3);
        assert_eq!(text.matches("<symbol ").count(), 3);
        assert!(text.contains("value=\"a'b&quot;&lt;\""), "{text}");
        assert!(text.contains("207,147,119,255"), "{text}");
        // The document type is no part of the well-formed rest.
        let mut leser = quick_xml::Reader::from_str(&text);
        leser.config_mut().check_end_names = true;
        while !matches!(leser.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    }
}
