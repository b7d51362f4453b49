//! Is an area a valid polygon (OGC Simple Features, as `ST_IsValid`)? And if not, what
//! is its area after a structural repair?

use std::collections::HashMap;

use geo::algorithm::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::beruehrung::{self, Anstoss, Beruehrung, Pruefring};
use super::ring::Kasten;

pub use super::reparatur::repariert_m2;

type Fehler = (String, [f64; 2]);

/// The first reason why the area is no valid polygon, in German, and the place
/// (easting, northing in EPSG:25832, metres). None for a valid area.
#[must_use]
pub fn fehler(flaeche: &MultiPolygon<f64>) -> Option<(String, [f64; 2])> {
    pruefe(flaeche).err()
}

fn falsch(text: &str, ort: Coord<f64>) -> Fehler {
    (text.to_owned(), [ort.x, ort.y])
}

fn pruefe(flaeche: &MultiPolygon<f64>) -> Result<(), Fehler> {
    let mut ringe = Vec::new();
    for (teil, polygon) in flaeche.iter().enumerate() {
        for linie in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            ringe.push(pruefring(linie, teil)?);
        }
    }
    let beruehrungen = beruehrung::suche(&ringe).map_err(|(anstoss, ort)| {
        let text = match anstoss {
            Anstoss::Selbst => "Die Umrandung überschneidet sich selbst",
            Anstoss::SelbstBeruehrt => "Die Umrandung berührt sich selbst",
            Anstoss::Ringe([i, j]) if ringe[i].teil == ringe[j].teil => {
                "Die Umrandung und ein Loch oder zwei Löcher überschneiden sich"
            }
            Anstoss::Ringe(_) => "Zwei Teilflächen überschneiden sich",
        };
        falsch(text, ort)
    })?;
    if ringe.len() > 1 {
        zusammenhang(&ringe, &beruehrungen)?;
        schachtelung(flaeche)?;
    }
    Ok(())
}

fn pruefring(linie: &LineString<f64>, teil: usize) -> Result<Pruefring, Fehler> {
    let mut punkte = linie.0.clone();
    if let Some(p) = punkte.iter().find(|p| !p.x.is_finite() || !p.y.is_finite()) {
        return Err(falsch("Eine Koordinate ist keine Zahl", *p));
    }
    punkte.dedup();
    if punkte.len() > 1 && punkte.first() == punkte.last() {
        punkte.pop();
    }
    if punkte.len() < 3 {
        let ort = punkte.first().copied().unwrap_or_default();
        return Err(falsch(
            "Die Umrandung hat weniger als drei verschiedene Punkte",
            ort,
        ));
    }
    Ok(Pruefring { teil, punkte })
}

/// Rings that touch in a closed chain cut the interior in two.
fn zusammenhang(ringe: &[Pruefring], beruehrungen: &[Beruehrung]) -> Result<(), Fehler> {
    let mut knoten: HashMap<(usize, u64, u64), usize> = HashMap::new();
    let mut gruppe: Vec<usize> = (0..ringe.len()).collect();
    let mut verbindungen = Vec::new();
    for b in beruehrungen {
        let [i, j] = b.ringe;
        if ringe[i].teil != ringe[j].teil {
            continue;
        }
        let schluessel = (ringe[i].teil, b.ort.x.to_bits(), b.ort.y.to_bits());
        let punkt = *knoten.entry(schluessel).or_insert_with(|| {
            gruppe.push(gruppe.len());
            gruppe.len() - 1
        });
        for ring in [i, j] {
            verbindungen.push((ring, punkt, b.ort));
        }
    }
    verbindungen.sort_unstable_by_key(|&(ring, punkt, _)| (ring, punkt));
    verbindungen.dedup_by_key(|&mut (ring, punkt, _)| (ring, punkt));
    for (ring, punkt, ort) in verbindungen {
        let (a, b) = (wurzel(&mut gruppe, ring), wurzel(&mut gruppe, punkt));
        if a == b {
            return Err(falsch("Das Innere der Fläche hängt nicht zusammen", ort));
        }
        gruppe[a] = b;
    }
    Ok(())
}

fn wurzel(gruppe: &mut [usize], mut i: usize) -> usize {
    while gruppe[i] != i {
        gruppe[i] = gruppe[gruppe[i]];
        i = gruppe[i];
    }
    i
}

/// Holes lie in their exterior and beside each other, parts beside each other.
/// The rings are known not to cross, so one point off the border decides.
fn schachtelung(flaeche: &MultiPolygon<f64>) -> Result<(), Fehler> {
    let kasten = |l: &LineString<f64>| Kasten::um(&l.0);
    for polygon in flaeche {
        let aussen = kasten(polygon.exterior());
        let loecher: Vec<_> = polygon.interiors().iter().map(|l| (l, kasten(l))).collect();
        for (i, (loch, k)) in loecher.iter().enumerate() {
            let draussen = !aussen.enthaelt(k)
                || lage(loch, |p| coord_pos_relative_to_ring(p, polygon.exterior()))
                    == CoordPos::Outside;
            if draussen {
                return Err(falsch("Ein Loch liegt außerhalb der Fläche", loch.0[0]));
            }
            let verschachtelt = loecher.iter().enumerate().any(|(j, (anderes, k2))| {
                i != j
                    && k2.enthaelt(k)
                    && lage(loch, |p| coord_pos_relative_to_ring(p, anderes)) == CoordPos::Inside
            });
            if verschachtelt {
                return Err(falsch("Ein Loch liegt in einem anderen Loch", loch.0[0]));
            }
        }
    }
    let umrisse: Vec<_> = flaeche.iter().map(|p| kasten(p.exterior())).collect();
    for (i, teil) in flaeche.iter().enumerate() {
        for (j, anderes) in flaeche.iter().enumerate() {
            if i != j
                && umrisse[j].enthaelt(&umrisse[i])
                && lage(teil.exterior(), |p| im_polygon(p, anderes)) == CoordPos::Inside
            {
                return Err(falsch(
                    "Eine Teilfläche liegt in einer anderen",
                    teil.exterior().0[0],
                ));
            }
        }
    }
    Ok(())
}

fn im_polygon(p: Coord<f64>, polygon: &Polygon<f64>) -> CoordPos {
    let aussen = coord_pos_relative_to_ring(p, polygon.exterior());
    if aussen != CoordPos::Inside {
        return aussen;
    }
    for loch in polygon.interiors() {
        match coord_pos_relative_to_ring(p, loch) {
            CoordPos::Inside => return CoordPos::Outside,
            CoordPos::OnBoundary => return CoordPos::OnBoundary,
            CoordPos::Outside => {}
        }
    }
    CoordPos::Inside
}

/// Position of a ring's first point that is not on the other's border.
fn lage(ring: &LineString<f64>, mut von: impl FnMut(Coord<f64>) -> CoordPos) -> CoordPos {
    ring.0
        .iter()
        .map(|&p| von(p))
        .find(|&l| l != CoordPos::OnBoundary)
        .unwrap_or(CoordPos::OnBoundary)
}

#[cfg(test)]
mod tests {
    use geo::wkt;

    use super::*;

    fn grund(f: &MultiPolygon<f64>) -> String {
        fehler(f).map(|(text, _)| text).unwrap_or_default()
    }

    #[test]
    fn valid_areas_have_no_error() {
        let gut = [
            wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.)))),
            // a hole that touches its exterior in one point
            wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(0. 2.,1. 1.,1. 3.,0. 2.)))),
            // two holes touching each other in one point
            wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(1. 1.,3. 1.,3. 3.,1. 1.),(3. 3.,5. 3.,5. 5.,3. 3.)))),
            // parts touching in a point, and one inside the other's hole
            wkt!(MULTIPOLYGON(((0. 0.,2. 0.,2. 2.,0. 2.,0. 0.)),((2. 2.,4. 2.,4. 4.,2. 4.,2. 2.)))),
            wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(1. 1.,1. 8.,8. 8.,8. 1.,1. 1.)),((2. 2.,4. 2.,4. 4.,2. 4.,2. 2.)))),
            // a repeated point, a ring the wrong way round
            wkt!(MULTIPOLYGON(((0. 0.,0. 4.,0. 4.,4. 4.,4. 0.,0. 0.)))),
            wkt!(MULTIPOLYGON EMPTY),
        ];
        for f in gut {
            assert_eq!(fehler(&f), None, "{f:?}");
        }
    }

    #[test]
    fn offences_are_named_with_their_place() {
        let (text, ort) =
            fehler(&wkt!(MULTIPOLYGON(((0. 0.,4. 4.,4. 0.,0. 4.,0. 0.))))).unwrap_or_default();
        assert_eq!(text, "Die Umrandung überschneidet sich selbst");
        assert!(
            (ort[0] - 2.0).abs() + (ort[1] - 2.0).abs() < 1e-9,
            "{ort:?}"
        );
        for (f, teil) in [
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,6. 4.,4. 4.,0. 4.,0. 0.)))),
                "überschneidet sich selbst",
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,2. 2.,4. 4.,0. 4.,2. 2.,0. 0.)))),
                "berührt sich selbst",
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,2. 0.,0. 4.,0. 0.)))),
                "berührt sich selbst",
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(5. 5.,6. 5.,6. 6.,5. 5.)))),
                "außerhalb",
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(3. 3.,6. 3.,6. 3.5,3. 3.)))),
                "überschneiden",
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(1. 1.,8. 1.,8. 8.,1. 1.),(5. 3.,6. 3.,6. 4.,5. 3.)))),
                "anderen Loch",
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(0. 0.,4. 0.,4. 4.,0. 4.,0. 0.)))),
                "überschneiden",
            ),
            // a hole touching in two points cuts the area in two
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(0. 2.,2. 1.,4. 2.,2. 3.,0. 2.)))),
                "nicht zusammen",
            ),
            // rings that pass through each other in their points
            (
                wkt!(MULTIPOLYGON(((0. 0.,2. 2.,0. 4.,4. 4.,4. 0.,0. 0.)),((1. 2.,2. 2.,3. 2.,3. 1.,2. 2.,1. 2.)))),
                "sich",
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.)),((1. 1.,2. 1.,2. 2.,1. 1.)))),
                "Teilfläche",
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.)),((4. 0.,8. 0.,8. 4.,4. 4.,4. 0.)))),
                "Teilflächen",
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0.,4. 0.,0. 0.,0. 0.)))),
                "weniger als drei",
            ),
        ] {
            assert!(grund(&f).contains(teil), "{f:?}: {}", grund(&f));
        }
    }
}
