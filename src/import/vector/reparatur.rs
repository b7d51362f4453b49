//! Structural repair of invalid areas. GEOS works on our own numbers here, not on a file.

use geo_types::{Geometry, MultiPolygon};
use geozero::{ToGeo, wkb::Wkb};

use crate::error::{Error, Result};

/// A valid polygon made of an invalid one: exteriors united, holes subtracted
/// (GEOS, `METHOD=STRUCTURE`). None when nothing with an area is left.
pub fn repariere(geom: &MultiPolygon<f64>) -> Result<Option<MultiPolygon<f64>>> {
    let mut optionen = gdal::cpl::CslStringList::new();
    optionen
        .add_name_value("METHOD", "STRUCTURE")
        .map_err(Error::intern)?;
    let wkb = geozero::ToWkb::to_wkb(
        &Geometry::MultiPolygon(geom.clone()),
        geozero::CoordDimensions::xy(),
    )
    .map_err(Error::intern)?;
    let repariert = gdal::vector::Geometry::from_wkb(&wkb)
        .and_then(|geometry| geometry.make_valid(&optionen))
        .and_then(|geometry| geometry.wkb())
        .map_err(Error::intern)?;
    let mut teile = Vec::new();
    sammle(Wkb(repariert).to_geo().map_err(Error::intern)?, &mut teile);
    Ok((!teile.is_empty()).then_some(MultiPolygon(teile)))
}

fn sammle(geometry: Geometry<f64>, teile: &mut Vec<geo_types::Polygon<f64>>) {
    match geometry {
        Geometry::Polygon(p) => teile.push(p),
        Geometry::MultiPolygon(m) => teile.extend(m.0),
        Geometry::GeometryCollection(c) => c.0.into_iter().for_each(|g| sammle(g, teile)),
        _ => {}
    }
}
