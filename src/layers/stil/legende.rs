//! The legend of a layer: classes with label, colour and sign, as JSON, as a page, as a
//! drawing.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{NEUTRAL, RAND, Stil, xml};
use crate::layers::formate::form::Art;

/// One entry.
#[derive(Debug)]
pub struct Eintrag<'a> {
    /// Value of the column; None for the rest.
    pub wert: Option<&'a str>,
    /// German label.
    pub titel: &'a str,
    /// `#RRGGBB`.
    pub farbe: &'a str,
    /// Sign as text.
    pub zeichen: Option<&'a str>,
    /// Name of its drawing, [`super::zeichen`].
    pub bild: Option<&'static str>,
}

/// The entries, the rest last; none for a layer without geometry.
#[must_use]
pub fn eintraege(stil: &Stil) -> Vec<Eintrag<'_>> {
    if stil.art.is_none() {
        return Vec::new();
    }
    let klassen = stil.klassen.iter().map(|klasse| Eintrag {
        wert: Some(&klasse.wert),
        titel: &klasse.titel,
        farbe: &klasse.farbe,
        zeichen: klasse.zeichen.as_deref(),
        bild: stil
            .zeichen(Some(klasse))
            .and_then(|zeichen| zeichen.bild.as_deref()),
    });
    let rest = Eintrag {
        wert: None,
        titel: stil.rest_titel(),
        farbe: NEUTRAL,
        zeichen: None,
        bild: None,
    };
    klassen.chain([rest]).collect()
}

/// As JSON.
#[must_use]
pub fn dokument(stil: &Stil) -> Value {
    let eintraege: Vec<Value> = eintraege(stil)
        .iter()
        .map(
            |e| json!({ "wert": e.wert, "titel": e.titel, "farbe": e.farbe, "zeichen": e.zeichen, "bild": e.bild }),
        )
        .collect();
    json!({
        "id": stil.id,
        "title": stil.titel,
        "spalte": stil.spalte(),
        "geometrie": stil.art.map(art),
        "eintraege": eintraege,
    })
}

fn art(art: Art) -> &'static str {
    match art {
        Art::Punkte => "punkt",
        Art::Linien => "linie",
        Art::Flaechen => "flaeche",
        Art::Gemischt => "gemischt",
    }
}

/// As a drawing of its own, 22 pixels a line.
#[must_use]
pub fn svg(stil: &Stil) -> String {
    let eintraege = eintraege(stil);
    let breite = eintraege
        .iter()
        .map(|e| e.titel.chars().count())
        .max()
        .unwrap_or_default()
        * 8
        + 60;
    let hoehe = eintraege.len() * 22 + 6;
    // Writing into a String cannot fail.
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{breite}\" height=\"{hoehe}\" viewBox=\"0 0 {breite} {hoehe}\" role=\"img\"><title>Legende: {}</title>\n",
        xml(&stil.titel)
    );
    for (nr, e) in eintraege.iter().enumerate() {
        let y = nr * 22 + 4;
        out.push_str(&muster(stil.art, e.farbe, 4, y));
        if let Some(bild) = e.bild.and_then(|name| eingesetzt(name, 11, y + 3)) {
            out.push_str(&bild);
        } else if let Some(zeichen) = e.zeichen {
            let _ = write!(
                out,
                "<text x=\"17\" y=\"{}\" font-family=\"sans-serif\" font-size=\"10\" text-anchor=\"middle\">{}</text>",
                y + 13,
                xml(zeichen)
            );
        }
        let _ = writeln!(
            out,
            "<text x=\"38\" y=\"{}\" font-family=\"sans-serif\" font-size=\"13\">{}</text>",
            y + 13,
            xml(e.titel)
        );
    }
    out.push_str("</svg>\n");
    out
}

/// The drawing of a sign inside the legend's, 12 by 12.
fn eingesetzt(name: &str, x: usize, y: usize) -> Option<String> {
    let text = String::from_utf8(super::zeichen::svg(name).ok()?).ok()?;
    let ende = text.find("viewBox=")?;
    let rest = text.get(ende..)?.trim_end();
    Some(format!(
        "<svg x=\"{x}\" y=\"{y}\" width=\"12\" height=\"12\" {rest}"
    ))
}

/// The sample of one entry, 26 by 18.
fn muster(art: Option<Art>, farbe: &str, x: usize, y: usize) -> String {
    match art {
        Some(Art::Punkte) => format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"7\" fill=\"{farbe}\" stroke=\"{RAND}\" stroke-width=\"0.5\"/>",
            x + 13,
            y + 9
        ),
        Some(Art::Linien) => format!(
            "<line x1=\"{x}\" y1=\"{0}\" x2=\"{1}\" y2=\"{0}\" stroke=\"{farbe}\" stroke-width=\"3\"/>",
            y + 9,
            x + 26
        ),
        _ => format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"26\" height=\"18\" fill=\"{farbe}\" stroke=\"{RAND}\" stroke-width=\"0.5\"/>"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::stil::muster as stil;

    #[test]
    fn every_class_and_the_rest() {
        let doc = dokument(&stil(Some(Art::Linien)));
        assert_eq!(doc["eintraege"].as_array().unwrap().len(), 3);
        assert_eq!(doc["eintraege"][0]["farbe"], "#CF9377");
        assert_eq!(doc["geometrie"], "linie");
        let text = svg(&stil(Some(Art::Linien)));
        assert_eq!(text.matches("<line ").count(), 3);
        assert!(text.contains("Sonder&lt;bau&gt;"));
        assert!(eintraege(&stil(None)).is_empty());
        // W has its drawing.
        assert_eq!(text.matches("<svg ").count(), 2);
        let mut leser = quick_xml::Reader::from_str(&text);
        while !matches!(leser.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    }
}
