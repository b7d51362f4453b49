//! Files of an office: every format, every trap, and a plan made of them.

pub mod erzeuger;
mod fallen;
mod gebiete;
mod plan;

use std::path::Path;

use zielraum::error::{Error, Result};
use zielraum::import::datei::Datei;
use zielraum::import::sandbox;
use zielraum::import::vector::{self, Kopf, Lesen, Merkmal};

/// Reads a file through the built program as child.
pub fn lies_mit(pfad: &Path, lesen: &Lesen) -> Result<(Kopf, Vec<Merkmal>)> {
    sandbox::nimm_programm(env!("CARGO_BIN_EXE_zielraum").into());
    let mut merkmale = Vec::new();
    let kopf = vector::strom(
        &Datei::oeffne_mit(pfad, &lesen.grenzen)?,
        lesen,
        &mut |merkmal| {
            merkmale.push(merkmal);
            Ok(())
        },
    )?;
    Ok((kopf, merkmale))
}

pub fn lies(pfad: &Path) -> Result<(Kopf, Vec<Merkmal>)> {
    lies_mit(pfad, &Lesen::default())
}

/// The sentence of a refusal.
pub fn ablehnung<T>(ergebnis: Result<T>) -> String {
    match ergebnis {
        Err(Error::Eingabe(text)) => text,
        Err(anderer) => panic!("no refusal but {anderer:?}"),
        Ok(_) => panic!("was read"),
    }
}
