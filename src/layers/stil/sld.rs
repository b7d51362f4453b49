//! SLD 1.0 and 1.1 (with Symbology Encoding) of one layer: a rule per class.

use std::fmt::Write as _;

use super::{NEUTRAL, RAND, Stil, xml};
use crate::layers::catalog::Darstellung;
use crate::layers::formate::form::Art;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fassung {
    /// SLD 1.0.0: `CssParameter`, everything in one namespace.
    Eins,
    /// SLD 1.1.0 with SE 1.1.0: `SvgParameter`.
    EinsEins,
}

/// The style document.
#[must_use]
pub fn dokument(stil: &Stil, fassung: Fassung) -> String {
    let (kopf, se, parameter) = match fassung {
        Fassung::Eins => (
            "<StyledLayerDescriptor version=\"1.0.0\" xmlns=\"http://www.opengis.net/sld\" xmlns:ogc=\"http://www.opengis.net/ogc\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">",
            "",
            "CssParameter",
        ),
        Fassung::EinsEins => (
            "<StyledLayerDescriptor version=\"1.1.0\" xmlns=\"http://www.opengis.net/sld\" xmlns:se=\"http://www.opengis.net/se\" xmlns:ogc=\"http://www.opengis.net/ogc\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">",
            "se:",
            "SvgParameter",
        ),
    };
    let schreiber = Schreiber {
        se,
        parameter,
        darstellung: stil.darstellung,
    };
    let name = xml(&stil.id);
    let titel = xml(&stil.titel);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{kopf}\n<NamedLayer>\n<{se}Name>{name}</{se}Name>\n<UserStyle>\n"
    );
    match fassung {
        Fassung::Eins => {
            let _ = writeln!(out, "<Name>{name}</Name>\n<Title>{titel}</Title>");
        }
        Fassung::EinsEins => {
            let _ = writeln!(
                out,
                "<se:Name>{name}</se:Name>\n<se:Description><se:Title>{titel}</se:Title></se:Description>"
            );
        }
    }
    let _ = writeln!(out, "<{se}FeatureTypeStyle>");
    match (stil.art, stil.spalte()) {
        (None, _) => {}
        (Some(art), Some(spalte)) if !stil.klassen.is_empty() => {
            for klasse in &stil.klassen {
                let filter = format!(
                    "<ogc:Filter><ogc:PropertyIsEqualTo><ogc:PropertyName>{}</ogc:PropertyName><ogc:Literal>{}</ogc:Literal></ogc:PropertyIsEqualTo></ogc:Filter>",
                    xml(spalte),
                    xml(&klasse.wert)
                );
                schreiber.regel(
                    &mut out,
                    &klasse.titel,
                    fassung,
                    &filter,
                    art,
                    &klasse.farbe,
                );
            }
            let rest = format!("<{se}ElseFilter/>");
            schreiber.regel(&mut out, stil.rest_titel(), fassung, &rest, art, NEUTRAL);
        }
        (Some(art), _) => schreiber.regel(&mut out, stil.rest_titel(), fassung, "", art, NEUTRAL),
    }
    let _ = writeln!(
        out,
        "</{se}FeatureTypeStyle>\n</UserStyle>\n</NamedLayer>\n</StyledLayerDescriptor>"
    );
    out
}

struct Schreiber {
    se: &'static str,
    parameter: &'static str,
    darstellung: Darstellung,
}

impl Schreiber {
    fn regel(
        &self,
        out: &mut String,
        titel: &str,
        fassung: Fassung,
        filter: &str,
        art: Art,
        farbe: &str,
    ) {
        let se = self.se;
        let titel = xml(titel);
        let _ = match fassung {
            Fassung::Eins => writeln!(out, "<Rule>\n<Name>{titel}</Name>\n<Title>{titel}</Title>"),
            Fassung::EinsEins => writeln!(
                out,
                "<se:Rule>\n<se:Name>{titel}</se:Name>\n<se:Description><se:Title>{titel}</se:Title></se:Description>"
            ),
        };
        if !filter.is_empty() {
            let _ = writeln!(out, "{filter}");
        }
        let arten: &[Art] = match art {
            Art::Gemischt => &[Art::Flaechen, Art::Linien, Art::Punkte],
            Art::Flaechen => &[Art::Flaechen],
            Art::Linien => &[Art::Linien],
            Art::Punkte => &[Art::Punkte],
        };
        for art in arten {
            self.zeichnung(out, *art, farbe);
        }
        let _ = writeln!(out, "</{se}Rule>");
    }

    fn zeichnung(&self, out: &mut String, art: Art, farbe: &str) {
        let se = self.se;
        let p = |name: &str, wert: &str| {
            format!(
                "<{se}{parameter} name=\"{name}\">{wert}</{se}{parameter}>",
                parameter = self.parameter
            )
        };
        let deckend = |deckung: &str| {
            format!(
                "<{se}Fill>{}{}</{se}Fill>",
                p("fill", farbe),
                p("fill-opacity", deckung)
            )
        };
        let fuellung = format!("<{se}Fill>{}</{se}Fill>", p("fill", farbe));
        let strich = |farbe: &str, breite: &str| {
            format!(
                "<{se}Stroke>{}{}</{se}Stroke>",
                p("stroke", farbe),
                p("stroke-width", breite)
            )
        };
        let _ = match art {
            Art::Punkte => writeln!(
                out,
                "<{se}PointSymbolizer><{se}Graphic><{se}Mark><{se}WellKnownName>circle</{se}WellKnownName>{fuellung}{}</{se}Mark><{se}Size>10</{se}Size></{se}Graphic></{se}PointSymbolizer>",
                strich("#FFFFFF", "1")
            ),
            Art::Linien => writeln!(
                out,
                "<{se}LineSymbolizer>{}</{se}LineSymbolizer>",
                strich(farbe, "2.5")
            ),
            Art::Flaechen | Art::Gemischt => {
                let (fuellung, strich) = match self.darstellung {
                    Darstellung::Fill => (fuellung, strich(RAND, "0.5")),
                    Darstellung::Overlay => (deckend("0.14"), strich(farbe, "2")),
                    Darstellung::Border => (deckend("0"), strich(RAND, "1.5")),
                };
                writeln!(
                    out,
                    "<{se}PolygonSymbolizer>{fuellung}{strich}</{se}PolygonSymbolizer>"
                )
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::stil::muster;

    #[test]
    fn both_are_well_formed_with_a_rule_per_class_and_one_for_the_rest() {
        for (fassung, regel) in [(Fassung::Eins, "<Rule>"), (Fassung::EinsEins, "<se:Rule>")] {
            let text = dokument(&muster(Some(Art::Flaechen)), fassung);
            assert_eq!(text.matches(regel).count(), 3);
            assert!(text.contains("a'b&quot;&lt;") && text.contains("#CF9377"));
            let mut leser = quick_xml::Reader::from_str(&text);
            while !matches!(leser.read_event().unwrap(), quick_xml::events::Event::Eof) {}
        }
    }
}
