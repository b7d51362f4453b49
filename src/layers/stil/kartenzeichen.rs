//! What a MapLibre style draws over the colours: hatches, signs along borders, signs on areas
//! and points, from the images of [`super::sprite`]. One style layer each, its image chosen by
//! the class: QGIS 3.22 takes `match`, and a filter that names the classes.

use serde_json::{Value, json};

use super::sprite::{self, LEER};
use super::zeichen::Zeichen;
use super::{Klasse, Stil, maplibre};
use crate::layers::formate::form::Art;

/// Signs appear from this zoom on: farther out areas are smaller than their sign.
const ZOOM_ZEICHEN: u8 = 13;

type Eintrag<'a> = (Option<&'a Klasse>, &'static Zeichen);

/// The style layers, from the bottom to the top; `art` is the kind of geometry drawn.
#[must_use]
pub fn ebenen(stil: &Stil, art: Art) -> Vec<Value> {
    let zeichen = |(_, zeichen): &Eintrag| nach_zweck(stil, zeichen);
    let ebenen = match art {
        Art::Flaechen => vec![
            schraffur(stil),
            randzeichen(stil),
            ebene(
                stil,
                "Zeichen",
                "symbol",
                zeichen,
                |bild| json!({ "minzoom": ZOOM_ZEICHEN, "layout": { "icon-image": bild, "icon-padding": 4 } }),
            ),
        ],
        Art::Punkte => vec![ebene(stil, "Zeichen", "symbol", zeichen, |bild| {
            let mut layout =
                json!({ "icon-image": bild, "icon-size": 0.75, "icon-allow-overlap": true });
            if let Some(drehung) = &stil.drehung {
                // XPlanung turns against the clock, MapLibre with it.
                layout["icon-rotate"] = json!(["*", -1, ["to-number", ["get", drehung], 0]]);
            }
            json!({ "minzoom": ZOOM_ZEICHEN, "layout": layout })
        })],
        Art::Linien | Art::Gemischt => Vec::new(),
    };
    ebenen.into_iter().flatten().collect()
}

fn schraffur(stil: &Stil) -> Option<Value> {
    let muster = |(klasse, zeichen): &Eintrag| {
        let name = sprite::mustername(stil, *klasse, zeichen.schraffur?);
        Some(json!(name))
    };
    ebene(
        stil,
        "Schraffur",
        "fill",
        muster,
        |bild| json!({ "paint": { "fill-pattern": bild } }),
    )
}

fn randzeichen(stil: &Stil) -> Option<Value> {
    let rand = |(_, zeichen): &Eintrag| zeichen.rand.as_ref().map(|name| json!(name));
    ebene(stil, "Randzeichen", "symbol", rand, |bild| {
        json!({
            "minzoom": ZOOM_ZEICHEN,
            "layout": {
                "symbol-placement": "line", "symbol-spacing": 24, "icon-image": bild,
                "icon-allow-overlap": true, "icon-ignore-placement": true,
            },
        })
    })
}

/// One style layer over the classes for which `waehle` has an image.
fn ebene(
    stil: &Stil,
    id: &str,
    typ: &str,
    waehle: impl Fn(&Eintrag) -> Option<Value>,
    zeichne: impl Fn(Value) -> Value,
) -> Option<Value> {
    let bilder: Vec<_> = sprite::gezeichnete(stil)
        .iter()
        .filter_map(|eintrag| Some((eintrag.0, waehle(eintrag)?)))
        .collect();
    let (filter, bild) = nach_klasse(stil, &bilder)?;
    let mut ebene = zeichne(bild);
    for (name, wert) in [
        ("id", id),
        ("type", typ),
        ("source", &stil.id),
        ("source-layer", &stil.id),
    ] {
        ebene[name] = json!(wert);
    }
    if let Some(filter) = filter {
        ebene["filter"] = filter;
    }
    Some(ebene)
}

/// The image by class, and the filter that leaves the classes that have one.
fn nach_klasse(stil: &Stil, bilder: &[(Option<&Klasse>, Value)]) -> Option<(Option<Value>, Value)> {
    let (_, erstes) = bilder.first()?;
    let Some(spalte) = stil.spalte().filter(|_| !stil.klassen.is_empty()) else {
        return Some((None, erstes.clone()));
    };
    let mut filter = vec![json!("in"), json!(spalte)];
    let mut wahl = vec![json!("match"), json!(["get", spalte])];
    for (klasse, bild) in bilder {
        let wert = maplibre::wert(stil, &klasse.as_ref()?.wert);
        filter.push(wert.clone());
        wahl.extend([wert, bild.clone()]);
    }
    wahl.push(json!(LEER));
    Some((Some(Value::Array(filter)), Value::Array(wahl)))
}

/// The sign of a class, by the first code of the Zweckbestimmung where the layer has codes; a
/// detail has the sign of what it is a detail of.
fn nach_zweck(stil: &Stil, zeichen: &Zeichen) -> Option<Value> {
    let allgemein = zeichen.bild.as_deref();
    let Some(zweck) = stil.zweck.as_ref().filter(|_| !zeichen.codes.is_empty()) else {
        return allgemein.map(|name| json!(name));
    };
    let mut wahl = vec![
        json!("match"),
        json!(["slice", ["to-string", ["get", zweck]], 0, 4]),
    ];
    for (code, name) in &zeichen.codes {
        wahl.extend([json!(code), json!(name)]);
    }
    wahl.push(json!(allgemein.unwrap_or(LEER)));
    Some(Value::Array(wahl))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::catalog::Darstellung;
    use crate::layers::stil::muster;

    #[test]
    fn each_kind_of_image_is_one_layer_that_names_its_classes() {
        let mut stil = muster(Some(Art::Flaechen));
        stil.klassen[1].wert = "gemeinbedarf".into();
        let ebenen = ebenen(&stil, Art::Flaechen);
        let [zeichen] = ebenen.as_slice() else {
            panic!("{ebenen:?}")
        };
        assert_eq!(
            zeichen["filter"],
            json!(["in", "nutzung", "W", "gemeinbedarf"])
        );
        let wahl = zeichen["layout"]["icon-image"].as_array().unwrap();
        assert_eq!(wahl[3], "w");
        assert_eq!(wahl[5][0], "match", "{wahl:?}");
        assert_eq!(wahl[6], LEER);
        // Every image named is drawn.
        let namen: Vec<String> = sprite::bilder(&stil).into_iter().map(|b| b.name).collect();
        assert!(namen.contains(&"w".to_owned()) && namen.contains(&"schule".to_owned()));
    }

    #[test]
    fn overlays_have_hatches_in_their_colour_and_signs_along_the_border() {
        let mut stil = muster(Some(Art::Flaechen));
        stil.darstellung = Darstellung::Overlay;
        stil.tafel = "fnp.ueberlagerung_art".into();
        stil.klassen[0].wert = "AusgleichsFlaeche".into();
        stil.klassen.truncate(1);
        let ebenen = ebenen(&stil, Art::Flaechen);
        let ids: Vec<_> = ebenen.iter().map(|e| e["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["Schraffur", "Randzeichen"]);
        let muster = &ebenen[0]["paint"]["fill-pattern"][3];
        assert_eq!(muster, "schraffur-45-4-cf9377");
        assert!(
            sprite::bilder(&stil)
                .iter()
                .any(|b| *muster == b.name.as_str())
        );
        assert!(super::ebenen(&stil, Art::Linien).is_empty());
    }

    #[test]
    fn a_layer_without_classes_has_one_image_and_no_filter() {
        let mut stil = muster(Some(Art::Flaechen));
        stil.klassen.clear();
        stil.tafel = "fnp.plan_sicht".into();
        let ebenen = ebenen(&stil, Art::Flaechen);
        assert_eq!(ebenen[0]["layout"]["icon-image"], "rand_balken");
        assert!(ebenen[0].get("filter").is_none());
    }
}
