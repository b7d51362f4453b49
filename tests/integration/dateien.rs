//! Files of the service, read by GDAL.

use std::fmt::Write as _;
use std::path::PathBuf;

use gdal::vector::sql::Dialect;
use gdal::vector::{FieldValue, LayerAccess as _};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

/// One layer of a file.
#[derive(Debug)]
pub struct Ebene {
    pub name: String,
    /// EPSG code.
    pub epsg: Option<i32>,
    /// Name and alternative name.
    pub felder: Vec<(String, String)>,
    pub saetze: Vec<Satz>,
}

/// One object.
#[derive(Debug)]
pub struct Satz {
    pub werte: Vec<Option<String>>,
    pub wkt: Option<String>,
    /// In the file's system.
    pub flaeche: f64,
}

impl Ebene {
    /// All values of a column.
    pub fn spalte(&self, name: &str) -> Vec<Option<&str>> {
        let nr = self
            .felder
            .iter()
            .position(|(feld, _)| feld == name)
            .unwrap_or_else(|| panic!("{name}: {:?}", self.felder));
        self.saetze
            .iter()
            .map(|satz| satz.werte[nr].as_deref())
            .collect()
    }
}

/// Reads what GDAL finds in a file of this ending.
pub fn lies(endung: &str, bytes: &[u8]) -> Vec<Ebene> {
    let ordner = tempfile::tempdir().unwrap();
    let pfad = ordner.path().join(format!("datei.{endung}"));
    std::fs::write(&pfad, bytes).unwrap();
    let pfad = if endung.ends_with("zip") {
        PathBuf::from(format!("/vsizip/{}", pfad.display()))
    } else {
        pfad
    };
    // A sheet of texts has a head as well; GDAL would guess, and 3.6 knows it by this name alone.
    gdal::config::set_config_option("OGR_XLSX_HEADERS", "FORCE").unwrap();
    let open_options: &[&str] = match endung {
        "csv" => &["EMPTY_STRING_AS_NULL=YES"],
        _ => &[],
    };
    let optionen = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR,
        open_options: Some(open_options),
        ..DatasetOptions::default()
    };
    let dataset = Dataset::open_ex(&pfad, optionen).unwrap_or_else(|e| panic!("{endung}: {e}"));
    let mut ebenen: Vec<Ebene> = dataset.layers().map(lies_ebene).collect();
    if endung == "gpkg" {
        for ebene in &mut ebenen {
            // GDAL takes these for alternative names from 3.7 on.
            let sql = format!(
                "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = '{}'",
                ebene.name
            );
            // A file that is not ours may lack the table.
            let Ok(Some(mut zeilen)) = dataset.execute_sql(sql, None, Dialect::DEFAULT) else {
                continue;
            };
            for zeile in zeilen.features() {
                let text = |nr| zeile.field_as_string(nr).unwrap().unwrap();
                let feld = ebene.felder.iter_mut().find(|(name, _)| *name == text(0));
                feld.unwrap().1 = text(1);
            }
        }
    }
    ebenen
}

fn lies_ebene(mut ebene: gdal::vector::Layer<'_>) -> Ebene {
    let felder = ebene
        .defn()
        .fields()
        .map(|feld| (feld.name(), feld.alternative_name()))
        .collect();
    let epsg = ebene
        .spatial_ref()
        .and_then(|system| system.auth_code().ok());
    let saetze = ebene
        .features()
        .map(|objekt| {
            let werte = objekt
                .fields()
                .map(|(_, wert)| wert.map(|wert| text(&wert)))
                .collect();
            let form = objekt.geometry().filter(|form| !form.is_empty());
            Satz {
                werte,
                flaeche: form
                    .filter(|form| form.geometry_name().ends_with("POLYGON"))
                    .map_or(0.0, gdal::vector::Geometry::area),
                wkt: form.map(|form| form.wkt().unwrap()),
            }
        })
        .collect();
    Ebene {
        name: ebene.name(),
        epsg,
        felder,
        saetze,
    }
}

fn text(wert: &FieldValue) -> String {
    match wert {
        FieldValue::StringValue(text) => text.clone(),
        FieldValue::IntegerValue(zahl) => zahl.to_string(),
        FieldValue::Integer64Value(zahl) => zahl.to_string(),
        FieldValue::RealValue(zahl) => zahl.to_string(),
        FieldValue::DateValue(tag) => tag.to_string(),
        FieldValue::DateTimeValue(zeit) => zeit.to_rfc3339(),
        andere => format!("{andere:?}"),
    }
}

/// Everything in a file as one text: names, values, geometries.
pub fn als_text(endung: &str, bytes: &[u8]) -> String {
    let mut out = String::new();
    for ebene in lies(endung, bytes) {
        let _ = writeln!(out, "{} {:?}", ebene.name, ebene.felder);
        for satz in ebene.saetze {
            for wert in satz.werte.into_iter().flatten() {
                let _ = writeln!(out, " {wert}");
            }
            let _ = writeln!(out, " {}", satz.wkt.unwrap_or_default());
        }
    }
    out
}
