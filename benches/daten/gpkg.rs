//! The synthetic plan as a GeoPackage, and the mapping an office would write for it.

use std::path::Path;

use anyhow::{Context, Result};
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{
    Feature, FieldDefn, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use gdal::{Dataset, DriverManager};
use geo_types::{Geometry, MultiPolygon};
use geozero::wkb::Wkb;
use geozero::{CoordDimensions, ToGeo, ToWkb};

use crate::daten::Daten;

/// Keys of `fnp.nutzung` by the generator's number.
const NUTZUNGEN: [&str; 16] = [
    "W",
    "M",
    "G",
    "S",
    "gemeinbedarf",
    "sport",
    "verkehr_strasse",
    "ver_entsorgung",
    "gruen",
    "wasser",
    "wasserwirtschaft",
    "abgrabung",
    "landwirtschaft",
    "wald",
    "ohne_darstellung",
    "sonstiges",
];

/// What an office would say of the file: its layers, and which value is which use.
pub fn zuordnung() -> String {
    let kopf = "ebene = \"areas\"\nkennung = \"id\"\ngeltungsbereich = { ebene = \"plan\" }\n\n[plan]\nnummer = \"messung\"\n".to_owned();
    let regel = |(wert, nutzung)| {
        format!("\n[[regel]]\nwenn = {{ nutzung = \"{wert}\" }}\nnutzung = \"{nutzung}\"\n")
    };
    (0..)
        .zip(NUTZUNGEN)
        .map(regel)
        .fold(kopf, |text: String, regel: String| text + &regel)
}

fn wkb(geom: &MultiPolygon<f64>) -> Result<Vec<u8>> {
    Ok(Geometry::MultiPolygon(geom.clone()).to_wkb(CoordDimensions::xy())?)
}

/// Writes areas (`areas`: id, nutzung), Geltungsbereich (`plan`) and Ortsteile in EPSG:25832.
pub fn schreibe(ziel: &Path, daten: &Daten) -> Result<()> {
    let mut datei = DriverManager::get_driver_by_name("GPKG")?.create_vector_only(ziel)?;
    let srs = SpatialRef::from_epsg(25832)?;
    {
        let mut datei = datei.start_transaction()?;
        for (name, felder) in [("areas", true), ("plan", false), ("ortsteile", false)] {
            let ebene = datei.create_layer(LayerOptions {
                name,
                srs: Some(&srs),
                ty: OGRwkbGeometryType::wkbMultiPolygon,
                options: None,
            })?;
            if felder {
                FieldDefn::new("id", OGRFieldType::OFTString)?.add_to_layer(&ebene)?;
                FieldDefn::new("nutzung", OGRFieldType::OFTInteger)?.add_to_layer(&ebene)?;
            }
        }
        let ebene = datei.layer_by_name("areas")?;
        for (nr, flaeche) in (1..).zip(&daten.flaechen) {
            let mut objekt = Feature::new(ebene.defn())?;
            objekt.set_field_string(0, &kennung(nr))?;
            objekt.set_field_integer(1, i32::from(flaeche.nutzung))?;
            objekt.set_geometry(gdal::vector::Geometry::from_wkb(&wkb(&flaeche.geom)?)?)?;
            objekt.create(&ebene)?;
        }
        let ebene = datei.layer_by_name("plan")?;
        let mut plan = Feature::new(ebene.defn())?;
        plan.set_geometry(gdal::vector::Geometry::from_wkb(&wkb(
            &daten.geltungsbereich
        )?)?)?;
        plan.create(&ebene)?;
        drop(plan);
        let ebene = datei.layer_by_name("ortsteile")?;
        for ortsteil in &daten.ortsteile {
            let mut objekt = Feature::new(ebene.defn())?;
            objekt.set_geometry(gdal::vector::Geometry::from_wkb(&wkb(&ortsteil.geom)?)?)?;
            objekt.create(&ebene)?;
        }
        datei.commit()?;
    }
    datei.close()?;
    Ok(())
}

/// As long as a `gml:id` is.
fn kennung(nr: u32) -> String {
    format!("GML_{nr:08x}-5eed-4000-8000-{nr:012x}")
}

/// The Ortsteile beside the plan.
pub fn ortsteile(pfad: &Path) -> Result<Vec<MultiPolygon<f64>>> {
    let datei = Dataset::open(pfad)?;
    let mut ebene = datei.layer_by_name("ortsteile")?;
    ebene.features().map(|objekt| geometrie(&objekt)).collect()
}

fn geometrie(objekt: &Feature<'_>) -> Result<MultiPolygon<f64>> {
    let wkb = objekt.geometry().context("no geometry")?.wkb()?;
    match Wkb(wkb).to_geo()? {
        Geometry::MultiPolygon(geom) => Ok(geom),
        _ => anyhow::bail!("not a multipolygon"),
    }
}
