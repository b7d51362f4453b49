//! The transformation to EPSG:25832, and what it finds out about the numbers.

use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, CoordTransformOptions, SpatialRef};
use geo_types::Coord;

use super::{Angabe, Bezugssystem, SYSTEME};
use crate::error::{Error, Result};

/// How far (metres) a DHDN coordinate can be off when the BETA2007 grid is missing and
/// PROJ takes the seven-parameter shift instead: 3.1 m is the greatest difference
/// between both on a half-degree net over Germany, 0.3 m the median.
pub const GITTER_FEHLER_M: f64 = 3.0;

/// 10.5° E, 50.5° N (DHDN) in EPSG:25832 by the BETA2007 grid; without it the point
/// lies 0.37 m off.
const GITTER_PROBE: (Coord<f64>, Coord<f64>) = (
    Coord { x: 10.5, y: 50.5 },
    Coord {
        x: 606_291.826,
        y: 5_595_165.394,
    },
);

/// What was noticed while transforming.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lage {
    /// The axes stood the other way round than the name says, and were swapped.
    pub vertauscht: bool,
    /// The numbers lie outside Germany in either order.
    pub ausserhalb: bool,
    /// The eastings carry the zone number of this system (or lack the one the name
    /// promises); they were read in it. Only with [`Umrechner::mit_zonen`].
    pub gelesen_als: Option<&'static Bezugssystem>,
    /// Outside Germany as named, but inside it in this system: a proposal, not applied.
    pub vorschlag: Option<&'static Bezugssystem>,
    /// The BETA2007 grid is not installed: up to [`GITTER_FEHLER_M`] off.
    pub gitter_fehlt: bool,
}

/// Transforms to EPSG:25832; keeps the PROJ pipelines it has opened.
#[derive(Debug, Default)]
pub struct Umrechner {
    offen: Vec<(u32, CoordTransform)>,
    zonen: bool,
    /// Whether the grid for DHDN is there; None: not asked yet.
    gitter: Option<bool>,
}

impl Umrechner {
    /// Also tries the sister systems that differ by the zone number in the easting
    /// (25832 named, 32 638 000 written; 31467 named, 4 416 000 written). The digits
    /// leave no doubt, but the name is wrong: the caller must tell ([`Lage::gelesen_als`]).
    #[must_use]
    pub fn mit_zonen() -> Self {
        Self {
            zonen: true,
            ..Self::default()
        }
    }

    /// Turns `punkte` (numbers in the order they were written) into easting, northing
    /// in EPSG:25832, in place.
    ///
    /// Errors: [`Error::Umgebung`] when PROJ does not know the system,
    /// [`Error::Eingabe`] when a point cannot be transformed.
    pub fn nach_25832(&mut self, angabe: Angabe, punkte: &mut [Coord<f64>]) -> Result<Lage> {
        let (system, gedreht, mut lage) = self.deute(angabe, punkte);
        if gedreht {
            for p in punkte.iter_mut() {
                std::mem::swap(&mut p.x, &mut p.y);
            }
        }
        match system.epsg {
            25832 => {}
            // The same projection with the zone in front: exact, no PROJ.
            4647 => punkte.iter_mut().for_each(|p| p.x -= 32_000_000.0),
            5650 => {
                punkte.iter_mut().for_each(|p| p.x -= 33_000_000.0);
                self.mit_proj(25833, punkte)?;
            }
            epsg => {
                self.mit_proj(epsg, punkte)?;
                lage.gitter_fehlt = ist_dhdn(system) && !self.gitter_da()?;
            }
        }
        Ok(lage)
    }

    /// The system and order the numbers make sense in: `(system, northing first, …)`.
    pub(crate) fn deute(
        &self,
        angabe: Angabe,
        punkte: &[Coord<f64>],
    ) -> (&'static Bezugssystem, bool, Lage) {
        let genannt = angabe.system;
        let norden = angabe.norden_zuerst;
        if liegt_in(genannt, punkte, norden) {
            return (genannt, norden, Lage::default());
        }
        if liegt_in(genannt, punkte, !norden) {
            let lage = Lage {
                vertauscht: true,
                ..Lage::default()
            };
            return (genannt, !norden, lage);
        }
        if self.zonen {
            for verwandt in SYSTEME.iter().filter(|s| verwandt(genannt, s)) {
                for gedreht in [norden, !norden] {
                    if liegt_in(verwandt, punkte, gedreht) {
                        let lage = Lage {
                            vertauscht: gedreht != norden,
                            gelesen_als: Some(verwandt),
                            ..Lage::default()
                        };
                        return (verwandt, gedreht, lage);
                    }
                }
            }
        }
        let vorschlag = SYSTEME
            .iter()
            .filter(|s| *s != genannt)
            .find(|s| liegt_in(s, punkte, false) || liegt_in(s, punkte, true));
        let lage = Lage {
            ausserhalb: true,
            vorschlag,
            ..Lage::default()
        };
        (genannt, norden, lage)
    }

    fn gitter_da(&mut self) -> Result<bool> {
        if let Some(da) = self.gitter {
            return Ok(da);
        }
        let (von, soll) = GITTER_PROBE;
        let mut probe = [von];
        self.mit_proj(4314, &mut probe)?;
        let da = (probe[0].x - soll.x).hypot(probe[0].y - soll.y) < 0.1;
        self.gitter = Some(da);
        Ok(da)
    }

    fn mit_proj(&mut self, epsg: u32, punkte: &mut [Coord<f64>]) -> Result<()> {
        let bekannt = self.offen.iter().position(|(e, _)| *e == epsg);
        let stelle = if let Some(stelle) = bekannt {
            stelle
        } else {
            self.offen.push((epsg, oeffne(epsg)?));
            self.offen.len() - 1
        };
        let mut x: Vec<f64> = punkte.iter().map(|p| p.x).collect();
        let mut y: Vec<f64> = punkte.iter().map(|p| p.y).collect();
        let ergebnis = self.offen[stelle]
            .1
            .transform_coords(&mut x, &mut y, &mut []);
        if ergebnis.is_err() || x.iter().chain(&y).any(|zahl| !zahl.is_finite()) {
            return Err(Error::eingabe(format!(
                "Koordinaten lassen sich nicht von EPSG:{epsg} nach EPSG:25832 umrechnen; \
                 vermutlich stimmt das angegebene Bezugssystem nicht."
            )));
        }
        for (p, (x, y)) in punkte.iter_mut().zip(x.into_iter().zip(y)) {
            *p = Coord { x, y };
        }
        Ok(())
    }
}

fn liegt_in(system: &Bezugssystem, punkte: &[Coord<f64>], gedreht: bool) -> bool {
    let [e0, e1, n0, n1] = system.fenster;
    punkte.iter().all(|p| {
        let (e, n) = if gedreht { (p.y, p.x) } else { (p.x, p.y) };
        (e0..=e1).contains(&e) && (n0..=n1).contains(&n)
    })
}

fn ist_gauss_krueger(system: &Bezugssystem) -> bool {
    (31466..=31469).contains(&system.epsg)
}

fn ist_dhdn(system: &Bezugssystem) -> bool {
    ist_gauss_krueger(system) || system.epsg == 4314
}

/// Systems that differ only in the zone and whether its number stands in the easting.
/// From 25832 no way leads to plain 25833 or back: without a number in front the
/// digits do not say the zone.
fn verwandt(genannt: &Bezugssystem, anderes: &Bezugssystem) -> bool {
    match genannt.epsg {
        25832 | 25833 => matches!(anderes.epsg, 4647 | 5650),
        4647 => matches!(anderes.epsg, 25832 | 5650),
        5650 => matches!(anderes.epsg, 25833 | 4647),
        _ => ist_gauss_krueger(genannt) && ist_gauss_krueger(anderes) && genannt != anderes,
    }
}

fn oeffne(epsg: u32) -> Result<CoordTransform> {
    let versuch = || -> gdal::errors::Result<CoordTransform> {
        let mut von = SpatialRef::from_epsg(epsg)?;
        let mut nach = SpatialRef::from_epsg(25832)?;
        von.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        nach.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        let mut wahl = CoordTransformOptions::new()?;
        // Without a datum shift an old plan lies 150 m off: rather an error.
        wahl.set_ballpark_allowed(false)?;
        CoordTransform::new_with_options(&von, &nach, &wahl)
    };
    versuch().map_err(|grund| {
        Error::umgebung(format!(
            "Die Umrechnung von EPSG:{epsg} nach EPSG:25832 steht nicht zur Verfügung \
             (PROJ-Datenbank unvollständig?): {grund}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::crs::erkenne;

    fn nach(name: &str, x: f64, y: f64) -> (Coord<f64>, Lage) {
        let mut p = [Coord { x, y }];
        let lage = Umrechner::mit_zonen()
            .nach_25832(erkenne(name).expect("known"), &mut p)
            .expect("transforms");
        (p[0], lage)
    }

    #[test]
    fn axis_order_follows_form_and_numbers() {
        let soll = Coord {
            x: 638_000.0,
            y: 5_321_000.0,
        };
        let ruhig = Lage::default();
        assert_eq!(nach("EPSG:25832", 638_000.0, 5_321_000.0), (soll, ruhig));
        assert_eq!(nach("EPSG:4647", 32_638_000.0, 5_321_000.0), (soll, ruhig));
        let (p, lage) = nach("urn:ogc:def:crs:EPSG::25832", 5_321_000.0, 638_000.0);
        assert_eq!(p, soll);
        assert!(lage.vertauscht);
        let (p, lage) = nach("EPSG:25832", 10.0, 20.0);
        assert_eq!((p.x, p.y), (10.0, 20.0));
        assert!(lage.ausserhalb && !lage.vertauscht);
    }

    /// Second opinion: `gdaltransform -s_srs EPSG:… -t_srs EPSG:25832`.
    #[test]
    fn other_systems_come_by_proj() {
        let (lonlat, lage) = nach("EPSG:4258", 10.88, 48.05);
        let (latlon, lage_urn) = nach("urn:ogc:def:crs:EPSG::4258", 48.05, 10.88);
        assert_eq!(lonlat, latlon);
        assert_eq!((lage, lage_urn), (Lage::default(), Lage::default()));
        assert!((lonlat.x - 640_101.340_464).abs() < 1e-4, "{lonlat:?}");
        assert!((lonlat.y - 5_323_567.304_610).abs() < 1e-4, "{lonlat:?}");
        let (kurz, _) = nach("EPSG:31468", 4_416_000.0, 5_323_000.0);
        let (urn, _) = nach("urn:ogc:def:crs:EPSG::31468", 5_323_000.0, 4_416_000.0);
        assert_eq!(kurz, urn);
        // The datum shift depends on the grids installed: within 3 m of the Helmert one.
        assert!(
            (kurz.x - 639_538.9).hypot(kurz.y - 5_322_393.7) < 3.0,
            "{kurz:?}"
        );
    }

    fn als(name: &str, x: f64, y: f64) -> (Coord<f64>, bool, Option<u32>, Option<u32>) {
        let (p, lage) = nach(name, x, y);
        let epsg = |s: Option<&Bezugssystem>| s.map(|s| s.epsg);
        (
            p,
            lage.vertauscht,
            epsg(lage.gelesen_als),
            epsg(lage.vorschlag),
        )
    }

    #[test]
    fn the_zone_in_the_easting_decides_and_is_told() {
        let soll = Coord {
            x: 638_000.0,
            y: 5_321_000.0,
        };
        assert_eq!(
            als("EPSG:25832", 32_638_000.0, 5_321_000.0),
            (soll, false, Some(4647), None)
        );
        assert_eq!(
            als("EPSG:25832", 5_321_000.0, 32_638_000.0),
            (soll, true, Some(4647), None)
        );
        assert_eq!(
            als("EPSG:4647", 638_000.0, 5_321_000.0),
            (soll, false, Some(25832), None)
        );
        let (in_33, ..) = als("EPSG:25833", 391_000.0, 5_819_000.0);
        assert_eq!(
            als("EPSG:5650", 33_391_000.0, 5_819_000.0),
            (in_33, false, None, None)
        );
        assert_eq!(
            als("EPSG:25832", 33_391_000.0, 5_819_000.0),
            (in_33, false, Some(5650), None)
        );
        let (zone_4, ..) = als("EPSG:31468", 4_416_000.0, 5_323_000.0);
        assert_eq!(
            als("EPSG:31467", 4_416_000.0, 5_323_000.0),
            (zone_4, false, Some(31468), None)
        );
        // Another datum is only proposed.
        let (p, _, gelesen, vorschlag) = als("EPSG:25832", 4_416_000.0, 5_323_000.0);
        assert_eq!((p.x, gelesen, vorschlag), (4_416_000.0, None, Some(31468)));
        assert_eq!(als("EPSG:25832", 10.88, 48.05).3, Some(4258));
        // Who cannot tell gets no correction.
        let mut p = [Coord {
            x: 32_638_000.0,
            y: 5_321_000.0,
        }];
        let lage = Umrechner::default()
            .nach_25832(erkenne("EPSG:25832").expect("known"), &mut p)
            .expect("stays");
        assert!(lage.ausserhalb && lage.vorschlag.is_some_and(|s| s.epsg == 4647));
    }
}
