//! DHDN (Gauß-Krüger) to ETRS89 and back: by the grid BETA2007, as PROJ and PostGIS do.
//!
//! The grid is read once through PROJ, at its own nodes, and interpolated here as PROJ does:
//! a coordinate costs nanoseconds, and every place of the program gets the same one. Without
//! the grid, and outside Germany, the seven parameters of EPSG:1777 hold, up to 3 m off
//! ([`GITTER_FEHLER_M`]).

use std::sync::OnceLock;

use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, CoordTransformOptions, SpatialRef};

/// How far (metres) a coordinate can be off where the grid is missing.
pub const GITTER_FEHLER_M: f64 = 3.0;

/// Nodes of BETA2007: south-west corner, steps and numbers, in degrees.
const WEST: f64 = 5.5;
const SUED: f64 = 47.0;
const SCHRITT_LON: f64 = 1.0 / 6.0;
const SCHRITT_LAT: f64 = 0.1;
const SPALTEN: u16 = 62;
const ZEILEN: u16 = 84;

/// Shifts (longitude, latitude) in degrees, row by row from the south-west.
static GITTER: OnceLock<Option<Vec<(f64, f64)>>> = OnceLock::new();

fn gitter() -> Option<&'static [(f64, f64)]> {
    let geladen = GITTER.get_or_init(|| {
        let gitter = lade();
        if gitter.is_none() {
            tracing::warn!("Das Gitter BETA2007 fehlt (Debian: proj-data); Gauß-Krüger ist bis zu {GITTER_FEHLER_M} m ungenau.");
        }
        gitter
    });
    geladen.as_deref()
}

/// True when the grid is installed.
#[must_use]
pub fn hat_gitter() -> bool {
    gitter().is_some()
}

fn lade() -> Option<Vec<(f64, f64)>> {
    let mut dhdn = SpatialRef::from_epsg(4314).ok()?;
    let mut etrs = SpatialRef::from_epsg(4258).ok()?;
    // GDAL leaves the numbers in the order the operation reads them: longitude first.
    dhdn.set_axis_mapping_strategy(AxisMappingStrategy::AuthorityCompliant);
    etrs.set_axis_mapping_strategy(AxisMappingStrategy::AuthorityCompliant);
    let mut wahl = CoordTransformOptions::new().ok()?;
    wahl.set_coordinate_operation(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=hgridshift +grids=BETA2007.gsb +step +proj=unitconvert +xy_in=rad +xy_out=deg",
        false,
    )
    .ok()?;
    let weg = CoordTransform::new_with_options(&dhdn, &etrs, &wahl).ok()?;
    // A hair inside: a node on the rim may count as outside.
    let innen = |n: u16, anzahl: u16| match n {
        0 => 1e-9,
        n if n + 1 == anzahl => -1e-9,
        _ => 0.0,
    };
    let knoten: Vec<(f64, f64)> = (0..ZEILEN)
        .flat_map(|z| (0..SPALTEN).map(move |s| (s, z)))
        .map(|(s, z)| {
            let lon = WEST + f64::from(s) * SCHRITT_LON + innen(s, SPALTEN);
            let lat = SUED + f64::from(z) * SCHRITT_LAT + innen(z, ZEILEN);
            (lon, lat)
        })
        .collect();
    let mut x: Vec<f64> = knoten.iter().map(|k| k.0).collect();
    let mut y: Vec<f64> = knoten.iter().map(|k| k.1).collect();
    weg.transform_coords(&mut x, &mut y, &mut []).ok()?;
    let verschoben = x.iter().zip(&y).zip(&knoten);
    let werte: Vec<_> = verschoben.map(|((x, y), k)| (x - k.0, y - k.1)).collect();
    // The shift is some hundredths of a degree at most; anything else is no grid.
    werte
        .iter()
        .all(|(x, y)| x.abs() < 0.01 && y.abs() < 0.01)
        .then_some(werte)
}

/// The shift by the grid, bilinear; None outside it.
fn verschiebung(lon: f64, lat: f64) -> Option<(f64, f64)> {
    let gitter = gitter()?;
    let (u, v) = ((lon - WEST) / SCHRITT_LON, (lat - SUED) / SCHRITT_LAT);
    let im = |wert: f64, anzahl: u16| (0.0..=f64::from(anzahl - 1)).contains(&wert);
    if !im(u, SPALTEN) || !im(v, ZEILEN) {
        return None;
    }
    let stelle = |wert: f64, anzahl: u16| wert.floor().min(f64::from(anzahl - 2));
    let (s, z) = (stelle(u, SPALTEN), stelle(v, ZEILEN));
    let (p, q) = (u - s, v - z);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the grid, see above"
    )]
    let ecke = (z * f64::from(SPALTEN) + s) as usize;
    let spalten = usize::from(SPALTEN);
    let [a, b, c, d] = [ecke, ecke + 1, ecke + spalten, ecke + spalten + 1]
        .map(|n| gitter.get(n).copied().unwrap_or_default());
    let mische = |a: f64, b: f64, c: f64, d: f64| {
        (a * (1.0 - p) + b * p) * (1.0 - q) + (c * (1.0 - p) + d * p) * q
    };
    Some((mische(a.0, b.0, c.0, d.0), mische(a.1, b.1, c.1, d.1)))
}

/// Longitude, latitude in DHDN → in ETRS89.
#[must_use]
pub fn nach_etrs89(lon: f64, lat: f64) -> (f64, f64) {
    match verschiebung(lon, lat) {
        Some((dlon, dlat)) => (lon + dlon, lat + dlat),
        None => helmert(lon, lat),
    }
}

/// Longitude, latitude in ETRS89 → in DHDN, by iteration: below 1e-12 degrees after four steps.
#[must_use]
pub fn von_etrs89(lon: f64, lat: f64) -> (f64, f64) {
    let (mut x, mut y) = (lon, lat);
    for _ in 0..5 {
        let (u, v) = nach_etrs89(x, y);
        x += lon - u;
        y += lat - v;
    }
    (x, y)
}

/// Semi-major axis and flattening of Bessel 1841 and GRS80.
const BESSEL: (f64, f64) = (6_377_397.155, 1.0 / 299.152_812_8);
const GRS80: (f64, f64) = (6_378_137.0, 1.0 / 298.257_222_101);

/// EPSG:1777, position vector: metres, arc seconds, parts per million.
fn helmert(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y, z) = geozentrisch(BESSEL, lon, lat);
    let sekunde = |s: f64| (s / 3600.0).to_radians();
    let (rx, ry, rz) = (sekunde(0.202), sekunde(0.045), sekunde(-2.455));
    let m = 1.0 + 6.7e-6;
    geografisch(
        GRS80,
        598.1 + m * (x - rz * y + ry * z),
        73.7 + m * (rz * x + y - rx * z),
        418.2 + m * (-ry * x + rx * y + z),
    )
}

fn geozentrisch((a, f): (f64, f64), lon: f64, lat: f64) -> (f64, f64, f64) {
    let e2 = f * (2.0 - f);
    let ((sl, cl), (sb, cb)) = (lon.to_radians().sin_cos(), lat.to_radians().sin_cos());
    let n = a / (1.0 - e2 * sb * sb).sqrt();
    (n * cb * cl, n * cb * sl, n * (1.0 - e2) * sb)
}

fn geografisch((a, f): (f64, f64), x: f64, y: f64, z: f64) -> (f64, f64) {
    let e2 = f * (2.0 - f);
    let p = x.hypot(y);
    let mut lat = z.atan2(p * (1.0 - e2));
    for _ in 0..6 {
        let s = lat.sin();
        let n = a / (1.0 - e2 * s * s).sqrt();
        lat = (z + e2 * n * s).atan2(p);
    }
    (y.atan2(x).to_degrees(), lat.to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Second opinion: the constants of the import's test, made with another program.
    #[test]
    fn the_grid_is_that_of_proj_and_the_shift_goes_both_ways() {
        assert!(
            hat_gitter(),
            "this machine lacks the grid BETA2007 (Debian: proj-data)"
        );
        for (lon, lat) in [
            (10.5, 50.5),
            (6.1, 51.0),
            (13.4, 52.5),
            (10.87, 48.05),
            (5.6, 47.1),
            (15.5, 55.2),
        ] {
            let (x, y) = nach_etrs89(lon, lat);
            let (u, v) = von_etrs89(x, y);
            assert!((u - lon).abs() < 1e-11 && (v - lat).abs() < 1e-11);
            let (hx, hy) = helmert(lon, lat);
            // Degrees: 8e-5 are 6 to 9 m, what both may differ by at the rim of the grid.
            assert!(
                (hx - x).abs() < 8e-5 && (hy - y).abs() < 8e-5,
                "{lon} {lat}"
            );
        }
    }
}
