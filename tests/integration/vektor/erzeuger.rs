//! Writes small files of every format, right and wrong, into a folder of the test.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use gdal::spatial_ref::SpatialRef;
use gdal::vector::sql::Dialect;
use gdal::vector::{
    Feature, FieldDefn, Geometry, Layer, LayerAccess as _, LayerOptions, OGRFieldType,
    OGRwkbGeometryType,
};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};

/// Attributes and WKT of one feature; None: no geometry.
pub type Zeile<'a> = (&'a str, &'a str, Option<&'a str>);

/// A square of 100 m: 1 ha.
pub fn hektar(x: f64, y: f64) -> String {
    format!(
        "POLYGON(({x} {y},{} {y},{} {},{x} {},{x} {y}))",
        x + 100.0,
        x + 100.0,
        y + 100.0,
        y + 100.0
    )
}

/// One layer by GDAL.
pub fn schreibe(
    treiber: &str,
    pfad: &Path,
    ebene: &str,
    epsg: Option<u32>,
    optionen: &[&str],
    zeilen: &[Zeile<'_>],
) {
    let treiber = DriverManager::get_driver_by_name(treiber).unwrap();
    let mut dataset = treiber.create_vector_only(pfad).unwrap();
    ergaenze(&mut dataset, ebene, epsg, optionen, zeilen);
    dataset.close().unwrap();
}

pub fn ergaenze(
    dataset: &mut Dataset,
    ebene: &str,
    epsg: Option<u32>,
    optionen: &[&str],
    zeilen: &[Zeile<'_>],
) {
    let system = epsg.map(|epsg| SpatialRef::from_epsg(epsg).unwrap());
    let layer = dataset
        .create_layer(LayerOptions {
            name: ebene,
            srs: system.as_ref(),
            ty: OGRwkbGeometryType::wkbUnknown,
            options: (!optionen.is_empty()).then_some(optionen),
        })
        .unwrap();
    fuelle(&layer, zeilen);
}

/// Fields and features of a new layer.
fn fuelle(layer: &Layer<'_>, zeilen: &[Zeile<'_>]) {
    for name in ["NAME", "ART"] {
        FieldDefn::new(name, OGRFieldType::OFTString)
            .unwrap()
            .add_to_layer(layer)
            .unwrap();
    }
    for (name, art, wkt) in zeilen {
        let mut feature = Feature::new(layer.defn()).unwrap();
        feature.set_field_string(0, name).unwrap();
        feature.set_field_string(1, art).unwrap();
        if let Some(wkt) = wkt {
            feature
                .set_geometry(Geometry::from_wkt(wkt).unwrap())
                .unwrap();
        }
        feature.create(layer).unwrap();
    }
}

/// A plain GeoPackage in EPSG:25832.
pub fn gpkg(ordner: &Path, zeilen: &[Zeile<'_>]) -> PathBuf {
    let pfad = ordner.join("daten.gpkg");
    schreibe("GPKG", &pfad, "flaechen", Some(25832), &[], zeilen);
    pfad
}

/// Runs SQL in a GeoPackage.
pub fn sql(pfad: &Path, befehle: &[&str]) {
    let dataset = Dataset::open_ex(
        pfad,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_UPDATE,
            ..DatasetOptions::default()
        },
    )
    .unwrap();
    for befehl in befehle {
        dataset.execute_sql(befehl, None, Dialect::DEFAULT).unwrap();
    }
    dataset.close().unwrap();
}

/// A Shapefile with its siblings; returns the `.shp`.
pub fn shp(
    ordner: &Path,
    name: &str,
    epsg: Option<u32>,
    kodierung: &str,
    zeilen: &[Zeile<'_>],
) -> PathBuf {
    let unter = ordner.join(format!("shp-{name}"));
    fs::create_dir_all(&unter).unwrap();
    let pfad = unter.join(format!("{name}.shp"));
    let option = format!("ENCODING={kodierung}");
    let system = epsg.map(|epsg| SpatialRef::from_epsg(epsg).unwrap());
    let treiber = DriverManager::get_driver_by_name("ESRI Shapefile").unwrap();
    let mut dataset = treiber.create_vector_only(&pfad).unwrap();
    let layer = dataset
        .create_layer(LayerOptions {
            name,
            srs: system.as_ref(),
            ty: OGRwkbGeometryType::wkbPolygon,
            options: Some(&[&option]),
        })
        .unwrap();
    fuelle(&layer, zeilen);
    dataset.close().unwrap();
    pfad
}

/// Overwrites bytes of a file.
pub fn ueberschreibe(pfad: &Path, ab: usize, bytes: &[u8]) {
    let mut inhalt = fs::read(pfad).unwrap();
    inhalt[ab..ab + bytes.len()].copy_from_slice(bytes);
    fs::write(pfad, inhalt).unwrap();
}

/// A zip of the given entries.
pub fn zip(pfad: &Path, eintraege: &[(&str, &[u8])]) {
    let mut archiv = zip::ZipWriter::new(fs::File::create(pfad).unwrap());
    for (name, inhalt) in eintraege {
        archiv
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archiv.write_all(inhalt).unwrap();
    }
    archiv.finish().unwrap();
}

/// A zip of the parts of Shapefiles, in a folder of the archive.
pub fn zip_shp(pfad: &Path, shapefiles: &[&Path], endungen: &[&str]) {
    let mut inhalte = Vec::new();
    for shp in shapefiles {
        for endung in endungen {
            let teil = shp.with_extension(endung);
            if let Ok(inhalt) = fs::read(&teil) {
                let name = teil.file_name().unwrap().to_string_lossy();
                inhalte.push((format!("Lieferung/{name}"), inhalt));
            }
        }
    }
    let liste: Vec<(&str, &[u8])> = inhalte
        .iter()
        .map(|(n, i)| (n.as_str(), i.as_slice()))
        .collect();
    zip(pfad, &liste);
}

pub fn datei(ordner: &Path, name: &str, inhalt: impl AsRef<[u8]>) -> PathBuf {
    let pfad = ordner.join(name);
    fs::write(&pfad, inhalt).unwrap();
    pfad
}

/// A GeoJSON of the given features, with members before them.
pub fn geojson(ordner: &Path, vorn: &str, features: &[&str]) -> PathBuf {
    datei(
        ordner,
        "daten.geojson",
        format!(
            "{{\"type\":\"FeatureCollection\",{vorn}\"features\":[{}]}}",
            features.join(",")
        ),
    )
}

/// `"crs"` of EPSG:25832.
pub const CRS: &str =
    r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25832"}},"#;

/// A feature of 1 ha in EPSG:25832.
pub fn feature(eigenschaften: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{eigenschaften},"geometry":{{"type":"Polygon","coordinates":[[[640000,5320000],[640100,5320000],[640100,5320100],[640000,5320100],[640000,5320000]]]}}}}"#
    )
}
