//! GeoJSON and GeoPackage through GDAL: features with areas, in EPSG:25832.
//!
//! GDAL opens exactly the one driver that the content calls for, and a GeoJSON that
//! names its CRS by a link is refused before GDAL could follow it.

use std::collections::BTreeMap;
use std::path::Path;

use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use geo_types::{Coord, Geometry, LineString, MultiPolygon};
use geozero::{ToGeo, wkb::Wkb};

use super::crs::{self, Umrechner};
use super::datei::Format;
use crate::error::{Error, Result};

/// One feature with an area.
#[derive(Debug)]
pub struct Merkmal {
    /// Position in the layer, from 1.
    pub nr: usize,
    /// Fields as text, names as delivered.
    pub felder: BTreeMap<String, String>,
    /// Area in EPSG:25832.
    pub geom: MultiPolygon<f64>,
}

impl Merkmal {
    /// The first non-empty field of these names.
    #[must_use]
    pub fn feld(&self, namen: &[&str]) -> Option<&str> {
        namen.iter().find_map(|name| {
            self.felder
                .get(*name)
                .map(|text| text.trim())
                .filter(|text| !text.is_empty())
        })
    }
}

/// Reads the areas of a file. Blocks.
///
/// # Errors
/// [`Error::Eingabe`]: not readable, several layers, no or an unknown CRS, a feature that is no area.
pub fn lies(datei: &Path, format: Format) -> Result<Vec<Merkmal>> {
    // GDAL prints its own English texts otherwise.
    gdal::config::set_error_handler(|_, number, text| tracing::debug!(number, text, "gdal"));
    let treiber = match format {
        Format::GeoJson => {
            lehne_verweis_ab(datei)?;
            "GeoJSON"
        }
        Format::GeoPackage => "GPKG",
        Format::Xml => {
            return Err(Error::eingabe(
                "Diese Datei ist XML. Erwartet wird GeoJSON oder GeoPackage; einen Flächennutzungsplan liest „zielraum import fnp“.",
            ));
        }
    };
    let dataset = Dataset::open_ex(
        datei,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: Some(&[treiber]),
            ..DatasetOptions::default()
        },
    )
    .map_err(|cause| {
        Error::eingabe(format!(
            "Die Datei lässt sich nicht als {treiber} lesen: {cause}"
        ))
    })?;
    if dataset.layer_count() != 1 {
        let namen: Vec<String> = dataset.layers().map(|layer| layer.name()).collect();
        return Err(Error::eingabe(format!(
            "Die Datei enthält {} Ebenen ({}); erwartet wird genau eine. Bitte die gemeinte Ebene einzeln speichern.",
            namen.len(),
            namen.join(", ")
        )));
    }
    let mut layer = dataset.layer(0).map_err(Error::intern)?;
    let epsg = layer
        .spatial_ref()
        .and_then(|system| system.auth_code().ok())
        .ok_or_else(|| {
            Error::eingabe(format!(
                "Die Datei nennt kein Koordinatenreferenzsystem. Unterstützt werden: {}.",
                crs::unterstuetzte()
            ))
        })?;
    // In files the easting (longitude) comes first, which is what the short form means.
    let angabe = crs::erkenne(&format!("EPSG:{epsg}")).ok_or_else(|| {
        Error::eingabe(format!(
            "Das Koordinatenreferenzsystem EPSG:{epsg} wird nicht unterstützt. Unterstützt werden: {}.",
            crs::unterstuetzte()
        ))
    })?;
    let erwartet = layer.try_feature_count();
    let mut umrechner = Umrechner::default();
    let mut merkmale = Vec::new();
    for (i, feature) in layer.features().enumerate() {
        let nr = i + 1;
        let felder = feature
            .fields()
            .filter_map(|(name, wert)| Some((name, wert?.into_string_lossless())))
            .collect();
        let wkb = feature
            .geometry()
            .ok_or_else(|| Error::eingabe(format!("Objekt {nr} hat keine Geometrie.")))?
            .wkb()
            .map_err(Error::intern)?;
        let geom = flaeche(&wkb).ok_or_else(|| {
            Error::eingabe(format!(
                "Objekt {nr} ist keine Fläche (erwartet: Polygon oder MultiPolygon ohne Bögen)."
            ))
        })?;
        merkmale.push(Merkmal {
            nr,
            felder,
            geom: rechne_um(geom, angabe, &mut umrechner, nr)?,
        });
    }
    // A damaged file can end early with a success code.
    if let Some(erwartet) = erwartet
        && erwartet != merkmale.len() as u64
    {
        return Err(Error::eingabe(format!(
            "Die Datei ist beschädigt: sie nennt {erwartet} Objekte, lesbar sind {}.",
            merkmale.len()
        )));
    }
    if merkmale.is_empty() {
        return Err(Error::eingabe("Die Datei enthält kein Objekt."));
    }
    Ok(merkmale)
}

fn flaeche(wkb: &[u8]) -> Option<MultiPolygon<f64>> {
    match Wkb(wkb).to_geo().ok()? {
        Geometry::Polygon(area) => Some(MultiPolygon(vec![area])),
        Geometry::MultiPolygon(area) if !area.0.is_empty() => Some(area),
        _ => None,
    }
}

fn rechne_um(
    mut geom: MultiPolygon<f64>,
    angabe: crs::Angabe,
    umrechner: &mut Umrechner,
    nr: usize,
) -> Result<MultiPolygon<f64>> {
    let mut punkte: Vec<Coord<f64>> = geo::CoordsIter::coords_iter(&geom).collect();
    if punkte.iter().any(|p| !p.x.is_finite() || !p.y.is_finite()) {
        return Err(Error::eingabe(format!(
            "Objekt {nr} hat eine Koordinate, die keine Zahl ist."
        )));
    }
    let lage = umrechner.nach_25832(angabe, &mut punkte)?;
    if lage.ausserhalb {
        return Err(Error::eingabe(format!(
            "Objekt {nr} liegt nach seinen Koordinaten nicht in Deutschland; bitte das Koordinatenreferenzsystem der Datei prüfen."
        )));
    }
    if lage.vertauscht {
        tracing::warn!(
            "Objekt {nr}: Rechts- und Hochwert waren vertauscht und wurden richtig gelesen."
        );
    }
    // coords_iter walks exteriors before interiors, and so must the way back.
    let mut neu = punkte.into_iter();
    for polygon in &mut geom.0 {
        polygon.exterior_mut(|ring| ersetze(ring, &mut neu));
        polygon.interiors_mut(|ringe| ringe.iter_mut().for_each(|ring| ersetze(ring, &mut neu)));
    }
    Ok(geom)
}

fn ersetze(ring: &mut LineString<f64>, neu: &mut impl Iterator<Item = Coord<f64>>) {
    for (punkt, neu) in ring.0.iter_mut().zip(neu) {
        *punkt = neu;
    }
}

/// Old GeoJSON may name its CRS by a link, which GDAL would fetch.
pub(super) fn lehne_verweis_ab(datei: &Path) -> Result<()> {
    #[derive(serde::Deserialize)]
    struct Kopf {
        crs: Option<Crs>,
    }
    #[derive(serde::Deserialize)]
    struct Crs {
        r#type: Option<String>,
    }
    let quelle = std::io::BufReader::new(std::fs::File::open(datei)?);
    let kopf: Kopf = serde_json::from_reader(quelle).map_err(|cause| {
        Error::eingabe(format!(
            "Die Datei ist kein gültiges GeoJSON (Zeile {}, Spalte {}).",
            cause.line(),
            cause.column()
        ))
    })?;
    match kopf.crs.and_then(|crs| crs.r#type).as_deref() {
        None | Some("name" | "EPSG") => Ok(()),
        Some(_) => Err(Error::eingabe(
            "Das GeoJSON nennt sein Koordinatenreferenzsystem durch einen Verweis; Verweise werden nicht verfolgt. Bitte ohne „crs“ (WGS 84) oder mit \"type\": \"name\" speichern.",
        )),
    }
}

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

/// Field values of any type as text.
trait Text {
    fn into_string_lossless(self) -> String;
}
impl Text for gdal::vector::FieldValue {
    fn into_string_lossless(self) -> String {
        use gdal::vector::FieldValue as V;
        match self {
            V::IntegerValue(v) => v.to_string(),
            V::Integer64Value(v) => v.to_string(),
            V::RealValue(v) => v.to_string(),
            V::StringValue(v) => v,
            V::DateValue(v) => v.to_string(),
            V::DateTimeValue(v) => v.to_rfc3339(),
            other => format!("{other:?}"),
        }
    }
}
