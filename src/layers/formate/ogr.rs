//! What the writers by GDAL share. It writes files of ours from values of ours; nothing a
//! stranger sent is read here.

use std::collections::HashSet;

use gdal::errors::GdalError;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{Geometry, OGRwkbGeometryType};

use super::Auftrag;
use super::form::Form;
use crate::error::{Error, Result};

/// A failed write: the disk, or ours.
#[must_use]
pub fn fehler(ursache: GdalError) -> Error {
    Error::intern(ursache)
}

/// The system of the coordinates, x before y.
pub fn system(auftrag: &Auftrag) -> Result<SpatialRef> {
    let epsg = u32::try_from(auftrag.epsg()).map_err(Error::intern)?;
    let mut system = SpatialRef::from_epsg(epsg).map_err(fehler)?;
    system.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(system)
}

/// GDAL's geometry.
pub fn geometrie(form: &Form) -> Result<Geometry> {
    Geometry::from_wkb(&form.wkb()).map_err(fehler)
}

/// GDAL's geometry of a single point.
pub fn punkt([x, y]: [f64; 2]) -> Result<Geometry> {
    let mut punkt = Geometry::empty(OGRwkbGeometryType::wkbPoint).map_err(fehler)?;
    punkt.set_point_2d(0, (x, y));
    Ok(punkt)
}

/// Names that differ whatever the case, at most `laenge` bytes, made by `schreibweise`; none
/// of `vergeben`. Later ones get a number at their end.
pub fn namen<'a>(
    namen: impl Iterator<Item = &'a str>,
    laenge: usize,
    vergeben: &[&str],
    schreibweise: impl Fn(&str) -> String,
) -> Vec<String> {
    let mut schon: HashSet<String> = vergeben.iter().map(|name| name.to_lowercase()).collect();
    namen
        .map(|name| {
            let name = schreibweise(name);
            let gekuerzt = |auf: usize| &name[..name.floor_char_boundary(auf)];
            let mut neu = gekuerzt(laenge).to_owned();
            let mut nr = 1;
            while !schon.insert(neu.to_lowercase()) {
                nr += 1;
                let ende = format!("_{nr}");
                neu = format!("{}{ende}", gekuerzt(laenge - ende.len()));
            }
            neu
        })
        .collect()
}

/// Letters, digits and `_` of ASCII; umlauts as two letters.
#[must_use]
pub fn ascii(name: &str) -> String {
    let mut text = String::new();
    for zeichen in name.chars() {
        match zeichen {
            'ä' => text.push_str("ae"),
            'ö' => text.push_str("oe"),
            'ü' => text.push_str("ue"),
            'Ä' => text.push_str("Ae"),
            'Ö' => text.push_str("Oe"),
            'Ü' => text.push_str("Ue"),
            'ß' => text.push_str("ss"),
            c if c.is_ascii_alphanumeric() => text.push(c),
            _ => text.push('_'),
        }
    }
    if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
        text.insert(0, 'f');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_stay_apart() {
        let lang = [
            "nutzung_schluessel",
            "nutzung_schluessel_alt",
            "NUTZUNG_SC",
            "größe",
            "größe ",
            "1",
        ];
        assert_eq!(
            namen(lang.into_iter(), 10, &["f1"], ascii),
            [
                "nutzung_sc",
                "nutzung__2",
                "NUTZUNG__3",
                "groesse",
                "groesse_",
                "f1_2"
            ]
        );
        let umlaut = namen(["äöüäöüäöü"].into_iter(), 5, &[], str::to_owned);
        assert_eq!(umlaut, ["äö"]);
    }
}
