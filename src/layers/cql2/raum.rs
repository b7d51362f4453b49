//! Geometry literals: checked as written, then turned into the system of a column.

use geo::{BooleanOps as _, BoundingRect as _, MapCoords as _, Validation as _};
use geo_types::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon,
    Polygon, Rect,
};
use geozero::{CoordDimensions, ToWkb as _};

use super::Fehler;
use super::baum::Stelle;
use crate::layers::bbox::Bbox;
use crate::layers::crs::{Lage, Ziel};

/// Longest piece of an edge before it is turned, in degrees and in metres.
const SCHRITT_GRAD: f64 = 0.005;
const SCHRITT_METER: f64 = 500.0;
/// Vertices that may be added to a literal; only edges of hundreds of kilometres get longer pieces.
const ZUSATZ: f64 = 4000.0;
/// No coordinate of a projected system is larger, in metres.
const METER_MAX: f64 = 1e8;

/// A line of at least two vertices.
pub(super) fn linie(orte: Vec<Coord<f64>>, stelle: &Stelle) -> Result<LineString<f64>, Fehler> {
    if orte.len() < 2 {
        return Err(Fehler::neu(
            stelle,
            "Eine Linie hat mindestens zwei Stützpunkte.",
        ));
    }
    Ok(LineString(orte))
}

/// A ring that closes.
pub(super) fn ring(orte: Vec<Coord<f64>>, stelle: &Stelle) -> Result<LineString<f64>, Fehler> {
    if orte.len() < 4 {
        return Err(Fehler::neu(
            stelle,
            "Der Ring einer Fläche hat mindestens vier Stützpunkte; der letzte wiederholt den ersten.",
        ));
    }
    if orte.first() != orte.last() {
        return Err(Fehler::neu(
            stelle,
            "Der Ring einer Fläche schließt nicht: der letzte Stützpunkt muss den ersten wiederholen.",
        ));
    }
    Ok(LineString(orte))
}

/// Four or six numbers.
pub(super) fn kasten(zahlen: &[f64], stelle: &Stelle) -> Result<(), Fehler> {
    if matches!(zahlen.len(), 4 | 6) {
        return Ok(());
    }
    Err(Fehler::neu(
        stelle,
        "Ein Ausschnitt hat 4 oder 6 Zahlen: BBOX(10.8, 48.0, 10.9, 48.1).",
    ))
}

/// A literal in longitude, latitude or easting, northing.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `BBOX`
    Kasten(Bbox),
    /// Any geometry, valid.
    Form(Geometry<f64>, Lage),
}

/// Checks a box.
pub(super) fn pruefe_kasten(
    zahlen: &[f64],
    system: Ziel,
    stelle: &Stelle,
) -> Result<Literal, Fehler> {
    Bbox::aus_zahlen(zahlen, system)
        .map(Literal::Kasten)
        .map_err(|grund| Fehler::neu(stelle, format!("Der Ausschnitt passt nicht: {grund}")))
}

/// Checks a geometry, in the axis order of `filter-crs`.
pub(super) fn pruefe(
    geometrie: &Geometry<f64>,
    system: Ziel,
    stelle: &Stelle,
) -> Result<Literal, Fehler> {
    let lage = system.lage();
    let geometrie = if system.norden_zuerst() {
        geometrie.map_coords(|c| Coord { x: c.y, y: c.x })
    } else {
        geometrie.clone()
    };
    if let Some(rand) = geometrie.bounding_rect() {
        im_bereich(&rand, system, stelle)?;
    }
    // A collection is valid when its parts are.
    if let Err(grund) = geometrie.check_validation() {
        return Err(Fehler::neu(
            stelle,
            format!(
                "Die Geometrie ist nicht gültig ({}).",
                deutsch(&grund.to_string())
            ),
        ));
    }
    Ok(Literal::Form(geometrie, lage))
}

fn im_bereich(rand: &Rect<f64>, system: Ziel, stelle: &Stelle) -> Result<(), Fehler> {
    let (min, max) = (rand.min(), rand.max());
    let gut = match system.lage() {
        Lage::Geografisch => min.x >= -180.0 && max.x <= 180.0 && min.y >= -90.0 && max.y <= 90.0,
        Lage::Mercator => min.x.min(min.y) >= -METER_MAX && max.x.max(max.y) <= METER_MAX,
        lage => {
            let [w, s, o, n] = lage.kasten();
            min.x >= w && max.x <= o && min.y >= s && max.y <= n
        }
    };
    if gut {
        return Ok(());
    }
    let folge = match (system.lage(), system.norden_zuerst()) {
        (Lage::Geografisch, true) => "Breite, Länge",
        (Lage::Geografisch, false) => "Länge, Breite",
        (_, true) => "Hochwert, Rechtswert",
        (_, false) => "Ostwert, Nordwert",
    };
    Err(Fehler::neu(
        stelle,
        format!(
            "Die Geometrie liegt außerhalb des Bereichs von {} (Reihenfolge: {folge}). Ein anderes System nennt filter-crs.",
            system.uri()
        ),
    ))
}

fn deutsch(grund: &str) -> &'static str {
    if grund.contains("self-intersection") {
        "ein Ring überschneidet sich selbst"
    } else if grund.contains("distinct points") || grund.contains("at least") {
        "zu wenige verschiedene Stützpunkte"
    } else if grund.contains("not contained") {
        "ein innerer Ring liegt nicht in der Fläche"
    } else if grund.contains("overlap")
        || grund.contains("touch on a line")
        || grund.contains("intersect")
    {
        "Teile oder Ringe überlappen sich"
    } else {
        "ihre Ringe oder Linien sind nicht einfach"
    }
}

impl Literal {
    /// As EWKB in the given system, or None when nothing of it lies where that is usable.
    /// `flach` leaves only the parts of the highest dimension of a collection.
    #[must_use]
    pub fn ewkb(&self, nach: Lage, srid: i32, flach: bool) -> Option<Vec<u8>> {
        let (form, von) = match self {
            Self::Kasten(bbox) => return bbox.ewkb(nach, srid),
            Self::Form(form, von) => (form, *von),
        };
        let mut form = if flach { hoechste(form) } else { form.clone() };
        if von != nach {
            form = gewandelt(&form, von, nach)?;
        }
        form.to_ewkb(CoordDimensions::xy(), Some(srid)).ok()
    }
}

fn gewandelt(form: &Geometry<f64>, von: Lage, nach: Lage) -> Option<Geometry<f64>> {
    let schritt = if von == Lage::Geografisch {
        SCHRITT_GRAD
    } else {
        SCHRITT_METER
    };
    let schritt = schritt.max(laenge(form) / ZUSATZ);
    let in_grad = je_linie(form, &|linie| verdichte(linie, schritt)).map_coords(|c| {
        let (x, y) = von.zu_grad(c.x, c.y);
        Coord { x, y }
    });
    let [w, s, o, n] = nach.fenster();
    let fenster = Rect::new((w, s), (o, n));
    let geklippt = geklippt(&in_grad, &fenster)?;
    Some(geklippt.map_coords(|c| {
        let (x, y) = nach.von_grad(c.x, c.y);
        Coord { x, y }
    }))
}

/// What of it lies in the window; None: nothing.
fn geklippt(form: &Geometry<f64>, fenster: &Rect<f64>) -> Option<Geometry<f64>> {
    let rand = form.bounding_rect()?;
    let drin = |c: &Coord<f64>| {
        (fenster.min().x..=fenster.max().x).contains(&c.x)
            && (fenster.min().y..=fenster.max().y).contains(&c.y)
    };
    if drin(&rand.min()) && drin(&rand.max()) {
        return Some(form.clone());
    }
    let polygon = || MultiPolygon(vec![fenster.to_polygon()]);
    let flaechen = |teile: MultiPolygon<f64>| {
        let rest = teile.intersection(&polygon());
        (!rest.0.is_empty()).then_some(Geometry::MultiPolygon(rest))
    };
    let linien = |teile: MultiLineString<f64>| {
        let rest = polygon().clip(&teile, false);
        (!rest.0.is_empty()).then_some(Geometry::MultiLineString(rest))
    };
    match form {
        Geometry::Point(p) => drin(&p.0).then(|| form.clone()),
        Geometry::MultiPoint(punkte) => {
            let rest: Vec<_> = punkte.0.iter().filter(|p| drin(&p.0)).copied().collect();
            (!rest.is_empty()).then_some(Geometry::MultiPoint(MultiPoint(rest)))
        }
        Geometry::LineString(l) => linien(MultiLineString(vec![l.clone()])),
        Geometry::MultiLineString(l) => linien(l.clone()),
        Geometry::Polygon(p) => flaechen(MultiPolygon(vec![p.clone()])),
        Geometry::MultiPolygon(p) => flaechen(p.clone()),
        Geometry::GeometryCollection(teile) => {
            let rest: Vec<_> = teile
                .0
                .iter()
                .filter_map(|t| geklippt(t, fenster))
                .collect();
            (!rest.is_empty()).then_some(Geometry::GeometryCollection(GeometryCollection(rest)))
        }
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => None,
    }
}

fn je_linie(
    form: &Geometry<f64>,
    tu: &impl Fn(&LineString<f64>) -> LineString<f64>,
) -> Geometry<f64> {
    let flaeche =
        |p: &Polygon<f64>| Polygon::new(tu(p.exterior()), p.interiors().iter().map(tu).collect());
    match form {
        Geometry::LineString(l) => Geometry::LineString(tu(l)),
        Geometry::MultiLineString(l) => {
            Geometry::MultiLineString(MultiLineString(l.0.iter().map(tu).collect()))
        }
        Geometry::Polygon(p) => Geometry::Polygon(flaeche(p)),
        Geometry::MultiPolygon(p) => {
            Geometry::MultiPolygon(MultiPolygon(p.0.iter().map(flaeche).collect()))
        }
        Geometry::GeometryCollection(teile) => Geometry::GeometryCollection(GeometryCollection(
            teile.0.iter().map(|teil| je_linie(teil, tu)).collect(),
        )),
        anderes => anderes.clone(),
    }
}

fn laenge(form: &Geometry<f64>) -> f64 {
    let summe = std::cell::Cell::new(0.0);
    je_linie(form, &|linie| {
        let hier: f64 = linie.lines().map(|l| l.dx().hypot(l.dy())).sum();
        summe.set(summe.get() + hier);
        LineString::empty()
    });
    summe.get()
}

fn verdichte(linie: &LineString<f64>, schritt: f64) -> LineString<f64> {
    let mut orte: Vec<Coord<f64>> = linie.0.first().copied().into_iter().collect();
    for strecke in linie.lines() {
        let stuecke = (strecke.dx().hypot(strecke.dy()) / schritt).ceil().max(1.0);
        let mut i = 1.0;
        while i < stuecke {
            orte.push(Coord {
                x: strecke.start.x + strecke.dx() * i / stuecke,
                y: strecke.start.y + strecke.dy() * i / stuecke,
            });
            i += 1.0;
        }
        orte.push(strecke.end);
    }
    LineString(orte)
}

/// The parts of the highest dimension as one simple geometry.
fn hoechste(form: &Geometry<f64>) -> Geometry<f64> {
    let Geometry::GeometryCollection(teile) = form else {
        return form.clone();
    };
    let (mut punkte, mut linien, mut flaechen) = (Vec::new(), Vec::new(), Vec::new());
    for teil in &teile.0 {
        match hoechste(teil) {
            Geometry::Point(p) => punkte.push(p),
            Geometry::MultiPoint(p) => punkte.extend(p.0),
            Geometry::LineString(l) => linien.push(l),
            Geometry::MultiLineString(l) => linien.extend(l.0),
            Geometry::Polygon(p) => flaechen.push(p),
            Geometry::MultiPolygon(p) => flaechen.extend(p.0),
            _ => {}
        }
    }
    if !flaechen.is_empty() {
        Geometry::MultiPolygon(MultiPolygon(flaechen))
    } else if !linien.is_empty() {
        Geometry::MultiLineString(MultiLineString(linien))
    } else {
        Geometry::MultiPoint(MultiPoint(punkte))
    }
}
