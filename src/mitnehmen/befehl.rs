//! Comparing and accepting at the command line: the operator's own hands, without an upload.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::abgleich;
use super::posten::{Art, Posten};
use super::rueckgabe::{self, Rueckgabe};
use super::store;
use super::uebernahme::{Seite, Uebernahme, Wahl, Wahlen, plane};
use crate::auth::akteur::Herkunft;
use crate::auth::{Akteur, Angemeldet, Rolle};
use crate::bearbeiten::vorgang::Vorgang;
use crate::db::{Database, audit};
use crate::error::{Error, Result};
use crate::http::link::Basis;
use crate::http::problem::Problem;
use crate::import::datei::{Datei, Grenzen};
use crate::layers::catalog;
use crate::layers::sammlung::Katalog;

/// A file and its three sides.
#[derive(Debug)]
pub struct Verglichen {
    /// Name of the file.
    pub name: String,
    sha256: String,
    /// What it says.
    pub rueckgabe: Rueckgabe,
    /// Against today.
    pub posten: Vec<Posten>,
    dienst: Arc<crate::bearbeiten::Dienst>,
}

/// What of it is accepted.
#[derive(Debug, Clone, Default)]
pub struct Auftrag {
    /// Only these numbers; none: all.
    pub nur: Vec<usize>,
    /// Side of every conflict.
    pub konflikte: Option<Seite>,
    /// Deletions too.
    pub loeschungen: bool,
    /// Reason for the history.
    pub warum: String,
}

/// Compares a file with today.
///
/// # Errors
/// [`Error::Eingabe`] for a file that cannot be compared.
pub async fn vergleiche(db: &Database, pfad: &Path) -> Result<Verglichen> {
    let pool = db.personal.pool("alles,betraege", None, None);
    let katalog = Arc::new(Katalog::lies_intern(&pool, catalog::EIGENE, None).await?);
    let sammlungen = abgleich::sammlungen(&pool, &katalog).await?;
    let mut conn = pool.acquire().await?;
    let gemeinden = store::gemeinden(&mut conn).await?;
    drop(conn);
    let pfad = pfad.to_owned();
    let wer = audit::operator();
    let (name, sha256, rueckgabe) = tokio::task::spawn_blocking(move || {
        let grenzen = Grenzen::BEFEHLSZEILE;
        let datei = Datei::oeffne_mit(&pfad, &grenzen)?;
        let gelesen = rueckgabe::lies(&datei, &grenzen, &sammlungen, &gemeinden, &wer)?;
        Ok::<_, Error>((datei.name.clone(), datei.sha256.clone(), gelesen))
    })
    .await
    .map_err(Error::intern)??;
    let posten = abgleich::stelle_gegenueber(&pool, &katalog, &rueckgabe).await?;
    Ok(Verglichen {
        name,
        sha256,
        rueckgabe,
        posten,
        dienst: Arc::new(crate::bearbeiten::Dienst {
            lesen: pool,
            katalog: Arc::clone(&katalog),
            arbeit: katalog,
            schreiben: db.write.clone(),
        }),
    })
}

impl Verglichen {
    fn wahlen(&self, auftrag: &Auftrag) -> Result<Wahlen> {
        for nr in &auftrag.nur {
            if !self.posten.iter().any(|p| p.nr == *nr) {
                return Err(Error::parameter(
                    "nur",
                    format!("Ein Objekt {nr} hat der Vergleich nicht."),
                ));
            }
        }
        let mut wahlen = Wahlen::new();
        for posten in &self.posten {
            let genannt = auftrag.nur.contains(&posten.nr);
            let gemeint = genannt || auftrag.nur.is_empty();
            let geloescht = posten.art == Art::Geloescht;
            if !gemeint || geloescht && !genannt && !auftrag.loeschungen {
                continue;
            }
            if !posten.art.waehlbar() && !genannt {
                continue;
            }
            let seiten = match (posten.art, auftrag.konflikte) {
                (Art::Konflikt, None) => {
                    return Err(Error::eingabe(format!(
                        "{}: hier und in der Datei verschieden geändert. Bitte mit --konflikte datei oder --konflikte heute eine Seite wählen, das Objekt mit --nur auslassen, oder auf der Seite /mitnehmen einzeln entscheiden. Übernommen wurde nichts.",
                        posten.wo()
                    )));
                }
                (Art::Konflikt, Some(seite)) => {
                    posten.streitig().map(|f| (f.name.clone(), seite)).collect()
                }
                _ => std::collections::HashMap::new(),
            };
            let wahl = Wahl {
                ja: true,
                seiten,
                gesehen: None,
            };
            wahlen.insert(posten.nr, wahl);
        }
        Ok(wahlen)
    }

    /// Accepts what was chosen, in one transaction; gives the numbers of what was written.
    ///
    /// # Errors
    /// [`Error::Eingabe`] for an open conflict or a refusal; then nothing is written.
    pub async fn uebernimm(self, auftrag: &Auftrag) -> Result<usize> {
        let wer = audit::operator();
        let wahlen = self.wahlen(auftrag)?;
        let taten = plane(self.posten, &self.rueckgabe.eintraege, &wahlen).map_err(ablehnung)?;
        let anzahl = taten.len();
        let inhalt = serde_json::to_value(&self.rueckgabe)?;
        let schreiben = &self.dienst.schreiben;
        let id = store::lege_ab(schreiben, &wer, &self.name, &self.sha256, &inhalt).await?;
        let akteur = betreiber(&wer);
        let basis = Basis(self.rueckgabe.kopf.dienst.clone());
        let uebernahme = Uebernahme::neu(&self.dienst, (id, &wer), &akteur, &basis, taten).await?;
        let warum = match auftrag.warum.trim() {
            "" => format!("Aus der Datei „{}“ übernommen", self.name),
            warum => warum.to_owned(),
        };
        let vorgang = Vorgang {
            pool: schreiben,
            wer: &wer,
            warum: &warum,
        };
        vorgang
            .fuehre_aus(None, &uebernahme)
            .await
            .map_err(ablehnung)?;
        Ok(anzahl)
    }
}

fn ablehnung(problem: Problem) -> Error {
    match problem.ursache {
        Some(ursache) => Error::intern(ursache),
        None => Error::eingabe(problem.detail),
    }
}

/// Whoever runs commands on the machine may do everything; the history names them.
fn betreiber(wer: &str) -> Akteur {
    Akteur(Some(Arc::new(Angemeldet {
        id: Uuid::nil(),
        login: wer.to_owned(),
        name: wer.to_owned(),
        rollen: Rolle::ALLE.to_vec(),
        referat: None,
        ortsteil: None,
        herkunft: Herkunft::Sitzung {
            formularschutz: String::new(),
        },
        endet: DateTime::<Utc>::MAX_UTC,
    })))
}
