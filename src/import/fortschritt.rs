//! What an import tells while it runs. The library reports, the command line prints.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Reports come at most this often, except at the begin and end of a phase.
const ABSTAND: Duration = Duration::from_millis(200);

/// One report.
#[derive(Debug, Clone, PartialEq)]
pub enum Meldung {
    /// Another import runs; the German sentence says since when and how long we wait.
    Wartet(String),
    /// How far a phase has come.
    Stand {
        /// German name of the phase.
        phase: &'static str,
        /// Objects done.
        erledigt: u64,
        /// Objects in all, once known.
        gesamt: Option<u64>,
        /// Time since the phase began.
        dauer: Duration,
        /// True for the last report of the phase.
        fertig: bool,
    },
}

impl Meldung {
    /// One German line: phase, objects, rate, rest time.
    #[must_use]
    pub fn zeile(&self) -> String {
        let (phase, erledigt, gesamt, dauer, fertig) = match self {
            Self::Wartet(text) => return text.clone(),
            Self::Stand {
                phase,
                erledigt,
                gesamt,
                dauer,
                fertig,
            } => (phase, *erledigt, *gesamt, dauer.as_secs_f64(), *fertig),
        };
        let objekte = match gesamt {
            _ if fertig && erledigt == 0 => return format!("{phase}: {}", sekunden(dauer)),
            _ if fertig => {
                let objekte = tausender(erledigt);
                return format!("{phase}: {objekte} Objekte in {}", sekunden(dauer));
            }
            Some(gesamt) => format!("{} von {}", tausender(erledigt), tausender(gesamt)),
            None if erledigt == 0 => return format!("{phase}: läuft"),
            None => tausender(erledigt),
        };
        let von = if gesamt.is_some() {
            "Objekten"
        } else {
            "Objekte"
        };
        let je_sekunde = erledigt as f64 / dauer.max(0.001);
        let rest = match gesamt {
            Some(gesamt) if gesamt > erledigt && erledigt > 0 => {
                let rest = (gesamt - erledigt) as f64 / je_sekunde;
                format!(", noch etwa {}", sekunden(rest))
            }
            _ => String::new(),
        };
        format!("{phase}: {objekte} {von}, {je_sekunde:.0} je Sekunde{rest}")
    }
}

fn tausender(zahl: u64) -> String {
    let ziffern = zahl.to_string();
    let mut text = String::with_capacity(ziffern.len() + ziffern.len() / 3);
    for (nr, ziffer) in ziffern.chars().enumerate() {
        if nr > 0 && (ziffern.len() - nr).is_multiple_of(3) {
            text.push('.');
        }
        text.push(ziffer);
    }
    text
}

fn sekunden(s: f64) -> String {
    if s < 10.0 {
        format!("{s:.1} s").replace('.', ",")
    } else if s < 100.0 {
        format!("{s:.0} s")
    } else {
        format!("{:.0} min", s / 60.0)
    }
}

/// Takes the reports, from any thread.
type Empfaenger = dyn Fn(&Meldung) + Send + Sync;

/// Whom to tell; nobody by default.
#[derive(Clone, Default)]
pub struct Fortschritt(Option<Arc<Empfaenger>>);

impl std::fmt::Debug for Fortschritt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "an" } else { "aus" })
    }
}

impl Fortschritt {
    /// Reports go to `empfaenger`, from any thread.
    pub fn an(empfaenger: impl Fn(&Meldung) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(empfaenger)))
    }

    /// Passes a report on.
    pub fn melde(&self, meldung: &Meldung) {
        if let Some(empfaenger) = &self.0 {
            empfaenger(meldung);
        }
    }

    /// Begins a phase; it ends with the value.
    #[must_use]
    pub fn phase(&self, name: &'static str, gesamt: Option<u64>) -> Phase {
        let phase = Phase {
            an: self.clone(),
            name,
            gesamt,
            beginn: Instant::now(),
            erledigt: AtomicU64::new(0),
            zuletzt: Mutex::new(Instant::now()),
        };
        phase.melde(false);
        phase
    }
}

/// A phase of an import.
#[derive(Debug)]
pub struct Phase {
    an: Fortschritt,
    name: &'static str,
    gesamt: Option<u64>,
    beginn: Instant,
    erledigt: AtomicU64,
    zuletzt: Mutex<Instant>,
}

impl Phase {
    /// So many objects more are done.
    pub fn weiter(&self, objekte: u64) {
        self.erledigt.fetch_add(objekte, Ordering::Relaxed);
        let mut zuletzt = self.zuletzt.lock().unwrap_or_else(PoisonError::into_inner);
        if zuletzt.elapsed() >= ABSTAND {
            *zuletzt = Instant::now();
            drop(zuletzt);
            self.melde(false);
        }
    }

    fn melde(&self, fertig: bool) {
        self.an.melde(&Meldung::Stand {
            phase: self.name,
            erledigt: self.erledigt.load(Ordering::Relaxed),
            gesamt: self.gesamt,
            dauer: self.beginn.elapsed(),
            fertig,
        });
    }
}

impl Drop for Phase {
    fn drop(&mut self) {
        self.melde(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand(erledigt: u64, gesamt: Option<u64>, sekunden: u64, fertig: bool) -> String {
        Meldung::Stand {
            phase: "Speichern",
            erledigt,
            gesamt,
            dauer: Duration::from_secs(sekunden),
            fertig,
        }
        .zeile()
    }

    #[test]
    fn a_line_tells_objects_rate_and_rest() {
        assert_eq!(
            stand(250_000, Some(1_000_000), 5, false),
            "Speichern: 250.000 von 1.000.000 Objekten, 50000 je Sekunde, noch etwa 15 s"
        );
        assert_eq!(
            stand(1_200, None, 2, false),
            "Speichern: 1.200 Objekte, 600 je Sekunde"
        );
        assert_eq!(stand(0, None, 2, false), "Speichern: läuft");
        assert_eq!(stand(7, Some(7), 2, true), "Speichern: 7 Objekte in 2,0 s");
    }

    #[test]
    fn a_phase_reports_its_begin_and_its_end() {
        let gehoert = Arc::new(Mutex::new(Vec::new()));
        let ohr = Arc::clone(&gehoert);
        let fortschritt = Fortschritt::an(move |m| ohr.lock().unwrap().push(m.zeile()));
        let phase = fortschritt.phase("Lesen", None);
        phase.weiter(3);
        drop(phase);
        let gehoert = gehoert.lock().unwrap();
        assert_eq!(gehoert[0], "Lesen: läuft");
        assert!(gehoert.last().unwrap().starts_with("Lesen: 3 Objekte in"));
    }
}
