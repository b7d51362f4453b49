//! Zip archives: checked by the central directory, then only what is meant is unpacked,
//! under our own names in a fresh folder, and counted while inflating.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use super::shapefile::{Shapefile, teil_endung};
use super::{Grenzen, anfang, erkenne};
use crate::error::{Error, Result};

/// What came out.
#[derive(Debug)]
pub(super) struct Entpackt {
    pub ordner: tempfile::TempDir,
    /// The one importable file,
    pub einzeln: Option<PathBuf>,
    /// or these.
    pub shapefiles: Vec<Shapefile>,
}

/// Extensions of the files we read; what they are, decides their content.
const EINZELN: [&str; 6] = ["gml", "xml", "geojson", "json", "gpkg", "fgb"];
/// From this size on the ratio of unpacked to packed is looked at.
const VERHAELTNIS_AB: u64 = 10 << 20;

/// One entry worth unpacking.
#[derive(Debug)]
struct Eintrag {
    /// Position in the central directory.
    stelle: usize,
    /// Name with its folders.
    name: String,
}

fn beschaedigt(cause: &dyn std::fmt::Display) -> Error {
    Error::eingabe(format!(
        "Das Zip-Archiv ist beschädigt: {cause}. Bitte noch einmal packen oder übertragen."
    ))
}

/// Checks the central directory and lists the entries that are files of the user
/// (no folders, no litter of operating systems).
///
/// # Errors
/// [`Error::Eingabe`]: damaged, too many entries, two of one name, overlapping data,
/// encrypted, a link, or a name that leads out of the archive.
fn pruefe<R: Read + Seek>(
    archiv: &mut zip::ZipArchive<R>,
    grenzen: &Grenzen,
) -> Result<Vec<Eintrag>> {
    if archiv.len() > grenzen.zip_eintraege {
        return Err(Error::eingabe(format!(
            "Das Zip-Archiv hat {} Einträge; höchstens {} werden gelesen. Bitte nur die gemeinten Dateien packen.",
            archiv.len(),
            grenzen.zip_eintraege
        )));
    }
    if archiv
        .has_overlapping_entries()
        .map_err(|cause| beschaedigt(&cause))?
    {
        return Err(beschaedigt(&"Einträge überlappen sich"));
    }
    if archiv.has_duplicate_names() {
        return Err(Error::eingabe(
            "Das Zip-Archiv enthält zwei Dateien gleichen Namens; welche gilt, ist nicht zu sagen.",
        ));
    }
    let mut namen = HashSet::new();
    let mut eintraege = Vec::new();
    for stelle in 0..archiv.len() {
        let eintrag = archiv
            .by_index_raw(stelle)
            .map_err(|cause| beschaedigt(&cause))?;
        let name = String::from_utf8_lossy(eintrag.name_raw()).into_owned();
        if !namen.insert(name.to_lowercase()) {
            return Err(Error::eingabe(format!(
                "Das Zip-Archiv enthält „{name}“ zweimal; welche Datei gilt, ist nicht zu sagen."
            )));
        }
        let hinaus = name.starts_with('/')
            || name.contains(['\\', '\0'])
            || name.get(1..2) == Some(":")
            || name.split('/').any(|teil| teil == "..");
        if hinaus {
            return Err(Error::eingabe(format!(
                "Das Zip-Archiv enthält den Namen „{}“, der aus dem Archiv hinausführt; es wird nicht gelesen.",
                name.escape_default()
            )));
        }
        if eintrag.is_symlink() {
            return Err(Error::eingabe(format!(
                "„{name}“ im Zip-Archiv ist eine Verknüpfung; Verknüpfungen werden nicht verfolgt."
            )));
        }
        if eintrag.encrypted() {
            return Err(Error::eingabe(
                "Das Zip-Archiv ist verschlüsselt. Bitte ohne Kennwort packen.",
            ));
        }
        let letzter = name.rsplit('/').next().unwrap_or("");
        if !eintrag.is_dir() && !name.starts_with("__MACOSX/") && !letzter.starts_with('.') {
            eintraege.push(Eintrag { stelle, name });
        }
    }
    Ok(eintraege)
}

/// Names of the files in an archive that passes all checks; nothing is unpacked.
///
/// # Errors
/// [`Error::Eingabe`], as for reading it.
pub fn namen(quelle: impl Read + Seek, grenzen: &Grenzen) -> Result<Vec<String>> {
    let mut archiv = zip::ZipArchive::new(quelle).map_err(|cause| beschaedigt(&cause))?;
    Ok(pruefe(&mut archiv, grenzen)?
        .into_iter()
        .map(|eintrag| eintrag.name)
        .collect())
}

/// Unpacks the one importable file of a zip (in an `XPlanArchiv`: `xplan.gml`), or its Shapefiles.
pub(super) fn entpacke(pfad: &Path, grenzen: &Grenzen) -> Result<Entpackt> {
    let mut archiv = zip::ZipArchive::new(BufReader::new(File::open(pfad)?))
        .map_err(|cause| beschaedigt(&cause))?;
    let eintraege = pruefe(&mut archiv, grenzen)?;
    let ordner = tempfile::TempDir::new()?;
    let mut rest = grenzen.entpackt;
    let gemeint: Vec<&Eintrag> = match eintraege
        .iter()
        .find(|eintrag| eintrag.name.eq_ignore_ascii_case("xplan.gml"))
    {
        Some(plan) => vec![plan],
        None => eintraege
            .iter()
            .filter(|eintrag| {
                Path::new(&eintrag.name)
                    .extension()
                    .is_some_and(|e| EINZELN.iter().any(|wert| e.eq_ignore_ascii_case(wert)))
            })
            .collect(),
    };
    let formen: Vec<&Eintrag> = eintraege
        .iter()
        .filter(|eintrag| teil_endung(Path::new(&eintrag.name)) == Some("shp"))
        .collect();
    // A .shp.xml is metadata beside its Shapefile.
    let einzelne: Vec<&Eintrag> = gemeint
        .into_iter()
        .filter(|eintrag| {
            !formen.iter().any(|form| {
                eintrag
                    .name
                    .to_lowercase()
                    .starts_with(&form.name.to_lowercase())
            })
        })
        .collect();
    match (&einzelne[..], &formen[..]) {
        ([eintrag], []) => {
            let ziel = ordner.path().join("inhalt");
            hole(&mut archiv, eintrag, &ziel, grenzen, &mut rest)?;
            Ok(Entpackt {
                einzeln: Some(ziel),
                shapefiles: Vec::new(),
                ordner,
            })
        }
        ([], [_, ..]) => {
            let mut shapefiles = Vec::new();
            for (nummer, form) in formen.iter().enumerate() {
                let stamm = ohne_endung(&form.name);
                let mut teile = Vec::new();
                for eintrag in &eintraege {
                    let Some(endung) = teil_endung(Path::new(&eintrag.name)) else {
                        continue;
                    };
                    if ohne_endung(&eintrag.name).to_lowercase() == stamm.to_lowercase() {
                        let ziel = ordner.path().join(format!("{nummer}.{endung}"));
                        hole(&mut archiv, eintrag, &ziel, grenzen, &mut rest)?;
                        teile.push((endung, ziel));
                    }
                }
                shapefiles.push(Shapefile {
                    name: stamm.rsplit('/').next().unwrap_or(stamm).to_owned(),
                    teile,
                });
            }
            Ok(Entpackt {
                einzeln: None,
                shapefiles,
                ordner,
            })
        }
        (andere, formen) => Err(nicht_eine(andere, formen, &eintraege)),
    }
}

/// Not one readable file, but none or several.
fn nicht_eine(andere: &[&Eintrag], formen: &[&Eintrag], eintraege: &[Eintrag]) -> Error {
    if andere.is_empty()
        && eintraege.iter().any(|e| {
            Path::new(&e.name)
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("zip"))
        })
    {
        return Error::eingabe(
            "Das Zip-Archiv enthält ein weiteres Zip-Archiv. Bitte auspacken und das innere Archiv einlesen.",
        );
    }
    let namen: Vec<&str> = andere
        .iter()
        .chain(formen)
        .take(10)
        .map(|eintrag| eintrag.name.as_str())
        .collect();
    if namen.is_empty() {
        let inhalt: Vec<&str> = eintraege
            .iter()
            .take(10)
            .map(|eintrag| eintrag.name.as_str())
            .collect();
        return Error::eingabe(format!(
            "Im Zip-Archiv steht keine lesbare Datei, nur: {}. Gelesen werden GML, GeoPackage, GeoJSON, FlatGeobuf und Shapefiles (.shp mit .shx, .dbf und .prj).",
            inhalt.join(", ")
        ));
    }
    Error::eingabe(format!(
        "Im Zip-Archiv stehen {} lesbare Dateien ({}). Bitte die gemeinte auspacken und einzeln angeben; erwartet wird genau eine (GML, GeoJSON, GeoPackage oder FlatGeobuf), ein Satz Shapefiles oder ein XPlanArchiv mit „xplan.gml“.",
        andere.len() + formen.len(),
        namen.join(", ")
    ))
}

fn ohne_endung(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stamm, _)| stamm)
}

/// Unpacks one entry; `rest` are the bytes still allowed for the whole archive.
fn hole<R: Read + Seek>(
    archiv: &mut zip::ZipArchive<R>,
    eintrag: &Eintrag,
    ziel: &Path,
    grenzen: &Grenzen,
    rest: &mut u64,
) -> Result<()> {
    let quelle = archiv.by_index(eintrag.stelle).map_err(|cause| match cause {
        zip::result::ZipError::UnsupportedArchive(grund) => Error::eingabe(format!(
            "„{}“ im Zip-Archiv ist auf eine Weise gepackt, die nicht gelesen wird ({grund}). Bitte mit der üblichen Einstellung (Deflate) packen.",
            eintrag.name
        )),
        sonst => beschaedigt(&sonst),
    })?;
    let hoechstens = quelle
        .compressed_size()
        .saturating_mul(grenzen.verhaeltnis)
        .max(VERHAELTNIS_AB)
        .min(*rest);
    let mut datei = File::create(ziel)?;
    let geschrieben = std::io::copy(&mut quelle.take(hoechstens + 1), &mut datei)
        .map_err(|cause| beschaedigt(&cause))?;
    if geschrieben > hoechstens {
        return Err(Error::eingabe(
            "Das Zip-Archiv entpackt sich auf ein Vielfaches seiner Größe und wird nicht gelesen. Bitte nur die Dateien des Plans neu packen oder die Datei unverpackt angeben.",
        ));
    }
    *rest -= geschrieben;
    // An archive in the archive would need all these checks again.
    if matches!(erkenne(&anfang(ziel)?), super::Inhalt::Zip) {
        return Err(Error::eingabe(format!(
            "„{}“ im Zip-Archiv ist selbst ein Zip-Archiv. Bitte auspacken und das innere Archiv einlesen.",
            eintrag.name
        )));
    }
    Ok(())
}
