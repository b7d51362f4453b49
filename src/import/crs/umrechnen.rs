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
            4647 => ohne_zone(punkte, 32_000_000.0),
            5650 => {
                ohne_zone(punkte, 33_000_000.0);
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

fn ohne_zone(punkte: &mut [Coord<f64>], zone: f64) {
    for p in punkte {
        p.x -= zone;
    }
}

fn liegt_in(system: &Bezugssystem, punkte: &[Coord<f64>], gedreht: bool) -> bool {
    punkte.iter().all(|p| {
        if gedreht {
            system.enthaelt(p.y, p.x)
        } else {
            system.enthaelt(p.x, p.y)
        }
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

    /// Gauß-Krüger (code, easting, northing) and EPSG:25832 by `gdaltransform` with the
    /// BETA2007 grid.
    #[rustfmt::skip]
    const GEGENPROBE: &[(u32, f64, f64, f64, f64)] = &[
        (31466, 2_538_524.34, 5_376_829.14, 316_978.128_2, 5_377_952.409_4),
        (31466, 2_570_308.83, 5_346_613.52, 347_552.659_2, 5_346_518.271_0),
        (31466, 2_558_009.04, 5_460_624.83, 339_752.040_5, 5_460_908.760_4),
        (31466, 2_512_678.19, 5_515_511.52, 296_643.799_7, 5_517_557.301_0),
        (31466, 2_510_815.25, 5_486_782.63, 293_635.509_3, 5_488_922.294_3),
        (31467, 3_411_146.67, 5_379_209.95, 411_106.702_9, 5_377_497.635_0),
        (31467, 3_485_869.60, 5_869_872.95, 485_803.746_3, 5_867_965.554_0),
        (31467, 3_423_525.40, 5_467_470.97, 423_480.545_2, 5_465_723.740_4),
        (31467, 3_523_644.08, 5_950_614.19, 523_564.400_5, 5_948_674.138_7),
        (31467, 3_515_430.52, 5_582_707.18, 515_349.755_5, 5_580_913.722_4),
        (31468, 4_591_836.08, 5_349_801.56, 814_235.168_3, 5_356_043.292_3),
        (31468, 4_566_270.67, 5_511_629.83, 782_270.725_0, 5_516_832.472_2),
        (31468, 4_425_733.17, 5_397_066.62, 646_364.814_9, 5_396_767.400_5),
        (31468, 4_461_938.87, 5_862_839.98, 663_648.727_8, 5_863_557.581_9),
        (31468, 4_436_758.45, 5_706_507.18, 644_956.915_6, 5_706_339.824_1),
        (31469, 5_461_131.83, 5_776_091.54, 871_701.316_4, 5_787_994.327_7),
        (31469, 5_452_041.92, 5_672_821.17, 871_120.192_4, 5_684_194.998_0),
        (31469, 5_408_538.77, 5_721_210.40, 823_756.181_4, 5_728_908.253_3),
        (31469, 5_464_956.89, 5_794_488.59, 873_994.298_5, 5_806_668.764_0),
        (31469, 5_433_188.25, 5_847_559.52, 837_886.233_8, 5_856_973.647_6),
    ];

    fn groesste_abweichung() -> (f64, bool) {
        let mut umrechner = Umrechner::default();
        let mut groesste = 0.0_f64;
        let mut gitter = true;
        for (epsg, e, n, e_soll, n_soll) in GEGENPROBE {
            let mut p = [Coord { x: *e, y: *n }];
            let angabe = erkenne(&format!("EPSG:{epsg}")).expect("known");
            let lage = umrechner.nach_25832(angabe, &mut p).expect("transforms");
            gitter &= !lage.gitter_fehlt;
            groesste = groesste.max((p[0].x - e_soll).hypot(p[0].y - n_soll));
        }
        (groesste, gitter)
    }

    #[test]
    fn gauss_krueger_comes_by_the_grid() {
        let (abweichung, gitter) = groesste_abweichung();
        assert!(
            gitter,
            "this machine lacks the grid BETA2007 (Debian: proj-data)"
        );
        assert!(abweichung < 0.001, "{abweichung} m");
    }

    /// Runs only as the child of the next test, with a PROJ that has no grids.
    #[test]
    #[ignore = "child of without_the_grid_it_is_told_and_within_the_stated_error"]
    fn child_without_the_grid() {
        let (abweichung, gitter) = groesste_abweichung();
        assert!(!gitter, "the grid must be missing here");
        assert!(
            abweichung > 0.05 && abweichung < GITTER_FEHLER_M,
            "{abweichung} m"
        );
    }

    #[test]
    fn without_the_grid_it_is_told_and_within_the_stated_error() {
        let daten = tempfile::tempdir().expect("folder");
        std::os::unix::fs::symlink("/usr/share/proj/proj.db", daten.path().join("proj.db"))
            .expect("link");
        let kind = std::process::Command::new(std::env::current_exe().expect("this program"))
            .args([
                "--exact",
                "import::crs::umrechnen::tests::child_without_the_grid",
                "--ignored",
            ])
            .env("PROJ_LIB", daten.path())
            .env("PROJ_DATA", daten.path())
            .output()
            .expect("runs");
        let text = String::from_utf8_lossy(&kind.stdout);
        assert!(kind.status.success() && text.contains("1 passed"), "{text}");
    }
}
