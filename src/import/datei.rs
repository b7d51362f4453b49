//! A user's file: what it is by its content (never by its name), its hash, its stream.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// What the content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// XML, to be read as XPlanGML.
    Xml,
    /// `{` …
    GeoJson,
    /// SQLite with GeoPackage.
    GeoPackage,
}

/// Inflated at most; a plan of a whole Landkreis has some hundred MB.
const ENTPACKT_HOECHSTENS: u64 = 4 << 30;
/// Inflated over packed at most, from 10 MB on.
const VERHAELTNIS_HOECHSTENS: u64 = 200;

/// A file to import; a zip with one file in it counts as that file.
#[derive(Debug)]
pub struct Datei {
    /// Name without folders.
    pub name: String,
    /// Content.
    pub format: Format,
    /// SHA-256 of the file as delivered, hex.
    pub sha256: String,
    pfad: PathBuf,
    // Unpacked content lives as long as the Datei.
    entpackt: Option<tempfile::NamedTempFile>,
}

impl Datei {
    /// Opens a file and finds out what it is. Blocks.
    ///
    /// # Errors
    /// [`Error::Eingabe`]: missing, unreadable, empty, unknown content, unfit zip.
    pub fn oeffne(pfad: &Path) -> Result<Self> {
        let name = pfad.file_name().map_or_else(
            || pfad.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        if pfad.is_dir() {
            return Err(Error::eingabe(format!(
                "„{}“ ist ein Ordner, keine Datei.",
                pfad.display()
            )));
        }
        let mut datei = File::open(pfad).map_err(|cause| {
            Error::eingabe(format!(
                "Die Datei „{}“ lässt sich nicht öffnen: {}",
                pfad.display(),
                grund(&cause)
            ))
        })?;
        let sha256 = hash(&mut datei)?;
        let mut anfang = anfang(pfad)?;
        let mut entpackt = None;
        if anfang.starts_with(b"PK\x03\x04") {
            let inhalt = entpacke(pfad)?;
            anfang = self::anfang(inhalt.path())?;
            entpackt = Some(inhalt);
        }
        let format = erkenne(&anfang).ok_or_else(|| {
            Error::eingabe(format!(
                "Der Inhalt von „{name}“ ist weder XPlanGML noch GeoJSON noch GeoPackage{}.",
                if anfang.is_empty() {
                    " (die Datei ist leer)"
                } else {
                    ""
                }
            ))
        })?;
        Ok(Self {
            name,
            format,
            sha256,
            pfad: pfad.to_owned(),
            entpackt,
        })
    }

    /// Where the content lies.
    #[must_use]
    pub fn pfad(&self) -> &Path {
        self.entpackt
            .as_ref()
            .map_or(&self.pfad, |inhalt| inhalt.path())
    }

    /// The content as a stream.
    pub fn strom(&self) -> Result<impl BufRead + use<>> {
        Ok(BufReader::with_capacity(1 << 18, File::open(self.pfad())?))
    }

    /// File name without its last extension.
    #[must_use]
    pub fn stamm(&self) -> &str {
        self.name
            .rsplit_once('.')
            .map_or(&self.name, |(stamm, _)| stamm)
    }
}

fn grund(cause: &std::io::Error) -> String {
    match cause.kind() {
        std::io::ErrorKind::NotFound => "es gibt sie nicht.".to_owned(),
        std::io::ErrorKind::PermissionDenied => "das Leserecht fehlt.".to_owned(),
        _ => cause.to_string(),
    }
}

fn anfang(pfad: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
    File::open(pfad)?.take(512).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn erkenne(anfang: &[u8]) -> Option<Format> {
    if anfang.starts_with(b"SQLite format 3\0") {
        return Some(Format::GeoPackage);
    }
    if anfang.starts_with(&[0xFE, 0xFF]) || anfang.starts_with(&[0xFF, 0xFE]) {
        return Some(Format::Xml); // UTF-16
    }
    let text = anfang.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(anfang);
    match text.iter().find(|byte| !byte.is_ascii_whitespace())? {
        b'<' => Some(Format::Xml),
        b'{' => Some(Format::GeoJson),
        0 if anfang.starts_with(&[0, b'<']) => Some(Format::Xml),
        _ => None,
    }
}

fn hash(datei: &mut File) -> Result<String> {
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let gelesen = datei.read(&mut block)?;
        if gelesen == 0 {
            break;
        }
        hash.update(&block[..gelesen]);
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Unpacks the one importable file of a zip (in an XPlanArchiv: `xplan.gml`) into a
/// temporary file under our own name. Bytes are counted while inflating.
fn entpacke(pfad: &Path) -> Result<tempfile::NamedTempFile> {
    let beschaedigt = |cause: zip::result::ZipError| {
        Error::eingabe(format!("Das Zip-Archiv ist beschädigt: {cause}"))
    };
    let mut archiv =
        zip::ZipArchive::new(BufReader::new(File::open(pfad)?)).map_err(beschaedigt)?;
    let namen: Vec<String> = archiv
        .file_names()
        .map(|name| name.map(std::borrow::Cow::into_owned))
        .collect::<std::result::Result<_, _>>()
        .map_err(beschaedigt)?;
    let endung = |name: &str, wert: &str| {
        Path::new(name)
            .extension()
            .is_some_and(|endung| endung.eq_ignore_ascii_case(wert))
    };
    let gemeint: Vec<&String> = match namen
        .iter()
        .find(|name| name.eq_ignore_ascii_case("xplan.gml"))
    {
        Some(archivname) => vec![archivname],
        None => namen
            .iter()
            .filter(|name| {
                ["gml", "xml", "geojson", "json", "gpkg"]
                    .iter()
                    .any(|wert| endung(name, wert))
            })
            .collect(),
    };
    let [name] = gemeint[..] else {
        return Err(Error::eingabe(format!(
            "Im Zip-Archiv stehen {} lesbare Dateien ({}); erwartet wird genau eine (GML, GeoJSON oder GeoPackage), im XPlanArchiv „xplan.gml“.",
            gemeint.len(),
            namen
                .iter()
                .take(10)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        )));
    };
    let eintrag = archiv.by_name(name).map_err(beschaedigt)?;
    let hoechstens = eintrag
        .compressed_size()
        .saturating_mul(VERHAELTNIS_HOECHSTENS)
        .clamp(10 << 20, ENTPACKT_HOECHSTENS);
    let mut ziel = tempfile::NamedTempFile::new()?;
    let geschrieben = std::io::copy(&mut eintrag.take(hoechstens + 1), &mut ziel)
        .map_err(|cause| Error::eingabe(format!("Das Zip-Archiv ist beschädigt: {cause}")))?;
    if geschrieben > hoechstens {
        return Err(Error::eingabe(
            "Das Zip-Archiv entpackt sich auf ein Vielfaches seiner Größe und wird nicht gelesen.",
        ));
    }
    Ok(ziel)
}
