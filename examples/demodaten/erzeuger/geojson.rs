//! Writes GeoJSON in EPSG:25832 with the older `crs` member, as many offices deliver it: the
//! corners stay the very ones of the plans, a change to degrees would move them.

use super::form::P;
use std::fmt::Write;

/// One feature: its properties as JSON text and its polygons.
pub struct Merkmal {
    pub eigenschaften: String,
    pub polygone: Vec<Vec<Vec<P>>>,
}

pub fn sammlung(name: &str, merkmale: &[Merkmal]) -> String {
    let mut aus = format!(
        "{{\"type\":\"FeatureCollection\",\"name\":\"{name}\",\"hinweis\":\"Demodaten – keine amtlichen Angaben\",\n\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"urn:ogc:def:crs:EPSG::25832\"}}}},\n\"features\":[\n"
    );
    for (i, m) in merkmale.iter().enumerate() {
        let polygone: Vec<String> = m.polygone.iter().map(|p| polygon(p)).collect();
        let komma = if i + 1 < merkmale.len() { "," } else { "" };
        let _ = writeln!(
            aus,
            "{{\"type\":\"Feature\",\"properties\":{},\"geometry\":{{\"type\":\"MultiPolygon\",\"coordinates\":[{}]}}}}{komma}",
            m.eigenschaften,
            polygone.join(",")
        );
    }
    aus + "]}\n"
}

fn polygon(ringe: &[Vec<P>]) -> String {
    let ringe: Vec<String> = ringe
        .iter()
        .map(|r| {
            let ecken: Vec<String> = r
                .iter()
                .chain(&r[..1])
                .map(|p| format!("[{},{}]", p.ost(), p.nord()))
                .collect();
            format!("[{}]", ecken.join(","))
        })
        .collect();
    format!("[{}]", ringe.join(","))
}
