//! Names of coordinate systems as clients of a WFS write them.
//!
//! Addresses and URNs mean the axis order of the definition. The short forms (`EPSG:4326`,
//! `…epsg.xml#4326`) come from a time when longitude stood first, and programs that send them
//! still mean that.

use super::ausnahme::Ausnahme;
use crate::layers::crs::Ziel;

/// A system and how its numbers are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct System {
    /// The system.
    pub ziel: Ziel,
    /// x stands first, whatever the definition says.
    pub x_zuerst: bool,
}

impl System {
    /// Four numbers in the order of the definition.
    #[must_use]
    pub fn nach_definition(self, [a, b, c, d]: [f64; 4]) -> [f64; 4] {
        if self.x_zuerst && self.ziel.norden_zuerst() {
            [b, a, d, c]
        } else {
            [a, b, c, d]
        }
    }

    /// The system an answer is written in: `EPSG:4326` with longitude first has a name of its own.
    #[must_use]
    pub fn antwort(self) -> Ziel {
        match (self.ziel, self.x_zuerst) {
            (Ziel::Epsg4326, true) => Ziel::Crs84,
            (ziel, _) => ziel,
        }
    }
}

/// Reads a name.
///
/// # Errors
/// A system that is not offered.
pub fn lies(ort: &str, name: &str) -> Result<System, Ausnahme> {
    let klein = name.trim().to_ascii_lowercase();
    let nummer = |anfang: &str| klein.strip_prefix(anfang).map(str::to_owned);
    let definiert = nummer("http://www.opengis.net/def/crs/epsg/")
        .or_else(|| nummer("https://www.opengis.net/def/crs/epsg/"))
        .and_then(|rest| rest.split_once('/').map(|(_, code)| code.to_owned()))
        .or_else(|| {
            let rest =
                nummer("urn:ogc:def:crs:epsg:").or_else(|| nummer("urn:x-ogc:def:crs:epsg:"))?;
            rest.rsplit(':').next().map(str::to_owned)
        });
    let kurz = nummer("epsg:").or_else(|| nummer("http://www.opengis.net/gml/srs/epsg.xml#"));
    let zu = |code: &String| {
        let srid = code.parse().ok()?;
        match Ziel::zu_srid(srid)? {
            Ziel::Crs84 => Some(Ziel::Epsg4326),
            ziel => Some(ziel),
        }
    };
    let gefunden = match (&definiert, &kurz) {
        _ if klein.ends_with(":crs84") || klein.ends_with("/crs84") => Some(System {
            ziel: Ziel::Crs84,
            x_zuerst: true,
        }),
        (Some(code), _) => zu(code).map(|ziel| System {
            ziel,
            x_zuerst: false,
        }),
        (None, Some(code)) => zu(code).map(|ziel| System {
            ziel,
            x_zuerst: true,
        }),
        (None, None) => None,
    };
    gefunden.ok_or_else(|| {
        Ausnahme::wert(
            ort,
            format!(
                "Das Koordinatensystem „{name}“ wird nicht angeboten. Möglich sind: {}.",
                Ziel::ALLE.map(urn).join(", ")
            ),
        )
    })
}

/// The name most programs know.
#[must_use]
pub fn urn(ziel: Ziel) -> String {
    match ziel.uri().rsplit_once('/') {
        Some((_, "CRS84")) | None => "urn:ogc:def:crs:OGC:1.3:CRS84".to_owned(),
        Some((_, code)) => format!("urn:ogc:def:crs:EPSG::{code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_the_ways_to_write_it() {
        let ist = |name: &str| lies("srsName", name).ok().map(|s| (s.ziel, s.x_zuerst));
        for (name, ziel, x_zuerst) in [
            ("urn:ogc:def:crs:EPSG::25832", Ziel::Epsg25832, false),
            ("urn:ogc:def:crs:EPSG:9.6:4326", Ziel::Epsg4326, false),
            (
                "http://www.opengis.net/def/crs/EPSG/0/31468",
                Ziel::Epsg31468,
                false,
            ),
            ("EPSG:4326", Ziel::Epsg4326, true),
            (
                "http://www.opengis.net/gml/srs/epsg.xml#4258",
                Ziel::Epsg4258,
                true,
            ),
            ("urn:ogc:def:crs:OGC:1.3:CRS84", Ziel::Crs84, true),
            (
                "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
                Ziel::Crs84,
                true,
            ),
        ] {
            assert_eq!(ist(name), Some((ziel, x_zuerst)), "{name}");
        }
        for falsch in ["", "EPSG:27700", "urn:ogc:def:crs:EPSG::", "25832"] {
            assert_eq!(ist(falsch), None, "{falsch}");
        }
        for ziel in Ziel::ALLE {
            assert_eq!(lies("", &urn(ziel)).unwrap().ziel, ziel);
            assert_eq!(lies("", ziel.uri()).unwrap().ziel, ziel);
        }
    }
}
