//! Curves: every form that can be a line or (part of) the edge of an area, as one
//! row of vertices.

use geo_types::Coord;

use super::baum::Element;
use super::bogen;
use super::koordinaten::{Erbe, Leser, Lesung, unlesbar};
use super::mittelpunkt::{self, Form};
use super::version::Raum;
use crate::fnp::objekt::Schwere;
use crate::fnp::zahl::dezimal;

/// Pieces of a curve may lie this far apart (metres) before it is worth a finding.
const FUGE: f64 = 0.002;

/// Vertices of a `LineString`, `LinearRing`, `Curve`, `CompositeCurve`, `Ring` or
/// `OrientableCurve`.
pub(super) fn punkte(leser: &mut Leser, el: &Element, erbe: Erbe) -> Lesung<Vec<Coord<f64>>> {
    let erbe = leser.erbe(el, erbe)?;
    match el.name.as_str() {
        "LineString" | "LinearRing" | "LineStringSegment" => leser.koordinaten(el, erbe),
        "Curve" | "CompositeCurve" | "Ring" => {
            let mut ganz = Vec::new();
            for eigenschaft in el.kinder.iter().filter(|k| k.raum == Raum::Gml) {
                match eigenschaft.name.as_str() {
                    "segments" | "curveMember" | "curveMembers" => {}
                    _ => continue,
                }
                if eigenschaft.kinder.is_empty() {
                    return unlesbar(
                        eigenschaft,
                        "ein Teil der Kurve fehlt oder ist nur ein Verweis (xlink); Verweisen wird nicht gefolgt",
                    );
                }
                for stueck in eigenschaft.kinder.iter().filter(|k| k.raum == Raum::Gml) {
                    let naechstes = punkte(leser, stueck, erbe)?;
                    anhaengen(leser, &mut ganz, naechstes, stueck);
                }
            }
            Ok(ganz)
        }
        "OrientableCurve" => {
            let basis = el.kind("baseCurve").and_then(|b| b.kinder.first());
            let Some(basis) = basis else {
                return unlesbar(
                    el,
                    "gml:OrientableCurve ist leer oder nur ein Verweis (xlink); Verweisen wird nicht gefolgt",
                );
            };
            let mut v = punkte(leser, basis, erbe)?;
            if el.attribut("orientation") == Some("-") {
                v.reverse();
            }
            Ok(v)
        }
        "Arc" | "ArcString" => {
            let v = leser.koordinaten(el, erbe)?;
            if v.len() < 3 || v.len().is_multiple_of(2) || (el.name == "Arc" && v.len() != 3) {
                return unlesbar(el, format!("gml:{} hat {} Punkte", el.name, v.len()));
            }
            let mut ganz = vec![v[0]];
            for i in (0..v.len() - 2).step_by(2) {
                let Some(teil) = bogen::bogen(v[i], v[i + 1], v[i + 2], leser.bogen_uebrig())
                else {
                    return unlesbar(el, "ein Kreisbogen ist zu groß (Radius?)");
                };
                leser.zaehle_bogen(teil.len(), el)?;
                ganz.extend_from_slice(&teil[1..]);
            }
            Ok(ganz)
        }
        "Circle" => {
            let v = leser.koordinaten(el, erbe)?;
            let [a, b, c] = v[..] else {
                return unlesbar(el, format!("gml:Circle hat {} statt 3 Punkte", v.len()));
            };
            kreis(leser, el, [a, b, c])
        }
        "ArcByCenterPoint" | "CircleByCenterPoint" => match mittelpunkt::form(leser, el, erbe)? {
            Form::Kreis(ecken) => kreis(leser, el, ecken),
            Form::Bogen([a, b, c]) => {
                let Some(v) = bogen::bogen(a, b, c, leser.bogen_uebrig()) else {
                    return unlesbar(el, "ein Kreisbogen ist zu groß (Radius?)");
                };
                leser.zaehle_bogen(v.len(), el)?;
                Ok(v)
            }
        },
        name => unlesbar(el, format!("die Kurvenart gml:{name} wird nicht gelesen")),
    }
}

fn kreis(leser: &mut Leser, el: &Element, [a, b, c]: [Coord<f64>; 3]) -> Lesung<Vec<Coord<f64>>> {
    match bogen::kreis(a, b, c, leser.bogen_uebrig()) {
        Ok(Some(v)) => {
            leser.zaehle_bogen(v.len(), el)?;
            Ok(v)
        }
        Ok(None) => unlesbar(el, "ein Kreis ist zu groß (Radius?)"),
        Err(()) => unlesbar(
            el,
            format!(
                "die drei Punkte von gml:{} liegen auf einer Geraden",
                el.name
            ),
        ),
    }
}

/// Joins two pieces; the common vertex stands once.
fn anhaengen(leser: &mut Leser, ganz: &mut Vec<Coord<f64>>, stueck: Vec<Coord<f64>>, el: &Element) {
    let (Some(&ende), Some(&anfang)) = (ganz.last(), stueck.first()) else {
        ganz.extend(stueck);
        return;
    };
    if ende == anfang {
        ganz.extend_from_slice(&stueck[1..]);
        return;
    }
    let fuge = (ende.x - anfang.x).hypot(ende.y - anfang.y);
    if fuge > FUGE {
        leser.bemerke(
            "kurve-unterbrochen",
            Schwere::Warnung,
            Some(ende),
            format!(
                "Zeile {}: Die Teile einer Kurve schließen nicht aneinander an (Lücke {} m); sie wurden geradlinig verbunden.",
                el.zeile,
                dezimal(fuge, 3)
            ),
        );
    }
    ganz.extend(stueck);
}
