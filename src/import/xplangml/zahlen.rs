//! Text to numbers: the coordinates written in one element.

use geo_types::Coord;

use super::baum::Element;
use super::koordinaten::{Lesung, PUNKTE_GRENZE, unlesbar};
use crate::fnp::zahl::dezimal;

/// No supported system has larger numbers; squares of them stay finite.
pub(super) const GROESSTE_ZAHL: f64 = 1e9;

/// Appends the positions of a `posList`, `pos` or `coordinates`, in the order they are
/// written and untransformed; at most `grenze` in `ziel`.
pub(super) fn zahlen(
    el: &Element,
    dimension: Option<usize>,
    grenze: usize,
    ziel: &mut Vec<Coord<f64>>,
) -> Lesung<()> {
    // coordinates (GML 2): "x,y x,y"; elsewhere white space only.
    let komma = el.name == "coordinates";
    let mut stuecke = el
        .text
        .split(|c: char| c.is_ascii_whitespace() || (komma && c == ','))
        .filter(|s| !s.is_empty());
    // A single position says by its length whether there is a height.
    let dimension = dimension.unwrap_or_else(|| {
        if el.name == "pos" && stuecke.clone().count() == 3 {
            3
        } else {
            2
        }
    });
    if !(2..=3).contains(&dimension) {
        return unlesbar(
            el,
            format!("Koordinaten mit srsDimension={dimension} werden nicht gelesen"),
        );
    }
    let mut paar = [0.0; 3];
    let mut stelle = 0;
    for stueck in stuecke.by_ref() {
        // "NaN" and "inf" parse as f64 in Rust; neither is a place.
        let Some(zahl) = stueck
            .parse::<f64>()
            .ok()
            .filter(|z| z.abs() < GROESSTE_ZAHL)
        else {
            return unlesbar(
                el,
                format!(
                    "„{}“ ist keine Koordinate",
                    stueck.chars().take(40).collect::<String>()
                ),
            );
        };
        paar[stelle] = zahl;
        stelle += 1;
        if stelle == dimension {
            if ziel.len() >= grenze {
                return zu_viele(el);
            }
            ziel.push(Coord {
                x: paar[0],
                y: paar[1],
            });
            stelle = 0;
        }
    }
    if stelle != 0 {
        return unlesbar(
            el,
            format!("die Anzahl der Zahlen ist kein Vielfaches von {dimension}"),
        );
    }
    Ok(())
}

/// The object has more vertices than it may.
pub(super) fn zu_viele<T>(el: &Element) -> Lesung<T> {
    unlesbar(
        el,
        format!(
            "die Geometrie hat mehr als {} Stützpunkte",
            dezimal(PUNKTE_GRENZE as f64, 0)
        ),
    )
}
