//! Conditions of a tile: which objects of a layer it shows.
//!
//! What compares columns of text, whole numbers and truth values with what is written in the
//! filter is decided here, object by object, by the values the layer holds anyway. Everything
//! else PostGIS decides, once for a layer and a condition: the answer is kept with the layer.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::mvt;
use super::schicht::Schicht;
use crate::error::Result;
use crate::layers::cql2::baum::Logik;
use crate::layers::cql2::typ::{Bedingung, Was, Wert};
use crate::layers::ebene::Ebene;
use crate::layers::wert::Klasse;

/// Answers of PostGIS kept for a layer; beyond that, all are forgotten.
const HOECHSTENS: usize = 32;

/// Which objects of a layer.
#[derive(Debug, Clone)]
pub(super) enum Nur {
    /// All.
    Alle,
    /// These.
    Menge(Arc<Menge>),
    /// Those this holds for.
    Probe(Arc<Probe>),
}

impl Nur {
    pub(super) fn trifft(&self, schicht: &Schicht, objekt: u32) -> bool {
        match self {
            Self::Alle => true,
            Self::Menge(menge) => menge.hat(objekt),
            Self::Probe(probe) => probe.gilt(schicht, objekt) == Some(true),
        }
    }
}

/// A set of objects, a bit for each.
#[derive(Debug, Default)]
pub(super) struct Menge(Vec<u64>);

impl Menge {
    pub(super) fn neu(objekte: impl Iterator<Item = u32>) -> Self {
        let mut bits = Vec::new();
        for objekt in objekte {
            let stelle = objekt as usize / 64;
            if bits.len() <= stelle {
                bits.resize(stelle + 1, 0);
            }
            bits[stelle] |= 1_u64 << (objekt % 64);
        }
        Self(bits)
    }

    fn hat(&self, objekt: u32) -> bool {
        let bits = self.0.get(objekt as usize / 64).copied().unwrap_or(0);
        bits >> (objekt % 64) & 1 == 1
    }
}

type Zelle = Arc<OnceCell<Arc<Menge>>>;

/// What PostGIS said about a layer, by condition.
#[derive(Debug, Default)]
pub(super) struct Gefragt(Mutex<HashMap<String, Zelle>>);

impl Gefragt {
    /// The objects for a condition; who asks while it is being asked waits for the one answer.
    pub(super) async fn hole<F>(&self, bedingung: String, frage: F) -> Result<Arc<Menge>>
    where
        F: Future<Output = Result<Menge>>,
    {
        let zelle = {
            let mut alle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if alle.len() >= HOECHSTENS && !alle.contains_key(&bedingung) {
                alle.clear();
            }
            Arc::clone(alle.entry(bedingung).or_default())
        };
        let menge = zelle.get_or_try_init(|| async { frage.await.map(Arc::new) });
        menge.await.cloned()
    }
}

/// A condition that needs no database. Unknown is None, as in SQL.
#[derive(Debug)]
pub(super) enum Probe {
    Und(Vec<Probe>),
    Oder(Vec<Probe>),
    Nicht(Box<Probe>),
    Fest(bool),
    /// The value of a column is one of these, as tiles hold them.
    Gleich(usize, Vec<Vec<u8>>),
    /// The column holds none.
    Leer(usize),
}

impl Probe {
    /// None where PostGIS has to be asked.
    pub(super) fn neu(bedingung: &Bedingung, ebene: &Ebene) -> Option<Self> {
        let alle = |teile: &[Bedingung]| -> Option<Vec<Self>> {
            teile.iter().map(|teil| Self::neu(teil, ebene)).collect()
        };
        Some(match bedingung {
            Bedingung::Und(teile) => Self::Und(alle(teile)?),
            Bedingung::Oder(teile) => Self::Oder(alle(teile)?),
            Bedingung::Nicht(innen) => Self::Nicht(Box::new(Self::neu(innen, ebene)?)),
            Bedingung::Fest(wahr) => Self::Fest(*wahr),
            Bedingung::Spalte(name) => {
                Self::Gleich(spalte(ebene, name)?, vec![mvt::Wert::Wahr(true).kodiert()])
            }
            Bedingung::Vergleich(op, links, rechts) => {
                let ((Wert::Spalte(spalte), wert) | (wert, Wert::Spalte(spalte))) = (links, rechts)
                else {
                    return None;
                };
                let stelle = self::spalte(ebene, &spalte.name)?;
                let gleich = Self::Gleich(stelle, vec![kodiert(spalte.klasse, wert)?]);
                match op {
                    Logik::Gleich => gleich,
                    Logik::Ungleich => Self::Nicht(Box::new(gleich)),
                    _ => return None,
                }
            }
            Bedingung::In(Wert::Spalte(s), werte) => {
                let werte = werte.iter().map(|wert| kodiert(s.klasse, wert));
                Self::Gleich(spalte(ebene, &s.name)?, werte.collect::<Option<_>>()?)
            }
            Bedingung::Fehlt(Was::Spalte(name)) => Self::Leer(spalte(ebene, name)?),
            Bedingung::Fehlt(Was::Wert(Wert::Spalte(s))) => Self::Leer(spalte(ebene, &s.name)?),
            _ => return None,
        })
    }

    fn gilt(&self, schicht: &Schicht, objekt: u32) -> Option<bool> {
        match self {
            Self::Und(teile) => verbunden(teile, schicht, objekt, false),
            Self::Oder(teile) => verbunden(teile, schicht, objekt, true),
            Self::Nicht(innen) => innen.gilt(schicht, objekt).map(|wahr| !wahr),
            Self::Fest(wahr) => Some(*wahr),
            Self::Gleich(spalte, werte) => {
                let wert = schicht.wert_von(objekt, *spalte)?;
                Some(werte.iter().any(|w| w.as_slice() == wert))
            }
            Self::Leer(spalte) => Some(schicht.wert_von(objekt, *spalte).is_none()),
        }
    }
}

/// One part that is `entscheidet` decides; else one that is unknown leaves it so.
fn verbunden(teile: &[Probe], schicht: &Schicht, objekt: u32, entscheidet: bool) -> Option<bool> {
    let mut ergebnis = Some(!entscheidet);
    for teil in teile {
        match teil.gilt(schicht, objekt) {
            Some(wert) if wert == entscheidet => return Some(entscheidet),
            Some(_) => {}
            None => ergebnis = None,
        }
    }
    ergebnis
}

/// A column whose values are equal where PostgreSQL finds them equal.
fn spalte(ebene: &Ebene, name: &str) -> Option<usize> {
    let stelle = ebene.spalten.iter().position(|s| s.name == name)?;
    let klasse = ebene.spalten[stelle].klasse;
    matches!(klasse, Klasse::Text | Klasse::Ganzzahl | Klasse::Wahrheit).then_some(stelle)
}

/// A literal as a value of the column.
fn kodiert(klasse: Klasse, wert: &Wert) -> Option<Vec<u8>> {
    let wert = match (klasse, wert) {
        (Klasse::Text, Wert::Text(text)) => mvt::Wert::Text(text),
        (Klasse::Ganzzahl, Wert::Ganz(zahl)) => mvt::Wert::Ganzzahl(*zahl),
        _ => return None,
    };
    Some(wert.kodiert())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_they_are_given() {
        let menge = Menge::neu([0, 63, 64, 1000].into_iter());
        let drin: Vec<u32> = (0..2000).filter(|n| menge.hat(*n)).collect();
        assert_eq!(drin, [0, 63, 64, 1000]);
        assert!(!Menge::default().hat(7));
    }

    #[tokio::test]
    async fn a_question_is_asked_once_and_a_failure_is_not_kept() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let gefragt = Gefragt::default();
        let zahl = AtomicU32::new(0);
        let frage = || async {
            zahl.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            Ok(Menge::neu(std::iter::once(3)))
        };
        let fehler = gefragt.hole("a".into(), async {
            Err(crate::error::Error::umgebung("weg"))
        });
        assert!(fehler.await.is_err());
        let (a, b) = tokio::join!(
            gefragt.hole("a".into(), frage()),
            gefragt.hole("a".into(), frage())
        );
        assert!(a.unwrap().hat(3) && b.unwrap().hat(3));
        assert_eq!(zahl.load(Ordering::SeqCst), 1);
    }
}
