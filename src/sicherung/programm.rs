//! Running `pg_dump` and `pg_restore`: their address by environment, their words in German.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use crate::db::Server;
use crate::error::{Error, Result};

/// What the programs may see of our environment.
const WEITERGEGEBEN: [&str; 2] = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// A command with a known environment; with a server, its address.
pub(super) fn befehl(programm: &Path, server: Option<&Server>) -> Command {
    let mut befehl = Command::new(programm);
    befehl
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    for name in WEITERGEGEBEN {
        if let Some(wert) = std::env::var_os(name) {
            befehl.env(name, wert);
        }
    }
    if let Some(server) = server {
        befehl.envs(server.libpq());
    }
    befehl
}

/// A started program whose error output is read along, so that it never waits for us.
struct Laufend {
    kind: Child,
    meldungen: JoinHandle<String>,
}

impl Laufend {
    fn starte(mut befehl: Command) -> Result<Self> {
        let mut kind = befehl.spawn().map_err(|cause| {
            Error::umgebung(format!(
                "Das Programm {} lässt sich nicht starten: {cause}",
                befehl.get_program().display()
            ))
        })?;
        let mut quelle = kind.stderr.take();
        let meldungen = std::thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(quelle) = &mut quelle {
                let _ = quelle.read_to_end(&mut text);
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Self { kind, meldungen })
    }

    /// Waits; what it said, when it failed.
    fn ende(mut self) -> Result<Result<(), String>> {
        let erfolg = self.kind.wait()?.success();
        let text = self.meldungen.join().unwrap_or_default();
        Ok(if erfolg { Ok(()) } else { Err(text) })
    }

    fn brich_ab(mut self) {
        let _ = self.kind.kill();
        let _ = self.kind.wait();
        let _ = self.meldungen.join();
    }
}

/// Why data did not come through a program.
pub(super) enum Abbruch {
    /// Our own side: reading or writing our file.
    Datei(io::Error),
    /// The program.
    Programm(Error),
}

/// Runs a program and takes its output.
pub(super) fn lies(
    mut befehl: Command,
    ziel: &mut impl Write,
    was: &str,
) -> std::result::Result<(), Abbruch> {
    befehl.stdout(Stdio::piped());
    let mut laufend = Laufend::starte(befehl).map_err(Abbruch::Programm)?;
    if let Some(mut ausgabe) = laufend.kind.stdout.take()
        && let Err(cause) = kopiere(&mut ausgabe, ziel)
    {
        laufend.brich_ab();
        return Err(Abbruch::Datei(cause));
    }
    match laufend.ende().map_err(Abbruch::Programm)? {
        Ok(()) => Ok(()),
        Err(text) => Err(Abbruch::Programm(gescheitert(was, &text))),
    }
}

/// Runs a program on our data; its output is dropped.
pub(super) fn schreibe(mut befehl: Command, quelle: &mut impl Read, was: &str) -> Result<()> {
    befehl.stdin(Stdio::piped());
    let mut laufend = Laufend::starte(befehl)?;
    if let Some(mut eingabe) = laufend.kind.stdin.take()
        && let Err(cause) = kopiere(quelle, &mut eingabe)
        && cause.kind() != io::ErrorKind::BrokenPipe
    {
        laufend.brich_ab(); // it would take our end for the end of the data
        return Err(Error::eingabe(format!(
            "{was} ist gescheitert: die Sicherung lässt sich nicht weiter lesen ({cause})."
        )));
    }
    laufend.ende()?.map_err(|text| gescheitert(was, &text))
}

fn kopiere(quelle: &mut impl Read, ziel: &mut impl Write) -> io::Result<()> {
    let mut puffer = vec![0; 256 * 1024];
    loop {
        match quelle.read(&mut puffer) {
            Ok(0) => return Ok(()),
            Ok(anzahl) => ziel.write_all(&puffer[..anzahl])?,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
}

/// The sentence for a program that failed, from what it said.
pub(super) fn gescheitert(was: &str, text: &str) -> Error {
    const BEKANNT: [(&str, &str); 8] = [
        (
            "No space left on device",
            "Der Datenträger der Datenbank ist voll. Bitte Platz schaffen und wiederholen.",
        ),
        (
            "Disk quota exceeded",
            "Das Speicherkontingent der Datenbank ist erschöpft. Bitte Platz schaffen und wiederholen.",
        ),
        (
            "File too large",
            "Die Datenbank darf keine so großen Dateien schreiben. Bitte die Grenze (ulimit -f) des Servers aufheben.",
        ),
        (
            "server version mismatch",
            "pg_dump und der Server sind von verschiedenen Versionen. Bitte mit PG_BIN die Programme der Serverversion nennen.",
        ),
        (
            "permission denied",
            "Dem Konto der Datenbank fehlt ein Recht. Bitte mit dem Konto anmelden, dem die Datenbank gehört.",
        ),
        (
            "must be",
            "Dem Konto der Datenbank fehlt ein Recht. Bitte mit dem Konto anmelden, dem die Datenbank gehört.",
        ),
        (
            "out of shared memory",
            "Der Server hat zu wenige Sperren. Bitte max_locks_per_transaction erhöhen (etwa 1024) und ihn neu starten.",
        ),
        (
            "lock timeout",
            "Ein anderer Vorgang hält seit über zehn Minuten eine Sperre. Bitte später wiederholen.",
        ),
    ];
    let rat = BEKANNT
        .iter()
        .find(|(wort, _)| text.contains(wort))
        .map_or("", |(_, rat)| *rat);
    let zeilen: Vec<&str> = text.lines().filter(|z| !z.trim().is_empty()).collect();
    let letzte = zeilen[zeilen.len().saturating_sub(6)..].join("\n  ");
    Error::umgebung(format!(
        "{was} ist gescheitert. {rat}\nPostgreSQL meldet:\n  {letzte}"
    ))
}
