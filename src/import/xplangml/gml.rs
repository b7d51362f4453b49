//! GML 3.2 geometries of the XPlanung profile → [`Geometrie`] in EPSG:25832.
//!
//! Control points are transformed first and arcs drawn afterwards, so that the 1 mm
//! hold in the stored system. Nothing is repaired except what has one reading only:
//! an open ring is closed (finding `ring-offen`); self-intersections stay as
//! delivered.

use geo_types::{Coord, LineString, MultiLineString, MultiPoint, MultiPolygon, Polygon};

use super::baum::Element;
use super::koordinaten::{Erbe, Leser, Lesung, unlesbar};
use super::kurve;
use super::version::Raum;
use crate::fnp::objekt::{Geometrie, Schwere};
use crate::fnp::zahl::dezimal;

/// Ends nearer than this (metres) are the same point written twice.
const GLEICH: f64 = 0.001;

impl Leser {
    /// The geometries inside a property (`position`, `geltungsbereich` …) of `objekt`.
    /// None: the property is empty.
    pub(super) fn eigenschaft(
        &mut self,
        objekt: &Element,
        eigenschaft: &Element,
    ) -> Lesung<Option<Geometrie>> {
        self.neues_objekt();
        let mut erbe = Erbe::default();
        if let Some(bounded_by) = objekt.kind("boundedBy") {
            erbe.srs = self.umschlag_von(bounded_by)?;
        }
        let mut ergebnis = None;
        for kind in eigenschaft.kinder.iter().filter(|k| k.raum == Raum::Gml) {
            let neu = self.geometrie(kind, erbe)?;
            ergebnis = Some(match ergebnis {
                None => neu,
                Some(alt) => zusammen(alt, neu, kind)?,
            });
        }
        if ergebnis.is_none() && eigenschaft.attribut("href").is_some() {
            return unlesbar(
                eigenschaft,
                "die Geometrie ist nur ein Verweis (xlink); Verweisen wird nicht gefolgt",
            );
        }
        Ok(ergebnis)
    }

    fn geometrie(&mut self, el: &Element, erbe: Erbe) -> Lesung<Geometrie> {
        let erbe = self.erbe(el, erbe)?;
        match el.name.as_str() {
            "Polygon" | "Surface" | "PolyhedralSurface" | "MultiSurface" | "MultiPolygon"
            | "CompositeSurface" | "OrientableSurface" => {
                let mut polygone = Vec::new();
                self.flaechen(el, erbe, &mut polygone)?;
                if polygone.is_empty() {
                    return unlesbar(el, "die Fläche ist leer");
                }
                Ok(Geometrie::Flaeche(MultiPolygon::new(polygone)))
            }
            "LineString" | "Curve" | "CompositeCurve" | "OrientableCurve" | "LinearRing"
            | "Ring" | "MultiCurve" | "MultiLineString" => {
                let mut linien = Vec::new();
                self.linien(el, erbe, &mut linien)?;
                if linien.is_empty() {
                    return unlesbar(el, "die Linie ist leer");
                }
                Ok(Geometrie::Linie(MultiLineString::new(linien)))
            }
            "Point" | "MultiPoint" => {
                let mut punkte = Vec::new();
                self.punktmenge(el, erbe, &mut punkte)?;
                if punkte.is_empty() {
                    return unlesbar(el, "der Punkt hat keine Koordinaten");
                }
                Ok(Geometrie::Punkt(MultiPoint::new(
                    punkte.into_iter().map(Into::into).collect(),
                )))
            }
            "MultiGeometry" => {
                let mut ergebnis = None;
                for kind in glieder(el) {
                    let neu = self.geometrie(kind, erbe)?;
                    ergebnis = Some(match ergebnis {
                        None => neu,
                        Some(alt) => zusammen(alt, neu, kind)?,
                    });
                }
                ergebnis.map_or_else(|| unlesbar(el, "die Geometrie ist leer"), Ok)
            }
            name => unlesbar(
                el,
                format!("die Geometrieart gml:{name} wird nicht gelesen"),
            ),
        }
    }

    fn flaechen(&mut self, el: &Element, erbe: Erbe, ziel: &mut Vec<Polygon<f64>>) -> Lesung<()> {
        let erbe = self.erbe(el, erbe)?;
        match el.name.as_str() {
            "Polygon" | "PolygonPatch" | "Rectangle" | "Triangle" => {
                let mut aussen = None;
                let mut innen = Vec::new();
                for rand in el.kinder.iter().filter(|k| k.raum == Raum::Gml) {
                    match rand.name.as_str() {
                        "exterior" if aussen.is_some() => {
                            return unlesbar(rand, "das Polygon hat zwei äußere Ränder");
                        }
                        "exterior" => aussen = Some(self.ring(rand, erbe)?),
                        "interior" => innen.push(self.ring(rand, erbe)?),
                        _ => {}
                    }
                }
                let Some(aussen) = aussen else {
                    return unlesbar(el, "das Polygon hat keinen äußeren Rand");
                };
                ziel.push(Polygon::new(aussen, innen));
                Ok(())
            }
            "Surface" | "PolyhedralSurface" | "MultiSurface" | "MultiPolygon"
            | "CompositeSurface" | "OrientableSurface" => {
                for kind in glieder(el) {
                    self.flaechen(kind, erbe, ziel)?;
                }
                verweise_ablehnen(el)
            }
            name => unlesbar(el, format!("die Flächenart gml:{name} wird nicht gelesen")),
        }
    }

    fn ring(&mut self, rand: &Element, erbe: Erbe) -> Lesung<LineString<f64>> {
        let Some(el) = rand.kinder.iter().find(|k| k.raum == Raum::Gml) else {
            return unlesbar(rand, "der Rand eines Polygons ist leer");
        };
        let mut punkte = kurve::punkte(self, el, erbe)?;
        let (Some(&erster), Some(&letzter)) = (punkte.first(), punkte.last()) else {
            return unlesbar(el, "der Rand eines Polygons hat keine Koordinaten");
        };
        if erster != letzter {
            let abstand = (erster.x - letzter.x).hypot(erster.y - letzter.y);
            let ende = punkte.len() - 1;
            if abstand <= GLEICH && ende > 0 {
                punkte[ende] = erster;
            } else {
                punkte.push(erster);
                self.bemerke(
                    "ring-offen",
                    Schwere::Warnung,
                    Some(letzter),
                    format!(
                        "Zeile {}: Der Rand der Fläche ist nicht geschlossen (Lücke {} m); er wurde geradlinig \
                         geschlossen. Bitte im Plan berichtigen.",
                        el.zeile,
                        dezimal(abstand, 3)
                    ),
                );
            }
        }
        let mut eben = punkte.clone();
        eben.dedup();
        if eben.len() < 4 {
            return unlesbar(
                el,
                format!(
                    "der Rand eines Polygons hat nur {} verschiedene Punkte",
                    eben.len().saturating_sub(1)
                ),
            );
        }
        Ok(LineString::new(punkte))
    }

    fn linien(&mut self, el: &Element, erbe: Erbe, ziel: &mut Vec<LineString<f64>>) -> Lesung<()> {
        let erbe = self.erbe(el, erbe)?;
        if matches!(el.name.as_str(), "MultiCurve" | "MultiLineString") {
            for kind in glieder(el) {
                self.linien(kind, erbe, ziel)?;
            }
            return verweise_ablehnen(el);
        }
        let punkte = kurve::punkte(self, el, erbe)?;
        let mut eben = punkte.clone();
        eben.dedup();
        if eben.len() < 2 {
            return unlesbar(el, "die Linie hat weniger als zwei verschiedene Punkte");
        }
        ziel.push(LineString::new(punkte));
        Ok(())
    }

    fn punktmenge(&mut self, el: &Element, erbe: Erbe, ziel: &mut Vec<Coord<f64>>) -> Lesung<()> {
        let erbe = self.erbe(el, erbe)?;
        if el.name == "MultiPoint" {
            for kind in glieder(el) {
                self.punktmenge(kind, erbe, ziel)?;
            }
            return verweise_ablehnen(el);
        }
        let punkte = self.koordinaten(el, erbe)?;
        if punkte.len() > 1 {
            return unlesbar(el, "ein Punkt hat mehr als ein Koordinatenpaar");
        }
        ziel.extend(punkte);
        Ok(())
    }
}

/// Members of an aggregate: one level of property elements (`surfaceMember`,
/// `patches`, `curveMembers` …) taken away.
fn glieder(el: &Element) -> impl Iterator<Item = &Element> {
    el.kinder
        .iter()
        .filter(|k| k.raum == Raum::Gml && k.name.starts_with(|c: char| c.is_ascii_lowercase()))
        .flat_map(|eigenschaft| &eigenschaft.kinder)
        .filter(|k| k.raum == Raum::Gml)
        .filter(|k| k.name.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// A member that is only an xlink would be missing from the sum.
fn verweise_ablehnen(el: &Element) -> Lesung<()> {
    match el
        .kinder
        .iter()
        .find(|k| k.kinder.is_empty() && k.attribut("href").is_some())
    {
        Some(k) => unlesbar(
            k,
            "ein Teil der Geometrie ist nur ein Verweis (xlink); Verweisen wird nicht gefolgt",
        ),
        None => Ok(()),
    }
}

fn zusammen(alt: Geometrie, neu: Geometrie, el: &Element) -> Lesung<Geometrie> {
    match (alt, neu) {
        (Geometrie::Flaeche(mut a), Geometrie::Flaeche(b)) => {
            a.0.extend(b.0);
            Ok(Geometrie::Flaeche(a))
        }
        (Geometrie::Linie(mut a), Geometrie::Linie(b)) => {
            a.0.extend(b.0);
            Ok(Geometrie::Linie(a))
        }
        (Geometrie::Punkt(mut a), Geometrie::Punkt(b)) => {
            a.0.extend(b.0);
            Ok(Geometrie::Punkt(a))
        }
        _ => unlesbar(el, "das Objekt mischt Flächen, Linien oder Punkte"),
    }
}
