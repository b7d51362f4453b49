//! Coordinate reference systems of delivered files, and the one way from them to
//! EPSG:25832 (easting, northing; metres), in which everything here is stored.
//!
//! Axis order is the trap: for the Gauss-Krüger and the geographic systems the short
//! form `EPSG:31468` is taken as easting, northing (longitude, latitude), the URN and
//! http forms mean the order of the EPSG register, northing first; `AdV` names mean
//! easting first for projected systems. Files get it wrong, so the numbers have the
//! last word: what lies in Germany only the other way round is swapped, and the
//! caller is told.

use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, CoordTransformOptions, SpatialRef};
use geo_types::Coord;

use crate::error::{Error, Result};

/// One supported system.
#[derive(Debug)]
pub struct Bezugssystem {
    /// EPSG code.
    pub epsg: u32,
    /// Name for messages.
    pub name: &'static str,
    /// `AdV` name (`urn:adv:crs:…`), where there is one.
    adv: Option<&'static str>,
    /// The EPSG register names northing (latitude) first.
    register_norden_zuerst: bool,
    /// Where Germany lies in it: min and max of easting (longitude), of northing (latitude).
    fenster: [f64; 4],
}

const fn zeile(
    epsg: u32,
    name: &'static str,
    adv: Option<&'static str>,
    register_norden_zuerst: bool,
    fenster: [f64; 4],
) -> Bezugssystem {
    Bezugssystem {
        epsg,
        name,
        adv,
        register_norden_zuerst,
        fenster,
    }
}

const N: [f64; 2] = [5_100_000.0, 6_250_000.0];
#[rustfmt::skip]
const SYSTEME: &[Bezugssystem] = &[
    zeile(25832, "ETRS89 / UTM Zone 32N", Some("ETRS89_UTM32"), false, [100_000.0, 1_000_000.0, N[0], N[1]]),
    zeile(25833, "ETRS89 / UTM Zone 33N", Some("ETRS89_UTM33"), false, [-300_000.0, 700_000.0, N[0], N[1]]),
    zeile(4647, "ETRS89 / UTM Zone 32N mit Zonenkennzahl (zE-N)", Some("ETRS89_UTM32_zE-N"), false, [32_100_000.0, 33_000_000.0, N[0], N[1]]),
    zeile(31466, "DHDN / Gauß-Krüger Zone 2", Some("DE_DHDN_3GK2"), true, [2_400_000.0, 3_300_000.0, N[0], N[1]]),
    zeile(31467, "DHDN / Gauß-Krüger Zone 3", Some("DE_DHDN_3GK3"), true, [3_200_000.0, 4_000_000.0, N[0], N[1]]),
    zeile(31468, "DHDN / Gauß-Krüger Zone 4", Some("DE_DHDN_3GK4"), true, [4_000_000.0, 4_800_000.0, N[0], N[1]]),
    zeile(31469, "DHDN / Gauß-Krüger Zone 5", Some("DE_DHDN_3GK5"), true, [4_800_000.0, 5_550_000.0, N[0], N[1]]),
    zeile(4258, "ETRS89 (Länge, Breite)", Some("ETRS89_Lat-Lon"), true, [4.0, 17.0, 46.5, 56.0]),
    zeile(4326, "WGS 84 (Länge, Breite)", Some("WGS84_Lat-Lon"), true, [4.0, 17.0, 46.5, 56.0]),
];

/// A system together with the axis order its written form stands for.
#[derive(Debug, Clone, Copy)]
pub struct Angabe {
    /// The system.
    pub system: &'static Bezugssystem,
    /// The first number of a pair is the northing (latitude).
    pub norden_zuerst: bool,
}

/// Reads a `srsName` in any of the forms in use: `EPSG:25832`,
/// `urn:ogc:def:crs:EPSG::25832` (also with version, or with a height system behind
/// it), `http(s)://www.opengis.net/def/crs/EPSG/0/25832`,
/// `http://www.opengis.net/gml/srs/epsg.xml#25832`, `urn:adv:crs:ETRS89_UTM32`
/// (also `…*DE_DHHN92_NH`). None: not supported.
#[must_use]
pub fn erkenne(srs_name: &str) -> Option<Angabe> {
    let text = srs_name.trim();
    let klein = text.to_ascii_lowercase();
    if let Some(adv) = klein.strip_prefix("urn:adv:crs:") {
        let lage = adv.split('*').next().unwrap_or(adv);
        let system = SYSTEME
            .iter()
            .find(|s| s.adv.is_some_and(|name| name.eq_ignore_ascii_case(lage)))?;
        // AdV: projected systems easting first, geographic ones latitude first.
        let norden_zuerst = matches!(system.epsg, 4258 | 4326);
        return Some(Angabe {
            system,
            norden_zuerst,
        });
    }
    let (code, register) = if let Some(code) = klein.strip_prefix("epsg:") {
        // "EPSG::25832" turns up as a maimed URN; the order stays that of the short form.
        (code.trim_start_matches(':'), false)
    } else if let Some(rest) = klein
        .strip_prefix("urn:ogc:def:crs:")
        .or_else(|| klein.strip_prefix("urn:x-ogc:def:crs:"))
        .or_else(|| klein.strip_prefix("urn:ogc:def:crs,crs:"))
    {
        // A compound name continues with ",crs:EPSG::5783" for the height.
        let rest = rest.split(',').next()?;
        (rest.strip_prefix("epsg:")?.rsplit(':').next()?, true)
    } else if let Some((_, rest)) = klein.split_once("www.opengis.net/def/crs/epsg/") {
        (rest.rsplit('/').next()?, true)
    } else if let Some((_, code)) = klein.split_once("gml/srs/epsg.xml#") {
        (code, false)
    } else {
        return None;
    };
    let epsg: u32 = code.parse().ok()?;
    let system = SYSTEME.iter().find(|s| s.epsg == epsg)?;
    Some(Angabe {
        system,
        norden_zuerst: register && system.register_norden_zuerst,
    })
}

/// The supported systems for a message: `EPSG:25832 (ETRS89 / UTM Zone 32N), …`.
#[must_use]
pub fn unterstuetzte() -> String {
    SYSTEME
        .iter()
        .map(|s| format!("EPSG:{} ({})", s.epsg, s.name))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What was noticed while transforming.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lage {
    /// The axes stood the other way round than the name says, and were swapped.
    pub vertauscht: bool,
    /// The numbers lie outside Germany in either order.
    pub ausserhalb: bool,
}

/// Transforms to EPSG:25832; keeps the PROJ pipelines it has opened.
#[derive(Debug, Default)]
pub struct Umrechner {
    offen: Vec<(u32, CoordTransform)>,
}

impl Umrechner {
    /// Turns `punkte` (numbers in the order they were written) into easting, northing
    /// in EPSG:25832, in place.
    ///
    /// Errors: [`Error::Umgebung`] when PROJ does not know the system,
    /// [`Error::Eingabe`] when a point cannot be transformed.
    pub fn nach_25832(&mut self, angabe: Angabe, punkte: &mut [Coord<f64>]) -> Result<Lage> {
        let [e0, e1, n0, n1] = angabe.system.fenster;
        let in_fenster = |p: &Coord<f64>, gedreht: bool| {
            let (e, n) = if gedreht { (p.y, p.x) } else { (p.x, p.y) };
            (e0..=e1).contains(&e) && (n0..=n1).contains(&n)
        };
        let mut lage = Lage::default();
        let mut gedreht = angabe.norden_zuerst;
        if !punkte.iter().all(|p| in_fenster(p, gedreht)) {
            if punkte.iter().all(|p| in_fenster(p, !gedreht)) {
                gedreht = !gedreht;
                lage.vertauscht = true;
            } else {
                lage.ausserhalb = true;
            }
        }
        if gedreht {
            for p in punkte.iter_mut() {
                std::mem::swap(&mut p.x, &mut p.y);
            }
        }
        match angabe.system.epsg {
            25832 => {}
            // The same projection with the zone in front: exact, no PROJ.
            4647 => punkte.iter_mut().for_each(|p| p.x -= 32_000_000.0),
            epsg => self.mit_proj(epsg, punkte)?,
        }
        Ok(lage)
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

    fn epsg(name: &str) -> Option<(u32, bool)> {
        erkenne(name).map(|a| (a.system.epsg, a.norden_zuerst))
    }

    #[test]
    fn every_written_form_is_known() {
        for name in [
            "EPSG:25832",
            "epsg:25832",
            "urn:ogc:def:crs:EPSG::25832",
            "urn:ogc:def:crs:EPSG:9.1:25832",
            "urn:x-ogc:def:crs:EPSG:25832",
            "urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783",
            "http://www.opengis.net/def/crs/EPSG/0/25832",
            "https://www.opengis.net/def/crs/EPSG/0/25832",
            "http://www.opengis.net/gml/srs/epsg.xml#25832",
            "urn:adv:crs:ETRS89_UTM32",
            "urn:adv:crs:ETRS89_UTM32*DE_DHHN92_NH",
        ] {
            assert_eq!(epsg(name), Some((25832, false)), "{name}");
        }
        assert_eq!(epsg("EPSG:31468"), Some((31468, false)));
        assert_eq!(epsg("urn:ogc:def:crs:EPSG::31468"), Some((31468, true)));
        assert_eq!(epsg("urn:adv:crs:DE_DHDN_3GK4"), Some((31468, false)));
        assert_eq!(
            epsg("http://www.opengis.net/def/crs/EPSG/0/4258"),
            Some((4258, true))
        );
        for name in [
            "EPSG:2056",
            "",
            "25832",
            "urn:adv:crs:ETRS89_UTM99",
            "EPSG:",
        ] {
            assert_eq!(epsg(name), None, "{name}");
        }
    }

    fn nach(name: &str, x: f64, y: f64) -> (Coord<f64>, Lage) {
        let mut p = [Coord { x, y }];
        let lage = Umrechner::default()
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
}
