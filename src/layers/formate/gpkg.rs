//! GeoPackage: one table with German aliases (`gpkg_data_columns`), code lists, the style of
//! the layer (`layer_styles`, as QGIS reads it) and a table with Stand, source and licence.
//! Written to a file that is there already, it becomes one more table of it.

use std::path::Path;

use gdal::vector::sql::Dialect;
use gdal::vector::{Feature, LayerAccess as _, LayerOptions, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags, Metadata as _};

use super::form::Art;
use super::ogr::{self, fehler};
use super::satz::{Satz, Wert};
use super::{Auftrag, Saetze, eindeutig};
use crate::error::{Error, Result};
use crate::layers::stil::{Stil, qml};
use crate::layers::wert::Klasse;

const FID: &str = "fid";
const GEOM: &str = "geom";

/// Writes the file.
pub fn schreibe(auftrag: &Auftrag, ziel: &Path, saetze: &mut Saetze<'_>) -> Result<()> {
    // A crash leaves no file behind anyway: no need to wait for the disk.
    gdal::config::set_thread_local_config_option("OGR_SQLITE_SYNCHRONOUS", "OFF")
        .map_err(fehler)?;
    let felder = &auftrag.aufbau.felder;
    // SQLite knows no case, and two columns are the container's own.
    let namen = ogr::namen(
        felder.iter().map(|feld| feld.name.as_str()),
        200,
        &[FID, GEOM],
        str::to_owned,
    );
    lege_an(auftrag, ziel, &namen)?;
    // Opened again, so that columns made by SQL (yes and no, days) are known to GDAL.
    let mut dataset = oeffne(ziel)?;
    let vorgang = dataset.start_transaction().map_err(fehler)?;
    {
        let ebene = vorgang.layer_by_name(&auftrag.id).map_err(fehler)?;
        let stellen: Vec<usize> = namen
            .iter()
            .map(|name| ebene.defn().field_index(name).map_err(fehler))
            .collect::<Result<_>>()?;
        for satz in saetze {
            let Satz { werte, form } = satz?;
            let mut objekt = Feature::new(ebene.defn()).map_err(fehler)?;
            for (wert, stelle) in werte.iter().zip(&stellen) {
                setze(&mut objekt, *stelle, wert).map_err(fehler)?;
            }
            if let Some(form) = form {
                objekt
                    .set_geometry(ogr::geometrie(&form)?)
                    .map_err(fehler)?;
            }
            objekt.create(&ebene).map_err(fehler)?;
        }
    }
    vorgang.commit().map_err(fehler)?;
    if auftrag.aufbau.art.is_some() {
        fuehre_aus(
            &dataset,
            &format!(
                "SELECT CreateSpatialIndex({}, {})",
                text(&auftrag.id),
                text(GEOM)
            ),
        )?;
    }
    beschreibe(&mut dataset, auftrag, &namen)?;
    dataset.close().map_err(fehler)
}

/// A file of ours, for writing.
pub fn oeffne(ziel: &Path) -> Result<Dataset> {
    let optionen = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_UPDATE,
        allowed_drivers: Some(&["GPKG"]),
        ..DatasetOptions::default()
    };
    Dataset::open_ex(ziel, optionen).map_err(fehler)
}

/// The empty table.
fn lege_an(auftrag: &Auftrag, ziel: &Path, namen: &[String]) -> Result<()> {
    let mut dataset = if ziel.exists() {
        oeffne(ziel)?
    } else {
        let treiber = DriverManager::get_driver_by_name("GPKG").map_err(fehler)?;
        treiber.create_vector_only(ziel).map_err(fehler)?
    };
    let system = ogr::system(auftrag)?;
    let (titel, beschreibung) = (
        format!("IDENTIFIER={}", auftrag.titel),
        format!(
            "DESCRIPTION={}",
            auftrag.beschreibung.as_deref().unwrap_or_default()
        ),
    );
    let (fid, geom) = (format!("FID={FID}"), format!("GEOMETRY_NAME={GEOM}"));
    dataset
        .create_layer(LayerOptions {
            name: &auftrag.id,
            srs: auftrag.aufbau.art.map(|_| &system),
            ty: match auftrag.aufbau.art {
                None => OGRwkbGeometryType::wkbNone,
                Some(Art::Punkte) => OGRwkbGeometryType::wkbMultiPoint,
                Some(Art::Linien) => OGRwkbGeometryType::wkbMultiLineString,
                Some(Art::Flaechen) => OGRwkbGeometryType::wkbMultiPolygon,
                Some(Art::Gemischt) => OGRwkbGeometryType::wkbUnknown,
            },
            // The index is built at the end in one go.
            options: Some(&[&titel, &beschreibung, &fid, &geom, "SPATIAL_INDEX=NO"]),
        })
        .map_err(fehler)?;
    for (name, feld) in namen.iter().zip(&auftrag.aufbau.felder) {
        let typ = match feld.klasse {
            Klasse::Ganzzahl => "INTEGER",
            Klasse::Gleitkomma | Klasse::Dezimal | Klasse::Geld => "REAL",
            Klasse::Wahrheit => "BOOLEAN",
            Klasse::Datum => "DATE",
            Klasse::Zeitpunkt | Klasse::Ortszeit => "DATETIME",
            _ => "TEXT",
        };
        fuehre_aus(
            &dataset,
            &format!(
                "ALTER TABLE {} ADD COLUMN {} {typ}",
                name_sql(&auftrag.id),
                name_sql(name)
            ),
        )?;
    }
    dataset.close().map_err(fehler)
}

fn setze(objekt: &mut Feature<'_>, stelle: usize, wert: &Wert) -> gdal::errors::Result<()> {
    match wert {
        Wert::Leer => objekt.set_field_null(stelle),
        Wert::Ganz(zahl) => objekt.set_field_integer64(stelle, *zahl),
        Wert::Wahr(wahr) => objekt.set_field_integer(stelle, i32::from(*wahr)),
        Wert::Bruch(_) | Wert::Dezimal(_) => match wert.zahl() {
            Some(zahl) => objekt.set_field_double(stelle, zahl),
            None => objekt.set_field_null(stelle),
        },
        // GDAL reads ISO text with all its digits; its own setter drops parts of a second.
        _ => objekt.set_field_string(stelle, &wert.roh().unwrap_or_default()),
    }
}

/// Aliases, code lists, style, notes.
fn beschreibe(dataset: &mut Dataset, auftrag: &Auftrag, namen: &[String]) -> Result<()> {
    for (name, wert) in &auftrag.hinweise {
        dataset.set_metadata_item(name, wert, "").map_err(fehler)?;
    }
    for sql in SCHEMA {
        fuehre_aus(dataset, sql)?;
    }
    let tabelle = text(&auftrag.id);
    let stil = auftrag.stil.as_ref();
    let felder = &auftrag.aufbau.felder;
    for ((feld, name), titel) in felder.iter().zip(namen).zip(eindeutig(felder)) {
        let codes = codes(auftrag, &feld.name);
        let liste = if codes.is_empty() {
            "NULL".to_owned()
        } else if auftrag.teil.is_some() {
            // Another table of the file may mean something else by the same name.
            text(&format!("codes_{}_{name}", auftrag.id).to_lowercase())
        } else {
            text(&format!("codes_{name}").to_lowercase())
        };
        fuehre_aus(
            dataset,
            &format!(
                "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description, constraint_name) VALUES ({tabelle}, {}, {titel}, {titel}, {}, {liste})",
                text(name),
                feld.beschreibung
                    .as_ref()
                    .map_or("NULL".to_owned(), |t| text(t)),
                titel = text(&titel),
            ),
        )?;
        for (wert, titel) in codes {
            fuehre_aus(
                dataset,
                &format!(
                    "INSERT OR IGNORE INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) VALUES ({liste}, 'enum', {}, {})",
                    text(wert),
                    text(titel)
                ),
            )?;
        }
    }
    if !auftrag.hinweise.is_empty() {
        schreibe_angaben(dataset, &auftrag.hinweise)?;
    }
    match stil {
        Some(stil) => schreibe_stil(dataset, auftrag, stil),
        None => Ok(()),
    }
}

/// What the values of a column mean: its code list, else the classes it is drawn by.
fn codes<'a>(auftrag: &'a Auftrag, spalte: &str) -> Vec<(&'a str, &'a str)> {
    if let Some((_, liste)) = auftrag.codes.iter().find(|(name, _)| name == spalte) {
        return liste
            .iter()
            .map(|(w, t)| (w.as_str(), t.as_str()))
            .collect();
    }
    let stil = auftrag.stil.as_ref();
    let stil = stil.filter(|stil| stil.spalte() == Some(spalte));
    let klassen = stil.into_iter().flat_map(|stil| &stil.klassen);
    klassen
        .map(|k| (k.wert.as_str(), k.titel.as_str()))
        .collect()
}

/// What the file says of itself, as a table that every program shows.
pub fn schreibe_angaben(dataset: &mut Dataset, angaben: &[(String, String)]) -> Result<()> {
    tabelle_ohne_form(
        dataset,
        "angaben",
        "Angaben zu Stand, Quelle und Nutzung",
        &["angabe", "wert"],
    )?;
    for (name, wert) in angaben {
        fuehre_aus(
            dataset,
            &format!(
                "INSERT INTO angaben (angabe, wert) VALUES ({}, {})",
                text(name),
                text(wert)
            ),
        )?;
    }
    Ok(())
}

fn schreibe_stil(dataset: &mut Dataset, auftrag: &Auftrag, stil: &Stil) -> Result<()> {
    let tabelle = text(&auftrag.id);
    if dataset.layer_by_name("layer_styles").is_err() {
        lege_stile_an(dataset)?;
    }
    let geom = auftrag.aufbau.art.map_or("", |_| GEOM);
    let qml = match &auftrag.teil {
        Some(formular) => qml::mit_formular(stil, formular),
        None => qml::dokument(stil, &auftrag.aufbau.felder),
    };
    fuehre_aus(
        dataset,
        &format!(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, description, owner, ui, useAsDefault, update_time) VALUES ('', '', {tabelle}, {}, {}, {}, '', {}, '', '', 1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
            text(geom),
            text(&stil.titel.chars().take(30).collect::<String>()),
            text(&qml),
            text(&stil.titel)
        ),
    )
}

fn lege_stile_an(dataset: &mut Dataset) -> Result<()> {
    tabelle_ohne_form(
        dataset,
        "layer_styles",
        "layer_styles",
        &[
            "f_table_catalog",
            "f_table_schema",
            "f_table_name",
            "f_geometry_column",
            "styleName",
            "styleQML",
            "styleSLD",
            "description",
            "owner",
            "ui",
        ],
    )?;
    fuehre_aus(
        dataset,
        "ALTER TABLE layer_styles ADD COLUMN useAsDefault BOOLEAN",
    )?;
    fuehre_aus(
        dataset,
        "ALTER TABLE layer_styles ADD COLUMN update_time DATETIME",
    )
}

/// The GeoPackage extension „schema“.
const SCHEMA: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name))",
    "CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))",
    "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))",
    "INSERT OR IGNORE INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write'), ('gpkg_data_column_constraints', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write')",
];

/// A table without geometry, all its columns text.
pub fn tabelle_ohne_form(
    dataset: &mut Dataset,
    name: &str,
    titel: &str,
    spalten: &[&str],
) -> Result<()> {
    let titel = format!("IDENTIFIER={titel}");
    dataset
        .create_layer(LayerOptions {
            name,
            ty: OGRwkbGeometryType::wkbNone,
            options: Some(&["FID=id", &titel]),
            ..LayerOptions::default()
        })
        .map_err(fehler)?;
    for spalte in spalten {
        fuehre_aus(
            dataset,
            &format!("ALTER TABLE {name} ADD COLUMN {spalte} TEXT"),
        )?;
    }
    Ok(())
}

/// One statement of ours.
pub fn fuehre_aus(dataset: &Dataset, sql: &str) -> Result<()> {
    dataset
        .execute_sql(sql, None, Dialect::DEFAULT)
        .map_err(|ursache| Error::intern(format!("{sql}: {ursache}")))?;
    Ok(())
}

/// A text as SQL writes it.
#[must_use]
pub fn text(wert: &str) -> String {
    format!("'{}'", wert.replace('\'', "''"))
}

/// A name as SQL writes it.
#[must_use]
pub fn name_sql(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
