//! A GeoPackage taken along, edited as an office does it (through GDAL), and brought back.

mod falsches;
mod inhalt;
mod rechte;
mod weg;

use std::path::{Path, PathBuf};

use gdal::vector::sql::Dialect;
use gdal::vector::{Geometry, LayerAccess as _};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use serde_json::{Value, json};
use tempfile::TempDir;
use zielraum::import::sandbox;

use crate::anfrage::Antwort;
use crate::bearbeiten::{Amt, doc, mit};

/// Media type of the file.
pub const GPKG: (&str, &str) = ("content-type", "application/geopackage+sqlite3");
/// Roles that edit everything the file has.
pub const ALLE: &[zielraum::auth::Rolle] = &[
    zielraum::auth::Rolle::Strategie,
    zielraum::auth::Rolle::Stadtplanung,
];

/// A file on somebody's disk.
pub struct Datei {
    _ordner: TempDir,
    pub pfad: PathBuf,
}

impl Datei {
    pub fn aus(bytes: &[u8]) -> Self {
        let ordner = tempfile::tempdir().unwrap();
        let pfad = ordner.path().join("stadt.gpkg");
        std::fs::write(&pfad, bytes).unwrap();
        Self {
            _ordner: ordner,
            pfad,
        }
    }

    /// Takes the whole town along.
    pub async fn nimm(amt: &Amt, token: &str) -> Self {
        Self::von(amt, token, "/mitnehmen/stadt.gpkg").await
    }

    pub async fn von(amt: &Amt, token: &str, pfad: &str) -> Self {
        sandbox::nimm_programm(env!("CARGO_BIN_EXE_zielraum").into());
        Self::aus(&mit(amt.hole(token, pfad).await, 200).bytes)
    }

    pub fn oeffne(&self) -> Dataset {
        oeffne(&self.pfad)
    }

    /// Edits by SQL, as a script of an office might.
    pub fn sql(&self, befehl: &str) {
        let dataset = self.oeffne();
        dataset
            .execute_sql(befehl, None, Dialect::DEFAULT)
            .unwrap_or_else(|e| panic!("{befehl}: {e}"));
        dataset.close().unwrap();
    }

    /// The first text a query finds.
    pub fn text(&self, frage: &str) -> String {
        let dataset = self.oeffne();
        let mut ergebnis = dataset
            .execute_sql(frage, None, Dialect::DEFAULT)
            .unwrap_or_else(|e| panic!("{frage}: {e}"))
            .unwrap_or_else(|| panic!("{frage}: nothing"));
        let zeile = ergebnis.features().next();
        let zeile = zeile.unwrap_or_else(|| panic!("{frage}: no row"));
        zeile.field_as_string(0).unwrap().unwrap_or_default()
    }

    /// Moves one object.
    pub fn verschiebe(&self, ebene: &str, kennung: &str, dx: f64) {
        self.forme(ebene, kennung, |form| {
            let mut doc: Value = serde_json::from_str(form).unwrap();
            schiebe(&mut doc["coordinates"], dx);
            doc.to_string()
        });
    }

    /// Gives one object another shape, as GeoJSON.
    pub fn forme(&self, ebene: &str, kennung: &str, wie: impl Fn(&str) -> String) {
        let dataset = self.oeffne();
        {
            let mut layer = dataset.layer_by_name(ebene).unwrap();
            layer
                .set_attribute_filter(&format!("kennung = '{kennung}'"))
                .unwrap();
            let fid = layer.features().next().unwrap().fid().unwrap();
            let mut objekt = layer.feature(fid).unwrap();
            let neu = wie(&objekt.geometry().unwrap().json().unwrap());
            objekt
                .set_geometry(Geometry::from_geojson(&neu).unwrap())
                .unwrap();
            layer.set_feature(objekt).unwrap();
        }
        dataset.close().unwrap();
    }

    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.pfad).unwrap()
    }

    /// Brings it back as a script does; the answer as it is.
    pub async fn bringe(&self, amt: &Amt, token: &str) -> Antwort {
        amt.sende(token, "POST", "/mitnehmen", &[GPKG], self.bytes())
            .await
    }

    /// Brings it back; the comparison.
    pub async fn vergleiche(&self, amt: &Amt, token: &str) -> Value {
        doc(&mit(self.bringe(amt, token).await, 201))
    }
}

fn schiebe(orte: &mut Value, dx: f64) {
    let alle = orte.as_array_mut().unwrap();
    if alle[0].is_number() {
        alle[0] = json!(alle[0].as_f64().unwrap() + dx);
    } else {
        for teil in alle {
            schiebe(teil, dx);
        }
    }
}

pub fn oeffne(pfad: &Path) -> Dataset {
    let optionen = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_UPDATE,
        ..DatasetOptions::default()
    };
    Dataset::open_ex(pfad, optionen).unwrap()
}

/// Accepts by JSON; the answer as it is.
pub async fn uebernimm(amt: &Amt, token: &str, vergleich: &Value, wahl: Value) -> Antwort {
    let pfad = format!(
        "/mitnehmen/vergleiche/{}",
        vergleich["vergleich"].as_str().unwrap()
    );
    amt.json(token, "POST", &pfad, &[], &json!({ "wahl": wahl }))
        .await
}

/// The comparison as it is now.
pub async fn noch_einmal(amt: &Amt, token: &str, vergleich: &Value) -> Value {
    let pfad = format!(
        "/mitnehmen/vergleiche/{}",
        vergleich["vergleich"].as_str().unwrap()
    );
    amt.feature(token, &pfad).await
}

/// The entry of an object.
pub fn posten<'a>(vergleich: &'a Value, ebene: &str, kennung: &str) -> &'a Value {
    let alle = vergleich["objekte"].as_array().unwrap();
    let seiner = alle
        .iter()
        .find(|p| p["ebene"] == ebene && p["kennung"] == kennung);
    seiner.unwrap_or_else(|| panic!("{ebene} {kennung}: {vergleich:#}"))
}

/// Kind of each entry, in order.
pub fn arten(vergleich: &Value) -> Vec<&str> {
    let alle = vergleich["objekte"].as_array().unwrap();
    alle.iter().map(|p| p["art"].as_str().unwrap()).collect()
}

/// A field of an entry.
pub fn feld<'a>(posten: &'a Value, name: &str) -> &'a Value {
    let alle = posten["felder"].as_array().unwrap();
    let eines = alle.iter().find(|f| f["name"] == name);
    eines.unwrap_or_else(|| panic!("{name}: {posten:#}"))
}

/// A change by the layer's own address.
pub async fn aendere(amt: &Amt, token: &str, ebene: &str, kennung: &str, werte: Value) {
    let pfad = format!("/collections/{ebene}/items/{kennung}");
    let doc = json!({ "properties": werte });
    mit(amt.json(token, "PATCH", &pfad, &[], &doc).await, 200);
}

/// Properties of a feature today.
pub async fn heute(amt: &Amt, token: &str, ebene: &str, kennung: &str) -> Value {
    let pfad = format!("/collections/{ebene}/items/{kennung}");
    amt.feature(token, &pfad).await["properties"].clone()
}

/// Kennungen of the first objects of a layer.
pub async fn erste(amt: &Amt, token: &str, ebene: &str, anzahl: usize) -> Vec<String> {
    let pfad = format!("/collections/{ebene}/items?limit={anzahl}");
    let doc = amt.feature(token, &pfad).await;
    let alle = doc["features"].as_array().unwrap();
    assert_eq!(alle.len(), anzahl, "{ebene}");
    alle.iter()
        .map(|f| f["id"].as_str().unwrap().to_owned())
        .collect()
}
