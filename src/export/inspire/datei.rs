//! The GeoPackage itself, written by GDAL on a thread of its own.

use std::path::Path;

use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{
    Feature, FieldDefn, Geometry, Layer, LayerAccess as _, LayerOptions, OGRFieldType,
    OGRwkbGeometryType,
};
use gdal::{DriverManager, vector::sql::Dialect};
use tokio::sync::mpsc::Receiver;

use super::{Ebene, Satz};
use crate::db::geom::SRID;
use crate::error::{Error, Result};
use crate::layers::formate::ogr::fehler;

/// Writes what comes until its end.
pub(super) fn schreibe(ziel: &Path, mut empfang: Receiver<Option<Vec<Satz>>>) -> Result<()> {
    // A crash leaves no file behind anyway: no need to wait for the disk.
    gdal::config::set_thread_local_config_option("OGR_SQLITE_SYNCHRONOUS", "OFF")
        .map_err(fehler)?;
    let treiber = DriverManager::get_driver_by_name("GPKG").map_err(fehler)?;
    let mut dataset = treiber.create_vector_only(ziel).map_err(fehler)?;
    let mut system = SpatialRef::from_epsg(SRID.unsigned_abs()).map_err(fehler)?;
    system.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    for ebene in Ebene::ALLE {
        let titel = format!("IDENTIFIER={}", ebene.titel());
        let neu = dataset
            .create_layer(LayerOptions {
                name: ebene.name(),
                srs: Some(&system),
                ty: match ebene {
                    Ebene::VorschriftLinie => OGRwkbGeometryType::wkbMultiLineString,
                    Ebene::VorschriftPunkt => OGRwkbGeometryType::wkbMultiPoint,
                    _ => OGRwkbGeometryType::wkbMultiPolygon,
                },
                // The index is built at the end in one go.
                options: Some(&[&titel, "FID=fid", "GEOMETRY_NAME=geom", "SPATIAL_INDEX=NO"]),
            })
            .map_err(fehler)?;
        for spalte in ebene.spalten() {
            FieldDefn::new(spalte, art(spalte))
                .and_then(|feld| feld.add_to_layer(&neu))
                .map_err(fehler)?;
        }
    }
    let vorgang = dataset.start_transaction().map_err(fehler)?;
    loop {
        match empfang.blocking_recv() {
            Some(Some(stueck)) => {
                for satz in stueck {
                    let ebene = vorgang.layer_by_name(satz.ebene.name()).map_err(fehler)?;
                    lege_ab(&ebene, satz)?;
                }
            }
            Some(None) => break,
            None => return Err(Error::intern("the objects of an export broke off")),
        }
    }
    vorgang.commit().map_err(fehler)?;
    for ebene in Ebene::ALLE {
        let sql = format!("SELECT CreateSpatialIndex('{}', 'geom')", ebene.name());
        dataset
            .execute_sql(&sql, None, Dialect::DEFAULT)
            .map_err(fehler)?;
    }
    dataset.close().map_err(fehler)
}

fn art(spalte: &str) -> OGRFieldType::Type {
    match spalte {
        "validfrom" => OGRFieldType::OFTDate,
        "beginlifespanversion" => OGRFieldType::OFTDateTime,
        _ => OGRFieldType::OFTString,
    }
}

fn lege_ab(ebene: &Layer<'_>, satz: Satz) -> Result<()> {
    let mut objekt = Feature::new(ebene.defn()).map_err(fehler)?;
    // Columns stand in the order in which they were made.
    for (stelle, wert) in satz.werte.iter().enumerate() {
        if let Some(wert) = wert {
            objekt.set_field_string(stelle, wert).map_err(fehler)?;
        }
    }
    if let Some(wkb) = satz.wkb {
        let geometrie = Geometry::from_wkb(&wkb).map_err(fehler)?;
        objekt.set_geometry(geometrie).map_err(fehler)?;
    }
    objekt.create(ebene).map_err(fehler)
}
