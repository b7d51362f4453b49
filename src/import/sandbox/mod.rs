//! User files meet GDAL only in a child process of their own: the same program, started
//! with an empty environment, that takes all its rights away (`haerten`), reads one
//! layer (`kind`, `geopackage`) and writes it to a pipe (`draht`). The parent ([`lies`])
//! keeps the clock, counts, and believes nothing.

mod auftrag;
mod draht;
mod geopackage;
mod haerten;
mod kind;

use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use auftrag::{Auftrag, Schranken};
use draht::{AblehnungSatz, Art, EndeSatz, KopfSatz};
pub use draht::{Feld, Typ};

use super::datei::{Datei, Grenzen};
use crate::error::{Error, Result};

/// Name of the hidden subcommand.
pub const BEFEHL: &str = "lesekapsel";

/// Bytes that may wait between child and parent.
const ROHR: libc::c_int = 1 << 20;

static PROGRAMM: OnceLock<PathBuf> = OnceLock::new();

/// The child's side, for [`BEFEHL`]: never returns to the rest of the program.
#[must_use]
pub fn kind() -> ExitCode {
    kind::main()
}

/// Names the program to start as child, for callers that are not it (tests, benches);
/// the first call counts.
pub fn nimm_programm(pfad: PathBuf) {
    let _ = PROGRAMM.set(pfad);
}

/// The layer, before and after its features.
#[derive(Debug)]
pub(super) struct Gelesen {
    /// Layer, as the file calls it.
    pub ebene: String,
    /// GDAL's warnings.
    pub warnungen: Vec<String>,
    /// Names of all layers, where they were asked for.
    ebenen: Vec<String>,
}

/// Takes the fields, the EPSG code and the name of the CRS, once and first.
pub(super) type KopfSenke<'a> = dyn FnMut(&[Feld], Option<u32>, Option<&str>) -> Result<()> + 'a;

/// One feature as it comes off the pipe.
#[derive(Debug)]
pub(super) struct Roh<'a> {
    /// Position in the layer, from 1.
    pub nr: u64,
    /// Key in the file, where it has one.
    pub fid: Option<u64>,
    /// Values in the order of the fields.
    pub werte: &'a [Option<&'a [u8]>],
    /// ISO WKB.
    pub wkb: Option<&'a [u8]>,
}

/// Reads one layer through a child. `kopf` comes once and before the first feature.
///
/// # Errors
/// [`Error::Eingabe`] for the file's fault, also when it used more memory or time than
/// allowed; [`Error::Umgebung`] when the sandbox cannot be set up.
pub(super) fn lies(
    datei: &Datei,
    ebene: Option<&str>,
    grenzen: &Grenzen,
    kopf: &mut KopfSenke<'_>,
    senke: &mut dyn FnMut(Roh<'_>) -> Result<()>,
) -> Result<Gelesen> {
    frage(datei, (ebene, false), grenzen, kopf, senke)
}

/// Names of the layers of a file, through a child.
///
/// # Errors
/// As [`lies`].
pub(super) fn ebenen(datei: &Datei, grenzen: &Grenzen) -> Result<Vec<String>> {
    let gelesen = frage(
        datei,
        (None, true),
        grenzen,
        &mut |_, _, _| Ok(()),
        &mut |_| Ok(()),
    )?;
    Ok(gelesen.ebenen)
}

fn frage(
    datei: &Datei,
    (ebene, nur_namen): (Option<&str>, bool),
    grenzen: &Grenzen,
    kopf: &mut KopfSenke<'_>,
    senke: &mut dyn FnMut(Roh<'_>) -> Result<()>,
) -> Result<Gelesen> {
    let quelle = datei.fuer_kapsel(ebene)?;
    let groesse: u64 = quelle
        .dateien
        .iter()
        .filter_map(|(_, pfad)| Some(pfad.metadata().ok()?.len()))
        .sum();
    let im_speicher = groesse <= grenzen.im_speicher;
    let ablage = if im_speicher {
        None
    } else {
        Some(ablage(&quelle.dateien)?)
    };
    let auftrag = Auftrag {
        format: datei.format,
        dateien: ablage
            .as_ref()
            .map_or(quelle.dateien, |(_, dateien)| dateien.clone()),
        im_speicher,
        ebene: ebene.map(str::to_owned),
        nur_namen,
        schranken: Schranken::from(grenzen),
    };
    let mut child = starte(&auftrag)?;
    let aus = child
        .stdout
        .take()
        .ok_or_else(|| Error::intern("kein Rohr zum Kind"))?;
    // The usual 64 kB make both sides wait for each other every few objects; where the
    // system gives no more, it goes on with these.
    let _ = fcntl(&aus, FcntlArg::F_SETPIPE_SZ(ROHR));
    let child = Arc::new(Mutex::new(child));
    let (fertig, warte) = mpsc::channel::<()>();
    let uhr = {
        let (child, frist) = (Arc::clone(&child), auftrag.schranken.wanduhr);
        std::thread::spawn(move || {
            let abgelaufen = warte.recv_timeout(frist) == Err(mpsc::RecvTimeoutError::Timeout);
            if abgelaufen {
                let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
            }
            abgelaufen
        })
    };
    let ergebnis = empfange(&mut BufReader::with_capacity(1 << 18, aus), kopf, senke);
    let _ = fertig.send(());
    let abgelaufen = uhr.join().unwrap_or(false);
    let status = {
        let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
        if ergebnis.is_err() {
            let _ = child.kill();
        }
        child.wait()?
    };
    match ergebnis? {
        Some(gelesen) if status.success() => Ok(gelesen),
        _ if abgelaufen => Err(Error::eingabe(format!(
            "Das Lesen der Datei dauerte länger als {} Sekunden und wurde abgebrochen; vermutlich ist sie beschädigt.",
            auftrag.schranken.wanduhr.as_secs()
        ))),
        _ => Err(Error::eingabe(format!(
            "Das Lesen der Datei wurde abgebrochen, weil es mehr Speicher ({} MB) oder Rechenzeit ({} s) brauchte als erlaubt oder die Datei beschädigt ist. Bitte in der Quelle neu speichern oder in Teilen einlesen.",
            auftrag.schranken.speicher >> 20,
            auftrag.schranken.rechenzeit.as_secs()
        ))),
    }
}

/// A private folder with the files under our names: hard links where possible, else copies.
fn ablage(dateien: &[(String, PathBuf)]) -> Result<(tempfile::TempDir, Vec<(String, PathBuf)>)> {
    let ordner = tempfile::TempDir::new()?;
    let mut neue = Vec::new();
    for (name, ort) in dateien {
        let ziel = ordner.path().join(name);
        if std::fs::hard_link(std::fs::canonicalize(ort)?, &ziel).is_err() {
            std::fs::copy(ort, &ziel)?;
        }
        neue.push((name.clone(), ziel));
    }
    Ok((ordner, neue))
}

fn starte(auftrag: &Auftrag) -> Result<Child> {
    let programm = PROGRAMM
        .get()
        .cloned()
        .unwrap_or_else(|| PathBuf::from("/proc/self/exe"));
    let mut befehl = Command::new(programm);
    befehl
        .arg(BEFEHL)
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    for name in ["LD_LIBRARY_PATH", "GDAL_DATA", "PROJ_LIB", "PROJ_DATA"] {
        if let Some(wert) = std::env::var_os(name) {
            befehl.env(name, wert);
        }
    }
    let mut child = befehl.spawn().map_err(|cause| {
        Error::umgebung(format!(
            "Der abgeschottete Lesevorgang lässt sich nicht starten: {cause}"
        ))
    })?;
    if let Some(mut ein) = child.stdin.take() {
        // A child that dies at once is noticed by its silence.
        let _ = ein.write_all(&serde_json::to_vec(auftrag)?);
    }
    Ok(child)
}

/// None: the pipe ended before the end record.
fn empfange(
    quelle: &mut impl std::io::Read,
    kopf: &mut KopfSenke<'_>,
    senke: &mut dyn FnMut(Roh<'_>) -> Result<()>,
) -> Result<Option<Gelesen>> {
    let unsinn = || Error::intern("Das Kind schrieb einen unlesbaren Satz");
    let mut puffer = Vec::new();
    let mut gesagt: Option<KopfSatz> = None;
    let mut nr = 0;
    while let Some(art) = draht::lies(quelle, &mut puffer)? {
        match (art, &gesagt) {
            (Art::Ablehnung, _) => {
                return Err(match serde_json::from_slice(&puffer)? {
                    AblehnungSatz::Eingabe(text) => Error::eingabe(text),
                    AblehnungSatz::Umgebung(text) => Error::umgebung(text),
                });
            }
            (Art::Kopf, None) => {
                let satz: KopfSatz = serde_json::from_slice(&puffer)?;
                kopf(&satz.felder, satz.epsg, satz.system.as_deref())?;
                gesagt = Some(satz);
            }
            (Art::Merkmal, Some(satz)) => {
                nr += 1;
                let mut rest = puffer.as_slice();
                let fid = draht::nimm(&mut rest).map_err(|_| unsinn())?;
                let mut werte = Vec::with_capacity(satz.felder.len());
                for _ in &satz.felder {
                    werte.push(draht::nimm(&mut rest).map_err(|_| unsinn())?);
                }
                senke(Roh {
                    nr,
                    fid: fid.and_then(|bytes| Some(u64::from_le_bytes(bytes.try_into().ok()?))),
                    werte: &werte,
                    wkb: draht::nimm(&mut rest).map_err(|_| unsinn())?,
                })?;
            }
            (Art::Ende, Some(satz)) => {
                let ende: EndeSatz = serde_json::from_slice(&puffer)?;
                // A damaged file can end early with a success code.
                if ende.gelesen != nr || satz.anzahl.is_some_and(|anzahl| anzahl != nr) {
                    return Err(Error::eingabe(format!(
                        "Die Datei ist beschädigt: sie nennt {} Objekte, lesbar sind {nr}.",
                        satz.anzahl.unwrap_or(ende.gelesen)
                    )));
                }
                return Ok(gesagt.map(|satz| Gelesen {
                    ebene: satz.ebene,
                    warnungen: ende.warnungen,
                    ebenen: satz.ebenen,
                }));
            }
            _ => return Err(unsinn()),
        }
    }
    Ok(None)
}
