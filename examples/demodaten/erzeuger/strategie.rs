//! The workbook of the strategy: the tables of `examples/demodaten/strategie`, kept by hand,
//! and the places from [`super::raumbezug`].

use std::io::{Error, Result};
use std::path::Path;

use zielraum::import::strategie::umwandeln::mappe_aus_csv;

/// `strategie.xlsx`.
pub fn mappe(raumbezug: String) -> Result<Vec<u8>> {
    let ordner = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/demodaten/strategie");
    let mut dateien = vec![("raumbezug.csv".to_owned(), raumbezug.into_bytes())];
    for eintrag in std::fs::read_dir(ordner)? {
        let pfad = eintrag?.path();
        if pfad.extension().is_some_and(|endung| endung == "csv") {
            let name = pfad.file_name().unwrap_or_default().to_string_lossy();
            dateien.push((name.into_owned(), std::fs::read(&pfad)?));
        }
    }
    let anleitung = [
        "Demodaten – keine amtlichen Angaben",
        "Alles hier ist erfunden und gibt keine Planung der Stadt wieder.",
    ]
    .map(|zeile| (zeile.to_owned(), String::new(), String::new()));
    mappe_aus_csv(&dateien, &anleitung.to_vec()).map_err(Error::other)
}
