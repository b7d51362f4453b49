//! `import fnp`: one plan file → one Fassung, in one transaction.
//!
//! Reading order: [`quelle`] (whatever reads a format), [`lesen`] (checks, spools and sorts
//! without the database), [`spule`], `zeile` and `benennen` (what lies on the disk, and its
//! names), [`laden`] (the one transaction), `kopieren` (COPY and join), [`pruefsumme`], `kopf`, `fassung`,
//! `ganzes` (checks of the whole plan), [`abgleich`]. Between reading and loading stands the [`Lieferung`].

pub mod abgleich;
pub mod befund;
mod benennen;
mod fassung;
mod ganzes;
mod kopf;
mod kopieren;
pub mod laden;
pub mod lesen;
pub mod pruefsumme;
pub mod quelle;
pub mod spule;
pub mod vektor;
mod zeile;

use std::path::PathBuf;
use std::time::Duration;

use super::fortschritt::Fortschritt;
use super::protokoll::{Ergebnis, Protokoll};
use crate::db::Database;
use crate::error::{Error, Result};
use crate::fnp::objekt::{Befund, Schwere};
use crate::fnp::plan::Stand;
use lesen::Lieferung;

/// What the caller asked for.
#[derive(Debug, Clone, Default)]
pub struct Auftrag {
    /// The file.
    pub datei: PathBuf,
    /// Kennung of the plan.
    pub plan: Option<String>,
    /// State, instead of the file's rechtsstand.
    pub stand: Option<Stand>,
    /// Publish drafts too.
    pub veroeffentlichen: bool,
    /// Repair invalid areas.
    pub reparieren: bool,
    /// Read and check only.
    pub probe: bool,
    /// Who imports.
    pub wer: String,
    /// How long to wait for another import; none: the usual limit, zero: not at all.
    pub hoechstens_warten: Option<Duration>,
    /// Who is told how far it is.
    pub fortschritt: Fortschritt,
    /// For a plan from the office's own data.
    pub vektor: vektor::Angaben,
}

/// Imports a plan; the protocol tells of refusals too.
///
/// # Errors
/// The refusal beside its protocol; nothing was stored then.
pub async fn fuehre_aus(
    db: &Database,
    auftrag: &Auftrag,
) -> std::result::Result<Protokoll, (Error, Box<Protokoll>)> {
    let mut protokoll = Protokoll::neu(
        super::datei::dateiname(&auftrag.datei),
        auftrag.plan.clone(),
    );
    match versuche(db, auftrag, &mut protokoll).await {
        Ok(()) => Ok(protokoll),
        Err(error) => {
            protokoll.ergebnis = Ergebnis::Abgelehnt;
            protokoll
                .befunde
                .push(Befund::neu("abgelehnt", Schwere::Fehler, error.to_string()));
            Err((error, Box::new(protokoll)))
        }
    }
}

async fn versuche(db: &Database, auftrag: &Auftrag, protokoll: &mut Protokoll) -> Result<()> {
    let kopie = auftrag.clone();
    let lieferung = tokio::task::spawn_blocking(move || lesen::lies(&kopie))
        .await
        .map_err(Error::intern)??;
    uebernimm(db, auftrag, lieferung, protokoll).await
}

/// Stores what was read, by [`lesen::lies`] or from another producer, and fills the protocol.
///
/// # Errors
/// A refusal; nothing was stored then.
pub async fn uebernimm(
    db: &Database,
    auftrag: &Auftrag,
    mut lieferung: Lieferung,
    protokoll: &mut Protokoll,
) -> Result<()> {
    lieferung.format.clone_into(&mut protokoll.format);
    // Only XPlanGML has one.
    protokoll.version = Some(lieferung.kopf.version.clone()).filter(|version| !version.is_empty());
    protokoll.plan = Some(lieferung.kennung.clone());
    protokoll.klassen = std::mem::take(&mut lieferung.klassen);
    protokoll.befunde = std::mem::take(&mut lieferung.befunde);
    laden::lade(db, auftrag, lieferung, protokoll).await
}
