//! The child: takes its rights away, opens one file with one driver of GDAL, writes
//! what is in it to standard output, ends. Nothing else of the program runs here.

use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use gdal::errors::CplErrType;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{Layer, LayerAccess, OGRFieldType};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use super::auftrag::Auftrag;
use super::draht::{self, AblehnungSatz, Art, EndeSatz, Feld, KopfSatz, Typ};
use super::{geopackage, haerten};
use crate::import::datei::Format;

/// What GDAL has complained about.
pub(super) type Meldungen = Arc<Mutex<Vec<(bool, String)>>>;

/// Warnings kept; the rest are counted.
const MELDUNGEN: usize = 50;
/// Layers of one file: what a town with many drafts takes along has a table for each.
const EBENEN: usize = 400;
/// Fields of one layer.
const FELDER: usize = 250;

/// Runs the child; the exit code says whether standard output is complete.
pub(super) fn main() -> ExitCode {
    let mut aus = BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
    let ergebnis = versuche(&mut aus).and_then(|ende| {
        let ende = serde_json::to_vec(&ende).map_err(|cause| umgebung(&cause))?;
        draht::schreibe(&mut aus, Art::Ende, &ende).map_err(|cause| umgebung(&cause))
    });
    if let Err(ablehnung) = ergebnis
        && let Ok(satz) = serde_json::to_vec(&ablehnung)
    {
        let _ = draht::schreibe(&mut aus, Art::Ablehnung, &satz);
    }
    if aus.flush().is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

pub(super) fn umgebung(cause: &dyn std::fmt::Display) -> AblehnungSatz {
    AblehnungSatz::Umgebung(cause.to_string())
}

pub(super) fn eingabe(text: impl Into<String>) -> AblehnungSatz {
    AblehnungSatz::Eingabe(text.into())
}

fn versuche(aus: &mut impl Write) -> Result<EndeSatz, AblehnungSatz> {
    let mut text = Vec::new();
    std::io::stdin()
        .take(1 << 20)
        .read_to_end(&mut text)
        .map_err(|cause| umgebung(&cause))?;
    let auftrag: Auftrag = serde_json::from_slice(&text).map_err(|cause| umgebung(&cause))?;
    let meldungen = Meldungen::default();
    let pfad = sperre_ein(&auftrag, &meldungen).map_err(|grund| {
        AblehnungSatz::Umgebung(format!(
            "Der abgeschottete Lesevorgang lässt sich nicht einrichten: {grund}. Ohne ihn wird keine fremde Datei gelesen."
        ))
    })?;
    lies(&auftrag, &pfad, &meldungen, aus)
}

/// Takes all rights away; returns where the file lies now.
fn sperre_ein(auftrag: &Auftrag, meldungen: &Meldungen) -> Result<PathBuf, String> {
    let groesse: u64 = auftrag
        .dateien
        .iter()
        .filter_map(|(_, pfad)| Some(pfad.metadata().ok()?.len()))
        .sum();
    haerten::schliesse_fremde();
    haerten::schranken(
        &auftrag.schranken,
        if auftrag.im_speicher { groesse } else { 0 },
    )?;
    haerten::netz_ab();
    einstellungen(meldungen).map_err(|cause| format!("GDAL: {cause}"))?;
    let eigenes = std::env::current_exe().map_err(|cause| cause.to_string())?;
    let pfad = if auftrag.im_speicher {
        for (name, ort) in &auftrag.dateien {
            let mut inhalt = std::fs::read(ort).map_err(|cause| cause.to_string())?;
            ohne_wal(&mut inhalt);
            gdal::vsi::create_mem_file(Path::new("/vsimem").join(name), inhalt)
                .map_err(|cause| cause.to_string())?;
        }
        Path::new("/vsimem").join(auftrag.hauptdatei())
    } else {
        let ort = &auftrag.dateien.first().ok_or("keine Datei")?.1;
        let ordner = ort.parent().ok_or("kein Ordner")?;
        let name = ort.file_name().ok_or("kein Name")?;
        haerten::nur_ordner(ordner, &[])?.join(name)
    };
    haerten::filter(!auftrag.im_speicher)?;
    haerten::pruefe(&eigenes)?;
    Ok(pfad)
}

/// QGIS leaves a GeoPackage marked for a write-ahead log, which memory has no room for;
/// [`Datei`](crate::import::datei::Datei) has made sure that the log is empty.
fn ohne_wal(inhalt: &mut [u8]) {
    if inhalt.starts_with(b"SQLite format 3\0")
        && let Some(versionen) = inhalt.get_mut(18..20)
        && versionen == [2, 2]
    {
        versionen.fill(1);
    }
}

/// Options, drivers and PROJ's database, all while files can still be opened.
fn einstellungen(meldungen: &Meldungen) -> gdal::errors::Result<()> {
    for (option, wert) in [
        ("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR"),
        ("GDAL_DRIVER_PATH", "disable"),
        ("OGR_DRIVER_PATH", "disable"),
        ("GDAL_VRT_ENABLE_PYTHON", "NO"),
        ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".none"),
        ("GDAL_HTTP_MAX_RETRY", "0"),
        ("GDAL_HTTP_TIMEOUT", "1"),
        ("PROJ_NETWORK", "OFF"),
        ("OGR_SQLITE_PRAGMA", "trusted_schema=0,cell_size_check=1"),
        ("SHAPE_RESTORE_SHX", "NO"),
        ("OGR_GEOMETRY_ACCEPT_UNCLOSED_RING", "NO"),
        ("GDAL_NUM_THREADS", "1"),
        ("CPL_DEBUG", "OFF"),
    ] {
        gdal::config::set_config_option(option, wert)?;
    }
    let ziel = Arc::clone(meldungen);
    gdal::config::set_error_handler(move |art, _, text| {
        if !matches!(art, CplErrType::None | CplErrType::Debug) {
            let mut alle = ziel.lock().unwrap_or_else(PoisonError::into_inner);
            if alle.len() < MELDUNGEN {
                alle.push((art != CplErrType::Warning, text.to_owned()));
            }
        }
    });
    gdal::DriverManager::register_all();
    // Opens proj.db, which stays open.
    SpatialRef::from_epsg(25832)?.auth_code()?;
    Ok(())
}

fn treiber(format: Format) -> Result<&'static str, AblehnungSatz> {
    match format {
        Format::GeoPackage => Ok("GPKG"),
        Format::Shapefile => Ok("ESRI Shapefile"),
        Format::FlatGeobuf => Ok("FlatGeobuf"),
        Format::Xml | Format::GeoJson => Err(umgebung(&"kein Format für GDAL")),
    }
}

/// The first error GDAL has named so far becomes a refusal.
fn ohne_fehler(meldungen: &Meldungen) -> Result<(), AblehnungSatz> {
    let alle = meldungen.lock().unwrap_or_else(PoisonError::into_inner);
    match alle.iter().find(|(fehler, _)| *fehler) {
        Some((_, text)) => Err(eingabe(format!(
            "Die Datei ist beschädigt; das Lesen brach ab: {text}"
        ))),
        None => Ok(()),
    }
}

fn lies(
    auftrag: &Auftrag,
    pfad: &Path,
    meldungen: &Meldungen,
    aus: &mut impl Write,
) -> Result<EndeSatz, AblehnungSatz> {
    let treiber = treiber(auftrag.format)?;
    // Bytes of a dbf pass as they are: its encoding is found by the parent.
    let optionen: &[&str] = match auftrag.format {
        Format::GeoPackage => &["LIST_ALL_TABLES=NO", "IMMUTABLE=YES"],
        Format::Shapefile => &["ENCODING=ISO-8859-1"],
        _ => &[],
    };
    let dataset = Dataset::open_ex(
        pfad,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: Some(&[treiber]),
            open_options: (!optionen.is_empty()).then_some(optionen),
            ..DatasetOptions::default()
        },
    )
    .map_err(|cause| {
        eingabe(format!(
            "Die Datei lässt sich nicht als {} lesen: {}",
            auftrag.format.name(),
            ohne_fehler(meldungen).err().map_or_else(
                || cause.to_string(),
                |satz| match satz {
                    AblehnungSatz::Eingabe(text) | AblehnungSatz::Umgebung(text) => text,
                }
            )
        ))
    })?;
    if auftrag.format == Format::GeoPackage {
        geopackage::pruefe(&dataset)?;
    }
    if auftrag.nur_namen {
        return namen(&dataset, meldungen, aus);
    }
    let mut layer = waehle(&dataset, auftrag)?;
    if auftrag.format == Format::GeoPackage {
        geopackage::pruefe_ebene(&dataset, &layer.name())?;
    }
    let felder: Vec<Feld> = layer
        .defn()
        .fields()
        .map(|feld| Feld {
            name: feld.name(),
            typ: typ(feld.field_type()),
        })
        .collect();
    if felder.len() > FELDER {
        return Err(eingabe(format!(
            "Die Ebene „{}“ hat {} Felder; höchstens {FELDER} werden gelesen.",
            layer.name(),
            felder.len()
        )));
    }
    let anzahl = layer.try_feature_count();
    if anzahl.is_some_and(|anzahl| anzahl > auftrag.schranken.merkmale) {
        return Err(eingabe(format!(
            "Die Ebene „{}“ nennt {} Objekte; höchstens {} werden gelesen.",
            layer.name(),
            anzahl.unwrap_or(0),
            auftrag.schranken.merkmale
        )));
    }
    let system = layer.spatial_ref();
    let kopf = KopfSatz {
        ebene: layer.name(),
        epsg: system.as_ref().and_then(epsg),
        system: system
            .and_then(|system| system.name())
            .filter(|name| !name.is_empty()),
        anzahl,
        felder,
        ebenen: Vec::new(),
    };
    ohne_fehler(meldungen)?;
    let satz = serde_json::to_vec(&kopf).map_err(|cause| umgebung(&cause))?;
    draht::schreibe(aus, Art::Kopf, &satz).map_err(|cause| umgebung(&cause))?;
    let gelesen = merkmale(&mut layer, &kopf, auftrag.schranken.merkmale, aus)?;
    ohne_fehler(meldungen)?;
    let warnungen = meldungen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .map(|(_, text)| text.clone())
        .collect();
    Ok(EndeSatz { gelesen, warnungen })
}

/// A header that names the layers, and nothing else.
fn namen(
    dataset: &Dataset,
    meldungen: &Meldungen,
    aus: &mut impl Write,
) -> Result<EndeSatz, AblehnungSatz> {
    pruefe_anzahl(dataset)?;
    ohne_fehler(meldungen)?;
    let kopf = KopfSatz {
        ebene: String::new(),
        epsg: None,
        system: None,
        anzahl: Some(0),
        felder: Vec::new(),
        ebenen: dataset.layers().map(|layer| layer.name()).collect(),
    };
    let satz = serde_json::to_vec(&kopf).map_err(|cause| umgebung(&cause))?;
    draht::schreibe(aus, Art::Kopf, &satz).map_err(|cause| umgebung(&cause))?;
    Ok(EndeSatz {
        gelesen: 0,
        warnungen: Vec::new(),
    })
}

fn pruefe_anzahl(dataset: &Dataset) -> Result<(), AblehnungSatz> {
    let anzahl = dataset.layer_count();
    if anzahl > EBENEN {
        return Err(eingabe(format!(
            "Die Datei enthält {anzahl} Ebenen; höchstens {EBENEN} werden gelesen."
        )));
    }
    Ok(())
}

fn epsg(system: &SpatialRef) -> Option<u32> {
    (system.auth_name().as_deref() == Some("EPSG"))
        .then(|| system.auth_code().ok()?.try_into().ok())
        .flatten()
}

fn typ(art: OGRFieldType::Type) -> Typ {
    match art {
        OGRFieldType::OFTInteger | OGRFieldType::OFTInteger64 => Typ::Ganz,
        OGRFieldType::OFTReal => Typ::Zahl,
        OGRFieldType::OFTDate | OGRFieldType::OFTDateTime => Typ::Datum,
        _ => Typ::Text,
    }
}

/// The wanted layer, the only one, or a refusal that lists them.
fn waehle<'a>(dataset: &'a Dataset, auftrag: &Auftrag) -> Result<Layer<'a>, AblehnungSatz> {
    pruefe_anzahl(dataset)?;
    let anzahl = dataset.layer_count();
    if auftrag.format == Format::GeoPackage {
        // Counting a view can take for ever: first what it is, then the list.
        for layer in dataset.layers() {
            if auftrag.ebene.is_none() || auftrag.ebene.as_deref() == Some(&layer.name()) {
                geopackage::pruefe_ebene(dataset, &layer.name())?;
            }
        }
    }
    let liste = || {
        dataset
            .layers()
            .map(|layer| match layer.try_feature_count() {
                Some(1) => format!("„{}“ (1 Objekt)", layer.name()),
                Some(anzahl) => format!("„{}“ ({anzahl} Objekte)", layer.name()),
                None => format!("„{}“", layer.name()),
            })
            .collect::<Vec<_>>()
            .join(", ")
    };
    // Shapefiles lie here under our own name; the parent has chosen.
    let gewuenscht = auftrag
        .ebene
        .as_deref()
        .filter(|_| auftrag.format != Format::Shapefile);
    match gewuenscht {
        Some(name) => dataset
            .layers()
            .find(|layer| layer.name() == name)
            .ok_or_else(|| {
                eingabe(format!(
                    "Eine Ebene „{name}“ gibt es in der Datei nicht. Vorhanden sind: {}.",
                    liste()
                ))
            }),
        None if anzahl == 0 => Err(eingabe("Die Datei enthält keine Ebene mit Objekten.")),
        None if anzahl == 1 => dataset.layer(0).map_err(|cause| umgebung(&cause)),
        None => Err(eingabe(format!(
            "Die Datei enthält {anzahl} Ebenen: {}. Bitte die gemeinte mit --ebene NAME nennen.",
            liste()
        ))),
    }
}

fn merkmale(
    layer: &mut Layer<'_>,
    kopf: &KopfSatz,
    hoechstens: u64,
    aus: &mut impl Write,
) -> Result<u64, AblehnungSatz> {
    let mut gelesen = 0;
    let mut satz = Vec::new();
    for merkmal in layer.features() {
        gelesen += 1;
        if gelesen > hoechstens {
            return Err(eingabe(format!(
                "Die Ebene „{}“ hat mehr als {hoechstens} Objekte.",
                kopf.ebene
            )));
        }
        satz.clear();
        draht::haenge_an(
            &mut satz,
            merkmal.fid().map(u64::to_le_bytes).as_ref().map(|b| &b[..]),
        );
        for (stelle, feld) in kopf.felder.iter().enumerate() {
            let mut wert = merkmal
                .field_as_string(stelle)
                .map_err(|cause| umgebung(&cause))?;
            // GDAL writes dates with slashes.
            if feld.typ == Typ::Datum {
                wert = wert.map(|datum| datum.replacen('/', "-", 2));
            }
            draht::haenge_an(&mut satz, wert.as_deref().map(str::as_bytes));
        }
        let form = merkmal
            // `geometry()` wraps a missing one all the same.
            .geometry_by_index(0)
            .ok()
            .map(gdal::vector::Geometry::iso_wkb)
            .transpose()
            .map_err(|cause| eingabe(format!("Objekt {gelesen}: Geometrie unlesbar: {cause}")))?;
        draht::haenge_an(&mut satz, form.as_deref());
        draht::schreibe(aus, Art::Merkmal, &satz).map_err(|cause| umgebung(&cause))?;
    }
    Ok(gelesen)
}
