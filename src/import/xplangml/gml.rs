//! GML 3.2 geometries of the XPlanung profile → [`Geometrie`] in EPSG:25832.
//!
//! Control points are transformed first and arcs drawn afterwards, so that the 1 mm
//! hold in the stored system. Nothing is repaired except what has one reading only:
//! an open ring is closed (finding `ring-offen`); self-intersections stay as
//! delivered.

use std::collections::HashSet;

use geo_types::{Coord, LineString, MultiLineString, MultiPoint, MultiPolygon, Polygon};

use super::baum::Element;
use super::kurve;
use super::version::Raum;
use crate::error::{Error, Result};
use crate::fnp::objekt::{Geometrie, Schwere};
use crate::import::crs::{self, Angabe, Umrechner};

/// Vertices of one object, arcs drawn.
const PUNKTE_GRENZE: usize = 2_000_000;
/// Ends nearer than this (metres) are the same point written twice.
const GLEICH: f64 = 0.001;

/// Why a geometry could not be read.
#[derive(Debug)]
pub(super) enum Hindernis {
    /// This object cannot be read; the plan can.
    Objekt {
        /// Line.
        zeile: u64,
        /// German sentence without the place.
        text: String,
    },
    /// The file is refused.
    Datei(Error),
}

impl From<Error> for Hindernis {
    fn from(e: Error) -> Self {
        Self::Datei(e)
    }
}

pub(super) type Lesung<T> = Result<T, Hindernis>;

pub(super) fn unlesbar<T>(el: &Element, text: impl Into<String>) -> Lesung<T> {
    Err(Hindernis::Objekt {
        zeile: el.zeile,
        text: text.into(),
    })
}

/// A remark about a geometry; the caller adds class and gml:id.
#[derive(Debug)]
pub(super) struct Bemerkung {
    pub code: &'static str,
    pub schwere: Schwere,
    pub ort: Option<Coord<f64>>,
    pub text: String,
}

/// Inherited from the elements around: srsName and srsDimension.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Erbe {
    pub srs: Option<Angabe>,
    dimension: Option<usize>,
}

/// Reads geometries; knows the file's reference system and keeps the remarks.
#[derive(Debug, Default)]
pub(super) struct Leser {
    umrechner: Umrechner,
    /// From the collection's Envelope, else the first one seen anywhere.
    datei: Option<Angabe>,
    datei_aus_umschlag: bool,
    zuletzt: Option<(String, Angabe)>,
    gemeldet: HashSet<(&'static str, u32)>,
    punkte: usize,
    bemerkungen: Vec<Bemerkung>,
}

impl Leser {
    /// Takes the srsName of the collection's `boundedBy` as the file's.
    pub(super) fn umschlag(&mut self, bounded_by: &Element) -> Result<()> {
        if let Some(angabe) = self.umschlag_von(bounded_by)? {
            self.datei = Some(angabe);
            self.datei_aus_umschlag = true;
        }
        Ok(())
    }

    fn umschlag_von(&mut self, bounded_by: &Element) -> Result<Option<Angabe>> {
        match bounded_by
            .suche("Envelope")
            .and_then(|e| Some((e.attribut("srsName")?, e.zeile)))
        {
            Some((name, zeile)) => self.angabe(name, zeile).map(Some),
            None => Ok(None),
        }
    }

    /// Remarks since the last call.
    pub(super) fn bemerkungen(&mut self) -> Vec<Bemerkung> {
        std::mem::take(&mut self.bemerkungen)
    }

    pub(super) fn bemerke(
        &mut self,
        code: &'static str,
        schwere: Schwere,
        ort: Option<Coord<f64>>,
        text: String,
    ) {
        self.bemerkungen.push(Bemerkung {
            code,
            schwere,
            ort,
            text,
        });
    }

    /// Says something about a reference system once per file.
    fn bemerke_einmal(
        &mut self,
        code: &'static str,
        schwere: Schwere,
        epsg: u32,
        ort: Option<Coord<f64>>,
        text: impl FnOnce() -> String,
    ) {
        if self.gemeldet.insert((code, epsg)) {
            self.bemerke(code, schwere, ort, text());
        }
    }

    fn angabe(&mut self, name: &str, zeile: u64) -> Result<Angabe> {
        if let Some((zuletzt, angabe)) = &self.zuletzt
            && zuletzt == name
        {
            return Ok(*angabe);
        }
        let Some(angabe) = crs::erkenne(name) else {
            return Err(Error::eingabe(format!(
                "Zeile {zeile}: Das Bezugssystem „{name}“ wird nicht gelesen. Gelesen werden: {}. \
                 Bitte den Plan in einem davon ausgeben lassen.",
                crs::unterstuetzte()
            )));
        };
        if self.datei.is_none() {
            self.datei = Some(angabe);
        }
        self.zuletzt = Some((name.to_owned(), angabe));
        Ok(angabe)
    }

    /// The geometries inside a property (`position`, `geltungsbereich` …) of `objekt`.
    /// None: the property is empty.
    pub(super) fn eigenschaft(
        &mut self,
        objekt: &Element,
        eigenschaft: &Element,
    ) -> Lesung<Option<Geometrie>> {
        self.punkte = 0;
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
                        super::deutsch::zahl(abstand, 3)
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

    /// `srsName` and `srsDimension` of an element, else those around it.
    pub(super) fn erbe(&mut self, el: &Element, von: Erbe) -> Result<Erbe> {
        Ok(Erbe {
            srs: match el.attribut("srsName") {
                Some(name) => Some(self.angabe(name, el.zeile)?),
                None => von.srs,
            },
            dimension: el
                .attribut("srsDimension")
                .and_then(|d| d.parse().ok())
                .or(von.dimension),
        })
    }

    /// All positions directly in an element (`posList`, `pos`, `pointProperty`,
    /// `coordinates`), transformed.
    pub(super) fn koordinaten(&mut self, el: &Element, erbe: Erbe) -> Lesung<Vec<Coord<f64>>> {
        let mut punkte = Vec::new();
        // Consecutive gml:pos of the same system are transformed together.
        let mut lauf: Option<(Angabe, usize)> = None;
        for kind in el.kinder.iter().filter(|k| k.raum == Raum::Gml) {
            let quelle = match kind.name.as_str() {
                "posList" | "pos" | "coordinates" => kind,
                "pointProperty" | "pointRep" => match kind.suche("pos") {
                    Some(pos) => pos,
                    None => {
                        return unlesbar(
                            kind,
                            "ein Punkt ist nur ein Verweis oder leer; Verweisen wird nicht gefolgt",
                        );
                    }
                },
                _ => continue,
            };
            let erbe = self.erbe(quelle, erbe)?;
            let angabe = self.bezug(erbe, quelle)?;
            let beginn = match lauf {
                Some((alt, beginn))
                    if alt.system.epsg == angabe.system.epsg
                        && alt.norden_zuerst == angabe.norden_zuerst =>
                {
                    beginn
                }
                Some((alt, beginn)) => {
                    self.umrechnen(alt, &mut punkte[beginn..], el)?;
                    punkte.len()
                }
                None => punkte.len(),
            };
            lauf = Some((angabe, beginn));
            zahlen(quelle, erbe.dimension.unwrap_or(2), &mut punkte)?;
        }
        if let Some((angabe, beginn)) = lauf {
            self.umrechnen(angabe, &mut punkte[beginn..], el)?;
        }
        self.zaehle(punkte.len(), el)?;
        Ok(punkte)
    }

    fn bezug(&mut self, erbe: Erbe, el: &Element) -> Result<Angabe> {
        if let Some(angabe) = erbe.srs {
            return Ok(angabe);
        }
        let Some(angabe) = self.datei else {
            return Err(Error::eingabe(format!(
                "Zeile {}: Die Geometrie nennt kein Bezugssystem (srsName), und weder die Datei (boundedBy/Envelope) \
                 noch eine Geometrie davor nennt eines. Bitte den Plan mit srsName ausgeben lassen, z. B. \
                 srsName=\"EPSG:25832\".",
                el.zeile
            )));
        };
        if !self.datei_aus_umschlag {
            self.bemerke_einmal("srsname-fehlt", Schwere::Hinweis, angabe.system.epsg, None, || {
                format!(
                    "Ab Zeile {} nennen Geometrien kein Bezugssystem (srsName); angenommen ist das der übrigen \
                     Datei, EPSG:{}.",
                    el.zeile, angabe.system.epsg
                )
            });
        }
        Ok(angabe)
    }

    fn umrechnen(&mut self, angabe: Angabe, punkte: &mut [Coord<f64>], el: &Element) -> Lesung<()> {
        let epsg = angabe.system.epsg;
        let lage = match self.umrechner.nach_25832(angabe, punkte) {
            Ok(lage) => lage,
            Err(Error::Eingabe(text)) => return unlesbar(el, text),
            Err(e) => return Err(e.into()),
        };
        let ort = punkte.first().copied();
        if epsg != 25832 {
            self.bemerke_einmal("crs-umgerechnet", Schwere::Hinweis, epsg, None, || {
                format!(
                    "Die Koordinaten sind von EPSG:{epsg} ({}) nach EPSG:25832 umgerechnet.",
                    angabe.system.name
                )
            });
        }
        if lage.vertauscht {
            self.bemerke_einmal("achsen-vertauscht", Schwere::Warnung, epsg, ort, || {
                format!(
                    "Ab Zeile {}: Rechts- und Hochwert stehen in anderer Reihenfolge, als EPSG:{epsg} in dieser \
                     Schreibweise verlangt; sie wurden vertauscht gelesen. Bitte die Lage des Plans prüfen.",
                    el.zeile
                )
            });
        }
        if lage.ausserhalb {
            self.bemerke_einmal("lage-ausserhalb", Schwere::Warnung, epsg, ort, || {
                format!(
                    "Ab Zeile {}: Koordinaten liegen außerhalb Deutschlands, gelesen als EPSG:{epsg}. Stimmt das \
                     Bezugssystem?",
                    el.zeile
                )
            });
        }
        Ok(())
    }

    /// Vertices left for this object.
    pub(super) fn uebrig(&self) -> usize {
        PUNKTE_GRENZE - self.punkte
    }

    /// Counts vertices of this object against the limit.
    pub(super) fn zaehle(&mut self, anzahl: usize, el: &Element) -> Lesung<()> {
        if anzahl > self.uebrig() {
            return unlesbar(
                el,
                format!("die Geometrie hat mehr als {PUNKTE_GRENZE} Stützpunkte"),
            );
        }
        self.punkte += anzahl;
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

fn zahlen(el: &Element, dimension: usize, ziel: &mut Vec<Coord<f64>>) -> Lesung<()> {
    // coordinates (GML 2): "x,y x,y"; elsewhere white space only.
    let komma = el.name == "coordinates";
    let mut stuecke = el
        .text
        .split(|c: char| c.is_ascii_whitespace() || (komma && c == ','))
        .filter(|s| !s.is_empty());
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
        let Some(zahl) = stueck.parse::<f64>().ok().filter(|z| z.is_finite()) else {
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
