//! German sentences for what the machine refuses.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::error::Error;

/// A file or directory below the data directory that could not be used.
pub(super) fn io(path: &Path, cause: &io::Error) -> Error {
    let path = path.display();
    let reason = match cause.kind() {
        ErrorKind::PermissionDenied => "Der Zugriff ist nicht erlaubt. Bitte die Rechte prüfen oder mit --data ein anderes Verzeichnis angeben.".into(),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "Dort liegt etwas, das kein Verzeichnis ist. Bitte mit --data ein Verzeichnis angeben.".into(),
        ErrorKind::ReadOnlyFilesystem => "Das Dateisystem ist schreibgeschützt. Bitte mit --data ein beschreibbares Verzeichnis angeben.".into(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "Der Datenträger ist voll. Bitte Platz schaffen und den Befehl wiederholen.".into(),
        ErrorKind::Unsupported => "Dieses Dateisystem kennt keine Dateisperren. Bitte mit --data ein Verzeichnis auf einem lokalen Datenträger angeben.".into(),
        _ => format!("Das System meldet: {cause}"),
    };
    Error::umgebung(format!(
        "Das Datenverzeichnis ist nicht benutzbar ({path}). {reason}"
    ))
}

/// A program of PostgreSQL that failed, from what it printed or logged.
pub(super) fn server(doing: &str, said: &str, log: Option<&Path>) -> Error {
    const KNOWN: [(&str, &str); 6] = [
        (
            "No space left on device",
            "Der Datenträger ist voll. Bitte Platz schaffen und den Befehl wiederholen.",
        ),
        (
            "Disk quota exceeded",
            "Das Speicherkontingent ist erschöpft. Bitte Platz schaffen und den Befehl wiederholen.",
        ),
        (
            "Read-only file system",
            "Das Dateisystem ist schreibgeschützt.",
        ),
        (
            "shared memory",
            "Der gemeinsame Speicher reicht nicht oder ist noch belegt. Bitte die Grenzen des Systems (in Containern /dev/shm) prüfen.",
        ),
        ("could not bind", "Der Socket ist nicht verfügbar."),
        (
            "Permission denied",
            "Ein Zugriff ist nicht erlaubt. Bitte die Rechte des Datenverzeichnisses prüfen.",
        ),
    ];
    let hint = KNOWN
        .iter()
        .find(|(phrase, _)| said.contains(phrase))
        .map_or("", |(_, hint)| hint);
    let lines: Vec<&str> = said.lines().filter(|l| !l.trim().is_empty()).collect();
    let tail = lines[lines.len().saturating_sub(6)..].join("\n  ");
    let more = log.map_or_else(String::new, |l| format!("\nMehr steht in {}.", l.display()));
    Error::umgebung(format!(
        "{doing} ist gescheitert. {hint}\nPostgreSQL meldet:\n  {tail}{more}"
    ))
}
