//! MapLibre style of one layer over its vector tiles, in the subset QGIS 3.22 converts
//! faithfully: one style layer per class with one `==` filter, no expression it drops (it
//! would then draw every feature). The id of a style layer is its entry in QGIS's legend.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{NEUTRAL, RAND, Stil, kartenzeichen, sprite};
use crate::http::link::{Basis, kodiere};
use crate::layers::catalog::Darstellung;
use crate::layers::formate::form::Art;

/// The style document; the tiles' addresses are absolute, with the port.
#[must_use]
pub fn dokument(stil: &Stil, basis: &Basis) -> Value {
    let kacheln = basis.zu(&format!(
        "/collections/{}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?f=mvt",
        kodiere(&stil.id)
    ));
    let mut doc = json!({
        "version": 8,
        "name": stil.titel,
        "sources": {
            (stil.id.as_str()): { "type": "vector", "tiles": [kacheln], "minzoom": 0, "maxzoom": 16 },
        },
        "layers": ebenen(stil),
    });
    if !sprite::bilder(stil).is_empty() {
        doc["sprite"] = json!(basis.zu(&format!("/styles/{}/sprite", kodiere(&stil.id))));
    }
    doc
}

/// The style layers, the rest first: classes lie above it.
#[must_use]
pub fn ebenen(stil: &Stil) -> Vec<Value> {
    let Some(art) = stil.art else {
        return Vec::new();
    };
    let mut namen = HashSet::new();
    let mut ebenen = Vec::new();
    let mut ebene = |titel: &str, filter: Option<Value>, art: Art, farbe: &str| {
        let mut name = titel.to_owned();
        let mut nr = 1;
        while !namen.insert(name.clone()) {
            nr += 1;
            name = format!("{titel} ({nr})");
        }
        let (typ, farben) = zeichnung(stil.darstellung, art, farbe);
        let mut doc =
            json!({ "id": name, "type": typ, "source": stil.id, "source-layer": stil.id });
        if let Some(filter) = filter {
            doc["filter"] = filter;
        }
        doc["paint"] = farben;
        ebenen.push(doc);
    };
    let arten: &[Art] = match art {
        Art::Gemischt => &[Art::Flaechen, Art::Linien, Art::Punkte],
        Art::Flaechen => &[Art::Flaechen],
        Art::Linien => &[Art::Linien],
        Art::Punkte => &[Art::Punkte],
    };
    for art in arten {
        // A mixed layer asks for the kind as well: a circle at each corner of an area is wrong.
        // The old form of a filter throughout: QGIS knows no other for the kind, and the two
        // must not be mixed.
        let kind = (arten.len() > 1).then(|| json!(["==", "$type", geometrie(*art)]));
        let spalte = stil.spalte().filter(|_| !stil.klassen.is_empty());
        let lies = spalte.map(|spalte| match &kind {
            Some(_) => json!(spalte),
            None => json!(["get", spalte]),
        });
        ebene(
            stil.rest_titel(),
            rest(stil, lies.as_ref(), kind.as_ref()),
            *art,
            NEUTRAL,
        );
        for klasse in lies.iter().flat_map(|_| &stil.klassen) {
            let gleich = json!(["==", lies, wert(stil, &klasse.wert)]);
            let filter = match &kind {
                Some(kind) => json!(["all", kind, gleich]),
                None => gleich,
            };
            ebene(&klasse.titel, Some(filter), *art, &klasse.farbe);
        }
    }
    if matches!(art, Art::Flaechen) {
        ebenen.push(json!({
            "id": "Umriss", "type": "line", "source": stil.id, "source-layer": stil.id,
            "paint": umriss(stil),
        }));
    }
    for art in arten {
        ebenen.extend(kartenzeichen::ebenen(stil, *art));
    }
    ebenen
}

/// Overlays have an outline in their colour: their fill lets the plan through.
fn umriss(stil: &Stil) -> Value {
    match stil.darstellung {
        Darstellung::Fill => {
            json!({ "line-color": RAND, "line-width": 0.5, "line-opacity": 0.6 })
        }
        Darstellung::Overlay => {
            let farbe = match stil.spalte().filter(|_| !stil.klassen.is_empty()) {
                None => json!(NEUTRAL),
                Some(spalte) => {
                    let mut wahl = vec![json!("match"), json!(["get", spalte])];
                    for klasse in &stil.klassen {
                        wahl.extend([wert(stil, &klasse.wert), json!(klasse.farbe)]);
                    }
                    wahl.push(json!(NEUTRAL));
                    Value::Array(wahl)
                }
            };
            json!({ "line-color": farbe, "line-width": 2 })
        }
        Darstellung::Border => {
            json!({ "line-color": RAND, "line-width": 1.5, "line-dasharray": [6, 2, 1, 2] })
        }
    }
}

/// What no class takes; without classes everything.
fn rest(stil: &Stil, lies: Option<&Value>, kind: Option<&Value>) -> Option<Value> {
    let Some(lies) = lies else {
        return kind.cloned();
    };
    let mut keine = vec![json!("all")];
    keine.extend(kind.cloned());
    keine.extend(
        stil.klassen
            .iter()
            .map(|klasse| json!(["!=", lies, wert(stil, &klasse.wert)])),
    );
    Some(Value::Array(keine))
}

/// A number where the column holds numbers: `"1"` equals no 1.
pub(super) fn wert(stil: &Stil, text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(zahl) if stil.zahlen() => json!(zahl),
        _ => match text.parse::<f64>() {
            Ok(zahl) if stil.zahlen() => json!(zahl),
            _ => json!(text),
        },
    }
}

fn geometrie(art: Art) -> &'static str {
    match art {
        Art::Punkte => "Point",
        Art::Linien => "LineString",
        Art::Flaechen | Art::Gemischt => "Polygon",
    }
}

fn zeichnung(darstellung: Darstellung, art: Art, farbe: &str) -> (&'static str, Value) {
    match art {
        Art::Punkte => (
            "circle",
            json!({ "circle-color": farbe, "circle-radius": 5, "circle-stroke-color": "#FFFFFF", "circle-stroke-width": 1 }),
        ),
        Art::Linien => ("line", json!({ "line-color": farbe, "line-width": 2.5 })),
        Art::Flaechen | Art::Gemischt => {
            let deckung = match darstellung {
                Darstellung::Fill => 1.0,
                Darstellung::Overlay => 0.14,
                Darstellung::Border => 0.0,
            };
            (
                "fill",
                json!({ "fill-color": farbe, "fill-opacity": deckung }),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::stil::muster;

    #[test]
    fn one_layer_per_class_with_one_comparison() {
        let basis = Basis("http://zr.test:8080".into());
        let doc = dokument(&muster(Some(Art::Flaechen)), &basis);
        assert_eq!(
            doc["sources"]["fnp_flaechen"]["tiles"][0],
            "http://zr.test:8080/collections/fnp_flaechen/tiles/WebMercatorQuad/{z}/{y}/{x}?f=mvt"
        );
        let ebenen = doc["layers"].as_array().unwrap();
        let namen: Vec<_> = ebenen.iter().map(|e| e["id"].as_str().unwrap()).collect();
        assert_eq!(
            namen,
            [
                "Übrige",
                "Wohnbaufläche",
                "Sonder<bau>",
                "Umriss",
                "Zeichen"
            ]
        );
        assert_eq!(ebenen[1]["filter"], json!(["==", ["get", "nutzung"], "W"]));
        assert_eq!(ebenen[1]["paint"]["fill-color"], "#CF9377");
        // What QGIS 3.22 drops without a word.
        let text = doc.to_string();
        for verloren in [
            "\"!\"",
            "\"literal\"",
            "\"case\"",
            "\"step\"",
            "\"coalesce\"",
        ] {
            assert!(!text.contains(verloren), "{verloren}");
        }
    }

    #[test]
    fn mixed_layers_draw_each_kind_once_and_names_differ() {
        let mut stil = muster(Some(Art::Gemischt));
        stil.klassen.clear();
        let ebenen = ebenen(&stil);
        assert_eq!(ebenen.len(), 3);
        assert_ne!(ebenen[0]["id"], ebenen[1]["id"]);
        assert_eq!(ebenen[2]["filter"], json!(["==", "$type", "Point"]));
        assert!(super::ebenen(&muster(None)).is_empty());
    }
}
