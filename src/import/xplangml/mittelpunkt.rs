//! Arcs and circles given by centre and radius. The radius and the angles belong to the
//! system of the file: the three points that fix the arc are computed there and then
//! transformed like any other, so that a Gauß-Krüger radius is not taken for a UTM one.
//!
//! Angles count from the easting axis against the clock, as GDAL and deegree read them
//! (the standard says "bearing" and leaves the rest open).

use std::f64::consts::{PI, TAU};

use geo_types::Coord;

use super::baum::Element;
use super::koordinaten::{Erbe, Leser, Lesung, unlesbar};

/// Longer radii (metres) are no arc in a town's plan.
const RADIUS_GRENZE: f64 = 1e7;

/// What is given by centre and radius.
pub(super) enum Form {
    /// Begin, a point between, end, in EPSG:25832.
    Bogen([Coord<f64>; 3]),
    /// Three points of the circle, against the clock, in EPSG:25832.
    Kreis([Coord<f64>; 3]),
}

/// `ArcByCenterPoint` or `CircleByCenterPoint`.
pub(super) fn form(leser: &mut Leser, el: &Element, erbe: Erbe) -> Lesung<Form> {
    let radius = masszahl(el, "radius")?;
    if !(radius > 0.0 && radius < RADIUS_GRENZE) {
        return unlesbar(el, format!("gml:{} hat keinen brauchbaren Radius", el.name));
    }
    if let Some(mass) = el.kind("radius").and_then(|r| r.attribut("uom"))
        && !ist_meter(mass)
    {
        return unlesbar(
            el,
            format!(
                "der Radius ist nicht in Metern angegeben (uom=„{}“)",
                mass.chars().take(40).collect::<String>()
            ),
        );
    }
    let (beginn, spanne) = if el.name == "CircleByCenterPoint" {
        (0.0, TAU)
    } else {
        let (beginn, ende) = (winkel(el, "startAngle")?, winkel(el, "endAngle")?);
        (beginn, ende - beginn)
    };
    if spanne == 0.0 || !spanne.is_finite() {
        return unlesbar(el, format!("der Bogen gml:{} hat keine Länge", el.name));
    }
    let voll = spanne.abs() >= TAU - 1e-9;
    let schritt = if voll { TAU / 3.0 } else { spanne / 2.0 };
    let punkte = leser.um_mittelpunkt(el, erbe, |mitte| {
        [0.0, 1.0, 2.0].map(|i| {
            let (sin, cos) = (beginn + schritt * i).sin_cos();
            Coord {
                x: mitte.x + radius * cos,
                y: mitte.y + radius * sin,
            }
        })
    })?;
    Ok(if voll {
        Form::Kreis(punkte)
    } else {
        Form::Bogen(punkte)
    })
}

fn masszahl(el: &Element, name: &str) -> Lesung<f64> {
    let text = el.wert(name).unwrap_or_default();
    match text.parse::<f64>() {
        Ok(zahl) if zahl.is_finite() => Ok(zahl),
        _ => unlesbar(el, format!("gml:{} nennt keinen Wert für {name}", el.name)),
    }
}

/// In radians; degrees unless `uom` says otherwise (`AdV` writes `urn:adv:uom:grad`
/// for degrees).
fn winkel(el: &Element, name: &str) -> Lesung<f64> {
    let zahl = masszahl(el, name)?;
    let mass = el
        .kind(name)
        .and_then(|w| w.attribut("uom"))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mass = mass.rsplit([':', '#', '/']).next().unwrap_or_default();
    Ok(match mass {
        "rad" | "radian" | "9101" => zahl,
        "gon" | "9105" | "9106" => zahl * PI / 200.0,
        _ => zahl.to_radians(),
    })
}

fn ist_meter(uom: &str) -> bool {
    let klein = uom.to_ascii_lowercase();
    let kurz = klein.rsplit([':', '#', '/']).next().unwrap_or_default();
    matches!(kurz, "m" | "metre" | "meter" | "9001" | "")
}
