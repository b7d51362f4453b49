//! Progress of an import on standard error: one line that renews itself on a terminal,
//! else a line every few seconds and one at the end of a long phase.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::import::fortschritt::{Fortschritt, Meldung};

/// Without a terminal a line comes at most this often; shorter phases are not told.
const ABSTAND: Duration = Duration::from_secs(5);

/// Reports to standard error.
pub(super) fn auf_stderr() -> Fortschritt {
    let terminal = std::io::stderr().is_terminal();
    let zuletzt = Mutex::new(Instant::now());
    Fortschritt::an(move |meldung| {
        // Whoever closed standard error wants no progress.
        let _ = if terminal {
            auf_terminal(meldung)
        } else {
            in_zeilen(meldung, &zuletzt)
        };
    })
}

fn auf_terminal(meldung: &Meldung) -> std::io::Result<()> {
    let mut stderr = std::io::stderr().lock();
    let ende = match meldung {
        Meldung::Wartet(_) => "\n",
        Meldung::Stand {
            fertig: true,
            dauer,
            ..
        } if *dauer >= Duration::from_secs(1) => "\n",
        Meldung::Stand { .. } => "",
    };
    // Back to the first column, and the rest of the old line away.
    write!(stderr, "\r\x1b[K{}{ende}", meldung.zeile())?;
    if matches!(meldung, Meldung::Stand { fertig: true, .. }) && ende.is_empty() {
        write!(stderr, "\r\x1b[K")?;
    }
    stderr.flush()
}

fn in_zeilen(meldung: &Meldung, zuletzt: &Mutex<Instant>) -> std::io::Result<()> {
    let mut zuletzt = zuletzt.lock().unwrap_or_else(PoisonError::into_inner);
    let sagen = match meldung {
        Meldung::Wartet(_) => true,
        Meldung::Stand { fertig, dauer, .. } => {
            (*fertig && *dauer >= ABSTAND) || (!*fertig && zuletzt.elapsed() >= ABSTAND)
        }
    };
    if !sagen {
        return Ok(());
    }
    *zuletzt = Instant::now();
    writeln!(std::io::stderr().lock(), "{}", meldung.zeile())
}
