//! Answers from a snapshot: which features is found in memory, or PostGIS is asked for their
//! keys alone; their bytes are sent as they stand.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use sqlx::PgPool;

use super::{ANFANG, Antwort, Auftrag, Fund, Quelle};
use crate::error::Result;
use crate::http::koerper::Koerper;
use crate::layers::auswahl::Auswahl;
use crate::layers::crs::Ziel;
use crate::layers::cursor::{Cursor, Phase};
use crate::layers::query::{self, Ergebnis, Leitung, laden};
use crate::layers::rahmen::Antwort as Kastenantwort;
use crate::layers::sammlung::Sammlung;
use crate::layers::snapshot::{Form, Lagefrage, Schnappschuss};

/// More features at the edge of a box than this, and PostGIS does the whole request.
const FRAGLICHE: usize = 2000;

/// One snapshot; the pool is for questions about it.
pub(super) struct Gedaechtnis {
    pub(super) bild: Arc<Schnappschuss>,
    pub(super) pool: PgPool,
}

/// The features of a request, in order, by number.
enum Vorrat<'a> {
    /// All from … to.
    Alle(Range<u32>),
    /// These.
    Liste(Cow<'a, [u32]>),
}

/// One page of them.
struct Blatt {
    strecken: Vec<Range<u32>>,
    /// It is this part of what the filter alone gives.
    gefiltert: Option<Range<usize>>,
    ergebnis: Ergebnis,
}

impl Quelle for Gedaechtnis {
    async fn seite(&self, auftrag: &Arc<Auftrag>) -> Result<Option<Antwort>> {
        let auswahl = &auftrag.auswahl;
        let ganz = auswahl.eigenschaften.is_none() && auswahl.geometrie && auswahl.stufe.is_none();
        let Some(form) = Form::zu(auswahl.crs).filter(|_| ganz) else {
            return Ok(None);
        };
        let Some(blatt) = self.blatt(&auftrag.sammlung, auswahl).await? else {
            return Ok(None);
        };
        let schluss = (auftrag.schluss)(&blatt.ergebnis)?;
        let stuecke = if auftrag.gzip {
            let rahmen = (ANFANG, schluss.as_bytes());
            let gemerkt = blatt.gefiltert.clone().and_then(|teil| {
                let bild = &self.bild;
                bild.gefiltert_gepackt(form, &auswahl.filter, teil, rahmen)
            });
            gemerkt.unwrap_or_else(|| {
                let (anfang, schluss) = rahmen;
                self.bild.gepackt(form, anfang, &blatt.strecken, schluss)
            })
        } else {
            self.bild
                .text(form, ANFANG, &blatt.strecken, schluss.as_bytes())
        };
        Ok(Some(Antwort {
            koerper: Koerper::Fertig(stuecke),
            gepackt: auftrag.gzip,
        }))
    }

    async fn objekt(&self, _: &Sammlung, id: &str, crs: Ziel) -> Result<Fund> {
        // An id that is not here is PostgreSQL's to read: `007` may be 7.
        let (Some(form), Some(nummer)) = (Form::zu(crs), self.bild.nummer(id)) else {
            return Ok(Fund::Ungewiss);
        };
        let text = self.bild.objekt(nummer).geojson(form);
        let mut out = Vec::with_capacity(text.len() + 1024);
        out.extend_from_slice(&text[..text.len() - 1]);
        Ok(Fund::Da(out))
    }
}

impl Gedaechtnis {
    async fn blatt(&self, sammlung: &Sammlung, auswahl: &Auswahl) -> Result<Option<Blatt>> {
        let Some(vorrat) = self.vorrat(sammlung, auswahl).await? else {
            return self.gefragt(sammlung, auswahl).await;
        };
        let ab = match &auswahl.cursor {
            None => 0,
            Some(cursor) => match self.nach(cursor) {
                Some(ab) => ab,
                // The row it names is gone: PostgreSQL knows where it stood.
                None => return Ok(None),
            },
        };
        Ok(Some(self.schneide(auswahl, &vorrat, ab)))
    }

    /// Number of the first feature behind the cursor.
    fn nach(&self, cursor: &Cursor) -> Option<u32> {
        let nummer = self.bild.nummer(&cursor.schluessel)?;
        let objekt = self.bild.objekt(nummer);
        let gleich =
            objekt.ordnung() == cursor.ordnung && phase(&self.bild, nummer) == cursor.phase;
        gleich.then_some(nummer + 1)
    }

    /// What the request asks for, where that can be told in memory. Every part of the request
    /// is named, so that a new one is not overlooked.
    async fn vorrat(&self, sammlung: &Sammlung, auswahl: &Auswahl) -> Result<Option<Vorrat<'_>>> {
        let Auswahl {
            limit: _,
            cursor: _,
            // The WFS alone counts, and asks the database.
            ab: _,
            crs: _,
            kennung: _,
            // What is sent of a feature was looked at before.
            eigenschaften: _,
            geometrie: _,
            zoom: _,
            stufe: _,
            bbox,
            zeit,
            filter,
            cql,
            sortierung,
        } = auswahl;
        let ebene = self.bild.ebene();
        if zeit.is_some() && ebene.zeit.is_some() || cql.is_some() || !sortierung.is_empty() {
            return Ok(None);
        }
        let gefiltert = if filter.is_empty() {
            None
        } else {
            match self.bild.gefiltert(filter) {
                Some(liste) => Some(liste),
                None => return Ok(None),
            }
        };
        let (Some(bbox), Some(_)) = (bbox, &ebene.relation.geometrie) else {
            return Ok(Some(match gefiltert {
                Some(liste) => Vorrat::Liste(liste),
                None => Vorrat::Alle(0..u32::try_from(self.bild.len()).unwrap_or(u32::MAX)),
            }));
        };
        let Some(frage) = Lagefrage::neu(bbox) else {
            return Ok(Some(Vorrat::Liste(Cow::Borrowed(&[]))));
        };
        let mut kandidaten = frage.kandidaten(&self.bild);
        if let Some(liste) = &gefiltert {
            kandidaten.retain(|n| liste.binary_search(n).is_ok());
        }
        let mut fragliche = Vec::new();
        kandidaten.retain(|n| match frage.trifft(&self.bild, *n) {
            Kastenantwort::Ja => true,
            Kastenantwort::Nein => false,
            Kastenantwort::Fraglich => {
                fragliche.push(*n);
                true
            }
        });
        if fragliche.len() > FRAGLICHE {
            return Ok(None);
        }
        if !fragliche.is_empty() {
            let ids: Vec<String> = fragliche
                .iter()
                .map(|n| self.bild.objekt(*n).schluessel().into_owned())
                .collect();
            let stand = self.bild.version().zaehler();
            let Some(ja) = laden::passende(&self.pool, sammlung, auswahl, &ids, stand).await?
            else {
                return Ok(None);
            };
            let ja: HashSet<u32> = ja.iter().filter_map(|id| self.bild.nummer(id)).collect();
            kandidaten.retain(|n| ja.contains(n) || fragliche.binary_search(n).is_err());
        }
        Ok(Some(Vorrat::Liste(Cow::Owned(kandidaten))))
    }

    /// One page of what is there.
    fn schneide(&self, auswahl: &Auswahl, vorrat: &Vorrat<'_>, ab: u32) -> Blatt {
        let limit = u32::try_from(auswahl.limit).unwrap_or(u32::MAX);
        let mut gefiltert = None;
        let (strecken, anzahl, mehr, alle) = match vorrat {
            Vorrat::Alle(alle) => {
                let ende = ab.saturating_add(limit).min(alle.end);
                let strecke = ab.min(ende)..ende;
                let anzahl = strecke.len();
                (vec![strecke], anzahl, ende < alle.end, alle.len())
            }
            Vorrat::Liste(liste) => {
                let von = liste.partition_point(|n| *n < ab);
                let bis = (von + auswahl.limit).min(liste.len());
                gefiltert = auswahl.bbox.is_none().then_some(von..bis);
                (
                    strecken(&liste[von..bis]),
                    bis - von,
                    bis < liste.len(),
                    liste.len(),
                )
            }
        };
        let gesamt = match &auswahl.cursor {
            Some(cursor) => cursor.gesamt,
            None => i64::try_from(alle).ok(),
        };
        let ergebnis = self.ergebnis(auswahl, &strecken, (anzahl, gesamt), mehr.then(Vec::new));
        Blatt {
            strecken,
            gefiltert,
            ergebnis,
        }
    }

    /// PostgreSQL says which features, in which order.
    async fn gefragt(&self, sammlung: &Sammlung, auswahl: &Auswahl) -> Result<Option<Blatt>> {
        let stand = self.bild.version().zaehler();
        let mut leitung = Leitung::neu(&self.pool).await?;
        let gefunden = laden::schluessel(leitung.offen()?, sammlung, auswahl, stand).await?;
        let Some(mut funde) = gefunden else {
            leitung.frei();
            return Ok(None);
        };
        let mehr = funde.len() > auswahl.limit;
        funde.truncate(auswahl.limit);
        let gesamt = match &auswahl.cursor {
            Some(cursor) => cursor.gesamt,
            None if !mehr => i64::try_from(funde.len()).ok(),
            None => query::zaehle(leitung.offen()?, sammlung, auswahl).await?,
        };
        leitung.frei();
        let nummern: Option<Vec<u32>> = funde
            .iter()
            .map(|fund| self.bild.nummer(&fund.schluessel))
            .collect();
        let Some(nummern) = nummern else {
            return Ok(None);
        };
        let strecken = strecken(&nummern);
        let werte = funde.pop().filter(|_| mehr).map(|fund| fund.werte);
        let ergebnis = self.ergebnis(auswahl, &strecken, (nummern.len(), gesamt), werte);
        Ok(Some(Blatt {
            strecken,
            gefiltert: None,
            ergebnis,
        }))
    }

    /// `weiter`: the sort values of the last one, when more follow.
    fn ergebnis(
        &self,
        auswahl: &Auswahl,
        strecken: &[Range<u32>],
        (anzahl, gesamt): (usize, Option<i64>),
        weiter: Option<Vec<Option<String>>>,
    ) -> Ergebnis {
        let letzte = strecken
            .last()
            .and_then(|strecke| strecke.end.checked_sub(1));
        let letzte = letzte.zip(weiter);
        let weiter = letzte.map(|(nummer, werte)| {
            let objekt = self.bild.objekt(nummer);
            let phase = if auswahl.sortierung.is_empty() {
                phase(&self.bild, nummer)
            } else {
                Phase::Mit
            };
            Cursor {
                phase,
                werte,
                anfrage: auswahl.kennung.clone(),
                ordnung: objekt.ordnung(),
                schluessel: objekt.schluessel().into_owned(),
                gesamt,
            }
        });
        Ergebnis {
            anzahl,
            gesamt,
            weiter,
        }
    }
}

/// As [`query`] counts them: a relation without geometry has one phase alone.
fn phase(bild: &Schnappschuss, nummer: u32) -> Phase {
    if bild.objekt(nummer).mit_geometrie() {
        Phase::Mit
    } else {
        Phase::Ohne
    }
}

/// Consecutive numbers together.
fn strecken(nummern: &[u32]) -> Vec<Range<u32>> {
    let gruppen = nummern.chunk_by(|a, b| *b == a + 1);
    gruppen
        .filter_map(|gruppe| Some(*gruppe.first()?..gruppe.last()? + 1))
        .collect()
}
