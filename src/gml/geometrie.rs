//! Geometries as GML 3.2. Rings turn the way GML wants them (outside against the clock),
//! which readers of XPlanGML check.

use std::fmt::Write as _;

use geo_types::Coord;

use super::xml::Xml;

/// A position.
pub trait Ort {
    /// Easting or longitude first.
    fn xy(&self) -> [f64; 2];
}

impl Ort for Coord<f64> {
    fn xy(&self) -> [f64; 2] {
        [self.x, self.y]
    }
}

impl Ort for [f64; 2] {
    fn xy(&self) -> [f64; 2] {
        *self
    }
}

/// How geometries are written.
#[derive(Debug, Clone, Copy)]
pub struct Schrift {
    /// `srsName`.
    pub system: &'static str,
    /// Latitude or northing is written first.
    pub norden_zuerst: bool,
    /// Decimals at most; None: the shortest text that is read as the same number.
    pub stellen: Option<usize>,
    /// One part is a geometry by itself, and each part names the system. Else all are
    /// `gml:Multi…`, as a schema with one type wants it.
    pub einzeln: bool,
}

/// Writes geometries.
pub struct Feder<'a> {
    /// Where to.
    pub xml: &'a mut Xml,
    /// How.
    pub schrift: Schrift,
    /// Gives the next `gml:id`.
    pub kennung: &'a mut dyn FnMut() -> String,
}

impl Feder<'_> {
    /// Points.
    pub fn punkte<O: Ort>(&mut self, punkte: &[O]) {
        self.teile(
            "gml:MultiPoint",
            "gml:pointMember",
            punkte.iter(),
            |f, p| {
                f.punkt(p);
            },
        );
    }

    /// Lines.
    pub fn linien<'o, O: Ort + 'o>(&mut self, linien: impl ExactSizeIterator<Item = &'o [O]>) {
        self.teile("gml:MultiCurve", "gml:curveMember", linien, |f, l| {
            f.linie(l);
        });
    }

    /// Areas, each its rings, the outer one first.
    pub fn flaechen<'o, O, R>(&mut self, flaechen: impl ExactSizeIterator<Item = R>)
    where
        O: Ort + 'o,
        R: Iterator<Item = &'o [O]>,
    {
        self.teile(
            "gml:MultiSurface",
            "gml:surfaceMember",
            flaechen,
            Self::polygon,
        );
    }

    /// Geometries of several kinds; `teile` writes each after [`Self::teil`].
    pub fn sammlung(&mut self, teile: impl FnOnce(&mut Self)) {
        self.anfang("gml:MultiGeometry", true);
        teile(self);
        self.xml.ende("gml:MultiGeometry");
    }

    /// One member of a collection.
    pub fn teil(&mut self, teil: impl FnOnce(&mut Self)) {
        self.xml.anfang("gml:geometryMember", &[]);
        teil(self);
        self.xml.ende("gml:geometryMember");
    }

    fn teile<T>(
        &mut self,
        art: &str,
        glied: &str,
        mut teile: impl ExactSizeIterator<Item = T>,
        einer: impl Fn(&mut Self, T),
    ) {
        if self.schrift.einzeln && teile.len() == 1 {
            if let Some(einziger) = teile.next() {
                einer(self, einziger);
            }
            return;
        }
        self.anfang(art, true);
        for teil in teile {
            self.xml.anfang(glied, &[]);
            einer(self, teil);
            self.xml.ende(glied);
        }
        self.xml.ende(art);
    }

    fn anfang(&mut self, name: &str, aussen: bool) {
        let id = (self.kennung)();
        if aussen || self.schrift.einzeln {
            let system = self.schrift.system;
            self.xml
                .anfang(name, &[("srsName", system), ("gml:id", &id)]);
        } else {
            self.xml.anfang(name, &[("gml:id", &id)]);
        }
    }

    fn polygon<'o, O: Ort + 'o>(&mut self, ringe: impl Iterator<Item = &'o [O]>) {
        self.anfang("gml:Polygon", false);
        for (nr, ring) in ringe.enumerate() {
            let rand = if nr == 0 {
                "gml:exterior"
            } else {
                "gml:interior"
            };
            self.xml.anfang(rand, &[]);
            self.xml.anfang("gml:LinearRing", &[]);
            let flaeche = flaeche(ring);
            let gedreht = if nr == 0 {
                flaeche < 0.0
            } else {
                flaeche > 0.0
            };
            if gedreht {
                self.folge(ring.iter().rev());
            } else {
                self.folge(ring.iter());
            }
            self.xml.ende("gml:LinearRing");
            self.xml.ende(rand);
        }
        self.xml.ende("gml:Polygon");
    }

    fn linie<O: Ort>(&mut self, linie: &[O]) {
        self.anfang("gml:LineString", false);
        self.folge(linie.iter());
        self.xml.ende("gml:LineString");
    }

    fn punkt<O: Ort>(&mut self, ort: &O) {
        self.anfang("gml:Point", false);
        self.position("gml:pos", ort);
        self.xml.ende("gml:Point");
    }

    fn folge<'o, O: Ort + 'o>(&mut self, orte: impl Iterator<Item = &'o O>) {
        let schrift = self.schrift;
        self.xml.blatt_mit("gml:posList", &[], |text| {
            for (nr, ort) in orte.enumerate() {
                if nr > 0 {
                    text.push(' ');
                }
                koordinaten(text, ort, &schrift);
            }
        });
    }

    fn position<O: Ort>(&mut self, element: &str, ort: &O) {
        let schrift = self.schrift;
        self.xml
            .blatt_mit(element, &[], |text| koordinaten(text, ort, &schrift));
    }

    /// The `boundedBy` of a collection: west, south, east, north.
    pub fn umschlag(&mut self, [x0, y0, x1, y1]: [f64; 4]) {
        self.xml.anfang("gml:boundedBy", &[]);
        self.xml
            .anfang("gml:Envelope", &[("srsName", self.schrift.system)]);
        self.position("gml:lowerCorner", &[x0, y0]);
        self.position("gml:upperCorner", &[x1, y1]);
        self.xml.ende("gml:Envelope");
        self.xml.ende("gml:boundedBy");
    }
}

/// Twice the signed area; positive is counter-clockwise.
fn flaeche<O: Ort>(ring: &[O]) -> f64 {
    let Some([x0, y0]) = ring.first().map(Ort::xy) else {
        return 0.0;
    };
    ring.windows(2)
        .map(|paar| {
            let ([xa, ya], [xb, yb]) = (paar[0].xy(), paar[1].xy());
            (xa - x0) * (yb - y0) - (xb - x0) * (ya - y0)
        })
        .sum()
}

/// Never with an exponent, and without zeros at the end.
fn koordinaten<O: Ort>(text: &mut String, ort: &O, schrift: &Schrift) {
    let [x, y] = ort.xy();
    let (a, b) = if schrift.norden_zuerst {
        (y, x)
    } else {
        (x, y)
    };
    zahl(text, a, schrift.stellen);
    text.push(' ');
    zahl(text, b, schrift.stellen);
}

fn zahl(text: &mut String, zahl: f64, stellen: Option<usize>) {
    // Writing into a String cannot fail.
    let Some(stellen) = stellen else {
        let _ = write!(text, "{zahl}");
        return;
    };
    let anfang = text.len();
    let _ = write!(text, "{zahl:.stellen$}");
    if text[anfang..].contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_digits_and_ids() {
        let mut xml = Xml::dicht();
        let mut nr = 0;
        let mut feder = Feder {
            xml: &mut xml,
            schrift: Schrift {
                system: "http://www.opengis.net/def/crs/EPSG/0/4326",
                norden_zuerst: true,
                stellen: Some(3),
                einzeln: false,
            },
            kennung: &mut || {
                nr += 1;
                format!("_{nr}")
            },
        };
        // Clockwise in x and y: it is turned, whatever is written first.
        let ring = vec![[10.0, 50.0], [10.0, 51.0], [11.0, 51.0004], [10.0, 50.0]];
        feder.sammlung(|feder| {
            let flaechen = [vec![ring]];
            feder.teil(|feder| {
                feder.flaechen(flaechen.iter().map(|f| f.iter().map(Vec::as_slice)));
            });
            feder.teil(|feder| feder.punkte(&[[100.0, 2.5]]));
        });
        assert_eq!(
            xml.text,
            "<gml:MultiGeometry srsName=\"http://www.opengis.net/def/crs/EPSG/0/4326\" gml:id=\"_1\"><gml:geometryMember>\
             <gml:MultiSurface srsName=\"http://www.opengis.net/def/crs/EPSG/0/4326\" gml:id=\"_2\"><gml:surfaceMember><gml:Polygon gml:id=\"_3\"><gml:exterior><gml:LinearRing>\
             <gml:posList>50 10 51 11 51 10 50 10</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface>\
             </gml:geometryMember><gml:geometryMember><gml:MultiPoint srsName=\"http://www.opengis.net/def/crs/EPSG/0/4326\" gml:id=\"_4\"><gml:pointMember><gml:Point gml:id=\"_5\">\
             <gml:pos>2.5 100</gml:pos></gml:Point></gml:pointMember></gml:MultiPoint></gml:geometryMember></gml:MultiGeometry>"
        );
    }
}
