//! Coordinate reference systems of delivered files, and the one way from them to
//! EPSG:25832 (easting, northing; metres), in which everything here is stored.
//!
//! Axis order is the trap: for the Gauss-Krüger and the geographic systems the short
//! form `EPSG:31468` is taken as easting, northing (longitude, latitude), the URN and
//! http forms mean the order of the EPSG register, northing first; `AdV` names mean
//! easting first for projected systems. Files get it wrong, so the numbers have the
//! last word: what lies in Germany only the other way round is swapped, and the
//! caller is told. The zone number in front of an easting (32 638 000, 4 416 000) is
//! the second trap; see [`Umrechner::mit_zonen`].

mod umrechnen;

pub use umrechnen::{GITTER_FEHLER_M, Lage, Umrechner};

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

impl PartialEq for Bezugssystem {
    fn eq(&self, andere: &Self) -> bool {
        self.epsg == andere.epsg
    }
}
impl Eq for Bezugssystem {}

impl Bezugssystem {
    /// Coordinates are angles in degrees, not metres.
    #[must_use]
    pub fn geographisch(&self) -> bool {
        self.fenster[1] < 360.0
    }

    /// The place lies in the window of Germany in this system; easting (longitude) first.
    #[must_use]
    pub fn enthaelt(&self, x: f64, y: f64) -> bool {
        let [e0, e1, n0, n1] = self.fenster;
        (e0..=e1).contains(&x) && (n0..=n1).contains(&y)
    }
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
const GRAD: [f64; 4] = [4.0, 17.0, 46.5, 56.0];
#[rustfmt::skip]
static SYSTEME: &[Bezugssystem] = &[
    zeile(25832, "ETRS89 / UTM Zone 32N", Some("ETRS89_UTM32"), false, [100_000.0, 1_000_000.0, N[0], N[1]]),
    zeile(25833, "ETRS89 / UTM Zone 33N", Some("ETRS89_UTM33"), false, [-300_000.0, 700_000.0, N[0], N[1]]),
    zeile(4647, "ETRS89 / UTM Zone 32N mit Zonenkennzahl (zE-N)", Some("ETRS89_UTM32_zE-N"), false, [32_100_000.0, 33_000_000.0, N[0], N[1]]),
    zeile(5650, "ETRS89 / UTM Zone 33N mit Zonenkennzahl (zE-N)", Some("ETRS89_UTM33_zE-N"), false, [33_000_000.0, 33_700_000.0, N[0], N[1]]),
    zeile(31466, "DHDN / Gauß-Krüger Zone 2", Some("DE_DHDN_3GK2"), true, [2_400_000.0, 3_200_000.0, N[0], N[1]]),
    zeile(31467, "DHDN / Gauß-Krüger Zone 3", Some("DE_DHDN_3GK3"), true, [3_200_000.0, 4_000_000.0, N[0], N[1]]),
    zeile(31468, "DHDN / Gauß-Krüger Zone 4", Some("DE_DHDN_3GK4"), true, [4_000_000.0, 4_800_000.0, N[0], N[1]]),
    zeile(31469, "DHDN / Gauß-Krüger Zone 5", Some("DE_DHDN_3GK5"), true, [4_800_000.0, 5_550_000.0, N[0], N[1]]),
    zeile(4258, "ETRS89 (Länge, Breite)", Some("ETRS89_Lat-Lon"), true, GRAD),
    zeile(4326, "WGS 84 (Länge, Breite)", Some("WGS84_Lat-Lon"), true, GRAD),
    zeile(4314, "DHDN (Länge, Breite)", Some("DE_DHDN_Lat-Lon"), true, GRAD),
    zeile(3857, "WGS 84 / Pseudo-Mercator (Webkarten)", None, false, [440_000.0, 1_900_000.0, 5_850_000.0, 7_560_000.0]),
];

/// Codes that name one of the systems above in another axis order, or together with
/// a height: code, system, northing first in the register.
const ALIASE: &[(u32, u32, bool)] = &[
    (3044, 25832, true),
    (3045, 25833, true),
    (5652, 4647, true),
    (5653, 5650, true),
    // With DHHN92 heights.
    (5555, 25832, false),
    (5556, 25833, false),
    // Gauß-Krüger, easting first.
    (5676, 31466, false),
    (5677, 31467, false),
    (5678, 31468, false),
    (5679, 31469, false),
];

/// Whether a box in EPSG:25832 (least and greatest easting, then northing: x0, y0, x1, y1)
/// meets the window in which Germany lies.
#[must_use]
pub fn bei_deutschland([x0, y0, x1, y1]: [f64; 4]) -> bool {
    let [e0, e1, n0, n1] = SYSTEME[0].fenster;
    x1 >= e0 && x0 <= e1 && y1 >= n0 && y0 <= n1
}

fn system(epsg: u32) -> Option<&'static Bezugssystem> {
    SYSTEME.iter().find(|s| s.epsg == epsg)
}

/// A system together with the axis order its written form stands for.
#[derive(Debug, Clone, Copy)]
pub struct Angabe {
    /// The system.
    pub system: &'static Bezugssystem,
    /// The first number of a pair is the northing (latitude).
    pub norden_zuerst: bool,
}

/// Reads a `srsName` in any of the forms in use: `EPSG:25832`, `25832`,
/// `urn:ogc:def:crs:EPSG::25832` (also with version, or with a height system behind
/// it), `http(s)://www.opengis.net/def/crs/EPSG/0/25832`,
/// `http://www.opengis.net/gml/srs/epsg.xml#25832`, `CRS84` and its URN and http
/// form, `urn:adv:crs:ETRS89_UTM32` (also without the prefix, with the state behind it,
/// `DE_DHDN_3GK4_BY120`, or a height, `…*DE_DHHN92_NH`). None: not supported.
#[must_use]
pub fn erkenne(srs_name: &str) -> Option<Angabe> {
    let klein = srs_name.trim().to_ascii_lowercase();
    if let Some(angabe) = erkenne_adv(&klein) {
        return Some(angabe);
    }
    if ist_crs84(&klein) {
        return Some(Angabe {
            system: system(4326)?,
            norden_zuerst: false,
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
    } else if let Some((_, rest)) = klein.split_once("opengis.net/def/crs/epsg/") {
        (rest.trim_end_matches('/').rsplit('/').next()?, true)
    } else if let Some((_, code)) = klein.split_once("gml/srs/epsg.xml#") {
        (code, false)
    } else {
        // The bare code: nobody means anything else by it.
        (klein.as_str(), false)
    };
    // "25832+7837": the height behind the plus is of no use here.
    let code = code.split('+').next()?;
    if !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let epsg: u32 = code.parse().ok()?;
    if let Some((_, echt, norden)) = ALIASE.iter().find(|(alias, ..)| *alias == epsg) {
        return Some(Angabe {
            system: system(*echt)?,
            norden_zuerst: register && *norden,
        });
    }
    let system = system(epsg)?;
    Some(Angabe {
        system,
        norden_zuerst: register && system.register_norden_zuerst,
    })
}

/// `AdV`: projected systems easting first, geographic ones latitude first.
fn erkenne_adv(klein: &str) -> Option<Angabe> {
    let name = klein.strip_prefix("urn:adv:crs:").unwrap_or(klein);
    let lage = name.split('*').next().unwrap_or(name);
    let passt = |s: &&Bezugssystem| {
        s.adv.is_some_and(|adv| {
            let adv = adv.to_ascii_lowercase();
            lage == adv
                // DE_DHDN_3GK4_BY120: the realisation of a state.
                || (adv.starts_with("de_dhdn_3gk")
                    && lage.strip_prefix(adv.as_str()).is_some_and(|rest| rest.starts_with('_')))
        })
    };
    let system = SYSTEME.iter().find(passt)?;
    Some(Angabe {
        system,
        norden_zuerst: system.geographisch(),
    })
}

fn ist_crs84(klein: &str) -> bool {
    matches!(klein, "crs84" | "crs:84" | "ogc:crs84")
        || (klein.starts_with("urn:ogc:def:crs:ogc:") && klein.ends_with(":crs84"))
        || (klein.contains("opengis.net/def/crs/ogc/") && klein.ends_with("/crs84"))
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
            " EPSG:25832 ",
            "25832",
            "EPSG:25832+7837",
            "urn:ogc:def:crs:EPSG::25832",
            "urn:ogc:def:crs:EPSG:9.1:25832",
            "urn:x-ogc:def:crs:EPSG:25832",
            "urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783",
            "http://www.opengis.net/def/crs/EPSG/0/25832",
            "https://www.opengis.net/def/crs/EPSG/0/25832/",
            "http://www.opengis.net/gml/srs/epsg.xml#25832",
            "urn:adv:crs:ETRS89_UTM32",
            "ETRS89_UTM32",
            "urn:adv:crs:ETRS89_UTM32*DE_DHHN92_NH",
            "urn:ogc:def:crs:EPSG::5555",
        ] {
            assert_eq!(epsg(name), Some((25832, false)), "{name}");
        }
        for (name, soll) in [
            ("EPSG:31468", (31468, false)),
            ("urn:ogc:def:crs:EPSG::31468", (31468, true)),
            ("urn:adv:crs:DE_DHDN_3GK4", (31468, false)),
            ("urn:adv:crs:DE_DHDN_3GK4_BY120", (31468, false)),
            ("urn:adv:crs:DE_DHDN_3GK2_NW101", (31466, false)),
            ("urn:ogc:def:crs:EPSG::5678", (31468, false)),
            ("urn:ogc:def:crs:EPSG::3044", (25832, true)),
            ("EPSG:5650", (5650, false)),
            ("urn:adv:crs:ETRS89_UTM33", (25833, false)),
            ("http://www.opengis.net/def/crs/EPSG/0/4258", (4258, true)),
            ("urn:adv:crs:ETRS89_Lat-Lon", (4258, true)),
            ("CRS84", (4326, false)),
            ("urn:ogc:def:crs:OGC:1.3:CRS84", (4326, false)),
            (
                "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
                (4326, false),
            ),
            ("urn:ogc:def:crs:EPSG::4326", (4326, true)),
        ] {
            assert_eq!(epsg(name), Some(soll), "{name}");
        }
        for name in [
            "EPSG:2056",
            "",
            "+25832",
            "EPSG:+25832",
            "urn:adv:crs:ETRS89_UTM99",
            "urn:adv:crs:DE_DHDN_3GK45",
            "EPSG:",
            "EPSG:99999999999999999999",
            "http://evil.example/crs.xml",
            "http://evil.example/?x=opengis.net/def/crs/epsg/",
        ] {
            assert_eq!(epsg(name), None, "{name}");
        }
    }
}
