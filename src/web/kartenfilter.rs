//! Which measures a map shows: the words of the list's filter, or a saved question.

use sqlx::PgConnection;

use crate::error::{Error, Result};
use crate::http::extract::Anfrage;
use crate::http::problem::Problem;
use crate::strategie::frage::{self, Gespeichert};
use crate::strategie::massnahme::seite::{Feld, felder};
use crate::strategie::massnahme::{Antwort, Frage};
use crate::strategie::store;

/// Words of the address that say nothing about measures. The order and page of a list are
/// let pass, so that its address may be taken over whole.
const ANDERE: &[&str] = &["f", "frage", "plan", "sortiert", "limit", "cursor"];

/// What the map's panel shows of its filter.
#[derive(Debug)]
pub struct Filter {
    /// Saved questions to choose from.
    pub fragen: Vec<Gespeichert>,
    /// The one that was chosen.
    pub gewaehlt: Option<Gespeichert>,
    /// Why the chosen one shows nothing.
    pub hinweis: Option<String>,
    /// The form with what was asked.
    pub felder: Vec<Feld>,
    /// What is shown; None: everything.
    pub treffer: Option<Treffer>,
}

/// The measures of a filter.
#[derive(Debug)]
pub struct Treffer {
    /// Kennungen.
    pub kennungen: Vec<String>,
    /// What was asked, in words.
    pub gefragt: Vec<(String, String)>,
    /// Of these, without a shape a map could show.
    pub ohne_lage: usize,
    /// The same filter for `/massnahmen`.
    pub filter: String,
}

impl Filter {
    /// Reads the filter of a request and answers it.
    pub async fn lies(
        conn: &mut PgConnection,
        anfrage: &Anfrage,
        plan: Option<&str>,
    ) -> Result<Self, Problem> {
        let fragen = frage::store::liste(conn, None).await?;
        let mut gefragt = Frage::lies(anfrage.parameter.ohne(ANDERE))?;
        let mut hinweis = None;
        let gewaehlt = match anfrage.parameter.einzig("frage")?.filter(|k| !k.is_empty()) {
            None => None,
            Some(_) if gefragt != Frage::default() => {
                return Err(Error::parameter("frage", "Eine gespeicherte Frage und ein weiterer Filter stehen zusammen in der Adresse. Bitte nur eines von beiden angeben; der Filter der Frage steht im Formular und lässt sich dort ändern.").into());
            }
            Some(kennung) => {
                let frage = fragen.iter().find(|f| f.kennung == kennung).cloned();
                Some(frage.ok_or_else(|| {
                    Error::nicht_gefunden(format!(
                        "Eine Frage „{kennung}“ gibt es nicht. Alle stehen unter /fragen."
                    ))
                })?)
            }
        };
        if let Some(frage) = &gewaehlt {
            match frage::lies(&frage.filter) {
                Ok(aus_frage) => gefragt = aus_frage,
                Err(fehler) => hinweis = Some(fehler.to_string()),
            }
        } else if gefragt.nutzung.is_some() || gefragt.flaeche.is_some() {
            gefragt.plan = plan.map(str::to_owned);
        }
        let mut treffer = None;
        if gefragt != Frage::default() {
            match store::massnahmen(conn, &gefragt).await {
                Ok(antwort) => treffer = Some(Treffer::neu(conn, antwort, &gefragt).await?),
                // The chosen question no longer fits; a filter just typed is answered as elsewhere.
                Err(fehler @ (Error::Aufruf { .. } | Error::NichtGefunden(_)))
                    if gewaehlt.is_some() =>
                {
                    hinweis = Some(fehler.to_string());
                }
                Err(fehler) => return Err(fehler.into()),
            }
        }
        if hinweis.is_some() {
            treffer = Some(Treffer::keine());
        }
        let mut felder = felder(conn, &gefragt).await?;
        felder.retain(|feld| feld.name != "plan");
        Ok(Self {
            fragen,
            gewaehlt,
            hinweis,
            felder,
            treffer,
        })
    }
}

impl Filter {
    /// This question is the chosen one.
    #[must_use]
    pub fn ist_gewaehlt(&self, frage: &Gespeichert) -> bool {
        self.gewaehlt.as_ref() == Some(frage)
    }
}

impl Treffer {
    async fn neu(conn: &mut PgConnection, antwort: Antwort, frage: &Frage) -> Result<Self> {
        let alle = antwort.massnahmen.iter().chain(&antwort.gesamtstadt);
        let kennungen: Vec<String> = alle.map(|m| m.kennung.clone()).collect();
        let mit_lage = sqlx::query_scalar!(
            r#"SELECT count(*) AS "zahl!" FROM massnahme m WHERE m.kennung = ANY ($1) AND EXISTS (SELECT FROM massnahme_ort o WHERE o.massnahme_id = m.id)"#,
            &kennungen
        )
        .fetch_one(conn)
        .await?;
        Ok(Self {
            ohne_lage: kennungen
                .len()
                .saturating_sub(usize::try_from(mit_lage).unwrap_or(0)),
            kennungen,
            gefragt: antwort.gefragt,
            filter: frage.woerter(),
        })
    }

    fn keine() -> Self {
        Self {
            kennungen: Vec::new(),
            gefragt: Vec::new(),
            ohne_lage: 0,
            filter: String::new(),
        }
    }
}
