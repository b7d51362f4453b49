//! What a GeoPackage must be before its rows are read: whole, and made of plain tables.
//! A view can compute without end, a virtual table can reach elsewhere.

use gdal::Dataset;
use gdal::vector::LayerAccess;
use gdal::vector::sql::Dialect;

use super::draht::AblehnungSatz;
use super::kind::{eingabe, umgebung};

/// `PRAGMA quick_check`: a damaged page ends reading early without an error.
pub(super) fn pruefe(dataset: &Dataset) -> Result<(), AblehnungSatz> {
    match erster_text(dataset, "PRAGMA quick_check(1)")? {
        Some(text) if text == "ok" => Ok(()),
        Some(text) => Err(eingabe(format!(
            "Das GeoPackage ist beschädigt ({text}). Bitte in der Quelle neu speichern."
        ))),
        None => Err(eingabe(
            "Das GeoPackage ist beschädigt; es lässt sich nicht prüfen. Bitte in der Quelle neu speichern.",
        )),
    }
}

/// A layer is a table of its own.
pub(super) fn pruefe_ebene(dataset: &Dataset, name: &str) -> Result<(), AblehnungSatz> {
    let was = erster_text(
        dataset,
        &format!(
            "SELECT CASE WHEN type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' THEN 'tabelle' ELSE type END FROM sqlite_master WHERE lower(name) = lower('{}')",
            name.replace('\'', "''")
        ),
    )?;
    match was.as_deref() {
        Some("tabelle") => Ok(()),
        Some(_) => Err(eingabe(format!(
            "Die Ebene „{name}“ ist eine Sicht oder virtuelle Tabelle; gelesen werden nur Tabellen. Bitte die Ebene als eigenes GeoPackage exportieren."
        ))),
        None => Err(eingabe(format!(
            "Die Ebene „{name}“ steht im Verzeichnis des GeoPackage, ihre Tabelle fehlt aber."
        ))),
    }
}

fn erster_text(dataset: &Dataset, sql: &str) -> Result<Option<String>, AblehnungSatz> {
    let Some(mut ergebnis) = dataset
        .execute_sql(sql, None, Dialect::DEFAULT)
        .map_err(|cause| umgebung(&cause))?
    else {
        return Ok(None);
    };
    let erstes = ergebnis.features().next();
    Ok(erstes.and_then(|zeile| zeile.field_as_string(0).ok().flatten()))
}
